"""`Value`: what attrs does for a frozen class, without writing code for each."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import pytest

from pandadoc_client._http.environment import ProxySetting
from pandadoc_client._http.messages import Request
from pandadoc_client._http.network import TransportSettings
from pandadoc_client._http.retry import RetryPolicy, Timeout
from pandadoc_client._http.values import Value


class Point(Value):
    x: int
    y: int = 2


class Named(Value, kw_only=True, hidden=("secret",)):
    name: str
    secret: str = "none"


@pytest.mark.parametrize(
    ("given", "named", "problem"),
    [
        ((1, 2, 3), {}, "takes 2 positional arguments but 3 were given"),
        ((), {}, "missing required arguments: x"),
        ((1,), {"z": 3}, "got an unexpected keyword argument 'z'"),
        ((), {"z": 3}, "got an unexpected keyword argument 'z'"),
        ((1,), {"x": 3}, "got multiple values for argument 'x'"),
    ],
)
def test_fields_are_refused_as_python_refuses_arguments(given: Any, named: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=rf"^Point\(\) {problem}$"):
        Point(*given, **named)


def test_fields_of_a_class_by_name_alone_are_not_taken_by_position() -> None:
    with pytest.raises(TypeError, match=r"^Named\(\) takes 0 positional arguments but 1 were given$"):
        Named("a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_values_are_equal_by_class_and_fields() -> None:
    assert Point(1) == Point(x=1, y=2)
    assert hash(Point(1)) == hash(Point(1, 2))
    assert Point(1) != Point(2)
    assert Timeout(1, 2, 3) != Point(1, 2)
    assert Point(1).__eq__((1, 2)) is NotImplemented


def test_a_value_shows_its_fields_but_those_that_are_hidden() -> None:
    assert repr(Point(1)) == "Point(x=1, y=2)"
    assert repr(Named(name="a", secret="hidden")) == "Named(name='a')"
    assert repr(RetryPolicy(2)) == "RetryPolicy(attempts=2, backoff=0.5, max_wait=60.0, retry_posts=False)"


@pytest.mark.parametrize(
    "value",
    [
        Request("GET", "https://h", {"Authorization": "bearer-1"}, b"body-1", secrets=("secret-1",)),
        ProxySetting("HTTPS_PROXY", "http://u:secret-1@h"),
        TransportSettings(proxy="http://u:secret-1@h", proxy_headers={"a": "bearer-1"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_of_the_wire_shows_a_secret(value: Value) -> None:
    assert not any(secret in repr(value) for secret in ("bearer-1", "body-1", "secret-1"))


def test_a_value_does_not_change() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match=r"^x of Point cannot be set"):
        point.x = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(AttributeError, match=r"^x of Point cannot be deleted"):
        del point.x  # pyright: ignore[reportAttributeAccessIssue]
    assert point == Point(1)


def test_a_value_is_replaced_by_another() -> None:
    assert Point(1).replace(y=3) == Point(1, 3)
    assert Timeout().replace(read=1.0) == Timeout(read=1.0)
    if sys.version_info >= (3, 13):
        assert copy.replace(Timeout(), total=None) == Timeout(total=None)


@pytest.mark.parametrize("value", [Timeout(1, 2, 3), RetryPolicy(1)], ids=lambda value: type(value).__name__)
def test_limits_are_pickled_and_copied(value: Value) -> None:
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == copy.copy(value) == value
