"""What is known of one account, and how it is written down. Pure: text in, text out."""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from pandadoc_client._http.secrets import SecretText, hide
from pandadoc_client.exceptions import ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores._process import has_ended, process_identity
from pandadoc_client.oauth.token import Token

__all__ = ["Attempt", "Entry", "decode_entry", "encode_entry"]

logger = logging.getLogger("pandadoc_client")

_FORMAT_VERSION = 1
_LONGEST = 3600.0
"""Seconds that an attempt is believed to go on at the most, whatever its record says."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A refresh that was begun: written down before the request is sent, erased by the token that it brings.

    Attributes:
        started_at: When, aware, UTC.
        by: Which process on which machine: ``"process 4711 on web-3"``.
        seconds: How long it may go on, counted from its start; None if that was not written down.
        process: The `process_identity` of that process; empty if it was not written down.
    """

    started_at: datetime
    by: str
    seconds: float | None = None
    process: str = ""

    @classmethod
    def now(cls, seconds: float | None = None) -> Attempt:
        """Return the one that this process begins now, and that may go on for *seconds*."""
        by = f"process {os.getpid()} on {socket.gethostname()}"
        return cls(datetime.now(UTC), by, seconds, process_identity())

    @property
    def is_orphaned(self) -> bool:
        """Whether its process is gone for certain: then nobody reads the response any more."""
        return has_ended(self.process)

    def seconds_left(self, usual: float) -> float:
        """Return for how many seconds more the attempt may be under way; 0 if it is over.

        Args:
            usual: Seconds that one may go on whose record does not say.
        """
        if self.is_orphaned:
            return 0.0
        limit = min(usual if self.seconds is None else self.seconds, _LONGEST)
        age = (datetime.now(UTC) - self.started_at).total_seconds()
        return max(0.0, limit - max(0.0, age))  # one that begins in the future was written by a clock that is ahead

    def __str__(self) -> str:
        return f"the refresh that {self.by} began at {self.started_at:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one account.

    Attributes:
        token: Its latest token.
        attempt: A refresh of that token whose outcome is not known, or None.
        refused: Why the server does not refresh this token any more, or None: a person has to give consent again.
        over: Whether the server does not take the access token either.
        replaces_rejected: Whether the token was got because the API answered 401 to the one before.
    """

    token: Token
    attempt: Attempt | None = None
    refused: str | None = None
    over: bool = False
    replaces_rejected: bool = False


def encode_entry(entry: Entry) -> str:
    """Return *entry* as one line of JSON, secrets included; the ``repr`` of the text is masked.

    What the server sent beside the token is left out if it cannot be written or read again: a number of thousands of
    digits, a value that is nested too deeply.
    """
    try:
        return _encoded(entry)
    except (RecursionError, ValueError) as error:
        logger.warning("what came with a token is not saved with it: %s", type(error).__name__)
        return _encoded(dataclasses.replace(entry, token=dataclasses.replace(entry.token, extra={})))


def _encoded(entry: Entry) -> str:
    attempt = entry.attempt
    document = json.dumps(
        {
            "version": _FORMAT_VERSION,
            "token": entry.token.to_dict(),
            "attempt": attempt and {**dataclasses.asdict(attempt), "started_at": attempt.started_at.isoformat()},
            "refused": entry.refused,
            "over": entry.over,
            "replaces_rejected": entry.replaces_rejected,
        },
        separators=(",", ":"),
    )
    return SecretText(document)


def decode_entry(document: str, key: str) -> Entry:
    """Return the entry that `encode_entry` made *document* from.

    Raises:
        TokenStoreError: It made no such document; the message names *key* and shows nothing of the text.
    """
    document = hide(document)  # what is raised is reported with the local variables of this frame
    fields = found = None
    try:
        fields = json.loads(document)
        if not isinstance(fields, dict):
            raise ApiValueError("it is no JSON object")
        found = cast("dict[str, Any]", fields)
        if found.get("version") != _FORMAT_VERSION:
            raise ApiValueError(f"its version is not {_FORMAT_VERSION}")
        return Entry(
            Token.from_dict(found.get("token", {})),
            _attempt(found.get("attempt")),
            found.get("refused"),
            found.get("over") is True,
            found.get("replaces_rejected") is True,
        )
    except RecursionError:
        problem = "it is nested too deeply"
    except json.JSONDecodeError:
        problem = "it is no JSON"
    except (ApiValueError, TypeError, KeyError, ValueError) as error:
        problem = str(error) if isinstance(error, ApiValueError) else "a field is missing or wrong"
    del fields, found
    raise TokenStoreError(f"The document that is stored under the key {key!r} is none of ours: {problem}", key=key)


def _attempt(fields: Mapping[str, Any] | None) -> Attempt | None:
    if fields is None:
        return None
    started_at = datetime.fromisoformat(fields["started_at"])
    if started_at.utcoffset() is None:
        raise ApiValueError("the attempt's time has no time zone")
    seconds, process = fields.get("seconds"), fields.get("process")
    limit = float(seconds) if isinstance(seconds, int | float) and math.isfinite(seconds) else None
    return Attempt(started_at, str(fields["by"]), limit, process if isinstance(process, str) else "")
