"""Every operation that the vendor's SDK has, called through both: the same request goes over the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from ..contract import CONTRACT, example
from ..operations import OPERATIONS, method_name
from .harness import Case, Pair, run_both
from .recording import Answer

BODIES = {
    method_name(operation["operationId"]): operation.get("requestBody", {})
    for item in CONTRACT["paths"].values()
    for operation in item.values()
    if "operationId" in operation
}
TEXTS: Mapping[type, Any] = {bool: True, int: 7, float: 1.5, str: "some text"}
# The vendor's SDK names a media type for a body that these operations do not have; docs/migration.md lists it.
WITHOUT_BODY = {"document_move_to_folder", "update_webhook_subscription_shared_key"}
# Values that the vendor's SDK refuses, since it knows which there were in 2024; and an argument that it lacks.
REFUSED = {"create_document", "list_documents", "list_form", "list_logs", "upload_section"}


# Operations that stand under another tag than in the vendor's SDK: the class that has them there, too.
FORMER = {
    "DocumentLinkToCRMApi": ("pandadoc_client.api.documents_api", "DocumentsApi"),
    "DocumentSectionsBundlesApi": ("pandadoc_client.api.sections_api", "SectionsApi"),
    "FoldersApi": ("pandadoc_client.api.folders_api_api", "FoldersAPIApi"),
}


def arguments_of(name: str, *, optional: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    parameters = OPERATIONS[name][2].parameters
    texts = [parameter.name for parameter in parameters if parameter.location == "form" and str in parameter.types]
    if texts:  # a form, or in place of it JSON, which the vendor's SDK does not know
        arguments = dict.fromkeys(texts, "some text")
    for parameter in parameters:
        if parameter.location == "body" and not texts:
            content = BODIES[name]["content"]
            arguments[parameter.name] = example(next(iter(content.values()))["schema"], full=False)
        elif parameter.required or (optional and parameter.location == "query" and parameter.types[0] in list(TEXTS)):
            arguments[parameter.name] = TEXTS[parameter.types[0]]
    return arguments


def cases() -> list[Case]:
    return [
        Case(
            f"operations/{kind}/{name}",
            "operation",
            {
                "module": module,
                "owner": owner,
                "method": name,
                "arguments": arguments_of(name, optional=kind == "everything"),
            },
            (Answer(),),
        )
        for name, (blocking, _, _) in sorted(OPERATIONS.items())
        for module, owner in [FORMER.get(blocking.__name__, (blocking.__module__, blocking.__name__))]
        for kind in ("required", "everything")
        if name != "access_token"  # test_parity.py is about that
    ]


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Pair]:
    return run_both(cases())


def comparable(request: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a request without what differs everywhere, and is listed: the case of booleans, the order of JSON."""
    shown = {**request, "target": re.sub("=(True|False)", lambda match: match[0].lower(), request["target"])}
    if request["body"] and request["headers"].get("content-type") == "application/json":
        shown["body"] = json.loads(request["body"])
    if name in WITHOUT_BODY:
        shown["headers"] = {key: value for key, value in request["headers"].items() if key != "content-type"}
    return shown


def test_requests_are_the_same(outcomes: Mapping[str, Pair]) -> None:
    shared = {name: pair for name, pair in outcomes.items() if pair.vendor.result != {"absent": True}}
    assert len(shared) == 2 * 64
    refused = set()
    for case, pair in shared.items():
        _, kind, name = case.split("/")
        ours, vendors = (outcome.comparable()["requests"] for outcome in (pair.ours, pair.vendor))
        assert len(ours) == 1, case
        if kind == "everything" and not vendors:
            refused.add(name)
            continue
        assert [comparable(request, name) for request in ours] == [comparable(request, name) for request in vendors]
    assert refused == REFUSED
