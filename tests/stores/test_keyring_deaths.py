"""What a process leaves in the keyring that dies, and what a reader sees meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from pandadoc_client.oauth.stores.keyring import KeyringTokenStore
from pandadoc_client.oauth.token import Token

from .keyring_backend import FolderKeyring, open_keyring

TOKEN = Token("access", "refresh")


class Killed(BaseException):
    """Stands for the end of a process: nothing catches it."""


class Mortal(FolderKeyring):
    """A keyring that replaces by removing first, in a process that dies before the step with this number."""

    def __init__(self, folder: Path, dies_at: int) -> None:
        super().__init__(folder, self.step)
        self.left = dies_at

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    def get_password(self, service: str, username: str) -> str | None:
        self.step()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.step()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self.step()
        super().delete_password(service, username)


def folders_after_each_death(
    tmp_path: Path, before: Callable[[KeyringTokenStore], object], action: Callable[[KeyringTokenStore], object]
) -> Iterator[KeyringTokenStore]:
    """Yield what the next process finds after *action* died at its first step, its second, and so on."""
    for dies_at in range(100):
        folder = tmp_path / f"{dies_at}"
        folder.mkdir()
        next_process = open_keyring(folder)
        before(next_process)
        backend = Mortal(folder, dies_at)
        try:
            action(KeyringTokenStore("test", backend=backend, lock_folder=folder / "locks"))
        except Killed:
            yield next_process
        else:
            assert dies_at > 3
            return
    pytest.fail("it never ends")


def assert_usable(store: KeyringTokenStore) -> None:
    store.save("k", Token("next"))
    assert store.load("k") == Token("next")
    assert list(store.keys()) == ["a", "k"]
    assert store.delete("k")
    assert store.load("k") is None
    assert not store.delete("k")
    assert list(store.keys()) == ["a"]


def save_a(store: KeyringTokenStore) -> None:
    store.save("a", TOKEN)


def save_a_and_k(store: KeyringTokenStore) -> None:
    store.save("a", TOKEN)
    store.save("k", Token("old"))


def test_a_process_that_dies_while_it_replaces_a_token_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    found = []
    for store in folders_after_each_death(tmp_path, save_a_and_k, lambda store: store.save("k", Token("new"))):
        assert list(store.keys()) == ["a", "k"]
        found.append(store.load("k"))
        assert_usable(store)
    assert set(found) == {Token("old"), Token("new")}


def test_a_process_that_dies_while_it_saves_a_first_token_leaves_all_or_nothing(tmp_path: Path) -> None:
    found = []
    for store in folders_after_each_death(tmp_path, save_a, lambda store: store.save("k", Token("new"))):
        found.append(store.load("k"))
        assert list(store.keys()) == (["a"] if found[-1] is None else ["a", "k"])
        assert_usable(store)
    assert set(found) == {None, Token("new")}


def test_a_process_that_dies_while_it_deletes_leaves_all_or_nothing(tmp_path: Path) -> None:
    found = []
    for store in folders_after_each_death(tmp_path, save_a_and_k, lambda store: store.delete("k")):
        found.append(store.load("k"))
        assert list(store.keys()) == (["a"] if found[-1] is None else ["a", "k"])
        assert_usable(store)
    assert set(found) == {None, Token("old")}


def test_what_a_dead_process_left_can_be_deleted(tmp_path: Path) -> None:
    for store in folders_after_each_death(tmp_path, save_a_and_k, lambda store: store.save("k", Token("new"))):
        assert store.delete("k")
        assert store.load("k") is None
        assert list(store.keys()) == ["a"]


def save_a_and_k_with_a_copy(store: KeyringTokenStore) -> None:
    """Leave what a process leaves that dies between the copy and the entry."""
    save_a_and_k(store)
    backend = store._backend()
    entry = backend.get_password("test", "k")
    assert entry is not None
    backend.set_password("test (being replaced)", "k", entry.replace("old", "copy"))


def test_two_deaths_leave_all_or_nothing(tmp_path: Path) -> None:
    found = []
    for store in folders_after_each_death(tmp_path, save_a_and_k_with_a_copy, lambda store: store.delete("k")):
        found.append(store.load("k"))
        assert_usable(store)
    assert set(found) == {None, Token("old")}


class Telling(FolderKeyring):
    """Tells when an entry was looked for in vain, and looks for the copy of one only when the writer is through."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.missed = threading.Event()
        self.written = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        if service == "test (being replaced)":
            assert self.written.wait(30)
        found = super().get_password(service, username)
        if found is None:
            self.missed.set()
        return found


def test_a_reader_never_finds_an_entry_missing_that_is_being_replaced(tmp_path: Path) -> None:
    telling = Telling(tmp_path)
    reader = KeyringTokenStore("test", backend=telling, lock_folder=tmp_path / "locks")
    read: list[Future[Token | None]] = []

    def read_meanwhile() -> None:
        read.append(pool.submit(reader.load, "k"))
        assert telling.missed.wait(30)

    writer = KeyringTokenStore("test", backend=FolderKeyring(tmp_path, read_meanwhile), lock_folder=tmp_path / "locks")
    with ThreadPoolExecutor(1) as pool:
        writer.save("k", Token("first"))
        writer.save("k", Token("second"))
        telling.written.set()
        assert [future.result(30) for future in read] == [Token("second")]
