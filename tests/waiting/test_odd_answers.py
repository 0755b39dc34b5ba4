"""Successes that say nothing of the document: the error names it, since it exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pandadoc_client import ApiValueError, waiting
from pandadoc_client.exceptions import ApiDecodeError
from pandadoc_client.waiting import DocumentStepError

from .support import Clock, Documents, Reply, World, as_json, configuration, serving

ODD: dict[str, Reply] = {
    "null": as_json(None),
    "list": as_json([{"status": "document.draft"}]),
    "text": as_json("document.draft"),
    "number": as_json(5),
    "no JSON": Reply(200, b"<html>", {"Content-Type": "text/html"}),
    "204": Reply(204, b""),
}
DOCUMENT = {"name": "n", "url": "https://e.com/a.pdf"}


@pytest.fixture(params=ODD)
def odd(request: pytest.FixtureRequest) -> Reply:
    return ODD[request.param]


WAYS: dict[str, tuple[str, Callable[..., Any]]] = {
    "wait_until": ("status", lambda pick, client, **times: pick("wait_until")(client, "doc", **times)),
    "send_when_ready": ("wait", lambda pick, client, **times: pick("send_when_ready")(client, "doc", **times)),
    "create_and_send": ("wait", lambda pick, client, **times: pick("create_and_send")(client, DOCUMENT, **times)),
}


@pytest.mark.parametrize("before", [[], ["document.uploaded"]], ids=["first", "later"])
@pytest.mark.parametrize("way", WAYS)
def test_an_answer_that_is_no_document_is_an_error_with_the_id(
    world: World, odd: Reply, way: str, before: list[Any]
) -> None:
    step, call = WAYS[way]
    clock = Clock()
    with (
        serving(Documents([*before, odd])) as server,
        pytest.raises(DocumentStepError, match="Document doc exists") as e,
    ):
        world.run(
            configuration(server.url),
            lambda client: call(lambda name: world.pick(waiting, name), client, **clock.times(world)),
        )
    assert (e.value.document_id, e.value.step) == ("doc", step)
    assert isinstance(e.value.__cause__, ApiDecodeError)
    assert e.value.status == odd.status
    assert str(e.value).count("Document doc exists") == 1


def test_an_answer_about_an_export_that_is_none_is_an_error_with_the_id(world: World, odd: Reply) -> None:
    clock = Clock()
    with serving(odd) as server, pytest.raises(DocumentStepError, match="Document doc exists") as caught:
        world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_for_docx_export")(client, "doc", "task", **clock.times(world)),
        )
    assert (caught.value.document_id, caught.value.step) == ("doc", "status")


def test_a_condition_that_cannot_be_asked_of_an_answer_is_no_attribute_error(world: World, odd: Reply) -> None:
    clock = Clock()
    with serving(odd) as server, pytest.raises(ApiDecodeError):
        world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_for")(
                world.documents(client).get_document_summary,
                "doc",
                "short",
                until=lambda result: result.status == "done",
                **clock.times(world),
            ),
        )


def test_a_mistake_in_a_condition_stays_what_it_is(world: World) -> None:
    def until(_: Any) -> bool:
        raise TypeError("mine")

    with serving(as_json({"status": "x"})) as server, pytest.raises(TypeError, match="mine"):
        world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_for")(
                world.documents(client).get_document_summary, "doc", "short", until=until
            ),
        )


@pytest.mark.parametrize("identifier", ["", "..", "doc\n", " doc"])
@pytest.mark.parametrize("name", ["wait_until", "send_when_ready"])
def test_an_identifier_that_cannot_be_one_is_refused_before_anything_is_sent(
    world: World, name: str, identifier: str
) -> None:
    with serving(Documents(["document.draft"])) as server:
        with pytest.raises(ApiValueError, match=r"^document_id: ") as caught:
            world.run(configuration(server.url), lambda client: world.pick(waiting, name)(client, identifier))
        assert server.requests == []
    assert not isinstance(caught.value, DocumentStepError)


@pytest.mark.parametrize(
    ("document_id", "task_id", "named"), [("doc\n", "task", "document_id"), ("doc", "task ", "task_id")]
)
def test_so_is_one_of_an_export(world: World, document_id: str, task_id: str, named: str) -> None:
    with serving(as_json({"status": "done"})) as server:
        with pytest.raises(ApiValueError, match=f"^{named}: "):
            world.run(
                configuration(server.url),
                lambda client: world.pick(waiting, "wait_for_docx_export")(client, document_id, task_id),
            )
        assert server.requests == []
