"""Every difference on purpose between the vendor's SDK and ours, case by case.

The keys are the entries of the table in ``docs/migration.md``, where each has its reason. What no row allows is a bug.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .harness import MISSING

__all__ = ["DIFFERENCES", "Row"]


@dataclass(frozen=True)
class _Raises:
    name: str


@dataclass(frozen=True)
class _Like:
    pattern: str


ANY = _Like("")
RETURNS = object()
NOT_SENT = (0, 1)
SENT = (1, 0)


def _matches(expected: Any, actual: Any) -> bool:
    raised = actual.get("$raised") if isinstance(actual, dict) else None
    if isinstance(expected, _Raises):
        return raised == expected.name
    if expected is RETURNS:
        return raised is None
    if isinstance(expected, _Like):
        return re.search(expected.pattern, str(actual)) is not None
    return bool(expected == actual)


@dataclass(frozen=True)
class Row:
    """A difference: in which cases, where in the outcome, and what is there.

    Attributes:
        cases: Name of a case; ``*`` stands for anything.
        at: Path into the outcome; ``*`` likewise.
        ours: What we have there.
        vendor: What the vendor's SDK has there.
        sent: How many requests each sends, where that differs.
    """

    cases: str
    at: str
    ours: Any
    vendor: Any
    sent: tuple[int, int] | None = None

    def allows(self, case: str, at: str, ours: Any, vendor: Any) -> bool:
        if not _fits(self.cases, case):
            return False
        if at == "requests" and self.sent is not None:
            return (len(ours), len(vendor)) == self.sent
        return _fits(self.at, at) and _matches(self.ours, ours) and _matches(self.vendor, vendor)


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL) is not None


_VALUE, _TYPE = _Raises("ApiValueError"), _Raises("ApiTypeError")
_DECODE, _NETWORK, _TIMEOUT = _Raises("ApiDecodeError"), _Raises("ApiConnectionError"), _Raises("ApiTimeoutError")
_NO_FIELD, _NO_ATTRIBUTE = _Raises("MissingFieldError"), _Raises("ApiAttributeError")
_NO_IDENTIFIERS = (
    *("space", "spaces", "ascii", "tab", "carriage return", "line feed", "both", "nul", "controls"),
    *("byte order mark", "line separator"),
)


def _builtin(name: str) -> _Raises:
    return _Raises(f"builtins.{name}")


def _urllib3(name: str) -> _Raises:
    return _Raises(f"urllib3.{name}")


DIFFERENCES: Mapping[str, Sequence[Row]] = {
    "Order of arguments": (Row("token/order/*", "requests[0].body", ANY, ANY),),
    # What is sent
    "Credentials at the token endpoint": [
        Row("token/credentials/*", "requests[0].headers.authorization", MISSING, _Like("^(API-Key K|Bearer T)$")),
        Row("token/credentials/empty key", "result", RETURNS, _builtin("TypeError"), SENT),
    ],
    "Empty credentials": [
        Row("options/credentials/empty key", "result", RETURNS, _builtin("TypeError"), SENT),
        Row("options/credentials/empty access token", "requests[0].headers.authorization", MISSING, "Bearer"),
        Row("settings/constructed/access token", "result.auth_settings.oauth2", MISSING, ANY),
        Row("options/credentials/key of None", "result", RETURNS, _builtin("TypeError"), SENT),
    ],
    "`refresh_api_key_hook`": [
        Row("options/credentials/hook at each call", "requests[1].headers.authorization", "key 2", "key 3"),
        Row("options/credentials/hook at each call", "requests[2].headers.authorization", "key 3", "key 5"),
    ],
    "User-Agent": [Row("client/request/*", "requests[0].headers.user-agent", MISSING, _Like("^python-urllib3/"))],
    "Warnings": [
        Row("token/warnings/*", "result*", _Like("FormEncodingWarning"), _Like(r"^\[\]$")),
    ],
    "Booleans": [
        Row("client/*bool*", "requests[0].target", _Like("true"), _Like("True")),
        Row("client/*bool", "requests[0].body", _Like("true"), _Like("True")),
        Row("client/header/bool", "requests[0].headers.x-a", "true", "True"),
    ],
    "Text for an array": [
        Row("client/query array/* text", "requests[0].target", "/q?p=ab&z=1", _Like("^/q.p=a.*b&z=1$")),
    ],
    "Path parameters": [
        Row("client/path*/empty", "result", _VALUE, RETURNS, NOT_SENT),
        Row("client/path value/*dot*", "result", _VALUE, RETURNS, NOT_SENT),
        Row("client/path value/None", "result", _VALUE, RETURNS, NOT_SENT),
        *(Row(f"client/path*/{name}", "result", _VALUE, RETURNS, NOT_SENT) for name in _NO_IDENTIFIERS),
    ],
    "None as an argument": [Row("token/wrong type/None as *", "result", RETURNS, _TYPE, SENT)],
    "Queries in paths": [Row("client/path value/with a query", "requests[0].target", "/a?b=c&d=e", "/a?b=c?d=e")],
    "Text that UTF-8 cannot carry": [
        Row("token/surrogate/unpaired", "result", _VALUE, _builtin("UnicodeEncodeError")),
        Row("client/json/surrogate", "result", _VALUE, RETURNS, NOT_SENT),
    ],
    "Headers that cannot be sent": [
        Row("*/line break", "result", _VALUE, _builtin("ValueError")),
        Row("*/not latin", "result", _VALUE, _builtin("UnicodeEncodeError")),
        Row("client/header/None", "result", RETURNS, _builtin("TypeError"), SENT),
        Row("options/credentials/latin", "result", _VALUE, RETURNS, NOT_SENT),
    ],
    "Headers that differ in case": [
        Row("token/headers/lower case", "requests[0].headers.accept", "a/b", "application/json, a/b"),
        Row("options/credentials/lower case and key", "requests[0].headers.authorization", "K", "Mine, K"),
        Row("client/as/lower case", "requests[0].headers.content-type", "text/plain", "text/plain, application/json"),
        Row("client/as/lower case", "requests[0].headers.content-length", "1", "3"),
        Row("client/as/lower case", "requests[0].body", "t", '"t"'),
    ],
    "Content-Type": [
        Row("options/content type/token 'application/json'", "result", _VALUE, RETURNS, NOT_SENT),
        Row(
            "options/content type/token 'application/*orm*rlencoded*",
            "result",
            RETURNS,
            _builtin("AttributeError"),
            SENT,
        ),
        Row("options/content type/token 'text/plain'", "result", _VALUE, _builtin("AttributeError")),
        Row(
            "options/content type/member 'multipart*",
            "requests[0].headers.content-type",
            MISSING,
            "multipart/form-data",
        ),
        Row("token/headers/content type", "result", RETURNS, _builtin("AttributeError"), SENT),
        Row("client/as/* dict", "result", _VALUE, _builtin("AttributeError")),
        Row("client/as/* nothing", "result", RETURNS, _builtin("AttributeError"), SENT),
        Row("client/as/* bytes", "result", RETURNS, _VALUE, SENT),
        Row("client/form shape/as json", "result", _VALUE, _builtin("KeyError")),
        Row("client/helpers/all", "result.json patch", "application/json", "application/json-patch+json"),
    ],
    "JSON bodies": [
        Row("client/*bytes", "result", _TYPE, _VALUE),
        Row("client/json/file", "result", _TYPE, _builtin("TypeError")),
        Row("client/json/not a number", "result", _VALUE, RETURNS, NOT_SENT),
        Row("client/json/set", "result", RETURNS, _VALUE, SENT),
        Row("client/*/strange*", "result.path_to_item", ANY, None),
        Row("client/json/model", "requests[0].body", _Like('^."expires_in'), _Like('^."scope')),
    ],
    "Bodies of GET and HEAD": [
        Row("client/json method/*", "requests[0].body", '{"a": 1}', ""),
        Row("client/json method/*", "requests[0].headers.content-length", "8", MISSING),
    ],
    "HTTP methods": [
        Row("client/method/*", "result", RETURNS, _VALUE, SENT),
        Row("client/request/unknown method", "result", RETURNS, _VALUE, SENT),
    ],
    "Form values": [
        Row("client/multipart value/*", "result", RETURNS, _builtin("TypeError"), SENT),
        Row("client/* value/bytes", "result", RETURNS, _VALUE, SENT),
        Row("client/files/closed", "result.path_to_item", ["file"], None),
    ],
    "Arguments are left alone": [
        Row("client/arguments/left alone", "result.header_params[1].User-Agent", MISSING, _Like("^pandadoc")),
    ],
    # Where it goes
    "`host`": [
        Row("token/host/*", "result", _VALUE, _urllib3("MaxRetryError")),
        Row("token/host/trailing slash", "requests[0].target", "/oauth2/access_token", "//oauth2/access_token"),
        Row("settings/constructed/server index out of range", "result.host", _VALUE, _builtin("ValueError")),
        Row("settings/methods/hosts", "result.*", _VALUE, _Like("builtins.(Value|Type)Error")),
    ],
    "`_host_index`": [
        Row("options/host index/0", "requests[0].target", "/oauth2/access_token", "/zero/oauth2/access_token"),
        Row("options/host index/-1", "requests[0].target", "/oauth2/access_token", "/one/oauth2/access_token"),
        Row("options/host index/1", "result", _VALUE, RETURNS, NOT_SENT),
        Row("options/host index/-2", "result", _VALUE, RETURNS, NOT_SENT),
        Row("options/host index/*", "result", _VALUE, _builtin("ValueError")),
        Row("options/host index/*", "result", _TYPE, _builtin("TypeError")),
    ],
    "Redirects": [
        Row("answers/redirect/*", "result", _Raises("ApiException"), RETURNS, (1, 2)),
    ],
    "Proxies": [Row("answers/proxy/to this machine", "result", RETURNS, _urllib3("MaxRetryError"), SENT)],
    # Options
    "`_check_input_type=False`": [
        Row("options/boolean/* _check_input_type False", "result", RETURNS, _VALUE, SENT),
        Row("options/unchecked/numbers", "result", RETURNS, _VALUE, SENT),
    ],
    "Options of a wrong type": [
        Row("options/boolean/_spec_property_naming *", "result", _TYPE, _Like("builtins.(Key|Type)Error")),
    ],
    "`_request_timeout`": [
        Row("options/timeout/one", "result", _VALUE, RETURNS, NOT_SENT),
        Row("options/timeout/three", "result", _VALUE, RETURNS, NOT_SENT),
        Row("options/timeout/list of floats", "result", RETURNS, _TYPE, SENT),
        Row("options/timeout/*", "result", _VALUE, _Like("builtins.(Value|Overflow)Error")),
        Row("options/too slow/drip", "result", _TIMEOUT, RETURNS),
    ],
    "`_preload_content=False`": [
        Row("*", "result*type", "StreamedResponse", "HTTPResponse"),
    ],
    # What comes back
    "Network errors": [
        Row("options/too slow/*", "result", _TIMEOUT, _Like("urllib3.(ReadTimeout|MaxRetry)Error")),
        Row("answers/nothing/*", "result", _NETWORK, _Like("urllib3.(MaxRetry|Protocol)Error")),
    ],
    "Retries": [
        Row("answers/again/member 413*", "result", ANY, ANY, (1, 3)),
        Row("answers/again/member 413 to the end", "result", ANY, ANY, (1, 4)),
        Row("answers/again/* asked", "result", RETURNS, _Like("ApiException|ServiceException"), (2, 1)),
        Row("answers/again/* asked in text", "result", RETURNS, _Raises("ApiException"), (2, 1)),
    ],
    "Tolerant reading": [
        Row("answers/*", "result", RETURNS, _TYPE),
        Row("answers/*/list", "result", [], RETURNS),
        Row("client/read as/wrong*", "result", RETURNS, _TYPE),
        Row("answers/*/odd names", "result.fields._check_type", True, MISSING),
    ],
    "Numbers and dates": [
        Row("answers/*", "result.fields.*", _Like(r"^-?\d+$"), _Like(r"float")),
        Row("answers/success/extra", "result.fields.more", "10.11.12", {"$date": "2012-10-11"}),
        Row("objects/constructed/unknown date", "result.fields.unknown", "2026-01-02", {"$date": "2026-01-02"}),
    ],
    "Bodies that are no JSON": [
        Row("answers/*", "result", _DECODE, _TYPE),
        Row("answers/*/not utf-8", "result", _DECODE, _builtin("UnicodeDecodeError")),
        Row("client/read as/bare text*", "result", _DECODE, RETURNS),
    ],
    "204 and 205": [
        Row("answers/status/205", "result.$tuple[0]", None, ANY),
    ],
    "Character sets": [
        Row("answers/content type/latin", "result.fields.scope", "é", "Ã©"),
        Row("answers/content type/unknown charset", "result", RETURNS, _builtin("LookupError")),
        Row("answers/error/* latin", "result", _Like("Exception.*café"), _builtin("UnicodeDecodeError")),
        Row("answers/error/* not utf-8", "result", _Like("Exception.*\ufffd"), _builtin("UnicodeDecodeError")),
        Row("answers/error/latin reason", "result", _Like("'reason': 'caf'"), _Like("'reason': 'café'")),
        Row("settings/constructed/by name", "result.basic", "Basic dTrDqTo=", "Basic dTrpOg=="),
    ],
    "Headers of a response": [
        Row("options/open/headers", "result.items", _Like("a, b"), ANY),
    ],
    "`last_response`": [Row("options/open/headers", "result.last body", _Like("bytes"), _Like('^."user_id'))],
    # Objects
    "Missing fields": [
        Row("objects/*", "result.*", _NO_FIELD, _NO_ATTRIBUTE),
    ],
    "Secrets in text": [Row("objects/shown/with secrets", "result.*", _Like(r"\*\*\*"), _Like("secret-a"))],
    "Models are mappings": [
        Row("objects/container/full", "result.*", ANY, _NO_ATTRIBUTE),
        *(
            Row("objects/container/full", f"result.{name}", RETURNS, _builtin("TypeError"))
            for name in ("len", "unpacked")
        ),
    ],
    "Types of fields": [
        Row("objects/changed/all", "result.*", RETURNS, _TYPE),
        Row("objects/constructed/*", "result", RETURNS, _TYPE),
    ],
    "Copies": [
        Row("objects/copied/all", "result.*", RETURNS, _Like("NameError|KeyError|ApiAttributeError")),
    ],
    "Classes of errors": [
        *(
            Row("*", "result", _Like(f"raised': '{name}Exception', .*'status': {status}, "), _Raises("ApiException"))
            for name, status in (
                ("BadRequest", 400),
                ("Conflict", 409),
                ("ContentTooLarge", 413),
                ("UnprocessableContent", 422),
                ("Locked", 423),
                ("TooManyRequests", 429),
            )
        ),
        Row("answers/error/*", "result", _Like("InvalidGrantError.*'status': 400, "), _Raises("ApiException")),
    ],
    "Text of errors": [
        Row("objects/errors/*", "result.*str", _Like(r"^(\d+|$)[^\n]*$"), _Like(r"\nReason: ")),
        Row("objects/errors/*", "result.*args*", _Like(r"^\[(404|418|None), "), ANY),
        Row("objects/errors/*", "result.*repr", _Like(r"Exception\((404|418|None), "), _Like(r"Exception\(")),
        Row("objects/errors/*", "result.*(bytes).*", _Like("detail"), _Like("detail")),
        Row("objects/errors/*", "result.ApiKeyError*str", _Like("^m"), _Like("^[\"']m")),
        Row("client/request/error", "result.body", "{}", {"$bytes": "{}"}),
    ],
    "Logging": [Row("settings/logging/levels", "result.*", 20, 30)],
}
