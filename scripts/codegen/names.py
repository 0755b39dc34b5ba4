"""The names that the vendor's SDK gives: modules, classes, methods and arguments.

That SDK came out of OpenAPI Generator, whose rules these are. Programs import by these names, so they are an interface.
"""

from __future__ import annotations

import keyword
import re

__all__ = ["api_class", "api_module", "argument_name", "method_name", "model_module", "resource_name", "snake"]

_ACRONYM_THEN_WORD = re.compile(r"([A-Z]+)([A-Z][a-z][a-z]+)")
_LOWER_THEN_UPPER = re.compile(r"([a-z\d])([A-Z])")


def snake(name: str) -> str:
    """Return *name* in snake case: ``OAuth2AccessTokenResponse`` becomes ``o_auth2_access_token_response``."""
    parted = _ACRONYM_THEN_WORD.sub(r"\1_\2", name)
    parted = _LOWER_THEN_UPPER.sub(r"\1_\2", parted)
    return re.sub(r"[^A-Za-z0-9]", "_", parted).strip("_").lower()


def api_module(tag: str) -> str:
    """Return the module of a tag: ``OAuth 2.0 Authentication`` becomes ``o_auth_2_0_authentication_api``."""
    return f"{re.sub('_+', '_', snake(tag))}_api"


def api_class(tag: str) -> str:
    """Return the class of a tag: ``OAuth 2.0 Authentication`` becomes ``OAuth20AuthenticationApi``."""
    words = re.findall(r"[A-Za-z0-9]+", tag)
    return "".join(word[0].upper() + word[1:] for word in words) + "Api"


# What a client of the modern kind has besides its resources.
_TAKEN_BY_CLIENTS = frozenset({"aclose", "api_client", "close", "configuration"})


def resource_name(tag: str) -> str:
    """Return the attribute of a tag: ``OAuth 2.0 Authentication`` becomes ``oauth_2_0_authentication``."""
    name = api_module(tag.replace("OAuth", "Oauth")).removesuffix("_api")
    return f"{name}_api" if keyword.iskeyword(name) or name in _TAKEN_BY_CLIENTS else name


def model_module(schema: str) -> str:
    """Return the module of a schema."""
    return _unreserved(snake(schema))


def method_name(operation_id: str) -> str:
    """Return the method of an operation: ``detailsCurrentMember`` becomes ``details_current_member``."""
    return _unreserved(snake(operation_id))


def argument_name(parameter: str) -> str:
    """Return the argument of a parameter or of a form field."""
    return _unreserved(snake(parameter))


# What a method and its class use besides the names in a document.
_TAKEN = frozenset({"api_client", "async_req", "datetime", "kwargs", "models", "self"})


def _unreserved(name: str) -> str:
    return f"_{name}" if keyword.iskeyword(name) or name in _TAKEN or not name or name[0].isdigit() else name
