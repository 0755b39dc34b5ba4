"""A user's way to consent and back, for any framework: what is kept in the session meanwhile. Nothing is sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from pandadoc_client import oauth
from pandadoc_client.exceptions import (
    AccessDeniedError,
    ApiException,
    ApiValueError,
    CallbackError,
    InvalidGrantError,
    OAuthError,
    StateMismatchError,
)

__all__ = ["NOT_SIGNED_IN", "Consent", "explain"]

logger = logging.getLogger("pandadoc_client")

NOT_SIGNED_IN = "Sign in first."
_SESSION_KEY = "pandadoc_oauth"


class _Session(Protocol):
    """The session of a user's browser, in any framework."""

    def get(self, key: str, /) -> Any: ...
    def __setitem__(self, key: str, value: Any, /) -> None: ...
    def __delitem__(self, key: str, /) -> None: ...


class Consent:
    """Where to send the browser, and what the callback brings.

    Args:
        client: Of the application; it must have a redirect URI.
        scope: What to ask for.
        home: Where the browser goes in the end, if ``next`` names no place of this site.
        manager: Makes the manager of a user's token, and so refuses what can be no key in the store.

    Raises:
        ApiValueError: The client has no redirect URI, or *home* is no path.
    """

    def __init__(
        self,
        client: oauth.OAuthClient | oauth.AsyncOAuthClient,
        scope: str,
        home: str,
        manager: Callable[[str], object],
    ) -> None:
        if client.redirect_uri is None:
            raise ApiValueError("client must have a redirect_uri: the URL of the callback")
        if not _is_local(home):
            raise ApiValueError("home must be a path of this site, such as /")
        self._client = client
        self._scope = scope
        self._home = home
        self._manager = manager

    def start(self, session: _Session, user: str, target: str | None) -> str:
        """Return the URL of the consent page; *target* is where to go afterwards, ignored if not on this site.

        Raises:
            ApiValueError: *user* can be no key in the store; nobody has been asked yet.
            ApiTypeError: It is no text.
        """
        self._manager(user)
        request = self._client.authorization_url(self._scope)
        target = target if target is not None and _is_local(target) else self._home
        session[_SESSION_KEY] = {"state": request.state, "user": user, "next": target}
        return request.url

    def finish(self, session: _Session, user: str, query: str) -> tuple[str, str]:
        """Return the code that the callback with this *query* brings, and where to go afterwards.

        Raises:
            CallbackError: No consent was asked for in this session, or for another user; or as `parse_callback`.
            OAuthError: As `parse_callback`.
        """
        pending = session.get(_SESSION_KEY)
        if not isinstance(pending, dict):
            raise CallbackError("invalid_callback", "No consent was asked for in this session")
        if pending["user"] != user:
            raise CallbackError("invalid_callback", "Consent was asked for by another user of this browser")
        try:
            code = self._client.parse_callback(f"?{query}", pending["state"])
        except OAuthError as error:
            # What may be forged does not end the wait for the real one.
            if not isinstance(error, CallbackError | StateMismatchError):
                del session[_SESSION_KEY]
            raise
        del session[_SESSION_KEY]
        return code, pending["next"]


def explain(error: ApiException) -> tuple[int, str]:
    """Return the status and the text of the page that a user sees, and log what is not the user's doing.

    Nothing in the text is what somebody sent.
    """
    match error:
        case AccessDeniedError():
            return 403, "PandaDoc was not connected: access was not granted."
        case CallbackError() | StateMismatchError():
            return 400, "This link does not belong to what you began here. Connect PandaDoc once more."
        case InvalidGrantError():
            return 400, "The consent is too old, or was used before. Connect PandaDoc once more."
        case _:
            logger.warning("PandaDoc could not be connected: %s", error)
            return 502, "PandaDoc could not be connected. Try again later."


def _is_local(target: str) -> bool:
    """Return whether a browser stays on this site: it reads ``\\`` as ``/``, ``//host`` as a host, and drops tabs."""
    return target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
