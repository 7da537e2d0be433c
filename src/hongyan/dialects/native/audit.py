"""`/v1/audit`: who did what to what. For operators and admins; a project's key sees nothing of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from hongyan.dialects.native.questions import LARGEST, Instant, Name
from hongyan.dialects.native.routes import Act, Off
from hongyan.operate.journal import AuditQuery

router = APIRouter(prefix="/v1")


class AuditFilter(BaseModel):
    """Which entries; an absent field means any."""

    model_config = ConfigDict(extra="forbid")

    actor: Annotated[Name, Query(description="who: an account, operator, dev")] = ""
    action: Annotated[Name, Query(description="whole, or a subject with its dot: account.")] = ""
    project: Annotated[Name, Query(description="whose thing it was")] = ""
    target: Annotated[Name, Query(description="what it was done to")] = ""
    since: Annotated[Instant | None, Query(description="done at or after")] = None
    before: Annotated[
        int | None, Field(ge=0, le=LARGEST), Query(description="id of the last entry of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000), Query(description="most entries returned")] = 50

    def query(self) -> AuditQuery:
        """Return what the log is asked."""
        return AuditQuery(
            actor=self.actor,
            action=self.action,
            project=self.project,
            target=self.target,
            since_ms=self.since,  # type: ignore[arg-type] # the validator made milliseconds of it
            before_id=self.before,
            limit=self.limit,
        )


@router.get("/audit")
async def audit(asked: Annotated[AuditFilter, Query()], act: Act, off: Off) -> dict[str, Any]:
    """List what was done, newest first."""
    found = await off.journal.read(act, asked.query())
    return {"entries": found, "next_before": found[-1]["id"] if len(found) == asked.limit else None}
