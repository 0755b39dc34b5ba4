"""The control surface under `/_emulator/`, for tests in other processes and other languages.

| request | does |
|---|---|
| `GET /_emulator/journal` | the journal as JSON, secrets masked; `?reveal=1` shows them |
| `DELETE /_emulator/journal` | empties it |
| `GET`, `PUT`, `DELETE /_emulator/faults` | shows, replaces, empties the fault script |
| `GET`, `PUT`, `DELETE /_emulator/responses` | shows, replaces, empties the answers by script |
| `GET /_emulator/replay` | how many recorded pairs there are, and which no request has matched |
| `POST /_emulator/reset` | begins anew, as `Emulator.reset`: nothing is left of what was asked, issued or created |
| `GET /_emulator/health` | says that it is there; for every machine, unlike the others |
| `GET /_emulator/state` | counts of what is alive, no secrets |
| `POST /_emulator/expire` | makes every access token expire now |
| `POST /_emulator/revoke` | revokes every grant |

What documents and webhooks add is in `admin_documents`.

Only for this machine: see `Context.trusts`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .context import Context
from .faults import Fault, parse_faults
from .responses import ScriptedResponse, parse_responses
from .script import Script

__all__ = ["AdminEndpoints", "problem"]

_EntryT = TypeVar("_EntryT", Fault, ScriptedResponse)


class AdminEndpoints:
    """The control surface of one emulator."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def _guarded(self, request: Request, response: Callable[[], object]) -> Response:
        if not self._context.trusts(request):
            return problem(403, "forbidden", "The control surface answers only to this machine, by a loopback name.")
        return JSONResponse(response(), headers={"Cache-Control": "no-store"})

    async def journal(self, request: Request) -> Response:
        """Show or empty the journal."""

        def response() -> object:
            if request.method == "DELETE":
                self._context.journal.clear()
            reveal = request.query_params.get("reveal") == "1"
            return [entry.to_dict(reveal=reveal) for entry in self._context.journal.entries]

        return self._guarded(request, response)

    async def faults(self, request: Request) -> Response:
        """Show, replace or empty the fault script; answers with what is still to come."""
        return await self._script(request, self._context.faults, parse_faults)

    async def responses(self, request: Request) -> Response:
        """Show, replace or empty the answers by script; answers with what is still to come."""
        return await self._script(request, self._context.responses, parse_responses)

    async def replay(self, request: Request) -> Response:
        """Show what of the recording is left."""
        replay = self._context.replay
        if replay is None:
            return self._guarded(request, lambda: {"pairs": 0, "unused": []})

        def shown() -> object:
            unused = [{"line": pair.line, "request": dict(pair.request)} for pair in replay.unused]
            return {"pairs": len(replay.pairs), "unused": unused}

        return self._guarded(request, shown)

    async def _script(
        self, request: Request, script: Script[_EntryT], parse: Callable[[object], list[_EntryT]]
    ) -> Response:
        body = await request.body()

        def response() -> object:
            if request.method == "PUT":
                script.replace(parse(json.loads(body)))
            elif request.method == "DELETE":
                script.clear()
            return [{**entry.to_dict(), "times": left} for entry, left in script.pending]

        try:
            return self._guarded(request, response)
        except ValueError as error:  # of JSON, of UTF-8, of the script
            return problem(400, "bad_request", str(error))

    async def state(self, request: Request) -> Response:
        """Count what is alive."""
        return self._guarded(
            request,
            lambda: {
                "rotation": self._context.options.rotation.value,
                "token_lifetime": self._context.options.token_lifetime,
                "requests": len(self._context.journal),
                "faults": len(self._context.faults),
                **asdict(self._context.state.summary()),
            },
        )

    async def reset(self, request: Request) -> Response:
        """Begin anew, and keep the connection of whoever asks for it."""
        if self._context.trusts(request) and self._context.begin_anew is not None:
            await self._context.begin_anew(request.client)
        return self._guarded(request, dict[str, object])

    async def expire(self, request: Request) -> Response:
        """Make every access token expire now."""
        return self._guarded(request, lambda: {"expired": self._context.state.expire_access_tokens()})

    async def revoke(self, request: Request) -> Response:
        """Revoke every grant."""
        return self._guarded(request, lambda: {"revoked": self._context.state.revoke_all()})


def problem(status: int, kind: str, detail: str) -> Response:
    """Return a refusal of the admin API."""
    return JSONResponse({"type": kind, "detail": detail}, status)
