"""Two readers of multipart forms that know nothing of each other, nor of this project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from python_multipart.multipart import MultipartParser, parse_options_header
from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData


@dataclass(frozen=True)
class Part:
    """A part of a form as a reader sees it."""

    name: str
    filename: str | None
    content_type: str | None
    content: bytes


def boundary_of(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    assert kind == b"multipart/form-data"
    return options[b"boundary"]


def read_with_werkzeug(body: bytes, content_type: str) -> list[Part]:
    decoder = MultipartDecoder(boundary_of(content_type))
    decoder.receive_data(body)
    decoder.receive_data(None)
    heads: list[tuple[str, str | None, Headers]] = []
    contents: list[bytes] = []
    while not isinstance(event := decoder.next_event(), Epilogue):
        assert not isinstance(event, NeedData)
        if isinstance(event, Field | File):
            heads.append((event.name or "", event.filename if isinstance(event, File) else None, event.headers))
            contents.append(b"")
        elif isinstance(event, Data):
            contents[-1] += event.data
    return [
        Part(name, filename, headers.get("content-type"), content)
        for (name, filename, headers), content in zip(heads, contents, strict=True)
    ]


def read_with_python_multipart(body: bytes, content_type: str) -> list[Part]:
    parts: list[Part] = []
    state: dict[str, Any] = {}

    def begin() -> None:
        state.update(headers={}, name=b"", value=b"", content=b"")

    def add(key: str) -> Any:
        def collect(data: bytes, start: int, end: int) -> None:
            state[key] += data[start:end]

        return collect

    def header_end() -> None:
        state["headers"][state["name"].lower()] = state["value"]
        state.update(name=b"", value=b"")

    def end() -> None:
        _, options = parse_options_header(state["headers"][b"content-disposition"])
        kind = state["headers"].get(b"content-type")
        filename = options.get(b"filename")
        parts.append(
            Part(
                options[b"name"].decode(),
                None if filename is None else filename.decode(),
                None if kind is None else kind.decode(),
                state["content"],
            )
        )

    callbacks: Any = {
        "on_part_begin": begin,
        "on_part_data": add("content"),
        "on_header_field": add("name"),
        "on_header_value": add("value"),
        "on_header_end": header_end,
        "on_part_end": end,
    }
    parser = MultipartParser(boundary_of(content_type), callbacks)
    parser.write(body)
    parser.finalize()
    return parts


READERS = {"werkzeug": read_with_werkzeug, "python-multipart": read_with_python_multipart}
