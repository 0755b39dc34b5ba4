"""A site made with each framework, and the emulator that it talks to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from pandadoc_client import webhooks
from pandadoc_client.emulator import Emulator

from ..docs.pages import PROJECT
from .support import KEY


@dataclass(frozen=True)
class Site:
    """A running site.

    Attributes:
        framework: What it is made with.
        url: Where it is.
        folder: Where its files are.
        emulator: The PandaDoc that it talks to.
    """

    framework: str
    url: str
    folder: Path
    emulator: Emulator

    @contextmanager
    def browser(self, user: str | None = None) -> Iterator[httpx.Client]:
        """Give what has cookies of its own; somebody may have signed in already."""
        with httpx.Client(base_url=self.url) as browser:
            if user is not None:
                browser.get("/login", params={"user": user}).raise_for_status()
            yield browser

    def deliver(self, body: bytes, event_id: str, *, key: str = KEY) -> httpx.Response:
        """Send a delivery as PandaDoc does."""
        query = urlencode({"signature": webhooks.sign(body, key)})
        return httpx.post(
            f"{self.url}/webhook?{query}", content=body, headers={"X-PandaDoc-Webhook-Event-Id": event_id}
        )

    @property
    def handled(self) -> list[str]:
        path = self.folder / "handled"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.fixture(scope="module")
def emulator_of_sites() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module", params=["django", "fastapi", "flask"])
def site(
    request: pytest.FixtureRequest, emulator_of_sites: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp(request.param)
    emulator = emulator_of_sites
    settings = {
        "PANDADOC_HOST": emulator.url,
        "PANDADOC_CLIENT_ID": emulator.client_id,
        "PANDADOC_CLIENT_SECRET": emulator.client_secret,
        "PANDADOC_TOKEN_STORE": "sqlite:tokens.db",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    program = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from tests.contrib import site; site.main(sys.argv[1])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, request.param],
        cwd=folder,
        env={**kept, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            assert url, "the site did not start"
            yield Site(request.param, url, folder, emulator)
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def _begin_anew(request: pytest.FixtureRequest) -> None:
    if "site" in request.fixturenames:
        site: Site = request.getfixturevalue("site")
        site.emulator.reset()
        (site.folder / "handled").unlink(missing_ok=True)
