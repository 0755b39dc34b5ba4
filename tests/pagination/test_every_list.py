"""Every list of the API, read from its first item to its last, blocking and with asyncio."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import pytest

from pandadoc_client._calls.resources import Resource
from pandadoc_client.apis.resources import AsyncResources, Resources
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

from ..contract import CONTRACT
from .conftest import Read
from .server import ListServer, Page


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What the contract and the facts about the API say of a list; written by hand, to compare with."""

    resource: str
    method: str
    operation: str
    position: str = ""
    size: str = ""
    key: str = "id"
    items: str = "results"
    usual: int = 100
    largest: int | None = 100
    arguments: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()


PAGES: dict[str, Any] = {"position": "page", "size": "count"}
OFFSETS: dict[str, Any] = {"position": "offset", "size": "limit", "signals": ("count",)}
PAGED = [
    Listing(resource="documents", method="iterate_documents", operation="listDocuments", **PAGES),
    Listing(
        resource="content_library_items",
        method="iterate_content_library_items",
        operation="listContentLibraryItems",
        usual=50,
        largest=None,
        **PAGES,
    ),
    Listing(resource="templates", method="iterate_templates", operation="listTemplates", **PAGES),
    Listing(
        resource="forms",
        method="iterate_form",
        operation="listForm",
        usual=50,
        largest=None,
        signals=("has_next_page",),
        **PAGES,
    ),
    Listing(
        resource="folders", method="iterate_document_folders", operation="listDocumentFolders", key="uuid", **PAGES
    ),
    Listing(
        resource="folders", method="iterate_template_folders", operation="listTemplateFolders", key="uuid", **PAGES
    ),
    Listing(resource="api_logs", method="iterate_logs", operation="listLogs", largest=1000, **PAGES),
    Listing(resource="api_logs", method="iterate_logs_v2", operation="listLogsV2", largest=1000, **PAGES),
    Listing(
        resource="webhook_events",
        method="iterate_webhook_event",
        operation="listWebhookEvent",
        key="uuid",
        items="items",
        usual=50,
        largest=None,
        **PAGES,
    ),
    Listing(
        resource="user_and_workspace_management",
        method="iterate_users",
        operation="listUsers",
        key="user_id",
        usual=50,
        largest=50,
        signals=("total",),
        **PAGES,
    ),
    Listing(
        resource="user_and_workspace_management",
        method="iterate_workspaces",
        operation="getWorkspacesList",
        signals=("total",),
        **PAGES,
    ),
    Listing(
        resource="document_audit_trail",
        method="iterate_document_audit_trail",
        operation="listDocumentAuditTrail",
        arguments=("document",),
        **OFFSETS,
    ),
    Listing(resource="notary", method="iterate_notaries", operation="listNotaries", **OFFSETS),
    Listing(resource="notary", method="iterate_notarization_requests", operation="listNotarizationRequests", **OFFSETS),
    Listing(
        resource="documents",
        method="iterate_document_ai_metadata",
        operation="getDocumentAiMetadata",
        arguments=("document",),
        **OFFSETS,
    ),
    Listing(
        resource="product_catalog",
        method="iterate_catalog_items",
        operation="searchCatalogItems",
        position="page",
        size="per_page",
        key="uuid",
        items="items",
        usual=50,
        largest=None,
        signals=("has_more_items", "total"),
    ),
]
AT_ONCE = [
    Listing(resource="contacts", method="iterate_contacts", operation="listContacts"),
    Listing(resource="members", method="iterate_members", operation="listMembers", key="user_id"),
    Listing(
        resource="webhook_subscriptions",
        method="iterate_webhook_subscriptions",
        operation="listWebhookSubscriptions",
        key="uuid",
        items="items",
    ),
    Listing(
        resource="document_link_to_crm",
        method="iterate_linked_objects",
        operation="listLinkedObjects",
        items="linked_objects",
        arguments=("document",),
    ),
    Listing(
        resource="document_link_to_crm",
        method="iterate_documents_by_linked_object",
        operation="listDocumentsByLinkedObject",
        items="",
        arguments=("entity", "deal", "hubspot"),
    ),
    Listing(
        resource="document_attachments",
        method="iterate_document_attachments",
        operation="listDocumentAttachments",
        key="uuid",
        items="",
        arguments=("document",),
    ),
    Listing(
        resource="document_fields",
        method="iterate_document_fields",
        operation="listDocumentFields",
        key="uuid",
        items="fields",
        arguments=("document",),
    ),
    Listing(
        resource="document_sections_bundles",
        method="iterate_sections",
        operation="listSections",
        key="uuid",
        arguments=("document",),
    ),
    Listing(
        resource="communication_preferences",
        method="iterate_recent_sms_opt_outs",
        operation="listRecentSmsOptOuts",
        key="phone_number",
    ),
]
every_paged_list = pytest.mark.parametrize("listing", PAGED, ids=lambda listing: listing.operation)
every_other_list = pytest.mark.parametrize("listing", AT_ONCE, ids=lambda listing: listing.operation)


def serve(server: ListServer, listing: Listing, total: int) -> list[str]:
    """Fill the server's list, let it answer as the API does, and return what identifies the items."""
    keys = [f"{number:04}" for number in range(total)]
    server.items[:] = [{listing.key: key, "name": f"number {key}"} for key in keys]

    def answer(page: Page) -> tuple[int, Any]:
        known = {
            "total": page.total,
            "count": page.total,
            "has_next_page": not page.is_last,
            "has_more_items": not page.is_last,
        }
        signals = {name: known[name] for name in listing.signals}
        return 200, {listing.items: page.items, **signals} if listing.items else page.items

    server.answer = answer
    return keys


