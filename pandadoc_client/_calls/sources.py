"""What can be uploaded: a path, an open file, bytes, an iterator. One way to read each, from the start, in parts."""

from __future__ import annotations

import inspect
import io
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import IO, Any, Protocol

from pandadoc_client._calls.blocking_files import pipe_parts, reader_in_time
from pandadoc_client._http.cleanup import quietly
from pandadoc_client._http.secrets import repr_in_any_state
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["CHUNK", "FileArgument", "Progress", "Source", "Upload", "is_source", "open_source"]

CHUNK = 65536
"""Bytes that are read, sent or received at a time."""

Progress = Callable[[int, int | None], Any]
"""Called with the bytes moved so far, and with all there are, or None while that is not known."""

_END = object()


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _AsyncReadable(Protocol):
    async def read(self, size: int, /) -> bytes: ...


_Content = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | IO[bytes]
    | Iterable[bytes]
    | AsyncIterable[bytes]
    | _Readable
    | _AsyncReadable
)


class Upload:
    """A file to upload, with what else is to be said of it. Every file argument of an API class takes one.

    Args:
        source: A path, an open file, bytes, an iterator of bytes, or (with ``AsyncApiClient``) an asynchronous file or
            iterator. A file is sent from where it stands, and is left open.
        filename: Name that the server is told; the default is the file's own, without its folder.
        content_type: Media type; the default is the file's own, if it has a ``content_type``, else it is guessed from
            the name.
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
        content_type: Its media type, or None.
        size: How many bytes there are; None if only reading tells.
        rewindable: Whether they can be read again.
        needs_async: What this is, if it can be read by the asynchronous client only; else empty.
    """

    name: str | None = None
    content_type: str | None = None
    size: int | None = None
    rewindable = True
    needs_async = ""

    def parts(self) -> Iterator[Any]:
        """Yield the bytes from the start."""
        raise ApiTypeError(f"{self.needs_async} needs AsyncApiClient")

    async def measure(self) -> None:
        """Find out the size and whether the bytes can be read again, where only an event loop can do so."""

    async def parts_async(self) -> AsyncGenerator[Any]:
        """Yield the bytes from the start. What may block is read in threads."""
        import anyio.to_thread  # comes with httpx, which the call has imported

        parts = self.parts()
        # A call that ends does not wait for a thread that reads: what is read may never come.
        while (part := await anyio.to_thread.run_sync(next, parts, _END, abandon_on_cancel=True)) is not _END:
            yield part

    def close(self) -> None:
        """Close what is to be closed after the call. What goes wrong in that is logged: the response counts."""


def _close(file: Any) -> None:
    close = getattr(file, "close", None)  # objects that only have read(), such as ``wsgi.input``, have none
    if callable(close):
        with quietly("the file of an upload"):
            close()


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
            _close(self._closing)


class _Path(Source):
    def __init__(self, path: str | os.PathLike[str], field: str) -> None:
        try:
            found = os.stat(path)
            if not stat.S_ISFIFO(found.st_mode) and not stat.S_ISDIR(found.st_mode):
                os.close(
                    os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
                )  # a pipe would be waited for, and some folders cannot be opened
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
        if not self.rewindable:
            yield from pipe_parts(self._path, CHUNK)
            return
        with open(self._path, "rb", buffering=0) as file:
            while part := file.read(CHUNK):
                yield part


class _File(Source):
    def __init__(self, file: Any, closes: bool, field: str) -> None:
        self._file = file
        self._field = field
        self._closes = closes
        self.name = _name_of(file)
        self.content_type = _type_of(file)
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
        read = reader_in_time(self._file)
        while part := read(CHUNK):
            yield _encoded(part, self._field) if isinstance(part, str) else part

    def close(self) -> None:
        if self._closes:
            _close(self._file)


class _AsyncFile(Source):
    """A file whose ``read`` is awaited: of aiofiles, anyio and trio, an upload of a web framework, a stream.

    It is left open. Whoever opened it has the event loop that closing it needs, and web frameworks close their uploads.
    """

    def __init__(self, file: Any, size: int | None) -> None:
        self._file = file
        # An upload of starlette can go to a position but not tell it; the file in it can.
        self._handle: Any = file if hasattr(file, "tell") else getattr(file, "file", None)
        self._start: int | None = None
        self.name = _name_of(file)
        self.content_type = _type_of(file)
        self.size = size
        self.rewindable = False
        has_file = self._handle is not file and self._handle is not None
        self.needs_async = f"an asynchronous file{' (its `file` is a blocking one)' if has_file else ''}"

    async def measure(self) -> None:
        handle = self._handle
        try:
            start = int(await _result(handle.tell()))
            await _result(handle.seek(0, os.SEEK_END))
            end = int(await _result(handle.tell()))
            await _result(handle.seek(start))
        except (AttributeError, OSError, TypeError, ValueError):  # a stream: it is sent once, as it comes
            return
        self._start = start
        self.size = max(0, end - start) if self.size is None else self.size
        self.rewindable = True

    async def parts_async(self) -> AsyncGenerator[Any]:
        if self._start is not None:
            await _result(self._handle.seek(self._start))
        while part := await _result(self._file.read(CHUNK)):
            yield part


async def _result(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


class _Iterable(Source):
    def __init__(self, iterable: Iterable[bytes], size: int | None) -> None:
        self._iterable = iterable
        self.size = size
        self.rewindable = not isinstance(iterable, Iterator)

    def parts(self) -> Iterator[Any]:
        return iter(self._iterable)


class _AsyncIterable(Source):
    needs_async = "an asynchronous iterator"

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
        if callable(readable) and not inspect.iscoroutinefunction(readable) and readable() is False:
            raise ApiValueError(f"{field}: the file is not open for reading", [field])
        if inspect.iscoroutinefunction(source.read):
            return _AsyncFile(source, size)
        if isinstance(source, io.TextIOBase):  # its size in bytes is not known before it is encoded
            return _Bytes(_encoded(source.read(), field), source if closes else None, _name_of(source))
        return _File(source, closes, field)
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


def _encoded(text: str, field: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ApiValueError(f"{field}: has a character that UTF-8 cannot carry", [field]) from None


def _name_of(file: Any) -> str | None:
    """Return the name of an open file without its folder; None for one that has only a number.

    What a web framework received has a ``filename``: its ``name`` may be that of the form's field.
    """
    for attribute in ("name",) if isinstance(file, io.IOBase) else ("filename", "name"):
        name = getattr(file, attribute, None)
        if name and isinstance(name, str | bytes | os.PathLike):
            return os.path.basename(os.fsdecode(name)) or None
    return None


def _type_of(file: Any) -> str | None:
    """Return the media type that a web framework received with a file; None where there is none."""
    kind = getattr(file, "content_type", None)
    return kind if isinstance(kind, str) and "/" in kind else None
