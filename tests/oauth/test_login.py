"""`login` and `paste_login`, with a browser that is a function, against the emulator."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pandadoc_client.emulator import ClientRegistration, Emulator, Fault
from pandadoc_client.exceptions import (
    AccessDeniedError,
    ApiConnectionError,
    ApiTimeoutError,
    ApiTypeError,
    ApiValueError,
    CallbackError,
    StateMismatchError,
)
from pandadoc_client.oauth import OAuthClient
from pandadoc_client.oauth.login import ListenError, login, paste_login

NO_PORT = "http://127.0.0.1/callback"


@pytest.fixture
def emulator(pandadoc_emulator: Emulator) -> Emulator:
    return pandadoc_emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[OAuthClient]:
    with oauth_client(emulator) as made:
        yield made


def oauth_client(emulator: Emulator, redirect_uri: str | None = NO_PORT, **options: Any) -> OAuthClient:
    settings: dict[str, Any] = {"host": emulator.url, "retries": 0}
    return OAuthClient(emulator.client_id, emulator.client_secret, redirect_uri, **(settings | options))


def redirect_uri_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["redirect_uri"][0]


def port_of(url: str) -> int:
    return urlsplit(redirect_uri_of(url)).port or 0


class Browser:
    """Opens the consent page, decides, and follows the redirect; keeps the page at the end."""

    def __init__(self, decision: str = "approve", change: Callable[[str], str] = str) -> None:
        self._decision = decision
        self._change = change
        self.opened: list[str] = []
        self.pages: list[httpx.Response] = []

    def __call__(self, url: str) -> bool:
        self.opened.append(url)
        self.visit(self._change(callback_of(url, self._decision)))
        return True

    def visit(self, url: str) -> None:
        self.pages.append(httpx.get(url))

    @property
    def page(self) -> httpx.Response:
        (page,) = self.pages
        return page


def callback_of(url: str, decision: str = "approve") -> str:
    """Return where the consent page sends the browser."""
    return httpx.get(f"{url}&auto={decision}").headers["location"]


def assert_nothing_left(port: int) -> None:
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("pandadoc-login")] == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


def test_consent_becomes_a_token_and_a_page_that_says_so(client: OAuthClient, emulator: Emulator) -> None:
    browser = Browser()
    token = login(client, open_browser=browser)
    assert token.access_token == emulator.live_pair().access_token
    assert browser.page.status_code == 200
    assert "<h1>Access was granted</h1>" in browser.page.text
    assert '<html lang="en">' in browser.page.text
    assert_nothing_left(port_of(browser.opened[0]))


def test_the_page_holds_no_secret_and_goes_nowhere(client: OAuthClient) -> None:
    callbacks: list[str] = []
    browser = Browser(change=lambda callback: callbacks.append(callback) or callback)  # type: ignore[func-returns-value]
    login(client, open_browser=browser)
    for value in parse_qs(urlsplit(callbacks[0]).query).values():
        assert value[0] not in browser.page.text
    headers = browser.page.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert headers["connection"] == "close"
    assert not {"<script", "http:", "https:", "src=", "href="} & set(browser.page.text.split())


@pytest.mark.parametrize("redirect_uri", [None, NO_PORT, "http://localhost/a%20b/?tenant=1", "http://127.0.0.1:0"])
def test_without_a_port_a_free_one_is_taken(emulator: Emulator, redirect_uri: str | None) -> None:
    browser = Browser()
    with oauth_client(emulator, redirect_uri) as client:
        login(client, open_browser=browser)
    used, wanted = urlsplit(redirect_uri_of(browser.opened[0])), urlsplit(redirect_uri or NO_PORT)
    assert used.port
    assert (used.hostname, used.path, used.query) == (wanted.hostname, wanted.path, wanted.query)


def test_a_port_that_is_named_is_the_one_that_is_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        redirect_uri = f"http://127.0.0.1:{free.getsockname()[1]}/here"
    browser = Browser()
    registered = ClientRegistration("id", "secret", redirect_uri)
    with Emulator(clients=[registered]) as emulator, oauth_client(emulator, redirect_uri) as client:
        login(client, open_browser=browser)
    assert redirect_uri_of(browser.opened[0]) == redirect_uri


@pytest.mark.parametrize("send", [True, False])
def test_the_redirect_uri_that_is_listened_on_goes_along_with_the_code_if_any_does(
    emulator: Emulator, send: bool
) -> None:
    browser = Browser()
    with oauth_client(emulator, send_redirect_uri=send) as client:
        login(client, open_browser=browser)
    (entry,) = emulator.journal.token_requests()
    assert entry.form.get("redirect_uri") == (redirect_uri_of(browser.opened[0]) if send else None)


@pytest.mark.parametrize(
    "redirect_uri",
    ["https://127.0.0.1:8765/cb", "http://app.example.com:8765/cb", "http://10.0.0.1/cb", "com.example.app:/cb"],
)
def test_a_redirect_uri_that_leads_elsewhere_is_refused(emulator: Emulator, redirect_uri: str) -> None:
    with (
        oauth_client(emulator, redirect_uri) as client,
        pytest.raises(ApiValueError, match=r"redirect_uri: only .* paste_login"),
    ):
        login(client, open_browser=False)


def test_a_refusal_is_told_to_the_program_and_to_the_person(client: OAuthClient, emulator: Emulator) -> None:
    browser = Browser("deny")
    with pytest.raises(AccessDeniedError):
        login(client, open_browser=browser)
    assert "<h1>Access was not granted</h1>" in browser.page.text
    assert emulator.journal.token_requests() == []
    assert_nothing_left(port_of(browser.opened[0]))


FORGED = {
    "another state": "?code=x&state=y",
    "no state": "?code=x",
    "an empty state": "?code=x&state=",
    "two states": "?code=x&state=y&state=z",
    "a state that is no text": "?code=x&state=%ff",
    "a refusal": "?error=access_denied&state=y",
    "a refusal without a state": "?error=access_denied",
    "two codes": "?code=x&code=y",
}


@pytest.mark.parametrize("query", FORGED.values(), ids=FORGED)
def test_a_forged_callback_gets_an_error_page_and_the_login_goes_on_waiting(
    client: OAuthClient, emulator: Emulator, query: str
) -> None:
    browser = Browser()
    shown: list[str] = []

    def attacked(url: str) -> bool:
        for _ in range(2):
            browser.visit(f"{redirect_uri_of(url)}{query}")
        return browser(url)

    token = login(client, open_browser=attacked, show=shown.append)
    assert token.access_token == emulator.live_pair().access_token
    assert [page.status_code for page in browser.pages] == [400, 400, 200]
    assert "<h1>This response belongs to another login</h1>" in browser.pages[0].text
    assert "<h1>Access was granted</h1>" in browser.pages[2].text
    assert len(emulator.journal.token_requests()) == 1, "no forged code is exchanged"
    assert [line for line in shown if "does not belong to this login" in line] == shown[2:3], "said once"


def test_a_forged_callback_while_the_code_is_exchanged_does_no_harm(emulator: Emulator) -> None:
    browser = Browser()

    def while_the_code_is_exchanged(request: httpx.Request) -> None:
        browser.visit(f"{redirect_uri_of(browser.opened[0])}?code=x&state=y")

    with (
        httpx.Client(event_hooks={"request": [while_the_code_is_exchanged]}) as http_client,
        oauth_client(emulator, http_client=http_client) as client,
    ):
        token = login(client, open_browser=browser)
    assert token.access_token == emulator.live_pair().access_token
    assert [page.status_code for page in browser.pages] == [400, 200]


def test_a_login_that_only_forged_callbacks_came_to_says_so_at_its_end(client: OAuthClient) -> None:
    def attack(line: str) -> None:
        if line.startswith("http"):
            assert httpx.get(f"{redirect_uri_of(line)}?code=x&state=y").status_code == 400

    with pytest.raises(ApiTimeoutError) as caught:
        login(client, open_browser=False, timeout=0.05, show=attack)
    assert str(caught.value.reason).endswith(
        "within 0.05 seconds; callbacks of another login, or forged ones, that were refused: 1"
    )


@pytest.mark.parametrize(
    "spoil", [lambda callback: f"{callback}&code=another", lambda callback: f"{callback}&error=access_denied"]
)
def test_a_callback_with_the_right_state_that_is_malformed_ends_the_login(
    client: OAuthClient, emulator: Emulator, spoil: Callable[[str], str]
) -> None:
    browser = Browser(change=spoil)
    with pytest.raises(CallbackError):
        login(client, open_browser=browser)
    assert browser.page.status_code == 400
    assert "<h1>This response cannot be used</h1>" in browser.page.text
    assert emulator.journal.token_requests() == []


def test_a_second_tab_is_told_so_and_does_no_harm(emulator: Emulator) -> None:
    browser = Browser()

    def while_the_code_is_exchanged(request: httpx.Request) -> None:
        browser.visit(callback_of(browser.opened[0]))

    with (
        httpx.Client(event_hooks={"request": [while_the_code_is_exchanged]}) as http_client,
        oauth_client(emulator, http_client=http_client) as client,
    ):
        token = login(client, open_browser=browser)
    second, first = browser.pages
    assert "<h1>This login is under way already</h1>" in second.text
    assert "<h1>Access was granted</h1>" in first.text
    assert token.access_token == emulator.live_pair().access_token


def test_what_else_a_browser_asks_for_is_no_callback(client: OAuthClient) -> None:
    browser = Browser()

    def curious(url: str) -> bool:
        origin = redirect_uri_of(url)
        browser.visit(origin)
        browser.visit(origin.replace("/callback", "/favicon.ico"))
        return browser(url)

    login(client, open_browser=curious)
    assert [page.status_code for page in browser.pages] == [404, 404, 200]


def test_a_busy_port_is_named_before_anything_is_opened(emulator: Emulator) -> None:
    browser = Browser()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            oauth_client(emulator, f"http://127.0.0.1:{port}/cb") as client,
            pytest.raises(ListenError, match=rf"port {port} of the redirect URI is in use.*paste_login") as caught,
        ):
            login(client, open_browser=browser)
    assert caught.value.port == port
    assert browser.opened == []


def test_the_port_may_be_used_again_at_once(emulator: Emulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        redirect_uri = f"http://127.0.0.1:{free.getsockname()[1]}/cb"
    with oauth_client(emulator, redirect_uri) as client:
        for _ in range(3):
            login(client, open_browser=Browser())


def test_nobody_coming_back_ends_in_time(client: OAuthClient) -> None:
    shown: list[str] = []
    with pytest.raises(ApiTimeoutError) as caught:
        login(client, open_browser=False, timeout=0.05, show=shown.append)
    assert caught.value.reason == "nobody came back from the consent page within 0.05 seconds"
    assert_nothing_left(port_of(shown[1]))


@pytest.mark.parametrize(("timeout", "error"), [(0, ApiValueError), (float("nan"), ApiValueError), ("1", ApiTypeError)])
def test_a_timeout_that_is_none_is_named(client: OAuthClient, timeout: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="timeout"):
        login(client, open_browser=False, timeout=timeout)


def test_a_code_that_cannot_be_exchanged_is_no_success(client: OAuthClient, emulator: Emulator) -> None:
    emulator.faults.add(Fault("reset-before", path="/oauth2/access_token", times=None))
    browser = Browser()
    with pytest.raises(ApiConnectionError):
        login(client, open_browser=browser)
    assert browser.page.status_code == 502
    assert "<h1>The login failed</h1>" in browser.page.text


def refusing(url: str) -> bool:
    return False


def missing(url: str) -> bool:
    raise FileNotFoundError


@pytest.mark.parametrize("opener", [refusing, missing])
def test_where_no_browser_opens_the_person_is_told(client: OAuthClient, opener: Callable[[str], bool]) -> None:
    shown: list[str] = []
    person = Browser()
    opening: list[threading.Thread] = []

    def show(line: str) -> None:
        shown.append(line)
        if line.startswith("No browser"):
            opening.append(threading.Thread(target=person, args=(shown[1],)))
            opening[0].start()

    login(client, open_browser=opener, show=show)
    opening[0].join()
    assert "Access was granted" in person.page.text


def test_a_browser_that_does_not_return_holds_nothing_up(client: OAuthClient) -> None:
    left = threading.Event()
    browser = Browser()

    def in_the_terminal(url: str) -> bool:
        browser(url)
        return left.wait(30)

    try:
        assert login(client, open_browser=in_the_terminal).access_token
    finally:
        left.set()


def test_a_mistake_in_the_function_that_opens_is_raised(client: OAuthClient) -> None:
    def mistaken(url: str) -> bool:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        login(client, open_browser=mistaken, timeout=10)


def test_the_browser_of_this_machine_is_the_default(client: OAuthClient, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser()
    monkeypatch.setattr("webbrowser.open", browser)
    login(client)
    assert "Access was granted" in browser.page.text


def test_the_address_is_shown_in_any_case(client: OAuthClient, capsys: pytest.CaptureFixture[str]) -> None:
    browser = Browser()
    login(client, open_browser=browser)
    output, errors = capsys.readouterr()
    assert (output, errors.splitlines()[1]) == ("", browser.opened[0])


def test_no_code_and_no_token_is_logged(
    client: OAuthClient, emulator: Emulator, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    callbacks: list[str] = []

    def browser(url: str) -> bool:
        with socket.socket() as raw:  # a browser that logs nothing itself
            callbacks.append(callback := callback_of(url))
            parts = urlsplit(callback)
            raw.connect((parts.hostname, parts.port))
            raw.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")
        return True

    token = login(client, open_browser=browser, show=lambda line: None)
    # The browser of this test asks for the consent page with httpx, which logs the response; that is not the login.
    records = [record for record in caplog.records if record.threadName != "pandadoc-login-browser"]
    assert records
    logged = "".join(capfd.readouterr()) + "\n".join(record.getMessage() for record in records)
    code = parse_qs(urlsplit(callbacks[0]).query)["code"][0]
    for secret in (code, token.access_token, token.refresh_token or "", emulator.client_secret):
        assert secret not in logged


# -- pasting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [lambda url: url, lambda url: f" {url}\n", lambda url: url.partition("?")[2]])
def test_the_address_at_the_end_may_be_pasted(emulator: Emulator, part: Callable[[str], str]) -> None:
    shown: list[str] = []
    with oauth_client(emulator, "http://localhost:1/cb") as client:
        token = paste_login(client, lambda: part(callback_of(shown[1])), show=shown.append)
    assert token.access_token == emulator.live_pair().access_token


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda url: f"{url}x", StateMismatchError),
        (lambda url: parse_qs(urlsplit(url).query)["code"][0], CallbackError),
        (lambda url: "", CallbackError),
    ],
    ids=["another state", "a code alone", "nothing"],
)
def test_what_is_pasted_is_checked(
    client: OAuthClient, emulator: Emulator, change: Callable[[str], str], error: type[Exception]
) -> None:
    shown: list[str] = []
    with pytest.raises(error):
        paste_login(client, lambda: change(callback_of(shown[1])), show=shown.append)
    assert emulator.journal.token_requests() == []


def test_pasting_needs_a_redirect_uri(emulator: Emulator) -> None:
    with oauth_client(emulator, None) as client, pytest.raises(ApiValueError, match="redirect_uri is missing"):
        paste_login(client, str)
