"""As whom a command calls the API: the options that say so, and the client that they make."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import field, frozen

from pandadoc_client._http.secrets import hide
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.options import (
    AllowInsecure,
    ClientId,
    ClientSecretFile,
    Host,
    Region,
    Store,
    Timeout,
)
from pandadoc_client.cli.profiles.selection import selected
from pandadoc_client.cli.values import SECRET_PLACE, complete_place, secret_at

# The API, the stores and what they need are imported when a command calls somebody: help has to be there at once.
if TYPE_CHECKING:
    from pandadoc_client.client import PandaDoc
    from pandadoc_client.oauth.manager import TokenManager
    from pandadoc_client.oauth.stores import TokenStore

__all__ = ["Access", "ApiKey", "with_access"]

_VARIABLES = {"PANDADOC_API_KEY": "api-key", "PANDADOC_ACCESS_TOKEN": "access-token"}
_APPLICATION = ("PANDADOC_CLIENT_ID", "PANDADOC_CLIENT_SECRET")
_CREDENTIALS = frozenset({"api_key", "store", "key", "client_id", "client_secret_file"})
_STAND_IN = "none"  # a client wants a credential; operations that take none do not send it

ApiKey = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        metavar="KEY",
        help=f"API key; {SECRET_PLACE}. As an argument every user of this machine can see it: prefer these, the"
        " environment or a profile. [env: PANDADOC_API_KEY]",
        autocompletion=complete_place,
    ),
]
Account = Annotated[
    str | None,
    typer.Option("--key", metavar="KEY", help="Use the stored token of this account, whatever the environment has."),
]


@frozen(kw_only=True)
class Access:
    """The options of a command that calls the API; None where the environment, or a default, is to decide.

    Attributes:
        api_key: API key, or the place where it is.
        store: URL of the token store.
        key: Account in it.
        client_id: Id of the application, to refresh the token.
        client_secret_file: File that holds its secret.
        host: URL of the API.
        region: Its region, instead.
        timeout: Seconds that a call may take.
        allow_insecure: Whether plain http to another machine is fine.
    """

    api_key: ApiKey = field(default=None, repr=False)
    store: Store = field(default=None, repr=False)  # a URL, with a password in it
    key: Account = None
    client_id: ClientId = None
    client_secret_file: ClientSecretFile = None
    host: Host = None
    region: Region = None
    timeout: Timeout = 30.0
    allow_insecure: AllowInsecure = False

    @contextmanager
    def open(self, *, anonymous: bool = False) -> Iterator[PandaDoc]:
        """Yield a client, and turn what the server refuses within into an error that says why.

        The credential is ``--api-key``, else that of the environment, else that of the profile, else the token that
        ``pandadoc login`` has stored; ``--store`` and ``--key`` ask for the stored one.

        Args:
            anonymous: True for calls without a credential.

        Raises:
            CommandError: There is no credential, or the server refused, or did not answer.
        """
        from pandadoc_client.cli.refusals import explained
        from pandadoc_client.client import PandaDoc

        if not 0 < self.timeout < 1e9:
            raise CommandError("--timeout must be a number of seconds above 0")
        with ExitStack() as opened:
            credential: dict[str, Any] = {"access_token": _STAND_IN}
            if not anonymous:
                credential = self._credential(opened)
            client = PandaDoc(
                **credential,
                host=self.host,
                region=self.region,
                timeout=self.timeout,
                allow_insecure=self.allow_insecure,
            )
            opened.enter_context(client)
            with explained():
                yield client

    def given(self) -> tuple[str, str] | None:
        """Return the kind of a credential that is no stored token, and where it comes from; None for a stored token.

        The kind is ``api-key`` or ``access-token``.

        Raises:
            CommandError: Two credentials are given.
        """
        wants_stored = self.store is not None or self.key is not None
        if self.api_key is not None:
            if wants_stored:
                raise CommandError("--api-key does not go with --store and --key: give one credential")
            return "api-key", "--api-key"
        if wants_stored:
            return None
        for name, kind in _VARIABLES.items():
            if os.environ.get(name):
                return kind, name
        profile = selected()
        if profile is not None and profile.credential == "api-key":
            return "api-key", "the profile"
        return None

    def _credential(self, opened: ExitStack) -> dict[str, Any]:
        """Return what a ``PandaDoc`` takes; nothing where the environment has it."""
        given, profile = self.given(), selected()
        if self.api_key is not None:
            return {"api_key": secret_at("--api-key", self.api_key)}
        if given is not None and given[1] in os.environ:
            return {}
        if given is not None and profile is not None:
            api_key = profile.read_secret("api_key")
            if api_key is None:
                raise CommandError(
                    f"the API key of the profile {profile.name!r} has gone from where it was kept;"
                    f" run: pandadoc login --profile {profile.name} --api-key -",
                    EXIT_FAILURE,
                )
            return {"api_key": api_key}
        from pandadoc_client.cli.oauth.accounts import State, account, check_host, open_store, state_of

        store = opened.enter_context(open_store(self.store))
        key = account(self.key)
        entry, _ = store.read_entry(key)
        if entry is None:
            raise CommandError(
                f"no credential: run pandadoc login, or set PANDADOC_API_KEY (no token is stored under the key {key!r}"
                f" in {store.to_url()})",
                EXIT_FAILURE,
            )
        check_host(entry, key, self.host, self.region)
        manager = self._manager(opened, store, key)
        if manager is not None:
            return {"auth": manager}
        if state_of(entry) is State.VALID:
            return {"access_token": hide(entry.token.access_token)}
        raise CommandError(
            f"the token under the key {key!r} has ended; to refresh it set {' and '.join(_APPLICATION)},"
            " or run: pandadoc login",
            EXIT_FAILURE,
        )

    def _manager(self, opened: ExitStack, store: TokenStore, key: str) -> TokenManager | None:
        """Return what keeps the stored token valid; None if nobody says which application it belongs to."""
        from pandadoc_client.cli.inputs import Connection
        from pandadoc_client.cli.oauth.accounts import open_manager

        connection = Connection(
            client_id=self.client_id,
            client_secret_file=self.client_secret_file,
            host=self.host,
            region=self.region,
            timeout=self.timeout,
            allow_insecure=self.allow_insecure,
        )
        given = self.client_id is not None or self.client_secret_file is not None
        if not given and (connection.find_client_id() is None or connection.find_secret() is None):
            return None
        return opened.enter_context(open_manager(connection, store, key))


def with_access(command: Callable[..., None], *, anonymous: bool = False) -> Callable[..., None]:
    """Return a command that takes the options of an `Access` besides its own, and gets it as ``access``.

    Args:
        command: Takes ``access`` by name.
        anonymous: True to leave out what says which credential to use.
    """
    options = [
        option
        for option in inspect.signature(Access, eval_str=True).parameters.values()
        if not (anonymous and option.name in _CREDENTIALS)
    ]
    own = inspect.signature(command, eval_str=True).parameters.values()
    parameters = [*(parameter for parameter in own if parameter.name != "access"), *options]

    @functools.wraps(command)
    def wrapped(**values: Any) -> None:
        command(access=Access(**{option.name: values.pop(option.name) for option in options}), **values)

    by_name = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    wrapped.__signature__ = inspect.Signature(by_name)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return wrapped
