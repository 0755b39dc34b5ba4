"""`ApiClient` and `AsyncApiClient`: they own the connections and make the calls."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pandadoc_client._calls.arguments import Call, RequestParts, build_request, default_timeout, plan_call
from pandadoc_client._calls.client import BaseClient
from pandadoc_client._calls.encoding import flatten
from pandadoc_client._calls.multipart import MultipartBody
from pandadoc_client._calls.operation import Operation
from pandadoc_client._http.credentials import api_host_of
from pandadoc_client._http.messages import Request, Response
from pandadoc_client._http.secrets import hide_headers
from pandadoc_client.configuration import Configuration
from pandadoc_client.exceptions import ApiValueError, error_for

# httpx takes longer to import than all the rest: what needs it is imported by the first call.
if TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool

    from pandadoc_client._http.transport import AsyncTransport, Transport
    from pandadoc_client.rest import StreamedResponse

__all__ = ["ApiClient", "AsyncApiClient"]

T = TypeVar("T")


class ApiClient(BaseClient):
    """Makes calls, blocking. Safe for use by many threads at once.

    Args:
        configuration: Host, credentials and network settings; the default configuration if it is left out.
        header_name: Name of a header to send with every call.
        header_value: Its value.
        cookie: Value of a Cookie header to send with every call.
        pool_threads: Threads for calls with ``async_req=True``.
    """

    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
        pool_threads: int = 1,
    ) -> None:
        super().__init__(configuration, header_name, header_value, cookie)
        self.pool_threads = pool_threads
        self._lock = threading.Lock()
        self._pool: ThreadPool | None = None
        self._pool_process = 0
        self._transport: Transport | None = None
        self._finalizer: weakref.finalize[[], ApiClient] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Wait for the calls in threads, and close the connections. The client can be used again."""
        with self._lock:
            pool, self._pool = self._pool, None
            finalizer, self._finalizer = self._finalizer, None
        if pool is not None:
            atexit.unregister(self.close)
            pool.close()
            pool.join()
        with self._lock:
            self._transport = None
        if finalizer is not None:
            finalizer()

    @property
    def pool(self) -> ThreadPool:
        """The threads for calls with ``async_req=True``, started when they are first needed."""
        with self._lock:
            if self._pool is None or self._pool_process != os.getpid():  # a fork has the pool, but not its threads
                from multiprocessing.pool import ThreadPool  # milliseconds to import, and few programs need it

                self._pool, self._pool_process = ThreadPool(self.pool_threads), os.getpid()
                atexit.register(self.close)
            return self._pool

    def _open_transport(self) -> Transport:
        transport = self._transport
        if transport is None:
            with self._lock:
                transport = self._transport
                if transport is None:
                    from pandadoc_client._http.transport import Transport

                    transport = self._transport = Transport(self._settings())
                    self._finalizer = weakref.finalize(self, transport.close)
        return transport

    def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Make a call that an API class describes, with arguments and options by name."""
        # Two frames up is the user's line: above this one is the API class.
        call = plan_call(operation, arguments, self.configuration, self._build, stacklevel=3)
        result: T = self._begin(call)
        return result

    def _begin(self, call: Call) -> Any:
        """Make a call here, or in a thread if it asks for one."""
        return self.pool.apply_async(self._perform, (call,)) if call.in_thread else self._perform(call)

    def _perform(self, call: Call) -> Any:
        transport, settings = self._open_transport(), self._call_settings(call)
        if call.preload:
            return self._result(call, transport.send(call.request, *settings))
        head, answer = transport.stream(call.request, *settings)
        if answer is None:
            raise error_for(head)
        from pandadoc_client.rest import StreamedResponse

        streamed = self.last_response = StreamedResponse(head, answer)
        return streamed

    def request(
        self,
        method: str,
        url: str,
        query_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        post_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Response | StreamedResponse:
        """Send a request to an absolute URL with just these headers, and return the answer.

        Raises:
            ApiException: The answer is no success, or did not come.
        """
        headers = hide_headers(headers or {})
        own = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        given_type = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
        content_type = given_type or (None if method.upper() in ("GET", "HEAD", "DELETE") else "application/json")
        parts = RequestParts(
            query=flatten(query_params or (), None), header=own, form=flatten(post_params or (), None), body=body
        )
        limit = self.configuration.max_response_size
        request = build_request(method.upper(), url, parts, content_type, {}, "", limit)
        call = Call(
            request=request,
            timeout=self.configuration.call_timeout(_request_timeout),
            authenticated=False,
            response_type=None,
            data_only=True,
            preload=_preload_content,
            in_thread=False,
        )
        if not _preload_content:
            opened: StreamedResponse = self._perform(call)
            return opened
        return self._checked(self._open_transport().send(call.request, call.timeout))

    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Mapping[str, Any] | None = None,
        query_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        header_params: Mapping[str, Any] | None = None,
        body: Any = None,
        post_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        files: Mapping[str, Any] | None = None,
        response_type: tuple[Any, ...] | None = None,
        auth_settings: Sequence[str] | None = None,
        async_req: bool | None = None,
        _return_http_data_only: bool | None = None,
        collection_formats: Mapping[str, str] | None = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
        _host: str | None = None,
        _check_type: bool | None = None,
    ) -> Any:
        """Make a call that no API class has.

        Args:
            resource_path: Path with its parameters in braces: ``/public/v1/documents/{id}``.
            method: HTTP method.
            path_params: Values for the braces.
            query_params: Parameters of the query, as pairs or a dict.
            header_params: Headers; those of the client win.
            body: A body to be sent as JSON, or as it is with another Content-Type.
            post_params: Fields of a form, as pairs or a dict.
            files: Files of a multipart form by parameter: one, or a list; anything that API classes take for a file.
            response_type: What the answer is decoded to: ``(SomeModel,)``, ``([SomeModel],)``, ``(object,)``; None for
                no body.
            auth_settings: Names of the security schemes to use: ``["apiKey", "oauth2"]``.
            async_req: True to call in a thread and get a handle.
            _return_http_data_only: True for the data alone.
            collection_formats: How arrays are sent, by parameter: ``multi``, ``csv``, ``ssv``, ``tsv`` or ``pipes``.
            _preload_content: False to get the answer with its body unread.
            _request_timeout: Seconds for the whole call, or a pair for the connection and for each read.
            _host: URL of the API, if not the configured one.
            _check_type: Accepted; answers are never refused for their types.

        Returns:
            ``(data, status, headers)``, or the data alone.

        Raises:
            ApiValueError: Something cannot be sent.
            ApiException: The answer is no success, cannot be read, or did not come.
        """
        headers = header_params = hide_headers(header_params or {})
        content_type = next((headers.pop(name) for name in list(headers) if name.lower() == "content-type"), None)
        if content_type is None and method.upper() in ("POST", "PUT", "PATCH", "OPTIONS"):
            content_type = "application/json"
        parts = RequestParts(
            path=list((path_params or {}).items()),
            query=flatten(query_params or (), None),
            header=headers,
            form=flatten(post_params or (), None),
            files=dict(files or {}),
            body=body,
            collections=dict(collection_formats or {}),
        )
        host = self.configuration.host if _host is None else api_host_of(_host)
        request = self._build(method.upper(), host + resource_path, parts, content_type, auth_settings or ())
        timeout = self.configuration.call_timeout(_request_timeout)
        call = Call(
            request=request,
            timeout=timeout if _request_timeout is not None else default_timeout(request, timeout),
            authenticated=bool(auth_settings),
            response_type=response_type,
            data_only=bool(_return_http_data_only),
            preload=_preload_content,
            in_thread=bool(async_req),
        )
        return self._begin(call)


class AsyncApiClient(BaseClient):
    """Makes calls for asyncio or trio; `ApiClient` describes the arguments.

    Its connections are opened when they are first needed; each event loop gets its own.
    """

    _reads_async = True

    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
    ) -> None:
        super().__init__(configuration, header_name, header_value, cookie)
        self._lock = threading.Lock()  # of loops in other threads
        self._transport: AsyncTransport | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections of this event loop. The client can be used again."""
        if self._transport is not None:
            await self._transport.aclose()

    def _open_transport(self) -> AsyncTransport:
        transport = self._transport
        if transport is None:
            with self._lock:
                transport = self._transport
                if transport is None:
                    from pandadoc_client._http.transport import AsyncTransport

                    transport = self._transport = AsyncTransport(self._settings())
        return transport

    async def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Make a call that an API class describes, with arguments and options by name."""
        call = plan_call(operation, arguments, self.configuration, self._build, stacklevel=3)
        if call.in_thread:
            raise ApiValueError("async_req is for ApiClient; await the call instead", ["async_req"])
        await _measure(call.request)
        transport, settings = self._open_transport(), self._call_settings(call)
        if call.preload:
            result: T = self._result(call, await transport.send(call.request, *settings))
            return result
        head, answer = await transport.stream(call.request, *settings)
        if answer is None:
            raise error_for(head)
        from pandadoc_client.rest import AsyncStreamedResponse

        streamed: Any = AsyncStreamedResponse(head, answer)
        self.last_response = streamed
        return streamed  # type: ignore[no-any-return]  # what _preload_content=False asks for


async def _measure(request: Request) -> None:
    """Find out the size of asynchronous files, so that the request has a Content-Length."""
    content = request.content
    if isinstance(content, MultipartBody) and content.needs_async:
        try:
            await content.measure()
        except BaseException:
            request.close()
            raise
