"""`/v1/statistics`: volume, delivery rate and latency, over time and by carrier, vendor, country or project."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from hongyan.dialects.native.questions import Name
from hongyan.dialects.native.routes import Act, Off
from hongyan.operate.statistics import Asked

router = APIRouter(prefix="/v1")


class Counted(BaseModel):
    """What to look at."""

    model_config = ConfigDict(extra="forbid")

    span: Annotated[Literal["1d", "7d", "30d"], Query(description="how far back")] = "1d"
    by: Annotated[
        Literal["carrier", "dialect", "country", "project", "leg", "category", "state"],
        Query(description="what the rows are"),
    ] = "carrier"
    project: Annotated[Name, Query(description="only of this project")] = ""
    dialect: Annotated[Name, Query(description="only by this API")] = ""
    carrier: Annotated[Name, Query(description="only through this carrier")] = ""


@router.get("/statistics")
async def statistics(asked: Annotated[Counted, Query()], act: Act, office: Off) -> dict[str, Any]:
    """Tell how many messages there were, how many arrived and how soon."""
    return await office.statistics.look(act, Asked(**asked.model_dump()))
