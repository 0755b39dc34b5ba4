"""Forms with files (RFC 7578), byte for byte.

openapi-core's own reader goes by way of text and Python's e-mail parser, which changes line ends in binary files.
"""

from __future__ import annotations

from typing import Self

from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

__all__ = ["FilePart", "parse_multipart"]


class FilePart(bytes):
    """The content of a part that came with a file name.

    Attributes:
        filename: The name, as it was sent.
        content_type: The media type of the part; empty if none was sent.
    """

    filename: str
    content_type: str

    def __new__(cls, content: bytes, filename: str, content_type: str) -> Self:
        """Return the content with its name."""
        part = super().__new__(cls, content)
        part.filename, part.content_type = filename, content_type
        return part


def parse_multipart(value: bytes, **parameters: str) -> ImmutableMultiDict[str, bytes]:
    """Return the parts of a body by name, files as `FilePart` (a deserializer of openapi-core).

    Raises:
        ValueError: no boundary, or no form of this boundary.
    """
    boundary = parameters.get("boundary", "")
    if not boundary:
        raise ValueError("the content type names no boundary")
    decoder = MultipartDecoder(boundary.encode("latin-1"))
    decoder.receive_data(value)
    decoder.receive_data(None)
    parts: list[tuple[str, bytes]] = []
    content = bytearray()
    part: Field | File | None = None
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, NeedData):
            raise ValueError("the form is cut off")
        if isinstance(event, Field | File):
            if not isinstance(event.name, str):  # whatever werkzeug's types say
                raise ValueError("a part of the form has no name")
            part, content = event, bytearray()
        elif isinstance(event, Data):
            content += event.data
            if part is not None and not event.more_data:
                parts.append((part.name, _content(part, bytes(content))))
    return ImmutableMultiDict(parts)


def _content(part: Field | File, content: bytes) -> bytes:
    if isinstance(part, File):
        return FilePart(content, part.filename, part.headers.get("content-type", ""))
    return content
