"""What every model is made of: a mapping as it came over the wire, read through typed fields.

A model keeps the JSON object that it was made from and decodes a field when it is read. So reading costs nothing for
what is not looked at, and nothing that the server sends is ever refused or lost: an unknown field stays, ``null`` reads
as ``None``, and a value of another type than the document says reads as it came. A field that is missing raises an
`ApiAttributeError` or reads as ``None``: `MissingFields` says which.
"""

from __future__ import annotations

import copy
import datetime
import enum
import functools
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, Self, TypeVar, dataclass_transform, overload

from pandadoc_client._calls.enumeration import NumberEnumeration, TextEnumeration
from pandadoc_client._http.lazily import is_of
from pandadoc_client._http.secrets import SECRET_NAMES
from pandadoc_client.exceptions import ApiTypeError, MissingFieldError

if TYPE_CHECKING:
    import inspect

__all__ = [
    "UNSET",
    "EnumerationOf",
    "Field",
    "MissingFields",
    "Model",
    "ModelOf",
    "OptionalField",
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
_PLAIN = frozenset({str, int, float, bool})
_BITS_SHOWN = 10_000  # of an integer; Python refuses to write out much larger ones

MissingFields = Literal["error", "none"]
"""What a field that is not there reads as: ``"error"`` raises an `ApiAttributeError`, ``"none"`` gives ``None``."""

# Reads a JSON value. The second argument: whether a field that is missing in it shall read as None.
Decoder = Callable[[Any, bool], Any]
T = TypeVar("T")
R = TypeVar("R")
W = TypeVar("W")


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__


UNSET: Final = Unset.UNSET
"""Given for a field or an argument, it means that there is none. Not ``None``, which is sent as ``null``."""


class _NoDefault(enum.Enum):
    NO_DEFAULT = "no default"


_NO_DEFAULT: Final = _NoDefault.NO_DEFAULT


class Field(Generic[R, W]):
    """A field of a model: an attribute that reads and writes one key of the JSON object.

    It reads as *R*, and takes *W*.

    Args:
        name: The key.
        decode: Turns the JSON value into what the attribute reads as; whatever it cannot use it returns unchanged.
        secret: True to mask the value in ``repr``.
        default: What it is in a model that is made without it; UNSET for nothing at all. Without a default it must be
            given.
        kw_only: Whether it is given by name only.
    """

    __slots__ = ("attribute", "decode", "default", "name", "secret")

    def __init__(
        self,
        name: str,
        decode: Decoder | None = None,
        *,
        secret: bool = False,
        default: Any = _NO_DEFAULT,
        kw_only: bool = True,  # for type checkers (PEP 681)
    ) -> None:
        self.name = name
        self.attribute = name
        self.decode = decode
        self.secret = secret
        self.default = default

    def __set_name__(self, owner: type[Model], name: str) -> None:
        self.attribute = name

    @overload
    def __get__(self, instance: None, owner: type[Model]) -> Self: ...

    @overload
    def __get__(self, instance: Model, owner: type[Model]) -> R: ...

    def __get__(self, instance: Model | None, owner: type[Model]) -> Any:
        if instance is None:
            return self
        try:
            raw = instance._data[self.name]
        except KeyError:
            if instance._missing_is_none:
                return None
            raise MissingFieldError(f"{type(instance).__name__} has no attribute '{self.attribute}'") from None
        if self.decode is None or raw is None:
            return raw
        decoded = instance._decoded
        if decoded is None:
            decoded = {}
            _set_decoded(instance, decoded)
        elif self.name in decoded:
            return decoded[self.name]
        value = decoded[self.name] = self.decode(raw, instance._missing_is_none)
        return value

    def __set__(self, instance: Model, value: W) -> None:
        if value is UNSET:
            instance._data.pop(self.name, None)
        else:
            instance._data[self.name] = value
        if instance._decoded is not None:
            instance._decoded.pop(self.name, None)


class OptionalField(Field[R | None, W | Unset]):
    """A field that may be missing."""

    __slots__ = ()


class _Signature:
    """The signature of a model, for ``inspect`` and what asks it: made of the fields, when it is first asked for."""

    def __get__(self, instance: Model | None, owner: type[Model]) -> inspect.Signature:
        return _signature_of(owner)  # type: ignore[arg-type]  # a class has a hash, whatever its objects have


@functools.cache
def _signature_of(model: type[Model]) -> inspect.Signature:
    import inspect
    from typing import get_args, get_type_hints

    hints = get_type_hints(model)
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD if name in model._required else inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if name in model._required else field.default,
            annotation=get_args(hints[name])[-1] if name in hints else inspect.Parameter.empty,
        )
        for name, field in model._fields.items()
    ]
    parameters.sort(key=lambda parameter: parameter.kind)
    further = inspect.Parameter("additional_properties", inspect.Parameter.VAR_KEYWORD, annotation=Any)
    return inspect.Signature([*parameters, further], return_annotation=None)


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(Field, OptionalField))
class Model:
    """A JSON object with typed fields; the base of every model.

    Fields are attributes (``document.name``) and items (``document["name"]``), and it is a mapping of those that are
    there, by their names in JSON: ``dict(document)``, ``document.items()``, ``len(document)``. An item or an attribute
    that neither the model nor the object knows raises an error that is both an ``AttributeError`` and a ``KeyError``.
    """

    __slots__ = ("_data", "_decoded", "_missing_is_none")

    if not TYPE_CHECKING:  # where it stands, a type checker makes the signature of a model from its fields (PEP 681)
        __signature__ = _Signature()

        def __init__(self, *required: Any, **fields: Any) -> None:
            self._data = _given(type(self), required, fields)
            self._decoded = None
            self._missing_is_none = False

    _data: dict[str, Any]
    _decoded: dict[str, Any] | None
    _missing_is_none: bool
    _fields: ClassVar[Mapping[str, Field[Any, Any]]] = {}
    _required: ClassVar[tuple[str, ...]] = ()
    _additional: ClassVar[tuple[Decoder, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        cls._fields = {**cls._fields, **own}
        cls._required = tuple(name for name, field in cls._fields.items() if field.default is _NO_DEFAULT)

    @classmethod
    def from_dict(cls, source: Mapping[str, Any], *, missing_fields: MissingFields = "error") -> Self:
        """Return a model of a JSON object. Nothing in it is refused; *source* itself is not kept.

        Args:
            source: The object.
            missing_fields: What a field that is missing in it reads as.
        """
        return cls._wrap(copy.deepcopy(dict(source)), missing_fields == "none")

    @classmethod
    def decode(cls, raw: Any, missing_is_none: bool = False) -> Any:
        """Return a model of *raw* if it is a JSON object, else *raw* as it is."""
        return cls._wrap(raw, missing_is_none) if type(raw) is dict else raw

    @classmethod
    def _wrap(cls, data: dict[str, Any], missing_is_none: bool) -> Self:
        self = object.__new__(cls)
        _set_data(self, data)
        _set_decoded(self, None)
        _set_missing_is_none(self, missing_is_none)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: every field under its name on the wire, with values that JSON knows."""
        encoded: dict[str, Any] = encode(self)
        return encoded

    def to_str(self) -> str:
        """Return the model as text, secrets included; an ellipsis stands for what is nested more than 40 deep."""
        return _printed(_shown(self.to_dict(), names=frozenset()))

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

    def _field(self, name: str) -> Field[Any, Any] | None:
        """Return the field of an attribute's name or of a name on the wire."""
        return self._fields.get(name) or next((f for f in self._fields.values() if f.name == name), None)

    def __getitem__(self, name: str) -> Any:
        field = self._field(name)
        if field is not None and field.name in self._data:
            return field.__get__(self, type(self))
        if field is None and name in self._data:
            value = self._data[name]
            for decode in self._additional if value is not None else ():
                value = decode(value, self._missing_is_none)
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

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __bool__(self) -> bool:
        return True  # an object without fields is one, too

    def keys(self) -> KeysView[str]:
        """Return the names of the fields that are there, as they are in JSON."""
        return self._data.keys()

    def values(self) -> ValuesView[Any]:
        """Return the fields that are there, as they read."""
        return dict(self).values()

    def items(self) -> ItemsView[str, Any]:
        """Return the fields that are there, with their names in JSON."""
        return dict(self).items()

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
            return _printed(self._shown())
        except AttributeError:  # as a traceback shows an object whose constructor has raised
            return f"<{type(self).__name__}, not initialized>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), dict(self._current()), self._missing_is_none)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic, and so FastAPI, read a model from a JSON object and write it as one."""
        from pydantic_core import core_schema

        def validate(value: Any) -> Any:
            if isinstance(value, cls):
                return value
            if isinstance(value, Mapping):
                return cls.from_dict(value)
            raise ValueError(f"must be a {cls.__name__} or a JSON object")

        writing = core_schema.plain_serializer_function_ser_schema(cls.to_dict)
        return core_schema.no_info_plain_validator_function(validate, serialization=writing)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object", "title": cls.__name__, "description": cls.__doc__ or ""}


# Past __setattr__, which is for users.
_set_data = Model.__dict__["_data"].__set__
_set_decoded = Model.__dict__["_decoded"].__set__
_set_missing_is_none = Model.__dict__["_missing_is_none"].__set__


M = TypeVar("M", bound=Model)


def _restore(cls: type[M], data: dict[str, Any], missing_is_none: bool = False) -> M:
    return cls._wrap(data, missing_is_none)


def _given(cls: type[Model], required: tuple[Any, ...], fields: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON object of a model that is made, in the order of the document; what it does not know comes last.

    Raises:
        ApiTypeError: A field that is required is missing, or is given twice, or there are too many by position.
    """
    if len(required) > len(cls._required):
        problem = f"{cls.__name__} takes {len(cls._required)} fields by position, and {len(required)} were given"
        raise ApiTypeError(problem, (), (cls,))
    for name, value in zip(cls._required, required, strict=False):
        if name in fields:
            raise ApiTypeError(f"{cls.__name__} got the field '{name}' twice", [name])
        fields[name] = value
    data: dict[str, Any] = {}
    for attribute, field in cls._fields.items():
        value = fields.pop(attribute, field.default)
        if value is _NO_DEFAULT:
            raise ApiTypeError(f"{cls.__name__} is missing the required field '{attribute}'", [attribute])
        if value is not UNSET:
            data[field.name] = value
    data.update((name, value) for name, value in fields.items() if name not in _OPTIONS and value is not UNSET)
    return data


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
            if item is None or type(item) in _PLAIN:
                continue
            container[place] = item = _encode_one(item)
            if isinstance(item, dict | list):
                left.append((item, depth + 1))
    return encoded


def _printed(shown: Any) -> str:
    import pprint  # few programs print a model

    return pprint.pformat(shown)


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
    if isinstance(value, TextEnumeration | NumberEnumeration):
        return value.value
    return str(value) if is_of(value, "uuid", "UUID") else value


def decode_datetime(raw: Any, _missing_is_none: bool = False) -> Any:
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


def decode_date(raw: Any, _missing_is_none: bool = False) -> Any:
    """Return text that reads as a day as a ``date``."""
    try:
        return datetime.date.fromisoformat(raw)
    except (TypeError, ValueError):
        moment = decode_datetime(raw)
        return moment.date() if isinstance(moment, datetime.datetime) else moment


class _ClassOf(Generic[T]):
    """A class in a type, imported when it is first needed.

    Args:
        models: The package that has the class as an attribute, imported lazily.
        name: Name of the class.
    """

    __slots__ = ("__name__", "_class", "_models")

    def __init__(self, models: Any, name: str) -> None:
        self._models = models
        self._class: type[T] | None = None
        self.__name__ = name

    def load(self) -> type[T]:
        """Return the class."""
        found = self._class
        if found is None:
            found = self._class = getattr(self._models, self.__name__)
        return found


class ModelOf(_ClassOf[Model]):
    """A model in a type: the decoder of its objects."""

    __slots__ = ()

    def __call__(self, raw: Any, missing_is_none: bool = False) -> Any:
        return self.load().decode(raw, missing_is_none)

    decode = __call__


class EnumerationOf(_ClassOf[TextEnumeration | NumberEnumeration]):
    """An enumeration in a type: the decoder of its values, also of those that the document does not name."""

    __slots__ = ()

    def __call__(self, raw: Any, missing_is_none: bool = False) -> Any:
        return (self._class or self.load()).decode(raw)

    @property
    def numbers(self) -> Mapping[str, int]:
        """The names that may be given for numbers; none for an enumeration of texts."""
        return getattr(self.load(), "numbers", {})


def list_of(decode: Decoder) -> Decoder:
    """Return the decoder of an array whose items *decode* reads."""
    if isinstance(decode, ModelOf):
        return _models_of(decode)

    def decode_list(raw: Any, missing_is_none: bool) -> Any:
        return [decode(item, missing_is_none) for item in raw] if isinstance(raw, list) else raw

    return decode_list


def _models_of(model: ModelOf) -> Decoder:
    """Return the decoder of an array of objects: what it is most often, and the call for each item shows."""

    def decode_models(raw: Any, missing_is_none: bool) -> Any:
        if not isinstance(raw, list):
            return raw
        wrap = model.load()._wrap
        return [wrap(item, missing_is_none) if type(item) is dict else item for item in raw]

    return decode_models


def dict_of(decode: Decoder) -> Decoder:
    """Return the decoder of an object without fields of its own, whose values *decode* reads."""

    def decode_dict(raw: Any, missing_is_none: bool) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {name: decode(value, missing_is_none) for name, value in raw.items()}

    return decode_dict


def one_of(*members: Decoder, by: tuple[str, Mapping[str, int]] | None = None) -> Decoder:
    """Return the decoder of a union.

    An object goes to the member whose position *by* has for the value of a field; of an object without such a value,
    to the model that knows most of its keys, the earlier of two. Anything else goes to the first member that makes
    something of it.
    """
    field, positions = by or ("", {})

    def decode_union(raw: Any, missing_is_none: bool = False) -> Any:
        if isinstance(raw, dict):
            value = raw.get(field)
            if isinstance(value, str) and value in positions:
                return members[positions[value]](raw, missing_is_none)
            models = [member.load() for member in members if isinstance(member, ModelOf)]
            if models:
                known = [sum(field.name in raw for field in candidate._fields.values()) for candidate in models]
                return models[known.index(max(known))].decode(raw, missing_is_none)
        values = (member(raw, missing_is_none) for member in members)
        return next((value for value in values if value is not raw), raw)

    return decode_union
