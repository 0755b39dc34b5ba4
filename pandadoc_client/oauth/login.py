"""`login` and `paste_login`: from a person's consent to a token, with a browser here or anywhere.

with OAuthClient(client_id, client_secret, "http://127.0.0.1:8765/callback") as client:
    token = login(client)
"""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Callable
from queue import Empty, SimpleQueue

from pandadoc_client._http.clock import monotonic
from pandadoc_client.exceptions import (
    AccessDeniedError,
    ApiTimeoutError,
    ApiTypeError,
    ApiValueError,
    CallbackError,
)
from pandadoc_client.oauth._loopback import ListenError, LoopbackListener, Page
from pandadoc_client.oauth.client import OAuthClient
from pandadoc_client.oauth.protocol import AuthorizationRequest, has_state, new_state
from pandadoc_client.oauth.token import Token

__all__ = ["ListenError", "login", "paste_login"]

# On Windows a wait without an end cannot be interrupted by Ctrl-C.
_LONGEST_WAIT = 3600.0 if os.name == "posix" else 0.5
_BROWSER_SECONDS = 1.0

_GRANTED = Page(200, "Access was granted", "The program has its token. You can close this tab and go back to it.")
_DENIED = Page(200, "Access was not granted", "The program was told so. You can close this tab.")
_MISTAKEN = Page(
    400, "This response cannot be used", "It is not one that PandaDoc sends. Go back to the program, and log in again."
)
_FOREIGN = Page(
    400,
    "This response belongs to another login",
    "The program goes on waiting for its own. Give consent on the page that it has opened or shown.",
)
_FAILED = Page(502, "The login failed", "There was a response, but no token for it. The program says why.")

_Opened = bool | Exception


class _Gate:
    """Tells callbacks of this login from those of another, and forged ones.

    Args:
        on_first: Called when the first of the others comes, from another thread.

    Attributes:
        state: The state of this login.
        refused: How many others came.
    """

    def __init__(self, on_first: Callable[[], object]) -> None:
        self.state = new_state()
        self.refused = 0
        self._on_first = on_first

    def refuse(self, callback: str) -> Page | None:
        """Return the page to show if *callback* is not of this login."""
        if has_state(callback, self.state):
            return None
        self.refused += 1
        if self.refused == 1:  # once: whoever makes many must not fill the terminal
            self._on_first()
        return _FOREIGN


def login(
    client: OAuthClient,
    *,
    scope: str = "read+write",
    open_browser: bool | Callable[[str], bool] = True,
    timeout: float = 300.0,
    show: Callable[[str], None] | None = None,
) -> Token:
    """Send a person to the consent page, receive the callback on this machine, and return the token. It is not stored.

    The first callback with this login's state decides. Any other, which a link on any page could have made, gets an
    error page, and the login goes on waiting. It is received at the client's redirect
    URI: ``http`` to ``127.0.0.1``, ``localhost`` or ``[::1]``. If that has no port, or the client has no redirect URI,
    a free port is taken, which the authorization server must permit (RFC 8252 §7.3).

    Args:
        client: Who asks.
        scope: What to ask for.
        open_browser: False to show the address only; or what to open it with, a function that returns True if it did.
            It runs in a thread of its own.
        timeout: Seconds to wait for the callback.
        show: Called with each line for the person, such as the address of the consent page; None for standard error.

    Raises:
        AccessDeniedError: The person refused.
        CallbackError: The callback has the state of this login, and is not one that the server sends.
        ApiTimeoutError: No callback of this login came in time.
        ListenError: The port is in use, or must not be used.
        ApiValueError: The redirect URI leads to another machine, or *timeout* is not above 0.
        ApiTypeError: *timeout* is no number.
        ApiException: The code could not be exchanged, for the reasons of `OAuthClient.exchange_code`.
    """
    deadline = _deadline(timeout)
    say = show or _to_standard_error
    inbox: SimpleQueue[str | _Opened | None] = SimpleQueue()
    browser = _Browser(open_browser, inbox.put)
    gate = _Gate(lambda: inbox.put(None))
    try:
        with LoopbackListener(client.redirect_uri, inbox.put, gate.refuse) as listener:
            request = client.authorization_url(scope, gate.state, redirect_uri=listener.redirect_uri)
            say("Give consent on this page, in a browser on this machine:")
            say(request.url)
            browser.open(request.url)
            callback = _callback(inbox, deadline, say)
            if callback is None:
                reason = f"nobody came back from the consent page within {timeout:g} seconds"
                if gate.refused:
                    reason += f"; callbacks of another login, or forged ones, that were refused: {gate.refused}"
                raise ApiTimeoutError(reason=reason, request_sent=False)
            try:
                token = _token(client, callback, request, scope, listener.redirect_uri)
            except Exception as error:
                listener.respond(_page_of(error))
                raise
            listener.respond(_GRANTED)
            return token
    finally:
        browser.wait()


