"""What every model is made of: a mapping as it came over the wire, read through typed fields.

A model keeps the JSON object that it was made from and decodes a field when it is read. So reading costs nothing for
what is not looked at, and nothing that the server sends is ever refused or lost: an unknown field stays, a missing one
reads as ``UNSET``, ``null`` as ``None``, and a value of another type than the document says reads as it came.
"""

from __future__ import annotations

import copy
import datetime
import enum
import pprint
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, Self, TypeVar, overload

from pandadoc_client._http.secrets import SECRET_NAMES
from pandadoc_client.exceptions import MissingFieldError

__all__ = [
    "UNSET",
    "Field",
    "Model",
    "ModelOf",
    "Unset",
    "decode_date",
    "decode_datetime",
    "dict_of",
    "encode",
    "list_of",
    "one_of",
]

# What programs for the vendor's SDK may give to a model besides its fields: how to check them, which is not done here.
_OPTIONS = frozenset(
    {"_check_type", "_configuration", "_path_to_item", "_spec_property_naming", "_visited_composed_classes"}
)

_LONGEST_TIME = 100  # characters: what is longer is no point in time, and would take long to be found to be none
_DEEPEST = 100_000  # levels of nesting, far more than JSON that was read can have: a value that contains itself
_DEEPEST_SHOWN = 40
_BITS_SHOWN = 10_000  # of an integer; Python refuses to write out much larger ones

Decoder = Callable[[Any], Any]
T = TypeVar("T")


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__


UNSET: Final = Unset.UNSET
"""What a field reads as that is not there. Not ``None``, which is what ``null`` reads as."""


class Field(Generic[T]):
    """A field of a model: an attribute that reads and writes one key of the JSON object.

    Args:
        name: The key.
        decode: Turns the JSON value into what the attribute reads as; whatever it cannot use it returns unchanged.
        secret: True to mask the value in ``repr``.
    """

    __slots__ = ("decode", "name", "secret")

    def __init__(self, name: str, decode: Decoder | None = None, *, secret: bool = False) -> None:
        self.name = name
        self.decode = decode
        self.secret = secret

    @overload
    def __get__(self, instance: None, owner: type[Model]) -> Self: ...

    @overload
    def __get__(self, instance: Model, owner: type[Model]) -> T: ...

    def __get__(self, instance: Model | None, owner: type[Model]) -> Any:
        if instance is None:
            return self
        raw = instance._data.get(self.name, UNSET)
        if self.decode is None or raw is None or raw is UNSET:
            return raw
        decoded = instance._decoded
        if decoded is None:
            decoded = instance._decoded = {}
        elif self.name in decoded:
            return decoded[self.name]
        value = decoded[self.name] = self.decode(raw)
        return value

    def __set__(self, instance: Model, value: T) -> None:
        if value is UNSET:
            instance._data.pop(self.name, None)
        else:
            instance._data[self.name] = value
        if instance._decoded is not None:
            instance._decoded.pop(self.name, None)


