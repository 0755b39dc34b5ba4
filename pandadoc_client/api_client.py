"""`ApiClient` and `AsyncApiClient`: they own the connections and make the calls; and what all API classes have."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pandadoc_client
from pandadoc_client._calls.arguments import PreparedCall, prepare
from pandadoc_client._calls.client import BaseClient
from pandadoc_client._calls.multipart import MultipartBody
from pandadoc_client._calls.operation import Operation
from pandadoc_client._http.backends import AsyncHttpClient, Backend, HttpClient, check_http_client
from pandadoc_client._http.lazily import LazyModule
from pandadoc_client._http.messages import Request, Response
from pandadoc_client._http.secrets import hide_headers
from pandadoc_client.configuration import Configuration
from pandadoc_client.exceptions import ApiValueError, error_for

# httpx takes longer to import than all the rest: what needs it is imported by the first call.
if TYPE_CHECKING:
    import multiprocessing.pool as multiprocessing_pool

    import httpx

    from pandadoc_client._http.transport import AsyncTransport, Transport
else:
    httpx = LazyModule("httpx")
    multiprocessing_pool = LazyModule("multiprocessing.pool")

__all__ = ["Api", "ApiClient", "AsyncApi", "AsyncApiClient"]

T = TypeVar("T")


class ApiClient(BaseClient):
    """Makes calls, blocking. Safe for use by many threads at once.

    Args:
        configuration: Host, credentials and network settings; the default configuration if it is left out.
        header_name: Name of a header to send with every call.
        header_value: Its value.
        cookie: Value of a Cookie header to send with every call.
        pool_threads: Threads for calls with ``async_req=True``.
        http_client: A client of httpx or httpx2 to send with: its transport, proxies, certificates, mounts and event
            hooks are used; its authentication, default headers and cookies are not, and it is not closed. Settings of
            the network in the configuration do not count then.
        backend: For `AsyncApiClient`: ``"httpx"`` or ``"aiohttp"``, in place of the configuration's.

    Raises:
        ApiTypeError: ``http_client`` is no ``Client`` (`AsyncApiClient`: ``AsyncClient``) of httpx or httpx2.
        ApiValueError: The backend is unknown, or for asyncio only, or was given together with an HTTP client.
        ImportError: The library that the backend needs is missing.
    """

    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
        pool_threads: int = 1,
        *,
        http_client: HttpClient | None = None,
        backend: Backend | None = None,
    ) -> None:
        check_http_client(http_client, backend, is_async=False)
        super().__init__(_or_default(configuration), header_name, header_value, cookie)
        self._http_client = http_client
        self.pool_threads = pool_threads
        self._lock = threading.Lock()
        self._pool: multiprocessing_pool.ThreadPool | None = None
        self._pool_process = 0
        self._transport: Transport | None = None
        self._finalizer: weakref.finalize[[], ApiClient] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Wait for the calls in threads, and close the connections. The client can be used again.

        A view (`with_options`) has none of its own, and closes nothing.
        """
        if self._origin is not None:
            return
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
    def pool(self) -> multiprocessing_pool.ThreadPool:
        """The threads for calls with ``async_req=True``, started when they are first needed."""
        if self._origin is not None:
            return self._origin.pool
        with self._lock:
            if self._pool is None or self._pool_process != os.getpid():  # a fork has the pool, but not its threads
                from multiprocessing.pool import ThreadPool  # milliseconds to import, and few programs need it

                self._pool, self._pool_process = ThreadPool(self.pool_threads), os.getpid()
                atexit.register(self.close)
            return self._pool

    def _open_transport(self) -> Transport:
        if self._origin is not None:
            return self._origin._open_transport()
        transport = self._transport
        if transport is None:
            with self._lock:
                transport = self._transport
                if transport is None:
                    from pandadoc_client._http.transport import Transport

                    transport = self._transport = Transport(self._settings(), self._http_client)
                    self._finalizer = weakref.finalize(self, transport.close)
        return transport

    def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Make a call that an API class describes, with arguments and options by name."""
        if self._usual:
            arguments = self._with_usual(arguments)
        # Two frames up is the user's line: above this one is the API class.
        call = prepare(operation, arguments, self.configuration, self._build, stacklevel=3)
        result: T = self._in_thread(call) if call.in_thread else self._perform(call)
        return result

    def _in_thread(self, call: PreparedCall) -> Any:
        """Make a call in a thread of the pool."""
        return self.pool.apply_async(self._perform, (call,))

    def _perform(self, call: PreparedCall) -> Any:
        transport, settings = self._open_transport(), self._call_settings(call)
        if call.preload:
            return self._result(call, transport.send(call.request, *settings))
        head, response = transport.stream(call.request, *settings)
        if response is None:
            raise error_for(head)
        from pandadoc_client.rest import StreamedResponse

        streamed = self.last_response = StreamedResponse(head, response)
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
    ) -> Response | pandadoc_client.rest.StreamedResponse:
        """Send a request to an absolute URL with just these headers, and return the response.

        Raises:
            ApiException: The response is no success, or did not come.
        """
        headers = hide_headers(headers or {})
        call = self._plain_call(
            method, url, query_params, headers, post_params, body, _preload_content, _request_timeout
        )
        if not _preload_content:
            opened: pandadoc_client.rest.StreamedResponse = self._perform(call)
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
            response_type: Type of the decoded body: ``(SomeModel,)``, ``([SomeModel],)``, ``(object,)``; None for
                no body.
            auth_settings: Names of the security schemes to use: ``["apiKey", "oauth2"]``.
            async_req: True to call in a thread and get a handle.
            _return_http_data_only: True for the data alone.
            collection_formats: How arrays are sent, by parameter: ``multi``, ``csv``, ``ssv``, ``tsv`` or ``pipes``.
            _preload_content: False to get the response with its body unread.
            _request_timeout: Seconds for the whole call, or a pair for the connection and for each read.
            _host: URL of the API, if not the configured one.
            _check_type: Accepted; answers are never refused for their types.

        Returns:
            ``(data, status, headers)``, or the data alone.

        Raises:
            ApiValueError: Something cannot be sent.
            ApiException: The response is no success, cannot be read, or did not come.
        """
        header_params = hide_headers(header_params or {})
        call = self._described_call(
            resource_path,
            method,
            path_params=path_params,
            query_params=query_params,
            header_params=header_params,
            body=body,
            post_params=post_params,
            files=files,
            response_type=response_type,
            auth_settings=auth_settings,
            async_req=async_req,
            data_only=_return_http_data_only,
            collection_formats=collection_formats,
            preload=_preload_content,
            request_timeout=_request_timeout,
            host=_host,
        )
        return self._in_thread(call) if call.in_thread else self._perform(call)


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
        *,
        http_client: AsyncHttpClient | None = None,
        backend: Backend | None = None,
    ) -> None:
        check_http_client(http_client, backend, is_async=True)
        super().__init__(_or_default(configuration), header_name, header_value, cookie)
        self._http_client = http_client
        self._backend: Backend | None = backend
        self._lock = threading.Lock()  # of loops in other threads
        self._transport: AsyncTransport | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def aclose(self) -> None:
        """Close the connections of this event loop. The client can be used again."""
        await self.close()

    async def close(self) -> None:
        """Do what `aclose` does, under the name that `ApiClient` has for it."""
        if self._origin is None and self._transport is not None:
            await self._transport.aclose()

    def _open_transport(self) -> AsyncTransport:
        if self._origin is not None:
            return self._origin._open_transport()
        transport = self._transport
        if transport is None:
            with self._lock:
                transport = self._transport
                if transport is None:
                    from pandadoc_client._http.transport import AsyncTransport

                    transport = self._transport = AsyncTransport(self._settings(self._backend), self._http_client)
        return transport

    async def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Make a call that an API class describes, with arguments and options by name."""
        if self._usual:
            arguments = self._with_usual(arguments)
        call = prepare(operation, arguments, self.configuration, self._build, stacklevel=3)
        result: T = await self._perform(call)
        return result

    async def _perform(self, call: PreparedCall) -> Any:
        if call.in_thread:
            raise ApiValueError("async_req is for ApiClient; await the call instead", ["async_req"])
        await _measure(call.request)
        transport, settings = self._open_transport(), self._call_settings(call)
        if call.preload:
            return self._result(call, await transport.send(call.request, *settings))
        head, response = await transport.stream(call.request, *settings)
        if response is None:
            raise error_for(head)
        from pandadoc_client.rest import AsyncStreamedResponse

        streamed = self.last_response = AsyncStreamedResponse(head, response)
        return streamed

    async def request(
        self,
        method: str,
        url: str,
        query_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        post_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Response | pandadoc_client.rest.AsyncStreamedResponse:
        """Send a request to an absolute URL with just these headers; see `ApiClient.request`."""
        headers = hide_headers(headers or {})
        call = self._plain_call(
            method, url, query_params, headers, post_params, body, _preload_content, _request_timeout
        )
        if not _preload_content:
            opened: pandadoc_client.rest.AsyncStreamedResponse = await self._perform(call)
            return opened
        await _measure(call.request)
        return self._checked(await self._open_transport().send(call.request, call.timeout))

    async def call_api(
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
        """Make a call that no API class has; see `ApiClient.call_api`.

        Raises:
            ApiValueError: As `ApiClient.call_api`, or ``async_req`` is True: there are no threads here.
        """
        header_params = hide_headers(header_params or {})
        call = self._described_call(
            resource_path,
            method,
            path_params=path_params,
            query_params=query_params,
            header_params=header_params,
            body=body,
            post_params=post_params,
            files=files,
            response_type=response_type,
            auth_settings=auth_settings,
            async_req=async_req,
            data_only=_return_http_data_only,
            collection_formats=collection_formats,
            preload=_preload_content,
            request_timeout=_request_timeout,
            host=_host,
        )
        return await self._perform(call)


class Api:
    """Calls of one tag.

    Args:
        api_client: The client that makes the calls; one with the default configuration if it is left out.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        self.api_client = ApiClient() if api_client is None else api_client


class AsyncApi:
    """Calls of one tag, for asyncio and trio.

    Args:
        api_client: The client that makes the calls; one with the default configuration if it is left out.
    """

    def __init__(self, api_client: AsyncApiClient | None = None) -> None:
        self.api_client = AsyncApiClient() if api_client is None else api_client


async def _measure(request: Request) -> None:
    """Find out the size of asynchronous files, so that the request has a Content-Length."""
    content = request.content
    if isinstance(content, MultipartBody) and content.needs_async:
        try:
            await content.measure()
        except BaseException:
            request.close()
            raise


def _or_default(configuration: Configuration | None) -> Configuration:
    return Configuration.get_default_copy() if configuration is None else configuration
