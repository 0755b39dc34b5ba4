"""A call that is refused before it is sent shows no credential in the local variables of the package's frames."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import ApiClient, AsyncApiClient, AsyncPandaDoc, Configuration, PandaDoc, webhooks
from pandadoc_client._http.form import check_token_request, encode_form
from pandadoc_client.api.documents_api import AsyncDocumentsApi, DocumentsApi
from pandadoc_client.api.o_auth_2_0_authentication_api import (
    AsyncOAuth20AuthenticationApi,
    OAuth20AuthenticationApi,
)
from pandadoc_client.oauth import (
    AsyncOAuthClient,
    EncryptedTokenStore,
    FileTokenStore,
    MemoryTokenStore,
    OAuthClient,
    Token,
    token_store,
)
from pandadoc_client.oauth.protocol import parse_callback, token_request

from .frames import frames, leaks

NOWHERE = "http://127.0.0.1:9"
# Long, since rich cuts text before it shows it, and each of its own kind, so that a failure says which one it was.
SECRET = "MARKER-" + "s3cret" * 20
OTHER = "MARKER-" + "0ther" * 20
SECRETS = (SECRET, OTHER)
VARIABLES = ("API_KEY", "ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "TOKEN_STORE", "HOST", "REGION")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(f"PANDADOC_{name}", raising=False)


# What no API class sends, by a name for the test: a call of ``documents``.
CALLS: dict[str, Callable[[Any], Any]] = {
    "an empty id": lambda documents: documents.status_document(""),
    "an id of the wrong type": lambda documents: documents.status_document(object()),
    "an unknown argument": lambda documents: documents.status_document("x", unknown=1),
    "NaN in a body": lambda documents: documents.create_document({"name": "n", "metadata": {"x": float("nan")}}),
    "a body of the wrong type": lambda documents: documents.create_document(7),
    "something in a body that JSON has not": lambda documents: documents.create_document({"name": object()}),
    "a missing upload": lambda documents: documents.create_document_from_upload(file="/nope.pdf"),
    "half of a surrogate pair": lambda documents: documents.list_documents(q="\udcfc"),
    "a header of the call": lambda documents: documents.list_documents(_extra_headers={"X-A": "a\nb"}),
    "a timeout": lambda documents: documents.list_documents(_request_timeout=-1),
    "a server that is none": lambda documents: documents.list_documents(_host_index=9),
    "a body that is too large": lambda documents: documents.create_document({"name": "n" * 3_000_000}),
}

KINDS: dict[str, dict[str, Any]] = {
    "an API key": {"api_key": {"apiKey": SECRET}, "api_key_prefix": {"apiKey": "API-Key"}},
    "an access token": {"access_token": SECRET},
}


def refusal(call: Callable[[], Any]) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever it is: its frames are looked at)
        call()
    error = caught.value
    assert list(frames(error)), "it was refused by the package"
    return error


def run_async(call: Callable[[], Any]) -> None:
    async def run() -> None:
        await call()

    asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CALLS)
def test_a_refused_call(name: str, kind: str) -> None:
    with ApiClient(Configuration(NOWHERE, **KINDS[kind])) as client:
        client.default_headers["X-Api-Key"] = OTHER
        client.cookie = f"session={OTHER}"
        error = refusal(lambda: CALLS[name](DocumentsApi(client)))
    assert leaks(error, *SECRETS) == []


@pytest.mark.parametrize("name", CALLS)
def test_a_refused_call_for_asyncio(name: str) -> None:
    client = AsyncApiClient(Configuration(NOWHERE, **KINDS["an API key"]))
    error = refusal(lambda: run_async(lambda: CALLS[name](AsyncDocumentsApi(client))))
    assert leaks(error, *SECRETS) == []


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("variable", ["PANDADOC_API_KEY", "PANDADOC_ACCESS_TOKEN"])
def test_a_refused_call_with_a_credential_from_the_environment(
    name: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, SECRET)
    with PandaDoc(host=NOWHERE) as pandadoc:
        error = refusal(lambda: CALLS[name](pandadoc.documents))
    assert leaks(error, *SECRETS) == []


@pytest.mark.parametrize("host", ["http://not-here.example", "ftp://127.0.0.1", "http://127.0.0.1:99999", "nowhere"])
def test_a_call_to_a_host_that_is_refused(host: str) -> None:
    with ApiClient(Configuration(host, **KINDS["an API key"])) as client:
        error = refusal(lambda: DocumentsApi(client).status_document("x"))
    assert leaks(error, *SECRETS) == []


@pytest.mark.parametrize("key", [f"{SECRET}\nX-A: b", f"{SECRET}\x00", f"{SECRET}熊", SECRET.encode()])
def test_a_credential_that_no_header_can_carry(key: Any) -> None:
    configuration = Configuration(NOWHERE, api_key={"apiKey": key})
    with ApiClient(configuration) as client:
        assert leaks(refusal(lambda: DocumentsApi(client).status_document("x")), *SECRETS) == []

    def call_with_token() -> None:
        with ApiClient(Configuration(NOWHERE, access_token=key)) as client:
            DocumentsApi(client).status_document("x")

    assert leaks(refusal(call_with_token), *SECRETS) == []


@pytest.mark.parametrize("header", ["Authorization", "authorization", "X-Api-Key", "Cookie"])
def test_a_credential_among_the_headers_of_a_call_that_no_api_class_has(header: str) -> None:
    with ApiClient(Configuration(NOWHERE)) as client:
        for call in (
            lambda: client.call_api("/x/{id}", "GET", {"id": ""}, header_params={header: SECRET}),
            lambda: client.call_api("/x", "POST", header_params={header: SECRET}, body={"x": float("nan")}),
            lambda: client.request("POST", f"{NOWHERE}/x", headers={header: SECRET}, body={"x": float("nan")}),
            lambda: client.request("GET", f"{NOWHERE}/x", headers={header: f"{SECRET}\n"}),
        ):
            assert leaks(refusal(call), *SECRETS) == []


@pytest.mark.parametrize("header", ["Authorization", "authorization", "X-Api-Key", "Cookie"])
def test_a_credential_among_the_headers_of_an_asynchronous_call_that_no_api_class_has(header: str) -> None:
    def run(call: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        asyncio.run(call())

    client = AsyncApiClient(Configuration(NOWHERE))
    calls: tuple[Callable[[], Coroutine[Any, Any, Any]], ...] = (
        lambda: client.call_api("/x/{id}", "GET", {"id": ""}, header_params={header: SECRET}),
        lambda: client.call_api("/x", "POST", header_params={header: SECRET}, body={"x": float("nan")}),
        lambda: client.request("POST", f"{NOWHERE}/x", headers={header: SECRET}, body={"x": float("nan")}),
        lambda: client.request("GET", f"{NOWHERE}/x", headers={header: f"{SECRET}\n"}),
    )
    for call in calls:
        assert leaks(refusal(partial(run, call)), *SECRETS) == []


FIELDS: dict[str, Any] = {
    "grant_type": "refresh_token",
    "client_id": "id",
    "client_secret": SECRET,
    "refresh_token": OTHER,
}


@pytest.mark.parametrize("change", [{"client_id": 7}, {"refresh_token": "\udcfc"}, {"unknown": "x"}, {"scope": 7}])
def test_the_token_call_of_the_vendors_style(change: dict[str, Any]) -> None:
    with ApiClient(Configuration(NOWHERE)) as client:
        error = refusal(lambda: OAuth20AuthenticationApi(client).access_token(**{**FIELDS, **change}))
    assert leaks(error, *SECRETS) == []
    twin = AsyncApiClient(Configuration(NOWHERE))
    error = refusal(lambda: run_async(lambda: AsyncOAuth20AuthenticationApi(twin).access_token(**{**FIELDS, **change})))
    assert leaks(error, *SECRETS) == []


def constructions() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every way to make something of a credential that is refused."""
    front: Any
    for front in (PandaDoc, AsyncPandaDoc):
        name = front.__name__
        yield f"{name}: two credentials", partial(front, api_key=SECRET, access_token=OTHER)
        yield f"{name}: a key with spaces", partial(front, api_key=f" {SECRET}")
        yield f"{name}: a key that is bytes", partial(front, api_key=SECRET.encode())
        yield f"{name}: a host", partial(front, api_key=SECRET, host="http://not-here.example")
        yield f"{name}: a timeout", partial(front, access_token=SECRET, timeout=-1)
        yield f"{name}: a limiter", partial(front, access_token=SECRET, rate_limiter=7)
        yield f"{name}: a store", partial(front, token_store=f"nothing://user:{SECRET}@127.0.0.1")
        yield f"{name}: no application", partial(front, token_store=f"redis://user:{SECRET}@127.0.0.1:9")
    key = {"apiKey": SECRET}
    wrong: Any = 7
    yield "Configuration: a region", lambda: Configuration(api_key=key, region="mars")
    yield "Configuration: two hosts", lambda: Configuration("x", api_key=key, access_token=OTHER, region="us")
    yield "Configuration: auth", lambda: Configuration(api_key=key, password=OTHER, auth=wrong)
    yield "Configuration: a keyword", lambda: Configuration(api_key=key, disabled_client_side_validations="x")
    client: Any
    for client in (OAuthClient, AsyncOAuthClient):
        name = client.__name__
        yield f"{name}: no id", partial(client, client_secret=SECRET)
        yield f"{name}: a secret with a line end", partial(client, "id", f"{SECRET}\n")
        yield f"{name}: a secret that is bytes", partial(client, "id", SECRET.encode())
        yield f"{name}: a redirect URI", partial(client, "id", SECRET, "nowhere")
        yield f"{name}: a host", partial(client, "id", SECRET, host="http://not-here.example")
        yield f"{name}: a client", partial(client, "id", SECRET, http_client=7)
    data: Any = SECRET.encode()
    response = {"access_token": SECRET, "refresh_token": OTHER}
    yield "Token: a time", lambda: Token(SECRET, OTHER, expires_at=datetime(2026, 1, 2))
    yield "Token: bytes", lambda: Token(data)
    yield "Token.from_response: a time", lambda: Token.from_response(response, math.inf)
    yield "Token.from_response: no token", lambda: Token.from_response({**response, "access_token": ""}, 0)
    yield "Token.from_dict: a version", lambda: Token.from_dict({**response, "version": 7})
    yield "Token.from_dict: a time", lambda: Token.from_dict({**response, "version": 1, "expires_at": "x"})
    yield "token_store: a scheme", lambda: token_store(f"nothing://user:{SECRET}@127.0.0.1/name")
    yield "token_store: a database", lambda: token_store(f"postgresql://user:{SECRET}@127.0.0.1:port/name")
    yield "token_store: Redis", lambda: token_store(f"redis://user:{SECRET}@127.0.0.1:6379/x/y")
    yield "token_store: a setting of Redis", lambda: token_store(f"redis://user:{SECRET}@127.0.0.1:6379?health=x")
    yield "EncryptedTokenStore: a store", lambda: EncryptedTokenStore(wrong, SECRET)
    yield "EncryptedTokenStore: a key", lambda: EncryptedTokenStore(MemoryTokenStore(), [SECRET, OTHER])
    yield "webhooks.sign: a key", lambda: webhooks.sign(b"", f"{SECRET} ")
    yield "webhooks.sign: half of a surrogate pair", lambda: webhooks.sign(b"", f"{SECRET}\udcfc")
    yield "webhooks.sign: a body", lambda: webhooks.sign(wrong, SECRET)
    for keys in (SECRET, SECRET.encode(), [OTHER, SECRET], (SECRET.encode(), OTHER)):
        what = type(keys).__name__
        yield f"webhooks.verify: forged, {what}", partial(webhooks.verify, b"{}", "0" * 64, keys)
        yield f"webhooks.verify: unsigned, {what}", partial(webhooks.verify, b"{}", None, keys)
        yield f"webhooks.parse: forged, {what}", partial(webhooks.parse, b"{}", "0" * 64, keys)
    signature = webhooks.sign(b"no JSON", SECRET)
    yield "webhooks.parse: no JSON", lambda: webhooks.parse(b"no JSON", signature, SECRET)
    yield "webhooks.parse: an id", lambda: webhooks.parse(b"no JSON", signature, SECRET, event_id=wrong)


