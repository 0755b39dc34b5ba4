"""The arguments of `RedisTokenStore`: what is refused, and how."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import redis
import redis.asyncio

from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.oauth.stores.redis import RedisTokenStore

SECRET = "pass-w0rd-M4RKER"


def failure(error: BaseException) -> str:
    """Return the message of an error that shows no secret and brings no other error along."""
    assert error.__cause__ is None
    assert error.__context__ is None
    assert SECRET not in repr(error)
    return str(error)


def test_timeouts_are_set() -> None:
    with RedisTokenStore("redis://127.0.0.1:1/0") as store:
        settings = store._client.connection_pool.connection_kwargs
    assert (settings["socket_connect_timeout"], settings["socket_timeout"]) == (5, 10)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6379",
        f"http://:{SECRET}@localhost",
        f"redis://:{SECRET}/x@localhost",
        f"redis://:{SECRET}#x@localhost",
        f"redis://:{SECRET}@localhost:port",
        f"redis://:{SECRET}@localhost/name",
        f"redis://:{SECRET}@[localhost",
        f"redis://localhost?password={SECRET}&socket_timeout={SECRET}",
        f"redis://localhost?no_such_setting={SECRET}",
        f"rediss://localhost?ssl_cert_reqs={SECRET}",
        "unix://",
        "unix://relative/path",
    ],
)
def test_a_url_that_cannot_be_right_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ApiValueError, match="url_or_client: ") as caught:
        RedisTokenStore(url)
    failure(caught.value)


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"prefix": ""}, ApiValueError, "prefix"),
        ({"prefix": "a{b"}, ApiValueError, "prefix"),
        ({"prefix": "a\n"}, ApiValueError, "prefix"),
        ({"prefix": b"a"}, ApiTypeError, "prefix"),
        ({"lease": 0}, ApiValueError, "lease"),
        ({"lease": float("nan")}, ApiValueError, "lease"),
        ({"lease": "10"}, ApiTypeError, "lease"),
        ({"url_or_client": None}, ApiTypeError, "url_or_client"),
        ({"url_or_client": redis.asyncio.Redis()}, ApiTypeError, "url_or_client"),
    ],
)
def test_an_argument_that_cannot_be_right_is_named(
    arguments: dict[str, Any], error: type[Exception], name: str
) -> None:
    with pytest.raises(error, match=f"^{name} must be|^{name} must have"):
        RedisTokenStore(**{"url_or_client": "redis://localhost", **arguments})


def test_the_missing_library_is_named() -> None:
    program = "import sys; sys.modules['redis'] = None; import pandadoc_client.oauth.stores.redis"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert result.stderr.endswith("ImportError: RedisTokenStore needs redis: pip install 'pandadoc-client[redis]'\n")
    assert result.stderr.count("Traceback") == 1
