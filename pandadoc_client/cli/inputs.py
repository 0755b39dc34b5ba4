"""Where a command gets its credentials from: files, standard input, the environment, a hidden prompt.

Never from an argument alone: the arguments of a process can be seen by every user of the machine, and shells keep them.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from attrs import frozen

from pandadoc_client._http.secrets import hide
from pandadoc_client.cli.errors import CommandError
from pandadoc_client.cli.profiles.selection import selected
from pandadoc_client.oauth import OAuthClient

__all__ = ["STDIN", "Connection", "credential", "is_interactive", "pasted"]

STDIN = "-"
_LIMIT = 64 * 1024


@frozen(kw_only=True)
class Connection:
    """The options that say who is asking whom; None where the environment, or a default, is to decide.

    Attributes:
        client_id: Id of the application.
        client_secret_file: File that holds its secret.
        redirect_uri: Where the consent page sends people back to.
        host: URL of the API.
        region: Its region, instead.
        authorize_url: Address of the consent page.
        timeout: Seconds that a call may take.
        refresh_timeout: Seconds that a refresh may take; None for what is usual.
        allow_insecure: Whether plain http to another machine is fine.
        send_redirect_uri: Whether the redirect URI goes along with a code.
    """

    client_id: str | None = None
    client_secret_file: Path | None = None
    redirect_uri: str | None = None
    host: str | None = None
    region: str | None = None
    authorize_url: str | None = None
    timeout: float = 30.0
    refresh_timeout: float | None = None
    allow_insecure: bool = False
    send_redirect_uri: bool = False

    def open(self, client_secret: str) -> OAuthClient:
        """Return a client with these settings.

        Raises:
            CommandError: There is no client id.
            ApiValueError: A setting cannot be right.
        """
        self._check_client_id()
        if not all(seconds is None or 0 < seconds < 1e9 for seconds in (self.timeout, self.refresh_timeout)):
            raise CommandError("--timeout must be a number of seconds above 0")
        return OAuthClient(
            self.client_id,
            client_secret,
            self.redirect_uri,
            host=self.host,
            region=self.region,
            authorize_url=self.authorize_url,
            timeout=self.timeout,
            refresh_timeout=self.refresh_timeout,
            allow_insecure=self.allow_insecure,
            send_redirect_uri=self.send_redirect_uri,
        )

    def find_client_id(self) -> str | None:
        """Return the application's id; None if nobody says it."""
        return self.client_id or os.environ.get("PANDADOC_CLIENT_ID") or None

    def find_secret(self) -> str | None:
        """Return the application's secret from its file, the environment or the profile; None if there is none.

        Raises:
            CommandError: The file, or what keeps the secrets of the profile, cannot be used.
        """
        if self.client_secret_file is not None:
            return _read(str(self.client_secret_file), "client secret")
        if secret := os.environ.get("PANDADOC_CLIENT_SECRET"):
            return secret
        profile = selected()
        # A secret goes with its id alone.
        if profile is None or profile.client_id != self.find_client_id():
            return None
        return profile.read_secret("client_secret")

    def secret(self, *, ask: bool = False) -> str:
        """Return the application's secret.

        Args:
            ask: Whether to let a person at a terminal type it, unseen, if it is nowhere else.

        Raises:
            CommandError: There is none, or no id that it goes with, or its file cannot be used.
        """
        self._check_client_id()
        secret: str | None = hide(self.find_secret())
        if secret is None and ask and is_interactive():
            secret = hide(pasted("client secret"))
        if secret is None:
            raise CommandError(
                "no client secret: set PANDADOC_CLIENT_SECRET, or give --client-secret-file FILE (- for standard input)"
            )
        return secret

    def _check_client_id(self) -> None:
        if self.find_client_id() is None:
            raise CommandError("no client id: give --client-id, or set PANDADOC_CLIENT_ID")

    @property
    def takes_stdin(self) -> bool:
        """Whether the application's secret comes from standard input."""
        return str(self.client_secret_file) == STDIN


def credential(argument: str | None, *, what: str, connection: Connection, variable: str | None = None) -> str:
    """Return a credential: *argument*, standard input for ``-``, the environment, or what a person types unseen.

    Args:
        argument: The argument, or None if it was left out.
        what: Its name in messages.
        connection: Whose secret may need standard input as well.
        variable: The environment variable to look at.

    Raises:
        CommandError: There is none. Without a terminal nobody is asked.
    """
    if argument == STDIN:
        if connection.takes_stdin:
            raise CommandError(f"the client secret and the {what} cannot both come from standard input")
        return _read(STDIN, what)
    if argument is not None:
        return argument
    if variable is not None and os.environ.get(variable):
        return os.environ[variable]
    if connection.takes_stdin or not is_interactive():
        also = f", or set {variable}" if variable else ""
        raise CommandError(f"no {what}: give it as the argument, or - and send it to standard input{also}")
    try:
        return getpass.getpass(f"{what[:1].upper()}{what[1:]} (not shown): ").strip()
    except EOFError:
        raise CommandError(f"no {what} was entered") from None


def pasted(what: str) -> str:
    """Return what a person pastes unseen, or, without a terminal, the next line of standard input.

    Raises:
        CommandError: There is none.
    """
    try:
        if is_interactive():
            text = getpass.getpass(f"{what[:1].upper()}{what[1:]} (not shown): ")
        else:
            text = sys.stdin.readline(_LIMIT) if sys.stdin is not None else ""  # pyright: ignore[reportUnnecessaryComparison]
    except EOFError:
        text = ""
    if not text.strip():
        raise CommandError(f"no {what} was entered")
    return text.strip()


def is_interactive() -> bool:
    """Return True if there is a person to ask."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()  # pyright: ignore[reportUnnecessaryComparison]


def _read(name: str, what: str) -> str:
    """Return the text of a file, or of standard input, without the line end that editors and ``echo`` put there."""
    place = "standard input" if name == STDIN else name
    try:
        if name == STDIN and is_interactive():
            return pasted(what)
        if name == STDIN:
            data = sys.stdin.buffer.read(_LIMIT + 1)
        else:
            with open(name, "rb") as file:
                data = file.read(_LIMIT + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{place}: the {what} is not UTF-8 text") from None
    except OSError as error:
        raise CommandError(f"{place}: cannot read the {what}: {error.strerror}") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if len(data) > _LIMIT:
        raise CommandError(f"{place}: too long for a {what}")
    if not text:
        raise CommandError(f"{place}: there is no {what}, it is empty")
    return text
