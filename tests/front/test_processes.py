"""Clients and process pools."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import httpx2  # noqa: F401 - with it the class of an OAuth2Auth is another
import pytest

from pandadoc_client import ApiClient, AsyncApiClient, AsyncPandaDoc, Configuration, PandaDoc
from pandadoc_client.api.documents_api import DocumentsApi
from pandadoc_client.exceptions import ApiTypeError
from pandadoc_client.oauth import (
    AsyncOAuthClient,
    AsyncTokenManager,
    EncryptedTokenStore,
    FileTokenStore,
    MemoryTokenStore,
    OAuth2Auth,
    OAuthClient,
    RedisTokenStore,
    SQLTokenStore,
    Token,
    TokenManager,
)


def oauth_client() -> OAuthClient:
    return OAuthClient("id", "secret-marker")


THINGS: dict[str, Callable[[], Any]] = {
    "PandaDoc": lambda: PandaDoc(api_key="secret-marker"),
    "AsyncPandaDoc": lambda: AsyncPandaDoc(api_key="secret-marker"),
    "ApiClient": lambda: ApiClient(Configuration()),
    "AsyncApiClient": lambda: AsyncApiClient(Configuration()),
    "OAuthClient": oauth_client,
    "AsyncOAuthClient": lambda: AsyncOAuthClient("id", "secret-marker"),
    "TokenManager": lambda: TokenManager(oauth_client(), MemoryTokenStore()),
    "AsyncTokenManager": lambda: AsyncTokenManager(AsyncOAuthClient("id", "secret-marker"), MemoryTokenStore()),
    "MemoryTokenStore": MemoryTokenStore,
    "SQLTokenStore": lambda: SQLTokenStore("sqlite://"),
    "RedisTokenStore": lambda: RedisTokenStore("redis://localhost"),
    "EncryptedTokenStore": lambda: EncryptedTokenStore(MemoryTokenStore(), EncryptedTokenStore.new_key()),
}


@pytest.mark.parametrize("name", THINGS)
def test_what_belongs_to_a_process_says_so_when_it_is_pickled(name: str) -> None:
    thing = THINGS[name]()
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(ApiTypeError, match=rf"^{name} cannot be pickled or copied: .* in each worker") as caught:
            attempt(thing)
        assert "marker" not in str(caught.value)


def test_what_holds_a_client_says_so_too() -> None:
    with ApiClient(Configuration()) as client, pytest.raises(ApiTypeError, match=r"^ApiClient cannot be pickled"):
        pickle.dumps(DocumentsApi(client))
    manager = TokenManager(oauth_client(), MemoryTokenStore())
    with pytest.raises(ApiTypeError, match=r"^TokenManager cannot be pickled"):
        pickle.dumps(OAuth2Auth(manager))


def test_a_process_pool_is_told_what_to_do() -> None:
    with (
        PandaDoc(api_key="key") as pd,
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        pytest.raises(ApiTypeError, match=r"^PandaDoc cannot be pickled or copied: .* Make one in each worker"),
    ):
        pool.submit(repr, pd).result(60)


def test_tokens_and_files_of_tokens_can_go_to_another_process(tmp_path: Path) -> None:
    token = Token("access")
    assert pickle.loads(pickle.dumps(token)) == token
    FileTokenStore(tmp_path / "t.json").save("default", token)
    assert pickle.loads(pickle.dumps(FileTokenStore(tmp_path / "t.json"))).load() == token
