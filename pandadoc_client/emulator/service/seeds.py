"""Data to begin with, for demos: the same for the same seed, dates included."""

from __future__ import annotations

from typing import Any

from .backend import Backend
from .clock import parse_time, stamp
from .content_library.models import make_item
from .documents import models as documents
from .fields import models as fields
from .quotes import models as quotes
from .recipients.models import add_recipients, contact_for
from .records import Record
from .scheduler import run_due
from .templates.models import make_template

__all__ = ["add_seed_data"]

_BEGIN = parse_time("2026-01-12T09:00:00Z")
_YEARS = 3650  # days until documents expire, so that they do not while somebody looks on

_PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("Mei", "Lin", "mei.lin@example.com", "Bamboo & Sons"),
    ("Theo", "Okafor", "theo.okafor@example.com", "Meadow Ltd"),
    ("Inês", "Duarte", "ines.duarte@example.com", "River Harvest"),
    ("Jakob", "Sørensen", "jakob.sorensen@example.com", "Fjord Freight"),
    ("Priya", "Raman", "priya.raman@example.com", "Raman Design"),
)


def add_seed_data(backend: Backend) -> None:
    """Add folders, contacts, templates, documents in many states, library items and products."""
    with backend.clock.set_back(_BEGIN):
        for first, last, email, company in _PEOPLE:
            contact = contact_for(backend, {"email": email, "first_name": first, "last_name": last})
            contact["company"] = company
        contracts, proposals = (_folder(backend, "document_folders", name) for name in ("Contracts", "Proposals"))
        shelf = _folder(backend, "template_folders", "Ready to use")
        _order_form(backend, shelf)
        agreement, proposal, offer = _templates(backend, shelf)
        _documents(backend, (agreement, proposal, offer), contracts, proposals)
        for name in ("Company profile", "Terms of payment"):
            make_item(backend, name, status="cli.PROCESSED", texts=[{"name": name}])
        for title, sku, price in (("Bamboo, 1 t", "BB-1", 120), ("Crate of apples", "AP-12", 18.5), ("Tea", "T-7", 9)):
            _product(backend, title, sku, price)


def _order_form(backend: Backend, folder: str) -> None:
    """Add a template with the names that the examples of the API's documentation use."""
    rows = [{"data": {"name": "Panda plush", "price": 12, "qty": 1}}]
    make_template(
        backend,
        "Order form",
        roles=("user",),
        fields=(
            ("Favorite.Color", "text", "user"),
            ("Delivery", "dropdown", "user"),
            ("Like", "checkbox", "user"),
            ("Date", "date", "user"),
            ("Signature", "signature", "user"),
        ),
        tokens=[{"name": "Favorite.Pet", "value": ""}],
        pricing_tables=quotes.make_tables(
            backend, [{"name": "Pricing Table 1", "sections": [{"title": "Sample section", "rows": rows}]}]
        ),
        images=[{"name": "Image 1", "block_uuid": backend.new_uuid(), "urls": []}],
        content_placeholders=[{"uuid": backend.new_uuid(), "block_id": "Content Placeholder Block 1"}],
        status="template.PROCESSED",
        folder_uuid=folder,
        shared=True,
    )


def _folder(backend: Backend, kind: str, name: str) -> str:
    folder = {"id": backend.new_id(), "name": name, "date_created": backend.stamp(), "parent": None}
    folder_id: str = backend[kind].add(folder)["id"]
    return folder_id


