"""From "connect" to a saved token and back, with a browser's cookies and redirects, and what may go wrong meanwhile."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pandadoc_client.contrib._consent import Consent, explain
from pandadoc_client.exceptions import AccessDeniedError, ApiException, ApiTypeError, ApiValueError
from pandadoc_client.oauth import MemoryTokenStore, OAuthClient, TokenManager

from .conftest import Site


def consent_page(browser: httpx.Client, target: str | None = None) -> str:
    """Return where "connect" leads."""
    answer = browser.get("/pandadoc/connect", params={} if target is None else {"next": target})
    assert answer.status_code == 302
    return answer.headers["location"]


def decide(page: str, decision: str) -> str:
    """Return where the consent page sends the browser."""
    location: str = httpx.get(f"{page}&auto={decision}").headers["location"]
    return location


def test_a_user_connects_their_account(site: Site) -> None:
    """The way of a browser: the consent page is shown, its form is sent, and it goes on by itself."""
    with site.browser("ada") as browser:
        page = browser.get("/pandadoc/connect", follow_redirects=True)
        assert page.url.path == "/oauth2/authorize"
        assert "approve" in page.text
        done = browser.post(page.url, data={"decision": "approve"}, follow_redirects=True)
        assert (done.url.path, done.status_code) == ("/me", 200)
        assert "ada.panda@example.com" in done.text


def test_each_user_has_a_token_of_their_own(site: Site) -> None:
    for user in ("ada", "mei"):
        with site.browser(user) as browser:
            assert browser.get(decide(consent_page(browser), "approve"), follow_redirects=True).status_code == 200
    assert len(site.emulator.live_pairs()) == 2


def test_the_browser_goes_where_it_wanted_to(site: Site) -> None:
    with site.browser("ada") as browser:
        back = decide(consent_page(browser, "/documents?page=2&q=a%20b"), "approve")
        assert browser.get(back).headers["location"] == "/documents?page=2&q=a%20b"


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"),
        *("javascript:alert(1)", "evil.example", "", "/\n//evil.example", " //evil.example"),
    ],
    ids=ascii,
)
def test_the_browser_never_leaves_the_site(site: Site, target: str) -> None:
    with site.browser("ada") as browser:
        assert browser.get(decide(consent_page(browser, target), "approve")).headers["location"] == "/me"


def test_access_that_is_denied_is_said(site: Site) -> None:
    with site.browser("ada") as browser:
        answer = browser.get(decide(consent_page(browser), "deny"))
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (403, "text/plain")
        assert answer.text == "PandaDoc was not connected: access was not granted."
        assert site.emulator.journal.token_requests() == []


def test_a_callback_in_another_browser_saves_nothing(site: Site) -> None:
    """The attack that the state is for: a link to the attacker's own account, opened by somebody else."""
    with site.browser("mallory") as attacker, site.browser("ada") as victim:
        link = decide(consent_page(attacker), "approve")
        assert victim.get(link).status_code == 400
        consent_page(victim)
        assert victim.get(link).status_code == 400
        assert site.emulator.journal.token_requests() == []


def test_a_forged_callback_does_not_end_the_wait_for_the_real_one(site: Site) -> None:
    with site.browser("ada") as browser:
        page = consent_page(browser)
        for forged in ("state=x&code=y", "state=x&error=access_denied", "error=access_denied", "code=y", ""):
            assert browser.get(f"/pandadoc/callback?{forged}").status_code == 400
        assert browser.get(decide(page, "approve")).status_code == 302


def test_a_callback_works_once(site: Site) -> None:
    with site.browser("ada") as browser:
        back = decide(consent_page(browser), "approve")
        assert [browser.get(back).status_code for _ in range(2)] == [302, 400]
        assert len(site.emulator.journal.token_requests()) == 1


def test_another_user_of_the_same_browser_does_not_get_the_account(site: Site) -> None:
    with site.browser("ada") as browser:
        back = decide(consent_page(browser), "approve")
        browser.get("/login", params={"user": "mei"})
        assert browser.get(back).status_code == 400
        assert site.emulator.journal.token_requests() == []


def test_who_is_not_signed_in_is_told_so(site: Site) -> None:
    with site.browser() as browser:
        for path in ("connect", "callback?state=x&code=y"):
            answer = browser.get(f"/pandadoc/{path}")
            assert answer.status_code == 401
            assert "Sign in first." in answer.text


def test_the_state_is_new_each_time_and_signed(site: Site) -> None:
    with site.browser("ada") as browser:
        states = {parse_qs(urlsplit(consent_page(browser)).query)["state"][0] for _ in range(2)}
        assert len(states) == 2
        back = decide(consent_page(browser), "approve")
        (cookie,) = browser.cookies.jar
        browser.cookies.clear()
        browser.cookies.set(cookie.name, re.sub(r"[.:][^.:]*$", ".forged", cookie.value or ""))
        assert browser.get(back).status_code == 401


def test_a_token_endpoint_that_fails_is_said(site: Site) -> None:
    with site.browser("ada") as browser:
        back = decide(consent_page(browser), "approve")
        site.emulator.faults.add("status", path="/oauth2/access_token", status=400, body='{"error": "invalid_grant"}')
        assert browser.get(back).status_code == 400
        back = decide(consent_page(browser), "approve")
        site.emulator.faults.add("status", path="/oauth2/access_token", status=500, body="secret-marker")
        answer = browser.get(back)
        assert (answer.status_code, "secret-marker" in answer.text) == (502, False)


def test_other_methods_are_refused(site: Site) -> None:
    with site.browser("ada") as browser:
        assert {browser.post(f"/pandadoc/{path}").status_code for path in ("connect", "callback")} <= {403, 405}


# --- Arguments


def test_a_client_without_a_redirect_uri_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PANDADOC_REDIRECT_URI", raising=False)
    with OAuthClient("id", "secret") as client, pytest.raises(ApiValueError, match=r"^client must have a redirect_uri"):
        Consent(client, "read", "/", str)


@pytest.mark.parametrize("home", ["", "me", "https://app.example/", "//app.example"])
def test_a_home_elsewhere_is_refused(home: str) -> None:
    with (
        OAuthClient("id", "secret", "https://app.example/callback") as client,
        pytest.raises(ApiValueError, match=r"^home must be a path"),
    ):
        Consent(client, "read", home, str)


@pytest.mark.parametrize("user", ["", "two\nlines", 7])
def test_what_can_be_no_key_is_refused_before_anybody_is_asked(user: Any) -> None:
    session: dict[str, Any] = {}
    with OAuthClient("id", "secret", redirect_uri="https://app.example/callback") as client:
        consent = Consent(client, "read", "/", lambda key: TokenManager(client, MemoryTokenStore(), key))
        with pytest.raises((ApiValueError, ApiTypeError), match="key"):
            consent.start(session, user, None)
    assert session == {}


def test_what_is_not_the_users_doing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert explain(AccessDeniedError("access_denied", "no"))[0] == 403
    assert caplog.messages == []
    assert explain(ApiException(500, "Internal Server Error"))[0] == 502
    assert "PandaDoc could not be connected" in caplog.text
