"""The life of a document, and what its state forbids."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pandadoc_client.emulator import Emulator, Refusal

from ..support import Clock
from .support import PDF, Api, person


def test_a_document_is_uploaded_until_its_time_has_come(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock, processing_delay=3)
    created = api.call("createDocument", {"name": "A", "url": "https://example.com/a.pdf", "recipients": [person()]})
    assert (created["status"], created["id"]) == ("document.uploaded", created["uuid"])
    clock.advance(2.9)
    assert api.status(created["id"]) == "document.uploaded"
    clock.advance(0.2)
    assert api.status(created["id"]) == "document.draft"


def test_without_a_delay_the_next_request_finds_a_draft(api: Api) -> None:
    assert api.status(api.new()) == "document.draft"


def test_a_document_walks_from_sent_to_completed(api: Api) -> None:
    document = api.new(recipients=[person(), person("b@example.com", "Board"), person("c@example.com", None)])
    sent = api.call("sendDocument", {"subject": "Hello"}, document)
    assert (sent["status"], len(sent["recipients"])) == ("document.sent", 3)
    first, second, copy = (one["id"] for one in sent["recipients"])
    api.service.view(document)
    assert api.status(document) == "document.viewed"
    api.service.complete(document, first)
    assert api.status(document) == "document.viewed"
    api.service.complete(document, second)
    details = api.call("detailsDocument", None, document)
    assert details["status"] == "document.completed"
    assert [one["has_completed"] for one in details["recipients"]] == [True, True, False]
    assert details["date_completed"] > details["date_sent"] > details["date_created"]
    with pytest.raises(Refusal) as caught:
        api.service.complete(document, copy)
    assert caught.value.status == 409


def test_all_signatures_can_be_had_at_once(api: Api) -> None:
    document = api.sent(recipients=[person(), person("b@example.com")])
    assert api.service.complete(document)["status"] == "document.completed"
    nobody_signs = api.sent(recipients=[person(role=None)])
    assert api.service.complete(nobody_signs)["status"] == "document.completed"


def test_a_creation_that_is_told_to_fail_ends_in_error(api: Api) -> None:
    assert api.service.fail_next("Broken file.") == 1
    failed, next_one = api.new(), api.new()
    assert api.status(failed) == "document.error"
    assert api.status(next_one) == "document.draft"
    assert api.refused(409, "detailsDocument", None, failed)["status"] == "document.error"


@pytest.mark.parametrize("operation", ["statusDocument", "detailsDocument", "deleteDocument", "downloadDocument"])
def test_an_unknown_document_is_a_404(api: Api, operation: str) -> None:
    assert api.refused(404, operation, None, "nobody") == {
        "type": "request_error",
        "detail": "There is no such document.",
    }


def test_an_unknown_document_of_the_second_version_has_its_shape(api: Api) -> None:
    assert api.refused(404, "documentSettingsGet", None, "nobody")["code"] == "not_found"


def test_whoever_is_too_early_gets_a_409_that_names_the_state(begin: Callable[..., Api]) -> None:
    api = begin(processing_delay=600)
    document = api.new()
    for operation in ("sendDocument", "detailsDocument", "downloadDocument", "listDocumentFields"):
        body: object = {} if operation == "sendDocument" else None
        answer = api.refused(409, operation, body, document)
        assert (answer["id"], answer["status"]) == (document, "document.uploaded")
        assert answer["info_message"]


def test_what_was_sent_cannot_be_sent_or_changed(api: Api) -> None:
    document = api.sent()
    assert api.refused(409, "sendDocument", {}, document)["status"] == "document.sent"
    assert "document.sent" in str(api.refused(400, "updateDocument", {"name": "B"}, document)["detail"])
    assert api.refused(400, "createDocumentFields", {"fields": []}, document)["type"]
    assert api.refused(409, "downloadProtectedDocument", None, document)["status"] == "document.sent"


def test_a_document_that_goes_back_to_draft_can_be_changed_and_sent_again(api: Api) -> None:
    document = api.sent()
    assert api.call("documentRevertToDraft", None, document)["status"] == "document.draft"
    api.call("updateDocument", {"name": "Better"}, document)
    assert api.call("sendDocument", {}, document)["name"] == "Better"


def test_a_sent_document_expires_when_its_settings_say(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock)
    document = api.new()
    api.call("documentSettingsUpdate", {"expires_in": 2}, document)
    api.call("sendDocument", {}, document)
    clock.advance(2 * 86400 - 60)
    assert api.status(document) == "document.sent"
    clock.advance(120)
    assert api.status(document) == "document.voided"


def test_an_editing_session_locks_the_document_until_it_ends(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock, behaviour={"editing_lock": True})
    document = api.new()
    member = {"email": "ada.panda@example.com", "lifetime": 60}
    session = api.call("createDocumentEditingSession", member, document)
    refusal = api.refused(423, "sendDocument", {}, document)
    assert (refusal["type"], refusal["expires_at"]) == ("document_locked", session["expires_at"])
    assert len(refusal["locked_by_user_id"]) == 22
    assert api.refused(423, "deleteDocument", None, document)
    api.call("detailsDocument", None, document)
    clock.advance(61)
    api.call("sendDocument", {}, document)


def test_a_test_can_lock_and_unlock(api: Api) -> None:
    document = api.new()
    api.service.lock(document)
    api.refused(423, "updateDocument", {"name": "B"}, document)
    api.service.unlock(document)
    api.call("updateDocument", {"name": "B"}, document)


def test_a_download_is_not_ready_right_after_completion(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock, render_delay=4)
    document = api.sent("Åland")
    assert api.call("downloadDocument", None, document).startswith(b"%PDF-")
    api.service.complete(document)
    early = api.send("downloadDocument", None, (document,))
    assert (early.status_code, early.headers["Retry-After"], early.content) == (202, "4", b"")
    clock.advance(4.1)
    late = api.send("downloadProtectedDocument", None, (document,))
    assert late.status_code == 200
    assert b"mei.lin@example.com" in late.content
    assert b"document.completed" in late.content
    assert late.headers["Content-Disposition"].endswith("filename*=UTF-8''%C3%85land.pdf")


def test_the_uploaded_file_is_kept(api: Api) -> None:
    files = {"file": ("a.pdf", PDF, "application/pdf")}
    document = api.call("createDocumentFromUpload", files=files)["id"]
    assert api.call("detailsDocument", None, document)["name"] == "a.pdf"
    assert api.service.upload(document) == PDF
    assert api.service.upload(api.new()) is None


def test_an_attachment_comes_back_byte_for_byte(api: Api) -> None:
    document = api.new()
    content = PDF + bytes(range(256)) * 300
    for operation in ("createDocumentAttachment", "createDocumentAttachmentFromFileUpload"):
        files = {"file": ('../ä "b".bin', content, "application/zip")}
        attachment = api.call(operation, None, document, files=files)["uuid"]
        answer = api.send("downloadDocumentAttachment", None, (document, attachment))
        assert (answer.content, answer.headers["content-type"]) == (content, "application/zip")
    api.call("deleteDocumentAttachment", None, document, attachment)
    assert api.refused(404, "downloadDocumentAttachment", None, document, attachment)
    assert len(api.call("listDocumentAttachments", None, document)) == 1


def test_a_deleted_document_is_only_in_the_list_of_the_deleted(api: Api) -> None:
    document, other = api.new(), api.new("Other")
    api.call("deleteDocument", None, document)
    api.refused(404, "statusDocument", None, document)
    assert [one["id"] for one in api.call("listDocuments", None)["results"]] == [other]
    assert [one["id"] for one in api.call("listDocuments", None, deleted=True)["results"]] == [document]
    api.refused(404, "bulkDeleteDocuments", [{"id": other}, {"id": document}])
    assert api.status(other) == "document.draft"


def test_a_refused_change_leaves_everything_as_it_was(api: Api) -> None:
    document = api.new()
    body = {"name": "Half", "recipients": [{"first_name": "Nobody"}]}
    detail = api.refused(400, "updateDocument", body, document)["detail"]
    assert "recipients[0].email" in str(detail)
    details = api.call("detailsDocument", None, document)
    assert details["name"] == "Offer"
    assert [one["email"] for one in details["recipients"]] == ["mei.lin@example.com"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"template_uuid": "nobody", "recipients": []}, "template_uuid"),
        ({"folder_uuid": "nowhere"}, "folder_uuid"),
        ({"owner": {"email": "nobody@example.com"}}, "owner"),
        ({"recipients": [person(), {"first_name": "No", "last_name": "Address"}]}, "recipients[1].email"),
    ],
)
def test_a_creation_names_what_is_wrong(api: Api, body: dict[str, object], field: str) -> None:
    url = {} if "template_uuid" in body else {"name": "A", "url": "https://example.com/a.pdf"}
    answer = api.refused(400, "createDocument", {**url, **body})
    assert answer["type"] == "validation_error"
    assert list(answer["detail"]) == [field]
    assert api.call("listDocuments", None)["results"] == []
    assert api.call("listContacts", None)["results"] == []


def test_recipients_are_contacts_and_fields_have_their_recipients(seeded: Api) -> None:
    template = seeded.call("listTemplates", None, q="non-disclosure")["results"][0]["id"]
    people = [person("new@example.com", "Client")]
    body = {"template_uuid": template, "recipients": people, "fields": {"Company": {"value": "Bamboo"}}}
    document = seeded.call("createDocument", body)["id"]
    [recipient] = (details := seeded.call("detailsDocument", None, document))["recipients"]
    assert recipient["contact_id"] == seeded.call("listContacts", None, email="NEW@example.com")["results"][0]["id"]
    assert {field["assigned_to"]["id"] for field in details["fields"]} == {recipient["id"]}
    assert [field["value"] for field in details["fields"] if field["field_id"] == "Company"] == ["Bamboo"]
    assert details["template"]["name"] == "Non-disclosure agreement"
    refused = seeded.refused(400, "createDocument", {**body, "recipients": [person(role="King")]})
    assert list(refused["detail"]) == ["recipients[0].role"]


def test_a_person_is_one_contact_however_many_documents_they_get(api: Api) -> None:
    for email in ("a@example.com", "A@example.com", "b@example.com"):
        api.new(recipients=[person(email)])
    assert [one["email"] for one in api.call("listContacts", None)["results"]] == ["b@example.com", "a@example.com"]


def test_an_update_keeps_known_recipients_and_drops_the_others(api: Api) -> None:
    document = api.new(recipients=[person("a@example.com"), person("b@example.com")])
    first, _ = api.call("detailsDocument", None, document)["recipients"]
    wanted = [{"id": first["id"], "first_name": "Ana"}, person("c@example.com")]
    api.call("updateDocument", {"recipients": wanted}, document)
    found = api.call("detailsDocument", None, document)["recipients"]
    assert [(one["email"], one["first_name"]) for one in found] == [("a@example.com", "Ana"), ("c@example.com", "Mei")]
    assert found[0]["id"] == first["id"]


def test_the_audit_trail_has_pages(api: Api) -> None:
    document = api.sent()
    everything = api.call("listDocumentAuditTrail", None, document)
    assert everything["count"] == len(everything["results"]) > 3
    page = api.call("listDocumentAuditTrail", None, document, limit=2, offset=1)
    assert page["results"] == everything["results"][1:3]


def test_many_threads_create_documents_at_once(api: Api) -> None:
    def create() -> None:
        other = Api(api.emulator)
        for _ in range(5):
            other.sent()
        other.close()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = api.call("listDocuments", None, count=100, status=1)["results"]
    assert len({one["id"] for one in found}) == 20


def test_without_a_memory_there_is_no_service() -> None:
    with pytest.raises(RuntimeError, match="mode='state'"):
        _ = Emulator(mode="examples").service
    with pytest.raises(ValueError, match="EmulatorMode"):
        Emulator(mode="dream")


@pytest.mark.parametrize("options", [{"processing_delay": -1}, {"webhook_delays": [-1]}, {"rate_limits": "some"}])
def test_a_bad_option_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options)) if "some" not in options.values() else "some"):
        Emulator(**options)  # type: ignore[arg-type]
