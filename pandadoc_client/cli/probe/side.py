"""One of the two that are compared: sends its requests, remembers ids, and deletes what was created."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from string import Template
from typing import TYPE_CHECKING, Any

from pandadoc_client._http.secrets import hide
from pandadoc_client.cli.operations import find
from pandadoc_client.cli.probe.comparing import Observation, header_shapes
from pandadoc_client.cli.probe.pace import OutOfTime, Pace
from pandadoc_client.cli.probe.shapes import Shape, shape_of
from pandadoc_client.cli.probe.steps import Step, is_processing
from pandadoc_client.emulator.contract.pdf import make_pdf
from pandadoc_client.exceptions import ApiException

if TYPE_CHECKING:
    from pandadoc_client._http.messages import Response
    from pandadoc_client.client import PandaDoc

__all__ = ["Side"]

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_POLLS = 20
_TRIES = 4
_UNSAID_WAIT = 15.0
_LONGEST_WAIT = 120.0
_LATER = frozenset({409, 423, 429, 500, 502, 503, 504})
_PDF = make_pdf(["A document of pandadoc probe, which deletes it."])


class Side:
    """The account, or the emulator.

    Args:
        client: Who asks; its retries are switched off.
        pace: How fast.
        run: The name of this probe, which names all that it creates.
        client_id: Id of an OAuth application; None leaves the token endpoint out.
        client_secret: Its secret.
    """

    def __init__(
        self,
        client: PandaDoc,
        pace: Pace,
        run: str,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> None:
        self._client = client
        client.configuration.retries = 0  # the steps want the first response, and 429 is handled here
        self._pace = pace
        self._made: list[tuple[str, str]] = []
        self._values = {
            "run": run,
            "email": f"{run}@example.com",
            "unknown": "zzzzzzzzzzzzzzzzzzzzzz",
            "unknown_uuid": "00000000-0000-4000-8000-000000000000",
        }
        if client_id and client_secret:
            self._values |= {"client_id": client_id, "client_secret": hide(client_secret)}
        self.sent: Any = None
        """The body of the last response, for whoever has to know what must not be reported."""

    def lacks(self, step: Step) -> str:
        """Return a name that the texts of a step need and that is not known; empty if there is none."""
        texts = json.dumps([dict(step.path), list(step.query), step.body, step.form])
        for name in Template(texts).get_identifiers():
            if name not in self._values:
                return name
        return ""

    def observe(self, step: Step) -> Observation:
        """Send the request of a step, and remember what it takes from the response and what it created.

        Raises:
            ApiConnectionError: there was no response.
            OutOfTime: the probe has taken as long as it may.
        """
        throttled_without_wait = False
        tries = polls = 1
        while True:
            self._pace.before(step.operation)
            response = self._send(step)
            body = self._body(response)
            if response.status == 429 and tries < _TRIES:
                tries += 1
                seconds = _asked_wait(response)
                throttled_without_wait |= seconds is None
                self._pace.wait(_UNSAID_WAIT if seconds is None else seconds)
            elif polls < _POLLS and step.waits and is_processing(body):
                polls += 1
                self._pace.wait(self._pace.poll_seconds)
            else:
                break
        if 200 <= response.status < 300:
            self._remember(step, body)
        self.sent = body
        return Observation(
            response.status, header_shapes(response.headers), _shape(response, body), throttled_without_wait
        )

    def cleanup(self) -> list[tuple[str, str]]:
        """Delete what was created, the latest first; return operation and id of what is still there."""
        self._pace.begin_cleanup()
        left = [one for one in reversed(self._made) if not self._is_deleted(*one)]
        self._made.clear()
        return left[::-1]

    def _is_deleted(self, operation: str, created: str) -> bool:
        step = Step(name="cleanup", operation=operation, path={"id": created})
        for _ in range(_TRIES):
            try:
                self._pace.before(operation)
                response = self._send(step)
                if 200 <= response.status < 300 or response.status == 404:
                    return True
                if response.status not in _LATER:
                    return False
                self._pace.wait(_asked_wait(response) or self._pace.poll_seconds)
            except (ApiException, OutOfTime):
                continue
        return False

    def _send(self, step: Step) -> Response:
        entry = find(step.operation)
        assert entry is not None, step.operation
        path, _, marker = entry.path.partition("?")
        query = [(name, str(self._filled(value))) for name, value in step.query]
        request: dict[str, Any] = {"path_params": self._filled(step.path), "body": self._filled(step.body)}
        if marker:
            query.append((marker, ""))
        if step.upload:
            data = json.dumps(request.pop("body"))
            request |= {"files": {"file": ("probe.pdf", _PDF, "application/pdf")}, "post_params": [("data", data)]}
            request["header_params"] = {"Content-Type": "multipart/form-data"}
        if step.form is not None:
            request |= {"body": None, "post_params": list(self._filled(step.form).items())}
            request["header_params"] = {"Content-Type": "application/x-www-form-urlencoded"}
        if step.credential == "own":
            request["auth_settings"] = ["apiKey", "oauth2"]
        elif step.credential == "wrong":
            request["header_params"] = {"Authorization": f"API-Key {secrets.token_hex(20)}"}
        api = self._client.api_client
        api.last_response = None
        try:
            api.call_api(path, entry.method, query_params=query, **request)
        except ApiException:
            if api.last_response is None:
                raise
        response: Any = api.last_response
        return response  # type: ignore[no-any-return]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return Template(value).substitute(self._values)
        if isinstance(value, Mapping):
            return {name: self._filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return value

    def _body(self, response: Response) -> Any:
        try:
            return json.loads(response.data)
        except ValueError:
            return None

    def _remember(self, step: Step, body: Any) -> None:
        if step.deletes_with and isinstance(body, Mapping) and isinstance(body.get("id"), str):
            self._made.append((step.deletes_with, body["id"]))
        for name, place in step.takes.items():
            value = _at(body, place)
            if isinstance(value, str) and value:
                self._values[name] = value


def _shape(response: Response, body: Any) -> Shape:
    if not response.data:
        return Shape(frozenset({"nothing"}))
    if body is None and response.data.strip() != b"null":
        return Shape(frozenset({"no JSON"}))
    return shape_of(body)


def _asked_wait(response: Response) -> float | None:
    text = (response.headers.get("retry-after") or "").strip()
    return min(float(text), _LONGEST_WAIT) if text.isascii() and text.isdecimal() else None


def _at(value: Any, place: str) -> Any:
    """Return what is at a place such as ``results[0].id``; None if there is nothing."""
    for name, index in _STEP.findall(place):
        if index:
            value = value[int(index)] if isinstance(value, list) and len(value) > int(index) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value
