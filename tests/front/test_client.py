"""`PandaDoc` and `AsyncPandaDoc` as objects: their resources, threads, closing, and what is imported when."""

from __future__ import annotations

import gc
import importlib
import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import trio

from pandadoc_client import ApiClient, ApiException, ApiValueError, AsyncApiClient, AsyncPandaDoc, PandaDoc
from pandadoc_client.apis.resources import AsyncResources, Resources
from pandadoc_client.oauth import MemoryTokenStore, Token, _store_kinds
from pandadoc_client.oauth.stores.base import Record, TokenStore

from ..contract import CONTRACT
from ..wire.recording import Answer, RecordingServer

SETTINGS: dict[str, Any] = {"api_key": "my-secret", "host": "http://127.0.0.1:1"}


class ClosingStore(TokenStore):
    """A store that counts how often it was closed."""

    def __init__(self) -> None:
        self.inner = MemoryTokenStore()
        self.closed = 0

    def read(self, key: str) -> Record | None:
        return self.inner.read(key)

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        return self.inner.write(key, document, expires_at=expires_at, expected=expected)

    def discard(self, key: str) -> bool:
        return self.inner.discard(key)

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        return self.inner.list_keys(after=after, limit=limit, expiring_before=expiring_before)

    def lock(self, key: str, timeout: float) -> AbstractContextManager[None]:
        return self.inner.lock(key, timeout)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ClosingStore:
    """What the URL ``closing:`` stands for, with a token in it."""
    monkeypatch.setenv("PANDADOC_CLIENT_ID", "client")
    monkeypatch.setenv("PANDADOC_CLIENT_SECRET", "secret")
    opened = ClosingStore()
    opened.save("default", Token(access_token="stored"))
    kind = _store_kinds.StoreKind("ClosingStore", "closing", urls=("closing:",))
    monkeypatch.setattr(_store_kinds, "KINDS", (*_store_kinds.KINDS, kind))
    monkeypatch.setitem(sys.modules, kind.path, SimpleNamespace(from_url=lambda url, purpose: opened))
    return opened


# --- Resources


def operations() -> Iterator[tuple[str, str]]:
    for item in CONTRACT["paths"].values():
        for operation in item.values():
            if "operationId" in operation:
                yield operation["tags"][0], operation["operationId"]


def test_there_is_one_resource_for_each_tag_and_it_has_every_operation_of_it() -> None:
    for kind, client in ((Resources, ApiClient()), (AsyncResources, AsyncApiClient())):
        made = kind(client)  # type: ignore[arg-type]
        names = {name for name in vars(kind) if not name.startswith("_")}
        resources = {name: getattr(made, name) for name in names}
        tags = {tag for tag, _ in operations()}
        assert {str(type(resource).__doc__).split('"')[1] for resource in resources.values()} == tags
        assert len(names) == len(tags)
        methods = {method for resource in resources.values() for method in dir(resource)}
        for _, operation in operations():
            assert any(method.replace("_", "").lower() == operation.lower() for method in methods), operation


def test_a_resource_is_made_once_and_calls_by_the_clients_connections() -> None:
    with PandaDoc(**SETTINGS) as pd:
        assert pd.documents is pd.documents
        assert pd.documents.api_client is pd.api_client
        assert type(pd.documents).__name__ == "DocumentsApi"
        assert pd.oauth_2_0_authentication.api_client is pd.api_client
        with pytest.raises(AttributeError):
            _ = pd.document  # type: ignore[attr-defined]  # pyright: ignore


def test_settings_go_to_the_configuration() -> None:
    pd = PandaDoc(timeout=3, retries=2, allow_insecure=True, api_key="k", host="http://example.com")
    assert (pd.configuration.timeout, pd.configuration.retries, pd.configuration.allow_insecure) == (3, 2, True)
    assert pd.api_client.configuration is pd.configuration


@pytest.mark.parametrize("kind", [PandaDoc, AsyncPandaDoc])
def test_the_repr_shows_the_host_and_no_secret(kind: Any) -> None:
    shown = repr(kind(**SETTINGS))
    assert "http://127.0.0.1:1" in shown
    assert kind.__name__ in shown
    assert "my-secret" not in shown


def test_an_operation_of_the_token_endpoint_goes_without_the_credential(recorder: RecordingServer) -> None:
    with PandaDoc(api_key="key", host=recorder.script("token", ())) as pd:
        pd.oauth_2_0_authentication.access_token(
            grant_type="refresh_token", client_id="i", client_secret="s", refresh_token="r", scope="read+write"
        )
    (request,) = recorder.requests("token")
    assert "authorization" not in dict(request.headers)


async def test_under_trio_it_works_as_well(recorder: RecordingServer) -> None:
    items = [{"id": "a"}, {"id": "b"}]
    url = recorder.script("trio", (Answer(body=json.dumps({"results": items}).encode()),))

    async def work() -> list[Any]:
        async with AsyncPandaDoc(api_key="key", host=url) as pd:
            async for _ in pd.documents.iterate_documents():
                break  # trio would warn of an async generator that is left behind
            return [item.id async for item in pd.documents.iterate_documents()]

    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.extend(trio.run(work)))
    thread.start()
    thread.join(30)
    gc.collect()
    assert found == ["a", "b"]


