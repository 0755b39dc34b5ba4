"""What the commands of ``pandadoc documents`` share: their options, and what the API wants of them."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from pandadoc_client.cli.errors import CommandError
from pandadoc_client.cli.values import PLACE, complete_place, json_at, pairs

__all__ = [
    "NUMBERED_STATUSES",
    "STATUSES",
    "Body",
    "DocumentId",
    "Fields",
    "Folder",
    "Metadata",
    "Name",
    "Recipients",
    "Tags",
    "Tokens",
    "Wait",
    "Within",
    "complete_status",
    "draft_of",
    "recipient_of",
    "status_name",
    "status_number",
]

STATUSES = (
    *("draft", "sent", "completed", "uploaded", "error", "viewed", "waiting_approval", "approved", "rejected"),
    *("waiting_pay", "paid", "voided", "declined", "external_review", "scheduled"),
)
"""What a document can be, each at the place that is its number in the filters of a list."""
NUMBERED_STATUSES = ", ".join(f"{status} ({number})" for number, status in enumerate(STATUSES))
"""All statuses, for help: ``draft (0), sent (1), ...``."""

_ADDRESS = r"[^\s<>:,;]+@[^\s<>:,;]+"
_RECIPIENT = re.compile(
    rf"\s*(?:(?P<name>[^<>]*)<\s*(?P<named>{_ADDRESS})\s*>|(?P<plain>{_ADDRESS}))\s*(?::(?P<role>.*))?"
)


Body = Annotated[
    str | None,
    typer.Option("--body", metavar="JSON", help=f"The request itself: JSON, {PLACE}.", autocompletion=complete_place),
]
Name = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Name of the document.")]
Folder = Annotated[str | None, typer.Option("--folder", metavar="ID", help="Id of the folder that it goes into.")]
Recipients = Annotated[
    list[str] | None,
    typer.Option(
        "--recipient",
        metavar="'NAME <EMAIL>:ROLE'",
        help="Who gets it; name and role may be left out. May be repeated.",
    ),
]
Tokens = Annotated[
    list[str] | None, typer.Option("--token", metavar="NAME=VALUE", help="Fills a variable. May be repeated.")
]
Fields = Annotated[
    list[str] | None, typer.Option("--field", metavar="NAME=VALUE", help="Fills a field. May be repeated.")
]
Metadata = Annotated[
    list[str] | None, typer.Option("--metadata", metavar="NAME=VALUE", help="Data of yours. May be repeated.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TEXT", help="A tag. May be repeated.")]
DocumentId = Annotated[str, typer.Argument(metavar="ID", help="Id of the document.", show_default=False)]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is a draft, which takes some seconds.")]
Within = Annotated[float, typer.Option("--within", metavar="SECONDS", min=0, help="How long to wait at the most.")]


def complete_status(incomplete: str) -> list[str]:
    """Return the statuses that begin like this."""
    return [status for status in STATUSES if status.startswith(incomplete)]


def status_number(option: str, status: str) -> int:
    """Return the number of a status: of ``draft``, ``document.draft``, or the number itself.

    Args:
        option: The option, for messages.
        status: The status.

    Raises:
        CommandError: There is no such status.
    """
    if status.isascii() and status.isdigit():
        return int(status)
    return STATUSES.index(status_name(option, status).removeprefix("document."))


def status_name(option: str, status: str) -> str:
    """Return a status as the API writes it: ``document.draft``.

    Raises:
        CommandError: There is no such status.
    """
    name = status.strip().lower().replace("-", "_").removeprefix("document.")
    if name not in STATUSES:
        raise CommandError(f"{option} must be one of {', '.join(STATUSES)}, and not {status!r}")
    return f"document.{name}"


def recipient_of(text: str) -> dict[str, str]:
    """Return a recipient: ``ada@example.com``, ``Ada Panda <ada@example.com>``, either with ``:Role`` behind it.

    The last word of a name is the last name.

    Raises:
        CommandError: It is none.
    """
    match = _RECIPIENT.fullmatch(text)
    role = match["role"].strip() if match is not None and match["role"] is not None else None
    if match is None or role == "":
        raise CommandError(f"--recipient takes 'Ada Panda <ada@example.com>:Role' or less of it, and not {text!r}")
    recipient = {"email": match["named"] or match["plain"]}
    names = (match["name"] or "").strip().strip('"').split()
    if names:
        recipient["first_name"] = " ".join(names[:-1]) or names[-1]
        if len(names) > 1:
            recipient["last_name"] = names[-1]
    if role is not None:
        recipient["role"] = role
    return recipient


def draft_of(
    body: Body = None,
    name: Name = None,
    template: str | None = None,
    recipient: Recipients = None,
    token: Tokens = None,
    field: Fields = None,
    metadata: Metadata = None,
    tag: Tags = None,
    folder: Folder = None,
) -> dict[str, Any]:
    """Return the request that creates a document: *body*, and what the other options say on top of it.

    Raises:
        CommandError: An option has a value that cannot be right; the message names it.
    """
    draft = {} if body is None else json_at("--body", body)
    if not isinstance(draft, dict):
        raise CommandError("--body must be a JSON object")
    given: dict[str, Any] = {
        "name": name,
        "template_uuid": template,
        "recipients": [recipient_of(text) for text in recipient or ()],
        "tokens": [{"name": key, "value": value} for key, value in pairs("--token", token).items()],
        "fields": {key: {"value": value} for key, value in pairs("--field", field).items()},
        "metadata": pairs("--metadata", metadata),
        "tags": list(tag or ()),
        "folder_uuid": folder,
    }
    return {**draft, **{key: value for key, value in given.items() if value}}
