"""Any list, of any length, in pages of any size, that changes in any way while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pandadoc_client import PandaDoc
from pandadoc_client.exceptions import ApiDecodeError
from pandadoc_client.pagination import Pages, Paging

from .server import ListServer, Page

STYLES = {
    "count": Paging(items="results", position="page", size="count", page_size=50, largest=100, key="id"),
    "no cap": Paging(items="results", position="page", size="count", page_size=50, key="id"),
    "total": Paging(items="results", position="page", size="count", page_size=50, largest=50, key="id", total="total"),
    "limit": Paging(
        items="results",
        position="offset",
        size="limit",
        first=0,
        by_items=True,
        page_size=100,
        largest=100,
        key="id",
        count="count",
    ),
    "more": Paging(items="results", position="page", size="per_page", page_size=50, key="id", more="more"),
    "more and total": Paging(
        items="results", position="page", size="per_page", page_size=50, key="id", more="more", total="total"
    ),
}
Change = tuple[int, int]
"""Where items are put into a list, as a number that is taken modulo its length, and how many; negative to remove."""


def items(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": name} for name in names]


def walk(
    paging: Paging, total: int, size: int, changes: Sequence[Change], signals: bool, limit: int | None = None
) -> tuple[list[str], int]:
    """Read a list that changes after each response; return what was found, and the number of requests."""
    names = [f"old {number}" for number in range(total)]
    pages = Pages(paging, size, limit)
    found: list[str] = []
    requests = 0
    while (asked := pages.request()) is not None:
        requests += 1
        assert requests <= 10 * (total + sum(abs(many) for _, many in changes)) + 10, "it does not end"
        length = asked[paging.size]
        start = asked[paging.position] if paging.by_items else (asked[paging.position] - paging.first) * length
        page = names[start : start + length]
        more = start + len(page) < len(names)
        told = {"total": len(names), "count": len(names), "more": more} if signals else {}
        found += [item["id"] for item in pages.take({"results": items(page), **told})]
        if requests <= len(changes):
            at, many = changes[requests - 1]
            at %= len(names) + 1
            if many >= 0:
                names[at:at] = [f"new {requests}.{number}" for number in range(many)]
            else:
                del names[at : at - many]
    return found, requests


styles = st.sampled_from(sorted(STYLES)).map(STYLES.__getitem__)
sizes = st.integers(1, 12)
totals = st.integers(0, 60)


@given(styles, totals, sizes, st.booleans())
def test_every_item_comes_once_and_in_order(paging: Paging, total: int, size: int, signals: bool) -> None:
    found, requests = walk(paging, total, size, (), signals)
    assert found == [f"old {number}" for number in range(total)]
    assert requests <= -(-total // size) + 1


@given(styles, totals, sizes, st.booleans(), st.integers(0, 80))
def test_a_limit_gives_the_first_items(paging: Paging, total: int, size: int, signals: bool, limit: int) -> None:
    found, requests = walk(paging, total, size, (), signals, limit)
    assert found == [f"old {number}" for number in range(min(total, limit))]
    assert requests <= -(-limit // size) + (limit > total)


@given(styles, totals, sizes, st.booleans(), st.data())
def test_fewer_items_than_a_page_holds_may_be_added_between_any_two_pages(
    paging: Paging, total: int, size: int, signals: bool, data: st.DataObject
) -> None:
    changes = data.draw(st.lists(st.tuples(st.integers(0, 200), st.integers(0, size - 1)), max_size=10))
    found, _ = walk(paging, total, size, changes, signals)
    assert [name for name in found if name.startswith("old")] == [f"old {number}" for number in range(total)]
    assert len(found) == len(set(found))


@given(
    styles, totals, sizes, st.booleans(), st.lists(st.tuples(st.integers(0, 200), st.integers(-30, 30)), max_size=20)
)
def test_whatever_is_added_or_removed_nothing_comes_twice_and_there_is_an_end(
    paging: Paging, total: int, size: int, signals: bool, changes: list[Change]
) -> None:
    found, _ = walk(paging, total, size, changes, signals)
    assert len(found) == len(set(found))
    removed = sum(-many for _, many in changes if many < 0)
    if all(many <= 0 for _, many in changes):  # nothing was added: each that was removed lets one slip past at most
        assert len(found) >= total - 2 * removed


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["results", "id", "total", "count", "more"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(styles, st.lists(anything, max_size=10))
def test_an_answer_without_a_list_changes_nothing_and_the_same_one_again_is_the_end(
    paging: Paging, answers: list[Any]
) -> None:
    pages = Pages(paging)
    for answer in answers:
        if (asked := pages.request()) is None:
            break
        try:
            pages.take(answer)
        except ApiDecodeError:
            assert pages.request() == asked
    else:
        for _ in range(3):
            if pages.request() is None:
                break
            pages.take({"results": [{"id": "the same"}], "more": True, "total": 10**9, "count": 10**9})
        assert pages.request() is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(total=totals, size=sizes, added=st.lists(st.integers(0, 11), max_size=8))
def test_over_real_sockets_too(pd: PandaDoc, server: ListServer, total: int, size: int, added: list[int]) -> None:
    old = [f"old {number}" for number in range(total)]
    server.items, left = items(old), list(added)

    def answer(page: Page) -> tuple[int, Any]:
        if left:
            many = min(left.pop(), size - 1)
            server.items[:0] = items([f"new {len(left)}.{number}" for number in range(many)])
        return 200, {"results": page.items}

    server.answer = answer
    found = [item["id"] for item in pd.documents.iterate_documents(page_size=size)]
    assert [name for name in found if name.startswith("old")] == old
    assert len(found) == len(set(found))
