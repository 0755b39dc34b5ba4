"""The API behind the tokens: every operation of the contract, judged and answered by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .answers import ScriptedAnswer
from .context import Context
from .contract.document import Operation, load_contract
from .contract.examples import ExampleAnswers, success
from .contract.problems import problem
from .contract.requests import Call, Raw, RequestJudge, Violation
from .contract.routing import Match, Router

__all__ = ["API_METHODS", "CURRENT_MEMBER", "ApiEndpoints"]

API_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
"""The methods that get an answer of the API, if only that there is nothing."""

CURRENT_MEMBER: dict[str, str | bool] = {
    "user_id": "EmulatedUser0000000001",
    "membership_id": "EmulatedMember00000001",
    "email": "ada.panda@example.com",
    "first_name": "Ada",
    "last_name": "Panda",
    "is_active": True,
    "workspace": "EmulatedWorkspace00001",
    "workspace_name": "Bamboo Grove",
    "emails_verified": True,
    "role": "Admin",
    "user_license": "Full",
    "date_created": "2024-02-29T09:30:00.000000Z",
    "date_modified": "2025-06-15T16:45:12.345678Z",
}
"""The member everybody is who gets in; all made up."""

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="PandaDoc emulator"'}  # RFC 9110 §15.5.2 asks for one


class ApiEndpoints:
    """The API endpoints of one emulator."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._contract = load_contract()
        self._router = Router(self._contract.operations.values())
        self._examples = ExampleAnswers(self._contract, context.options.seed)
        self._fixed: dict[str, Callable[[Call], Any]] = {"detailsCurrentMember": lambda _: CURRENT_MEMBER}

    @cached_property
    def _judge(self) -> RequestJudge:
        return RequestJudge(self._contract)

    async def respond(self, request: Request) -> Response:
        """Answer a request for the API: refuse it, or answer by script, or make an answer up."""
        query = request.scope["query_string"].decode("latin-1")
        found = self._router.find(request.method, _raw_path(request), query)
        if not isinstance(found, Match):
            if found.allowed:
                return self._refuse(request, None, 405, "Not by this method.", {"Allow": ", ".join(found.allowed)})
            return self._refuse(request, None, 404, "There is nothing at this path.")
        operation = found.operation
        if operation.secured and not self._is_authenticated(request):
            message = "Authentication credentials are missing or not valid."
            return self._refuse(request, operation, 401, message, _CHALLENGE)
        verdict = self._judge.judge(found, Raw(request.method, query, _headers(request), await request.body()))
        if not isinstance(verdict, Call):
            return self._refuse(request, operation, 400, "The request is not valid.", violations=verdict)
        scripted = self._context.answers.take(operation.operation_id)
        return _by_script(scripted) if scripted else self._made_up(verdict)

    def _made_up(self, call: Call) -> Response:
        status, headers = success(call.operation), self._examples.headers(call)
        content = self._examples.content(call)
        if content is not None:
            return Response(content, status, headers, "application/pdf")
        fixed = self._fixed.get(call.operation.operation_id)
        value = fixed(call) if fixed else self._examples.value(call)
        return Response(None, status, headers) if value is None else JSONResponse(value, status, headers)

    def _refuse(
        self,
        request: Request,
        operation: Operation | None,
        status: int,
        message: str,
        headers: dict[str, str] | None = None,
        violations: Sequence[Violation] = (),
    ) -> Response:
        body = problem(self._contract, operation, request.url.path, status, message, violations)
        return JSONResponse(body, status, headers)

    def _is_authenticated(self, request: Request) -> bool:
        values = request.headers.getlist("authorization")
        if len(values) != 1:
            return False
        scheme, _, credential = values[0].partition(" ")
        match scheme.lower():  # RFC 9110 §11.1: in any case
            case "bearer":
                return self._context.state.accepts_access_token(credential)
            case "api-key":
                return self._context.state.accepts_api_key(credential)
            case _:
                return False


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.partition(b"?")[0].decode("latin-1")


def _headers(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"])


def _by_script(answer: ScriptedAnswer) -> Response:
    content = answer.content()
    kind = {"Content-Type": "application/json"} if content else {}
    headers = {name.lower(): value for name, value in {**kind, **answer.headers}.items()}
    return Response(content, answer.status, headers)
