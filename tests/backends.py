"""Runs the tests of asynchronous calls over both backends: a new test gets the second one for free.

A test counts as asynchronous by its code: it is a coroutine, or it, or a function of these tests that it uses,
mentions asyncio or an asynchronous class. Where it has parameters for several worlds, those that are blocking, or
trio's, are left out of the second run.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

__all__ = ["http_backend", "only_where_it_matters", "over_both_backends"]

HERE = Path(__file__).parent
FOLDERS = ("files", "lifecycle", "oauth", "pagination", "waiting", "wire")
_ASYNCHRONOUS = re.compile(r"\basync\b|\basyncio\b|\banyio\b|\bawait\b|\bAsync[A-Z]")
_FIXTURES = frozenset({"call", "world"})  # whose parameters are worlds
_OTHER_WORLDS = frozenset({"sync", "blocking", "threads", "trio"})


@pytest.fixture(autouse=True)
def http_backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the backend of this run the default one."""
    backend: str = getattr(request, "param", "httpx")
    if backend != "httpx":
        from pandadoc_client._http import clients

        monkeypatch.setattr(clients, "DEFAULT_BACKEND", backend)
    return backend


def over_both_backends(metafunc: pytest.Metafunc) -> None:
    """Give an asynchronous test the backends as a parameter."""
    path = Path(inspect.getfile(metafunc.function))
    if not any(HERE / folder in path.parents for folder in FOLDERS):
        return
    if metafunc.definition.get_closest_marker("httpx_only"):
        return
    if _FIXTURES & set(metafunc.fixturenames) or any(map(_is_asynchronous, _reachable(metafunc.function))):
        metafunc.parametrize("http_backend", ["httpx", "aiohttp"], indirect=True)


def only_where_it_matters(item: pytest.Item) -> bool:
    """Return whether a test is to run with its parameters."""
    callspec: Any = getattr(item, "callspec", None)
    if callspec is None or callspec.params.get("http_backend") != "aiohttp":
        return True
    return not _OTHER_WORLDS & set(callspec.id.split("-"))


def _is_asynchronous(function: FunctionType) -> bool:
    return bool(_ASYNCHRONOUS.search(inspect.getsource(function)))


def _reachable(function: Any, depth: int = 3) -> Iterator[FunctionType]:
    """Yield a test and the functions of these tests that it uses."""
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType):
        return
    yield function
    if depth:
        for name in function.__code__.co_names:
            used = function.__globals__.get(name)
            if isinstance(used, FunctionType) and "tests" in used.__module__.split("."):
                yield from _reachable(used, depth - 1)
