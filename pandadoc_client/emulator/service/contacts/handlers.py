"""Contacts: requests to replies."""

from __future__ import annotations

from ...behaviour import KnownContact
from ...contract.requests import ValidRequest
from ..backend import Backend
from ..listing import newest_first
from ..refusal import invalid
from ..reply import EMPTY, Handlers, Reply
from . import models, serializers

__all__ = ["HANDLERS"]


def list_contacts(backend: Backend, request: ValidRequest) -> Reply:
    """All of them at once."""
    email = (request.query.get("email") or "").lower()
    found = [one for one in newest_first(backend["contacts"]) if not email or (one["email"] or "").lower() == email]
    return Reply({"results": [serializers.contact(contact) for contact in found]})


def create_contact(backend: Backend, request: ValidRequest) -> Reply:
    """An e-mail address has one contact."""
    known = models.known_contact(backend, request.body.get("email"))
    if known is not None:
        if backend.options.behaviour.known_contact is KnownContact.REFUSE:
            raise invalid("email", "There is a contact of this e-mail address.")
        contact = backend["contacts"].edit(known["id"])
        contact.update({name: request.body[name] for name in models.FIELDS if name in request.body})
        return Reply(serializers.contact(contact))
    contact = {"id": backend.new_id(), **{name: request.body.get(name) for name in models.FIELDS}}
    return Reply(serializers.contact(backend["contacts"].add(contact)))


def details_contact(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    return Reply(serializers.contact(backend["contacts"].read(request.path["id"])))


def update_contact(backend: Backend, request: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    contact = backend["contacts"].edit(request.path["id"])
    contact.update({name: request.body[name] for name in models.FIELDS if name in request.body and name != "email"})
    return Reply(serializers.contact(contact))


def delete_contact(backend: Backend, request: ValidRequest) -> Reply:
    """Documents keep their recipients."""
    backend["contacts"].remove(request.path["id"])
    return EMPTY


HANDLERS: Handlers = {
    "listContacts": list_contacts,
    "createContact": create_contact,
    "detailsContact": details_contact,
    "updateContact": update_contact,
    "deleteContact": delete_contact,
}
