"""``pandadoc login`` as a process of its own that waits for consent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from urllib.parse import parse_qs, urlsplit

import httpx

SECONDS = 60


@dataclass
class Login:
    """A login that has shown the address of the consent page."""

    process: subprocess.Popen[str]
    shown: str
    url: str

    @property
    def redirect_uri(self) -> str:
        return parse_qs(urlsplit(self.url).query)["redirect_uri"][0]

    def callback(self, decision: str = "approve") -> str:
        """Return where the consent page sends the browser."""
        return httpx.get(f"{self.url}&auto={decision}").headers["location"]

    def outcome(self, typed: str = "") -> tuple[int, str, str]:
        """Wait for the end; return exit status, output, and what was written to standard error after the address."""
        stdin, stdout, stderr = _streams(self.process)
        stdin.write(typed)
        stdin.close()
        status = self.process.wait(SECONDS)
        return status, stdout.read(), stderr.read()


@contextmanager
def running_login(environment: Mapping[str, str], *arguments: str) -> Iterator[Login]:
    """Run ``pandadoc login`` without opening a browser, until it has shown the address of the consent page."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "pandadoc_client.cli", "login", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # What takes the place of a browser: it succeeds, and does nothing.
        env={**inherited, "COLUMNS": "200", "BROWSER": "true", **environment},
    )
    with process:
        try:
            _, _, stderr = _streams(process)
            shown = stderr.readline()
            yield Login(process, shown, stderr.readline().strip())
        finally:
            process.kill()


def _streams(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdin, process.stdout, process.stderr
