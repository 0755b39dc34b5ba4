"""Calls of the token endpoint: what goes out."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

from ..harness import Case
from ..recording import Answer

FIELDS = {
    "grant_type": "authorization_code",
    "client_id": "0123456789abcdef",
    "client_secret": "s3cr/et+with=signs&more%20",
    "code": "c0de~*",
    "scope": "read+write",
    "refresh_token": "rt 1",
}
SPECIAL = {
    "tilde": "~",
    "star": "*",
    "plus": "+",
    "percent": "%",
    "percent-encoded": "%41%zz%",
    "ampersand": "&",
    "equals": "=",
    "slash": "/",
    "question mark": "?",
    "hash": "#",
    "space": " ",
    "spaces": "  a  b  ",
    "double quote": '"',
    "single quote": "'",
    "semicolon": ";",
    "unreserved": "-._~",
    "reserved": ":/?#[]@!$&'()*+,;=",
    "ascii": "".join(map(chr, range(0x20, 0x7F))),
    "tab": "a\tb",
    "carriage return": "a\rb",
    "line feed": "a\nb",
    "both": "a\r\nb",
    "nul": "a\x00b",
    "controls": "\x01\x1f\x7f",
    "latin": "naïve café",
    "combining": "e\u0301",
    "cyrillic": "Панда",
    "chinese": "熊猫",
    "arabic": "باندا",
    "emoji": "🐼",
    "family": "👩‍👩‍👧",
    "byte order mark": "\ufeffx",
    "last": "\U0010ffff",
    "line separator": "\u2028",
    "empty": "",
    "long": "x" * 100_000,
    "long and encoded": "é&" * 50_000,
    "braces": "{code} {0} %s",
}
_TOKENS = Answer(body=b'{"access_token": "a", "token_type": "Bearer", "expires_in": 3600.5, "scope": "read write"}')


def _token(name: str, fields: dict[str, Any], **arguments: Any) -> Case:
    return Case(f"token/{name}", "token", {"fields": fields, **arguments}, (_TOKENS,))


def _texts(count: int) -> Iterator[str]:
    """Yield made-up texts, the same ones in each run."""
    source = random.Random(62)
    ranges = [(0x20, 0x7E)] * 4 + [(0x01, 0x1F), (0xA0, 0x24F), (0x370, 0x1FFF), (0x4E00, 0x9FFF), (0x1F300, 0x1FAFF)]
    for _ in range(count):
        yield "".join(chr(source.randint(*source.choice(ranges))) for _ in range(source.randint(1, 40)))


def cases() -> Iterator[Case]:
    for name, value in SPECIAL.items():
        yield _token(f"special/{name}", {"grant_type": "refresh_token", "refresh_token": value})
        yield _token(f"special/all {name}", dict.fromkeys(FIELDS, value))
    for number, text in enumerate(_texts(200)):
        yield _token(f"random/{number}", {"grant_type": text, "client_secret": text[::-1]})
    for size in range(len(FIELDS) + 1):
        for chosen in combinations(FIELDS, size):
            yield _token(f"subset/{'+'.join(chosen) or 'none'}", {name: FIELDS[name] for name in chosen})
    orders = list(permutations(FIELDS))
    for number, order in enumerate(random.Random(6749).sample(orders, 40)):
        yield _token(f"order/{number}", {name: FIELDS[name] for name in order})
    for name in FIELDS:
        yield _token(f"empty/{name}", {**FIELDS, name: ""})
    for number, fields in enumerate([{"code": "secret"}, {"grant_type": "refresh_token"}, {"scope": ""}]):
        yield Case(f"token/warnings/{number}", "token_warnings", {"fields": fields}, (_TOKENS,))
    yield from _wrong_arguments()
    yield from _credentials_and_headers()


def _wrong_arguments() -> Iterator[Case]:
    wrong: dict[str, Any] = {
        "int": 5,
        "zero": 0,
        "float": 1.5,
        "bool": True,
        "None": None,
        "list": ["a"],
        "empty list": [],
        "dict": {"a": 1},
        "bytes": {"$bytes": "a"},
        "date": {"$date": "2026-01-02"},
        "datetime": {"$datetime": "2026-01-02T03:04:05"},
        "strange": {"$strange": None},
        "tuple": {"$tuple": ["a"]},
    }
    for kind, value in wrong.items():
        for field in ("grant_type", "client_secret"):
            yield _token(f"wrong type/{kind} as {field}", {field: value, "scope": "read"})
    yield _token("wrong name/unknown", {"redirect_uri": "http://localhost/"})
    yield _token("wrong name/unknown and wrong type", {"redirect_uri": 5, "code": 5})
    yield _token("wrong name/option", {"_request_auth": {}})
    yield _token("wrong name/headers", {"_headers": {}})
    yield _token("wrong name/other case", {"Code": "x"})
    yield _token("wrong name/positional", {}, positional=["authorization_code"])
    yield _token("surrogate/unpaired", {"code": "a\ud800b"})
    yield _token("surrogate/pair", {"code": "\ud83d\udc3c"})


def _credentials_and_headers() -> Iterator[Case]:
    fields = {"grant_type": "refresh_token", "refresh_token": "r"}
    key = {"api_key": {"apiKey": "K"}, "api_key_prefix": {"apiKey": "API-Key"}}
    yield _token("credentials/none", fields)
    yield _token("credentials/api key", fields, configure=key)
    yield _token("credentials/access token", fields, configure={"access_token": "T"})
    yield _token("credentials/both", fields, configure={**key, "access_token": "T"})
    yield _token("credentials/empty key", fields, configure={"api_key": {"apiKey": ""}})
    yield _token("headers/default", fields, client={"default_headers": {"X-Trace": "1", "Accept-Language": "de"}})
    yield _token(
        "headers/of the constructor", fields, client={"arguments": {"header_name": "X-A", "header_value": "b"}}
    )
    yield _token("headers/own authorization", fields, client={"default_headers": {"Authorization": "Basic eA=="}})
    yield _token("headers/accept", fields, client={"default_headers": {"Accept": "application/xml"}})
    yield _token("headers/content type", fields, client={"default_headers": {"Content-Type": "text/plain"}})
    yield _token("headers/lower case", fields, client={"default_headers": {"accept": "a/b", "user-agent": "x"}})
    yield _token("headers/user agent", fields, client={"user_agent": "my-app/1.0 (é)"})
    yield _token("headers/number", fields, client={"default_headers": {"X-Number": 5}})
    yield _token("headers/cookie", fields, client={"arguments": {"cookie": "a=b; c=d"}})
    yield _token("headers/cookie later", fields, client={"cookie": "a=b"})
    yield _token("headers/cookie twice", fields, client={"cookie": "a=b", "default_headers": {"Cookie": "c=d"}})
    yield _token("headers/line break", fields, client={"default_headers": {"X-A": "b\r\nX-B: c"}})
    yield _token("headers/latin", fields, client={"default_headers": {"X-A": "é"}})
    yield _token("headers/not latin", fields, client={"default_headers": {"X-A": "熊"}})
    yield _token("host/trailing slash", fields, configure={"arguments": {"host": "{base}/"}})
    yield _token("host/with a path", fields, configure={"arguments": {"host": "{base}/a b/é"}})
    yield _token("host/set later", fields, configure={"arguments": {}, "host": "{base}/later"})
    yield _token("host/without a scheme", fields, configure={"arguments": {"host": "127.0.0.1:1"}})
    yield _token("host/with a user", fields, configure={"arguments": {"host": "http://u:p@127.0.0.1:1"}})
