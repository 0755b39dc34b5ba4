"""Every repr works, also that of an object whose constructor has refused its arguments: tracebacks show those."""

from __future__ import annotations

import contextlib
import enum
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import pandadoc_client
from pandadoc_client import Configuration, PandaDoc
from pandadoc_client.emulator import Emulator, EmulatorOptions
from pandadoc_client.model.document_create_response import DocumentCreateResponse
from pandadoc_client.oauth import (
    AsyncOAuthClient,
    AsyncTokenManager,
    EncryptedTokenStore,
    KeyringTokenStore,
    MemoryTokenStore,
    OAuth2Auth,
    OAuthClient,
    RedisTokenStore,
    SQLTokenStore,
    Token,
    TokenManager,
)
from pandadoc_client.webhooks import EventDeduplicator

from .frames import objects

PACKAGE = str(Path(pandadoc_client.__file__).parent)
GENERATED = (".model.", ".models.", ".api.", ".apis.")


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(pandadoc_client.__path__, "pandadoc_client."):
        if not found.name.endswith("__main__") and not any(part in f"{found.name}." for part in GENERATED):
            with contextlib.suppress(ImportError):  # what needs a library that is not installed
                yield import_module(found.name)


def classes_with_a_repr() -> list[type]:
    """The classes of the package whose ``repr`` somebody has written, and one of the generated models."""
    found: dict[str, type] = {"model": DocumentCreateResponse}
    for module in modules():
        for value in vars(module).values():
            written = vars(value).get("__repr__") if isinstance(value, type) else None
            code = getattr(inspect.unwrap(written), "__code__", None) if written is not None else None
            if code is not None and code.co_filename.startswith(PACKAGE) and not issubclass(value, enum.Enum):
                found[f"{value.__module__}.{value.__qualname__}"] = value
    return list(found.values())


CLASSES = classes_with_a_repr()


def test_the_walk_finds_the_classes() -> None:
    assert {OAuthClient.__base__, Configuration, Token, MemoryTokenStore, Emulator} <= {*CLASSES, None}
    assert len(CLASSES) > 20


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__qualname__)
def test_an_object_that_was_never_initialized_has_a_repr(kind: Any) -> None:
    assert kind.__name__ in repr(kind.__new__(kind)) or kind.__name__.startswith(("_", "Secret", "Hidden"))


WRONG: Any = (7,)
REFUSED: dict[str, Any] = {
    "OAuthClient": lambda: OAuthClient("id", ""),
    "AsyncOAuthClient": lambda: AsyncOAuthClient("id", "secret", "nowhere"),
    "TokenManager": lambda: TokenManager(WRONG, MemoryTokenStore()),
    "AsyncTokenManager": lambda: AsyncTokenManager(WRONG, MemoryTokenStore()),
    "OAuth2Auth": lambda: OAuth2Auth(WRONG),
    "Token": lambda: Token(""),
    "Configuration": lambda: Configuration("x", region="us"),
    "PandaDoc": lambda: PandaDoc(api_key="a", access_token="b"),
    "RedisTokenStore": lambda: RedisTokenStore(WRONG),
    "SQLTokenStore": lambda: SQLTokenStore("sqlite://", table=""),
    "KeyringTokenStore": lambda: KeyringTokenStore(""),
    "EncryptedTokenStore": lambda: EncryptedTokenStore(MemoryTokenStore(), "no key"),
    "EventDeduplicator": lambda: EventDeduplicator(WRONG),
    "Emulator": lambda: Emulator(EmulatorOptions(), token_lifetime=-1),
    "model": lambda: DocumentCreateResponse(*WRONG),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_constructor_has_refused_has_a_repr(name: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 (what it says is tested elsewhere)
        REFUSED[name]()
    for found in objects(caught.value):
        assert isinstance(repr(found), str)
