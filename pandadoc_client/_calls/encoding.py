"""How Python values go over the wire: paths, queries, headers, JSON bodies, forms and parts of multipart forms.

Every value of a call passes `plain`, which turns it into what JSON knows or refuses it with the place where it stands
(``recipients[0].price``), and every value outside JSON then passes `text`. No I/O but files.

What JSON gets, and in brackets what a path, a query, a header and a form get where that is something else:

* ``str``: text. ``Enum`` members: their value. ``bool``: ``true``, ``false``. ``UUID``: text.
* ``int``, ``float``, ``Decimal`` and numpy's numbers: a number (their digits).
* ``datetime``, ``date``, ``time``: ISO 8601 text, with an offset if the value is aware.
* ``None``: ``null`` (``None``, as the vendor's SDK has it; an optional argument that is None is not sent).
* ``UNSET``: the key is left out (the parameter is).
* Models and mappings, whose keys must be text: an object (in a multipart form a JSON part).
* Lists, tuples, sets, dict views, numpy arrays: an array, of a set a sorted one (as the collection format says; in a
  multipart form a JSON part).
* ``bytes``: refused (UTF-8 text; in a multipart form as they are).
"""

from __future__ import annotations

import enum
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence, Set, ValuesView
from datetime import date, time
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from pandadoc_client._calls.model import UNSET, Model
from pandadoc_client._calls.multipart import FileField, MultipartBody, TextField, file_field
from pandadoc_client._http.lazily import is_of
from pandadoc_client._http.messages import BodyStream
from pandadoc_client._http.secrets import SecretText, hide
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = [
    "Body",
    "FilePart",
    "check_identifier",
    "encode_body",
    "encode_path",
    "encode_query",
    "file_fields",
    "file_parts",
    "flatten",
    "identifier_problem",
    "plain",
    "text",
    "unwrapped",
]

Body = tuple[bytes | BodyStream | None, str | None]
FilePart = tuple[str, tuple[str | None, bytes, str]]

_FORM = "application/x-www-form-urlencoded"
_DELIMITERS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}
_DEEPEST = 200  # levels of a JSON body; the API has about ten
_LARGEST = 10**4300  # what Python reads and writes without a change of sys.set_int_max_str_digits()
_CONTROL = "[\x00-\x1f\x7f-\x9f\u2028\u2029]"  # compiled when there is one
_NO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"  # str.strip() does not count these as white space
_SURROGATE = "has a character that UTF-8 cannot carry (an unpaired surrogate)"
_NESTED = f"is nested more than {_DEEPEST} levels deep"


class _RefusedError(Exception):
    """A value that cannot be sent. The containers around it add the way to it while it passes them."""

    def __init__(self, problem: str, kind: type[ApiTypeError | ApiValueError] = ApiValueError) -> None:
        super().__init__(problem)
        self.kind = kind
        self.path: list[str | int] = []  # from the inside out

    def named(self, name: str) -> ApiTypeError | ApiValueError:
        """Return the package's error for the value of the argument *name*."""
        steps = self.path[::-1]
        place = name + "".join(f"[{step}]" if isinstance(step, int) else f".{_shortened(step)}" for step in steps)
        if len(place) > 160:
            place = f"{place[:80]}…{place[-40:]}"
        path: list[str | int] = [name, *steps] if len(steps) <= 20 else [name]
        return self.kind(f"{place}: {self.args[0]}", path)


def plain(value: Any, name: str = "body", *, binary: bool = False) -> Any:
    """Return *value* as JSON knows it: models as objects, dates as text, and so on. Containers are new ones.

    Args:
        value: What is to be sent. It is left as it is.
        name: What errors call it.
        binary: True to keep bytes as they are, and to read open files.

    Raises:
        ApiTypeError: Bytes or a file where only text can stand, or a key of a mapping that is no text.
        ApiValueError: A value of a type that cannot be sent, NaN or infinity, an integer of more than 4,300 digits, an
            unpaired surrogate, a container that contains itself or is nested too deeply. The message names the place
            and never shows the value.
    """
    try:
        return _plain(value, set(), binary)
    except _RefusedError as refused:
        raise refused.named(name) from None
    except RecursionError:  # the caller's own stack leaves little room
        raise _RefusedError(_NESTED).named(name) from None


