"""Members, users, workspaces, and the keys they get."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from .. import staff
from ..listing import of_page, page
from ..records import Record
from ..refusal import Refusal, invalid, not_found
from ..reply import EMPTY, Handlers, Reply
from ..world import MEMBERSHIP_ID, World

__all__ = ["HANDLERS"]


def list_members(world: World, call: ValidRequest) -> Reply:
    """All of them at once."""
    return Reply({"results": [_member(member) for member in world["members"]]})


def details_current_member(world: World, call: ValidRequest) -> Reply:
    """Whoever asks is the same one."""
    return Reply(_member(world["members"].read(MEMBERSHIP_ID)))


def details_member(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    return Reply(_member(world["members"].read(call.path["id"])))


def create_member_token(world: World, call: ValidRequest) -> Reply:
    """A Bearer token that lives as long as it says."""
    lifetime = (call.body or {}).get("lifetime", 3600)
    token = staff.make_key(world, "bearer", sandbox=False, lifetime=lifetime)
    return Reply({"token": token})


def create_api_key(world: World, call: ValidRequest) -> Reply:
    """A key that works; one of the sandbox has the limits of the sandbox."""
    user_id = call.body.get("user_id") or world["members"].read(MEMBERSHIP_ID)["user_id"]
    if user_id not in world["users"]:
        raise invalid("user_id", "There is no such user.")
    kind = call.body["type"]
    key = staff.make_key(world, "api-key", sandbox=kind == "sandbox")
    return Reply({"user_id": user_id, "type": kind, "workspace_id": call.path["workspace_id"], "key": key})


def list_users(world: World, call: ValidRequest) -> Reply:
    """With their workspaces."""
    removed = call.query.get("show_removed", True)
    found = [user for user in world["users"] if removed or _memberships(world, user)]
    shown = of_page(found, call.query.get("page", 1), call.query.get("count", 50), 50)
    return Reply({"total": len(found), "results": [_user(world, user) for user in shown]})


def details_user(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    return Reply(_user(world, world["users"].read(call.path["user_id"])))


def create_user(world: World, call: ValidRequest) -> Reply:
    """A member of each workspace that is named."""
    person, wanted = call.body["user"], call.body["workspaces"]
    if "@" not in person.get("email", ""):
        raise invalid("user.email", "A user has an e-mail address.")
    if any(user["email"] == person.get("email") for user in world["users"]):
        raise invalid("user.email", "There is a user of this e-mail address.")
    for place, workspace in enumerate(wanted):
        if workspace.get("workspace_id") not in world["workspaces"]:
            raise invalid(f"workspaces[{place}].workspace_id", "There is no such workspace.")
    user = staff.make_user(world, person, call.body["license"])
    members = [staff.make_member(world, user, one["workspace_id"], one.get("role", "Member")) for one in wanted]
    shown = [{"workspace_id": one["workspace"], "role": one["role"], "member_id": one["id"]} for one in members]
    return Reply({"user_id": user["id"], "workspaces": shown})


def get_workspaces_list(world: World, call: ValidRequest) -> Reply:
    """Those that are active."""
    found = [workspace for workspace in world["workspaces"] if workspace["active"]]
    shown = [
        {name: workspace[name] for name in ("id", "name", "date_created", "owner")}
        for workspace in page(found, call.query)
    ]
    return Reply({"total": len(found), "results": shown})


def create_workspace(world: World, call: ValidRequest) -> Reply:
    """Whoever asks owns it."""
    workspace = staff.make_workspace(world, call.body["name"])
    owner = world["users"].read(world["members"].read(MEMBERSHIP_ID)["user_id"])
    staff.make_member(world, owner, workspace["id"], "Admin")
    return Reply({"id": workspace["id"], "name": workspace["name"]})


def deactivate_workspace(world: World, call: ValidRequest) -> Reply:
    """It is no longer listed."""
    world["workspaces"].edit(call.path["workspace_id"])["active"] = False
    return Reply({})


def add_member(world: World, call: ValidRequest) -> Reply:
    """A user is a member of a workspace once."""
    user = world["users"].get(call.body["user_id"])
    if user is None:
        raise not_found("user")
    workspace = call.path["workspace_id"]
    if any(member["workspace"] == workspace for member in _memberships(world, user)):
        raise invalid("user_id", "The user is a member of this workspace.")
    member = staff.make_member(world, user, workspace, call.body["role"])
    return Reply({**_role(member), "first_name": member["first_name"], "last_name": member["last_name"]})


def remove_member(world: World, call: ValidRequest) -> Reply:
    """But for the owner."""
    member = _in_workspace(world, call)
    if member["email"] == world["workspaces"].read(call.path["workspace_id"])["owner"]:
        raise Refusal(400, "The owner cannot be removed.")
    world["members"].remove(member["id"])
    return EMPTY


def change_member_role(world: World, call: ValidRequest) -> Reply:
    """One of the roles of the contract."""
    member = world["members"].edit(_in_workspace(world, call)["id"])
    member["role"] = call.body["role"]
    return Reply(_role(member))


def list_recent_sms_opt_outs(world: World, call: ValidRequest) -> Reply:
    """Nobody has."""
    return Reply({"results": []})


def _in_workspace(world: World, call: ValidRequest) -> Record:
    member = world["members"].get(call.path["member_id"])
    if member is None or member["workspace"] != call.path["workspace_id"]:
        raise not_found("member")
    return member


def _role(member: Record) -> Record:
    return {
        "member_id": member["id"],
        "workspace_id": member["workspace"],
        "role": member["role"],
        "email": member["email"],
    }


def _member(member: Record) -> Record:
    return {name: value for name, value in member.items() if name != "id"}


def _memberships(world: World, user: Record) -> list[Record]:
    return [member for member in world["members"] if member["user_id"] == user["id"]]


def _user(world: World, user: Record) -> Record:
    names = ("email", "first_name", "last_name", "phone_number", "license", "is_organization_owner")
    workspaces = [
        {"role": member["role"], "workspace_id": member["workspace"], "membership_id": member["id"]}
        for member in _memberships(world, user)
    ]
    return {"user_id": user["id"], **{name: user[name] for name in names}, "workspaces": workspaces}


HANDLERS: Handlers = {
    "listMembers": list_members,
    "detailsCurrentMember": details_current_member,
    "detailsMember": details_member,
    "createMemberToken": create_member_token,
    "createApiKey": create_api_key,
    "listUsers": list_users,
    "detailsUser": details_user,
    "createUser": create_user,
    "getWorkspacesList": get_workspaces_list,
    "createWorkspace": create_workspace,
    "deactivateWorkspace": deactivate_workspace,
    "addMember": add_member,
    "removeMember": remove_member,
    "changeMemberRole": change_member_role,
    "listRecentSmsOptOuts": list_recent_sms_opt_outs,
}
"""Handlers by `operationId`."""
