"""The page on which a recipient reads a document, fills in their fields, signs, declines or passes it on."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ..service.signing import is_required
from .documents import prices
from .layout import person, short, table

__all__ = ["gone", "recipient_content"]

_LOADED, _COMPLETED, _EXCEPTION = (f"session_view.document.{name}" for name in ("loaded", "completed", "exception"))


def recipient_content(
    seen: dict[str, Any],
    address: str,
    *,
    message: str = "",
    problems: Mapping[str, str] | None = None,
    entered: Mapping[str, str] | None = None,
    done: str = "",
) -> str:
    """Return what a recipient sees, as HTML.

    Args:
        seen: The result of `Service.signing`.
        address: The path of the page.
        message: What became of the last action.
        problems: What is wrong with an entry, by the name of its input.
        entered: What was entered, to be shown again.
        done: The last action, if it was carried out: `view`, `sign` or `decline`.
    """
    document, recipient = seen["document"], seen["recipient"]
    told = _LOADED
    if done == "sign":
        told = _COMPLETED
    elif message and not done and not problems:
        told = _EXCEPTION
    focus = " autofocus" if message and not problems else ""
    forms = ""
    if seen["open"] and seen["may_sign"] and not seen["waiting_for"]:
        forms = _forms(seen, address, problems or {}, entered or {})
    elif seen["open"] and document["status"] == "document.sent":
        forms = _read(address)
    return f"""<div id="signing" data-message="{told}" data-uuid="{escape(document["id"])}">
<p id="result" class="result" role="status" tabindex="-1"{focus}>{escape(message)}</p>
<section class="panel" aria-label="Document">
<p>You see this as <strong>{escape(person(recipient))}</strong>{_address(recipient)}. {escape(_state(seen))}</p>
{_turn(seen)}
{prices(document)}
{_filled(seen) if not forms else ""}
</section>
{forms}
</div>"""


def gone(message: str, document_id: str = "") -> str:
    """Return what stands in the place of a document that is not to be seen any more, as HTML."""
    return f"""<div id="signing" data-message="{_EXCEPTION}" data-uuid="{escape(document_id)}">
<p id="result" class="result" role="status" tabindex="-1" autofocus>{escape(message)}</p>
</div>"""


def _address(recipient: dict[str, Any]) -> str:
    address = recipient.get("email") or recipient.get("phone")
    return f" ({escape(address)})" if address and address != person(recipient) else ""


def _state(seen: dict[str, Any]) -> str:
    signed = " You have signed it." if seen["recipient"]["has_completed"] else ""
    return f"The document is {short(seen['document']['status'])}.{signed}"


def _turn(seen: dict[str, Any]) -> str:
    if not (seen["open"] and seen["waiting_for"]):
        return ""
    name = person(seen["waiting_for"])
    return f"<p>It is not your turn yet: the document waits for <strong>{escape(name)}</strong>.</p>"


def _filled(seen: dict[str, Any]) -> str:
    rows = [(escape(field["name"]), escape(_text(field))) for field in seen["fields"]]
    return f"<h2>Your fields</h2>\n{table(('Name', 'Value'), rows, name='Your fields')}" if rows else ""


def _text(field: dict[str, Any]) -> str:
    value = field["value"]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field["type"] == "date":
        return str(value)[:10]
    return field.get("signed_as") or (value if isinstance(value, str) else "") or ("done" if field["filled"] else "")


def _forms(seen: dict[str, Any], address: str, problems: Mapping[str, str], entered: Mapping[str, str]) -> str:
    first = next((field["uuid"] for field in seen["fields"] if field["uuid"] in problems), None)
    fields = "\n".join(
        _field(field, entered.get(field["uuid"]), problems.get(field["uuid"]), focus=field["uuid"] == first)
        for field in seen["fields"]
    )
    to = _to(address)
    read = _read(address) if seen["document"]["status"] == "document.sent" else ""
    email = problems.get("email")
    focus = " autofocus" if email else ""
    delegation = f"""<details class="panel" id="delegation"{" open" if email else ""}>
