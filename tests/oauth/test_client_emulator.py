"""The clients against the emulator, from the consent page to the refresh of a refreshed token."""

from __future__ import annotations

import httpx
import pytest

from pandadoc_client.emulator import Emulator, Fault
from pandadoc_client.exceptions import (
    AccessDeniedError,
    ApiConnectionError,
    ApiDecodeError,
    InvalidClientError,
    InvalidGrantError,
    ServiceException,
)

from .support import Blocking, MakeClient


@pytest.fixture
def emulator(pandadoc_emulator: Emulator) -> Emulator:
    return pandadoc_emulator


@pytest.fixture
def client(make: MakeClient, emulator: Emulator) -> Blocking:
    return make(
        host=emulator.url,
        client_id=emulator.client_id,
        client_secret=emulator.client_secret,
        redirect_uri="http://127.0.0.1:8400/callback",
    )


def test_from_consent_to_the_refresh_of_a_refreshed_token(client: Blocking, emulator: Emulator) -> None:
    request = client.authorization_url()
    answer = httpx.get(request.url + "&auto=approve", follow_redirects=False)
    code = client.parse_callback(answer.headers["location"], request.state)

    token = client.exchange_code(code)
    second = client.refresh(token)
    third = client.refresh(second)

    assert len({token.access_token, second.access_token, third.access_token}) == 3
    assert third.refresh_token is not None
    assert not third.is_expired()
    with pytest.raises(InvalidGrantError):
        client.refresh(token)
    assert [entry.form["grant_type"] for entry in emulator.journal.token_requests()] == [
        "authorization_code",
        *["refresh_token"] * 3,
    ]


def test_a_refusal_of_consent_is_access_denied(client: Blocking) -> None:
    request = client.authorization_url()
    answer = httpx.get(request.url + "&auto=deny", follow_redirects=False)

    with pytest.raises(AccessDeniedError):
        client.parse_callback(answer.headers["location"], request.state)


def test_a_code_works_once(client: Blocking, emulator: Emulator) -> None:
    code = emulator.issue_code()
    client.exchange_code(code)

    with pytest.raises(InvalidGrantError):
        client.exchange_code(code)


def test_a_wrong_secret_is_an_invalid_client(make: MakeClient, emulator: Emulator) -> None:
    client = make(host=emulator.url, client_id=emulator.client_id, client_secret="wrong")

    with pytest.raises(InvalidClientError) as caught:
        client.exchange_code(emulator.issue_code())

    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("bad-gateway"), ServiceException),
        (Fault("server-error"), ServiceException),
        (Fault("reset-before"), ApiConnectionError),
        (Fault("reset-after"), ApiConnectionError),
        (Fault("truncated-json"), ApiDecodeError),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_each_fault_is_one_documented_error(
    client: Blocking, emulator: Emulator, fault: Fault, kind: type[Exception]
) -> None:
    emulator.faults.add(fault)

    with pytest.raises(kind) as caught:
        client.exchange_code(emulator.issue_code())

    assert type(caught.value) is kind