def text(name: str, value: Any) -> str:
    """Return a parameter as text: ``true`` and ``false`` for booleans, ISO 8601 for dates.

    Raises:
        As `plain` does; the message names the parameter. Bytes must be UTF-8.
    """
    if type(value) is str and value.isascii():
        return value
    if is_of(value, "decimal", "Decimal") and value.is_finite():
        return format(value, "f")
    hidden = isinstance(value, SecretText)
    value = plain(value, name, binary=True)
    if isinstance(value, str):
        return hide(value) if hidden else value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise ApiValueError(f"{name}: these bytes are no UTF-8 text", [name]) from None
    return str(value).lower() if isinstance(value, bool) else str(value)


def unwrapped(value: Any) -> Any:
    """Return what *value* stands for: the value of an enumeration's member, Python's number for one of numpy's."""
    if isinstance(value, enum.Enum) and value is not UNSET and not isinstance(value, str | int | float):
        return value.value
    return _from_numpy(value)


def check_identifier(name: str, value: Any) -> str:
    """Return an identifier as text, unless the API cannot know it, or it would lead a path elsewhere.

    Args:
        name: Name of the argument, for the error.
        value: The identifier.

    Raises:
        ApiValueError: It is None, empty, a dot segment, cannot be text, has a line end or another control character in
            it, or begins or ends with white space: what identifiers get on their way through files and spreadsheets.
    """
    found = "" if value is None else text(name, value)
    if problem := identifier_problem(found):
        raise ApiValueError(f"{name}: the identifier {problem}", [name])
    return found


def identifier_problem(value: str) -> str | None:
    """Return what is wrong with an identifier, or None."""
    if value.isalnum():
        return None
    if value in ("", ".", ".."):
        return "must be neither empty nor a dot segment"
    if not value.isprintable() and re.search(_CONTROL, value):
        return "has a line end or another control character in it"
    if value.strip().strip(_NO_WIDTH) != value:
        return "begins or ends with white space, or with a character of no width"
    return None