<summary>Let somebody else sign</summary>
<form {to} novalidate>
<div class="field"><label for="delegate-name">Their name</label>
<input id="delegate-name" name="name" autocomplete="off" value="{escape(entered.get("name", ""))}"></div>
<div class="field"><label for="delegate-email">Their e-mail address</label>
<input id="delegate-email" name="email" type="email" autocomplete="off" required
 value="{escape(entered.get("email", ""))}"{focus}{_described("email", email)}>{_problem("email", email)}</div>
<button type="submit" name="action" value="delegate">Pass it on</button>
</form>
</details>"""
    if "email" not in seen["recipient"] or seen["recipient"]["type"] == "recipient_group":
        delegation = ""
    return f"""<form class="panel" {to} novalidate aria-label="Sign">
{"<h2>Your fields</h2>" if fields else ""}
{fields}
<button type="submit" name="action" value="sign" class="main">Sign</button>
</form>
{read}
<details class="panel" id="refusing">
<summary>Decline</summary>
<form {to}>
<div class="field"><label for="reason">Why do you decline?</label>
<textarea id="reason" name="reason" rows="3"></textarea></div>
<button type="submit" name="action" value="decline">Decline the document</button>
</form>
</details>
{delegation}"""


def _read(address: str) -> str:
    return f"""<form class="panel" {_to(address)}>
<button type="submit" name="action" value="view">I have read it</button>
</form>"""


def _to(address: str) -> str:
    address = escape(address)
    return f'method="post" action="{address}" hx-post="{address}" hx-target="#signing" hx-swap="outerMorph"'


def _field(field: dict[str, Any], entered: str | None, problem: str | None, *, focus: bool) -> str:
    name, kind, required = escape(field["uuid"]), field["type"], is_required(field)
    value = field["value"]
    text = entered if entered is not None else value if isinstance(value, str) else ""
    title = escape(field["name"])
    common = f'id="{name}" name="{name}"{" required" if required else ""}{_described(name, problem)}'
    common += " autofocus" if focus else ""
    mark = "" if required else ' <span class="quiet">(optional)</span>'
    error = _problem(name, problem)
    if kind == "checkbox":
        ticked = " checked" if entered or (entered is None and value is True) else ""
        return (
            f'<div class="field"><label class="tick"><input type="checkbox" {common} value="on"{ticked}> {title}{mark}'
            f"</label>{error}</div>"
        )
    label = f'<label for="{name}">{title}{mark}</label>'
    if kind in ("dropdown", "radio_buttons") and field.get("options"):
        options = "".join(
            f'<option value="{escape(one)}"{" selected" if one == text else ""}>{escape(one or "Choose…")}</option>'
            for one in ["", *field["options"]]
        )
        return f'<div class="field">{label}<select {common}>{options}</select>{error}</div>'
    if kind in ("signature", "initials"):
        hint = "Type your name" if kind == "signature" else "Type your initials"
        return (
            f'<div class="field">{label}<input class="signature" {common} value="{escape(text)}" placeholder="{hint}"'
            f' autocomplete="{"name" if kind == "signature" else "off"}">{error}</div>'
        )
    if kind in ("text", "date", "dropdown", "radio_buttons"):
        shown = text[:10] if kind == "date" else text
        form = "date" if kind == "date" else "text"
        return f'<div class="field">{label}<input type="{form}" {common} value="{escape(shown)}">{error}</div>'
    return f'<p class="quiet">{title} ({escape(kind.replace("_", " "))}) is filled in when you sign.</p>'


def _described(name: str, problem: str | None) -> str:
    return f' aria-invalid="true" aria-describedby="problem-{name}"' if problem else ""


def _problem(name: str, problem: str | None) -> str:
    return f'<p class="problem" id="problem-{name}">{escape(problem)}</p>' if problem else ""
