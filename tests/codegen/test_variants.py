"""Operations that differ by their query, several kinds of body or of response, and unions, in generated code."""

from __future__ import annotations

import datetime
import io
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import ApiClient, ApiTypeError, Configuration

from ..wire.recording import Answer, RecordingServer
from .conftest import FIXTURES, Generate


@pytest.fixture(scope="module")
def folder(generate: Generate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder above the package ``variants``, on the path."""
    folder = tmp_path_factory.mktemp("variants")
    result = generate("--spec", FIXTURES / "variants.yaml", "--output", folder / "variants")
    assert result.returncode == 0, result.stderr
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def recorder() -> Iterator[RecordingServer]:
    with RecordingServer() as server:
        yield server


def call(recorder: RecordingServer, name: str, answer: Answer, *arguments: Any, **named: Any) -> tuple[Any, Any]:
    """Call a method of the API class, and return the request and the result."""
    url = recorder.script(name, [answer])
    with ApiClient(Configuration(host=url)) as client:
        result = getattr(import_module("variants.api.things_api").ThingsApi(client), name)(*arguments, **named)
    (request,) = recorder.requests(name)
    return request, result


def test_an_operation_that_differs_by_its_query_sends_it(folder: Path, recorder: RecordingServer) -> None:
    made = Answer(status=201, body=b"{}")
    request, _ = call(recorder, "create_thing", made, {})
    assert (request.method, request.target) == ("POST", "/things")
    request, _ = call(recorder, "create_thing_with_upload", made, file=io.BytesIO(b"x"), editor="ev 1")
    assert (request.method, request.target) == ("POST", "/things?upload&editor=ev+1")
    request, _ = call(recorder, "create_thing_with_upload", made, file=io.BytesIO(b"x"), data={"name": "n"})
    assert request.target == "/things?upload"
    assert b'{"name": "n"}' in request.body


def test_an_array_goes_out_as_the_document_says(folder: Path, recorder: RecordingServer) -> None:
    for given in (["a", "b"], "a,b"):
        request, _ = call(recorder, "list_things", Answer(body=b"[]"), ids=given)
        assert request.target == "/things?ids=a%2Cb"
    request, _ = call(recorder, "list_things", Answer(body=b"[]"), ids=["a", "b"], query="q")
    assert request.target == "/things?ids=a%2Cb&query=q"


def test_a_time_may_be_given_as_text(folder: Path, recorder: RecordingServer) -> None:
    for given in ("2026-01-02T00:00:00", datetime.datetime(2026, 1, 2)):
        request, _ = call(recorder, "list_things", Answer(body=b"[]"), since=given)
        assert request.target == "/things?since=2026-01-02T00%3A00%3A00"


def test_an_enumeration_is_called_as_in_the_vendors_sdk_and_is_its_value(
    folder: Path, recorder: RecordingServer
) -> None:
    state = import_module("variants.model.state").State
    assert (state("draft"), state("draft").value) == ("draft", "draft")
    for given in ("draft", state("draft"), state("unheard-of")):
        request, _ = call(recorder, "list_things", Answer(body=b"[]"), state=given)
        assert request.target == f"/things?state={given}"


def test_the_kind_of_body_is_the_one_whose_arguments_are_given(folder: Path, recorder: RecordingServer) -> None:
    done = Answer(status=204, body=b"")
    request, _ = call(recorder, "attach", done, "1", circle={"name": "n"})
    assert dict(request.headers)["content-type"] == "application/json"
    for form in ({"source": "s"}, {"file": io.BytesIO(b"x")}):
        request, _ = call(recorder, "attach", done, "1", **form)
        assert dict(request.headers)["content-type"].startswith("multipart/form-data; boundary=")


def test_a_file_that_is_not_ready_is_none(folder: Path, recorder: RecordingServer) -> None:
    _, result = call(recorder, "get_file", Answer(body=b"%PDF"), "1")
    assert result.read() == b"%PDF"
    _, result = call(recorder, "get_file", Answer(status=202, body=b""), "1")
    assert result is None


def test_an_answer_is_read_as_its_status_says(folder: Path, recorder: RecordingServer) -> None:
    models = import_module("variants.models")
    for status, model in ((200, models.Circle), (202, models.Square)):
        _, result = call(recorder, "get_report", Answer(status=status, body=b'{"name": "n"}'), "1")
        assert type(result) is model


def test_a_discriminator_decides_and_else_the_keys_do(folder: Path, recorder: RecordingServer) -> None:
    models = import_module("variants.models")
    body = b'{"a": {"kind": "round", "side": 1}, "b": {"kind": "square"}, "c": {"side": 1, "kind": 5}, "d": 7}'
    _, shapes = call(recorder, "list_shapes", Answer(body=body))
    assert [type(shapes[name]) for name in "abcd"] == [models.Circle, models.Square, models.Square, int]


def test_an_object_without_fields_is_a_dictionary(folder: Path) -> None:
    thing = import_module("variants.models").Thing.from_dict({"free": {"a": 1}, "parts": {"p": {"secret": "MARKER"}}})
    assert thing.free == {"a": 1}
    assert thing.parts["p"].secret == "MARKER"
    assert "MARKER" not in repr(thing)
    thing.parts["p"].secret = "other"
    thing.parts["q"] = {"secret": "more"}
    assert thing.to_dict() == {"free": {"a": 1}, "parts": {"p": {"secret": "other"}, "q": {"secret": "more"}}}


def test_a_body_of_another_type_is_refused_by_name(folder: Path, recorder: RecordingServer) -> None:
    with pytest.raises(ApiTypeError, match="Required value type is one of Thing or dict and passed type was str"):
        call(recorder, "create_thing", Answer(), "text")


def test_importing_an_api_module_imports_no_model_and_no_http_library(folder: Path) -> None:
    program = (
        "import sys; import variants.api.things_api;"
        "loaded = [name for name in sys.modules if '.model.' in name or name == 'httpx'];"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True, timeout=60)
