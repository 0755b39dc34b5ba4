"""What the request handlers of one emulator share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from starlette.requests import Request

from .faults import FaultScript
from .hosts import host_problem, is_loopback_authority
from .journal import Journal
from .options import ClientRegistration, EmulatorMode, EmulatorOptions
from .recording import Masking, Recorder, Replay
from .responses import ResponseScript
from .service.core import Service
from .service.limits import Limiter
from .state import EmulatorState

__all__ = ["Context"]


@dataclass(slots=True)
class Context:
    """The parts of one emulator, and where it listens.

    Attributes:
        options: The settings it was made with, and templates imported since.
        state: Codes, grants and tokens.
        faults: What shall go wrong.
        answers: What shall be answered.
        journal: What was asked.
        limiter: Counts the requests of the last minute.
        service: The API with a memory; None where answers are examples.
        masking: How requests and responses are recorded and compared.
        recorder: What is recorded; None for nothing.
        replay: What is played back; None for nothing.
        host: Host to reach it by, without brackets; known once it is bound.
        port: Its TCP port; 0 until it is bound.
        loopback: Whether only this machine can reach it.
        begin_anew: Resets the running emulator but for the connection of one client; set by whoever runs it.
    """

    options: EmulatorOptions
    state: EmulatorState = field(init=False)
    faults: FaultScript = field(init=False)
    responses: ResponseScript = field(init=False)
    journal: Journal = field(init=False)
    limiter: Limiter = field(init=False)
    service: Service | None = field(init=False)
    masking: Masking = field(init=False)
    recorder: Recorder | None = field(init=False)
    replay: Replay | None = field(init=False)
    host: str = "127.0.0.1"
    port: int = 0
    loopback: bool = True
    begin_anew: Callable[[tuple[str, int] | None], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.state = EmulatorState(self.options)
        self.faults = FaultScript(self.options.faults)
        self.responses = ResponseScript()
        self.journal = Journal(self.options.journal_entries, self.options.journal_bytes)
        self.limiter = Limiter(self.options.rate_limits, self.options.clock)
        remembers = self.options.mode is EmulatorMode.STATE
        keys = (*self.options.api_keys, *self.options.sandbox_api_keys)
        secrets = {*keys, *(client.client_secret for client in self.options.clients)}
        self.masking = Masking(secrets, lambda: self.url)
        self.recorder = Recorder(self.options.record, self.masking) if self.options.record else None
        self.replay = Replay(self.options.replay, self.masking) if self.options.replay else None
        self.service = Service(self.options, lambda: self.url) if remembers else None

    def reset(self) -> None:
        """Begin anew: forget what was asked, issued, scripted and created. Options and address stay.

        Raises:
            StateFileError: the state file cannot be used.
            RecordFileError: the recording cannot be written.
        """
        if self.service is not None:
            self.service.reset()
        self.state.reset()
        self.limiter.reset()
        self.faults.replace(self.options.faults)
        self.responses.clear()
        self.journal.reset()
        if self.recorder is not None:
            self.recorder.restart()
        if self.replay is not None:
            self.replay.rewind()

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def redirect_uri(self, client: ClientRegistration) -> str:
        """The client's redirect URI; for one without, the emulator's own callback page, which shows the code."""
        # 127.0.0.1 even where the emulator is reached by another name: only a loopback URI is accepted unregistered.
        own = self.url if self.loopback else f"http://127.0.0.1:{self.port}"
        return client.redirect_uri or f"{own}/callback"

    def announced_redirect_uri(self, client: ClientRegistration) -> str:
        """The redirect URI in the settings to paste: the client's own, or one on loopback without a port.

        A program that listens for the callback, such as `pandadoc login`, takes a free port then (RFC 8252 §7.3). The
        emulator's own page would be no use to it: its port is taken.
        """
        return client.redirect_uri or "http://127.0.0.1/callback"

    def host_problem(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return why a request with these headers is refused for its `Host`; None if it is not."""
        values = [value.decode("latin-1") for name, value in headers if name == b"host"]
        return host_problem(values, {self.host.lower(), *self.options.allowed_hosts}, loopback=self.loopback)

    def trusts(self, request: Request) -> bool:
        """Tell whether a request may see and change the insides: it must come from, and be meant for, this machine.

        The `Host` check stops DNS rebinding: a web page whose name was pointed at 127.0.0.1 still sends its own name.
        The `Origin` check stops a form of such a page that is sent straight to 127.0.0.1.
        """
        hosts = request.headers.getlist("host")
        origins = request.headers.getlist("origin")
        return self.loopback and len(hosts) == 1 and all(map(is_loopback_authority, hosts + origins))
