"""The calling convention of the vendor's SDK: how the arguments of a call are checked, and what they become.

`prepare` turns an `Operation`, with the arguments of a call, into a request and the options of the call. Nothing here
does I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import pandadoc_client
from pandadoc_client._calls.encoding import (
    encode_body,
    encode_path,
    encode_query,
    file_fields,
    flatten,
    plain,
    text,
    unwrapped,
)
from pandadoc_client._calls.model import UNSET, EnumerationOf, Model, ModelOf, decode_date, decode_datetime
from pandadoc_client._calls.operation import Operation, date, datetime, file_type, none_type
from pandadoc_client._calls.sources import is_source
from pandadoc_client._http.lazily import is_of
from pandadoc_client._http.messages import Request, Response, check_headers
from pandadoc_client._http.retry import RetryPolicy, Timeout
from pandadoc_client._http.secrets import header_secrets, hide, hide_headers, type_name
from pandadoc_client._http.values import NOTHING
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = [
    "PreparedCall",
    "RequestParts",
    "build_request",
    "decode_response",
    "default_timeout",
    "prepare",
    "select_accept",
    "select_content_type",
]

_REPLAYABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})  # RFC 9110 §9.2.2
_DEFAULTS: Mapping[str, Any] = {
    "async_req": False,
    "_return_http_data_only": True,
    "_preload_content": True,
    "_check_input_type": True,
    "_check_return_type": True,
    "_spec_property_naming": False,
    "_request_timeout": None,
    "_content_type": None,
    "_host_index": None,
    "_request_retries": None,
    "_extra_headers": None,
    "_extra_query": None,
    "_extra_body": None,
}
_OPTION_TYPES: Mapping[str, tuple[type, ...]] = {
    **{name: (bool,) for name, default in _DEFAULTS.items() if default is not None},
    "_content_type": (none_type, str),
    "_host_index": (none_type, int),
    "_extra_headers": (none_type, Mapping),
    "_extra_query": (none_type, Mapping),
    "_extra_body": (none_type, Mapping),
}
# What may be given for a type that a parameter is declared with, since it means the same on the wire.
_STAND_INS: Mapping[Any, Callable[[Any], bool]] = {
    str: lambda value: is_of(value, "uuid", "UUID"),
    float: lambda value: isinstance(value, int) or is_of(value, "decimal", "Decimal"),
    dict: lambda value: isinstance(value, Mapping),
}


class PreparedCall(NamedTuple):
    """A call that is ready to be made.

    Attributes:
        request: What to send.
        timeout: Its limits.
        authenticated: Whether an ``httpx.Auth`` of the configuration applies.
        response_type: What the response is decoded to.
        other_results: The same for successes of another kind, by status.
        data_only: False to return status and headers, too.
        preload: False to leave the body unread.
        in_thread: True to call in a thread of the client's pool.
        retries: How often to try again; None for as often as the client does.
    """

    request: Request
    timeout: Timeout
    authenticated: bool
    response_type: tuple[Any, ...] | None
    data_only: bool
    preload: bool
    in_thread: bool
    retries: RetryPolicy | None = None
    other_results: Mapping[int, tuple[Any, ...] | None] = NOTHING


class RequestParts:
    """The parts of a request before they are encoded; names are those on the wire."""

    __slots__ = (
        "body",
        "body_name",
        "collections",
        "files",
        "form",
        "header",
        "operation_id",
        "path",
        "query",
        "secrets",
    )

    def __init__(
        self,
        *,
        path: list[tuple[str, Any]] | None = None,
        query: list[tuple[str, Any]] | None = None,
        header: dict[str, Any] | None = None,
        form: list[tuple[str, Any]] | None = None,
        files: dict[str, Any] | None = None,
        body: Any = None,
        operation_id: str = "",
        collections: dict[str, str] | None = None,
    ) -> None:
        self.path = path or []
        self.query = query or []
        self.header = header or {}
        self.form = form or []
        self.files = files or {}
        self.body = body
        self.body_name = "body"
        self.operation_id = operation_id
        self.collections = collections or {}
        self.secrets: list[str] = []


def prepare(
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    configuration: pandadoc_client.Configuration,
    build: Callable[..., Request],
    stacklevel: int,
) -> PreparedCall:
    """Check the arguments of a call and return what is to be sent.

    Args:
        operation: What is called.
        arguments: Arguments and options by name. Fields of a form and parameters of a query go out in the order of
            the operation's parameters.
        configuration: Host and checks.
        build: Makes the request of its parts: the client's, which knows its headers and credentials.
        stacklevel: How far up the stack the user's call is, for warnings.

    Raises:
        ApiTypeError: An argument is of the wrong type, or not known.
        ApiValueError: An argument is missing, or has a value that cannot be sent.
    """
    given = operation.given(arguments)
    options = _options(operation, given)
    host = configuration.call_host(operation.operation_id, options["_host_index"])
    timeout = configuration.call_timeout(options["_request_timeout"])
    is_given = options["_request_timeout"] is not None
    parts = _gather(operation, given, check=options["_check_input_type"])
    if operation.token_request:
        from pandadoc_client._http.form import warn_about_form  # needed for this one only

        warn_about_form(dict(parts.form), stacklevel=stacklevel + 1)
    parts.header["Accept"] = select_accept(operation.accept)
    if options["_extra_headers"]:
        check_headers("_extra_headers", options["_extra_headers"])
        parts.header = _merged(parts.header, hide_headers(options["_extra_headers"]))
    if options["_extra_query"]:
        parts.query += options["_extra_query"].items()
    if options["_extra_body"]:
        parts.body = _extended(operation, parts, options["_extra_body"])
    retries = options["_request_retries"]
    content_type = options["_content_type"] or (_content_type(operation, parts) if operation.content_types else None)
    request = build(operation.method, host + operation.path, parts, content_type, operation.auth)
    return PreparedCall(
        request=request,
        timeout=timeout if is_given or request.content is None else default_timeout(request, timeout),
        authenticated=bool(operation.auth),
        response_type=operation.response_type,
        other_results=operation.other_results,
        data_only=options["_return_http_data_only"],
        preload=options["_preload_content"],
        in_thread=options["async_req"],
        retries=None if retries is None else RetryPolicy.of(retries),
    )


def _extended(operation: Operation[Any], parts: RequestParts, members: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the JSON object in the body with more members.

    Raises:
        ApiValueError: The body is none.
    """
    body = {} if parts.body is None else plain(parts.body, parts.body_name)
    if "application/json" not in operation.content_types or parts.files or not isinstance(body, Mapping):
        raise ApiValueError("_extra_body is for operations whose body is a JSON object", ["_extra_body"])
    return {**body, **members}


