"""The control surface of what the API remembers.

| request | does |
|---|---|
| `GET /_emulator/documents`, `GET /_emulator/documents/{id}` | details, as the API shows them |
| `GET /_emulator/documents/{id}/upload` | the file that the document was made from |
| `POST /_emulator/documents/{id}/process` | makes it ready now |
| `POST /_emulator/documents/{id}/send` | sends a draft |
| `POST /_emulator/documents/{id}/view` | lets a recipient open it; `{"recipient_id": …}` |
| `POST /_emulator/documents/{id}/complete` | lets all sign, or one: `{"recipient_id": …}` |
| `POST /_emulator/documents/{id}/decline` | lets a recipient decline; `{"reason": …}` |
| `POST /_emulator/documents/{id}/status` | puts it into any status: `{"status": "waiting_pay"}` |
| `POST /_emulator/documents/{id}/approve`, `…/reject` | lets the approvers say yes, or no; `{"reason": …}` |
| `POST /_emulator/documents/{id}/lock`, `…/unlock` | somebody edits it, or nobody; `{"seconds": …}` |
| `POST /_emulator/documents/{id}/render` | ends the 202 of its download |
| `POST /_emulator/documents/fail-next` | lets the next documents fail; `{"times": …, "message": …}` |
| `GET /_emulator/deliveries` | webhooks, each with its attempts |
| `POST /_emulator/deliveries/{id}/send-again` | delivers an event once more, under the same id |
| `POST /_emulator/webhooks/{event}` | delivers an event as if it had happened; `{"document": …}`; `GET` shows it |
| `POST /_emulator/tick` | does what is due by now |
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .admin import problem
from .context import Context
from .contract.media import URLENCODED, media_type
from .service.core import Service
from .service.refusal import Refusal

__all__ = ["ServiceAdminEndpoints"]

_STRANGER = "The control surface answers only to this machine, by a loopback name."
_TYPES: Mapping[str, type | UnionType] = {
    "document": str,
    "recipient_id": str,
    "reason": str,
    "status": str,
    "seconds": int | float,
    "times": int,
    "message": str,
}
_ACTIONS: Mapping[str, tuple[Callable[..., dict[str, Any]], tuple[str, ...], tuple[str, ...]]] = {
    "process": (Service.process, (), ()),
    "send": (Service.send, (), ()),
    "view": (Service.view, (), ("recipient_id",)),
    "complete": (Service.complete, (), ("recipient_id",)),
    "approve": (Service.approve, (), ()),
    "reject": (Service.reject, (), ("reason",)),
    "decline": (Service.decline, (), ("reason",)),
    "status": (Service.set_status, ("status",), ()),
    "lock": (Service.lock, (), ("seconds",)),
    "unlock": (Service.unlock, (), ()),
    "render": (Service.render, (), ()),
}
"""What can be done to a document: the method, the fields it must have, and those it may have."""


class ServiceAdminEndpoints:
    """The endpoints of one emulator that remembers."""

    def __init__(self, context: Context, service: Service) -> None:
        self._context = context
        self._service = service

    @property
    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/_emulator/documents", self.documents),
            Route("/_emulator/documents/fail-next", self.fail_next, methods=["POST"]),
            Route("/_emulator/documents/{id}", self.document),
            Route("/_emulator/documents/{id}/upload", self.upload),
            Route("/_emulator/documents/{id}/{action}", self.act, methods=["POST"]),
            Route("/_emulator/deliveries", self.deliveries),
            Route("/_emulator/deliveries/{id}/send-again", self.send_again, methods=["POST"]),
            Route("/_emulator/webhooks/{event}", self.trigger, methods=["GET", "POST"]),
            Route("/_emulator/tick", self.tick, methods=["POST"]),
        ]

    async def documents(self, request: Request) -> Response:
        """Show all documents but the deleted ones."""
        return self._response(request, self._service.documents)

    async def document(self, request: Request) -> Response:
        """Show one document."""
        return self._response(request, lambda: self._service.document(request.path_params["id"]))

    async def deliveries(self, request: Request) -> Response:
        """Show the webhooks."""
        return self._response(request, self._service.deliveries)

    async def send_again(self, request: Request) -> Response:
        """Deliver an event once more; a form is answered with the page that it came from."""
        content = await request.body()
        response = self._response(request, lambda: self._service.redeliver(request.path_params["id"]))
        return _back(request, content) or response if response.status_code == 200 else response

    async def trigger(self, request: Request) -> Response:
        """Deliver an event as if it had happened; or, by GET, show what would be delivered."""
        event = request.path_params["event"]
        if request.method != "POST":
            document = request.query_params.get("document")
            return self._response(request, lambda: self._service.sample_event(event, document))
        content = await request.body()
        return self._response(
            request, lambda: {"deliveries": self._service.trigger(event, _fields(content, "document").get("document"))}
        )

    async def upload(self, request: Request) -> Response:
        """Return the file that a document was made from."""
        if not self._context.trusts(request):
            return problem(403, "forbidden", _STRANGER)
        try:
            content = self._service.upload(request.path_params["id"])
        except Refusal as refusal:
            return problem(refusal.status, "not_found", refusal.message)
        if content is None:
            return problem(404, "not_found", "The document was not made from a file.")
        return Response(content, media_type="application/octet-stream")

    async def tick(self, request: Request) -> Response:
        """Do what is due."""

        def tick() -> dict[str, Any]:
            self._service.tick()
            return {}

        return self._response(request, tick)

    async def fail_next(self, request: Request) -> Response:
        """Let the next documents fail."""
        content = await request.body()
        return self._response(
            request, lambda: {"failing": self._service.fail_next(**_fields(content, "message", "times"))}
        )

    async def act(self, request: Request) -> Response:
        """Do something to a document; a form is answered with the page that it came from."""
        found = _ACTIONS.get(request.path_params["action"])
        if found is None:
            return problem(404, "not_found", f"The actions are {', '.join(_ACTIONS)}.")
        method, required, optional = found
        content = await request.body()
        back = _back(request, content)
        if back is not None:
            response = self._response(request, lambda: method(self._service, request.path_params["id"]))
            return back if response.status_code == 200 else response

        def act() -> dict[str, Any]:
            fields = _fields(content, *required, *optional)
            missing = [name for name in required if name not in fields]
            if missing:
                raise ValueError(f"{missing[0]} is missing")
            return method(self._service, request.path_params["id"], **fields)

        return self._response(request, act)

    def _response(self, request: Request, make: Callable[[], object]) -> Response:
        if not self._context.trusts(request):
            return problem(403, "forbidden", _STRANGER)
        try:
            return JSONResponse(make(), headers={"Cache-Control": "no-store"})
        except Refusal as refusal:
            kind = {404: "not_found", 409: "conflict"}.get(refusal.status, "bad_request")
            return problem(refusal.status, kind, refusal.message)
        except ValueError as error:
            return problem(400, "bad_request", str(error))


def _back(request: Request, content: bytes) -> Response | None:
    """Return a redirect to the page that a form came from; None for a request that is no form."""
    if media_type(request.headers.get("content-type", "")) != URLENCODED:
        return None
    back = dict(parse_qsl(content.decode("latin-1"))).get("back", "/")
    is_local = back.startswith("/") and not back.startswith(("//", "/\\"))
    return RedirectResponse(back if is_local else "/", 303)


def _fields(content: bytes, *known: str) -> dict[str, Any]:
    """Read a body: JSON, or nothing.

    Raises:
        ValueError: no JSON object, an unknown field, or a value of the wrong type.
    """
    data: object = json.loads(content) if content else {}
    if not isinstance(data, dict):
        raise ValueError("an object is wanted")
    fields = cast("dict[str, Any]", data)
    for name, value in fields.items():
        if name not in known:
            raise ValueError(f"unknown key {name!r}")
        if not isinstance(value, _TYPES[name]) or isinstance(value, bool):
            raise ValueError(f"{name} is of the wrong type")
        if isinstance(value, int | float) and not 0 <= value < 1e9:
            raise ValueError(f"{name} is a number, 0 or more")
    return fields
