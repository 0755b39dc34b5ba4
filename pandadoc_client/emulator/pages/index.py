"""What the emulator says of itself, as data and as the end of its page."""

from __future__ import annotations

import shlex
from html import escape
from typing import Any

from ..context import Context
from ..journal import TOKEN_PATH
from .layout import table

__all__ = ["description", "prefers_json", "settings"]


def description(context: Context, *, reveal: bool) -> dict[str, Any]:
    """Return what the index page says, as data. Made-up secrets are shown only if `reveal`."""
    options, first = context.options, context.options.clients[0]
    settings = {
        "PANDADOC_HOST": context.url,
        "PANDADOC_CLIENT_ID": first.client_id,
        "PANDADOC_CLIENT_SECRET": first.client_secret,
        "PANDADOC_REDIRECT_URI": context.announced_redirect_uri(first),
    }
    if options.api_keys:
        settings["PANDADOC_API_KEY"] = options.api_keys[0]
    return {
        "name": "PandaDoc emulator",
        "url": context.url,
        "endpoints": {
            "authorize": f"{context.url}/oauth2/authorize",
            "token": f"{context.url}{TOKEN_PATH}",
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


def settings(data: dict[str, Any]) -> str:
    """Return the result of `description` as HTML."""
    endpoints = "\n".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd><code>{escape(url)}</code></dd>"
        for name, url in data["endpoints"].items()
        if url
    )
    rows = [
        (
            f"<code>{escape(client['client_id'])}</code>",
            f"<code>{escape(client['client_secret'] or 'hidden')}</code>",
            escape(client["redirect_uri"] or "any on loopback"),
        )
        for client in data["clients"]
    ]
    exports = "\n".join(f"export {name}={shlex.quote(value)}" for name, value in data["settings"].items())
    paste = f'<h3>Settings to paste</h3>\n<pre tabindex="0">{escape(exports)}</pre>\n' if exports else ""
    return f"""<section class="panel" aria-labelledby="settings">
<h2 id="settings">Settings</h2>
{paste}<h3>Endpoints</h3>
<dl>
{endpoints}
</dl>
<h3>Clients</h3>
{table(("Client ID", "Secret", "Redirect URI"), rows)}
<h3>Tokens</h3>
<dl>
<dt>Rotation of refresh tokens</dt><dd>{escape(data["rotation"])}</dd>
<dt>Lifetime of access tokens</dt><dd>{data["token_lifetime"]} seconds</dd>
</dl>
</section>"""


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
