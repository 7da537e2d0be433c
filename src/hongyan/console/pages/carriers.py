"""Carriers: how each is doing, and what an operator may do to it. Routes are `routes.py`'s."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, page, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.ways import Ways
from hongyan.console.words.carriers import WORDS
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.message import FINAL
from hongyan.model.reason import Reason
from hongyan.model.world import Standing

_LINES = 200
_LONGEST_MINUTES = 24 * 60
_FASTEST = 1_000_000
_VERBS: dict[str, Standing] = {
    "suspend": Standing.SUSPENDED,
    "resume": Standing.RUNNING,
    "drain": Standing.DRAINING,
    "isolate": Standing.ISOLATED,
}
_COLUMNS = (
    Column("name", link="page"),
    Column("protocol"),
    Column("standing", "state"),
    Column("links", "number"),
    Column("window", "number"),
    Column("pace", "number"),
    Column("reached", "number"),
    Column("waiting", "number"),
    Column("p50", "number"),
    Column("p99", "number"),
    Column("handed", "number"),
    Column("not_taken", "number"),
)
_RESULTS = (Column("result"), Column("code", "code"), Column("times", "number"))
_LINKS = (
    Column("name"),
    Column("state", "state"),
    Column("since", "time"),
    Column("peer"),
    Column("unanswered", "number"),
    Column("sent", "number"),
    Column("received", "number"),
    Column("last_error"),
)


def _routes(console: Console) -> Sequence[Route]:
    acts = [action(console, f"/carriers/{{name}}/{verb}", _standing_of(verb)) for verb in _VERBS]
    return [
        *table_pages(console, "/carriers", load, show),
        page(console, "/carriers/{name}", one),
        *acts,
        action(console, "/carriers/{name}/rebind", rebind),
        action(console, "/carriers/{name}/pace", pace),
        action(console, "/carriers/{name}/transcript", transcript),
    ]


SECTION = Section("carriers", "/carriers", "delivery", _routes)


async def load(visit: Visit) -> Table:
    """Return every declared carrier and how it is doing."""
    return Table("carriers", _COLUMNS, [_row(look) for look in await visit.office.carriers.looks()])


async def show(visit: Visit, table: Table) -> Response:
    """Show them, with how many messages wait for any of them."""
    return visit.draw(
        "carriers.html",
        WORDS,
        table=table,
        backlog=await visit.office.carriers.backlog(),
        tab="carriers",
        at="carriers",
    )


async def one(visit: Visit) -> Response:
    """Show one carrier: figures, links, what it answered, its transcript, and the operator's verbs."""
    name = visit.request.path_params["name"]
    look = await visit.office.carriers.look(name)
    path = f"/v1/carriers/{name}"
    ways = {
        verb: visit.ways(f"hongyan carrier {verb} {name}", "POST", f"{path}/{verb}", {"why": ""})
        for verb in (*_VERBS, "rebind")
    }
    return visit.draw(
        "carrier.html",
        WORDS,
        look=look,
        row=_row(look),
        links=Table("links", _LINKS, list(look["links"])),
        results=Table("results", _RESULTS, list(_results(look["results"]))),
        receipts=look["receipts"],
        lines=await visit.office.carriers.lines(name, _LINES),
        finals={str(state) for state in FINAL},
        verbs=[verb for verb, standing in _VERBS.items() if str(standing) != look["standing"]],
        ways=ways,
        pace_way=visit.ways(f"hongyan carrier pace {name} 50", "POST", f"{path}/pace", {"per_second": 50}),
        transcript_way=_transcript_way(visit, name),
        test_way=visit.ways(
            f"hongyan carrier test {name} --to 13800138000 --text hello",
            "POST",
            f"{path}/test",
            {"to": "13800138000", "text": "hello"},
        ),
        may_act=visit.may(Role.OPERATOR),
        at="carriers",
    )


def _transcript_way(visit: Visit, name: str) -> Ways:
    path = f"/v1/carriers/{name}/transcript"
    return visit.ways(f"hongyan carrier transcript {name} --minutes 5", "POST", path, {"minutes": 5})


def _standing_of(verb: str) -> Any:
    async def act(visit: Visit) -> Response:
        name = visit.request.path_params["name"]
        await visit.office.carriers.stand(visit.actor, name, _VERBS[verb], why=visit.sent.get("why", "").strip()[:200])
        return visit.back(f"/carriers/{name}", done=verb)

    return act


async def rebind(visit: Visit) -> Response:
    """Log in anew on every link."""
    name = visit.request.path_params["name"]
    await visit.office.carriers.rebind(visit.actor, name, why=visit.sent.get("why", "").strip()[:200])
    return visit.back(f"/carriers/{name}", done="rebind")


async def pace(visit: Visit) -> Response:
    """Set the pace; an empty field leaves it as declared."""
    name, text = visit.request.path_params["name"], visit.sent.get("per_second", "").strip()
    per_second = _number(text, "per_second", _FASTEST) if text else None
    await visit.office.carriers.pace(visit.actor, name, per_second)
    return visit.back(f"/carriers/{name}", done="pace")


async def transcript(visit: Visit) -> Response:
    """Keep PDUs readable for some minutes."""
    name = visit.request.path_params["name"]
    await visit.office.carriers.listen(
        visit.actor, name, _number(visit.sent.get("minutes", ""), "minutes", _LONGEST_MINUTES)
    )
    return visit.back(f"/carriers/{name}", done="transcript")


def _number(text: str, field: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise Refused(Reason.BAD_FIELD, field=field, why=f"0 - {most:g}")
    return value


def _row(look: Mapping[str, Any]) -> dict[str, Any]:
    """Return a carrier as a row of plain values."""
    results, figures = look["results"], look["pace"]
    not_taken = sum(sum(codes.values()) for codes in results.values() if isinstance(codes, dict))
    return {
        "name": look["name"],
        "page": f"/carriers/{look['name']}",
        "protocol": look["protocol"],
        "standing": look["standing"] if look["enabled"] else "off",
        "links": f"{look['links_open']}/{len(look['links'])}" if look["links"] else None,
        "window": f"{look['window']['used']}/{look['window']['limit']}",
        "pace": figures["now"] or figures["limit"],
        "reached": round(figures["reached"], 1),
        "waiting": look["waiting"],
        "p50": look["answer_p50_ms"],
        "p99": look["answer_p99_ms"],
        "handed": results.get("handed", 0),
        "not_taken": not_taken,
        "cost": look["cost"],
    }


def _results(results: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    return [
        {"result": result, "code": code, "times": times}
        for result, codes in results.items()
        if isinstance(codes, dict)
        for code, times in sorted(codes.items(), key=lambda pair: -pair[1])
    ]
