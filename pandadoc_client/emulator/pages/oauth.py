"""The pages of the authorization: consent, what a redirect brought, mistakes that must not be redirected."""

from __future__ import annotations

from html import escape

from starlette.responses import Response

from ..redirects import csp_source
from .layout import page

__all__ = ["callback_page", "consent_page", "error_page"]


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
