"""Test systems: receipts and replies on demand, the clock, snapshots and resets. Refused where nobody may rehearse."""

from typing import Annotated, Any

from fastapi import APIRouter
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
    said = {"code": asked.code, "text": asked.text, "after_s": asked.after_s}
    return await office.trigger.receipt(act, message_id, asked.state, **said)


@router.post("/replies", status_code=201)
async def reply(asked: SaidReply, act: Act, office: Off) -> dict[str, Any]:
    """Have a handset send a text; stop words, conversations and callbacks are as with any reply."""
    return await office.trigger.reply(act, sender=asked.sender, to=asked.to, text=asked.text, message_id=asked.message)