def _templates(backend: Backend, folder: str) -> tuple[Record, Record, Record]:
    # The last one made comes first in lists.
    common: dict[str, Any] = {"status": "template.PROCESSED", "folder_uuid": folder, "shared": True}
    offer = make_template(
        backend,
        "Job offer",
        roles=("Candidate",),
        fields=(("Start", "date", "Candidate"), ("Signature", "signature", "Candidate")),
        tags=["people"],
        **common,
    )
    rows = [
        {"data": {"name": "Bamboo, 1 t", "price": 120, "qty": 3}},
        {"data": {"name": "Delivery", "price": 40}},
    ]
    table = quotes.make_tables(backend, [{"name": "Prices", "sections": [{"title": "Goods", "rows": rows}]}])
    items = [{"name": "Advice", "qty": 2, "price": 95}]
    proposal = make_template(
        backend,
        "Sales proposal",
        roles=("Client", "Manager"),
        fields=(("Accept", "checkbox", "Client"), ("Signature", "signature", "Client"), ("Seal", "stamp", "Manager")),
        pricing_tables=table,
        quotes=[quotes.make_quote(backend, [{"name": "Services", "items": items}])],
        tags=["sales"],
        **common,
    )
    agreement = make_template(
        backend,
        "Non-disclosure agreement",
        roles=("Client",),
        fields=(("Company", "text", "Client"), ("Date", "date", "Client"), ("Signature", "signature", "Client")),
        tokens=[{"name": "Client.Company", "value": ""}],
        tags=["legal"],
        **common,
    )
    return agreement, proposal, offer


def _documents(backend: Backend, templates: tuple[Record, Record, Record], contracts: str, proposals: str) -> None:
    agreement, proposal, offer = templates
    plan: tuple[tuple[str, Record, str, int, str], ...] = (
        ("NDA with Bamboo & Sons", agreement, "completed", 0, contracts),
        ("NDA with Meadow Ltd", agreement, "viewed", 1, contracts),
        ("NDA with Fjord Freight", agreement, "sent", 3, contracts),
        ("Proposal for River Harvest", proposal, "sent", 2, proposals),
        ("Proposal for Raman Design", proposal, "declined", 4, proposals),
        ("Proposal for Meadow Ltd", proposal, "draft", 1, proposals),
        ("Offer to Priya Raman", offer, "voided", 4, contracts),
        ("Offer to Mei Lin", offer, "draft", 0, contracts),
    )
    for name, template, status, person, folder in plan:
        _document(backend, name, template, status, person, folder)


def _document(backend: Backend, name: str, template: Record, status: str, person: int, folder: str) -> None:
    first, last, email, _ = _PEOPLE[person]
    wanted = {"email": email, "first_name": first, "last_name": last, "role": template["roles"][0]["name"]}
    people = add_recipients(backend, [wanted])
    document = documents.create(
        backend,
        {
            "name": name,
            "recipients": people,
            "folder_uuid": folder,
            "template": {"id": template["id"], "name": template["name"]},
            "fields": fields.from_template(backend, template, people),
            "pricing_tables": quotes.copied(template["pricing_tables"]),
            "quotes": quotes.copied(template["quotes"]),
            "tags": list(template["tags"]),
            "sections": [{"uuid": backend.new_id(), "name": template["name"]}],
        },
    )
    document["settings"]["expires_in"] = _YEARS
    document_id = document["id"]
    _now(backend)
    if status == "draft":
        return
    documents.send(backend, document_id)
    if status == "viewed":
        documents.view(backend, document_id)
    elif status == "completed":
        documents.complete(backend, document_id)
    elif status == "declined":
        documents.decline(backend, document_id, "Too dear.")
    elif status == "voided":
        documents.set_status(backend, document_id, "document.voided", "The position was filled.")
    _now(backend)


def _now(backend: Backend) -> None:
    """Do at once what would be due in a moment."""
    for due in backend["due"]:
        if due["what"] in ("document.ready", "document.rendered"):
            backend["due"].edit(due["id"])["at"] = 0.0
    run_due(backend)


def _product(backend: Backend, title: str, sku: str, price: float) -> None:
    now = stamp(backend.now())
    backend["catalog"].add(
        {
            "id": backend.new_uuid(),
            "variant": backend.new_uuid(),
            "price_id": backend.new_uuid(),
            "title": title,
            "category_id": None,
            "type": "regular",
            "sku": sku,
            "description": None,
            "images": [],
            "custom_fields": [],
            "bundle_items": [],
            "price": {"currency": "USD", "price": price, "billing_type": "one_time", "pricing_method": 0},
            "date_created": now,
            "date_modified": now,
        }
    )
