"""The steps of the demo: what is asked, what is answered, and what it means, as data with the secrets masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import httpx
from attrs import field, frozen

from pandadoc_client import ApiClient, Configuration
from pandadoc_client._http.environment import blank_context
from pandadoc_client._http.messages import Response
from pandadoc_client.api.members_api import MembersApi
from pandadoc_client.cli.demo.chain import Chain
from pandadoc_client.cli.errors import describe
from pandadoc_client.cli.render import mask_header, mask_json, mask_query, mask_url, mask_values
from pandadoc_client.emulator import Emulator, JournalEntry
from pandadoc_client.exceptions import OpenApiException, UnauthorizedException
from pandadoc_client.oauth import OAuthClient, Token

__all__ = ["Message", "Step", "walk"]

_HEADERS_THAT_MATTER = ("accept", "authorization", "content-type", "location", "www-authenticate")


@frozen
class Message:
    """A request or a response, secrets masked.

    Attributes:
        start: Method and URL, or status and reason.
        headers: Those that matter here.
        body: The form, or compact JSON; empty for none.
    """

    start: str
    headers: dict[str, str] = field(factory=dict[str, str])
    body: str = ""


@frozen
class Step:
    """One step of the demo.

    Attributes:
        name: One word.
        title: What happens, in a sentence.
        ok: Whether it went as it should.
        result: What came of it.
        milliseconds: How long it took.
        request: What was sent; None for a step that sends nothing.
        response: What came back; None for no response.
        status: Status of the response.
    """

    name: str
    title: str
    ok: bool
    result: str
    milliseconds: float
    request: Message | None = None
    response: Message | None = None
    status: int | None = None


class _Unexpected(Exception):
    """A step went otherwise than it should; the message says how."""


def walk(emulator: Emulator) -> Iterator[Step]:
    """Take the steps one by one against *emulator*, and stop after one that fails."""
    with _Walk(emulator) as taken:
        for name, title, action in (
            ("authorize", "A person opens the consent page and approves", taken.authorize),
            ("callback", "The browser comes back: check the state, take the code", taken.callback),
            ("exchange", "Exchange the code for a token", taken.exchange),
            ("call", "Call the API with the access token", taken.call),
            ("refresh", "Refresh the token", taken.refresh),
            ("call again", "Call the API with the new access token", taken.call),
            ("old token", "Call the API with the old access token, which the refresh has ended", taken.call_with_old),
            ("subscribe", "Ask for webhooks", lambda: taken.go_on(Chain.subscribe)),
            ("send", "Create a document, wait for its draft, send it", lambda: taken.go_on(Chain.send)),
            ("sign", "The recipient signs, as a person does on the emulator's page", lambda: taken.go_on(Chain.sign)),
            ("webhook", "Take the webhook that tells of it, and verify it", lambda: taken.go_on(Chain.hear)),
            ("download", "Download the signed document", lambda: taken.go_on(Chain.download)),
        ):
            step = taken.take(name, title, action)
            yield step
            if not step.ok:
                return


class _Walk:
    """The state between the steps. Requests are shown as the server saw them, answers as the client got them."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._response: tuple[int, str, list[tuple[str, str]], bytes] | None = None
        # Loopback needs neither a proxy nor certificates; the hook only looks at what passes.
        self._http = httpx.Client(trust_env=False, verify=blank_context(), event_hooks={"response": [self._look]})
        self._oauth = OAuthClient(
            emulator.client_id,
            emulator.client_secret,
            emulator.redirect_uri,
            host=emulator.url,
            http_client=self._http,
        )
        self._authorization = self._oauth.authorization_url()
        self._secrets = {emulator.client_secret, self._authorization.state}
        self._callback_url = ""
        self._code = ""
        self._tokens: list[Token] = []
        self._chain: Chain | None = None

    def __enter__(self) -> _Walk:
        return self

    def __exit__(self, *_: object) -> None:
        if self._chain is not None:
            self._chain.close()
        self._oauth.close()
        self._http.close()

    def take(self, name: str, title: str, action: Callable[[], str]) -> Step:
        """Take one step, and return what is to be shown of it."""
        journal = self._emulator.journal
        seen, self._response = len(journal), None
        started = perf_counter()
        try:
            result, ok = action(), True
        except _Unexpected as error:
            result, ok = str(error), False
        except (OpenApiException, httpx.HTTPError) as error:
            result, ok = describe(error), False
        milliseconds = (perf_counter() - started) * 1000
        entries = journal.entries[seen:]
        status, response = self._shown_response()
        request = self._shown_request(entries[-1]) if entries else None
        return Step(name, title, ok, self._masked(result), milliseconds, request, response, status)

    # -- the steps -----------------------------------------------------------------------------------------------------

    def authorize(self) -> str:
        response = self._http.get(f"{self._authorization.url}&auto=approve")
        location = response.headers.get("location", "")
        if response.status_code != 302 or not location:
            raise _Unexpected("the consent page sent nobody back")
        self._callback_url = location
        return "approved; sent back with a code"

    def callback(self) -> str:
        self._code = self._oauth.parse_callback(self._callback_url, self._authorization.state)
        self._secrets.add(self._code)
        return "the state is ours; got a code"

    def exchange(self) -> str:
        return self._keep(self._oauth.exchange_code(self._code))

    def refresh(self) -> str:
        return self._keep(self._oauth.refresh(self._tokens[-1]))

    def call(self) -> str:
        return self._member(self._tokens[-1])

    def call_with_old(self) -> str:
        try:
            self._member(self._tokens[0])
        except UnauthorizedException:
            return "refused, as it should be"
        raise _Unexpected("the old access token still works after the refresh")

    def go_on(self, step: Callable[[Chain], str]) -> str:
        """Take a step of the second half."""
        if self._chain is None:
            self._chain = Chain(self._emulator, self._tokens[-1].access_token)
        client = self._chain.pandadoc.api_client
        client.last_response = None
        try:
            return step(self._chain)
        finally:
            self._secrets |= self._chain.secrets
            self._note(client)

    def _keep(self, token: Token) -> str:
        if token.refresh_token is None:
            raise _Unexpected("the response has no refresh token")
        self._secrets |= {token.access_token, token.refresh_token}
        self._tokens.append(token)
        expiry = "unknown expiry" if token.expires_at is None else f"until {token.expires_at:%Y-%m-%d}"
        return f"token {len(self._tokens)}: {token.scope}, {expiry}"

    def _member(self, token: Token) -> str:
        configuration = Configuration(host=self._emulator.url, access_token=token.access_token)
        with ApiClient(configuration) as api_client:
            try:
                member = MembersApi(api_client).details_current_member()
            finally:
                self._note(api_client)
        return f"hello, {member.first_name} {member.last_name}"

    def _note(self, client: ApiClient) -> None:
        last = client.last_response
        if last is not None:
            data = last.data if isinstance(last, Response) else b""  # a file that was streamed is not kept
            self._response = (last.status, last.reason, [(name, last.headers[name]) for name in last.headers], data)

    # -- what is shown of them -----------------------------------------------------------------------------------------

    def _look(self, response: httpx.Response) -> None:
        response.read()
        self._response = (
            response.status_code,
            response.reason_phrase,
            list(response.headers.items()),
            response.content,
        )

    def _shown_request(self, entry: JournalEntry) -> Message:
        query = f"?{entry.query}" if entry.query else ""
        url = mask_url(f"{self._emulator.url}{entry.path}{query}")
        body = mask_query(entry.body.decode("ascii", "replace"))
        return self._message(f"{entry.method} {url}", entry.headers, body)

    def _shown_response(self) -> tuple[int | None, Message | None]:
        if self._response is None:
            return None, None
        status, reason, headers, data = self._response
        try:
            body = json.dumps(mask_json(json.loads(data))) if data else ""
        except ValueError:
            body = f"({len(data)} bytes)"
        return status, self._message(f"{status} {reason}".strip(), headers, body)

    def _message(self, start: str, headers: Any, body: str) -> Message:
        shown = {
            name.title(): self._masked(mask_header(name, value))
            for name, value in headers
            if name.lower() in _HEADERS_THAT_MATTER
        }
        return Message(self._masked(start), shown, self._masked(body))

    def _masked(self, text: str) -> str:
        # What the names of fields and headers did not give away, the values do.
        return mask_values(text, self._secrets)
