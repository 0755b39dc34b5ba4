"""The special keyword arguments, and calls with a credential."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..harness import Case
from ..recording import Answer

_TOKENS = Answer(body=b'{"access_token": "a", "expires_in": 3600.5, "scope": "read write"}')
_MEMBER = Answer(
    headers=(("Content-Type", "application/json; charset=utf-8"), ("X-Twice", "a"), ("X-Twice", "b")),
    body=b'{"user_id": "u", "email": "a@b.c", "is_active": true, "date_created": "2026-01-02T03:04:05.000Z"}',
)
_BOOLEANS = (
    "async_req",
    "_return_http_data_only",
    "_preload_content",
    "_check_input_type",
    "_check_return_type",
    "_spec_property_naming",
)


def _token(name: str, options: dict[str, Any], **arguments: Any) -> Case:
    fields = {"grant_type": "refresh_token", "refresh_token": "r"}
    return Case(f"options/{name}", "token", {"fields": fields, "options": options, **arguments}, (_TOKENS,))


def _member(name: str, options: dict[str, Any], *answers: Answer, **arguments: Any) -> Case:
    return Case(f"options/{name}", "member", {"options": options, **arguments}, answers or (_MEMBER,))


def cases() -> Iterator[Case]:
    yield from _boolean_options()
    yield from _timeouts()
    yield from _hosts_and_types()
    yield from _threads()
    yield from _credentials()


def _boolean_options() -> Iterator[Case]:
    for option in _BOOLEANS:
        for value in (True, False):
            yield _token(f"boolean/token {option} {value}", {option: value})
            yield _member(f"boolean/member {option} {value}", {option: value})
        wrong_values: dict[str, Any] = {"None": None, "0": 0, "1": 1, "text": "true", "list": []}
        for kind, wrong in wrong_values.items():
            yield _token(f"boolean/{option} {kind}", {option: wrong})
    both = {"_preload_content": False, "_return_http_data_only": False}
    yield _token("boolean/unread and not only data", both)
    yield _token("boolean/in a thread and not only data", {"async_req": True, "_return_http_data_only": False})
    yield _token("boolean/in a thread and unread", {"async_req": True, "_preload_content": False})
    yield _token("boolean/unchecked", {"_check_return_type": False, "_spec_property_naming": True})
    unchecked = {"fields": {"code": 5, "scope": True}, "options": {"_check_input_type": False}}
    yield Case("options/unchecked/numbers", "token", unchecked, (_TOKENS,))
    unknown = {"fields": {"unknown": "x"}, "options": {"_check_input_type": False}}
    yield Case("options/unchecked/unknown name", "token", unknown, (_TOKENS,))


def _timeouts() -> Iterator[Case]:
    forms: dict[str, Any] = {
        "None": None,
        "0": 0,
        "int": 5,
        "float": 5.5,
        "pair": {"$tuple": [5, 5]},
        "pair of floats": {"$tuple": [5.5, 5.5]},
        "pair with None": {"$tuple": [None, 5]},
        "pair of None": {"$tuple": [None, None]},
        "one": {"$tuple": [5]},
        "three": {"$tuple": [5, 5, 5]},
        "empty": {"$tuple": []},
        "list of ints": [5, 5],
        "list of floats": [5.5, 5.5],
        "text": "5",
        "bool": True,
        "negative": -1,
        "infinite": float("inf"),
        "not a number": float("nan"),
    }
    for name, value in forms.items():
        yield _token(f"timeout/{name}", {"_request_timeout": value})
    slow = Answer(delay=0.6)
    dripping = Answer(body=b'{"a": "bcdef"}', drip=0.1)
    fields = {"fields": {"code": "c"}}
    short: dict[str, Any] = {"number": 0.2, "pair": {"$tuple": [5, 0.2]}}
    for name, value in short.items():
        options = {"options": {"_request_timeout": value}}
        yield Case(f"options/too slow/token {name}", "token", {**fields, **options}, (slow,))
        yield Case(f"options/too slow/member {name}", "member", options, (slow,))
    drip: dict[str, Any] = {"options": {"_request_timeout": 0.5}}
    yield Case("options/too slow/drip", "token", {**fields, **drip}, (dripping,))
    drip = {"options": {"_request_timeout": {"$tuple": [5, 0.5]}}}
    yield Case("options/slow enough/drip by reads", "token", {**fields, **drip}, (dripping,))


def _hosts_and_types() -> Iterator[Case]:
    others = {"other_hosts": ["zero", "one"]}
    for value in (None, 0, 1, -1, -2, 2, -3, True, "0", 0.5):
        yield _token(f"host index/{value!r}", {"_host_index": value}, configure=others)
        by_index = {**others, "arguments": {"server_index": 0}}
        yield _token(f"host index/{value!r} of servers", {"_host_index": value}, configure=by_index)
    by_operation = {**others, "arguments": {"server_operation_index": {"access_token": 1}, "server_index": 0}}
    yield _token("host index/by operation", {}, configure=by_operation)
    yield _token("host index/by operation and option", {"_host_index": 0}, configure=by_operation)
    for value in (
        "application/json",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "application/X-WWW-Form-Urlencoded",
        "multipart/form-data",
        "text/plain",
        "",
        None,
        5,
    ):
        yield _token(f"content type/token {value!r}", {"_content_type": value})
        yield _member(f"content type/member {value!r}", {"_content_type": value})


def _threads() -> Iterator[Case]:
    slow = Answer(body=b'{"user_id": "u"}', delay=0.05)
    for threads in (1, 3):
        arguments = {"pool_threads": threads, "count": 4}
        yield Case(f"options/threads/{threads}", "members_at_once", arguments, (slow,))
    refused = Answer(status=403, reason="Forbidden", body=b'{"detail": "no"}')
    yield Case("options/threads/failing", "member_in_a_thread_failing", {}, (refused,))
    yield Case("options/threads/closed", "member_after_close", {}, (_MEMBER,))
    yield _token("threads/wrong type", {"async_req": True, "_preload_content": "no"})
    yield Case("options/open/ways to read", "open_answer", {}, (_MEMBER,))
    yield Case("options/open/headers", "headers_of_answer", {}, (_MEMBER,))
    for status in (400, 404, 500):
        failing = Answer(status=status, reason="No", body=b'{"type": "x"}')
        yield _member(f"open/{status}", {"_preload_content": False}, failing)


def _credentials() -> Iterator[Case]:
    configurations: dict[str, dict[str, Any]] = {
        "none": {},
        "key": {"api_key": {"apiKey": "K"}},
        "key with prefix": {"api_key": {"apiKey": "K"}, "api_key_prefix": {"apiKey": "API-Key"}},
        "prefix alone": {"api_key_prefix": {"apiKey": "API-Key"}},
        "empty prefix": {"api_key": {"apiKey": "K"}, "api_key_prefix": {"apiKey": ""}},
        "other key": {"api_key": {"other": "K"}},
        "access token": {"access_token": "T"},
        "empty access token": {"access_token": ""},
        "both": {"api_key": {"apiKey": "K"}, "access_token": "T"},
        "empty key": {"api_key": {"apiKey": ""}},
        "key of None": {"api_key": {"apiKey": None}},
        "key of None and access token": {"api_key": {"apiKey": None}, "access_token": "T"},
        "hook": {"api_key": {"apiKey": "old"}, "counting_hook": True},
        "hook without a key": {"counting_hook": True},
        "user and password": {"username": "u", "password": "p"},
        "line break": {"access_token": "T\r\nX-B: c"},
        "spaces": {"api_key": {"apiKey": " K "}},
        "not latin": {"access_token": "熊"},
        "latin": {"access_token": "é"},
    }
    for name, configure in configurations.items():
        yield _member(f"credentials/{name}", {}, configure=configure)
    hook = configurations["hook"]
    yield _member("credentials/hook at each call", {}, configure=hook, times=3)
    mine = {"default_headers": {"Authorization": "Mine", "X-A": "b"}, "cookie": "a=b", "user_agent": "me"}
    yield _member("credentials/own header alone", {}, client=mine)
    yield _member("credentials/own header and key", {}, client=mine, configure={"api_key": {"apiKey": "K"}})
    lower = {"default_headers": {"authorization": "Mine"}}
    yield _member("credentials/own header in lower case", {}, client=lower)
    yield _member("credentials/lower case and key", {}, client=lower, configure={"api_key": {"apiKey": "K"}})
    yield Case("options/credentials/of the default configuration", "member_of_default_client", {}, (_MEMBER,))
    yield _member("credentials/unknown option", {"page": 1})
