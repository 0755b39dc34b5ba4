"""What makes a list end and what does not, lists that change while they are read, and servers that are out of order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pandadoc_client import AsyncPandaDoc, PandaDoc
from pandadoc_client.api.folders_api_api import FoldersAPIApi
from pandadoc_client.exceptions import ApiDecodeError, ApiException, ApiTypeError, ApiValueError, ServiceException

from .conftest import Read
from .server import ListServer, Page


def documents(total: int) -> list[dict[str, Any]]:
    return [{"id": f"{number:04}", "name": f"number {number}"} for number in range(total)]


def ids(items: Sequence[Any]) -> list[str]:
    return [item["id"] for item in items]


def with_fields(**fields: Any) -> Callable[[Page], tuple[int, Any]]:
    """Answer with a page and further fields, which may be functions of the page."""

    def answer(page: Page) -> tuple[int, Any]:
        made = {name: value(page) if callable(value) else value for name, value in fields.items()}
        return 200, {"results": page.items, "items": page.items, **made}

    return answer


# --- Laziness


def test_nothing_is_asked_for_before_the_first_item_is_needed(pd: PandaDoc, server: ListServer) -> None:
    server.items = documents(5)
    iterator = pd.documents.iterate_documents(page_size=2)
    assert server.pages == []
    assert next(iterator).name == "number 0"
    assert len(server.pages) == 1


def test_a_page_is_asked_for_when_its_first_item_is_needed(pd: PandaDoc, server: ListServer) -> None:
    server.items = documents(5)
    seen = []
    for item in pd.documents.iterate_documents(page_size=2):
        seen.append((item.id, len(server.pages)))
        if len(seen) == 3:
            break
    assert seen == [("0000", 1), ("0001", 1), ("0002", 2)]
    assert len(server.pages) == 2


async def test_a_loop_of_asyncio_may_be_left_without_a_further_request(
    async_pd: AsyncPandaDoc, server: ListServer
) -> None:
    server.items = documents(5)
    iterator = async_pd.documents.iterate_documents(page_size=2)
    assert server.pages == []
    async for item in iterator:
        assert item.id == "0000"
        break
    assert len(server.pages) == 1
    assert ids([item async for item in iterator]) == ["0001", "0002", "0003", "0004"]


def test_an_iterator_that_has_ended_stays_at_its_end(pd: PandaDoc, server: ListServer) -> None:
    server.items = documents(1)
    iterator = pd.documents.iterate_documents()
    assert len(list(iterator)) == 1
    server.items = documents(9)
    assert list(iterator) == []
    assert len(server.pages) == 2


# --- Arguments


@pytest.mark.parametrize(
    ("limit", "requests"), [(0, 0), (1, 1), (3, 1), (100, 1), (101, 2), (250, 3), (251, 3), (300, 4)]
)
async def test_max_items_is_where_it_stops(read: Read, server: ListServer, limit: int, requests: int) -> None:
    server.items = documents(251)
    assert ids(await read("documents", "iterate_documents", max_items=limit)) == ids(server.items[:limit])
    assert len(server.pages) == requests
    assert all(int(page.query["count"]) == min(limit, 100) for page in server.pages)


async def test_max_items_of_none_is_no_limit(read: Read, server: ListServer) -> None:
    server.items = documents(120)
    assert len(await read("documents", "iterate_documents", max_items=None)) == 120


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"page_size": 0}, ApiValueError, "page_size must be 1 to 100"),
        ({"page_size": 101}, ApiValueError, "page_size must be 1 to 100"),
        ({"page_size": "5"}, ApiTypeError, r"page_size must be a whole number \(int\), not str"),
        ({"page_size": True}, ApiTypeError, r"page_size must be a whole number \(int\), not bool"),
        ({"max_items": -1}, ApiValueError, "max_items must be 0 or more"),
        ({"max_items": 1.5}, ApiTypeError, r"max_items must be a whole number \(int\), not float"),
        ({"colour": "red"}, ApiTypeError, "unexpected parameter 'colour' to the iterator of `list_documents`"),
        ({"async_req": True}, ApiTypeError, "unexpected parameter 'async_req'"),
    ],
)
def test_a_wrong_argument_is_refused_at_once(
    pd: PandaDoc, async_pd: AsyncPandaDoc, server: ListServer, arguments: Any, kind: type[Exception], message: str
) -> None:
    for client in (pd, async_pd):
        with pytest.raises(kind, match=message):
            client.documents.iterate_documents(**arguments)
    assert server.pages == []


async def test_filters_go_along_with_every_page(read: Read, server: ListServer) -> None:
    server.items = documents(5)
    await read("documents", "iterate_documents", q="a b", status=2, page_size=2)
    assert [(page.query["q"], page.query["status"]) for page in server.pages] == [("a b", "2")] * 4


async def test_a_filter_of_the_wrong_type_is_refused_before_anything_is_sent(read: Read, server: ListServer) -> None:
    with pytest.raises(ApiTypeError, match="'q'"):
        await read("documents", "iterate_documents", q=5)
    assert server.pages == []
    await read("documents", "iterate_documents", q=5, _check_input_type=False)
    assert server.pages[0].query["q"] == "5"


async def test_an_operation_with_a_former_tag_has_its_iterator_there_too(pd: PandaDoc, server: ListServer) -> None:
    server.items = [{"uuid": "a"}]
    (folder,) = FoldersAPIApi(pd.api_client).iterate_document_folders(parent_uuid="p")
    assert folder.uuid == "a"
    assert server.pages[0].query["parent_uuid"] == "p"


# --- Ends


async def test_a_false_has_next_page_ends_a_list_whose_page_is_full(read: Read, server: ListServer) -> None:
    server.items, server.answer = documents(10), with_fields(has_next_page=False)
    assert len(await read("forms", "iterate_form", page_size=5)) == 5


async def test_a_true_has_next_page_goes_on_after_a_short_page(read: Read, server: ListServer) -> None:
    server.items, server.largest = documents(10), 3
    server.answer = with_fields(has_next_page=lambda page: not page.is_last)
    assert ids(await read("forms", "iterate_form", page_size=5)) == ids(server.items)


async def test_a_total_goes_on_after_a_short_page(read: Read, server: ListServer) -> None:
    server.items, server.largest = documents(10), 3
    server.answer = with_fields(total=lambda page: float(page.total))
    items = await read("user_and_workspace_management", "iterate_workspaces", page_size=5)
    assert ids(items) == ids(server.items)


async def test_a_total_that_is_too_large_ends_with_an_empty_page(read: Read, server: ListServer) -> None:
    server.items, server.answer = documents(4), with_fields(total=1000)
    assert len(await read("user_and_workspace_management", "iterate_workspaces", page_size=5)) == 4
    assert len(server.pages) == 2


@pytest.mark.parametrize("spoiled", [None, "10", True, {}])
async def test_a_signal_of_the_wrong_type_says_nothing(read: Read, server: ListServer, spoiled: Any) -> None:
    server.items, server.answer = documents(12), with_fields(total=spoiled, has_more_items=None)
    for item in server.items:
        item["uuid"] = item["id"]
    assert len(await read("product_catalog", "iterate_catalog_items", page_size=5)) == 12


@pytest.mark.parametrize("total", [0, 1, 4, 5, 6, 10, 12])
@pytest.mark.parametrize("meaning", ["all", "this page"])
async def test_a_count_may_be_of_all_items_or_of_this_page(
    read: Read, server: ListServer, total: int, meaning: str
) -> None:
    server.items = documents(total)
    server.answer = with_fields(count=lambda page: page.total if meaning == "all" else len(page.items))
    assert ids(await read("notary", "iterate_notaries", page_size=5)) == ids(server.items)
    assert len(server.pages) <= -(-total // 5) + 1


async def test_offsets_follow_what_came_and_not_what_was_asked_for(read: Read, server: ListServer) -> None:
    server.items, server.largest = documents(10), 3
    server.answer = with_fields(count=lambda page: page.total)
    assert ids(await read("notary", "iterate_notaries", page_size=5)) == ids(server.items)
    assert [page.query["offset"] for page in server.pages] == ["0", "3", "6", "9"]


async def test_pages_that_the_server_cuts_to_a_size_it_has_not_told_are_all_read(
    read: Read, server: ListServer
) -> None:
    server.items, server.largest = documents(250), 100
    items = await read("content_library_items", "iterate_content_library_items", page_size=500)
    assert ids(items) == ids(server.items)


@pytest.mark.parametrize("largest", [1, 20, 99])
@pytest.mark.parametrize(
    ("resource", "method"),
    [
        ("documents", "iterate_documents"),
        ("templates", "iterate_templates"),
        ("api_logs", "iterate_logs"),
        ("notary", "iterate_notaries"),
    ],
)
async def test_pages_that_the_server_cuts_below_the_size_it_documents_are_all_read(
    read: Read, server: ListServer, resource: str, method: str, largest: int
) -> None:
    server.items, server.largest = documents(130), largest
    server.answer = with_fields(count=lambda page: len(page.items)) if resource == "notary" else server.answer
    assert ids(await read(resource, method)) == ids(server.items)


async def test_pages_of_which_the_server_leaves_items_out_are_all_read(read: Read, server: ListServer) -> None:
    """As one does that looks at permissions after it has cut the list into pages."""
    server.items = documents(50)
    shown = [item for number, item in enumerate(server.items) if not 11 <= number % 20 <= 15]
    server.answer = lambda page: (200, {"results": [item for item in page.items if item in shown]})
    assert ids(await read("documents", "iterate_documents", page_size=10)) == ids(shown)


# --- Lists that change


async def test_items_that_are_added_meanwhile_double_none_and_hide_none(read: Read, server: ListServer) -> None:
    server.items, old = documents(23), ids(documents(23))

    def answer(page: Page) -> tuple[int, Any]:
        server.items[:0] = [{"id": f"new {len(server.pages)}.{number}"} for number in range(3)]
        return 200, {"results": page.items}

    server.answer = answer
    found = ids(await read("documents", "iterate_documents", page_size=5))
    assert [name for name in found if not name.startswith("new")] == old
    assert len(found) == len(set(found))


async def test_as_many_added_at_once_as_fit_on_a_page_hide_none(read: Read, server: ListServer) -> None:
    server.items, old = documents(12), ids(documents(12))

    def answer(page: Page) -> tuple[int, Any]:
        if len(server.pages) == 1:
            server.items[:0] = [{"id": f"new {number}"} for number in range(5)]
        return 200, {"results": page.items}

    server.answer = answer
    assert ids(await read("documents", "iterate_documents", page_size=5)) == old


async def test_items_that_are_removed_meanwhile_double_none(read: Read, server: ListServer) -> None:
    server.items = documents(23)

    def answer(page: Page) -> tuple[int, Any]:
        del server.items[:2]
        return 200, {"results": page.items}

    server.answer = answer
    found = ids(await read("documents", "iterate_documents", page_size=5))
    assert len(found) == len(set(found)) >= 13


# --- Servers that are out of order


@pytest.mark.parametrize(
    ("resource", "method", "fields"),
    [
        ("documents", "iterate_documents", {}),
        ("webhook_events", "iterate_webhook_event", {}),
        ("forms", "iterate_form", {"has_next_page": True}),
        ("product_catalog", "iterate_catalog_items", {"has_more_items": True, "total": 10**9}),
        ("user_and_workspace_management", "iterate_workspaces", {"total": 10**9}),
        ("notary", "iterate_notaries", {"count": 10**9}),
    ],
)
@pytest.mark.parametrize("identified", [True, False])
async def test_a_server_that_sends_the_same_page_again_and_again_comes_to_an_end(
    read: Read, server: ListServer, resource: str, method: str, fields: dict[str, Any], identified: bool
) -> None:
    same = [{"id": str(number), "uuid": str(number)} if identified else {"name": str(number)} for number in range(5)]
    pages = {"results": same, "items": same, **fields}
    server.answer = lambda page: (200, pages) if len(server.pages) < 20 else (500, {})  # so that the test ends, too
    assert len(await read(resource, method, page_size=5)) == 5
    assert len(server.pages) == 3


async def test_items_without_an_id_all_come(read: Read, server: ListServer) -> None:
    server.items = [{"name": str(number // 2)} for number in range(12)]
    assert len(await read("documents", "iterate_documents", page_size=5)) == 12


async def test_items_whose_id_is_null_or_no_id_all_come(read: Read, server: ListServer) -> None:
    server.items = [{"id": None, "name": "a"}, {"id": ["x"], "name": "b"}, {"id": ["x"], "name": "c"}, "text", None]
    assert len(await read("documents", "iterate_documents", page_size=2)) == 5


@pytest.mark.parametrize("body", [{}, {"results": None}, {"results": {}}, {"results": "text"}, None, 7, "text"])
async def test_an_answer_without_a_list_is_an_error_and_not_the_end(read: Read, server: ListServer, body: Any) -> None:
    server.answer = lambda page: (200, body) if body is not None else (200, {"results": None, "more": True})
    with pytest.raises(ApiDecodeError, match="'results' in the response is no list") as caught:
        await read("documents", "iterate_documents")
    assert caught.value.status == 200
    assert caught.value.headers is not None
    assert caught.value.headers["content-type"] == "application/json"


@pytest.mark.parametrize("answer", [(200, {"results": []}), (200, []), (204, None)])
async def test_an_empty_list_and_no_content_are_the_end(read: Read, server: ListServer, answer: Any) -> None:
    server.answer = lambda page: answer
    assert await read("documents", "iterate_documents") == []


def test_after_an_answer_without_a_list_the_same_page_is_asked_for_again(pd: PandaDoc, server: ListServer) -> None:
    server.items = documents(5)
    server.answer = lambda page: (200, {} if len(server.pages) == 2 else {"results": page.items})
    iterator = pd.documents.iterate_documents(page_size=2)
    assert [next(iterator).id, next(iterator).id] == ["0000", "0001"]
    with pytest.raises(ApiDecodeError):
        next(iterator)
    assert ids(list(iterator)) == ["0002", "0003", "0004"]


def test_a_list_that_comes_at_once_must_be_one(pd: PandaDoc, server: ListServer) -> None:
    server.answer = lambda page: (200, {"type": "oops"})
    with pytest.raises(ApiDecodeError, match="'results' in the response is no list"):
        list(pd.contacts.iterate_contacts())


async def test_a_bare_list_is_read_where_the_document_has_an_object(read: Read, server: ListServer) -> None:
    server.items = documents(3)
    server.answer = lambda page: (200, page.items)
    assert ids(await read("documents", "iterate_documents")) == ids(server.items)


# --- Errors


def test_after_an_error_the_same_page_is_asked_for_again(pd: PandaDoc, server: ListServer) -> None:
    server.items = documents(5)
    server.answer = lambda page: (500, {}) if len(server.pages) == 2 else (200, {"results": page.items})
    iterator = pd.documents.iterate_documents(page_size=2)
    assert ids([next(iterator), next(iterator)]) == ["0000", "0001"]
    with pytest.raises(ServiceException):
        next(iterator)
    assert ids(list(iterator)) == ["0002", "0003", "0004"]
    assert [page.query["page"] for page in server.pages] == ["1", "2", "2", "3", "4"]


async def test_after_an_error_the_same_page_is_asked_for_again_with_asyncio(
    async_pd: AsyncPandaDoc, server: ListServer
) -> None:
    server.items = documents(3)
    server.answer = lambda page: (500, {}) if len(server.pages) == 2 else (200, {"results": page.items})
    iterator = async_pd.documents.iterate_documents(page_size=2)
    found = [await anext(iterator), await anext(iterator)]
    with pytest.raises(ServiceException):
        await anext(iterator)
    found += [item async for item in iterator]
    assert ids(found) == ["0000", "0001", "0002"]


async def test_a_list_that_is_not_ready_is_an_error_and_not_an_empty_list(read: Read, server: ListServer) -> None:
    server.answer = lambda page: (202, {"code": "extraction_pending"})
    with pytest.raises(ApiException, match="get_document_ai_metadata has no list yet") as caught:
        await read("documents", "iterate_document_ai_metadata", "document")
    assert caught.value.status == 202
    assert caught.value.headers is not None
    assert caught.value.headers["retry-after"] == "5"


async def test_an_answer_that_says_there_is_nothing_is_an_empty_list(read: Read, server: ListServer) -> None:
    server.answer = lambda page: (204, None)
    assert await read("documents", "iterate_document_ai_metadata", "document") == []
