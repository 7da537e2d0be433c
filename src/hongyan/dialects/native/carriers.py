"""`/v1/carriers`: how carriers are doing, and what an operator sets on them. For the operator alone.

Live counters are those of the process that sends for whoever is asked; `node` tells which one it is. What is set holds
for all processes within a second.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.callers import Asker
from hongyan.dialects.native.questions import Name, Text
from hongyan.dialects.native.refusals import refusal
from hongyan.dialects.native.routes import Act, Its, Our, Who, accepted_row
from hongyan.model.clock import iso
from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.model.submission import Item, Submission
from hongyan.model.world import Control, Standing
from hongyan.operate.carriers import CarrierOperations

MOST_MINUTES = 24 * 60
MOST_LINES = 2_000

router = APIRouter(prefix="/v1/carriers")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Setting(_Asked):
    """Who sets something, and why: shown beside the carrier and in messages' timelines."""

    by: Name = ""
    why: Name = ""


Stated = Annotated[Setting, Body(default_factory=Setting)]


class Paced(Setting):
    """A pace in place of the declared one."""

    per_second: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] | None = Field(
        default=None, description="messages a second; 0: no limit; null: as declared"
    )


class Listened(Setting):
    """How long PDUs are kept readable."""

    minutes: Annotated[float, Field(ge=0, le=MOST_MINUTES, allow_inf_nan=False, description="0 stops it")] = 5


class Tested(Setting):
    """One message that goes through this carrier alone."""

    to: Text
    text: Text
    project: Annotated[Name | None, Field(description="who pays; absent: as with /v1/messages")] = None
    sender: Name | None = None
    extend: Name | None = None


async def _operator(who: Who) -> Asker:
    if who.project is not None:
        raise Refused(Reason.NOT_PERMITTED, why="only the operator sees carriers")
    return who


async def _operations(request: Request, _who: Annotated[Asker, Depends(_operator)]) -> CarrierOperations:
    operations: CarrierOperations = request.app.state.office.carriers
    return operations


Ops = Annotated[CarrierOperations, Depends(_operations)]
CarrierName = Annotated[str, Path(max_length=200, description="the carrier's name")]


@router.get("")
async def carriers(ops: Ops) -> dict[str, Any]:
    """Tell how all carriers are doing, and how many messages wait to be handed over, in memory or in the store."""
    return {"carriers": await ops.looks(), "backlog": await ops.backlog()}


@router.get("/{name}")
async def carrier(name: CarrierName, ops: Ops) -> dict[str, Any]:
    """Tell how a carrier is doing: links, window, pace, what waits, answers, receipts."""
    return await ops.look(name)


@router.post("/{name}/suspend")
async def suspend(name: CarrierName, ops: Ops, act: Act, asked: Stated) -> dict[str, Any]:
    """Hand it nothing more; its links stay up, receipts and replies come in."""
    return _told(await ops.stand(act, name, Standing.SUSPENDED, by=asked.by, why=asked.why))


@router.post("/{name}/resume")
async def resume(name: CarrierName, ops: Ops, act: Act, asked: Stated) -> dict[str, Any]:
    """Let it take messages again, with links if it has none."""
    return _told(await ops.stand(act, name, Standing.RUNNING, by=asked.by, why=asked.why))


@router.post("/{name}/drain")
async def drain(name: CarrierName, ops: Ops, act: Act, asked: Stated) -> dict[str, Any]:
    """Hand it nothing more and close its links once everything under way is answered."""
    return _told(await ops.stand(act, name, Standing.DRAINING, by=asked.by, why=asked.why))


@router.post("/{name}/isolate")
async def isolate(name: CarrierName, ops: Ops, act: Act, asked: Stated) -> dict[str, Any]:
    """Close its links now, gracefully: nothing goes in or out."""
    return _told(await ops.stand(act, name, Standing.ISOLATED, by=asked.by, why=asked.why))


@router.post("/{name}/rebind")
async def rebind(name: CarrierName, ops: Ops, act: Act, asked: Stated) -> dict[str, Any]:
    """Close every link gracefully and log in anew, in every process once."""
    return _told(await ops.rebind(act, name, by=asked.by, why=asked.why))


@router.post("/{name}/pace")
async def pace(name: CarrierName, ops: Ops, act: Act, asked: Paced) -> dict[str, Any]:
    """Set how many messages a second it gets, in place of what is declared."""
    return _told(await ops.pace(act, name, asked.per_second, by=asked.by, why=asked.why))


@router.post("/{name}/transcript")
async def listen(name: CarrierName, ops: Ops, act: Act, asked: Listened) -> dict[str, Any]:
    """Keep its PDUs readable for some minutes; secrets, texts and numbers are masked."""
    return _told(await ops.listen(act, name, asked.minutes))


@router.get("/{name}/transcript")
async def transcript(
    name: CarrierName, ops: Ops, limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = 200
) -> dict[str, Any]:
    """Read the last PDUs that were kept, oldest first."""
    until = ops.control(name).transcript_until
    return {"until": iso(until) if until > ops.now_ms() else None, "lines": await ops.lines(name, limit)}


@router.post("/{name}/test", status_code=201)
async def test(name: CarrierName, ops: Ops, asked: Tested, our: Our, who: Who, exchange: Its) -> JSONResponse:
    """Send one message through this carrier alone; it is checked, priced and told of like any other."""
    config, control = ops.declared(name), ops.control(name)
    if not config.enabled or control.standing is not Standing.RUNNING:
        stopped = str(control.standing) if config.enabled else "switched off"
        raise Refused(Reason.NOT_PERMITTED, carrier=name, why=f"it is {stopped}")
    exchange.action = "carrier-test"
    exchange.notes.append(
        (
            "test",
            f"of carrier {name}" + (f" by {asked.by}" if asked.by else ""),
            f"通道 {name}" + (f"，操作人 {asked.by}" if asked.by else ""),
        )
    )
    item = Item(
        to=asked.to,
        content=asked.text,
        sender=asked.sender,
        extend=asked.extend,
        category=Category.NOTIFICATION,
        pinned=name,
    )
    caller = our.door.on_behalf(who, asked.project, exchange)
    (verdict,) = await our.desk.accept(caller, Submission(exchange=exchange, items=[item]))
    if verdict.reason is not None:
        return refusal(exchange.request_id, verdict.reason, verdict.facts)
    row = accepted_row(verdict, exchange.request_id)
    return JSONResponse({"request_id": exchange.request_id, "carrier": name, "message": row}, 201)


def _told(control: Control) -> dict[str, Any]:
    """Return what is set on a carrier now."""
    return {
        "name": control.name,
        "standing": str(control.standing),
        "pace": control.pace,
        "rebind_at": iso(control.rebind_at or None),
        "transcript_until": iso(control.transcript_until or None),
        "set_at": iso(control.set_at or None),
        "set_by": control.set_by,
        "why": control.why,
    }
