"""Users, their memberships and workspaces, and the keys that were made for them."""

from __future__ import annotations

from ..backend import CURRENT_MEMBER, MEMBERSHIP_ID, USER_ID, WORKSPACE_ID, Backend
from ..records import Record

__all__ = ["found", "key_of", "make_api_key", "make_member", "make_token", "make_user", "make_workspace"]


def found(backend: Backend) -> None:
    """Add the workspace, the user and the member that every emulator has."""
    member = {**CURRENT_MEMBER, "id": MEMBERSHIP_ID}
    backend["workspaces"].add(
        {
            "id": WORKSPACE_ID,
            "name": member["workspace_name"],
            "date_created": member["date_created"],
            "owner": member["email"],
            "active": True,
        }
    )
    backend["users"].add(
        {
            "id": USER_ID,
            "email": member["email"],
            "first_name": member["first_name"],
            "last_name": member["last_name"],
            "phone_number": "",
            "license": member["user_license"],
            "is_organization_owner": True,
        }
    )
    backend["members"].add(member)


def make_user(backend: Backend, person: Record, license_name: str) -> Record:
    """Add a user, who is not a member of any workspace yet."""
    names = ("email", "first_name", "last_name", "phone_number")
    return backend["users"].add(
        {
            "id": backend.new_id(),
            **{name: person.get(name) or "" for name in names},
            "license": license_name,
            "is_organization_owner": False,
        }
    )


def make_member(backend: Backend, user: Record, workspace_id: str, role: str) -> Record:
    """Make a user a member of a workspace."""
    now, member_id = backend.stamp(), backend.new_id()
    return backend["members"].add(
        {
            "id": member_id,
            "user_id": user["id"],
            "membership_id": member_id,
            "email": user["email"],
            "first_name": user["first_name"],
            "last_name": user["last_name"],
            "is_active": True,
            "workspace": workspace_id,
            "workspace_name": backend["workspaces"].read(workspace_id)["name"],
            "emails_verified": True,
            "role": role,
            "user_license": user["license"],
            "date_created": now,
            "date_modified": now,
        }
    )


def make_workspace(backend: Backend, name: str) -> Record:
    """Add a workspace of the member that everybody is."""
    return backend["workspaces"].add(
        {
            "id": backend.new_id(),
            "name": name,
            "date_created": backend.stamp(),
            "owner": CURRENT_MEMBER["email"],
            "active": True,
        }
    )


def make_token(backend: Backend, lifetime: float) -> str:
    """Return a new Bearer token that the API accepts for so many seconds."""
    return _make_key(backend, {"scheme": "bearer", "sandbox": False, "expires": backend.now() + lifetime})


def make_api_key(backend: Backend, user_id: str, workspace_id: str, kind: str) -> str:
    """Return a new API key; the one before of the same kind, user and workspace ends.

    Args:
        backend: The backend.
        user_id: Whose it is.
        workspace_id: Where.
        kind: `sandbox` or `production`.
    """
    owner = {"user": user_id, "workspace": workspace_id, "scheme": "api-key", "sandbox": kind == "sandbox"}
    for key in backend["keys"]:
        if owner.items() <= key.items():
            backend["keys"].remove(key["id"])
    return _make_key(backend, {**owner, "expires": None})


def _make_key(backend: Backend, content: Record) -> str:
    key = backend.new_key()
    backend["keys"].add({"id": key, **content})
    return key


def key_of(backend: Backend, scheme: str, credential: str) -> Record | None:
    """Return the record of a credential that was made here and works now, or None."""
    key = backend["keys"].get(credential)
    if key is None or key["scheme"] != scheme:
        return None
    return key if key["expires"] is None or backend.clock.look() < key["expires"] else None
