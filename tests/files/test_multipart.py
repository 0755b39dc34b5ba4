"""Multipart forms, read back by two readers of other houses."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client._calls.encoding import encode_body, file_fields
from pandadoc_client._calls.sources import CHUNK
from pandadoc_client._http.messages import BodyStream
from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.files import Upload

from .forms import READERS, Part, boundary_of

# What means something in a form, and in the head of a part.
SPECIAL = ["\r\n", "--", "\r\n--", *'"\\;=% \t\x00\x7f', "%22", "name=", "é", "文件", "🐼", "\u05d0\u05d1"]
texts = st.lists(st.sampled_from(SPECIAL) | st.text(max_size=5), max_size=6).map("".join)
names = texts.filter(lambda text: not _has_surrogate(text))
contents = st.binary(max_size=300) | st.lists(
    st.sampled_from([b"\r\n", b"--", b"\r\n--", b"\r", b"\n", b"\x00", b"\xff"]), max_size=40
).map(b"".join)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def sent(name: str) -> str:
    """Return a name as it goes over the wire."""
    return "".join(f"%{ord(char):02X}" if char in '"\\\x7f' or char < " " else char for char in name)


def seen(reader: str, name: str) -> str:
    """Return a name as a reader gives it back: one of them takes the percent-encoded quote for what it stands for."""
    return sent(name).replace("%22", '"') if reader == "werkzeug" else sent(name)


def form(fields: list[tuple[str, Any]], files: dict[str, Any]) -> tuple[bytes, str]:
    content, content_type = encode_body("multipart/form-data", None, fields, file_fields(files))
    assert content_type is not None
    assert content is not None
    if isinstance(content, bytes):
        return content, content_type
    assert content.length is not None
    body = b"".join(content)
    assert len(body) == content.length
    return body, content_type


@pytest.mark.parametrize("reader", READERS)
@given(field=names.filter(bool), filename=names.filter(bool), content=contents, text=contents)
def test_every_name_and_content_comes_through(
    reader: str, field: str, filename: str, content: bytes, text: bytes
) -> None:
    body, content_type = form([("text", text)], {field: Upload(content, filename, "a/b")})
    assert READERS[reader](body, content_type) == [
        Part("text", None, None, text),
        Part(seen(reader, field), seen(reader, filename), "a/b", content),
    ]


@pytest.mark.parametrize("reader", READERS)
@given(size=st.integers(-2, 2), chunks=st.integers(0, 3))
def test_files_about_as_long_as_a_piece_come_through(reader: str, size: int, chunks: int) -> None:
    content = b"\r\n--\x00"[:4] * (max(0, chunks * CHUNK + size) // 4)
    body, content_type = form([], {"file": content})
    assert READERS[reader](body, content_type)[0].content == content


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_has_an_old_delimiter_in_it_comes_through(reader: str) -> None:
    # What is known of a boundary when a file is made is that of an earlier request.
    old = b"\r\n--" + boundary_of(form([], {"file": b""})[1])
    body, content_type = form([], {"file": old + b"--\r\n" + old})
    assert READERS[reader](body, content_type)[0].content == old + b"--\r\n" + old


def test_no_two_forms_have_one_boundary() -> None:
    assert len({form([], {"file": b"x"})[1] for _ in range(100)}) == 100


@pytest.mark.parametrize("reader", READERS)
def test_json_parts_say_so_and_several_files_keep_their_order(reader: str) -> None:
    files = {"file": [Upload(b"1", "a.pdf"), Upload(b"2", "b.unknown-kind")], "other": ("c.md", b"3", "text/x")}
    body, content_type = form([("data", {"name": "Vertrag é"}), ("tags", ["a", 1])], files)
    data, tags, *rest = READERS[reader](body, content_type)
    assert (data.name, data.filename) == ("data", None)
    assert data.content_type is not None
    assert data.content_type.partition(";")[0] == "application/json"
    assert json.loads(data.content) == {"name": "Vertrag é"}
    assert json.loads(tags.content) == ["a", 1]
    assert rest == [
        Part("file", "a.pdf", "application/pdf", b"1"),
        Part("file", "b.unknown-kind", "application/octet-stream", b"2"),
        Part("other", "c.md", "text/x", b"3"),
    ]


def test_both_worlds_send_the_same_bytes() -> None:
    fields = file_fields({"file": [b"x" * 100_000, ("b", [b"1", b"2"], None)]})
    content, _ = encode_body("multipart/form-data", None, [("a", "b")], fields)
    assert content is not None
    assert not isinstance(content, bytes)
    body: BodyStream = content

    async def collect() -> bytes:
        return b"".join([part async for part in body])

    assert anyio.run(collect) == b"".join(body)
    assert max(map(len, body)) <= CHUNK


@pytest.mark.parametrize("kind", ["a/b\r\nX: y", "é\u0100"])
def test_a_media_type_that_no_header_can_carry_is_refused(kind: str) -> None:
    with pytest.raises(ApiValueError, match=r"file: .*Content-Type"):
        file_fields({"file": Upload(b"", content_type=kind)})


@pytest.mark.parametrize("given_file", [("a.pdf", "text"), ("a.pdf",), (1, b""), ("a", b"", "b", "c")])
def test_a_tuple_of_another_shape_is_refused(given_file: Any) -> None:
    with pytest.raises(ApiTypeError, match="file"):
        file_fields({"file": [given_file]})
