"""`/v1/links`: short links with their clicks, and what texts may carry shortened."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import Instant, Name
from hongyan.dialects.native.routes import Act, Off
from hongyan.operate.shortlinks import LinkQuery

router = APIRouter(prefix="/v1/links")


class LinkFilter(BaseModel):
    """Which links; an absent field means any."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name, Query(description="whose they are")] = ""
    kind: Annotated[Literal["", "card", "url"], Query(description="a card's page, or an address")] = ""
    clicked: Annotated[bool | None, Query(description="whether somebody opened it")] = None
    before: Annotated[Instant | None, Query(description="made before")] = None
    limit: Annotated[int, Field(ge=1, le=1000), Query(description="most links returned")] = 50


class TargetOf(BaseModel):
    """What a target is known by."""

    model_config = ConfigDict(extra="forbid")

    project: Name
    name: Annotated[Name, Field(description="what callers write in shortLink")]


class Target(TargetOf):
    """Where a link leads."""

    target: Annotated[str, Field(max_length=2000)]


@router.get("")
async def made(asked: Annotated[LinkFilter, Query()], act: Act, office: Off) -> dict[str, Any]:
    """List short links with how often each was opened, newest first."""
    query = LinkQuery(asked.project, asked.kind, asked.clicked, asked.before, asked.limit)  # type: ignore[arg-type] # the validator made milliseconds of it
    return {"links": await office.shortlinks.made(act, query)}


@router.get("/targets")
async def targets(act: Act, office: Off) -> dict[str, Any]:
    """List what texts may carry shortened."""
    return {"targets": office.shortlinks.targets(act)}


@router.put("/targets")
async def put_target(asked: Target, act: Act, office: Off) -> dict[str, Any]:
    """Let a project's texts carry a link shortened."""
    await office.shortlinks.put_target(act, asked.project, asked.name, asked.target)
    return asked.model_dump()


@router.delete("/targets")
async def drop_target(asked: Annotated[TargetOf, Query()], act: Act, office: Off) -> dict[str, Any]:
    """Take a target back; short links made of it stay good."""
    await office.shortlinks.drop_target(act, asked.project, asked.name)
    return asked.model_dump()
