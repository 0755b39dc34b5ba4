"""What a program can see of its calls: log records with attributes, spans of OpenTelemetry."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client.api.documents_api import AsyncDocumentsApi, DocumentsApi
from pandadoc_client.emulator import Emulator

SECRET = "hush-document"


def configuration(emulator: Emulator) -> Configuration:
    return Configuration(
        host=emulator.url, api_key={"apiKey": emulator.api_key}, api_key_prefix={"apiKey": "API-Key"}, retries=2
    )


@pytest.fixture(params=["blocking", "asyncio"])
def world(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def status(emulator: Emulator, world: str) -> Any:
    if world == "blocking":
        with ApiClient(configuration(emulator)) as client:
            return DocumentsApi(client).status_document(SECRET)
    async with AsyncApiClient(configuration(emulator)) as async_client:
        return await AsyncDocumentsApi(async_client).status_document(SECRET)


async def test_each_attempt_is_a_record_with_attributes(
    pandadoc_emulator: Emulator, world: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/public/v1/documents/{SECRET}"
    pandadoc_emulator.faults.add("service-unavailable", path=path, retry_after=0)
    pandadoc_emulator.responses.add("status_document", {"id": "a"}, headers={"X-Request-Id": "r-1"})
    with caplog.at_level(logging.DEBUG, "pandadoc_client"):
        await status(pandadoc_emulator, world)
    first, again, second = [record for record in caplog.records if record.name == "pandadoc_client"]
    route = "/public/v1/documents/{id}"
    assert (first.http_method, first.http_route, first.http_status, first.attempt) == ("GET", route, 503, 1)  # type: ignore[attr-defined]
    assert again.getMessage() == f"GET {route}: attempt 2 follows in 0.00 seconds: 503"
    assert (second.http_status, second.attempt, second.request_id) == (200, 2, "r-1")  # type: ignore[attr-defined]
    assert 0 < second.duration_ms < 60_000  # type: ignore[attr-defined]
    assert second.getMessage().endswith("ms, attempt 2, request r-1")
    assert SECRET not in caplog.text
    assert pandadoc_emulator.api_key not in json.dumps([vars(record) for record in caplog.records], default=str)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Spans of httpx, by its ordinary instrumentation."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield exporter
    instrumentor.uninstrument()
    provider.shutdown()


async def test_the_instrumentation_of_httpx_sees_every_attempt(
    pandadoc_emulator: Emulator, world: str, spans: InMemorySpanExporter
) -> None:
    pandadoc_emulator.faults.add("service-unavailable", path="*", retry_after=0)
    pandadoc_emulator.responses.add("status_document", {"id": "a"})
    await status(pandadoc_emulator, world)
    found = [dict(span.attributes or {}) for span in spans.get_finished_spans()]
    assert [attributes["http.status_code"] for attributes in found] == [503, 200]
    assert all(str(attributes["http.url"]).startswith(pandadoc_emulator.url) for attributes in found)
    headers = dict(pandadoc_emulator.journal.entries[-1].headers)
    assert "traceparent" in headers
