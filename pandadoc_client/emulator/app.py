"""Routes to handlers: the emulator as a Starlette application, without faults, journal or sockets."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import pages
from .admin import AdminEndpoints
from .admin_documents import ServiceAdminEndpoints
from .api import API_METHODS, ApiEndpoints
from .context import Context
from .journal import TOKEN_PATH
from .oauth import OAuthEndpoints

__all__ = ["create_app"]


def create_app(context: Context) -> Starlette:
    """Return the application for one emulator."""
    oauth, api, admin = OAuthEndpoints(context), ApiEndpoints(context), AdminEndpoints(context)

    async def callback(request: Request) -> Response:
        return pages.callback_page(dict(request.query_params))

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    routes = [
        *pages.PageEndpoints(context).routes,
        Route("/_emulator/health", health),
        Route("/callback", callback),
        Route("/oauth2/authorize", oauth.authorize, methods=["GET", "POST"]),
        Route(TOKEN_PATH, oauth.token, methods=["POST"]),
        Route("/public/{rest:path}", api.respond, methods=API_METHODS),
    ]
    if context.loopback:
        routes += [
            Route("/_emulator/journal", admin.journal, methods=["GET", "DELETE"]),
            Route("/_emulator/faults", admin.faults, methods=["GET", "PUT", "DELETE"]),
            Route("/_emulator/responses", admin.responses, methods=["GET", "PUT", "DELETE"]),
            Route("/_emulator/answers", admin.responses, methods=["GET", "PUT", "DELETE"]),  # its former name
            Route("/_emulator/replay", admin.replay),
            Route("/_emulator/reset", admin.reset, methods=["POST"]),
            Route("/_emulator/state", admin.state),
            Route("/_emulator/expire", admin.expire, methods=["POST"]),
            Route("/_emulator/revoke", admin.revoke, methods=["POST"]),
        ]
        if context.service is not None:
            routes += ServiceAdminEndpoints(context, context.service).routes
    app = Starlette(routes=routes, exception_handlers={HTTPException: _problem})
    # A path that is nearly right is wrong: redirecting a POST would lose its body, or send its secrets elsewhere.
    app.router.redirect_slashes = False
    return app


async def _problem(request: Request, error: Exception) -> Response:
    """Answer an unknown path or a wrong method in JSON, as an API does."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if "Allow" in headers:  # Starlette joins a set, whose order changes from run to run
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
    known = {404: ("not_found", "There is nothing at this path."), 405: ("method_not_allowed", "Not by this method.")}
    kind, detail = known.get(error.status_code, ("error", str(error.detail)))
    return JSONResponse({"type": kind, "detail": detail}, error.status_code, headers)
