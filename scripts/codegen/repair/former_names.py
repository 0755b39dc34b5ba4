"""Keep the names of the vendor's SDK 6.2.0 where the API has changed its own since.

That SDK made classes of tags and arguments of the names of schemas. Some operations stand under another tag now: they
get the former one besides. Some bodies have become unions, which have no name: the argument keeps its own. What some
models had to be given, and took by position, is no longer what the API requires.
"""

from __future__ import annotations

from typing import Any

from ..document import SCHEMAS, contents, operations

__all__ = ["ARGUMENT", "REQUIRED", "former_names"]

ARGUMENT = "x-argument"
REQUIRED = "x-required"
_TAGS = {
    "Documents": ("createLinkedObject", "deleteLinkedObject", "listLinkedObjects"),
    "Folders API": (
        "createDocumentFolder",
        "createTemplateFolder",
        "listDocumentFolders",
        "listTemplateFolders",
        "renameDocumentFolder",
        "renameTemplateFolder",
    ),
    "Sections": ("listSections", "sectionDetails", "sectionInfo", "uploadSection"),
}
_BODIES = {
    "editDocumentRecipient": "DocumentRecipientEditRequest",
    "uploadSection": "UploadSectionRequest",
}
_REQUIRED = {
    "CreateUserRequest": ["user", "workspaces", "license"],
    "DocumentCreateByPdfRequest": ["url", "recipients"],
    "UploadSectionRequest": [],
}
_FIELDS = {
    "DocumentCreateByPdfRequest": {
        "url": {"type": "string", "description": "Address of the PDF, where none is uploaded."},
    }
}


def former_names(document: dict[str, Any]) -> list[str]:
    """Add former tags and fields, and write former names at bodies and what was required at models."""
    changes = []
    named = document.get("components", {}).get("schemas", {})
    for model in _REQUIRED.keys() & named.keys():
        named[model][REQUIRED] = _REQUIRED[model]
        changes.append(f"{model}: requires {', '.join(_REQUIRED[model]) or 'nothing'}")
    for model in _FIELDS.keys() & named.keys():
        named[model]["properties"] |= _FIELDS[model]
        changes.append(f"{model}: also {', '.join(_FIELDS[model])}")
    unnamed = {slot.place: slot.value for slot in contents(document, answers=False)}
    for path, method, operation in operations(document):
        place = f"{method.upper()} {path}"
        for tag, moved in _TAGS.items():
            if operation["operationId"] in moved and tag not in operation["tags"]:
                operation["tags"] = [*operation["tags"], tag]
                changes.append(f"{place}: also {tag}")
        for media in unnamed.get(f"{place}/requestBody", {}).values():
            name = _BODIES.get(operation["operationId"])
            if name and "$ref" not in media["schema"]:
                media["schema"][ARGUMENT] = name
                changes.append(f"{place}: the body is {name}")
                variants = next((media["schema"][key] for key in ("oneOf", "anyOf") if key in media["schema"]), None)
                former = {"$ref": f"{SCHEMAS}{name}"}
                if variants is not None and name in named and former not in variants:
                    variants.append(former)  # which the API takes in its new forms only, and programs have
                    changes.append(f"{place}: the body may be the model {name}")
    return changes
