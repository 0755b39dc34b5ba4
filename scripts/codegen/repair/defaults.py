"""Drop the defaults of schemas.

A default is what the server takes for a value that does not come; a client leaves the value out, so nothing is
generated from it. openapi-python-client makes code of it all the same, and refuses one of another type than the
schema's, one of an object, and ``null``.
"""

from __future__ import annotations

from typing import Any

from ..document import schemas

__all__ = ["defaults"]


def defaults(document: dict[str, Any]) -> list[str]:
    """Remove ``default`` from every schema."""
    return [f"{slot.place}: {slot.value.pop('default')!r}" for slot in schemas(document) if "default" in slot.value]
