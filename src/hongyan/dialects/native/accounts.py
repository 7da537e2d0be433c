"""`/v1/accounts`: who may log in to the console. For admins: the admin token, or people on the machine of `dev`."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import Name
from hongyan.dialects.native.routes import Act, Off
from hongyan.model.actor import Role

router = APIRouter(prefix="/v1/accounts")

AccountName = Annotated[str, Path(max_length=200, description="the account's name")]
Password = Annotated[
    str, Field(max_length=1000, description="12 characters at least; absent: one is made up and told once")
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccount(_Asked):
    """An account to make."""

    name: Annotated[Name, Field(description="letters, digits and . _ @ -; upper and lower case are the same")]
    role: Annotated[Role, Field(description="viewer looks, operator acts, admin does everything")] = Role.VIEWER
    password: Password = ""


class NewPassword(_Asked):
    """Another password."""

    password: Password = ""


class NewRole(_Asked):
    """Another role."""

    role: Role


@router.get("")
async def accounts(act: Act, off: Off) -> dict[str, Any]:
    """List all accounts."""
    return {"accounts": await off.people.list(act)}


@router.post("", status_code=201)
async def add(asked: NewAccount, act: Act, off: Off) -> dict[str, Any]:
    """Make an account; the answer has `password` when none was given."""
    return await off.people.add(act, asked.name, asked.role, asked.password)


@router.get("/{name}")
async def account(name: AccountName, act: Act, off: Off) -> dict[str, Any]:
    """Tell of an account and where it is logged in."""
    found = await off.people.show(act, name)
    return {"account": found, "sessions": await off.sessions.listed(act, found["name"])}


@router.delete("/{name}")
async def remove(name: AccountName, act: Act, off: Off) -> dict[str, Any]:
    """Remove an account and end its sessions. The last enabled admin stays."""
    await off.people.remove(act, name)
    return {"name": name, "removed": True}


@router.post("/{name}/password")
async def password(name: AccountName, asked: NewPassword, act: Act, off: Off) -> dict[str, Any]:
    """Set another password and end the account's sessions; the answer has `password` when none was given."""
    return await off.people.set_password(act, name, asked.password)


@router.post("/{name}/role")
async def role(name: AccountName, asked: NewRole, act: Act, off: Off) -> dict[str, Any]:
    """Set another role; it counts from the account's next request on."""
    return await off.people.set_role(act, name, asked.role)


@router.post("/{name}/disable")
async def disable(name: AccountName, act: Act, off: Off) -> dict[str, Any]:
    """Let it log in no longer, and end its sessions."""
    return await off.people.set_enabled(act, name, enabled=False)


@router.post("/{name}/enable")
async def enable(name: AccountName, act: Act, off: Off) -> dict[str, Any]:
    """Let it log in again."""
    return await off.people.set_enabled(act, name, enabled=True)


@router.post("/{name}/log-out")
async def log_out(name: AccountName, act: Act, off: Off) -> dict[str, Any]:
    """End all its sessions."""
    found = await off.people.show(act, name)
    return {"name": found["name"], "ended": await off.sessions.end_all(act, found["name"])}
