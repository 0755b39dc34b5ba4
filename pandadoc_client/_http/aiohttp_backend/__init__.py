"""asyncio over aiohttp: connections that aiohttp opens and reads, below the same pool, plan and client.

``backend="aiohttp"`` replaces what is slowest of httpx's own stack: httpcore, h11 and anyio's streams. All above a
connection stays as it is, so that retries, limits, authentication, unpacking and errors are the same code. What
aiohttp's session does by itself (redirects, cookies, default headers, repetition, decompression, quoting of URLs) is
not used: a request is written here, byte for byte as httpx writes it, and aiohttp's protocol and parser read the
response.

It is imported when somebody asks for it, and by nothing else.
"""

from __future__ import annotations

try:
    import aiohttp as _  # noqa: F401
except ImportError:
    raise ImportError("backend=\"aiohttp\" needs aiohttp: pip install 'pandadoc-client[aiohttp]'") from None

from pandadoc_client._http.aiohttp_backend.direct import direct_request
from pandadoc_client._http.aiohttp_backend.transport import aiohttp_transport

__all__ = ["aiohttp_transport", "direct_request"]
