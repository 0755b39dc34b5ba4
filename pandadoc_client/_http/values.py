"""Values on the way of a call: classes of fields that importing costs next to nothing.

attrs and dataclasses write code for each class and compile it, which takes a millisecond a class at every start of a
program. `Value` has one ``__init__`` for all, which is slower when it is called; what each call makes has its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self, dataclass_transform

__all__ = ["NOTHING", "Value"]

NOTHING: Mapping[Any, Any] = MappingProxyType({})
"""The default of a field that is a mapping."""


@dataclass_transform(frozen_default=True)
class Value:
    """The base of classes whose annotations are their fields, in the order in which they are given by position.

    A value does not change, equals another of its class with equal fields, and shows its fields. What is set in the
    class is the default of a field; every value shares it, so it is none that can change.

    Args of the class:
        kw_only: True if fields are given by name alone.
        hidden: Fields that ``repr`` leaves out.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _names: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[Mapping[str, Any]] = NOTHING
    _by_position: ClassVar[int] = 0
    _shown: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, kw_only: bool = False, hidden: Iterable[str] = ()) -> None:
        super().__init_subclass__()
        cls._fields = tuple(cls.__annotations__)
        cls._names = frozenset(cls._fields)
        cls._defaults = {name: cls.__dict__[name] for name in cls._fields if name in cls.__dict__}
        cls._by_position = 0 if kw_only else len(cls._fields)
        cls._shown = tuple(name for name in cls._fields if name not in hidden)

    def __init__(self, *given: Any, **named: Any) -> None:
        values = self.__dict__
        values.update(self._defaults)
        if given:
            values.update(zip(self._fields[: self._by_position], given, strict=False))
        values.update(named)
        if given or values.keys() != self._names:
            self._check(given, named)

    def _check(self, given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
        """Refuse fields as Python refuses arguments."""
        problem = ""
        if len(given) > self._by_position:
            problem = f"takes {self._by_position} positional arguments but {len(given)} were given"
        elif unknown := [name for name in named if name not in self._names]:
            problem = f"got an unexpected keyword argument {unknown[0]!r}"
        elif twice := [name for name in self._fields[: len(given)] if name in named]:
            problem = f"got multiple values for argument {twice[0]!r}"
        elif missing := [name for name in self._fields if name not in self.__dict__]:
            problem = f"missing required arguments: {', '.join(missing)}"
        if problem:
            raise TypeError(f"{type(self).__name__}() {problem}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be set: make another by replace()")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        values = self.__dict__  # empty where a traceback shows a value whose constructor has raised
        fields = ", ".join(f"{name}={values[name]!r}" for name in self._shown if name in values)
        return f"{type(self).__name__}({fields})"

    def _values(self) -> tuple[Any, ...]:
        values = self.__dict__
        return tuple([values[name] for name in self._fields])

    def replace(self, **changes: Any) -> Self:
        """Return a value like this one with other fields."""
        return type(self)(**{**dict(zip(self._fields, self._values(), strict=True)), **changes})

    __replace__ = replace  # for copy.replace
