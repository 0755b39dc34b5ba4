"""Calls over the wire: through the API classes, and through the client itself."""

from __future__ import annotations

import copy
import importlib
import itertools
import tempfile
import warnings
from typing import Any

import pandadoc_client
from pandadoc_client.api import members_api, o_auth_2_0_authentication_api

from .values import describe, describe_error


def _configuration(host: str, configure: dict[str, Any] | None) -> Any:
    """Return a configuration for the recording server; ``host`` in its values stands for the server's URL."""
    settings: dict[str, Any] = {"retries": 0, **(configure or {})}
    configuration: Any = pandadoc_client.Configuration(**settings.pop("arguments", {"host": host}))
    other_hosts = settings.pop("other_hosts", None)
    if other_hosts is not None:
        configuration.get_host_settings = lambda: [{"url": f"{host}/{name}"} for name in other_hosts]
    if settings.pop("counting_hook", False):
        keys = itertools.count(1)
        configuration.refresh_api_key_hook = lambda given: given.api_key.update(apiKey=f"key {next(keys)}")
    for name, value in settings.items():
        setattr(configuration, name, value)
    return configuration


def _client(host: str, configure: dict[str, Any] | None, client: dict[str, Any] | None) -> Any:
    settings = dict(client or {})
    api_client: Any = pandadoc_client.ApiClient(_configuration(host, configure), **settings.pop("arguments", {}))
    for name, value in settings.pop("default_headers", {}).items():
        api_client.set_default_header(name, value)
    for name, value in settings.items():
        setattr(api_client, name, value)
    return api_client


def _observe(result: Any) -> Any:
    """Return a result as JSON; a handle is asked for its result, an open answer is read."""
    if hasattr(result, "ready") and hasattr(result, "get"):
        return {"handle": type(result).__name__, "got": _observe(result.get(20)), "successful": result.successful()}
    if hasattr(result, "read") and hasattr(result, "status"):
        seen = {"status": result.status, "reason": result.reason, "headers": describe(result.headers)}
        return {**seen, "body": describe(result.read()), "type": type(result).__name__}
    if isinstance(result, tuple):
        return {"$tuple": [_observe(part) for part in result]}
    return describe(result)


def token(
    host: str,
    fields: dict[str, Any],
    options: dict[str, Any] | None = None,
    configure: dict[str, Any] | None = None,
    client: dict[str, Any] | None = None,
    times: int = 1,
    positional: list[Any] | None = None,
) -> Any:
    """Call the token endpoint."""
    with _client(host, configure, client) as api_client:
        api: Any = o_auth_2_0_authentication_api.OAuth20AuthenticationApi(api_client)
        results = [_observe(api.access_token(*positional or (), **fields, **options or {})) for _ in range(times)]
    return results if times > 1 else results[0]


def token_warnings(host: str, fields: dict[str, Any]) -> Any:
    """Return the warnings that a token call gives."""
    with _client(host, None, None) as api_client, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        api: Any = o_auth_2_0_authentication_api.OAuth20AuthenticationApi(api_client)
        api.access_token(**fields)
        return [warning.category.__name__ for warning in caught if "secret" not in str(warning.message)]


def member(
    host: str,
    options: dict[str, Any] | None = None,
    configure: dict[str, Any] | None = None,
    client: dict[str, Any] | None = None,
    times: int = 1,
) -> Any:
    """Call a GET that takes a credential."""
    with _client(host, configure, client) as api_client:
        api: Any = members_api.MembersApi(api_client)
        results = [_observe(api.details_current_member(**options or {})) for _ in range(times)]
    return results if times > 1 else results[0]


def operation(host: str, module: str, owner: str, method: str, arguments: dict[str, Any]) -> Any:
    """Call an operation of an API class; its response is not read, since models are compared elsewhere."""
    try:
        kind = getattr(importlib.import_module(module), owner)
    except (ImportError, AttributeError):
        return {"absent": True}
    with _client(host, {"api_key": {"apiKey": "K"}, "api_key_prefix": {"apiKey": "API-Key"}}, None) as api_client:
        if not hasattr(kind, method):
            return {"absent": True}
        answer = getattr(kind(api_client), method)(**arguments, _preload_content=False)
        return answer.status


def member_of_default_client(host: str) -> Any:
    """Call without a client: the default configuration applies."""
    pandadoc_client.Configuration.set_default(_configuration(host, {"access_token": "default"}))
    try:
        return _observe(members_api.MembersApi().details_current_member())
    finally:
        pandadoc_client.Configuration.set_default(None)


def members_at_once(host: str, pool_threads: int, count: int) -> Any:
    """Start calls in threads, leave the ``with`` block, and look at the handles then."""
    with _client(host, None, {"arguments": {"pool_threads": pool_threads}}) as api_client:
        api: Any = members_api.MembersApi(api_client)
        handles = [api.details_current_member(async_req=True) for _ in range(count)]
    return {"ready": [handle.ready() for handle in handles], "got": [describe(handle.get(0)) for handle in handles]}


def member_in_a_thread_failing(host: str) -> Any:
    """Look at a handle whose call failed."""
    with _client(host, None, None) as api_client:
        api: Any = members_api.MembersApi(api_client)
        handle = api.details_current_member(async_req=True)
        handle.wait(20)
        shown: dict[str, Any] = {"successful": handle.successful()}
        try:
            handle.get()
        except pandadoc_client.ApiException as error:
            shown["error"] = describe_error(error)
    return shown


