"""`RedisTokenStore`: tokens in Redis or Valkey, for many machines."""

from __future__ import annotations

import logging
import math
import os
import random
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.fork import ProcessBound
from pandadoc_client._http.secrets import hide, repr_in_any_state
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.base import LockTimeout, Record, RevisionConflict, TokenStore, new_revision

try:
    import redis
    from redis.backoff import NoBackoff
    from redis.cluster import RedisCluster
    from redis.exceptions import MasterDownError, NoPermissionError, RedisClusterException
    from redis.retry import Retry
except ImportError:
    raise ImportError("RedisTokenStore needs redis: pip install 'pandadoc-client[redis]'") from None

__all__ = ["RedisTokenStore"]

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

_CONNECT_TIMEOUT = 5.0
_OPERATION_TIMEOUT = 10.0
_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.02
_SHORTEST_LEASE = 0.1
_BATCH = 500

# Cluster puts names with the same text in braces on one server. A brace of the key itself would end that text early.
_PLAIN = " !\"#$&'()*+,/:;<=>?@[\\]^`|~"

# A write whose response got lost is sent again, and then finds its own revision: that is success.
_WRITE = b"""
local found = redis.call('HGET', KEYS[1], 'revision')
if found == ARGV[2] then return 1 end
if (found or '') ~= ARGV[1] then return 0 end
if not found and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'key', ARGV[3], 'expires_at', ARGV[4], 'document', ARGV[5])
return 1
"""
# Likewise an attempt at the lock may find that the one before succeeded.
_ACQUIRE = b"""
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
_RENEW = b"""
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
_RELEASE = b"""
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

# RedisClusterException has no common base with the others; decoding is done by clients that the user made.
_FAILURES = (redis.RedisError, RedisClusterException, OSError, UnicodeError)

_LOST_PRIMARY = "is a replica that has lost its primary"
# The first that fits explains; classes come before those that they derive from.
_BY_CLASS: tuple[tuple[type[Exception], str], ...] = (
    (redis.BusyLoadingError, "is still loading its data; try again in a moment"),
    (redis.AuthenticationError, "wants another user name or password"),
    (NoPermissionError, "does not permit this user a command that the store needs"),
    (redis.ReadOnlyError, "is a read-only replica; give the address of the primary"),
    (MasterDownError, _LOST_PRIMARY),
    (redis.OutOfMemoryError, "has no memory left; raise maxmemory"),
    (redis.TimeoutError, "did not answer in time"),
    (redis.ConnectionError, "cannot be reached"),
    (OSError, "cannot be reached"),
)
_BY_CODE = {
    "MASTERDOWN": _LOST_PRIMARY,  # redis-py 5 does not use its own class for it
    "WRONGTYPE": "holds something else under that name; choose another prefix",
    "MISCONF": "takes no writes, since it cannot save to its disk",
    "NOREPLICAS": "takes no writes, since too few replicas are connected",
}


class RedisTokenStore(ProcessBound, TokenStore):
    """Keeps tokens in Redis 6.2 or later, or Valkey, single or Cluster: for programs on many machines.

    A key has two names in Redis, ``PREFIX:{KEY}:token`` and ``PREFIX:{KEY}:lock``, both in one slot of a Cluster. The
    lock is a lease: its holder renews it every third of the time, and one that dies loses it when the lease ends. A
    holder that slept past its lease may believe in it still; its `write` then raises `RevisionConflict`.

    How durable a token is, is up to the server. What Redis does unless told otherwise is a snapshot now and then, which
    loses minutes of tokens in a crash. Set ``appendonly yes``: with ``appendfsync everysec``, its default, a power cut
    loses up to a second, with ``always`` nothing. Replicas get writes a moment later, so a failover can lose that
    moment; ``min-replicas-to-write 1`` limits it. Tokens never expire in Redis, but it must not evict them: with
    ``maxmemory`` set, the store refuses to work if ``maxmemory-policy`` is one of ``allkeys-*``, which is asked once.
    ``noeviction`` is best; ``volatile-*`` may take a lock when memory is full, and so cost a second refresh.

    Listing keys looks at every name of the database, in steps; a database of its own keeps that short.

    Args:
        url_or_client: ``redis://user:password@host:6379/0``, ``rediss://…`` (TLS) or ``unix:///path?db=0``; or a
            ``redis.Redis`` or ``redis.cluster.RedisCluster``, which is not closed, and whose own timeouts and retries
            apply. A password in a URL is percent-encoded.
        prefix: What the names in Redis begin with.
        lease: Seconds after which the lock of a holder that died is free; at least 0.1.

    Raises:
        ApiValueError: An argument cannot be right; the message names it.
        ApiTypeError: An argument is of the wrong type.
    """

    def __init__(
        self,
        url_or_client: str | redis.Redis | RedisCluster,
        *,
        prefix: str = "pandadoc",
        lease: float = 10.0,
    ) -> None:
        url_or_client = hide(url_or_client)  # its password, from this frame, should it be refused
        self._prefix = _check_prefix(prefix)
        self._lease = _check_lease(lease)
        self._owned: redis.Redis | None = None
        self._client: Any  # mypy and pyright would see the results of both worlds, blocking and not, in every call
        if isinstance(url_or_client, str):
            self._shown = _check_url(url_or_client)
            self._client = self._owned = _connect(url_or_client)
        elif isinstance(url_or_client, (redis.Redis, RedisCluster)):  # pyright: ignore[reportUnnecessaryIsInstance]
            self._shown = f"a given {type(url_or_client).__name__}"
            self._client = url_or_client
        else:
            raise ApiTypeError(
                "url_or_client must be a URL, a redis.Redis or a redis.cluster.RedisCluster (none of redis.asyncio), "
                f"not {type(url_or_client).__name__}"
            )
        self._eviction_checked = False
        self._write_script = self._client.register_script(_WRITE)
        self._acquire_script = self._client.register_script(_ACQUIRE)
        self._renew_script = self._client.register_script(_RENEW)
        self._release_script = self._client.register_script(_RELEASE)

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"<RedisTokenStore on {self._shown}, prefix {self._prefix!r}>"

    def to_url(self) -> str:
        return repr(self) if self._owned is None else self._shown

    def read(self, key: str) -> Record | None:
        name = self._name(key, "token")
        found = hide(self._do(key, lambda: self._client.hgetall(name)))
        if not found:
            return None
        fields = hide({_decoded(field): _decoded(value) for field, value in found.items()})
        document, revision = fields.get("document"), fields.get("revision")
        if document is None or not revision or fields.get("key") != key:
            raise _not_ours(key)
        return Record(document, str(revision))

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        revision = new_revision()
        ends = "" if expires_at is None else expires_at.astimezone(UTC).isoformat()
        # As bytes, since a given client may have another encoding.
        values = [text.encode() for text in (expected or "", revision, key, ends, document)]
        if not self._do(key, lambda: self._write_script([self._name(key, "token")], values)):
            raise RevisionConflict.of(key)
        return revision

    def discard(self, key: str) -> bool:
        return bool(self._do(key, lambda: self._client.delete(self._name(key, "token"))))

    @contextmanager
    def lock(self, key: str, timeout: float) -> Iterator[None]:
        name, owner = self._name(key, "lock"), secrets.token_hex(16).encode()
        arguments = [owner, round(self._lease * 1000)]
        deadline = monotonic() + timeout
        wait = _FIRST_WAIT
        while not self._do(key, lambda: self._acquire_script([name], arguments)):
            left = deadline - monotonic()
            if left <= 0:
                raise LockTimeout.of(key, timeout)
            time.sleep(min(left, wait * random.uniform(0.5, 1)))  # noqa: S311 (spreads waiters, guards nothing)
            wait = min(wait * 2, _LONGEST_WAIT)
        holder = os.getpid()
        keeper = _Keeper(key, self._lease / 3, lambda: bool(self._renew_script([name], arguments)))
        try:
            keeper.start()
            yield
        finally:
            if os.getpid() == holder:  # else we are a child that was forked meanwhile: the lock is our parent's
                keeper.stop()
                self._give_back(name, owner)

    def _give_back(self, name: bytes, owner: bytes) -> None:
        # What happened under the lock stands, whether or not it can be given back; the lease ends by itself.
        with suppress(*_FAILURES):
            self._release_script([name], [owner])

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        if limit <= 0:
            return []
        keys = sorted(key for key in self._do(None, self._scan) if after is None or key > after)
        if expiring_before is None:
            return keys[:limit]
        found: list[str] = []
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            ends = self._ends(batch)
            found += [key for key, end in zip(batch, ends, strict=True) if end is not None and end < expiring_before]
            if len(found) >= limit:
                break
        return found[:limit]

    def _pages(self, after: str | None, limit: int | None, expiring_before: datetime | None) -> Iterator[str]:
        # Redis gives names in no order, so that each page would look at all of them: one page for all is better.
        most = sys.maxsize if limit is None else limit
        yield from self.list_keys(after=after, limit=most, expiring_before=expiring_before)

    def close(self) -> None:
        if self._owned is not None:
            self._owned.close()

    def _name(self, key: str, kind: str) -> bytes:
        return f"{self._prefix}:{{{quote(key, safe=_PLAIN)}}}:{kind}".encode()

    def _scan(self) -> set[str]:
        """Return all keys. Cluster names one twice while it moves between servers."""
        before, behind = f"{self._prefix}:{{", "}:token"
        pattern = "".join(f"\\{char}" if char in "*?[]^\\" else char for char in before) + "*" + behind
        names = (_decoded(name) for name in self._client.scan_iter(match=pattern.encode(), count=1000))
        return {unquote(name.removeprefix(before).removesuffix(behind)) for name in names}

    def _ends(self, keys: list[str]) -> list[datetime | None]:
        """Return when the tokens of *keys* end; None for one without end, or gone by now."""

        def ask() -> list[Any]:
            pipeline = self._client.pipeline(transaction=False)
            for key in keys:
                pipeline.hget(self._name(key, "token"), "expires_at")
            responses: list[Any] = pipeline.execute()
            return responses

        ends: list[datetime | None] = []
        for key, response in zip(keys, self._do(None, ask), strict=True):
            try:
                ends.append(datetime.fromisoformat(_decoded(response)) if response else None)
            except ValueError:
                raise _not_ours(key) from None
        return ends

    def _do(self, key: str | None, action: Callable[[], _Result]) -> _Result:
        """Return what *action* returns; its failure becomes a `TokenStoreError`.

        That is raised outside of the ``except``, and so without a chain: Redis repeats in some messages what it was
        sent.
        """
        try:
            self._check_eviction()
            return action()
        except _FAILURES as error:
            problem = _explain(error)
        where = "" if key is None else f" (token of the key {key!r})"
        raise TokenStoreError(f"Redis {problem}{where}", key=key)

    def _check_eviction(self) -> None:
        if self._eviction_checked:
            return
        servers = [self._client]
        if isinstance(self._client, RedisCluster):
            primaries: Any = self._client.get_primaries()  # type: ignore[no-untyped-call]
            servers = [self._client.get_redis_connection(node) for node in primaries]
        for server in servers:
            policy, memory = _memory_settings(server)
            if memory > 0 and policy.startswith("allkeys"):
                raise TokenStoreError(
                    f"Redis may throw tokens away: its maxmemory-policy is {policy}. Set it to noeviction (or "
                    "volatile-*), or keep tokens in another Redis"
                )
        self._eviction_checked = True


class _Keeper:
    """A thread that renews a lease until it is stopped, or the lease is lost."""

    def __init__(self, key: str, interval: float, renew: Callable[[], bool]) -> None:
        self._key = key
        self._interval = interval
        self._renew = renew
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pandadoc-token-lease", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                if self._renew():
                    continue
            except _FAILURES as error:
                _log.warning("The lock of the key %r was not renewed: Redis %s", self._key, _explain(error))
                continue  # the next attempt may come in time; if not, it finds the lease lost
            if not self._stopped.is_set():
                _log.warning("The lock of the key %r was lost: it was not renewed in time", self._key)
            return


def _check_prefix(prefix: str) -> str:
    if not isinstance(prefix, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"prefix must be text (str), not {type(prefix).__name__}")
    if not prefix or not prefix.isprintable() or "{" in prefix or "}" in prefix:
        raise ApiValueError("prefix must have 1 or more printable characters, and no braces")
    return prefix


def _check_lease(lease: float) -> float:
    if isinstance(lease, bool) or not isinstance(lease, (int, float)):
        raise ApiTypeError(f"lease must be a number of seconds, not {type(lease).__name__}")
    if not math.isfinite(lease) or lease < _SHORTEST_LEASE:
        raise ApiValueError(f"lease must be at least {_SHORTEST_LEASE} seconds")
    return lease


def _check_url(url: str) -> str:
    """Return *url* without what may be secret; an error shows nothing of it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "localhost", parts.port or 6379
    except ValueError:
        # A password with "/" or "#" in it ends up where the port should be.
        parts, host, port = urlsplit(""), "", 0
    if parts.scheme == "unix" and parts.path and not parts.netloc.rpartition("@")[2]:
        return f"unix://{parts.path}"
    # redis-py takes a database that is no number for database 0.
    if parts.scheme in {"redis", "rediss"} and not parts.fragment and (parts.path.strip("/") or "0").isdecimal():
        return f"{parts.scheme}://{host}:{port}{parts.path}"
    del parts  # a password is in there, and what is raised is reported with this frame
    raise ApiValueError(
        "url_or_client: a URL must be redis://[user:password@]host[:port][/number], rediss://… or unix:///path, "
        "and special characters in a password percent-encoded"
    )


