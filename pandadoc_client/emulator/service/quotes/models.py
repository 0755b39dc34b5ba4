"""Pricing tables and quotes: sums, as texts with a point."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

from ..backend import Backend
from ..records import Record

__all__ = ["amount", "copied", "grand_total", "make_quote", "make_tables", "pricing", "update_quote"]


def amount(value: object) -> Decimal:
    """Return a number that may stand in a text; 0 for anything else."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _decimal_text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def make_tables(backend: Backend, wanted: Iterable[Record]) -> list[Record]:
    """Return pricing tables for those of a request."""
    return [_table(backend, item) for item in wanted]


def _table(backend: Backend, wanted: Record) -> Record:
    items: list[Record] = []
    for section in wanted.get("sections") or ():
        for row in section.get("rows") or ():
            items.append(_item(backend, row))
    options = wanted.get("options") or {}
    total = sum((amount(item["subtotal"]) for item in items), Decimal(0))
    return {
        "id": backend.new_uuid(),
        "name": wanted["name"],
        "total": _decimal_text(total),
        "is_included_in_total": True,
        "summary": {
            "subtotal": _decimal_text(total),
            "total": _decimal_text(total),
            "discount": "0",
            "tax": "0",
            "fee": "0",
        },
        "items": items,
        "currency": options.get("currency") if isinstance(options.get("currency"), str) else "USD",
    }


def _item(backend: Backend, row: Record) -> Record:
    # Names of columns come in any case: `Name`, `QTY`, `Price`.
    data = {str(name).lower(): value for name, value in (row.get("data") or {}).items()}
    quantity, price = amount(data.get("qty", 1)), amount(data.get("price"))
    return {
        "id": backend.new_uuid(),
        "sku": _optional(data.get("sku")),
        "qty": _decimal_text(quantity),
        "name": _optional(data.get("name")),
        "cost": _optional(data.get("cost")),
        "price": _decimal_text(price),
        "description": _optional(data.get("description")),
        "custom_fields": row.get("custom_fields") or {},
        "subtotal": _decimal_text(quantity * price),
        "options": {
            "optional": bool((row.get("options") or {}).get("optional", False)),
            "optional_selected": bool((row.get("options") or {}).get("optional_selected", True)),
        },
    }


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def pricing(document: Record) -> Record:
    """Return the pricing of a document or template."""
    return {
        "tables": document["pricing_tables"],
        "quotes": document["quotes"],
        "total": _decimal_text(_total(document)),
    }


def copied(items: list[Record]) -> list[Record]:
    """Return a copy of pricing tables or quotes, down to the last item."""
    return deepcopy(items)


def grand_total(document: Record) -> Record:
    """Return the sum of a document with its currency."""
    sources = [*document["pricing_tables"], *document["quotes"]]
    currency = next((source["currency"] for source in sources), "USD")
    return {"amount": _decimal_text(_total(document)), "currency": currency}


def _total(document: Record) -> Decimal:
    sources = [*document["pricing_tables"], *document["quotes"]]
    return sum((amount(source["total"]) for source in sources), Decimal(0))


def make_quote(backend: Backend, sections: Iterable[Record], currency: str = "USD") -> Record:
    """Return a new quote."""
    quote: Record = {"id": backend.new_uuid(), "currency": currency, "settings": {"selection_type": "custom"}}
    quote.update(sections=[], merge_rules=[], total="0", summary={"total": "0"})
    update_quote(backend, quote, {"sections": list(sections)})
    return quote


def update_quote(backend: Backend, quote: Record, wanted: Record) -> None:
    """Enter what a request says of a quote: sections take the place of those that are there."""
    if "currency" in wanted:
        quote["currency"] = wanted["currency"]
    if "settings" in wanted:
        quote["settings"] = {**quote["settings"], **wanted["settings"]}
    if "sections" in wanted:
        old = {section["id"]: section for section in quote["sections"]}
        quote["sections"] = [_section(backend, item, old.get(item.get("id", ""))) for item in wanted["sections"]]
    total = _decimal_text(sum((amount(section["total"]) for section in quote["sections"]), Decimal(0)))
    quote["total"] = total
    quote["summary"] = {"total": total, "subtotal": total, "one_time_subtotal": total, "recurring_subtotal": []}


def _section(backend: Backend, wanted: Record, old: Record | None) -> Record:
    kept: dict[str, Any] = old or {}
    items: list[Record] = kept.get("items") or []
    if "items" in wanted:
        items = [_quote_item(backend, item) for item in wanted["items"]]
    total = _decimal_text(sum((amount(item["total"]) for item in items), Decimal(0)))
    return {
        "id": wanted.get("id") or backend.new_uuid(),
        "name": wanted.get("name") or kept.get("name") or "",
        "summary": {"total": total, "subtotal": total, "one_time_subtotal": total, "recurring_subtotal": []},
        "columns": [],
        "items": items,
        "total": total,
        "settings": {
            "optional": False,
            "selected": True,
            "selection_type": "custom",
            **kept.get("settings", {}),
            **wanted.get("settings", {}),
        },
    }


def _quote_item(backend: Backend, wanted: Record) -> Record:
    quantity, price = amount(wanted.get("qty", 1)), amount(wanted.get("price"))
    options = wanted.get("options") or {}
    return {
        "id": wanted.get("id") or backend.new_uuid(),
        "sku": wanted.get("sku"),
        "name": wanted.get("name"),
        "description": wanted.get("description"),
        "qty": _decimal_text(quantity),
        "price": _decimal_text(price),
        "cost": _optional(wanted.get("cost")),
        "billing_frequency": wanted.get("billing_frequency"),
        "contract_term": _optional(wanted.get("contract_term")),
        "reference_type": None,
        "options": {
            "selected": bool(options.get("selected", True)),
            "qty_editable": bool(options.get("qty_editable", False)),
        },
        "external_columns": wanted.get("external_columns") or {},
        "custom_columns": wanted.get("custom_columns") or {},
        "total": _decimal_text(quantity * price),
        "overall_total": _decimal_text(quantity * price),
    }