# --- Threads


def test_many_threads_may_use_one_client_from_its_first_call_on(recorder: RecordingServer) -> None:
    answer = Answer(body=b'{"results": [{"id": "a"}]}')
    start = threading.Barrier(16)
    found: list[Any] = []
    with PandaDoc(api_key="key", host=recorder.script("threads", (answer,)), timeout=60) as pd:

        def work() -> None:
            start.wait()
            found.append([item.id for item in pd.documents.iterate_documents()])
            found.append(pd.templates.list_templates().results[0].id)

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert sorted(map(str, found)) == sorted(["['a']", "a"] * 16)


# --- Closing


def test_a_with_block_closes_the_connections_and_the_store_that_was_opened(
    store: ClosingStore, recorder: RecordingServer
) -> None:
    with PandaDoc(token_store="closing:", host=recorder.script("closing", ())) as pd:
        pd.members.details_current_member()
        transport = weakref.ref(pd.api_client._open_transport())
    assert store.closed == 1
    gc.collect()
    assert transport() is None
    pd.close()
    assert store.closed == 1


async def test_an_async_with_block_closes_the_store_that_was_opened(
    store: ClosingStore, recorder: RecordingServer
) -> None:
    async with AsyncPandaDoc(token_store="closing:", host=recorder.script("closing", ())) as pd:
        await pd.members.details_current_member()
    assert store.closed == 1
    await pd.aclose()
    assert store.closed == 1


async def test_a_store_that_was_given_stays_open(store: ClosingStore, recorder: RecordingServer) -> None:
    url = recorder.script("given", ())
    with PandaDoc(token_store=store, host=url) as pd:
        pd.members.details_current_member()
    async with AsyncPandaDoc(token_store=store, host=url) as async_pd:
        await async_pd.members.details_current_member()
    assert store.closed == 0


@pytest.mark.parametrize("kind", [PandaDoc, AsyncPandaDoc])
@pytest.mark.parametrize("problem", ["no application", "no token", "wrong key"])
def test_a_client_that_cannot_be_made_leaves_no_store_open(
    store: ClosingStore, monkeypatch: pytest.MonkeyPatch, kind: Any, problem: str
) -> None:
    monkeypatch.setenv("PANDADOC_TOKEN_STORE", "closing:")
    if problem == "no application":
        monkeypatch.delenv("PANDADOC_CLIENT_SECRET")
    if problem == "no token":
        store.delete("default")
    with pytest.raises(ApiValueError):
        kind(key="" if problem == "wrong key" else None)
    assert store.closed == (0 if problem == "wrong key" else 1)  # a wrong key is seen before the store is opened


def test_a_client_with_a_key_can_be_used_again_after_it_was_closed(recorder: RecordingServer) -> None:
    pd = PandaDoc(api_key="key", host=recorder.script("again", ()))
    pd.members.details_current_member()
    pd.close()
    pd.members.details_current_member()
    pd.close()
    assert len(recorder.requests("again")) == 2


# --- Imports, in a fresh interpreter


def loaded_by(program: str) -> set[str]:
    result = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(json.loads(result.stdout))


def api_modules(loaded: set[str]) -> set[str]:
    return {name.rpartition(".")[2] for name in loaded if name.startswith("pandadoc_client.api.")}


def test_importing_the_package_imports_neither_the_client_nor_any_api_module() -> None:
    loaded = loaded_by("import pandadoc_client")
    assert "pandadoc_client.client" not in loaded
    assert api_modules(loaded) == set()


@pytest.mark.parametrize("kind", ["PandaDoc", "AsyncPandaDoc"])
def test_making_a_client_imports_no_api_module_and_a_resource_imports_its_own(kind: str) -> None:
    made = f"from pandadoc_client import {kind}; pd = {kind}(api_key='k')"
    loaded = loaded_by(made)
    assert api_modules(loaded) == set()
    assert not [name for name in loaded if name.startswith("pandadoc_client.model.")]
    assert not loaded & {"pandadoc_client.oauth.stores", "pandadoc_client.cli", "pandadoc_client.emulator"}
    loaded = loaded_by(f"{made}; pd.documents")
    assert api_modules(loaded) == {"documents_api", "document_link_to_crm_api"}  # whose calls it has, too


def test_every_resource_can_be_imported() -> None:
    for kind in (Resources, AsyncResources):
        for name in (name for name in vars(kind) if not name.startswith("_")):
            assert importlib.import_module(type(getattr(kind(None), name)).__module__)  # type: ignore[arg-type]


def test_an_error_of_a_call_is_that_of_the_api(recorder: RecordingServer) -> None:
    with (
        PandaDoc(api_key="key", host=recorder.script("error", (Answer(status=404),))) as pd,
        pytest.raises(ApiException) as caught,
    ):
        pd.documents.details_document("x")
    assert caught.value.status == 404
