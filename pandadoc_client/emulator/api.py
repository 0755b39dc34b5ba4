"""The API behind the tokens: every operation of the contract, judged and answered by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .context import Context
from .contract.document import ContractOperation, load_contract
from .contract.examples import ExampleResponses, success
from .contract.media import media_type
from .contract.problems import problem
from .contract.requests import Raw, RequestJudge, ValidRequest, Violation
from .contract.routing import Match, Router
from .service.backend import CURRENT_MEMBER
from .service.core import EncodedReply
from .service.logs import LOG_OPERATIONS, log_details, log_list
from .service.refusal import Refusal

__all__ = ["API_METHODS", "CURRENT_MEMBER", "ApiEndpoints"]

API_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
"""The methods that get a response of the API, if only that there is nothing."""


_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="PandaDoc emulator"'}  # RFC 9110 §15.5.2 asks for one


@dataclass(frozen=True, slots=True)
class _User:
    """Who asks: always the same member, but perhaps by a key of the sandbox."""

    sandbox: bool = False


class ApiEndpoints:
    """The API endpoints of one emulator."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._contract = load_contract()
        self._router = Router(self._contract.operations.values())
        self._examples = ExampleResponses(self._contract, context.options.seed, lambda: context.url)

    @cached_property
    def _judge(self) -> RequestJudge:
        return RequestJudge(self._contract)

    async def respond(self, request: Request) -> Response:
        """Answer a request for the API: refuse it, or answer by script, from the state, or by an example."""
        query = request.scope["query_string"].decode("latin-1")
        kind = media_type(request.headers.get("content-type", ""))
        found = self._router.find(request.method, _raw_path(request), query, kind)
        if not isinstance(found, Match):
            if found.allowed:
                return self._refuse(request, None, 405, "Not by this method.", {"Allow": ", ".join(found.allowed)})
            return self._refuse(request, None, 404, "There is nothing at this path.")
        operation = found.operation
        user = self._user(request) if operation.secured else _User()
        if user is None:
            message = "Authentication credentials are missing or not valid."
            return self._refuse(request, operation, 401, message, _CHALLENGE)
        body = await request.body()
        wait = self._context.limiter.wait(operation.operation_id, body, sandbox=user.sandbox)
        if wait is not None:
            message = f"Request was throttled. Expected available in {wait} seconds."
            return self._refuse(request, operation, 429, message, {"Retry-After": str(wait)})
        raw = Raw(request.method, query, _headers(request), body)
        verdict = self._judge.judge(found, raw, sandbox=user.sandbox)
        if not isinstance(verdict, ValidRequest):
            return self._refuse(request, operation, 400, "The request is not valid.", violations=verdict)
        scripted = self._context.responses.take(operation.operation_id)
        if scripted:
            return scripted.response()
        try:
            return self._respond(verdict)
        except Refusal as refusal:
            if refusal.body is not None:
                return JSONResponse(refusal.body, refusal.status, refusal.headers)
            return self._refuse(
                request, operation, refusal.status, refusal.message, refusal.headers, refusal.violations
            )

    def _respond(self, call: ValidRequest) -> Response:
        service = self._context.service
        if service is None:
            return self._made_up(call)
        if call.operation.operation_id in LOG_OPERATIONS:
            entries = self._context.journal.entries
            one = LOG_OPERATIONS[call.operation.operation_id]
            return JSONResponse(log_details(entries, call.path["id"]) if one else log_list(entries, call.query))
        reply = service.handle(call)
        return self._made_up(call) if reply is None else _written(reply, call.operation)

    def _made_up(self, call: ValidRequest) -> Response:
        status, headers = success(call.operation), self._examples.headers(call)
        content = self._examples.content(call)
        if content is not None:
            return Response(content, status, headers, "application/pdf")
        is_me = call.operation.operation_id == "detailsCurrentMember"
        value = CURRENT_MEMBER if is_me else self._examples.value(call)
        return Response(None, status, headers) if value is None else JSONResponse(value, status, headers)

    def _refuse(
        self,
        request: Request,
        operation: ContractOperation | None,
        status: int,
        message: str,
        headers: dict[str, str] | None = None,
        violations: Sequence[Violation] = (),
    ) -> Response:
        body = problem(self._contract, operation, request.url.path, status, message, violations)
        return JSONResponse(body, status, headers)

    def _user(self, request: Request) -> _User | None:
        """Return who asks; None for nobody who may."""
        values = request.headers.getlist("authorization")
        if len(values) != 1:
            return None
        scheme, _, credential = values[0].partition(" ")
        scheme = scheme.lower()  # RFC 9110 §11.1: in any case
        state, service = self._context.state, self._context.service
        known = {"bearer": state.accepts_access_token, "api-key": state.accepts_api_key}
        if scheme not in known:
            return None
        if known[scheme](credential):
            return _User()
        if scheme == "api-key" and state.accepts_sandbox_api_key(credential):
            return _User(sandbox=True)
        if service is not None and service.accepts(scheme, credential):
            return _User(service.is_sandbox(credential))
        return None


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.partition(b"?")[0].decode("latin-1")


def _headers(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"])


def _written(reply: EncodedReply, operation: ContractOperation) -> Response:
    status = success(operation) if reply.status is None else reply.status
    kind = {} if reply.content is None else {"Content-Type": reply.media_type}
    return Response(reply.content, status, {**kind, **reply.headers})
