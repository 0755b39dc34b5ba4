"""Create, wait for the draft, send: once each, and never without the id of what was created."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pandadoc_client import AsyncApiClient, waiting
from pandadoc_client.exceptions import ApiConnectionError, ApiException, ApiTypeError, ApiValueError
from pandadoc_client.model.document_send_request import DocumentSendRequest
from pandadoc_client.model.document_send_response import DocumentSendResponse
from pandadoc_client.waiting import DocumentFailedError, DocumentStepError, WaitTimeoutError

from .support import Clock, Documents, Reply, World, as_json, configuration, serving

CIRCLE: dict[str, Any] = {}
CIRCLE["subject"] = CIRCLE
CREATE, LOOK, SEND = "POST", "GET /doc", "POST /doc/send"


def run(world: World, documents: Documents, name: str = "create_and_send", *arguments: Any, **options: Any) -> Any:
    clock = Clock()
    given = arguments or ({"name": "Contract"}, {"silent": True})

    def call(client: Any) -> Any:
        return world.pick(waiting, name)(client, *given, **clock.times(world), **options)

    with serving(documents) as server:
        try:
            return world.run(configuration(server.url, retries=0), call)
        finally:
            documents.requests = server.requests  # type: ignore[attr-defined]


def test_a_document_is_created_waited_for_and_sent(world: World) -> None:
    documents = Documents(["document.uploaded", "document.draft"])
    result = run(world, documents)
    assert (result.id, result.status) == ("doc", "document.sent")
    assert documents.calls == [CREATE, LOOK, LOOK, SEND]
    bodies: Any = documents.requests  # type: ignore[attr-defined]
    assert json.loads(bodies[0].body) == {"name": "Contract"}
    assert json.loads(bodies[-1].body) == {"silent": True}


def test_a_document_can_be_made_from_a_file_and_sent_with_a_model(world: World) -> None:
    documents = Documents(["document.draft"])
    run(world, documents, "create_and_send", {"name": "n"}, DocumentSendRequest(subject="s"), file=b"%PDF")
    assert documents.calls == ["POST ?upload", LOOK, SEND]
    assert b"%PDF" in documents.requests[0].body  # type: ignore[attr-defined]


def test_what_cannot_be_created_is_the_error_itself(world: World) -> None:
    documents = Documents(["document.draft"])
    documents.create = as_json({"type": "validation_error"}, 400)
    with pytest.raises(ApiException) as caught:
        run(world, documents)
    assert caught.value.status == 400
    assert not isinstance(caught.value, DocumentStepError)
    assert documents.calls == [CREATE]


def test_a_creation_whose_answer_is_lost_is_not_repeated(world: World) -> None:
    documents = Documents(["document.draft"])
    documents.create = Reply(201, b"xx", cut=0)
    with pytest.raises(ApiConnectionError) as caught:
        run(world, documents)
    assert caught.value.request_sent
    assert documents.calls == [CREATE]


def test_an_answer_without_an_id_is_said(world: World) -> None:
    documents = Documents(["document.draft"])
    documents.create = as_json({"status": "document.uploaded"}, 201)
    with pytest.raises(DocumentStepError, match="the response has no id") as caught:
        run(world, documents)
    assert (caught.value.document_id, caught.value.step) == (None, "create")


def test_a_document_that_fails_is_named(world: World) -> None:
    documents = Documents(["document.uploaded", {"status": "document.error", "detail": "broken"}])
    with pytest.raises(DocumentStepError, match=r"Document doc exists, but did not become a draft: .*broken") as e:
        run(world, documents)
    assert (e.value.document_id, e.value.step) == ("doc", "wait")
    assert isinstance(e.value.__cause__, DocumentFailedError)
    assert documents.calls == [CREATE, LOOK, LOOK]


def test_a_document_that_takes_too_long_is_named_and_can_be_gone_on_with(world: World) -> None:
    documents = Documents(["document.uploaded"])
    with pytest.raises(DocumentStepError) as caught:
        run(world, documents, timeout=10)
    assert isinstance(caught.value.__cause__, WaitTimeoutError)
    documents.statuses[:] = ["document.draft"]
    assert run(world, documents, "send_when_ready", caught.value.document_id).status == "document.sent"
    assert documents.calls.count(CREATE) == 1


def test_a_document_that_somebody_else_has_sent_is_not_sent_again(world: World) -> None:
    documents = Documents(["document.sent"])
    with pytest.raises(DocumentStepError, match=r"document\.sent"):
        run(world, documents)
    assert SEND not in documents.calls


def test_an_error_at_sending_keeps_status_and_body_and_names_the_document(world: World) -> None:
    refused = as_json({"detail": "no recipients", "access_token": "secret-1"}, 403)
    documents = Documents(["document.draft"], send=refused)
    with pytest.raises(
        DocumentStepError, match=r"(?s)Document doc exists, but was not sent: .*no recipients"
    ) as caught:
        run(world, documents)
    assert (caught.value.status, caught.value.step) == (403, "send")
    assert "no recipients" in caught.value.body
    assert "secret-1" not in str(caught.value)
    assert documents.calls == [CREATE, LOOK, SEND]


@pytest.mark.parametrize(
    ("arguments", "options", "kind", "named"),
    [
        (({"name": "n"}, "subject"), {}, ApiTypeError, "send"),
        (({"name": "n"}, DocumentSendResponse(id="a")), {}, ApiTypeError, "send"),
        (({"name": "n"}, {"subject": object()}), {}, ApiValueError, "send"),
        (({"name": "n"}, {"subject": b"x"}), {}, ApiTypeError, "send"),
        (({"name": "n"}, {"subject": float("nan")}), {}, ApiValueError, "send"),
        (({"name": "n"}, CIRCLE), {}, ApiValueError, "send"),
        (({"name": "n"}, {}), {"timeuot": 5}, ApiTypeError, "timeuot"),
        (({"name": "n"}, {}), {"timeout": -5}, ApiValueError, "timeout"),
        (({"name": "n"}, {}), {"timeout": "5"}, ApiTypeError, "timeout"),
        (({"name": "n"}, {}), {"pace": None}, ApiTypeError, "pace"),
        (({"name": "n"}, {}), {"waker": "x"}, ApiTypeError, "waker"),
        ((7, {}), {}, ApiTypeError, "document_create_request"),
    ],
)
def test_wrong_arguments_are_refused_before_a_document_is_created(
    world: World, arguments: Any, options: Any, kind: Any, named: str
) -> None:
    documents = Documents(["document.draft"])
    with pytest.raises(kind, match=named):
        run(world, documents, "create_and_send", *arguments, **options)
    assert documents.calls == []


@pytest.mark.parametrize("name", ["clock", "sleep"])
def test_a_clock_and_a_sleep_that_are_none_are_refused_before_a_document_is_created(world: World, name: str) -> None:
    documents = Documents(["document.draft"])
    with serving(documents) as server, pytest.raises(ApiTypeError, match=f"{name} must be a function"):
        world.run(
            configuration(server.url, retries=0),
            lambda client: world.pick(waiting, "create_and_send")(client, {"name": "n"}, **{name: 7}),
        )
    assert documents.calls == []


async def test_who_is_interrupted_is_told_the_id() -> None:
    async def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    documents = Documents(["document.uploaded"])
    with serving(documents) as server:
        async with AsyncApiClient(configuration(server.url)) as client:
            with pytest.raises(KeyboardInterrupt) as caught:
                await waiting.async_create_and_send(client, {"name": "n"}, sleep=interrupted)
    assert caught.value.__notes__ == ["Document doc exists."]
