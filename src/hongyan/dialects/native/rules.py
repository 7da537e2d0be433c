"""`/v1/rules`: failures to rehearse. Refused where nobody may rehearse."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import Name
from hongyan.dialects.native.routes import Act, Off
from hongyan.operate.rules import told

router = APIRouter(prefix="/v1/rules")

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class NewRule(BaseModel):
    """A rule: what it strikes, and what happens then. What is absent strikes anything."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="absent: made of the effect and a number")] = ""
    effect: Annotated[Name, Field(description="end, refuse, answer, slow or cut", examples=["end"])]
    project: Annotated[Name, Field(description="whose; absent: everybody's, or the key's")] = ""
    dialect: Annotated[Name, Field(description="alibaba, comms, nxcloud, yundashi, native or smpp")] = ""
    action: Annotated[Name, Field(description="the API's endpoint: SendSms, sendmsg, ...")] = ""
    to: Annotated[Name, Field(description="number: digits, * before or behind for anything", examples=["*0042"])] = ""
    template: Annotated[Name, Field(description="the template's code")] = ""
    text: Annotated[Name, Field(description="a piece of the text")] = ""
    share: Annotated[float, Field(description="percent of what matches", allow_inf_nan=False)] = 100
    times: Annotated[int, Field(description="only the first that match, in each process; 0: all", le=1_000_000)] = 0
    state: Annotated[Name, Field(description="end: delivered, undelivered, rejected, expired or unknown")] = ""
    code: Annotated[Name, Field(description="end: the carrier's word; refuse: the vendor's code")] = ""
    reason: Annotated[Name, Field(description="refuse: one of our reasons")] = ""
    status: Annotated[int, Field(description="answer: the HTTP status")] = 0
    after_s: Annotated[Seconds, Field(description="end: seconds until the receipt; slow: seconds to wait")] = 0


@router.get("")
async def rules(act: Act, office: Off) -> dict[str, Any]:
    """List the rules in the order they are tried."""
    return {"rules": [told(one) for one in office.rules.list(act)]}


@router.post("", status_code=201)
async def make(asked: NewRule, act: Act, office: Off) -> dict[str, Any]:
    """Make a rule, in force when the answer leaves; one of the same name is replaced."""
    return told(await office.rules.add(act, asked.model_dump(exclude_unset=True)))


@router.get("/codes/{dialect}")
async def codes(dialect: Annotated[str, Path(max_length=200)], _act: Act, office: Off) -> dict[str, Any]:
    """List the vendor's codes that a rule may refuse with."""
    return {"dialect": dialect, "codes": office.rules.codes(dialect)}


class Profiled(BaseModel):
    """How a simulated carrier behaves."""

    model_config = ConfigDict(extra="forbid")

    profile: Annotated[Name, Field(description="healthy, slow, flaky, throttling or dead")]


@router.post("/profiles/{carrier}")
async def profile(
    carrier: Annotated[str, Path(max_length=200)], asked: Profiled, act: Act, office: Off
) -> dict[str, Any]:
    """Have a simulated carrier behave by another profile: numbers that are not magic fare as it says."""
    return {"carrier": carrier, "profile": await office.rules.profile(act, carrier, asked.profile)}


@router.delete("/{name}")
async def remove(
    name: Annotated[str, Path(max_length=200, description="the rule's name")],
    act: Act,
    office: Off,
    project: Annotated[Name, Query(description="of this project only")] = "",
) -> dict[str, Any]:
    """Take a rule away."""
    await office.rules.remove(act, name, project)
    return {"deleted": 1}


@router.delete("")
async def clear(act: Act, office: Off) -> dict[str, int]:
    """Take every rule away."""
    return {"deleted": await office.rules.clear(act)}
