"""Routes to handlers: the emulator as a Starlette application, without faults, journal or sockets."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from . import board, pages
from .api import API_METHODS, ApiEndpoints
from .context import Context
from .control import ControlEndpoints
from .oauth import OAuthEndpoints
from .steering import SteeringEndpoints

__all__ = ["create_app"]


def create_app(context: Context) -> Starlette:
    """Return the application for one emulator."""
    oauth, api, control = OAuthEndpoints(context), ApiEndpoints(context), ControlEndpoints(context)

    async def index(request: Request) -> Response:
        trusted = context.trusts(request)
        data = pages.description(context, reveal=trusted)
        if pages.prefers_json(request.headers.get("accept", "")):
            return JSONResponse(data, headers={"Vary": "Accept"})
        if not trusted:
            return pages.index_page(data)
        content = f'<p id="connection" role="status"></p>\n<div id="live">{board.live(context)}</div>'
        return pages.index_page(data, content, board.SCRIPT)

    async def live(request: Request) -> Response:
        if not context.trusts(request):
            return JSONResponse({"type": "forbidden", "detail": "This is for this machine."}, 403)
        return HTMLResponse(board.live(context), headers={"Cache-Control": "no-store"})

    async def callback(request: Request) -> Response:
        return pages.callback_page(dict(request.query_params))

    routes = [
        Route("/", index),
        Route("/callback", callback),
        Route("/oauth2/authorize", oauth.authorize, methods=["GET", "POST"]),
        Route("/oauth2/access_token", oauth.token, methods=["POST"]),
        Route("/public/{rest:path}", api.respond, methods=API_METHODS),
    ]
    if context.loopback:
        routes += [
            Route("/_emulator/journal", control.journal, methods=["GET", "DELETE"]),
            Route("/_emulator/faults", control.faults, methods=["GET", "PUT", "DELETE"]),
            Route("/_emulator/answers", control.answers, methods=["GET", "PUT", "DELETE"]),
            Route("/_emulator/board", live),
            Route("/_emulator/reset", control.reset, methods=["POST"]),
            Route("/_emulator/state", control.state),
            Route("/_emulator/expire", control.expire, methods=["POST"]),
            Route("/_emulator/revoke", control.revoke, methods=["POST"]),
        ]
        if context.service is not None:
            routes += SteeringEndpoints(context, context.service).routes
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
