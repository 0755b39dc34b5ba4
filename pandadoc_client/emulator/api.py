"""The API behind the tokens: the one call by which programs check a credential."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .context import Context

__all__ = ["CURRENT_MEMBER", "ApiEndpoints"]

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


class ApiEndpoints:
    """The API endpoints of one emulator."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def current_member(self, request: Request) -> Response:
        """Answer `GET /public/v1/members/current`."""
        if not self._is_authenticated(request):
            # RFC 9110 §15.5.2 asks for the challenge.
            return JSONResponse(
                {"type": "authentication_error", "detail": "Authentication credentials are missing or not valid."},
                401,
                {"WWW-Authenticate": 'Bearer realm="PandaDoc emulator"'},
            )
        return JSONResponse(CURRENT_MEMBER)

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
