"""The dashboard: documents, requests and deliveries while they come, and the details of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..context import Context
from ..contract.secrets import mask_values
from ..journal import JournalEntry
from .curl import curl_command
from .layout import badge, person, short, table

__all__ = [
    "Filters",
    "actions",
    "content",
    "delivery_detail",
    "delivery_rows",
    "live",
    "request_detail",
    "request_rows",
    "status_badge",
]

_ROWS = 50
_SHOWN = 20_000  # characters of a body
_OWN = re.compile(r"/|/documents/[^/]+|/document/[^/]+|/s/[^/]+")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CLASSES = {"2": "2xx success", "3": "3xx redirect", "4": "4xx refused", "5": "5xx failed", "none": "no response"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the lists are narrowed to; an empty text narrows nothing.

    Attributes:
        method: Of requests.
        status: The first digit of the status, or `none`.
        path: Text within the path of a request, in any case.
        event: The event of a delivery.
        pages: `1` to show what the emulator's own pages asked for, too.
    """

    method: str = ""
    status: str = ""
    path: str = ""
    event: str = ""
    pages: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """Read them from the query of a page."""
        return cls(*(query.get(name, "") for name in ("method", "status", "path", "event", "pages")))

    def admit(self, entry: JournalEntry) -> bool:
        """Tell whether a request is shown."""
        if not self.pages and _is_own(entry):
            return False
        answered = str(entry.status or "none")
        return (
            self.method in ("", entry.method)
            and (not self.status or answered.startswith(self.status))
            and self.path.lower() in entry.path.lower()
        )


def _is_own(entry: JournalEntry) -> bool:
    """Tell whether a page of the emulator was asked for; one that was refused is of interest."""
    return (entry.status or 200) < 400 and _OWN.fullmatch(entry.path) is not None


def content(context: Context, filters: Filters) -> str:
    """Return all that moves with the form that filters it, as HTML."""
    options = [(one, one) for one in _METHODS]
    choices = _choice("method", "Method", options, filters.method)
    choices += _choice("status", "Status", list(_CLASSES.items()), filters.status)
    event = ""
    if context.service is not None:
        triggers = sorted({one["trigger"] for one in context.service.deliveries()} | {filters.event} - {""})
        event = _choice("event", "Event", [(one, one) for one in triggers], filters.event)
    return f"""<form id="filters" class="filters" role="search" aria-label="Filters" action="/" method="get"
 hx-get="/_emulator/dashboard" hx-trigger="every 1s, change, input delay:200ms" hx-target="#live" hx-swap="outerMorph">
<label class="grow">Path <input id="filter-path" type="search" name="path" value="{escape(filters.path)}"
 placeholder="/documents" autocomplete="off" spellcheck="false"></label>
{choices}{event}
<label class="tick"><input type="checkbox" name="pages" value="1"{" checked" if filters.pages else ""}>
 These pages, too</label>
<noscript><button type="submit">Filter</button></noscript>
</form>
<p id="connection" role="alert"></p>
<p id="result" role="status" class="visually-hidden"></p>
{live(context, filters)}
<aside id="detail" aria-label="Details"></aside>"""


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    items = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in [("", "any"), *options]
    )
    return f'<label>{escape(label)} <select id="filter-{name}" name="{name}">{items}</select></label>\n'


def live(context: Context, filters: Filters) -> str:
    """Return the lists of documents, requests and deliveries, as HTML."""
    entries = [entry for entry in reversed(context.journal.entries) if filters.admit(entry)]
    news = f"Requests: {len(entries)}." if entries else "No requests yet."
    if entries:
        news += f" The latest: {entries[0].method} {entries[0].shown_path}, {_outcome(entries[0])}."
    requests = _panel("Requests", request_rows(entries[:_ROWS], "Requests"), len(entries))
    parts = [requests]
    if context.service is not None:
        documents = context.service.documents(_ROWS)
        total = sum(not one["deleted"] for one in context.service.backend.documents)
        parts.append(_panel("Documents", _documents(documents), total))
        deliveries = [one for one in context.service.deliveries()[::-1] if filters.event in ("", one["trigger"])]
        parts.append(_panel("Webhooks", delivery_rows(deliveries[:_ROWS], "Webhooks"), len(deliveries)))
        if documents:
            latest = max(documents, key=lambda one: str(one["date_modified"]))
            news += f" Changed last: {latest['name']}, {short(latest['status'])}."
    return f"""<div id="live">
<p id="news" class="news" role="status">{escape(news)}</p>
{"".join(parts)}</div>"""


