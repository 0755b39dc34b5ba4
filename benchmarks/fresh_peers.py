"""Programs for one fresh process each, which print time and memory: ``python fresh_peers.py NAME URL TASK...``.

Prints a line for the imports and one for each task: nanoseconds that it took, then how much of the process was in
memory (VmRSS), and the most that ever was (VmHWM), both in KiB, as Linux tells them. Tasks: ``list:COUNT`` (four fields
of each document read), ``count:COUNT`` (only counted), ``bytes`` (a large file as bytes), ``save`` (the same into a
file, streamed where the client can do so). With ``traced:`` before a task the bytes of Python objects that its result
holds, and the most that it held, take the place of the KiB.

It imports nothing that the peers would import else: what it imports is missing from their figures.
"""

from __future__ import annotations

import sys
from time import perf_counter_ns as now

TYPE_CHECKING = False  # importing typing would take memory; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

KEY = "7d3b9f1e5c8a2046"
DOCUMENT = "BhVzRcxH9Z2LgfPPGXFUBa"
DOCUMENTS = "/public/v1/documents"


def _fields(results: Any) -> Any:
    for document in results:
        _ = (document.id, document.name, document.status, document.date_created)
    return results


def _items(results: Any) -> Any:
    for document in results:
        _ = (document["id"], document["name"], document["status"], document["date_created"])
    return results


def _saved(parts: Iterator[bytes]) -> int:
    import tempfile

    with tempfile.TemporaryFile() as file:
        return sum(file.write(part) for part in parts)


def nothing(url: str) -> Iterator[Any]:
    yield None
    yield {}


def httpx_(url: str) -> Iterator[Any]:
    import json

    import httpx

    yield None
    client = httpx.Client(headers={"Authorization": f"API-Key {KEY}"})
    file = f"{url}{DOCUMENTS}/{DOCUMENT}/download"

    def documents(count: str) -> Any:
        return json.loads(client.get(f"{url}{DOCUMENTS}?count={count}").raise_for_status().content)["results"]

    def save() -> int:
        with client.stream("GET", file) as answer:
            return _saved(answer.raise_for_status().iter_bytes())

    yield {
        "list": lambda count: _items(documents(count)),
        "count": documents,
        "bytes": lambda: client.get(file).raise_for_status().content,
        "save": save,
    }


def unmodified(url: str) -> Iterator[Any]:
    from importlib import import_module

    list_documents = import_module("unmodified_client.api.documents.list_documents")
    download_document = import_module("unmodified_client.api.documents.download_document")
    connect = import_module("unmodified_client.client").AuthenticatedClient

    yield None
    client = connect(url, token=KEY, prefix="API-Key")

    def documents(count: str) -> Any:
        return list_documents.sync(client=client, count=int(count)).results

    def content() -> bytes:
        return bytes(download_document.sync_detailed(DOCUMENT, client=client).content)

    yield {
        "list": lambda count: _fields(documents(count)),
        "count": documents,
        "bytes": content,
        "save": lambda: _saved(iter([content()])),
    }


def sdk(url: str) -> Iterator[Any]:
    """Ours or the vendor's, by the interpreter."""
    from pandadoc_client import ApiClient, Configuration
    from pandadoc_client.api.documents_api import DocumentsApi

    yield None
    configuration = Configuration(host=url, api_key={"apiKey": KEY}, api_key_prefix={"apiKey": "API-Key"})
    api: Any = DocumentsApi(ApiClient(configuration))

    def content() -> bytes:
        with api.download_document(DOCUMENT) as file:
            if hasattr(file, "name"):  # the vendor's, on the disk, where it would stay
                import os

                os.unlink(file.name)
            return bytes(file.read())

    def save() -> int:
        answer = api.download_document(DOCUMENT, _preload_content=False)
        try:
            return _saved(answer.stream())
        finally:
            answer.close()

    def documents(count: str) -> Any:
        return api.list_documents(count=int(count)).results

    yield {"list": lambda count: _fields(documents(count)), "count": documents, "bytes": content, "save": save}


PEERS = {"nothing": nothing, "httpx": httpx_, "unmodified": unmodified, "sdk": sdk}


def _memory() -> tuple[int, int]:
    with open("/proc/self/status", encoding="ascii") as file:
        told = dict(line.split(":", 1) for line in file)
    return int(told["VmRSS"].split()[0]), int(told["VmHWM"].split()[0])


def _traced(task: Callable[[], Any]) -> tuple[int, int]:
    import gc
    import tracemalloc

    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = task()
    _, most = tracemalloc.get_traced_memory()
    gc.collect()  # what only a cycle holds is no part of the result
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return after - before, most - before


def main(name: str, url: str, *tasks: str) -> None:
    peer = PEERS[name](url)
    start = now()
    next(peer)
    print(now() - start, *_memory())
    calls = next(peer)
    for task in tasks:
        _, _, plain = task.rpartition("traced:")
        kind, _, argument = plain.partition(":")

        def call(kind: str = kind, argument: str = argument) -> Any:
            return calls[kind](argument) if argument else calls[kind]()

        start = now()
        if task != plain:
            memory = _traced(call)
            print(now() - start, *memory)
            continue
        kept = call()
        print(now() - start, *_memory())
        del kept


if __name__ == "__main__":
    main(*sys.argv[1:])
