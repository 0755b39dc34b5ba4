"""What needs no wire, or little of it: configuration, models and errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..harness import Case
from ..recording import Answer

_FULL = {
    "access_token": "secret-a",
    "token_type": "Bearer",
    "expires_in": 3600.0,
    "scope": "read write",
    "refresh_token": "secret-r",
}
_EXTRA = Answer(body=b'{"access_token": "a", "expires_in": 1.5, "extra": {"b": [1, null, {"c": "d"}]}}')
_MEMBER = Answer(
    body=b'{"user_id": "u", "membership_id": "m", "email": "a@b.c", "first_name": "A", "last_name": "B",'
    b' "is_active": true, "workspace": "w", "workspace_name": "W", "emails_verified": false, "role": "Admin",'
    b' "user_license": "Full", "date_created": "2026-01-02T03:04:05.678900Z", "date_modified": "2026-01-02T03:04:05Z"}'
)


def cases() -> Iterator[Case]:
    yield from _configurations()
    yield from _models()
    for action in ("error_of_call", "error_of_argument", "error_copied", "same_objects"):
        yield Case(f"objects/errors/{action}", action)


def _configurations() -> Iterator[Case]:
    constructed: dict[str, tuple[list[Any], dict[str, Any]]] = {
        "nothing": ([], {}),
        "host": (["http://h"], {}),
        "six by position": (["http://h", {"apiKey": "K"}, {"apiKey": "P"}, "T", "u", "p"], {}),
        "all by position": (
            [
                *("http://h", {"apiKey": "K"}, {"apiKey": "P"}, "T", "u", "p", True, "minimum,maxLength"),
                *(0, {"a": "b"}, {"op": 0}, {"op": {"c": "d"}}, "ca.pem"),
            ],
            {},
        ),
        "by name": (
            [],
            {
                "host": "http://h",
                "api_key": {"apiKey": "K", "other": "O"},
                "api_key_prefix": {"other": "P"},
                "access_token": "T",
                "username": "u",
                "password": "é:",
                "discard_unknown_keys": True,
                "disabled_client_side_validations": ",pattern,",
                "server_index": None,
                "ssl_ca_cert": "ca.pem",
            },
        ),
        "server index": ([], {"server_index": 0}),
        "server index and host": ([], {"host": "http://h", "server_index": 0}),
        "server index out of range": ([], {"server_index": 5}),
        "too many": ([None] * 14, {}),
        "unknown name": ([], {"hosts": "x"}),
        "unknown keyword": ([], {"disabled_client_side_validations": "nope"}),
        "unknown keyword among known": ([], {"disabled_client_side_validations": "minimum,nope"}),
        "keyword of wrong type": ([], {"disabled_client_side_validations": None}),
        "empty host": ([""], {}),
        "user alone": ([], {"username": "u"}),
        "password alone": ([], {"password": "p"}),
        "access token": ([], {"access_token": ""}),
        "empty dicts": ([], {"api_key": {}, "api_key_prefix": {}}),
    }
    for name, (positional, named) in constructed.items():
        yield Case(f"settings/constructed/{name}", "configuration", {"positional": positional, "named": named})
    later: dict[str, dict[str, Any]] = {
        "host": {"host": "http://later"},
        "validations": {"disabled_client_side_validations": "minItems"},
        "wrong validations": {"disabled_client_side_validations": "nope"},
        "attribute of one's own": {"my_own": 1},
        "format": {"logger_format": "%(message)s"},
        "network": {"verify_ssl": False, "proxy": "http://p", "retries": 2, "connection_pool_maxsize": 1},
        "no pool": {"connection_pool_maxsize": None},
        "key of None": {"api_key": {"apiKey": None}},
        "credentials": {"api_key": {"apiKey": "K"}, "api_key_prefix": {"apiKey": "P"}, "access_token": "T"},
    }
    for name, attributes in later.items():
        yield Case(f"settings/later/{name}", "configuration", {"positional": [], "named": {}, "later": attributes})
    for action in ("defaults_are_apart", "hosts", "default_configuration", "copied", "hook_runs", "debug_report"):
        yield Case(f"settings/methods/{action}", action)
    yield Case("settings/logging/levels", "logging_of")
    yield Case("settings/logging/file", "logging_to_file")


def _models() -> Iterator[Case]:
    made = {"full": _FULL, "some": {"scope": "s"}, "none": {}, "extra": {"scope": "s", "extra": {"a": [1, None]}}}
    for name, fields in made.items():
        yield Case(f"objects/made/{name}", "model_made", {"fields": fields})
    yield Case("objects/received/extra", "model_received", {}, (_EXTRA,))
    yield Case("objects/received/member", "member_received", {}, (_MEMBER,))
    yield Case("objects/shown/without secrets", "model_shown", {"fields": {"scope": "s", "token_type": "Bearer"}})
    yield Case("objects/shown/with secrets", "model_shown", {"fields": _FULL})
    yield Case("objects/container/full", "model_as_container", {"fields": _FULL})
    yield Case("objects/changed/all", "model_changed")
    constructed: dict[str, tuple[list[Any], dict[str, Any]]] = {
        "nothing": ([], {}),
        "by position": (["a"], {}),
        "int for text": ([], {"scope": 5}),
        "None for text": ([], {"scope": None}),
        "text for number": ([], {"expires_in": "5"}),
        "int for number": ([], {"expires_in": 5}),
        "bool for number": ([], {"expires_in": True}),
        "not checked": ([], {"scope": 5, "_check_type": False}),
        "options": (
            [],
            {"scope": "s", "_check_type": True, "_spec_property_naming": False, "_path_to_item": {"$tuple": []}},
        ),
        "unknown": ([], {"unknown": {"a": 1}}),
        "unknown of no type": ([], {"unknown": {"$strange": None}}),
        "unknown date": ([], {"unknown": {"$date": "2026-01-02"}}),
    }
    for name, (positional, named) in constructed.items():
        arguments = {"positional": positional, "named": named}
        yield Case(f"objects/constructed/{name}", "model_constructed", arguments)
    yield Case("objects/copied/all", "model_copied", {}, (_EXTRA,))
