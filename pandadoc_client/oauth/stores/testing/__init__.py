"""Tests that every token store has to pass, for stores of your own: derive from one of the two classes.

`TokenStoreContract` is for a store that only its own process can see, `SharedTokenStoreContract` for all others: it
adds what happens between processes, that fork, and that are killed in the middle of a change. Give the fixture
``make_store``, and pytest finds the tests::

    class TestMyStore(SharedTokenStoreContract):
        @pytest.fixture
        def make_store(self, tmp_path):
            return functools.partial(MyStore, tmp_path / "tokens")

It needs pytest. A run of the larger class takes some ten seconds.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import anyio

try:
    import pytest
except ImportError:
    raise ImportError("The contract tests of the token stores need pytest: pip install pytest") from None

from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.base import LockTimeout, RevisionConflict, TokenStore
from pandadoc_client.oauth.stores.testing._kills import ACTIONS, kill_at_random, kill_step_by_step
from pandadoc_client.oauth.stores.testing._processes import (
    OpenStore,
    add,
    count_up,
    fork_and_use,
    fork_in_lock,
    fork_while_locked,
    hold_lock,
    other_process,
    try_lock,
    use_nothing_but_exit,
)
from pandadoc_client.oauth.token import Token

__all__ = ["OpenStore", "SharedTokenStoreContract", "TokenStoreContract"]

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
ACCESS, REFRESH = "access-marker-4b1d", "refresh-marker-9c3e"
TOKEN = Token(ACCESS, REFRESH, scope="read+write", expires_at=NOON, received_at=NOON - timedelta(hours=1))

# In the order of their code points: not that of a dictionary, nor of bytes in UTF-16.
KEYS = [
    "A",
    "B",
    "a",
    "ab",
    "b",
    "e\u0301",
    "key with spaces",
    "k" * 200,
    "k" * 199 + "l",
    "z",
    "é",
    "ü" * 200,
    "\ufb01",
    "🐼",
]


DOCUMENT = "document-marker-7f2a"


def write(store: TokenStore, key: str, document: str = DOCUMENT, expected: str | None = None) -> str:
    return store.write(key, document, expires_at=None, expected=expected)


def document(store: TokenStore, key: str) -> str | None:
    record = store.read(key)
    return None if record is None else record.document


def in_threads(number: int, work: Callable[[int], object]) -> None:
    """Call *work* in so many threads, which begin together, and raise what one of them raises."""
    barrier = threading.Barrier(number)

    def begin(index: int) -> None:
        barrier.wait(30)
        work(index)

    with ThreadPoolExecutor(number) as pool:
        for done in [pool.submit(begin, index) for index in range(number)]:
            done.result()


class _Blocking:
    """The methods for every program, as they are."""

    def __init__(self, store: TokenStore) -> None:
        self.load, self.save, self.delete = store.load, store.save, store.delete
        self._store = store

    def keys(self, **options: Any) -> list[str]:
        return list(self._store.keys(**options))


class _Awaited:
    """Their twins, each called in an event loop of its own."""

    def __init__(self, store: TokenStore, backend: str) -> None:
        def run(method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            return anyio.run(partial(method, *arguments, **options), backend=backend)

        self.load, self.save = partial(run, store.aload), partial(run, store.asave)
        self.delete, self.keys = partial(run, store.adelete), partial(run, store.akeys)


class TokenStoreContract:
    """What `TokenStore` promises the threads of one process. Derive from it, and give the fixture ``make_store``."""

    @pytest.fixture
    def make_store(self) -> OpenStore:
        """What opens a store that is empty at first: a function, a class or a partial that takes no arguments."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture make_store, which returns what opens a store")

    @pytest.fixture
    def open_store(self, make_store: OpenStore) -> Iterator[OpenStore]:
        """What opens a store that is closed after the test: the same one each time, since no other sees its data."""
        with make_store() as only:
            yield lambda: only

    @pytest.fixture
    def store(self, open_store: OpenStore) -> TokenStore:
        """A store that is closed after the test."""
        return open_store()

    @pytest.fixture(params=["blocking", "asyncio", *(["trio"] if find_spec("trio") else [])])
    def user(self, store: TokenStore, request: pytest.FixtureRequest) -> _Blocking | _Awaited:
        """The methods for every program, each way in which they can be called."""
        return _Blocking(store) if request.param == "blocking" else _Awaited(store, request.param)

    # --- Documents and keys

    def test_what_was_saved_is_loaded(self, user: _Blocking | _Awaited, open_store: OpenStore) -> None:
        assert user.load() is None
        user.save("default", TOKEN)
        assert user.load() == TOKEN
        assert open_store().load() == TOKEN

    def test_a_saved_token_replaces_the_one_before(self, user: _Blocking | _Awaited) -> None:
        user.save("default", TOKEN)
        user.save("default", Token("another"))
        assert user.load() == Token("another")
        assert user.keys() == ["default"]

    def test_what_was_deleted_is_gone(self, user: _Blocking | _Awaited) -> None:
        user.save("a", TOKEN)
        user.save("b", TOKEN)
        assert user.delete("a") is True
        assert user.delete("a") is False
        assert (user.load("a"), user.load("b")) == (None, TOKEN)
        assert user.keys() == ["b"]

    def test_keys_are_listed_in_the_order_of_code_points(self, user: _Blocking | _Awaited) -> None:
        for key in reversed(KEYS):
            user.save(key, Token("access", key))
        expected = sorted(KEYS)
        assert user.keys() == expected
        assert [user.load(key) for key in KEYS] == [Token("access", key) for key in KEYS]
        for number, key in enumerate(expected):
            assert user.keys(after=key) == expected[number + 1 :]
            assert user.keys(after=key, limit=2) == expected[number + 1 : number + 3]
        assert user.keys(after="aa", limit=1) == ["ab"], "a page may begin behind a key that is not there (any more)"
        assert user.keys(limit=0) == []

    def test_keys_are_listed_by_the_end_of_their_tokens(self, user: _Blocking | _Awaited) -> None:
        ends = {
            "early": NOON - timedelta(days=400),
            "on time": NOON,
            "late": NOON + timedelta(microseconds=1),
            "never": None,
        }
        for key, end in ends.items():
            user.save(key, Token("t", expires_at=end))
        elsewhere = NOON.astimezone(timezone(timedelta(hours=-11)))
        assert user.keys(expiring_before=elsewhere) == ["early"], "the end itself is not before the end"
        assert user.keys(expiring_before=NOON + timedelta(microseconds=1)) == ["early", "on time"]
        assert user.keys(expiring_before=NOON + timedelta(days=1)) == ["early", "late", "on time"]
        assert user.keys(expiring_before=NOON + timedelta(days=1), after="early", limit=1) == ["late"]
        user.save("early", Token("t", expires_at=NOON + timedelta(days=9)))
        assert user.keys(expiring_before=NOON + timedelta(days=1)) == ["late", "on time"], "a new token has a new end"

    def test_a_key_that_cannot_be_one_is_refused(self, user: _Blocking | _Awaited) -> None:
        for key in ("", " a", "a ", "a\n", "a\0b", "k" * 201):
            for call in (partial(user.load, key), partial(user.save, key, TOKEN), partial(user.delete, key)):
                with pytest.raises(ApiValueError, match=r"^key must have 1 to 200 printable characters"):
                    call()

    def test_a_key_must_be_text(self, user: _Blocking | _Awaited) -> None:
        with pytest.raises(ApiTypeError, match=r"^key must be text"):
            user.load(cast("str", 7))

    def test_any_document_survives(self, store: TokenStore, open_store: OpenStore) -> None:
        texts = [
            "",
            " ",
            "'",
            '"',
            "\\",
            "%s %(key)s :key ? $1 {}",
            "a\nb\r\nc\td",
            "é e\u0301 🐼 \u2028 \ufeff",
            "x'; DROP TABLE y --",
        ]
        revision = None
        for text in [*texts, "".join(texts)]:
            revision = write(store, "key", text, revision)
            assert document(open_store(), "key") == text

    def test_a_long_document_survives(self, store: TokenStore, open_store: OpenStore) -> None:
        text = "".join(chr(0x20 + number % 0x2000) for number in range(100_000))
        write(store, "key", text)
        assert document(open_store(), "key") == text

    def test_no_key_is_taken_for_another(self, store: TokenStore) -> None:
        for key in KEYS:
            write(store, key, key)
        for key in KEYS:
            assert document(store, key) == key
        assert store.discard("a")
        assert [document(store, key) for key in ("A", "a", "ab", "e\u0301", "é")] == ["A", None, "ab", "e\u0301", "é"]

    # --- Compare and set

    def test_a_write_needs_the_revision_that_is_there(self, store: TokenStore, open_store: OpenStore) -> None:
        first = write(store, "key", "1")
        second = write(open_store(), "key", "2", first)
        assert first != second
        for stale in (first, None, "0" * 16):
            with pytest.raises(RevisionConflict) as caught:
                write(store, "key", "3", stale)
            assert caught.value.key == "key"
        record = store.read("key")
        assert record is not None
        assert (record.document, record.revision) == ("2", second)

    def test_a_write_over_nothing_expects_nothing(self, store: TokenStore) -> None:
        with pytest.raises(RevisionConflict):
            write(store, "key", "1", "0" * 16)
        assert store.read("key") is None

    def test_a_document_that_was_made_anew_is_not_the_old_one(self, store: TokenStore) -> None:
        old = write(store, "key", "1")
        store.discard("key")
        with pytest.raises(RevisionConflict):
            write(store, "key", "2", old)
        write(store, "key", "1")
        with pytest.raises(RevisionConflict):
            write(store, "key", "2", old)
        assert document(store, "key") == "1"

    def test_a_failed_write_leaves_the_end_as_it_was(self, store: TokenStore) -> None:
        store.write("key", "1", expires_at=NOON, expected=None)
        with pytest.raises(RevisionConflict):
            store.write("key", "2", expires_at=NOON + timedelta(days=9), expected="0" * 16)
        assert list(store.keys(expiring_before=NOON + timedelta(days=1))) == ["key"]

    def test_of_many_threads_that_write_at_once_none_is_lost(self, open_store: OpenStore) -> None:
        stores = [open_store(), open_store()]
        in_threads(8, lambda index: add(stores[index % 2], "key", 5))
        assert document(stores[0], "key") == "40"

    def test_of_many_threads_that_save_at_once_each_succeeds(self, store: TokenStore) -> None:
        in_threads(8, lambda index: store.save("key", Token(f"token {index}")))
        assert store.load("key") in [Token(f"token {index}") for index in range(8)]

    # --- Life of a store

    def test_a_store_can_be_closed_twice(self, make_store: OpenStore) -> None:
        with make_store() as store:
            write(store, "key")
            store.close()
            store.close()
        make_store().close()

    def test_a_store_can_be_closed_in_an_event_loop(self, make_store: OpenStore) -> None:
        async def use() -> None:
            async with make_store() as store:
                await store.asave("key", TOKEN)
                await store.aclose()

        anyio.run(use)

    @needs_fork
    def test_a_forked_child_and_its_parent_go_on_with_the_store(self, make_store: OpenStore) -> None:
        with other_process(fork_and_use, make_store) as other:
            lines = other.result().splitlines()
        assert lines[0] == "child: 0"
        assert "of the parent" in lines[2]

    def test_a_process_that_forgets_to_close_its_store_ends(self, make_store: OpenStore) -> None:
        with other_process(use_nothing_but_exit, make_store) as other:
            assert other.result() == "end"

    # --- Secrets

    def test_a_repr_shows_no_secret(self, make_store: OpenStore) -> None:
        with make_store() as store:
            store.save("key", TOKEN)
            record = store.read("key")
            shown = repr(store) + str(store) + repr(record)
        assert "marker" not in shown
        assert type(store).__name__ in shown

    def test_no_log_and_no_error_shows_a_secret(self, make_store: OpenStore, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.DEBUG, logger="sqlalchemy")  # which has a level of its own
        errors: list[BaseException] = []
        with make_store() as store:
            store.save("key", TOKEN)
            store.save("key", TOKEN)
            store.load("key")
            for call in (
                partial(write, store, "key", DOCUMENT),
                partial(write, store, "key", DOCUMENT, "0" * 16),
            ):
                with pytest.raises(TokenStoreError) as caught:
                    call()
                errors.append(caught.value)
            store.delete("key")
            write(store, "key", DOCUMENT)
            with pytest.raises(TokenStoreError) as caught:
                store.load("key")  # a document that is none of ours
            errors.append(caught.value)
            with pytest.raises(LockTimeout) as caught, store.lock("key", 0), store.lock("key", 0):
                pytest.fail("two have the lock")
            errors.append(caught.value)
        shown = caplog.text + "".join("".join(traceback.format_exception(error)) for error in errors)
        source_lines = [line for line in shown.splitlines() if "DOCUMENT" not in line]
        assert not any("marker" in line for line in source_lines)

    # --- Locks

    def test_the_lock_admits_one_thread_at_a_time(self, open_store: OpenStore) -> None:
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
    def test_a_lock_that_is_taken_is_not_waited_for_longer_than_asked(
        self, open_store: OpenStore, timeout: float
    ) -> None:
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

    def test_who_waits_for_a_lock_gets_it_when_it_is_released(self, open_store: OpenStore) -> None:
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

    def test_a_released_lock_is_free_at_once(self, store: TokenStore, open_store: OpenStore) -> None:
        for one in (store, store, open_store(), store):
            with one.lock("key", 0):
                pass

    def test_a_lock_is_free_after_an_exception(self, store: TokenStore, open_store: OpenStore) -> None:
        with pytest.raises(ZeroDivisionError), store.lock("key", 0):
            raise ZeroDivisionError
        with open_store().lock("key", 0):
            pass

    def test_each_key_has_a_lock_of_its_own(self, store: TokenStore, open_store: OpenStore) -> None:
        other = open_store()
        with store.lock("a", 0), other.lock("A", 0), store.lock("ä", 0), other.lock("b", 0), store.lock("🐼", 0):
            pass

    def test_a_lock_hinders_neither_reading_nor_writing(self, store: TokenStore, open_store: OpenStore) -> None:
        other = open_store()
        revision = write(store, "key", "1")
        with store.lock("key", 0):
            revision = write(other, "key", "2", revision)
            write(store, "key", "3", revision)
            assert document(other, "key") == "3"
            assert list(other.keys()) == ["key"]
            assert other.discard("key")
        assert store.read("key") is None

    def test_holders_of_many_locks_can_all_write(self, store: TokenStore) -> None:
        all_hold = threading.Barrier(24)

        def work(index: int) -> None:
            with store.lock(f"key {index}", 60):
                all_hold.wait(30)
                write(store, f"key {index}")

        in_threads(24, work)
        assert len(list(store.keys())) == 24

    def test_a_lock_can_be_released_after_the_store_was_closed(self, make_store: OpenStore) -> None:
        store = make_store()
        with store.lock("key", 5):
            store.close()
        with store.lock("key", 5):
            pass
        store.close()


