"""What the commands for stored tokens share: the store, the manager, who somebody is, how an account stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pandadoc_client._conflict import MEND, find_conflict
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.inputs import Connection
from pandadoc_client.cli.render import moment_in_words

# The stores and the API are imported when they are used: the other commands start without them.
if TYPE_CHECKING:
    from pandadoc_client import Configuration
    from pandadoc_client.oauth.manager import TokenManager
    from pandadoc_client.oauth.stores import TokenStore
    from pandadoc_client.oauth.stores.entry import Entry

__all__ = [
    "Member",
    "State",
    "account_document",
    "account_lines",
    "current_member",
    "member_name",
    "open_manager",
    "open_store",
    "state_of",
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


@contextmanager
def open_store(url: str | None) -> Iterator[TokenStore]:
    """Open the store at *url*, or the one of the environment, or the default one.

    Raises:
        CommandError: A library that it needs is missing.
        ApiValueError: The URL stands for no store.
    """
    from pandadoc_client.oauth.stores import token_store

    try:
        store = token_store(url)
    except ImportError as error:
        raise CommandError(f"the store cannot be used: {error}", EXIT_FAILURE) from None
    with store:
        yield store


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
        raise CommandError(f"no token is stored under the key {key!r} in {store!r}; run: pandadoc login", EXIT_FAILURE)
    return entry


def state_of(entry: Entry) -> State:
    """Return how an account stands, by what the store knows and the clock."""
    if entry.refused is not None:
        return State.NEEDS_CONSENT
    if not entry.token.is_expired():
        return State.VALID
    return State.NEEDS_CONSENT if entry.token.refresh_token is None else State.EXPIRED


def current_member(configuration: Configuration) -> Member:
    """Ask the API who the credential in *configuration* belongs to.

    Raises:
        ApiException: It does not say.
    """
    from pandadoc_client import ApiClient
    from pandadoc_client.api.members_api import MembersApi

    with ApiClient(configuration) as api_client:
        found = MembersApi(api_client).details_current_member().to_dict()
    texts = {name: _printable(found.get(name)) for name in _MEMBER_FIELDS}
    return {name: text for name, text in texts.items() if text}


def member_name(member: Member) -> str:
    """Return a person as text: ``Ada Panda <ada@example.com> in Bamboo Grove``."""
    name = " ".join(member[part] for part in ("first_name", "last_name") if part in member)
    email = member.get("email", "")
    who = f"{name} <{email}>" if name and email else name or email or "somebody without a name"
    workspace = member.get("workspace_name") or member.get("workspace")
    return f"{who} in {workspace}" if workspace else who


def account_document(store: TokenStore, key: str, entry: Entry, member: Member | None) -> dict[str, Any]:
    """Return one account as JSON, without secrets."""
    token = entry.token
    return {
        "key": key,
        "store": repr(store),
        "state": state_of(entry).value,
        "expires_at": None if token.expires_at is None else token.expires_at.isoformat(),
        "scope": token.scope,
        "member": member,
    }


def account_lines(store: TokenStore, key: str, entry: Entry, member: Member | None) -> list[str]:
    """Return one account as lines to read, without secrets."""
    shown = {
        "account": "(not asked)" if member is None else member_name(member),
        "token": state_of(entry).value if entry.refused is None else f"{state_of(entry).value}: {entry.refused}",
        "expires": moment_in_words(entry.token.expires_at),
        "scope": entry.token.scope or "(unknown)",
        "key": key,
        "store": repr(store),
    }
    conflict = find_conflict()
    if conflict is not None:
        shown["warning"] = f"{MEND} (found: {conflict})"
    return [f"{name + ':':9}{text}" for name, text in shown.items()]


def _printable(value: object) -> str:
    """Return text of the server without what could steer a terminal; empty for what is no text."""
    return "".join(c if c.isprintable() else " " for c in value).strip() if isinstance(value, str) else ""
