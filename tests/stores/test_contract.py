"""What `TokenStore` promises, of every kind of store; kinds.py lists them."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any, cast

import anyio
import pytest

from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.base import LockTimeout, RevisionConflict, TokenStore
from pandadoc_client.oauth.token import Token

from .kinds import SHARED_KINDS, Kind, OpenStore
from .processes import add, count_up, fork_and_use, other_process, use_nothing_but_exit
from .support import DOCUMENT, document, in_threads, write

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


class Blocking:
    """The methods for every program, as they are."""

    def __init__(self, store: TokenStore) -> None:
        self.load, self.save, self.delete = store.load, store.save, store.delete
        self._store = store

    def keys(self, **options: Any) -> list[str]:
        return list(self._store.keys(**options))


class Awaited:
    """Their twins, each called in an event loop of its own."""

    def __init__(self, store: TokenStore, backend: str) -> None:
        def run(method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            return anyio.run(partial(method, *arguments, **options), backend=backend)

        self.load, self.save = partial(run, store.aload), partial(run, store.asave)
        self.delete, self.keys = partial(run, store.adelete), partial(run, store.akeys)


@pytest.fixture(params=["blocking", "asyncio", "trio"])
def user(store: TokenStore, request: pytest.FixtureRequest) -> Blocking | Awaited:
    return Blocking(store) if request.param == "blocking" else Awaited(store, request.param)


# --- Documents and keys


def test_what_was_saved_is_loaded(user: Blocking | Awaited, open_store: OpenStore) -> None:
    assert user.load() is None
    user.save("default", TOKEN)
    assert user.load() == TOKEN
    assert open_store().load() == TOKEN


def test_a_saved_token_replaces_the_one_before(user: Blocking | Awaited) -> None:
    user.save("default", TOKEN)
    user.save("default", Token("another"))
    assert user.load() == Token("another")
    assert user.keys() == ["default"]


def test_what_was_deleted_is_gone(user: Blocking | Awaited) -> None:
    user.save("a", TOKEN)
    user.save("b", TOKEN)
    assert user.delete("a") is True
    assert user.delete("a") is False
    assert (user.load("a"), user.load("b")) == (None, TOKEN)
    assert user.keys() == ["b"]


def test_keys_are_listed_in_the_order_of_code_points(user: Blocking | Awaited) -> None:
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


def test_keys_are_listed_by_the_end_of_their_tokens(user: Blocking | Awaited) -> None:
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


def test_a_key_that_cannot_be_one_is_refused(user: Blocking | Awaited) -> None:
    for key in ("", " a", "a ", "a\n", "a\0b", "k" * 201):
        for call in (partial(user.load, key), partial(user.save, key, TOKEN), partial(user.delete, key)):
            with pytest.raises(ApiValueError, match=r"^key must have 1 to 200 printable characters"):
                call()


def test_a_key_must_be_text(user: Blocking | Awaited) -> None:
    with pytest.raises(ApiTypeError, match=r"^key must be text"):
        user.load(cast("str", 7))


def test_any_document_survives(store: TokenStore, open_store: OpenStore) -> None:
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


def test_a_long_document_survives(store: TokenStore, open_store: OpenStore) -> None:
    text = "".join(chr(0x20 + number % 0x2000) for number in range(100_000))
    write(store, "key", text)
    assert document(open_store(), "key") == text


def test_no_key_is_taken_for_another(store: TokenStore) -> None:
    for key in KEYS:
        write(store, key, key)
    for key in KEYS:
        assert document(store, key) == key
    assert store.discard("a")
    assert [document(store, key) for key in ("A", "a", "ab", "e\u0301", "é")] == ["A", None, "ab", "e\u0301", "é"]


# --- Compare and set


def test_a_write_needs_the_revision_that_is_there(store: TokenStore, open_store: OpenStore) -> None:
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


def test_a_write_over_nothing_expects_nothing(store: TokenStore) -> None:
    with pytest.raises(RevisionConflict):
        write(store, "key", "1", "0" * 16)
    assert store.read("key") is None


def test_a_document_that_was_made_anew_is_not_the_old_one(store: TokenStore) -> None:
    old = write(store, "key", "1")
    store.discard("key")
    with pytest.raises(RevisionConflict):
        write(store, "key", "2", old)
    write(store, "key", "1")
    with pytest.raises(RevisionConflict):
        write(store, "key", "2", old)
    assert document(store, "key") == "1"


def test_a_failed_write_leaves_the_end_as_it_was(store: TokenStore) -> None:
    store.write("key", "1", expires_at=NOON, expected=None)
    with pytest.raises(RevisionConflict):
        store.write("key", "2", expires_at=NOON + timedelta(days=9), expected="0" * 16)
    assert list(store.keys(expiring_before=NOON + timedelta(days=1))) == ["key"]


def test_of_many_threads_that_write_at_once_none_is_lost(open_store: OpenStore) -> None:
    stores = [open_store(), open_store()]
    in_threads(8, lambda index: add(stores[index % 2], "key", 5))
    assert document(stores[0], "key") == "40"


@pytest.mark.parametrize("kind", SHARED_KINDS, indirect=True)
def test_of_many_processes_that_write_at_once_none_is_lost(place: OpenStore, store: TokenStore) -> None:
    with (
        other_process(count_up, place, "key", 20) as one,
        other_process(count_up, place, "key", 20) as two,
    ):
        assert (one.line(), two.line()) == ("ready", "ready")
        one.go_on()
        two.go_on()
        one.result()
        two.result()
    assert document(store, "key") == "40"


def test_of_many_threads_that_save_at_once_each_succeeds(store: TokenStore) -> None:
    in_threads(8, lambda index: store.save("key", Token(f"token {index}")))
    assert store.load("key") in [Token(f"token {index}") for index in range(8)]


# --- Life of a store


def test_a_store_can_be_closed_twice(place: OpenStore) -> None:
    with place() as store:
        write(store, "key")
        store.close()
        store.close()
    place().close()


async def test_a_store_can_be_closed_in_an_event_loop(place: OpenStore) -> None:
    async with place() as store:
        await store.asave("key", TOKEN)
        await store.aclose()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_child_and_its_parent_go_on_with_the_store(kind: Kind, place: OpenStore) -> None:
    with other_process(fork_and_use, place) as other:
        lines = other.result().splitlines()
    assert lines[0] == "child: 0"
    if kind.in_memory:
        assert lines[2] == "keys: of the parent"
    else:
        assert lines[1:] == ["the lock is still held", "keys: of the child of the parent"]


def test_a_process_that_forgets_to_close_its_store_ends(place: OpenStore) -> None:
    with other_process(use_nothing_but_exit, place) as other:
        assert other.result() == "end"


# --- Secrets


def test_a_repr_shows_no_secret(place: OpenStore) -> None:
    with place() as store:
        store.save("key", TOKEN)
        record = store.read("key")
        shown = repr(store) + str(store) + repr(record)
    assert "marker" not in shown
    assert type(store).__name__ in shown


def test_no_log_and_no_error_shows_a_secret(place: OpenStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")  # which has a level of its own
    errors: list[BaseException] = []
    with place() as store:
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
    assert [line for line in source_lines if "marker" in line] == []
