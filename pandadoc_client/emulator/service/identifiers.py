"""Identifiers: unlike each other, and the same for the same seed."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

__all__ = ["Identifiers"]

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # what the API's own identifiers are made of


class Identifiers:
    """Makes identifiers up, one after another.

    Args:
        seed: Any text or number.
        made: How many were made before, by an emulator whose state goes on.
    """

    def __init__(self, seed: int | str, made: int = 0) -> None:
        self._seed = seed
        self.made = made

    def short(self) -> str:
        """Return 22 letters and digits, as documents, templates and people have them."""
        number = int.from_bytes(self._next())
        letters: list[str] = []
        for _ in range(22):
            number, place = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[place])
        return "".join(letters)

    def uuid(self) -> str:
        """Return a UUID of version 4."""
        return str(UUID(bytes=self._next()[:16], version=4))

    def key(self) -> str:
        """Return 40 hexadecimal digits, as keys have them."""
        return self._next().hex()[:40]

    def reference(self) -> str:
        """Return a reference number of four groups of letters."""
        letters = [chr(ord("A") + value % 26) for value in self._next()[:20]]
        return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))

    def _next(self) -> bytes:
        self.made += 1
        return sha256(f"{self._seed}/{self.made}".encode()).digest()
