"""Real tools for traces and tests see every call: with an API key and with a token, blocking and with asyncio."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import respx
import vcr  # type: ignore[import-untyped]

from pandadoc_client import AsyncPandaDoc, PandaDoc
from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import MemoryTokenStore, OAuthClient, TokenManager

CALLS = 4


async def call_in_each_way(emulator: Emulator) -> None:
    """Make four calls of the API: with an API key and with a token, each blocking and with asyncio."""
    with PandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
        pd.documents.list_documents()
    async with AsyncPandaDoc(api_key=emulator.api_key, host=emulator.url) as async_pd:
        await async_pd.documents.list_documents()
    with OAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url) as client:
        manager = TokenManager(client, MemoryTokenStore(), "tools")
        manager.save(client.exchange_code(emulator.issue_code()))
        with PandaDoc(auth=manager, host=emulator.url) as pd:
            pd.documents.list_documents()
        async with AsyncPandaDoc(auth=manager, host=emulator.url) as async_pd:
            await async_pd.documents.list_documents()


async def test_respx_answers_in_place_of_the_service(pandadoc_emulator: Emulator) -> None:
    page = {"results": [{"id": "1", "name": "From respx", "status": "document.draft"}]}
    with respx.mock(base_url="https://api.example.com") as router:
        route = router.get("/public/v1/documents").mock(return_value=httpx.Response(200, json=page))
        with PandaDoc(api_key="key", host="https://api.example.com") as pd:
            assert pd.documents.list_documents()["results"][0]["name"] == "From respx"
        async with AsyncPandaDoc(api_key="key", host="https://api.example.com") as async_pd:
            assert (await async_pd.documents.list_documents())["results"][0]["name"] == "From respx"
    assert route.call_count == 2


async def test_vcr_records_every_call_and_plays_it_back(pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    path = str(tmp_path / "cassette.yaml")
    with vcr.use_cassette(path, filter_headers=["authorization"]) as recorded:
        await call_in_each_way(pandadoc_emulator)
    lists = [one for one in recorded.requests if one.path == "/public/v1/documents"]
    assert len(lists) == CALLS
    pandadoc_emulator.journal.clear()
    with vcr.use_cassette(path, record_mode="none") as played:
        with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd:
            pd.documents.list_documents()
        assert played.play_count == 1
    assert pandadoc_emulator.journal.entries == []


DATADOG = """
import asyncio
import sys

from ddtrace import patch
from ddtrace.trace import TraceFilter, tracer

spans = []


class Keep(TraceFilter):
    def process_trace(self, trace):
        spans.extend((span.get_tag("http.url"), span.get_tag("http.status_code")) for span in trace)
        return None


patch(httpx=True)
tracer.configure(trace_processors=[Keep()])

from pandadoc_client.emulator import Emulator
from tests.wire.test_tools_of_others import call_in_each_way

with Emulator() as emulator:
    asyncio.run(call_in_each_way(emulator))
tracer.flush()
for url, status in spans:
    print(url.rpartition("127.0.0.1")[2].partition("/")[2], status)
"""


def test_datadog_has_a_span_for_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DD_TRACE_STARTUP_LOGS", "DD_INSTRUMENTATION_TELEMETRY_ENABLED", "DD_REMOTE_CONFIGURATION_ENABLED"):
        monkeypatch.setenv(name, "false")
    lines = output_of("-c", DATADOG)
    assert lines.count("public/v1/documents 200") == CALLS
    assert lines.count("oauth2/access_token 200") == 1


NEW_RELIC = """
import asyncio
import sys

import newrelic.agent
from newrelic.core.stats_engine import StatsEngine

newrelic.agent.initialize(sys.argv[1])
application = newrelic.agent.register_application(timeout=10)
record = StatsEngine.record_transaction


def externals(node):
    if type(node).__name__ == "ExternalNode":
        print(node.method, node.url.partition("127.0.0.1")[2].partition("/")[2])
    for child in node.children:
        externals(child)


def print_and_record(engine, transaction):
    externals(transaction.root)
    return record(engine, transaction)


StatsEngine.record_transaction = print_and_record

from pandadoc_client.emulator import Emulator
from tests.wire.test_tools_of_others import call_in_each_way

with Emulator() as emulator, newrelic.agent.BackgroundTask(application, "calls"):
    asyncio.run(call_in_each_way(emulator))
"""


def test_new_relic_has_a_segment_for_every_call(tmp_path: Path) -> None:
    settings = tmp_path / "newrelic.ini"
    settings.write_text("[newrelic]\ndeveloper_mode = true\nlicense_key = none\napp_name = test\nlog_level = error\n")
    lines = output_of("-c", NEW_RELIC, str(settings))
    assert lines.count("GET public/v1/documents") == CALLS
    assert lines.count("POST oauth2/access_token") == 1


PYTEST_HTTPX = """
from pandadoc_client import PandaDoc
from pandadoc_client.exceptions import NotFoundException


def test_a_document_is_not_there(httpx_mock):
    httpx_mock.add_response(status_code=404, json={"type": "request_error", "detail": "Not found"})
    with PandaDoc(api_key="key", host="https://api.example.com") as pd:
        try:
            pd.documents.status_document("1")
        except NotFoundException:
            pass
    (request,) = httpx_mock.get_requests()
    assert request.headers["Authorization"] == "API-Key key"
"""


def test_pytest_httpx_answers_in_place_of_the_service(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(PYTEST_HTTPX)
    plugins = ("-p", "no:xdist", "-p", "no:cacheprovider", "-p", "pytest_httpx")
    assert "1 passed" in output_of("-m", "pytest", "-q", *plugins, "--rootdir", str(tmp_path), str(tmp_path))[-1]


def output_of(*arguments: str) -> list[str]:
    """Run Python with these arguments, and return the lines that it printed."""
    command = [sys.executable, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.splitlines()
