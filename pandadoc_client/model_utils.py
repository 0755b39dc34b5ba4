"""What programs for the vendor's SDK import from this place: model bases and the types of arguments."""

from __future__ import annotations

from typing import Any

from pandadoc_client._calls.model import Model
from pandadoc_client._calls.operation import date, datetime, file_type, none_type
from pandadoc_client.exceptions import ApiAttributeError, ApiKeyError, ApiTypeError, ApiValueError

__all__ = [
    "ApiAttributeError",
    "ApiKeyError",
    "ApiTypeError",
    "ApiValueError",
    "ModelComposed",
    "ModelNormal",
    "ModelSimple",
    "OpenApiModel",
    "date",
    "datetime",
    "file_type",
    "model_to_dict",
    "none_type",
]

OpenApiModel = Model
ModelNormal = Model


class ModelSimple(Model):
    """A model of one value. No response is read as one: enumerations are plain strings here."""

    __slots__ = ()


class ModelComposed(Model):
    """A model with variants. No response is read as one: each is read as the variant that it is."""

    __slots__ = ()


def model_to_dict(model_instance: Model, serialize: bool = True) -> dict[str, Any]:
    """Return a model as a dict; the same as its ``to_dict()``. *serialize* makes no difference here."""
    return model_instance.to_dict()
