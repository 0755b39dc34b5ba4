"""What carries the calls of asyncio: the names of backends, and the checks of what a client is given to send with."""

from __future__ import annotations

import importlib.util
from typing import Any, Literal

from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["Backend", "check_backend", "check_http_client"]

Backend = Literal["httpx", "aiohttp"]


def check_backend(backend: Backend | None) -> None:
    """Refuse what is no backend; None stands for the default.

    Raises:
        ApiValueError: It is none.
        ImportError: It needs a library that is missing; the message names the extra.
    """
    if backend not in (None, "httpx", "aiohttp"):
        raise ApiValueError('backend must be "httpx" or "aiohttp"', ["backend"])
    if backend == "aiohttp" and importlib.util.find_spec("aiohttp") is None:
        raise ImportError("backend=\"aiohttp\" needs aiohttp: pip install 'pandadoc-client[aiohttp]'")


def check_http_client(http_client: Any, backend: Backend | None, *, is_async: bool) -> None:
    """Refuse what a client cannot send with; None for both is the default.

    Raises:
        ApiTypeError: *http_client* is no client of httpx of the right kind.
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
    import httpx

    kind = httpx.AsyncClient if is_async else httpx.Client
    if not isinstance(http_client, kind):
        problem = f"http_client must be an httpx.{kind.__name__}, not {type(http_client).__name__}"
        raise ApiTypeError(problem, ["http_client"])
