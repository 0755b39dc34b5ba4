"""The journal: every request the emulator saw, to assert on."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .contract.media import URLENCODED, media_type
from .contract.secrets import MASK, mask_values, secret_parameters

__all__ = ["MASK", "TOKEN_PATH", "Journal", "JournalEntry"]

TOKEN_PATH = "/oauth2/access_token"
"""Path of the token endpoint."""

_SECRET_PATH = re.compile(r"^(/(?:s|document)/)[^/]+")
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
_SECRET_ANSWERS = (
    (re.compile(r"/documents/[^/]+/session$"), "id"),
    (re.compile(r"/(?:editing-sessions|api-keys)$"), "key"),
)
"""Fields of responses that are secret at these paths only."""
_KEPT_OF_RESPONSE = 64 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class JournalEntry:
    """One request and what became of it.

    Attributes:
        sequence: 1 for the first request of the emulator, or after a reset, then upwards.
        received_at: When the request had been read; aware, UTC.
        method: As sent.
        path: Percent-decoded.
        query: The part after `?`, as sent.
        headers: Name (lower case) and value, in order, doubles included.
        body: As sent; its first 2 MB.
        size: Bytes of the whole body, as far as it was read.
        status: Status answered; None while in progress and when the connection went without a response.
        fault: Kind of the fault applied, or None.
        response_headers: As `headers`, of the response.
        response_body: As answered; its first 64 kB.
        response_size: Bytes of the whole response body.
        finished: Whether the outcome is decided. True before the last byte of the response leaves, so a client that has
            its response finds its entry finished.
    """

    sequence: int
    received_at: datetime
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    size: int
    status: int | None = None
    fault: str | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: bytes = b""
    response_size: int = 0
    finished: bool = False

    @property
    def form_pairs(self) -> list[tuple[str, str]]:
        """The fields of the body, in order, doubles included; read leniently, so a wrong form can be looked at."""
        return parse_qsl(self.body.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace")

    @property
    def form(self) -> dict[str, str]:
        """The fields of the body by name; the last one wins."""
        return dict(self.form_pairs)

    @property
    def query_parameters(self) -> dict[str, str]:
        """The parameters of the query by name; the last one wins."""
        return dict(parse_qsl(self.query, keep_blank_values=True, errors="replace"))

    @property
    def footprint(self) -> int:
        """Bytes that it counts for in the journal's limit: its path, query, headers and body."""
        headers = sum(len(name) + len(value) for name, value in self.headers)
        return len(self.path) + len(self.query) + headers + len(self.body)

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case; None if there is none."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """Return a JSON form, secrets masked unless `reveal`.

        Masked: the credentials a form, a query or a header holds, and the key in a recipient's link. A body that is
        not a form is left out altogether.
        """
        return {
            "sequence": self.sequence,
            "received_at": self.received_at.isoformat(),
            "method": self.method,
            "path": self.path if reveal else self.shown_path,
            "query": self.query if reveal else _mask_encoded(self.query),
            "headers": [[name, value if reveal else _mask_header(name, value)] for name, value in self.headers],
            "body": self.body.decode("utf-8", "replace") if reveal else self._masked_body(),
            "form": dict(self.form_pairs if reveal else _mask_pairs(self.form_pairs)) if self.is_form else None,
            "status": self.status,
            "reason": self.reason,
            "fault": self.fault,
            "finished": self.finished,
        }

    @property
    def shown_path(self) -> str:
        """The path, without the key of a recipient's page: whoever has that opens the document."""
        return _SECRET_PATH.sub(rf"\1{MASK}", self.path)

    @property
    def shown_query(self) -> str:
        """The query as it was sent, its secrets masked."""
        return _mask_encoded(self.query)

    @property
    def shown_query_parameters(self) -> dict[str, str]:
        """`query_parameters`, secrets masked."""
        return dict(_mask_pairs(list(self.query_parameters.items())))

    @property
    def shown_body(self) -> str:
        """The body for people: JSON indented, a form a line a field, secrets masked; of anything else the size."""
        if self.is_form:
            return "\n".join(f"{name}={value}" for name, value in _mask_pairs(self.form_pairs))
        return _shown(self.body, self.size, self.header("content-type"))

    @property
    def shown_response_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers of the response, those masked that hold a code or a key."""
        return tuple((name, _mask_response_header(name, value)) for name, value in self.response_headers)

    @property
    def shown_response_body(self) -> str:
        """The body of the response, as `shown_body`."""
        kind = next((value for name, value in self.response_headers if name == "content-type"), None)
        secret = next((name for path, name in _SECRET_ANSWERS if path.search(self.path)), None)
        return _shown(self.response_body, self.response_size, kind, secret)

    @property
    def reason(self) -> str | None:
        """Why the request was refused, in one line; None if it was not, or nothing says why."""
        if self.status is None or self.status < 400:
            return None
        try:
            found = json.loads(self.response_body)
        except ValueError:
            return None
        return " ".join(dict.fromkeys(_reasons(mask_values(found)))) or None

    @property
    def is_form(self) -> bool:
        """Whether the body says it is `application/x-www-form-urlencoded`."""
        return media_type(self.header("content-type") or "") == URLENCODED

    def _masked_body(self) -> str:
        if not self.body:
            return ""
        return urlencode(_mask_pairs(self.form_pairs), safe="*") if self.is_form else f"[{self.size} bytes]"

    def __repr__(self) -> str:
        if not hasattr(self, "finished"):  # the field that is set last
            return f"<{type(self).__name__}, not initialized>"
        target = self.shown_path + (f"?{_mask_encoded(self.query)}" if self.query else "")
        outcome = self.status if self.finished else "in progress"
        fault = f" fault={self.fault}" if self.fault else ""
        return f"<JournalEntry {self.sequence} {self.method} {target} {self._masked_body()!r} -> {outcome}{fault}>"


def _mask_pairs(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, MASK if name in secret_parameters() else value) for name, value in pairs]


def _mask_encoded(query: str) -> str:
    if not query:
        return ""
    # Re-encoding only where something was masked leaves the rest of what was sent recognisable byte by byte.
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return urlencode(_mask_pairs(pairs), safe="*") if any(name in secret_parameters() for name, _ in pairs) else query


def _shown(body: bytes, size: int, kind: str | None, secret: str | None = None) -> str:
    """Return a body for people; *secret* is a further name whose value is masked."""
    if not size:
        return ""
    try:
        found = mask_values(json.loads(body))
    except ValueError:
        return f"[{size} bytes{f' of {kind}' if kind else ''}]"
    if secret and isinstance(found, dict) and secret in found:
        found[secret] = MASK
    return json.dumps(found, indent=2, ensure_ascii=False)


def _reasons(node: Any) -> Iterator[str]:
    """Yield the sentences of a refusal, in whatever shape it has: places first where it names them."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from _reasons(item)
    elif isinstance(node, dict):
        known = ("detail", "details", "info_message", "message", "error", "error_description", "errors")
        found = [name for name in known if node.get(name)]
        for name in found or [name for name in node if isinstance(node[name], list | dict)]:
            sentences = _reasons(node[name])
            yield from sentences if name in known else (f"{name}: {sentence}" for sentence in sentences)


