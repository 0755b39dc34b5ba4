"""Where `PandaDoc` and `AsyncPandaDoc` take their credential from, and what they say if there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiTypeError, ApiValueError, AsyncPandaDoc, PandaDoc
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ReauthorizationRequired, TokenStoreError
from pandadoc_client.oauth import (
    AsyncTokenManager,
    MemoryTokenStore,
    OAuth2Auth,
    OAuthClient,
    Token,
    TokenManager,
    token_store,
)

from ..wire.recording import RecordingServer

Authorization = Callable[..., Awaitable[str | None]]
BOTH = pytest.mark.parametrize("kind", [PandaDoc, AsyncPandaDoc])


@pytest.fixture(params=["blocking", "asyncio"])
def authorization(request: pytest.FixtureRequest, recorder: RecordingServer) -> Authorization:
    """Make a call with a client that has these arguments, and return the Authorization header that came."""

    async def make(**arguments: Any) -> str | None:
        arguments.setdefault("host", recorder.script("case", ()))
        if request.param == "blocking":
            with PandaDoc(**arguments) as pd:
                pd.members.details_current_member()
        else:
            async with AsyncPandaDoc(**arguments) as async_pd:
                await async_pd.members.details_current_member()
        (found,) = recorder.requests("case")
        return dict(found.headers).get("authorization")

    return make


def token(access_token: str = "stored token", minutes: float = 60, **fields: Any) -> Token:
    end = datetime.now(UTC) + timedelta(minutes=minutes)
    return Token(access_token=access_token, refresh_token="refresh", expires_at=end, **fields)


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_CLIENT_ID", "client")
    monkeypatch.setenv("PANDADOC_CLIENT_SECRET", "secret")


# --- Arguments


async def test_an_api_key_goes_out_as_one(authorization: Authorization) -> None:
    assert await authorization(api_key="key") == "API-Key key"


async def test_an_access_token_goes_out_as_a_bearer_token(authorization: Authorization) -> None:
    assert await authorization(access_token="token") == "Bearer token"


@pytest.mark.parametrize("manager", [TokenManager, AsyncTokenManager])
@pytest.mark.parametrize("wrapped", [False, True])
async def test_either_token_manager_serves_either_client_as_it_is_or_in_an_auth(
    authorization: Authorization, manager: Any, wrapped: bool
) -> None:
    store = MemoryTokenStore()
    store.save("default", token())
    with OAuthClient("client", "secret") as client:
        made = manager(client, store)
        assert await authorization(auth=OAuth2Auth(made) if wrapped else made) == "Bearer stored token"


async def test_any_httpx_auth_is_taken(authorization: Authorization) -> None:
    assert await authorization(auth=httpx.BasicAuth("user", "password")) == "Basic dXNlcjpwYXNzd29yZA=="


@pytest.mark.usefixtures("application")
async def test_a_token_store_is_taken_with_a_key_of_its_own(authorization: Authorization) -> None:
    store = MemoryTokenStore()
    store.save("acme", token("token of acme"))
    assert await authorization(token_store=store, key="acme") == "Bearer token of acme"


@pytest.mark.usefixtures("application")
async def test_the_url_of_a_token_store_is_taken(authorization: Authorization) -> None:
    with token_store("file:tokens.json") as store:
        store.save("default", token())
    assert await authorization(token_store="file:tokens.json") == "Bearer stored token"


@BOTH
def test_two_credentials_are_refused_by_their_names(kind: Any) -> None:
    given = {"auth": httpx.BasicAuth("u", "p"), "api_key": "k", "access_token": "t", "token_store": MemoryTokenStore()}
    for number in (2, 3, 4):
        for names in combinations(given, number):
            with pytest.raises(ApiValueError) as caught:
                kind(**{name: given[name] for name in names})
            assert str(caught.value) == f"Give one credential, and not {number}: {', '.join(names)}"


@BOTH
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"api_key": ""}, ApiValueError, "api_key must not be empty"),
        ({"api_key": " "}, ApiValueError, "api_key must not be empty"),
        ({"api_key": "my-secret\n"}, ApiValueError, "api_key has a line break in it"),
        ({"api_key": "my-secret "}, ApiValueError, "api_key starts or ends with white space"),
        ({"api_key": 5}, ApiTypeError, r"api_key must be text \(str\), not int"),
        ({"access_token": ""}, ApiValueError, "access_token must not be empty"),
        ({"access_token": b"my-secret"}, ApiTypeError, "access_token must be text .*not bytes; a token manager"),
        ({"auth": "my-secret"}, ApiTypeError, "auth must be an httpx.Auth or a token manager, not str"),
        ({"token_store": 5}, ApiTypeError, "token_store must be a TokenStore or the URL of one, not int"),
        ({"token_store": "my-secret://x"}, ApiValueError, "token_store: .* no URL of a token store"),
        ({"api_key": "k", "key": "acme"}, ApiValueError, "key names an account of a token store.*api_key"),
        ({"token_store": "memory:", "key": ""}, ApiValueError, "key"),
        ({"api_key": "k", "region": "mars"}, ApiValueError, "region must be one of us, eu"),
        ({"api_key": "k", "region": "eu", "host": "https://x"}, ApiValueError, "region and host"),
        ({"api_key": "k", "host": 5}, ApiTypeError, "host must be text"),
    ],
)
@pytest.mark.usefixtures("application")
def test_an_argument_that_cannot_be_right_is_named_and_its_value_is_not(
    kind: Any, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        kind(**arguments)
    assert "my-secret" not in str(caught.value)


# --- The environment


@pytest.mark.parametrize(
    ("variable", "header"), [("PANDADOC_API_KEY", "API-Key value"), ("PANDADOC_ACCESS_TOKEN", "Bearer value")]
)
async def test_a_credential_comes_from_the_environment(
    authorization: Authorization, monkeypatch: pytest.MonkeyPatch, variable: str, header: str
) -> None:
    monkeypatch.setenv(variable, "value")
    assert await authorization() == header


async def test_an_argument_wins_over_the_environment(
    authorization: Authorization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANDADOC_API_KEY", "from the environment")
    assert await authorization(access_token="given") == "Bearer given"


async def test_an_empty_variable_counts_as_unset(authorization: Authorization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_API_KEY", "")
    monkeypatch.setenv("PANDADOC_ACCESS_TOKEN", "token")
    assert await authorization() == "Bearer token"


@BOTH
def test_two_credentials_in_the_environment_are_refused_by_their_names(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANDADOC_API_KEY", "a")
    monkeypatch.setenv("PANDADOC_ACCESS_TOKEN", "b")
    with pytest.raises(ApiValueError, match="PANDADOC_API_KEY and PANDADOC_ACCESS_TOKEN"):
        kind()
    assert "api_key" in repr(kind(api_key="k"))


@BOTH
def test_a_variable_that_cannot_be_right_is_named(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_API_KEY", "my-secret\n")
    with pytest.raises(ApiValueError, match="PANDADOC_API_KEY has a line break in it"):
        kind()


# --- The store that `pandadoc login` has filled


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("named", [True, False])
async def test_without_any_credential_the_token_of_the_login_is_used(
    authorization: Authorization, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    if named:
        monkeypatch.setenv("PANDADOC_TOKEN_STORE", "sqlite:tokens.db")
    with token_store() as store:
        store.save("default", token())
    assert await authorization() == "Bearer stored token"


@pytest.mark.usefixtures("application")
async def test_a_key_alone_means_an_account_of_the_login_whatever_else_there_is(
    authorization: Authorization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANDADOC_API_KEY", "from the environment")
    with token_store() as store:
        store.save("acme", token("token of acme"))
    assert await authorization(key="acme") == "Bearer token of acme"


@BOTH
@pytest.mark.usefixtures("application")
def test_without_any_credential_the_error_names_all_ways(kind: Any) -> None:
    with pytest.raises(ApiValueError) as caught:
        kind()
    for way in (
        *("auth", "api_key", "access_token", "token_store", "PANDADOC_API_KEY", "PANDADOC_ACCESS_TOKEN"),
        *("pandadoc login", "PANDADOC_CLIENT_ID", "PANDADOC_CLIENT_SECRET", "'default'", "tokens.json"),
    ):
        assert way in str(caught.value)


@BOTH
def test_a_stored_token_without_an_application_is_an_error_that_says_so(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with token_store() as store:
        store.save("default", token("my-secret"))
    with pytest.raises(ApiValueError, match="PANDADOC_CLIENT_ID and PANDADOC_CLIENT_SECRET must be set") as caught:
        kind()
    assert "my-secret" not in str(caught.value)
    monkeypatch.setenv("PANDADOC_CLIENT_ID", "client")
    with pytest.raises(ApiValueError, match=r"^PANDADOC_CLIENT_SECRET must be set"):
        kind()


@BOTH
@pytest.mark.usefixtures("application")
def test_a_store_that_cannot_be_read_is_an_error_of_the_store(kind: Any, tmp_path: Any) -> None:
    (tmp_path / "state" / "pandadoc").mkdir(parents=True, mode=0o700)
    (tmp_path / "state" / "pandadoc" / "tokens.json").write_text("{")
    (tmp_path / "state" / "pandadoc" / "tokens.json").chmod(0o600)
    with pytest.raises(TokenStoreError, match="damaged"):
        kind()


@pytest.mark.usefixtures("application")
async def test_a_store_that_was_given_may_be_filled_later(authorization: Authorization) -> None:
    store = MemoryTokenStore()
    with pytest.raises(ReauthorizationRequired):
        await authorization(token_store=store)
    store.save("default", token())
    assert await authorization(token_store=store) == "Bearer stored token"


async def test_a_stored_token_that_is_over_is_refreshed_where_the_calls_go(
    pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANDADOC_CLIENT_ID", pandadoc_emulator.client_id)
    monkeypatch.setenv("PANDADOC_CLIENT_SECRET", pandadoc_emulator.client_secret)
    issued = Token.from_response(pandadoc_emulator.issue_token(), datetime.now(UTC))
    with token_store() as store:
        for key in ("default", "acme"):
            store.save(key, replace(issued, expires_at=datetime.now(UTC) - timedelta(minutes=1)))
        with PandaDoc(host=pandadoc_emulator.url) as pd:
            assert pd.members.details_current_member().email
        refreshed = store.load("default")
        assert refreshed is not None
        assert refreshed.access_token != issued.access_token
        store.save("default", replace(refreshed, expires_at=datetime.now(UTC) - timedelta(minutes=1)))
        async with AsyncPandaDoc(host=pandadoc_emulator.url) as async_pd:
            assert (await async_pd.members.details_current_member()).email
        again = store.load("default")
        assert again is not None
        assert again.access_token != refreshed.access_token


# --- Host and region


@BOTH
@pytest.mark.parametrize(
    ("arguments", "environment", "url"),
    [
        ({}, {}, "https://api.pandadoc.com"),
        ({"region": "us"}, {}, "https://api.pandadoc.com"),
        ({"region": "eu"}, {}, "https://api.pandadoc.eu"),
        ({"host": "http://127.0.0.1:1/"}, {}, "http://127.0.0.1:1"),
        ({}, {"PANDADOC_REGION": "eu"}, "https://api.pandadoc.eu"),
        ({}, {"PANDADOC_HOST": "http://127.0.0.1:1"}, "http://127.0.0.1:1"),
        ({"region": "us"}, {"PANDADOC_REGION": "eu"}, "https://api.pandadoc.com"),
        ({"region": "eu"}, {"PANDADOC_HOST": "http://127.0.0.1:1"}, "https://api.pandadoc.eu"),
        ({"host": "http://127.0.0.1:2"}, {"PANDADOC_REGION": "eu"}, "http://127.0.0.1:2"),
    ],
)
def test_the_host_is_that_of_the_argument_else_the_environment_else_the_region(
    kind: Any, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any], environment: dict[str, str], url: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert kind(api_key="key", **arguments).configuration.host == url


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_manager_brings_its_host_along(wrapped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PANDADOC_HOST", raising=False)
    with OAuthClient("id", "secret", host="http://127.0.0.1:1") as client:
        manager = TokenManager(client, MemoryTokenStore())
        auth = OAuth2Auth(manager) if wrapped else manager
        assert PandaDoc(auth).configuration.host == "http://127.0.0.1:1"
        assert AsyncPandaDoc(auth).configuration.host == "http://127.0.0.1:1"
        assert PandaDoc(auth, region="eu").configuration.host == "https://api.pandadoc.eu"
        monkeypatch.setenv("PANDADOC_HOST", "http://127.0.0.1:2")
        assert PandaDoc(auth).configuration.host == "http://127.0.0.1:1"
        assert PandaDoc(auth, host="http://127.0.0.1:3").configuration.host == "http://127.0.0.1:3"
