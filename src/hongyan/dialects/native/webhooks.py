"""`/v1/webhooks`: the calls that were made to callers' addresses, those that wait, and what is done to them by hand."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import LARGEST, Instant, Name
from hongyan.dialects.native.routes import Act, MessageId, MostRows, Off, Who
from hongyan.model.ids import from_decimal, from_hex32
from hongyan.operate.calls import CallQuery
from hongyan.report.target import MOST_URL

router = APIRouter(prefix="/v1")
_DAY_MS = 86_400_000


def _message(text: str) -> int:
    found = from_hex32(text) or from_decimal(text)
    if found is None:
        raise ValueError("is no id of a message")
    return found


class CallFilter(BaseModel):
    """Which calls; an absent field means any."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name | None, Query(description="whose callbacks")] = None
    dialect: Annotated[Name, Query(description="in whose words")] = ""
    target: Annotated[Name, Query(description="a piece of the address")] = ""
    outcome: Annotated[Literal["taken", "failed"] | None, Query(description="what came of it")] = None
    message: Annotated[
        Annotated[str, Field(max_length=40), AfterValidator(_message)] | None, Query(description="what it told of")
    ] = None
    since: Annotated[Instant | None, Query(description="made at or after")] = None
    before: Annotated[
        int | None, Field(ge=0, le=LARGEST), Query(description="id of the last call of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000), Query(description="most calls returned")] = 50

    def query(self, project: str | None) -> CallQuery:
        """Return what is asked; `project` narrows it to one."""
        return CallQuery(
            project=project if project is not None else self.project,
            dialect=self.dialect,
            target=self.target,
            taken=None if self.outcome is None else self.outcome == "taken",
            message=self.message,  # type: ignore[arg-type] # the validator made a number of it
            since_ms=self.since,  # type: ignore[arg-type] # the validator made milliseconds of it
            before_id=self.before,
            limit=self.limit,
        )


class Replayed(BaseModel):
    """Where a call goes this time."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, Field(max_length=MOST_URL, description="another address; absent: where it went")] = ""


class Retried(BaseModel):
    """What is tried again."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name | None, Field(description="whose callbacks; absent: all that you may see")] = None
    since: Annotated[Instant | None, Field(description="given up at or after; absent: in the last day")] = None


CallId = Annotated[str, Path(max_length=40, description="the call's id")]


@router.get("/webhooks")
async def webhooks(asked: Annotated[CallFilter, Query()], who: Who, office: Off) -> dict[str, Any]:
    """List calls, newest first. Which are kept says the setting `keep_calls`."""
    found = await office.webhooks.calls(asked.query(who.project))
    return {"calls": found, "next_before": found[-1]["id"] if len(found) == asked.limit else None}


@router.get("/webhooks/waiting")
async def waiting(
    who: Who,
    office: Off,
    project: Annotated[Name | None, Query(description="whose callbacks")] = None,
    limit: MostRows = 50,
) -> dict[str, Any]:
    """List the callbacks that wait to be made, the next one first, and who listens at the process that makes them."""
    project = who.project or project
    rows = await office.webhooks.waiting(project, limit)
    return {"waiting": rows, "listeners": await office.webhooks.listeners(project)}


@router.delete("/webhooks/waiting/{push}")
async def drop(
    push: Annotated[str, Path(max_length=40, description="the waiting callback's id")], act: Act, office: Off
) -> dict[str, Any]:
    """Give a waiting callback up: no further call is made."""
    return await office.webhooks.drop(act, push)


@router.post("/webhooks/retry")
async def retry(asked: Retried, act: Act, office: Off) -> dict[str, int]:
    """Make every callback that waits after a failure due now, and tell again what was given up since a time."""
    since: Any = asked.since if asked.since is not None else office.clock.now_ms() - _DAY_MS
    return await office.webhooks.retry(act, asked.project, since)


@router.get("/webhooks/{call}")
async def webhook(call: CallId, who: Who, office: Off) -> dict[str, Any]:
    """Tell one call whole: what was sent, what was answered, and every other call about the same message."""
    return await office.webhooks.call(call, who.project)


@router.post("/webhooks/{call}/replay")
async def replay(call: CallId, asked: Replayed, act: Act, office: Off) -> dict[str, Any]:
    """Make a call again, octet for octet, now; tells what came of it."""
    return await office.webhooks.replay(act, call, asked.to)


@router.post("/messages/{message_id}/push", status_code=202)
async def push(message_id: MessageId, act: Act, office: Off) -> dict[str, Any]:
    """Tell a message's caller once more how it ended, also when that was taken, at the address declared now."""
    return await office.webhooks.push(act, message_id)
