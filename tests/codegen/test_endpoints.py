"""What generated endpoint functions send, and what they make of the answer."""

from __future__ import annotations

import asyncio
import datetime
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiClient, Configuration
from pandadoc_client._generated.api.members import details_current_member
from pandadoc_client._generated.api.o_auth_2_0_authentication import access_token
from pandadoc_client._generated.client import DEFAULT_TIMEOUT, AuthenticatedClient, Client
from pandadoc_client._generated.errors import UndecodableBody, UnexpectedStatus
from pandadoc_client.emulator import Emulator, Fault
from pandadoc_client.models import (
    MemberDetailsResponse,
    OAuth2AccessTokenResponse,
    OAuth2CreateAccessTokenRequest,
    OAuth2ErrorResponse,
    OAuth2RefreshAccessTokenRequest,
)

from ..wire.recording import Answer, RecordingServer

MEMBERS = "/public/v1/members/current"
Run = Callable[..., Any]


def run_sync(module: Any, client: Client, *arguments: Any, detailed: bool = False, **named: Any) -> Any:
    with client:
        return (module.sync_detailed if detailed else module.sync)(*arguments, client=client, **named)


def run_async(module: Any, client: Client, *arguments: Any, detailed: bool = False, **named: Any) -> Any:
    async def run() -> Any:
        async with client:
            function = module.asyncio_detailed if detailed else module.asyncio
            return await function(*arguments, client=client, **named)

    return asyncio.run(run())


@pytest.fixture(params=[run_sync, run_async], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    """Call an endpoint module's function, in either world."""
    chosen: Run = request.param
    return chosen


@pytest.fixture(scope="module")
def odd_things(everything: Path) -> Iterator[Any]:
    """The endpoint modules of the fixture document, and its models."""
    sys.path.insert(0, str(everything))
    names = ("get_picture", "get_thing", "put_thing", "upload_picture")
    modules = {name: import_module(f"everything._generated.api.odd_things_v_2.{name}") for name in names}
    yield SimpleNamespace(**modules, models=import_module("everything._generated.models"))
    sys.path.remove(str(everything))


@pytest.fixture
def recorder() -> Iterator[RecordingServer]:
    with RecordingServer() as server:
        yield server


def client_of(emulator: Emulator, **settings: Any) -> AuthenticatedClient:
    return AuthenticatedClient(emulator.url, token=emulator.api_key, prefix="API-Key", **settings)


def test_a_code_becomes_a_token_that_is_used_and_refreshed(pandadoc_emulator: Emulator, run: Run) -> None:
    emulator = pandadoc_emulator
    create = OAuth2CreateAccessTokenRequest(emulator.client_id, emulator.client_secret, emulator.issue_code())
    token = run(access_token, Client(emulator.url), body=create)
    assert type(token) is OAuth2AccessTokenResponse
    member = run(details_current_member, AuthenticatedClient(emulator.url, token=token["access_token"]))
    assert type(member) is MemberDetailsResponse
    refresh = OAuth2RefreshAccessTokenRequest(emulator.client_id, emulator.client_secret, token["refresh_token"])
    assert run(access_token, Client(emulator.url), body=refresh).access_token != token.access_token


def test_no_credential_goes_to_the_token_endpoint(pandadoc_emulator: Emulator, run: Run) -> None:
    emulator = pandadoc_emulator
    body = OAuth2CreateAccessTokenRequest(emulator.client_id, emulator.client_secret, emulator.issue_code())
    run(access_token, client_of(emulator), body=body)
    assert emulator.journal.entries[0].header("authorization") is None


def test_an_error_is_raised_with_its_model(pandadoc_emulator: Emulator, run: Run) -> None:
    body = OAuth2CreateAccessTokenRequest("unknown", "wrong", "none")
    with pytest.raises(UnexpectedStatus) as caught:
        run(access_token, Client(pandadoc_emulator.url), body=body)
    assert caught.value.status_code == 400
    assert type(caught.value.parsed) is OAuth2ErrorResponse
    assert caught.value.parsed.error == "invalid_client"
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 502, 520, 599])
def test_an_html_error_page_and_a_status_of_any_number_are_kept(
    pandadoc_emulator: Emulator, run: Run, status: int
) -> None:
    pandadoc_emulator.faults.add(Fault("status", path=MEMBERS, status=status, body="<html>odd</html>"))
    response = run(details_current_member, client_of(pandadoc_emulator), detailed=True)
    assert (response.status_code, response.content, response.parsed) == (status, b"<html>odd</html>", None)


def test_a_success_that_is_no_json_raises(pandadoc_emulator: Emulator, run: Run) -> None:
    pandadoc_emulator.faults.add(Fault("truncated-json", path=MEMBERS))
    with pytest.raises(UndecodableBody) as caught:
        run(details_current_member, client_of(pandadoc_emulator))
    assert caught.value.status_code == 200


