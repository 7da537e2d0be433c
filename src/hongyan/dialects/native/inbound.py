"""`/v1/replies` and `/v1/stops`: what handsets sent, and the numbers that are to be left alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import LARGEST, Instant, Name, Number
from hongyan.dialects.native.routes import Its, Our, Who
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal, from_hex32
from hongyan.model.reason import Reason
from hongyan.operate.stops import StopListing
from hongyan.report.look import ReplyQuery

router = APIRouter(prefix="/v1")


def _message_id(text: str) -> str:
    if from_decimal(text) is None and from_hex32(text) is None:
        raise ValueError("is no id of a message")
    return text


class ReplyFilter(BaseModel):
    """Which replies; an absent field means any."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: Annotated[Number | None, Query(alias="from", description="the handset's number")] = None
    message: Annotated[
        Annotated[str, Field(max_length=40), AfterValidator(_message_id)] | None, Query(description="what it answers")
    ] = None
    carrier: Annotated[Name | None, Query(description="who brought it")] = None
    project: Annotated[Name | None, Query(description="whose it is")] = None
    since: Annotated[Instant | None, Query(description="received at or after")] = None
    before: Annotated[
        int | None, Field(ge=0, le=LARGEST), Query(description="id of the last reply of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000), Query(description="most replies returned")] = 50

    def query(self, project: str | None) -> ReplyQuery:
        """Return what the store is asked; `project` narrows it to one."""
        message = None
        if self.message is not None:
            message = from_hex32(self.message) or from_decimal(self.message)
        return ReplyQuery(
            project=project if project is not None else self.project,
            sender=self.sender,
            carrier=self.carrier,
            message_id=message,
            since_ms=self.since,  # type: ignore[arg-type] # the validator made milliseconds of it
            before_id=self.before,
            limit=self.limit,
        )


class Stopped(BaseModel):
    """A number to be left alone."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name | None, Field(description="absent: the key's, or as with /v1/messages")] = None
    marketing_only: Annotated[bool, Field(description="false: captchas and notifications are not sent either")] = True


async def _stops(request: Request) -> StopListing:
    stops: StopListing = request.app.state.office.stops
    return stops


Stops = Annotated[StopListing, Depends(_stops)]
StoppedNumber = Annotated[Number, Path(description="the number")]


@router.get("/replies")
async def replies(asked: Annotated[ReplyFilter, Query()], who: Who, our: Our) -> dict[str, Any]:
    """List replies, newest first. A key sees its project's; the operator also those that are nobody's."""
    found = await our.look.replies(asked.query(who.project))
    return {"replies": found, "next_before": found[-1]["id"] if len(found) == asked.limit else None}


@router.get("/stops")
async def stops(
    who: Who,
    listing: Stops,
    project: Annotated[Name | None, Query(description="whose list")] = None,
    number: Annotated[Number | None, Query(description="one number")] = None,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="`next_after` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> dict[str, Any]:
    """List the numbers that asked to be left alone. Those declared in the world are not repeated here."""
    return await listing.page(who.project or project, number, after, limit)


@router.put("/stops/{number}")
async def stop(
    number: StoppedNumber, asked: Stopped, who: Who, our: Our, listing: Stops, exchange: Its
) -> dict[str, Any]:
    """Put a number on a project's stop list."""
    caller = our.door.on_behalf(who, asked.project, exchange)
    _check(number)
    changed = await listing.put(who.actor, caller.project.name, number, marketing_only=asked.marketing_only)
    return {"project": caller.project.name, "number": number, "changed": changed}


@router.delete("/stops/{number}")
async def start(
    number: StoppedNumber,
    who: Who,
    our: Our,
    listing: Stops,
    exchange: Its,
    project: Annotated[Name | None, Query(description="whose list")] = None,
) -> dict[str, Any]:
    """Take a number off a project's stop list."""
    caller = our.door.on_behalf(who, project, exchange)
    _check(number)
    changed = await listing.drop(who.actor, caller.project.name, number)
    return {"project": caller.project.name, "number": number, "changed": changed}


def _check(number: str) -> None:
    if not (number.isascii() and number.isdecimal()):
        raise Refused(Reason.BAD_NUMBER)
