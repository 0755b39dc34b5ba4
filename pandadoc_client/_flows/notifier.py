"""Ends waits when news come from elsewhere, such as a webhook, in any thread."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio

from pandadoc_client._http.timers import in_this_loop, move_on_after
from pandadoc_client._http.timers import sleep as async_sleep
from pandadoc_client.exceptions import ApiTypeError

if TYPE_CHECKING:
    from pandadoc_client.model.document_status_response import DocumentStatusResponse

__all__ = ["AsyncEar", "Ear", "Waker", "check_listening"]


class _Listener:
    """What came for one wait and was not heard yet."""

    def __init__(self, wake: Callable[[], Any]) -> None:
        self._wake = wake
        self._news: queue.SimpleQueue[DocumentStatusResponse] = queue.SimpleQueue()

    def tell(self, document: DocumentStatusResponse) -> None:
        self._news.put(document)
        self._wake()

    def next(self, seconds: float = 0) -> DocumentStatusResponse | None:
        """Return the next news, or None if there is none within *seconds*."""
        try:
            return self._news.get(seconds > 0, seconds or None)
        except queue.Empty:
            return None


class Waker:
    """Tells waits what a webhook has heard, so that they end at once and need not ask.

    One is enough for a program: waits name their document. It may be told from any thread, and serves blocking and
    asynchronous waits.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, list[_Listener]] = {}

    def notify(self, document_id: str | None, status: str | None, document: Any = None) -> bool:
        """Tell the waits for a document its status. An event without one of both tells nobody anything.

        Args:
            document_id: The document: ``document_id`` of a `WebhookEvent`, ``data["id"]``.
            status: Its status: ``status`` of the event, ``data["status"]``.
            document: What else is known of it: ``data`` itself. It becomes what the wait returns.

        Returns:
            Whether somebody waits for this document.
        """
        if not document_id or not status:
            return False
        with self._lock:
            listeners = list(self._listeners.get(document_id, ()))
        if listeners:
            from pandadoc_client.model.document_status_response import DocumentStatusResponse

            fields = document.to_dict() if hasattr(document, "to_dict") else document
            known = fields if isinstance(fields, Mapping) else {}
            news = DocumentStatusResponse.from_dict({**known, "id": document_id, "status": status})
            for listener in listeners:
                listener.tell(news)
        return bool(listeners)

    @contextmanager
    def listening(self, document_id: str, wake: Callable[[], Any]) -> Generator[_Listener]:
        """Collect what is told of a document, and call *wake* at each piece of it, in the thread that tells."""
        listener = _Listener(wake)
        with self._lock:
            self._listeners.setdefault(document_id, []).append(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners[document_id].remove(listener)
                if not self._listeners[document_id]:
                    del self._listeners[document_id]


class Ear:
    """Waits in a thread for news or the end of a pause."""

    def __init__(self, sleep: Callable[[float], Any] | None = None) -> None:
        self._sleep = time.sleep if sleep is None else sleep
        self._listener: _Listener | None = None

    @contextmanager
    def of(self, waker: Waker | None, document_id: str) -> Generator[Ear]:
        """Listen to a waker; without one, only pauses end."""
        check_listening(waker, self._sleep)
        if waker is None:
            yield self
        else:
            with waker.listening(document_id, lambda: None) as self._listener:
                yield self

    def heard(self) -> DocumentStatusResponse | None:
        """Return the next news that has come already, or None."""
        return None if self._listener is None else self._listener.next()

    def wait(self, seconds: float) -> DocumentStatusResponse | None:
        """Return the next news, or None when *seconds* are over."""
        if self._listener is not None:
            return self._listener.next(seconds)
        self._sleep(seconds)
        return None


class AsyncEar:
    """Waits in an event loop for news or the end of a pause."""

    def __init__(self, sleep: Callable[[float], Any] | None = None) -> None:
        self._sleep = async_sleep if sleep is None else sleep
        self._awake = anyio.Event()
        self._listener: _Listener | None = None

    @contextmanager
    def of(self, waker: Waker | None, document_id: str) -> Generator[AsyncEar]:
        """Listen to a waker; without one, only pauses end."""
        check_listening(waker, self._sleep)
        if waker is None:
            yield self
        else:
            with waker.listening(document_id, in_this_loop(self._wake)) as self._listener:
                yield self

    def _wake(self) -> None:
        self._awake.set()

    def heard(self) -> DocumentStatusResponse | None:
        """Return the next news that has come already, or None."""
        return None if self._listener is None else self._listener.next()

    async def wait(self, seconds: float) -> DocumentStatusResponse | None:
        """Return the next news, or None when *seconds* are over."""
        if self._listener is None:
            await self._sleep(seconds)
            return None
        with move_on_after(seconds):
            while (news := self._listener.next()) is None:  # the event may be of news that was heard already
                await self._awake.wait()
                self._awake = anyio.Event()
            return news
        return self._listener.next()


def check_listening(waker: Any, sleep: Any) -> None:
    """Refuse what a wait cannot listen with.

    Raises:
        ApiTypeError: The waker is none, or ``sleep`` is no function.
    """
    if waker is not None and not isinstance(waker, Waker):
        raise ApiTypeError(f"waker must be a Waker, not {type(waker).__name__}", ["waker"])
    if not callable(sleep):
        raise ApiTypeError(f"sleep must be a function, not {type(sleep).__name__}", ["sleep"])
