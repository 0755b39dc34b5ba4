"""Requests with their responses in a file, secrets masked: written by `Recorder`, played back by `Replay`.

The file is JSON Lines in UTF-8. Its first line says what it is; each further one is a pair:

    {"pandadoc-recording": 1}
    {"request": {"method": "GET", "path": "/public/v1/documents", "query": "count=1"},
     "response": {"status": 200, "headers": [["content-type", "application/json"]], "json": {"results": []}}}

(on one line). Bodies are `json`, `text`, `form`, `parts` of a form with files, or `base64`. What a request uploads
stands there by size and SHA-256 alone. The emulator's own URL is written `{emulator-url}`, as its port changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from werkzeug.http import parse_options_header

from .contract.document import load_contract
from .contract.media import FORM_DATA, URLENCODED, media_type
from .contract.multipart import FilePart, parse_multipart
from .contract.routing import Match, Router
from .contract.secrets import MASK, mask_values, secret_names_of, secret_parameters
from .journal import TOKEN_PATH

__all__ = ["Masking", "RecordFileError", "RecordedPair", "RecordedResponse", "Recorder", "Replay", "is_recorded"]

_HEADER = {"pandadoc-recording": 1}
_URL = "{emulator-url}"
_LEAST_SECRET = 8  # shorter ones stand in every text
_NOT_KEPT = frozenset({"date", "content-length", "connection", "server", "set-cookie"})
_SHOWN = 3


class RecordFileError(OSError):
    """A recording cannot be written or read; the message names the file."""


def is_recorded(path: str) -> bool:
    """Tell whether requests for `path` are recorded: those to the API and to the token endpoint."""
    return path.startswith("/public/") or path == TOKEN_PATH


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """A response as it goes over the wire.

    Attributes:
        status: The status code.
        headers: Names in lower case, and values.
        body: The content.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecordedPair:
    """One request with its response, as in the file.

    Attributes:
        line: The line in the file, from 1.
        request: `method`, `path`, `query` and one form of the body.
        response: `status`, `headers` and one form of the body.
    """

    line: int
    request: Mapping[str, Any]
    response: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{_shown(self.request)} (line {self.line})"


class Masking:
    """Turns requests and responses into what may stand in a file.

    Args:
        secrets: Values that are replaced wherever they stand, such as API keys.
        base_url: Tells where the emulator listens.
    """

    def __init__(self, secrets: Collection[str], base_url: Callable[[], str]) -> None:
        self._secrets = sorted((one for one in secrets if len(one) >= _LEAST_SECRET), key=len, reverse=True)
        self._base_url = base_url
        self._router = Router(load_contract().operations.values())

    def request(self, method: str, raw_path: str, query: str, content_type: str, body: bytes) -> dict[str, Any]:
        """Return a request in the form in which it is kept and compared."""
        found: dict[str, Any] = {"method": method, "path": self._text(raw_path)}
        if query:
            pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
            found["query"] = urlencode(self._pairs(pairs, secret_parameters()), safe="*{}:/,")
        if body:
            names = self._names(method, raw_path, query, media_type(content_type))
            found |= self._request_body(content_type, body, names)
        return found

    def response(
        self, request: Mapping[str, Any], status: int, headers: Sequence[tuple[str, str]], body: bytes
    ) -> dict[str, Any]:
        """Return the response to a request of `request` in the form in which it is kept."""
        kept = [[name.lower(), self._text(value)] for name, value in headers if name.lower() not in _NOT_KEPT]
        found: dict[str, Any] = {"status": status, "headers": kept}
        content_type = next((value for name, value in kept if name == "content-type"), "")
        sent = FORM_DATA if "parts" in request else ""
        names = self._names(request["method"], request["path"], request.get("query", ""), sent)
        return found | (self._content(content_type, body, names) if body else {})

    def played(self, response: Mapping[str, Any]) -> RecordedResponse:
        """Return a kept response as it goes over the wire of this emulator."""
        url = self._base_url()
        body = b""
        if "json" in response:
            body = json.dumps(_mapped(response["json"], lambda text: text.replace(_URL, url))).encode()
        elif "text" in response:
            body = str(response["text"]).replace(_URL, url).encode()
        elif "base64" in response:
            body = b64decode(response["base64"])
        headers = [(name, value.replace(_URL, url)) for name, value in response["headers"]]
        return RecordedResponse(response["status"], headers, body)

    def _names(self, method: str, raw_path: str, query: str, sent: str) -> Collection[str]:
        match = self._router.find(method, raw_path, query, sent)
        return secret_names_of(match.operation.operation_id if isinstance(match, Match) else "accessToken")

    def _request_body(self, content_type: str, body: bytes, names: Collection[str]) -> dict[str, Any]:
        kind, parameters = parse_options_header(content_type)
        kind = kind.lower()
        if kind == URLENCODED:
            pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace")
            return {"form": [list(pair) for pair in self._pairs(pairs, {*names, *secret_parameters()})]}
        if kind == FORM_DATA:
            try:
                parts = parse_multipart(body, boundary=parameters.get("boundary", ""))
            except ValueError:
                return _digest(body)
            return {"parts": [self._part(name, part, names) for name, part in parts.items(multi=True)]}
        return self._json(body, names) or _digest(body)

    def _part(self, name: str, content: bytes, names: Collection[str]) -> dict[str, Any]:
        if isinstance(content, FilePart):
            return {"name": name, "filename": content.filename, "type": content.content_type, **_digest(content)}
        if name in names:
            return {"name": name, "text": MASK}
        return {
            "name": name,
            **(self._json(content, names) or {"text": self._text(content.decode("utf-8", "replace"))}),
        }

    def _content(self, content_type: str, body: bytes, names: Collection[str]) -> dict[str, Any]:
        kind = content_type.partition(";")[0].strip().lower()
        if kind.endswith("json") and (found := self._json(body, names)):
            return found
        if kind.startswith("text/") or kind.endswith(("json", "xml")):
            try:
                return {"text": self._text(body.decode())}
            except UnicodeDecodeError:
                pass
        return {"base64": b64encode(body).decode()}

    def _json(self, body: bytes, names: Collection[str]) -> dict[str, Any] | None:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return None
        return {"json": _mapped(mask_values(value, names), self._text)}

    def _pairs(self, pairs: Sequence[tuple[str, str]], names: Collection[str]) -> list[tuple[str, str]]:
        return [(name, MASK if name in names and value else self._text(value)) for name, value in pairs]

    def _text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text.replace(self._base_url(), _URL)