def flatten(pairs: Any, collections: Mapping[str, str] | None) -> list[tuple[str, Any]]:
    """Return parameters as pairs, an array repeated or joined as *collections* has it for its name."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    if not collections:
        return list(items)
    result: list[tuple[str, Any]] = []
    for name, value in items:
        style = collections.get(name)
        found = value if style is None else plain(value, name, binary=True)
        if not isinstance(found, list) or style is None:
            result.append((name, value))
        elif style == "multi":
            result += [(name, item) for item in found]
        else:
            result.append((name, _DELIMITERS.get(style, ",").join(text(name, item) for item in found)))
    return result


def encode_path(template: str, parameters: Iterable[tuple[str, Any]], safe: str) -> str:
    """Return a path with its parameters filled in, percent-encoded but for the characters in *safe*.

    Raises:
        ApiValueError: A parameter is none that the API can know; see `check_identifier`.
    """
    for name, value in parameters:
        template = template.replace(f"{{{name}}}", quote(check_identifier(name, value), safe=safe))
    return template if template.isascii() else text("path", template)


def encode_query(parameters: Iterable[tuple[str, Any]]) -> str:
    """Return a query string without its question mark."""
    return "&".join([f"{_quoted(_name(name))}={_quoted(text(name, value))}" for name, value in parameters])


def _quoted(value: str) -> str:
    """Return what stands for *value* in a query; most values are a word or a number, and stand for themselves."""
    return str.__str__(value) if value.isascii() and value.isalnum() else quote_plus(value)


def encode_body(
    content_type: str | None,
    body: Any,
    fields: list[tuple[str, Any]],
    files: Sequence[FileField] = (),
    name: str = "body",
) -> Body:
    """Return a body and its Content-Type. It is a stream if files are in it.

    Args:
        content_type: What was asked for; it decides how the body is written.
        body: A value for JSON, or text or bytes that are ready.
        fields: Fields of a form.
        files: Parts of a multipart form that are files.
        name: What errors call the body.

    Raises:
        ApiTypeError: As `plain`.
        ApiValueError: As `plain`, or the body cannot be written as that type.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    is_json = content_type is None or "json" in kind
    is_ready = not is_json and isinstance(body, str | bytes)
    if not is_ready and body is not None:
        body = plain(body, name)
    if fields and body:
        raise ApiValueError("body parameter cannot be used with post_params parameter.")
    if kind == "multipart/form-data":
        return _multipart(fields, files) if fields or files else (None, None)
    if files or (fields and kind != _FORM):
        raise ApiValueError(
            f"{'Files' if files else 'Form fields'} cannot be sent as {kind or 'no type'}", ["_content_type"]
        )
    if kind == _FORM:
        pairs = [(_name(field), text(field, value)) for field, value in fields]
        return urlencode(pairs).encode("ascii") or None, content_type
    if is_ready:
        return text(name, body).encode() if isinstance(body, str) else body, content_type
    if body is None:
        return None, content_type
    if not is_json:
        raise ApiValueError(f"A body of type {type(body).__name__} cannot be sent as {kind}", ["_content_type"])
    return json.dumps(body).encode("ascii"), content_type


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
        content_type = None
        if isinstance(value, bytes | bytearray | memoryview):
            part = bytes(value)
        elif isinstance(found := plain(value, name), dict | list):
            part = json.dumps(found, ensure_ascii=False).encode()
            content_type = "application/json; charset=utf-8"
        else:
            part = text(name, value).encode()
        texts.append(TextField(_name(name), part, content_type))
    body = MultipartBody(texts, files)
    return body if files else b"".join(body), body.content_type


def _name(name: Any) -> str:
    """Return the name of a parameter, of which an error cannot show half a surrogate pair."""
    return text("The name of a parameter", name)


def _plain(value: Any, active: set[int], binary: bool) -> Any:
    """Return *value* as JSON knows it; *active* has the containers that it stands in."""
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _checked_text(value)
    if value is None or kind is bool:
        return value
    if kind is dict:
        return _object(value, value, active, binary)
    if kind is list or kind is tuple:
        return _array(value, value, active, binary)
    if isinstance(value, str):  # a member of an enumeration of texts, too: its str() is another
        return _checked_text(str.__str__(value))
    if isinstance(value, int):
        return _checked_integer(int.__index__(value))
    if isinstance(value, float):
        return _checked_float(float.__float__(value))
    if isinstance(value, date | time):
        return _moment(value)
    if is_of(value, "decimal", "Decimal"):
        return _number(value)
    if is_of(value, "uuid", "UUID"):
        return str(value)
    if value is UNSET:
        raise _RefusedError("is UNSET, which only the value of a key can be")
    if isinstance(value, enum.Enum):
        return _plain(value.value, active, binary)
    if isinstance(value, Model) and type(value).to_dict is Model.to_dict:
        return _object(value, value._current(), active, binary)
    if isinstance(value, Mapping):
        return _object(value, value, active, binary)
    if isinstance(value, bytes | bytearray | memoryview):
        if binary:
            return bytes(value)
        raise _RefusedError("bytes cannot stand in JSON: decode them to text, or send a file", ApiTypeError)
    if isinstance(value, set | frozenset):
        return _array(value, _sorted(value), active, binary)
    if isinstance(value, Sequence | Set | ValuesView):
        return _array(value, value, active, binary)
    found = _from_numpy(value)
    if found is not value:
        return _array(value, found, active, binary) if isinstance(found, list) else _plain(found, active, binary)
    return _other(value, active, binary)


