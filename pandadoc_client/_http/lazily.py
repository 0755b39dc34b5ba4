"""Modules that are not imported for their names alone: what annotations mention, and what values may be of."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, TypeGuard

__all__ = ["LazyModule", "is_of"]


class LazyModule:
    """Stands for a module until an attribute of it is read.

    ``typing.get_type_hints`` evaluates the annotations of a function with the names of its module. Under
    ``TYPE_CHECKING`` alone a name is not among these.

    Args:
        name: Full name of the module.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<LazyModule {vars(self).get('_name')!r}>"

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):  # asked for by tools that look at every object; they need not import it
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)


def is_of(value: object, module: str, name: str) -> TypeGuard[Any]:
    """Return True if *value* is of the class *name* of a module; nobody has one where that is not imported."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)
