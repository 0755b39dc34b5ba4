"""GET and POST /oauth2/authorize, with a browser's means: read the form, press a button, follow the redirect."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from pandadoc_client.emulator import ClientRegistration

from .support import FORM_TYPE, Caller, pair, raw

CALLBACK = "http://127.0.0.1:9999/callback"


class ConsentForm(HTMLParser):
    """The parts of a consent page that a browser acts on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.form: dict[str, str | None] = {}
        self.buttons: dict[str, tuple[str | None, str | None]] = {}
        self.language: str | None = None
        self.scripts = 0
        self.assets: list[str | None] = []
        self._button: dict[str, str | None] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.assets += [value for name, value in attrs if name in ("src", "href", "srcset")]
        if tag == "html":
            self.language = attributes.get("lang")
        elif tag == "form":
            self.form = attributes
        elif tag == "button":
            self._button = attributes
        elif tag == "script" or any(name.startswith("on") for name in attributes):
            self.scripts += 1

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.buttons[data] = (self._button.get("name"), self._button.get("value"))
            self._button = None


def ask(caller: Caller, **parameters: str | None) -> httpx.Response:
    merged = {
        "client_id": caller.emulator.client_id,
        "redirect_uri": CALLBACK,
        "scope": "read+write",
        "response_type": "code",
        **parameters,
    }
    # Encoded here, because httpx 0.27 takes a "%41" in a value for an escape.
    query = urlencode({name: value for name, value in merged.items() if value is not None})
    return caller.http.get(f"/oauth2/authorize?{query}")


def press(caller: Caller, page: httpx.Response, button: str) -> httpx.Response:
    form = ConsentForm(page.text)
    assert (form.form["method"] or "").lower() == "post"
    name, value = form.buttons[button]
    assert name is not None
    assert form.form["action"] is not None
    return caller.http.post(str(page.url.join(form.form["action"])), data={name: value})


def answer(response: httpx.Response, to: str = CALLBACK) -> dict[str, str]:
    assert response.status_code == 302
    location = urlsplit(response.headers["location"])
    assert location._replace(query="").geturl() == to
    return dict(parse_qsl(location.query, keep_blank_values=True, strict_parsing=True))


def test_a_person_approves_and_the_code_works(caller: Caller) -> None:
    page = ask(caller, state="abc")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    result = answer(press(caller, page, "Approve"))
    assert set(result) == {"code", "state"}
    assert result["state"] == "abc"
    pair(caller.exchange(result["code"]))


def test_a_person_denies(caller: Caller) -> None:
    assert answer(press(caller, ask(caller, state="abc"), "Deny")) == {"error": "access_denied", "state": "abc"}


@pytest.mark.parametrize(
    "state", ["a b+c&d=e", "\u043f\u0430\u043d\u0434\u0430", '"><script>', "line\r\nbreak", "%41%"]
)
def test_the_state_comes_back_as_it_was_whether_by_form_or_at_once(caller: Caller, state: str) -> None:
    assert answer(press(caller, ask(caller, state=state), "Approve"))["state"] == state
    assert answer(ask(caller, state=state, auto="approve"))["state"] == state


def test_without_a_state_an_empty_one_comes_back(caller: Caller) -> None:
    assert answer(ask(caller, auto="approve"))["state"] == ""
    assert answer(ask(caller, auto="deny")) == {"error": "access_denied", "state": ""}


def test_looking_at_the_page_grants_nothing(caller: Caller) -> None:
    ask(caller)
    assert caller.emulator.state.summary().codes == 0


def test_the_scope_that_was_shown_is_the_scope_of_the_code(caller: Caller) -> None:
    page = ask(caller, scope="read")
    assert "<dd>read</dd>" in page.text
    code = answer(press(caller, page, "Approve"))["code"]
    assert caller.exchange(code, scope=None).json()["scope"] == "read"


def test_the_query_of_the_redirect_uri_is_kept(caller: Caller) -> None:
    response = ask(caller, redirect_uri=f"{CALLBACK}?tenant=a%2Fb&x=", state="s", auto="deny")
    assert response.headers["location"] == f"{CALLBACK}?tenant=a%2Fb&x=&error=access_denied&state=s"


def test_the_page_is_plain_escaped_and_locked_down(start: Callable[..., Caller]) -> None:
    hostile = ClientRegistration("<script>alert(1)</script>&", "s", "https://app.example.com:8443/cb")
    caller = start(clients=[hostile])
    page = ask(caller, redirect_uri="https://app.example.com:8443/cb")
    form = ConsentForm(page.text)
    assert form.scripts == 0
    assert form.language == "en"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page.text
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    # Chromium applies form-action to the redirect after the form, too.
    assert policy["form-action"] == "'self' https://app.example.com:8443"
    assert policy["frame-ancestors"] == "'none'"
    assert form.assets == ["data:,", "/_emulator/static/style.css"]
    assert caller.http.get("/_emulator/static/style.css").headers["content-type"] == "text/css; charset=utf-8"


def test_a_query_with_raw_markup_cannot_leave_its_attribute(caller: Caller) -> None:
    query = f'client_id=emulator-client-id&response_type=code&redirect_uri={CALLBACK}&state="><script>'
    request = f"GET /oauth2/authorize?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    page = raw(caller.emulator, request.encode()).decode()
    assert page.startswith("HTTP/1.1 200 ")
    assert ConsentForm(page).scripts == 0
    assert (ConsentForm(page).form["action"] or "").endswith('state="><script>')


