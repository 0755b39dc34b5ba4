"""A document to download, and servers that break off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pandadoc_client import files
from pandadoc_client._http.retry import RetryPolicy
from pandadoc_client.files import Downloaded

from .support import Clock, FileServer, Got, Reply, World, configuration

PDF = bytes(range(256)) * 1000
WHOLE = Reply(body=PDF, headers={"Content-Type": "application/pdf", "ETag": '"v1"'})
QUICK: dict[str, Any] = {"retries": RetryPolicy(backoff=0.01)}


def broken(cut: int = 100_000, **headers: str) -> Reply:
    return Reply(body=PDF, headers={"Content-Type": "application/pdf", **headers}, cut=cut)


def ranged(got: Got, tag: str = '"v1"', content: bytes = PDF) -> Reply:
    """Answer a request for the rest of a file as RFC 9110 has it."""
    start = int(got.headers["range"].removeprefix("bytes=").removesuffix("-"))
    if got.headers.get("if-range") != tag:
        return Reply(body=content, headers={"ETag": tag})
    span = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Reply(206, content[start:], {"ETag": tag, "Content-Range": span})


def breaking(cut: int = 100_000, tag: str = '"v1"', rest: Callable[[Got], Reply] = ranged) -> Callable[[Got], Reply]:
    """Break the first response off, and answer requests for ranges."""
    return lambda got: rest(got) if "range" in got.headers else broken(cut, ETag=tag)


def save(world: World, server: FileServer, to: Any = None, **options: Any) -> Downloaded:
    """Download a document, by a clock on which nothing takes time."""
    clock = options.pop("by", None) or Clock()

    def call(client: Any) -> Any:
        return world.pick(files, "download_document")(client, "doc", to, **clock.times(world), **options)

    result: Downloaded = world.run(configuration(server.url, **QUICK), call)
    return result


NEW = b"another file" * 30_000


def odd_part(tag: str = '"v1"', shift: int = 0, size: int = len(PDF)) -> Callable[[Got], Reply]:
    """Answer with the rest of the file, but for something in the headers."""

    def answer(got: Got) -> Reply:
        start = int(got.headers["range"].removeprefix("bytes=").removesuffix("-")) + shift
        return Reply(206, PDF[start:], {"ETag": tag, "Content-Range": f"bytes {start}-{len(PDF) - 1}/{size}"})

    return answer


ANEW: dict[str, Callable[[Got], Reply]] = {
    "the file changed": lambda got: ranged(got, '"v2"', NEW),
    "ranges are ignored": lambda got: Reply(body=NEW),
    "a wrong start": odd_part(shift=1),
    "a wrong size": odd_part(size=len(PDF) + 1),
    "another tag": odd_part(tag='"v2"'),
    "no range": lambda got: Reply(206, b"x", {"ETag": '"v1"'}),
    "not satisfied": lambda got: Reply(416, b"", {"Content-Range": "bytes */5"}),
}


def take(world: World, server: FileServer, limit: int | None = None, **options: Any) -> tuple[bytes, Any]:
    """Download by iterating; give up after *limit* bytes."""

    def blocking(client: Any) -> Any:
        with files.open_download(world.documents(client).download_document, "doc", **options) as parts:
            found = b""
            for part in parts:
                found += part
                if limit is not None and len(found) >= limit:
                    break
            return found, parts.facts

    async def other(client: Any) -> Any:
        async with files.async_open_download(world.documents(client).download_document, "doc", **options) as parts:
            found = b""
            async for part in parts:
                found += part
                if limit is not None and len(found) >= limit:
                    break
            return found, parts.facts

    result: tuple[bytes, Any] = world.run(configuration(server.url, **QUICK), other if world.is_async else blocking)
    return result
