"""Sends requests over httpx.

`Transport` and `AsyncTransport` are two thin shells around the decisions of `pandadoc_client._http.retry`: they move
bytes, keep the whole call within its timeout, and turn every failure of the network into an ``ApiConnectionError`` or
an ``ApiTimeoutError``. Redirects are not followed and cookies are not kept: a credential goes to the host that it was
given for, and a call leaves nothing behind for the next one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import anyio
import httpx

from pandadoc_client._http.backends import AsyncHttpClient, HttpClient
from pandadoc_client._http.bodies import AsyncBody, Body, RepeatableAsyncBody, RepeatableBody, closing_body, framing
from pandadoc_client._http.cleanup import close_quietly, closed_after_async
from pandadoc_client._http.clients import DirectAsyncClient, DirectClient
from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.deadline import Limit, current_limit, deadline
from pandadoc_client._http.logging import TRACE, log_attempt, log_repetition, logger, trace_request, trace_response
from pandadoc_client._http.messages import Headers, Request, Response, check_header
from pandadoc_client._http.network import TransportSettings, check_permitted, insecure_host
from pandadoc_client._http.patience import within
from pandadoc_client._http.retry import Attempts, RetryPolicy, Timeout
from pandadoc_client._http.secrets import mask_chain, mask_secrets
from pandadoc_client._http.timers import move_on_after, sleep
from pandadoc_client._http.unpacking import bound_unpacking
from pandadoc_client._http.urls import url_of
from pandadoc_client.exceptions import ApiConnectionError, ApiDecodeError, ApiValueError

if TYPE_CHECKING:
    import asyncio

    from pandadoc_client.throttling import RateLimiter

__all__ = ["AsyncTransport", "Transport", "network_error"]

_MOST_OF_AN_ERROR = 1024 * 1024  # bytes to read of what is no success: the rest is left unread
# What these say is that no connection was made: the server has not seen the request.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


ShortWay = Callable[[list[tuple[bytes, bytes]], dict[str, Any]], Any]
"""Makes a request of a backend, of header fields and limits."""


class _Open(NamedTuple):
    """A step: send this, httpx's request or a backend's, and return the response once its headers are here."""

    request: Any
    auth: httpx.Auth | None


class _Read(NamedTuple):
    """A step: return the body of this response, or the first *limit* bytes of it and a little more, and close it."""

    http_response: Any
    limit: int | None = None


class _Turn(NamedTuple):
    """A step: ask the rate limiter for a turn and return the seconds to wait before asking again; 0 for now."""

    limiter: RateLimiter
    request: Request


_Step = _Turn | _Open | _Read | float
_Plan = Generator[_Step, Any, tuple[Response, httpx.Response | None]]


class _Shell:
    """What both transports share: the plan of a call as a generator that asks for I/O and does none.

    It yields `_Turn`, `_Open`, `_Read`, or a number of seconds to wait; the transport does so and sends the result
    back, or throws the error in. One plan serves both worlds, so that sync and async cannot differ in a decision.
    """

    _body_kinds: ClassVar[tuple[type[Body | AsyncBody], type[Body | AsyncBody]]]
    _has_short_way: ClassVar[bool] = False

    def __init__(self, settings: TransportSettings) -> None:
        self.settings = settings

    def _start(self, request: Request, timeout: Timeout | None, retries: RetryPolicy | None) -> Attempts:
        host = insecure_host(request.origin)
        if host is not None:
            check_permitted(host, self.settings.allow_insecure)
        for name, value in request.headers.items():
            check_header(name, value)
        return Attempts(request, timeout or self.settings.timeout, retries or self.settings.retries)

    def _plan(
        self, request: Request, call: Attempts, auth: httpx.Auth | None, streamed: bool, progress: Limit
    ) -> _Plan:
        limiter = self.settings.rate_limiter
        while True:
            while limiter is not None and (pause := (yield _Turn(limiter, request))):
                yield call.check_wait(pause, progress.sent is not False)
            started = monotonic()
            may_be_short = self._has_short_way and auth is None and not streamed
            outgoing = self._outgoing(request, call, progress, may_be_short)
            if logger.isEnabledFor(TRACE):
                trace_request(request, authenticated=auth is not None)
            try:
                http_response = yield _Open(outgoing, auth)
                if isinstance(http_response, httpx.Response):
                    bound_unpacking(http_response)
                if streamed and http_response.is_success:
                    log_attempt(request, call, http_response, started)
                    response = _response(request, http_response, b"", _secrets(request, outgoing, http_response))
                    if logger.isEnabledFor(TRACE):
                        trace_response(request, response, streamed=True)
                    return response, http_response
                limit = _limit(request, http_response)
                data = yield _Read(http_response, limit)
                log_attempt(request, call, http_response, started)
                if limit is not None and len(data) > limit:
                    if http_response.is_success:
                        raise _too_large(request, http_response, limit, _secrets(request, outgoing, http_response))
                    data = data[:limit]
                response = _response(request, http_response, data, _secrets(request, outgoing, http_response))
                if logger.isEnabledFor(TRACE):
                    trace_response(request, response)
            except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
                if getattr(outgoing.stream, "source_error", None) is error:
                    raise  # of the user's file or progress: nothing is wrong with the network
                named = network_error(error, call, _secrets(request, outgoing), progress.sent)
                named.__cause__ = error
                wait: float | None = call.wait_after_error(named)
                why: object = named.reason
                if request.spent:
                    raise named from error
            else:
                wait = call.wait_after_response(response)
                why = response.status
                if wait is None or request.spent:
                    return response, None
            log_repetition(request, call, wait, why)
            yield wait or 0.0

    def _short_way(self, request: Request) -> ShortWay | None:
        """Return what makes of *request* one that a backend takes without httpx's objects; None if nothing does."""
        return None

    def _outgoing(self, request: Request, call: Attempts, progress: Limit, may_be_short: bool) -> Any:
        """Return *request* as the client takes it: httpx's, or a backend's."""
        remaining = call.remaining(progress.sent is not False)
        limit = call.timeout.read if remaining is None else min(call.timeout.read, remaining)
        connect = min(call.timeout.connect, limit)
        extensions: dict[str, Any] = {"timeout": {"connect": connect, "read": limit, "write": limit, "pool": limit}}
        if isinstance(self.settings.assert_hostname, str):
            extensions["sni_hostname"] = self.settings.assert_hostname
        try:
            short = self._short_way(request) if may_be_short else None
            # What makes the request of a backend, or the URL of one of httpx's.
            target = short or url_of(request.url)
        except httpx.InvalidURL as error:
            raise ApiValueError(f"The URL of the call cannot be used: {error}") from None
        # Nothing is refused from here on: the local variables of a frame that is reported must hold no credential.
        headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers.items()]
        if b"accept-encoding" not in [name.lower() for name, _ in headers]:
            headers.append((b"Accept-Encoding", b"gzip, deflate"))
        if not isinstance(target, httpx.URL):
            return target(headers, extensions)
        content = request.content
        if content is None and request.method in ("POST", "PUT", "PATCH"):
            content = b""  # so that Content-Length: 0 is sent (RFC 9110 §8.6)
        if content is None or isinstance(content, bytes):
            return httpx.Request(request.method, target, headers=headers, content=content, extensions=extensions)
        headers = [(b"Host", target.netloc), *headers, framing(content.length)]
        body = self._body_kinds[content.rewindable](content, call)
        return httpx.Request(request.method, target, headers=headers, stream=body, extensions=extensions)


