"""Programs that list documents, one a process: ``python document_peers.py NAME URL LOOK COUNT [AT_ONCE [KEPT]]``.

LOOK says what is done with the response: ``unread`` counts its documents, ``read`` takes four fields of each. With
AT_ONCE, so many calls run at once, and what is printed is what they take together; KEPT is the number of idle
connections to keep, in place of the client's default. Otherwise like ``peers.py``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last, so that this finds the benchmarks and no client

from benchmarks.peers import KEY, KEY_HEADER, AsyncCall, Call, run, run_async, sdk_configuration

Look = Callable[[Any], Any]
Run = Callable[[AsyncCall], Awaitable[None]]


def _look_at_objects(results: Any) -> Any:
    return [(document.id, document.name, document.status, document.date_created) for document in results]


def _look_at_dicts(results: Any) -> Any:
    return [(document["id"], document["name"], document["status"], document["date_created"]) for document in results]


OBJECTS: dict[str, Look] = {"unread": len, "read": _look_at_objects}
DICTS: dict[str, Look] = {"unread": len, "read": _look_at_dicts}


@dataclass(frozen=True)
class Task:
    """What a program is told."""

    host: str
    look: str
    count: int
    at_once: int
    kept: int | None

    @property
    def url(self) -> str:
        return f"{self.host}/public/v1/documents?count={self.count}"

    @property
    def objects(self) -> Look:
        return OBJECTS[self.look]

    def parsed(self, body: bytes) -> Any:
        return DICTS[self.look](json.loads(body)["results"])

    def httpx_arguments(self) -> dict[str, Any]:
        import httpx

        limits = httpx.Limits(max_connections=100, max_keepalive_connections=self.kept)
        return {} if self.kept is None else {"limits": limits}

    def sdk_configuration(self) -> Any:
        configuration = sdk_configuration(self.host)
        if self.kept is not None:
            configuration.connection_pool_maxsize = self.kept
        return configuration


@contextmanager
def http_client_list(task: Task) -> Iterator[Call]:
    from http.client import HTTPConnection

    host, target = task.host.removeprefix("http://"), task.url.removeprefix(task.host)

    def call() -> Any:
        connection.request("GET", target, headers=KEY_HEADER)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(response.status)
        return task.parsed(response.read())

    connection = HTTPConnection(host)
    with closing(connection):
        yield call


@contextmanager
def urllib3_list(task: Task) -> Iterator[Call]:
    import urllib3

    def call() -> Any:
        response = pool.request("GET", task.url, headers=KEY_HEADER)
        if response.status != 200:
            raise RuntimeError(response.status)
        return task.parsed(response.data)

    with urllib3.PoolManager() as pool:
        yield call


@contextmanager
def httpx_list(task: Task) -> Iterator[Call]:
    import httpx

    def call() -> Any:
        return task.parsed(client.get(task.url, headers=KEY_HEADER).raise_for_status().content)

    with httpx.Client(**task.httpx_arguments()) as client:
        yield call


async def async_httpx_list(task: Task, run: Run) -> None:
    import httpx

    async def call() -> Any:
        return task.parsed((await client.get(task.url, headers=KEY_HEADER)).raise_for_status().content)

    async with httpx.AsyncClient(**task.httpx_arguments()) as client:
        await run(call)


async def async_httpx_aiohttp_list(task: Task, run: Run) -> None:
    """Raw httpx, over a transport of aiohttp."""
    httpx_aiohttp: Any = import_module("httpx_aiohttp")

    async def call() -> Any:
        return task.parsed((await client.get(task.url, headers=KEY_HEADER)).raise_for_status().content)

    async with httpx_aiohttp.HttpxAiohttpClient(**task.httpx_arguments()) as client:
        await run(call)


async def async_aiohttp_list(task: Task, run: Run) -> None:
    import aiohttp

    async def call() -> Any:
        async with client.get(task.url, headers=KEY_HEADER, raise_for_status=True) as response:
            return task.parsed(await response.read())

    async with aiohttp.ClientSession() as client:
        await run(call)


@contextmanager
def sdk_list(task: Task) -> Iterator[Call]:
    """The API class: ours or the vendor's, by the interpreter."""
    import pandadoc_client
    from pandadoc_client.api import documents_api

    with pandadoc_client.ApiClient(task.sdk_configuration()) as client:
        api = documents_api.DocumentsApi(client)
        yield lambda: task.objects(api.list_documents(count=task.count).results)


@contextmanager
def sdk_threads(task: Task) -> Iterator[Call]:
    """The API class with ``async_req=True`` and a thread for each call: all of them are one."""
    import pandadoc_client
    from pandadoc_client.api import documents_api

    with pandadoc_client.ApiClient(task.sdk_configuration(), pool_threads=task.at_once) as client:
        api = documents_api.DocumentsApi(client)

        def call() -> Any:
            in_thread: Any = api.list_documents
            begun = [in_thread(count=task.count, async_req=True) for _ in range(task.at_once)]
            return [task.objects(handle.get().results) for handle in begun]

        yield call


async def async_sdk_list(task: Task, run: Run, backend: Any = None) -> None:
    import pandadoc_client
    from pandadoc_client.api.documents_api import AsyncDocumentsApi

    async with pandadoc_client.AsyncApiClient(task.sdk_configuration(), backend=backend) as client:
        api = AsyncDocumentsApi(client)

        async def call() -> Any:
            return task.objects((await api.list_documents(count=task.count)).results)

        await run(call)


async def aiohttp_sdk_list(task: Task, run: Run) -> None:
    await async_sdk_list(task, run, "aiohttp")


def _unmodified_client(task: Task) -> Any:
    client = import_module("unmodified_client.client")
    return client.AuthenticatedClient(task.host, token=KEY, prefix="API-Key", httpx_args=task.httpx_arguments())


@contextmanager
def unmodified_list(task: Task) -> Iterator[Call]:
    list_documents = import_module("unmodified_client.api.documents.list_documents")
    with _unmodified_client(task) as client:
        yield lambda: task.objects(list_documents.sync(client=client, count=task.count).results)


async def async_unmodified_list(task: Task, run: Run) -> None:
    list_documents = import_module("unmodified_client.api.documents.list_documents")
    async with _unmodified_client(task) as client:

        async def call() -> Any:
            return task.objects((await list_documents.asyncio(client=client, count=task.count)).results)

        await run(call)


SYNC = {
    peer.__name__: peer for peer in (http_client_list, urllib3_list, httpx_list, sdk_list, sdk_threads, unmodified_list)
}
ASYNC = {
    peer.__name__: peer
    for peer in (
        async_httpx_list,
        async_httpx_aiohttp_list,
        async_aiohttp_list,
        async_sdk_list,
        aiohttp_sdk_list,
        async_unmodified_list,
    )
}


def main(name: str, host: str, look: str, count: str, at_once: str = "1", kept: str = "") -> None:
    task = Task(host, look, int(count), int(at_once), int(kept) if kept else None)

    async def run_at_once(call: AsyncCall) -> None:
        async def calls() -> Any:
            return await asyncio.gather(*(call() for _ in range(task.at_once)))

        await run_async(calls if task.at_once > 1 else call)

    if name in ASYNC:
        asyncio.run(ASYNC[name](task, run_at_once))
    else:
        with SYNC[name](task) as call:
            run(call)


if __name__ == "__main__":
    main(*sys.argv[1:])
