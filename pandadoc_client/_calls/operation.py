"""What an API class says of its operations, and the types of what its methods take."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Generic, Literal, TypedDict, TypeVar

from pandadoc_client._calls.model import UNSET, EnumerationOf, ModelOf, one_of
from pandadoc_client._calls.sources import FileArgument
from pandadoc_client._http.retry import RetryPolicy
from pandadoc_client._http.values import NOTHING, Value

__all__ = [
    "AsyncOptions",
    "FileArgument",
    "OneOf",
    "Operation",
    "Options",
    "Parameter",
    "date",
    "datetime",
    "file_type",
    "none_type",
]

T = TypeVar("T")

file_type = io.IOBase
none_type = type(None)

RequestTimeout = float | tuple[float | None, float | None] | None


class AsyncOptions(TypedDict, total=False):
    """Options that every API method takes besides its own arguments.

    ``_request_timeout``: seconds for the whole call, or a pair of seconds for the connection and for each read.
    ``_check_input_type``: False to send arguments of other types than declared.
    ``_check_return_type`` and ``_spec_property_naming``: accepted; answers are never refused for their types, and names
    are those of the document.
    ``_content_type``: another media type for the body.
    ``_host_index``: which of the servers to call.
    ``_request_retries``: how often to try again, or a ``RetryPolicy``, in place of the client's.
    ``_extra_headers``: more header fields; those of the client and the credentials win over them.
    ``_extra_query``: more parameters of the query, behind those of the operation.
    ``_extra_body``: more members of a JSON object in the body; they win over those of the same name.
    ``_return_http_data_only``: False to get ``(data, status, headers)``.
    ``_preload_content``: False to get the response with its body unread.
    """

    _return_http_data_only: Literal[True]
    _preload_content: Literal[True]
    _request_timeout: RequestTimeout
    _check_input_type: bool
    _check_return_type: bool
    _spec_property_naming: bool
    _content_type: str | None
    _host_index: int | None
    _request_retries: int | RetryPolicy | None
    _extra_headers: Mapping[str, str] | None
    _extra_query: Mapping[str, object] | None
    _extra_body: Mapping[str, object] | None


class Options(AsyncOptions, total=False):
    """`AsyncOptions`, and ``async_req``: True to call in a thread and get a handle whose ``get()`` has the result."""

    async_req: Literal[False]


class OneOf:
    """One of several models in a type.

    Args:
        members: The models.
        by: A field that tells them apart, and the position of the member for each of its values.
    """

    __slots__ = ("decode",)

    def __init__(self, *members: ModelOf, by: tuple[str, Mapping[str, int]] | None = None) -> None:
        self.decode = one_of(*members, by=by)


class Parameter(Value):
    """A parameter of an operation.

    Attributes:
        name: Its name as an argument.
        wire: Its name on the wire.
        location: ``path``, ``query``, ``header``, ``form`` or ``body``.
        types: What a value may be: classes, models, and for arrays a list that holds the types of their items.
        required: Whether it must be given.
        secret: Whether messages must mask it.
        collection: How an array is sent: ``multi`` or ``csv``.
        names: The enumerations of numbers that may be given by name: by fields of an object, of the value itself by
            ``""``.
    """

    name: str
    wire: str
    location: str
    types: tuple[Any, ...]
    required: bool = False
    secret: bool = False
    collection: str = ""
    names: Mapping[str, EnumerationOf] = NOTHING

    @property
    def numbers(self) -> Mapping[str, int]:
        """What a name stands for that may be given for a number."""
        return self.names[""].numbers if "" in self.names else {}

    @property
    def is_file(self) -> bool:
        """Whether it takes a file, or several."""
        return self.types in ((file_type,), ([file_type],))

    @property
    def may_be_none(self) -> bool:
        """Whether None means that it is not given."""
        return not (self.required or self.location == "body" or self.is_file)


class Operation(Value, Generic[T], kw_only=True):
    """An operation of the API; *T* is the type of what a call returns.

    Attributes:
        operation_id: Name of the method.
        method: HTTP method.
        path: Path with its parameters in braces.
        parameters: What it takes.
        accept: Media types of its responses.
        content_types: Media types that its body may have.
        auth: Security schemes that it takes; none for an operation without a credential.
        response_type: What its response is decoded to, as the vendor's SDK writes types; None for no body.
        other_results: The same for successes of another kind, by status: a 202 has no file yet.
        token_request: True for the OAuth 2.0 token endpoint.
        summary: What it does, in a few words.
        description: What there is to know about it; empty if the summary says it all.
        body_schema: Name of the schema of its JSON body, or of the items of its body; empty for another body.
        meanings: What its parameters mean, by their names as arguments.
    """

    operation_id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    accept: tuple[str, ...]
    content_types: tuple[str, ...]
    auth: tuple[str, ...]
    response_type: tuple[Any, ...] | None
    other_results: Mapping[int, tuple[Any, ...] | None] = NOTHING
    token_request: bool = False
    summary: str = ""
    description: str = ""
    body_schema: str = ""
    meanings: Mapping[str, str] = NOTHING

    @functools.cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        """The parameters by their names as arguments."""
        return {parameter.name: parameter for parameter in self.parameters}

    @functools.cached_property
    def required(self) -> tuple[str, ...]:
        """The names of those that may be given by position, in their order."""
        return tuple(parameter.name for parameter in self.parameters if parameter.required)

    @functools.cached_property
    def left_out_by_none(self) -> frozenset[str]:
        """The names of those for which None means that they are not given: a method hands over all its arguments."""
        return frozenset(parameter.name for parameter in self.parameters if parameter.may_be_none)

    def given(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was given of *arguments*, in the order of the parameters; options come behind them.

        ``UNSET`` means that an argument is not given; ``None`` does so for what is optional, but for a body or a file,
        where it is rather a mistake.
        """
        found: dict[str, Any] = {}
        own = 0
        for name in self.by_name:
            if name in arguments:
                own += 1
                value = arguments[name]
                if value is not UNSET and (value is not None or name not in self.left_out_by_none):
                    found[name] = value
        if own < len(arguments):
            for name, value in arguments.items():
                if name not in self.by_name:
                    found[name] = value
        return found
