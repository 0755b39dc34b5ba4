"""What the page shows of documents, deliveries and requests, and what people do there: view, sign, decline.

Forms go to the control surface, and to the pages of recipients; each needs a page of this machine (`Context.trusts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from starlette.responses import Response

from .context import Context
from .pages import page

__all__ = ["SCRIPT", "document_page", "live", "no_document_page", "recipient_page"]

_ROWS = 50

SCRIPT = """
const live = document.getElementById("live");
let shown = live.innerHTML;
async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/_emulator/dashboard", {headers: {Accept: "text/html"}});
      const html = answer.ok ? await answer.text() : shown;
      const active = document.activeElement;
      if (html !== shown) {
        const id = live.contains(active) ? active.id : "";
        live.innerHTML = shown = html;
        if (id) document.getElementById(id)?.focus();
      }
      document.getElementById("connection").textContent = "";
    } catch {
      document.getElementById("connection").textContent = "The emulator does not answer.";
    }
  }
  setTimeout(refresh, 1000);
}
refresh();
"""
"""Keeps `live` up to date, and the focus where it was."""


def live(context: Context) -> str:
    """Return the tables of documents, deliveries and requests, as HTML."""
    return "\n".join([*_of_service(context), _requests(context)])


def _of_service(context: Context) -> Iterable[str]:
    if context.service is None:
        return
    documents = context.service.documents(_ROWS)
    total = sum(not one["deleted"] for one in context.service.backend.documents)
    rows = [
        (
            f'<a id="link-{escape(one["id"])}" href="/documents/{escape(one["id"])}">{escape(one["name"])}</a>',
            escape(_short(one["status"])),
            escape(", ".join(_person(recipient) for recipient in one["recipients"])),
            _actions(one),
        )
        for one in documents
    ]
    yield _table("Documents", ("Name", "Status", "Recipients", "What you can do"), rows, total)
    deliveries = context.service.deliveries()[::-1]
    sent = [
        (
            escape(one["event_time"]),
            escape(one["trigger"]),
            f"<code>{escape(one['url'])}</code>",
            escape(one["state"]),
            escape(", ".join(str(item["status"] or item["error"]) for item in one["attempts"])),
        )
        for one in deliveries[:_ROWS]
    ]
    yield _table("Webhooks", ("Time", "Trigger", "To", "State", "Answers"), sent, len(deliveries))


def _requests(context: Context) -> str:
    entries = context.journal.entries[::-1]
    rows = [
        (
            escape(entry.received_at.isoformat(timespec="seconds")),
            f"<code>{escape(entry.method)} {escape(entry.shown_path)}</code>",
            escape(str(entry.status) if entry.status else "no response" if entry.finished else "in progress"),
            escape(entry.fault or ""),
        )
        for entry in entries[:_ROWS]
    ]
    return _table("Requests", ("Time", "Request", "Status", "Fault"), rows, len(entries))


def _table(title: str, names: Iterable[str], rows: Sequence[Sequence[str]], total: int) -> str:
    """Return a table of cells that are HTML."""
    if not rows:
        return f"<h2>{escape(title)}</h2>\n<p>None yet.</p>"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    note = f"<p>The latest {len(rows)} of {total}.</p>\n" if total > len(rows) else ""
    return (
        f"<h2>{escape(title)}</h2>\n{note}<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    )


def _short(status: str) -> str:
    return status.removeprefix("document.").replace("_", " ")


def _person(recipient: dict[str, Any]) -> str:
    name = recipient.get("name") or f"{recipient.get('first_name', '')} {recipient.get('last_name', '')}".strip()
    return name or recipient.get("email") or recipient.get("phone") or "somebody"


def _actions(document: dict[str, Any], back: str = "/") -> str:
    """Return the buttons for what can be done to a document in its state."""
    known = {
        "document.uploaded": (("process", "Make it ready"),),
        "document.draft": (("send", "Send"),),
        "document.sent": (("view", "View"), ("complete", "Complete"), ("decline", "Decline")),
        "document.viewed": (("complete", "Complete"), ("decline", "Decline")),
    }
    actions = list(known.get(document["status"], ()))
    if document["lock"]:
        actions.append(("unlock", "Unlock"))
    address = f"/_emulator/documents/{escape(document['id'])}"
    return " ".join(
        f'<form method="post" action="{address}/{action}"><input type="hidden" name="back" value="{escape(back)}">'
        f'<button id="{action}-{escape(document["id"])}" type="submit" '
        f'aria-label="{label}: {escape(document["name"])}">{label}</button></form>'
        for action, label in actions
    )


def document_page(document: dict[str, Any]) -> Response:
    """Show one document to the person who runs the emulator."""
    back = f"/documents/{document['id']}"
    rows = [
        (
            escape(_person(recipient)),
            escape(recipient["recipient_type"]),
            "signed" if recipient["has_completed"] else "",
            _links(recipient),
        )
        for recipient in document["recipients"]
    ]
    fields = [
        (escape(field["field_id"]), escape(field["type"]), escape(str(field.get("value") or "")))
        for field in document["fields"]
    ]
    people = _table("Recipients", ("Name", "Kind", "State", "Page"), rows, len(rows))
    values = _table("Fields", ("Name", "Kind", "Value"), fields, len(fields))
    return _with_forms(
        document["name"],
        f"""<p><a href="/">All documents</a></p>
