"""What carries calls: the names of backends, clients that a user gives, and the checks of both."""

from __future__ import annotations

import sys
from typing import Any, Literal, Protocol

from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["AsyncHttpClient", "Backend", "HttpClient", "check_backend", "check_http_client", "classes_of_libraries"]

Backend = Literal["httpx", "aiohttp"]


class HttpClient(Protocol):
    """An ``httpx.Client`` or an ``httpx2.Client``, as a type checker knows them that need not have both."""

    @property
    def is_closed(self) -> bool:
        """Whether it can send no more."""
        ...

    def build_request(self, method: str, url: Any) -> Any:
        """Return a request of its library."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class AsyncHttpClient(Protocol):
    """An ``httpx.AsyncClient`` or an ``httpx2.AsyncClient``."""

    @property
    def is_closed(self) -> bool:
        """Whether it can send no more."""
        ...

    def build_request(self, method: str, url: Any) -> Any:
        """Return a request of its library."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


def classes_of_libraries(name: str) -> tuple[type, ...]:
    """Return the class of that name of httpx and of httpx2, for `isinstance`; of those that the program uses.

    Nobody has an object of another. A module that is being imported may have no such class yet.
    """
    found = (getattr(sys.modules.get(library), name, None) for library in ("httpx", "httpx2"))
    return tuple(kind for kind in found if kind is not None)


def check_backend(backend: Backend | None) -> None:
    """Refuse what is no backend; None stands for the default.

    Raises:
        ApiValueError: It is none.
        ImportError: It needs a library that is missing; the message names the extra.
    """
    if backend not in (None, "httpx", "aiohttp"):
        raise ApiValueError('backend must be "httpx" or "aiohttp"', ["backend"])
    if backend != "aiohttp":
        return
    import importlib.util

    if importlib.util.find_spec("aiohttp") is None:
        raise ImportError("backend=\"aiohttp\" needs aiohttp: pip install 'pandadoc-client[aiohttp]'")


def check_http_client(http_client: Any, backend: Backend | None, *, is_async: bool) -> None:
    """Refuse what a client cannot send with; None for both is the default.

    Raises:
        ApiTypeError: *http_client* is no client of httpx or httpx2 of the right kind.
        ApiValueError: *backend* is none, or does not go with the rest.
        ImportError: *backend* needs a library that is missing.
    """
    check_backend(backend)
    if backend == "aiohttp" and not is_async:
        raise ApiValueError('backend="aiohttp" is for asyncio: use the class whose name begins with Async', ["backend"])
    if http_client is None:
        return
    if backend is not None:
        raise ApiValueError("http_client and backend cannot both be given: either says what sends", ["http_client"])
    name = "AsyncClient" if is_async else "Client"
    if not isinstance(http_client, classes_of_libraries(name)):
        problem = f"http_client must be an httpx.{name} or an httpx2.{name}, not {type(http_client).__name__}"
        raise ApiTypeError(problem, ["http_client"])
