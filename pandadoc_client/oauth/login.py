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

from pandadoc_client._clock import monotonic
from pandadoc_client.exceptions import (
    AccessDeniedError,
    ApiTimeoutError,
    ApiTypeError,
    ApiValueError,
    CallbackError,
    StateMismatchError,
)
from pandadoc_client.oauth._loopback import ListenError, LoopbackListener, Page
from pandadoc_client.oauth.client import OAuthClient
from pandadoc_client.oauth.protocol import AuthorizationRequest
from pandadoc_client.oauth.token import Token

__all__ = ["ListenError", "login", "paste_login"]

# On Windows a wait without an end cannot be interrupted by Ctrl-C.
_LONGEST_WAIT = 3600.0 if os.name == "posix" else 0.5
_BROWSER_SECONDS = 1.0

_GRANTED = Page(200, "Access was granted", "The program has its token. You can close this tab and go back to it.")
_DENIED = Page(200, "Access was not granted", "The program was told so. You can close this tab.")
_MISTAKEN = Page(
    400,
    "This answer cannot be used",
    "It does not belong to the login that was waiting for one, which has ended to be safe. Go back to the program, and"
    " log in again.",
)
_FAILED = Page(502, "The login failed", "There was an answer, but no token for it. The program says why.")

_Opened = bool | Exception


def login(
    client: OAuthClient,
    *,
    scope: str = "read+write",
    open_browser: bool | Callable[[str], bool] = True,
    timeout: float = 300.0,
    show: Callable[[str], None] | None = None,
) -> Token:
    """Send a person to the consent page, receive the callback on this machine, and return the token. It is not stored.

    The first callback decides, and one with the wrong state ends the login. It is received at the client's redirect
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
        StateMismatchError: The callback belongs to another authorization request.
        CallbackError: The callback is not one that the server sends.
        ApiTimeoutError: No callback came in time.
        ListenError: The port is in use, or must not be used.
        ApiValueError: The redirect URI leads to another machine, or *timeout* is not above 0.
        ApiTypeError: *timeout* is no number.
        ApiException: The code could not be exchanged, for the reasons of `OAuthClient.exchange_code`.
    """
    deadline = _deadline(timeout)
    say = show or _to_standard_error
    inbox: SimpleQueue[str | _Opened] = SimpleQueue()
    browser = _Browser(open_browser, inbox.put)
    try:
        with LoopbackListener(client.redirect_uri, inbox.put) as listener:
            request = client.authorization_url(scope, redirect_uri=listener.redirect_uri)
            say("Give consent on this page, in a browser on this machine:")
            say(request.url)
            browser.open(request.url)
            callback = _callback(inbox, deadline, timeout, say)
            try:
                token = _token(client, callback, request, scope, listener.redirect_uri)
            except Exception as error:
                listener.answer(_page_of(error))
                raise
            listener.answer(_GRANTED)
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
    reached does not matter: its address holds the answer.

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


def _callback(inbox: SimpleQueue[str | _Opened], deadline: float, timeout: float, say: Callable[[str], None]) -> str:
    """Return path and query of the callback; on the way, report a browser that could not be opened."""
    while (left := deadline - monotonic()) > 0:
        try:
            found = inbox.get(timeout=min(left, _LONGEST_WAIT))
        except Empty:
            continue
        if isinstance(found, str):
            return found
        if isinstance(found, Exception):
            raise found
        if not found:
            say("No browser could be opened: open the address yourself.")
    reason = f"nobody came back from the consent page within {timeout:g} seconds"
    raise ApiTimeoutError(reason=reason, request_sent=False)


def _page_of(error: Exception) -> Page:
    if isinstance(error, AccessDeniedError):
        return _DENIED
    return _MISTAKEN if isinstance(error, StateMismatchError | CallbackError) else _FAILED


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