def default_timeout(request: Request, timeout: Timeout) -> Timeout:
    """Return the limits of a call that names none. A file may take as long as it moves: only single steps have one."""
    streamed = not (request.content is None or isinstance(request.content, bytes))
    return timeout.replace(total=None) if streamed else timeout


def _options(operation: Operation[Any], arguments: dict[str, Any]) -> Mapping[str, Any]:
    """Take the options out of *arguments*, check them, and return them with their defaults."""
    given: dict[str, Any] = {}
    for name in list(arguments):
        if name in _DEFAULTS:
            given[name] = arguments.pop(name)
        elif name not in operation.by_name:
            raise ApiTypeError(f"Got an unexpected parameter '{name}' to method `{operation.operation_id}`")
    for name, value in given.items():
        if name in _OPTION_TYPES:
            _check_type(name, value, _OPTION_TYPES[name], [name])
    return {**_DEFAULTS, **given} if given else _DEFAULTS


def _gather(operation: Operation[Any], arguments: Mapping[str, Any], check: bool) -> RequestParts:
    """Check the arguments, those that are given, and sort them by where they go."""
    parts = RequestParts(operation_id=operation.operation_id)
    for name in operation.required:
        if name not in arguments:
            raise ApiValueError(f"Missing the required parameter `{name}` when calling `{operation.operation_id}`")
    for name, value in arguments.items():
        parameter = operation.by_name[name]
        if parameter.names:
            value = _numbered(name, value, parameter.names)
        if check:
            _check_type(name, value, parameter.types, [name])
        if parameter.secret:
            value = hide(value)
            if isinstance(value, str):
                parts.secrets.append(value)
        if parameter.collection:
            parts.collections[parameter.wire] = parameter.collection
        if parameter.location == "body":
            parts.body, parts.body_name = value, name
        elif parameter.location == "header":
            parts.header[parameter.wire] = value
        elif parameter.is_file:
            parts.files[parameter.wire] = value if isinstance(value, list) else [value]
        else:
            getattr(parts, parameter.location).append((parameter.wire, value))
    return parts