def _mask_response_header(name: str, value: str) -> str:
    if name == "set-cookie":
        return MASK
    if name == "location":
        parts = urlsplit(value)
        path = _SECRET_PATH.sub(rf"\1{MASK}", parts.path)
        return parts._replace(path=path, query=_mask_encoded(parts.query)).geturl()
    return value


def _mask_header(name: str, value: str) -> str:
    if name == "referer":  # a page that was shown a code, or that has a key in its own URL, names it here
        return MASK if "code=" in value or _SECRET_PATH.search(urlsplit(value).path) else value
    return MASK if name in _SECRET_HEADERS else value


class Journal:
    """The latest requests, in the order they arrived; safe across threads.

    Args:
        most_entries: Requests to keep.
        most_bytes: Bytes of paths, headers and bodies to keep; the latest request is kept whatever its size.
    """

    def __init__(self, most_entries: int = 10_000, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._changed = threading.Condition()
        self._entries: dict[int, JournalEntry] = {}
        self._sequence = 0
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._bytes = 0
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many entries made room for later ones, since the start, `clear` or `reset`."""
        return self._dropped

    @property
    def entries(self) -> list[JournalEntry]:
        """A snapshot of all entries."""
        with self._changed:
            return list(self._entries.values())

    def requests(self, path: str) -> list[JournalEntry]:
        """The entries for one path."""
        return [entry for entry in self.entries if entry.path == path]

    def token_requests(self) -> list[JournalEntry]:
        """The entries for the token endpoint."""
        return self.requests(TOKEN_PATH)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self.entries)

    def clear(self) -> None:
        """Forget all entries, those in progress too. Sequence numbers go on."""
        with self._changed:
            self._forget()

    def reset(self) -> None:
        """Forget all entries, and number the next one 1."""
        with self._changed:
            self._forget()
            self._sequence = 0

    def _forget(self) -> None:
        self._entries.clear()
        self._bytes = self._dropped = 0

    def wait_for(
        self, count: int, timeout: float = 5.0, *, path: str | None = None, arrived: bool = False
    ) -> list[JournalEntry]:
        """Block until there are `count` finished requests, and return them.

        Args:
            count: How many to wait for; the journal never holds more than its limits allow.
            timeout: Seconds to wait at most.
            path: Count only requests for this path.
            arrived: Count requests as soon as they have been read, finished or not.

        Raises:
            TimeoutError: not so many in time.
        """

        def seen() -> list[JournalEntry]:
            entries = self._entries.values()
            return [item for item in entries if (arrived or item.finished) and path in (None, item.path)]

        return self._wait(seen, count, timeout)

    def _wait(self, seen: Callable[[], list[JournalEntry]], count: int, timeout: float) -> list[JournalEntry]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(seen()) >= count, timeout):
                raise TimeoutError(f"{len(seen())} of {count} requests seen after {timeout:g} seconds")
            return seen()

    def open(
        self, *, method: str, path: str, query: str, headers: tuple[tuple[str, str], ...], body: bytes, size: int
    ) -> JournalEntry:
        """Enter a request that has been read (called by the server)."""
        with self._changed:
            self._sequence += 1
            entry = JournalEntry(self._sequence, datetime.now(UTC), method, path, query, headers, body, size)
            self._entries[entry.sequence] = entry
            self._bytes += entry.footprint
            while len(self._entries) > 1 and (
                len(self._entries) > self._most_entries or self._bytes > self._most_bytes
            ):
                oldest = self._entries.pop(next(iter(self._entries)))
                self._bytes -= oldest.footprint
                self._dropped += 1
            self._changed.notify_all()
            return entry

    def close(
        self,
        entry: JournalEntry,
        *,
        status: int | None,
        fault: str | None,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
    ) -> None:
        """Enter what became of a request (called by the server); ignored if it was cleared meanwhile."""
        with self._changed:
            if self._entries.get(entry.sequence) is entry:  # after a reset another one may have its number
                self._entries[entry.sequence] = replace(
                    entry,
                    status=status,
                    fault=fault,
                    response_headers=headers,
                    response_body=body[:_KEPT_OF_RESPONSE],
                    response_size=len(body),
                    finished=True,
                )
                self._changed.notify_all()