def test_a_client_has_a_timeout_unless_told_otherwise() -> None:
    assert Client("http://localhost").timeout == DEFAULT_TIMEOUT
    with Client("http://localhost") as client:
        assert client.get_httpx_client().timeout == httpx.Timeout(30.0, connect=5.0)
    with Client("http://localhost").with_timeout(httpx.Timeout(1.0)) as client:
        assert client.get_httpx_client().timeout == httpx.Timeout(1.0)


def test_a_copy_of_a_client_leaves_the_client_as_it_was() -> None:
    client = Client("http://localhost", headers={"A": "1"})
    assert client.with_headers({"B": "2"}).headers == {"A": "1", "B": "2"}
    assert client.with_cookies({"c": "3"}).cookies == {"c": "3"}
    assert (client.headers, client.cookies) == ({"A": "1"}, {})


def test_repr_does_not_show_the_token() -> None:
    assert "MARKER" not in repr(AuthenticatedClient("http://localhost", token="MARKER", headers={"X": "MARKER"}))


def test_parameters_go_where_the_document_says(odd_things: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer(body=b'{"id": "a/b c"}')])
    since = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    thing = run(
        odd_things.get_thing,
        AuthenticatedClient(url, token="t"),
        "a/b c",
        since=since,
        kind=["x&y", "z"],
        class_=True,
        x_trace=7,
    )
    assert thing.id == "a/b c"
    (request,) = recorder.requests("case")
    assert request.target == (
        "/things/a%2Fb%20c?since=2026-01-02T00%3A00%3A00%2B00%3A00&kind%5B%5D=x%26y&kind%5B%5D=z&class=true"
    )
    headers = dict(request.headers)
    assert headers["x-trace"] == "7"
    assert headers["authorization"] == "Bearer t"


def test_what_is_left_out_is_not_sent(odd_things: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer()])
    run(odd_things.get_thing, AuthenticatedClient(url, token="t"), "a")
    (request,) = recorder.requests("case")
    assert request.target == "/things/a"
    assert "x-trace" not in dict(request.headers)


def test_a_json_body_is_sent_and_a_204_is_none(odd_things: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer(status=204, reason="No Content", body=b"")])
    thing = odd_things.models.Thing("1", "big", dates=[datetime.datetime(2026, 1, 2)])
    assert run(odd_things.put_thing, AuthenticatedClient(url, token="t"), "1", body=thing) is None
    (request,) = recorder.requests("case")
    assert json.loads(request.body) == {"id": "1", "kind": "big", "dates": ["2026-01-02T00:00:00"]}
    assert dict(request.headers)["content-type"] == "application/json"


def test_a_multipart_body_has_a_boundary_of_its_own(odd_things: Any, recorder: RecordingServer, run: Run) -> None:
    file = import_module("everything._generated.types").File
    models = odd_things.models
    content = b"--+++\r\n\x00\xff"
    upload = models.Upload(file(content, "p.bin", "image/x"), title="é", data=models.Person("n"))
    boundaries = set()
    for key in ("first", "second"):
        url = recorder.script(key, [Answer(status=201, body=b'[{"id": "1"}]')])
        (thing,) = run(odd_things.upload_picture, AuthenticatedClient(url, token="t"), "1", body=upload)
        assert thing.id == "1"
        (request,) = recorder.requests(key)
        kind, _, boundary = dict(request.headers)["content-type"].partition("; boundary=")
        assert kind == "multipart/form-data"
        boundaries.add(boundary)
        parts = request.body.split(f"--{boundary}".encode())
        assert b'name="file"; filename="p.bin"\r\nContent-Type: image/x\r\n\r\n' + content in parts[1]
        assert parts[2].endswith('name="title"\r\n\r\né\r\n'.encode())
        assert parts[3].endswith(b'Content-Type: application/json\r\n\r\n{"name": "n"}\r\n')
    assert len(boundaries) == 2


def test_a_binary_answer_is_a_file(odd_things: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer(headers=(("Content-Type", "image/x"),), body=b"\x00\xff")])
    picture = run(odd_things.get_picture, AuthenticatedClient(url, token="t"), "1")
    assert (picture.payload, picture.mime_type) == (b"\x00\xff", "image/x")


def test_a_text_answer_is_text(odd_things: Any, recorder: RecordingServer, run: Run) -> None:
    open_door = import_module("everything._generated.api.default.open_door")
    url = recorder.script("case", [Answer(headers=(("Content-Type", "text/plain"),), body=b"sesame")])
    assert run(open_door, Client(url)) == "sesame"


def test_the_surface_of_another_document_works_with_the_package(odd_things: Any, recorder: RecordingServer) -> None:
    url = recorder.script("case", [Answer(body=b'{"id": "1", "new": 2}'), Answer(status=204, body=b"")])
    with ApiClient(Configuration(host=url)) as client:
        api = import_module("everything.api.odd_things_v2_api").OddThingsV2Api(client)
        thing = api.get_thing("1", kind=["a", "b"])
        assert type(thing) is odd_things.models.Thing
        assert thing.new == 2
        assert api.put_thing("1", thing) is None
    first, second = recorder.requests("case")
    assert first.target == "/things/1?kind%5B%5D=a&kind%5B%5D=b"
    assert second.body == b'{"id": "1", "new": 2}'