CONSTRUCTIONS = dict(constructions())


@pytest.mark.parametrize("name", CONSTRUCTIONS)
def test_a_credential_that_is_refused_or_beside_something_that_is(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert leaks(refusal(CONSTRUCTIONS[name]), *SECRETS) == []


GRANTS: dict[str, Callable[[Any], Any]] = {
    "an empty code": lambda client: client.exchange_code(""),
    "a code of the wrong type": lambda client: client.exchange_code(OTHER.encode()),
    "a code with a line end": lambda client: client.exchange_code(f"{OTHER}\n"),
    "a scope": lambda client: client.exchange_code(OTHER, "a\nb"),
    "an empty refresh token": lambda client: client.refresh(""),
    "a refresh token of the wrong type": lambda client: client.refresh(OTHER.encode()),
    "a refresh token with a space": lambda client: client.refresh(f"{OTHER} "),
    "a scope of a refresh": lambda client: client.refresh(OTHER, scope=""),
    "no refresh token": lambda client: client.refresh(Token(OTHER)),
    "a refresh token in a token": lambda client: client.refresh(Token("access", f"{OTHER}\n")),
}


@pytest.mark.parametrize("name", GRANTS)
def test_a_refused_grant(name: str) -> None:
    with OAuthClient("id", SECRET, host=NOWHERE) as client:
        assert leaks(refusal(lambda: GRANTS[name](client)), *SECRETS) == []
    twin = AsyncOAuthClient("id", SECRET, host=NOWHERE)
    assert leaks(refusal(lambda: run_async(lambda: GRANTS[name](twin))), *SECRETS) == []


@pytest.mark.parametrize(
    "url",
    [
        f"https://h/cb?code={OTHER}",
        f"https://h/cb?code={OTHER}&state=another",
        f"https://h/cb?code={OTHER}&code={OTHER}&state={SECRET}",
        f"https://h/cb?code={OTHER}%zz&state={SECRET}",
        f"https://h/cb?code={OTHER}&error=x&state={SECRET}",
        f"https://h/cb#code={OTHER}&state={SECRET}",
        f"https://h/cb?error={OTHER}&error_description={SECRET}&state={SECRET}",
        f"https://h/cb?state={SECRET}",
    ],
)
def test_a_refused_callback(url: str) -> None:
    error = refusal(lambda: parse_callback(url, SECRET))
    secrets = SECRETS if "error=" not in url else (SECRET,)  # an error code is shown
    assert leaks(error, *secrets) == []
    with OAuthClient("id", SECRET, "https://h/cb", host=NOWHERE) as client:
        assert leaks(refusal(lambda: client.parse_callback(url, SECRET)), *secrets) == []


def test_the_checks_of_a_form_that_a_program_makes_itself() -> None:
    assert leaks(refusal(lambda: check_token_request({**FIELDS, "unknown": "x"})), *SECRETS) == []
    assert leaks(refusal(lambda: check_token_request({**FIELDS, "client_secret": f"{SECRET}\n"})), *SECRETS) == []
    assert leaks(refusal(lambda: token_request(NOWHERE, {**FIELDS, "unknown": "x"}, "agent")), *SECRETS) == []
    assert leaks(refusal(lambda: encode_form({**FIELDS, "client_secret": f"{SECRET}\udcfc"})), *SECRETS) == []


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    """The document is in the frames of the store: it has the token in it."""
    folder = tmp_path / "file"
    folder.write_text("no folder")
    store = FileTokenStore(folder / "tokens.json")
    assert leaks(refusal(lambda: store.save("default", Token(SECRET, OTHER))), *SECRETS) == []


def test_a_store_that_holds_another_file(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(f'{{"documents": "{SECRET}"}}')
    path.chmod(0o600)
    assert leaks(refusal(lambda: FileTokenStore(path).load()), *SECRETS) == []


@pytest.mark.parametrize(
    "document", ["no JSON: {0}", '["{0}"]', '{{"version": 1, "token": {{"access_token": "{0}"}}}}', "{{}}"]
)
def test_a_store_that_holds_another_document(document: str) -> None:
    store = MemoryTokenStore()
    store.write("default", document.format(SECRET) + " " * 9, expires_at=None, expected=None)
    assert leaks(refusal(lambda: store.load()), *SECRETS) == []


def test_what_a_program_reads_of_its_credentials_is_plain_text() -> None:
    """Only frames have the masked kind: a program compares, stores and prints what it has given."""
    configuration = Configuration(NOWHERE, api_key={"apiKey": SECRET}, access_token=OTHER, password=OTHER)
    found = (configuration.api_key["apiKey"], configuration.access_token, configuration.password)
    assert [type(value) for value in found] == [str, str, str]
    assert type(configuration.get_api_key_with_prefix("apiKey")) is str
    with PandaDoc(api_key=SECRET, host=NOWHERE) as pandadoc:
        assert type(pandadoc.configuration.api_key["apiKey"]) is str
    with PandaDoc(access_token=SECRET, host=NOWHERE) as pandadoc:
        assert type(pandadoc.configuration.access_token) is str
    assert type(parse_callback(f"https://h/cb?code={OTHER}&state=s", "s")) is str
