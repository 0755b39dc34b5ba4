"""Contacts."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..records import Record
from ..refusal import invalid
from ..reply import EMPTY, Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]

_FIELDS = (
    "email",
    "first_name",
    "last_name",
    "company",
    "job_title",
    "phone",
    "country",
    "state",
    "street_address",
    "city",
    "postal_code",
)


def list_contacts(world: World, call: ValidRequest) -> Reply:
    """All of them at once."""
    email = call.query.get("email")
    found = [one for one in world["contacts"] if not email or (one["email"] or "").lower() == email.lower()]
    return Reply({"results": [_shown(contact) for contact in found]})


def create_contact(world: World, call: ValidRequest) -> Reply:
    """An e-mail address has one contact."""
    email = call.body.get("email")
    if email and any((one["email"] or "").lower() == email.lower() for one in world["contacts"]):
        raise invalid("email", "There is a contact of this e-mail address.")
    contact = {"id": world.new_id(), **{name: call.body.get(name) for name in _FIELDS}}
    return Reply(_shown(world["contacts"].add(contact)))


def details_contact(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    return Reply(_shown(world["contacts"].read(call.path["id"])))


def update_contact(world: World, call: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    contact = world["contacts"].edit(call.path["id"])
    contact.update({name: call.body[name] for name in _FIELDS if name in call.body and name != "email"})
    return Reply(_shown(contact))


def delete_contact(world: World, call: ValidRequest) -> Reply:
    """Documents keep their recipients."""
    world["contacts"].remove(call.path["id"])
    return EMPTY


def _shown(contact: Record) -> Record:
    return {name: contact[name] for name in ("id", *_FIELDS)}


HANDLERS: Handlers = {
    "listContacts": list_contacts,
    "createContact": create_contact,
    "detailsContact": details_contact,
    "updateContact": update_contact,
    "deleteContact": delete_contact,
}
"""Handlers by `operationId`."""
