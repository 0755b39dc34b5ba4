"""What `TokenStore.lock` promises, of every kind of store; kinds.py lists them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pandadoc_client.oauth.stores.base import LockTimeout, TokenStore

from .kinds import SHARED_KINDS, OpenStore
from .processes import hold_lock, other_process, try_lock
from .support import document, in_threads, write


def test_the_lock_admits_one_thread_at_a_time(open_store: OpenStore) -> None:
    stores = [open_store(), open_store()]
    inside: list[int] = []
    most: list[int] = []

    def work(index: int) -> None:
        for _ in range(3):
            with stores[index % 2].lock("key", 60):
                inside.append(index)
                most.append(len(inside))
                time.sleep(0.002)  # room for another one to get in
                inside.remove(index)

    in_threads(6, work)
    assert most == [1] * 18


@pytest.mark.parametrize("timeout", [0, 0.3])
def test_a_lock_that_is_taken_is_not_waited_for_longer_than_asked(open_store: OpenStore, timeout: float) -> None:
    other = open_store()
    other.read("key")
    with (
        open_store().lock("key", 5),  # not released before the wait is over
        pytest.raises(LockTimeout) as caught,
        other.lock("key", timeout),
    ):
        pytest.fail("two have the lock")
    assert caught.value.key == "key"
    assert f"within {timeout:g} seconds" in str(caught.value)


def test_who_waits_for_a_lock_gets_it_when_it_is_released(open_store: OpenStore) -> None:
    waits, got = threading.Event(), threading.Event()

    def wait() -> None:
        other = open_store()
        other.read("key")
        waits.set()
        with other.lock("key", 60):
            got.set()

    with ThreadPoolExecutor(1) as pool:
        with open_store().lock("key", 5):
            done = pool.submit(wait)
            assert waits.wait(30)
            assert not got.wait(0.1)
        done.result(30)
    assert got.is_set()


def test_a_released_lock_is_free_at_once(store: TokenStore, open_store: OpenStore) -> None:
    for one in (store, store, open_store(), store):
        with one.lock("key", 0):
            pass


def test_a_lock_is_free_after_an_exception(store: TokenStore, open_store: OpenStore) -> None:
    with pytest.raises(ZeroDivisionError), store.lock("key", 0):
        raise ZeroDivisionError
    with open_store().lock("key", 0):
        pass


def test_each_key_has_a_lock_of_its_own(store: TokenStore, open_store: OpenStore) -> None:
    other = open_store()
    with store.lock("a", 0), other.lock("A", 0), store.lock("ä", 0), other.lock("b", 0), store.lock("🐼", 0):
        pass


def test_a_lock_hinders_neither_reading_nor_writing(store: TokenStore, open_store: OpenStore) -> None:
    other = open_store()
    revision = write(store, "key", "1")
    with store.lock("key", 0):
        revision = write(other, "key", "2", revision)
        write(store, "key", "3", revision)
        assert document(other, "key") == "3"
        assert list(other.keys()) == ["key"]
        assert other.discard("key")
    assert store.read("key") is None


def test_holders_of_many_locks_can_all_write(store: TokenStore) -> None:
    all_hold = threading.Barrier(24)

    def work(index: int) -> None:
        with store.lock(f"key {index}", 60):
            all_hold.wait(30)
            write(store, f"key {index}")

    in_threads(24, work)
    assert len(list(store.keys())) == 24


@pytest.mark.parametrize("kind", SHARED_KINDS, indirect=True)
def test_the_lock_excludes_other_processes(place: OpenStore, store: TokenStore) -> None:
    with store.lock("key", 5), other_process(try_lock, place, "key") as other:
        assert other.result() == "taken"
    with other_process(hold_lock, place, "key") as other:
        assert other.line() == "locked"
        with pytest.raises(LockTimeout), store.lock("key", 0):
            pytest.fail("two have the lock")
        other.go_on()
        other.result()
        with store.lock("key", 0):
            pass


@pytest.mark.parametrize("kind", SHARED_KINDS, indirect=True)
def test_the_lock_of_a_killed_process_is_free(place: OpenStore, store: TokenStore) -> None:
    with other_process(hold_lock, place, "key") as other:
        assert other.line() == "locked"
        other.kill()
        with store.lock("key", 20):
            pass


def test_a_lock_can_be_released_after_the_store_was_closed(place: OpenStore) -> None:
    store = place()
    with store.lock("key", 5):
        store.close()
    with store.lock("key", 5):
        pass
    store.close()
