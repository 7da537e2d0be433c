"""`/v1/listen`: callbacks handed to whoever listens in place of the declared addresses, and what they answered."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import Name, Text
from hongyan.dialects.native.routes import Act, Off, Who
from hongyan.dialects.native.streams import STILL_HERE, STREAMED, Lasting, Seconds, event, streamed
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.operate.call_looks import masked_url
from hongyan.operate.office import Office
from hongyan.report.target import MOST_URL
from hongyan.text.characters import is_storable

router = APIRouter(prefix="/v1/listen")
_LEAVING: set["asyncio.Task[None]"] = set()
MOST_BODY = 100_000


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("is no base64") from None
    return text


class Answered(BaseModel):
    """What a program answered to a call that was handed to it."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[int, Field(ge=0, le=999, description="0: there was no answer, and `why` says the reason")]
    headers: Annotated[list[tuple[Name, Text]], Field(max_length=100)] = []
    body: Annotated[str, Field(max_length=MOST_BODY, description="base64"), AfterValidator(_base64)] = ""
    why: Name = ""
    taken: Annotated[bool, Field(description="who listens without an address says so; else the vendor's rule says")] = (
        False
    )


@router.get("", response_class=StreamingResponse, responses=STREAMED)
async def listen(
    who: Who,
    act: Act,
    office: Off,
    project: Annotated[Name | None, Query(description="whose callbacks; absent: all that you may see")] = None,
    dialect: Annotated[Name, Query(description="in whose words; absent: all")] = "",
    to: Annotated[str, Query(max_length=MOST_URL, description="where you hand them on; absent: nowhere")] = "",
    seconds: Seconds = 0,
) -> StreamingResponse:
    """Listen for callbacks: `attached`, then each `call` with url, headers and body (base64), to be answered in time.

    While you are there they come to you and not to the declared addresses, also where none is declared; what you do
    not answer is tried again by the vendor's rule. It holds for the process that is asked.
    """
    project = who.project or project
    act.need(Role.OPERATOR, project)
    _check(to)
    listener = await office.core.listen(project, dialect, to)
    await office.journal.note(act, "push.listen", project or "all", project or "", dialect=dialect, to=masked_url(to))
    lasting = Lasting(seconds, office.live.over)
    return await streamed(
        _calls(office, listener, {"listener": listener, "project": project, "dialect": dialect}, lasting)
    )


@router.post("/{call}")
async def answer(
    call: Annotated[str, Path(max_length=100, description="the id that came with the call")],
    asked: Answered,
    who: Who,
    act: Act,
    office: Off,
) -> dict[str, bool]:
    """Say what your program answered to a call; `waited` tells whether anybody still waits for it."""
    act.need(Role.OPERATOR, who.project)
    return {"waited": await office.core.answer_call(call, who.project, asked.model_dump())}


def _check(to: str) -> None:
    """Raise Refused for what is no web address; where it lies is no matter of ours: we never call it."""
    try:
        parts = urlsplit(to)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and is_storable(to)
    except ValueError:
        good = False
    if to and not good:
        raise Refused(Reason.BAD_FIELD, field="to", why="is no web address")


async def _calls(office: Office, listener: str, attached: dict[str, Any], lasting: Lasting) -> AsyncIterator[bytes]:
    over = asyncio.create_task(office.live.over.wait())
    try:
        yield event("attached", attached)
        while left_s := lasting.left_s():
            asking = asyncio.ensure_future(office.core.next_call(listener, left_s))
            try:
                await asyncio.wait((asking, over), return_when=asyncio.FIRST_COMPLETED)
            finally:
                asking.cancel()
            if not asking.done() or asking.cancelled():
                break
            call = asking.result()
            yield STILL_HERE if call is None else event("call", call, call["id"])
    except Refused as refused:
        if refused.reason is not Reason.UNKNOWN_MESSAGE:  # gone: it asked for calls too late
            raise
    finally:
        over.cancel()
        if not office.live.over.is_set():  # at the end of the process all listeners are sent away
            leaving = asyncio.create_task(office.core.unlisten(listener))
            _LEAVING.add(leaving)
            leaving.add_done_callback(_LEAVING.discard)