def keys_of(items: list[Any], listing: Listing) -> list[Any]:
    return [item[listing.key] for item in items]


def positions(server: ListServer, listing: Listing) -> list[tuple[int, int]]:
    return [(int(page.query[listing.position]), int(page.query[listing.size])) for page in server.pages]


@every_paged_list
async def test_every_item_comes_once_in_its_order_and_nothing_more_is_asked_for(
    read: Read, server: ListServer, listing: Listing
) -> None:
    keys = serve(server, listing, 2 * listing.usual + 3)
    items = await read(listing.resource, listing.method, *listing.arguments)
    assert keys_of(items, listing) == keys
    first, step = (0, listing.usual) if listing.position == "offset" else (1, 1)
    # Where the server does not tell the end, only an empty page does.
    requests = [(first + number * step, listing.usual) for number in range(3)]
    behind = len(keys) if listing.position == "offset" else 4
    assert positions(server, listing) == requests + ([] if listing.signals else [(behind, listing.usual)])


@every_paged_list
async def test_a_list_whose_last_page_is_full_ends_there_if_the_server_says_so(
    read: Read, server: ListServer, listing: Listing
) -> None:
    keys = serve(server, listing, 10)
    items = await read(listing.resource, listing.method, *listing.arguments, page_size=5)
    assert keys_of(items, listing) == keys
    assert len(server.pages) == (2 if listing.signals else 3)


@every_paged_list
async def test_an_empty_list_takes_one_request(read: Read, server: ListServer, listing: Listing) -> None:
    serve(server, listing, 0)
    assert await read(listing.resource, listing.method, *listing.arguments) == []
    assert len(server.pages) == 1


@every_paged_list
async def test_a_list_that_fits_on_one_page_takes_one_request_more_unless_its_end_is_told(
    read: Read, server: ListServer, listing: Listing
) -> None:
    keys = serve(server, listing, listing.usual - 1)
    assert keys_of(await read(listing.resource, listing.method, *listing.arguments), listing) == keys
    # A count that equals the items of this page may be of this page alone.
    assert len(server.pages) == (1 if set(listing.signals) - {"count"} else 2)


@every_paged_list
async def test_the_largest_page_may_be_asked_for_and_no_larger_one(
    read: Read, server: ListServer, listing: Listing
) -> None:
    serve(server, listing, 1)
    largest = listing.largest or 5000
    await read(listing.resource, listing.method, *listing.arguments, page_size=largest)
    assert positions(server, listing)[0][1] == largest
    # A server that has cut the page without a word looks just so: it is asked once more.
    assert len(server.pages) == (1 if set(listing.signals) - {"count"} else 2)
    if listing.largest:
        with pytest.raises(ApiValueError, match=rf"^page_size must be 1 to {largest}$"):
            await read(listing.resource, listing.method, *listing.arguments, page_size=largest + 1)


@every_paged_list
async def test_what_turns_the_pages_is_no_argument(read: Read, server: ListServer, listing: Listing) -> None:
    for name in (listing.position, listing.size):
        with pytest.raises(ApiTypeError, match=rf"'{name}'.*page_size"):
            await read(listing.resource, listing.method, *listing.arguments, **{name: 1})
    assert server.pages == []


@every_other_list
async def test_a_list_that_comes_at_once_takes_one_request(read: Read, server: ListServer, listing: Listing) -> None:
    keys = serve(server, listing, 120)
    items = await read(listing.resource, listing.method, *listing.arguments)
    assert keys_of(items, listing) == keys
    (page,) = server.pages
    assert not {"page", "count", "limit", "offset", "per_page"} & set(page.query)


@every_other_list
async def test_a_list_that_comes_at_once_can_be_cut_and_has_no_pages(
    read: Read, server: ListServer, listing: Listing
) -> None:
    keys = serve(server, listing, 120)
    items = await read(listing.resource, listing.method, *listing.arguments, max_items=7)
    assert keys_of(items, listing) == keys[:7]
    with pytest.raises(ApiTypeError, match=r"'page_size'.*comes at once"):
        await read(listing.resource, listing.method, *listing.arguments, page_size=7)


@pytest.mark.parametrize("kind", [Resources, AsyncResources])
def test_these_are_all_iterators_that_there_are(kind: type) -> None:
    found = set()
    for resource in vars(kind):
        if isinstance(inspect.getattr_static(kind, resource), Resource):
            names = dir(getattr(kind(None), resource))
            found |= {(resource, name) for name in names if name.startswith("iterate_")}
    # The class of documents has those of another tag as well, for programs that know them by it.
    found -= {("documents", "iterate_linked_objects"), ("documents", "iterate_documents_by_linked_object")}
    assert found == {(listing.resource, listing.method) for listing in PAGED + AT_ONCE}


def test_every_operation_of_the_contract_with_parameters_that_turn_pages_is_among_them() -> None:
    named = CONTRACT["components"]["parameters"]
    with_pages = set()
    for operation in (item["get"] for item in CONTRACT["paths"].values() if "get" in item):
        parameters = [
            named.get(part.get("$ref", "").rpartition("/")[2], part) for part in operation.get("parameters", ())
        ]
        if {"page", "offset", "per_page", "limit"} & {parameter["name"] for parameter in parameters}:
            with_pages.add(operation["operationId"])
    assert with_pages == {listing.operation for listing in PAGED}