def _limit(request: Request, http_response: Any) -> int | None:
    """Return how many bytes of the body of *http_response* are wanted; None for all."""
    if http_response.is_success or (request.response_limit or _MOST_OF_AN_ERROR) < _MOST_OF_AN_ERROR:
        return request.response_limit
    return _MOST_OF_AN_ERROR


def _too_large(request: Request, http_response: Any, limit: int, secrets: tuple[str, ...]) -> ApiDecodeError:
    setting = " (Configuration.max_response_size)" if request.template else ""
    reason = f"The body of the response has more than {limit} bytes, which is the limit{setting}"
    return ApiDecodeError(reason=reason, http_resp=_response(request, http_response, b"", secrets))


def _secrets(request: Request, outgoing: Any, http_response: Any = None) -> tuple[str, ...]:
    """Return what no message about a request may show, the token that an ``httpx.Auth`` has put into it included."""
    known = request.secrets if http_response is not None and http_response.is_success else request.all_secrets
    token = outgoing.headers.get("Authorization", "").rpartition(" ")[2]
    return known if not token or token in known else (*known, token)


def _response(request: Request, http_response: Any, data: bytes, secrets: tuple[str, ...]) -> Response:
    return Response(
        status=http_response.status_code,
        reason=http_response.reason_phrase,
        headers=Headers(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in http_response.headers.raw]
        ),
        data=data,
        secrets=secrets,
        operation=request.operation,
    )