def test_an_ipv6_redirect_is_allowed_by_scheme_as_csp_has_no_ipv6(caller: Caller) -> None:
    policy = ask(caller, redirect_uri="http://[::1]:8080/cb").headers["content-security-policy"]
    assert "form-action 'self' http:;" in policy


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1",
        "http://127.8.9.1/",
        "http://localhost:65535/a?b=c",
        "http://LOCALHOST/x",
        "http://[::1]:8080/cb",
    ],
)
def test_without_a_registered_uri_any_loopback_one_will_do(caller: Caller, uri: str) -> None:
    response = ask(caller, redirect_uri=uri, auto="approve")
    assert response.status_code == 302
    assert response.headers["location"].startswith(uri)


UNTRUSTWORTHY = [
    None,
    "",
    "/callback",
    "127.0.0.1:80/cb",
    "https://app.example.com/cb",
    "http://127.0.0.1.evil.example/cb",
    "http://127.0.0.1@evil.example/cb",
    "http://evil.example\\@127.0.0.1/cb",
    "http://user@127.0.0.1/cb",
    "http://127.0.0.1/cb#fragment",
    "http://127.0.0.1:99999/cb",
    "http://127.0.0.1/c\r\nSet-Cookie: x",
    "http://2130706433/cb",
    "https://127.0.0.1/cb",
    "javascript:alert(1)",
    "data:text/html,x",
    "//127.0.0.1/cb",
    "http://[::1/cb",
    "http:///cb",
]


@pytest.mark.parametrize("uri", UNTRUSTWORTHY)
@pytest.mark.parametrize("auto", [None, "approve"])
def test_an_untrustworthy_redirect_uri_gets_a_page_and_never_a_redirect(
    caller: Caller, uri: str | None, auto: str | None
) -> None:
    response = ask(caller, redirect_uri=uri, auto=auto)
    assert response.status_code == 400
    assert "location" not in response.headers
    assert response.headers["content-type"].startswith("text/html")
    assert 'role="alert"' in response.text


@pytest.mark.parametrize(
    ("registered", "presented", "allowed"),
    [
        ("https://app.example.com/cb", "https://app.example.com/cb", True),
        ("https://app.example.com/cb", "https://app.example.com/cb/", False),
        ("https://app.example.com/cb", "https://app.example.com/cb?x=1", False),
        ("https://app.example.com/cb", "https://app.example.com:444/cb", False),
        ("https://app.example.com/cb", "http://127.0.0.1/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", True),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", True),
        ("http://127.0.0.1/cb", "http://localhost/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1/other", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1/cb?x=1", False),
        ("http://app.example.com/cb", "http://app.example.com:8000/cb", False),
        ("com.example.app:/cb", "com.example.app:/cb", True),
    ],
)
def test_a_registered_redirect_uri_is_compared_exactly_but_for_a_loopback_port(
    start: Callable[..., Caller], registered: str, presented: str, allowed: bool
) -> None:
    caller = start(clients=[ClientRegistration("id", "secret", registered)])
    assert ask(caller, redirect_uri=presented, auto="approve").status_code == (302 if allowed else 400)


@pytest.mark.parametrize("client_id", [None, "", "somebody-else"])
def test_an_unknown_client_gets_a_page(caller: Caller, client_id: str | None) -> None:
    assert ask(caller, client_id=client_id, auto="approve").status_code == 400


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "response_type", "state", "auto"])
def test_a_repeated_parameter_gets_a_page(caller: Caller, name: str) -> None:
    parameters = {"client_id": caller.emulator.client_id, "redirect_uri": CALLBACK, "scope": "read", "state": "s"}
    parameters |= {"response_type": "code", "auto": "approve"}
    query = urlencode([*parameters.items(), (name, parameters[name])])
    assert caller.http.get(f"/oauth2/authorize?{query}").status_code == 400


@pytest.mark.parametrize("query", ["client_id=%zz", "client_id=%FF", "client_id", ""])
def test_a_malformed_query_gets_a_page(caller: Caller, query: str) -> None:
    assert caller.http.get(f"/oauth2/authorize?{query}").status_code == 400


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
def test_other_mistakes_are_told_to_the_application(caller: Caller, changes: dict[str, str | None], code: str) -> None:
    assert answer(ask(caller, state="s", **changes)) == {"error": code, "state": "s"}


def test_a_missing_scope_means_all_of_it(caller: Caller) -> None:
    code = answer(ask(caller, scope=None, auto="approve"))["code"]
    assert caller.exchange(code, scope=None).json()["scope"] == "read+write"


@pytest.mark.parametrize("body", ["", "decision=maybe", "decision=approve&decision=approve", "x=1", "decision=%zz"])
def test_a_form_without_a_clear_decision_grants_nothing(caller: Caller, body: str) -> None:
    url = ask(caller).url
    response = caller.http.post(url, content=body.encode(), headers={"Content-Type": FORM_TYPE})
    assert response.status_code == 400
    assert caller.emulator.state.summary().codes == 0


def test_an_unknown_auto_is_refused(caller: Caller) -> None:
    assert ask(caller, auto="yes").status_code == 400


def test_the_own_callback_page_shows_the_code(caller: Caller) -> None:
    redirect = ask(caller, redirect_uri=caller.emulator.redirect_uri, auto="approve", state="<b>")
    page = caller.http.get(redirect.headers["location"])
    code = dict(parse_qsl(urlsplit(redirect.headers["location"]).query))["code"]
    assert page.status_code == 200
    assert code in page.text
    assert "&lt;b&gt;" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"


def test_another_method_gets_405_with_both_that_work(caller: Caller) -> None:
    response = caller.http.put("/oauth2/authorize")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
