"""The backend of one emulator: its records, its clock, and what is due. No I/O but the sink's."""

from __future__ import annotations

from collections.abc import Callable

from ..options import EmulatorOptions
from .clock import WallClock, stamp
from .identifiers import Identifiers
from .records import Record, RecordSink, Table, Tables

__all__ = ["CURRENT_MEMBER", "MEMBERSHIP_ID", "USER_ID", "WORKSPACE_ID", "Backend"]

USER_ID = "EmulatedUser0000000001"
MEMBERSHIP_ID = "EmulatedMember00000001"
WORKSPACE_ID = "EmulatedWorkspace00001"
CURRENT_MEMBER: dict[str, str | bool] = {
    "user_id": USER_ID,
    "membership_id": MEMBERSHIP_ID,
    "email": "ada.panda@example.com",
    "first_name": "Ada",
    "last_name": "Panda",
    "is_active": True,
    "workspace": WORKSPACE_ID,
    "workspace_name": "Bamboo Grove",
    "emails_verified": True,
    "role": "Admin",
    "user_license": "Full",
    "date_created": "2024-02-29T09:30:00.000000Z",
    "date_modified": "2025-06-15T16:45:12.345678Z",
}
"""The member everybody is who gets in; all made up."""

_KINDS = (
    "meta",
    "due",
    "files",
    "workspaces",
    "users",
    "members",
    "keys",
    "contacts",
    "document_folders",
    "template_folders",
    "templates",
    "library",
    "documents",
    "sessions",
    "editing_sessions",
    "exports",
    "subscriptions",
    "events",
    "outbox",
    "catalog",
    "notarizations",
)


class Backend:
    """Everything that handlers work on. All of it happens within `change`.

    Args:
        options: The settings.
        sink: Where changes are kept besides memory.
        base_url: Tells where the emulator listens, for the links in responses.
    """

    def __init__(self, options: EmulatorOptions, sink: RecordSink | None, base_url: Callable[[], str]) -> None:
        self.options = options
        self.tables = Tables(_KINDS, sink, options.spool_bytes)
        self.clock = WallClock(options.clock)
        self.base_url = base_url
        self.failures: list[str] = []
        """What the next creations of documents fail with; a message each."""
        meta = self.tables["meta"].get("identifiers")
        self._identifiers = Identifiers(options.seed, meta["made"] if meta else 0)
        self.is_new = meta is None

    # -- tables -----------------------------------------------------------------------------------------------------

    def __getitem__(self, kind: str) -> Table:
        return self.tables[kind]

    @property
    def documents(self) -> Table:
        """Documents, deleted ones too."""
        return self.tables["documents"]

    @property
    def templates(self) -> Table:
        """Templates, deleted ones too."""
        return self.tables["templates"]

    # -- time -------------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return self.clock.now()

    def stamp(self) -> str:
        """Return the time as the API writes it."""
        return stamp(self.now())

    def schedule(self, delay: float, what: str, target: str) -> None:
        """Have `scheduler.ACTIONS[what]` done to `target` in `delay` seconds."""
        self.tables["due"].add({"id": self.new_uuid(), "at": self.now() + delay, "what": what, "target": target})

    def next_due(self) -> Record | None:
        """Return what is to be done first, be it time or not."""
        return min(self.tables["due"], key=lambda due: float(due["at"]), default=None)

    # -- identifiers ------------------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """Return a new identifier of 22 letters and digits."""
        return self._made(self._identifiers.short())

    def new_uuid(self) -> str:
        """Return a new UUID."""
        return self._made(self._identifiers.uuid())

    def new_key(self) -> str:
        """Return a new key of 40 hexadecimal digits."""
        return self._made(self._identifiers.key())

    def new_reference(self) -> str:
        """Return a new reference number for a document."""
        return self._made(self._identifiers.reference())

    def _made(self, identifier: str) -> str:
        self.tables["meta"].add({"id": "identifiers", "made": self._identifiers.made})
        return identifier

    # -- who --------------------------------------------------------------------------------------------------------

    def member(self, membership_id: str) -> Record | None:
        """Return a member of any workspace by its id."""
        return self.tables["members"].get(membership_id)

    def person(self, membership_id: str) -> Record:
        """Return a member in the short form in which documents name their authors."""
        member = self.member(membership_id) or CURRENT_MEMBER
        return {
            "id": member["user_id"],
            "email": member["email"],
            "first_name": member["first_name"],
            "last_name": member["last_name"],
            "avatar": None,
        }
