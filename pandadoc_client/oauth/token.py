"""`Token`: what the token endpoint gave, with aware UTC times and without a way to show its secrets by accident."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, cast

from pandadoc_client._http.bearer import bearer_problem
from pandadoc_client._http.credentials import access_token_of
from pandadoc_client._http.secrets import hide, repr_in_any_state, type_name
from pandadoc_client.exceptions import ApiDecodeError, ApiTypeError, ApiValueError

__all__ = ["Token"]

_FORMAT_VERSION = 1
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TIMES = ("expires_at", "received_at")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Token:
    """An access token and what came with it (RFC 6749 §5.1). Immutable, comparable, hashable, can be pickled.

    ``repr`` and ``str`` show ``***`` for the secrets and leave ``extra`` out.

    Attributes:
        access_token: The credential for API calls, without the ``Bearer`` of the header. Secret.
        refresh_token: The credential for the next token, or None if there is none. Secret.
        token_type: How to use the access token; ``"Bearer"``.
        scope: What the token is good for, as the server wrote it (``"read+write"``, ``"read write"``), or None.
        expires_at: Aware UTC time from which the token is no longer valid, or None if that is not known.
        received_at: Aware UTC time to which the lifetime is added, or None if that is not known.
        extra: What else the server sent, and known fields whose value could not be used, by name.
        host: URL of the API that gave it, or None if that is not known: a client for another host does not send it.
            Tokens that differ in nothing else are equal.

    Raises:
        ApiTypeError: A field is of the wrong type.
        ApiValueError: ``access_token`` is empty or not what a header can carry, ``refresh_token`` is
            empty or has a control character, or a time has no time zone. The message names the field.
    """

    access_token: str
    refresh_token: str | None = None
    token_type: str = "Bearer"
    scope: str | None = None
    expires_at: datetime | None = None
    received_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    host: str | None = field(default=None, compare=False)

    def __init__(
        self,
        access_token: str,
        refresh_token: str | None = None,
        token_type: str = "Bearer",
        scope: str | None = None,
        expires_at: datetime | None = None,
        received_at: datetime | None = None,
        extra: Mapping[str, Any] = _NOTHING,
        host: str | None = None,
    ) -> None:
        object.__setattr__(self, "access_token", access_token)
        object.__setattr__(self, "refresh_token", refresh_token)
        object.__setattr__(self, "token_type", token_type)
        object.__setattr__(self, "scope", scope)
        object.__setattr__(self, "expires_at", expires_at)
        object.__setattr__(self, "received_at", received_at)
        object.__setattr__(self, "extra", extra)
        object.__setattr__(self, "host", host)
        # What is refused is reported with the local variables of this frame; the repr of the token is masked.
        del access_token, refresh_token, extra
        self._check()

    def _check(self) -> None:
        _check_text("access_token", self.access_token)
        object.__setattr__(self, "access_token", access_token_of("access_token", self.access_token))
        _check_text("token_type", self.token_type)
        for name in ("refresh_token", "scope", "host"):
            if getattr(self, name) is not None:
                _check_text(name, getattr(self, name))
        for name in _TIMES:
            value = getattr(self, name)
            if value is not None:
                if not isinstance(value, datetime):
                    raise ApiTypeError(f"{name} must be a datetime, not {type(value).__name__}")
                object.__setattr__(self, name, _moment(name, value))
        if not isinstance(self.extra, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"extra must be a mapping, not {type(self.extra).__name__}")
        object.__setattr__(self, "extra", dict(self.extra))
        if problem := bearer_problem(self.access_token):
            raise ApiValueError(f"access_token {problem}", ["access_token"])
        # It goes into a form, which carries any text; a line break comes from the file that it was read from.
        if self.refresh_token is not None and _CONTROL.search(self.refresh_token):
            raise ApiValueError("refresh_token has a line break or another control character in it", ["refresh_token"])

    @repr_in_any_state
    def __repr__(self) -> str:
        refresh_token = None if self.refresh_token is None else "***"
        expires_at = None if self.expires_at is None else self.expires_at.isoformat()
        return (
            f"Token(access_token='***', refresh_token={refresh_token!r}, token_type={self.token_type!r},"
            f" scope={self.scope!r}, expires_at={expires_at!r})"
        )

    @classmethod
    def from_response(cls, mapping: Mapping[str, Any], received_at: datetime | float) -> Token:
        """Return the token of a token endpoint's JSON response (RFC 6749 §5.1), read tolerantly.

        Only ``access_token`` must be right. ``expires_in`` may be an integer, a float or numeric text (``"3600"``,
        ``" 3.15e7 "``), in seconds:

        * zero or negative, minus infinity included: the token has expired already, ``expires_at`` is *received_at*;
        * missing, null, a boolean, NaN, no number, or so large that the time would lie beyond the year 9999:
          ``expires_at`` is None. The server will say with a 401 when the token is over.

        White space around the two tokens is taken away. ``token_type`` defaults to ``"Bearer"``. A ``refresh_token``,
        ``token_type`` or ``scope`` that is no text, or empty, counts as missing, and so does a ``refresh_token`` with a
        control character. A known field whose value is not null and cannot be used, and every unknown field,
        is kept in ``extra``; keys that are no text are dropped, as JSON has none.

        Args:
            mapping: The decoded body.
            received_at: When the lifetime began: an aware datetime, or seconds since 1970-01-01 UTC. The time before
                the request was sent errs on the safe side.

        Raises:
            ApiDecodeError: *mapping* is no mapping, or its ``access_token`` is missing, empty, no text, or not what a
                header can carry.
            ApiValueError: *received_at* has no time zone or is out of range.
            ApiTypeError: *received_at* is neither a datetime nor a number.
        """
        try:
            return cls._from_response(mapping, received_at)
        except (ApiDecodeError, ApiTypeError, ApiValueError) as error:
            problem = error.with_traceback(None)  # its frames hold the response in clear, and this one does not
        del mapping
        raise problem

    @classmethod
    def _from_response(cls, mapping: Mapping[str, Any], received_at: datetime | float) -> Token:
        since = _moment("received_at", received_at)
        if not isinstance(mapping, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiDecodeError(reason=f"The token response is no JSON object but {type(mapping).__name__}")
        extra = {key: value for key, value in mapping.items() if isinstance(key, str)}  # pyright: ignore[reportUnnecessaryIsInstance]
        for name in ("access_token", "refresh_token"):
            if isinstance(value := extra.get(name), str):
                extra[name] = value.strip()
        texts = {name: _usable(extra, name) for name in ("access_token", "refresh_token", "token_type", "scope")}
        access_token = texts["access_token"]
        if access_token is None:
            raise ApiDecodeError(reason=f"The token response has no usable access_token: {_state(mapping)}")
        seconds = _seconds(extra.get("expires_in"))
        if seconds is not None or extra.get("expires_in", ...) is None:
            extra.pop("expires_in", None)
        return cls(
            access_token=access_token,
            refresh_token=texts["refresh_token"],
            token_type=texts["token_type"] or "Bearer",
            scope=texts["scope"],
            expires_at=None if seconds is None else _after(since, seconds),
            received_at=since,
            extra=extra,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the token as a dict of JSON values, secrets included, for `from_dict`.

        Times are ISO 8601 texts in UTC; ``version`` says how the dict is laid out (1). ``extra`` stands in it as it
        is: JSON values whenever the token came as JSON.
        """
        return {
            "version": _FORMAT_VERSION,
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "token_type": self.token_type,
            "scope": self.scope,
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
            "received_at": None if self.received_at is None else self.received_at.isoformat(),
            "extra": dict(self.extra),
            "host": self.host,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Token:
        """Return the token that `to_dict` made *data* from.

        ``version`` and ``access_token`` must be there; the others default as in the constructor. A key of which this
        version knows nothing is ignored, so that a later one may add some.

        Raises:
            ApiValueError: *data* is not what `to_dict` returns. The message names the field and shows no value.
        """
        try:
            return cls._from_dict(data)
        except (ApiTypeError, ApiValueError) as error:
            problem = error.with_traceback(None)  # its frames hold the token in clear, and this one does not
        del data
        raise problem

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any]) -> Token:
        if not isinstance(data, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiValueError(f"A saved token must be a mapping, not {type(data).__name__}")
        version = data.get("version")
        if type(version) is not int or version != _FORMAT_VERSION:
            raise ApiValueError(f"A saved token must have the version {_FORMAT_VERSION}", ["version"])
        fields: dict[str, Any] = {"access_token": data.get("access_token")}
        for name in ("refresh_token", "token_type", "scope", *_TIMES, "extra", "host"):
            if data.get(name) is not None:
                fields[name] = data[name]
        for name, value in fields.items():
            if name == "extra":
                fields[name] = _saved_extra(value)
            elif not isinstance(value, str) or not value.strip():
                raise ApiValueError("A saved token must have text here", [name])
            elif name in _TIMES:
                fields[name] = _saved_moment(name, value)
        return cls(**fields)

    @property
    def expires_in(self) -> float | None:
        """Seconds from now until ``expires_at``, negative once that is past; None if it is not known."""
        return None if self.expires_at is None else (self.expires_at - datetime.now(UTC)).total_seconds()

    def is_for(self, host: str) -> bool:
        """Return True if the API at *host*, a URL, gave it, or if it is not known which did."""
        return self.host is None or self.host.rstrip("/").lower() == host.rstrip("/").lower()

    def is_expired(self, leeway: float = 60, now: datetime | float | None = None) -> bool:
        """Return True if the token is over, or will be within *leeway* seconds. Without ``expires_at``: False.

        Args:
            leeway: Seconds, 0 or more. A token that ends while a request travels is of no use, so do not choose 0.
            now: The time to compare with, an aware datetime or seconds since 1970-01-01 UTC; None for the present.

        Raises:
            ApiValueError: *leeway* is negative or NaN, *now* has no time zone or is out of range.
            ApiTypeError: *leeway* is no number, *now* neither a datetime nor a number.
        """
        if isinstance(leeway, bool) or not isinstance(leeway, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"leeway must be a number of seconds, not {type(leeway).__name__}")
        if not leeway >= 0:
            raise ApiValueError("leeway must be a number of seconds of 0 or more")
        moment = datetime.now(UTC) if now is None else _moment("now", now)
        return self.expires_at is not None and (self.expires_at - moment).total_seconds() <= leeway


def _check_text(name: str, value: object) -> None:
    value = hide(value)
    if not isinstance(value, str):
        raise ApiTypeError(f"{name} must be text (str), not {type_name(value)}")
    if not value.strip():
        raise ApiValueError(f"{name} must not be empty")


def _moment(name: str, value: object) -> datetime:
    """Return an aware datetime, or seconds since 1970, as an aware datetime in UTC."""
    try:
        if isinstance(value, datetime):
            if value.utcoffset() is None:
                raise ApiValueError(f"{name} must have a time zone, such as datetime.now(timezone.utc) has")
            return value.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError) as error:
        if isinstance(error, ApiValueError):
            raise
        raise ApiValueError(f"{name} is out of the range that a datetime can have") from None
    raise ApiTypeError(f"{name} must be an aware datetime or a number of seconds, not {type(value).__name__}")


