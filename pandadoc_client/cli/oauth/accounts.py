"""What the commands for stored tokens share: the store, the manager, who somebody is, how an account stands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pandadoc_client._conflict import MEND, find_conflict
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.inputs import Connection
from pandadoc_client.cli.options import DEFAULT_KEY
from pandadoc_client.cli.profiles.selection import selected
from pandadoc_client.cli.render import moment_in_words

# The stores and the API are imported when they are used: the other commands start without them.
if TYPE_CHECKING:
    from pandadoc_client.client import PandaDoc
    from pandadoc_client.oauth.manager import TokenManager
    from pandadoc_client.oauth.stores import TokenStore
    from pandadoc_client.oauth.stores.entry import Entry

__all__ = [
    "Member",
    "State",
    "account",
    "account_document",
    "account_lines",
    "check_host",
    "current_member",
    "given_document",
    "given_lines",
    "member_name",
    "open_manager",
    "open_store",
    "state_of",
    "store_setting",
    "stored",
]

Member = dict[str, str]
"""What is shown of a person, by field; what the server left out is left out here."""

_MEMBER_FIELDS = ("email", "first_name", "last_name", "workspace", "workspace_name", "role")


class State(StrEnum):
    """How an account stands."""

    VALID = "valid"
    EXPIRED = "expired"
    """Over, or about to be; the next use refreshes it."""
    NEEDS_CONSENT = "needs consent"
    """Over for good: a person has to log in again."""
    UNREADABLE = "unreadable"


def account(key: str | None) -> str:
    """Return the account that ``--key`` names, else that of the profile, else the usual one."""
    if key is not None:
        return key
    profile = selected()
    return DEFAULT_KEY if profile is None else profile.account


@contextmanager
def open_store(url: str | None) -> Iterator[TokenStore]:
    """Open the store at *url*, or the one of the environment, or the default one.

    Raises:
        CommandError: The URL stands for no store, or a library that it needs is missing.
    """
    from pandadoc_client.exceptions import ApiValueError
    from pandadoc_client.oauth.stores import token_store

    try:
        store = token_store(url)
    except ImportError as error:
        raise CommandError(f"the store cannot be used: {error}", EXIT_FAILURE) from None
    except ApiValueError as error:
        profile = selected()
        option = "PANDADOC_TOKEN_STORE" if url is None else "--store"
        if url is None and profile is not None and profile.store == os.environ.get(option):
            option = f"store of the profile {profile.name!r}"
        text = re.sub(r"^(url_or_client: a URL|url|PANDADOC_TOKEN_STORE) ", "the URL ", str(error))
        raise CommandError(f"{option}: {text}") from None
    with store:
        yield store


def store_setting(url: str | None, store: TokenStore) -> str | None:
    """Return the URL by which a later command, in whatever folder, finds *store*; None if a password is in it.

    Args:
        url: The URL that was given; None for that of the environment, or the default store.
        store: What was opened for it.
    """
    given = url or os.environ.get("PANDADOC_TOKEN_STORE") or "file:"
    if given.startswith(("file:", "sqlite:")):
        return store.to_url()
    parts = urlsplit(given)
    return None if parts.password is not None or "password" in parse_qs(parts.query) else given


@contextmanager
def open_manager(connection: Connection, store: TokenStore, key: str) -> Iterator[TokenManager]:
    """Yield the manager of one account."""
    from pandadoc_client.oauth.manager import TokenManager

    with connection.open(connection.secret()) as client:
        yield TokenManager(client, store, key)


def stored(store: TokenStore, key: str) -> Entry:
    """Return what is known of an account.

    Raises:
        CommandError: Nothing.
    """
    entry, _ = store.read_entry(key)
    if entry is None:
        place = store.to_url()
        raise CommandError(f"no token is stored under the key {key!r} in {place}; run: pandadoc login", EXIT_FAILURE)
    return entry


def check_host(entry: Entry, key: str, host: str | None, region: str | None) -> None:
    """Refuse to take a token to another API than the one that gave it.

    Raises:
        CommandError: The options, or the environment, name another.
    """
    from pandadoc_client.oauth._settings import find_host

    wanted, _ = find_host(host, region)
    if not entry.token.is_for(wanted):
        raise CommandError(
            f"the token under the key {key!r} is for {entry.token.host}, and this command for {wanted};"
            f" give --host {entry.token.host}, or run: pandadoc login",
            EXIT_FAILURE,
        )


def state_of(entry: Entry) -> State:
    """Return how an account stands, by what the store knows and the clock."""
    if entry.refused is not None:
        return State.NEEDS_CONSENT
    if not entry.token.is_expired():
        return State.VALID
    return State.NEEDS_CONSENT if entry.token.refresh_token is None else State.EXPIRED


def current_member(client: PandaDoc) -> Member:
    """Ask the API who the credential of *client* belongs to.

    Raises:
        ApiException: It does not say.
    """
    found = client.members.details_current_member().to_dict()
    texts = {name: _printable(found.get(name)) for name in _MEMBER_FIELDS}
    return {name: text for name, text in texts.items() if text}


def member_name(member: Member) -> str:
    """Return a person as text: ``Ada Panda <ada@example.com> in Bamboo Grove``."""
    name = " ".join(member[part] for part in ("first_name", "last_name") if part in member)
    email = member.get("email", "")
    who = f"{name} <{email}>" if name and email else name or email or "somebody without a name"
    workspace = member.get("workspace_name") or member.get("workspace")
    return f"{who} in {workspace}" if workspace else who


def account_document(store: TokenStore, key: str, entry: Entry, member: Member | None, host: str) -> dict[str, Any]:
    """Return one account as JSON, without secrets."""
    token = entry.token
    return {
        **_where(host),
        "credential": "oauth",
        "key": key,
        "store": store.to_url(),
        "state": state_of(entry).value,
        "expires_at": None if token.expires_at is None else token.expires_at.isoformat(),
        "scope": token.scope,
        "member": member,
    }


def account_lines(store: TokenStore, key: str, entry: Entry, member: Member | None, host: str) -> list[str]:
    """Return one account as lines to read, without secrets."""
    return _lines(
        {
            "account": _who(member),
            "token": state_of(entry).value if entry.refused is None else f"{state_of(entry).value}: {entry.refused}",
            "expires": moment_in_words(entry.token.expires_at),
            "scope": entry.token.scope or "(unknown)",
            "key": key,
            "store": store.to_url(),
            **_where(host),
        }
    )


def given_document(credential: str, source: str, member: Member | None, host: str) -> dict[str, Any]:
    """Return an API key, or an access token that nothing refreshes, as JSON, without the secret.

    Args:
        credential: ``api-key`` or ``access-token``.
        source: Where it comes from.
        member: Whose it is; None if that was not asked.
        host: URL of the API.
    """
    return {**_where(host), "credential": credential, "source": source, "member": member}


def given_lines(credential: str, source: str, member: Member | None, host: str) -> list[str]:
    """Return what `given_document` returns as lines to read."""
    return _lines({"account": _who(member), credential.replace("-", " "): f"from {source}", **_where(host)})


def _where(host: str) -> dict[str, Any]:
    profile = selected()
    return {"host": host, "profile": None if profile is None else profile.name}


def _who(member: Member | None) -> str:
    return "(not asked)" if member is None else member_name(member)


def _lines(shown: dict[str, str | None]) -> list[str]:
    conflict = find_conflict()
    if conflict is not None:
        shown["warning"] = f"{MEND} (found: {conflict})"
    known = {name: text for name, text in shown.items() if text is not None}
    width = max(9, *(len(name) + 2 for name in known))
    return [f"{name + ':':{width}}{text}" for name, text in known.items()]


def _printable(value: object) -> str:
    """Return text of the server without what could steer a terminal; empty for what is no text."""
    return "".join(c if c.isprintable() else " " for c in value).strip() if isinstance(value, str) else ""
