"""What can be uploaded: a path, an open file, bytes, an iterator. One way to read each, from the start, in parts."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import IO, Any

from pandadoc_client._secrets import repr_in_any_state
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["CHUNK", "FileArgument", "Progress", "Source", "Upload", "is_source", "open_source"]

CHUNK = 65536
"""Bytes that are read, sent or received at a time."""

Progress = Callable[[int, int | None], Any]
"""Called with the bytes moved so far, and with all there are, or None while that is not known."""

_END = object()
_Content = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Iterable[bytes] | AsyncIterable[bytes]


class Upload:
    """A file to upload, with what else is to be said of it. Every file argument of an API class takes one.

    Args:
        source: A path, an open file, bytes, an iterator of bytes, or (with ``AsyncApiClient``) an asynchronous one. A
            file is sent from where it stands, and is left open.
        filename: Name that the server is told; the default is the file's own, without its folder.
        content_type: Media type; the default is guessed from the name.
        progress: Called with the bytes sent and the size of the file, None where the size is not known. What it raises
            ends the call. It begins anew when the file is sent again.
        size: Bytes that an iterator will give, where known. Without it the request is sent in chunks (RFC 9112 §7.1),
            which not every server takes.

    Raises:
        ApiTypeError: *source* is nothing that can be uploaded, or another argument is of the wrong type.
        ApiValueError: *size* is negative, or *filename* is empty.
    """

    def __init__(
        self,
        source: _Content,
        filename: str | None = None,
        content_type: str | None = None,
        progress: Progress | None = None,
        *,
        size: int | None = None,
    ) -> None:
        if isinstance(source, Upload) or not (is_source(source) or isinstance(source, list | tuple)):
            raise ApiTypeError(f"An upload must be a path, a file, bytes or an iterator, not {type(source).__name__}")
        for name, text in (("filename", filename), ("content_type", content_type)):
            if text is not None and not isinstance(text, str):
                raise ApiTypeError(f"The {name} of an upload must be text, not {type(text).__name__}", [name])
        if filename == "":
            raise ApiValueError("The filename of an upload must not be empty", ["filename"])
        if progress is not None and not callable(progress):
            raise ApiTypeError(
                f"The progress of an upload must be callable, not {type(progress).__name__}", ["progress"]
            )
        if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
            raise ApiTypeError(f"The size of an upload must be a whole number, not {type(size).__name__}", ["size"])
        if size is not None and size < 0:
            raise ApiValueError("The size of an upload must not be negative", ["size"])
        self.source = source
        self.filename = filename
        self.content_type = content_type
        self.progress = progress
        self.size = size

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"Upload({type(self.source).__name__}, filename={self.filename!r}, content_type={self.content_type!r})"


FileArgument = _Content | Upload | tuple[str | None, _Content] | tuple[str | None, _Content, str | None]
"""What the API classes take for a file."""


def is_source(value: Any) -> bool:
    """Whether *value* can stand for a file: what `Upload` takes, an `Upload`, or ``(name, content, type)``."""
    if isinstance(value, Upload | str | os.PathLike | bytes | bytearray | memoryview | tuple):
        return True
    return not isinstance(value, Mapping | list | set | frozenset | type) and any(
        hasattr(value, name) for name in ("read", "__iter__", "__aiter__")
    )


class Source:
    """Bytes that can be read, once or again and again.

    Attributes:
        name: Name of the file, or None.
        size: How many bytes there are; None if only reading tells.
        rewindable: Whether they can be read again.
        needs_async: Whether they can be read with ``async for`` only.
    """

    name: str | None = None
    size: int | None = None
    rewindable = True
    needs_async = False

    def parts(self) -> Iterator[Any]:
        """Yield the bytes from the start."""
        raise NotImplementedError

    async def parts_async(self) -> AsyncGenerator[Any]:
        """Yield the bytes from the start. What may block is read in threads."""
        import anyio.to_thread  # comes with httpx, which the call has imported

        parts = self.parts()
        while (part := await anyio.to_thread.run_sync(next, parts, _END)) is not _END:
            yield part

    def close(self) -> None:
        """Close what is to be closed after the call."""


class _Bytes(Source):
    def __init__(self, content: Any, closing: Any = None, name: str | None = None) -> None:
        self._content = memoryview(content).cast("B")
        self._closing = closing
        self.size = len(self._content)
        self.name = name

    def parts(self) -> Iterator[Any]:
        for start in range(0, len(self._content), CHUNK):
            yield bytes(self._content[start : start + CHUNK])

    async def parts_async(self) -> AsyncGenerator[Any]:
        for part in self.parts():
            yield part

    def close(self) -> None:
        if self._closing is not None:
            self._closing.close()


class _Path(Source):
    def __init__(self, path: str | os.PathLike[str], field: str) -> None:
        try:
            found = os.stat(path)
            if not stat.S_ISFIFO(found.st_mode) and not stat.S_ISDIR(found.st_mode):
                os.close(os.open(path, os.O_RDONLY))  # a pipe would be waited for, and some folders cannot be opened
        except (OSError, ValueError) as error:
            shown = repr(os.fspath(path))
            reason = (error.strerror if isinstance(error, OSError) else None) or "this is no path"
            shown = shown if len(shown) <= 300 else f"{shown[:300]}…"
            raise ApiValueError(f"{field}: cannot read the file {shown}: {reason}", [field]) from None
        if stat.S_ISDIR(found.st_mode):
            raise ApiValueError(f"{field}: {os.fspath(path)!r} is a folder", [field])
        self._path = path
        self.rewindable = stat.S_ISREG(found.st_mode)  # a named pipe gives what it has once
        self.size = found.st_size if self.rewindable else None
        self.name = os.path.basename(os.fspath(path))

    def parts(self) -> Iterator[Any]:
        with open(self._path, "rb", buffering=0) as file:
            while part := file.read(CHUNK):
                yield part


class _File(Source):
    def __init__(self, file: Any, closes: bool) -> None:
        self._file = file
        self._closes = closes
        self.name = _name_of(file)
        self._start = self._position()
        self.rewindable = self._start is not None
        if self._start is not None:
            self.size = max(0, file.seek(0, os.SEEK_END) - self._start)
            file.seek(self._start)

    def _position(self) -> int | None:
        """Return where the file stands, None if it cannot go back there."""
        try:
            return int(self._file.tell()) if self._file.seekable() else None
        except (AttributeError, OSError, ValueError):
            return None

    def parts(self) -> Iterator[Any]:
        if self._start is not None:
            self._file.seek(self._start)
        while part := self._file.read(CHUNK):
            yield part.encode() if isinstance(part, str) else part

    def close(self) -> None:
        if self._closes:
            self._file.close()


class _Iterable(Source):
    def __init__(self, iterable: Iterable[bytes], size: int | None) -> None:
        self._iterable = iterable
        self.size = size
        self.rewindable = not isinstance(iterable, Iterator)

    def parts(self) -> Iterator[Any]:
        return iter(self._iterable)


class _AsyncIterable(Source):
    needs_async = True

    def __init__(self, iterable: AsyncIterable[bytes], size: int | None) -> None:
        self._iterable = iterable
        self.size = size
        self.rewindable = not isinstance(iterable, AsyncIterator)

    async def parts_async(self) -> AsyncGenerator[Any]:
        parts = aiter(self._iterable)
        try:
            async for part in parts:
                yield part
        finally:
            if isinstance(parts, AsyncGenerator):
                await parts.aclose()


def open_source(source: Any, field: str, *, closes: bool, size: int | None = None) -> Source:
    """Return what *source* holds, ready to be read.

    Args:
        source: Anything that `Upload` takes.
        field: Name of the form field, for errors.
        closes: Whether an open file is closed after the call.
        size: Bytes that an iterator gives, if known.

    Raises:
        ApiTypeError: It is nothing that can be uploaded.
        ApiValueError: There is no such file, it cannot be read, or it is closed.
    """
    if isinstance(source, str | os.PathLike):
        return _Path(source, field)
    if isinstance(source, bytes | bytearray | memoryview):
        return _Bytes(source)
    if hasattr(source, "read"):
        if getattr(source, "closed", False):
            raise ApiValueError(f"Cannot read a closed file. The file for {field} must be open.", [field])
        readable = getattr(source, "readable", None)
        if callable(readable) and readable() is False:
            raise ApiValueError(f"{field}: the file is not open for reading", [field])
        if isinstance(source, io.TextIOBase):  # its size in bytes is not known before it is encoded
            return _Bytes(source.read().encode(), source if closes else None, _name_of(source))
        return _File(source, closes)
    if hasattr(source, "__aiter__"):
        return _AsyncIterable(source, size)
    if hasattr(source, "__iter__") and not isinstance(source, Mapping):
        return _Iterable(source, size)
    raise ApiTypeError(
        f"Invalid type for variable '{field}'. A file must be a path, an open file, bytes or an iterator of bytes, "
        f"not {type(source).__name__}",
        [field],
        key_type=False,
    )


def _name_of(file: Any) -> str | None:
    """Return the name of an open file without its folder; None for one that has only a number."""
    name = getattr(file, "name", None)
    return os.path.basename(os.fsdecode(name)) if isinstance(name, str | bytes | os.PathLike) else None
