"""Waiting for the status of a document."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import pytest

from pandadoc_client import ApiClient, AsyncApiClient, waiting
from pandadoc_client._flows.statuses import KNOWN, status_names
from pandadoc_client._flows.steps import Patience
from pandadoc_client._http.retry import Timeout
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiException,
    ApiTypeError,
    ApiValueError,
    NotFoundException,
    ServiceException,
)
from pandadoc_client.model.document_status_enum import DocumentStatusEnum
from pandadoc_client.model.document_status_response import DocumentStatusResponse
from pandadoc_client.waiting import (
    DocumentFailedError,
    DocumentStatusError,
    Pace,
    WaitTimeoutError,
)

from .support import Clock, Documents, Reply, World, configuration, serving


def wait(world: World, documents: Documents, status: Any = "document.draft", **options: Any) -> Any:
    """Wait by a clock on which nothing takes time, and without retries of single calls."""
    clock = options.pop("by", None) or Clock()

    def call(client: Any) -> Any:
        return world.pick(waiting, "wait_until")(client, "doc", status, **clock.times(world), **options)

    with serving(documents) as server:
        return world.run(configuration(server.url, retries=0), call)


def test_looks_until_the_status_is_there_with_waits_that_grow(world: World) -> None:
    clock, documents = Clock(), Documents(["document.uploaded"] * 8 + ["document.draft"])
    result = wait(world, documents, by=clock)
    assert isinstance(result, DocumentStatusResponse)
    assert (result.id, result.status) == ("doc", "document.draft")
    assert documents.looks == 9
    assert clock.sleeps == [1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10.0, 10.0]


def test_a_status_that_is_there_costs_one_look(world: World) -> None:
    clock, documents = Clock(), Documents(["document.draft"])
    wait(world, documents, by=clock)
    assert (documents.looks, clock.sleeps) == (1, [])


def test_several_statuses_and_short_names(world: World) -> None:
    found = wait(world, Documents(["document.viewed", "document.paid"]), ["completed", "document.paid"])
    assert found.status == "document.paid"


def test_an_error_of_the_document_ends_the_wait_with_its_details(world: World) -> None:
    state = {"id": "doc", "status": "document.error", "info_message": "the PDF is broken", "access_token": "secret-1"}
    documents = Documents(["document.uploaded", state])
    with pytest.raises(DocumentFailedError, match=r"doc is document\.error .*: the PDF is broken") as caught:
        wait(world, documents)
    assert documents.looks == 2
    assert (caught.value.document_id, caught.value.status) == ("doc", "document.error")
    assert caught.value.wanted == ("document.draft",)
    assert caught.value.document.to_dict() == state
    assert "secret-1" not in str(caught.value)


def test_who_waits_for_the_error_gets_it(world: World) -> None:
    assert wait(world, Documents(["document.error"]), "document.error").status == "document.error"


@pytest.mark.parametrize("status", ["document.declined", "document.voided", "document.rejected"])
def test_an_end_on_another_road_ends_the_wait(world: World, status: str) -> None:
    with pytest.raises(DocumentStatusError, match=r"will not become document\.completed"):
        wait(world, Documents(["document.sent", status]), "completed")
    assert wait(world, Documents(["document.sent", status]), ["completed", status]).status == status


def test_a_document_that_is_further_on_has_reached_what_was_waited_for(world: World) -> None:
    assert wait(world, Documents(["document.viewed"]), "document.sent").status == "document.viewed"
    assert wait(world, Documents(["document.sent"]), "document.draft").status == "document.sent"


def test_a_document_that_is_further_on_will_not_do_if_it_must_be_exact(world: World) -> None:
    with pytest.raises(DocumentStatusError, match=r"doc is document\.sent and will not become document\.draft"):
        wait(world, Documents(["document.sent"]), "document.draft", exact=True)


@pytest.mark.parametrize("exact", [False, True])
def test_what_may_still_come_is_waited_for(world: World, exact: bool) -> None:
    documents = Documents(["document.viewed", "document.declined"])
    assert wait(world, documents, ["sent", "declined"] if exact else ["declined"], exact=exact).status is not None
    assert documents.looks == 2


@pytest.mark.parametrize("state", ["document.brand_new", {"id": "doc"}, {"status": None}, {"status": 7}])
def test_statuses_that_nobody_knows_are_waited_out(world: World, state: Any) -> None:
    assert wait(world, Documents([state, "document.draft"])).status == "document.draft"


def test_the_time_ends_with_an_error_that_names_the_last_status(world: World) -> None:
    clock, documents = Clock(), Documents(["document.uploaded"])
    with pytest.raises(WaitTimeoutError) as caught:
        wait(world, documents, by=clock, timeout=10)
    message = "document.draft of document doc did not come within 10 seconds; the last status was document.uploaded"
    assert str(caught.value) == message
    assert caught.value.last_status == "document.uploaded"
    assert isinstance(caught.value, TimeoutError)
    assert sum(clock.sleeps) == pytest.approx(10)  # the last look is when the time is over
    assert min(clock.sleeps) >= 1


def test_no_look_comes_sooner_than_a_second_after_another(world: World) -> None:
    for timeout in (0.0, 0.5, 1.0, 1.9, 2.0, 3.4):
        clock = Clock()
        with pytest.raises(WaitTimeoutError):
            wait(world, Documents(["document.uploaded"]), by=clock, timeout=timeout)
        assert all(seconds >= 1 for seconds in clock.sleeps)
        assert sum(clock.sleeps) <= timeout


@pytest.mark.parametrize("arguments", [{"first": 0.9}, {"factor": 0.5}, {"longest": 0.5}, {"first": float("nan")}])
def test_a_pace_that_is_too_fast_is_refused(arguments: Any) -> None:
    with pytest.raises(ApiValueError, match="pace"):
        Pace(**arguments)


def test_a_pace_can_be_slower(world: World) -> None:
    clock = Clock()
    wait(world, Documents(["x"] * 3 + ["document.draft"]), by=clock, pace=Pace(first=5, factor=2, longest=12))
    assert clock.sleeps == [5, 10, 12]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"status": []}, "status"),
        ({"status": ""}, "status"),
        ({"status": "document.complete"}, "is it 'document.completed' that you mean"),
        ({"status": "DRAFT"}, "is it 'document.draft' that you mean"),
        ({"status": "document_draft"}, "is it 'document.draft' that you mean"),
        ({"status": ["sent", "documents.viewed"]}, "is it 'document.viewed' that you mean"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
    ],
)
def test_wrong_arguments_are_refused_before_the_first_look(world: World, arguments: Any, problem: str) -> None:
    documents = Documents(["document.draft"])
    with pytest.raises(ApiValueError, match=problem):
        wait(world, documents, **arguments)
    assert documents.calls == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"status": 5}, "status must be the name of a status, or several, not int"),
        ({"status": [7]}, "status must be the name of a status, or several, not int"),
        ({"status": None}, "status must be .*, not NoneType"),
        ({"timeout": "5"}, "timeout must be a number of seconds, not str"),
        ({"timeout": True}, "timeout must be a number of seconds, not bool"),
        ({"pace": 2}, "pace must be a Pace, not int"),
        ({"waker": "x"}, "waker must be a Waker, not str"),
        ({"sleep": 1}, "sleep must be a function, not int"),
        ({"clock": 1}, "clock must be a function, not int"),
    ],
)
def test_arguments_of_a_wrong_type_are_refused_before_the_first_look(
    world: World, arguments: Any, problem: str
) -> None:
    documents = Documents(["document.draft"])
    options = {"status": "draft", **arguments}
    with serving(documents) as server, pytest.raises(ApiTypeError, match=problem):
        world.run(
            configuration(server.url, retries=0),
            lambda client: world.pick(waiting, "wait_until")(client, "doc", **options),
        )
    assert documents.calls == []


def test_a_status_that_is_new_may_be_waited_for(world: World) -> None:
    assert wait(world, Documents(["document.sent", "document.recalled"]), "recalled").status == "document.recalled"


def test_all_statuses_of_the_api_are_known_and_have_their_own_names() -> None:
    names: Any = DocumentStatusEnum
    assert frozenset(names.allowed_values) == KNOWN
    assert status_names(name.removeprefix("document.") for name in sorted(KNOWN)) == tuple(sorted(KNOWN))


@pytest.mark.parametrize("status", ["document.waiting_pay", "document.paid"])
@pytest.mark.parametrize("wanted", ["sent", "completed"])
def test_who_waits_for_the_signatures_has_them_when_it_is_about_paying(world: World, wanted: str, status: str) -> None:
    assert wait(world, Documents([status]), wanted).status == status
    with pytest.raises(DocumentStatusError):
        wait(world, Documents([status]), wanted, exact=True)


def test_a_look_keeps_the_limits_of_the_configuration(world: World) -> None:
    """The server hangs; only the limit of a read ends the look, and that of the wait is far away."""
    release = threading.Event()

    def script(got: Any) -> Reply:
        release.wait(10)
        return Documents(["document.draft"])(got)

    with serving(script) as server:
        try:
            with pytest.raises(ApiConnectionError):
                world.run(
                    configuration(server.url, retries=0, timeout=(5, 0.2)),
                    lambda client: world.pick(waiting, "wait_until")(client, "doc", timeout=300),
                )
        finally:
            release.set()


def test_the_limits_of_a_look_are_the_usual_ones_but_no_longer_than_the_wait() -> None:
    clock = Clock()
    patience = Patience(20, Pace(), clock)
    assert patience.request_timeout(Timeout(None, 1, 2)) == Timeout(20, 1, 2)
    assert patience.request_timeout(Timeout(5, 1, 2)) == Timeout(5, 1, 2)
    assert Patience(None, Pace(), clock).request_timeout(Timeout(None, 1, 2)) is None


def test_an_id_that_is_none_and_a_client_that_is_none_are_refused() -> None:
    with ApiClient() as client:
        with pytest.raises(ApiValueError, match="document_id"):
            waiting.wait_until(client, "")
        other: Any = AsyncApiClient()
        with pytest.raises(ApiTypeError, match="must be or have an ApiClient, not AsyncApiClient"):
            waiting.wait_until(other, "doc")


def test_trouble_on_the_way_does_not_end_a_wait(world: World) -> None:
    busy = Reply(429, b'{"type": "throttled"}', {"Retry-After": "20"})
    clock = Clock()
    documents = Documents(["document.uploaded", Reply(503), busy, Reply(cut=0, body=b"xx"), "document.draft"])
    assert wait(world, documents, by=clock).status == "document.draft"
    assert clock.sleeps == [1, 1.5, 20, 3.375]


def test_trouble_at_the_first_look_ends_it(world: World) -> None:
    with pytest.raises(ServiceException):
        wait(world, Documents([Reply(503)]))
    with pytest.raises(ApiConnectionError):
        wait(world, Documents([Reply(cut=0, body=b"xx")]))


def test_an_error_that_looking_again_does_not_mend_ends_it(world: World) -> None:
    with pytest.raises(NotFoundException):
        wait(world, Documents(["document.uploaded", Reply(404)]))


def test_the_last_trouble_is_the_cause_when_the_time_is_over(world: World) -> None:
    with pytest.raises(WaitTimeoutError) as caught:
        wait(world, Documents(["document.uploaded", Reply(502)]), timeout=10)
    assert isinstance(caught.value.__cause__, ApiException)
    assert caught.value.__cause__.status == 502


def test_errors_can_be_pickled() -> None:
    for error in (
        WaitTimeoutError("The file", "202", 5.0),
        DocumentStatusError("doc", "document.sent", ["document.draft"], {"detail": "x"}),
        waiting.TaskFailedError("The export", {"message": "x"}),
        waiting.DocumentStepError("doc", "send", ValueError("no")),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))
