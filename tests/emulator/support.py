"""What the tests of the emulator share: a caller over real HTTP, a clock to turn, raw sockets."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx

from pandadoc_client.emulator import Emulator

FORM_TYPE = "application/x-www-form-urlencoded"
MEMBER_PATH = "/public/v1/members/current"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Caller:
    """A client of one emulator that can be as wrong as it likes."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.http = httpx.Client(base_url=emulator.url, timeout=10, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def form(self, **fields: str | None) -> dict[str, str]:
        """The credentials and `fields`; None leaves a field out."""
        merged = {"client_id": self.emulator.client_id, "client_secret": self.emulator.client_secret, **fields}
        return {name: value for name, value in merged.items() if value is not None}

    def post(self, body: bytes, content_type: str | None = FORM_TYPE, query: str = "") -> httpx.Response:
        headers = {} if content_type is None else {"Content-Type": content_type}
        return self.http.post(f"/oauth2/access_token{query}", content=body, headers=headers)

    def token(self, **fields: str | None) -> httpx.Response:
        return self.post(urlencode(self.form(**fields)).encode())

    def exchange(self, code: str | None = None, **fields: str | None) -> httpx.Response:
        code = self.emulator.issue_code() if code is None else code
        return self.token(**{"grant_type": "authorization_code", "code": code, "scope": "read+write", **fields})

    def refresh(self, refresh_token: str, **fields: str | None) -> httpx.Response:
        return self.token(
            **{"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": "read+write", **fields}
        )

    def refresh_at_once(self, refresh_token: str, callers: int) -> list[httpx.Response]:
        """Send the same refresh from many threads, each on a connection of its own."""
        with ThreadPoolExecutor(callers) as pool:
            return list(pool.map(self._refresh_alone, [refresh_token] * callers))

    def _refresh_alone(self, refresh_token: str) -> httpx.Response:
        other = Caller(self.emulator)
        try:
            return other.refresh(refresh_token)
        finally:
            other.close()

    def member(self, access_token: str) -> httpx.Response:
        return self.http.get(MEMBER_PATH, headers={"Authorization": f"Bearer {access_token}"})

    def works(self, access_token: str) -> bool:
        """Tell whether the API lets this token in."""
        return self.member(access_token).status_code == 200


def pair(response: httpx.Response) -> tuple[str, str]:
    """The access and the refresh token of a response that must be a success."""
    assert response.status_code == 200, response.text
    body = response.json()
    return body["access_token"], body["refresh_token"]


def error(response: httpx.Response) -> str:
    """The RFC 6749 code of a response that must be a refusal."""
    assert response.status_code == 400, response.text
    body: dict[str, str] = response.json()
    assert set(body) <= {"error", "error_description"}
    return body["error"]


def raw(emulator: Emulator, request: bytes) -> bytes:
    """Send bytes as they are and return all that comes back; the request should say `Connection: close`."""
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))
