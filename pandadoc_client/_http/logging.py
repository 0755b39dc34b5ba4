"""What the log says of each attempt of a call: never a secret, and the path as the API's document writes it."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.secrets import mask_secrets
from pandadoc_client.exceptions import ApiValueError

if TYPE_CHECKING:
    import httpx

    from pandadoc_client._http.messages import Request
    from pandadoc_client._http.retry import Attempts

__all__ = ["log_attempt", "log_by_environment", "log_repetition"]

logger = logging.getLogger("pandadoc_client")

_VARIABLE = "PANDADOC_LOG"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}


def log_by_environment() -> None:
    """Log at the level that ``PANDADOC_LOG`` names, to standard error where nothing else receives the lines.

    Raises:
        ApiValueError: It names another level than ``debug`` and ``info``.
    """
    text = os.environ.get(_VARIABLE, "").strip().lower()
    if not text:
        return
    if text not in _LEVELS:
        raise ApiValueError(f"{_VARIABLE} must be {' or '.join(_LEVELS)}", [_VARIABLE])
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


def _route(request: Request) -> str:
    """Return the path with the names of its parameters, which may identify people, in place of their values."""
    return mask_secrets(urlsplit(request.template or request.url).path, request.secrets)
