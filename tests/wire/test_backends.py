"""What both backends of asyncio send is the same, byte for byte, and what only one of them can do is said."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from importlib import util
from typing import Any

import httpx
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client import ApiClient, AsyncApiClient, AsyncPandaDoc, Configuration, PandaDoc
from pandadoc_client._http.aiohttp_backend.direct import direct_request
from pandadoc_client._http.messages import Request
from pandadoc_client.api.documents_api import AsyncDocumentsApi
from pandadoc_client.exceptions import ApiValueError
from pandadoc_client.oauth import AsyncOAuthClient, OAuthClient

from .faults import Peer, configured, ok, scripted

Call = Callable[[AsyncApiClient], Any]
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
BOUNDARY = re.compile(rb"[0-9a-f]{32}")  # a random one


async def parts() -> AsyncIterator[bytes]:
    yield b"one"
    yield b""
    yield b"two" * 30_000


def upload(client: AsyncApiClient, file: Any) -> Any:
    return AsyncDocumentsApi(client).create_document_from_upload(file=file, data={"name": "a"})


CALLS: dict[str, Call] = {
    "a path and a query": lambda client: client.call_api(
        "/a b/{id}", "GET", {"id": "ä/%2F.."}, [("q", "ü &+'"), ("e", "")]
    ),
    "dots and slashes": lambda client: client.request("GET", f"{client.configuration.host}/a/../b//./c?x=/../y"),
    "characters that are not encoded": lambda client: client.request(
        "GET", f'{client.configuration.host}/a|b^`{{}}"?<>[]'
    ),
    "a body of JSON": lambda client: client.call_api("/x", "POST", body={"a": ["ä", 1.5, None]}),
    "a large body": lambda client: client.call_api("/x", "POST", body={"a": "x" * 1_000_000}),
    "no body": lambda client: client.call_api("/x", "POST"),
    "a DELETE with a body": lambda client: client.call_api("/x", "DELETE", body={"a": 1}),
    "a HEAD": lambda client: client.call_api("/x", "HEAD"),
    "headers": lambda client: client.call_api(
        "/x", "GET", header_params={"X-oDD": "é", "accept-encoding": "identity", "host": "elsewhere"}
    ),
    "a form": lambda client: client.call_api(
        "/x",
        "POST",
        header_params={"Content-Type": "application/x-www-form-urlencoded"},
        post_params={"a": "b c", "d": "ä"},
    ),
    "a file": lambda client: upload(client, ("a.pdf", io.BytesIO(b"x" * 300_000))),
    "a file of unknown length": lambda client: upload(client, ("a.pdf", parts())),
}


def recorded(call: Call, backend: Any, **settings: Any) -> bytes:
    """Return the bytes of a request."""
    received = bytearray()

    def script(peer: Peer) -> None:
        while True:
            data = peer.socket.recv(65536)
            if not data:
                return
            received.extend(data)
            if _is_whole(bytes(received)):
                head = bytes(received).startswith(b"HEAD")
                peer.send(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n"
                    + b"{}" * (not head)
                )

    async def main(url: str) -> None:
        configuration = configured(url, retries=0, backend=backend)
        for name, value in settings.items():
            setattr(configuration, name, value)
        async with AsyncApiClient(configuration) as client:
            with contextlib.suppress(ValueError):  # of what the response is decoded to
                await call(client)

    with scripted(script) as server:
        asyncio.run(main(server.url))
    return BOUNDARY.sub(b"BOUNDARY", bytes(received)).replace(str(server.port).encode(), b"PORT")


def _is_whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    fields = head.lower().split(b"\r\n")
    if b"transfer-encoding: chunked" in fields:
        return body.endswith(b"0\r\n\r\n")
    length = next((int(field.split(b":")[1]) for field in fields if field.startswith(b"content-length:")), 0)
    return bool(end) and len(body) >= length


@pytest.mark.httpx_only  # it compares both
@pytest.mark.parametrize("name", CALLS)
def test_a_request_is_the_same_byte_for_byte(name: str) -> None:
    found = {backend: recorded(CALLS[name], backend) for backend in ("httpx", "aiohttp")}
    assert found["httpx"].count(b"HTTP/1.1\r\n") == 1
    assert found["aiohttp"] == found["httpx"]


@pytest.mark.httpx_only  # it compares both
@pytest.mark.parametrize("name", ["a path and a query", "a file"])
def test_a_request_through_a_proxy_is_the_same_byte_for_byte(name: str) -> None:
    def through_a_proxy(backend: Any) -> bytes:
        received = []

        def script(peer: Peer) -> None:
            head = peer.request()
            received.append(head)
            peer.send(ok())

        async def main(url: str) -> None:
            configuration = configured("http://api.example", allow_insecure=True, retries=0, backend=backend)
            configuration.proxy = url.replace("://", "://us%20er:pa%3Ass@")
            configuration.proxy_headers = {"X-Proxy": "1", "User-Agent": "not this"}
            async with AsyncApiClient(configuration) as client:
                await CALLS[name](client)

        with scripted(script) as server:
            asyncio.run(main(server.url))
        (head,) = received
        return BOUNDARY.sub(b"BOUNDARY", head)

    found = through_a_proxy("aiohttp")
    assert found == through_a_proxy("httpx")
    assert b" http://api.example/" in found
    assert b"Proxy-Authorization: Basic " in found


@pytest.mark.httpx_only  # it compares both
def test_the_request_for_a_tunnel_is_the_same_and_a_refusal_is_the_same_error() -> None:
    def tunnelled(backend: Any) -> tuple[bytes, str]:
        received, error = [], ""

        def script(peer: Peer) -> None:
            received.append(peer.head())
            peer.send(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")

        async def main(url: str) -> str:
            configuration = configured("https://api.example", retries=0, backend=backend)
            configuration.proxy = url.replace("://", "://user:pass@")
            configuration.proxy_headers = {"X-Proxy": "1"}
            async with AsyncApiClient(configuration) as client:
                try:
                    await client.call_api("/x", "GET")
                except Exception as caught:
                    return repr(caught)
            return ""

        with scripted(script) as server:
            error = asyncio.run(main(server.url))
        (head,) = received
        return head, error

    found = tunnelled("aiohttp")
    assert found == tunnelled("httpx")
    assert found[0].startswith(b"CONNECT api.example:443 HTTP/1.1\r\n")
    assert "407 Who are you" in found[1]


TARGETS = st.text(st.sampled_from("ab/.%2Fz?&=+'~!$()*,;:@-_|^`{}\"<>[]\\ #ä\x7f"), max_size=12)


@given(
    target=TARGETS,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "get"]),
    body=st.sampled_from([None, b"", b"{}"]),
)
def test_the_short_way_takes_a_request_only_if_httpx_would_send_the_same(
    target: str, method: str, body: bytes | None
) -> None:
    from pandadoc_client._http.aiohttp_backend.dialing import head_bytes

    url, fields = f"http://localhost:8080/{target}", [(b"Accept", b"x"), (b"Accept-Encoding", b"y")]
    made = direct_request(Request(method, url, content=body))
    if made is None:
        return
    content = b"" if body is None and method in ("POST", "PUT") else body
    sent = httpx.Request(method, url, headers=fields, content=content)
    head = head_bytes(sent.method, sent.url.raw_path, sent.headers.raw)
    assert made(fields, {}).head() == head
    assert made(fields, {}).content == sent.content


def test_the_short_way_takes_what_calls_send() -> None:
    for target in ("/public/v1/documents/abc-1_2.3~/send", "/public/v1/documents?count=100&tag=a%20b&q=%C3%A4&x=a+b,c"):
        assert direct_request(Request("GET", f"https://api.pandadoc.com{target}")) is not None


async def test_cookies_and_redirects_of_responses_are_not_followed_up(http_backend: str) -> None:
    received: list[bytes] = []

    def script(peer: Peer) -> None:
        while head := peer.request():
            received.append(head)
            peer.send(REDIRECT if len(received) == 1 else ok())

    with scripted(script) as server:
        async with AsyncApiClient(configured(server.url, retries=0)) as client:
            for _ in range(2):
                with contextlib.suppress(Exception):
                    await client.call_api("/x", "GET", response_type=(object,))
    assert len(received) == 2
    assert received[0] == received[1]
    assert b"cookie" not in received[1].lower()


MAKERS: dict[str, Callable[..., Any]] = {
    "Configuration": lambda **given: Configuration(**given),
    "AsyncApiClient": lambda **given: AsyncApiClient(**given),
    "AsyncPandaDoc": lambda **given: AsyncPandaDoc(api_key="key", **given),
    "AsyncOAuthClient": lambda **given: AsyncOAuthClient("id", "secret", **given),
    "ApiClient": lambda **given: ApiClient(**given),
    "PandaDoc": lambda **given: PandaDoc(api_key="key", **given),
    "OAuthClient": lambda **given: OAuthClient("id", "secret", **given),
}
ASYNCHRONOUS = [name for name in MAKERS if name.startswith("Async")]


@pytest.mark.httpx_only  # nothing is sent
@pytest.mark.parametrize("name", MAKERS)
def test_what_is_no_backend_is_refused(name: str) -> None:
    with pytest.raises(ApiValueError, match="backend must be"):
        MAKERS[name](backend="requests")


@pytest.mark.httpx_only  # nothing is sent
@pytest.mark.parametrize("name", ["Configuration", *ASYNCHRONOUS])
def test_a_missing_aiohttp_is_an_error_that_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda module, *more: None if module == "aiohttp" else found(module, *more))
    with pytest.raises(ImportError, match=r"pip install 'pandadoc-client\[aiohttp\]'"):
        MAKERS[name](backend="aiohttp")


@pytest.mark.httpx_only  # nothing is sent
@pytest.mark.parametrize("name", ["ApiClient", "PandaDoc", "OAuthClient"])
def test_a_blocking_client_has_no_aiohttp(name: str) -> None:
    with pytest.raises(ApiValueError, match="for asyncio"):
        MAKERS[name](backend="aiohttp")


@pytest.mark.httpx_only  # nothing is sent
@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_a_backend_and_an_http_client_are_one_too_many(name: str) -> None:
    with pytest.raises(ApiValueError, match="cannot both be given"):
        MAKERS[name](backend="aiohttp", http_client=httpx.AsyncClient())


@pytest.mark.httpx_only  # aiohttp is asked for by name
def test_a_blocking_client_with_a_configuration_for_aiohttp_calls_over_httpx() -> None:
    with scripted([ok("right")]) as server, ApiClient(configured(server.url, backend="aiohttp")) as client:
        assert client.call_api("/x", "GET", response_type=(object,))[0]["email"] == "right"


@pytest.mark.httpx_only  # aiohttp is asked for by name
def test_trio_has_no_aiohttp() -> None:
    async def main(url: str) -> None:
        async with AsyncApiClient(configured(url), backend="aiohttp") as client:
            await client.call_api("/x", "GET")

    with scripted([ok()]) as server, pytest.raises(ApiValueError, match="needs asyncio"):
        trio.run(main, server.url)
    assert server.requests == 0


@pytest.mark.httpx_only  # aiohttp is asked for by name
@pytest.mark.parametrize("place", ["client", "configuration"])
async def test_a_client_calls_over_aiohttp_if_it_or_its_configuration_says_so(place: str) -> None:
    with scripted([ok()]) as server:
        settings = configured(server.url, backend="aiohttp" if place == "configuration" else None)
        async with AsyncApiClient(settings, backend="aiohttp" if place == "client" else None) as client:
            await client.call_api("/x", "GET", response_type=(object,))
            http: Any = client._open_transport()._client()
            (transport,) = http._transport._lazy._made.values()
            assert "aiohttp" in type(transport).__module__


@pytest.mark.httpx_only  # in a process of its own
def test_aiohttp_is_imported_by_a_call_that_needs_it_and_by_nothing_else() -> None:
    program = (
        "import asyncio, sys\n"
        "from pandadoc_client import AsyncPandaDoc\n"
        "from pandadoc_client.exceptions import ApiConnectionError\n"
        "async def main(**given):\n"
        "    async with AsyncPandaDoc(api_key='k', host='http://127.0.0.1:1', retries=0, **given) as pd:\n"
        "        try:\n"
        "            await pd.documents.list_documents()\n"
        "        except ApiConnectionError:\n"
        "            print('aiohttp' in sys.modules)\n"
        "asyncio.run(main())\n"
        "asyncio.run(main(backend='aiohttp'))\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert result.stdout == "False\nTrue\n", result.stderr
