"""Values as JSON, both ways: arguments that JSON does not know, and outcomes as data that two programs can compare."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pandadoc_client
from pandadoc_client.model.o_auth2_access_token_response import OAuth2AccessTokenResponse
from pandadoc_client.model_utils import file_type, none_type

TYPES: dict[str, Any] = {
    "bool": bool,
    "date": date,
    "datetime": datetime,
    "dict": dict,
    "file": file_type,
    "float": float,
    "int": int,
    "list": list,
    "model": OAuth2AccessTokenResponse,
    "none": none_type,
    "str": str,
}
# The base classes by which programs catch errors; others of an error's classes are nobody's business.
CAUGHT_BY = (
    pandadoc_client.OpenApiException,
    pandadoc_client.ApiException,
    pandadoc_client.ApiTypeError,
    pandadoc_client.ApiValueError,
    pandadoc_client.ApiAttributeError,
    pandadoc_client.ApiKeyError,
    TypeError,
    ValueError,
    AttributeError,
    KeyError,
)


class NamedBytes(io.BytesIO):
    """An open file with a name."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


class Strange:
    """A value of a type that no SDK can know."""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


_TAGS: dict[str, Callable[[Any], Any]] = {
    "$tuple": lambda items: tuple(decode(item) for item in items),
    "$bytes": lambda text: text.encode("latin-1"),
    "$date": date.fromisoformat,
    "$datetime": _moment,
    "$offset": lambda hours: datetime(2026, 1, 2, 3, 4, 5, 678900, timezone(timedelta(hours=hours))),
    "$file": lambda pair: NamedBytes(pair[0], pair[1].encode()),
    "$closed file": lambda pair: _closed(NamedBytes(pair[0], pair[1].encode())),
    "$model": lambda fields: OAuth2AccessTokenResponse(**decode(fields)),
    "$strange": lambda _: Strange(),
    "$set": lambda items: set(items),
    "$type": lambda name: TYPES[name],
    "$dict of": lambda kind: {str: (decode(kind),)},
}


def _closed(file: NamedBytes) -> NamedBytes:
    file.close()
    return file


def decode(value: Any) -> Any:
    """Return an argument as the case means it: ``{"$tuple": [1, 2]}`` is ``(1, 2)``."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1:
            tag, content = next(iter(value.items()))
            if tag in _TAGS:
                return _TAGS[tag](content)
        return {name: decode(item) for name, item in value.items()}
    return value


def describe(value: Any) -> Any:
    """Return *value* as JSON, with what a program could tell apart told apart: types, and models from dicts."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return {"$float": repr(value)}
    if isinstance(value, bytes):
        return {"$bytes": value.decode("latin-1")}
    if isinstance(value, list):
        return [describe(item) for item in value]
    if isinstance(value, tuple):
        return {"$tuple": [describe(item) for item in value]}
    if isinstance(value, set | frozenset):
        return {"$set": sorted(map(str, value))}
    if isinstance(value, datetime | date):
        return {f"${type(value).__name__}": value.isoformat()}
    if isinstance(value, type):
        return {"$type": value.__name__}
    if hasattr(value, "getlist") and isinstance(value, Mapping):
        return {"$headers": {name.lower(): value[name] for name in value}}
    if isinstance(value, dict):
        return {str(name): describe(item) for name, item in value.items()}
    if hasattr(value, "to_dict"):
        return {"$model": type(value).__name__, "fields": describe(value.to_dict())}
    if isinstance(value, io.IOBase):
        return {"$file": describe(value.read())}
    return {"$object": type(value).__name__}


def describe_error(error: BaseException) -> Any:
    """Return an error as JSON: its name, what catches it, and the attributes that programs read."""
    module = type(error).__module__.partition(".")[0]
    name = type(error).__name__ if module == "pandadoc_client" else f"{module}.{type(error).__name__}"
    shown: dict[str, Any] = {
        "$raised": name,
        "caught by": [base.__name__ for base in CAUGHT_BY if isinstance(error, base)],
    }
    for attribute in ("status", "reason", "body", "headers", "path_to_item", "valid_classes", "key_type"):
        if module == "pandadoc_client" and hasattr(error, attribute):
            shown[attribute] = describe(getattr(error, attribute))
    return shown


def attempt(action: Callable[..., Any], *arguments: Any) -> Any:
    """Return what *action* returns or raises, as JSON."""
    try:
        return describe(action(*arguments))
    except Exception as error:
        return describe_error(error)
