"""`/v1/ledger` and `/v1/prices`: what projects have, entry by entry, and what a part costs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import LARGEST, Instant, Name
from hongyan.dialects.native.routes import Act, Off
from hongyan.model.message import Leg
from hongyan.operate.ledger import LedgerQuery

router = APIRouter(prefix="/v1")


class EntryFilter(BaseModel):
    """Which entries; an absent field means any."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name, Query(description="whose they are")] = ""
    kind: Annotated[Literal["", "charge", "refund", "paid-in", "deposit"], Query(description="what they are")] = ""
    since: Annotated[Instant | None, Query(description="written at or after")] = None
    before: Annotated[
        int | None, Field(ge=0, le=LARGEST), Query(description="id of the last entry of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000), Query(description="most entries returned")] = 50


class Money(BaseModel):
    """Money to add; a minus takes some."""

    model_config = ConfigDict(extra="forbid")

    project: Name
    amount: Annotated[Name, Field(examples=["100", "-2.5"])]
    why: Name = ""


class PriceOf(BaseModel):
    """What a price is known by."""

    model_config = ConfigDict(extra="forbid")

    project: Annotated[Name, Field(description="empty: every project")] = ""
    prefix: Annotated[Name, Field(description="first digits of the E.164 number; empty: everywhere")] = ""
    leg: Leg = Leg.TEXT


class PriceSet(PriceOf):
    """What a part costs."""

    each: Annotated[Name, Field(examples=["0.045"])]


@router.get("/ledger")
async def entries(asked: Annotated[EntryFilter, Query()], act: Act, office: Off) -> dict[str, Any]:
    """List ledger entries, newest first."""
    query = LedgerQuery(asked.project, asked.kind, asked.since, asked.before, asked.limit)  # type: ignore[arg-type] # the validator made milliseconds of it
    found = await office.ledger.entries(act, query)
    return {"entries": found, "next_before": found[-1]["id"] if len(found) == asked.limit else None}


@router.get("/ledger/balances")
async def balances(act: Act, office: Off) -> dict[str, Any]:
    """Tell what every project has."""
    return {"balances": await office.ledger.balances(act)}


@router.post("/ledger", status_code=201)
async def deposit(asked: Money, act: Act, office: Off) -> dict[str, Any]:
    """Add money to a project by hand; answers with its balance."""
    return await office.ledger.deposit(act, asked.project, asked.amount, asked.why)


@router.get("/prices")
async def prices(act: Act, office: Off) -> dict[str, Any]:
    """List what parts cost."""
    found = office.ledger.prices()
    return {"prices": [one for one in found if act.project in {None, one["project"] or act.project}]}


@router.put("/prices")
async def set_price(asked: PriceSet, act: Act, office: Off) -> dict[str, Any]:
    """Set what a part costs, for messages accepted from now on."""
    await office.ledger.set_price(act, asked.project, asked.prefix, asked.leg, asked.each)
    return asked.model_dump()


@router.delete("/prices")
async def drop_price(asked: Annotated[PriceOf, Query()], act: Act, office: Off) -> dict[str, Any]:
    """Take a price back."""
    await office.ledger.drop_price(act, asked.project, asked.prefix, asked.leg)
    return asked.model_dump()
