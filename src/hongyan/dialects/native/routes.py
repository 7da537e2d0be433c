"""The endpoints of `/v1`: one function each, in the order of the road."""

import asyncio
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse

from hongyan.accept import Desk
from hongyan.dialects.native.callers import Asker, Doorkeeper
from hongyan.dialects.native.questions import Filter, Name, Number, Send, Wait
from hongyan.dialects.native.refusals import refusal, told
from hongyan.model.actor import Actor
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import FINAL
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange, Submission, Verdict
from hongyan.operate.office import Office
from hongyan.report.look import Look, MessageQuery
from hongyan.report.timeline import summary

LOOK_AGAIN_S = 0.1
RECENT_MS = 60_000
"""a wait without `since` also finds what was accepted this long before it"""

router = APIRouter(prefix="/v1")


class Parts(NamedTuple):
    """What the endpoints ask; kept at the application."""

    look: Look
    desk: Desk
    door: Doorkeeper
    clock: Clock
    dev: bool


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _exchange(request: Request) -> Exchange:
    exchange: Exchange = request.state.exchange
    return exchange


async def _asker(request: Request) -> Asker:
    return (await _parts(request)).door.asker(request, await _exchange(request))


Who = Annotated[Asker, Depends(_asker)]
Our = Annotated[Parts, Depends(_parts)]
Its = Annotated[Exchange, Depends(_exchange)]


async def _actor(who: Who) -> Actor:
    return who.actor


async def _office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


Act = Annotated[Actor, Depends(_actor)]
"""who acts, as the audit log names them"""
Off = Annotated[Office, Depends(_office)]
MessageId = Annotated[
    str, Path(max_length=200, description="a message's id, a vendor's id of it, the caller's own, or a request id")
]
MostRows = Annotated[int, Query(ge=1, le=1000)]


@router.post("/messages", status_code=201, responses={207: {"description": "Some were refused; each row says."}})
async def send(asked: Send, who: Who, our: Our, exchange: Its) -> JSONResponse:
    """Send a message; the answer leaves once it is on disk. 201 when every number was accepted, 207 otherwise."""
    exchange.action = "send"
    caller = our.door.on_behalf(who, asked.project, exchange)
    if asked.card is None and (asked.text is None) == (asked.template is None):
        raise Refused(Reason.MISSING_FIELD, field="text or template", why="exactly one of them")
    verdicts = await our.desk.accept(caller, Submission(exchange=exchange, items=asked.items()))
    if len(verdicts) == 1 and verdicts[0].reason is not None:
        return refusal(exchange.request_id, verdicts[0].reason, verdicts[0].facts)
    rows = [accepted_row(verdict, exchange.request_id) for verdict in verdicts]
    status = 201 if all(verdict.accepted for verdict in verdicts) else 207
    return JSONResponse({"request_id": exchange.request_id, "messages": rows}, status)


@router.get("/messages")
async def messages(asked: Annotated[Filter, Query()], who: Who, our: Our) -> dict[str, Any]:
    """List messages, newest first."""
    found = await our.look.messages(asked.query(who.project))
    return {"messages": found, "next_before": found[-1]["id"] if len(found) == asked.limit else None}


@router.get("/messages/{message_id}")
async def show(message_id: MessageId, who: Who, our: Our) -> dict[str, Any]:
    """Tell the whole story of a message, or why a request was refused."""
    return await our.look.show(message_id, who.project)


@router.delete("/messages")
async def erase(
    act: Act,
    office: Off,
    project: Annotated[Name | None, Query(description="only of this project")] = None,
    to: Annotated[Number | None, Query(description="only to this number; refusals stay then")] = None,
) -> dict[str, int]:
    """Delete messages, refusals and replies (test systems only). The ledger stays."""
    return {"deleted": await office.snapshots.erase(act, project, to)}


@router.get("/wait")
async def wait(asked: Annotated[Wait, Query()], who: Who, our: Our, request: Request) -> dict[str, Any]:
    """Wait for a message to a number; answers with its code and links, or `message: null` when none came in time."""
    if asked.to is None and asked.template is None and asked.text is None:
        raise Refused(Reason.MISSING_FIELD, field="to", why="or template, or text")
    since: Any = asked.since if asked.since is not None else our.clock.now_ms() - RECENT_MS
    states = tuple(FINAL) if asked.until == "final" else ()
    query = MessageQuery(
        project=who.project or asked.project,
        to=asked.to,
        since_ms=since,
        states=states,
        dialect=asked.dialect,
        template=asked.template,
        text=asked.text,
    )
    loop = asyncio.get_running_loop()
    over = loop.time() + asked.timeout
    while True:
        found = await our.look.newest(query)
        if found is not None:
            return {"message": found, "code": found["code"], "links": found["links"]}
        left = over - loop.time()
        if left <= 0 or await request.is_disconnected():
            return {"message": None, "code": None, "links": []}
        await asyncio.sleep(min(LOOK_AGAIN_S, left))


@router.get("/refusals")
async def refusals(who: Who, our: Our, limit: MostRows = 50) -> dict[str, Any]:
    """List the newest refusals."""
    return {"refusals": await our.look.refusals(limit, who.project)}


@router.get("/balance/{project}")
async def balance(project: Annotated[str, Path(max_length=200)], who: Who, our: Our) -> dict[str, str]:
    """Tell a project's balance."""
    if who.project not in {None, project}:
        raise Refused(Reason.NOT_PERMITTED, project=project)
    return await our.look.balance(project)


@router.get("/unclaimed")
async def unclaimed(who: Who, our: Our, limit: MostRows = 50) -> dict[str, Any]:
    """List receipts that matched no message."""
    if who.project is not None:
        raise Refused(Reason.NOT_PERMITTED, why="only the operator sees all carriers")
    return {"unclaimed": await our.look.unclaimed(limit)}


def accepted_row(verdict: Verdict, request_id: str) -> dict[str, Any]:
    """Return what is told of one message that was asked for."""
    if verdict.message is not None and verdict.accepted:
        return summary(verdict.message) | {"repeated": verdict.repeated}
    return {"error": told(request_id, verdict.reason or Reason.INTERNAL, verdict.facts)}
