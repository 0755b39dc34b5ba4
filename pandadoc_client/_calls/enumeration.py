"""What enumerations of the API document are at run time: texts and numbers, made as with the vendor's SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

__all__ = ["NumberEnumeration", "TextEnumeration"]


class TextEnumeration(str):
    """A text of an enumeration; any text, since the server may send others than the document names."""

    allowed_values: ClassVar[tuple[Any, ...]] = ()

    @classmethod
    def decode(cls, raw: Any) -> Any:
        """Return a text as one of the enumeration, and anything else as it is."""
        return cls(raw) if type(raw) is str else raw

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic, and so FastAPI, read any text as one of the enumeration."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())

    @property
    def value(self) -> str:
        """The plain value, which a call takes as well."""
        return str(self)


class NumberEnumeration(int):
    """A whole number of an enumeration; any number, since the server may send others than the document names.

    Attributes:
        numbers: The names that may be given in place of numbers, and what they stand for.
    """

    allowed_values: ClassVar[tuple[Any, ...]] = ()
    numbers: ClassVar[Mapping[str, int]] = {}

    @classmethod
    def decode(cls, raw: Any) -> Any:
        """Return a whole number as one of the enumeration, and anything else as it is."""
        return cls(raw) if type(raw) is int else raw

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic, and so FastAPI, read any whole number as one of the enumeration."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.int_schema())

    @property
    def value(self) -> int:
        """The plain value, which a call takes as well."""
        return int(self)
