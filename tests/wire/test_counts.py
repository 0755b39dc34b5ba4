"""How much there is between a method and the wire, and in the root of the package. Each test prints its number.

The generated lines are counted in `tests/codegen/test_size.py`, circles of imports in
`tests/unit/test_import_circles.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pandadoc_client
from pandadoc_client import ApiClient
from pandadoc_client.api.documents_api import DocumentsApi

from .faults import configured, scripted

PACKAGE = Path(pandadoc_client.__file__).parent
MOST_ROOT_MODULES = 14
# From `list_documents` to the transport, once the client has made a call. Newer versions of Python count fewer, as they
# call no function for a comprehension.
MOST_CALLS = 70
MOST_MODULES = 11
# The same for the whole call, the transport and the decoding included; a response may come in more than one read.
MOST_CALLS_IN_ALL = 180
MOST_MODULES_IN_ALL = 25

BODY = b'{"results":[]}'
LIST = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def calls_within(function: Callable[[], Any]) -> list[tuple[str, str]]:
    """Return module and name of each function of the package that *function* calls in this thread, in order."""
    found: list[tuple[str, str]] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(PACKAGE):
            found.append((str(path.relative_to(PACKAGE)), frame.f_code.co_qualname))

    former = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(former)
    return found


def test_the_path_of_a_call_is_short() -> None:
    with scripted([LIST]) as server, ApiClient(configured(server.url)) as client:
        documents = DocumentsApi(client)
        documents.list_documents()  # makes the connection and imports what the first call needs
        calls = calls_within(documents.list_documents)
    sent = [name for _, name in calls].index("Transport.send")
    before, modules = calls[:sent], {module for module, _ in calls[:sent]}
    print(f"list_documents: {len(before)} calls in {len(modules)} modules to the transport")
    print(f"list_documents: {len(calls)} calls in {len({module for module, _ in calls})} modules in all")
    assert calls[0] == ("api/documents_api.py", "DocumentsApi.list_documents")
    assert len(before) <= MOST_CALLS
    assert len(modules) <= MOST_MODULES, sorted(modules)
    assert len(calls) <= MOST_CALLS_IN_ALL
    assert len({module for module, _ in calls}) <= MOST_MODULES_IN_ALL


def test_the_root_holds_few_modules() -> None:
    found = sorted(path.name for path in PACKAGE.glob("*.py"))
    print(f"root modules: {len(found)}, {found}")
    assert len(found) <= MOST_ROOT_MODULES