def _panel(title: str, rows: str, total: int) -> str:
    note = f' <small class="quiet">the latest {_ROWS} of {total}</small>' if total > _ROWS else ""
    name = title.lower()
    return f"""<section class="panel" id="panel-{name}" aria-labelledby="title-{name}">
<h2 id="title-{name}">{title}{note}</h2>
{rows}
</section>
"""


# -- documents --------------------------------------------------------------------------------------------------------


def _documents(documents: Sequence[dict[str, Any]]) -> str:
    rows = [
        (
            f'<a id="link-{escape(one["id"])}" href="/documents/{escape(one["id"])}">{escape(one["name"])}</a>',
            status_badge(one["status"]),
            escape(", ".join(person(recipient) for recipient in one["recipients"])),
            actions(one, target="#live"),
        )
        for one in documents
    ]
    return table(("Name", "Status", "Recipients", "What you can do"), rows, name="Documents")


def status_badge(status: str) -> str:
    """Return the status of a document as a badge."""
    kinds = {
        "document.completed": "good",
        "document.paid": "good",
        "document.approved": "good",
        "document.declined": "bad",
        "document.rejected": "bad",
        "document.error": "bad",
        "document.voided": "bad",
        "document.draft": "calm",
    }
    return badge(short(status), kinds.get(status, "busy"))


def actions(document: dict[str, Any], *, target: str, back: str = "/") -> str:
    """Return the buttons for what can be done to a document in its state.

    Args:
        document: The document.
        target: The part of the page that shows the result, as a selector.
        back: The page, for browsers without scripts.
    """
    known = {
        "document.uploaded": (("process", "Make it ready"),),
        "document.draft": (("send", "Send"),),
        "document.sent": (("view", "View"), ("complete", "Complete"), ("decline", "Decline")),
        "document.viewed": (("complete", "Complete"), ("decline", "Decline")),
    }
    found = list(known.get(document["status"], ()))
    if document["lock"]:
        found.append(("unlock", "Unlock"))
    address = f"/_emulator/documents/{escape(document['id'])}"
    return " ".join(
        f'<form method="post" action="{address}/{action}" hx-post="{address}/{action}" hx-target="{target}"'
        f' hx-select="{target}" hx-swap="outerMorph" data-done="{label} is done: {escape(document["name"])}.">'
        f'<input type="hidden" name="back" value="{escape(back)}">'
        f'<button id="{action}-{escape(document["id"])}" type="submit" data-fallback="link-{escape(document["id"])}" '
        f'aria-label="{label}: {escape(document["name"])}">{label}</button></form>'
        for action, label in found
    )


# -- requests ---------------------------------------------------------------------------------------------------------


def request_rows(entries: Sequence[JournalEntry], name: str) -> str:
    """Return a table of requests, each with a link to its details."""
    rows = [
        (
            f"<time>{entry.received_at.isoformat(timespec='milliseconds')[11:23]}</time>",
            _link(f"/_emulator/requests/{entry.sequence}", f"request-{entry.sequence}", _request_name(entry))
            + (f'<span class="reason">{escape(_cut(entry.reason, 300))}</span>' if entry.reason else ""),
            _outcome_badge(entry),
        )
        for entry in entries
    ]
    return table(("Time", "Request", "Status"), rows, name=name)


def _request_name(entry: JournalEntry) -> str:
    query = f"?{entry.shown_query}" if entry.query else ""
    return f"<strong>{escape(entry.method)}</strong> {escape(_cut(entry.shown_path + query, 200))}"


def _outcome(entry: JournalEntry) -> str:
    return str(entry.status) if entry.status else "no response" if entry.finished else "in progress"


def _outcome_badge(entry: JournalEntry) -> str:
    kind = "busy" if not entry.finished else "bad" if (entry.status or 500) >= 400 else "good"
    fault = f' <span class="quiet">{escape(entry.fault)}</span>' if entry.fault else ""
    return badge(_outcome(entry), kind) + fault


