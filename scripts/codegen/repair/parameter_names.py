"""Give the parameters of an operation names that differ in Python: ``kind[]`` beside ``kind`` is ``kind_2``.

openapi-python-client leaves out an operation with two parameters in one place whose names are the same. What goes over
the wire is the name of the document, which the parameter keeps beside the other.
"""

from __future__ import annotations

from typing import Any

from openapi_python_client.strings import PythonIdentifier

from ..document import METHODS, operations, parameters_of

__all__ = ["WIRE", "parameter_names"]

WIRE = "x-wire-name"


def parameter_names(document: dict[str, Any]) -> list[str]:
    """Rename the later ones of the parameters whose names in Python are the same."""
    changes = []
    for path, method, operation in list(operations(document)):
        taken: set[tuple[str, str]] = set()
        declared, renamed = [], []
        for parameter in parameters_of(document, path, operation):
            name, number = parameter["name"], 1
            while (parameter["in"], _identifier(name)) in taken:
                number += 1
                name = f"{_identifier(parameter['name'])}_{number}"
            taken.add((parameter["in"], _identifier(name)))
            if name != parameter["name"]:
                renamed.append(f"{method.upper()} {path}: {parameter['name']} is {name}")
                parameter = {**parameter, "name": name, WIRE: parameter["name"]}
            declared.append(parameter)
        if renamed:
            changes += renamed
            _declare(document["paths"][path], operation, declared)
    return changes


def _identifier(name: str) -> str:
    return str(PythonIdentifier(name, "field_"))


def _declare(item: dict[str, Any], operation: dict[str, Any], declared: list[dict[str, Any]]) -> None:
    """Give an operation these parameters, and those of its path to the other operations."""
    shared = item.pop("parameters", [])
    for method in METHODS:
        if shared and method in item:
            item[method]["parameters"] = [*shared, *item[method].get("parameters", [])]
    operation["parameters"] = declared