def network_error(
    error: Exception, call: Attempts, secrets: tuple[str, ...], sent: bool | None = None
) -> ApiConnectionError:
    """Return the package's error for one of httpx's; whoever raises it names *error*, masked here, as the cause.

    Args:
        error: What httpx raised.
        call: The call that failed.
        secrets: What no message may show.
        sent: Whether the request went out; None if only the error can tell.
    """
    mask_chain(error, secrets)
    if sent is None:
        sent = not isinstance(error, _NOT_SENT)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return call.timed_out(request_sent=sent)
    return call.failed(mask_secrets(_told(error), secrets), request_sent=sent)


def _told(error: BaseException) -> str:
    """Return what went wrong: what the system said, where it did, tells more than those who passed it on."""
    last = error
    while last.__cause__ is not None:
        last = last.__cause__
        if isinstance(last, BaseExceptionGroup):  # an address after another was tried
            last = last.exceptions[0]
    return (isinstance(last, OSError) and str(last)) or str(error) or type(error).__name__


def _taken(turn: _Turn, call: Attempts) -> float:
    """Return what the limiter says, within what is left of the call."""
    if not turn.limiter.blocks:
        return turn.limiter.take(turn.request)
    limit = current_limit()
    was_sent = limit is None or limit.sent is not False  # by an attempt before this one
    try:
        return within(call.remaining(was_sent), lambda: turn.limiter.take(turn.request), "counting a request")
    except TimeoutError as error:
        raise call.timed_out(was_sent) from error


