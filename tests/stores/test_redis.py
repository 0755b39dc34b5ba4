"""`RedisTokenStore` against a real Redis: what the contract suite, which runs over every store, does not ask."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
import redis.asyncio
from freezegun import freeze_time
from redis.cluster import RedisCluster

from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth.stores.base import LockTimeout, RevisionConflict
from pandadoc_client.oauth.stores.redis import RedisTokenStore
from pandadoc_client.oauth.token import Token

from ..servers.redis import RedisServer, running_redis

ODD_KEYS = ["a{b}c", "{}", "}{", "{", "}", "a%7Bb", "%", "a*?[x]\\y", "ключ", "🐼", "a:b", "a b", "A", "a"]


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
        yield client


@pytest.fixture
def store(redis_server: RedisServer, client: redis.Redis) -> Iterator[RedisTokenStore]:
    with RedisTokenStore(redis_server.url) as store:
        yield store


def write(store: RedisTokenStore, key: str = "k", text: str = "text", expected: str | None = None) -> str:
    return store.write(key, text, expires_at=None, expected=expected)


def document(store: RedisTokenStore, key: str = "k") -> str:
    record = store.read(key)
    assert record is not None
    return record.document


@contextmanager
def child(program: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """Run *program*, in which ``store`` is a store with a lease of 2 s, in a process of its own."""
    beginning = (
        "import sys\n"
        "from pandadoc_client.oauth.stores.base import RevisionConflict\n"
        "from pandadoc_client.oauth.stores.redis import RedisTokenStore\n"
        "store = RedisTokenStore(sys.argv[1], lease=2)\n"
    )
    command = [sys.executable, "-c", beginning + program, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


# Names


def test_a_hash_holds_key_document_revision_and_end(store: RedisTokenStore, client: redis.Redis) -> None:
    end = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    revision = store.write("acme", "text", expires_at=end, expected=None)
    assert client.hgetall("pandadoc:{acme}:token") == {
        b"key": b"acme",
        b"document": b"text",
        b"revision": revision.encode(),
        b"expires_at": b"2030-01-02T03:04:05+00:00",
    }
    assert client.ttl("pandadoc:{acme}:token") == -1


def test_stores_with_other_prefixes_do_not_meet(redis_server: RedisServer, client: redis.Redis) -> None:
    # Each of these prefixes, taken for a pattern, fits the name of another.
    stores = [RedisTokenStore(redis_server.url, prefix=prefix) for prefix in ("a", "?", "*", "[a]", "a\\", "a:b")]
    for number, store in enumerate(stores):
        write(store, f"key {number}")
    assert [list(store.keys()) for store in stores] == [[f"key {number}"] for number in range(len(stores))]
    for store in stores:
        store.close()


def test_keys_are_listed_over_many_scans_and_batches(store: RedisTokenStore, client: redis.Redis) -> None:
    now = datetime.now(UTC)
    names = [f"account {number:04}" for number in range(1200)]
    for number, key in enumerate(names):
        store.write(key, "x", expires_at=now + timedelta(hours=number) if number % 2 else None, expected=None)
    for number in range(1200):
        client.set(f"something else {number}", "x")
    client.set("pandadoc:{half", "x")
    assert list(store.keys()) == names
    assert list(store.keys(after=names[700], limit=3)) == names[701:704]
    assert list(store.keys(expiring_before=now + timedelta(hours=1100))) == names[1:1100:2]
    assert list(store.keys(expiring_before=now + timedelta(hours=1100), after=names[1093])) == names[1095:1100:2]
    assert list(store.keys(expiring_before=now + timedelta(hours=1100), limit=2)) == names[1:5:2]


# Cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[RedisCluster]:
    """A Cluster of one server."""
    with running_redis(cluster_enabled="yes") as server:
        with redis.Redis.from_url(server.url) as node:
            node.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
            deadline = time.monotonic() + 30
            while "cluster_state:ok" not in str(node.execute_command("CLUSTER", "INFO")):
                assert time.monotonic() < deadline
                time.sleep(0.05)  # it takes a server two seconds to trust itself
        with RedisCluster(host="127.0.0.1", port=server.port) as client:
            yield client


def names_in(cluster: RedisCluster) -> list[str]:
    return sorted(name.decode() if isinstance(name, bytes) else name for name in cluster.keys("*"))


@pytest.mark.parametrize("key", ODD_KEYS)
def test_all_names_of_a_key_are_in_one_slot(cluster: RedisCluster, key: str) -> None:
    cluster.flushall()
    store = RedisTokenStore(cluster)
    with store.lock(key, 1):
        write(store, key)
        names = names_in(cluster)
    assert [name.rpartition(":")[2] for name in names] == ["lock", "token"]
    assert len({cluster.cluster_keyslot(name) for name in names}) == 1


def test_keys_are_spread_over_the_slots(cluster: RedisCluster) -> None:
    cluster.flushall()
    store = RedisTokenStore(cluster)
    for number in range(20):
        write(store, f"{{same}}{number}")
    assert len({cluster.cluster_keyslot(name) for name in names_in(cluster)}) > 10


def test_a_cluster_keeps_lists_and_forgets_tokens(cluster: RedisCluster) -> None:
    cluster.flushall()
    with RedisTokenStore(cluster) as store:
        soon = datetime.now(UTC)
        for key in ODD_KEYS:
            store.write(key, f"of {key}", expires_at=soon, expected=None)
        assert [document(store, key) for key in ODD_KEYS] == [f"of {key}" for key in ODD_KEYS]
        assert list(store.keys()) == list(store.keys(expiring_before=soon + timedelta(1))) == sorted(ODD_KEYS)
        with pytest.raises(RevisionConflict):
            write(store, ODD_KEYS[0])
        assert all(store.delete(key) for key in ODD_KEYS)
        assert list(store.keys()) == []
    assert cluster.ping()  # a given client is not closed


def test_a_cluster_that_may_evict_is_refused(cluster: RedisCluster) -> None:
    cluster.config_set("maxmemory-policy", "allkeys-lru")
    cluster.config_set("maxmemory", "1gb")
    try:
        with pytest.raises(TokenStoreError, match="maxmemory-policy is allkeys-lru"):
            RedisTokenStore(cluster).read("k")
    finally:
        cluster.config_set("maxmemory", "0")
        cluster.config_set("maxmemory-policy", "noeviction")


# Lock


def test_a_lock_is_renewed_while_it_is_held(redis_server: RedisServer, client: redis.Redis) -> None:
    with RedisTokenStore(redis_server.url, lease=3) as store, store.lock("k", 0):
        for _ in range(2):
            left = client.pttl("pandadoc:{k}:lock")
            while (now := client.pttl("pandadoc:{k}:lock")) <= left:
                assert now > 0, "the lease ran out"
                left = now
                time.sleep(0.02)
        with pytest.raises(LockTimeout):
            store.lock("k", 0).__enter__()
    assert client.keys("*") == []


def test_a_wait_for_a_lock_ends_while_a_test_has_stopped_the_clock(
    redis_server: RedisServer, store: RedisTokenStore, client: redis.Redis
) -> None:
    store._acquire_script([store._name("k", "lock")], [b"somebody else", 60_000])
    rescue = threading.Timer(20, client.flushall)  # so that a wait that never ends does not keep the run
    rescue.start()
    try:
        with freeze_time("2026-01-01"), pytest.raises(LockTimeout), store.lock("k", 0.2):
            pass
    finally:
        rescue.cancel()


def test_an_error_within_a_lock_gets_out_and_gives_the_lock_back(store: RedisTokenStore) -> None:
    with pytest.raises(ZeroDivisionError), store.lock("k", 0):
        raise ZeroDivisionError
    with store.lock("k", 0):
        pass


def test_a_timeout_of_zero_tries_once(store: RedisTokenStore) -> None:
    with store.lock("k", 0), pytest.raises(LockTimeout):  # it is not released before that
        store.lock("k", 0).__enter__()


def test_a_killed_holder_loses_the_lock_when_its_lease_ends(redis_server: RedisServer, store: RedisTokenStore) -> None:
    program = "with store.lock('k', 0):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    with child(program, redis_server.url) as process:
        assert line(process) == "held"
        with pytest.raises(LockTimeout):
            store.lock("k", 0).__enter__()
        process.kill()
        with store.lock("k", 30):
            pass


def test_a_holder_that_slept_past_its_lease_cannot_overwrite(redis_server: RedisServer, store: RedisTokenStore) -> None:
    first = write(store, text="first")
    program = (
        "with store.lock('k', 0):\n"
        "    revision = store.read('k').revision\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    try:\n"
        "        store.write('k', 'late', expires_at=None, expected=revision)\n"
        "    except RevisionConflict:\n"
        "        print('refused', flush=True)\n"
        "print('left', flush=True)\n"
    )
    with child(program, redis_server.url) as process:
        assert line(process) == "held"
        os.kill(process.pid, signal.SIGSTOP)
        with store.lock("k", 30):
            write(store, text="second", expected=first)
            os.kill(process.pid, signal.SIGCONT)
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
            assert [line(process), line(process)] == ["refused", "left"]
            with pytest.raises(LockTimeout):  # leaving its lock did not free ours
                store.lock("k", 0).__enter__()
        assert document(store) == "second"


def test_a_lost_lock_is_logged_and_not_taken_back(
    redis_server: RedisServer, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    lost = threading.Event()
    handler = logging.Handler()
    handler.emit = lambda record: lost.set()  # type: ignore[method-assign]
    logger = logging.getLogger("pandadoc_client.oauth.stores.redis")
    logger.addHandler(handler)
    try:
        with RedisTokenStore(redis_server.url, lease=0.1) as store, store.lock("k", 0):
            client.set("pandadoc:{k}:lock", "somebody else")
            assert lost.wait(10)
        assert client.get("pandadoc:{k}:lock") == b"somebody else"
    finally:
        logger.removeHandler(handler)
    assert "The lock of the key 'k' was lost" in caplog.text


def test_processes_take_turns(redis_server: RedisServer, store: RedisTokenStore) -> None:
    write(store, text="0")
    program = (
        "for _ in range(25):\n"
        "    with store.lock('k', 60):\n"
        "        record = store.read('k')\n"
        "        store.write('k', str(int(record.document) + 1), expires_at=None, expected=record.revision)\n"
        "print('done', flush=True)\n"
    )
    with ExitStack() as stack:
        children = [stack.enter_context(child(program, redis_server.url)) for _ in range(4)]
        assert [line(process) for process in children] == ["done"] * 4
    assert document(store) == "100"


def test_a_forked_child_and_its_parent_do_not_mix_up_answers(redis_server: RedisServer, store: RedisTokenStore) -> None:
    # Forks in a process of its own: this one has threads.
    program = (
        "import os\n"
        "store.write('before', 'before', expires_at=None, expected=None)\n"
        "pid = os.fork()\n"
        "who = 'parent' if pid else 'child'\n"
        "revision = None\n"
        "for number in range(300):\n"
        "    with store.lock(who, 1):\n"
        "        revision = store.write(who, f'{who} {number}', expires_at=None, expected=revision)\n"
        "        assert store.read(who).document == f'{who} {number}'\n"
        "        assert store.read('before').document == 'before'\n"
        "if pid:\n"
        "    assert os.waitpid(pid, 0)[1] == 0\n"
        "    print('done', flush=True)\n"
    )
    with child(program, redis_server.url) as process:
        assert line(process) == "done"
    assert [document(store, "parent"), document(store, "child")] == ["parent 299", "child 299"]


# Clients and URLs


@pytest.mark.parametrize("options", [{}, {"decode_responses": True}, {"encoding": "latin-1"}, {"protocol": 3}])
def test_a_given_client_is_used_and_not_closed(
    redis_server: RedisServer, client: redis.Redis, options: dict[str, Any]
) -> None:
    with redis.Redis.from_url(redis_server.url, **options) as given:
        with RedisTokenStore(given) as store:
            token = Token("access", "refresh", expires_at=datetime.now(UTC))
            for key in ("default", "é"):
                store.save(key, token)
                assert store.load(key) == token
            if not options.get("decode_responses"):
                assert list(store.keys(expiring_before=datetime.now(UTC))) == ["default", "é"]
        connections = given.connection_pool._available_connections
        assert connections
        assert connections[0]._sock is not None


def test_a_unix_socket_is_used(redis_server: RedisServer, client: redis.Redis) -> None:
    with RedisTokenStore(redis_server.unix_url) as store:
        write(store)
        assert repr(store) == f"<RedisTokenStore on {redis_server.unix_url}, prefix 'pandadoc'>"
    assert client.exists("pandadoc:{k}:token")


def test_a_url_names_user_password_database_and_settings(redis_server: RedisServer, client: redis.Redis) -> None:
    client.acl_setuser("me", enabled=True, passwords=["+p/#@:%w"], keys=["*"], commands=["+@all"])
    base = f"redis://me:p%2F%23%40%3A%25w@127.0.0.1:{redis_server.port}"
    with RedisTokenStore(f"{base}/3?socket_timeout=3&client_name=tester") as store:
        write(store)
        assert repr(store) == f"<RedisTokenStore on redis://127.0.0.1:{redis_server.port}/3, prefix 'pandadoc'>"
        users = {(entry["user"], entry["db"], entry["name"]) for entry in client.client_list()}
        assert ("me", "3", "tester") in users
    client.acl_deluser("me")
