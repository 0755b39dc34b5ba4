"""What `ApiClient` and `AsyncApiClient` share: how a call becomes a request, and a response a result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import pandadoc_client
from pandadoc_client._calls.arguments import (
    PreparedCall,
    RequestParts,
    build_request,
    decode_response,
    default_timeout,
    select_accept,
    select_content_type,
)
from pandadoc_client._calls.encoding import FilePart, encode_query, file_parts, flatten, plain
from pandadoc_client._calls.multipart import MultipartBody
from pandadoc_client._http.backends import Backend
from pandadoc_client._http.credentials import api_host_of
from pandadoc_client._http.fork import ProcessBound
from pandadoc_client._http.lazily import LazyModule
from pandadoc_client._http.logging import log_by_environment
from pandadoc_client._http.messages import USER_AGENT, Request, Response, check_headers
from pandadoc_client._http.retry import DEFAULT_POLICY, RetryPolicy, Timeout
from pandadoc_client._http.secrets import hide, hide_headers
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, error_for

if TYPE_CHECKING:
    import httpx

    from pandadoc_client._http import network
else:
    httpx = LazyModule("httpx")
    network = LazyModule("pandadoc_client._http.network")

__all__ = ["BODY_LIMIT", "UPLOAD_LIMIT", "UPLOAD_LIMITS", "BaseClient"]

BODY_LIMIT = 2 * 1024 * 1024
"""Bytes that the API takes as the JSON body of a request."""
UPLOAD_LIMIT = 100 * 1024 * 1024
"""Bytes that the API takes as a file."""
UPLOAD_LIMITS = {
    "create_document_attachment": 50 * 1024 * 1024,
    "create_document_attachment_from_file_upload": 50 * 1024 * 1024,
}
"""The same for single operations."""


class BaseClient(ProcessBound):
    """What both clients share: settings, headers, and how a call becomes a request and a response a result."""

    _reads_async = False

    def __init__(
        self,
        configuration: pandadoc_client.Configuration,
        header_name: str | None,
        header_value: str | None,
        cookie: str | None,
    ) -> None:
        self.configuration = configuration
        self.default_headers: dict[str, str] = {"User-Agent": USER_AGENT}
        if header_name is not None:
            self.default_headers[header_name] = header_value or ""
        self.cookie = cookie
        self.last_response: Any = None
        """The response of the latest call: a `Response`, or the streamed one that the call returned."""
        self.max_upload_size: int | None = UPLOAD_LIMIT
        """Largest file in bytes, checked before it is sent; None disables the check."""
        self.upload_limits: dict[str, int | None] = {**UPLOAD_LIMITS}
        """The same for single operations, by operation id; these win."""
        self.max_body_size: int | None = BODY_LIMIT
        """The same for a JSON body."""
        self._origin: Self | None = None  # the client that a view is of
        self._usual: Mapping[str, Any] = {}  # options of every call of a view
        log_by_environment()

    def with_options(
        self,
        *,
        timeout: float | tuple[float | None, float | None] | None = None,
        retries: int | RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Return a view of this client whose calls have other limits or more headers.

        It has the same connections and settings, costs next to nothing, and needs no closing. What is given with a call
        wins over what is given here.

        Args:
            timeout: Seconds that a call may take, retries included, or a pair (connect, read).
            retries: How often to try again, or a ``RetryPolicy``.
            headers: More header fields; those of the client and the credentials win over them.

        Raises:
            ApiValueError: An argument cannot be right.
            ApiTypeError: *headers* is no mapping, or a name in it no text.
        """
        usual = {**self._usual}
        if timeout is not None:
            self.configuration.call_timeout(timeout)
            usual["_request_timeout"] = timeout
        if retries is not None:
            usual["_request_retries"] = RetryPolicy.of(retries)
        if headers is not None:
            if not isinstance(headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ApiTypeError(f"headers must be a mapping, not {type(headers).__name__}", ["headers"])
            check_headers("headers", headers)
            usual["_extra_headers"] = {**(usual.get("_extra_headers") or {}), **headers}
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._origin, view._usual = self._origin or self, usual
        return view

    def usual_limits(self) -> tuple[RetryPolicy, Timeout]:
        """Return how often a call is tried, and how long it may take, if it does not say so itself."""
        retries = self._usual.get("_request_retries", self.configuration.retries)
        return RetryPolicy.of(retries), self.configuration.call_timeout(self._usual.get("_request_timeout"))

    def _with_usual(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the arguments of a call with the options of this view."""
        merged = {**self._usual, **arguments}
        if arguments.get("_extra_headers") and "_extra_headers" in self._usual:
            merged["_extra_headers"] = {**self._usual["_extra_headers"], **arguments["_extra_headers"]}
        return merged

    @property
    def user_agent(self) -> str:
        """The User-Agent header of every call."""
        return self.default_headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.default_headers["User-Agent"] = value

    def set_default_header(self, header_name: str, header_value: str) -> None:
        """Send a header with every call; it wins over the same header of a call."""
        self.default_headers[header_name] = header_value

    @classmethod
    def sanitize_for_serialization(cls, obj: Any) -> Any:
        """Return *obj* as JSON knows it: models as dicts, dates as text, files as their bytes."""
        return plain(obj, "obj", binary=True)

    def select_header_accept(self, accepts: Sequence[str]) -> str | None:
        """Return the Accept header for media types: JSON where that is one of them, else all; None for none."""
        return select_accept(accepts) if accepts else None

    def select_header_content_type(
        self, content_types: Sequence[str], method: str | None = None, body: Any = None
    ) -> str:
        """Return the Content-Type header for media types: JSON where that is one of them, else the first."""
        return select_content_type(content_types)

    def parameters_to_tuples(
        self, params: Mapping[str, Any] | Iterable[tuple[str, Any]], collection_formats: Mapping[str, str] | None
    ) -> list[tuple[str, Any]]:
        """Return parameters as pairs, an array repeated or joined as *collection_formats* has it for its name."""
        return flatten(params, collection_formats)

    def files_parameters(self, files: Mapping[str, Sequence[Any] | None] | None = None) -> list[FilePart]:
        """Return the parts of open files, which are read and closed: parameter, then name, content and media type."""
        return file_parts(files)

    def deserialize(self, response: Response, response_type: tuple[Any, ...] | None, _check_type: Any = None) -> Any:
        """Return the body of a response as *response_type*; answers are never refused for their types.

        Raises:
            ApiDecodeError: The body should be JSON and is not.
        """
        settings = self.configuration
        return decode_response(response, response_type, settings.missing_fields == "none", settings.temp_folder_path)

    def update_params_for_auth(
        self,
        headers: dict[str, str],
        queries: list[tuple[str, Any]] | None,
        auth_settings: Sequence[str] | None,
        resource_path: str | None = None,
        method: str | None = None,
        body: Any = None,
    ) -> None:
        """Put the credentials that are set, of those that *auth_settings* names, into *headers* or *queries*."""
        settings = self.configuration.auth_settings() if auth_settings else {}
        for name in auth_settings or ():
            setting = settings.get(name)
            if not setting or setting["value"] is None:
                continue
            if setting["in"] == "query" and queries is not None:
                queries.append((setting["key"], setting["value"]))
            else:
                headers["Cookie" if setting["in"] == "cookie" else setting["key"]] = setting["value"]

    def _build(
        self, method: str, url: str, parts: RequestParts, content_type: str | None, auth: Sequence[str]
    ) -> Request:
        headers = hide_headers(self.default_headers)
        if self.cookie:
            headers["Cookie"] = hide(self.cookie)
        safe, limit = self.configuration.safe_chars_for_path_param, self.configuration.max_response_size
        request = build_request(method, url, parts, content_type, headers, safe, limit)
        self._check_content(request, parts)
        return self._authorized(request, parts, auth, url)

    def _authorized(self, request: Request, parts: RequestParts, auth: Sequence[str], url: str) -> Request:
        """Return *request* with its credentials.

        They come last, when nothing is left to be refused: what reports errors shows the local variables of every
        frame.
        """
        credentials: dict[str, str] = {}
        queries: list[tuple[str, Any]] = []
        self.update_params_for_auth(credentials, queries, auth, url, request.method, parts.body)
        replaced = {name.lower() for name in credentials}
        headers = {name: value for name, value in request.headers.items() if name.lower() not in replaced}
        hidden = {name: hide(str(value)).strip(" \t") for name, value in credentials.items()}
        words = [word for value in hidden.values() for word in value.split()[-1:]]
        query = encode_query(queries) if queries else ""
        return Request(
            method=request.method,
            url=f"{request.url}{'&' if '?' in request.url else '?'}{query}" if query else request.url,
            headers={**headers, **hidden},
            content=request.content,
            replayable=request.replayable,
            secrets=(*request.secrets, *words),
            operation=request.operation,
            template=request.template,
            response_limit=request.response_limit,
        )

    def _check_content(self, request: Request, parts: RequestParts) -> None:
        """Refuse what the API would refuse with a 413, and files that a blocking client cannot read.

        Raises:
            ApiTypeError: A file is asynchronous, and this client is not.
            ApiValueError: The body, or a file, is too large. The message names the argument.
        """
        content, limit = request.content, self.max_body_size
        if isinstance(content, bytes) and parts.body is not None and limit is not None and len(content) > limit:
            problem = f"{parts.body_name}: has {len(content)} bytes as JSON, and the API takes at most {limit}"
            raise ApiValueError(problem, [parts.body_name])
        if isinstance(content, MultipartBody):
            most = self.upload_limits.get(parts.operation_id, self.max_upload_size)
            for file in content.files:
                file.check(most)
                if file.source.needs_async and not self._reads_async:
                    raise ApiTypeError(f"{file.name}: {file.source.needs_async} needs AsyncApiClient", [file.name])

    def _plain_call(
        self,
        method: str,
        url: str,
        query_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None,
        headers: dict[str, str],
        post_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None,
        body: Any,
        preload: bool,
        request_timeout: Any,
    ) -> PreparedCall:
        """Return a call to an absolute URL, with just these headers."""
        own = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        given_type = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
        content_type = given_type or (None if method.upper() in ("GET", "HEAD", "DELETE") else "application/json")
        parts = RequestParts(
            query=flatten(query_params or (), None), header=own, form=flatten(post_params or (), None), body=body
        )
        limit = self.configuration.max_response_size
        return PreparedCall(
            request=build_request(method.upper(), url, parts, content_type, {}, "", limit),
            timeout=self.configuration.call_timeout(request_timeout),
            authenticated=False,
            response_type=None,
            data_only=True,
            preload=preload,
            in_thread=False,
        )

    def _described_call(
        self,
        resource_path: str,
        method: str,
        *,
        path_params: Mapping[str, Any] | None,
        query_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None,
        header_params: dict[str, str],
        body: Any,
        post_params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None,
        files: Mapping[str, Any] | None,
        response_type: tuple[Any, ...] | None,
        auth_settings: Sequence[str] | None,
        async_req: bool | None,
        data_only: bool | None,
        collection_formats: Mapping[str, str] | None,
        preload: bool,
        request_timeout: Any,
        host: str | None,
    ) -> PreparedCall:
        """Return a call that no API class has; ``call_api`` describes the arguments."""
        headers = dict(header_params)
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
        base = self.configuration.host if host is None else api_host_of(host)
        request = self._build(method.upper(), base + resource_path, parts, content_type, auth_settings or ())
        timeout = self.configuration.call_timeout(request_timeout)
        return PreparedCall(
            request=request,
            timeout=timeout if request_timeout is not None else default_timeout(request, timeout),
            authenticated=bool(auth_settings),
            response_type=response_type,
            data_only=bool(data_only),
            preload=preload,
            in_thread=bool(async_req),
        )

    def _settings(self, backend: Backend | None = None) -> network.TransportSettings:
        settings = self.configuration.transport_settings()
        return settings if backend is None else settings.replace(backend=backend)

    def _call_settings(self, call: PreparedCall) -> tuple[Timeout, httpx.Auth | None, RetryPolicy]:
        """Return what a transport is told besides the request; like credentials it is read for each call."""
        auth = self.configuration.auth if call.authenticated else None
        retries = self.configuration.retries if call.retries is None else call.retries
        return call.timeout, auth, DEFAULT_POLICY if retries is None else RetryPolicy.of(retries)

    def _checked(self, response: Response) -> Response:
        """Return *response* if it is a success, or raise what it stands for."""
        self.last_response = response
        if not response.ok:
            raise error_for(response)
        return response

    def _result(self, call: PreparedCall, response: Response) -> Any:
        """Return the result of a call whose response is *response*, or raise what the response stands for."""
        response_type = call.other_results.get(response.status, call.response_type)
        data = self.deserialize(self._checked(response), response_type)
        return data if call.data_only else (data, response.status, response.headers)
