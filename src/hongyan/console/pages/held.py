"""Messages that are held: looked through, released, rejected. What is decided is shown once more before it is done."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, page, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.held import WORDS
from hongyan.model.actor import Role
from hongyan.model.ids import from_decimal
from hongyan.operate.held import MOST_AT_ONCE, HeldQuery

_ROWS = 50
_VERBS = ("release", "reject")
_SHOWN = 8
"""messages that are shown of those that are about to be decided about"""
_FILTERS = ("project", "to", "text")
_COLUMNS = (
    Column("id", "code", link="page"),
    Column("project"),
    Column("to"),
    Column("text"),
    Column("accepted_at", "time"),
    Column("expires_at", "time"),
)


def _routes(console: Console) -> Sequence[Route]:
    return [
        *table_pages(console, "/held", load, show),
        page(console, "/held/sure", sure, Role.OPERATOR),
        action(console, "/held/release", release, Role.OPERATOR),
        action(console, "/held/reject", reject, Role.OPERATOR),
    ]


SECTION = Section("held", "/held", "messages", _routes)


async def load(visit: Visit) -> Table:
    """Return a page of held messages by the address."""
    rows = await visit.office.held.page(visit.actor, _query(visit, _ROWS + 1))
    after = rows[_ROWS - 1]["id"] if len(rows) > _ROWS else None
    for row in rows:
        row["page"] = f"/messages/{row['id']}"
    return Table("held", _COLUMNS, rows[:_ROWS], after)


async def show(visit: Visit, table: Table) -> Response:
    """Show them, with a mark beside each."""
    given = {name: visit.asked(name) for name in _FILTERS}
    counts = await visit.office.held.counts(visit.actor)
    filters = {name: value for name, value in given.items() if value}
    return visit.draw(
        "held.html",
        WORDS,
        table=table,
        given=given,
        filters=filters,
        counts=counts,
        projects=sorted(visit.office.world().projects),
        may_decide=visit.may(Role.OPERATOR),
        way=visit.ways(_cli("list", filters), "GET", "/v1/held"),
        at="held",
    )


async def sure(visit: Visit) -> Response:
    """Show what would be released or rejected, and ask whether that is meant."""
    verb = visit.asked("verb") if visit.asked("verb") in _VERBS else "release"
    chosen = [one for text in visit.query.getlist("id") if (one := from_decimal(text)) is not None][:MOST_AT_ONCE]
    filters = {name: value for name in _FILTERS if (value := visit.asked(name))}
    if not chosen and visit.asked("all") == "1":
        chosen = await visit.office.held.ids(visit.actor, _query(visit, MOST_AT_ONCE, paged=False))
    rows = await visit.office.held.these(visit.actor, chosen)
    ids = [row["id"] for row in rows]
    body: dict[str, Any] = {"ids": ids} if len(ids) <= _SHOWN else filters
    cli = f"hongyan held {verb} {' '.join(ids)}" if len(ids) <= _SHOWN else _cli(verb, filters)
    return visit.draw(
        "held_sure.html",
        WORDS,
        verb=verb,
        rows=rows[:_SHOWN],
        ids=ids,
        more=max(0, len(ids) - _SHOWN),
        most=MOST_AT_ONCE,
        back=visit.page("/held", **filters),
        way=visit.ways(cli, "POST", f"/v1/held/{verb}", body) if body else None,
        at="held",
    )


async def release(visit: Visit) -> Response:
    """Let those go that were shown."""
    done = await visit.office.held.release(visit.actor, _sent(visit))
    return visit.back("/held", done="released", n=len(done))


async def reject(visit: Visit) -> Response:
    """End those that were shown."""
    done = await visit.office.held.reject(visit.actor, _sent(visit), visit.sent.get("why", "").strip()[:200])
    return visit.back("/held", done="rejected", n=len(done))


def _query(visit: Visit, limit: int, *, paged: bool = True) -> HeldQuery:
    return HeldQuery(
        project=visit.asked("project") or None,
        to="".join(one for one in visit.asked("to") if one.isdigit()),
        text=visit.asked("text"),
        before_id=from_decimal(visit.asked("before")) if paged else None,
        limit=limit,
    )


def _sent(visit: Visit) -> list[int]:
    return [one for text in visit.sent.get("id", "").split() if (one := from_decimal(text)) is not None]


def _cli(verb: str, filters: dict[str, str]) -> str:
    return " ".join(("hongyan held", verb, *(f"--{name} '{value}'" for name, value in filters.items())))
