"""Which operations list something, and how their pages are turned: read from parameters and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .document import resolve

__all__ = ["Paging", "QueryParameter", "paging_of"]

QueryParameter = tuple[str, dict[str, Any]]
"""A parameter of the query: its argument, and its object in the document."""

_OPTIONS = frozenset({"max_items", "page_size"})  # what an iterator takes besides the filters of its operation
_VERBS = ("list_", "get_", "search_")
# Pairs of parameters that turn pages: where, how many, and whether the former counts items and not pages.
_STYLES = (
    ("page", "count", False),
    ("page", "per_page", False),
    ("page", "page_size", False),
    ("offset", "limit", True),
)
_LISTS = ("results", "items")
_IDENTITIES = ("id", "uuid")
_MORE = ("has_next_page", "has_more_items", "has_more")
_NUMBERS = ("integer", "number")
_USUAL_SIZE = 50  # of a list whose largest page the document does not say
_MOST = 100  # of a list whose pages may be larger than anybody wants to wait for
# The largest page where the document says it in words only, by operation.
_LARGEST = {"listDocuments": 100}


@dataclass(frozen=True, kw_only=True)
class Paging:
    """How an operation's list is read.

    Attributes:
        name: Name of the method that iterates.
        item: Type of the items, for a type checker.

    The other attributes are those of ``pandadoc_client.pagination.Paging``, which describes them.
    """

    name: str
    item: str
    items: str
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

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of the operation that the iterator fills in; none for a list that comes at once."""
        return (self.position, self.size) if self.position else ()

    @property
    def code(self) -> str:
        """What the constructor of the package's description is given."""
        given = {name: value for name, value in vars(self).items() if name not in ("name", "item")}
        return ", ".join(f"{name}={value!r}" for name, value in given.items() if value != getattr(Paging, name, None))

    @property
    def sizes(self) -> str:
        """Which page sizes may be asked for, in words."""
        return f"1 to {self.largest}" if self.largest else "1 or more"


def paging_of(
    document: dict[str, Any],
    operation: dict[str, Any],
    name: str,
    answer: dict[str, Any] | None,
    query: Mapping[str, QueryParameter],
    annotation: Callable[[dict[str, Any]], str],
) -> Paging | None:
    """Return how to read what an operation lists; None for one that lists nothing.

    A list is what has parameters that turn pages, or is called a list; and answers with an array, or an object with
    one array that can be meant.

    Args:
        document: The document, repaired.
        operation: The operation, a GET.
        name: Name of its method.
        answer: Schema of its answer.
        query: Its parameters in the query, by name.
        annotation: Returns the type of a schema.
    """
    found = _items(document, answer)
    if found is None:
        return None
    field, item = found
    noun = _noun(name)
    paging = Paging(name=f"iterate_{noun}", item=annotation(item), items=field)
    for position, size, by_items in _STYLES:
        if _turns(document, query.get(position)) and _turns(document, query.get(size)):
            paging = replace(
                paging,
                position=query[position][0],
                size=query[size][0],
                first=0 if by_items else _first_page(document, query[position][1]),
                by_items=by_items,
                **_sizes(document, query[size][1], operation["operationId"]),
                key=_key(document, item, noun),
                **_signals(document, answer or {}),
            )
            break
    filters = {argument for argument, _ in query.values()} - set(paging.arguments)
    is_list = paging.position or name.startswith("list_")
    return paging if is_list and not filters & _OPTIONS else None


def _noun(name: str) -> str:
    """Return a method's name without the words that say that it lists: ``get_workspaces_list`` lists workspaces."""
    verb = next((verb for verb in _VERBS if name.startswith(verb)), "")
    return name.removeprefix(verb).removesuffix("_list") or name


def _items(document: dict[str, Any], answer: dict[str, Any] | None) -> tuple[str, dict[str, Any]] | None:
    """Return the field of an answer that holds the list, nothing for an answer that is the list; and its items."""
    schema = resolve(document, answer or {})
    if schema.get("type") == "array":
        return "", schema.get("items", {})
    fields = {name: resolve(document, field) for name, field in schema.get("properties", {}).items()}
    arrays = {name: field.get("items", {}) for name, field in fields.items() if field.get("type") == "array"}
    usual = [name for name in _LISTS if name in arrays]
    chosen = usual[:1] or (list(arrays) if len(arrays) == 1 else [])
    return (chosen[0], arrays[chosen[0]]) if chosen else None


def _turns(document: dict[str, Any], parameter: QueryParameter | None) -> bool:
    return parameter is not None and resolve(document, parameter[1]["schema"]).get("type") in _NUMBERS


def _first_page(document: dict[str, Any], parameter: dict[str, Any]) -> int:
    """Return the number of the first page: 0 if that is the example, else 1."""
    examples = (parameter.get("example"), resolve(document, parameter["schema"]).get("example"))
    return 0 if 0 in examples else 1


def _sizes(document: dict[str, Any], parameter: dict[str, Any], operation_id: str) -> dict[str, Any]:
    schema = resolve(document, parameter["schema"])
    largest = schema.get("maximum", _LARGEST.get(operation_id))
    if largest is None:
        return {"page_size": _USUAL_SIZE}
    return {"page_size": min(int(largest), _MOST), "largest": int(largest)}


def _signals(document: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an answer that tell where the list ends."""
    fields = resolve(document, answer).get("properties", {})
    types = {name: resolve(document, field).get("type") for name, field in fields.items()}
    numbers = {name: name for name in ("total", "count") if types.get(name) in _NUMBERS}
    return {"more": next((name for name in _MORE if types.get(name) == "boolean"), ""), **numbers}


def _key(document: dict[str, Any], item: dict[str, Any], noun: str) -> str:
    """Return the field that tells one item from another: ``id``, ``uuid``, or ``user_id`` for users."""
    fields = resolve(document, item).get("properties", {})
    own = [f"{noun.removesuffix('s')}_{name}" for name in _IDENTITIES]
    return next((name for name in (*_IDENTITIES, *own) if name in fields), "")
