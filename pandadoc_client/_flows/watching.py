"""Waiting for the status of a document, and for a result that is ready: plans, for both worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from pandadoc_client._flows.handles import limits_of
from pandadoc_client._flows.notifier import AsyncEar, Ear, Waker
from pandadoc_client._flows.plans import Plan, run, run_async
from pandadoc_client._flows.steps import DocumentWatch, Pace, Patience, ResultWatch, naming_document
from pandadoc_client._http.clock import monotonic
from pandadoc_client.exceptions import ApiException

if TYPE_CHECKING:
    from pandadoc_client.model.document_status_response import DocumentStatusResponse

__all__ = ["async_wait_until", "result", "status", "wait_until"]

_PACE = Pace()


def status(
    look: Callable[..., Any],
    ear: Ear | AsyncEar,
    document_id: str,
    status: str | Iterable[str] = "document.draft",
    *,
    timeout: float | None = 300.0,
    exact: bool = False,
    waker: Waker | None = None,
    pace: Pace = _PACE,
    clock: Callable[[], float] = monotonic,
) -> Plan[DocumentStatusResponse]:
    """Look at a document until it has a status; see `pandadoc_client.waiting.wait_until`.

    Args:
        look: Asks for the status of a document: the method of an API class.
        ear: What listens, and pauses.
    """
    patience = Patience(timeout, pace, clock)
    watch = DocumentWatch(document_id, status, exact, patience)
    usual = limits_of(look)[1]
    with naming_document(document_id), ear.of(waker, document_id):
        while True:
            limits = patience.request_timeout(usual)
            try:
                response = yield partial(look, document_id, _request_timeout=limits, _return_http_data_only=False)
            except ApiException as error:
                watch.trouble(error)
            else:
                if watch.looked(response):
                    reached: DocumentStatusResponse = response[0]
                    return reached
            if (wait := watch.pause()) is None:
                while (news := ear.heard()) is not None:  # came during the look
                    if watch.reached(news):
                        return news
                raise watch.too_late()
            due = clock() + wait
            while (left := due - clock()) > 0:
                heard: DocumentStatusResponse | None = yield partial(ear.wait, left)
                if heard is None:
                    break
                if watch.reached(heard):
                    return heard


def wait_until(look: Callable[..., Any], document_id: str, *arguments: Any, **options: Any) -> DocumentStatusResponse:
    """Carry out `status` with calls that block."""
    return run(status(look, Ear(options.pop("sleep", None)), document_id, *arguments, **options))


async def async_wait_until(
    look: Callable[..., Any], document_id: str, *arguments: Any, **options: Any
) -> DocumentStatusResponse:
    """Carry out `status` with calls that are awaited."""
    return await run_async(status(look, AsyncEar(options.pop("sleep", None)), document_id, *arguments, **options))


def result(
    operation: Callable[..., Any],
    arguments: tuple[Any, ...],
    options: Mapping[str, Any],
    until: Callable[[Any], bool] | None,
    patience: Patience,
    sleep: Callable[[float], Any],
) -> Plan[Any]:
    """Call an operation until its response is ready; see `pandadoc_client.waiting.wait_for`."""
    watch = ResultWatch(operation, until, patience)
    usual = limits_of(operation)[1]
    while True:
        response = yield partial(operation, *arguments, **watch.options(options, usual))
        if watch.reached(response):
            return response[0]
        yield partial(sleep, watch.pause())
