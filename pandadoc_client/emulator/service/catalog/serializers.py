"""The product catalog: records to the JSON of the contract."""

from __future__ import annotations

from typing import Any

from ..backend import USER_ID, WORKSPACE_ID
from ..records import Record

__all__ = ["item", "search_hit"]


def item(item: Record) -> Record:
    price = {**item["price"], "uuid": item["price_id"]}
    dates = {name: item[name] for name in ("date_created", "date_modified")}
    variant = {
        "uuid": item["variant"],
        **{name: item[name] for name in ("sku", "description", "custom_fields", "images")},
        **dates,
        "status": 1,
        "price_configurations": [price],
    }
    return {
        "uuid": item["id"],
        "title": item["title"],
        **dates,
        "created_by": USER_ID,
        "modified_by": USER_ID,
        "category_id": _uuid_or_none(item["category_id"]),
        "category_name": None,
        "type": item["type"],
        "bundle_items": item["bundle_items"],
        "default_price_configuration": price,
        "variants": [variant],
    }


def _uuid_or_none(text: str | None) -> str | None:
    return text if text and len(text) == 36 else None


def search_hit(item: Record) -> Record:
    price: dict[str, Any] = item["price"]
    tiers = price.get("tiers") or []
    values = [tier["value"] for tier in tiers]
    cycle = str(price.get("billing_cycle") or "")
    return {
        "billing_cycle": int(cycle) if cycle.isdecimal() else None,
        "billing_type": price.get("billing_type", "one_time"),
        "bundle_items_count": len(item["bundle_items"]),
        "workspace_id": WORKSPACE_ID,
        "category_id": item["category_id"],
        "category_name": None,
        "created_by": USER_ID,
        "cost": price.get("cost"),
        "currency": price["currency"],
        "custom_fields": item["custom_fields"],
        "date_created": item["date_created"],
        "date_modified": item["date_modified"],
        "description": item["description"],
        "image_src": None,
        "images": item["images"],
        "max_tier_value": max(values, default=None),
        "min_tier_value": min(values, default=None),
        "modified_by": USER_ID,
        "price": price.get("price"),
        "pricing_method": price["pricing_method"],
        "sku": item["sku"] or "",
        "title": item["title"],
        "tiers": tiers,
        "type": item["type"],
        "uuid": item["id"],
    }
