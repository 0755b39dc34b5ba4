"""Runs one program under both SDKs and compares what came of it, and what went over the wire."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .recording import Answer, Recorded, RecordingServer

__all__ = ["MISSING", "ROOT", "Case", "Outcome", "Pair", "diff", "run_both", "vendor_python"]

ROOT = Path(__file__).resolve().parents[2]
MISSING = "<not there>"
_VENDOR = ROOT / ".venv-vendor"
_MAKE_VENDOR = "scripts/setup"
_OWN_AGENTS = re.compile(r"pandadoc_python_client/6\.2\.0|pandadoc-client/\S+ Python/\d\.\d+")
# Each is about one connection, or one of the listed differences that every request shows.
_NOT_COMPARED = frozenset({"accept-encoding", "connection"})


@dataclass(frozen=True)
class Case:
    """A call to make: what the driver is to do, and what the server answers."""

    name: str
    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()

    @property
    def group(self) -> str:
        """The first two parts of the name: what is tested, and of what."""
        return "/".join(self.name.split("/")[:2])


@dataclass(frozen=True)
class Outcome:
    """What came of a case under one SDK."""

    result: Any
    recorded: tuple[Recorded, ...]

    def comparable(self) -> dict[str, Any]:
        return {"result": self.result, "requests": [_comparable(request) for request in self.recorded]}


@dataclass(frozen=True)
class Pair:
    """The outcomes of a case under both."""

    ours: Outcome
    vendor: Outcome

    def differences(self) -> dict[str, tuple[Any, Any]]:
        return diff(self.ours.comparable(), self.vendor.comparable())


def vendor_python() -> Path:
    """Return the interpreter that has the vendor's SDK, or skip the test; where tests must not be skipped, fail."""
    python = _VENDOR / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        problem = f"the vendor's SDK is not there to compare with; make its environment: {_MAKE_VENDOR}"
        if os.environ.get("CI"):
            pytest.fail(problem)
        pytest.skip(problem)
    return python


def run_both(cases: Sequence[Case]) -> dict[str, Pair]:
    """Run the cases under both SDKs, each in one process, and return the outcomes by name."""
    assert len({case.name for case in cases}) == len(cases), "two cases have one name"
    interpreters = (Path(sys.executable), vendor_python())
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda python: _run(python, cases), interpreters))
    return {case.name: Pair(*outcomes) for case, *outcomes in zip(cases, *both, strict=True)}


def _run(python: Path, cases: Sequence[Case]) -> list[Outcome]:
    with RecordingServer() as server:
        urls = [server.script(str(number), case.answers) for number, case in enumerate(cases)]
        given = [
            {"action": case.action, "arguments": _filled(case.arguments, url)}
            for case, url in zip(cases, urls, strict=True)
        ]
        outcomes = _drive(python, given)
        assert len(outcomes) == len(cases)
        results = [
            json.loads(json.dumps(outcome).replace(url, "{base}")) for outcome, url in zip(outcomes, urls, strict=True)
        ]
        return [Outcome(result, tuple(server.requests(str(number)))) for number, result in enumerate(results)]


def _drive(python: Path, given: list[dict[str, Any]]) -> list[Any]:
    """Run the program under an interpreter and return its outcomes."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [str(python), "-P", "-m", "driver"],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        env={**environment, "PYTHONPATH": str(Path(__file__).parent)},
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    outcomes: list[Any] = json.loads(done.stdout)
    return outcomes


def _filled(arguments: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return the arguments of a case with the URL of its server in place of ``{base}``, and with the parts of it."""
    text = json.dumps({"host": url, **arguments})
    authority, _, key = url.removeprefix("http://").partition("/")
    for name, value in {"{base}": url, "{authority}": authority, "{key}": key}.items():
        text = text.replace(name, value)
    filled: dict[str, Any] = json.loads(text)
    return filled


def _comparable(request: Recorded) -> dict[str, Any]:
    headers: dict[str, str] = {}
    for name, value in request.headers:
        if name not in _NOT_COMPARED:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    headers["user-agent"] = _OWN_AGENTS.sub("<the SDK's>", headers.get("user-agent", MISSING))
    headers["host"] = re.sub(r":\d+$", ":<port>", headers.get("host", MISSING))
    body = request.body.decode("latin-1")
    boundary = re.search(r"boundary=(\S+)", headers.get("content-type", ""))
    if boundary:  # a random one: of another length, too
        body = body.replace(boundary.group(1), "BOUNDARY")
        headers["content-length"] = f"{len(body)} with this boundary"
        headers["content-type"] = headers["content-type"].replace(boundary.group(1), "BOUNDARY")
    return {"method": request.method, "target": request.target, "headers": headers, "body": body}


def diff(ours: Any, vendor: Any, at: str = "") -> dict[str, tuple[Any, Any]]:
    """Return where two outcomes differ, by the path to the place: ``{"requests[0].target": ("/a", "/b")}``."""
    if type(ours) is not type(vendor):
        return {at: (ours, vendor)}
    if isinstance(ours, list) and len(ours) == len(vendor):
        places = [(f"{at}[{index}]", *pair) for index, pair in enumerate(zip(ours, vendor, strict=True))]
    elif isinstance(ours, dict) and _tags(ours) == _tags(vendor):
        names = sorted({*ours, *vendor})
        places = [
            (f"{at}.{name}" if at else name, ours.get(name, MISSING), vendor.get(name, MISSING)) for name in names
        ]
    else:
        return {} if ours == vendor else {at: (ours, vendor)}
    return {path: pair for place in places for path, pair in diff(place[1], place[2], place[0]).items()}


def _tags(value: dict[str, Any]) -> list[Any]:
    """Return what makes two values unlike as a whole: the kind of thing, and the class of an error."""
    return [name if name != "$raised" else value[name] for name in value if name.startswith("$")]
