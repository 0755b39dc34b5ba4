"""Faults by script: what shall go wrong, for which requests, in which order. Pure data, no I/O but `load_faults`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from os import PathLike
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args

from .script import Script, check_fields, parse_script

__all__ = ["FAULT_KINDS", "Fault", "FaultKind", "FaultScript", "load_faults", "parse_faults"]

FaultKind = Literal[
    "rate-limit",
    "server-error",
    "bad-gateway",
    "service-unavailable",
    "reset-before",
    "reset-after",
    "truncated-json",
    "slow-body",
    "latency",
    "status",
]
"""The kinds of `Fault`; see there for what each does."""

FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)
"""Every `FaultKind`, in the order of the documentation."""

# Which kinds a field has a meaning for. A field set in vain is a mistake in the script and refused as one.
_MEANINGFUL: dict[str, tuple[str, ...]] = {
    "retry_after": ("rate-limit", "service-unavailable", "status"),
    "detail_seconds": ("rate-limit",),
    "delay": ("latency", "slow-body"),
    "status": ("status",),
    "body": ("status",),
    "headers": ("status",),
}
_JSON_TYPES: dict[str, type | UnionType] = {
    "kind": str,
    "path": str,
    "times": int | None,
    "retry_after": int | None,
    "detail_seconds": int | None,
    "delay": int | float | None,
    "status": int | None,
    "body": str | None,
    "headers": dict,
}
_DEFAULT_DELAY = 0.1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, for the next `times` requests whose path matches.

    Kinds: `rate-limit` (429), `server-error` (500, JSON), `bad-gateway` (502, HTML), `service-unavailable` (503) and
    `status` (any) answer without processing the request. `reset-before` tears the connection down unprocessed;
    `reset-after` processes the request first and loses the response. `truncated-json` and `slow-body` process it and
    spoil the response; `latency` waits and then does everything right.

    Attributes:
        kind: One of `FAULT_KINDS`.
        path: Path to match, `*` and `?` as in a shell.
        times: Requests it hits; None for all to come.
        retry_after: Value of a `Retry-After` header, in seconds (`rate-limit`, `service-unavailable`, `status`).
        detail_seconds: Seconds named in the text of a `rate-limit` answer, the only hint the real server is known
            to give.
        delay: Seconds of a `latency`, or between two bytes of a `slow-body`; 0.1 when None.
        status: Status code of a `status` fault, 200 to 599.
        body: Body of a `status` fault. Sent as JSON if it is JSON, else as HTML, unless `headers` say otherwise.
        headers: Further headers of a `status` fault.

    Raises:
        ValueError: an unknown kind, a value out of range, or a field without meaning for the kind.
    """

    kind: FaultKind
    path: str = "/oauth2/access_token"
    times: int | None = 1
    retry_after: int | None = None
    detail_seconds: int | None = None
    delay: float | None = None
    status: int | None = None
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"kind is one of {', '.join(FAULT_KINDS)}")
        for name, kinds in _MEANINGFUL.items():
            if getattr(self, name) not in (None, {}) and self.kind not in kinds:
                raise ValueError(f"{name} has no meaning for {self.kind}")
        if not self.path:
            raise ValueError("path is not empty; * matches every one")
        if self.times is not None and self.times < 1:
            raise ValueError("times is a whole number from 1, or null for ever")
        for name in ("retry_after", "detail_seconds", "delay"):
            value = getattr(self, name)
            # Finite, and not NaN, for which every comparison is false.
            if value is not None and not 0 <= value < float("inf"):
                raise ValueError(f"{name} is a number of seconds, 0 or more")
        if self.kind == "status":
            self._check_status()

    def _check_status(self) -> None:
        if self.status is None or not 200 <= self.status <= 599:
            raise ValueError("status is a number from 200 to 599")
        if self.body and self.status in (204, 304):
            raise ValueError(f"a response {self.status} has no body")
        for name, value in self.headers.items():
            if not name or not (name + value).isascii() or not (name + value).isprintable():
                raise ValueError("a header has a name, and printable ASCII only")

    @property
    def pause(self) -> float:
        """Seconds of delay, with the default in place."""
        return _DEFAULT_DELAY if self.delay is None else self.delay

    def matches(self, path: str) -> bool:
        """Tell whether a request for `path` is hit."""
        return fnmatchcase(path, self.path)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: `kind`, `path`, and whatever differs from its default."""
        result: dict[str, Any] = {"kind": self.kind, "path": self.path}
        for name in ("retry_after", "detail_seconds", "delay", "status", "body"):
            if getattr(self, name) is not None:
                result[name] = getattr(self, name)
        if self.times != 1:
            result["times"] = self.times
        if self.headers:
            result["headers"] = dict(self.headers)
        return result

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fault:
        """Read the JSON form.

        Raises:
            ValueError: without `kind`, with an unknown key, with a value of the wrong type, or as the constructor.
        """
        check_fields(data, _JSON_TYPES, "kind")
        return cls(**data)


def parse_faults(data: object) -> list[Fault]:
    """Read a fault script from decoded JSON.

    Raises:
        ValueError: not a list, or a fault that `Fault.from_dict` refuses; the message tells which one.
    """
    return parse_script(data, "fault", Fault.from_dict)


def load_faults(path: str | PathLike[str]) -> list[Fault]:
    """Read a fault script from a JSON file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a fault script; one line, with the file's name.
    """
    try:
        return parse_faults(json.loads(Path(path).read_bytes()))
    except ValueError as error:  # json.JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise ValueError(f"{path}: {error}") from None


class FaultScript(Script[Fault]):
    """The faults still to come, in order; safe across threads."""

    def add(self, fault: Fault | FaultKind, **details: Any) -> Fault:
        """Append a fault: a `Fault`, or its kind and the other arguments of `Fault`. Returns the fault.

        Raises:
            ValueError: as `Fault`.
            TypeError: `details` for a ready `Fault`, or an unknown one.
        """
        if isinstance(fault, Fault):
            if details:
                raise TypeError("a Fault comes with its details; pass the kind instead")
        else:
            fault = Fault(fault, **details)
        self.append(fault)
        return fault

    def take(self, path: str) -> Fault | None:
        """Consume the first fault that matches `path` once, and return it; None if nothing goes wrong."""
        return self.take_first(lambda fault: fault.matches(path))
