"""How the service behaves, one test for each row of what is known of it; `docs/emulator.md` has the table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import httpx
import pytest

from pandadoc_client.emulator import Behaviour, Emulator, EmulatorOptions
from pandadoc_client.emulator.contract.pdf import make_pdf
from pandadoc_client.emulator.service.documents.models import STATUSES

from ..support import Clock
from .receiver import Receiver, settled, subscribe
from .support import PDF, Api, person

URL = "https://example.com/a.pdf"
MEMBER = "ada.panda@example.com"
DAY = 86400.0


def template_named(api: Api, text: str) -> str:
    found: str = api.call("listTemplates", None, q=text)["results"][0]["id"]
    return found


def from_template(api: Api, text: str, recipients: list[dict[str, Any]] | None = None, **more: Any) -> str:
    people = [person()] if recipients is None else recipients
    body = {"template_uuid": template_named(api, text), "recipients": people, **more}
    document: str = api.call("createDocument", body)["id"]
    api.status(document)
    return document


def in_status(api: Api, name: str) -> str:
    """A document in a status, however it came there."""
    document = api.new()
    api.service.set_status(document, f"document.{name}")
    return document


# -- status changed by hand --------------------------------------------------------------------------------------------

CODES = {"completed": 2, "paid": 10, "voided": 11, "declined": 12}
BY_HAND = {
    "draft": {"completed", "paid", "declined"},
    "sent": {"completed", "voided", "declined"},
    "viewed": {"completed", "voided", "declined"},
    "waiting_pay": {"paid", "declined"},
    "completed": {"declined"},
    "voided": {"completed", "paid", "declined"},
    "declined": {"completed", "paid"},
}


@pytest.mark.parametrize("target", CODES)
@pytest.mark.parametrize("now", [status.removeprefix("document.") for status in STATUSES])
def test_status_by_hand(api: Api, now: str, target: str) -> None:
    document = in_status(api, now)
    allowed = target in BY_HAND.get(now, set())
    if allowed:
        api.call("changeDocumentStatus", {"status": CODES[target]}, document)
    else:
        refusal = api.refused(409, "changeDocumentStatus", {"status": CODES[target]}, document)
        assert (refusal["id"], refusal["status"]) == (document, f"document.{now}")
    assert api.status(document) == f"document.{target if allowed else now}"


# -- documents ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [status.removeprefix("document.") for status in STATUSES])
def test_revert_to_draft_works_from_every_status(api: Api, now: str) -> None:
    document = in_status(api, now)
    assert api.call("documentRevertToDraft", None, document)["status"] == "document.draft"
    api.call("sendDocument", {}, document)
    assert api.status(document) == "document.sent"


def test_revert_to_draft_empties_signatures_only(seeded: Api) -> None:
    document = from_template(seeded, "non-disclosure", fields={"Company": {"value": "Bamboo"}})
    seeded.call("sendDocument", {}, document)
    seeded.service.complete(document)
    before = {field["name"]: field for field in seeded.call("detailsDocument", None, document)["fields"]}
    seeded.call("documentRevertToDraft", None, document)
    details = seeded.call("detailsDocument", None, document)
    after = {field["name"]: field for field in details["fields"]}
    assert (before["Signature"]["is_filled"], after["Signature"]["is_filled"]) == (True, False)
    assert after["Company"]["value"] == "Bamboo"
    assert after["Date"]["value"] == before["Date"]["value"]
    assert [one["has_completed"] for one in details["recipients"]] == [False]
    assert details["date_completed"] is None


def test_document_updated_is_about_drafts_that_were_sent(api: Api, receiver: Receiver) -> None:
    subscribe(api, receiver.url, "document_updated", "document_state_changed", "document_deleted")
    document = api.new()
    api.call("updateDocument", {"name": "Other"}, document)
    api.call("sendDocument", {}, document)
    api.call("documentRevertToDraft", None, document)
    api.call("deleteDocument", None, document)
    events = [(one.item["event"], one.item["data"].get("status")) for one in receiver.wait_for(4)]
    assert events == [
        ("document_state_changed", "document.draft"),
        ("document_state_changed", "document.sent"),
        ("document_updated", "document.draft"),
        ("document_deleted", None),
    ]


@pytest.mark.parametrize(
    "query", ["metadata_deal=7&metadata_kind=x", "metadata=metadata_deal%3D7&metadata=metadata_kind%3Dx"]
)
def test_metadata_filters_in_both_spellings(api: Api, query: str) -> None:
    api.new(metadata={"deal": "7", "kind": "y"})
    wanted = api.new(metadata={"deal": "7", "kind": "x"})
    found = api.http.get(f"/public/v1/documents?{query}").json()["results"]
    assert [one["id"] for one in found] == [wanted]


@pytest.mark.parametrize(
    ("query", "name"), [("metadata=deal%3D7", "metadata"), ("deal=7", "deal"), ("count=1&stauts=2", "stauts")]
)
def test_unknown_query_parameters_of_the_document_list(api: Api, query: str, name: str) -> None:
    response = api.http.get(f"/public/v1/documents?{query}")
    detail = {"non_field_errors": [f"Unsupported parameters passed: '{name}'."]}
    assert (response.status_code, response.json()) == (400, {"type": "request_error", "detail": detail})


def test_template_id_and_form_id_are_not_filters_together(api: Api) -> None:
    assert api.send("listDocuments", template_id="a", form_id="b").status_code == 400
    assert api.send("listDocuments", template_id="a").status_code == 200


@pytest.mark.parametrize(
    ("create", "operation", "members"),
    [
        (lambda api, name: api.new(name), "listDocuments", "results"),
        (lambda api, name: api.call("createTemplate", {"name": name, "url": URL}), "listTemplates", "results"),
        (lambda api, name: api.call("createContact", {"email": f"{name}@example.com"}), "listContacts", "results"),
        (lambda api, name: api.call("createDocumentFolder", {"name": name}), "listDocumentFolders", "results"),
        (
            lambda api, name: api.call("createContentLibraryItem", {"name": name, "url": URL}),
            "listContentLibraryItems",
            "results",
        ),
    ],
)
def test_lists_begin_with_the_newest(api: Api, create: Callable[..., Any], operation: str, members: str) -> None:
    for name in ("a", "b", "c"):
        create(api, name)
    found = [one.get("name") or one["email"][0] for one in api.call(operation, None)[members]]
    assert found == ["c", "b", "a"]


@pytest.mark.parametrize("path", ["documents", "templates", "content-library-items", "documents/{id}/sections/uploads"])
@pytest.mark.parametrize("ending", ["", "/", "?upload", "/?upload"])
def test_multipart_without_upload_in_the_query(api: Api, path: str, ending: str) -> None:
    target = path.replace("{id}", api.new())
    data = {"name": "By hand", "recipients": []}
    files = {"file": ("a.pdf", PDF, "application/pdf")}
    response = api.http.post(f"/public/v1/{target}{ending}", files=files, data={"data": json.dumps(data)})
    assert response.status_code == 201, response.text
    if path == "documents":
        assert api.service.upload(response.json()["id"]) == PDF


def test_a_slash_at_the_end_changes_nothing(api: Api) -> None:
    document = api.http.post("/public/v1/documents/", json={"name": "A", "url": URL, "recipients": []}).json()["id"]
    assert api.http.get(f"/public/v1/documents/{document}/").json()["status"] == "document.draft"
    assert api.http.post(f"/public/v1/documents/{document}/send/", json={}).json()["status"] == "document.sent"


def test_template_uuid_decides_beside_a_url(seeded: Api) -> None:
    document = from_template(seeded, "non-disclosure", url=URL)
    assert seeded.call("detailsDocument", None, document)["template"]["name"] == "Non-disclosure agreement"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"recipients": [{"email": "nobody", "first_name": "A"}]}, "recipients[0].email"),
        ({"url": "no url at all"}, "url"),
        ({"name": None}, "name"),
    ],
)
def test_errors_name_the_field(api: Api, body: dict[str, Any], field: str) -> None:
    refusal = api.refused(400, "createDocument", {"name": "A", "url": URL, "recipients": [], **body})
    assert list(refusal["detail"]) == [field]


@pytest.mark.parametrize(("name", "content"), [("a.pdf", b""), ("a.pdf", b"MZ\x90\x00 a program"), ("a.exe", b"MZ")])
def test_a_file_that_is_no_document_is_refused(api: Api, name: str, content: bytes) -> None:
    files = {"file": (name, content), "data": (None, json.dumps({"name": "A", "recipients": []}))}
    assert list(api.refused(400, "createDocumentFromUpload", files=files)["detail"]) == ["file"]


def upload(api: Api, content: bytes, **data: Any) -> str:
    files = {"file": ("a.pdf", content), "data": (None, json.dumps({"name": "A", "recipients": [], **data}))}
    document: str = api.call("createDocumentFromUpload", files=files)["id"]
    return document


@pytest.mark.parametrize(
    ("content", "data"),
    [
        (PDF + b"/Encrypt 5 0 R", {}),
        (make_pdf(["Sign here: [signature:client]"]), {"recipients": [person(role="Boss")]}),
        (make_pdf(["Sign here: {signature:client}"]), {}),
    ],
    ids=["protected", "tag of a role that nobody has", "tag and nobody at all"],
)
def test_unreadable_files_and_tags_without_a_role_end_in_an_error(
    api: Api, receiver: Receiver, content: bytes, data: dict[str, Any]
) -> None:
    subscribe(api, receiver.url, "document_creation_failed")
    document = upload(api, content, **data)
    assert api.status(document) == "document.error"
    [failed] = receiver.wait_for(1)
    assert (failed.item["event"], failed.item["data"]["id"]) == ("document_creation_failed", document)


def test_tags_of_known_roles_and_whole_files_are_read(begin: Callable[..., Api]) -> None:
    api = begin(behaviour={"check_files": True})
    tagged = make_pdf(["Sign here: [signature:client]"])
    assert api.status(upload(api, tagged, recipients=[person(role="Client")])) == "document.draft"
    assert api.status(upload(api, PDF)) == "document.error"  # cut off
    assert begin().emulator.options.behaviour.check_files is False


@pytest.mark.parametrize(("setting", "tokens"), [("drop", ["Client.Company"]), ("keep", ["Client.Company", "Tpyo"])])
def test_names_that_the_template_does_not_have(begin: Callable[..., Api], setting: str, tokens: list[str]) -> None:
    api = begin(seed_data=True, behaviour={"unknown_names": setting})
    given = [{"name": "Tpyo", "value": "x"}, {"name": "Client.Company", "value": "Bamboo"}]
    document = from_template(api, "non-disclosure", tokens=given, fields={"Nothing": {"value": "x"}})
    details = api.call("detailsDocument", None, document)
    assert [token["name"] for token in details["tokens"]] == tokens
    assert {field["name"] for field in details["fields"]} == {"Company", "Date", "Signature"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"tokens": [{"name": "Tpyo", "value": "x"}]}, "tokens[0].name"),
        ({"fields": {"Nothing": {"value": "x"}}}, "fields.Nothing"),
    ],
)
def test_names_that_the_template_does_not_have_can_be_refused(
    begin: Callable[..., Api], more: dict[str, Any], field: str
) -> None:
    api = begin(seed_data=True, behaviour={"unknown_names": "refuse"})
    body = {"template_uuid": template_named(api, "non-disclosure"), "recipients": [person()], **more}
    assert list(api.refused(400, "createDocument", body)["detail"]) == [field]


# -- prices ------------------------------------------------------------------------------------------------------------


def row(price: float, qty: float = 1, options: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    return {"options": options or {}, "data": {"Name": "Thing", "Price": price, "QTY": qty, **data}}


def percent(value: float) -> dict[str, Any]:
    return {"type": "percent", "value": value}


def absolute(value: float) -> dict[str, Any]:
    return {"type": "absolute", "value": value}


ROWS = [
    row(10, 3, Discount=percent(10), Tax=percent(20)),
    row(99.99, 2, Discount=absolute(19.98), Fee=absolute(5)),
    row(500, 1, {"optional": True, "optional_selected": False}, Tax=percent(50)),
    row(7.5, 4, {"optional": True, "optional_selected": True}),
]


def cents(number: Fraction) -> Fraction:
    """Rounded to cents, half up."""
    return Fraction((number * 100 + Fraction(1, 2)).__floor__(), 100)


def reckoned(rows: list[dict[str, Any]], options: dict[str, Any]) -> dict[str, Fraction]:
    """The sums of a table, reckoned in another way than the emulator does: line by line, in fractions."""

    def part(adjustment: dict[str, Any] | None, base: Fraction) -> Fraction:
        if adjustment is None:
            return Fraction(0)
        value = Fraction(str(adjustment["value"]))
        return cents(base * value / 100) if adjustment["type"] == "percent" else value

    lines: list[tuple[Fraction, Fraction, Fraction, Fraction]] = []
    for one in rows:
        if one["options"].get("optional") and not one["options"].get("optional_selected"):
            continue
        data = one["data"]
        base = Fraction(str(data["Price"])) * Fraction(str(data["QTY"]))
        off = part(data.get("Discount"), base)
        lines.append((base, off, part(data.get("Tax"), base - off), part(data.get("Fee"), base - off)))
    subtotal, discount, tax, fee = (sum(column, Fraction(0)) for column in zip(*lines, strict=True))
    base = subtotal - discount
    off = part(options.get("Discount"), base)
    more_tax, more_fee = part(options.get("Tax"), base - off), part(options.get("Fee"), base - off)
    sums = {"subtotal": subtotal, "discount": discount + off, "tax": tax + more_tax, "fee": fee + more_fee}
    return {**sums, "total": subtotal - discount - off + tax + more_tax + fee + more_fee}


@pytest.mark.parametrize(
    "options",
    [
        {"currency": "EUR"},
        {"currency": "EUR", "Discount": {"name": "Global", **absolute(10)}, "Tax": {"name": "First", **percent(15)}},
        {"currency": "EUR", "Discount": percent(33.333), "Fee": percent(2.5)},
    ],
)
def test_prices_fill_the_table_of_their_name(seeded: Api, options: dict[str, Any]) -> None:
    tables = [
        {"name": "Prices", "options": options, "sections": [{"title": "Goods", "rows": ROWS}]},
        {"name": "No such table", "sections": [{"title": "Goods", "rows": [row(1_000_000)]}]},
    ]
    document = from_template(seeded, "sales", pricing_tables=tables)
    details = seeded.call("detailsDocument", None, document)
    [table] = details["pricing"]["tables"]
    expected = reckoned(ROWS, options)
    assert (table["name"], table["currency"], len(table["items"])) == ("Prices", "EUR", 4)
    assert {name: Fraction(text) for name, text in table["summary"].items()} == expected
    assert Fraction(table["total"]) == expected["total"]
    [quote] = details["pricing"]["quotes"]
    assert Fraction(details["grand_total"]["amount"]) == expected["total"] + Fraction(quote["total"])
    assert table["items"][0]["discount"] == {"type": "percent", "value": "10"}
    assert table["items"][0]["tax_first"] == {"type": "percent", "value": "20"}


def test_of_a_choice_the_chosen_row_counts(seeded: Api) -> None:
    rows = [row(10, options={"multichoice_selected": True}), row(20, options={"multichoice_selected": False})]
    section = {"title": "One of these", "multichoice_enabled": True, "rows": rows}
    document = from_template(seeded, "sales", pricing_tables=[{"name": "Prices", "sections": [section]}])
    assert seeded.call("detailsDocument", None, document)["pricing"]["tables"][0]["total"] == "10"


def test_an_update_fills_the_table_of_its_name(seeded: Api) -> None:
    document = from_template(seeded, "sales")
    tables = [{"name": "Prices", "sections": [{"title": "x", "rows": [row(3, 2)]}]}, {"name": "Other"}]
    seeded.call("updateDocument", {"pricing_tables": tables}, document)
    found = seeded.call("detailsDocument", None, document)["pricing"]["tables"]
    assert [(table["name"], table["total"]) for table in found] == [("Prices", "6")]


# -- shapes ------------------------------------------------------------------------------------------------------------


def test_details_have_their_shapes(seeded: Api) -> None:
    details = seeded.call("detailsDocument", None, seeded.new(metadata={"deal": "7"}))
    assert details["metadata"]["deal"] == "7"
    assert details["metadata"]["document__created_via_public_api"] == "true"
    assert "document__creation_source" in details["metadata"]
    assert (details["pricing"], details["lock"]) == ({}, None)
    signed = seeded.call("detailsDocument", None, from_template(seeded, "non-disclosure"))["fields"]
    [signature] = [field for field in signed if field["type"] == "signature"]
    assert (signature["field_id"], signature["name"]) == (f"signature_{signature['uuid']}", "Signature")


@pytest.mark.parametrize(("setting", "kind"), [("text", str), ("integer", int)])
def test_ids_of_recipients_in_the_response_to_send(begin: Callable[..., Api], setting: str, kind: type) -> None:
    api = begin(behaviour={"recipient_ids": setting})
    sent = api.http.post(f"/public/v1/documents/{api.new()}/send", json={}).json()
    assert [type(one["id"]) for one in sent["recipients"]] == [kind]


def test_a_template_with_an_approval_workflow(seeded: Api) -> None:
    seeded.service.require_approval(template_named(seeded, "sales"))
    document = from_template(seeded, "sales")
    assert seeded.call("detailsDocument", None, document)["approval_execution"]["document_uuid"] == document
    assert seeded.call("sendDocument", {}, document)["status"] == "document.waiting_approval"
    assert seeded.refused(409, "sendDocument", {}, document)["status"] == "document.waiting_approval"
    answer = seeded.http.post(f"/_emulator/documents/{document}/approve")
    assert answer.json()["status"] == "document.approved"
    assert seeded.call("sendDocument", {}, document)["status"] == "document.sent"
    rejected = from_template(seeded, "sales")
    seeded.call("sendDocument", {}, rejected)
    assert seeded.service.reject(rejected, "Too dear.")["status"] == "document.rejected"
    free = from_template(seeded, "non-disclosure")
    assert seeded.call("detailsDocument", None, free)["approval_execution"] is None
    assert seeded.http.post(f"/_emulator/documents/{free}/approve").status_code == 409


# -- sandbox -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sandbox(seeded: Api) -> Iterator[Api]:
    api = Api(seeded.emulator, seeded.emulator.sandbox_api_key)
    yield api
    api.close()


def test_a_sandbox_key_marks_names(sandbox: Api, seeded: Api) -> None:
    assert sandbox.call("detailsDocument", None, sandbox.new("Offer"))["name"] == "[DEV] Offer"
    assert sandbox.call("detailsDocument", None, from_template(sandbox, "sales"))["name"] == "[DEV] Sales proposal"
    assert seeded.call("detailsDocument", None, seeded.new("Offer"))["name"] == "Offer"


def test_a_sandbox_key_sends_within_its_own_domain(sandbox: Api) -> None:
    outside = sandbox.new(recipients=[person(MEMBER), person("a@elsewhere.example")])
    assert sandbox.refused(403, "sendDocument", {}, outside)["type"] == "permissions_error"
    inside = sandbox.new(recipients=[person("colleague@example.com")])
    assert sandbox.call("sendDocument", {}, inside)["status"] == "document.sent"


def test_a_sandbox_key_downloads_no_protected_document(sandbox: Api, seeded: Api) -> None:
    document = seeded.sent()
    seeded.service.complete(document)
    assert seeded.send("downloadProtectedDocument", None, (document,)).status_code == 200
    sandbox.refused(401, "downloadProtectedDocument", None, document)


def test_a_sandbox_key_has_ten_requests_a_minute(begin: Callable[..., Api]) -> None:
    api = begin(rate_limits="production", clock=Clock())
    limited = Api(api.emulator, api.emulator.sandbox_api_key)
    statuses = [limited.send("listContacts").status_code for _ in range(11)]
    limited.close()
    assert statuses == [200] * 10 + [429]
    assert api.send("listContacts").status_code == 200


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_an_editing_session_is_for_a_draft_which_it_does_not_lock(api: Api) -> None:
    document = api.new()
    assert api.call("createDocumentEditingSession", {"email": MEMBER}, document)["document_id"] == document
    assert api.call("detailsDocument", None, document)["lock"] is None
    api.call("sendDocument", {}, document)
    api.refused(400, "createDocumentEditingSession", {"email": MEMBER}, document)


def test_there_are_250_editing_sessions_a_week(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock)
    document = api.new()
    for _ in range(250):
        api.call("createDocumentEditingSession", {"email": MEMBER}, document)
    api.refused(403, "createDocumentEditingSession", {"email": MEMBER}, document)
    clock.advance(7 * DAY + 1)
    api.call("createDocumentEditingSession", {"email": MEMBER}, document)


def test_an_editing_session_ends_the_one_before(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock)
    document, other = api.new(), api.new()
    for target in (document, other, document):
        api.call("createDocumentEditingSession", {"email": MEMBER}, target)
        clock.advance(1)
    sessions = api.service.backend["editing_sessions"]
    now = api.service.backend.now()
    assert [(one["target"], one["expires"] > now) for one in sessions] == [
        (document, False),
        (other, True),
        (document, True),
    ]


@pytest.mark.parametrize("now", [status.removeprefix("document.") for status in STATUSES])
def test_a_session_for_signing_needs_a_status(api: Api, now: str) -> None:
    document = in_status(api, now)
    body = {"recipient": "mei.lin@example.com"}
    if now in ("sent", "viewed", "waiting_pay", "paid", "completed"):
        assert api.call("createDocumentLink", body, document)["id"]
        return
    detail = f"Cannot create session ID for a document in document.{now} status"
    refusal = api.refused(400, "createDocumentLink", body, document)
    assert refusal == {"type": "validation_error", "detail": detail}


def test_a_document_links_to_each_crm_once(api: Api) -> None:
    document = api.new()
    link = {"provider": "hubspot", "entity_type": "deal", "entity_id": "1"}
    first = api.call("createLinkedObject", link, document)
    assert api.call("createLinkedObject", link, document)["id"] == first["id"]
    refusal = api.refused(400, "createLinkedObject", {**link, "entity_id": "2"}, document)
    assert list(refusal["detail"]) == ["provider"]
    api.call("createLinkedObject", {**link, "provider": "pipedrive"}, document)


def test_the_library_has_a_hundred_items_a_page(api: Api) -> None:
    for number in range(101):
        api.call("createContentLibraryItem", {"name": f"Item {number}", "url": URL})
    assert len(api.call("listContentLibraryItems", None, count=1000)["results"]) == 100


# -- recipients --------------------------------------------------------------------------------------------------------


def recipients(api: Api, document: str) -> dict[str, dict[str, Any]]:
    return {one["email"]: one for one in api.call("detailsDocument", None, document)["recipients"]}


def test_a_signer_is_removed_from_a_draft_only(api: Api) -> None:
    document = api.new(recipients=[person("a@example.com"), person("b@example.com")])
    people = recipients(api, document)
    api.call("deleteDocumentRecipient", None, document, people["a@example.com"]["id"])
    api.call("sendDocument", {}, document)
    api.refused(400, "deleteDocumentRecipient", None, document, people["b@example.com"]["id"])
    assert list(recipients(api, document)) == ["b@example.com"]


def test_copies_are_added_edited_and_removed_after_completion(api: Api) -> None:
    document = api.sent()
    api.service.complete(document)
    contact = api.call("createContact", {"email": "copy@example.com"})["id"]
    body = {"id": contact, "kind": "contact"}
    added = api.call("addDocumentRecipient", body, document)["recipient_id"]
    api.call("editDocumentRecipient", {"first_name": "Zoe"}, document, added)
    assert recipients(api, document)["copy@example.com"]["first_name"] == "Zoe"
    api.call("deleteDocumentRecipient", None, document, added)
    for status in ("voided", "declined"):
        api.service.set_status(document, f"document.{status}")
        api.refused(400, "addDocumentRecipient", body, document)


@pytest.mark.parametrize("taken", ["known@example.com", "KNOWN@example.com", MEMBER])
def test_an_edit_cannot_take_the_address_of_somebody_else(api: Api, taken: str) -> None:
    api.call("createContact", {"email": "known@example.com"})
    document = api.new()
    recipient = recipients(api, document)["mei.lin@example.com"]["id"]
    refusal = api.refused(400, "editDocumentRecipient", {"email": taken}, document, recipient)
    assert list(refusal["detail"]) == ["email"]
    api.call("editDocumentRecipient", {"email": "Mei.Lin@example.com"}, document, recipient)


def test_an_edit_updates_the_contact(api: Api) -> None:
    document = api.new()
    recipient = recipients(api, document)["mei.lin@example.com"]
    change = {"email": "new@example.com", "first_name": "Zoe"}
    api.call("editDocumentRecipient", change, document, recipient["id"])
    contact = api.call("detailsContact", None, recipient["contact_id"])
    assert (contact["email"], contact["first_name"], contact["last_name"]) == ("new@example.com", "Zoe", "Lin")


@pytest.mark.parametrize("enforced", [True, False])
def test_a_later_signer_waits_for_the_earlier(begin: Callable[..., Api], enforced: bool) -> None:
    api = begin(behaviour={"signing_order": enforced})
    document = api.sent(recipients=[person("b@example.com", signing_order=2), person(signing_order=1)])
    later = recipients(api, document)["b@example.com"]["id"]
    answer = api.http.post(f"/_emulator/documents/{document}/complete", json={"recipient_id": later})
    assert answer.status_code == (409 if enforced else 200)
    assert api.service.complete(document)["status"] == "document.completed"


def test_a_contact_that_is_known(begin: Callable[..., Api]) -> None:
    body = {"email": "a@example.com", "first_name": "Ana"}
    refusing, updating = begin(), begin(behaviour={"known_contact": "update"})
    for api in (refusing, updating):
        api.call("createContact", body)
    again = {**body, "email": "A@example.com", "first_name": "Anna"}
    assert list(refusing.refused(400, "createContact", again)["detail"]) == ["email"]
    assert updating.call("createContact", again)["first_name"] == "Anna"
    assert len(updating.call("listContacts", None)["results"]) == 1


# -- webhooks ----------------------------------------------------------------------------------------------------------


def test_deliveries_say_who_they_are_from(api: Api, receiver: Receiver) -> None:
    subscribe(api, receiver.url, "document_state_changed")
    api.status(api.new())
    assert receiver.wait_for(1)[0].headers["user-agent"] == "PandaDoc Webhooks"


def data_of_a_draft(api: Api, receiver: Receiver) -> dict[str, Any]:
    subscribe(api, receiver.url, "document_state_changed", payload=["fields", "tokens"])
    from_template(api, "non-disclosure", tokens=[{"name": "Client.Company", "value": "Bamboo"}])
    data: dict[str, Any] = receiver.wait_for(1)[0].item["data"]
    return data


def test_events_have_the_shapes_that_were_captured(seeded: Api, receiver: Receiver) -> None:
    data = data_of_a_draft(seeded, receiver)
    assert data["tokens"] == [{"Client.Company": "Bamboo"}]
    assert {field["assignee"] for field in data["fields"]} == {"mei.lin@example.com"}
    assert [(one["role"], one["shared_link"]) for one in data["recipients"]] == [("Client", "")]


def test_events_can_have_the_shapes_of_the_details(begin: Callable[..., Api], receiver: Receiver) -> None:
    api = begin(seed_data=True, behaviour={"webhook_shapes": "details"})
    data = data_of_a_draft(api, receiver)
    details = api.call("detailsDocument", None, data["id"])
    assert {name: data[name] for name in ("tokens", "fields", "recipients")} == {
        name: details[name] for name in ("tokens", "fields", "recipients")
    }


def test_several_events_may_come_in_one_delivery(begin: Callable[..., Api], receiver: Receiver) -> None:
    api = begin(behaviour={"webhook_batch": 3})
    subscribe(api, receiver.url, "document_state_changed", "recipient_completed")
    document = api.sent()
    receiver.held.clear()  # the first delivery is under way while more happens
    api.service.complete(document)
    receiver.held.set()
    received: list[Any] = []
    for count in range(1, 6):
        received = receiver.wait_for(count)
        if sum(len(json.loads(one.body)) for one in received) == 5:
            break
    sizes = [len(json.loads(one.body)) for one in received]
    assert sum(sizes) == 5
    assert max(sizes) in (2, 3)
    assert len({one.event_id for one in received}) == len(received)


@pytest.mark.parametrize(
    ("url", "status"),
    [("http://example.com/hook", 400), ("https://example.com/hook", 201), ("http://127.0.0.1:9/", 201)],
)
def test_webhooks_are_https_but_on_this_machine(api: Api, url: str, status: int) -> None:
    body = {"name": "Hook", "url": url, "triggers": ["document_updated"]}
    assert api.send("createWebhookSubscription", body).status_code == status
    if status == 201:
        subscription = api.call("listWebhookSubscriptions", None)["items"][0]["uuid"]
        refusal = api.refused(400, "updateWebhookSubscription", {"url": "http://example.com/"}, subscription)
        assert list(refusal["detail"]) == ["url"]


def test_there_are_300_subscriptions_at_most(api: Api) -> None:
    body = {"name": "Hook", "url": "https://example.com/", "triggers": ["document_updated"]}
    for _ in range(300):
        api.call("createWebhookSubscription", body)
    assert "300" in str(api.refused(400, "createWebhookSubscription", body))


def test_a_410_switches_a_subscription_off_at_once(api: Api, receiver: Receiver) -> None:
    receiver.statuses[:] = [410]
    subscription = subscribe(api, receiver.url, "document_state_changed")["uuid"]
    api.status(api.new())
    settled(api, 1)
    assert api.call("detailsWebhookSubscription", None, subscription)["active"] is False


def test_seven_days_of_errors_switch_a_subscription_off(begin: Callable[..., Api], receiver: Receiver) -> None:
    clock = Clock()
    api = begin(clock=clock, webhook_delays=())
    receiver.statuses[:] = [500, 404, 200, 500, 503]
    subscription = subscribe(api, receiver.url, "document_state_changed")["uuid"]
    active: list[bool] = []
    for number, days in enumerate((0, 6, 6, 1, 7.1), 1):
        clock.advance(days * DAY)
        api.status(api.new())
        settled(api, number)
        active.append(api.call("detailsWebhookSubscription", None, subscription)["active"])
    assert active == [True, True, True, True, False]


def test_events_are_listed_for_fifteen_days(begin: Callable[..., Api], receiver: Receiver) -> None:
    clock = Clock()
    api = begin(clock=clock)
    subscribe(api, receiver.url, "document_state_changed")
    api.status(api.new())
    settled(api, 1)
    assert len(api.call("listWebhookEvent", None, count=10, page=1)["items"]) == 1
    clock.advance(15 * DAY + 1)
    assert api.call("listWebhookEvent", None, count=10, page=1)["items"] == []


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_new_api_key_of_a_kind_ends_the_one_before(api: Api) -> None:
    workspace = api.call("getWorkspacesList", None)["results"][0]["id"]

    def key(kind: str) -> str:
        made: str = api.call("createApiKey", {"type": kind}, workspace)["key"]
        return made

    def works(value: str) -> bool:
        headers = {"Authorization": f"API-Key {value}"}
        return httpx.get(f"{api.emulator.url}/public/v1/members/current", headers=headers).status_code == 200

    first, sandbox, second = key("production"), key("sandbox"), key("production")
    assert [works(one) for one in (first, sandbox, second)] == [False, True, True]


# -- settings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"unknown_names": "forget"}, "unknown_names is one of drop, keep, refuse"),
        ({"signing_order": "yes"}, "signing_order is true or false"),
        ({"webhook_batch": 0}, "webhook_batch is a number of events"),
        ({"webhook_batch": 1.5}, "webhook_batch is a whole number"),
    ],
)
def test_a_behaviour_that_is_none_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EmulatorOptions(behaviour=Behaviour(**settings))


def test_the_sandbox_key_is_one_of_the_settings() -> None:
    with Emulator(sandbox_api_keys=["mine"]) as emulator:
        assert emulator.sandbox_api_key == "mine"
        headers = {"Authorization": "API-Key mine"}
        assert httpx.get(f"{emulator.url}/public/v1/members/current", headers=headers).status_code == 200
