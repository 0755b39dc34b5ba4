"""``typing.get_type_hints`` works for every public callable and class: frameworks that inject arguments call it."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
import sys
import typing
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

import pandadoc_client.api
import pandadoc_client.model

HAND_WRITTEN = (
    *("api_client", "client", "configuration", "exceptions", "files", "model_utils", "oauth", "pagination", "rest"),
    *("results", "throttling", "waiting", "webhooks", "oauth.form", "oauth.login", "oauth.stores"),
    *("contrib.django", "contrib.fastapi", "contrib.flask", "contrib.requests"),
)
GENERATED = tuple(
    f"{package.__name__.rpartition('.')[2]}.{found.name}"
    for package in (pandadoc_client.api, pandadoc_client.model)
    for found in pkgutil.iter_modules(package.__path__)
)


def written_here(found: Any) -> bool:
    return str(getattr(found, "__module__", "")).startswith("pandadoc_client")


def public_callables(module: str) -> Iterator[Any]:
    """Yield the public functions and classes that a module offers, and the methods and properties of the classes."""
    loaded = import_module(f"pandadoc_client.{module}".rstrip("."))
    names = getattr(loaded, "__all__", None) or [name for name in dir(loaded) if not name.startswith("_")]
    if module == "oauth":  # those that need a library of their own are not in __all__
        names = [*names, *(name for name in dir(loaded) if name.endswith("TokenStore"))]
    for found in [getattr(loaded, name) for name in names]:
        if inspect.isclass(found):
            for kind in filter(written_here, found.__mro__):
                yield kind
                yield from own_methods(kind)
        elif inspect.isfunction(found) and written_here(found):
            yield found


def own_methods(kind: type) -> Iterator[Any]:
    for name, value in vars(kind).items():
        if name.startswith("_") and name != "__init__":
            continue
        method = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        method = method.fget if isinstance(method, property) else method
        if inspect.isfunction(method):
            yield method


@pytest.mark.parametrize("module", ["", *HAND_WRITTEN, *GENERATED])
def test_the_hints_of_every_public_callable_resolve(module: str) -> None:
    refused: dict[str, str] = {}
    for found in public_callables(module):
        try:
            typing.get_type_hints(found)
        except Exception as error:  # whatever it is, all of them shall be listed
            refused[f"{found.__module__}.{found.__qualname__}"] = repr(error)
    assert refused == {}


def test_the_walk_finds_them() -> None:
    found = {getattr(item, "__qualname__", "") for module in HAND_WRITTEN for item in public_callables(module)}
    assert {"_Front.__init__", "download_document", "wait_until", "EventDeduplicator.__init__"} <= found
    assert {"SQLTokenStore.__init__", "ApiClient.pool", "RateLimiter.take", "RefreshReport.__init__"} <= found


@pytest.mark.parametrize("first", ["PandaDoc.__init__", "Configuration.__init__", "ApiClient.call_api"])
def test_hints_resolve_before_anything_else_is_imported(first: str) -> None:
    """What makes a hint resolve must not be that an earlier test has imported the module."""
    kind, _, method = first.partition(".")
    program = (
        f"import sys, typing; from pandadoc_client import {kind}; assert 'httpx' not in sys.modules;"
        f"print(len(typing.get_type_hints({kind}.{method})) > 1)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (result.stdout.strip(), result.stderr) == ("True", "")


def test_a_hint_names_the_class_itself() -> None:
    import httpx

    from pandadoc_client.oauth import TokenManager

    hints = typing.get_type_hints(pandadoc_client.PandaDoc.__init__)
    assert {httpx.Auth, TokenManager} <= set(typing.get_args(hints["auth"]))
