"""The dashboard in a real Chromium, by keyboard: it shows what happens while it happens, and why."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .browser import SECONDS, chromium, complaints, contrast, overflow, overlap, phone, press, requested, tab
from .receiver import Receiver, subscribe
from .support import Api, person

__all__ = ["chromium", "complaints", "phone", "requested", "tab"]  # fixtures


def test_a_document_that_is_created_meanwhile_appears_and_is_completed(
    tab: Page, complaints: list[str], begin: Callable[..., Api]
) -> None:
    api = begin(processing_delay=600)
    tab.goto(api.emulator.url)
    expect(tab.get_by_role("heading", name="Documents")).to_be_visible()
    document = api.new("Live & well")
    row = tab.get_by_role("row").filter(has_text="Live & well")
    expect(row).to_contain_text("uploaded", timeout=SECONDS)
    for label, status in (("Make it ready", "draft"), ("Send", "sent"), ("View", "viewed"), ("Complete", "completed")):
        press(tab, f"{label}: Live & well")
        expect(row).to_contain_text(status, timeout=SECONDS)
        expect(tab.locator("#result")).to_have_text(f"{label} is done: Live & well.")
        expect(row.get_by_role("link", name="Live & well")).to_be_focused()  # the button is gone; the row is not
    assert api.status(document) == "document.completed"
    request = tab.get_by_role("row").filter(has_text="POST /public/v1/documents").filter(has_text="201")
    expect(request).to_be_visible()
    expect(tab.get_by_role("status").filter(has_text="Changed last: Live & well, completed.")).to_be_visible()
    assert complaints == []


def test_the_focus_stays_when_the_tables_change(tab: Page, complaints: list[str], api: Api) -> None:
    first = api.new("First")
    tab.goto(api.emulator.url)
    tab.locator(f"#send-{first}").focus()
    api.new("Second")
    expect(tab.get_by_role("row").filter(has_text="Second")).to_be_visible(timeout=SECONDS)
    assert tab.evaluate("document.activeElement.id") == f"send-{first}"
    assert complaints == []


def test_a_refusal_is_told_with_its_reason_and_both_bodies(tab: Page, complaints: list[str], api: Api) -> None:
    tab.goto(api.emulator.url)
    api.refused(400, "createDocument", {"name": 5})
    row = tab.get_by_role("row").filter(has_text="POST /public/v1/documents")
    expect(row).to_contain_text("name: A value of the type string is required.", timeout=SECONDS)
    press(tab, "POST /public/v1/documents")
    detail = tab.locator("#detail")
    expect(detail).to_contain_text("Why it was refused: ")
    expect(detail.locator("pre").nth(0)).to_have_text('{\n  "name": 5\n}')
    expect(detail.locator("pre").nth(1)).to_contain_text('"type": "validation_error"')
    expect(detail.get_by_role("heading", level=2)).to_be_focused()
    tab.keyboard.press("Escape")
    expect(detail).to_be_empty()
    expect(row.get_by_role("link")).to_be_focused()
    assert complaints == []


def test_secrets_show_in_no_body(tab: Page, begin: Callable[..., Api]) -> None:
    api = begin(seed_data=True)
    with Receiver() as receiver:
        key = subscribe(api, receiver.url, "document_state_changed")["shared_key"]
        tab.goto(api.emulator.url)
        tab.get_by_role("link", name="POST /public/v1/webhook-subscriptions").click()
        expect(tab.locator("#detail")).to_contain_text('"shared_key": "***"')
        assert key not in tab.content()
        form = {"grant_type": "authorization_code", "client_id": "c", "client_secret": "hush", "code": "hush-too"}
        api.http.post("/oauth2/access_token", data=form)
        tab.get_by_role("link", name="POST /oauth2/access_token").click()
        expect(tab.locator("#detail")).to_contain_text("client_secret=***")
        assert "hush" not in tab.content()


def test_lists_are_filtered_by_keyboard(tab: Page, complaints: list[str], api: Api) -> None:
    with Receiver() as receiver:
        subscribe(api, receiver.url, "document_state_changed", "document_updated")
        document = api.new("One")
        api.refused(404, "detailsDocument", None, "nobody")
        api.call("updateDocument", {"name": "Two"}, document)
        receiver.wait_for(1)
    tab.goto(api.emulator.url)
    requests = tab.locator("#panel-requests tbody tr")
    total = len(api.emulator.journal) - 1  # the page itself is left out
    expect(requests).to_have_count(total)
    for label, typed in (("Status", "4"), ("Method", "PA")):
        tab.get_by_label(label).focus()
        tab.keyboard.type(typed)
        expect(requests).to_have_count(1)
        tab.keyboard.press("Home")
        expect(requests).to_have_count(total)
    tab.get_by_role("searchbox", name="Path").focus()
    tab.keyboard.type("NOBODY")
    expect(requests).to_have_count(1)
    assert complaints == []


def test_requests_of_pages_are_left_out_unless_wanted(tab: Page, api: Api) -> None:
    document = api.new("One")
    tab.goto(f"{api.emulator.url}/documents/{document}")
    tab.goto(api.emulator.url)
    own = tab.locator("#panel-requests").get_by_text(f"/documents/{document}", exact=True)
    expect(tab.locator("#panel-requests tbody tr")).to_have_count(1)
    before = len(api.emulator.journal)
    api.new("Two")
    expect(tab.get_by_role("row").filter(has_text="Two")).to_be_visible(timeout=SECONDS)
    assert len(api.emulator.journal) == before + 1  # looking on adds nothing
    tab.get_by_label("These pages, too").check()
    expect(tab.locator("#panel-requests tbody tr")).to_have_count(before + 1)
    expect(own).to_have_count(0)


def test_a_delivery_is_sent_again_under_the_same_id(tab: Page, complaints: list[str], api: Api) -> None:
    with Receiver() as receiver:
        key = subscribe(api, receiver.url, "document_state_changed")["shared_key"]
        api.new("One")
        [first] = receiver.wait_for(1)
        tab.goto(api.emulator.url)
        press(tab, "document_state_changed")
        detail = tab.locator("#detail")
        expect(detail).to_contain_text(first.event_id)
        expect(detail).to_contain_text(first.path.partition("signature=")[2])
        expect(detail.locator("pre")).to_contain_text('"event": "document_state_changed"')
        press(tab, "Send again")
        _, second = receiver.wait_for(2)
        expect(tab.locator("#result")).to_have_text("The delivery is sent again.")
        expect(detail.get_by_role("table", name="Attempts").locator("tbody tr")).to_have_count(2)
        expect(detail.get_by_role("button", name="Send again")).to_be_focused()
    assert second.event_id == first.event_id
    assert second.body == first.body
    assert second.is_signed_by(key)
    assert complaints == []


def test_a_delivery_whose_subscription_is_gone_is_not_sent_again(api: Api) -> None:
    with Receiver() as receiver:
        subscribe(api, receiver.url, "document_state_changed")
        api.new("One")
        [first] = receiver.wait_for(1)
    [subscription] = api.call("listWebhookSubscriptions")["items"]
    api.call("deleteWebhookSubscription", None, subscription["uuid"])
    refused = api.http.post(f"/_emulator/deliveries/{first.event_id}/send-again")
    assert (refused.status_code, refused.json()["type"]) == (409, "conflict")
    assert api.http.post("/_emulator/deliveries/nothing/send-again").status_code == 404


def test_copy_as_curl_runs_and_gives_the_same_status(tab: Page, api: Api) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    api.new('It\'s "quoted" Å $HOME `id`')
    api.refused(400, "createDocument", {"name": 5})
    api.http.get("/public/v1/documents?q=a%20b&count=2")
    api.http.post("/oauth2/access_token", data={"grant_type": "refresh_token", "refresh_token": "x y&z"})
    environment = {"PANDADOC_API_KEY": api.emulator.api_key, "PANDADOC_REFRESH_TOKEN": "x y&z", "PATH": "/usr/bin:/bin"}
    tab.goto(api.emulator.url)
    entries = [entry for entry in api.emulator.journal if entry.path != "/"]
    assert [entry.status for entry in entries] == [201, 400, 200, 400]
    for entry in entries:
        tab.locator(f"#request-{entry.sequence}").click()
        button = tab.locator("#detail").get_by_role("button", name="Copy as curl")
        button.focus()
        tab.keyboard.press("Space")
        expect(tab.locator("#result")).to_have_text("Copied.")
        command: str = tab.evaluate("navigator.clipboard.readText()")
        assert api.emulator.api_key not in command
        script = f"{command} --silent --noproxy '*' --output /dev/null --write-out '%{{http_code}}'"
        done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
        assert (done.stdout, done.stderr) == (str(entry.status), "")
        again = api.emulator.journal.entries[-1]
        assert (again.method, again.path, again.query) == (entry.method, entry.path, entry.query)
        assert again.form == entry.form if entry.is_form else again.body == entry.body


def test_a_document_has_a_page_with_all_that_happened(
    tab: Page, complaints: list[str], begin: Callable[..., Api]
) -> None:
    api = begin(seed_data=True)
    with Receiver() as receiver:
        subscribe(api, receiver.url, "document_state_changed")
        [template] = api.call("listTemplates", q="Sales proposal")["results"]
        body = {"name": "Bamboo", "template_uuid": template["id"], "recipients": [person()]}
        document = api.call("createDocument", body)["id"]
        receiver.wait_for(1)
        tab.goto(f"{api.emulator.url}/documents/{document}")
        prices = tab.get_by_role("region", name="Prices")
        expect(prices).to_contain_text("Bamboo, 1 t")
        expect(prices).to_contain_text(f"Total: {api.service.document(document)['grand_total']['amount']} USD")
        expect(tab.get_by_role("table", name="Fields")).to_contain_text("Signature")
        timeline = tab.get_by_role("region", name="Timeline")
        for text in ("created", "document_state_changed: 200", "POST /public/v1/documents: 201"):
            expect(timeline).to_contain_text(text, timeout=SECONDS)
        api.call("sendDocument", {}, document)
        expect(timeline).to_contain_text(f"POST /public/v1/documents/{document}/send: 200", timeout=SECONDS)
        press(tab, "Complete: Bamboo")
        expect(tab.get_by_role("region", name="Summary")).to_contain_text("completed")
        expect(tab.get_by_role("table", name="Recipients")).to_contain_text("signed")
    link = tab.get_by_role("link", name="Open the PDF")
    with tab.expect_response(lambda response: "/pdf?" in response.url) as found:
        tab.reload()
    assert found.value.headers["content-type"] == "application/pdf"
    assert link.get_attribute("href") == tab.locator("object").get_attribute("data")
    assert api.http.get(link.get_attribute("href") or "").content.startswith(b"%PDF-")
    assert [one["action"] for one in api.service.audit_trail(document) if one["action"] == "downloaded"] == []
    assert complaints == []


def test_nothing_is_loaded_from_elsewhere(tab: Page, requested: list[str], begin: Callable[..., Api]) -> None:
    api = begin(seed_data=True)
    document = api.sent("One")
    tab.goto(api.emulator.url)
    api.new("Two")
    expect(tab.get_by_role("row").filter(has_text="Two")).to_be_visible(timeout=SECONDS)
    tab.goto(f"{api.emulator.url}/documents/{document}")
    press(tab, "Open as Mei Lin")
    expect(tab.get_by_role("button", name="Sign", exact=True)).to_be_visible()
    schemes = ("chrome-extension://", "chrome://", "data:")  # Chromium's own viewer of PDFs
    assert [url for url in requested if not url.startswith((f"{api.emulator.url}/", *schemes))] == []
    assert len(requested) > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_texts_have_contrast_and_nothing_scrolls_sideways(
    chromium: Browser, seeded: Api, scheme: str, width: int
) -> None:
    seeded.refused(400, "createDocument", {"name": 5})
    document = seeded.sent("One" * 30)
    with chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme) as context:  # type: ignore[arg-type]
        tab = context.new_page()
        tab.goto(seeded.emulator.url)
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(246, 248, 249)") is (scheme == "light")
        assert overflow(tab) <= 0
        texts = (
            "#news",
            ".reason",
            ".good",
            ".bad",
            ".busy",
            ".calm",
            "#panel-requests a",
            "td button",
            "h1",
            "pre",
            "time",
        )
        low = {text: ratio for text in texts if (ratio := contrast(tab, text)) < 4.5}
        assert low == {}
        boxes = [tab.locator(f"#panel-{name}").bounding_box() for name in ("requests", "documents", "webhooks")]
        assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
        tab.locator("#panel-requests").get_by_role("link").last.click()
        expect(tab.locator("#detail h2")).to_be_focused()
        assert contrast(tab, ".refusal") >= 4.5
        assert overflow(tab) <= 0
        tab.goto(f"{seeded.emulator.url}/documents/{document}")
        assert overflow(tab) <= 0


def test_it_says_so_when_the_emulator_does_not_respond(tab: Page, api: Api) -> None:
    tab.goto(api.emulator.url)
    tab.route("**/_emulator/dashboard*", lambda route: route.abort())
    expect(tab.get_by_role("alert")).to_have_text("The emulator does not answer.", timeout=SECONDS)
    tab.unroute("**/_emulator/dashboard*")
    expect(tab.get_by_role("alert")).to_be_empty(timeout=SECONDS)


def test_details_are_pages_of_their_own_without_scripts(chromium: Browser, api: Api) -> None:
    api.new("One")
    with chromium.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(f"{api.emulator.url}/?method=POST")
        tab.get_by_role("link", name="POST /public/v1/documents").click()
        expect(tab.locator("pre").first).to_contain_text('"name": "One"')


def test_static_files_are_small_and_licensed() -> None:
    import pandadoc_client.emulator.pages as pages

    folder = Path(pages.__file__).parent / "static"
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert sum(sizes.values()) < 60_000
    assert "Permission to use, copy, modify" in (folder / "htmx-LICENSE.txt").read_text()


def test_bodies_are_cut_and_indented(api: Api) -> None:
    api.new("x" * 30_000)
    text = api.http.get("/_emulator/requests/1").text.partition("As a command")[0]
    assert "more characters)" in text
    assert "x" * 25_000 not in text
    assert json.loads(api.emulator.journal.entries[0].shown_body)["name"] == "x" * 30_000