class Model:
    """A JSON object with typed fields; the base of every model.

    Fields are attributes (``document.name``) and items (``document["name"]``). An item or an attribute that neither the
    model nor the object knows raises an error that is both an ``AttributeError`` and a ``KeyError``.
    """

    __slots__ = ("_data", "_decoded")

    _data: dict[str, Any]
    _decoded: dict[str, Any] | None
    _fields: ClassVar[Mapping[str, Field[Any]]] = {}
    _additional: ClassVar[tuple[Decoder, ...]] = ()

    def __init__(self, fields: Mapping[str, Any], additional_properties: Mapping[str, Any]) -> None:
        self._data = {name: value for name, value in fields.items() if value is not UNSET}
        self._data.update((name, value) for name, value in additional_properties.items() if name not in _OPTIONS)
        self._decoded = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        cls._fields = {**cls._fields, **own}

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Return a model of a JSON object. Nothing in it is refused; *source* itself is not kept."""
        return cls._wrap(copy.deepcopy(dict(source)))

    @classmethod
    def decode(cls, raw: Any) -> Any:
        """Return a model of *raw* if it is a JSON object, else *raw* as it is."""
        return cls._wrap(raw) if type(raw) is dict else raw

    @classmethod
    def _wrap(cls, data: dict[str, Any]) -> Self:
        self = object.__new__(cls)
        _set_data(self, data)
        _set_decoded(self, None)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: every field under its name on the wire, with values that JSON knows."""
        encoded: dict[str, Any] = encode(self)
        return encoded

    def to_str(self) -> str:
        """Return the model as text, secrets included; an ellipsis stands for what is nested more than 40 deep."""
        return pprint.pformat(_shown(self.to_dict(), names=frozenset()))

    def get(self, name: str, default: Any = None) -> Any:
        """Return the field *name*, or *default* if it is not there."""
        try:
            return self[name]
        except MissingFieldError:
            return default

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The fields that the model does not know, by name; a new dict."""
        known = {field.name for field in self._fields.values()}
        return {name: self[name] for name in self._data if name not in known}

    def _current(self) -> dict[str, Any]:
        """Return the values by name on the wire, decoded ones where the user may have changed them in place."""
        if not self._decoded:
            return self._data
        changed = {name: value for name, value in self._decoded.items() if isinstance(value, Model | list | dict)}
        return {**self._data, **changed}

    def _shown(self, depth: int = 0) -> dict[str, Any]:
        secrets = {field.name for field in self._fields.values() if field.secret}
        values = {name: self[name] for name in self._data}
        return {
            name: "***" if name in secrets and value else _shown(value, depth, name) for name, value in values.items()
        }

    def _field(self, name: str) -> Field[Any] | None:
        """Return the field of an attribute's name or of a name on the wire."""
        return self._fields.get(name) or next((f for f in self._fields.values() if f.name == name), None)

    def __getitem__(self, name: str) -> Any:
        field = self._field(name)
        if field is not None and field.name in self._data:
            return field.__get__(self, type(self))
        if field is None and name in self._data:
            value = self._data[name]
            for decode in self._additional if value is not None else ():
                value = decode(value)
            return value
        raise MissingFieldError(f"{type(self).__name__} has no attribute '{name}'")

    def __setitem__(self, name: str, value: Any) -> None:
        field = self._field(name)
        if field is None:
            self._data[name] = value
        else:
            field.__set__(self, value)

    def __contains__(self, name: object) -> bool:
        field = self._field(name) if isinstance(name, str) else None
        return (name if field is None else field.name) in self._data

    __iter__ = None  # without it Python would try the items 0, 1, 2, …

    if not TYPE_CHECKING:  # a type checker shall point out a name that no field has

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            return self[name]

        def __setattr__(self, name: str, value: Any) -> None:
            if hasattr(type(self), name):
                object.__setattr__(self, name, value)
            else:
                self[name] = value

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __repr__(self) -> str:
        try:
            return pprint.pformat(self._shown())
        except AttributeError:  # as a traceback shows an object whose constructor has raised
            return f"<{type(self).__name__}, not initialized>"

    def __reduce__(self) -> tuple[Callable[[type[Self], dict[str, Any]], Self], tuple[type[Self], dict[str, Any]]]:
        return _restore, (type(self), dict(self._current()))


# Past __setattr__, which is for users.
_set_data = Model.__dict__["_data"].__set__
_set_decoded = Model.__dict__["_decoded"].__set__


M = TypeVar("M", bound=Model)


def _restore(cls: type[M], data: dict[str, Any]) -> M:
    return cls._wrap(data)


class _Omitted:
    """What stands in a text for something that would be too long for it."""

    _text = "…"

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _shown(value: Any, depth: int = 0, name: object = None, names: frozenset[str] = SECRET_NAMES) -> Any:
    """Return *value* as it may stand in a text: secrets masked, not too deep.

    It is *depth* deep in what is shown, and *name* is that of its field, which the model need not know. Secret is what
    has one of the *names*.
    """
    if name in names and value:
        return "***"
    if isinstance(value, Model | dict | list):
        if depth >= _DEEPEST_SHOWN:
            return _Omitted("…")
        if isinstance(value, Model):
            return value._shown(depth + 1)
        if isinstance(value, dict):
            return {name: _shown(item, depth + 1, name, names) for name, item in value.items()}
        return [_shown(item, depth + 1, None, names) for item in value]
    if isinstance(value, int) and value.bit_length() > _BITS_SHOWN:
        return _Omitted(f"(an integer of {value.bit_length()} bits)")
    return value


