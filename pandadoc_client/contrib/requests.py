"""A token manager as the authentication of requests: ``session.auth = OAuth2Auth(manager)``."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from requests import PreparedRequest, Response
from requests.auth import AuthBase

from pandadoc_client import oauth

__all__ = ["OAuth2Auth"]

logger = logging.getLogger("pandadoc_client")


class OAuth2Auth(AuthBase):
    """Sends the manager's token with each request, and once more with a new one after a 401.

    The same as `pandadoc_client.oauth.OAuth2Auth` is for httpx, for ``requests.Session.auth`` and ``auth=``. A body
    that is no bytes and no text, such as a file or a generator, is not sent twice: its 401 is returned, a warning in
    the log says why, and the next request has a new token. Where requests takes the token away, since a redirect leads
    to another host, it is not sent again.

    The token goes to wherever you send the request: use a session of its own for other hosts.

    Args:
        manager: A `TokenManager` or an `AsyncTokenManager`.

    Raises:
        ApiTypeError: *manager* is neither.

    What the manager raises, such as `ReauthorizationRequired`, comes out of the request.
    """

    def __init__(self, manager: oauth.TokenManager | oauth.AsyncTokenManager) -> None:
        self._tokens = oauth.OAuth2Auth(manager)

    @property
    def manager(self) -> oauth.TokenManager | oauth.AsyncTokenManager:
        """Where the tokens come from."""
        return self._tokens.manager

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Put the token into a request; called by requests."""
        authorization = f"Bearer {self._tokens.access_token()}"
        r.headers["Authorization"] = authorization
        r.register_hook("response", partial(self._on_response, authorization))
        return r

    def _on_response(self, authorization: str, response: Response, **options: Any) -> Response:
        """Send the request of a 401 again, if a new token may help; the response to that calls no hooks."""
        request = response.request
        # A request without our token was redirected to another host: it must not get a new one either.
        if response.status_code != 401 or request.headers.get("Authorization") != authorization:
            return response
        self.manager.invalidate(authorization.removeprefix("Bearer "))
        if not isinstance(request.body, bytes | str | None):
            where = (request.url or "").partition("?")[0]
            logger.warning(
                "%s %s was answered 401 and is not sent again: its body cannot be read twice", request.method, where
            )
            return response
        _ = response.content  # so that its connection is free, whatever comes of the refresh
        response.close()
        renewed = f"Bearer {self._tokens.access_token()}"
        if renewed == authorization:
            return response
        again = request.copy()
        again.headers["Authorization"] = renewed
        answer: Response = response.connection.send(again, **options)
        answer.history.append(response)
        answer.request = again
        return answer
