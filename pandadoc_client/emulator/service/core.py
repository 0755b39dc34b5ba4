"""The service: one backend, how it responds, what tests may do to it, what is to be delivered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from ..contract.requests import ValidRequest
from ..options import EmulatorOptions
from . import preconditions, signing
from .backend import Backend
from .documents import handlers as document_handlers
from .documents import models as documents
from .documents import serializers as document_serializers
from .members import models as members
from .records import Record
from .refusal import Refusal, not_found
from .reply import Reply
from .resources import HANDLERS
from .scheduler import run_due
from .seeds import add_seed_data
from .storage import StateFile
from .templates import importing
from .webhooks import models as webhooks
from .webhooks import trigger

__all__ = ["EncodedReply", "Service"]


@dataclass(frozen=True, slots=True)
class EncodedReply:
    """The response to a call, written out.

    Attributes:
        status: The status code; None for the ordinary success of the operation.
        headers: Further headers.
        content: The body; None for none.
        media_type: Its type.
    """

    status: int | None
    headers: dict[str, str]
    content: bytes | None
    media_type: str


class Service:
    """The API with a memory; safe across threads.

    Args:
        options: The settings.
        base_url: Tells where the emulator listens.

    Raises:
        StateFileError: the state file cannot be used.
        ValueError: one of the templates in the options is none.
    """

    def __init__(self, options: EmulatorOptions, base_url: Callable[[], str] = lambda: "http://127.0.0.1") -> None:
        for place, details in enumerate(options.templates):
            try:
                importing.check_details(details)
            except ValueError as error:
                raise ValueError(f"templates[{place}]: {error}") from None
        self._options = options
        self._base_url = base_url
        self.on_change: Callable[[], None] = lambda: None
        """Called after each change, from any thread."""
        self.backend = self._begin()
        self._open = True

    def _begin(self) -> Backend:
        sink = StateFile(self._options.state_file) if self._options.state_file else None
        backend = Backend(self._options, sink, self._base_url)
        if backend.is_new:
            with backend.tables.change():
                members.found(backend)
                if self._options.seed_data:
                    add_seed_data(backend)
                backend.new_id()  # marks the state as one that has begun
        if self._options.templates:
            with backend.tables.change():
                for details in self._options.templates:
                    importing.import_template(backend, details)
        return backend

    # -- for requests -----------------------------------------------------------------------------------------------

    def knows(self, operation_id: str) -> bool:
        """Tell whether a handler answers an operation."""
        return operation_id in HANDLERS

    def handle(self, request: ValidRequest) -> EncodedReply | None:
        """Carry a call out; None if no handler knows its operation, but what its path names is there.

        Raises:
            Refusal: 404, 409, 423, or whatever the handler says no for.
            StateFileError: the state could not be written; nothing was changed.
        """
        handler = HANDLERS.get(request.operation.operation_id)
        self.tick()
        before = self.backend.tables.revision
        with self.backend.tables.change():
            preconditions.check(self.backend, request)
            response = None if handler is None else _written(handler(self.backend, request))
        if self.backend.tables.revision != before:
            self.on_change()
        return response

    def accepts(self, scheme: str, credential: str) -> bool:
        """Tell whether a credential was made through the API and works now."""
        with self.backend.tables.lock:
            return members.key_of(self.backend, scheme, credential) is not None

    def is_sandbox(self, credential: str) -> bool:
        """Tell whether a credential is a key of the sandbox."""
        with self.backend.tables.lock:
            key = self.backend["keys"].get(credential)
            return key is not None and bool(key["sandbox"])

    # -- for tests and the page -------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Do what is due by now. Every request does so; a test that turns its own clock may need it."""
        with self.backend.tables.lock:
            due = self.backend.next_due()
            if due is None or due["at"] > self.backend.clock.look():
                return
        with self.backend.tables.change():
            run_due(self.backend)
        self.on_change()

    def document(self, document_id: str) -> dict[str, Any]:
        """Return the details of a document as the API shows them, in whatever state it is.

        Raises:
            Refusal: 404, there is none.
        """
        self.tick()
        with self.backend.tables.lock:
            return _copy(document_serializers.details(self.backend, self._found(document_id)))

    def documents(self, most: int | None = None) -> list[dict[str, Any]]:
        """Return the details of the documents that are not deleted, the latest first; *most* of them, if given."""
        self.tick()
        with self.backend.tables.lock:
            found = [one for one in self.backend.documents if not one["deleted"]][::-1]
            return [_copy(document_serializers.details(self.backend, one)) for one in found[:most]]

    def upload(self, document_id: str) -> bytes | None:
        """Return the file that a document was made from, as it was uploaded; None for one that was not.

        Raises:
            Refusal: 404, there is no such document.
        """
        with self.backend.tables.lock:
            return self.backend["files"].get_bytes(self._found(document_id)["upload"] or "")

    def process(self, document_id: str) -> dict[str, Any]:
        """Make a document ready now: `document.uploaded` becomes `document.draft`, or `document.error`."""
        return self._change(document_id, self._process)

    def send(self, document_id: str) -> dict[str, Any]:
        """Send a draft.

        Raises:
            Refusal: 404, there is no such document; 409, it is no draft.
        """

        def act(document_id: str) -> None:
            if self.backend.documents.read(document_id)["status"] != "document.draft":
                raise Refusal(409, "Only a draft can be sent.")
            documents.send(self.backend, document_id)

        return self._change(document_id, act)

    def view(self, document_id: str, recipient_id: str | None = None) -> dict[str, Any]:
        """Let a recipient, or the first one, open a document.

        Raises:
            Refusal: 404, there is no such document; 409, it was not sent.
        """
        return self._change(document_id, lambda key: documents.view(self.backend, key, recipient_id))

    def complete(self, document_id: str, recipient_id: str | None = None) -> dict[str, Any]:
        """Let one recipient sign, or all who have not.

        Raises:
            Refusal: 404, there is no such document or recipient; 400, they have signed; 409, it was not sent.
        """
        if recipient_id is None:
            return self._change(document_id, lambda key: documents.complete(self.backend, key))
        return self._change(document_id, lambda key: documents.complete_recipient(self.backend, key, recipient_id))

    def decline(self, document_id: str, reason: str | None = None) -> dict[str, Any]:
        """Let a recipient say no.

        Raises:
            Refusal: 404, there is no such document; 409, it was not sent.
        """
        return self._change(document_id, lambda key: documents.decline(self.backend, key, reason))

    def approve(self, document_id: str) -> dict[str, Any]:
        """Let the approvers of a document say yes.

        Raises:
            Refusal: 404, there is no such document; 409, it does not wait for an approval.
        """
        return self._change(document_id, lambda key: documents.approve(self.backend, key))

    def reject(self, document_id: str, reason: str | None = None) -> dict[str, Any]:
        """Let the approvers of a document say no.

        Raises:
            Refusal: 404, there is no such document; 409, it does not wait for an approval.
        """
        return self._change(document_id, lambda key: documents.reject(self.backend, key, reason))

    def require_approval(self, template_id: str, *, required: bool = True) -> None:
        """Give a template an approval workflow, or take it away: documents made from it later wait for it when sent.

        Raises:
            Refusal: 404, there is no such template.
        """
        with self.backend.tables.change():
            if template_id not in self.backend.templates:
                raise not_found("template")
            self.backend.templates.edit(template_id)["needs_approval"] = required

    def set_status(self, document_id: str, status: str) -> dict[str, Any]:
        """Put a document into any status, whatever it is now: `waiting_approval`, or `document.waiting_approval`.

        Raises:
            ValueError: there is no such status.
            Refusal: 404, there is no such document.
        """
        name = status if "." in status else f"document.{status}"
        if name not in documents.STATUSES:
            raise ValueError(f"status is one of {', '.join(documents.STATUSES)}")
        return self._change(document_id, lambda key: documents.set_status(self.backend, key, name))

    def lock(self, document_id: str, seconds: float = 3600) -> dict[str, Any]:
        """Let somebody edit a document: changes are answered with 423 for so many seconds.

        Raises:
            Refusal: 404, there is no such document.
        """
        return self._change(document_id, lambda key: documents.lock(self.backend, key, seconds))

    def unlock(self, document_id: str) -> dict[str, Any]:
        """End the editing of a document.

        Raises:
            Refusal: 404, there is no such document.
        """
        return self._change(document_id, lambda key: documents.unlock(self.backend, key))

    def recipient_of(self, key: str) -> tuple[str, str] | None:
        """Return document and recipient of a shared link or a signing session; None for one that is over or unknown."""
        with self.backend.tables.lock:
            session = self.backend["sessions"].get(key)
            if session is not None:
                return (session["document"], session["recipient"]) if session["expires"] > self.backend.now() else None
            for document in self.backend.documents:
                for recipient in document["recipients"]:
                    if recipient["shared_key"] == key:
                        return document["id"], recipient["id"]
        return None

    def render(self, document_id: str) -> dict[str, Any]:
        """Make the PDF of a completed document ready now.

        Raises:
            Refusal: 404, there is no such document.
        """
        return self._change(document_id, lambda key: self._hurry(key, "document.rendered"))

    @property
    def options(self) -> EmulatorOptions:
        """The settings that a reset begins with."""
        return self._options

    def import_template(self, details: Mapping[str, Any]) -> str:
        """Add a template by what `detailsTemplate` or `detailsDocument` return, and return its id, which is kept.

        It takes the place of a template of that id, and stays over a reset as seeded data do.

        Raises:
            ValueError: these are no details; the message names the field.
        """
        importing.check_details(details)
        kept = deepcopy(dict(details))
        with self.backend.tables.change():
            importing.import_template(self.backend, kept)
            others = (one for one in self._options.templates if one["id"] != kept["id"])
            self._options = replace(self._options, templates=(*others, kept))
        self.on_change()
        return str(kept["id"])

    def fail_next(self, message: str = "The file could not be processed.", times: int = 1) -> int:
        """Let the next documents that are created become `document.error`; returns how many are to come."""
        with self.backend.tables.lock:
            self.backend.failures.extend([message] * times)
            return len(self.backend.failures)

    def audit_trail(self, document_id: str) -> list[dict[str, Any]]:
        """Return what happened to a document, the action in words, oldest first.

        Raises:
            Refusal: 404, there is no such document.
        """
        names = {number: name for name, number in documents.AUDIT_ACTIONS.items()}
        with self.backend.tables.lock:
            return [{**one, "action": names[one["action"]]} for one in self._found(document_id)["audit"]]

    def pdf(self, document_id: str) -> bytes:
        """Return a document as a PDF, as its download would, whatever its state; no download is noted.

        Raises:
            Refusal: 404, there is no such document.
        """
        with self.backend.tables.lock:
            return document_handlers.render(self._found(document_id))

    # -- for a recipient's page -------------------------------------------------------------------------------------

    def signing(self, document_id: str, recipient_id: str) -> dict[str, Any]:
        """Return what a recipient sees of a document: see `signing.view`.

        Raises:
            Refusal: 404, the document is gone, or they are no recipient of it any more.
        """
        self.tick()
        with self.backend.tables.lock:
            return _copy(signing.view(self.backend, document_id, recipient_id))

    def sign(self, document_id: str, recipient_id: str, values: Mapping[str, str]) -> None:
        """Fill in a recipient's fields, by their `uuid`, and sign: see `signing.sign`.

        Raises:
            FieldProblems: an entry is missing or wrong.
            Refusal: the document or its state does not allow it.
        """
        self._change(document_id, lambda key: signing.sign(self.backend, key, recipient_id, values))

    def decline_as(self, document_id: str, recipient_id: str, reason: str) -> None:
        """Let one recipient say no.

        Raises:
            Refusal: the document or its state does not allow it.
        """
        self._change(document_id, lambda key: signing.decline(self.backend, key, recipient_id, reason))

    def delegate(self, document_id: str, recipient_id: str, email: str, name: str) -> None:
        """Let somebody else sign in the place of a recipient.

        Raises:
            FieldProblems: the e-mail address is none, or is another recipient's.
            Refusal: the document or its state does not allow it.
        """
        self._change(document_id, lambda key: signing.delegate(self.backend, key, recipient_id, email, name))

    # -- webhooks ---------------------------------------------------------------------------------------------------

    def deliveries(self) -> list[dict[str, Any]]:
        """Return the webhook events, oldest first: what, where to, each attempt, whether more are to come."""
        self.tick()
        with self.backend.tables.lock:
            return webhooks.deliveries(self.backend)

    def redeliver(self, event_id: str) -> dict[str, Any]:
        """Deliver an event once more, under the same id, and return it.

        Raises:
            Refusal: 404, there is no such event; 409, its subscription is gone or switched off.
        """
        with self.backend.tables.change():
            webhooks.redeliver(self.backend, event_id)
            found = next(one for one in webhooks.deliveries(self.backend) if one["id"] == event_id)
        self.on_change()
        return found

    def trigger(self, event: str, document_id: str | None = None) -> list[str]:
        """Deliver an event to the subscriptions that want it, as if it had happened; returns the ids of the deliveries.

        Raises:
            ValueError: there is no such event.
            Refusal: as `webhooks.trigger.event_data`.
        """
        trigger.check_trigger(event)
        self.tick()
        with self.backend.tables.change():
            before = {one["id"] for one in self.backend["events"]}
            webhooks.emit(self.backend, event, trigger.event_data(self.backend, event, document_id))
            made = [one["id"] for one in self.backend["events"] if one["id"] not in before]
        self.on_change()
        return made

    def sample_event(self, event: str, document_id: str | None = None) -> list[dict[str, Any]]:
        """Return the body of a delivery, with all parts that a subscription can ask for.

        Raises:
            ValueError: there is no such event.
            Refusal: as `webhooks.trigger.event_data`.
        """
        trigger.check_trigger(event)
        self.tick()
        with self.backend.tables.change():
            data = trigger.event_data(self.backend, event, document_id)
            return [_copy({"event": event, "data": data(trigger.PARTS)})]

    def work(self, busy: set[str]) -> tuple[list[tuple[str, webhooks.WebhookDelivery]], float | None]:
        """Do what is due; return what to deliver now, with its subscription, and the seconds until there is more."""
        self.tick()
        result: list[tuple[str, webhooks.WebhookDelivery]] = []
        taken = set(busy)
        with self.backend.tables.change():
            now = self.backend.clock.look()
            while (entry := webhooks.next_attempt(self.backend, taken)) is not None and entry["at"] <= now:
                delivery = webhooks.attempt(self.backend, entry["id"])
                if delivery is not None:
                    taken.add(entry["subscription"])
                    result.append((entry["subscription"], delivery))
            times = [entry["at"]] if entry is not None else []
            due = self.backend.next_due()
            times += [due["at"]] if due else []
        # Never 0: a clock that stands still must not make anybody run in circles.
        return result, max(0.01, min(times) - now) if times else None

    def settle(self, delivery: webhooks.WebhookDelivery, outcome: webhooks.DeliveryOutcome) -> None:
        """Enter what became of an attempt."""
        with self.backend.tables.change():
            webhooks.settle(self.backend, delivery.event_id, outcome)

    # -- life -------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Go on after `close`: read the state file again, which another emulator may have changed.

        Raises:
            StateFileError: it cannot be used.
        """
        if not self._open and self._options.state_file:
            self.backend = self._begin()
        self._open = True

    def reset(self) -> None:
        """Forget everything, in the state file too, and begin as with a new one.

        Raises:
            StateFileError: the file cannot be used.
        """
        was_open = self._open
        self.open()
        with self.backend.tables.lock:
            with self.backend.tables.change():
                self.backend.tables.clear()
            self.backend.tables.close()
            self.backend = self._begin()
        if not was_open:
            self.close()

    def close(self) -> None:
        """Let go of the state file."""
        with self.backend.tables.lock:
            self._open = False
            self.backend.tables.close()

    def _change(self, document_id: str, act: Callable[[str], object]) -> dict[str, Any]:
        self.tick()
        with self.backend.tables.change():
            self._found(document_id)
            act(document_id)
            result = _copy(document_serializers.details(self.backend, self.backend.documents.read(document_id)))
        self.on_change()
        return result

    def _process(self, document_id: str) -> None:
        self._hurry(document_id, "document.ready", "document.failed")

    def _hurry(self, document_id: str, *wanted: str) -> None:
        """Do now what is planned for a document."""
        for due in self.backend["due"]:
            if due["target"] == document_id and due["what"] in wanted:
                self.backend["due"].edit(due["id"])["at"] = 0.0
        run_due(self.backend)

    def _found(self, document_id: str) -> Record:
        found = self.backend.documents.get(document_id)
        if found is None or found["deleted"]:
            raise Refusal(404, "There is no such document.")
        return found


def _copy(value: Record) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(value))
    return copied


def _written(reply: Reply) -> EncodedReply:
    """Write a reply out while nobody changes the records that it shows."""
    if reply.content is not None:
        return EncodedReply(reply.status, dict(reply.headers), reply.content, reply.media_type)
    content = None if reply.value is None else json.dumps(reply.value, ensure_ascii=False).encode()
    return EncodedReply(reply.status, dict(reply.headers), content, "application/json")
