"""The emulator as a running server: `Emulator` in a thread, `serve` in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Generator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import FrameType, TracebackType
from typing import Any, Self

import uvicorn

from .app import create_app
from .context import Context
from .faults import FaultScript
from .journal import TOKEN_PATH, Journal
from .middleware import EmulatorMiddleware, ServerConnections, tracked_protocol
from .oauth import token_body
from .options import ClientRegistration, EmulatorOptions
from .recording import Replay
from .responses import ResponseScript
from .service.core import Service
from .service.dispatcher import WebhookDispatcher
from .state import DEFAULT_SCOPE, EmulatorState, TokenPair

__all__ = ["Emulator", "serve"]

_JOIN_SECONDS = 10.0
_BACKLOG = 256


class Emulator:
    """A PandaDoc on loopback, in a thread of its own.

    Use it as a context manager, or call `start` and `stop`. Several may run at once; one may be started again, with
    its tokens and journal as they were.

    Args:
        options: The settings; defaults when None.
        host: Name or address to listen on.
        port: TCP port; 0 takes a free one.
        **overrides: Fields of `EmulatorOptions` that replace those of `options`.

    Raises:
        TypeError: an unknown override.
        ValueError: a bad option, or a file to replay that is no recording.
        OSError: the state file cannot be used (`StateFileError`), or the recording be read (`RecordFileError`).
    """

    def __init__(
        self, options: EmulatorOptions | None = None, *, port: int = 0, host: str = "127.0.0.1", **overrides: Any
    ) -> None:
        self._context = Context(dataclasses.replace(options or EmulatorOptions(), **overrides))
        self._bind_to = (host, port)
        self._running: _Running | None = None

    # -- life -------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Bind, and serve from a new thread. Connections are accepted from the moment this returns.

        Raises:
            OSError: the address is in use or not of this machine, or the state file is, or the recording cannot be
                written (`RecordFileError`); nothing was started.
            ValueError: the host is reachable from elsewhere and `allow_remote` is off.
            RuntimeError: it runs already.
        """
        if self._running is not None:
            raise RuntimeError("the emulator is running")
        host, port = self._bind_to
        host = host.strip("[]")
        listener, bound = _listen(host, port, allow_remote=self.options.allow_remote)
        # A wildcard is no address to send anybody to.
        wildcard = "::1" if bound.version == 6 else "127.0.0.1"
        self._context.host = next(iter(self.options.allowed_hosts), wildcard) if bound.is_unspecified else host
        self._context.port = listener.getsockname()[1]
        self._context.loopback = bound.is_loopback
        try:
            if self._context.recorder is not None:
                self._context.recorder.open()
            if self._context.service is not None:
                self._context.service.open()
            self._running = _Running(self._context, listener)
        except OSError:
            listener.close()
            self._let_go()
            raise
        return self

    def stop(self) -> None:
        """Close every connection, whatever is in flight, and wait for the thread to end. Does nothing if stopped."""
        running, self._running = self._running, None
        if running is not None:
            try:
                running.stop()
            finally:
                self._let_go()
                if self._context.service is not None:
                    self._context.service.close()

    def _let_go(self) -> None:
        if self._context.recorder is not None:
            self._context.recorder.close()

    def reset(self) -> None:
        """Begin anew, as an emulator that was just made with the same options; the address stays.

        Tokens, documents, the journal, faults and scripted responses are forgotten, in the state file too. Connections
        are closed, requests that are being processed get no response, and webhook deliveries under way are broken off.
        Call it between tests that share an emulator.

        Raises:
            OSError: the state file cannot be used (`StateFileError`).
        """
        if self._running is None:
            self._context.reset()
        else:
            self._running.reset()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def run_forever(self, on_ready: Callable[[Self], object] | None = None) -> None:
        """Serve until Ctrl-C or SIGTERM, then stop and return. To be called on the main thread.

        Args:
            on_ready: Called with the emulator once it listens.

        Raises:
            OSError: as `start`; `on_ready` has not been called then.
        """
        with _stop_signals() as stop, self:
            if on_ready is not None:
                on_ready(self)
            # Without a timeout a wait on Windows cannot be interrupted by Ctrl-C.
            while not stop.wait(None if os.name == "posix" else 0.5):
                pass

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._running is not None

    # -- where and who ----------------------------------------------------------------------------------------------

    @property
    def options(self) -> EmulatorOptions:
        """The settings."""
        return self._context.options

    @property
    def url(self) -> str:
        """The base URL, such as `http://127.0.0.1:49152`, without a slash at the end."""
        self._require_port()
        return self._context.url

    @property
    def port(self) -> int:
        """The TCP port."""
        self._require_port()
        return self._context.port

    @property
    def authorize_url(self) -> str:
        """The authorization endpoint."""
        return f"{self.url}/oauth2/authorize"

    @property
    def token_url(self) -> str:
        """The token endpoint."""
        return f"{self.url}{TOKEN_PATH}"

    @property
    def client(self) -> ClientRegistration:
        """The first registered client; the next three properties are about it."""
        return self.options.clients[0]

    @property
    def client_id(self) -> str:
        """Its ID."""
        return self.client.client_id

    @property
    def client_secret(self) -> str:
        """Its secret."""
        return self.client.client_secret

    @property
    def redirect_uri(self) -> str:
        """Its redirect URI, or the emulator's own page that shows the code."""
        self._require_port()
        return self._context.redirect_uri(self.client)

    @property
    def announced_redirect_uri(self) -> str:
        """The redirect URI to paste: the client's own, or one on loopback without a port, for programs that listen."""
        return self._context.announced_redirect_uri(self.client)

    @property
    def api_key(self) -> str:
        """The first API key; empty if there is none."""
        return next(iter(self.options.api_keys), "")

    @property
    def sandbox_api_key(self) -> str:
        """The first API key of the sandbox; empty if there is none."""
        return next(iter(self.options.sandbox_api_keys), "")

    def _require_port(self) -> None:
        if not self._context.port:
            raise RuntimeError("the emulator has no address before it was started")

    # -- what happened, what shall happen ---------------------------------------------------------------------------

    @property
    def journal(self) -> Journal:
        """Every request seen."""
        return self._context.journal

    @property
    def faults(self) -> FaultScript:
        """What shall go wrong."""
        return self._context.faults

    @property
    def responses(self) -> ResponseScript:
        """What shall be answered."""
        return self._context.responses

    @property
    def replay(self) -> Replay:
        """What is played back, and what of it is left.

        Raises:
            RuntimeError: there is no recording to replay.
        """
        if self._context.replay is None:
            raise RuntimeError("the emulator replays nothing; give it replay=PATH")
        return self._context.replay

    @property
    def answers(self) -> ResponseScript:
        """The former name of `responses`; deprecated."""
        warnings.warn("Emulator.answers is deprecated: use Emulator.responses", DeprecationWarning, stacklevel=2)
        return self.responses

    @property
    def state(self) -> EmulatorState:
        """Codes, grants and tokens."""
        return self._context.state

    @property
    def service(self) -> Service:
        """Documents and all else that the API remembers, and what a test may do to them.

        Raises:
            RuntimeError: the emulator is in the mode `examples`, and remembers nothing.
        """
        if self._context.service is None:
            raise RuntimeError("the emulator answers from examples; give it mode='state'")
        return self._context.service

    def import_template(self, details: Mapping[str, Any]) -> str:
        """Add a template of yours by its details as the API returns them, and return its id.

        It is one of the `options` from then on, so that `reset` keeps it.

        Args:
            details: The response to `detailsTemplate` or `detailsDocument`; `pandadoc templates export` writes these.

        Raises:
            ValueError: these are no details; the message names the field.
            RuntimeError: the emulator is in the mode `examples`, and remembers nothing.
        """
        template_id = self.service.import_template(details)
        self._context.options = self.service.options
        return template_id

    def issue_code(self, scope: str = DEFAULT_SCOPE, *, client_id: str | None = None) -> str:
        """Return an authorization code as if a person had approved; for the first client unless told otherwise."""
        return self.state.issue_code(client_id or self.client_id, scope)

    def issue_token(self, scope: str = DEFAULT_SCOPE, *, client_id: str | None = None) -> dict[str, str | int]:
        """Return the body of a token response for a new grant, as if its code had been exchanged."""
        owner = client_id or self.client_id
        pair = self.state.exchange_code(owner, self.state.issue_code(owner, scope))
        return token_body(pair, self.state.expires_in(pair))

    def live_pairs(self) -> list[TokenPair]:
        """Return the pairs whose refresh token can still be spent, oldest first."""
        return self.state.live_pairs()

    def live_pair(self) -> TokenPair:
        """Return the one live pair.

        Raises:
            LookupError: there is none, or more than one.
        """
        pairs = self.live_pairs()
        if len(pairs) != 1:
            raise LookupError(f"there are {len(pairs)} live pairs, not one")
        return pairs[0]

    def expire_access_tokens(self) -> int:
        """Make every access token expire now; returns how many were alive."""
        return self.state.expire_access_tokens()

    def revoke_all(self) -> int:
        """Revoke every grant; returns how many were alive."""
        return self.state.revoke_all()

    def __repr__(self) -> str:
        if not hasattr(self, "_context"):  # the options were refused
            return f"<{type(self).__name__}, not initialized>"
        return f"<Emulator {self._context.url if self._running else 'stopped'} rotation={self.options.rotation.value}>"


