"""The API's own log of requests, made from the journal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..contract.secrets import mask_values
from ..journal import JournalEntry
from .backend import CURRENT_MEMBER
from .clock import parse_time
from .listing import of_page
from .records import Record
from .refusal import not_found

__all__ = ["LOG_OPERATIONS", "log_details", "log_list"]

LOG_OPERATIONS = {"listLogs": False, "listLogsV2": False, "detailsLog": True, "detailsLogV2": True}
"""The operations about logs, and whether they are about one entry."""

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def log_list(entries: Sequence[JournalEntry], query: Mapping[str, Any]) -> Record:
    """Return a page of the log, the latest first."""
    first, last = _time(query.get("since", "-90d")), _time(query.get("to") or "now")
    found = [
        entry
        for entry in reversed(entries)
        if _is_logged(entry)
        and first <= entry.received_at <= last
        and (not query.get("statuses") or (entry.status or 0) // 100 * 100 in query["statuses"])
        and (not query.get("methods") or entry.method in query["methods"])
        and (query.get("search") or "") in entry.path
        and query.get("environment_type", "PRODUCTION") == "PRODUCTION"
    ]
    shown = of_page(found, query.get("page", 1), query.get("count", 100), 1000)
    return {"results": [_brief(entry) for entry in shown]}


def log_details(entries: Sequence[JournalEntry], log_id: str) -> Record:
    """Return one entry of the log.

    Raises:
        Refusal: 404, there is none.
    """
    for entry in entries:
        if _is_logged(entry) and _id(entry) == log_id:
            bearer = (entry.header("authorization") or "").lower().startswith("bearer")
            return {
                **_brief(entry),
                "method": entry.method,
                "response_body": {},
                "query_params_string": entry.shown_query or None,
                "query_params_object": entry.shown_query_parameters or None,
                "request_body": _body(entry),
                "token_type": "OAUTH2_TOKEN" if bearer else "API_KEY",
                "application": None,
                "request_id": f"00000000-0000-4000-8000-{entry.sequence:012}",
                "user_email": CURRENT_MEMBER["email"],
                "user_id": CURRENT_MEMBER["user_id"],
            }
    raise not_found("log entry")


def _is_logged(entry: JournalEntry) -> bool:
    return entry.path.startswith("/public/") and entry.finished and entry.status is not None


def _id(entry: JournalEntry) -> str:
    return f"EmulatedLog{entry.sequence:09}"


def _brief(entry: JournalEntry) -> Record:
    time = entry.received_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return {
        "id": _id(entry),
        "url": entry.path,
        "status": entry.status or 0,
        "request_time": time,
        "response_time": time,
    }


def _body(entry: JournalEntry) -> Record:
    try:
        found = json.loads(entry.body)
    except ValueError:
        return {}
    return mask_values(found) if isinstance(found, dict) else {}


def _time(text: str) -> datetime:
    """Read a date, or a time relative to now such as `-90d`; the beginning of time for anything else."""
    relative = re.fullmatch(r"-(\d+)([dhms])", text)
    now = datetime.now(UTC)
    if relative:
        return now - timedelta(**{_UNITS[relative[2]]: int(relative[1])})
    if text == "now":
        return now
    try:
        return datetime.fromtimestamp(parse_time(text), UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