class Recorder:
    """Writes pairs to a file, each at once, so that a kill leaves whole lines; safe across threads.

    Args:
        path: The file.
        masking: What may stand in it.
    """

    def __init__(self, path: Path, masking: Masking) -> None:
        self._path = path
        self._masking = masking
        self._lock = threading.Lock()
        self._descriptor = -1
        self._begun = False

    def open(self) -> None:
        """Make the file, for its owner alone; begin it anew at the first start, go on at a further one.

        Raises:
            RecordFileError: it cannot be written, or is there and no recording.
        """
        with self._lock:
            self._check()
            try:
                self._descriptor = os.open(
                    self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600
                )
                if os.name == "posix":
                    os.fchmod(self._descriptor, 0o600)
            except OSError as error:
                raise self._problem(error) from None
            if not self._begun:
                self._begin()

    def restart(self) -> None:
        """Forget what was recorded."""
        with self._lock:
            if self._descriptor >= 0:
                self._begin()

    def write(self, request: Mapping[str, Any], response: Mapping[str, Any]) -> None:
        """Add a pair, both masked.

        Raises:
            RecordFileError: it could not be written.
        """
        with self._lock:
            self._line({"request": request, "response": response})

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _begin(self) -> None:
        try:
            os.ftruncate(self._descriptor, 0)
        except OSError as error:
            raise self._problem(error) from None
        self._begun = True
        self._line(_HEADER)

    def _line(self, value: Mapping[str, Any]) -> None:
        left = memoryview(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        try:
            while left and self._descriptor >= 0:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            raise self._problem(error) from None

    def _check(self) -> None:
        """Refuse to overwrite a file of something else."""
        try:
            with open(self._path, "rb") as file:
                first = file.readline(1000)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._problem(error) from None
        if first and not _is_header(first):
            raise RecordFileError(f"record: {self._path} is there and no recording; it is left as it is")

    def _problem(self, error: OSError) -> RecordFileError:
        return RecordFileError(f"record: cannot write {self._path}: {error.strerror}")


class Replay:
    """The pairs of a recording, each used once; equal requests get their responses in the order of the file.

    Args:
        path: The file.
        masking: How requests are compared.

    Raises:
        RecordFileError: it cannot be read.
        ValueError: it is no recording; the message names the line.
    """

    def __init__(self, path: Path, masking: Masking) -> None:
        self._path = path
        self._masking = masking
        self._lock = threading.Lock()
        try:
            self._pairs = list(_read(path))
        except OSError as error:
            raise RecordFileError(f"replay: cannot read {path}: {error.strerror}") from None
        self._left: dict[int, RecordedPair] = {}
        self.rewind()

    @property
    def pairs(self) -> list[RecordedPair]:
        """All pairs."""
        return list(self._pairs)

    @property
    def unused(self) -> list[RecordedPair]:
        """The pairs that no request has matched so far, in order."""
        with self._lock:
            return list(self._left.values())

    def rewind(self) -> None:
        """Begin from the start."""
        with self._lock:
            self._left = {pair.line: pair for pair in self._pairs}

    def take(self, request: Mapping[str, Any]) -> RecordedResponse | str:
        """Use the first pair whose request is this one, and return its response; else what was expected instead."""
        wanted = _key(request)
        with self._lock:
            for line, pair in self._left.items():
                if _key(pair.request) == wanted:
                    del self._left[line]
                    return self._masking.played(pair.response)
            return self._refusal(request, wanted)

    def _refusal(self, request: Mapping[str, Any], wanted: str) -> str:
        text = f"{self._path} has no response left for {_shown(request)}."
        if used := [pair for pair in self._pairs if _key(pair.request) == wanted]:
            text += f" It was recorded {len(used)} time{'s' if len(used) > 1 else ''} and used as often."
        same = [pair for pair in self._left.values() if _place(pair.request) == _place(request)]
        if same:
            text += " " + " ".join(f"Line {pair.line}: {_difference(pair.request, request)}." for pair in same[:_SHOWN])
        elif self._left:
            text += f" Expected next: {'; '.join(map(str, list(self._left.values())[:_SHOWN]))}."
        else:
            text += f" All {len(self._pairs)} recorded requests were used."
        return text


def _read(path: Path) -> Iterator[RecordedPair]:
    lines = path.read_bytes().split(b"\n")
    if not _is_header(lines[0]):
        raise ValueError(f"replay: {path} is no recording: its first line is not {json.dumps(_HEADER)}")
    # What follows the last line end is nothing, or a line that a kill has cut off.
    for number, line in enumerate(lines[1:-1], 2):
        if not line.strip():
            continue
        try:
            pair = json.loads(line)
            _check_pair(pair)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(f"replay: {path} line {number} is no recorded request with its response") from None
        yield RecordedPair(number, pair["request"], pair["response"])


def _check_pair(pair: Any) -> None:
    request, response = pair["request"], pair["response"]
    texts = [request["method"], request["path"], request.get("query", "")]
    texts += [text for name, value in response["headers"] for text in (name, value)]
    status = response["status"]
    if not all(isinstance(text, str) for text in texts) or not (isinstance(status, int) and 200 <= status <= 599):
        raise ValueError
    b64decode(response.get("base64", ""), validate=True)


def _is_header(line: bytes) -> bool:
    try:
        return bool(json.loads(line) == _HEADER)
    except ValueError:
        return False


def _digest(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return decoded JSON with all its texts changed."""
    if isinstance(value, dict):
        return {name: _mapped(item, change) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _key(request: Mapping[str, Any]) -> str:
    """Return what equal requests have in common: the order of query parameters and of JSON members does not count."""
    return json.dumps({**request, "query": _parameters(request)}, sort_keys=True)


def _parameters(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted(parse_qsl(request.get("query", ""), keep_blank_values=True))


def _place(request: Mapping[str, Any]) -> tuple[str, str]:
    return request["method"], request["path"]


def _shown(request: Mapping[str, Any]) -> str:
    query = request.get("query", "")
    return f"{request['method']} {request['path']}{query and f'?{query}'}"


def _difference(expected: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Say where a request differs from a recorded one of the same path; values of bodies are not shown."""
    if _parameters(expected) != _parameters(found):
        return f"the query is {expected.get('query') or 'empty'}"
    bodies = [{k: v for k, v in one.items() if k not in ("method", "path", "query")} for one in (expected, found)]
    places = list(_places(bodies[0], bodies[1], ""))
    shown = ", ".join(place.removeprefix(".json").removeprefix(".") or "the whole" for place in places[:_SHOWN])
    return f"the body differs at {shown}" + (" and elsewhere" if len(places) > _SHOWN else "")


def _places(one: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        first, second = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
        for name in dict.fromkeys([*first, *second]):
            if name not in first or name not in second:
                yield f"{place}.{name}"
            else:
                yield from _places(first[name], second[name], f"{place}.{name}")
    elif isinstance(one, list) and isinstance(other, list):
        for index in range(max(len(one), len(other))):
            if index >= len(one) or index >= len(other):
                yield f"{place}[{index}]"
            else:
                yield from _places(one[index], other[index], f"{place}[{index}]")
    elif one != other or type(one) is not type(other):
        yield place
