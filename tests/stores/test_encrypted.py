"""`EncryptedTokenStore`: what the contract suite does not ask."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.base import LockTimeout, Record
from pandadoc_client.oauth.stores.encrypted import EncryptedTokenStore
from pandadoc_client.oauth.stores.memory import MemoryTokenStore
from pandadoc_client.oauth.token import Token

OLD, NEW = (base64.urlsafe_b64encode(text.ljust(32, b"-")).decode() for text in (b"old key", b"new key"))
MARKER = "marker-5d0e"
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
TOKEN = Token(f"access-{MARKER}", f"refresh-{MARKER}", scope=f"scope-{MARKER}", expires_at=NOON)


@pytest.fixture
def inner() -> MemoryTokenStore:
    return MemoryTokenStore()


@pytest.fixture
def store(inner: MemoryTokenStore) -> EncryptedTokenStore:
    return EncryptedTokenStore(inner, OLD)


def stored(inner: MemoryTokenStore, key: str = "k") -> Record:
    record = inner.read(key)
    assert record is not None
    return record


def replace(inner: MemoryTokenStore, document: str, key: str = "k") -> None:
    found = inner.read(key)
    inner.write(key, document, expires_at=None, expected=None if found is None else found.revision)


def assert_silent(error: BaseException, *secrets: str) -> None:
    """Fail if an error, or one that it brings along, shows a secret."""
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception_only(error)) + repr(error)
    assert [secret for secret in (MARKER, OLD, NEW, *secrets) if secret in shown] == []


def test_the_other_store_sees_nothing_but_the_key_and_the_end(
    store: EncryptedTokenStore, inner: MemoryTokenStore
) -> None:
    store.save("k", TOKEN)
    document = stored(inner).document
    assert MARKER not in document
    assert MARKER in Fernet(OLD).decrypt(document).decode()
    assert list(inner.keys(expiring_before=NOON + timedelta(seconds=1))) == ["k"]
    assert list(inner.keys(expiring_before=NOON)) == []
    store.save("k2", TOKEN)
    assert stored(inner, "k2").document != document


@pytest.mark.parametrize("as_bytes", [False, True])
def test_the_first_key_encrypts_and_all_decrypt(inner: MemoryTokenStore, as_bytes: bool) -> None:
    EncryptedTokenStore(inner, OLD.encode() if as_bytes else OLD).save("k", TOKEN)
    both = EncryptedTokenStore(inner, [NEW.encode(), OLD.encode()] if as_bytes else (NEW, OLD))
    assert both.load("k") == TOKEN
    both.save("other", TOKEN)
    assert EncryptedTokenStore(inner, NEW).load("other") == TOKEN
    with pytest.raises(TokenStoreError):
        EncryptedTokenStore(inner, OLD).load("other")


def test_a_document_of_another_encryption_key_is_an_error(store: EncryptedTokenStore, inner: MemoryTokenStore) -> None:
    store.save("k", TOKEN)
    before = stored(inner)
    other = EncryptedTokenStore(inner, NEW)
    for action in (lambda: other.load("k"), lambda: other.save("k", TOKEN), other.rotate):
        with pytest.raises(
            TokenStoreError, match=r"under the key 'k' cannot be decrypted: .* Give EncryptedTokenStore"
        ):
            action()
    assert stored(inner) == before


@pytest.mark.parametrize("document", ["", "{}", json.dumps(TOKEN.to_dict()), "gAAAAA", "é", "\ud800"])
def test_a_document_that_is_not_encrypted_is_an_error(
    store: EncryptedTokenStore, inner: MemoryTokenStore, document: str
) -> None:
    replace(inner, document)
    with pytest.raises(TokenStoreError, match="'k' cannot be decrypted") as caught:
        store.load("k")
    assert caught.value.key == "k"
    assert_silent(caught.value)


def test_a_changed_document_is_an_error(store: EncryptedTokenStore, inner: MemoryTokenStore) -> None:
    store.save("k", TOKEN)
    document = stored(inner).document
    for place in range(0, len(document) - 4, 40):
        changed = "A" if document[place] != "A" else "B"
        replace(inner, document[:place] + changed + document[place + 1 :])
        with pytest.raises(TokenStoreError, match="'k' cannot be decrypted"):
            store.load("k")
    replace(inner, document)
    assert store.load("k") == TOKEN


def test_a_document_copied_from_another_account_is_an_error(
    store: EncryptedTokenStore, inner: MemoryTokenStore
) -> None:
    store.save("mallory", TOKEN)
    replace(inner, stored(inner, "mallory").document, "k")
    with pytest.raises(TokenStoreError, match="'k' belongs to another account") as caught:
        store.load("k")
    assert_silent(caught.value)


@pytest.mark.parametrize("plain", [f'"{MARKER}', "7", "[]", '["k", 7, "x"]', '["k", "never", "x"]', "\\xff"])
def test_what_somebody_else_encrypted_with_the_key_is_an_error(
    store: EncryptedTokenStore, inner: MemoryTokenStore, plain: str
) -> None:
    replace(inner, Fernet(OLD).encrypt(plain.encode("latin-1")).decode())
    with pytest.raises(TokenStoreError, match="'k' was encrypted with the right key, but not by Encr") as caught:
        store.load("k")
    assert_silent(caught.value)


# Rotation


def test_rotation_encrypts_what_the_first_key_did_not(inner: MemoryTokenStore) -> None:
    old, both, new = (EncryptedTokenStore(inner, keys) for keys in (OLD, [NEW, OLD], NEW))
    for number in range(5):
        old.save(f"old {number}", TOKEN)
    both.save("new", TOKEN)
    untouched = stored(inner, "new")
    assert both.rotate() == 5
    assert both.rotate() == 0
    assert stored(inner, "new") == untouched
    assert [new.load(key) for key in new.keys()] == [TOKEN] * 6  # noqa: SIM118 (no dictionary)
    assert len(list(new.keys(expiring_before=NOON + timedelta(seconds=1)))) == 6
    assert list(new.keys(expiring_before=NOON)) == []


def test_rotation_keeps_a_token_without_end(inner: MemoryTokenStore) -> None:
    EncryptedTokenStore(inner, OLD).save("k", Token("a", "b"))
    assert EncryptedTokenStore(inner, [NEW, OLD]).rotate() == 1
    assert EncryptedTokenStore(inner, NEW).load("k") == Token("a", "b")
    assert list(inner.keys(expiring_before=datetime.max.replace(tzinfo=UTC))) == []


def test_rotation_waits_for_a_refresh_in_flight(inner: MemoryTokenStore) -> None:
    EncryptedTokenStore(inner, OLD).save("k", TOKEN)
    before = stored(inner)
    both = EncryptedTokenStore(inner, [NEW, OLD])
    with inner.lock("k", 0), pytest.raises(LockTimeout):
        both.rotate(lock_timeout=0)
    assert stored(inner) == before
    assert both.rotate() == 1


class Disturbed(MemoryTokenStore):
    """A store in which somebody else, who takes no lock, is faster than the next writes."""

    def __init__(self) -> None:
        super().__init__()
        self.faster: list[Callable[[], object]] = []

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        if self.faster:
            action, waiting = self.faster[0], self.faster[1:]
            self.faster = []
            action()
            self.faster = waiting
        return super().write(key, document, expires_at=expires_at, expected=expected)


def test_rotation_never_overwrites_a_newer_token() -> None:
    inner = Disturbed()
    old = EncryptedTokenStore(inner, OLD)
    old.save("k", TOKEN)
    inner.faster = [lambda: old.save("k", Token("newer")), lambda: old.save("k", Token("newest"))]
    assert EncryptedTokenStore(inner, [NEW, OLD]).rotate() == 1
    assert EncryptedTokenStore(inner, NEW).load("k") == Token("newest")


def test_rotation_does_not_bring_back_what_was_deleted() -> None:
    inner = Disturbed()
    EncryptedTokenStore(inner, OLD).save("k", TOKEN)
    inner.faster = [lambda: inner.discard("k")]
    assert EncryptedTokenStore(inner, [NEW, OLD]).rotate() == 0
    assert inner.read("k") is None


# The wrapped store, and arguments


class Noting(MemoryTokenStore):
    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_lock_and_close_are_those_of_the_other_store() -> None:
    inner = Noting()
    with EncryptedTokenStore(inner, OLD) as store, store.lock("k", 0), pytest.raises(LockTimeout):
        inner.lock("k", 0).__enter__()
    assert inner.closed == 1


def test_a_repr_names_the_other_store_and_shows_no_key(inner: MemoryTokenStore) -> None:
    store = EncryptedTokenStore(inner, [NEW, OLD])
    assert repr(store) == "<EncryptedTokenStore with 2 keys over <MemoryTokenStore with 0 keys>>"


SHORT = "c2hvcnQ="


@pytest.mark.parametrize(
    ("keys", "error", "message"),
    [
        (None, ApiTypeError, "keys must be a Fernet key or a sequence"),
        (7, ApiTypeError, "keys must be a Fernet key or a sequence"),
        ({OLD}, ApiTypeError, "keys must be a Fernet key or a sequence"),
        ([7], ApiTypeError, "keys must be text .* number 1 is int"),
        ([], ApiValueError, "keys is empty"),
        ("", ApiValueError, "keys: number 1 is no Fernet key"),
        (SHORT, ApiValueError, "keys: number 1 is no Fernet key"),
        ([OLD, SHORT], ApiValueError, "keys: number 2 is no Fernet key"),
        (b"\xff" * 44, ApiValueError, "keys: number 1 is no Fernet key"),
        ("ключ" * 11, ApiValueError, "keys: number 1 is no Fernet key"),
        (OLD[:-2], ApiValueError, "keys: number 1 is no Fernet key"),
    ],
)
def test_keys_that_cannot_be_right_are_refused_and_not_shown(
    inner: MemoryTokenStore, keys: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        EncryptedTokenStore(inner, keys)
    assert_silent(caught.value, SHORT, "ключ", OLD[:-2])


def test_something_else_than_a_store_is_refused() -> None:
    with pytest.raises(ApiTypeError, match="store must be a TokenStore, not str"):
        EncryptedTokenStore("memory:", OLD)  # type: ignore[arg-type]


def test_the_missing_library_is_named() -> None:
    program = "import sys; sys.modules['cryptography'] = None; import pandadoc_client.oauth.stores.encrypted"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert result.stderr.endswith(
        "ImportError: EncryptedTokenStore needs cryptography: pip install 'pandadoc-client[encrypted]'\n"
    )
    assert result.stderr.count("Traceback") == 1
