"""`/v1/held`: messages that their project's mode holds. To release and reject them is for operators, never for a
project's own key.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import LARGEST, Name, Number
from hongyan.dialects.native.routes import Act, Off
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal, from_hex32
from hongyan.model.reason import Reason
from hongyan.operate.held import MOST_AT_ONCE, HeldQuery

router = APIRouter(prefix="/v1/held")

MessageId = Annotated[str, Path(max_length=40, description="the message's id")]
OneId = Annotated[str, Field(max_length=40)]


class HeldFilter(BaseModel):
    """Which held messages; an absent field means any."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name | None, Query(description="whose")] = None
    to: Annotated[Number | None, Query(description="the number, or its first digits")] = None
    text: Annotated[Name | None, Query(description="a piece of the text")] = None
    before: Annotated[
        int | None, Field(ge=0, le=LARGEST), Query(description="id of the last message of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000), Query(description="most messages returned")] = 50

    def query(self) -> HeldQuery:
        """Return what is asked of the office."""
        return HeldQuery(self.project, self.to or "", self.text or "", self.before, self.limit)


class Chosen(BaseModel):
    """Which held messages to decide about: their ids, or all that fit."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[OneId] | None, Field(min_length=1, max_length=MOST_AT_ONCE)] = None
    project: Name | None = None
    to: Annotated[Number | None, Field(description="the number, or its first digits")] = None
    text: Annotated[Name | None, Field(description="a piece of the text")] = None
    why: Annotated[Name, Field(description="of a rejection: shown in the timeline")] = ""

    async def chosen(self, office: Off, act: Act) -> list[int]:
        """Return the ids that are meant, at most a thousand. Raises Refused when nothing is said."""
        if self.ids is not None:
            return [_id(one) for one in self.ids]
        if self.project is None and self.to is None and self.text is None:
            raise Refused(Reason.MISSING_FIELD, field="ids", why="or project, to, text")
        return await office.held.ids(act, HeldQuery(self.project, self.to or "", self.text or "", None, MOST_AT_ONCE))


class Rejected(BaseModel):
    """Why a message is rejected."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[Name, Field(description="shown in the timeline")] = ""


@router.get("")
async def held(asked: Annotated[HeldFilter, Query()], office: Off, act: Act) -> dict[str, Any]:
    """List held messages, newest first, with when each expires."""
    found = await office.held.page(act, asked.query())
    return {"held": found, "next_before": found[-1]["id"] if len(found) == asked.limit else None}


@router.post("/release")
async def release_chosen(asked: Chosen, office: Off, act: Act) -> dict[str, Any]:
    """Release several; of those that fit a filter a thousand at a time."""
    return _told("released", await office.held.release(act, await asked.chosen(office, act)))


@router.post("/reject")
async def reject_chosen(asked: Chosen, office: Off, act: Act) -> dict[str, Any]:
    """Reject several; of those that fit a filter a thousand at a time."""
    return _told("rejected", await office.held.reject(act, await asked.chosen(office, act), asked.why))


@router.post("/{message_id}/release")
async def release(message_id: MessageId, office: Off, act: Act) -> dict[str, Any]:
    """Let a held message go: at once, with a validity as long as the one it had."""
    return _told("released", await office.held.release(act, [_id(message_id)]))


@router.post("/{message_id}/reject")
async def reject(message_id: MessageId, office: Off, act: Act, asked: Rejected | None = None) -> dict[str, Any]:
    """End a held message as rejected: its price goes back, its caller is told."""
    return _told("rejected", await office.held.reject(act, [_id(message_id)], asked.why if asked else ""))


def _id(text: str) -> int:
    found = from_hex32(text) or from_decimal(text)
    if found is None:
        raise Refused(Reason.UNKNOWN_MESSAGE, id=text[:40])
    return found


def _told(what: str, ids: list[int]) -> dict[str, Any]:
    return {what: [str(one) for one in ids]}
