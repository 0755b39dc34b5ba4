"""Keep to the published limits instead of running into them: so many requests a minute for each endpoint.

    limiter = RateLimiter()                          # this process
    limiter = RateLimiter("redis://localhost:6379")  # all machines that share a Redis
    PandaDoc(rate_limiter=limiter)

PandaDoc counts the requests of a user to an endpoint over the last sixty seconds. A limiter counts likewise, with the
library `limits`, and lets a call wait for its turn before it is sent; the wait is part of the call's timeout. Without
one, a 429 is answered by waiting as well, but the request was made in vain. It needs the extra `[throttling]`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from pandadoc_client._http.messages import Request
from pandadoc_client.exceptions import ApiConnectionError, ApiValueError

__all__ = ["PUBLISHED_LIMITS", "SANDBOX_LIMIT", "RateLimiter"]

FROM_TEMPLATE = "create_document_from_template"
"""What creating a document from a template counts as: the published limit is another than from a file."""
PUBLISHED_LIMITS: Mapping[str, int] = {
    FROM_TEMPLATE: 500,
    "create_document": 300,
    "create_document_from_upload": 300,
    "create_document_from_markdown_upload": 300,
    "details_document": 600,
    "send_document": 400,
    "download_document": 100,
    "download_protected_document": 100,
    "list_documents": 2000,
    "status_document": 2000,
    "delete_document": 2000,
}
"""Requests a minute that PandaDoc publishes, by method name; other operations are not limited."""
SANDBOX_LIMIT = 10
"""Requests a minute that a sandbox key may make to any endpoint."""
_SHORTEST_WAIT = 0.05  # seconds: storages tell the end of a window in whole ones
_REDIS = ("redis://", "rediss://", "redis+unix://", "valkey://", "valkeys://", "valkey+unix://")
_PATIENCE = {
    "socket_timeout": 5.0,
    "socket_connect_timeout": 5.0,
}  # seconds; without them a server that hangs holds a call


class RateLimiter:
    """Counts requests, and tells how long the next one has to wait. Safe for threads; one serves many clients.

    Args:
        storage: Where requests are counted, as a URL of the library `limits`: ``memory://`` for this process,
            ``redis://…`` for many machines. A Redis that does not respond is given up after five seconds, unless the
            URL says otherwise (``?socket_timeout=1``); redis-py tries again before it does.
        limits: Requests a minute by method name.
        account: Whose requests these are; limiters of one storage and account share their counts.
        sandbox: True to count 10 a minute for every operation, as PandaDoc does for sandbox keys.

    Raises:
        ApiValueError: A limit below 1, or a storage that `limits` does not know.
        ModuleNotFoundError: The extra is not installed.
    """

    def __init__(
        self,
        storage: str = "memory://",
        *,
        limits: Mapping[str, int] = PUBLISHED_LIMITS,
        account: str = "default",
        sandbox: bool = False,
    ) -> None:
        try:
            from limits import RateLimitItemPerMinute
            from limits.errors import ConfigurationError, StorageError
            from limits.storage import storage_from_string
            from limits.strategies import MovingWindowRateLimiter
        except ModuleNotFoundError as error:
            message = "RateLimiter needs its extra: pip install 'pandadoc-client[throttling]'"
            raise ModuleNotFoundError(message, name=error.name) from error
        if any(not isinstance(limit, int) or limit < 1 for limit in limits.values()):
            raise ApiValueError("limits: a limit is a whole number of requests a minute, 1 or more", ["limits"])
        try:
            # A storage that cannot be reached is found out by the first call.
            patience = _PATIENCE if storage.startswith(_REDIS) else {}
            self._strategy = MovingWindowRateLimiter(storage_from_string(storage, wrap_exceptions=True, **patience))
        except ConfigurationError as error:
            raise ApiValueError("storage: a URL such as memory:// or redis://localhost:6379", ["storage"]) from error
        self._unreachable = StorageError
        self._items = {name: RateLimitItemPerMinute(limit) for name, limit in limits.items()}
        self._everything = RateLimitItemPerMinute(SANDBOX_LIMIT) if sandbox else None
        self._account = account
        #: Whether counting needs the network: a thread does it then, and no call waits for it longer than it may take.
        self.blocks = not storage.startswith("memory:")

    def take(self, request: Request) -> float:
        """Count *request* if there is room for it; else return the seconds after which to ask again.

        Returns:
            0 when it was counted, and may be sent.

        Raises:
            ApiConnectionError: The storage cannot be reached; the request was not sent.
        """
        name = _endpoint(request)
        item = self._everything or self._items.get(name)
        if item is None:
            return 0.0
        try:
            if self._strategy.hit(item, "pandadoc", self._account, name):
                return 0.0
            ends = self._strategy.get_window_stats(item, "pandadoc", self._account, name).reset_time
        except self._unreachable as error:
            reason = "The rate limiter's storage cannot be reached"
            raise ApiConnectionError(reason=reason, request_sent=False) from error
        return max(_SHORTEST_WAIT, ends - time.time())


def _endpoint(request: Request) -> str:
    content = request.content
    if request.operation == "create_document" and isinstance(content, bytes) and b'"template_uuid"' in content:
        return FROM_TEMPLATE
    return request.operation