def request_detail(entry: JournalEntry, base_url: str) -> str:
    """Return one request with all that is known of it, as HTML."""
    data = entry.to_dict()
    time = entry.received_at.isoformat(sep=" ", timespec="milliseconds")[:23]
    reason = entry.reason or (f"The fault {entry.fault} was asked for." if entry.fault else None)
    curl = f"curl-{entry.sequence}"
    return f"""{_head(_request_name(entry))}
<p>{_outcome_badge(entry)} <time>{time} UTC</time></p>
{f'<p class="refusal"><strong>Why it was refused:</strong> {escape(reason)}</p>' if reason else ""}
<h3>Request body</h3>
{_body(entry.shown_body)}
<h3>Response body</h3>
{_body(entry.shown_response_body)}
<details><summary>Headers of the request</summary>{_headers(data["headers"])}</details>
<details><summary>Headers of the response</summary>{_headers(entry.shown_response_headers)}</details>
<h3>As a command</h3>
<pre id="{curl}" tabindex="0">{escape(curl_command(entry, base_url))}</pre>
<p><button type="button" data-copy="{curl}">Copy as curl</button></p>"""


def _headers(headers: Sequence[Sequence[str]]) -> str:
    return f'<pre tabindex="0">{escape(chr(10).join(f"{name}: {value}" for name, value in headers))}</pre>'


# -- deliveries -------------------------------------------------------------------------------------------------------


def delivery_rows(deliveries: Sequence[dict[str, Any]], name: str) -> str:
    """Return a table of deliveries, each with a link to its details."""
    rows = [
        (
            f"<time>{escape(one['event_time'][11:23])}</time>",
            _link(
                f"/_emulator/deliveries/{one['id']}",
                f"delivery-{one['id']}",
                f"<strong>{escape(one['trigger'])}</strong>",
            )
            + f' <span class="quiet">{escape(_cut(one["url"], 120))}</span>',
            _state_badge(one),
            escape(", ".join(str(item["status"] or item["error"]) for item in one["attempts"])),
        )
        for one in deliveries
    ]
    return table(("Time", "Event", "State", "Answers"), rows, name=name)


def _state_badge(delivery: dict[str, Any]) -> str:
    kinds = {"delivered": "good", "pending": "busy"}
    return badge(delivery["state"], kinds.get(delivery["state"], "bad"))


def delivery_detail(delivery: dict[str, Any]) -> str:
    """Return one delivery with its payload, signature and attempts, as HTML."""
    address = f"/_emulator/deliveries/{escape(delivery['id'])}"
    attempts = [
        (f"<time>{escape(item['time'])}</time>", escape(str(item["status"] or "")), escape(item["error"] or ""))
        for item in delivery["attempts"]
    ]
    further = f"<dt>Next attempt</dt><dd>{escape(delivery['next_attempt'])}</dd>" if delivery["next_attempt"] else ""
    signature = escape(delivery["signature"]) or "made when it is sent"
    payload = json.dumps(mask_values(json.loads(delivery["body"])), indent=2, ensure_ascii=False)
    return f"""<div id="delivery" hx-get="{address}" hx-trigger="every 1s" hx-swap="outerMorph" hx-select="#delivery">
{_head(f"<strong>{escape(delivery['trigger'])}</strong>")}
<p>{_state_badge(delivery)} <time>{escape(delivery["event_time"])}</time></p>
<form method="post" action="{address}/send-again" hx-post="{address}/send-again" hx-target="#delivery"
 hx-select="#delivery" hx-swap="outerMorph" data-done="The delivery is sent again.">
<input type="hidden" name="back" value="{address}">
<button id="send-again" type="submit">Send again</button></form>
<dl>
<dt>Event ID</dt><dd><code>{escape(delivery["id"])}</code></dd>
<dt>To</dt><dd><code>{escape(delivery["url"])}</code></dd>
<dt>Signature</dt><dd><code>{signature}</code></dd>
{further}
</dl>
<h3>Attempts</h3>
{table(("Time", "Status", "Error"), attempts, name="Attempts")}
<h3>Payload</h3>
{_body(payload)}
</div>"""


# -- what both have -----------------------------------------------------------------------------------------------


def _link(address: str, name: str, label: str) -> str:
    """Return a link whose target is shown beside the list; without scripts it is a page of its own."""
    return (
        f'<a id="{escape(name)}" class="mono" href="{escape(address)}" hx-get="{escape(address)}" hx-target="#detail"'
        f' hx-swap="innerHTML">{label}</a>'
    )


def _head(label: str) -> str:
    return (
        '<div class="detail-head"><h2 class="mono" tabindex="-1">' + label + "</h2>"
        '<button type="button" data-close aria-label="Close the details">Close</button></div>'
    )


def _body(text: str) -> str:
    return f'<pre tabindex="0">{escape(_cut(text, _SHOWN))}</pre>' if text else '<p class="quiet">None.</p>'


def _cut(text: str | None, most: int) -> str:
    text = text or ""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most} more characters)"
