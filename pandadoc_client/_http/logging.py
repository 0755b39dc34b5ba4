"""What the log says of each attempt of a call: never a secret, and the path as the API's document writes it.

At the level `TRACE` it has the messages as well: URL, header fields, and the beginning of a body that is text.
Secrets are masked there, too; what else a message holds, such as names and addresses, is not.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.secrets import CREDENTIAL_HEADERS, MASK, mask_secrets
from pandadoc_client.exceptions import ApiValueError, shorten

if TYPE_CHECKING:
    import httpx

    from pandadoc_client._http.messages import Request, Response
    from pandadoc_client._http.retry import Attempts

__all__ = ["TRACE", "log_attempt", "log_by_environment", "log_repetition", "logger", "trace_request", "trace_response"]

logger = logging.getLogger("pandadoc_client")

TRACE = 5
"""The level of whole messages, below that of ``logging.DEBUG``."""

_VARIABLE = "PANDADOC_LOG"
_LEVELS = {"trace": TRACE, "debug": logging.DEBUG, "info": logging.INFO}
_SHOWN_BODY = 2000  # characters
_TEXTS = ("json", "text/", "x-www-form-urlencoded", "xml")


def log_by_environment() -> None:
    """Log at the level that ``PANDADOC_LOG`` names, to standard error where nothing else receives the lines.

    Raises:
        ApiValueError: It names another level than ``trace``, ``debug`` and ``info``.
    """
    text = os.environ.get(_VARIABLE, "").strip().lower()
    if not text:
        return
    if text not in _LEVELS:
        raise ApiValueError(f"{_VARIABLE} must be trace, debug or info", [_VARIABLE])
    logger.setLevel(_LEVELS[text])
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s: %(message)s"))
        logger.addHandler(handler)


def log_attempt(request: Request, call: Attempts, response: httpx.Response, started: float) -> None:
    """Log an attempt that was answered, with what a program may want to count as attributes of the record."""
    if not logger.isEnabledFor(logging.DEBUG):
        return
    fields = {
        "http_method": request.method,
        "http_route": _route(request),
        "http_status": response.status_code,
        "duration_ms": round((monotonic() - started) * 1000, 3),
        "attempt": call.attempt,
        "request_id": response.headers.get("x-request-id"),
    }
    text = "%(http_method)s %(http_route)s: %(http_status)d in %(duration_ms).0f ms, attempt %(attempt)d"
    logger.debug(text + (", request %(request_id)s" if fields["request_id"] else ""), fields, extra=fields)


def log_repetition(request: Request, call: Attempts, wait: float | None, reason: object) -> None:
    """Log that a request is sent again after *wait* seconds."""
    if logger.isEnabledFor(logging.INFO):
        again = call.attempt
        logger.info(
            "%s %s: attempt %d follows in %.2f seconds: %s", request.method, _route(request), again, wait or 0.0, reason
        )


def trace_request(request: Request, *, authenticated: bool) -> None:
    """Log a request as it goes out; if it is *authenticated*, an ``httpx.Auth`` has yet to add its credential.

    Whoever calls this and `trace_response` looks first whether anybody wants it: most calls take not a step for it.
    """
    secrets = request.all_secrets
    content = request.content
    body: Iterable[str]
    if content is not None and not isinstance(content, bytes):
        size = "" if content.length is None else f"{content.length} bytes, "
        body = [f"({size}{_media_type(request.headers) or 'a stream'})"]
    else:
        body = _shown_body(request.headers, content or b"", secrets, request.operation)
    head = f"{request.method} {mask_secrets(request.url, secrets)}"
    headers = {**request.headers, "Authorization": MASK} if authenticated else request.headers
    logger.log(TRACE, "%s", _message("> ", head, headers, body, secrets))


def trace_response(request: Request, response: Response, *, streamed: bool = False) -> None:
    """Log a response.

    Args:
        request: What it is the response to.
        response: The response.
        streamed: Whether its body is still to be read.
    """
    secrets = (*request.all_secrets, *response.secrets)
    body = (
        ["(the body follows)"] if streamed else _shown_body(response.headers, response.data, secrets, request.operation)
    )
    head = f"{response.status} {mask_secrets(response.reason, secrets)}"
    logger.log(TRACE, "%s", _message("< ", head, response.headers, body, secrets))


def _message(mark: str, head: str, headers: Mapping[str, str], body: Iterable[str], secrets: tuple[str, ...]) -> str:
    """Return a message as lines that begin with *mark*, in characters that cannot steer a terminal."""
    fields = [f"{name}: {_shown_field(name, value, secrets)}" for name, value in headers.items()]
    shown = list(body)
    lines = [head.rstrip(), *fields, *(["", *shown] if shown else [])]
    return "\n".join(f"{mark}{''.join(c if c.isprintable() else '?' for c in line)}".rstrip() for line in lines)


def _shown_field(name: str, value: str, secrets: tuple[str, ...]) -> str:
    if name.lower() not in CREDENTIAL_HEADERS:
        return mask_secrets(str(value), secrets)
    scheme, space, _ = str(value).partition(" ")
    return f"{scheme} {MASK}" if space and name.lower().endswith("authorization") else MASK


def _shown_body(headers: Mapping[str, str], data: bytes, secrets: tuple[str, ...], operation: str) -> Iterator[str]:
    """Yield the lines of a body, or how long it is if it is long or no text."""
    kind = _media_type(headers)
    if not data:
        return
    if not any(text in kind for text in _TEXTS):
        yield f"({len(data)} bytes, {kind or 'of no stated type'})"
        return
    text = data.decode("utf-8", "replace")
    yield from shorten(text, _SHOWN_BODY, secrets, operation=operation).splitlines()
    if len(text) > _SHOWN_BODY:
        yield f"({len(data)} bytes in all)"


def _media_type(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "").lower()


def _route(request: Request) -> str:
    """Return the path with the names of its parameters, which may identify people, in place of their values."""
    return mask_secrets(urlsplit(request.template or request.url).path, request.secrets)
