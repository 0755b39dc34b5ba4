"""`token_store`: which URL makes which store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.oauth import (
    EncryptedTokenStore,
    FileTokenStore,
    MemoryTokenStore,
    SQLTokenStore,
    Token,
    token_store,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PANDADOC_TOKEN_STORE", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("file:tokens.json", "tokens.json"),
        ("file:~/t.json", "t.json"),
        ("file:a%20b.json", "a b.json"),
        ("FILE:tokens.json", "tokens.json"),
    ],
)
def test_a_file(home: Path, url: str, name: str) -> None:
    store = token_store(url)
    assert isinstance(store, FileTokenStore)
    assert store.path == home / name


@pytest.mark.parametrize("start", ["file://", "file://localhost", "file:"])
def test_an_absolute_file(home: Path, start: str) -> None:
    store = token_store(f"{start}{home}/tokens.json")
    assert isinstance(store, FileTokenStore)
    assert store.path == home / "tokens.json"


@pytest.mark.parametrize("place", ["tokens.db", "~/tokens.db", "///tokens.db", "{}/tokens.db"])
def test_sqlite(home: Path, place: str) -> None:
    with token_store(f"sqlite:{place.format(home)}") as store:
        assert isinstance(store, SQLTokenStore)
        store.save("default", Token("access"))
    assert (home / "tokens.db").exists()


def test_memory() -> None:
    assert isinstance(token_store("memory:"), MemoryTokenStore)


def test_keyring_and_redis_are_made_without_looking_for_them() -> None:
    names = [type(token_store(url)).__name__ for url in ("keyring:", "keyring:mine", "redis://localhost:1/0")]
    assert names == ["KeyringTokenStore", "KeyringTokenStore", "RedisTokenStore"]


def test_the_environment_names_the_store(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("PANDADOC_TOKEN_STORE", "file:mine.json")
    assert repr(token_store()) == f"FileTokenStore('{home}/mine.json')"
    assert isinstance(token_store("memory:"), MemoryTokenStore), "an argument wins"


def test_without_a_name_it_is_a_file_of_the_user(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert repr(token_store()) == f"FileTokenStore('{home}/.local/state/pandadoc/tokens.json')"
    monkeypatch.setenv("XDG_STATE_HOME", f"{home}/state")
    assert repr(token_store()) == f"FileTokenStore('{home}/state/pandadoc/tokens.json')"


@pytest.mark.parametrize(
    "url", ["", "tokens.json", "C:/tokens.json", "http://x", "oracle://u:secret-marker@h/d", "file:", "file://host/x"]
)
def test_what_is_no_url_of_a_store_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        token_store(url)
    assert "marker" not in str(caught.value)


def test_the_environment_is_named_when_it_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_TOKEN_STORE", "nonsense")
    with pytest.raises(ApiValueError, match=r"^PANDADOC_TOKEN_STORE is no URL of a token store"):
        token_store()


def test_a_path_is_no_url() -> None:
    path: Any = Path("tokens.json")
    with pytest.raises(ApiTypeError, match=r"^url must be text"):
        token_store(path)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("file:50% off.json", "file:{}/50%25 off.json"),
        ("sqlite:tokens.db", "sqlite:///{}/tokens.db"),
        ("memory:", "memory:"),
        ("keyring:my service", "keyring:my%20service"),
        ("redis://me:MARKER@127.0.0.1:7/3", "redis://127.0.0.1:7/3"),
        ("postgresql://me:MARKER@host/name?sslpassword=MARKER", "postgresql+psycopg://me:***@host/name"),
    ],
)
def test_a_store_says_its_url_without_a_password(home: Path, url: str, shown: str) -> None:
    with token_store(url) as store:
        assert store.to_url() == shown.format(os.path.realpath(home))
        if "***" not in shown and ":" in shown[:-1]:
            with token_store(store.to_url()) as again:
                assert again.to_url() == store.to_url()


def test_a_store_that_no_url_stands_for_shows_its_repr() -> None:
    store = EncryptedTokenStore(MemoryTokenStore(), EncryptedTokenStore.new_key())
    assert store.to_url() == repr(store)
