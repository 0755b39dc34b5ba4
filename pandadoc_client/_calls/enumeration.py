"""What enumerations of the API document are at run time: texts and numbers, made as with the vendor's SDK."""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = ["NumberEnumeration", "TextEnumeration"]


class TextEnumeration(str):
    """A text of an enumeration; any text, since the server may send others than the document names."""

    allowed_values: ClassVar[tuple[Any, ...]] = ()

    @property
    def value(self) -> str:
        """The plain value, which a call takes as well."""
        return str(self)


class NumberEnumeration(int):
    """A whole number of an enumeration; any number, since the server may send others than the document names."""

    allowed_values: ClassVar[tuple[Any, ...]] = ()

    @property
    def value(self) -> int:
        """The plain value, which a call takes as well."""
        return int(self)
