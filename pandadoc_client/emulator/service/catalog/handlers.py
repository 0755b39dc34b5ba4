"""The product catalog: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..listing import matches_text, of_page, ordered
from ..records import Record
from ..refusal import invalid
from ..reply import EMPTY, Handlers, Reply
from . import serializers

__all__ = ["HANDLERS"]


_VARIANT = ("sku", "description", "images", "custom_fields", "price_configuration")


def search_catalog_items(backend: Backend, request: ValidRequest) -> Reply:
    """By text, type, way of billing and category."""
    query = request.query
    found = [
        item
        for item in backend["catalog"]
        if matches_text(query.get("query"), item["title"], item["sku"], item["description"])
        and (not query.get("types") or item["type"] in query["types"])
        and (not query.get("billing_types") or item["price"].get("billing_type") in query["billing_types"])
        and item["id"] not in (query.get("exclude_uuids") or ())
        and query.get("category_id", item["category_id"]) == item["category_id"]
        and not (query.get("no_category") and item["category_id"])
    ]
    flat = [serializers.search_hit(item) for item in found]
    if "order_by" in query:
        flat = ordered(flat, query["order_by"])
    number, size = query.get("page", 1), query.get("per_page", 50)
    shown = of_page(flat, number, size, 1000)
    more = max(int(number), 1) * int(size) < len(flat)
    return Reply({"items": shown, "has_more_items": more, "total": len(flat)})


def create_catalog_item(backend: Backend, request: ValidRequest) -> Reply:
    """A product or a bundle."""
    body: Record = request.body
    now = backend.stamp()
    item = {
        "id": backend.new_uuid(),
        "variant": backend.new_uuid(),
        "price_id": backend.new_uuid(),
        "title": body["title"],
        "category_id": body.get("category_id") or None,
        "type": body.get("type", "regular"),
        "sku": body.get("sku"),
        "description": body.get("description"),
        "images": body.get("images") or [],
        "custom_fields": body.get("custom_fields") or [],
        "bundle_items": _bundle(backend, body),
        "price": body["price_configuration"],
        "date_created": now,
        "date_modified": now,
    }
    return Reply(serializers.item(backend["catalog"].add(item)))


def get_catalog_item(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    return Reply(serializers.item(backend["catalog"].read(request.path["item_uuid"])))


def update_catalog_item(backend: Backend, request: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    item = backend["catalog"].edit(request.path["item_uuid"])
    body: Record = request.body
    item.update({name: body[name] for name in ("title", "category_id", "type") if name in body})
    variant: Record = body.get("product_variant") or {}
    for name in _VARIANT:
        if name in variant:
            item["price" if name == "price_configuration" else name] = variant[name]
    if "bundle_items" in body:
        item["bundle_items"] = _bundle(backend, body)
    item["date_modified"] = backend.stamp()
    return Reply(serializers.item(item))


def delete_catalog_item(backend: Backend, request: ValidRequest) -> Reply:
    """A 200 without a body."""
    backend["catalog"].remove(request.path["item_uuid"])
    return EMPTY


def _bundle(backend: Backend, body: Record) -> list[Record]:
    result: list[Record] = []
    for place, wanted in enumerate(body.get("bundle_items") or ()):
        named = wanted.get("item_or_uuid")
        if isinstance(named, str):
            known = backend["catalog"].get(named)
            if known is None:
                raise invalid(f"bundle_items[{place}].item_or_uuid", "There is no such item.")
            item: Record = {"uuid": known["id"], "title": known["title"], "sku": known["sku"]}
            price: Record = known["price"]
        else:
            item = {"uuid": backend.new_uuid(), "title": (named or {}).get("title", "")}
            price = (named or {}).get("price_configuration") or named or {}
        item.update(price=price.get("price"), currency=price.get("currency", "USD"))
        result.append({"quantity": wanted.get("quantity", 1), "item": item})
    return result


HANDLERS: Handlers = {
    "searchCatalogItems": search_catalog_items,
    "createCatalogItem": create_catalog_item,
    "getCatalogItem": get_catalog_item,
    "updateCatalogItem": update_catalog_item,
    "deleteCatalogItem": delete_catalog_item,
}
