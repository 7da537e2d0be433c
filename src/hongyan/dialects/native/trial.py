"""Test systems: receipts and replies on demand, the clock, snapshots and resets. Refused where nobody may rehearse."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import Name, Text
from hongyan.dialects.native.routes import Act, MessageId, Off

router = APIRouter(prefix="/v1")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SaidReceipt(_Asked):
    """What a carrier says became of a message."""

    state: Annotated[Name, Field(description="delivered, undelivered, rejected, expired or unknown")]
    code: Annotated[Name, Field(description="the carrier's word, UNDELIV or MK:0001; absent: the usual one")] = ""
    text: Annotated[Text, Field(description="the carrier's sentence")] = ""
    after_s: Annotated[float, Field(ge=0, allow_inf_nan=False, description="say it so many seconds later")] = 0


class SaidReply(_Asked):
    """What a handset sends: `from` a number, or as the answer to a `message`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: Annotated[Name, Field(alias="from", description="the handset's number")] = ""
    message: Annotated[Name | None, Field(description="the id of the message it answers")] = None
    to: Annotated[Name, Field(description="port and extension; absent: where the last message came from")] = ""
    text: Text


@router.post("/messages/{message_id}/receipt")
async def receipt(message_id: MessageId, asked: SaidReceipt, act: Act, office: Off) -> dict[str, Any]:
    """Have the message's carrier say what became of it; everything follows as from a real receipt."""
    return await office.trigger.receipt(
        act, message_id, asked.state, code=asked.code, text=asked.text, after_s=asked.after_s
    )


@router.post("/replies", status_code=201)
async def reply(asked: SaidReply, act: Act, office: Off) -> dict[str, Any]:
    """Have a handset send a text; stop words, conversations and callbacks are as with any reply."""
    return await office.trigger.reply(act, sender=asked.sender, to=asked.to, text=asked.text, message_id=asked.message)


class Pushed(_Asked):
    """How far to push the clock."""

    push: Annotated[
        Name | Annotated[float, Field(ge=0, allow_inf_nan=False)],
        Field(description="72h, 1d12h, PT72H, seconds, or a time to come", examples=["72h"]),
    ]


class Named(_Asked):
    """A snapshot's name."""

    name: Name


class Back(_Asked):
    """Where to go back to."""

    snapshot: Annotated[Name | None, Field(description="null: to how the process was started")] = None


SnapshotName = Annotated[str, Path(max_length=200, description="the snapshot's name")]


@router.get("/clock")
async def clock(_act: Act, office: Off) -> dict[str, Any]:
    """Tell the time, the real time, and how many seconds lie between."""
    return office.test_clock.show()


@router.post("/clock")
async def push(asked: Pushed, act: Act, office: Off) -> dict[str, Any]:
    """Push the clock ahead; it never goes back. Expiry, limits, retries and quiet hours follow before the answer."""
    return await office.test_clock.push(act, str(asked.push))


@router.get("/snapshots")
async def snapshots(act: Act, office: Off) -> dict[str, Any]:
    """List the snapshots, the newest first."""
    return {"snapshots": await office.snapshots.list(act)}


@router.post("/snapshots", status_code=201)
async def snapshot(asked: Named, act: Act, office: Off) -> dict[str, Any]:
    """Keep everything as it is now under a name; one of the same name is replaced."""
    return await office.snapshots.make(act, asked.name)


@router.delete("/snapshots/{name}")
async def drop(name: SnapshotName, act: Act, office: Off) -> dict[str, Any]:
    """Delete a snapshot."""
    await office.snapshots.drop(act, name)
    return {"deleted": name}


@router.post("/reset")
async def reset(asked: Back, act: Act, office: Off) -> dict[str, Any]:
    """Go back to a snapshot, or to the start: no messages, rules, counts or clicks. The clock stays pushed."""
    return await office.snapshots.reset(act, asked.snapshot)
