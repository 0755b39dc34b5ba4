"""What an emulator can be told before it starts. Data only, standard library only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from .behaviour import Behaviour
from .faults import Fault
from .hosts import check_host_name
from .redirects import check_redirect_uri

__all__ = [
    "DEFAULT_API_KEY",
    "DEFAULT_CLIENT",
    "DEFAULT_MODE",
    "DEFAULT_SANDBOX_API_KEY",
    "DEFAULT_WEBHOOK_DELAYS",
    "ClientRegistration",
    "EmulatorMode",
    "EmulatorOptions",
    "RateLimits",
    "RotationMode",
]


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


class EmulatorMode(StrEnum):
    """Where the responses of the API come from."""

    EXAMPLES = "examples"
    """They are made up from the contract. Nothing is remembered, and any identifier is good."""
    STATE = "state"
    """What was created is found, changed and deleted; an identifier that nothing has is a 404."""


DEFAULT_MODE = EmulatorMode.STATE
"""The mode of an emulator that was told of none."""
DEFAULT_WEBHOOK_DELAYS = (1.0, 5.0, 30.0, 120.0)
"""The seconds before the second to the fifth attempt to deliver a webhook."""


class RateLimits(StrEnum):
    """How many requests a minute are let through, for each operation."""

    OFF = "off"
    """As many as come."""
    PRODUCTION = "production"
    """As many as PandaDoc says, such as 500 documents from templates; ten for a key of the sandbox."""
    SANDBOX = "sandbox"
    """Ten."""


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


_SECONDS = (
    "token_lifetime",
    "code_lifetime",
    "grace_seconds",
    "latency",
    "processing_delay",
    "render_delay",
    "webhook_timeout",
    "head_timeout",
)
_COUNTS = ("journal_entries", "journal_bytes", "head_bytes", "spool_bytes")
DEFAULT_CLIENT = ClientRegistration("emulator-client-id", "emulator-client-secret")
"""The client of an emulator that was told of none."""
DEFAULT_API_KEY = "emulator-api-key"
"""The API key of an emulator that was told of none."""
DEFAULT_SANDBOX_API_KEY = "emulator-sandbox-key"
"""The API key of the sandbox of an emulator that was told of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorOptions:
    """The settings of one emulator.

    Attributes:
        clients: The known applications, at least one; IDs are unique.
        api_keys: Values accepted after `Authorization: API-Key`.
        sandbox_api_keys: Values that are accepted as well, and get what keys of the sandbox get: names begin with
            `[DEV] `, nothing is sent to another domain, no protected downloads.
        token_lifetime: Seconds an access token lives, and its `expires_in`.
        code_lifetime: Seconds an authorization code lives.
        rotation: What becomes of a used refresh token. Text is accepted and turned into the enum.
        grace_seconds: The window of `RotationMode.GRACE`.
        require_scope_on_refresh: Refuse a refresh without `scope` as `invalid_grant`. Off by default: whether the real
            server does so is not known, and RFC 6749 §6 makes the field optional.
        latency: Seconds every request waits before it is processed.
        faults: The fault script the emulator starts with.
        seed: What made-up responses are made from; another seed gives other identifiers, dates and words.
        mode: Where the responses of the API come from. Text is accepted and turned into the enum. The other settings
            down to `seed_data` are for `EmulatorMode.STATE`.
        state_file: The file that keeps the state; None for memory alone. Tokens are not kept.
        processing_delay: Seconds until what was created is ready: `document.uploaded` becomes `document.draft`.
        render_delay: Seconds after its completion in which the download of a document is answered with 202.
        webhook_delays: Seconds before each further attempt to deliver a webhook; an empty list for no second attempt.
        webhook_timeout: Seconds in which a receiver must have answered.
        seed_data: Begin with some templates, documents, contacts and products, unless the state file has any.
        behaviour: What is guessed of the service. A mapping of its settings is accepted.
        templates: Templates to begin with: what `detailsTemplate` or `detailsDocument` return for them. One in the
            state file that has the id of one of these is replaced.
        rate_limits: Whether requests are counted, in both modes. Text is accepted and turned into the enum.
        allow_remote: Permit a host that other machines can reach, and webhooks to other machines.
        allowed_hosts: Names of this machine that requests may have in their `Host` header, besides `localhost`,
            loopback addresses and the host it listens on. Any address is accepted with a host that other machines can
            reach. If that is a wildcard address, links in responses lead to the first of these names.
        journal_entries: Requests that the journal keeps; the oldest go first.
        journal_bytes: Bytes of paths, headers and bodies that the journal keeps, at least the latest request.
        head_timeout: Seconds in which a connection must have sent the head of a request; 0 for no limit.
        head_bytes: Largest request line with headers, in bytes; a longer one is answered with 431.
        spool_bytes: Size from which on uploaded files are kept in a temporary file instead of memory.
        record: File that gets each request to the API and the token endpoint with its response, secrets masked.
        replay: File of `record`: its responses take the place of the emulator's own.
        clock: Seconds, monotonic; everything that ages goes by it. Injected by tests.

    Raises:
        ValueError: no client, a client ID twice, a negative number, an unknown rotation mode, mode or limit, a host
            that is none, or both `record` and `replay`.
    """

    clients: tuple[ClientRegistration, ...] = (DEFAULT_CLIENT,)
    api_keys: tuple[str, ...] = field(default=(DEFAULT_API_KEY,), repr=False)
    sandbox_api_keys: tuple[str, ...] = field(default=(DEFAULT_SANDBOX_API_KEY,), repr=False)
    token_lifetime: int = 31_535_999
    code_lifetime: float = 600.0
    rotation: RotationMode = RotationMode.STRICT
    grace_seconds: float = 10.0
    require_scope_on_refresh: bool = False
    latency: float = 0.0
    faults: tuple[Fault, ...] = ()
    seed: int | str = 0
    mode: EmulatorMode = DEFAULT_MODE
    state_file: Path | None = None
    processing_delay: float = 0.0
    render_delay: float = 0.0
    webhook_delays: tuple[float, ...] = DEFAULT_WEBHOOK_DELAYS
    webhook_timeout: float = 20.0
    seed_data: bool = False
    behaviour: Behaviour = field(default_factory=Behaviour)
    templates: tuple[Mapping[str, Any], ...] = field(default=(), repr=False, hash=False)
    rate_limits: RateLimits = RateLimits.OFF
    allow_remote: bool = False
    allowed_hosts: tuple[str, ...] = ()
    journal_entries: int = 10_000
    journal_bytes: int = 64 * 1024 * 1024
    head_timeout: float = 20.0
    head_bytes: int = 64 * 1024
    spool_bytes: int = 1024 * 1024
    record: Path | None = None
    replay: Path | None = None
    clock: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Frozen, so what callers may pass as a list or as text is normalised behind dataclass's back.
        for name in ("clients", "api_keys", "sandbox_api_keys", "faults", "webhook_delays", "templates"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name, kind in (("rotation", RotationMode), ("mode", EmulatorMode), ("rate_limits", RateLimits)):
            object.__setattr__(self, name, kind(getattr(self, name)))
        if self.state_file is not None:
            object.__setattr__(self, "state_file", Path(self.state_file))
            if self.mode is not EmulatorMode.STATE:
                raise ValueError("a state_file is for the mode state")
        if self.templates and self.mode is not EmulatorMode.STATE:
            raise ValueError("templates are for the mode state")
        if not self.clients:
            raise ValueError("an emulator needs at least one client")
        if len({client.client_id for client in self.clients}) != len(self.clients):
            raise ValueError("a client ID is registered twice")
        if not isinstance(self.behaviour, Behaviour):
            object.__setattr__(self, "behaviour", Behaviour(**self.behaviour))
        if not all((*self.api_keys, *self.sandbox_api_keys)):
            raise ValueError("an API key is not empty")
        for name in _SECONDS:
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is a number of seconds, 0 or more")
        if not all(delay >= 0 for delay in self.webhook_delays):
            raise ValueError("webhook_delays are numbers of seconds, 0 or more")
        self._check_bounds()

    def _check_bounds(self) -> None:
        if isinstance(self.allowed_hosts, str):
            raise ValueError("allowed_hosts is a list of names")
        object.__setattr__(self, "allowed_hosts", tuple(map(check_host_name, self.allowed_hosts)))
        for name in _COUNTS:
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{name} is a whole number from 1")
        for name in ("record", "replay"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, Path(getattr(self, name)))
        if self.record is not None and self.replay is not None:
            raise ValueError("record and replay cannot both be given")
