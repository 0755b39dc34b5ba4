"""What the API classes of another document send, and what they make of the response."""

from __future__ import annotations

import asyncio
import datetime
import io
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pandadoc_client import UNSET, ApiClient, ApiException, AsyncApiClient, Configuration

from ..wire.recording import Answer, RecordingServer

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def package(everything: Path) -> Iterator[Any]:
    """The API modules of the fixture document, and its models."""
    sys.path.insert(0, str(everything))
    yield SimpleNamespace(
        odd=import_module("everything.api.odd_things_v2_api"),
        default=import_module("everything.api.default_api"),
        models=import_module("everything.models"),
    )
    sys.path.remove(str(everything))


def run_sync(module: Any, name: str, url: str, method: str, *arguments: Any, **named: Any) -> Any:
    with ApiClient(Configuration(host=url, access_token="t")) as client:
        return getattr(getattr(module, name)(client), method)(*arguments, **named)


def run_async(module: Any, name: str, url: str, method: str, *arguments: Any, **named: Any) -> Any:
    async def run() -> Any:
        async with AsyncApiClient(Configuration(host=url, access_token="t")) as client:
            return await getattr(getattr(module, f"Async{name}")(client), method)(*arguments, **named)

    return asyncio.run(run())


@pytest.fixture(params=[run_sync, run_async], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    """Call a method of an API class, in either world."""
    chosen: Run = request.param
    return chosen


@pytest.fixture
def recorder() -> Iterator[RecordingServer]:
    with RecordingServer() as server:
        yield server


def test_parameters_go_where_the_document_says_and_in_its_order(
    package: Any, recorder: RecordingServer, run: Run
) -> None:
    url = recorder.script("case", [Answer(body=b'{"id": "a/b c"}')])
    since = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    named = {"x_trace": 7, "_class": True, "kind": ["x&y", "z"], "since": since}
    thing = run(package.odd, "OddThingsV2Api", url, "get_thing", "a/b c", **named)
    assert type(thing) is package.models.Thing
    assert thing.id == "a/b c"
    (request,) = recorder.requests("case")
    assert request.target == (
        "/things/a%2Fb%20c?since=2026-01-02T00%3A00%3A00%2B00%3A00&kind%5B%5D=x%26y&kind%5B%5D=z&class=true"
    )
    assert dict(request.headers)["x-trace"] == "7"


@pytest.mark.parametrize("named", [{}, {"since": None, "x_trace": None}, {"kind": UNSET, "_class": UNSET}])
def test_what_is_not_given_is_not_sent(
    package: Any, recorder: RecordingServer, run: Run, named: dict[str, Any]
) -> None:
    url = recorder.script("case", [Answer()])
    run(package.odd, "OddThingsV2Api", url, "get_thing", "a", **named)
    (request,) = recorder.requests("case")
    assert request.target == "/things/a"
    assert "x-trace" not in dict(request.headers)


def test_a_json_body_is_sent_and_a_204_is_none(package: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer(status=204, reason="No Content", body=b"")])
    thing = package.models.Thing("1", "big", dates=[datetime.datetime(2026, 1, 2)])
    assert run(package.odd, "OddThingsV2Api", url, "put_thing", "1", thing) is None
    (request,) = recorder.requests("case")
    assert json.loads(request.body) == {"id": "1", "kind": "big", "dates": ["2026-01-02T00:00:00"]}
    assert dict(request.headers)["content-type"] == "application/json"


def test_an_unknown_field_that_came_is_sent_back(package: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer(status=204, body=b"")])
    thing = package.models.Thing.from_dict({"id": "1", "new": 2})
    run(package.odd, "OddThingsV2Api", url, "put_thing", "1", thing)
    (request,) = recorder.requests("case")
    assert json.loads(request.body) == {"id": "1", "new": 2}


def test_a_multipart_body_has_a_boundary_of_its_own(package: Any, recorder: RecordingServer, run: Run) -> None:
    content = b"--+++\r\n\x00\xff"
    boundaries = set()
    for key in ("first", "second"):
        url = recorder.script(key, [Answer(status=201, body=b'[{"id": "1"}]')])
        named = {"file": ("p.bin", content, "image/x"), "title": "é", "data": package.models.Person("n")}
        (thing,) = run(package.odd, "OddThingsV2Api", url, "upload_picture", "1", **named)
        assert thing.id == "1"
        (request,) = recorder.requests(key)
        kind, _, boundary = dict(request.headers)["content-type"].partition("; boundary=")
        assert kind == "multipart/form-data"
        boundaries.add(boundary)
        parts = request.body.split(f"--{boundary}".encode())
        assert any(part.endswith(b"\r\n\r\n" + content + b"\r\n") and b'filename="p.bin"' in part for part in parts)
        assert any(part.endswith('name="title"\r\n\r\né\r\n'.encode()) for part in parts)
        assert any(b"application/json" in part and part.endswith(b'\r\n\r\n{"name": "n"}\r\n') for part in parts)
    assert len(boundaries) == 2


def test_a_binary_response_is_a_file(package: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer(headers=(("Content-Type", "image/x"),), body=b"\x00\xff")])
    picture = run(package.odd, "OddThingsV2Api", url, "get_picture", "1")
    assert isinstance(picture, io.BytesIO)
    assert picture.read() == b"\x00\xff"


def test_a_text_response_is_text(package: Any, recorder: RecordingServer, run: Run) -> None:
    url = recorder.script("case", [Answer(headers=(("Content-Type", "text/plain"),), body=b"sesame")])
    assert run(package.default, "DefaultApi", url, "open_door") == "sesame"


@pytest.mark.parametrize("status", [400, 502, 520, 599])
def test_an_html_error_page_and_a_status_of_any_number_are_kept(
    package: Any, recorder: RecordingServer, run: Run, status: int
) -> None:
    page = Answer(status=status, headers=(("Content-Type", "text/html"),), body=b"<html>odd</html>")
    url = recorder.script("case", [page])
    with pytest.raises(ApiException) as caught:
        run(package.odd, "OddThingsV2Api", url, "put_thing", "1", {"id": "1"})
    assert caught.value.status == status
    assert "<html>odd</html>" in str(caught.value.body)
