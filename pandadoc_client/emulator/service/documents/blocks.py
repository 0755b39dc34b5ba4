"""What a request puts into the blocks of a template: images, and library items in content placeholders."""

from __future__ import annotations

from copy import deepcopy

from ..backend import Backend
from ..fields import models as fields
from ..quotes import models as quotes
from ..recipients.models import add_recipients
from ..records import Record
from ..refusal import invalid

__all__ = ["fill_placeholders", "images"]


def images(template: Record, body: Record) -> list[Record]:
    """Return the images of a new document: the template's, and those that the request names."""
    names = [
        *(one.get("name") for one in template["images"]),
        *(one["name"] for one in body.get("images") or () if one),
    ]
    return [{"name": name} for name in dict.fromkeys(names) if name]


def fill_placeholders(backend: Backend, template: Record, body: Record, document: Record) -> None:
    """Add what the library items have that the request puts into the template's content placeholders.

    A block that the template does not have is ignored, as names of tokens and fields are.

    Raises:
        Refusal: 400, there is no such library item.
    """
    blocks = {name for one in template["content_placeholders"] for name in (one.get("block_id"), one.get("uuid"))}
    for number, block in enumerate(body.get("content_placeholders") or ()):
        for place, wanted in enumerate(block.get("content_library_items") or ()):
            item = deepcopy(backend["library"].get(wanted["id"]))
            if item is None or item["deleted"]:
                where = f"content_placeholders[{number}].content_library_items[{place}].id"
                raise invalid(where, "There is no such content library item.")
            if block["block_id"] in blocks:
                _place(backend, item, wanted, document)


def _place(backend: Backend, item: Record, wanted: Record, document: Record) -> None:
    document["recipients"] += add_recipients(backend, wanted.get("recipients") or ())
    found = fields.named_fields(backend, wanted.get("fields") or {}, document["recipients"])
    fields.fill(found, wanted.get("fields") or {})
    document["fields"] += found
    document["pricing_tables"] += item["pricing_tables"]
    document["pricing_tables"] += quotes.make_tables(backend, wanted.get("pricing_tables") or ())
    for kind in ("images", "tables", "texts"):
        document[kind] += [{"name": one["name"]} for one in item[kind]]
