"""What is known of one account, and how it is written down. Pure: text in, text out."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from pandadoc_client._secrets import SecretText, hide
from pandadoc_client.exceptions import ApiValueError, TokenStoreError
from pandadoc_client.oauth.token import Token

__all__ = ["Attempt", "Entry", "decode_entry", "encode_entry"]

_FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Attempt:
    """A refresh that was begun: written down before the request is sent, erased by the token that it brings.

    Attributes:
        started_at: When, aware, UTC.
        by: Which process on which machine: ``"process 4711 on web-3"``.
    """

    started_at: datetime
    by: str

    @classmethod
    def now(cls) -> Attempt:
        """Return the one that this process begins now."""
        return cls(datetime.now(UTC), f"process {os.getpid()} on {socket.gethostname()}")

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
    """

    token: Token
    attempt: Attempt | None = None
    refused: str | None = None
    over: bool = False


def encode_entry(entry: Entry) -> str:
    """Return *entry* as one line of JSON, secrets included; the ``repr`` of the text is masked."""
    attempt = entry.attempt
    document = json.dumps(
        {
            "version": _FORMAT_VERSION,
            "token": entry.token.to_dict(),
            "attempt": attempt and {"started_at": attempt.started_at.isoformat(), "by": attempt.by},
            "refused": entry.refused,
            "over": entry.over,
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
        )
    except json.JSONDecodeError:
        problem = "it is no JSON"
    except (ApiValueError, TypeError, KeyError, ValueError) as error:
        problem = str(error) if isinstance(error, ApiValueError) else "a field is missing or wrong"
    del fields, found
    raise TokenStoreError(f"The document that is stored under the key {key!r} is none of ours: {problem}", key=key)


def _attempt(fields: Mapping[str, Any] | None) -> Attempt | None:
    if fields is None:
        return None
    return Attempt(datetime.fromisoformat(fields["started_at"]), str(fields["by"]))
