"""The types of what flows take: the document to create, how to send it, and options by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeAlias, TypedDict, Union

import pandadoc_client.models
import pandadoc_client.types
from pandadoc_client._calls.operation import AsyncOptions
from pandadoc_client._calls.sources import Progress
from pandadoc_client._flows.notifier import Waker
from pandadoc_client._flows.steps import Pace

__all__ = ["Document", "DownloadOptions", "PdfOptions", "SendRequest", "WaitOptions"]

# Texts, since models are imported when they are needed: whoever asks for the types of a function resolves them.
Document: TypeAlias = Union[
    "pandadoc_client.models.DocumentCreateRequest",
    "pandadoc_client.types.DocumentCreateRequestDict",
    "pandadoc_client.models.DocumentCreateByTemplateRequest",
    "pandadoc_client.types.DocumentCreateByTemplateRequestDict",
    "pandadoc_client.models.DocumentCreateByPdfUrlRequest",
    "pandadoc_client.types.DocumentCreateByPdfUrlRequestDict",
    "pandadoc_client.models.DocumentCreateByPdfRequest",
    "pandadoc_client.types.DocumentCreateByPdfRequestDict",
]
"""What a document is created from; with a file, a ``DocumentCreateByPdfRequest`` or its dict."""
SendRequest: TypeAlias = Union[
    "pandadoc_client.models.DocumentSendRequest", "pandadoc_client.types.DocumentSendRequestDict"
]
"""How a document is sent."""


class WaitOptions(TypedDict, total=False):
    """Options of a wait.

    ``timeout``: seconds to wait; None for any number; 300 without it.
    ``pace``: how often to look.
    ``clock``, ``sleep``: what returns the time in seconds, and what waits for so many.
    """

    timeout: float | None
    waker: Waker | None
    pace: Pace
    clock: Callable[[], float]
    sleep: Callable[[float], Any]


class DownloadOptions(AsyncOptions, total=False):
    """Options of a download, which `pandadoc_client.files.download` describes, and those of every call."""

    into: str | os.PathLike[str] | None
    progress: Progress | None
    resume: bool
    wait: float
    timeout: float | None
    pace: Pace
    clock: Callable[[], float]
    sleep: Callable[[float], Any]


class PdfOptions(DownloadOptions, total=False):
    """Options of the download of a document; those of a watermark are for one that is not protected."""

    separate_files: bool | None
    watermark_color: str | None
    watermark_font_size: int | None
    watermark_opacity: float | None
    watermark_text: str | None