class Transport(_Shell):
    """Sends requests, blocking. Safe for use by many threads at once.

    Args:
        settings: How to reach the server.
        http_client: A client to use instead of one of our own; it is not closed. Its proxies, certificates and
            connections are used; its authentication, default headers and cookies are not.
    """

    _body_kinds = (Body, RepeatableBody)

    def __init__(self, settings: TransportSettings, http_client: HttpClient | None = None) -> None:
        super().__init__(settings)
        self._given = None if http_client is None else _of_httpx(http_client)
        self._own = None if http_client is not None else DirectClient(settings)
        self._process = os.getpid()

    def _client(self) -> httpx.Client:
        """Return the client of this process. A fork shares its parent's connections, and would get its responses."""
        if self._given is not None:
            return self._given
        if self._own is None or self._process != os.getpid():
            self._own, self._process = DirectClient(self.settings), os.getpid()
        return self._own

    def send(
        self,
        request: Request,
        timeout: Timeout | None = None,
        auth: httpx.Auth | None = None,
        retries: RetryPolicy | None = None,
    ) -> Response:
        """Send *request*, again where the retry policy says so, and return the response with its body read.

        Args:
            request: What to send.
            timeout: Limits of this call; those of the settings if left out.
            auth: An ``httpx.Auth`` to run it through.
            retries: When to send it again; as the settings say if left out.

        Returns:
            The response, whatever its status.

        Raises:
            ApiValueError: The URL or a header is one that must not be sent.
            ApiTimeoutError: It took too long.
            ApiConnectionError: No response came, or only a part of one.
            ApiDecodeError: It is a success whose body is larger than the request's ``response_limit``.
        """
        return self._run(request, timeout, auth, retries, streamed=False)[0]

    def stream(
        self,
        request: Request,
        timeout: Timeout | None = None,
        auth: httpx.Auth | None = None,
        retries: RetryPolicy | None = None,
    ) -> tuple[Response, httpx.Response | None]:
        """Like `send`, but a 2xx comes back as soon as its headers are here: an empty response, and the open one.

        Whoever called closes the open one. The timeout's total no longer bounds it; the wait for each read does.
        """
        return self._run(request, timeout, auth, retries, streamed=True)

    def _run(
        self,
        request: Request,
        timeout: Timeout | None,
        auth: httpx.Auth | None,
        retries: RetryPolicy | None,
        streamed: bool,
    ) -> tuple[Response, httpx.Response | None]:
        call = self._start(request, timeout, retries)
        client = self._client()
        try:
            with deadline(call.remaining(request_sent=False)) as limit:
                plan = self._plan(request, call, auth, streamed, limit)
                step = next(plan)
                while True:
                    try:
                        result = self._do(client, step, call)
                    except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
                        step = plan.throw(error)
                    else:
                        step = plan.send(result)
        except StopIteration as stop:
            outcome: tuple[Response, httpx.Response | None] = stop.value
            return outcome
        finally:
            close_quietly(request, "what was sent")

    def _do(self, client: httpx.Client, step: _Step, call: Attempts) -> Any:
        if isinstance(step, _Turn):
            return _taken(step, call)
        if isinstance(step, _Open):
            if client.is_closed:
                raise ApiConnectionError(reason="The client was closed", request_sent=False)
            limit = current_limit()
            if isinstance(client, DirectClient):
                if limit is not None:
                    limit.sent = False  # until the connection says otherwise
                return client.open(step.request, step.auth)
            if limit is not None:
                limit.sent = None
                step.request.extensions["trace"] = limit.trace
            return client.send(step.request, stream=True, auth=step.auth, follow_redirects=False)
        if isinstance(step, _Read):
            data = bytearray()
            try:
                for chunk in step.http_response.iter_bytes():
                    data += chunk
                    call.remaining()
                    if step.limit is not None and len(data) > step.limit:
                        break
            finally:
                close_quietly(step.http_response, "a response")
            return bytes(data)
        return time.sleep(step)

    def close(self) -> None:
        """Close the connections, unless the client was given."""
        if self._own is not None:
            self._own.close()


