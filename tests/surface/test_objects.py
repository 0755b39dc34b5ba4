"""Our models and errors behave as Python objects should, also where the vendor's do not."""

from __future__ import annotations

import copy
import pickle
import pprint
from collections.abc import Callable
from typing import Any

import pytest

from pandadoc_client import exceptions
from pandadoc_client._http.messages import Headers, Response
from pandadoc_client.exceptions import ApiAttributeError, ApiException
from pandadoc_client.model.member_details_response import MemberDetailsResponse
from pandadoc_client.model.o_auth2_access_token_response import OAuth2AccessTokenResponse
from pandadoc_client.oauth import Token

COPIES = (copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value)))
ANSWER = Response(
    status=403, reason="Forbidden", headers=Headers([("X-Id", "7")]), data=b'{"detail": "no"}', secrets=("s3cret",)
)


def errors() -> list[Exception]:
    """One error of each class, those of answers with a response."""
    made: list[Exception] = []
    for name in exceptions.__all__:
        found = getattr(exceptions, name)
        if not isinstance(found, type) or issubclass(found, Warning):
            continue
        kind: Any = found
        if issubclass(found, exceptions.OAuthError):
            made.append(kind("some_code", "why", http_resp=ANSWER))
        elif issubclass(found, ApiException):
            made.append(kind(http_resp=ANSWER))
        elif issubclass(found, exceptions.FormEncodingError):
            made.append(kind("code", "is empty"))
        elif issubclass(found, exceptions.ApiTypeError):
            made.append(kind("m", ["a", 0], (str, int), True))
        elif issubclass(found, exceptions.TokenStoreError):
            made.append(kind("m", key="k", token=Token("access")))
        elif found is exceptions.OpenApiException:
            made.append(kind("m"))
        else:
            made.append(kind("m", ["a", 0]))
    return made


@pytest.mark.parametrize("duplicate", COPIES)
@pytest.mark.parametrize("error", errors(), ids=lambda error: type(error).__name__)
def test_an_error_survives_copying_and_pickling(error: Exception, duplicate: Callable[[Any], Any]) -> None:
    other = duplicate(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert other.args == error.args
    own = {name: value for name, value in vars(error).items() if name != "headers"}
    assert {name: value for name, value in vars(other).items() if name != "headers"} == own
    assert dict(getattr(other, "headers", None) or {}) == dict(getattr(error, "headers", None) or {})


@pytest.mark.parametrize("duplicate", COPIES)
def test_a_model_survives_copying_and_pickling(duplicate: Callable[[Any], Any]) -> None:
    model = MemberDetailsResponse.from_dict({"email": "a@b.c", "is_active": True, "extra": {"list": [1, None]}})
    other = duplicate(model)
    assert type(other) is MemberDetailsResponse
    assert other == model
    assert other["extra"] == {"list": [1, None]}


def test_a_deep_copy_of_a_model_is_apart() -> None:
    model = OAuth2AccessTokenResponse.from_dict({"scope": "read", "extra": {"list": [1]}})
    other = copy.deepcopy(model)
    other.scope = "write"
    other["extra"]["list"].append(2)
    assert model.to_dict() == {"scope": "read", "extra": {"list": [1]}}


def test_hasattr_tells_received_fields_from_others() -> None:
    model: Any = OAuth2AccessTokenResponse.from_dict({"extra": 1})
    assert hasattr(model, "extra")
    assert not hasattr(model, "scope")
    assert not hasattr(model, "nothing_of_the_kind")
    assert getattr(model, "nothing_of_the_kind", "default") == "default"


def test_a_model_is_a_mapping_without_a_hash() -> None:
    model: Any = OAuth2AccessTokenResponse(scope="read")
    assert dict(model) == {"scope": "read"}
    assert len(model) == 1
    with pytest.raises(TypeError):
        hash(model)
    assert bool(OAuth2AccessTokenResponse())


def test_a_missing_item_is_an_attribute_error_and_a_key_error() -> None:
    model = OAuth2AccessTokenResponse()
    with pytest.raises(ApiAttributeError, match="OAuth2AccessTokenResponse has no attribute 'scope'"):
        model["scope"]
    with pytest.raises(KeyError):
        model["scope"]


def test_printing_a_model_shows_no_token_and_to_str_does() -> None:
    model = OAuth2AccessTokenResponse(access_token="secret-a", refresh_token="secret-r", scope="read")
    for shown in (repr(model), str(model), pprint.pformat(model), f"{model}"):
        assert "secret" not in shown
        assert "read" in shown
    assert "secret-a" in model.to_str()