def serve(
    options: EmulatorOptions | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    on_ready: Callable[[Emulator], object] | None = None,
) -> None:
    """Run an emulator in the foreground until Ctrl-C or SIGTERM. See `Emulator` and `Emulator.run_forever`."""
    Emulator(options, host=host, port=port).run_forever(on_ready)


class _Running:
    """One start of a server: its thread, and the way to end it."""

    def __init__(self, context: Context, listener: socket.socket) -> None:
        self._context = context
        self._dispatcher: WebhookDispatcher | None = None
        self._listener = listener
        self._connections = ServerConnections()
        self._gate = EmulatorMiddleware(create_app(context), context, self._connections)
        context.begin_anew = self._begin_anew
        self._started = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name=f"pandadoc-emulator-{context.port}", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._error is not None:
            raise self._error

    def reset(self) -> None:
        assert self._loop is not None, "the thread has started"
        asyncio.run_coroutine_threadsafe(self._begin_anew(), self._loop).result()

    async def _begin_anew(self, but: tuple[str, int] | None = None) -> None:
        """Do what `Emulator.reset` says, and leave the connection of the client *but* open."""
        self._gate.drop(but)
        if self._dispatcher is not None:
            await self._dispatcher.abandon()
        self._context.reset()

    def stop(self) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended by itself
                self._loop.call_soon_threadsafe(self._gate.stop)
        self._thread.join(_JOIN_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError(f"the emulator did not stop within {_JOIN_SECONDS:g} seconds")
        if self._error is not None:  # it broke down while it ran; better late than never
            raise self._error

    def _run(self) -> None:
        try:
            # A selector loop on Windows too: resets need its way of closing a socket.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                self._loop = runner.get_loop()
                runner.run(self._serve())
        except BaseException as error:
            self._error = error
        finally:
            self._listener.close()
            self._started.set()

    async def _serve(self) -> None:
        config = uvicorn.Config(
            self._gate,
            http=tracked_protocol(self._connections, self._context.options.head_timeout),
            h11_max_incomplete_event_size=self._context.options.head_bytes,
            ws="none",
            lifespan="off",
            workers=1,  # else WEB_CONCURRENCY decides
            log_config=None,  # logging belongs to the program the emulator runs in
            proxy_headers=False,  # X-Forwarded-For would hide the connection a fault has to reset
            date_header=False,  # uvicorn's clock ticks by polling; `wire` writes the date
            timeout_keep_alive=60,
        )
        server = _Server(config, self._gate, self._connections, self._started)
        service, options = self._context.service, self._context.options
        if service is None:
            await server.serve(sockets=[self._listener])
            return
        dispatcher = self._dispatcher = WebhookDispatcher(
            service, options.webhook_timeout, allow_remote=options.allow_remote
        )
        service.on_change = dispatcher.wake
        work = asyncio.create_task(dispatcher.run())
        try:
            await server.serve(sockets=[self._listener])
        finally:
            dispatcher.stop()
            await work


class _Server(uvicorn.Server):
    """uvicorn's server, waiting for an event where the original polls, and ending at once where it waits."""

    def __init__(
        self, config: uvicorn.Config, gate: EmulatorMiddleware, connections: ServerConnections, started: threading.Event
    ) -> None:
        super().__init__(config)
        self._gate = gate
        self._connections = connections
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)  # prepares the default headers
        await self._gate.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        # First the connections, so that every request in flight finds its client gone and ends by itself.
        await self._connections.close()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks)


def _listen(host: str, port: int, *, allow_remote: bool) -> tuple[socket.socket, IPv4Address | IPv6Address]:
    """Return a listening socket, and the address it is bound to."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # IPv4 first: of the two meanings of "localhost" it is the one every client tries.
    family, kind, protocol, _, address = min(found, key=lambda item: item[0] != socket.AF_INET)
    bound = ip_address(str(address[0]))
    if not bound.is_loopback:
        if not allow_remote:
            raise ValueError(
                f"{host or 'the wildcard address'} is reachable from elsewhere; set allow_remote to mean it"
            )
        warnings.warn("the emulator can be reached from other machines", RuntimeWarning, stacklevel=4)
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":  # where SO_REUSEADDR would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{error.strerror}: {host}:{port}") from None
    return listener, bound


@contextlib.contextmanager
def _stop_signals() -> Generator[threading.Event, None, None]:
    """Turn SIGINT and SIGTERM into an event for as long as the block runs."""
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
