"""`/v1/events`: messages as they are accepted and as they end, and refusals, as a stream."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import Name, Number
from hongyan.dialects.native.routes import Off, Who
from hongyan.dialects.native.streams import STILL_HERE, STREAMED, Lasting, Seconds, event, streamed
from hongyan.model.message import State
from hongyan.operate.live import Live, LiveQuery

router = APIRouter(prefix="/v1")
EventState = State | Literal["refused"]


class EventFilter(BaseModel):
    """Which events; an absent field means any."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name | None, Query(description="whose messages")] = None
    to: Annotated[Number, Query(description="a number, or the end of one")] = ""
    dialect: Annotated[Name, Query(description="whose API they come by")] = ""
    state: Annotated[
        list[EventState],
        Field(max_length=10),
        Query(description="accepted, refused, or a final state; may be repeated"),
    ] = []
    seconds: Seconds = 0

    def query(self, project: str | None) -> LiveQuery:
        """Return what is looked for; `project` narrows it to one."""
        return LiveQuery(project or self.project, self.to, self.dialect, tuple(str(one) for one in self.state))


@router.get("/events", response_class=StreamingResponse, responses=STREAMED)
async def events(
    asked: Annotated[EventFilter, Query()],
    who: Who,
    office: Off,
    last: Annotated[str, Header(alias="Last-Event-ID", max_length=100)] = "",
) -> StreamingResponse:
    """Follow what happens: `accepted`, `ended`, `refused`, and `skipped` with how many were not told of.

    With the id of the last event that was seen (`Last-Event-ID`) it goes on behind that one, up to an hour later; what
    came just before may be told again. Nothing happening, a comment comes every ten seconds.
    """
    return await streamed(_said(office.live, asked.query(who.project), last, Lasting(asked.seconds, office.live.over)))


async def _said(live: Live, query: LiveQuery, last: str, lasting: Lasting) -> AsyncIterator[bytes]:
    async with live.read(query, last) as reader:
        yield STILL_HERE
        while left_s := lasting.left_s():
            changes = await reader.take(left_s)
            for change in changes:
                told: dict[str, Any] = {"skipped": change.skipped} if change.kind == "skipped" else change.row
                yield event(change.kind, told, change.cursor)
            if not changes:
                yield STILL_HERE
