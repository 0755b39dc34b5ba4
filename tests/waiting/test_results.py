"""Waiting for responses that are not ready, and for exports."""

from __future__ import annotations

from typing import Any

import pytest

from pandadoc_client import ApiException, waiting
from pandadoc_client.exceptions import ApiValueError
from pandadoc_client.waiting import TaskFailedError, WaitTimeoutError

from .support import Clock, Reply, World, as_json, configuration, serving

READY = as_json({"document_id": "doc", "summary": "short"})


def wait_for(world: World, answers: Any, name: str, *arguments: Any, by: Clock | None = None, **options: Any) -> Any:
    clock = by or Clock()

    def call(client: Any) -> Any:
        operation = getattr(world.documents(client), name)
        return world.pick(waiting, "wait_for")(operation, *arguments, **clock.times(world), **options)

    with serving(answers) as server:
        return world.run(configuration(server.url, retries=0), call)


def test_202_is_asked_again_when_the_server_says_and_else_by_the_pace(world: World) -> None:
    clock = Clock()
    answers = [Reply(202, b"", {"Retry-After": seconds}) for seconds in ("12", "0")] + [Reply(202, b""), READY]
    result = wait_for(world, answers, "get_document_summary", "doc", "short", by=clock)
    assert result.to_dict()["summary"] == "short"
    assert clock.sleeps == [12, 1, 2.25]


def test_a_202_with_a_body_is_not_ready_either(world: World) -> None:
    clock = Clock()
    pending = as_json({"code": "pending"}, 202, **{"Retry-After": "3"})
    done = as_json({"document_id": "doc", "metadata": []})
    result = wait_for(world, [pending, done], "get_document_ai_metadata", "doc", by=clock)
    assert result.to_dict()["document_id"] == "doc"
    assert clock.sleeps == [3]


def test_a_wait_that_does_not_fit_is_not_begun(world: World) -> None:
    clock = Clock()
    never = Reply(202, b"", {"Retry-After": "31"})
    with pytest.raises(WaitTimeoutError, match="get_document_summary did not come within 30 seconds") as caught:
        wait_for(world, never, "get_document_summary", "doc", "short", by=clock, timeout=30)
    assert caught.value.last_status == "202, not ready"
    assert clock.sleeps == []


def test_errors_are_raised(world: World) -> None:
    with pytest.raises(ApiException) as caught:
        wait_for(world, as_json({"code": "not_started"}, 409), "get_document_ai_metadata", "doc")
    assert caught.value.status == 409


def test_a_condition_decides_and_may_end_the_wait(world: World) -> None:
    states = [as_json({"id": "doc", "status": "document.uploaded"}), as_json({"id": "doc", "status": "document.draft"})]

    def named(document: Any) -> bool:
        return bool(document.status == "document.draft")

    assert wait_for(world, states, "status_document", "doc", until=named).status == "document.draft"

    def refuse(document: Any) -> bool:
        raise ApiValueError("no")

    with pytest.raises(ApiValueError, match="no"):
        wait_for(world, states, "status_document", "doc", until=refuse)
    with pytest.raises(WaitTimeoutError) as caught:
        wait_for(world, states[:1], "status_document", "doc", until=named, timeout=5)
    assert caught.value.last_status == "document.uploaded"


def export(world: World, answers: Any, **options: Any) -> Any:
    clock = Clock()

    def call(client: Any) -> Any:
        wait = world.pick(waiting, "wait_for_docx_export")
        return wait(client, "doc", "task", **clock.times(world), **options)

    with serving(answers) as server:
        result = world.run(configuration(server.url), call)
        assert {got.target for got in server.requests} == {"/public/beta/documents/doc/docx-export-tasks/task"}
        return result


def task(status: str, **more: Any) -> Reply:
    return as_json({"id": "task", "document_id": "doc", "status": status, **more})


def test_an_export_is_waited_for(world: World) -> None:
    files = [{"section_title": None, "url": "https://example.com/a.docx"}]
    done = export(world, [task("created"), task("processing"), task("done", docx_items=files)])
    assert done.docx_items[0].url == "https://example.com/a.docx"


def test_an_export_that_fails_ends_the_wait(world: World) -> None:
    with pytest.raises(TaskFailedError, match="The export failed: too large") as caught:
        export(world, [task("created"), task("error", detail="too large")])
    assert caught.value.task.status == "error"


def test_an_export_that_takes_too_long_says_how_far_it_was(world: World) -> None:
    with pytest.raises(WaitTimeoutError) as caught:
        export(world, [task("processing")], timeout=20)
    assert caught.value.last_status == "processing"


@pytest.mark.parametrize("value", ["Wed, 21 Oct 99999999999999999999 07:28:00 GMT", "9" * 400, "99999999999"])
def test_an_absurd_retry_after_counts_as_absent(world: World, value: str) -> None:
    clock = Clock()
    answers = [Reply(202, b"", {"Retry-After": value}), READY]
    result = wait_for(world, answers, "get_document_summary", "doc", "short", by=clock, timeout=None)
    assert result.to_dict()["summary"] == "short"
    assert clock.sleeps == [1]