def _numbered(name: str, value: Any, names: Mapping[str, EnumerationOf]) -> Any:
    """Return *value* with numbers for the names in it, or for the name that it is.

    Raises:
        ApiValueError: A text is no name; the message has those that there are.
    """
    if "" in names:
        return _number([name], value, names[""])
    if not isinstance(value, Mapping | Model):
        return value
    return {**value, **{key: _number([name, key], value[key], names[key]) for key in names if key in value}}


def _number(path: list[str | int], value: Any, enumeration: EnumerationOf) -> Any:
    if not isinstance(value, str):
        return value
    numbers = enumeration.numbers
    if value not in numbers:
        known = ", ".join(name for name in numbers if "." not in name)
        raise ApiValueError(f"{'.'.join(map(str, path))}: {value[:40]!r} is not one of {known}", path)
    return numbers[value]


def _check_type(name: str, value: Any, types: tuple[Any, ...], path: list[str | int]) -> None:
    """Refuse a value that is of none of *types*, naming it.

    Raises:
        ApiTypeError: Its message says what was required; it never shows the value.
    """
    if type(value) in types or any(_is_a(value, kind) for kind in types):
        return
    for kind in types:
        if isinstance(kind, list) and _is_array(value):
            for index, item in enumerate(value):
                _check_type(str(index), item, tuple(kind), [*path, index])
            return
    wanted = " or ".join("list" if isinstance(kind, list) else kind.__name__ for kind in types)
    article = "one of " if len(types) > 1 else ""
    raise ApiTypeError(
        f"Invalid type for variable '{name}'. Required value type is {article}{wanted} "
        f"and passed type was {type_name(value)}",
        path_to_item=path,
        valid_classes=tuple(list if isinstance(kind, list) else _class_of(kind) for kind in types),
        key_type=False,
    )


def _is_a(value: Any, kind: Any) -> bool:
    """Whether *value* is of a class, or stands for a value of it on the wire.

    A bool is no number, and a point in time is no day, for all that Python says.
    """
    if isinstance(kind, list):
        return False
    if kind is file_type:
        return is_source(value)
    value = unwrapped(value)
    if isinstance(value, bool) or (kind is date and isinstance(value, datetime)):
        return kind is bool or kind is object
    return isinstance(value, _class_of(kind)) or (kind in _STAND_INS and _STAND_INS[kind](value))


def _is_array(value: Any) -> bool:
    if isinstance(value, str | bytes | bytearray | memoryview):
        return False
    return isinstance(value, Sequence | Set) or isinstance(unwrapped(value), list)


def _class_of(kind: Any) -> Any:
    return kind.load() if isinstance(kind, ModelOf) else kind


def select_accept(accepts: Sequence[str]) -> str:
    """Return the Accept header: JSON where that is one of the types, else all of them."""
    lowered = [accept.lower() for accept in accepts]
    if "application/json" in lowered:
        return "application/json"
    return ", ".join(lowered) or "*/*"


def select_content_type(content_types: Sequence[str]) -> str:
    """Return the Content-Type header: JSON where that is one of the types, else the first of them."""
    lowered = [content_type.lower() for content_type in content_types]
    if not lowered or "application/json" in lowered or "*/*" in lowered:
        return "application/json"
    return lowered[0]


