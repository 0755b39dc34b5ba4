"""What all pages share: the frame with its content security policy, tables, badges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

__all__ = ["STATIC", "badge", "page", "person", "short", "static", "table"]

STATIC = "/_emulator/static/"
"""Where the style and the scripts are."""
_TYPES = {"style.css": "text/css", "page.js": "text/javascript", "htmx.min.js": "text/javascript"}
# No evaluation of text as code, no history, no styles of its own: the policy would refuse them.
_HTMX = '{"includeIndicatorCSS": false, "history": false, "defaultSettleDelay": 0}'


def static(name: str) -> tuple[bytes, str] | None:
    """Return content and type of a static file; None if there is none of that name."""
    if name not in _TYPES:
        return None
    return (Path(__file__).parent / "static" / name).read_bytes(), f"{_TYPES[name]}; charset=utf-8"


def page(
    title: str,
    content: str,
    *,
    status: int = 200,
    form_action: str = "'none'",
    live: bool = False,
    framed: bool = False,
    wide: bool = False,
) -> HTMLResponse:
    """Return a page.

    Args:
        title: Text.
        content: HTML.
        status: The status code.
        form_action: Where its forms may be sent to, as a source of the content security policy.
        live: Load the scripts; they may fetch from the emulator, and show its PDFs.
        framed: Let other pages show it in a frame.
        wide: Use the whole width of the window.
    """
    policy = [
        "default-src 'none'",
        "style-src 'self'",
        "img-src data:",
        f"form-action {form_action}",
        "base-uri 'none'",
    ]
    if live:
        policy += ["script-src 'self'", "connect-src 'self'", "object-src 'self'", "frame-src 'self'"]
    if not framed:
        policy.append("frame-ancestors 'none'")
    headers = {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-store",
        # The address of the callback page holds a code. Without any referrer, browsers send forms with `Origin: null`.
        "Referrer-Policy": "same-origin" if live else "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    scripts = f"""<meta name="htmx-config" content="{escape(_HTMX)}">
<script src="{STATIC}htmx.min.js" defer></script>
<script src="{STATIC}page.js" defer></script>
"""
    # The empty icon keeps browsers from asking for /favicon.ico, which would show up in the journal.
    html = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} - PandaDoc emulator</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{STATIC}style.css">
{scripts if live else ""}</head>
<body{' class="wide"' if wide else ""}>
<main>
<h1>{escape(title)}</h1>
{content}
</main>
</body>
</html>
"""
    return HTMLResponse(html, status, headers)


def table(names: Iterable[str], rows: Sequence[Sequence[str]], *, name: str = "", empty: str = "None yet.") -> str:
    """Return a table of cells that are HTML.

    Args:
        names: The heads of the columns.
        rows: The cells.
        name: What the table is called where it is read out.
        empty: What stands in the place of a table without rows.
    """
    if not rows:
        return f'<p class="quiet">{escape(empty)}</p>'
    # The roles keep it a table where a narrow screen shows its rows as blocks.
    heads = list(names)
    head = "".join(f'<th scope="col" role="columnheader">{escape(one)}</th>' for one in heads)
    body = "\n".join(
        '<tr role="row">'
        + "".join(
            f'<td role="cell" data-label="{escape(one)}">{cell}</td>' for one, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    label = f' aria-label="{escape(name)}"' if name else ""
    return (
        f'<table role="table"{label}>\n<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{body}\n</tbody>\n</table>'
    )


def badge(text: str, kind: str) -> str:
    """Return a word on a ground of its own; *kind* is `good`, `bad`, `busy` or `calm`."""
    return f'<span class="badge {kind}">{escape(text)}</span>'


def short(status: str) -> str:
    """Return the status of a document in words."""
    return status.removeprefix("document.").replace("_", " ")


def person(recipient: dict[str, Any]) -> str:
    """Return what a recipient is called."""
    name = recipient.get("name") or f"{recipient.get('first_name') or ''} {recipient.get('last_name') or ''}".strip()
    return name or recipient.get("email") or recipient.get("phone") or "somebody"
