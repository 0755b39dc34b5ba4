"""Documents whose status follows a script, served over real sockets, by a clock on which nothing takes time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ..files.support import Clock, FileServer, Got, Reply, World, configuration, serving

__all__ = ["Clock", "Documents", "FileServer", "Got", "Reply", "World", "as_json", "configuration", "serving"]


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), headers)


class Documents:
    """Answers like the API for one document: each look sees the next status, and the last one again and again."""

    def __init__(self, statuses: Iterable[str | Reply | dict[str, Any]], send: Reply | None = None) -> None:
        self.statuses = list(statuses)
        self.send = send or as_json({"id": "doc", "status": "document.sent"})
        self.create = as_json({"id": "doc", "status": "document.uploaded"}, 201)
        self.calls: list[str] = []

    def __call__(self, got: Got) -> Reply:
        path = got.target.removeprefix("/public/v1/documents")
        self.calls.append(f"{got.method} {path}".strip())
        if got.method == "POST":
            return self.send if path.endswith("/send") else self.create
        found = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if isinstance(found, Reply):
            return found
        return as_json({"id": "doc", "status": found} if isinstance(found, str) else found)

    @property
    def looks(self) -> int:
        return self.calls.count("GET /doc")
