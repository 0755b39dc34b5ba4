"""From a method and a target to an operation of the contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from .document import ContractOperation
from .media import FORM_DATA

__all__ = ["Match", "Mismatch", "Router"]


@dataclass(frozen=True, slots=True)
class Match:
    """The operation that a request is for.

    Attributes:
        operation: The operation.
        path: The values of its path parameters, decoded, by name.
    """

    operation: ContractOperation
    path: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """No operation: nothing at the path, or not by this method.

    Attributes:
        allowed: The methods that something is there for; empty if nothing is.
    """

    allowed: tuple[str, ...] = ()


class Router:
    """Finds operations by paths.

    A literal segment goes before a parameter, the leftmost first, as OpenAPI asks for. A path of several operations
    that differ in their query string leads to the one most of whose markers the request has; a form with files leads to
    the one that takes such a form, with its marker or without: the guides of PandaDoc leave `?upload` out.

    A slash at the end changes nothing: the guides write some paths with one.
    """

    def __init__(self, operations: Iterable[ContractOperation]) -> None:
        self._routes: defaultdict[int, list[tuple[tuple[str, ...], ContractOperation]]] = defaultdict(list)
        for operation in operations:
            segments = tuple(operation.path.split("/"))
            self._routes[len(segments)].append((segments, operation))
        for routes in self._routes.values():
            routes.sort(key=_specific_first)

    def find(self, method: str, raw_path: str, query: str, media_type: str = "") -> Match | Mismatch:
        """Return what a request is for.

        Args:
            method: In upper case; `HEAD` finds what `GET` does (RFC 9110 §9.3.2).
            raw_path: The path as it was sent, percent-encoded, so that `%2F` is not taken for a slash.
            query: The query string as it was sent.
            media_type: The media type of the body, in lower case, without parameters.
        """
        given = raw_path.removesuffix("/").split("/")
        keys = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        allowed: set[str] = set()
        template = None
        upload: Match | None = None
        found: Match | None = None
        for segments, operation in self._routes[len(given)]:
            if template is not None and segments != template:
                break  # a path that fits is the one that is meant, even where a later one has the method
            path = _read(segments, given)
            if path is None:
                continue
            template = segments
            if operation.method == ("GET" if method == "HEAD" else method):
                if (
                    media_type == FORM_DATA and FORM_DATA in operation.media_types
                ):  # of two, that with the fewest markers
                    if operation.markers <= keys:
                        return Match(operation, path)
                    upload = Match(operation, path)
                if operation.markers <= keys and found is None:
                    found = Match(operation, path)
            elif operation.markers <= keys:
                allowed.add(operation.method)
        if match := upload or found:
            return match
        return Mismatch(tuple(sorted(allowed | {"HEAD"} if "GET" in allowed else allowed)))


def _specific_first(route: tuple[tuple[str, ...], ContractOperation]) -> tuple[list[bool], tuple[str, ...], int]:
    segments, operation = route
    return [_is_parameter(segment) for segment in segments], segments, -len(operation.markers)


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{")


def _read(template: tuple[str, ...], given: list[str]) -> dict[str, str] | None:
    values = {}
    for segment, value in zip(template, given, strict=True):
        decoded = unquote(value)
        if _is_parameter(segment):
            if not value:
                return None
            values[segment[1:-1]] = decoded
        elif segment != decoded:
            return None
    return values
