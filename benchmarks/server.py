"""The server of the call benchmarks: answers at once, keeps connections, does nothing else.

It runs as a process of its own, prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last, so that this finds the benchmarks and no client

from benchmarks.answers import MEMBER, PDF, TOKENS, documents, pdf

_LIST = "/public/v1/documents?count="


@functools.cache
def _answer(target: str) -> bytes:
    """Return the whole response for a path with its query."""
    media_type = "application/pdf" if target.startswith(PDF) else "application/json"
    if target.startswith(PDF):
        content = pdf()
    elif target.startswith(_LIST):
        content = documents(int(target.removeprefix(_LIST)))
    else:
        content = json.dumps(TOKENS if target == "/oauth2/access_token" else MEMBER).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


class _Connection(asyncio.Protocol):
    """Answers each request by its target."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        _, named, after = head.lower().partition(b"content-length:")
        if len(rest) < (int(after.split(b"\r\n", 1)[0]) if named else 0):
            return
        self._received = b""
        self._transport.write(_answer(head.split(b" ", 2)[1].decode()))


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
