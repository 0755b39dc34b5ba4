"""What the server may answer: successes of every shape, errors, retries, redirects, and no response at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..harness import Case
from ..recording import Answer

_JSON = (("Content-Type", "application/json"),)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_BODIES = {
    "full": b'{"access_token": "a", "token_type": "Bearer", "expires_in": 60.5, "scope": "s", "refresh_token": "r"}',
    "integer": b'{"access_token": "a", "expires_in": 31535999}',
    "extra": b'{"access_token": "a", "extra": {"b": [1, 2.5, null, true]}, "more": "10.11.12"}',
    "empty object": b"{}",
    "unicode": '{"scope": "熊猫 🐼 \\u00e9"}'.encode(),
    "spaces": b' \r\n{"scope" : "s"}\n',
    "doubled": b'{"scope": "a", "scope": "b"}',
    "odd names": b'{"": 1, "a b": 2, "self": 3, "_check_type": true, "get": 4, "to_dict": 5, "class": 6}',
    "null scope": b'{"scope": null}',
    "all null": b'{"access_token": null, "expires_in": null}',
    "text for number": b'{"expires_in": "3600"}',
    "number for text": b'{"access_token": 5, "scope": "s"}',
    "list for text": b'{"scope": ["read", "write"]}',
    "bool for number": b'{"expires_in": true}',
    "list": b"[]",
    "list of objects": b'[{"scope": "s"}]',
    "text": b'"text"',
    "number": b"5",
    "null": b"null",
    "true": b"true",
    "empty": b"",
    "html": b"<html>ok</html>",
    "cut short": b'{"access_token": "a',
    "not utf-8": b'{"scope": "\xff"}',
    "byte order mark": b'\xef\xbb\xbf{"scope": "s"}',
    "deep": b'{"scope": "s", "extra": ' + b"[" * 200 + b"]" * 200 + b"}",
    "not a number": b'{"expires_in": NaN}',
    "negative": b'{"expires_in": -1}',
    "huge": b'{"expires_in": 1e400}',
}

_ERRORS = (
    *(300, 304, 400, 401, 402, 403, 404, 405, 409, 413, 418),
    *(422, 423, 429, 451, 500, 501, 502, 503, 504, 520, 599),
)


def _token(name: str, *answers: Answer, **arguments: Any) -> Case:
    return Case(f"answers/{name}", "token", {"fields": {"code": "c"}, **arguments}, answers)


def _member(name: str, *answers: Answer, **arguments: Any) -> Case:
    return Case(f"answers/{name}", "member", arguments, answers)


def cases() -> Iterator[Case]:
    for name, body in _BODIES.items():
        yield _token(f"success/{name}", Answer(body=body))
        yield _token(f"unchecked/{name}", Answer(body=body), options={"_check_return_type": False})
    tokens = _BODIES["full"]
    for status in (200, 201, 202, 203, 204, 205, 206, 226, 299):
        yield _token(f"status/{status}", Answer(status=status, body=tokens), options={"_return_http_data_only": False})
    for name, kind in {
        "none": None,
        "latin": "application/json; charset=iso-8859-1",
        "unknown charset": "application/json; charset=klingon",
        "html": "text/html",
        "text": "text/plain",
        "problem": "application/problem+json",
    }.items():
        headers = () if kind is None else (("Content-Type", kind),)
        yield _token(f"content type/{name}", Answer(headers=headers, body=b'{"scope": "\xc3\xa9"}'))
    yield from _errors()
    yield from _again()
    yield from _elsewhere()
    yield from _no_answer()


def _errors() -> Iterator[Case]:
    bodies = {
        "json": (_JSON, '{"type": "x", "detail": "é"}'.encode()),
        "html": (_HTML, b"<html><h1>Bad gateway</h1></html>"),
        "empty": ((), b""),
        "not utf-8": (_JSON, b"\xff\xfe"),
        "latin": ((("Content-Type", "text/plain; charset=iso-8859-1"),), b"caf\xe9"),
    }
    for status in _ERRORS:
        for name, (headers, body) in bodies.items():
            answer = Answer(status=status, reason="Some Reason", headers=(*headers, ("X-Id", "7")), body=body)
            yield _token(f"error/token {status} {name}", answer)
            yield _member(f"error/member {status} {name}", answer)
    yield _token("error/no reason", Answer(status=400, reason=""))
    yield _token("error/latin reason", Answer(status=400, reason="caf\xe9"))
    twice = (*_JSON, ("X-Twice", "a"), ("x-twice", "b"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d"))
    yield _token("error/repeated headers", Answer(status=400, headers=twice))
    refused = Answer(status=400, reason="Bad Request", body=b'{"error": "invalid_grant"}')
    yield _token("error/in a thread", refused, options={"async_req": True})
    yield _token("error/not only data", refused, options={"_return_http_data_only": False})
    yield _token("cookies/not kept", Answer(headers=(*_JSON, ("Set-Cookie", "a=b; Path=/"))), times=2)


def _again() -> Iterator[Case]:
    """Answers after which a call may be made again; ``retries`` None is the default of both."""
    good = Answer(body=b'{"user_id": "u"}')
    default = {"configure": {"retries": None}}
    now = (*_JSON, ("Retry-After", "0"))
    for status in (413, 429, 503):
        asked = Answer(status=status, reason="Later", headers=now)
        yield _member(f"again/member {status} asked", asked, asked, good, **default)
        yield _member(f"again/member {status} to the end", asked, **default)
        yield _token(f"again/token {status} asked", asked, good, **default)
        yield _member(f"again/member {status} no retries", asked, good)
    for status in (408, 425, 429, 500, 501, 502, 503, 504):
        failed = Answer(status=status, reason="Failed")
        one = {"configure": {"retries": 1}}
        yield _member(f"again/member {status} not asked", failed, good, **one)
        yield _token(f"again/token {status} not asked", failed, good, **one)
    text = Answer(status=429, body=b'{"detail": "Expected available in 0.1 seconds."}')
    yield _member("again/member 429 asked in text", text, good, **default)


def _elsewhere() -> Iterator[Case]:
    for status in (301, 302, 303, 307, 308):
        moved = Answer(status=status, reason="Moved", headers=(*_JSON, ("Location", "{base}/elsewhere")))
        configure = {"retries": None, "access_token": "T"}
        yield _token(f"redirect/token {status}", moved, Answer(), configure=configure)
        yield _member(f"redirect/member {status}", moved, Answer(), configure=configure)


def _no_answer() -> Iterator[Case]:
    gone = {"arguments": {"host": "http://127.0.0.1:9"}}
    default = {"configure": {**gone, "retries": 1}}
    yield _token("nothing/refused", configure=gone)
    yield _member("nothing/refused and again", **default)
    yield _token("nothing/hang up", Answer(hang_up=True))
    yield _member("nothing/hang up once", Answer(hang_up=True), Answer(), configure={"retries": 1})
    yield _token("nothing/cut short", Answer(body=b'{"scope": "s"}', missing=4))
    yield _member("nothing/cut short and again", Answer(body=b'{"scope": "s"}', missing=4), configure={"retries": 1})
    unread = {"_preload_content": False}
    yield _token("nothing/cut short and unread", Answer(body=b'{"scope": "s"}', missing=4), options=unread)
    in_thread = {"async_req": True}
    yield _token("nothing/refused in a thread", configure=gone, options=in_thread)
    no_host = {"arguments": {"host": "http://no-such-host.invalid"}, "allow_insecure": True}
    yield _member("nothing/no such host", configure=no_host)
    proxied = {"arguments": {"host": "http://pandadoc.invalid/{key}"}, "allow_insecure": True}
    yield _member("nothing/proxy refuses", configure={**proxied, "proxy": "http://127.0.0.1:9"})
    by_proxy = {**proxied, "proxy": "http://{authority}", "proxy_headers": {"X-Proxy": "1"}}
    yield _member("proxy/used", configure=by_proxy)
    yield _token("proxy/used by a token call", configure=by_proxy)
    yield _member("proxy/to this machine", configure={"proxy": "http://127.0.0.1:9"})
    beside = {"proxy": "http://127.0.0.1:9", "no_proxy": "other.example, 127.0.0.1"}
    yield _member("proxy/not for this host", configure=beside)
