"""Routes of the pages: the dashboard, details, a document, what a recipient sees; all for this machine alone."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ..context import Context
from ..service.core import Service
from ..service.refusal import Refusal
from ..service.signing import FieldProblems
from . import dashboard, documents, index, signing
from .layout import STATIC, page, static

__all__ = ["PageEndpoints"]

_NO_DOCUMENT = "The link is wrong, or its time is over."
_DONE = {"view": "It is noted that you have read it.", "sign": "You have signed.", "decline": "You have declined."}


class PageEndpoints:
    """The pages of one emulator."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def routes(self) -> list[Route]:
        """Where they are: the dashboard always, the rest on loopback alone."""
        routes = [Route("/", self.index), Route(f"{STATIC}{{name}}", self.static)]
        if self._context.loopback:
            routes += [
                Route("/_emulator/dashboard", self.live),
                Route("/_emulator/requests/{sequence:int}", self.request),
            ]
        if self._context.loopback and self._context.service is not None:
            routes += [
                Route("/_emulator/deliveries/{id}", self.delivery),
                Route("/_emulator/pages/documents/{id}", self.document),
                Route("/_emulator/pages/documents/{id}/pdf", self.pdf),
                Route("/documents/{id}", self.document),
                Route("/document/{key}", self.recipient, methods=["GET", "POST"]),
                Route("/s/{key}", self.recipient, methods=["GET", "POST"]),
            ]
        return routes

    async def static(self, request: Request) -> Response:
        """Return the style or a script."""
        found = static(request.path_params["name"])
        if found is None:
            return JSONResponse({"type": "not_found", "detail": "There is nothing at this path."}, 404)
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(found[0], headers=headers, media_type=found[1])

    async def index(self, request: Request) -> Response:
        """Show the dashboard, or what the emulator is to a program that wants JSON."""
        trusted = self._context.trusts(request)
        data = index.description(self._context, reveal=trusted)
        if index.prefers_json(request.headers.get("accept", "")):
            return JSONResponse(data, headers={"Vary": "Accept"})
        note = "<p>A stand-in for PandaDoc on this machine. Nothing here reaches the real service.</p>\n"
        if not trusted:
            return page("PandaDoc emulator", note + index.settings(data))
        moving = dashboard.content(self._context, dashboard.Filters.read(request.query_params))
        content = note + moving + index.settings(data)
        return page("PandaDoc emulator", content, form_action="'self'", live=True, wide=True)

    async def live(self, request: Request) -> Response:
        """Return the lists of the dashboard."""
        if not self._context.trusts(request):
            return _stranger()
        return _part(dashboard.live(self._context, dashboard.Filters.read(request.query_params)))

    async def request(self, request: Request) -> Response:
        """Show one request."""
        if not self._context.trusts(request):
            return _stranger()
        sequence = request.path_params["sequence"]
        entry = next((one for one in self._context.journal.entries if one.sequence == sequence), None)
        if entry is None:
            return _missing("There is no such request any more.")
        return _detail(request, "Request", dashboard.request_detail(entry, self._context.url))

    async def delivery(self, request: Request) -> Response:
        """Show one delivery."""
        if not self._context.trusts(request):
            return _stranger()
        found = [one for one in self._service.deliveries() if one["id"] == request.path_params["id"]]
        if not found:
            return _missing("There is no such delivery any more.")
        return _detail(request, "Delivery", dashboard.delivery_detail(found[0]))

    async def document(self, request: Request) -> Response:
        """Show one document."""
        if not self._context.trusts(request):
            return _stranger()
        try:
            name = self._service.document(request.path_params["id"])["name"]
            content = documents.document_content(self._context, self._service, request.path_params["id"])
        except Refusal:
            return _missing(_NO_DOCUMENT)
        if "hx-request" in request.headers:
            return _part(content)
        return page(name, content, form_action="'self'", live=True, wide=True)

    async def pdf(self, request: Request) -> Response:
        """Return the PDF of a document."""
        if not self._context.trusts(request):
            return _stranger()
        try:
            content = self._service.pdf(request.path_params["id"])
        except Refusal:
            return _missing(_NO_DOCUMENT)
        return Response(content, media_type="application/pdf", headers={"Cache-Control": "no-store"})

    # -- for recipients ---------------------------------------------------------------------------------------------

    async def recipient(self, request: Request) -> Response:
        """Show a document to a recipient, or do what they have chosen."""
        if not self._context.trusts(request):
            return _stranger()
        found = self._service.recipient_of(request.path_params["key"])
        if found is None:
            return self._gone(request, _NO_DOCUMENT, status=404)
        document_id, recipient_id = found
        try:
            if request.method == "POST":
                return await self._act(request, document_id, recipient_id)
            return self._seen(request, document_id, recipient_id)
        except Refusal as refusal:
            return self._gone(request, refusal.message, document_id, status=refusal.status)

    async def _act(self, request: Request, document_id: str, recipient_id: str) -> Response:
        form = dict(parse_qsl((await request.body()).decode("latin-1"), keep_blank_values=True))
        action, service = form.get("action", ""), self._service
        try:
            match action:
                case "view":
                    service.view(document_id, recipient_id)
                case "sign":
                    service.sign(document_id, recipient_id, form)
                case "decline":
                    service.decline_as(document_id, recipient_id, form.get("reason", "").strip())
                case "delegate":
                    email, name = form.get("email", "").strip(), form.get("name", "").strip()
                    service.delegate(document_id, recipient_id, email, name)
                    text = f"You have passed the document on to {name or email}. Your link does not work any more."
                    return self._gone(request, text, document_id, status=200)
                case _:
                    detail = "action is view, sign, decline or delegate"
                    return JSONResponse({"type": "bad_request", "detail": detail}, 400)
        except FieldProblems as refusal:
            return self._seen(request, document_id, recipient_id, refusal, entered=form)
        except Refusal as refusal:
            return self._seen(request, document_id, recipient_id, refusal)
        if "hx-request" not in request.headers:
            return RedirectResponse(request.url.path, 303)
        return self._seen(request, document_id, recipient_id, done=action)

    def _seen(
        self,
        request: Request,
        document_id: str,
        recipient_id: str,
        refusal: Refusal | None = None,
        *,
        entered: Mapping[str, str] | None = None,
        done: str = "",
    ) -> Response:
        seen = self._service.signing(document_id, recipient_id)
        content = signing.recipient_content(
            seen,
            request.url.path,
            message=refusal.message if refusal else _DONE.get(done, ""),
            problems=refusal.problems if isinstance(refusal, FieldProblems) else None,
            entered=entered,
            done=done,
        )
        return self._for_recipient(request, seen["document"]["name"], content, refusal.status if refusal else 200)

    def _gone(self, request: Request, message: str, document_id: str = "", *, status: int) -> Response:
        title = "There is no such document" if status == 404 else "Document"
        return self._for_recipient(request, title, signing.gone(message, document_id), status)

    def _for_recipient(self, request: Request, title: str, content: str, status: int) -> Response:
        if "hx-request" in request.headers:
            return _part(content, status)
        framed = request.url.path.startswith("/s/")
        return page(title, content, status=status, form_action="'self'", live=True, framed=framed)

    @property
    def _service(self) -> Service:
        assert self._context.service is not None  # the routes are there only with one
        return self._context.service


def _part(content: str, status: int = 200) -> Response:
    return HTMLResponse(content, status, {"Cache-Control": "no-store"})


def _detail(request: Request, title: str, content: str) -> Response:
    if "hx-request" in request.headers:
        return _part(content)
    message = '<p><a href="/">Dashboard</a></p>\n<p id="connection" role="alert"></p>\n'
    message += '<p id="result" role="status" class="visually-hidden"></p>\n'
    return page(title, f"{message}{content}", form_action="'self'", live=True)


def _missing(message: str) -> Response:
    return page(
        "There is no such document" if message == _NO_DOCUMENT else "It is gone", f"<p>{message}</p>", status=404
    )


def _stranger() -> Response:
    return JSONResponse({"type": "forbidden", "detail": "This is for this machine, by a loopback name."}, 403)
