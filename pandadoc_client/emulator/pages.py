"""The HTML that people see: every value escaped, nothing loaded from elsewhere, all of it usable by keyboard."""

from __future__ import annotations

import hashlib
import shlex
from base64 import b64encode
from html import escape
from typing import Any

from starlette.responses import HTMLResponse, Response

from .context import Context
from .redirects import csp_source

__all__ = ["callback_page", "consent_page", "description", "error_page", "index_page", "page", "prefers_json"]

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: 1.5rem; color: #1b1f23; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: #f3f4f6; padding: 1rem; white-space: pre-wrap; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem 0; }
table form { display: inline; } table button { padding: .1rem .6rem; margin: 0; }
table { border-collapse: collapse; } th, td { border: 1px solid #8c959f; padding: .3rem .6rem; text-align: left; }
button { font: inherit; padding: .6rem 1.4rem; margin-right: .5rem; border: 2px solid #0b5c2e; border-radius: .3rem;
  background: #fff; color: #0b5c2e; cursor: pointer; }
button[value=approve] { background: #0b5c2e; color: #fff; }
:focus-visible { outline: 3px solid #0969da; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  body { background: #14181c; color: #e6edf3; } pre { background: #22272e; } a { color: #6cb6ff; }
  button { background: #14181c; color: #7ee2a8; border-color: #7ee2a8; }
  button[value=approve] { background: #7ee2a8; color: #14181c; }
}
"""


def page(title: str, content: str, *, status: int = 200, form_action: str = "'none'", script: str = "") -> HTMLResponse:
    """Return a page.

    Args:
        title: Text.
        content: HTML.
        status: The status code.
        form_action: Where its forms may be sent to, as a source of the content security policy.
        script: What runs in it; it may fetch from the emulator.
    """
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action {form_action}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    if script:
        digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'; connect-src 'self'"
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",  # the address of the callback page holds a code
        "X-Content-Type-Options": "nosniff",
    }
    # The empty icon keeps browsers from asking for /favicon.ico, which would show up in the journal.
    html = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} - PandaDoc emulator</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{content}
</main>
{f"<script>{script}</script>" if script else ""}
</body>
</html>
"""
    return HTMLResponse(html, status, headers)


def error_page(message: str) -> Response:
    """A mistake that must not be answered by a redirect (RFC 6749 §4.1.2.1): status 400."""
    return page(
        "This authorization request cannot be answered",
        f'<p role="alert">{escape(message)}</p>\n'
        "<p>Nothing was sent to the application, because its address is not certain.</p>",
        status=400,
    )


def consent_page(client_id: str, redirect_uri: str, scope: str, query: str) -> Response:
    """Ask a person to approve or deny; the form posts to the same URL, so that no parameter is altered on the way."""
    rights = " and ".join(scope.split("+"))
    return page(
        "Allow this application?",
        f"""<p>An application asks for access to the documents of a made-up PandaDoc account.</p>
<dl>
<dt>Application</dt><dd><code>{escape(client_id)}</code></dd>
<dt>Wants to</dt><dd>{escape(rights)}</dd>
<dt>Answer goes to</dt><dd><code>{escape(redirect_uri)}</code></dd>
</dl>
<form method="post" action="/oauth2/authorize?{escape(query)}">
<button type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>""",
        # Chromium holds the redirect that follows a form against form-action as well.
        form_action=f"'self' {csp_source(redirect_uri)}",
    )


def callback_page(parameters: dict[str, str]) -> Response:
    """Show what a redirect brought, for applications that have no callback of their own yet."""
    rows = "\n".join(
        f"<dt>{name}</dt><dd><code>{escape(parameters[name]) or '(empty)'}</code></dd>"
        for name in ("code", "error", "error_description", "state")
        if name in parameters
    )
    title = "Access was granted" if "code" in parameters else "Access was not granted"
    note = "<p>Exchange the code within ten minutes; it works once.</p>" if "code" in parameters else ""
    return page(title, f"<dl>\n{rows}\n</dl>\n{note}")


def description(context: Context, *, reveal: bool) -> dict[str, Any]:
    """Return what the index page says, as data. Made-up secrets are shown only if `reveal`."""
    options, first = context.options, context.options.clients[0]
    settings = {
        "PANDADOC_HOST": context.url,
        "PANDADOC_CLIENT_ID": first.client_id,
        "PANDADOC_CLIENT_SECRET": first.client_secret,
        "PANDADOC_REDIRECT_URI": context.redirect_uri(first),
    }
    if options.api_keys:
        settings["PANDADOC_API_KEY"] = options.api_keys[0]
    return {
        "name": "PandaDoc emulator",
        "url": context.url,
        "endpoints": {
            "authorize": f"{context.url}/oauth2/authorize",
            "token": f"{context.url}/oauth2/access_token",
            "current_member": f"{context.url}/public/v1/members/current",
            "control": f"{context.url}/_emulator/" if context.loopback else None,
        },
        "clients": [
            {
                "client_id": client.client_id,
                "client_secret": client.client_secret if reveal else None,
                "redirect_uri": client.redirect_uri,
            }
            for client in options.clients
        ],
        "mode": options.mode.value,
        "rotation": options.rotation.value,
        "token_lifetime": options.token_lifetime,
        "settings": settings if reveal else {},
    }


def index_page(data: dict[str, Any], live: str = "", script: str = "") -> Response:
    """Show the result of `description`.

    Args:
        data: The result.
        live: HTML that goes before the settings.
        script: What keeps it live.
    """
    endpoints = "\n".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd><code>{escape(url)}</code></dd>"
        for name, url in data["endpoints"].items()
        if url
    )
    clients = "\n".join(
        f"<tr><td><code>{escape(client['client_id'])}</code></td>"
        f"<td><code>{escape(client['client_secret'] or 'hidden')}</code></td>"
        f"<td>{escape(client['redirect_uri'] or 'any on loopback')}</td></tr>"
        for client in data["clients"]
    )
    exports = "\n".join(f"export {name}={shlex.quote(value)}" for name, value in data["settings"].items())
    settings = f"<h2>Settings to paste</h2>\n<pre>{escape(exports)}</pre>" if exports else ""
    response = page(
        "PandaDoc emulator",
        f"""<p>A stand-in for PandaDoc on this machine. Nothing here reaches the real service.</p>
{live}
{settings}
<h2>Endpoints</h2>
<dl>
{endpoints}
</dl>
<h2>Clients</h2>
<table>
<thead><tr><th scope="col">ID</th><th scope="col">Secret</th><th scope="col">Redirect URI</th></tr></thead>
<tbody>
{clients}
</tbody>
</table>
<h2>Tokens</h2>
<dl>
<dt>Rotation of refresh tokens</dt><dd>{escape(data["rotation"])}</dd>
<dt>Lifetime of access tokens</dt><dd>{data["token_lifetime"]} seconds</dd>
</dl>""",
        form_action="'self'" if live else "'none'",
        script=script,
    )
    if live:
        response.headers["Referrer-Policy"] = "same-origin"  # without one, browsers send forms with `Origin: null`
    return response


def prefers_json(accept: str) -> bool:
    """Tell whether an `Accept` header ranks JSON above HTML (RFC 9110 §12.5.1); a tie goes to HTML."""
    return _quality(accept, "application", "json") > _quality(accept, "text", "html")


def _quality(accept: str, main: str, sub: str) -> float:
    best = (-1, 0.0)  # how specific the range is, and its weight: the most specific one decides
    for item in accept.split(","):
        media_range, *parameters = (part.strip().lower() for part in item.split(";"))
        ranks = {"*/*": 0, f"{main}/*": 1, f"{main}/{sub}": 2}
        if media_range in ranks:
            weights = [part[2:] for part in parameters if part.startswith("q=")]
            best = max(best, (ranks[media_range], _weight(weights[0]) if weights else 1.0))
    return best[1]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
