"""Every operation of the contract, as the contract has it and as the API classes have it."""

from __future__ import annotations

import importlib
import inspect
import io
import pkgutil
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

import pandadoc_client.api
from pandadoc_client._calls.operation import Operation, Parameter

from .contract import CONTRACT

__all__ = ["CASES", "OPERATIONS", "method_name", "sample"]

_METHODS = ("get", "post", "put", "patch", "delete")
_SAMPLES: dict[type, Any] = {
    bool: True,
    int: 7,
    float: 1.5,
    str: "some text",
    dict: {"name": "value"},
    date: date(2026, 1, 2),
    datetime: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
}

CASES = [
    pytest.param(method.upper(), path, item[method], id=item[method]["operationId"])
    for path, item in CONTRACT["paths"].items()
    for method in _METHODS
    if method in item
]
"""Method, path and operation object of each, named by its `operationId`."""


def _described() -> dict[str, tuple[type, type, Operation[Any]]]:
    found = {}
    for module_info in pkgutil.iter_modules(pandadoc_client.api.__path__):
        module = importlib.import_module(f"pandadoc_client.api.{module_info.name}")
        kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__]
        if kinds:
            blocking = next(kind for kind in kinds if not kind.__name__.startswith("Async"))
            other = next(kind for kind in kinds if kind.__name__.startswith("Async"))
            for operation in vars(module).values():
                if isinstance(operation, Operation):
                    found[operation.operation_id] = blocking, other, operation
    return found


OPERATIONS = _described()
"""By method name: the blocking API class, the other one, and what it says of the operation."""


def method_name(operation_id: str) -> str:
    """Return the method of the API class for an `operationId`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", operation_id).lower()


def sample(parameter: Parameter) -> Any:
    """Return a value of a type that *parameter* takes."""
    return _sample_of(parameter.types)


def _sample_of(types: Any) -> Any:
    for kind in types:
        if isinstance(kind, list):
            return [_sample_of(kind)]
        if kind in _SAMPLES:
            return _SAMPLES[kind]
    if io.IOBase in types:
        return ("a file.pdf", b"%PDF-1.7 \r\n\x00\xff", "application/pdf")
    return types[0].decode({})
