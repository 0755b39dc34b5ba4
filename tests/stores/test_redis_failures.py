"""`RedisTokenStore` when Redis is away, broken, full, or says no."""

from __future__ import annotations

import os
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import redis

from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth.stores.base import RevisionConflict
from pandadoc_client.oauth.stores.redis import RedisTokenStore
from pandadoc_client.oauth.token import Token

from ..servers.redis import RedisServer, running_redis

SECRET = "pass-w0rd-M4RKER"
TOKEN = Token(f"access-{SECRET}", f"refresh-{SECRET}", expires_at=datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """A Redis that a test may break."""
    with running_redis() as server:
        yield server


@pytest.fixture
def admin(server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(server.url) as admin:
        yield admin


@pytest.fixture
def store(server: RedisServer) -> Iterator[RedisTokenStore]:
    with RedisTokenStore(server.url) as store:
        yield store


def assert_silent(error: BaseException) -> None:
    """Fail if an error, or one that it brings along, shows the secret."""
    assert error.__cause__ is None
    assert error.__context__ is None
    assert SECRET not in "".join(traceback.format_exception(error)) + repr(error)


class LosingProxy(threading.Thread):
    """Stands before a server. Once `lose` is set, it swallows one response and closes that connection instead."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        self.lose = threading.Event()
        self.lost = threading.Event()

    def run(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return  # closed
            server = socket.create_connection(("127.0.0.1", self._server_port))
            threading.Thread(target=self._forward, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._forward, args=(server, client, True), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        try:
            with suppress(OSError):  # the other direction has ended
                while data := source.recv(65536):
                    if answers and self.lose.is_set():
                        self.lose.clear()
                        self.lost.set()
                        return
                    target.sendall(data)
        finally:
            for end in (source, target):
                with suppress(OSError):  # gone already
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.join()


@pytest.fixture
def proxy(server: RedisServer) -> Iterator[LosingProxy]:
    proxy = LosingProxy(server.port)
    proxy.start()
    yield proxy
    proxy.close()


# Answers that get lost


def test_a_write_whose_answer_was_lost_is_recognised(proxy: LosingProxy) -> None:
    with RedisTokenStore(proxy.url) as store:
        first = store.write("k", "first", expires_at=None, expected=None)
        proxy.lose.set()
        second = store.write("k", "second", expires_at=None, expected=first)
        assert proxy.lost.is_set()
        record = store.read("k")
        assert record is not None
        assert (record.document, record.revision) == ("second", second)


def test_a_lock_whose_answer_was_lost_is_held(proxy: LosingProxy) -> None:
    with RedisTokenStore(proxy.url) as store:
        with store.lock("k", 0):
            pass
        proxy.lose.set()
        with store.lock("k", 0):
            assert proxy.lost.is_set()


def test_losing_the_connection_in_a_lock_does_not_hide_what_happened_in_it(
    server: RedisServer, store: RedisTokenStore
) -> None:
    def work() -> None:
        with store.lock("k", 0):
            server.kill()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    server.start()
    with store.lock("k", 0):
        server.kill()


# Connections


def test_a_connection_that_the_server_closed_is_replaced(store: RedisTokenStore, admin: redis.Redis) -> None:
    store.save("k", TOKEN)
    for _ in range(3):
        assert admin.client_kill_filter(_type="normal", skipme=True) >= 1
        assert store.load("k") == TOKEN


def test_tokens_survive_a_restart_and_a_crash_of_a_redis_with_a_log() -> None:
    with running_redis(appendonly="yes", appendfsync="always") as server, RedisTokenStore(server.url) as store:
        store.save("k", TOKEN)
        server.stop()
        with pytest.raises(TokenStoreError, match="Redis cannot be reached") as caught:
            store.load("k")
        assert_silent(caught.value)
        server.start()
        assert store.load("k") == TOKEN
        store.save("other", TOKEN)
        server.kill()
        server.start()
        assert list(store.keys()) == ["k", "other"]


def test_a_failed_save_carries_the_token_and_shows_no_password(server: RedisServer) -> None:
    server.stop()
    with RedisTokenStore(f"redis://me:{SECRET}@127.0.0.1:{server.port}/0") as store:
        with pytest.raises(TokenStoreError, match=r"Redis cannot be reached \(token of the key 'k'\)") as caught:
            store.save("k", TOKEN)
        assert SECRET not in repr(store)
    assert caught.value.token == TOKEN
    assert caught.value.key == "k"
    assert_silent(caught.value)


def test_a_server_that_does_not_answer_is_an_error_in_time(server: RedisServer) -> None:
    with RedisTokenStore(f"{server.url}?socket_timeout=0.2") as store:
        store.save("k", TOKEN)
        os.kill(server.pid, signal.SIGSTOP)
        try:
            with pytest.raises(TokenStoreError, match="Redis did not answer in time") as caught:
                store.save("k", TOKEN)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert_silent(caught.value)
        assert store.load("k") == TOKEN


# Refusals


def test_a_wrong_password_is_an_error_that_shows_none(server: RedisServer, admin: redis.Redis) -> None:
    admin.config_set("requirepass", "another")
    for user in (f":{SECRET}@", ""):
        with (
            RedisTokenStore(f"redis://{user}127.0.0.1:{server.port}/0") as store,
            pytest.raises(TokenStoreError, match="Redis wants another user name or password") as caught,
        ):
            store.load("k")
        assert_silent(caught.value)


def test_a_command_that_the_user_may_not_use_is_an_error(server: RedisServer, admin: redis.Redis) -> None:
    admin.acl_setuser("me", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-evalsha"])
    with RedisTokenStore(f"redis://me:x@127.0.0.1:{server.port}/0") as store:
        with pytest.raises(TokenStoreError, match="Redis does not permit this user a command") as caught:
            store.save("k", TOKEN)
        assert_silent(caught.value)


def test_a_command_that_the_server_does_not_have_is_an_error_that_shows_no_token() -> None:
    # Redis answers to a command that it does not know with the beginning of its arguments.
    with (
        running_redis(rename_command="EVALSHA NOTHING") as server,
        RedisTokenStore(server.url, prefix="p") as store,
        pytest.raises(TokenStoreError, match=r"Redis answered with an error \(ResponseError\)") as caught,
    ):
        store.write("k", SECRET, expires_at=None, expected=None)
    assert_silent(caught.value)


def test_a_replica_is_an_error_that_says_so(store: RedisTokenStore, admin: redis.Redis) -> None:
    store.save("k", TOKEN)
    admin.replicaof("127.0.0.1", "1")
    assert store.load("k") == TOKEN
    with pytest.raises(TokenStoreError, match="Redis is a read-only replica; give the address of the primary"):
        store.save("k", TOKEN)
    with pytest.raises(TokenStoreError, match="read-only replica"):
        store.lock("k", 1).__enter__()
    admin.config_set("replica-serve-stale-data", "no")
    with pytest.raises(TokenStoreError, match="Redis is a replica that has lost its primary"):
        store.load("k")


def test_a_server_that_loads_its_data_is_an_error_that_says_so() -> None:
    slowly = {"key_load_delay": "100000", "loading_process_events_interval_bytes": "1024", "rdbcompression": "no"}
    with running_redis(**slowly) as server, RedisTokenStore(server.url) as store:
        with redis.Redis.from_url(server.url) as admin:
            for number in range(300):
                admin.set(f"filler {number}", "x" * 5000)
            admin.save()
        server.kill()
        server.start()
        with pytest.raises(TokenStoreError, match="Redis is still loading its data"):
            store.load("k")


def test_a_full_memory_is_an_error_and_nothing_changes(store: RedisTokenStore, admin: redis.Redis) -> None:
    store.save("k", TOKEN)
    admin.config_set("maxmemory", "1")
    with pytest.raises(TokenStoreError, match="Redis has no memory left") as caught:
        store.save("k", Token("new", "new"))
    assert caught.value.token == Token("new", "new")
    assert store.load("k") == TOKEN


@pytest.mark.parametrize("foreign", ["SET", "HSET", "HSET of another key"])
def test_what_somebody_else_wrote_is_an_error_and_not_overwritten(
    store: RedisTokenStore, admin: redis.Redis, foreign: str
) -> None:
    name = "pandadoc:{k}:token"
    if foreign == "SET":
        admin.set(name, SECRET)
    elif foreign == "HSET":
        admin.hset(name, mapping={"field": SECRET})
    else:
        store.save("other", TOKEN)
        admin.copy("pandadoc:{other}:token", name)
    before = admin.dump(name)
    actions: list[Callable[[], object]] = [lambda: store.load("k"), lambda: store.save("k", TOKEN)]
    for action in actions:
        with pytest.raises(TokenStoreError, match="choose another prefix") as caught:
            action()
        assert_silent(caught.value)
    with pytest.raises(TokenStoreError):
        store.write("k", "text", expires_at=None, expected=None)
    assert admin.dump(name) == before


def test_an_end_that_is_none_is_an_error(store: RedisTokenStore, admin: redis.Redis) -> None:
    store.save("k", TOKEN)
    admin.hset("pandadoc:{k}:token", "expires_at", "tomorrow")
    with pytest.raises(TokenStoreError, match="'k' was not written by this store"):
        list(store.keys(expiring_before=datetime.now(UTC)))


# Eviction


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random"])
@pytest.mark.parametrize("forbidden", [[], ["-config"]])
def test_a_server_that_may_evict_tokens_is_refused_until_it_may_not(
    server: RedisServer, admin: redis.Redis, policy: str, forbidden: list[str]
) -> None:
    admin.config_set("maxmemory", "1gb")
    admin.config_set("maxmemory-policy", policy)
    admin.acl_setuser("me", enabled=True, nopass=True, keys=["*"], commands=["+@all", *forbidden])
    with RedisTokenStore(f"redis://me:x@127.0.0.1:{server.port}/0") as store:
        with pytest.raises(TokenStoreError, match=f"maxmemory-policy is {policy}. Set it to noeviction") as caught:
            store.save("k", TOKEN)
        assert caught.value.token == TOKEN
        for use in (lambda: store.load("k"), lambda: list(store.keys()), lambda: store.delete("k")):
            with pytest.raises(TokenStoreError, match="maxmemory-policy"):
                use()
        with pytest.raises(TokenStoreError, match="maxmemory-policy"):
            store.lock("k", 0).__enter__()
        admin.config_set("maxmemory-policy", "volatile-lru")
        store.save("k", TOKEN)


def test_a_server_without_a_limit_cannot_evict(store: RedisTokenStore, admin: redis.Redis) -> None:
    admin.config_set("maxmemory-policy", "allkeys-lru")
    store.save("k", TOKEN)
    assert store.load("k") == TOKEN


def test_a_server_that_does_not_tell_is_used(server: RedisServer, admin: redis.Redis) -> None:
    admin.config_set("maxmemory", "1gb")
    admin.config_set("maxmemory-policy", "allkeys-lru")
    admin.acl_setuser("me", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-config", "-info"])
    with RedisTokenStore(f"redis://me:x@127.0.0.1:{server.port}/0") as store:
        store.save("k", TOKEN)
        assert store.load("k") == TOKEN


def test_scripts_that_the_server_forgot_are_sent_again(store: RedisTokenStore, admin: redis.Redis) -> None:
    revision = store.write("k", "first", expires_at=None, expected=None)
    admin.script_flush()
    revision = store.write("k", "second", expires_at=None, expected=revision)
    admin.script_flush()
    with store.lock("k", 0):
        admin.script_flush()
    assert admin.keys("*lock") == []
    with pytest.raises(RevisionConflict):
        store.write("k", "third", expires_at=None, expected="0" * 16)
