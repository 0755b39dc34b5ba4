"""Tools that put a function of their own into httpx's clients, as Sentry, Datadog and New Relic do, see every call."""

from __future__ import annotations

import functools
import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import wrapt

from pandadoc_client import ApiClient, AsyncApiClient, streamed
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import OAuthError
from pandadoc_client.oauth import AsyncOAuthClient, OAuthClient

from .support import configuration

Patch = Callable[[pytest.MonkeyPatch, type, str, list[str]], None]


def wrapped(monkeypatch: pytest.MonkeyPatch, client: type, name: str, seen: list[str]) -> None:
    original = getattr(client, name)
    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def patched(self: Any, request: httpx.Request, **options: Any) -> Any:
            seen.append(request.url.path)
            return await original(self, request, **options)

        monkeypatch.setattr(client, name, patched)
    else:

        @functools.wraps(original)
        def blocking(self: Any, request: httpx.Request, **options: Any) -> Any:
            seen.append(request.url.path)
            return original(self, request, **options)

        monkeypatch.setattr(client, name, blocking)


def proxied(monkeypatch: pytest.MonkeyPatch, client: type, name: str, seen: list[str]) -> None:
    """As ddtrace and New Relic do: an object that passes for the function, its code included."""

    def note(function: Any, instance: Any, arguments: Any, options: Any) -> Any:
        seen.append(arguments[0].url.path)
        return function(*arguments, **options)

    monkeypatch.setattr(client, name, wrapt.FunctionWrapper(getattr(client, name), note))


@pytest.fixture(params=[wrapped, proxied], ids=lambda function: function.__name__)
def patch(request: pytest.FixtureRequest) -> Patch:
    """A way to replace a function of a class by one that notes the requests."""
    chosen: Patch = request.param
    return chosen


@pytest.mark.parametrize("name", ["send", "_send_single_request"])
def test_a_patched_client_sees_every_blocking_call(
    name: str, patch: Patch, pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    with ApiClient(configuration(pandadoc_emulator.url)) as client:
        members = MembersApi(client)
        members.details_current_member()
        with monkeypatch.context() as patched:
            patch(patched, httpx.Client, name, seen)
            assert members.details_current_member().is_active
            streamed(members.details_current_member)().close()
            with OAuthClient("id", "secret", host=pandadoc_emulator.url) as oauth, pytest.raises(OAuthError):
                oauth.exchange_code("code")
        members.details_current_member()
    assert seen == [*["/public/v1/members/current"] * 2, "/oauth2/access_token"]


@pytest.mark.parametrize("name", ["send", "_send_single_request"])
async def test_a_patched_client_sees_every_asynchronous_call(
    name: str, patch: Patch, pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    async with AsyncApiClient(configuration(pandadoc_emulator.url)) as client:
        members = AsyncMembersApi(client)
        await members.details_current_member()
        with monkeypatch.context() as patched:
            patch(patched, httpx.AsyncClient, name, seen)
            assert (await members.details_current_member()).is_active
            unread: Any = {"_preload_content": False}
            opened: Any = await members.details_current_member(**unread)
            await opened.aclose()
            async with AsyncOAuthClient("id", "secret", host=pandadoc_emulator.url) as oauth:
                with pytest.raises(OAuthError):
                    await oauth.exchange_code("code")
        await members.details_current_member()
    assert seen == [*["/public/v1/members/current"] * 2, "/oauth2/access_token"]


SENTRY = """
import sys, warnings
first, url, key = sys.argv[1:]
warnings.simplefilter("ignore")
if first == "client":
    import pandadoc_client.client, pandadoc_client._http.transport
import asyncio
import sentry_sdk
sentry_sdk.init(dsn="http://k@127.0.0.1:9/1", traces_sample_rate=1.0, transport=lambda event: None)
from pandadoc_client import AsyncPandaDoc, PandaDoc

async def call():
    async with AsyncPandaDoc(api_key=key, host=url) as pd:
        await pd.members.details_current_member()

with sentry_sdk.start_transaction(name="t") as transaction:
    with PandaDoc(api_key=key, host=url) as pd:
        pd.members.details_current_member()
    asyncio.run(call())
    print([span.op for span in transaction._span_recorder.spans if span.op == "http.client"])
"""


@pytest.mark.parametrize("first", ["sentry", "client"])
def test_sentry_sees_calls_with_an_api_key(first: str, pandadoc_emulator: Emulator) -> None:
    # In a process of its own, since Sentry's patches stay.
    command = [sys.executable, "-c", SENTRY, first, pandadoc_emulator.url, pandadoc_emulator.api_key]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.stdout == "['http.client', 'http.client']\n", result.stderr
    traced = [entry.header("sentry-trace") for entry in pandadoc_emulator.journal]
    assert len(traced) == 2
    assert all(traced)


def test_where_nothing_is_patched_calls_go_to_the_connections_straight() -> None:
    # In a process of its own, as other tests may have patched httpx in this one. What would be slow is a longer way.
    program = (
        "import httpx\nfrom pandadoc_client._http.clients import _STEPS, is_patched\n"
        "print(is_patched(httpx.Client, _STEPS), is_patched(httpx.AsyncClient, _STEPS))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert result.stdout == "False False\n", result.stderr