def _content_type(operation: Operation[Any], parts: RequestParts) -> str | None:
    """Return the Content-Type of a call: a form's unless a body is given, where both would be possible.

    A form without fields has none, as in the vendor's SDK.
    """
    forms = [kind for kind in operation.content_types if "form" in kind.lower()]
    chosen = forms if forms and parts.body is None else operation.content_types
    return select_content_type(chosen) if chosen else None


def build_request(
    method: str,
    url: str,
    parts: RequestParts,
    content_type: str | None,
    headers: Mapping[str, Any],
    safe: str,
    response_limit: int | None,
) -> Request:
    """Return the request of its *parts*; *headers* are those of the client and win over the call's own.

    Raises:
        ApiValueError: A part cannot be encoded; the message names it.
    """
    # Most calls have parts of one or two kinds, and every step costs.
    path = encode_path(url, flatten(parts.path, parts.collections), safe) if parts.path or not url.isascii() else url
    query = encode_query(_flat(parts.query, parts)) if parts.query else ""
    fields = _flat(parts.form, parts) if parts.form else []
    files = file_fields(parts.files) if parts.files else []
    data: Any
    sent_type: str | None
    data, sent_type = None, content_type
    if content_type is not None or parts.body is not None or fields or files:
        data, sent_type = encode_body(content_type, parts.body, fields, files, parts.body_name)
    header = _flat(parts.header.items(), parts) if parts.collections else parts.header.items()
    own = {name: value for name, value in header if value is not None and value is not UNSET}
    if sent_type is not None:
        own["Content-Type"] = sent_type
    # Spaces around a value are no part of it (RFC 9110 §5.5), and go.
    merged = {name: text(name, value).strip(" \t") for name, value in _merged(own, headers).items()}
    return Request(
        method=method,
        url=f"{path}{'&' if '?' in path else '?'}{query}" if query else path,
        headers=merged,
        content=data,
        replayable=method in _REPLAYABLE,
        secrets=(*parts.secrets, *header_secrets(merged)),
        response_limit=response_limit,
        operation=parts.operation_id,
        template=url,
    )


def _flat(pairs: Iterable[tuple[str, Any]], parts: RequestParts) -> list[tuple[str, Any]]:
    return flatten([(name, value) for name, value in pairs if value is not UNSET], parts.collections)


def _merged(own: Mapping[str, Any], winning: Mapping[str, Any]) -> dict[str, Any]:
    """Return both sets of headers in one; names that differ by case only are one header."""
    names = {name.lower() for name in winning}
    return {**{name: value for name, value in own.items() if name.lower() not in names}, **winning}


def decode_response(
    response: Response, response_type: tuple[Any, ...] | None, missing_is_none: bool, folder: str | None = None
) -> Any:
    """Return the body of a success as *response_type*; whatever its shape, it is not refused.

    Args:
        response: The response.
        response_type: What its body is decoded to.
        missing_is_none: Whether a field reads as None that is missing.
        folder: Where the file of a download is made when somebody asks for its name.

    Raises:
        ApiDecodeError: The body should be JSON and is not.
    """
    if response_type is None or response.status in (204, 205):
        return None
    if response_type == (file_type,):
        from pandadoc_client._calls.downloaded import DownloadedFile  # few calls return a file

        return DownloadedFile(response, folder)
    if response_type == (str,) and "json" not in (response.getheader("content-type") or ""):
        return response.text
    return _decode(response.json(), response_type, missing_is_none)


def _decode(raw: Any, response_type: tuple[Any, ...], missing_is_none: bool) -> Any:
    for kind in response_type:
        if kind is datetime or kind is date:
            return decode_datetime(raw) if kind is datetime else decode_date(raw)
        if hasattr(kind, "decode") and isinstance(raw, dict):  # a model of this package, or of another generated one
            return kind.decode(raw, missing_is_none)
        if isinstance(kind, list) and isinstance(raw, list):
            return [_decode(item, tuple(kind), missing_is_none) for item in raw]
        if isinstance(kind, dict) and isinstance(raw, dict):
            inner = next(iter(kind.values()))
            kinds = inner if isinstance(inner, tuple) else (inner,)
            return {name: _decode(item, kinds, missing_is_none) for name, item in raw.items()}
    return raw
