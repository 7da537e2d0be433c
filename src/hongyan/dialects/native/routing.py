"""`/v1/routing`: which route a number would take now, and why. For the operator alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from hongyan.dialects.native.questions import Name
from hongyan.dialects.native.routes import Off, Who
from hongyan.model.errors import Refused
from hongyan.model.message import Category, Leg
from hongyan.model.reason import Reason
from hongyan.operate.routing import Asked

router = APIRouter(prefix="/v1")


class Way(BaseModel):
    """A message that might be sent."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[Name, Query(description="the number")]
    project: Annotated[Name, Query(description="who would pay; absent: the first declared")] = ""
    category: Annotated[Category, Query(description="what it would be for")] = Category.NOTIFICATION
    leg: Annotated[Leg, Query(description="what would travel")] = Leg.TEXT
    signature: Annotated[Name, Query(description="its signature")] = ""
    sender: Annotated[Name, Query(description="its sender id")] = ""


@router.get("/routing")
async def routing(asked: Annotated[Way, Query()], who: Who, office: Off) -> dict[str, Any]:
    """Tell which route a number would take now, by which carriers, for how much, and why not the others."""
    if who.project is not None:
        raise Refused(Reason.NOT_PERMITTED, why="only the operator sees routes")
    return office.routing.ask(Asked(**asked.model_dump()))
