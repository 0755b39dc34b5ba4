"""Multipart forms (RFC 7578), written part by part, so that a file is never in memory as a whole."""

from __future__ import annotations

import inspect
import mimetypes
import os
import re
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from typing import Any

from pandadoc_client._calls.sources import CHUNK, Progress, Source, Upload, open_source
from pandadoc_client._http.messages import check_header
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["FileField", "MultipartBody", "TextField", "file_field"]

_OTHER = "application/octet-stream"
# RFC 7578 §4.2 leaves names to the HTML standard: UTF-8, with the quote and line breaks percent-encoded. Other control
# characters and the backslash are so here, too: what a backslash means within quotes, readers of forms do not agree on.
_ENCODED_IN_NAMES = r'["\\\x00-\x1f\x7f]'  # compiled when a file is sent


class TextField:
    """A field of a form that is no file.

    Args:
        name: Its name.
        content: Its value.
        content_type: Its media type; None to name none.
    """

    def __init__(self, name: str, content: bytes, content_type: str | None = None) -> None:
        self.name = name
        self.content = content
        self.content_type = content_type


class FileField:
    """A file of a form, and the account of how much of it was sent.

    Attributes:
        name: Name of the field.
        source: What is in it.
        filename: Name of the file.
        content_type: Its media type.
        limit: Bytes that it may have at the most; None for any number.
    """

    def __init__(
        self, name: str, source: Source, filename: str, content_type: str, progress: Progress | None = None
    ) -> None:
        self.name = name
        self.source = source
        self.filename = filename
        self.content_type = content_type
        self.limit: int | None = None
        self._progress = progress

    def check(self, limit: int | None) -> None:
        """Refuse a file of more than *limit* bytes: now if its size is known, else while it is sent.

        A file that is refused now is closed if it would be after the call.

        Raises:
            ApiValueError: It is larger; the message names the field.
        """
        self.limit = limit
        try:
            self._check_limit(self.source.size or 0)
        except ApiValueError:
            self.source.close()
            raise

    def _check_limit(self, size: int) -> None:
        if self.limit is not None and size > self.limit:
            more = "" if size == self.source.size else " or more"
            problem = f"{self.name}: the file has {size} bytes{more}, and the API takes at most {self.limit}"
            raise ApiValueError(problem, [self.name])

    def begin(self) -> _Sending:
        """Return a new account."""
        return _Sending(self, self._progress)

    def account(self, sent: int, more: int) -> int:
        """Return what will have been sent once *more* bytes went out after *sent* ones.

        Raises:
            ApiValueError: That is more than the file may have, or than it had when the request was begun.
        """
        size = self.source.size
        if size is not None and sent + more > size:
            raise ApiValueError(f"{self.name}: has more than the {size} bytes that it began with", [self.name])
        self._check_limit(sent + more)
        return sent + more


class _Sending:
    """How much of a file was sent, in one attempt."""

    def __init__(self, field: FileField, progress: Progress | None) -> None:
        self._field = field
        self._progress = progress
        self._sent = 0

    def pieces(self, part: Any) -> Iterator[bytes]:
        """Yield *part* in pieces of bounded size, and count each when the next is asked for: it was sent by then."""
        field = self._field
        if not isinstance(part, bytes | bytearray | memoryview):
            if inspect.iscoroutine(part):
                part.close()  # lest Python warn that nobody awaited it
            problem = f"{field.name}: the file must be read as bytes, not as {type(part).__name__}"
            raise ApiTypeError(problem, [field.name])
        view = memoryview(part).cast("B")
        for start in range(0, len(view), CHUNK):
            piece = bytes(view[start : start + CHUNK])
            after = field.account(self._sent, len(piece))
            yield piece
            self._sent = after
            if self._progress is not None:
                self._progress(after, field.source.size)

    def end(self) -> None:
        """Take note of the end of the file.

        Raises:
            ApiValueError: It came too early.
        """
        size = self._field.source.size
        if size is not None and self._sent < size:
            problem = f"{self._field.name}: ended after {self._sent} of the {size} bytes that it began with"
            raise ApiValueError(problem, [self._field.name])
        if self._progress is not None and not self._sent:
            self._progress(0, 0)