def _other(value: Any, active: set[int], binary: bool) -> Any:
    """Return a file's bytes, or the fields of a model of another generated SDK.

    Raises:
        _RefusedError: It is neither.
    """
    if isinstance(value, io.IOBase):
        if binary:
            return value.read()
        raise _RefusedError("a file cannot stand in JSON", ApiTypeError)
    to_dict = None if isinstance(value, type) else getattr(value, "to_dict", None)
    fields = to_dict() if callable(to_dict) else None
    if isinstance(fields, Mapping):
        return _object(value, fields, active, binary)
    hint = "; give a list" if hasattr(value, "__iter__") else ""
    raise _RefusedError(f"Unable to prepare type {type(value).__name__} for serialization{hint}")


def _object(value: Any, fields: Mapping[Any, Any], active: set[int], binary: bool) -> dict[str, Any]:
    _enter(value, active)
    result = {}
    name = None
    try:
        for name, item in fields.items():
            if not isinstance(name, str):
                problem = f"has a key of type {type(name).__name__}, and a key must be text"
                name = None
                raise _RefusedError(problem, ApiTypeError)
            if item is not UNSET:
                key = str.__str__(name)
                if not key.isascii():
                    _checked_key(key)
                result[key] = _plain(item, active, binary)
    except _RefusedError as refused:
        if name is not None:
            refused.path.append(str.__str__(name))
        raise
    active.discard(id(value))
    return result


def _array(value: Any, items: Iterable[Any], active: set[int], binary: bool) -> list[Any]:
    _enter(value, active)
    result: list[Any] = []
    try:
        for item in items:
            result.append(_plain(item, active, binary))  # its length is the index of what is refused
    except _RefusedError as refused:
        refused.path.append(len(result))
        raise
    active.discard(id(value))
    return result


def _enter(value: Any, active: set[int]) -> None:
    if id(value) in active:
        raise _RefusedError("contains itself")
    if len(active) >= _DEEPEST:
        raise _RefusedError(_NESTED)
    active.add(id(value))


def _checked_text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _RefusedError(_SURROGATE) from None
    return value


def _checked_key(key: str) -> None:
    try:
        _checked_text(key)
    except _RefusedError:
        raise _RefusedError(f"the key {_SURROGATE}") from None


def _checked_integer(value: int) -> int:
    if not -_LARGEST < value < _LARGEST:
        raise _RefusedError("is an integer of more than 4300 digits")
    return value


def _checked_float(value: float) -> float:
    if value - value != 0:
        raise _RefusedError("is NaN or infinity, which JSON does not know")
    return value


def _number(value: Any) -> int | float:
    """Return a Decimal as the number that a reader of JSON makes of its digits (RFC 8259 §6)."""
    if not value.is_finite():
        raise _RefusedError("is NaN or infinity, which JSON does not know")
    if value.adjusted() < 4300 and value == value.to_integral_value():
        return int(value)
    return _checked_float(float(value))


def _moment(value: date | time) -> str:
    if value != value:
        raise _RefusedError("is no point in time (NaT)")
    return value.isoformat()


def _sorted(values: Iterable[Any]) -> list[Any]:
    """Return the items of a set in an order that is the same in every process."""
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=lambda item: (type(item).__name__, str(item)))


def _from_numpy(value: Any) -> Any:
    """Return a scalar of numpy as Python's, an array as a list of its items; anything else as it is.

    Nobody has such a value without having imported numpy, so it need not be imported here.
    """
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "generic"):  # a module that is being imported has no classes yet
        return value
    if isinstance(value, numpy.ndarray):
        return list(value) if value.ndim else _from_numpy(value[()])
    if not isinstance(value, numpy.generic):
        return value
    kind = value.dtype.kind
    if kind == "M":
        if value != value:
            raise _RefusedError("is no point in time (NaT)")
        found = value.item()
        # Finer than microseconds numpy gives an integer, and beyond the years 1 to 9999 too.
        return value.astype("datetime64[us]").item() if isinstance(found, int) else found
    if kind == "f":
        return float(value)  # also of a long double, whose item() is itself
    return value.item() if kind in "biuSU" else value


def _shortened(step: str) -> str:
    shown = step if step.isascii() and step.isprintable() else ascii(step)[1:-1]
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