class SharedTokenStoreContract(TokenStoreContract):
    """What `TokenStore` promises processes too. Derive from it, and give the fixture ``make_store``.

    What that returns opens another store object on the same data each time within a test, and goes to other processes
    pickled: it must be importable there, so no lambda and no function within a function.
    """

    @pytest.fixture
    def open_store(self, make_store: OpenStore) -> Iterator[OpenStore]:
        """What opens another store each time, on the same data; they are closed after the test."""
        with ExitStack() as stack:
            yield lambda: stack.enter_context(make_store())

    def test_of_many_processes_that_write_at_once_none_is_lost(self, make_store: OpenStore, store: TokenStore) -> None:
        with (
            other_process(count_up, make_store, "key", 20) as one,
            other_process(count_up, make_store, "key", 20) as two,
        ):
            assert (one.line(), two.line()) == ("ready", "ready")
            one.go_on()
            two.go_on()
            one.result()
            two.result()
        assert document(store, "key") == "40"

    def test_the_lock_excludes_other_processes(self, make_store: OpenStore, store: TokenStore) -> None:
        with store.lock("key", 5), other_process(try_lock, make_store, "key") as other:
            assert other.result() == "taken"
        with other_process(hold_lock, make_store, "key") as other:
            assert other.line() == "locked"
            with pytest.raises(LockTimeout), store.lock("key", 0):
                pytest.fail("two have the lock")
            other.go_on()
            other.result()
            with store.lock("key", 0):
                pass

    def test_the_lock_of_a_killed_process_is_free(self, make_store: OpenStore, store: TokenStore) -> None:
        with other_process(hold_lock, make_store, "key") as other:
            assert other.line() == "locked"
            other.kill()
            with store.lock("key", 20):
                pass

    @needs_fork
    def test_a_forked_child_writes_to_the_store_of_its_parent(self, make_store: OpenStore) -> None:
        with other_process(fork_and_use, make_store) as other:
            assert other.result().splitlines() == [
                "child: 0",
                "the lock is still held",
                "keys: of the child of the parent",
            ]

    @needs_fork
    def test_a_forked_child_does_not_release_the_lock_of_its_parent(self, make_store: OpenStore) -> None:
        with other_process(fork_in_lock, make_store) as other:
            assert other.line() == "ready"
            with other_process(try_lock, make_store, "key") as one:
                assert one.result() == "taken"
            other.go_on()
            other.result()
        with other_process(try_lock, make_store, "key") as one:
            assert one.result() == "free"

    @needs_fork
    def test_the_lock_of_a_killed_process_is_free_though_children_that_it_forked_live(
        self, make_store: OpenStore, store: TokenStore
    ) -> None:
        with other_process(fork_while_locked, make_store, 2) as other:
            assert other.line() == "forked"
            with pytest.raises(LockTimeout), store.lock("key", 0):
                pytest.fail("two have the lock")
            other.kill()
            with store.lock("key", 20):
                record = store.read("key")
                assert record is not None
                write(store, "key", "2", record.revision)

    # --- Kills

    @needs_fork
    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_process_that_is_killed_in_a_change_leaves_the_old_document_or_the_new_one(
        self, make_store: OpenStore, action: str
    ) -> None:
        with other_process(kill_step_by_step, make_store, action) as other:
            found = json.loads(other.result())
        assert found["kills"] > 1
        assert found["problems"] == []

    @needs_fork
    def test_a_process_that_is_killed_at_any_moment_loses_no_write_that_had_returned(
        self, make_store: OpenStore
    ) -> None:
        with other_process(kill_at_random, make_store) as other:
            assert json.loads(other.result())["problems"] == []