<dl>
<dt>Status</dt><dd>{escape(_short(document["status"]))}</dd>
<dt>ID</dt><dd><code>{escape(document["id"])}</code></dd>
<dt>Created</dt><dd>{escape(document["date_created"])}</dd>
<dt>Reference</dt><dd>{escape(document["ref_number"])}</dd>
<dt>Total</dt><dd>{escape(document["grand_total"]["amount"])} {escape(document["grand_total"]["currency"])}</dd>
</dl>
{_actions(document, back)}
{people}
{values}""",
    )


def _links(recipient: dict[str, Any]) -> str:
    links = [recipient.get("shared_link")] + [member["shared_link"] for member in recipient.get("members", ())[:1]]
    paths = [link.partition("//")[2].partition("/")[2] for link in links if link]
    return " ".join(f'<a href="/{escape(path)}">Open as {escape(_person(recipient))}</a>' for path in paths)


def recipient_page(document: dict[str, Any], recipient: dict[str, Any]) -> Response:
    """Show a document to one recipient, who may sign or decline."""
    person = escape(_person(recipient))
    buttons = ""
    if document["status"] in ("document.sent", "document.viewed"):
        names = [("view", "I have read it")] if document["status"] == "document.sent" else []
        if not recipient["has_completed"] and recipient["recipient_type"] == "signer":
            names += [("sign", "Sign"), ("decline", "Decline")]
        buttons = "\n".join(
            f'<button type="submit" name="action" value="{action}">{label}</button>' for action, label in names
        )
    signed = " You have signed it." if recipient["has_completed"] else ""
    state = f"The document is {escape(_short(document['status']))}.{signed}"
    fields = [
        (escape(field["field_id"]), escape(field["type"]), escape(str(field.get("value") or "")))
        for field in document["fields"]
        if field.get("assigned_to", {}).get("id") == recipient["id"]
    ]
    return _with_forms(
        document["name"],
        f"""<p>You see this as <strong>{person}</strong>. {state}</p>
{_table("Your fields", ("Name", "Kind", "Value"), fields, len(fields))}
<form method="post">
{buttons}
</form>""",
    )


def no_document_page() -> Response:
    """Say that a link leads nowhere: status 404."""
    return page("There is no such document", "<p>The link is wrong, or its time is over.</p>", status=404)


def _with_forms(title: str, content: str) -> Response:
    response = page(title, content, form_action="'self'")
    response.headers["Referrer-Policy"] = "same-origin"  # without one, browsers send forms with `Origin: null`
    return response
