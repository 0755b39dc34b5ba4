"""Which names of schemas are taken, by the classes and modules that are made of them."""

from __future__ import annotations

from collections.abc import Iterable

from openapi_python_client.strings import ClassName, PythonIdentifier

from .names import model_module

__all__ = ["RESERVED", "Names", "class_name"]

# Names that the module of a model uses besides its class.
RESERVED = ("IO", "TYPE_CHECKING", "UNSET", "Any", "Literal", "TypeAlias", "Unset", "annotations", "datetime")


def class_name(schema: str) -> str:
    """Return the class of a schema."""
    return str(ClassName(schema, "field_"))


class Names:
    """The names that are taken. Two that differ by capitals only are one: as files they would be, on some systems.

    Args:
        schemas: Names of schemas that are taken from the beginning.
    """

    def __init__(self, schemas: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in RESERVED}
        for name in schemas:
            self.take(name)

    def is_free(self, schema: str) -> bool:
        """Whether a schema may have this name."""
        return not self._taken & _made_of(schema)

    def take(self, schema: str) -> str:
        """Take a name, or the first free one with a number behind it, and return it."""
        chosen, number = schema, 1
        while not self.is_free(chosen):
            number += 1
            chosen = f"{schema}{number}"
        self._taken |= _made_of(chosen)
        return chosen


def _made_of(schema: str) -> set[str]:
    name = class_name(schema)
    return {name.lower(), f"module {PythonIdentifier(name, 'field_')}".lower(), f"surface {model_module(schema)}"}
