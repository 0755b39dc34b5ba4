"""How often a refresh waits for the database: each round trip costs the distance to it."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import make_url

from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import OAuthClient, SQLTokenStore, TokenManager

from ..servers.postgresql import PostgreSQL

MOST_A_REFRESH = 10


class CountingProxy(threading.Thread):
    """Passes bytes between clients and a server on this machine.

    Attributes:
        port: Where it listens.
        round_trips: How often a client spoke after the server had.
    """

    def __init__(self, target: int) -> None:
        super().__init__(daemon=True)
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.round_trips = 0
        self._count = threading.Lock()

    def run(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:  # closed
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        others, spoke_last = {client: server, server: client}, server
        with selectors.DefaultSelector() as selector, closing(client), closing(server):
            for one in others:
                selector.register(one, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    source = client if key.fileobj is client else server
                    try:
                        data = source.recv(65536)
                        others[source].sendall(data)
                    except OSError:
                        return
                    if not data:
                        return
                    if source is client and spoke_last is server:
                        with self._count:
                            self.round_trips += 1
                    spoke_last = source

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def proxy(postgresql: PostgreSQL) -> Iterator[CountingProxy]:
    port = make_url(postgresql.url).port
    assert port is not None
    with closing(CountingProxy(port)) as running:
        running.start()
        yield running


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_a_refresh_takes_ten_round_trips_at_most(
    postgresql: PostgreSQL, proxy: CountingProxy, pandadoc_emulator: Emulator, driver: str
) -> None:
    url = make_url(postgresql.new_database()).set(port=proxy.port, drivername=f"postgresql+{driver}")
    client = OAuthClient(pandadoc_emulator.client_id, pandadoc_emulator.client_secret, host=pandadoc_emulator.url)
    with client, SQLTokenStore(url.render_as_string(hide_password=False)) as store:
        manager = TokenManager(client, store, "round-trips")
        manager.save(client.exchange_code(pandadoc_emulator.issue_code()))
        counts = []
        for _ in range(4):  # the first ones open connections and prepare statements
            before = proxy.round_trips
            manager.refresh(force=True)
            counts.append(proxy.round_trips - before)
    print(f"{driver}: {counts} round trips")
    assert 0 < counts[-1] <= MOST_A_REFRESH
