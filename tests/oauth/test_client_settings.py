"""The clients' settings: arguments, environment, regions, HTTP clients of one's own, and refusals."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import httpx
import pytest

import pandadoc_client.oauth as oauth
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, FormEncodingError
from pandadoc_client.oauth import AsyncOAuthClient, OAuthClient

from .support import CLIENT_ID, CLIENT_SECRET, MakeClient, RecordingServer

KINDS = [OAuthClient, AsyncOAuthClient]
ENVIRONMENT = {
    "PANDADOC_CLIENT_ID": "env-id",
    "PANDADOC_CLIENT_SECRET": "env-secret",
    "PANDADOC_REDIRECT_URI": "https://env.example.com/cb",
    "PANDADOC_HOST": "https://env.example.com/",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("environment")
def test_settings_come_from_the_environment(kind: type[OAuthClient]) -> None:
    client = kind()

    assert (client.client_id, client.redirect_uri) == ("env-id", "https://env.example.com/cb")
    assert client.host == "https://env.example.com"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("environment")
def test_arguments_win_over_the_environment(kind: type[OAuthClient]) -> None:
    client = kind("arg-id", "arg-secret", "https://arg.example.com", host="http://localhost:1")

    assert (client.client_id, client.redirect_uri) == ("arg-id", "https://arg.example.com")
    assert client.host == "http://localhost:1"


@pytest.mark.usefixtures("environment")
def test_a_region_argument_wins_over_a_host_of_the_environment() -> None:
    assert OAuthClient(region="eu").host == "https://api.pandadoc.eu"


@pytest.mark.usefixtures("environment")
def test_an_empty_variable_counts_as_unset_and_an_empty_argument_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_HOST", "")
    monkeypatch.setenv("PANDADOC_REDIRECT_URI", "")
    monkeypatch.setenv("PANDADOC_REGION", "")

    client = OAuthClient()
    assert (client.host, client.redirect_uri) == ("https://api.pandadoc.com", None)
    with pytest.raises(FormEncodingError, match="client_id"):
        OAuthClient("")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "client_id and client_secret missing.*PANDADOC_CLIENT_ID and PANDADOC_CLIENT_SECRET"),
        ({"client_id": "x"}, "^client_secret missing.*PANDADOC_CLIENT_SECRET"),
        ({"client_secret": "x"}, "^client_id missing.*PANDADOC_CLIENT_ID"),
    ],
)
def test_missing_credentials_are_one_error(kind: type[OAuthClient], given: dict[str, str], named: str) -> None:
    with pytest.raises(ApiValueError, match=named):
        kind(**given)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("settings", "host", "page"),
    [
        ({}, "https://api.pandadoc.com", "https://app.pandadoc.com"),
        ({"region": "us"}, "https://api.pandadoc.com", "https://app.pandadoc.com"),
        ({"region": "EU"}, "https://api.pandadoc.eu", "https://app.pandadoc.eu"),
        ({"host": "https://api.pandadoc.eu/"}, "https://api.pandadoc.eu", "https://app.pandadoc.eu"),
        ({"host": "http://127.0.0.1:8000/"}, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ({"host": "http://[::1]:8000"}, "http://[::1]:8000", "http://[::1]:8000"),
        ({"host": "http://emulator:8000", "allow_insecure": True}, "http://emulator:8000", "http://emulator:8000"),
        ({"host": "https://gateway.example.com/pd"}, "https://gateway.example.com/pd", "https://app.pandadoc.com"),
    ],
)
def test_the_consent_page_goes_with_the_host(settings: dict[str, Any], host: str, page: str) -> None:
    client = OAuthClient("id", "secret", "https://app.example.com/cb", **settings)

    assert (client.host, client.authorize_url) == (host, f"{page}/oauth2/authorize")
    assert client.authorization_url().url.startswith(f"{page}/oauth2/authorize?response_type=code&client_id=id&")


def test_the_region_of_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_REGION", "eu")

    assert OAuthClient("id", "secret").host == "https://api.pandadoc.eu"
    assert OAuthClient("id", "secret", region="us").host == "https://api.pandadoc.com"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("settings", "error", "named"),
    [
        ({"client_id": " id"}, FormEncodingError, "client_id"),
        ({"client_secret": "SECRET\n"}, FormEncodingError, "client_secret"),
        ({"client_secret": b"SECRET"}, FormEncodingError, "client_secret"),
        ({"redirect_uri": ""}, ApiValueError, "redirect_uri"),
        ({"redirect_uri": "/cb"}, ApiValueError, "redirect_uri"),
        ({"redirect_uri": 5}, ApiTypeError, "redirect_uri"),
        ({"send_redirect_uri": True}, ApiValueError, "redirect_uri"),
        ({"host": ""}, ApiValueError, "host"),
        ({"host": 5}, ApiTypeError, "host"),
        ({"host": "api.pandadoc.com"}, ApiValueError, "host"),
        ({"host": "https://u:SECRET@api.pandadoc.com"}, ApiValueError, "host"),
        ({"host": "https://api.pandadoc.com?x=SECRET"}, ApiValueError, "host"),
        ({"host": "https://api.pandadoc.com\n"}, ApiValueError, "host"),
        ({"host": "http://api.pandadoc.com"}, ApiValueError, "host.*allow_insecure"),
        ({"host": "https://[::1"}, ApiValueError, "host"),
        ({"authorize_url": ""}, ApiValueError, "authorize_url"),
        ({"authorize_url": "http://app.pandadoc.com/x"}, ApiValueError, "authorize_url.*allow_insecure"),
        ({"authorize_url": 5}, ApiTypeError, "authorize_url"),
        ({"region": "mars"}, ApiValueError, "region must be one of us, eu"),
        ({"region": ""}, ApiValueError, "region"),
        ({"region": 5}, ApiValueError, "region"),
        ({"region": "us", "host": "https://api.pandadoc.com"}, ApiValueError, "region and host"),
        ({"timeout": -1}, ApiValueError, "timeout"),
        ({"timeout": "30"}, ApiValueError, "timeout"),
        ({"timeout": (1, 2, 3)}, ApiValueError, "timeout"),
        ({"retries": -1}, ApiValueError, "retries"),
        ({"http_client": NotImplemented}, ApiTypeError, "http_client"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_a_wrong_setting_is_named(
    kind: type[OAuthClient], settings: dict[str, Any], error: type[Exception], named: str
) -> None:
    with pytest.raises(error, match=named) as caught:
        kind(**{"client_id": "id", "client_secret": "s", **settings})

    assert "SECRET" not in str(caught.value)


def test_plain_http_elsewhere_can_be_allowed() -> None:
    client = OAuthClient("id", "secret", host="http://api.test", authorize_url="http://app.test/x", allow_insecure=True)

    assert (client.host, client.authorize_url) == ("http://api.test", "http://app.test/x")


def test_the_consent_page_needs_a_redirect_uri() -> None:
    with pytest.raises(ApiValueError, match=r"redirect_uri is missing.*PANDADOC_REDIRECT_URI"):
        OAuthClient("id", "secret").authorization_url()


@pytest.mark.parametrize("kind", KINDS)
def test_authorization_and_callback_fit_together(kind: type[OAuthClient]) -> None:
    client = kind("id", "secret", "https://app.example.com/cb")

    request = client.authorization_url(scope="read")
    assert "&scope=read&" in request.url
    assert request.state != client.authorization_url().state
    assert client.parse_callback(f"/cb?code=c&state={request.state}", request.state) == "c"
    assert client.authorization_url(state="mine").state == "mine"
    with pytest.raises(ApiValueError, match="state"):
        client.authorization_url(state="")


@pytest.mark.parametrize("kind", KINDS)
def test_the_repr_masks_the_secret(kind: type[OAuthClient]) -> None:
    client = kind("id", "the-SECRET")

    assert "SECRET" not in f"{client} {client!r}"
    assert f"{kind.__name__}(client_id='id', client_secret='***'" in repr(client)


def test_an_http_client_of_ones_own_is_used_without_its_credentials_and_left_open(server: RecordingServer) -> None:
    seen: list[str] = []
    with httpx.Client(
        auth=("user", "password"),
        headers={"Authorization": "Bearer x", "X-Own": "1"},
        cookies={"session": "1"},
        params={"q": "1"},
        follow_redirects=True,
        event_hooks={"request": [lambda request: seen.append(str(request.url))]},
    ) as http_client:
        with OAuthClient(CLIENT_ID, CLIENT_SECRET, host=server.url, http_client=http_client) as client:
            client.exchange_code("c")
        assert not http_client.is_closed

    (request,) = server.requests
    assert seen == [f"{server.url}/oauth2/access_token"]
    assert request.target == "/oauth2/access_token"
    assert [name for name in ("authorization", "x-own", "cookie") if request.header(name)] == []


async def test_an_async_http_client_is_used_without_its_credentials_and_left_open(server: RecordingServer) -> None:
    async with httpx.AsyncClient(auth=("user", "password"), cookies={"session": "1"}) as http_client:
        async with AsyncOAuthClient(CLIENT_ID, CLIENT_SECRET, host=server.url, http_client=http_client) as client:
            await client.exchange_code("c")
        assert not http_client.is_closed

    (request,) = server.requests
    assert [name for name in ("authorization", "cookie") if request.header(name)] == []


def test_a_client_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ApiTypeError, match=r"http_client must be an httpx\.Client or .*, not AsyncClient"):
        OAuthClient("id", "secret", http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(ApiTypeError, match=r"http_client must be an httpx\.AsyncClient or .*, not Client"):
        AsyncOAuthClient("id", "secret", http_client=httpx.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def test_an_async_client_makes_many_calls_at_once(server: RecordingServer) -> None:
    async with AsyncOAuthClient(CLIENT_ID, CLIENT_SECRET, host=server.url) as client:
        tokens = await asyncio.gather(*(client.exchange_code(f"c{n}") for n in range(10)))

    assert len({token.access_token for token in tokens}) == 1
    assert len(server.requests) == 10


def test_both_clients_have_the_same_names(make: MakeClient) -> None:
    names = {name for name in dir(OAuthClient) if not name.startswith("_")}

    assert names == {name for name in dir(AsyncOAuthClient) if not name.startswith("_")} - {"aclose"}


def test_every_exported_name_is_there() -> None:
    assert sorted(oauth.__all__) == oauth.__all__
    for name in oauth.__all__:
        assert getattr(oauth, name).__name__ == name
    assert set(oauth.__all__) <= set(dir(oauth))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = oauth.nonsense  # type: ignore[attr-defined]  # pyright: ignore


@pytest.mark.parametrize(
    "statement",
    [
        "from pandadoc_client.oauth import Token, AuthorizationRequest, InvalidGrantError",
        "import pandadoc_client.oauth as o; o.form, o.protocol, o.token",
    ],
)
def test_what_does_no_input_and_output_imports_no_http_library(statement: str) -> None:
    program = f"{statement}\nimport sys\nprint([n for n in sys.modules if n.split('.')[0] in ('httpx', 'anyio')])"

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