def encode(value: Any) -> Any:
    """Return *value* as JSON knows it: models as objects, times as ISO 8601 text, containers as new ones.

    Raises:
        RecursionError: It contains itself.
    """
    encoded = _encode_one(value)
    # Containers whose items are still as they were: with a list of them there is no limit on how deep they are nested.
    left = [(encoded, 0)] if isinstance(encoded, dict | list) else []
    while left:
        container, depth = left.pop()
        if depth > _DEEPEST:
            raise RecursionError("A value contains itself")
        for place, item in container.items() if isinstance(container, dict) else enumerate(container):
            if item is None or isinstance(item, str | int | float):
                continue
            container[place] = item = _encode_one(item)
            if isinstance(item, dict | list):
                left.append((item, depth + 1))
    return encoded


def _encode_one(value: Any) -> Any:
    """Return *value* as JSON knows it; the items of a container, which is a new one, are as they were."""
    if isinstance(value, Model):
        return dict(value._current())
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: item for name, item in value.items() if item is not UNSET}
    if isinstance(value, list | tuple):
        return list(value)
    import uuid  # few values come this far, and no model reads as one

    return str(value) if isinstance(value, uuid.UUID) else value


def decode_datetime(raw: Any) -> Any:
    """Return ISO 8601 text, or other text that reads as a point in time, as a ``datetime``."""
    if not isinstance(raw, str):
        return raw
    try:
        return datetime.datetime.fromisoformat(raw)
    except ValueError:
        if len(raw) > _LONGEST_TIME:
            return raw
        from dateutil import parser  # only for the odd ones: importing it costs more than the rest of the module

        try:
            return parser.parse(raw)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # it lets all of these through
            return raw


def decode_date(raw: Any) -> Any:
    """Return text that reads as a day as a ``date``."""
    try:
        return datetime.date.fromisoformat(raw)
    except (TypeError, ValueError):
        moment = decode_datetime(raw)
        return moment.date() if isinstance(moment, datetime.datetime) else moment


class ModelOf:
    """A model in a type: the decoder of a class that is imported when it is first needed.

    Args:
        models: The package that has the class as an attribute, imported lazily.
        name: Name of the class.
    """

    __slots__ = ("__name__", "_model", "_models")

    def __init__(self, models: Any, name: str) -> None:
        self._models = models
        self._model: type[Model] | None = None
        self.__name__ = name

    def load(self) -> type[Model]:
        """Return the class."""
        model = self._model
        if model is None:
            model = self._model = getattr(self._models, self.__name__)
        return model

    def __call__(self, raw: Any) -> Any:
        return self.load().decode(raw)

    decode = __call__


def list_of(decode: Decoder) -> Decoder:
    """Return the decoder of an array whose items *decode* reads."""
    if isinstance(decode, ModelOf):
        return _models_of(decode)

    def decode_list(raw: Any) -> Any:
        return [decode(item) for item in raw] if isinstance(raw, list) else raw

    return decode_list


def _models_of(model: ModelOf) -> Decoder:
    """Return the decoder of an array of objects: what it is most often, and the call for each item shows."""

    def decode_models(raw: Any) -> Any:
        if not isinstance(raw, list):
            return raw
        wrap = model.load()._wrap
        return [wrap(item) if type(item) is dict else item for item in raw]

    return decode_models


def dict_of(decode: Decoder) -> Decoder:
    """Return the decoder of an object without fields of its own, whose values *decode* reads."""

    def decode_dict(raw: Any) -> Any:
        return {name: decode(value) for name, value in raw.items()} if isinstance(raw, dict) else raw

    return decode_dict


def one_of(*members: Decoder, by: tuple[str, Mapping[str, int]] | None = None) -> Decoder:
    """Return the decoder of a union.

    An object goes to the member whose position *by* has for the value of a field; of an object without such a value,
    to the model that knows most of its keys, the earlier of two. Anything else goes to the first member that makes
    something of it.
    """
    field, positions = by or ("", {})

    def decode_union(raw: Any) -> Any:
        if isinstance(raw, dict):
            value = raw.get(field)
            if isinstance(value, str) and value in positions:
                return members[positions[value]](raw)
            models = [member.load() for member in members if isinstance(member, ModelOf)]
            if models:
                known = [sum(field.name in raw for field in candidate._fields.values()) for candidate in models]
                return models[known.index(max(known))].decode(raw)
        values = (member(raw) for member in members)
        return next((value for value in values if value is not raw), raw)

    return decode_union