def paste_login(
    client: OAuthClient,
    ask: Callable[[], str],
    *,
    scope: str = "read+write",
    show: Callable[[str], None] | None = None,
) -> Token:
    """Let a person open the consent page in a browser anywhere, and paste the address at which it ends.

    For machines without a browser, and for redirect URIs that lead elsewhere. That the page at the end cannot be
    reached does not matter: its address holds the response.

    Args:
        client: Who asks; it must have a redirect URI.
        ask: Returns the address that was pasted, whole or from its question mark on, since the state must be checked.
        scope: What to ask for.
        show: As for `login`.

    Raises:
        CallbackError: What was pasted is no callback, such as a code alone.
        ApiValueError: The client has no redirect URI.
        ApiException: As for `login`, but for what has to do with receiving.
    """
    say = show or _to_standard_error
    request = client.authorization_url(scope)
    say("Give consent on this page, in any browser:")
    say(request.url)
    say("The browser ends at a page that may not load. Copy the whole address of that page.")
    return _token(client, ask(), request, scope, None)


def _token(
    client: OAuthClient, callback: str, request: AuthorizationRequest, scope: str, redirect_uri: str | None
) -> Token:
    code = client.parse_callback(callback, request.state)
    return client.exchange_code(code, scope, redirect_uri=redirect_uri)


def _callback(inbox: SimpleQueue[str | _Opened | None], deadline: float, say: Callable[[str], None]) -> str | None:
    """Return path and query of the callback, or None at the deadline; on the way, report what a person has to know."""
    while True:
        left = deadline - monotonic()
        try:
            found = inbox.get(timeout=max(0, min(left, _LONGEST_WAIT)))
        except Empty:
            if left <= 0:
                return None
            continue
        if isinstance(found, str):
            return found
        if isinstance(found, Exception):
            raise found
        if found is None:
            say("A callback that does not belong to this login was refused; still waiting for the right one.")
        elif not found:
            say("No browser could be opened: open the address yourself.")


def _page_of(error: Exception) -> Page:
    if isinstance(error, AccessDeniedError):
        return _DENIED
    return _MISTAKEN if isinstance(error, CallbackError) else _FAILED


class _Browser:
    """Opens the consent page from a thread: a browser in a terminal does not return until it is left."""

    def __init__(self, how: bool | Callable[[str], bool], report: Callable[[_Opened], object]) -> None:
        self._how = how
        self._report = report
        self._thread: threading.Thread | None = None

    def open(self, url: str) -> None:
        if self._how is not False:
            thread = threading.Thread(target=self._run, args=(url,), name="pandadoc-login-browser", daemon=True)
            thread.start()
            self._thread = thread  # not before: Ctrl-C may come in between, and what was never begun cannot be joined

    def wait(self) -> None:
        """Wait for the thread, but not for a browser that somebody has yet to leave."""
        if self._thread is not None:
            self._thread.join(_BROWSER_SECONDS)

    def _run(self, url: str) -> None:
        how = webbrowser.open if isinstance(self._how, bool) else self._how
        try:
            self._report(bool(how(url)))
        except (OSError, webbrowser.Error):
            self._report(False)
        except Exception as error:  # of a function that was given: raised where the login waits
            self._report(error)


def _deadline(timeout: float) -> float:
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"timeout must be a number of seconds, not {type(timeout).__name__}")
    if not timeout > 0:
        raise ApiValueError("timeout must be a number of seconds above 0")
    return monotonic() + timeout


def _to_standard_error(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
