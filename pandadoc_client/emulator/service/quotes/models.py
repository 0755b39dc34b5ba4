"""Pricing tables and quotes: sums, as texts with a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Self

from ..backend import Backend
from ..records import Record

__all__ = ["amount", "copied", "fill_tables", "grand_total", "make_quote", "make_tables", "pricing", "update_quote"]


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
    """Return new pricing tables with the content of those in a request."""
    empty = {"is_included_in_total": True, "currency": "USD"}
    return [_filled(backend, {**empty, "id": backend.new_uuid(), "name": item["name"]}, item) for item in wanted]


def fill_tables(backend: Backend, tables: Iterable[Record], wanted: Iterable[Record]) -> list[Record]:
    """Return pricing tables with the rows that a request has for them by name; a name that no table has is ignored."""
    by_name = {item["name"]: item for item in wanted}
    return [_filled(backend, table, by_name[table["name"]]) if table["name"] in by_name else table for table in tables]


def _filled(backend: Backend, table: Record, wanted: Record) -> Record:
    options: Record = wanted.get("options") or {}
    items: list[Record] = []
    counted: list[Record] = []
    for section in wanted.get("sections") or ():
        choice = bool(section.get("multichoice_enabled"))
        for row in section.get("rows") or ():
            item = _item(backend, row, multichoice=choice)
            items.append(item)
            if _counts(item["options"]):
                counted.append(item)
    currency = options.get("currency")
    return {
        **table,
        **_sums(counted, _Adjustments.read(options)),
        "items": items,
        "currency": currency if isinstance(currency, str) else table["currency"],
    }


def _counts(options: Record) -> bool:
    """Tell whether a row counts: it was not left out, and is chosen where a choice is to be made."""
    left_out = options["optional"] and not options["optional_selected"]
    return not left_out and (options["multichoice_selected"] or not options["multichoice_enabled"])


@dataclass(frozen=True, slots=True)
class _Adjustments:
    """The discounts, taxes and fees of a row or a table: members named so, each `{"type": "percent", "value": 10}`."""

    discounts: Mapping[str, Record]
    taxes: Mapping[str, Record]
    fees: Mapping[str, Record]

    @classmethod
    def read(cls, members: Record) -> Self:
        """Return those among the members of a row's data or a table's options, in any case of their letters."""

        def named(kind: str) -> dict[str, Record]:
            return {
                name: {"type": str(value.get("type") or "absolute"), "value": _decimal_text(amount(value["value"]))}
                for name, value in members.items()
                if name.lower().startswith(kind) and isinstance(value, Mapping) and value.get("value") is not None
            }

        return cls(named("discount"), named("tax"), named("fee"))

    def amounts(self, base: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """Return discount, tax and fee for a sum: discounts come off first, taxes and fees are of what is left."""
        discount = _total_of(self.discounts, base)
        return discount, _total_of(self.taxes, base - discount), _total_of(self.fees, base - discount)


def _total_of(adjustments: Mapping[str, Record], base: Decimal) -> Decimal:
    return sum((_cents(_amount_of(one, base)) for one in adjustments.values()), Decimal(0))


def _amount_of(adjustment: Record, base: Decimal) -> Decimal:
    value = amount(adjustment["value"])
    return base * value / 100 if adjustment["type"] == "percent" else value


def _cents(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _sums(items: Iterable[Record], table: _Adjustments) -> Record:
    """Return total and summary of the rows that count, with what the whole table has on top."""
    subtotal = discount = tax = fee = Decimal(0)
    for item in items:
        base = amount(item["subtotal"])
        off, taxes, fees = _Adjustments(item["discounts"], item["taxes"], item["fees"]).amounts(base)
        subtotal, discount, tax, fee = subtotal + base, discount + off, tax + taxes, fee + fees
    off, taxes, fees = table.amounts(subtotal - discount)
    discount, tax, fee = discount + off, tax + taxes, fee + fees
    total = _decimal_text(subtotal - discount + tax + fee)
    named = {"subtotal": subtotal, "discount": discount, "tax": tax, "fee": fee}
    return {"total": total, "summary": {"total": total, **{name: _decimal_text(sum_) for name, sum_ in named.items()}}}


def _item(backend: Backend, row: Record, *, multichoice: bool = False) -> Record:
    given: Record = row.get("data") or {}
    # Names of columns come in any case: `Name`, `QTY`, `Price`.
    data = {str(name).lower(): value for name, value in given.items()}
    quantity, price = amount(data.get("qty", 1)), amount(data.get("price"))
    options: Record = row.get("options") or {}
    adjustments = _Adjustments.read(given)
    taxes = list(adjustments.taxes.values())
    return {
        "id": backend.new_uuid(),
        "sku": _optional(data.get("sku")),
        "qty": _decimal_text(quantity),
        "name": _optional(data.get("name")),
        "cost": _optional(data.get("cost")),
        "price": _decimal_text(price),
        "description": _optional(data.get("description")),
        "custom_fields": row.get("custom_fields") or {},
        "discount": next(iter(adjustments.discounts.values()), None),
        "tax_first": taxes[0] if taxes else None,
        "tax_second": taxes[1] if len(taxes) > 1 else None,
        "discounts": dict(adjustments.discounts),
        "taxes": dict(adjustments.taxes),
        "fees": dict(adjustments.fees),
        "subtotal": _decimal_text(quantity * price),
        "options": {
            "optional": bool(options.get("optional")),
            "optional_selected": bool(options.get("optional_selected")),
            "multichoice_enabled": multichoice,
            "multichoice_selected": bool(options.get("multichoice_selected")),
        },
    }


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def pricing(document: Record) -> Record:
    """Return the pricing of a document or template; nothing for one without prices."""
    if not document["pricing_tables"] and not document["quotes"]:
        return {}
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