class AsyncTransport(_Shell):
    """Sends requests for asyncio or trio; `Transport` describes arguments and methods."""

    _body_kinds = (AsyncBody, RepeatableAsyncBody)
    _has_short_way = True

    def __init__(self, settings: TransportSettings, http_client: AsyncHttpClient | None = None) -> None:
        super().__init__(settings)
        self._given = None if http_client is None else _async_of_httpx(http_client)
        self._own: dict[asyncio.AbstractEventLoop | None, DirectAsyncClient] = {}

    def _client(self) -> httpx.AsyncClient:
        """Return the client of this event loop: a connection belongs to the loop in which it was made."""
        if self._given is not None:
            return self._given
        loop = _running_loop()
        client = self._own.get(loop)
        if client is None:
            # Other threads have loops of their own, and may be at the same.
            for ended in [known for known in list(self._own) if known is not None and known.is_closed()]:
                self._own.pop(ended, None)
            client = self._own[loop] = DirectAsyncClient(self.settings)
        return client

    def _short_way(self, request: Request) -> ShortWay | None:
        client = self._client()
        return client.direct_request(request) if isinstance(client, DirectAsyncClient) else None

    async def send(
        self,
        request: Request,
        timeout: Timeout | None = None,
        auth: httpx.Auth | None = None,
        retries: RetryPolicy | None = None,
    ) -> Response:
        """Send *request* and return the response with its body read; see `Transport.send`."""
        return (await self._run(request, timeout, auth, retries, streamed=False))[0]

    async def stream(
        self,
        request: Request,
        timeout: Timeout | None = None,
        auth: httpx.Auth | None = None,
        retries: RetryPolicy | None = None,
    ) -> tuple[Response, httpx.Response | None]:
        """Send *request* and return a 2xx with its body unread; see `Transport.stream`."""
        return await self._run(request, timeout, auth, retries, streamed=True)

    async def _run(
        self,
        request: Request,
        timeout: Timeout | None,
        auth: httpx.Auth | None,
        retries: RetryPolicy | None,
        streamed: bool,
    ) -> tuple[Response, httpx.Response | None]:
        call = self._start(request, timeout, retries)
        try:
            with deadline(call.remaining(request_sent=False)) as limit:
                plan = self._plan(request, call, auth, streamed, limit)
                left = call.remaining(request_sent=False)
                with move_on_after(left):  # any TimeoutError is of the user's file or progress
                    return await self._follow(self._client(), plan)
                raise call.timed_out(request_sent=limit.sent is not False) from TimeoutError()
        finally:
            close_quietly(request, "what was sent")

    async def _follow(self, client: httpx.AsyncClient, plan: _Plan) -> tuple[Response, httpx.Response | None]:
        try:
            step = next(plan)
            while True:
                try:
                    result = await self._do(client, step)
                except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
                    step = plan.throw(error)
                else:
                    step = plan.send(result)
        except StopIteration as stop:
            outcome: tuple[Response, httpx.Response | None] = stop.value
            return outcome

    async def _do(self, client: httpx.AsyncClient, step: _Step) -> Any:
        if isinstance(step, _Turn):
            if step.limiter.blocks:
                # What the thread counts when nobody waits for it any more is out of the window in a minute.
                return await anyio.to_thread.run_sync(step.limiter.take, step.request, abandon_on_cancel=True)
            return step.limiter.take(step.request)
        if isinstance(step, _Open):
            if client.is_closed:
                raise ApiConnectionError(reason="The client was closed", request_sent=False)
            limit = current_limit()
            if isinstance(client, DirectAsyncClient) and not isinstance(step.request, httpx.Request):
                if limit is not None:
                    limit.sent = False  # until the connection says otherwise
                return await client.open_directly(step.request)
            async with closing_body(step.request):
                if isinstance(client, DirectAsyncClient):
                    if limit is not None:
                        limit.sent = False  # until the connection says otherwise
                    return await client.open(step.request, step.auth)
                if limit is not None:
                    limit.sent = None
                    step.request.extensions["trace"] = limit.trace_async
                return await client.send(step.request, stream=True, auth=step.auth, follow_redirects=False)
        if isinstance(step, _Read):
            if not isinstance(step.http_response, httpx.Response):
                return await step.http_response.read(step.limit)
            async with closed_after_async(step.http_response, "a response"):
                data = bytearray()
                async for chunk in step.http_response.aiter_bytes():
                    data += chunk
                    if step.limit is not None and len(data) > step.limit:
                        break
                return bytes(data)
        return await sleep(step)

    async def aclose(self) -> None:
        """Close the connections, unless the client was given."""
        client = self._own.pop(_running_loop(), None)
        if client is not None:
            await client.aclose()


def _of_httpx(client: HttpClient) -> httpx.Client:
    """Return *client*, which has been checked, as one of httpx."""
    if isinstance(client, httpx.Client):
        return client
    from pandadoc_client._http.httpx2_bridge import BridgedClient

    return BridgedClient(client)


def _async_of_httpx(client: AsyncHttpClient) -> httpx.AsyncClient:
    if isinstance(client, httpx.AsyncClient):
        return client
    from pandadoc_client._http.httpx2_bridge import BridgedAsyncClient

    return BridgedAsyncClient(client)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the running event loop of asyncio; None under trio, which has one at a time."""
    import asyncio  # a fifth of what importing httpx takes, and a blocking program has no use for it

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
