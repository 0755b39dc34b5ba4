"""What the sites and the tests of their receivers agree upon."""

from __future__ import annotations

__all__ = ["KEY", "MAX_BODY"]

KEY = "key-marker-5f1c9a"
MAX_BODY = 10_000
