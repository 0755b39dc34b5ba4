"""A caller that holds each response against the contract, and things to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import httpx

from pandadoc_client.emulator import Emulator

from ...contract import CONTRACT, answer_errors, resolved, unknown_fields

__all__ = ["PDF", "Api", "person"]

PDF = b"%PDF-1.7\r\n\x00\xff bamboo\n"


def person(email: str = "mei.lin@example.com", role: str | None = "Client", **more: Any) -> dict[str, Any]:
    """A recipient; without a role one who gets a copy."""
    found: dict[str, Any] = {"email": email, "first_name": "Mei", "last_name": "Lin", **more}
    return found if role is None else {**found, "role": role}


def _operations() -> Iterator[tuple[str, tuple[str, str, dict[str, Any]]]]:
    for path, item in CONTRACT["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield item[method]["operationId"], (method.upper(), path, item[method])


class Api:
    """Calls operations by name; a response that does not keep to the contract fails the test.

    Attributes:
        visited: The operations that were called with success.
    """

    operations: ClassVar[dict[str, tuple[str, str, dict[str, Any]]]] = dict(_operations())

    def __init__(self, emulator: Emulator, key: str | None = None) -> None:
        self.emulator = emulator
        self.service = emulator.service
        self.http = httpx.Client(base_url=emulator.url, timeout=10, trust_env=False)
        self.http.headers["Authorization"] = f"API-Key {key or emulator.api_key}"
        self.visited: set[str] = set()

    def close(self) -> None:
        self.http.close()

    def send(
        self, operation: str, body: Any = None, path: tuple[str, ...] = (), files: Any = None, **query: Any
    ) -> httpx.Response:
        """Call an operation and return its response, held against the contract."""
        method, template, definition = self.operations[operation]
        for value in path:
            before, _, after = template.partition("{")
            template = before + quote(value, safe="") + after.partition("}")[2]
        url, _, marker = template.partition("?")
        parameters: Any = [*([(marker, "")] if marker else []), *_pairs(query)]
        json = {"json": body} if body is not None else {}
        response = self.http.request(method, url, params=parameters, files=files, **json)
        declared = definition["responses"].get(str(response.status_code))
        if declared is None:
            assert response.status_code in (400, 404), f"{operation}: {response.status_code} {response.text}"
            assert set(response.json()) in ({"type", "detail"}, {"code", "details"}, {"error"})
            return response
        content = resolved(declared).get("content", {})
        if "application/json" in content:
            errors = answer_errors(content["application/json"]["schema"], response.json())
            assert errors == [], f"{operation} {response.status_code}: {str(errors)[:1500]}"
            unknown = unknown_fields(content["application/json"]["schema"], response.json())
            assert unknown == [], f"{operation} {response.status_code}: the contract has no {unknown}"
        elif not content:
            assert response.content == b""
        if response.is_success:
            self.visited.add(operation)
        return response

    def call(self, operation: str, body: Any = None, *path: str, files: Any = None, **query: Any) -> Any:
        """Call an operation with success, and return the JSON of its response, or the file."""
        response = self.send(operation, body, path, files, **query)
        assert response.is_success, f"{operation}: {response.status_code} {response.text}"
        assert "pandadoc.com/" not in response.text, f"{operation}: a URL of the real service"
        if not response.content:
            return None
        is_json = response.headers["content-type"].startswith("application/json")
        return response.json() if is_json else response.content

    def refused(self, status: int, operation: str, body: Any = None, *path: str, files: Any = None) -> Any:
        """Call an operation that says no, and return the JSON of its response."""
        response = self.send(operation, body, path, files)
        assert response.status_code == status, f"{operation}: {response.status_code} {response.text}"
        return response.json()

    # -- what is often wanted ---------------------------------------------------------------------------------------

    def new(self, name: str = "Offer", recipients: Any = None, **more: Any) -> str:
        """Create a document from a URL and return its id."""
        people = [person()] if recipients is None else recipients
        body = {"name": name, "url": "https://example.com/a.pdf", "recipients": people, **more}
        document: str = self.call("createDocument", body)["id"]
        return document

    def sent(self, name: str = "Offer", recipients: Any = None, **more: Any) -> str:
        """Create a document and send it."""
        document = self.new(name, recipients, **more)
        self.call("sendDocument", {}, document)
        return document

    def status(self, document: str) -> str:
        """The status of a document."""
        found: str = self.call("statusDocument", None, document)["status"]
        return found


def _pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        for item in value if isinstance(value, list) else [value]:
            pairs.append((name, str(item).lower() if isinstance(item, bool) else str(item)))
    return pairs
