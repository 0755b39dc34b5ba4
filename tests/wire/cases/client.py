"""`ApiClient` used directly: paths, queries, headers, bodies, forms, files, and what answers are read as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..harness import Case
from ..recording import Answer
from .token import SPECIAL

_OK = Answer(body=b'{"ok": true}')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_MULTIPART = {"Content-Type": "multipart/form-data"}
_SPECIAL = {name: value for name, value in SPECIAL.items() if not name.startswith("long")}


def _call(name: str, path: str, method: str, /, *answers: Answer, options: Any = None, **arguments: Any) -> Case:
    given = {"resource_path": path, "method": method, "response_type": {"$tuple": [{"$type": "dict"}]}, **arguments}
    return Case(f"client/{name}", "call_api", {"arguments": given, **(options or {})}, answers or (_OK,))


def cases() -> Iterator[Case]:
    yield from _paths()
    yield from _queries()
    yield from _headers()
    yield from _bodies()
    yield from _forms()
    yield from _answers()
    yield from _requests()
    yield Case("client/helpers/all", "helpers_of_client")


def _paths() -> Iterator[Case]:
    for name, value in _SPECIAL.items():
        yield _call(f"path/{name}", "/a/{id}/b", "GET", path_params={"id": value})
        safe = {"configure": {"safe_chars_for_path_param": "/~ é"}}
        yield _call(f"path with safe characters/{name}", "/a/{id}/b", "GET", path_params={"id": value}, options=safe)
    values: dict[str, Any] = {
        "int": 5,
        "float": 1.5,
        "bool": True,
        "None": None,
        "date": {"$date": "2026-01-02"},
        "datetime": {"$offset": 2},
        "dot": ".",
        "two dots": "..",
        "dots in it": "a..b",
        "slash and dots": "../x",
        "list": ["a", "b"],
    }
    for name, value in values.items():
        yield _call(f"path value/{name}", "/a/{id}", "GET", path_params={"id": value})
    yield _call("path value/csv", "/a/{id}", "GET", path_params={"id": ["a", "b,"]}, collection_formats={"id": "csv"})
    yield _call("path value/two", "/{a}/{b}/{a}", "GET", path_params={"a": "{b}", "b": "2"})
    yield _call("path value/unknown", "/{a}", "GET", path_params={"b": "2"})
    yield _call("path value/with a query", "/a?b=c", "GET", query_params=[["d", "e"]])


def _queries() -> Iterator[Case]:
    for name, value in _SPECIAL.items():
        for method in ("GET", "POST"):
            yield _call(f"query {method}/{name}", "/q", method, query_params=[{"$tuple": ["p", value]}])
    yield _call("query name/special", "/q", "GET", query_params=[{"$tuple": ["a b&é=", "v"]}])
    values: dict[str, Any] = {
        "int": 5,
        "float": 1.0,
        "bool": True,
        "None": None,
        "date": {"$date": "2026-01-02"},
        "datetime": {"$datetime": "2026-01-02T03:04:05"},
        "datetime with zone": {"$offset": 5.5},
        "list": ["a", 1],
        "dict": {"a": 1},
        "strange": {"$strange": None},
    }
    for name, value in values.items():
        yield _call(f"query value/{name}", "/q", "GET", query_params=[{"$tuple": ["p", value]}])
    arrays: dict[str, Any] = {
        "texts": ["a b", "c,d", "e&f", "g|h", ""],
        "empty": [],
        "one": ["a"],
        "numbers": [1, 2.5],
        "bools": [True, False],
        "Nones": [None, "a"],
        "dates": [{"$date": "2026-01-02"}, {"$offset": 0}],
        "tuple": {"$tuple": ["a", "b"]},
        "text": "ab",
    }
    for style in ("multi", "csv", "ssv", "tsv", "pipes", "unknown"):
        for name, value in arrays.items():
            formats = {"p": style}
            query = [{"$tuple": ["p", value]}, {"$tuple": ["z", "1"]}]
            yield _call(f"query array/{style} {name}", "/q", "GET", query_params=query, collection_formats=formats)
    yield _call("query several/repeated", "/q", "GET", query_params=[{"$tuple": ["a", i]} for i in (2, 1)])
    yield _call("query several/dict", "/q", "GET", query_params={"b": 1, "a": 2})
    yield _call("query several/none", "/q", "GET", query_params=[])
    for method in ("HEAD", "DELETE", "PUT", "PATCH", "OPTIONS"):
        yield _call(f"query several/{method}", "/q", method, query_params=[{"$tuple": ["a", "b"]}], response_type=None)


def _headers() -> Iterator[Case]:
    yield _call("header/own", "/h", "GET", header_params={"X-A": "b", "Accept": "application/pdf"})
    yield _call("header/number", "/h", "GET", header_params={"X-A": 5})
    yield _call("header/date", "/h", "GET", header_params={"X-A": {"$date": "2026-01-02"}})
    yield _call("header/None", "/h", "GET", header_params={"X-A": None})
    yield _call("header/csv", "/h", "GET", header_params={"X-A": ["a", "b"]}, collection_formats={"X-A": "csv"})
    yield _call("header/bool", "/h", "GET", header_params={"X-A": True})
    default = {"client": {"default_headers": {"X-A": "default"}}}
    yield _call("header/default wins", "/h", "GET", header_params={"X-A": "own"}, options=default)
    yield _call("header/user agent", "/h", "GET", header_params={"User-Agent": "own"})
    auth = {"configure": {"access_token": "T", "api_key": {"apiKey": "K"}}}
    for names in ([], ["apiKey"], ["oauth2"], ["apiKey", "oauth2"], ["oauth2", "apiKey"], ["unknown"], None):
        yield _call(f"auth/{names}", "/h", "GET", auth_settings=names, options=auth)
    own = {"Authorization": "Own"}
    yield _call("auth/own header", "/h", "GET", auth_settings=["oauth2"], header_params=own, options=auth)
    yield _call("auth/host", "/h", "GET", auth_settings=["oauth2"], _host="{base}/other", options=auth)


def _bodies() -> Iterator[Case]:
    bodies: dict[str, Any] = {
        "flat": {"a": 1, "b": 2.5, "c": None, "d": True, "e": "é🐼"},
        "nested": {"a": [{"b": [[], {}]}, [1, [2]]]},
        "dates": {
            "day": {"$date": "2026-01-02"},
            "time": {"$datetime": "2026-01-02T03:04:05"},
            "zone": {"$offset": -3},
        },
        "model": {"$model": {"scope": "s", "expires_in": 1.5}},
        "model in it": {"tokens": [{"$model": {"scope": "s"}}]},
        "list": [1, "a", None],
        "empty list": [],
        "empty dict": {},
        "tuple": {"$tuple": [1, 2]},
        "text": "plain text",
        "empty text": "",
        "number": 5,
        "zero": 0,
        "false": False,
        "true": True,
        "None": None,
        "long": {"a": "é" * 100_000},
        "set": {"$set": [1]},
        "strange": {"$strange": None},
        "strange in it": {"a": [{"$strange": None}]},
        "bytes": {"$bytes": "abc"},
        "not a number": {"a": float("nan")},
        "surrogate": {"a": "\ud800"},
        "file": {"$file": ["n", "content"]},
    }
    for name, body in bodies.items():
        yield _call(f"json/{name}", "/b", "POST", body=body)
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "GET", "HEAD"):
        yield _call(f"json method/{method}", "/b", method, body={"a": 1}, response_type=None)
        yield _call(f"no body/{method}", "/b", method, response_type=None)
    for kind in ("application/merge-patch+json", "Application/JSON; charset=utf-8", "text/plain", "application/pdf"):
        header = {"Content-Type": kind}
        yield _call(f"as/{kind} dict", "/b", "POST", body={"a": 1}, header_params=header)
        yield _call(f"as/{kind} text", "/b", "POST", body="té", header_params=header)
        yield _call(f"as/{kind} bytes", "/b", "POST", body={"$bytes": "\x00\xff"}, header_params=header)
        yield _call(f"as/{kind} nothing", "/b", "POST", header_params=header)
    yield _call("as/lower case", "/b", "POST", body="t", header_params={"content-type": "text/plain"})
    yield _call("method/lower case", "/b", "post", body={"a": 1})
    yield _call("method/unknown", "/b", "TRACE")


def _forms() -> Iterator[Case]:
    for name, value in SPECIAL.items():
        fields = [{"$tuple": ["f", value]}, {"$tuple": ["g", "1"]}]
        yield _call(f"form/{name}", "/f", "POST", post_params=fields, header_params=_FORM)
        if name not in ("carriage return", "line feed", "both"):
            yield _call(f"multipart/{name}", "/f", "POST", post_params=fields, header_params=_MULTIPART)
    values: dict[str, Any] = {
        "int": 5,
        "float": 2.0,
        "bool": True,
        "None": None,
        "date": {"$date": "2026-01-02"},
        "dict": {"a": "é"},
        "list": ["a", "b"],
        "empty dict": {},
        "bytes": {"$bytes": "abc"},
        "model": {"$model": {"scope": "s"}},
    }
    for name, value in values.items():
        fields = [{"$tuple": ["f", value]}]
        yield _call(f"form value/{name}", "/f", "POST", post_params=fields, header_params=_FORM)
        yield _call(f"multipart value/{name}", "/f", "POST", post_params=fields, header_params=_MULTIPART)
    array = [{"$tuple": ["f", ["a", "b c"]]}]
    for style in ("multi", "csv", "pipes"):
        formats = {"f": style}
        for kind, header in (("form", _FORM), ("multipart", _MULTIPART)):
            given = {"post_params": array, "header_params": header, "collection_formats": formats}
            yield _call(f"{kind} array/{style}", "/f", "POST", **given)
    yield _call("form shape/with a body", "/f", "POST", post_params=array, body={"a": 1}, header_params=_FORM)
    yield _call("form shape/as json", "/f", "POST", post_params=[{"$tuple": ["a", "b"]}])
    yield _call("form shape/empty", "/f", "POST", post_params=[], header_params=_FORM)
    yield _call("form shape/dict", "/f", "POST", post_params={"a": "b"}, header_params=_FORM)
    yield _call("form shape/put", "/f", "PUT", post_params=[{"$tuple": ["a", "b"]}], header_params=_FORM)
    yield from _files()


def _files() -> Iterator[Case]:
    for name in ("a.txt", "a.pdf", "noext", "naïve.txt", 'quo"te.txt', "folder/in.json", "semi;colon.csv"):
        files = {"file": [{"$file": [name, "content é"]}]}
        yield _call(f"files/{name.replace('/', ' in ')}", "/f", "POST", files=files, header_params=_MULTIPART)
    two = {"file": [{"$file": ["a.txt", "1"]}, {"$file": ["b.txt", "2"]}], "other": [{"$file": ["c.txt", ""]}]}
    fields = [{"$tuple": ["data", {"name": "n"}]}, {"$tuple": ["text", "t"]}]
    yield _call("files/two and fields", "/f", "POST", files=two, post_params=fields, header_params=_MULTIPART)
    yield _call("files/None", "/f", "POST", files={"file": None}, header_params=_MULTIPART)
    yield _call("files/None in it", "/f", "POST", files={"file": [None]}, header_params=_MULTIPART)
    closed = {"file": [{"$closed file": ["a.txt", "1"]}]}
    yield _call("files/closed", "/f", "POST", files=closed, header_params=_MULTIPART)
    yield Case("client/files/of the file system", "call_api_with_real_file", {"content": "0123456789"}, (_OK,))


def _answers() -> Iterator[Case]:
    tokens = b'{"scope": "s"}'
    types: dict[str, tuple[Any, bytes]] = {
        "model": ({"$type": "model"}, tokens),
        "list of models": ([{"$type": "model"}], b"[" + tokens + b"," + tokens + b"]"),
        "dict of models": ({"$dict of": {"$type": "model"}}, b'{"a": ' + tokens + b"}"),
        "dict of ints": ({"$dict of": {"$type": "int"}}, b'{"a": 1}'),
        "text": ({"$type": "str"}, b'"text"'),
        "bare text": ({"$type": "str"}, b"bare text"),
        "int": ({"$type": "int"}, b"5"),
        "bool": ({"$type": "bool"}, b"true"),
        "list of text": ([{"$type": "str"}], b'["a", "b"]'),
        "null": ({"$type": "none"}, b"null"),
        "datetime": ({"$type": "datetime"}, b'"2026-01-02T03:04:05Z"'),
        "date": ({"$type": "date"}, b'"2026-01-02"'),
        "file": ({"$type": "file"}, b"\x00\xffPDF"),
        "wrong": ({"$type": "model"}, b'"text"'),
    }
    for name, (kind, body) in types.items():
        answer = Answer(body=body)
        given = {"response_type": {"$tuple": [kind]}, "_check_type": True}
        yield _call(f"read as/{name}", "/r", "GET", answer, **given)
        yield _call(f"read as/{name} alone", "/r", "GET", answer, **given, _return_http_data_only=True)
    either = {"response_type": {"$tuple": [{"$type": "int"}, {"$type": "none"}]}, "_check_type": True}
    yield _call("read as/int or null", "/r", "GET", Answer(body=b"null"), **either)
    yield _call("read as/nothing", "/r", "GET", Answer(body=b"ignored"), response_type=None)
    yield _call("read as/unread", "/r", "GET", Answer(body=b"raw"), _preload_content=False)
    yield _call("read as/in a thread", "/r", "GET", async_req=True, _return_http_data_only=True)
    yield _call("read as/error", "/r", "GET", Answer(status=409, reason="Conflict", body=b'{"id": "x"}'))
    arguments = {
        "resource_path": "/r/{id}",
        "method": "POST",
        "path_params": {"id": "x"},
        "header_params": {"X-A": "b"},
        "query_params": [{"$tuple": ["q", 1]}],
        "body": {"a": {"$date": "2026-01-02"}},
    }
    yield Case("client/arguments/left alone", "call_api_leaves_arguments", {"arguments": arguments})


def _requests() -> Iterator[Case]:
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        given = {"query_params": [{"$tuple": ["a", "b c"]}], "headers": {"X-A": "b"}}
        yield Case(f"client/request/{method}", "request", {"method": method, "arguments": given}, (_OK,))
    given = {"headers": _FORM, "post_params": [{"$tuple": ["a", "b c"]}]}
    yield Case("client/request/form", "request", {"method": "POST", "arguments": given}, (_OK,))
    yield Case("client/request/json", "request", {"method": "POST", "arguments": {"body": {"a": 1}}}, (_OK,))
    text = {"body": "t", "headers": {"Content-Type": "text/plain"}}
    yield Case("client/request/text", "request", {"method": "POST", "arguments": text}, (_OK,))
    unread = {"_preload_content": False, "_request_timeout": 5}
    yield Case("client/request/unread", "request", {"method": "GET", "arguments": unread}, (_OK,))
    failing = (Answer(status=404, reason="Not Found", body=b"{}"),)
    yield Case("client/request/error", "request", {"method": "GET", "arguments": {}}, failing)
    yield Case("client/request/unknown method", "request", {"method": "TRACE", "arguments": {}}, (_OK,))
    default = {"default_headers": {"X-A": "b"}}
    yield Case("client/request/no default headers", "request", {"method": "GET", "arguments": {}, "client": default})