def _usable(fields: dict[str, Any], name: str) -> str | None:
    """Take the text *name* out of *fields*; leave there what is of no use, but for null, which says nothing."""
    value = fields.get(name)
    usable = isinstance(value, str) and bool(value.strip()) and _can_be(name, value)
    if usable or value is None:
        fields.pop(name, None)
    return cast("str", value) if usable else None


def _can_be(name: str, value: str) -> bool:
    if name == "access_token":
        return bearer_problem(value) is None
    return name != "refresh_token" or not _CONTROL.search(value)


def _state(mapping: Mapping[str, Any]) -> str:
    if "access_token" not in mapping:
        return "it is missing"
    value = mapping["access_token"]
    if not isinstance(value, str):
        return f"it is {type(value).__name__}, not text"
    return f"it {bearer_problem(value.strip())}" if value.strip() else "it is empty"


def _seconds(value: object) -> float | None:
    """Return a lifetime in seconds, which may be infinite, or None for what is no number."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value := value.strip()) else None
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:  # an integer of more than 308 digits
        return math.inf if value > 0 else -math.inf
    return None if math.isnan(seconds) else seconds


def _after(since: datetime, seconds: float) -> datetime | None:
    if seconds <= 0:
        return since
    try:
        return since + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _saved_moment(name: str, value: str) -> datetime:
    try:
        return _moment(name, datetime.fromisoformat(value))
    except ValueError:
        raise ApiValueError("A saved token must have an ISO 8601 time with its offset here", [name]) from None


def _saved_extra(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ApiValueError("A saved token must have an object here", ["extra"])
    extra = dict(cast("Mapping[str, Any]", value))
    if not all(isinstance(key, str) for key in extra):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiValueError("A saved token must have text as the keys here", ["extra"])
    return extra
