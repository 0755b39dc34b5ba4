"""Users, members, workspaces, and the keys that are made for them: records to the JSON of the contract."""

from __future__ import annotations

from ..backend import Backend
from ..records import Record

__all__ = ["member", "memberships", "role", "user"]


def role(member: Record) -> Record:
    return {
        "member_id": member["id"],
        "workspace_id": member["workspace"],
        "role": member["role"],
        "email": member["email"],
    }


def member(member: Record) -> Record:
    return {name: value for name, value in member.items() if name != "id"}


def memberships(backend: Backend, user: Record) -> list[Record]:
    return [member for member in backend["members"] if member["user_id"] == user["id"]]


def user(backend: Backend, user: Record) -> Record:
    names = ("email", "first_name", "last_name", "phone_number", "license", "is_organization_owner")
    workspaces = [
        {"role": member["role"], "workspace_id": member["workspace"], "membership_id": member["id"]}
        for member in memberships(backend, user)
    ]
    return {"user_id": user["id"], **{name: user[name] for name in names}, "workspaces": workspaces}