def file_field(name: str, given: Any) -> FileField:
    """Return the field of a form for a file that was given as an argument.

    Args:
        name: Name of the field.
        given: An `Upload`, anything that it takes, or ``(file name, content)`` with or without a media type. An open
            file that is given as such is closed after the call, as in the vendor's SDK.

    Raises:
        ApiTypeError: It is nothing that can be uploaded.
        ApiValueError: There is no such file, it is closed, or its name or type cannot be sent.
    """
    closes = not isinstance(given, Upload)
    upload = given if isinstance(given, Upload) else _upload_of(name, given)
    source = open_source(upload.source, name, closes=closes, size=upload.size)
    if upload.size is not None and source.size != upload.size:
        raise ApiValueError(f"{name}: has {source.size} bytes, and its size was given as {upload.size}", [name])
    filename = upload.filename if upload.filename is not None else source.name or name
    content_type = upload.content_type or source.content_type or mimetypes.guess_type(filename)[0] or _OTHER
    try:
        check_header("Content-Type", content_type)
    except ApiValueError as error:
        source.close()
        raise ApiValueError(f"{name}: {error}", [name]) from None
    return FileField(name, source, filename, content_type, upload.progress)


def _upload_of(name: str, given: Any) -> Upload:
    if not isinstance(given, tuple):
        return Upload(given)
    if len(given) not in (2, 3) or not (given[0] is None or isinstance(given[0], str)) or isinstance(given[1], str):
        raise ApiTypeError(
            f"{name}: a file as a tuple is (file name, content) or (file name, content, media type), "
            "where the content is bytes, an open file or a Path",
            [name],
        )
    try:
        return Upload(given[1], *given[:1], *given[2:])
    except (ApiTypeError, ApiValueError) as error:
        raise type(error)(f"{name}: {error}", [name]) from None


class MultipartBody:
    """The body of a request that is a multipart form.

    Attributes:
        content_type: Its media type, with the boundary.
        length: Its bytes; None if that is known only when it was sent.
        rewindable: Whether it can be sent again.
        needs_async: Whether it can be sent by an asynchronous client only.
        started: Whether a part of it may have been sent.
        files: The files in it.
    """

    def __init__(self, texts: Iterable[TextField], files: Iterable[FileField]) -> None:
        # 128 random bits that are made after the files: nobody can put a delimiter into a file, nor meet one by chance.
        boundary = os.urandom(16).hex()
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.files = tuple(files)
        self.started = False
        self.needs_async = any(file.source.needs_async for file in self.files)
        self._segments: list[bytes | FileField] = []
        text = bytearray()
        for field in texts:
            text += _head(boundary, field.name, None, field.content_type) + field.content + b"\r\n"
        for file in self.files:
            text += _head(boundary, file.name, file.filename, file.content_type)
            self._segments += [bytes(text), file]
            text = bytearray(b"\r\n")
        self._segments.append(bytes(text) + b"--" + boundary.encode("ascii") + b"--\r\n")

    @property
    def length(self) -> int | None:
        """Bytes of the whole form; None if only reading tells."""
        sizes = [part.source.size if isinstance(part, FileField) else len(part) for part in self._segments]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def rewindable(self) -> bool:
        """Whether the whole form can be read again."""
        return all(file.source.rewindable for file in self.files)

    async def measure(self) -> None:
        """Find out the sizes of asynchronous files, and refuse those that are too large.

        Raises:
            ApiValueError: A file is larger than the API takes; the message names the field.
        """
        for file in self.files:
            await file.source.measure()
            file.check(file.limit)

    def __iter__(self) -> Iterator[bytes]:
        self.started = True
        for segment in self._segments:
            if isinstance(segment, bytes):
                yield segment
                continue
            sending = segment.begin()
            for part in segment.source.parts():
                yield from sending.pieces(part)
            sending.end()

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        self.started = True
        for segment in self._segments:
            if isinstance(segment, bytes):
                yield segment
                continue
            sending = segment.begin()
            async with aclosing(segment.source.parts_async()) as parts:
                async for part in parts:
                    for piece in sending.pieces(part):
                        yield piece
            sending.end()

    def close(self) -> None:
        """Close the files that are to be closed after the call."""
        for file in self.files:
            file.source.close()


def _head(boundary: str, name: str, filename: str | None, content_type: str | None) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
    if filename is not None:
        head += f'; filename="{_quoted(filename)}"'
    if content_type is not None:
        head += f"\r\nContent-Type: {content_type}"
    return f"{head}\r\n\r\n".encode("utf-8", "replace")  # a file may have a name that no text can show


def _quoted(name: str) -> str:
    return re.sub(_ENCODED_IN_NAMES, lambda match: f"%{ord(match[0]):02X}", name)
