"""The page of a recipient in a real Chromium: by keyboard, by touch, and in a frame."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from .browser import SECONDS, chromium, complaints, contrast, overflow, phone, press, reach, tab
from .support import Api, person

__all__ = ["chromium", "complaints", "phone", "tab"]  # fixtures


@pytest.fixture
def to_sign(begin: Callable[..., Api]) -> tuple[Api, str, str]:
    """A sent document with a field of each kind that a person fills in; its id and the link of its recipient."""
    api = begin(seed_data=True)
    [template] = api.call("listTemplates", q="agreement")["results"]
    body = {"name": "To sign", "template_uuid": template["id"], "recipients": [person()]}
    document: str = api.call("createDocument", body)["id"]
    backend = api.service.backend
    with backend.tables.change():
        fields = backend.documents.edit(document)["fields"]
        extra = {**fields[0], "value": "", "filled": False, "merge_field": "x"}
        more = [
            {
                **extra,
                "uuid": backend.new_uuid(),
                "field_id": "Plan",
                "name": "Plan",
                "type": "dropdown",
                "options": ["Small", "Large"],
            },
            {
                **extra,
                "uuid": backend.new_uuid(),
                "field_id": "News",
                "name": "News",
                "type": "checkbox",
                "value": False,
            },
            {
                **extra,
                "uuid": backend.new_uuid(),
                "field_id": "Terms",
                "name": "Terms",
                "type": "checkbox",
                "value": False,
                "required": True,
            },
        ]
        fields[1:1] = more
    api.call("sendDocument", {}, document)
    return api, document, link_of(api, document)


def link_of(api: Api, document: str, place: int = 0) -> str:
    link: str = api.call("detailsDocument", None, document)["recipients"][place]["shared_link"]
    return link


def values(api: Api, document: str) -> dict[str, Any]:
    return {field["name"]: field.get("value") for field in api.service.document(document)["fields"]}


def test_fields_are_filled_in_and_signed_by_keyboard(
    tab: Page, complaints: list[str], to_sign: tuple[Api, str, str]
) -> None:
    api, document, link = to_sign
    tab.goto(link)
    expect(tab.get_by_text("You see this as")).to_contain_text("Mei Lin (mei.lin@example.com)")
    press(tab, "Sign")
    expect(tab.get_by_role("status")).to_have_text("Some entries need your attention.")
    company = tab.get_by_label("Company")
    expect(company).to_be_focused()
    expect(company).to_have_accessible_description("Fill in this field.")
    expect(tab.get_by_label("Terms")).to_have_accessible_description("Tick this box.")
    expect(tab.get_by_label("News")).to_have_accessible_description("")
    assert api.status(document) == "document.sent"
    tab.keyboard.type("Bamboo & Sons")
    reach(tab, "Plan")
    tab.keyboard.type("Large")
    press(tab, "Terms", "Space")
    reach(tab, "Date")
    tab.keyboard.type("02032026")
    reach(tab, "Signature")
    tab.keyboard.type("Mei Lin")
    press(tab, "Sign")
    expect(tab.get_by_role("status")).to_have_text("You have signed.")
    expect(tab.get_by_role("status")).to_be_focused()
    expect(tab.get_by_text("You have signed it.")).to_be_visible()
    assert api.status(document) == "document.completed"
    assert values(api, document) == {
        "Company": "Bamboo & Sons",
        "Plan": "Large",
        "News": False,
        "Terms": True,
        "Date": "2026-02-03T00:00:00.000000Z",
        "Signature": {},
    }
    expect(tab.get_by_role("table", name="Your fields")).to_contain_text("Mei Lin")
    assert complaints == []


def test_what_was_entered_stays_when_something_is_missing(tab: Page, to_sign: tuple[Api, str, str]) -> None:
    _, _, link = to_sign
    tab.goto(link)
    tab.get_by_label("Company").fill("Kept <b>")
    tab.get_by_label("News").check()
    tab.get_by_role("button", name="Sign", exact=True).click()
    expect(tab.locator("[aria-invalid]").first).to_be_focused()
    expect(tab.get_by_label("Company")).to_have_value("Kept <b>")
    expect(tab.get_by_label("News")).to_be_checked()


def test_a_recipient_declines_with_a_reason_by_keyboard(
    tab: Page, complaints: list[str], to_sign: tuple[Api, str, str]
) -> None:
    api, document, link = to_sign
    tab.goto(link)
    press(tab, "Decline", "Space")
    reach(tab, "Why do you decline?")
    tab.keyboard.type("Too dear.")
    press(tab, "Decline the document")
    expect(tab.get_by_role("status")).to_have_text("You have declined.")
    expect(tab.get_by_role("status")).to_be_focused()
    assert api.status(document) == "document.declined"
    assert api.service.audit_trail(document)[-1]["reason"] == "Too dear."
    assert complaints == []


def test_a_recipient_passes_it_on_by_keyboard(tab: Page, complaints: list[str], to_sign: tuple[Api, str, str]) -> None:
    api, document, link = to_sign
    tab.goto(link)
    press(tab, "Let somebody else sign")
    for email, problem in (
        ("nobody", "Enter an e-mail address, such as name@example.com."),
        ("MEI.LIN@example.com", "This person is a recipient of the document already."),
    ):
        address = tab.get_by_label("Their e-mail address")
        address.fill(email)
        press(tab, "Pass it on")
        expect(address).to_have_accessible_description(problem)
        expect(address).to_be_focused()
    tab.get_by_label("Their e-mail address").fill("bo@example.com")
    tab.get_by_label("Their name").focus()
    tab.keyboard.type("Bo Berg")
    press(tab, "Pass it on")
    told = "You have passed the document on to Bo Berg. Your link does not work any more."
    expect(tab.get_by_role("status")).to_have_text(told)
    expect(tab.get_by_role("status")).to_be_focused()
    [new] = api.service.document(document)["recipients"]
    assert (new["email"], new["first_name"], new["role"]) == ("bo@example.com", "Bo", "Client")
    assert {field["assigned_to"]["id"] for field in api.service.document(document)["fields"]} == {new["id"]}
    assert tab.goto(link).status == 404  # type: ignore[union-attr]
    tab.goto(link_of(api, document))
    expect(tab.get_by_label("Company")).to_be_visible()
    assert complaints == []


def test_it_is_signed_by_touch_on_a_phone(phone: Page, to_sign: tuple[Api, str, str]) -> None:
    api, document, link = to_sign
    phone.goto(link)
    phone.locator("summary").first.tap()
    phone.locator("summary").last.tap()
    assert overflow(phone) <= 0
    targets = phone.locator("#signing").locator(
        "button, summary, select, textarea, input:not([type=hidden], [type=checkbox]), .tick"
    )
    small = [
        box for one in targets.all() if (box := one.bounding_box()) is None or min(box["height"], box["width"]) < 44
    ]
    assert small == []
    assert targets.count() > 10
    phone.locator("summary").first.tap()
    phone.get_by_label("Company").tap()
    phone.get_by_label("Company").fill("Bamboo")
    phone.get_by_label("Plan").select_option("Small")
    phone.get_by_label("Terms").tap()
    phone.get_by_label("Date").fill("2026-02-03")
    phone.get_by_label("Signature").fill("Mei Lin")
    phone.get_by_role("button", name="Sign", exact=True).tap()
    expect(phone.get_by_role("status")).to_have_text("You have signed.")
    assert overflow(phone) <= 0
    assert api.status(document) == "document.completed"


def test_a_later_signer_sees_whom_they_wait_for(tab: Page, api: Api) -> None:
    people = [
        person(signing_order=1),
        person("bo@example.com", "Seller", first_name="Bo", last_name="Berg", signing_order=2),
    ]
    document = api.sent("In order", recipients=people)
    later = link_of(api, document, 1)
    tab.goto(later)
    expect(tab.get_by_text("It is not your turn yet")).to_contain_text("the document waits for Mei Lin.")
    expect(tab.get_by_role("button", name="Sign", exact=True)).to_have_count(0)
    for action in ("sign", "decline"):
        assert api.http.post(urlsplit(later).path, data={"action": action}).status_code == 409
    assert api.status(document) == "document.sent"
    api.http.post(urlsplit(link_of(api, document)).path, data={"action": "sign"})
    tab.reload()
    press(tab, "Sign")
    expect(tab.get_by_role("status")).to_have_text("You have signed.")
    assert api.status(document) == "document.completed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_texts_have_contrast(tab: Page, to_sign: tuple[Api, str, str], scheme: Any) -> None:
    _, _, link = to_sign
    tab.emulate_media(color_scheme=scheme)
    tab.goto(link)
    tab.get_by_role("button", name="Sign", exact=True).click()
    expect(tab.locator(".problem").first).to_be_visible()
    texts = ("h1", ".result", ".problem", "label", "button.main", "summary", ".quiet", "input")
    low = {text: ratio for text in texts if (ratio := contrast(tab, text)) < 4.5}
    assert low == {}


# -- in a frame -------------------------------------------------------------------------------------------------------


@contextmanager
def parent_of(url: str) -> Iterator[str]:
    """Serve a page of another origin that shows a session in a frame and keeps the messages that come."""
    html = f"""<!DOCTYPE html><title>Parent</title><script>
        window.messages = [];
        addEventListener("message", (event) => messages.push([event.origin, event.data]));
        </script><iframe src="{url}" width="600" height="900"></iframe>"""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://localhost:{server.server_address[1]}/favicon"
        finally:
            server.shutdown()
            thread.join()


def wait_for_messages(tab: Page, count: int) -> list[Any]:
    tab.wait_for_function(f"messages.length >= {count}", timeout=SECONDS)
    found: list[Any] = tab.evaluate("messages")
    return found


def test_a_session_tells_the_page_that_frames_it(tab: Page, api: Api) -> None:
    document = api.sent("Framed")
    session = api.call("createDocumentLink", {"recipient": "mei.lin@example.com"}, document)["id"]
    with parent_of(f"{api.emulator.url}/s/{session}") as parent:
        tab.goto(parent)
        wait_for_messages(tab, 1)
        frame = tab.frame_locator("iframe")
        frame.get_by_role("button", name="Sign", exact=True).click()
        expect(frame.get_by_role("status")).to_have_text("You have signed.")
        found = wait_for_messages(tab, 2)
    payload = {"uuid": document}
    assert found == [
        [api.emulator.url, {"type": "session_view.document.loaded", "payload": payload}],
        [api.emulator.url, {"type": "session_view.document.completed", "payload": payload}],
    ]


def test_a_session_that_cannot_go_on_tells_so(tab: Page, api: Api) -> None:
    document = api.sent("Framed")
    session = api.call("createDocumentLink", {"recipient": "mei.lin@example.com"}, document)["id"]
    with parent_of(f"{api.emulator.url}/s/nobody") as parent:
        tab.goto(parent)
        [[_, message]] = wait_for_messages(tab, 1)
        assert message == {"type": "session_view.document.exception", "payload": {"uuid": None}}
    with parent_of(f"{api.emulator.url}/s/{session}") as parent:
        tab.goto(parent)
        wait_for_messages(tab, 1)
        api.call("changeDocumentStatus", {"status": 11}, document)  # voided meanwhile
        tab.frame_locator("iframe").get_by_role("button", name="Sign", exact=True).click()
        message = wait_for_messages(tab, 2)[1][1]
    assert message == {"type": "session_view.document.exception", "payload": {"uuid": document}}


def test_only_the_page_of_a_session_may_be_framed(api: Api) -> None:
    document = api.sent("Framed")
    session = api.call("createDocumentLink", {"recipient": "mei.lin@example.com"}, document)["id"]
    link = urlsplit(link_of(api, document)).path

    def policy(path: str) -> str:
        response: httpx.Response = api.http.get(path)
        return response.headers["content-security-policy"]

    assert "frame-ancestors" not in policy(f"/s/{session}")
    for path in ("/", f"/documents/{document}", link, "/document/nobody"):
        assert "frame-ancestors 'none'" in policy(path), path
