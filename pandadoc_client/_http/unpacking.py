"""Keep a compressed body from filling the memory: it is unpacked a little at a time, so that a limit can stop it.

httpx unpacks whatever a read from the socket brings in one step: 64 KiB, which may stand for 64 MiB, or for any number
of bytes where one compression is in another.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx

__all__ = ["bound_unpacking"]

_SLICE = 1024  # bytes: deflate makes no more than 1032 of one
_SMALL_SLICE = 32  # for what is packed in other ways, where a few bytes may stand for 16 MiB
_DEFLATING = frozenset({"gzip", "deflate"})


def bound_unpacking(response: httpx.Response) -> None:
    """Make reading *answer*, whose body is unread, unpack some MiB at the most in one step.

    A body that is packed more than once cannot be bounded so: reading it raises ``httpx.DecodingError``.
    """
    packed = response.headers.get("content-encoding")
    if packed is None:
        return
    codings = [name for coding in packed.split(",") if (name := coding.strip().lower()) not in ("", "identity")]
    if not codings:
        return
    size = 0 if len(codings) > 1 else _SLICE if codings[0] in _DEFLATING else _SMALL_SLICE
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = _AsyncSlices(response.stream, size)
    else:
        response.stream = _Slices(response.stream, size)


def _slices(data: bytes, size: int) -> Iterator[bytes]:
    if not size:
        raise httpx.DecodingError("the body is packed more than once")
    return (data[start : start + size] for start in range(0, len(data), size))


class _Slices(httpx.SyncByteStream):
    """A body in slices of *size* bytes; with 0 it cannot be read."""

    def __init__(self, stream: httpx.SyncByteStream, size: int) -> None:
        self._stream = stream
        self._size = size

    def __iter__(self) -> Iterator[bytes]:
        for data in self._stream:
            yield from _slices(data, self._size)

    def close(self) -> None:
        self._stream.close()


class _AsyncSlices(httpx.AsyncByteStream):
    """`_Slices` for asyncio and trio."""

    def __init__(self, stream: httpx.AsyncByteStream, size: int) -> None:
        self._stream = stream
        self._size = size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._stream:
            for part in _slices(data, self._size):
                yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
