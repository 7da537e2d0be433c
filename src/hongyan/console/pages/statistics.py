"""Statistics: volume and delivery over time, drawn, with the same numbers as a table beside it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.drawing import clock_time
from hongyan.console.frame import Console, Section, Visit, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words import LEGS, STATES
from hongyan.console.words.statistics import WORDS
from hongyan.operate.statistics import BY, SPANS, Asked

_WIDTH, _HEIGHT, _LEFT, _BELOW = 960, 220, 44, 24
_STACK = ("delivered", "failed", "unknown", "moving")
"""from the bottom of a column to its top"""
_STEPS = (1, 2, 5)
_LABELS = 8
_MOST_WITH_HOURS, _DAY, _HOUR = 28, 5, 11
"""columns that have the hour below them too; how much of `MM-dd HH:mm:ss` that is"""
_FIGURES = ("messages", "delivered", "failed", "unknown", "moving", "delivery_rate", "p50_s", "p95_s", "charged")
_COLUMNS = (Column("name"), *(Column(name, "number") for name in _FIGURES[:-1]), Column("charged", "money"))


class Bar(NamedTuple):
    """One piece of a column, in the drawing's units."""

    kind: str
    x: float
    y: float
    width: float
    height: float


class Tick(NamedTuple):
    """A line of the scale, or a label below a column."""

    at: float
    text: str


class Chart(NamedTuple):
    """A drawing."""

    width: int
    height: int
    left: int
    foot: float
    bars: list[Bar]
    lines: list[Tick]
    labels: list[Tick]


def _routes(console: Console) -> Sequence[Route]:
    return table_pages(console, "/statistics", load, show)


SECTION = Section("statistics", "/statistics", "delivery", _routes)


def _asked(visit: Visit) -> Asked:
    span, by = visit.asked("span"), visit.asked("by")
    only = {name: visit.asked(name) for name in ("project", "dialect", "carrier")}
    return Asked(span if span in SPANS else "1d", by if by in BY else "carrier", **only)


async def load(visit: Visit) -> Table:
    """Return the rows by what the address asks for."""
    found = visit.request.state.found = await visit.office.statistics.look(visit.actor, _asked(visit))
    return _table(visit, found)


def _table(visit: Visit, found: Mapping[str, Any]) -> Table:
    named = {"state": STATES, "leg": LEGS}.get(found["by"])
    rows = [row | {"name": named[visit.lang].get(row["name"], row["name"])} if named else row for row in found["rows"]]
    return Table("statistics", _COLUMNS, rows)


async def show(visit: Visit, table: Table) -> Response:
    """Show the drawing, the figures and the rows."""
    asked = _asked(visit)
    found = visit.request.state.found
    world = visit.office.world()
    given = {name: value for name, value in asked._asdict().items() if value}
    cli = f"hongyan statistics --span {asked.span} --by {asked.by}"
    return visit.draw(
        "statistics.html",
        WORDS,
        asked=asked,
        table=table,
        over_time=_over_time(found["columns"]),
        whole=found["whole"],
        figures=_FIGURES,
        missing=found["missing_hours"],
        chart=drawn(found["columns"]),
        stack=_STACK,
        spans=tuple(SPANS),
        all_by=BY,
        choices={
            "project": list(world.projects),
            "dialect": sorted({key.dialect for key in world.keys.values()}),
            "carrier": list(world.carriers),
        },
        way=visit.ways(cli, "GET", "/v1/statistics?" + "&".join(f"{name}={value}" for name, value in given.items())),
        at="statistics",
    )


def _over_time(columns: Sequence[Mapping[str, Any]]) -> Table:
    heads = (Column("at", "time"), *(Column(name, "number") for name in _STACK))
    return Table("over_time", heads, [dict(one) for one in columns if any(one[name] for name in _STACK)])


def drawn(columns: Sequence[Mapping[str, Any]]) -> Chart:
    """Return stacked columns with a scale of round numbers."""
    most = max((sum(one[name] for name in _STACK) for one in columns), default=0)
    step = _step(most)
    top = max(step, -(-most // step) * step)
    foot = _HEIGHT - _BELOW
    scale, slot = (foot - 8) / top, (_WIDTH - _LEFT) / max(1, len(columns))
    bars = []
    for place, one in enumerate(columns):
        y: float = foot
        for name in _STACK:
            height = one[name] * scale
            if height:
                y -= height
                bars.append(
                    Bar(
                        name,
                        round(_LEFT + place * slot + slot * 0.12, 1),
                        round(y, 1),
                        round(slot * 0.76, 1),
                        round(height, 1),
                    )
                )
    every = max(1, len(columns) // _LABELS)
    shown = _DAY if len(columns) > _MOST_WITH_HOURS else _HOUR
    labels = [
        Tick(round(_LEFT + (place + 0.5) * slot, 1), clock_time(one["at"])[:shown])
        for place, one in enumerate(columns)
        if place % every == 0
    ]
    lines = [Tick(round(foot - value * scale, 1), f"{value:,}") for value in range(0, top + 1, step)]
    return Chart(_WIDTH, _HEIGHT, _LEFT, foot, bars, lines, labels)


def _step(most: int) -> int:
    """Return a round number of which about four make the highest column."""
    step = 1
    while True:
        for factor in _STEPS:
            if most <= 4 * step * factor:
                return step * factor
        step *= 10
