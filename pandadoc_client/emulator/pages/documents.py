"""The page of one document: people, fields, prices, the PDF, and all that happened to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from ..context import Context
from ..journal import JournalEntry
from ..service.core import Service
from .dashboard import actions, delivery_rows, request_rows, status_badge
from .layout import person, table

__all__ = ["document_content", "prices"]

_ROWS = 50


def document_content(context: Context, service: Service, document_id: str) -> str:
    """Return what the page of a document shows, as HTML.

    Raises:
        Refusal: 404, there is none.
    """
    document = service.document(document_id)
    address = f"/_emulator/pages/documents/{escape(document_id)}"
    requests = [entry for entry in reversed(context.journal.entries) if _is_about(entry, document_id)]
    deliveries = [one for one in reversed(service.deliveries()) if _names(one, document_id)]
    # The PDF is loaded again when the document has changed, and only then.
    pdf = f"{address}/pdf?of={escape(document['date_modified'])}"
    total = document["grand_total"]
    return f"""<p><a id="back" href="/">All documents</a></p>
<p id="connection" role="alert"></p>
<p id="result" role="status" class="visually-hidden"></p>
<div id="document" hx-get="{address}" hx-trigger="every 1s" hx-target="#document"
 hx-select="#document" hx-swap="outerMorph">
<section class="panel" aria-label="Summary">
<div id="link-{escape(document_id)}" class="actions" tabindex="-1">{status_badge(document["status"])}
 {actions(document, target="#document", back=f"/documents/{document_id}")}</div>
<dl>
<dt>ID</dt><dd><code>{escape(document_id)}</code></dd>
<dt>Reference</dt><dd>{escape(document["ref_number"])}</dd>
<dt>Created</dt><dd><time>{escape(document["date_created"])}</time></dd>
<dt>Total</dt><dd>{escape(total["amount"])} {escape(total["currency"])}</dd>
</dl>
</section>
{_section("Recipients", _recipients(document))}
{_section("Fields", _fields(document))}
{_section("Prices", prices(document) or '<p class="quiet">None.</p>')}
{_section("Timeline", _timeline(service.audit_trail(document_id), deliveries, requests))}
{_section("Webhooks", delivery_rows(deliveries[:_ROWS], "Webhooks"))}
{_section("Requests", request_rows(requests[:_ROWS], "Requests"))}
<section class="panel" aria-labelledby="pdf"><h2 id="pdf">PDF</h2>
<p><a href="{pdf}">Open the PDF</a></p>
<object class="pdf" type="application/pdf" data="{pdf}" aria-label="The document as a PDF"></object>
</section>
</div>
<aside id="detail" aria-label="Details"></aside>"""


def _section(title: str, content: str) -> str:
    return f'<section class="panel" aria-label="{title}"><h2>{title}</h2>\n{content}\n</section>'


def _is_about(entry: JournalEntry, document_id: str) -> bool:
    """Tell whether a call of the API names a document, or made it."""
    if not entry.path.startswith("/public/"):
        return False
    made = entry.method == "POST" and entry.status == 201 and document_id.encode() in entry.response_body
    return made or document_id in entry.path.split("/")


def _names(delivery: dict[str, Any], document_id: str) -> bool:
    items = json.loads(delivery["body"])
    return any(
        document_id in (one["data"].get("id"), (one["data"].get("document") or {}).get("id"))
        for one in items
        if isinstance(one.get("data"), dict)
    )


def _recipients(document: dict[str, Any]) -> str:
    rows = [
        (
            escape(person(one)),
            escape(one.get("email") or one.get("phone") or ""),
            escape(one["role"] or one["recipient_type"]),
            escape("" if one["signing_order"] is None else str(one["signing_order"])),
            "signed" if one["has_completed"] else "",
            _links(one),
        )
        for one in document["recipients"]
    ]
    return table(("Name", "Address", "Role", "Order", "State", "Page"), rows, name="Recipients")


def _links(recipient: dict[str, Any]) -> str:
    links = [recipient.get("shared_link")] + [member["shared_link"] for member in recipient.get("members", ())[:1]]
    paths = [urlsplit(link).path for link in links if link]
    return " ".join(f'<a href="{escape(path)}">Open as {escape(person(recipient))}</a>' for path in paths)


def _fields(document: dict[str, Any]) -> str:
    rows = [
        (
            escape(field["name"]),
            escape(field["type"]),
            escape(person(field["assigned_to"]) if "assigned_to" in field else ""),
            escape(_value(field)),
        )
        for field in document["fields"]
    ]
    return table(("Name", "Kind", "Of", "Value"), rows, name="Fields", empty="None.")


def _value(field: dict[str, Any]) -> str:
    value = field.get("value")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value:
        return value
    return "filled in" if field["is_filled"] else ""


def prices(document: dict[str, Any]) -> str:
    """Return the pricing tables and quotes of a document with their totals, as HTML; nothing where there are none."""
    pricing = document["pricing"]
    parts = [_prices(one.get("name") or "Prices", one["items"], one, "subtotal") for one in pricing.get("tables", ())]
    for quote in pricing.get("quotes", ()):
        for section in quote["sections"]:
            parts.append(_prices(section["name"] or "Quote", section["items"], section, "total"))
    if not parts:
        return ""
    total = document["grand_total"]
    return f"{''.join(parts)}<p><strong>Total: {escape(total['amount'])} {escape(total['currency'])}</strong></p>"


def _prices(name: str, items: Iterable[dict[str, Any]], source: dict[str, Any], total: str) -> str:
    rows = [
        (
            escape(str(item.get("name") or "")),
            escape(str(item.get("qty") or "")),
            escape(str(item.get("price") or "")),
            escape(str(item.get(total) or "")),
        )
        for item in items
    ]
    summary = source.get("summary") or {}
    sums = "".join(
        f"<dt>{escape(key)}</dt><dd>{escape(str(summary[key]))}</dd>"
        for key in ("subtotal", "discount", "tax", "fee", "total")
        if summary.get(key) not in (None, "0")
    )
    heads = ("Item", "Quantity", "Price", "Sum")
    return f'<h3>{escape(name)}</h3>\n{table(heads, rows, name=name)}\n<dl class="sums">{sums}</dl>\n'


def _timeline(
    trail: Sequence[dict[str, Any]], deliveries: Sequence[dict[str, Any]], requests: Sequence[JournalEntry]
) -> str:
    """Return audit trail, attempts of deliveries and requests in one list, the latest first."""
    moments = [
        (one["date_created"], "document", ": ".join(filter(None, (one["action"], one["reason"])))) for one in trail
    ]
    for one in deliveries:
        moments += [
            (attempt["time"], "webhook", f"{one['trigger']}: {attempt['status'] or attempt['error']}")
            for attempt in one["attempts"]
        ]
    moments += [
        (
            entry.received_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "request",
            f"{entry.method} {entry.shown_path}: {entry.status or 'no response'}",
        )
        for entry in requests
    ]
    items = "\n".join(
        f"<li><time>{escape(time[:23].replace('T', ' '))}</time>"
        f' <span class="badge calm">{kind}</span> {escape(text)}</li>'
        for time, kind, text in sorted(moments, reverse=True)[: 2 * _ROWS]
    )
    return f'<ol class="timeline">{items}</ol>'
