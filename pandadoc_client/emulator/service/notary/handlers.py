"""Notarization requests: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import USER_ID, Backend
from ..listing import ordered
from ..records import Record
from ..refusal import invalid
from ..reply import EMPTY, Handlers, Reply

__all__ = ["HANDLERS"]


def list_notarization_requests(backend: Backend, request: ValidRequest) -> Reply:
    """By status, creator and document."""
    query = request.query
    found = [
        session
        for session in backend["notarizations"]
        if (not query.get("status") or session["status"] in query["status"])
        and (not query.get("created_by_user_id") or USER_ID in query["created_by_user_id"])
        and (not query.get("document_id") or session["document_id"] in query["document_id"])
    ]
    found = ordered(found, query.get("order_by", "date_created"))
    start = query.get("offset", 0)
    names = ("id", "status", "name", "document_id", "date_created", "date_started", "date_completed")
    shown = [
        {**{name: session[name] for name in names}, "created_by_user_id": USER_ID}
        for session in found[start : start + query.get("limit", 50)]
    ]
    return Reply({"results": shown, "count": len(found)})


def create_notarization_request(backend: Backend, request: ValidRequest) -> Reply:
    """For a document that is there."""
    document = backend.documents.get(request.body["document_id"])
    if document is None or document["deleted"]:
        raise invalid("document_id", "There is no such document.")
    blank = {"first_name": "", "last_name": ""}
    people = [
        {"id": backend.new_id(), **blank, **{name: value for name, value in one.items() if value is not None}}
        for one in request.body["invitation"].get("invitees") or ()
    ]
    session = backend["notarizations"].add(
        {
            "id": backend.new_uuid(),
            "status": "SENT",
            "name": document["name"],
            "document_id": document["id"],
            "date_created": backend.stamp(),
            "date_started": None,
            "date_completed": None,
            "invitees": people,
        }
    )
    link = f"{backend.base_url()}/notary/{session['id']}"
    return Reply(
        {
            **{name: session[name] for name in ("id", "name", "status", "date_created")},
            "date_accepted": None,
            "created_by": _author(backend),
            "invitees": [{**person, "notarization_link": link} for person in people],
        }
    )


def notarization_request_details(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    session = backend["notarizations"].read(request.path["session_request_id"])
    shown = {name: value for name, value in session.items() if name != "name"}
    return Reply(
        {
            **shown,
            "created_by": _author(backend),
            "signed_documents": [],
            "recording": None,
        }
    )


def delete_notarization_request(backend: Backend, request: ValidRequest) -> Reply:
    """It is gone."""
    backend["notarizations"].remove(request.path["session_request_id"])
    return EMPTY


def _author(backend: Backend) -> Record:
    person = backend.person("")
    return {"user_id": person["id"], **{name: person[name] for name in ("email", "first_name", "last_name")}}


HANDLERS: Handlers = {
    "listNotarizationRequests": list_notarization_requests,
    "createNotarizationRequest": create_notarization_request,
    "notarizationRequestDetails": notarization_request_details,
    "deleteNotarizationRequest": delete_notarization_request,
}
