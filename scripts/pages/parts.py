"""Tags whose operations are too many for a page, and the pages that they are on."""

from __future__ import annotations

from codegen.names import resource_name

__all__ = ["page_of", "pages_of"]

# By tag: the end of the title, and the operations, by ``operationId``. What is not here is on the tag's first page.
_PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "Documents": {
        "creating": ("createDocument", "createDocumentFromUpload", "createDocumentFromMarkdownUpload"),
        "sending and signing": (
            "documentESignDisclosure",
            "changeDocumentStatus",
            "changeDocumentStatusWithUpload",
            "documentRevertToDraft",
            "sendDocument",
            "createDocumentEditingSession",
            "createDocumentLink",
        ),
        "files and texts": (
            "downloadDocument",
            "downloadProtectedDocument",
            "createExportDocxTask",
            "getDocxExportTask",
            "getDocumentSummary",
            "getDocumentContent",
            "getDocumentAiMetadata",
            "batchGetDocumentAiMetadata",
            "searchDocumentsAi",
        ),
        "owners, folders, content": (
            "transferDocumentOwnership",
            "transferAllDocumentsOwnership",
            "documentMoveToFolder",
            "appendContentLibraryItemToDocument",
        ),
    },
}


def page_of(tag: str, operation_id: str) -> str:
    """Return the name of the page that an operation is on."""
    part = next((part for part, ids in _PARTS.get(tag, {}).items() if operation_id in ids), "")
    return _name(tag, part)


def pages_of(tag: str) -> dict[str, str]:
    """Return the titles of the pages of a tag by their names, in order."""
    return {_name(tag, part): f"{tag} ({part})" if part else tag for part in ("", *_PARTS.get(tag, {}))}


def _name(tag: str, part: str) -> str:
    return f"{resource_name(tag)}{'_' if part else ''}{part.partition(' ')[0].rstrip(',')}.md"
