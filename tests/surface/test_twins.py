"""Every public thing for blocking code has its twin for asyncio and trio, under one naming rule.

The rule: the class ``X`` has the twin ``AsyncX`` and the function ``f`` the twin ``async_f``; methods and attributes
have the same names, and parameters the same names, order and defaults. Protocols have the names of Python:
``__enter__`` and ``__aenter__``. What closes has both ``close`` and ``aclose`` on the asynchronous side.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import pandadoc_client
from pandadoc_client import api_client, apis, files, oauth, pagination, rest, waiting
from pandadoc_client._flows import documents

PROTOCOLS = {
    "__enter__": "__aenter__",
    "__exit__": "__aexit__",
    "__iter__": "__aiter__",
    "__next__": "__anext__",
}

# What has no twin, and why.
BLOCKING_ONLY = {
    ("ApiClient", "pool"): "threads for async_req=True; a coroutine is awaited instead",
    ("ApiClient.__init__", "pool_threads"): "likewise",
    ("StreamedResponse", "__iter__"): "the lines of a binary file, which io.RawIOBase brings along",
    ("StreamedResponse", "__next__"): "likewise",
}

API_CLASSES = [name for name in dir(apis) if name.endswith("Api") and not name.startswith("Async")]
CLASSES: list[tuple[Any, Any]] = [
    *(
        (getattr(module, name), getattr(module, f"Async{name}"))
        for module, name in (
            (pandadoc_client, "ApiClient"),
            (api_client, "Api"),
            (pandadoc_client, "PandaDoc"),
            (rest, "StreamedResponse"),
            (oauth, "OAuthClient"),
            (oauth, "TokenManager"),
            (files, "Incoming"),
            (pagination, "ItemIterator"),
            (documents, "DocumentSteps"),
        )
    ),
    *((getattr(apis, name), getattr(apis, f"Async{name}")) for name in API_CLASSES),
]
MODULES = (pandadoc_client, api_client, files, waiting, oauth, pagination, rest, apis)
# Functions of these modules that send nothing, or take any callable: the same ones serve both sides.
FOR_BOTH = {"safe_filename", "as_tool", "in_thread", "raw", "streamed", "token_store"}


def members(kind: type[Any]) -> set[str]:
    """Return the public names that a class has from this package, and the protocols that it follows."""
    own = {name for base in kind.__mro__ if base.__module__.startswith("pandadoc_client") for name in vars(base)}
    return {name for name in own if not name.startswith("_")} | {name for name in PROTOCOLS if hasattr(kind, name)}


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    return [(found.name, found.kind, found.default) for found in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize(("blocking", "asynchronous"), CLASSES, ids=lambda kind: kind.__name__)
def test_a_class_has_a_twin_with_the_same_methods_and_parameters(blocking: Any, asynchronous: Any) -> None:
    name = blocking.__name__
    missing = {
        member
        for member in members(blocking)
        if not hasattr(asynchronous, PROTOCOLS.get(member, member)) and (name, member) not in BLOCKING_ONLY
    }
    assert missing == set()
    more = {member for member in members(asynchronous) if not hasattr(blocking, member)} - {"aclose"}
    assert more == set()
    if "close" in members(blocking):
        assert hasattr(asynchronous, "aclose")
    for member in ("__init__", *sorted(members(blocking))):
        ours, theirs = getattr(blocking, member), getattr(asynchronous, PROTOCOLS.get(member, member), None)
        if inspect.isfunction(ours) and inspect.isfunction(theirs):
            kept = [found for found in parameters(ours) if (f"{name}.{member}", found[0]) not in BLOCKING_ONLY]
            assert parameters(theirs) == kept, f"{name}.{member}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_public_name_of_a_module_has_a_twin(module: Any) -> None:
    names = set(dir(module) if module is apis else module.__all__)
    asynchronous = {name for name in names if name.startswith(("Async", "async_"))}
    for name in asynchronous:
        assert name.removeprefix("Async").removeprefix("async_") in names, name
    checked = {kind.__name__ for kind, _ in CLASSES}
    for name in names - asynchronous:
        if f"Async{name}" in names:
            assert name in checked, f"{name} is compared with its twin nowhere"


@pytest.mark.parametrize("module", [files, waiting], ids=lambda module: module.__name__)
def test_a_function_has_a_twin_with_the_same_parameters(module: Any) -> None:
    compared = 0
    for name in module.__all__:
        function = getattr(module, name)
        if not inspect.isfunction(function) or name.startswith("async_") or name in FOR_BOTH:
            continue
        twin = getattr(module, f"async_{name}")
        ours, theirs = parameters(function), parameters(twin)
        # Whoever waits blocking sleeps blocking.
        own_sleep = [(name, kind) for name, kind, _ in ours], [(name, kind) for name, kind, _ in theirs]
        assert own_sleep[0] == own_sleep[1], name
        assert [found for found in ours if found[0] != "sleep"] == [found for found in theirs if found[0] != "sleep"]
        compared += 1
    assert compared >= 4
