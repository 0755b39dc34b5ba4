"""Editing sessions: a member edits a document or a template in a page that a program embeds."""

from __future__ import annotations

from .backend import Backend
from .clock import stamp
from .records import Record
from .refusal import Refusal, invalid

__all__ = ["editing_session"]

_WEEK = 7 * 86400.0
_MOST_A_WEEK = 250


def editing_session(backend: Backend, target: str, wanted: Record) -> Record:
    """Begin a session and return what the API says of it; the one before for the same thing ends.

    Args:
        backend: The backend.
        target: The id of the document or template.
        wanted: The body of the request.

    Raises:
        Refusal: 400, no member has that e-mail address; 403, there were too many in the last week.
    """
    if not any(member["email"] == wanted["email"] for member in backend["members"]):
        raise invalid("email", "There is no member of this e-mail address.")
    sessions, now = backend["editing_sessions"], backend.now()
    for session in sessions:
        if session["begun"] <= now - _WEEK:
            sessions.remove(session["id"])
        elif session["target"] == target and session["expires"] > now:
            sessions.edit(session["id"])["expires"] = now
    if len(sessions) >= _MOST_A_WEEK:
        raise Refusal(403, f"There were {_MOST_A_WEEK} editing sessions in the last seven days.")
    key = backend.new_key()
    session = sessions.add(
        {"id": backend.new_uuid(), "target": target, "begun": now, "expires": now + wanted.get("lifetime", 3600)}
    )
    shown = {"id": session["id"], "email": wanted["email"], "expires_at": stamp(session["expires"])}
    return {**shown, "key": key, "token": key}
