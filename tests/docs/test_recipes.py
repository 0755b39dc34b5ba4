"""What docs/recipes.md and docs/receivers.md say, beyond that their blocks run."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from pandadoc_client import webhooks
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .pages import PROJECT, blocks
from .settings import settings_for

RECIPES = PROJECT / "docs" / "recipes.md"
RECEIVERS = PROJECT / "docs" / "receivers.md"
KEY = "587c22285F57883db3ee"
BODY = json.dumps(
    [{"event": "document_state_changed", "data": {"id": "D", "status": "document.completed", "name": "Vertr\u00e4ge"}}],
    ensure_ascii=False,
).encode()
SIGNED = {"signature": webhooks.sign(BODY, KEY)}


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.STATE, seed_data=True)


@pytest.fixture(autouse=True)
def environment(pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in settings_for(pandadoc_emulator).items():
        monkeypatch.setenv(name, value)


def fenced(language: str, page: Path = RECIPES) -> str:
    """Return what stands on the page in this language."""
    (code,) = re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    return str(code)


def run_block(marker: str, page: Path = RECIPES) -> dict[str, Any]:
    """Run the block that has *marker* in it, and return its names."""
    (block,) = (block for block in blocks(page) if marker in block.code)
    names: dict[str, Any] = {"__name__": "example"}
    exec(block.compiled(), names)
    return names


def test_the_settings_for_compose_are_those_of_the_example() -> None:
    example = yaml.safe_load((PROJECT / "examples" / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    assert yaml.safe_load(fenced("yaml"))["environment"] == example["services"]["program"]["environment"]


def test_pytest_socket_lets_the_emulator_through_and_nothing_else(tmp_path: Path) -> None:
    options = tomllib.loads(fenced("toml"))["tool"]["pytest"]["ini_options"]["addopts"].split()
    (tmp_path / "test_it.py").write_text(
        """
import httpx, pytest, pytest_socket
from pandadoc_client import PandaDoc

def test_it(pandadoc_emulator):
    with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd:
        assert pd.members.details_current_member().email
    with pytest.raises(pytest_socket.SocketConnectBlockedError):
        httpx.get("http://192.0.2.1/", trust_env=False)
""",
        encoding="utf-8",
    )
    plugins = ("-p", "pandadoc_client.emulator.pytest_plugin", "-p", "pytest_socket", "-p", "no:cacheprovider")
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "pytest", *plugins, *options, "-q"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert "1 passed" in result.stdout, result.stdout + result.stderr


def test_the_cell_runs_in_ipython(tmp_path: Path) -> None:
    (tmp_path / "cell.ipy").write_text(fenced("ipython") + "\nprint(names)\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "IPYTHONDIR": str(tmp_path)}
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "cell.ipy"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert "NDA with Bamboo & Sons" in result.stdout, result.stdout + result.stderr


def test_the_task_of_celery_makes_an_event_again(
    pandadoc_emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    names = run_block("from celery import Celery")
    names["app"].conf.task_always_eager = True
    names["app"].conf.task_eager_propagates = True
    (event,) = pandadoc_emulator.service.sample_event("document_completed_pdf_ready")
    names["hand_over"](webhooks.WebhookEvent.from_json({**event, "event": "document_state_changed"}))
    assert capsys.readouterr().out == "document.completed\n"


async def test_fastapi_responds_with_models() -> None:
    app = run_block("from fastapi import")["app"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://site") as client:
        found = (await client.get("/documents")).json()
    assert "NDA with Bamboo & Sons" in [document["name"] for document in found]


@pytest.mark.parametrize("marker", ["FastAPI()", "Starlette("])
async def test_the_receivers_of_asgi_work(marker: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = run_block(marker, RECEIVERS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(names["app"]), base_url="http://site") as client:
        statuses = [(await client.post("/pandadoc/webhook", content=BODY, params=SIGNED)).status_code for _ in range(2)]
        assert (await client.post("/pandadoc/webhook", content=BODY)).status_code == 401
    names["deduplicator"].close()
    assert statuses == [204, 204]
    assert capsys.readouterr().out == "document_state_changed D document.completed\n"


def test_the_receiver_of_flask_works(capsys: pytest.CaptureFixture[str]) -> None:
    names = run_block("Flask(", RECEIVERS)
    client = names["app"].test_client()
    answers = [client.post("/pandadoc/webhook", data=BODY, query_string=SIGNED) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    names["deduplicator"].close()
    assert capsys.readouterr().out == "document_state_changed D document.completed\n"


@pytest.mark.parametrize("marker", ["urlpatterns", "@csrf_exempt"])
def test_the_receivers_of_django_work(marker: str, tmp_path: Path) -> None:
    (block,) = (block for block in blocks(RECEIVERS) if marker in block.code)
    (tmp_path / "program.py").write_text(
        f"""
{block.code}
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="made up", ALLOWED_HOSTS=["*"])
import django
django.setup()
if "urlpatterns" not in globals():
    urlpatterns = [__import__("django.urls").urls.path("pandadoc/webhook", receive)]
from django.test import Client
signed = "?signature={SIGNED["signature"]}"
for query, expected in ((signed, 204), (signed, 204), ("", 401)):
    client = Client(enforce_csrf_checks=True)
    answer = client.generic("POST", "/pandadoc/webhook" + query, {BODY!r}, "application/json")
    assert answer.status_code == expected, answer
""",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "program.py"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stdout) == (0, "document_state_changed D document.completed\n"), result.stderr


# The gateway cannot be had here: events as it makes them, which go to the function as JSON.
@pytest.mark.parametrize("in_base64", [False, True])
def test_the_function_of_lambda_works(in_base64: bool, capsys: pytest.CaptureFixture[str]) -> None:
    event: dict[str, Any] = {
        "body": base64.b64encode(BODY).decode() if in_base64 else BODY.decode(),
        "isBase64Encoded": in_base64,
        "queryStringParameters": SIGNED,
        "headers": {"x-pandadoc-webhook-event-id": "1"},
    }
    names = run_block("lambda_handler", RECEIVERS)
    function = names["lambda_handler"]
    assert [function(json.loads(json.dumps(event)), None) for _ in range(2)] == [{"statusCode": 204}] * 2
    assert capsys.readouterr().out == "document_state_changed D document.completed\n"
    lossy = {**event, "isBase64Encoded": False, "body": BODY.decode("ascii", "replace")}
    for broken in (lossy, {**event, "queryStringParameters": None}, {**event, "body": None}):
        assert function(broken, None)["statusCode"] == 401
    names["deduplicator"].close()