def _connect(url: str) -> redis.Redis:
    """Return a client for *url*. It has not connected yet."""
    try:
        client = redis.Redis.from_url(
            url,
            socket_connect_timeout=_CONNECT_TIMEOUT,
            socket_timeout=_OPERATION_TIMEOUT,
            # A connection that the server closed while it was idle shows that by the next command only.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
            retry_on_error=[redis.ConnectionError],
        )
        pool = client.connection_pool
        pool.connection_class(**pool.connection_kwargs)  # checks the settings in the query
    except (TypeError, ValueError, redis.RedisError):
        pass  # the message could show a setting's value
    else:
        return client
    raise ApiValueError("url_or_client: the URL has a setting, behind the question mark, that redis does not accept")


def _memory_settings(server: Any) -> tuple[str, int]:
    """Return ``maxmemory-policy`` and ``maxmemory``; ``("", 0)`` if the server does not tell, as some managed ones."""
    for ask, argument in ((server.config_get, "maxmemory*"), (server.info, "memory")):
        with suppress(redis.ResponseError, KeyError, ValueError):
            found = {_decoded(name).replace("-", "_"): _decoded(value) for name, value in ask(argument).items()}
            return found["maxmemory_policy"], int(found["maxmemory"])
    return "", 0


def _explain(error: BaseException) -> str:
    """Return what is wrong, in our own words: the text of *error* may repeat what was sent."""
    code = str(error).partition(" ")[0]
    if code in _BY_CODE:
        return _BY_CODE[code]
    for kind, problem in _BY_CLASS:
        if isinstance(error, kind):
            return problem
    shown = code if code.isalpha() and code.isupper() else type(error).__name__
    return f"answered with an error ({shown})"


def _not_ours(key: str) -> TokenStoreError:
    return TokenStoreError(
        f"What Redis holds under the key {key!r} was not written by this store: delete it, or choose another prefix",
        key=key,
    )


def _decoded(value: object) -> str:
    # A given client may decode by itself, or not. What is no UTF-8 is not ours and recognised as such later.
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def from_url(url: str, purpose: str) -> RedisTokenStore:
    """Return the store of a URL ``redis://…``, ``rediss://…`` or ``unix://…``."""
    return RedisTokenStore(url, prefix=f"pandadoc-{purpose}" if purpose else "pandadoc")
