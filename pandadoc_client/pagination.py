"""Lists of any length: which page to ask for next, what in it is new, and where the list ends.

`Pages` decides and does no I/O. `ItemIterator` and `AsyncItemIterator` make the calls; they are what the methods
``iterate_…`` of the API classes return.

A list ends, whichever comes first:

* at an empty page;
* where the server says so: ``has_next_page`` or ``has_more_items`` is false, or ``total`` or ``count`` items have come;
* at the second page in a row without a new item, whatever the server says: then it repeats itself. One such page is
  forgiven, since items that are added meanwhile push those that are known to the next page.

A page that is shorter than was asked for is no end: the server may send fewer items a page than it says, or leave some
out. So a list whose end the server does not tell takes one request more, for the empty page behind the last item.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping
from typing import Any, TypedDict, TypeVar

import pandadoc_client
from pandadoc_client._calls.operation import Operation, RequestTimeout
from pandadoc_client._http.values import Value
from pandadoc_client.exceptions import ApiDecodeError, ApiException, ApiTypeError, ApiValueError

__all__ = [
    "AsyncItemIterator",
    "CallOptions",
    "ItemIterator",
    "Pages",
    "Paging",
]

T = TypeVar("T")

_OPTIONS = frozenset({"_check_input_type", "_host_index", "_request_timeout"})
_FORGIVEN = 1  # pages in a row that bring nothing new


class CallOptions(TypedDict, total=False):
    """Options that an iterator takes besides its own arguments; they are those of every call that it makes.

    ``_request_timeout``: seconds for the whole call, or a pair of seconds for the connection and for each read.
    ``_check_input_type``: False to send arguments of other types than declared.
    ``_host_index``: which of the servers to call.
    """

    _request_timeout: RequestTimeout
    _check_input_type: bool
    _host_index: int | None


class Paging(Value, kw_only=True):
    """How a list of the API is read.

    Attributes:
        items: The field of a response that holds the items; empty if the response is the list.
        position: The argument that says which page; empty for a list that comes at once.
        size: The argument that says how many items a page shall have.
        first: Number of the first page.
        by_items: True if ``position`` counts items and not pages.
        page_size: How many items to ask for unless the caller says otherwise.
        largest: How many may be asked for; None if that is not known.
        key: The field that tells one item from another; empty if there is none.
        more: The field that says whether another page follows.
        total: The field with the number of items of all pages.
        count: A field with a number of items, of all pages or of this one: that differs from list to list.
    """

    items: str = ""
    position: str = ""
    size: str = ""
    first: int = 1
    by_items: bool = False
    page_size: int = 0
    largest: int | None = None
    key: str = ""
    more: str = ""
    total: str = ""
    count: str = ""


class Pages:
    """The pages of one list, from the first on.

    Args:
        paging: How the list is read.
        page_size: How many items to ask for at a time; None for the usual number.
        max_items: Where to stop; None for no limit.

    Raises:
        ApiTypeError: A number is none.
        ApiValueError: It is too small, or more than the list allows.
    """

    def __init__(self, paging: Paging, page_size: int | None = None, max_items: int | None = None) -> None:
        self._paging = paging
        self._size = paging.page_size if page_size is None else _number("page_size", page_size, 1, paging.largest)
        self._left = max_items if max_items is None else _number("max_items", max_items, 0, None)
        if self._left:
            self._size = min(self._size, self._left)
        self._is_done = self._left == 0
        self._page = paging.first
        self._received = 0  # items that came, those that came again included
        self._useless = 0  # pages in a row without a new item
        self._latest: list[Any] | None = None
        self._known: set[Hashable] = set()

    def request(self) -> dict[str, int] | None:
        """Return the arguments that ask for the next page; None after the last one."""
        if self._is_done:
            return None
        paging = self._paging
        if not paging.position:
            return {}
        position = paging.first + self._received if paging.by_items else self._page
        return {paging.position: position, paging.size: self._size}

    def take(self, response: Any) -> list[Any]:
        """Take the page that was asked for, and return what in it is new, in its order.

        Raises:
            ApiDecodeError: The response has no list. The page is still the next one.
        """
        items = self._items(response)
        fresh = [item for item in items if self._is_new(item, items)] if self._paging.position else items
        self._page += 1
        self._received += len(items)
        self._useless = 0 if fresh else self._useless + 1
        self._is_done = self._is_last(response, len(items))
        self._latest = items
        if self._left is not None:
            fresh = fresh[: self._left]
            self._left -= len(fresh)
            self._is_done = self._is_done or not self._left
        return fresh

    def _items(self, response: Any) -> list[Any]:
        """Return the items of a response, of whatever shape it came."""
        name = self._paging.items
        found = response if isinstance(response, list) else _field(response, name)
        if not isinstance(found, list):  # not the end: who reads on would take a part of the list for all of it
            where = f"'{name}' in the response" if name else "The response"
            raise ApiDecodeError(
                200, f"{where} is no list, but {'missing or null' if found is None else 'another type'}"
            )
        return found

    def _is_new(self, item: Any, page: list[Any]) -> bool:
        """Return whether an item has not come before, and take note of it. Without a key only whole pages tell."""
        identity = _field(item, self._paging.key)
        if identity is None or not isinstance(identity, Hashable):
            return page != self._latest
        if identity in self._known:
            return False
        self._known.add(identity)
        return True

    def _is_last(self, response: Any, length: int) -> bool:
        paging = self._paging
        if not paging.position or not length or self._useless > _FORGIVEN:
            return True
        more = _field(response, paging.more)
        if isinstance(more, bool):
            return not more
        total = _field(response, paging.total)
        if _is_number(total):
            return bool(self._received >= total)
        count = _field(response, paging.count)
        # Else it may be the number of items on this page.
        return _is_number(count) and count > length and bool(self._received >= count)


class _Caller:
    """What both iterators share: what is asked for, and what became of it."""

    def __init__(self, operation: Operation[Any], paging: Paging, arguments: Mapping[str, Any]) -> None:
        options = {name: arguments[name] for name in ("page_size", "max_items") if name in arguments}
        filters = {name: value for name, value in arguments.items() if name not in options}
        _check_names(operation, paging, filters, options)
        self._operation = operation
        self._filters = filters
        self._pages = Pages(paging, **options)
        self._ready: deque[Any] = deque()

    def _arguments(self, page: Mapping[str, int]) -> dict[str, Any]:
        return {**self._filters, **page, "_return_http_data_only": False}

    def _take(self, result: tuple[Any, int, Any]) -> None:
        data, status, headers = result
        if self._operation.other_results.get(status) is not None:
            error = ApiException(status, f"{self._operation.operation_id} has no list yet")
            error.headers = headers
            raise error
        try:
            self._ready.extend(self._pages.take([] if status in (204, 205) else data))
        except ApiDecodeError as error:
            error.headers = headers
            raise


class ItemIterator(_Caller, Iterator[T]):
    """Iterates over the items of a list, blocking. For one thread at a time.

    An error leaves it where it was: going on asks for the same page again. A response without a list is an error, too,
    an `ApiDecodeError`; an empty list is the end.

    Args:
        client: Makes the calls.
        operation: What is called.
        paging: How its list is read.
        arguments: Arguments of the call, ``page_size`` and ``max_items``.

    Raises:
        ApiTypeError: An argument is of the wrong type, or not known.
        ApiValueError: ``page_size`` or ``max_items`` cannot be right.
    """

    def __init__(
        self, client: pandadoc_client.ApiClient, operation: Operation[Any], paging: Paging, arguments: Mapping[str, Any]
    ) -> None:
        super().__init__(operation, paging, arguments)
        self._client = client

    def __next__(self) -> T:
        while not self._ready:
            page = self._pages.request()
            if page is None:
                raise StopIteration
            self._take(self._client.call_operation(self._operation, self._arguments(page)))
        item: T = self._ready.popleft()
        return item


class AsyncItemIterator(_Caller, AsyncIterator[T]):
    """Iterates over the items of a list, for asyncio and trio; `ItemIterator` describes arguments and errors.

    For one task at a time. It holds nothing between the pages, so that a loop may be left at any point.
    """

    def __init__(
        self,
        client: pandadoc_client.AsyncApiClient,
        operation: Operation[Any],
        paging: Paging,
        arguments: Mapping[str, Any],
    ) -> None:
        super().__init__(operation, paging, arguments)
        self._client = client

    async def __anext__(self) -> T:
        while not self._ready:
            page = self._pages.request()
            if page is None:
                raise StopAsyncIteration
            self._take(await self._client.call_operation(self._operation, self._arguments(page)))
        item: T = self._ready.popleft()
        return item


def _check_names(
    operation: Operation[Any], paging: Paging, filters: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    """Refuse an argument that the iterator does not have.

    Raises:
        ApiTypeError: It names the argument.
    """
    own = f"the iterator of `{operation.operation_id}`"
    for name in filters:
        if paging.position and name in (paging.position, paging.size):
            raise ApiTypeError(f"Got the parameter '{name}' to {own}, which turns the pages; see page_size, max_items")
        if name not in operation.by_name and name not in _OPTIONS:
            raise ApiTypeError(f"Got an unexpected parameter '{name}' to {own}")
    if "page_size" in options and not paging.position:
        raise ApiTypeError(f"Got an unexpected parameter 'page_size' to {own}: this list comes at once")


def _number(name: str, value: Any, smallest: int, largest: int | None) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ApiTypeError(f"{name} must be a whole number (int), not {type(value).__name__}")
    if value < smallest or (largest is not None and value > largest):
        allowed = f"{smallest} or more" if largest is None else f"{smallest} to {largest}"
        raise ApiValueError(f"{name} must be {allowed}")
    return value


def _field(holder: Any, name: str) -> Any:
    """Return a field of a model or a dictionary; None for one that is not there, or where there are no fields."""
    get: Callable[[str], Any] | None = getattr(holder, "get", None) if name else None
    return None if get is None else get(name)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
