"""Lists: pages, filters, order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..support import Clock
from .support import Api, person


def names(answer: dict[str, Any]) -> list[str]:
    return [one["name"] for one in answer["results"]]


@pytest.fixture
def many(api: Api) -> Api:
    for number in range(7):
        api.new(f"Document {number}", tags=["odd"] if number % 2 else [], metadata={"number": str(number)})
    return api


def test_pages_end_with_a_short_one(many: Api) -> None:
    pages = [names(many.call("listDocuments", None, count=3, page=page, order_by="name")) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [name for page in pages for name in page] == [f"Document {number}" for number in range(7)]


def test_a_page_has_a_hundred_at_most(api: Api) -> None:
    for number in range(105):
        api.new(str(number), recipients=[])
    assert len(api.call("listDocuments", None, count=1000)["results"]) == 100
    assert len(api.call("listDocuments", None)["results"]) == 50


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "DOCUMENT 3"}, ["3"]),
        ({"tag": "odd"}, ["5", "3", "1"]),
        ({"metadata": ["metadata_number=4"]}, ["4"]),
        ({"metadata": ["metadata_number=4", "metadata_other=x"]}, []),
        ({"status": 0}, list("6543210")),
        ({"status": 1}, []),
        ({"status__ne": 0}, []),
        ({"created_from": "2100-01-01T00:00:00Z"}, []),
        ({"created_to": "2100-01-01T00:00:00Z"}, list("6543210")),
        ({"completed_from": "2000-01-01T00:00:00Z"}, []),
        ({"id": "nobody"}, []),
        ({"template_id": "nobody"}, []),
        ({"folder_uuid": "nowhere"}, []),
        ({"membership_id": "EmulatedMember00000001"}, list("6543210")),
        ({"order_by": "-name"}, list("6543210")),
        ({"order_by": "-date_created"}, list("6543210")),
        ({"order_by": "date_completed"}, list("0123456")),
    ],
)
def test_a_query_finds_what_it_says(many: Api, query: dict[str, Any], expected: list[str]) -> None:
    found = names(many.call("listDocuments", None, **query))
    assert [name.rpartition(" ")[2] for name in found] == expected


def test_documents_are_found_by_their_status_and_contact(api: Api) -> None:
    draft = api.new(recipients=[person("a@example.com")])
    sent = api.sent(recipients=[person("b@example.com")])
    contact = api.call("listContacts", None, email="b@example.com")["results"][0]["id"]
    assert [one["id"] for one in api.call("listDocuments", None, contact_id=contact)["results"]] == [sent]
    assert [one["id"] for one in api.call("listDocuments", None, status=1)["results"]] == [sent]
    assert [one["id"] for one in api.call("listDocuments", None, status__ne=1)["results"]] == [draft]


def test_times_in_a_query_are_compared_as_times(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock)
    api.new("Early")
    clock.advance(7200)
    late = api.new("Late")
    created = api.call("detailsDocument", None, late)["date_created"]
    assert names(api.call("listDocuments", None, created_from=created)) == ["Late"]
    shifted = created.replace("Z", "+00:00")
    assert names(api.call("listDocuments", None, created_from=shifted)) == ["Late"]
    assert names(api.call("listDocuments", None, created_to=created)) == ["Late", "Early"]


def test_what_was_made_later_is_later_even_when_the_clock_stands_still(begin: Callable[..., Api]) -> None:
    api = begin(clock=Clock())
    made = [api.call("detailsDocument", None, api.new(str(number)))["date_created"] for number in range(3)]
    assert made == sorted(set(made))
    assert names(api.call("listDocuments", None, order_by="-date_created")) == ["2", "1", "0"]


def test_folders_hold_folders_and_documents(api: Api) -> None:
    outer = api.call("createDocumentFolder", {"name": "Outer"})["uuid"]
    inner = api.call("createDocumentFolder", {"name": "Inner", "parent_uuid": outer})["uuid"]
    document = api.new(folder_uuid=inner)
    [top] = api.call("listDocumentFolders", None)["results"]
    assert (top["uuid"], top["has_folders"], top["has_items"]) == (outer, True, False)
    [below] = api.call("listDocumentFolders", None, parent_uuid=outer)["results"]
    assert (below["uuid"], below["has_folders"], below["has_items"]) == (inner, False, True)
    api.call("documentMoveToFolder", None, document, outer)
    assert [one["id"] for one in api.call("listDocuments", None, folder_uuid=outer)["results"]] == [document]
    api.refused(404, "documentMoveToFolder", None, document, "nowhere")
    api.refused(404, "renameDocumentFolder", {"name": "X"}, "nowhere")


def test_contacts_are_created_changed_and_deleted(api: Api) -> None:
    contact = api.call("createContact", {"email": "a@example.com", "first_name": "Ana"})
    assert api.call("updateContact", {"city": "Lund"}, contact["id"]) == {**contact, "city": "Lund"}
    assert list(api.refused(400, "createContact", {"email": "A@example.com"})["detail"]) == ["email"]
    api.call("deleteContact", None, contact["id"])
    assert api.call("listContacts", None)["results"] == []
    api.refused(404, "detailsContact", None, contact["id"])


def test_templates_are_found_and_a_deleted_one_makes_no_document(seeded: Api) -> None:
    assert names(seeded.call("listTemplates", None, tag=["legal"])) == ["Non-disclosure agreement"]
    assert names(seeded.call("listTemplates", None, count=1, page=2)) == ["Sales proposal"]
    template = seeded.call("listTemplates", None, q="offer")["results"][0]["id"]
    seeded.call("deleteTemplate", None, template)
    assert names(seeded.call("listTemplates", None, deleted=True)) == ["Job offer"]
    seeded.refused(404, "detailsTemplate", None, template)
    seeded.refused(400, "createDocument", {"template_uuid": template, "recipients": []})


def test_users_are_paged_with_a_total(api: Api) -> None:
    workspace = api.call("getWorkspacesList", None)["results"][0]["id"]
    for number in range(3):
        user = {"email": f"u{number}@example.com", "first_name": "U", "last_name": "V"}
        workspaces = [{"workspace_id": workspace, "role": "Member"}]
        api.call("createUser", {"user": user, "workspaces": workspaces, "license": "Guest"})
    page = api.call("listUsers", None, count=2, page=2)
    assert (page["total"], [one["email"] for one in page["results"]]) == (4, ["u1@example.com", "u2@example.com"])
    assert len(api.call("listMembers", None)["results"]) == 4


def test_an_empty_query_parameter_is_a_value_like_any_other(api: Api) -> None:
    api.call("createLinkedObject", {"provider": "", "entity_type": "deal", "entity_id": "7"}, document := api.new())
    found = api.call("listDocumentsByLinkedObject", None, provider="", entity_type="deal", entity_id="7")
    assert [one["id"] for one in found] == [document]


def test_a_user_has_an_address_of_their_own(api: Api) -> None:
    people: list[dict[str, str]] = [{}, {"email": ""}, {"email": "ada.panda@example.com"}]
    for someone in people:
        body = {"user": someone, "workspaces": [], "license": "Full"}
        assert "user.email" in str(api.refused(400, "createUser", body)["detail"])


def test_the_log_is_the_journal(api: Api) -> None:
    document = api.new()
    api.refused(404, "statusDocument", None, "nobody")
    latest = api.call("listLogsV2", None, statuses=[400])["results"]
    assert [(one["url"], one["status"]) for one in latest] == [("/public/v1/documents/nobody", 404)]
    created = api.call("listLogs", None, methods=["POST"])["results"][0]["id"]
    details = api.call("detailsLogV2", None, created)
    assert (details["method"], details["request_body"]["name"]) == ("POST", "Offer")
    api.refused(404, "detailsLog", None, "nobody")
    assert document


def test_the_log_has_no_secret_of_a_request(api: Api) -> None:
    passcode: dict[str, Any] = {"verification_settings": {"passcode_verification": {"passcode": "hush1Hush"}}}
    api.new(recipients=[person(**passcode)])
    api.http.get("/public/v1/members/current?access_token=hush-2")
    for one in api.call("listLogsV2", None)["results"]:
        assert "hush" not in str(api.call("detailsLogV2", None, one["id"]))


def test_the_same_seed_makes_the_same_data(begin: Callable[..., Api]) -> None:
    def everything(seed: str) -> list[Any]:
        api = begin(seed_data=True, seed=seed)
        documents = api.call("listDocuments", None, count=100)["results"]
        return [documents, api.call("listTemplates", None), api.call("listContacts", None)]

    first = everything("one")
    assert first == everything("one")
    assert first[0] != everything("two")[0]
    assert {one["status"] for one in first[0]} == {
        f"document.{status}" for status in ("draft", "sent", "viewed", "completed", "declined", "voided")
    }
