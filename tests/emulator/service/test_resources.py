"""The shape of the service: one folder for each resource, the same modules in each."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from pandadoc_client.emulator import service
from pandadoc_client.emulator.service.resources import HANDLERS

FOLDER = Path(service.__file__).parent
RESOURCES = sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))
SHAPE = {"__init__", "handlers", "models", "serializers"}
# What one module would be too long for.
PARTS = {"documents": {"blocks", "creation", "files"}, "templates": {"importing"}, "webhooks": {"events", "trigger"}}


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_resource_has_the_modules_that_all_have(resource: str) -> None:
    modules = {path.stem for path in (FOLDER / resource).glob("*.py")}
    assert {"__init__", "handlers"} <= modules <= SHAPE | PARTS.get(resource, set())


def test_each_operation_has_one_handler_in_one_resource() -> None:
    found: list[str] = []
    for resource in RESOURCES:
        handlers = import_module(f"{service.__name__}.{resource}.handlers").HANDLERS
        assert handlers, resource
        found += handlers
    assert sorted(found) == sorted(HANDLERS)
