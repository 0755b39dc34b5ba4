"""Codes, grants and tokens: what the emulated server remembers. No I/O; safe across threads; the clock is injected."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from .options import ClientRegistration, EmulatorOptions, RotationMode

__all__ = ["DEFAULT_SCOPE", "EmulatorState", "StateSummary", "TokenPair", "TokenRefused", "parse_scope"]

_KNOWN_SCOPES = ("read", "write")
DEFAULT_SCOPE = "read+write"
"""The scope of a request that names none; also the form in which scopes are echoed."""


class TokenRefused(Exception):
    """The token endpoint says no.

    Attributes:
        error: An error code of RFC 6749 §5.2.
        description: One sentence for the developer, or None. Never holds a value that was sent.
    """

    def __init__(self, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


def parse_scope(text: str) -> str:
    """Return the canonical form of a scope: known words joined by `+`, each once.

    White space and `+` both separate, because the real server is seen to accept both.

    Raises:
        TokenRefused: `invalid_scope`, for an unknown word or none at all.
    """
    words = set(text.replace("+", " ").split())
    if not words or not words.issubset(_KNOWN_SCOPES):
        raise TokenRefused("invalid_scope")
    return "+".join(word for word in _KNOWN_SCOPES if word in words)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and the refresh token it came with.

    Attributes:
        access_token: The Bearer credential.
        refresh_token: The credential for the next pair.
        scope: As granted, such as `read+write`.
        expires_at: When the access token dies, on the emulator's clock.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class StateSummary:
    """Counts, without a single secret.

    Attributes:
        codes: Unused, unexpired authorization codes.
        grants: Grants not revoked.
        access_tokens: Access tokens that work now.
        refresh_tokens: Refresh tokens that can still be spent.
        refreshes: Refreshes that were answered with a pair, in all.
    """

    codes: int
    grants: int
    access_tokens: int
    refresh_tokens: int
    refreshes: int


@dataclass(slots=True)
class _IssuedGrant:
    client_id: str
    scope: str
    revoked: bool = False


@dataclass(slots=True)
class _Code:
    grant: _IssuedGrant
    expires_at: float
    used: bool = False


@dataclass(slots=True)
class _Access:
    grant: _IssuedGrant
    expires_at: float


@dataclass(slots=True)
class _Refresh:
    grant: _IssuedGrant
    pair: TokenPair
    spent_at: float | None = None
    successor: TokenPair | None = None


class EmulatorState:
    """Issues, rotates and kills tokens as `EmulatorOptions` say.

    Secrets are compared by dictionary look-up of long random values, where timing tells nothing; the fixed ones
    (client secrets, API keys) in constant time.
    """

    def __init__(self, options: EmulatorOptions) -> None:
        self._options = options
        self._now: Callable[[], float] = options.clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget every code, grant and token, as if none had been issued."""
        with self._lock:
            self._codes: dict[str, _Code] = {}
            self._access: dict[str, _Access] = {}
            self._refresh: dict[str, _Refresh] = {}
            self._grants: list[_IssuedGrant] = []
            self._refreshes = 0

    # -- who is asking ----------------------------------------------------------------------------------------------

    def find_client(self, client_id: str) -> ClientRegistration | None:
        """Return the registration of that ID, or None."""
        return next((client for client in self._options.clients if client.client_id == client_id), None)

    def authenticate_client(self, client_id: str, client_secret: str) -> ClientRegistration:
        """Return the client that owns these credentials.

        Raises:
            TokenRefused: `invalid_client`, with no hint which of the two is wrong.
        """
        found = None
        for client in self._options.clients:  # all of them, so that the time taken does not tell a known ID
            same_id = _equal(client.client_id, client_id)
            same_secret = _equal(client.client_secret, client_secret)
            if same_id and same_secret:
                found = client
        if found is None:
            raise TokenRefused("invalid_client")
        return found

    def accepts_api_key(self, key: str) -> bool:
        """Tell whether `key` is one of the configured API keys."""
        return sum(_equal(known, key) for known in self._options.api_keys) > 0  # a sum compares with every one

    def accepts_sandbox_api_key(self, key: str) -> bool:
        """Tell whether `key` is one of the configured API keys of the sandbox."""
        return sum(_equal(known, key) for known in self._options.sandbox_api_keys) > 0

    def accepts_access_token(self, token: str) -> bool:
        """Tell whether `token` is an access token that works now."""
        with self._lock:
            access = self._access.get(token)
            return access is not None and self._is_live(access)

    # -- the two grants ---------------------------------------------------------------------------------------------

    def issue_code(self, client_id: str, scope: str = DEFAULT_SCOPE) -> str:
        """Return a new authorization code (RFC 6749 §4.1.2) bound to the client.

        Raises:
            TokenRefused: `invalid_scope`.
        """
        grant = _IssuedGrant(client_id, parse_scope(scope))
        code = secrets.token_hex(20)
        with self._lock:
            self._codes[code] = _Code(grant, self._now() + self._options.code_lifetime)
        return code

    def exchange_code(self, client_id: str, code: str, scope: str | None = None) -> TokenPair:
        """Turn a code into a pair of tokens, once (RFC 6749 §4.1.3).

        Raises:
            TokenRefused: `invalid_scope` (also for more than was authorized), `invalid_grant`.
        """
        wanted = None if scope is None else parse_scope(scope)
        with self._lock:
            found = self._codes.get(code)
            if found is None or found.used or found.grant.client_id != client_id or self._now() >= found.expires_at:
                raise TokenRefused("invalid_grant")
            # Checked before the code is spent: a typo in the scope must not cost the user another consent.
            granted = _narrowed(found.grant.scope, wanted)
            found.used = True
            found.grant.scope = granted
            self._grants.append(found.grant)
            return self._issue(found.grant, granted)

    def refresh(self, client_id: str, refresh_token: str, scope: str | None = None) -> TokenPair:
        """Turn a refresh token into a new pair, by the rotation mode (RFC 6749 §6).

        Raises:
            TokenRefused: `invalid_scope`, `invalid_grant`.
        """
        wanted = None if scope is None else parse_scope(scope)
        with self._lock:
            found = self._refresh.get(refresh_token)
            if found is None or found.grant.client_id != client_id or found.grant.revoked:
                raise TokenRefused("invalid_grant")
            if wanted is None and self._options.require_scope_on_refresh:
                raise TokenRefused("invalid_grant")
            granted = _narrowed(found.grant.scope, wanted)
            if found.spent_at is not None:
                return self._reuse(found)
            pair = self._issue(found.grant, granted)
            self._refreshes += 1
            if self._options.rotation is not RotationMode.FORK:
                found.spent_at = self._now()
                found.successor = pair
                self._access.pop(found.pair.access_token, None)
            return pair

    def _reuse(self, spent: _Refresh) -> TokenPair:
        if self._options.rotation is RotationMode.REUSE_REVOKES_ALL:
            self._revoke(spent.grant)
        if self._options.rotation is RotationMode.GRACE and spent.successor and spent.spent_at is not None:
            # The window is there for a lost response. Once its successor was spent, the response did arrive.
            unused = self._refresh[spent.successor.refresh_token].spent_at is None
            if unused and self._now() - spent.spent_at < self._options.grace_seconds:
                self._refreshes += 1
                return spent.successor
        raise TokenRefused("invalid_grant")

    def _issue(self, grant: _IssuedGrant, scope: str) -> TokenPair:
        expires_at = self._now() + self._options.token_lifetime
        pair = TokenPair(secrets.token_hex(20), secrets.token_hex(20), scope, expires_at)
        self._access[pair.access_token] = _Access(grant, expires_at)
        self._refresh[pair.refresh_token] = _Refresh(grant, pair)
        return pair

    # -- from outside the protocol ----------------------------------------------------------------------------------

    def expires_in(self, pair: TokenPair) -> int:
        """Return the whole seconds the access token of `pair` has left; 0 when it is over."""
        return max(0, round(pair.expires_at - self._now()))

    def expire_access_tokens(self) -> int:
        """Make every access token expire now; refresh tokens stay good. Returns how many were alive."""
        with self._lock:
            alive = sum(map(self._is_live, self._access.values()))
            self._access.clear()
            return alive

    def revoke_all(self) -> int:
        """Revoke every grant with its tokens, and every unused code. Returns how many grants were alive."""
        with self._lock:
            alive = [grant for grant in self._grants if not grant.revoked]
            for grant in alive:
                self._revoke(grant)
            self._codes.clear()
            return len(alive)

    def live_pairs(self) -> list[TokenPair]:
        """Return the pairs whose refresh token can still be spent, oldest first."""
        with self._lock:
            return [entry.pair for entry in self._refresh.values() if self._is_spendable(entry)]

    def summary(self) -> StateSummary:
        """Count what is alive."""
        with self._lock:
            now = self._now()
            return StateSummary(
                codes=sum(not code.used and now < code.expires_at for code in self._codes.values()),
                grants=sum(not grant.revoked for grant in self._grants),
                access_tokens=sum(map(self._is_live, self._access.values())),
                refresh_tokens=sum(map(self._is_spendable, self._refresh.values())),
                refreshes=self._refreshes,
            )

    def _is_live(self, access: _Access) -> bool:
        return not access.grant.revoked and self._now() < access.expires_at

    @staticmethod
    def _is_spendable(entry: _Refresh) -> bool:
        return entry.spent_at is None and not entry.grant.revoked

    @staticmethod
    def _revoke(grant: _IssuedGrant) -> None:
        grant.revoked = True


def _narrowed(granted: str, wanted: str | None) -> str:
    """Return the scope to answer with: what is wanted, if it is part of what was granted."""
    if wanted is None:
        return granted
    if not set(wanted.split("+")).issubset(granted.split("+")):
        raise TokenRefused("invalid_scope")
    return wanted


def _equal(known: str, presented: str) -> bool:
    # As bytes: compare_digest refuses text outside ASCII.
    return hmac.compare_digest(known.encode(), presented.encode())
