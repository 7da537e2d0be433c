"""`/v1/projects`: projects and their keys. To change them is for admins; a project's own key sees its own."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import Name
from hongyan.dialects.native.routes import Act, Off
from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.model.world import Mode
from hongyan.operate.keys import DIALECTS, GRACE_H, MOST_GRACE_H

router = APIRouter(prefix="/v1/projects")

Dialect = Literal["alibaba", "comms", "nxcloud", "yundashi", "native", "smpp"]
ProjectName = Annotated[str, Path(max_length=200, description="the project's name")]
DialectName = Annotated[Dialect, Path(description="whose API the key is for")]
KeyName = Annotated[str, Path(max_length=200, description="the key's id; - for the one without")]
Range = Annotated[str, Field(max_length=50)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProjectFields(_Asked):
    """What can be set on a project; each as in the world file."""

    enabled: bool | None = None
    mode: Annotated[Mode | None, Field(description="how far its messages may go")] = None
    allow_numbers: Annotated[
        list[Name] | None, Field(description="numbers that messages may go to in mode allow-list; a trailing * is any")
    ] = None
    currency: Name | None = None
    paid_in: Name | None = None
    credit_line: Name | None = None
    limits: list[Name | dict[str, Any]] | None = None
    unlimited: list[Name] | None = None
    callbacks: dict[str, Name] | None = None
    reply_callbacks: dict[str, Name] | None = None
    quiet_hours: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    countries: list[Name] | None = None
    validity_s: int | None = None
    retry_unsure: list[Category] | None = None
    push_retries_s: list[float] | None = None
    pull_window_s: int | None = None
    refund_failed: bool | None = None
    allow_inside: bool | None = None
    cards: bool | None = None
    keywords: list[Name] | None = None
    max_length: int | None = None

    def stated(self) -> dict[str, Any]:
        """Return the fields that were given."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"keys", "like"})


class NewProject(ProjectFields):
    """A project to make, with first keys."""

    name: Name
    keys: Annotated[list[Dialect] | Literal["all"], Field(description="a key for each of these APIs")] = []
    like: Annotated[
        list[Name], Field(description="projects whose signatures, templates and links it gets, and apps like theirs")
    ] = []


class KeyFields(_Asked):
    """What can be set on a key; each as in the world file."""

    enabled: bool | None = None
    rate_per_second: int | None = None
    allow_addresses: list[Range] | None = None
    actions: list[Name] | None = None
    window: int | None = None
    max_sessions: int | None = None
    default_country: Name | None = None
    codings: dict[str, Name] | None = None
    category: Category | None = None


class NewKey(KeyFields):
    """A key to make. Its secret is made for it, and told in this answer alone."""

    dialect: Dialect
    name: Annotated[Name | None, Field(description="its id; absent: one as the vendor writes them")] = None
    auth: Annotated[Name | None, Field(description="comms: none, appcode or signed; absent: appcode")] = None


class ChangedKey(KeyFields):
    """What changes of a key."""

    forget_previous: Annotated[bool, Field(description="the secret before the last rotation is good no longer")] = False


class Rotation(_Asked):
    """How long the secret before stays good."""

    grace_h: Annotated[
        float, Field(ge=0, le=MOST_GRACE_H, description="hours that the secret before stays good; 0: not at all")
    ] = GRACE_H


@router.get("")
async def projects(office: Off, act: Act) -> dict[str, Any]:
    """List projects: mode, balance, keys, messages since midnight in China."""
    return {"projects": await office.projects.all(act)}


@router.post("", status_code=201)
async def create(asked: NewProject, office: Off, act: Act) -> dict[str, Any]:
    """Make a project with keys; the answer has their secrets, told only now. Its mode is capture unless stated."""
    keys = DIALECTS if asked.keys == "all" else tuple(asked.keys)
    return await office.projects.create(act, asked.stated(), keys, asked.like)


@router.get("/{project}")
async def show(project: ProjectName, office: Off, act: Act) -> dict[str, Any]:
    """Tell everything about a project."""
    return await office.projects.show(act, project)


@router.patch("/{project}")
async def change(project: ProjectName, asked: ProjectFields, office: Off, act: Act) -> dict[str, Any]:
    """Change what is given, its mode among it: it holds for messages accepted from then on."""
    return await office.projects.change(act, project, asked.stated())


@router.delete("/{project}")
async def delete(
    project: ProjectName,
    office: Off,
    act: Act,
    with_all: Annotated[bool, Query(description="with its keys, apps, templates, signatures, prices, links")] = False,
) -> dict[str, str]:
    """Delete a project that nothing hangs on; its messages and ledger stay readable."""
    await office.projects.delete(act, project, with_all=with_all)
    return {"deleted": project}


@router.get("/{project}/keys")
async def keys(project: ProjectName, office: Off, act: Act) -> dict[str, Any]:
    """List a project's keys. Secrets are told in `dev` only."""
    return {"keys": office.keys.of(act, project)}


@router.post("/{project}/keys", status_code=201)
async def create_key(project: ProjectName, asked: NewKey, office: Off, act: Act) -> dict[str, Any]:
    """Make a key; the answer has its secret, told only now."""
    fields = asked.model_dump(mode="json", exclude_unset=True, exclude={"dialect"})
    return await office.keys.create(act, project, asked.dialect, **fields)


@router.post("/{project}/keys/{dialect}/{key}/rotate")
async def rotate(
    project: ProjectName, dialect: DialectName, key: KeyName, office: Off, act: Act, asked: Rotation | None = None
) -> dict[str, Any]:
    """Give a key a new secret, told only now; the one before stays good for a while."""
    grace_h = GRACE_H if asked is None else asked.grace_h
    return await office.keys.rotate(act, project, dialect, key, grace_h)


@router.patch("/{project}/keys/{dialect}/{key}")
async def change_key(
    project: ProjectName, dialect: DialectName, key: KeyName, asked: ChangedKey, office: Off, act: Act
) -> dict[str, Any]:
    """Change what a key may do, or switch it off."""
    fields = asked.model_dump(mode="json", exclude_unset=True)
    if not fields:
        raise Refused(Reason.MISSING_FIELD, field="enabled, rate_per_second, …", why="nothing is given to change")
    return await office.keys.change(act, project, dialect, key, fields)


@router.delete("/{project}/keys/{dialect}/{key}")
async def delete_key(project: ProjectName, dialect: DialectName, key: KeyName, office: Off, act: Act) -> dict[str, str]:
    """Delete a key: whoever uses it is refused from then on."""
    await office.keys.delete(act, project, dialect, key)
    return {"deleted": key}
