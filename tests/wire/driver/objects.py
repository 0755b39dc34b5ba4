"""What the objects of an SDK do once a program has them: models and errors."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import operator
import pickle
import pprint
from typing import Any

import pandadoc_client
from pandadoc_client import exceptions, model_utils, rest
from pandadoc_client.api import members_api, o_auth_2_0_authentication_api
from pandadoc_client.model.member_details_response import MemberDetailsResponse
from pandadoc_client.model.o_auth2_access_token_response import OAuth2AccessTokenResponse

from .values import attempt, describe


def _look_at(model: Any) -> Any:
    """Do with a token response what programs do with one."""
    shown: dict[str, Any] = {}
    for name in ("access_token", "expires_in", "scope", "extra", "nothing_of_the_kind"):
        shown[f".{name}"] = attempt(getattr, model, name)
        shown[f"[{name}]"] = attempt(operator.getitem, model, name)
        shown[f"get {name}"] = [describe(model.get(name)), describe(model.get(name, "default"))]
        shown[f"{name} in"] = name in model
        shown[f"hasattr {name}"] = hasattr(model, name)
        shown[f"getattr {name}"] = attempt(getattr, model, name, "default")
    shown["to_dict"] = describe(model.to_dict())
    shown["to_dict is new"] = model.to_dict() is not model.to_dict()
    shown["to_str"] = model.to_str()
    shown["json"] = attempt(lambda: json.dumps(model.to_dict()))
    shown["json of itself"] = attempt(lambda: json.dumps(model))
    shown["model_to_dict"] = attempt(lambda: model_utils.model_to_dict(model, serialize=False))
    shown["== itself"] = [model == model, model != model]
    shown["== same"] = attempt(lambda: model == type(model)(**model.to_dict()))
    shown["== other"] = attempt(lambda: [model == type(model)(scope="no"), model != type(model)(scope="no")])
    shown["== dict"] = model == model.to_dict()
    shown["== None"] = model == None  # noqa: E711
    shown["bool"] = bool(model)
    shown["hash"] = attempt(lambda: hash(model))
    shown["kinds"] = [isinstance(model, model_utils.ModelNormal), isinstance(model, model_utils.OpenApiModel)]
    return shown


def model_made(host: str, fields: dict[str, Any]) -> Any:
    """Look at a model that the program made."""
    return _look_at(OAuth2AccessTokenResponse(**fields))


def model_received(host: str) -> Any:
    """Look at a model that the server sent."""
    client = pandadoc_client.ApiClient(pandadoc_client.Configuration(host=host))
    return _look_at(o_auth_2_0_authentication_api.OAuth20AuthenticationApi(client).access_token())


def member_received(host: str) -> Any:
    """Read each field of a member."""
    api = members_api.MembersApi(pandadoc_client.ApiClient(pandadoc_client.Configuration(host=host)))
    member: Any = api.details_current_member()
    fields = sorted(member.to_dict())
    return {name: [describe(getattr(member, name)), describe(member[name])] for name in fields}


def model_shown(host: str, fields: dict[str, Any]) -> Any:
    """Print a model."""
    model: Any = OAuth2AccessTokenResponse(**fields)
    return {"repr": repr(model), "str": str(model), "pprint": pprint.pformat(model), "format": f"{model}"}


def model_as_container(host: str, fields: dict[str, Any]) -> Any:
    """Treat a model as a container."""
    model: Any = OAuth2AccessTokenResponse(**fields)
    return {
        "iter": attempt(lambda: list(model)),
        "dict": attempt(lambda: dict(model)),
        "len": attempt(lambda: len(model)),
        "unpacked": attempt(lambda: {**model}),
        "[0]": attempt(lambda: model[0]),
        "0 in": attempt(lambda: 0 in model),
        "del": attempt(lambda: delattr(model, "scope")),
        "del item": attempt(lambda: model.__delitem__("scope")),
    }


def model_changed(host: str) -> Any:
    """Write to a model."""

    def after(change: Any) -> Any:
        model: Any = OAuth2AccessTokenResponse(scope="read")
        return attempt(lambda: (change(model), model.to_dict())[1])

    return {
        "known": after(lambda model: setattr(model, "scope", "write")),
        "known item": after(lambda model: model.__setitem__("scope", "write")),
        "absent": after(lambda model: setattr(model, "token_type", "Bearer")),
        "unknown": after(lambda model: setattr(model, "brand_new", [1, {"a": None}])),
        "unknown item": after(lambda model: model.__setitem__("brand_new", True)),
        "float": after(lambda model: setattr(model, "expires_in", 1.5)),
        "int for float": after(lambda model: setattr(model, "expires_in", 1)),
        "wrong type": after(lambda model: setattr(model, "scope", 5)),
        "None": after(lambda model: setattr(model, "scope", None)),
    }


def model_constructed(host: str, positional: list[Any], named: dict[str, Any]) -> Any:
    """Make a model of these arguments."""
    make: Any = OAuth2AccessTokenResponse
    return make(*positional, **named)


def model_copied(host: str) -> Any:
    """Copy and pickle models, own and received."""
    make: Any = OAuth2AccessTokenResponse
    own = make(scope="read", extra={"a": [1]})
    client = pandadoc_client.ApiClient(pandadoc_client.Configuration(host=host))
    received: Any = o_auth_2_0_authentication_api.OAuth20AuthenticationApi(client).access_token()
    shown: dict[str, Any] = {}
    for name, model in (("own", own), ("received", received)):
        shown[f"{name}: copy"] = attempt(copy.copy, model)
        shown[f"{name}: deepcopy"] = attempt(copy.deepcopy, model)
        shown[f"{name}: deepcopy =="] = attempt(lambda model: copy.deepcopy(model) == model, model)
        shown[f"{name}: pickle"] = attempt(lambda model: pickle.loads(pickle.dumps(model)), model)
        shown[f"{name}: deepcopy is apart"] = attempt(_is_apart, model)
    return shown


def _is_apart(model: Any) -> bool:
    other = copy.deepcopy(model)
    other.scope = "changed"
    return bool(model.scope != "changed")


class _Answer:
    """A response as an error's constructor takes it."""

    def __init__(self, data: Any) -> None:
        self.status = 418
        self.reason = "I'm a teapot"
        self.data = data

    def getheaders(self) -> dict[str, str]:
        return {"X-A": "1"}


