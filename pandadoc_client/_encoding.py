"""From Python values to the body of a request: paths, queries, JSON, forms and multipart bodies. No I/O but files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from pandadoc_client._http import BodyStream
from pandadoc_client._multipart import FileField, MultipartBody, TextField, file_field
from pandadoc_client._secrets import SecretText
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = [
    "Body",
    "FilePart",
    "encode_body",
    "encode_path",
    "encode_query",
    "file_fields",
    "file_parts",
    "flatten",
    "plain",
]

Body = tuple[bytes | BodyStream | None, str | None]
FilePart = tuple[str, tuple[str | None, bytes, str]]

_FORM = "application/x-www-form-urlencoded"
_DELIMITERS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}


def plain(value: Any) -> Any:
    """Return *value* as JSON knows it: models and dates as their JSON form, files as their bytes.

    The value itself is left as it is; containers are new ones.

    Raises:
        ApiValueError: A value of a type that cannot be sent.
    """
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    if isinstance(value, io.IOBase):
        return value.read()
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "to_dict"):  # a model of this package, or of another generated one
        return value.to_dict()
    raise ApiValueError(f"Unable to prepare type {type(value).__name__} for serialization")


def flatten(pairs: Any, collections: Mapping[str, str] | None) -> list[tuple[str, Any]]:
    """Return parameters as pairs, an array repeated or joined as *collections* has it for its name."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    if not collections:
        return list(items)
    result: list[tuple[str, Any]] = []
    for name, value in items:
        style = collections.get(name)
        if style == "multi" and isinstance(value, list | tuple):
            result += [(name, item) for item in value]
        elif style is not None and isinstance(value, list | tuple):
            result.append((name, _DELIMITERS.get(style, ",").join(_text(name, item) for item in value)))
        else:
            result.append((name, value))
    return result


def encode_path(template: str, parameters: Iterable[tuple[str, Any]], safe: str) -> str:
    """Return a path with its parameters filled in, percent-encoded but for the characters in *safe*.

    Raises:
        ApiValueError: A parameter is empty, or a dot segment: the path would lead elsewhere.
    """
    for name, value in parameters:
        text = _text(name, value)
        if text in ("", ".", ".."):
            raise ApiValueError(f"The path parameter {name} must be neither empty nor a dot segment", [name])
        template = template.replace(f"{{{name}}}", quote(text, safe=safe))
    return template


def encode_query(parameters: Iterable[tuple[str, Any]]) -> str:
    """Return a query string without its question mark."""
    return urlencode([(name, _text(name, value)) for name, value in parameters])


def encode_body(
    content_type: str | None, body: Any, fields: list[tuple[str, Any]], files: Sequence[FileField] = ()
) -> Body:
    """Return a body and its Content-Type. It is a stream if files are in it.

    Args:
        content_type: What was asked for; it decides how the body is written.
        body: A value for JSON, or text or bytes that are ready.
        fields: Fields of a form.
        files: Parts of a multipart form that are files.

    Raises:
        ApiValueError: The body cannot be written as that type.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if fields and body:
        raise ApiValueError("body parameter cannot be used with post_params parameter.")
    if kind == "multipart/form-data":
        return _multipart(fields, files) if fields or files else (None, None)
    if files or (fields and kind != _FORM):
        raise ApiValueError(
            f"{'Files' if files else 'Form fields'} cannot be sent as {kind or 'no type'}", ["_content_type"]
        )
    if kind == _FORM:
        return urlencode([(name, _text(name, value)) for name, value in fields]).encode("ascii") or None, content_type
    if isinstance(body, str | bytes) and content_type is not None and "json" not in kind:
        return body.encode() if isinstance(body, str) else body, content_type
    if body is None:
        return None, content_type
    if content_type is not None and "json" not in kind:
        raise ApiValueError(f"A body of type {type(body).__name__} cannot be sent as {kind}", ["_content_type"])
    try:
        return json.dumps(body, allow_nan=False).encode("ascii"), content_type
    except ValueError:
        raise ApiValueError("The body holds a number that JSON does not know: NaN or infinity", ["body"]) from None
    except TypeError as error:
        raise ApiTypeError(f"The body cannot be written as JSON: {error}", ["body"]) from None


def file_fields(files: Mapping[str, Any] | None) -> list[FileField]:
    """Return the files of a form; a list, or a tuple that is not one of a file and its name, stands for several.

    Raises:
        ApiTypeError: Something that cannot be uploaded.
        ApiValueError: There is no such file, or it is closed.
    """
    fields: list[FileField] = []
    for name, given in (files or {}).items():
        is_named = isinstance(given, tuple) and given[:1] and (given[0] is None or isinstance(given[0], str))
        several = given if isinstance(given, list | tuple) and not is_named else (given,)
        fields += [file_field(name, one) for one in several if one is not None]
    return fields


def file_parts(files: Mapping[str, Any] | None) -> list[FilePart]:
    """Return the parts of files: name of the parameter, then file name, content and media type.

    Each open file is read from where it stands and closed.

    Raises:
        ApiTypeError: Something that cannot be uploaded.
        ApiValueError: There is no such file, or it is closed.
    """
    parts: list[FilePart] = []
    for field in file_fields(files):
        content = b"".join(field.source.parts())
        field.source.close()
        parts.append((field.name, (field.filename, content, field.content_type)))
    return parts


def _multipart(fields: list[tuple[str, Any]], files: Sequence[FileField]) -> Body:
    texts = []
    for name, value in fields:
        if isinstance(value, dict | list):
            part = json.dumps(value, ensure_ascii=False).encode()
            texts.append(TextField(name, part, "application/json; charset=utf-8"))
        else:
            texts.append(TextField(name, value if isinstance(value, bytes) else _text(name, value).encode()))
    body = MultipartBody(texts, files)
    return body if files else b"".join(body), body.content_type


def _text(name: str, value: Any) -> str:
    """Return a parameter as text: ``true`` and ``false`` for booleans, ISO 8601 for dates.

    Raises:
        ApiValueError: It holds half of a surrogate pair, which UTF-8 cannot carry; the message names the parameter.
    """
    if type(value) is str and value.isascii():
        return value
    if isinstance(value, str):
        # A member of an enumeration of texts has another str().
        text = value if isinstance(value, SecretText) else str.__str__(value)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(plain(value))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ApiValueError(
            f"{name}: has a character that UTF-8 cannot carry (an unpaired surrogate)", [name]
        ) from None
    return text
