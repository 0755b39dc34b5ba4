"""The product catalog, and requests for a notary."""

from __future__ import annotations

from typing import Any

from ...contract.requests import ValidRequest
from ..listing import matches_text, of_page, ordered
from ..records import Record
from ..refusal import invalid
from ..reply import EMPTY, Handlers, Reply
from ..world import USER_ID, WORKSPACE_ID, World

__all__ = ["HANDLERS"]

_VARIANT = ("sku", "description", "images", "custom_fields", "price_configuration")


def search_catalog_items(world: World, call: ValidRequest) -> Reply:
    """By text, type, way of billing and category."""
    query = call.query
    found = [
        item
        for item in world["catalog"]
        if matches_text(query.get("query"), item["title"], item["sku"], item["description"])
        and (not query.get("types") or item["type"] in query["types"])
        and (not query.get("billing_types") or item["price"].get("billing_type") in query["billing_types"])
        and item["id"] not in (query.get("exclude_uuids") or ())
        and query.get("category_id", item["category_id"]) == item["category_id"]
        and not (query.get("no_category") and item["category_id"])
    ]
    flat = [_found(item) for item in found]
    if "order_by" in query:
        flat = ordered(flat, query["order_by"])
    number, size = query.get("page", 1), query.get("per_page", 50)
    shown = of_page(flat, number, size, 1000)
    more = max(int(number), 1) * int(size) < len(flat)
    return Reply({"items": shown, "has_more_items": more, "total": len(flat)})


def create_catalog_item(world: World, call: ValidRequest) -> Reply:
    """A product or a bundle."""
    body: Record = call.body
    now = world.stamp()
    item = {
        "id": world.new_uuid(),
        "variant": world.new_uuid(),
        "price_id": world.new_uuid(),
        "title": body["title"],
        "category_id": body.get("category_id") or None,
        "type": body.get("type", "regular"),
        "sku": body.get("sku"),
        "description": body.get("description"),
        "images": body.get("images") or [],
        "custom_fields": body.get("custom_fields") or [],
        "bundle_items": _bundle(world, body),
        "price": body["price_configuration"],
        "date_created": now,
        "date_modified": now,
    }
    return Reply(_item(world["catalog"].add(item)))


def get_catalog_item(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    return Reply(_item(world["catalog"].read(call.path["item_uuid"])))


def update_catalog_item(world: World, call: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    item = world["catalog"].edit(call.path["item_uuid"])
    body: Record = call.body
    item.update({name: body[name] for name in ("title", "category_id", "type") if name in body})
    variant: Record = body.get("product_variant") or {}
    for name in _VARIANT:
        if name in variant:
            item["price" if name == "price_configuration" else name] = variant[name]
    if "bundle_items" in body:
        item["bundle_items"] = _bundle(world, body)
    item["date_modified"] = world.stamp()
    return Reply(_item(item))


def delete_catalog_item(world: World, call: ValidRequest) -> Reply:
    """A 200 without a body."""
    world["catalog"].remove(call.path["item_uuid"])
    return EMPTY


def _bundle(world: World, body: Record) -> list[Record]:
    result: list[Record] = []
    for place, wanted in enumerate(body.get("bundle_items") or ()):
        named = wanted.get("item_or_uuid")
        if isinstance(named, str):
            known = world["catalog"].get(named)
            if known is None:
                raise invalid(f"bundle_items[{place}].item_or_uuid", "There is no such item.")
            item: Record = {"uuid": known["id"], "title": known["title"], "sku": known["sku"]}
            price: Record = known["price"]
        else:
            item = {"uuid": world.new_uuid(), "title": (named or {}).get("title", "")}
            price = (named or {}).get("price_configuration") or named or {}
        item.update(price=price.get("price"), currency=price.get("currency", "USD"))
        result.append({"quantity": wanted.get("quantity", 1), "item": item})
    return result


def _item(item: Record) -> Record:
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


def _found(item: Record) -> Record:
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


def list_notarization_requests(world: World, call: ValidRequest) -> Reply:
    """By status, creator and document."""
    query = call.query
    found = [
        request
        for request in world["notarizations"]
        if (not query.get("status") or request["status"] in query["status"])
        and (not query.get("created_by_user_id") or USER_ID in query["created_by_user_id"])
        and (not query.get("document_id") or request["document_id"] in query["document_id"])
    ]
    found = ordered(found, query.get("order_by", "date_created"))
    start = query.get("offset", 0)
    names = ("id", "status", "name", "document_id", "date_created", "date_started", "date_completed")
    shown = [
        {**{name: request[name] for name in names}, "created_by_user_id": USER_ID}
        for request in found[start : start + query.get("limit", 50)]
    ]
    return Reply({"results": shown, "count": len(found)})


def create_notarization_request(world: World, call: ValidRequest) -> Reply:
    """For a document that is there."""
    document = world.documents.get(call.body["document_id"])
    if document is None or document["deleted"]:
        raise invalid("document_id", "There is no such document.")
    blank = {"first_name": "", "last_name": ""}
    people = [
        {"id": world.new_id(), **blank, **{name: value for name, value in one.items() if value is not None}}
        for one in call.body["invitation"].get("invitees") or ()
    ]
    request = world["notarizations"].add(
        {
            "id": world.new_uuid(),
            "status": "SENT",
            "name": document["name"],
            "document_id": document["id"],
            "date_created": world.stamp(),
            "date_started": None,
            "date_completed": None,
            "invitees": people,
        }
    )
    link = f"{world.base_url()}/notary/{request['id']}"
    return Reply(
        {
            **{name: request[name] for name in ("id", "name", "status", "date_created")},
            "date_accepted": None,
            "created_by": _author(world),
            "invitees": [{**person, "notarization_link": link} for person in people],
        }
    )


def notarization_request_details(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    request = world["notarizations"].read(call.path["session_request_id"])
    shown = {name: value for name, value in request.items() if name != "name"}
    return Reply(
        {
            **shown,
            "created_by": _author(world),
            "signed_documents": [],
            "recording": None,
        }
    )


def delete_notarization_request(world: World, call: ValidRequest) -> Reply:
    """It is gone."""
    world["notarizations"].remove(call.path["session_request_id"])
    return EMPTY


def _author(world: World) -> Record:
    person = world.person("")
    return {"user_id": person["id"], **{name: person[name] for name in ("email", "first_name", "last_name")}}


HANDLERS: Handlers = {
    "searchCatalogItems": search_catalog_items,
    "createCatalogItem": create_catalog_item,
    "getCatalogItem": get_catalog_item,
    "updateCatalogItem": update_catalog_item,
    "deleteCatalogItem": delete_catalog_item,
    "listNotarizationRequests": list_notarization_requests,
    "createNotarizationRequest": create_notarization_request,
    "notarizationRequestDetails": notarization_request_details,
    "deleteNotarizationRequest": delete_notarization_request,
}
"""Handlers by `operationId`."""
