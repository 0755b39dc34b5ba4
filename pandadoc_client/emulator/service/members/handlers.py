"""Users, members, workspaces, and the keys that are made for them: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import MEMBERSHIP_ID, Backend
from ..listing import of_page, page
from ..records import Record
from ..refusal import Refusal, invalid, not_found
from ..reply import EMPTY, Handlers, Reply
from . import models, serializers

__all__ = ["HANDLERS"]


def list_members(backend: Backend, request: ValidRequest) -> Reply:
    """All of them at once."""
    return Reply({"results": [serializers.member(member) for member in backend["members"]]})


def details_current_member(backend: Backend, request: ValidRequest) -> Reply:
    """Whoever asks is the same one."""
    return Reply(serializers.member(backend["members"].read(MEMBERSHIP_ID)))


def details_member(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    return Reply(serializers.member(backend["members"].read(request.path["id"])))


def create_member_token(backend: Backend, request: ValidRequest) -> Reply:
    """A Bearer token that lives as long as it says."""
    lifetime = (request.body or {}).get("lifetime", 3600)
    return Reply({"token": models.make_token(backend, lifetime)})


def create_api_key(backend: Backend, request: ValidRequest) -> Reply:
    """A key that works, in place of the one before of its kind."""
    user_id = request.body.get("user_id") or backend["members"].read(MEMBERSHIP_ID)["user_id"]
    if user_id not in backend["users"]:
        raise invalid("user_id", "There is no such user.")
    kind, workspace_id = request.body["type"], request.path["workspace_id"]
    key = models.make_api_key(backend, user_id, workspace_id, kind)
    return Reply({"user_id": user_id, "type": kind, "workspace_id": workspace_id, "key": key})


def list_users(backend: Backend, request: ValidRequest) -> Reply:
    """With their workspaces."""
    removed = request.query.get("show_removed", True)
    found = [user for user in backend["users"] if removed or serializers.memberships(backend, user)]
    shown = of_page(found, request.query.get("page", 1), request.query.get("count", 50), 50)
    return Reply({"total": len(found), "results": [serializers.user(backend, user) for user in shown]})


def details_user(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    return Reply(serializers.user(backend, backend["users"].read(request.path["user_id"])))


def create_user(backend: Backend, request: ValidRequest) -> Reply:
    """A member of each workspace that is named."""
    person, wanted = request.body["user"], request.body["workspaces"]
    if "@" not in person.get("email", ""):
        raise invalid("user.email", "A user has an e-mail address.")
    if any(user["email"] == person.get("email") for user in backend["users"]):
        raise invalid("user.email", "There is a user of this e-mail address.")
    for place, workspace in enumerate(wanted):
        if workspace.get("workspace_id") not in backend["workspaces"]:
            raise invalid(f"workspaces[{place}].workspace_id", "There is no such workspace.")
    user = models.make_user(backend, person, request.body["license"])
    members = [models.make_member(backend, user, one["workspace_id"], one.get("role", "Member")) for one in wanted]
    shown = [{"workspace_id": one["workspace"], "role": one["role"], "member_id": one["id"]} for one in members]
    return Reply({"user_id": user["id"], "workspaces": shown})


def get_workspaces_list(backend: Backend, request: ValidRequest) -> Reply:
    """Those that are active."""
    found = [workspace for workspace in backend["workspaces"] if workspace["active"]]
    shown = [
        {name: workspace[name] for name in ("id", "name", "date_created", "owner")}
        for workspace in page(found, request.query)
    ]
    return Reply({"total": len(found), "results": shown})


def create_workspace(backend: Backend, request: ValidRequest) -> Reply:
    """Whoever asks owns it."""
    workspace = models.make_workspace(backend, request.body["name"])
    owner = backend["users"].read(backend["members"].read(MEMBERSHIP_ID)["user_id"])
    models.make_member(backend, owner, workspace["id"], "Admin")
    return Reply({"id": workspace["id"], "name": workspace["name"]})


def deactivate_workspace(backend: Backend, request: ValidRequest) -> Reply:
    """It is no longer listed."""
    backend["workspaces"].edit(request.path["workspace_id"])["active"] = False
    return Reply({})


def add_member(backend: Backend, request: ValidRequest) -> Reply:
    """A user is a member of a workspace once."""
    user = backend["users"].get(request.body["user_id"])
    if user is None:
        raise not_found("user")
    workspace = request.path["workspace_id"]
    if any(member["workspace"] == workspace for member in serializers.memberships(backend, user)):
        raise invalid("user_id", "The user is a member of this workspace.")
    member = models.make_member(backend, user, workspace, request.body["role"])
    return Reply({**serializers.role(member), "first_name": member["first_name"], "last_name": member["last_name"]})


def remove_member(backend: Backend, request: ValidRequest) -> Reply:
    """But for the owner."""
    member = _in_workspace(backend, request)
    if member["email"] == backend["workspaces"].read(request.path["workspace_id"])["owner"]:
        raise Refusal(400, "The owner cannot be removed.")
    backend["members"].remove(member["id"])
    return EMPTY


def change_member_role(backend: Backend, request: ValidRequest) -> Reply:
    """One of the roles of the contract."""
    member = backend["members"].edit(_in_workspace(backend, request)["id"])
    member["role"] = request.body["role"]
    return Reply(serializers.role(member))


def list_recent_sms_opt_outs(backend: Backend, request: ValidRequest) -> Reply:
    """Nobody has."""
    return Reply({"results": []})


def _in_workspace(backend: Backend, request: ValidRequest) -> Record:
    member = backend["members"].get(request.path["member_id"])
    if member is None or member["workspace"] != request.path["workspace_id"]:
        raise not_found("member")
    return member


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
