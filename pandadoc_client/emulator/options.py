"""What an emulator can be told before it starts. Data only, standard library only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from .faults import Fault
from .redirects import check_redirect_uri

__all__ = ["DEFAULT_API_KEY", "DEFAULT_CLIENT", "ClientRegistration", "EmulatorOptions", "RotationMode"]


class RotationMode(StrEnum):
    """What becomes of a refresh token that has been used (RFC 6749 §6 leaves it to the server)."""

    STRICT = "strict"
    """It dies at once, and so does the access token it came with. Using it again changes nothing else."""
    REUSE_REVOKES_ALL = "reuse-revokes-all"
    """As `STRICT`, and using it again revokes the whole grant (RFC 9700 §4.14.2)."""
    FORK = "fork"
    """It stays usable; each refresh gives a pair of its own, and access tokens die only by age."""
    GRACE = "grace"
    """As `STRICT`, but within `EmulatorOptions.grace_seconds` it is answered with the same new pair again."""


@dataclass(frozen=True, slots=True)
class ClientRegistration:
    """An application known to the emulator.

    Attributes:
        client_id: The client identifier (RFC 6749 §2.2).
        client_secret: Its secret; made up, but still kept out of `repr`.
        redirect_uri: Where codes are sent; None accepts any loopback URI.

    Raises:
        ValueError: an empty identifier or secret, or a redirect URI that `redirects.check_redirect_uri` refuses.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str | None = None

    def __post_init__(self) -> None:
        if not self.client_id or not self.client_secret:
            raise ValueError("a client has an ID and a secret, neither of them empty")
        if self.redirect_uri is not None:
            check_redirect_uri(self.redirect_uri)

    @classmethod
    def parse(cls, text: str) -> ClientRegistration:
        """Read `ID:SECRET` or `ID:SECRET@REDIRECT_URI`, the form of the command line.

        The ID ends at the first colon and the secret at the first at sign, so neither can hold its own delimiter here.

        Raises:
            ValueError: another form. The message never repeats the text, which may hold a real secret.
        """
        client_id, colon, rest = text.partition(":")
        secret, at, redirect_uri = rest.partition("@")
        if not (client_id and colon and secret) or (at and not redirect_uri):
            raise ValueError("a client is written ID:SECRET or ID:SECRET@REDIRECT_URI")
        return cls(client_id, secret, redirect_uri if at else None)


DEFAULT_CLIENT = ClientRegistration("emulator-client-id", "emulator-client-secret")
"""The client of an emulator that was told of none."""
DEFAULT_API_KEY = "emulator-api-key"
"""The API key of an emulator that was told of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorOptions:
    """The settings of one emulator.

    Attributes:
        clients: The known applications, at least one; IDs are unique.
        api_keys: Values accepted after `Authorization: API-Key`.
        token_lifetime: Seconds an access token lives, and its `expires_in`.
        code_lifetime: Seconds an authorization code lives.
        rotation: What becomes of a used refresh token. Text is accepted and turned into the enum.
        grace_seconds: The window of `RotationMode.GRACE`.
        require_scope_on_refresh: Refuse a refresh without `scope` as `invalid_grant`. Off by default: whether the real
            server does so is not known, and RFC 6749 §6 makes the field optional.
        latency: Seconds every request waits before it is processed.
        faults: The fault script the emulator starts with.
        seed: What made-up answers are made from; another seed gives other identifiers, dates and words.
        allow_remote: Permit a host that other machines can reach.
        clock: Seconds, monotonic; everything that ages goes by it. Injected by tests.

    Raises:
        ValueError: no client, a client ID twice, a negative number, or an unknown rotation mode.
    """

    clients: tuple[ClientRegistration, ...] = (DEFAULT_CLIENT,)
    api_keys: tuple[str, ...] = field(default=(DEFAULT_API_KEY,), repr=False)
    token_lifetime: int = 31_535_999
    code_lifetime: float = 600.0
    rotation: RotationMode = RotationMode.STRICT
    grace_seconds: float = 10.0
    require_scope_on_refresh: bool = False
    latency: float = 0.0
    faults: tuple[Fault, ...] = ()
    seed: int | str = 0
    allow_remote: bool = False
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Frozen, so what callers may pass as a list or as text is normalised behind dataclass's back.
        for name in ("clients", "api_keys", "faults"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "rotation", RotationMode(self.rotation))
        if not self.clients:
            raise ValueError("an emulator needs at least one client")
        if len({client.client_id for client in self.clients}) != len(self.clients):
            raise ValueError("a client ID is registered twice")
        if not all(self.api_keys):
            raise ValueError("an API key is not empty")
        for name in ("token_lifetime", "code_lifetime", "grace_seconds", "latency"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is a number of seconds, 0 or more")