def _show_error(error: Any) -> Any:
    names = ("status", "reason", "body", "headers", "path_to_item", "valid_classes", "key_type")
    attributes = {name: describe(getattr(error, name)) for name in names if hasattr(error, name)}
    return {"str": str(error), "args": describe(error.args), "repr": repr(error), **attributes}


def error_of_call(host: str) -> Any:
    """Make each error that stands for a response."""
    shown: dict[str, Any] = {}
    for name in (
        "ApiException",
        "UnauthorizedException",
        "ForbiddenException",
        "NotFoundException",
        "ServiceException",
    ):
        make = getattr(exceptions, name)
        shown[name] = [parent.__name__ for parent in make.__bases__]
        shown[f"{name}()"] = _show_error(make())
        shown[f"{name}(404)"] = _show_error(make(404))
        shown[f"{name}(404, 'x')"] = _show_error(make(404, "x"))
        shown[f"{name}(status, reason)"] = _show_error(make(status=404, reason="Not Found"))
        shown[f"{name}(text)"] = _show_error(make(http_resp=_Answer('{"detail": "é"}')))
        shown[f"{name}(bytes)"] = _show_error(make(http_resp=_Answer(b'{"detail": "x"}')))
        shown[f"{name}(nothing)"] = _show_error(make(http_resp=_Answer(None)))
        shown[f"{name}(status and answer)"] = _show_error(make(1, "y", _Answer("")))
    return shown


