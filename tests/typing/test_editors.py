"""What editors show: pyright's language server, and jedi, which IPython and Jupyter ask."""

from __future__ import annotations

import json
from collections.abc import Iterator

import jedi  # type: ignore[import-untyped]
import pytest

from pandadoc_client import PandaDoc

from ..docs.pages import PROJECT
from .language_server import LanguageServer

CODE = """
from pandadoc_client import AsyncPandaDoc, PandaDoc

pd = PandaDoc()
other = AsyncPandaDoc()
pd.documents.list_documents(q="a")
pd.documents.iterate_documents(q="b")
other.documents.send_document("c")
pd.documents.create_document({"name": "d", })
pd.documents.create_document({"name": "e", "recipients": [{"email": "f", }]})
pd.documents.send_document("g", {"message": "h", })
document = pd.documents.details_document("i")
document.status
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    folder = tmp_path_factory.mktemp("editor")
    (folder / "program.py").write_text(CODE, encoding="utf-8")
    (folder / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(PROJECT)]}), encoding="utf-8")
    with LanguageServer(folder, CODE) as server:
        yield server


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('list_documents(q="a"', ["template_id: str | None = None", "count: int | None = None"]),
        ('iterate_documents(q="b"', ["max_items: int | None = None", "page_size: int = 100"]),
        ('send_document("c"', ["id: str"]),
    ],
)
def test_the_arguments_of_a_call_are_shown(editor: LanguageServer, text: str, expected: list[str]) -> None:
    (signature,) = editor.after(text, "signatureHelp")["signatures"]  # one: no overloads
    for parameter in expected:
        assert parameter in signature["label"]
    assert "Args:" in json.dumps(signature["documentation"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "d", ', {"template_uuid", "recipients", "pricing_tables"}),
        ('{"email": "f", ', {"first_name", "role", "verification_settings"}),
        ('{"message": "h", ', {"subject", "silent"}),
    ],
)
def test_the_keys_of_a_dict_are_completed_at_every_depth(editor: LanguageServer, text: str, expected: set[str]) -> None:
    found = {item["label"].strip("\"'") for item in editor.after(text, "completion")["items"]}
    assert expected <= found


def test_the_fields_of_a_response_are_completed(editor: LanguageServer) -> None:
    found = {item["label"] for item in editor.after("document.", "completion")["items"]}
    assert {"id", "name", "status", "recipients", "to_dict", "items"} <= found


def test_jedi_shows_what_the_method_takes() -> None:
    with PandaDoc(api_key="key") as pd:
        (signature,) = jedi.Interpreter("pd.documents.list_documents(", [{"pd": pd}]).get_signatures()
        names = [parameter.name for parameter in signature.params]
        assert names[:3] == ["template_id", "form_id", "folder_uuid"]
        assert "Sort key" in signature.docstring()
        completed = {one.name for one in jedi.Interpreter("pd.documents.iterate_", [{"pd": pd}]).complete()}
        assert "iterate_documents" in completed


def test_jedi_shows_the_fields_of_a_model() -> None:
    from pandadoc_client.models import DocumentSendRequest

    (signature,) = jedi.Interpreter(
        "DocumentSendRequest(", [{"DocumentSendRequest": DocumentSendRequest}]
    ).get_signatures()
    assert {"message", "subject", "silent"} <= {parameter.name for parameter in signature.params}
