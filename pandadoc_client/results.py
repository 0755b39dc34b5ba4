"""Other forms of a result: with status and headers, with its body unread, from a thread.

Each function takes a method of an API class and returns one with the same arguments:

    data, status, headers = raw(pd.documents.list_documents)(count=5)
    response = streamed(pd.documents.download_document)("id")
    handle = in_thread(pd.documents.list_documents)(count=5)

`as_tool` returns one without the options of a call, for what makes tools of functions. The others do what
``_return_http_data_only=False``, ``_preload_content=False`` and ``async_req=True`` do among the arguments
of a call, as with the vendor's SDK, and a type checker knows what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar, overload

import pandadoc_client

__all__ = ["ResultHandle", "as_tool", "in_thread", "raw", "streamed"]

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ResultHandle(Protocol[T_co]):
    """The result of a call in a thread; a ``multiprocessing.pool.AsyncResult``."""

    def get(self, timeout: float | None = None) -> T_co:
        """Wait for the result, *timeout* seconds at the most, and return it, or raise what the call raised.

        Raises:
            TimeoutError: A ``multiprocessing.TimeoutError``: the call takes longer. It goes on.
        """
        ...

    def wait(self, timeout: float | None = None) -> None:
        """Wait until there is a result, *timeout* seconds at the most."""
        ...

    def ready(self) -> bool:
        """Return whether there is a result."""
        ...

    def successful(self) -> bool:
        """Return whether the call succeeded; a ``ValueError`` while there is no result."""
        ...


@overload
def raw(  # type: ignore[overload-overlap]  # a coroutine is a result, too; the first overload is meant for it
    method: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, tuple[T, int, pandadoc_client.rest.Headers]]]: ...


@overload
def raw(method: Callable[P, T]) -> Callable[P, tuple[T, int, pandadoc_client.rest.Headers]]: ...


def raw(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return *method* so that its result is ``(data, status, headers)``.

    Args:
        method: A method of an API class that makes one call, blocking or not: ``pd.documents.list_documents``.

    Raises:
        TypeError: The method makes no call, or several. This is raised by the call.
    """
    return partial(method, _return_http_data_only=False)


@overload
def streamed(  # pyright: ignore[reportOverlappingOverload]  # as above
    method: Callable[P, Coroutine[Any, Any, Any]],
) -> Callable[P, Coroutine[Any, Any, pandadoc_client.rest.AsyncStreamedResponse]]: ...


@overload
def streamed(method: Callable[P, Any]) -> Callable[P, pandadoc_client.rest.StreamedResponse]: ...


def streamed(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return *method* so that its result is the response with its body unread; close it after use.

    Args:
        method: A method of an API class that makes one call, blocking or not: ``pd.documents.download_document``.

    Raises:
        TypeError: The method makes no call, or several. This is raised by the call.
    """
    return partial(method, _preload_content=False)


def in_thread(method: Callable[P, T]) -> Callable[P, ResultHandle[T]]:
    """Return *method* so that it is called in a thread of the client; the result is a handle, whose ``get()`` waits.

    Args:
        method: A blocking method of an API class that makes one call: ``pd.documents.list_documents``.

    Raises:
        TypeError: The method makes no call, or several. This is raised by the call.
        ApiValueError: The method is one for asyncio, which needs no thread.
    """
    started: Callable[..., Any] = method
    return partial(started, async_req=True)


def as_tool(method: Callable[P, T]) -> Callable[P, T]:
    """Return *method* with its own arguments alone, for programs that make a tool of a function.

    LangChain, FastMCP and their like make a schema of every argument, and take no ``**kwargs``: the options of a call
    (``_request_timeout`` and so on) are left out, and all annotations are types and not texts.

    Args:
        method: A method of an API class, blocking or not: ``pd.documents.details_document``.
    """
    import functools
    import inspect
    import typing

    called: Callable[..., Any] = method

    async def in_the_loop(*arguments: Any, **named: Any) -> Any:
        return await called(*arguments, **named)

    def blocking(*arguments: Any, **named: Any) -> Any:
        return called(*arguments, **named)

    tool: Any = in_the_loop if inspect.iscoroutinefunction(method) else blocking
    functools.update_wrapper(tool, method)
    hints = typing.get_type_hints(method)
    own = [
        parameter.replace(annotation=hints.get(parameter.name, Any))
        for parameter in inspect.signature(method).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]
    returned = hints.get("return", Any)
    tool.__signature__ = inspect.Signature(own, return_annotation=returned)
    tool.__annotations__ = {**{parameter.name: parameter.annotation for parameter in own}, "return": returned}
    result: Callable[P, T] = tool
    return result