def member_after_close(host: str) -> Any:
    """Go on with a client that was closed."""
    api_client = _client(host, None, None)
    api: Any = members_api.MembersApi(api_client)
    first = _observe(api.details_current_member())
    api_client.close()
    return [first, _observe(api.details_current_member()), _observe(api.details_current_member(async_req=True))]


def open_answer(host: str) -> Any:
    """Read a response whose body was not read, in each way that both SDKs know."""
    with _client(host, {"retries": None}, None) as api_client:
        api: Any = members_api.MembersApi(api_client)
        shown: dict[str, Any] = {}
        for way in ("read", "read 3", "data", "stream", "stream 4", "file", "headers"):
            answer = api.details_current_member(_preload_content=False)
            if way == "read":
                shown[way] = [answer.read(), answer.read()]
            elif way == "read 3":
                shown[way] = [answer.read(3), answer.read(0), answer.read(1), answer.read(-1), answer.read(3)]
            elif way == "data":
                shown[way] = [answer.data, answer.data]
            elif way.startswith("stream"):
                shown[way] = b"".join(answer.stream(*[int(size) for size in way.split()[1:]]))
            elif way == "file":
                shown[way] = [answer.readable(), answer.writable(), answer.seekable(), answer.closed, answer.read()]
            else:
                names = ("content-type", "CONTENT-TYPE", "x-twice", "x-absent")
                shown[way] = [answer.headers.get(name) for name in names]
                shown["in"] = ["content-type" in answer.headers, "x-absent" in answer.headers]
                shown["missing"] = answer.headers.get("x-absent", "default")
                shown["then"] = answer.read()
                shown["last_response"] = [api_client.last_response.status, api_client.last_response.reason]
            answer.release_conn()
            answer.close()
            shown[f"{way}: closed"] = answer.closed
    return shown


def headers_of_answer(host: str) -> Any:
    """Look at the headers that come with ``_return_http_data_only=False``."""
    with _client(host, None, None) as api_client:
        api: Any = members_api.MembersApi(api_client)
        _, status, headers = api.details_current_member(_return_http_data_only=False)
        last = api_client.last_response
    return {
        "status": status,
        "item": headers["x-twice"],
        "other case": headers["CONTENT-TYPE"],
        "list": list(headers.getlist("x-twice")),
        "get": [headers.get("x-absent"), headers.get("x-absent", "default")],
        "in": ["Content-Type" in headers, "x-absent" in headers],
        "names": sorted(name.lower() for name in headers),
        "length": len(headers),
        "items": sorted((name.lower(), value) for name, value in headers.items()),
        "last response": [last.status, last.reason, last.getheader("x-twice"), last.getheader("x-absent", "default")],
        "last body": bytes(last.data) if isinstance(last.data, bytes) else last.data,
    }


def call_api(
    host: str,
    arguments: dict[str, Any],
    configure: dict[str, Any] | None = None,
    client: dict[str, Any] | None = None,
) -> Any:
    """Call the client itself; ``files`` are opened from their names and contents."""
    with _client(host, configure, client) as api_client:
        return _observe(api_client.call_api(**arguments))


def call_api_leaves_arguments(host: str, arguments: dict[str, Any]) -> Any:
    """Return the arguments of a call as they are after it."""
    before = copy.deepcopy(arguments)
    with _client(host, None, None) as api_client:
        api_client.call_api(**arguments)
    return {name: [describe(before[name]), describe(value)] for name, value in arguments.items()}


def call_api_with_real_file(host: str, content: str) -> Any:
    """Upload a file of the file system."""
    header = {"Content-Type": "multipart/form-data"}
    with (
        _client(host, None, None) as api_client,
        tempfile.TemporaryDirectory() as folder,
        open(f"{folder}/naïve name.txt", "w+b") as file,
    ):
        file.write(content.encode())
        file.seek(2)
        result = api_client.call_api(
            "/upload", "POST", header_params=header, files={"file": [file]}, _return_http_data_only=True
        )
        return [describe(result), file.closed]


def request(host: str, method: str, arguments: dict[str, Any], client: dict[str, Any] | None = None) -> Any:
    """Send a request through the client's lowest door."""
    with _client(host, None, client) as api_client:
        answer = api_client.request(method, f"{host}/direct", **arguments)
        body = answer.data if hasattr(answer, "data") else answer.read()
        return {"status": answer.status, "reason": answer.reason, "body": describe(body)}


def helpers_of_client(host: str) -> Any:
    """Use the methods of the client that shape a request."""
    with _client(host, {"access_token": "T", "api_key": {"apiKey": "K"}}, None) as api_client:
        accepts: list[list[str]] = [[], ["application/json"], ["application/pdf", "Application/JSON"], ["a/b", "C/d"]]
        shown: dict[str, Any] = {"accept": [api_client.select_header_accept(types) for types in accepts]}
        shown["content type"] = [api_client.select_header_content_type(types) for types in (*accepts, ["*/*"])]
        patch = (["application/json-patch+json", "application/json"], "PATCH", [1])
        shown["json patch"] = api_client.select_header_content_type(*patch)
        for names in ([], ["apiKey"], ["oauth2"], ["apiKey", "oauth2"], ["oauth2", "apiKey"], ["unknown"]):
            headers: dict[str, str] = {"X": "1"}
            queries: list[Any] = []
            api_client.update_params_for_auth(headers, queries, names, "/p", "GET", None)
            shown[f"auth {names}"] = [headers, queries]
        shown["user agent"] = api_client.user_agent == api_client.default_headers["User-Agent"]
        shown["pool threads"] = api_client.pool_threads
        shown["cookie"] = api_client.cookie
        return shown
