"""The server of the call benchmarks: answers at once, keeps connections, does nothing else.

It runs as a process of its own, prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import sys

TOKENS = {
    "access_token": "1f8b0c9f6a54bd1d2a2e6a64e5d6e2b41ff9dd28",
    "token_type": "Bearer",
    "expires_in": 31535999,
    "scope": "read+write",
    "refresh_token": "0d1c2ad1c5bb22ee9a1cf5c1ae64b25be1c9a8be",
}
MEMBER = {
    "user_id": "Uf4kRc8WnV3bEqPz2mYtDa",
    "membership_id": "Mq7sXe5LhJ9cGvTk4wBnRo",
    "email": "mei.lin@example.com",
    "first_name": "Mei",
    "last_name": "Lin",
    "is_active": True,
    "workspace": "Wd2pZy6KfS8aHxUj3vCmQi",
    "workspace_name": "Bamboo",
    "emails_verified": True,
    "role": "Admin",
    "user_license": "Full",
    "date_created": "2026-01-02T03:04:05.678900Z",
    "date_modified": "2026-02-03T04:05:06.789000Z",
}


def _answer(body: dict[str, object]) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


_ANSWERS = {b"P": _answer({**TOKENS}), b"G": _answer({**MEMBER})}


class _Connection(asyncio.Protocol):
    """Answers each request by the first letter of its method."""

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
        self._transport.write(_ANSWERS[head[:1]])


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
