"""Routes in the order they are tried, and which of them a number would take now, and why."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.carriers import WORDS
from hongyan.model.message import Category, Leg
from hongyan.model.world import Hours, RouteConfig
from hongyan.operate.routing import Asked

_CONDITIONS = ("projects", "categories", "legs", "countries", "operators", "signatures", "senders", "numbers")
_COLUMNS = (
    Column("order", "number"),
    Column("name"),
    Column("when"),
    Column("choices"),
    Column("prefer"),
)
_FIELDS = ("to", "project", "category", "leg", "signature", "sender")


def _routes(console: Console) -> Sequence[Route]:
    return table_pages(console, "/routes", load, show)


SECTION = Section("routes", "/routes", "", _routes)


async def load(visit: Visit) -> Table:
    """Return the routes."""
    return Table("routes", _COLUMNS, [_row(visit, one) for one in visit.office.routing.routes()])


async def show(visit: Visit, table: Table) -> Response:
    """Show them, with the answer for a number if the address asks for one."""
    given = {name: visit.asked(name) for name in _FIELDS}
    given["category"] = given["category"] if given["category"] in set(Category) else str(Category.NOTIFICATION)
    given["leg"] = given["leg"] if given["leg"] in set(Leg) else str(Leg.TEXT)
    asked = Asked(**given | {"category": Category(given["category"]), "leg": Leg(given["leg"])})  # type: ignore[arg-type]
    cli = " ".join(
        ["hongyan route", given["to"] or "13800138000"]
        + [f"--{name} {value}" for name, value in given.items() if name != "to" and value]
    )
    path = "/v1/routing?to=" + (given["to"] or "13800138000")
    return visit.draw(
        "routes.html",
        WORDS,
        table=table,
        given=given,
        found=visit.office.routing.ask(asked) if asked.to else None,
        projects=list(visit.office.world().projects),
        categories=list(Category),
        all_legs=list(Leg),
        way=visit.ways(cli, "GET", path),
        tab="routes",
        at="carriers",
    )


def _row(visit: Visit, route: RouteConfig) -> dict[str, Any]:
    zh = visit.lang == "zh"
    said = [
        f"{WORDS['when_' + name][zh]} {', '.join(map(str, found))}"
        for name in _CONDITIONS
        if (found := getattr(route, name))
    ]
    if route.project:
        said.append(f"{WORDS['when_projects'][zh]} {route.project}")
    said += [_hours(one) for one in route.hours]
    return {
        "order": route.order,
        "name": route.name,
        "when": "; ".join(said) or WORDS["when_always"][zh],
        "choices": ", ".join(f"{one.carrier} ×{one.weight}" for one in route.choices),
        "prefer": WORDS[f"prefer_{route.prefer}"][zh],
    }


def _hours(hours: Hours) -> str:
    return f"{hours.begin}–{hours.end} {' '.join(hours.days)} {hours.zone}".replace("  ", " ")