def error_of_argument(host: str) -> Any:
    """Make each error that stands for a wrong argument."""
    shown: dict[str, Any] = {"render_path": exceptions.render_path(["a", 0, "b", 12])}
    for name in ("ApiTypeError", "ApiValueError", "ApiAttributeError", "ApiKeyError"):
        make = getattr(exceptions, name)
        shown[name] = [parent.__name__ for parent in make.__mro__ if not parent.__name__.startswith("_")]
        shown[f"{name}('m')"] = _show_error(make("m"))
        shown[f"{name}('m', path)"] = _show_error(make("m", ["a", 0, "b"]))
        shown[f"{name}(msg=, path_to_item=)"] = _show_error(make(msg="m", path_to_item=("a",)))
        shown[f"{name}('m', [])"] = _show_error(make("m", []))
    typed = exceptions.ApiTypeError("m", path_to_item=["a"], valid_classes=(str, int), key_type=False)
    shown["all arguments"] = _show_error(typed)
    shown["OpenApiException"] = [
        str(exceptions.OpenApiException("m")),
        exceptions.OpenApiException.__bases__[0].__name__,
    ]
    shown["no message"] = [attempt(make) for make in (exceptions.ApiTypeError, exceptions.ApiValueError)]
    return shown


def error_copied(host: str) -> Any:
    """Copy and pickle errors."""

    def both(error: Any) -> Any:
        copies = (copy.copy(error), pickle.loads(pickle.dumps(error)))
        return [_show_error(other) for other in copies]

    return {
        "ApiException": attempt(lambda: both(exceptions.ApiException(http_resp=_Answer("x")))),
        "ApiTypeError": attempt(lambda: both(exceptions.ApiTypeError("m", ["a"], (str,), True))),
        "ApiValueError": attempt(lambda: both(exceptions.ApiValueError("m", ["a"]))),
        "ApiKeyError": attempt(lambda: both(exceptions.ApiKeyError("m"))),
    }


def same_objects(host: str) -> Any:
    """Find out which names are one object: an ``except`` or an ``isinstance`` must work by any of its names."""
    models = importlib.import_module("pandadoc_client.models")
    apis = importlib.import_module("pandadoc_client.apis")
    return {
        "rest": [getattr(rest, name) is getattr(exceptions, name) for name in ("ApiException", "ApiValueError")],
        "root": [
            getattr(pandadoc_client, name) is getattr(exceptions, name) for name in ("ApiException", "ApiKeyError")
        ],
        "models": [models.OAuth2AccessTokenResponse is OAuth2AccessTokenResponse],
        "member": [models.MemberDetailsResponse is MemberDetailsResponse],
        "apis": [apis.OAuth20AuthenticationApi is o_auth_2_0_authentication_api.OAuth20AuthenticationApi],
        "client": [vars(o_auth_2_0_authentication_api)["ApiClient"] is pandadoc_client.ApiClient],
        "types": [model_utils.none_type is type(None), model_utils.file_type.__name__, model_utils.datetime.__name__],
        "configuration": [pandadoc_client.configuration.Configuration is pandadoc_client.Configuration],
    }


def names(host: str, module: str) -> Any:
    """Return the public names of a module, without the modules that it imports."""
    found = importlib.import_module(module)
    public = {name for name in dir(found) if not name.startswith("_")}
    return sorted(name for name in public if type(getattr(found, name)).__name__ != "module")


def methods(host: str, module: str, owner: str) -> Any:
    """Return the public attributes of a class."""
    return sorted(name for name in dir(getattr(importlib.import_module(module), owner)) if not name.startswith("_"))


def signatures(host: str, module: str, owner: str) -> Any:
    """Return the parameters of a class's constructor and public methods: their names, and which are optional."""
    cls = getattr(importlib.import_module(module), owner)
    found = {}
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        plain = getattr(member, "__func__", member)
        if (name == "__init__" or not name.startswith("_")) and inspect.isfunction(plain):
            parameters = list(inspect.signature(plain).parameters.values())
            skipped = 0 if isinstance(member, staticmethod) else 1
            found[name] = [
                [parameter.name, str(parameter.kind), parameter.default is not parameter.empty]
                for parameter in parameters[skipped:]
            ]
    return found
