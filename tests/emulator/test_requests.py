"""What the emulator says to requests that keep to the contract, and to those that do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartEncoder, Preamble

from pandadoc_client.emulator import Emulator
from pandadoc_client.emulator.contract.document import load_contract
from pandadoc_client.emulator.contract.multipart import FilePart, parse_multipart
from pandadoc_client.emulator.contract.routing import Match, Mismatch, Router

from ..contract import CONTRACT, answer_errors, resolved
from ..operations import CASES
from .support import Caller, raw

DOCUMENTS = "/public/v1/documents"
DOCUMENT = {"name": "Offer", "template_uuid": "t", "recipients": [{"email": "ada@example.com"}]}
BOUNDARY = 'multipart/form-data; boundary="x=1"'


@pytest.fixture(scope="module")
def shared() -> Iterator[Caller]:
    """A caller that has an API key; what the tests of this module ask leaves no traces."""
    with Emulator(mode="examples") as emulator:
        caller = Caller(emulator)
        caller.http.headers["Authorization"] = f"API-Key {emulator.api_key}"
        yield caller
        caller.close()


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    """Return a form with files: name, file name or None, content."""
    encoder = MultipartEncoder(b"x=1")
    body = encoder.send_event(Preamble(data=b""))
    for name, filename, content in parts:
        part = Field(name=name, headers=Headers()) if filename is None else None
        body += encoder.send_event(part or File(name=name, filename=filename or "", headers=Headers()))
        body += encoder.send_event(Data(data=content, more_data=False))
    return body + encoder.send_event(Epilogue(data=b""))


# -- what a request is for --------------------------------------------------------------------------------------------


ROUTER = Router(load_contract().operations.values())


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("GET", "/public/v1/documents", "listDocuments"),
        ("POST", "/public/v1/documents", "createDocument"),
        ("POST", "/public/v1/documents?upload", "createDocumentFromUpload"),
        ("POST", "/public/v1/documents?a=b&upload=", "createDocumentFromUpload"),
        ("POST", "/public/v1/documents?upload-markdown", "createDocumentFromMarkdownUpload"),
        ("POST", "/public/v1/documents?uploads", "createDocument"),
        ("GET", "/public/v1/documents/linked-objects", "listDocumentsByLinkedObject"),
        ("GET", "/public/v1/documents/linked-objects2", "statusDocument"),
        ("GET", "/public/v1/documents/folders", "listDocumentFolders"),
        ("DELETE", "/public/v1/documents/a%2Fb", "deleteDocument"),
        ("HEAD", "/public/v1/documents/a", "statusDocument"),
    ],
)
def test_a_request_is_for_the_operation_that_fits_best(method: str, target: str, operation: str) -> None:
    path, _, query = target.partition("?")
    found = ROUTER.find(method, path, query)
    assert isinstance(found, Match)
    assert found.operation.operation_id == operation


@pytest.mark.parametrize("path", ["/public/v1/documents//", "/public/v1/documents//send", "/public/v1/nothing/at/all"])
def test_a_path_that_is_nearly_right_is_wrong(path: str) -> None:
    assert ROUTER.find("GET", path, "") == Mismatch()


def test_an_identifier_may_hold_a_slash() -> None:
    found = ROUTER.find("GET", "/public/v1/documents/a%2Fb%20%C3%A9", "")
    assert isinstance(found, Match)
    assert found.path == {"id": "a/b é"}


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path", "operation"), CASES)
def test_without_a_credential_an_operation_answers_401_in_its_own_shape(
    shared: Caller, method: str, path: str, operation: dict[str, Any]
) -> None:
    if operation["operationId"] == "accessToken":
        return
    response = httpx.request(method, shared.emulator.url + path, trust_env=False)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    declared = operation["responses"].get("401")
    fields = response.json()
    if declared is None:
        assert set(fields) == ({"code", "details"} if "/v2/" in path else {"type", "detail"})
    else:
        assert answer_errors(resolved(declared)["content"]["application/json"]["schema"], fields) == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/public/v1/nowhere", {"type", "detail"}), ("/public/v2/nowhere", {"code", "details"})],
)
def test_an_unknown_path_answers_404_in_the_shape_of_its_version(shared: Caller, path: str, fields: set[str]) -> None:
    response = shared.http.get(path)
    assert (response.status_code, set(response.json())) == (404, fields)


def test_a_wrong_method_answers_405_and_names_the_right_ones(shared: Caller) -> None:
    response = shared.http.put(f"{DOCUMENTS}/a")
    assert (response.status_code, response.headers["Allow"]) == (405, "DELETE, GET, HEAD, PATCH")


@pytest.mark.parametrize(
    ("target", "field", "message"),
    [
        ("?count=many", "count", "A value of the type integer is required."),
        ("?page=0", "page", "The least is 1."),
        ("?status=99", "status", "The value is none of 0, 1"),
        ("?deleted=perhaps", "deleted", "A value of the type boolean is required."),
        ("?created_from=yesterday", "created_from", "The value is no date-time."),
        ("?created_from=", "created_from", "The value is empty."),
    ],
)
def test_a_wrong_query_parameter_is_named(shared: Caller, target: str, field: str, message: str) -> None:
    response = shared.http.get(DOCUMENTS + target)
    assert response.status_code == 400
    [(name, [found])] = response.json()["detail"].items()
    assert name == field
    assert found.startswith(message)


def test_an_empty_text_a_boolean_of_another_language_and_an_unknown_parameter_are_fine(shared: Caller) -> None:
    assert shared.http.get(f"{DOCUMENTS}?q=&deleted=True&invented=1").status_code == 200


def test_a_missing_query_parameter_is_named(shared: Caller) -> None:
    response = shared.http.get(f"{DOCUMENTS}/linked-objects?provider=p&entity_type=t")
    assert response.json()["detail"] == {"entity_id": ["This field is required."]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": 5}, "name"),
        ({"recipients": "ada"}, "recipients"),
        ({"recipients": [{"email": 5}]}, "recipients[0].email"),
        ({"recipients": [{"email": "a@b.c"}, {"signing_order": "first"}]}, "recipients[1].signing_order"),
        ({"template_uuid": None}, "template_uuid"),
        ({"tags": [1]}, "tags[0]"),
        ({"metadata": []}, "metadata"),
    ],
)
def test_what_is_wrong_in_a_body_is_named_with_its_place(shared: Caller, change: dict[str, Any], field: str) -> None:
    response = shared.http.post(DOCUMENTS, json={**DOCUMENT, **change})
    assert response.status_code == 400
    assert list(response.json()["detail"]) == [field]


def test_every_place_that_is_wrong_is_named_at_once(shared: Caller) -> None:
    response = shared.http.post("/public/v1/webhook-subscriptions", json={"name": 1, "triggers": ["x"], "url": "u"})
    assert {"name", "triggers[0]", "url"} <= set(response.json()["detail"])


@pytest.mark.parametrize(
    ("content", "content_type", "field"),
    [
        (b"", "application/json", "body"),
        (b"{", "application/json", "body"),
        (b'{"name": NaN}', "application/json", "body"),
        (json.dumps(DOCUMENT).encode("utf-16"), "application/json", "body"),
        (b"[" * 100_000, "application/json", "body"),
        (b"name=x", "text/plain", "Content-Type"),
        (b"name=x", "application/x-www-form-urlencoded; charset", "Content-Type"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(shared: Caller, content: bytes, content_type: str, field: str) -> None:
    response = shared.http.post(DOCUMENTS, content=content, headers={"Content-Type": content_type})
    assert (response.status_code, list(response.json()["detail"])) == (400, [field])


def test_a_violation_has_a_pointer_in_the_second_version(shared: Caller) -> None:
    response = shared.http.patch("/public/v2/documents/a/settings", json={"language": 5})
    assert response.status_code == 400
    assert response.json()["code"] == "bad_request"
    assert [detail["pointer"] for detail in response.json()["details"]] == ["/language"]


def test_no_refusal_repeats_what_was_sent(shared: Caller) -> None:
    response = shared.http.post(DOCUMENTS, json={"name": {"hush": "hush"}, "template_uuid": ["hush"]})
    assert response.status_code == 400
    assert "hush" not in response.text


@pytest.mark.parametrize(("kind", "megabytes"), [("application/json", 2), (BOUNDARY, 100)])
def test_a_body_above_the_limit_gets_413(shared: Caller, kind: str, megabytes: int) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(megabytes * 16 + 1):
            yield bytes(65536)

    response = shared.http.post(f"{DOCUMENTS}?upload", content=body(), headers={"Content-Type": kind}, timeout=60)
    assert response.status_code == 413


def test_a_connection_that_sends_no_query_in_ascii_is_answered(shared: Caller) -> None:
    request = (
        f"GET {DOCUMENTS}?q=%FF%00 HTTP/1.1\r\nHost: localhost\r\nAuthorization: API-Key {shared.emulator.api_key}\r\n"
    )
    assert raw(shared.emulator, f"{request}Connection: close\r\n\r\n".encode()).startswith(b"HTTP/1.1 200")


# -- forms with files -------------------------------------------------------------------------------------------------


NAMES = st.text(st.characters(exclude_characters='\r\n\0"\\', exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NAMES, st.none() | NAMES, st.binary(max_size=200)), max_size=5, unique_by=itemgetter(0)))
def test_a_form_is_read_byte_for_byte(parts: list[tuple[str, str | None, bytes]]) -> None:
    kept = [part for part in parts if b"--x=1" not in part[2]]
    found = parse_multipart(form(*kept), boundary="x=1")
    assert [(name, bytes(content)) for name, content in found.items()] == [(name, content) for name, _, content in kept]
    assert [isinstance(content, FilePart) for content in found.values()] == [file is not None for _, file, _ in kept]


def upload(caller: Caller, body: bytes, target: str = f"{DOCUMENTS}?upload") -> httpx.Response:
    return caller.http.post(target, content=body, headers={"Content-Type": BOUNDARY})


def test_a_file_with_its_properties_is_taken_whatever_its_bytes(shared: Caller) -> None:
    content = bytes(range(256)) * 3 + b"\r\n--x=2\r\n"
    body = form(("file", "Angebot ä.pdf", content), ("data", None, json.dumps({"name": "Offer"}).encode()))
    assert upload(shared, body).status_code == 201
    assert shared.emulator.journal.entries[-1].body == body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (form(("file", None, b"%PDF")), "file"),
        (form(("file", "a.pdf", b""), ("data", None, b'{"name":')), "data"),
        (form(("file", "a.pdf", b""), ("data", None, b'{"name": 7}')), "data.name"),
        (form(("file", "a.pdf", b"%PDF"))[:-9], "body"),
        (b"", "body"),
    ],
)
def test_a_wrong_form_is_refused_and_its_part_named(shared: Caller, body: bytes, field: str) -> None:
    response = upload(shared, body)
    assert (response.status_code, list(response.json()["detail"])) == (400, [field])


def test_a_form_without_a_boundary_is_refused(shared: Caller) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    response = shared.http.post(f"{DOCUMENTS}?upload", content=form(("file", "a", b"b")), headers=headers)
    assert (response.status_code, list(response.json()["detail"])) == (400, ["body"])


def test_a_body_where_none_is_wanted_is_not_looked_at(shared: Caller) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    assert shared.http.request("DELETE", f"{DOCUMENTS}/a", content=b"x", headers=headers).status_code == 204


def test_the_contract_of_the_emulator_has_the_operations_of_the_document() -> None:
    assert sorted(load_contract().operations) == sorted(str(case.id) for case in CASES)
    assert load_contract().document["info"]["version"] == CONTRACT["info"]["version"]
