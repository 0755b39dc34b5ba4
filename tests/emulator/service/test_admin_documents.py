"""The control surface of documents, and the pages for people."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pandadoc_client.emulator import Emulator

from ..support import Clock
from .support import PDF, Api, person


def post(api: Api, path: str, **body: Any) -> httpx.Response:
    return api.http.post(f"/_emulator/{path}", json=body)


def test_a_document_is_led_through_its_life(begin: Callable[..., Api]) -> None:
    api = begin(processing_delay=600, render_delay=600)
    document = api.new(recipients=[person(), person("b@example.com")])
    seen: list[str] = []
    for action in ("process", "send", "view", "complete", "render"):
        answer = post(api, f"documents/{document}/{action}")
        assert answer.status_code == 200, answer.text
        seen.append(answer.json()["status"].removeprefix("document."))
    assert seen == ["draft", "sent", "viewed", "completed", "completed"]
    assert api.send("downloadDocument", None, (document,)).status_code == 200
    assert api.http.get(f"/_emulator/documents/{document}").json()["status"] == "document.completed"
    assert [one["id"] for one in api.http.get("/_emulator/documents").json()] == [document]


def test_one_recipient_signs_and_another_declines(api: Api) -> None:
    document = api.sent(recipients=[person(), person("b@example.com")])
    first = api.service.document(document)["recipients"][0]["id"]
    assert post(api, f"documents/{document}/complete", recipient_id=first).json()["status"] == "document.viewed"
    assert post(api, f"documents/{document}/complete", recipient_id=first).status_code == 400
    assert post(api, f"documents/{document}/complete", recipient_id="nobody").status_code == 404
    assert post(api, f"documents/{document}/decline", reason="No.").json()["status"] == "document.declined"
    assert api.call("listDocumentAuditTrail", None, document)["results"][-1]["reason"] == "No."
    assert post(api, f"documents/{document}/complete").status_code == 409


def test_any_status_can_be_set(api: Api) -> None:
    document = api.new()
    answer = post(api, f"documents/{document}/status", status="document.waiting_approval")
    assert answer.json()["status"] == api.status(document) == "document.waiting_approval"


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("documents/{id}/status", {"status": "document.folded"}, 400, "document.draft"),
        ("documents/{id}/status", {}, 400, "status is missing"),
        ("documents/{id}/lock", {"seconds": "5"}, 400, "seconds is of the wrong type"),
        ("documents/{id}/lock", {"seconds": True}, 400, "seconds is of the wrong type"),
        ("documents/{id}/lock", {"seconds": -5}, 400, "seconds"),
        ("documents/{id}/send", {"subject": "x"}, 400, "subject"),
        ("documents/{id}/fold", {}, 404, "complete"),
        ("documents/{id}/complete", {}, 409, "document.draft"),
        ("documents/nobody/send", {}, 404, "no such document"),
        ("documents/fail-next", {"times": "x"}, 400, "times"),
    ],
)
def test_a_wrong_wish_is_refused(api: Api, path: str, body: dict[str, Any], status: int, word: str) -> None:
    answer = post(api, path.format(id=api.new()), **body)
    assert answer.status_code == status
    assert word in answer.json()["detail"]


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff", b"5"])
def test_a_body_that_is_no_object_is_refused(api: Api, content: bytes) -> None:
    answer = api.http.post(f"/_emulator/documents/{api.new()}/lock", content=content)
    assert (answer.status_code, answer.json()["type"]) == (400, "bad_request")


def test_locks_failures_uploads_and_ticks(api: Api) -> None:
    document = api.call("createDocumentFromUpload", files={"file": ("a.pdf", PDF)})["id"]
    post(api, f"documents/{document}/lock", seconds=60)
    api.refused(423, "sendDocument", {}, document)
    post(api, f"documents/{document}/unlock")
    api.call("sendDocument", {}, document)
    assert api.http.get(f"/_emulator/documents/{document}/upload").content == PDF
    assert api.http.get(f"/_emulator/documents/{api.new()}/upload").status_code == 404
    assert post(api, "documents/fail-next", times=2, message="No.").json() == {"failing": 2}
    assert [api.status(api.new()) for _ in range(3)] == ["document.error", "document.error", "document.draft"]
    assert post(api, "tick").json() == {}
    assert api.http.get("/_emulator/deliveries").json() == []


STRANGERS = [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]


@pytest.mark.parametrize("headers", STRANGERS)
def test_a_web_page_of_another_name_is_kept_out(api: Api, headers: dict[str, str]) -> None:
    document = api.sent()
    link = path_of_link(api, document)
    for method, path in (
        ("GET", "/_emulator/documents"),
        ("GET", f"/_emulator/documents/{document}"),
        ("GET", f"/_emulator/documents/{document}/upload"),
        ("POST", f"/_emulator/documents/{document}/complete"),
        ("POST", "/_emulator/documents/fail-next"),
        ("GET", "/_emulator/deliveries"),
        ("GET", "/_emulator/deliveries/1"),
        ("POST", "/_emulator/deliveries/1/send-again"),
        ("GET", "/_emulator/requests/1"),
        ("GET", f"/_emulator/pages/documents/{document}"),
        ("GET", f"/_emulator/pages/documents/{document}/pdf"),
        ("GET", "/_emulator/dashboard"),
        ("POST", "/_emulator/tick"),
        ("GET", f"/documents/{document}"),
        ("POST", link),
    ):
        data = {"action": "sign"} if path == link else None
        assert api.http.request(method, path, headers=headers, data=data).status_code == 403, path
    assert api.status(document) == "document.sent"
    assert api.status(api.new()) == "document.draft"
    assert "Offer" not in api.http.get("/", headers=headers).text


def test_an_emulator_open_to_other_machines_has_none_of_it() -> None:
    emulator = Emulator(mode="state", host="0.0.0.0", allow_remote=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        emulator.start()
    try:
        api = Api(emulator)
        document = api.sent()
        for path in ("/_emulator/documents", f"/documents/{document}", path_of_link(api, document)):
            assert api.http.get(path).status_code == 404
        api.close()
    finally:
        emulator.stop()


def path_of_link(api: Api, document: str) -> str:
    link: str = api.call("detailsDocument", None, document)["recipients"][0]["shared_link"]
    assert link.startswith(f"{api.emulator.url}/document/")
    return link.removeprefix(api.emulator.url)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_shows_documents_deliveries_and_requests_escaped(api: Api) -> None:
    api.new("<script>alert(1)</script>", recipients=[person("x@example.com", first_name="<b>Bo</b>")])
    subscription = {"name": "S", "url": "https://192.0.2.1/<i>", "triggers": ["document_state_changed"]}
    api.http.post("/public/v1/webhook-subscriptions", json=subscription).raise_for_status()  # no URI, but taken
    api.sent("Second")
    api.http.get("/public/v1/<u>")
    page = api.http.get("/")
    for part in (page.text, api.http.get("/_emulator/dashboard").text):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in part
        assert "&lt;b&gt;Bo&lt;/b&gt;" in part
        assert "https://192.0.2.1/&lt;i&gt;" in part
        assert not re.search(r"<script>alert|<b>|<i>|<u>", part)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert f"export PANDADOC_HOST={api.emulator.url}" in page.text


def test_the_journal_is_live_without_a_memory_too() -> None:
    with Emulator(mode="examples") as emulator, httpx.Client(base_url=emulator.url) as client:
        client.get("/public/v1/documents?secret=7")
        page = client.get("/").text
        assert "<strong>GET</strong> /public/v1/documents?secret=***<" in page
        assert ">Documents</h2>" not in page
        detail = client.get("/_emulator/requests/1").text
        assert "Response body" in detail
        assert client.get("/_emulator/requests/99").status_code == 404
        assert client.get("/_emulator/documents").status_code == 404


def test_buttons_post_forms_and_lead_back(api: Api) -> None:
    document = api.sent()
    page = api.http.get(f"/documents/{document}")
    actions = re.findall(r'action="(/_emulator/documents/[^"]+)"', page.text)
    assert actions == [f"/_emulator/documents/{document}/{action}" for action in ("view", "complete", "decline")]
    origin = {"Origin": api.emulator.url}
    for back, location in (("/", "/"), (f"/documents/{document}",) * 2, ("//evil.example", "/"), ("https://e", "/")):
        answer = api.http.post(f"/_emulator/documents/{document}/view", data={"back": back}, headers=origin)
        assert (answer.status_code, answer.headers["location"]) == (303, location)
    assert api.status(document) == "document.viewed"
    assert page.headers["referrer-policy"] == "same-origin"
    assert api.http.get("/documents/nobody").status_code == 404


def test_a_recipient_signs_on_the_page_of_the_link(api: Api) -> None:
    document = api.sent(recipients=[person(), person("b@example.com")])
    link = path_of_link(api, document)
    page = api.http.get(link).text
    assert "Mei Lin" in page
    assert re.findall(r'name="action" value="(\w+)"', page) == ["sign", "view", "decline", "delegate"]
    answer = api.http.post(link, data={"action": "sign"}, headers={"Origin": api.emulator.url})
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert "You have signed it" in api.http.get(link).text
    first, second = api.call("detailsDocument", None, document)["recipients"]
    assert (first["has_completed"], second["has_completed"]) == (True, False)
    assert api.http.post(link, data={"action": "sign"}).status_code == 400
    assert api.http.post(link, data={"action": "eat"}).status_code == 400
    assert api.http.get("/document/nobody").status_code == 404


def test_a_session_for_signing_ends(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock)
    document = api.new()
    api.refused(400, "createDocumentLink", {"recipient": "mei.lin@example.com"}, document)
    api.call("sendDocument", {}, document)
    api.refused(400, "createDocumentLink", {"recipient": "nobody@example.com"}, document)
    body = {"recipient": "MEI.LIN@example.com", "lifetime": 60}
    session = api.call("createDocumentLink", body, document)["id"]
    assert "Mei Lin" in api.http.get(f"/s/{session}").text
    clock.advance(61)
    assert api.http.get(f"/s/{session}").status_code == 404
    assert api.http.post(f"/s/{session}", data={"action": "decline"}).status_code == 404
    assert api.status(document) == "document.sent"


def test_the_key_of_a_recipients_page_shows_in_no_list_of_requests(api: Api) -> None:
    """Whoever has it opens the document; the link itself is where people follow it."""
    document = api.sent()
    session = api.call("createDocumentLink", {"recipient": "mei.lin@example.com"}, document)["id"]
    link = path_of_link(api, document)
    api.http.get(link)
    api.http.get(f"/s/{session}", headers={"Referer": f"{api.emulator.url}{link}"})
    api.emulator.journal.wait_for(1, path=f"/s/{session}")
    keys = (session, link.rpartition("/")[2])
    requests = [api.http.get(f"/_emulator/requests/{entry.sequence}").text for entry in api.emulator.journal]
    shown = [
        api.http.get("/").text,
        api.http.get("/_emulator/dashboard?pages=1").text,
        *requests,
        api.http.get("/_emulator/journal").text,
        repr(api.emulator.journal.entries),
    ]
    assert [key for key in keys for text in shown if key in text] == []
    assert "/s/***" in shown[1]
    assert session in api.http.get("/_emulator/journal?reveal=1").text
