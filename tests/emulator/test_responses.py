"""Answers that the emulator makes up, and responses that a test has it give."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import pandadoc_client.emulator
from pandadoc_client.emulator import NO_BODY, ResponseScript, ScriptedResponse
from pandadoc_client.emulator.contract.document import load_contract

from .support import Caller

Start = Callable[..., Caller]
DOCUMENTS = "/public/v1/documents"


@pytest.fixture
def start(start: Start) -> Start:
    """Start emulators that make their responses up."""
    return partial(start, mode="examples")


@pytest.fixture
def keyed(caller: Caller) -> Caller:
    """A caller with an API key."""
    caller.http.headers["Authorization"] = f"API-Key {caller.emulator.api_key}"
    return caller


def get(caller: Caller, path: str) -> Any:
    response = caller.http.get(path, headers={"Authorization": f"API-Key {caller.emulator.api_key}"})
    assert response.status_code == 200, response.text
    return response.json()


def test_the_same_seed_makes_the_same_answers_in_any_order(start: Start) -> None:
    one, two = start(seed="a"), start(seed="a")
    paths = [DOCUMENTS, f"{DOCUMENTS}/a/details", "/public/v1/contacts", "/public/v1/members"]
    found = [str(get(one, path)) for path in paths]
    expected = [str(get(two, path)) for path in reversed(paths)][::-1]
    # Links lead to the emulator that was asked, on a port of its own.
    assert found == [text.replace(two.emulator.url, one.emulator.url) for text in expected]


def test_another_seed_makes_other_identifiers(start: Start) -> None:
    one, two = get(start(seed=1), DOCUMENTS), get(start(seed=2), DOCUMENTS)
    assert {item["id"] for item in one["results"]}.isdisjoint(item["id"] for item in two["results"])


def test_things_of_a_list_have_identifiers_of_their_own(keyed: Caller) -> None:
    found = [item["id"] for item in get(keyed, DOCUMENTS)["results"]]
    assert len(set(found)) == len(found) > 1


def test_an_answer_is_about_what_was_asked_for(keyed: Caller) -> None:
    assert get(keyed, f"{DOCUMENTS}/my-document/details")["id"] == "my-document"
    created = keyed.http.post(DOCUMENTS, json={"name": "Offer", "template_uuid": "t", "recipients": []})
    assert created.json()["name"] == "Offer"


def test_a_download_is_a_pdf(keyed: Caller) -> None:
    response = keyed.http.get(f"{DOCUMENTS}/my-document/download")
    assert response.headers["Content-Type"] == "application/pdf"
    start = response.content.rindex(b"startxref") + len("startxref\n")
    table = int(response.content[start:].split(b"\n")[0])
    assert response.content.startswith(b"%PDF-1.4")
    assert response.content[table:].startswith(b"xref\n0 6\n")
    for line in response.content[table:].split(b"\n")[3:8]:
        assert response.content[int(line[:10]) :].split(b" ", 1)[1].startswith(b"0 obj")


def test_head_answers_as_get_does_but_for_the_body(keyed: Caller) -> None:
    response = keyed.http.head(DOCUMENTS)
    assert (response.status_code, response.content) == (200, b"")
    assert int(response.headers["Content-Length"]) > 0


# -- by script --------------------------------------------------------------------------------------------------------


def test_answers_by_script_are_given_in_order_each_as_often_as_it_says(keyed: Caller) -> None:
    answers = keyed.emulator.responses
    answers.add("list_documents", {"results": [], "new": None}, times=2)
    answers.add("listDocuments", status=503, headers={"Retry-After": "1"})
    answers.add("statusDocument", ["odd"])
    seen = [keyed.http.get(DOCUMENTS) for _ in range(4)]
    assert [response.status_code for response in seen] == [200, 200, 503, 200]
    assert seen[1].json() == {"results": [], "new": None}
    assert (seen[2].content, seen[2].headers["Retry-After"]) == (b"", "1")
    assert keyed.http.get(f"{DOCUMENTS}/a").json() == ["odd"]
    assert len(answers) == 0


def test_a_request_that_breaks_the_contract_consumes_no_answer(keyed: Caller) -> None:
    keyed.emulator.responses.add("list_documents", {"results": []})
    assert keyed.http.get(f"{DOCUMENTS}?count=x").status_code == 400
    assert keyed.http.get(DOCUMENTS, headers={"Authorization": ""}).status_code == 401
    assert len(keyed.emulator.responses) == 1


def test_an_answer_may_stay_for_ever_and_have_a_type_of_its_own(keyed: Caller) -> None:
    keyed.emulator.responses.add("list_documents", "odd", times=None, headers={"content-type": "text/plain"})
    responses = [keyed.http.get(DOCUMENTS) for _ in range(3)]
    assert {response.headers["Content-Type"] for response in responses} == {"text/plain"}
    keyed.emulator.responses.clear()
    assert "results" in keyed.http.get(DOCUMENTS).json()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"operation": "nothing"}, "the contract has no operation 'nothing'"),
        ({"status": 100}, "status is a number from 200 to 599"),
        ({"status": 204, "body": None}, "a response 204 has no body"),
        ({"times": 0}, "times is a whole number"),
        ({"times": True}, "times is a whole number"),
        ({"body": object()}, "body is no JSON"),
        ({"operation": None}, "operation is a name"),
        ({"operation": "list_document"}, r"no operation 'list_document'; near: listDocuments"),
        ({"status": "200"}, "status is a number"),
        ({"status": True}, "status is a number"),
        ({"body": {}, "text": "x"}, "body and text cannot both be given"),
        ({"body": b"", "text": ""}, "body and text cannot both be given"),
        ({"text": b"x"}, "text is text"),
        ({"text": "\ud800"}, "text has characters that UTF-8 lacks"),
        ({"status": 204, "text": ""}, "a response 204 has no body"),
        ({"content_type": "text/html"}, "content_type has no meaning without a body"),
        ({"text": "x", "content_type": "html"}, "content_type is a media type"),
        ({"text": "x", "content_type": "text/html\r\nX: y"}, "content_type is a media type"),
        ({"text": "x", "content_type": "text/html", "headers": {"content-type": "a/b"}}, "content_type and the header"),
        ({"headers": {"a b": "c"}}, "headers: 'a b' is no name of a header"),
        ({"headers": {"": "c"}}, "headers: '' is no name"),
        ({"headers": {"X-A": 5}}, "headers: the value of X-A"),
        ({"headers": {"X-A": "a\r\nb"}}, "headers: the value of X-A"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "headers: Transfer-Encoding is set by the server"),
        ({"headers": ["X-A"]}, "headers is an object"),
    ],
)
def test_an_answer_that_cannot_be_given_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScriptedResponse(**{"operation": "listDocuments", **arguments})


def test_null_is_a_body_and_no_body_is_none(keyed: Caller) -> None:
    script = ResponseScript([ScriptedResponse("listDocuments", None), ScriptedResponse("listDocuments")])
    assert [entry.content() for entry, _ in script.pending] == [b"null", b""]
    assert repr(NO_BODY) == "NO_BODY"


def test_another_program_scripts_answers_over_http(keyed: Caller) -> None:
    script = [{"operation": "list_documents", "body": {"results": []}, "status": 200, "times": 2}]
    put = keyed.http.put("/_emulator/responses", json=script)
    assert put.json() == [{"operation": "listDocuments", "status": 200, "body": {"results": []}, "times": 2}]
    assert keyed.http.get(DOCUMENTS).json() == {"results": []}
    assert keyed.http.get("/_emulator/responses").json()[0]["times"] == 1
    assert keyed.http.delete("/_emulator/responses").json() == []
    assert "odd" not in keyed.http.get(DOCUMENTS).json()


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({}, "operation is missing"),
        ({"operation": "x"}, "the contract has no operation 'x'"),
        ({"operation": "listDocuments", "extra": 1}, "unknown key 'extra'"),
        ({"operation": "listDocuments", "status": "200"}, "status is of the wrong type"),
        ({"operation": "listDocuments", "headers": {"a": 1}}, "headers is an object of texts"),
        ({"operation": "listDocuments", "text": "a", "body": 1}, "body and text cannot both be given"),
        ({"operation": "listDocuments", "text": "a", "base64": ""}, "text and base64 cannot both be given"),
        ({"operation": "listDocuments", "base64": "%"}, "base64 is no base64"),
        ({"operation": "listDocuments", "base64": 1}, "base64 is of the wrong type"),
        ({"operation": "listDocuments", "text": "a", "content_type": "x"}, "content_type is a media type"),
        (5, "an object is wanted"),
    ],
)
def test_a_mistake_in_a_script_is_named_with_its_place(keyed: Caller, item: object, message: str) -> None:
    response = keyed.http.put("/_emulator/responses", json=[{"operation": "listDocuments", "body": True}, item])
    assert response.status_code == 400
    assert response.json()["detail"].startswith(f"response 2: {message}")
    assert len(keyed.emulator.responses) == 0


def test_bytes_are_given_as_they_are(keyed: Caller) -> None:
    content = b"%PDF-1.7\r\n" + bytes(range(256))
    keyed.emulator.responses.add("download_document", content, content_type="application/pdf")
    keyed.emulator.responses.add("download_document", content)
    first, second = (keyed.http.get(f"{DOCUMENTS}/a/download") for _ in range(2))
    assert (first.content, first.headers["Content-Type"]) == (content, "application/pdf")
    assert (second.content, second.headers["Content-Type"]) == (content, "application/octet-stream")


def test_text_is_given_as_it_is(keyed: Caller) -> None:
    page = "<html><h1>Bad gateway \u2013 proxy</h1></html>"
    keyed.emulator.responses.add("list_documents", text=page, content_type="text/html; charset=utf-8", status=502)
    keyed.emulator.responses.add("list_documents", text='{"cut": ')
    first, second = (keyed.http.get(DOCUMENTS) for _ in range(2))
    assert (first.status_code, first.text, first.headers["Content-Type"]) == (502, page, "text/html; charset=utf-8")
    assert (second.text, second.headers["Content-Type"]) == ('{"cut": ', "text/plain; charset=utf-8")


def test_json_may_have_another_type(keyed: Caller) -> None:
    keyed.emulator.responses.add("list_documents", {"a": 1}, content_type="application/problem+json", status=400)
    response = keyed.http.get(DOCUMENTS)
    assert (response.json(), response.headers["Content-Type"]) == ({"a": 1}, "application/problem+json")


def test_another_program_scripts_bytes_and_text_over_http(keyed: Caller) -> None:
    script: list[dict[str, Any]] = [
        {"operation": "downloadDocument", "base64": "JVBERi0A/w==", "content_type": "application/pdf"},
        {"operation": "downloadDocument", "text": "<h1>No</h1>", "content_type": "text/html", "status": 503},
    ]
    put = keyed.http.put("/_emulator/responses", json=script)
    assert put.json() == [{"status": 200, "times": 1, **item} for item in script]
    first, second = (keyed.http.get(f"{DOCUMENTS}/a/download") for _ in range(2))
    assert (first.content, first.headers["Content-Type"]) == (b"%PDF-\x00\xff", "application/pdf")
    assert (second.status_code, second.text) == (503, "<h1>No</h1>")


@pytest.mark.parametrize("name", ["access_token", "accessToken", "access-token", "ACCESS_TOKEN"])
def test_any_spelling_of_the_token_operation_is_given(caller: Caller, name: str) -> None:
    caller.emulator.responses.add(name, {"error": "scripted"}, status=400)
    assert caller.exchange().json() == {"error": "scripted"}
    assert len(caller.emulator.responses) == 0


@pytest.mark.parametrize("name", ["token", "refresh_token", "exchange_code", "oauth2", "/oauth2/access_token", ""])
def test_any_other_name_of_it_is_refused(caller: Caller, name: str) -> None:
    with pytest.raises(ValueError, match=f"the contract has no operation '{name}'"):
        caller.emulator.responses.add(name, {"error": "scripted"}, status=400)
    if "token" in name:
        with pytest.raises(ValueError, match=r"near: .*accessToken"):
            caller.emulator.responses.add(name)


def test_every_operation_can_be_scripted_and_is_given(keyed: Caller) -> None:
    """No name is accepted for which no request ever gets the response."""
    reached = {operation.path.partition("/")[2].partition("/")[0] for operation in load_contract().operations.values()}
    assert reached == {"public", "oauth2"}
    assert [name for name, one in load_contract().operations.items() if one.path.startswith("/oauth2")] == [
        "accessToken"
    ]


def test_links_lead_to_the_emulator_and_can_be_followed(keyed: Caller) -> None:
    created = keyed.http.post(DOCUMENTS, json={"name": "Offer", "template_uuid": "t", "recipients": []}).json()
    links = [link["href"] for link in created["links"]]
    assert links
    for link in links:
        assert link.startswith(f"{keyed.emulator.url}/public/v1/documents/")
        assert keyed.http.get(link).status_code == 200
    sent = keyed.http.get(f"{DOCUMENTS}/a/details").json()
    assert {one["shared_link"].startswith(keyed.emulator.url) for one in sent["recipients"]} == {True}


def test_a_scripted_token_response_is_given(caller: Caller) -> None:
    code = caller.emulator.issue_code()
    scripted = {"access_token": "scripted", "token_type": "Bearer"}
    caller.emulator.responses.add("access_token", scripted)
    response = caller.exchange(code)
    assert (response.status_code, response.json()) == (200, scripted)
    assert response.headers["Cache-Control"] == "no-store"
    assert caller.exchange(code).json()["access_token"] != "scripted", "the code is unspent, the script is over"


def test_a_scripted_token_error_is_given_to_a_refresh(caller: Caller) -> None:
    pair = caller.exchange().json()
    body = {"error": "temporarily_unavailable"}
    caller.emulator.responses.add("accessToken", body, status=503, headers={"Retry-After": "7"})
    response = caller.refresh(pair["refresh_token"])
    assert (response.status_code, response.json(), response.headers["Retry-After"]) == (503, body, "7")
    assert caller.refresh(pair["refresh_token"]).status_code == 200


def test_a_token_request_that_is_wrong_leaves_the_scripted_response(caller: Caller) -> None:
    caller.emulator.responses.add("access_token", {"access_token": "scripted", "token_type": "Bearer"})
    for wrong in (
        caller.token(grant_type="refresh_token"),
        caller.token(grant_type="password"),
        caller.exchange(client_secret="wrong"),
        caller.post(b"{}", "application/json"),
    ):
        assert wrong.status_code == 400
    assert caller.exchange().json()["access_token"] == "scripted"


def test_the_former_names_warn_and_work(caller: Caller) -> None:
    with pytest.warns(DeprecationWarning, match=r"use Emulator\.responses"):
        assert caller.emulator.answers is caller.emulator.responses
    for former, name in (("ScriptedAnswer", "ScriptedResponse"), ("AnswerScript", "ResponseScript")):
        with pytest.warns(DeprecationWarning, match=f"{former} is deprecated: use {name}"):
            assert getattr(pandadoc_client.emulator, former) is getattr(pandadoc_client.emulator, name)
