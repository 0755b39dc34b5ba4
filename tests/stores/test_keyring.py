"""`KeyringTokenStore` over a keyring in a folder (keyring_backend.py says why): what the contract does not ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail, null
from keyring.errors import KeyringError, KeyringLocked, NoKeyringError

from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores import keyring as module
from pandadoc_client.oauth.stores.base import LockTimeout
from pandadoc_client.oauth.stores.keyring import KeyringTokenStore
from pandadoc_client.oauth.token import Token

from .keyring_backend import FolderKeyring, open_keyring

MARKER = "marker-8a1f"
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
TOKEN = Token(f"access-{MARKER}", f"refresh-{MARKER}", expires_at=NOON)
ACTIONS = {
    "load": lambda store: store.load("k"),
    "save": lambda store: store.save("k", TOKEN),
    "delete": lambda store: store.delete("k"),
}


@pytest.fixture
def backend(tmp_path: Path) -> FolderKeyring:
    return FolderKeyring(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> KeyringTokenStore:
    return open_keyring(tmp_path)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


# Entries


def test_an_entry_and_an_index_are_kept(store: KeyringTokenStore, backend: FolderKeyring, tmp_path: Path) -> None:
    revision = store.write("acme", "text", expires_at=NOON, expected=None)
    password = backend.get_password("test", "acme")
    assert password is not None
    assert json.loads(password) == {
        "key": "acme",
        "revision": revision,
        "expires_at": "2026-05-17T12:00:00+00:00",
        "document": "text",
    }
    assert backend.get_password("test index", "keys") == '["acme"]'
    store.write("acme", "text", expires_at=NOON, expected=revision)
    store.write("beta", "text", expires_at=NOON, expected=None)
    assert len(files(tmp_path)) == 3
    store.delete("acme")
    store.delete("beta")
    assert backend.get_password("test index", "keys") == "[]"
    assert len(files(tmp_path)) == 1


def test_services_do_not_meet(tmp_path: Path, backend: FolderKeyring) -> None:
    stores = [KeyringTokenStore(name, backend=backend, lock_folder=tmp_path / "locks") for name in ("one", "two")]
    stores[0].save("k", TOKEN)
    assert stores[1].load("k") is None
    assert list(stores[1].keys()) == []
    with stores[0].lock("k", 0), stores[1].lock("k", 0):
        pass


def test_a_key_without_entry_is_not_listed(store: KeyringTokenStore, backend: FolderKeyring) -> None:
    store.save("a", TOKEN)
    backend.set_password("test index", "keys", '["a", "b"]')
    assert list(store.keys()) == ["a"]
    store.save("b", TOKEN)
    assert list(store.keys()) == ["a", "b"]


@pytest.mark.parametrize("index", ["", MARKER, "{}", "[7]", "null"])
def test_a_damaged_index_is_an_error_and_tokens_can_be_loaded(
    store: KeyringTokenStore, backend: FolderKeyring, index: str
) -> None:
    store.save("k", TOKEN)
    backend.set_password("test index", "keys", index)
    for action in (lambda: list(store.keys()), lambda: store.save("new", TOKEN)):
        with pytest.raises(
            TokenStoreError, match=r"index of keys in the keyring \('test index'\) is damaged"
        ) as caught:
            action()
        assert MARKER not in str(caught.value)
    assert store.load("k") == TOKEN
    backend.delete_password("test index", "keys")
    store.save("k", TOKEN)
    assert list(store.keys()) == ["k"]


@pytest.mark.parametrize(
    "password",
    [
        "",
        MARKER,
        "[]",
        "7",
        "{}",
        json.dumps({"key": "k", "revision": None, "expires_at": None, "document": MARKER}),
        json.dumps({"key": "k", "revision": "r", "expires_at": 7, "document": MARKER}),
        json.dumps({"key": "K", "revision": "r", "expires_at": None, "document": MARKER}),
    ],
)
@pytest.mark.parametrize("action", ["load", "save"])
def test_what_somebody_else_wrote_is_an_error_and_not_overwritten(
    store: KeyringTokenStore, backend: FolderKeyring, password: str, action: str
) -> None:
    backend.set_password("test", "k", password)
    with pytest.raises(TokenStoreError, match="under the key 'k' was not written by this store") as caught:
        ACTIONS[action](store)
    assert caught.value.__context__ is None
    assert MARKER not in str(caught.value)
    assert backend.get_password("test", "k") == password


# Locks


def test_folders_that_are_made_for_locks_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    before = os.umask(0)
    try:
        with KeyringTokenStore("test", backend=FolderKeyring(tmp_path), lock_folder=folder).lock("acme", 0):
            pass
    finally:
        os.umask(before)
    assert [each.stat().st_mode & 0o777 for each in (folder, folder.parent)] == [0o700] * 2


def test_the_lock_folder_is_private_and_names_no_account(tmp_path: Path, store: KeyringTokenStore) -> None:
    with store.lock("acme", 0):
        store.save("acme", TOKEN)
    folder = tmp_path / "locks"
    assert folder.stat().st_mode & 0o777 == 0o700
    names = [path.name for path in folder.iterdir()]
    assert len(names) == 2
    assert "acme" not in "".join(names)
    assert [path.read_bytes() for path in folder.iterdir()] == [b"", b""]


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"XDG_RUNTIME_DIR": "/run/me", "XDG_STATE_HOME": "/state"}, "/run/me/pandadoc-client/locks"),
        ({"XDG_RUNTIME_DIR": "", "XDG_STATE_HOME": "/state"}, "/state/pandadoc-client/locks"),
        ({"XDG_RUNTIME_DIR": "relative", "XDG_STATE_HOME": "too"}, "/home/me/.local/state/pandadoc-client/locks"),
        ({}, "/home/me/.local/state/pandadoc-client/locks"),
    ],
)
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the XDG standard is for the other systems")
def test_locks_are_in_a_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str
) -> None:
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    assert KeyringTokenStore()._folder == Path(folder)


@pytest.mark.parametrize("action", ["save", "lock"])
def test_a_lock_folder_that_cannot_be_made_is_an_error(tmp_path: Path, backend: FolderKeyring, action: str) -> None:
    (tmp_path / "file").touch()
    store = KeyringTokenStore(backend=backend, lock_folder=tmp_path / "file" / "locks")
    with pytest.raises(TokenStoreError, match=r"The lock folder .* cannot be made \(Not a directory\)"):
        store.save("k", TOKEN) if action == "save" else store.lock("k", 0).__enter__()


def test_a_keyring_that_another_process_does_not_let_go_is_an_error(
    tmp_path: Path, store: KeyringTokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GUARD_TIMEOUT", 0.1)
    with store._guard(None):
        with pytest.raises(
            TokenStoreError, match=r"Another process has been at the keyring for 0\.1 seconds"
        ) as caught:
            open_keyring(tmp_path).save("k", TOKEN)
        assert not isinstance(caught.value, LockTimeout)
        assert caught.value.token == TOKEN
    store.save("k", TOKEN)


# Keyrings that fail


class Failing(FolderKeyring):
    """Fails with an error that shows a secret."""

    def __init__(self, error: Exception) -> None:
        super().__init__(Path("/nowhere"))
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyringError(MARKER), r"The keyring failed \(KeyringError\)"),
        (KeyringLocked(MARKER), "The keyring is locked: unlock it and try again"),
        (NoKeyringError(MARKER), "There is no keyring here. Install one"),
        (RuntimeError(MARKER), r"The keyring failed \(RuntimeError\)"),
    ],
)
@pytest.mark.parametrize("action", list(ACTIONS))
def test_a_failing_keyring_is_an_error_that_shows_no_secret(
    tmp_path: Path, action: str, error: Exception, message: str
) -> None:
    store = KeyringTokenStore(backend=Failing(error), lock_folder=tmp_path)
    with pytest.raises(TokenStoreError, match=rf"{message}.*\(token of the key 'k'\)") as caught:
        ACTIONS[action](store)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert MARKER not in "".join(traceback.format_exception(caught.value))
    assert caught.value.token == (TOKEN if action == "save" else None)


@pytest.mark.parametrize("action", list(ACTIONS))
@pytest.mark.parametrize("nothing", [fail.Keyring, null.Keyring])
def test_no_keyring_is_an_error_and_not_no_token(tmp_path: Path, nothing: Any, action: str) -> None:
    store = KeyringTokenStore(backend=nothing(), lock_folder=tmp_path)
    with pytest.raises(TokenStoreError, match="There is no keyring here"):
        ACTIONS[action](store)
    with pytest.raises(TokenStoreError, match="There is no keyring here"):
        list(store.keys())


@pytest.fixture
def keyrings() -> Iterator[None]:
    before = keyring.core._keyring_backend
    yield
    keyring.core._keyring_backend = before


@pytest.mark.usefixtures("keyrings")
def test_the_keyring_that_the_program_chose_is_used(tmp_path: Path, backend: FolderKeyring) -> None:
    store = KeyringTokenStore("test", lock_folder=tmp_path / "locks")
    keyring.set_keyring(backend)
    store.save("k", TOKEN)
    assert open_keyring(tmp_path).load("k") == TOKEN


def test_no_keyring_is_looked_for_before_the_first_use() -> None:
    program = (
        "import keyring.core\n"
        "from pandadoc_client.oauth.stores.keyring import KeyringTokenStore\n"
        "KeyringTokenStore()\n"
        "print(keyring.core._keyring_backend)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert result.stdout == "None\n"


# Arguments


@pytest.mark.parametrize(
    ("service", "error"), [("", ApiValueError), (" ", ApiValueError), ("a\n", ApiValueError), (7, ApiTypeError)]
)
def test_a_service_that_cannot_be_one_is_refused(service: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^service must"):
        KeyringTokenStore(service)


@pytest.mark.parametrize("missing", ["keyring", "filelock"])
def test_the_missing_library_is_named(missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; import pandadoc_client.oauth.stores.keyring"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert result.stderr.endswith(
        "ImportError: KeyringTokenStore needs keyring: pip install 'pandadoc-client[keyring]'\n"
    )
    assert result.stderr.count("Traceback") == 1
