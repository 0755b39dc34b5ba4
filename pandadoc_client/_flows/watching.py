"""Looking at a document until it has the status that is waited for: one wait, blocking and for asyncio and trio."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from pandadoc_client._flows.handles import limits_of
from pandadoc_client._flows.notifier import AsyncEar, Ear, Waker
from pandadoc_client._flows.steps import DocumentWatch, Pace, Patience, naming_document
from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.timers import sleep as async_sleep
from pandadoc_client.exceptions import ApiException

if TYPE_CHECKING:
    from pandadoc_client.model.document_status_response import DocumentStatusResponse

__all__ = ["async_wait_until", "wait_until"]

_PACE = Pace()


def wait_until(
    look: Callable[..., Any],
    document_id: str,
    status: str | Iterable[str] = "document.draft",
    *,
    timeout: float | None = 300.0,
    exact: bool = False,
    waker: Waker | None = None,
    pace: Pace = _PACE,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Any] = time.sleep,
) -> DocumentStatusResponse:
    """Look at a document until it has a status; see `pandadoc_client.waiting.wait_until`.

    Args:
        look: Asks for the status of a document: the method of an API class.
    """
    patience = Patience(timeout, pace, clock)
    watch = DocumentWatch(document_id, status, exact, patience)
    usual = limits_of(look)[1]
    with naming_document(document_id), Ear(sleep).of(waker, document_id) as ear:
        while True:
            limits = patience.request_timeout(usual)
            try:
                answer = look(document_id, _request_timeout=limits, _return_http_data_only=False)
            except ApiException as error:
                watch.trouble(error)
            else:
                if watch.looked(answer):
                    reached: DocumentStatusResponse = answer[0]
                    return reached
            if (wait := watch.pause()) is None:
                while (news := ear.heard()) is not None:  # came during the look
                    if watch.reached(news):
                        return news
                raise watch.too_late()
            due = clock() + wait
            while (left := due - clock()) > 0 and (news := ear.wait(left)) is not None:
                if watch.reached(news):
                    return news


async def async_wait_until(
    look: Callable[..., Awaitable[Any]],
    document_id: str,
    status: str | Iterable[str] = "document.draft",
    *,
    timeout: float | None = 300.0,
    exact: bool = False,
    waker: Waker | None = None,
    pace: Pace = _PACE,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[Any]] = async_sleep,
) -> DocumentStatusResponse:
    """Look at a document until it has a status, for asyncio and trio; see `wait_until`."""
    patience = Patience(timeout, pace, clock)
    watch = DocumentWatch(document_id, status, exact, patience)
    usual = limits_of(look)[1]
    with naming_document(document_id), AsyncEar(sleep).of(waker, document_id) as ear:
        while True:
            limits = patience.request_timeout(usual)
            try:
                answer = await look(document_id, _request_timeout=limits, _return_http_data_only=False)
            except ApiException as error:
                watch.trouble(error)
            else:
                if watch.looked(answer):
                    reached: DocumentStatusResponse = answer[0]
                    return reached
            if (wait := watch.pause()) is None:
                while (news := ear.heard()) is not None:  # came during the look
                    if watch.reached(news):
                        return news
                raise watch.too_late()
            due = clock() + wait
            while (left := due - clock()) > 0 and (news := await ear.wait(left)) is not None:
                if watch.reached(news):
                    return news
