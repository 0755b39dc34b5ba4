"""A quick server in a process of its own that responses every request alike and counts connections.

It prints its port; when its standard input ends it prints what it counted, as JSON, and ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

BODY = b'{"email": "right"}'
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
counts: Counter[str] = Counter()


class Connection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.unread = b""
        counts["connections"] += 1
        counts["open"] += 1
        counts["most"] = max(counts["most"], counts["open"])

    def connection_lost(self, exc: Exception | None) -> None:
        counts["open"] -= 1

    def data_received(self, data: bytes) -> None:
        *requests, self.unread = (self.unread + data).split(b"\r\n\r\n")
        for _ in requests:
            counts["requests"] += 1
            self.transport.write(RESPONSE)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    await asyncio.sleep(0)
    print(json.dumps(counts), flush=True)


asyncio.run(main())
