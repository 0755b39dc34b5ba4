"""A token is for the API that gave it: another one never sees it, and cannot end its grant."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest

from pandadoc_client import ApiClient, Configuration, PandaDoc
from pandadoc_client.api.members_api import MembersApi
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiValueError, ReauthorizationRequired
from pandadoc_client.oauth import (
    FileTokenStore,
    MemoryTokenStore,
    OAuth2Auth,
    OAuthClient,
    Token,
    TokenManager,
    refresh_due,
)

from .support import ending, is_live, issue, open_client, refreshes


@pytest.fixture
def other() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def given_by(emulator: Emulator, seconds_left: float) -> Token:
    """Return a token that came over the wire, and that ends in *seconds_left* as far as the client knows."""
    with open_client(emulator) as client:
        return ending(client.refresh(issue(emulator)), seconds_left)


def test_a_client_says_which_host_gave_a_token(emulator: Emulator, client: OAuthClient) -> None:
    token = client.refresh(issue(emulator))
    assert token.host == emulator.url
    assert Token.from_dict(token.to_dict()).host == emulator.url
    assert repr(token.host) not in repr(Token("a"))
    assert token == dataclasses.replace(token, host=None)


@pytest.mark.parametrize("seconds_left", [3600, -1], ids=["valid", "ended"])
def test_another_host_never_sees_a_stored_token_and_does_not_end_its_grant(
    emulator: Emulator, client: OAuthClient, other: Emulator, store: MemoryTokenStore, seconds_left: int
) -> None:
    token = given_by(emulator, seconds_left)
    store.save("default", token)
    with open_client(other) as elsewhere:
        manager = TokenManager(elsewhere, store)
        for ask in (manager.token, manager.refresh, lambda: PandaDoc(manager).members.details_current_member()):
            with pytest.raises(ReauthorizationRequired) as caught:
                ask()
            assert f"for {emulator.url}, and this client for {other.url}" in str(caught.value)
    assert not other.journal.entries
    assert store.load("default") == token
    found = TokenManager(client, store).token()
    assert is_live(emulator, found)
    assert refreshes(emulator) == (1 if seconds_left > 0 else 2)


def test_a_configuration_with_a_manager_is_for_the_host_of_its_tokens(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    manager = TokenManager(client, store)
    manager.save(client.refresh(issue(emulator)))
    for configuration in (
        Configuration(auth=manager),
        Configuration(access_token=manager),
        Configuration(auth=OAuth2Auth(manager)),
    ):
        with ApiClient(configuration) as api_client:
            assert MembersApi(api_client).details_current_member().email
    assert Configuration(auth=manager, region="eu").host == "https://api.pandadoc.eu"
    assert Configuration(auth=manager, host="https://gateway.example").host == "https://gateway.example"
    assert Configuration(auth=manager, server_index=0).host == Configuration().host


def test_a_refresh_by_hand_is_refused_before_it_is_sent(emulator: Emulator, other: Emulator) -> None:
    token = given_by(emulator, -1)
    with open_client(other) as elsewhere, pytest.raises(ApiValueError, match=r"^The token is for .*, and this client"):
        elsewhere.refresh(token)
    assert not other.journal.entries
    assert is_live(emulator, token)


def test_many_accounts_are_renewed_by_their_own_host_alone(
    emulator: Emulator, other: Emulator, store: MemoryTokenStore
) -> None:
    for key, owner in (("mine", emulator), ("theirs", other)):
        store.save(key, given_by(owner, -1))
    before = refreshes(other)
    with open_client(emulator) as client:
        report = asyncio.run(refresh_due(client, store, within=timedelta(hours=1)))
    assert report.refreshed == 1
    assert {key: type(error) for key, error in report.failed.items()} == {"theirs": ReauthorizationRequired}
    assert refreshes(other) == before


def test_a_token_of_another_host_is_not_saved(
    emulator: Emulator, other: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    token = given_by(other, 3600)
    with pytest.raises(ApiValueError, match=r"^The token is for .*, and this manager for "):
        TokenManager(client, store).save(token)
    assert store.load("default") is None


def test_a_token_whose_host_nobody_knows_is_taken_and_the_next_is_bound(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    store.save("default", dataclasses.replace(given_by(emulator, -1), host=None))
    assert TokenManager(client, store).token().host == emulator.url


def test_a_host_is_compared_as_a_url(emulator: Emulator) -> None:
    token = Token("a", host="https://API.pandadoc.com/")
    assert token.is_for("https://api.pandadoc.com")
    assert not token.is_for("https://api.pandadoc.eu")
    assert Token("a").is_for("https://api.pandadoc.eu")


def test_a_store_of_before_is_read(tmp_path: object, emulator: Emulator, client: OAuthClient) -> None:
    store = FileTokenStore(f"{tmp_path}/tokens.json")
    store.save("default", given_by(emulator, 3600))
    path = store.path
    text = (
        path.read_text()
        .replace(emulator.url, "@")
        .replace('\\"host\\":\\"@\\"', '\\"was\\":1')
        .replace('"host":"@"', '"was":1')
    )
    path.write_text(text)
    assert "@" not in text
    loaded = FileTokenStore(path).load("default")
    assert loaded is not None
    assert loaded.host is None
    assert TokenManager(client, FileTokenStore(path)).token() == loaded
