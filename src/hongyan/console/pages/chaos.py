"""Rehearsals: fault rules, the simulated carriers' profiles, the clock, snapshots and resets."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hongyan.carriers.endings import USUAL
from hongyan.carriers.profiles import PROFILES
from hongyan.console.frame import CSRF_FIELD, Console, Section, Visit, action, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.ways import Ways
from hongyan.console.words import STATES, worded
from hongyan.console.words.chaos import WORDS
from hongyan.model.actor import Role
from hongyan.model.reason import Reason
from hongyan.model.world import Effect
from hongyan.operate.rules import FIELDS, told

_PUSHES = ("1m", "1h", "24h", "72h")
_STRIKES = ("project", "dialect", "action", "to", "template", "text")
_COLUMNS = (
    Column("name"),
    Column("effect"),
    Column("does"),
    Column("strikes"),
    Column("share", "number"),
    Column("times", "number"),
    Column("made_by"),
    Column("made_at", "time"),
)
_STATUSES = (429, 500, 502, 503, 504)
_DOES = ("state", "code", "reason", "status", "after_s")


def _routes(console: Console) -> Sequence[Route]:
    return [
        *table_pages(console, "/chaos", load, show),
        action(console, "/chaos/rules/add", add),
        action(console, "/chaos/rules/remove", remove),
        action(console, "/chaos/rules/clear", clear),
        action(console, "/chaos/profile", profile),
        action(console, "/chaos/clock", push, Role.ADMIN),
        action(console, "/chaos/snapshot", snapshot, Role.ADMIN),
        action(console, "/chaos/snapshot/drop", drop, Role.ADMIN),
        action(console, "/chaos/reset", reset, Role.ADMIN),
    ]


SECTION = Section("chaos", "/chaos", "rehearse", _routes)


async def load(visit: Visit) -> Table:
    """Return the rules, in the order they are tried."""
    return Table("rules", _COLUMNS, [_row(told(one), visit.lang) for one in visit.office.rules.list(visit.actor)])


async def show(visit: Visit, table: Table) -> Response:
    """Show what is rehearsed, and the forms that rehearse more."""
    office, world = visit.office, visit.office.world()
    dialects = ("alibaba", "comms", "nxcloud", "yundashi")
    return visit.draw(
        "chaos.html",
        WORDS,
        table=table,
        on=office.rehearsal.on,
        may_act=office.rehearsal.on and visit.may(Role.OPERATOR),
        may_rule_all=office.rehearsal.on and visit.may(Role.ADMIN),
        clock=office.test_clock.show(),
        pushes=[(by, _clock_way(visit, by)) for by in _PUSHES],
        push_way=_clock_way(visit, "72h"),
        snapshots=[
            one | {"way": visit.ways(f"hongyan reset {one['name']}", "POST", "/v1/reset", {"snapshot": one["name"]})}
            for one in await office.snapshots.list(visit.actor)
        ],
        reset_way=visit.ways("hongyan reset", "POST", "/v1/reset", {}),
        snapshot_way=visit.ways("hongyan snapshot make calm", "POST", "/v1/snapshots", {"name": "calm"}),
        drop_way=visit.ways("hongyan snapshot remove calm", "DELETE", "/v1/snapshots/calm"),
        simulated=[
            (one.name, one.settings.get("profile", "healthy"), _profile_way(visit, one.name))
            for one in world.carriers.values()
            if one.protocol == "simulator"
        ],
        profiles=PROFILES,
        projects=list(world.projects),
        dialects=dialects,
        codes={name: office.rules.codes(name) for name in dialects},
        reasons=[str(one) for one in Reason],
        ends=list(USUAL),
        statuses=_STATUSES,
        add_ways={name: visit.ways(_command(asked), "POST", "/v1/rules", asked) for name, asked in _EXAMPLES.items()},
        remove_way=visit.ways("hongyan rule remove NAME", "DELETE", "/v1/rules/NAME"),
        clear_way=visit.ways("hongyan rule remove --all", "DELETE", "/v1/rules"),
        at="chaos",
    )


_EXAMPLES: dict[str, dict[str, Any]] = {
    "end": {"effect": "end", "to": "*0042", "state": "undelivered", "code": "MK:0001", "after_s": 30},
    "refuse": {"effect": "refuse", "code": "isv.BUSINESS_LIMIT_CONTROL", "template": "SMS_480680001"},
    "call": {"effect": "answer", "status": 429, "dialect": "alibaba", "share": 10},
}


async def add(visit: Visit) -> Response:
    """Make a rule of a form's fields."""
    asked = {name: value.strip() for name, value in visit.sent.items() if name != CSRF_FIELD and value.strip()}
    if (effect := asked.get("effect", "")) in set(Effect):  # one form has the fields of several effects
        others = set(_DOES) - FIELDS[Effect(effect)]
        asked = {name: value for name, value in asked.items() if name not in others}
    made = await visit.office.rules.add(visit.actor, asked)
    return visit.back("/chaos", done="rule", made=made.name)


async def remove(visit: Visit) -> Response:
    """Take a rule away."""
    await visit.office.rules.remove(visit.actor, visit.sent.get("name", ""), visit.sent.get("project", ""))
    return visit.back("/chaos", done="removed")


async def clear(visit: Visit) -> Response:
    """Take every rule away."""
    await visit.office.rules.clear(visit.actor)
    return visit.back("/chaos", done="removed")


async def profile(visit: Visit) -> Response:
    """Have a simulated carrier behave otherwise."""
    await visit.office.rules.profile(visit.actor, visit.sent.get("carrier", ""), visit.sent.get("profile", ""))
    return visit.back("/chaos", done="profile")


async def push(visit: Visit) -> Response:
    """Push the clock."""
    await visit.office.test_clock.push(visit.actor, visit.sent.get("push", ""))
    return visit.back("/chaos", done="push")


async def snapshot(visit: Visit) -> Response:
    """Keep everything as it is."""
    await visit.office.snapshots.make(visit.actor, visit.sent.get("name", "").strip())
    return visit.back("/chaos", done="snapshot")


async def drop(visit: Visit) -> Response:
    """Delete a snapshot."""
    await visit.office.snapshots.drop(visit.actor, visit.sent.get("name", ""))
    return visit.back("/chaos", done="dropped")


async def reset(visit: Visit) -> Response:
    """Go back to a snapshot, or to the start."""
    await visit.office.snapshots.reset(visit.actor, visit.sent.get("name") or None)
    return visit.back("/chaos", done="reset")


def _row(rule: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return a rule as a row, with what it does and what it strikes in a cell each, in words."""
    words, states = worded(WORDS, lang), STATES[lang]
    said = {name: rule[name] for name in _DOES if rule.get(name)}
    if "state" in said:
        said["state"] = states[said["state"]]
    if "after_s" in said:
        said["after_s"] = f"{said['after_s']:g}"
    does = words["comma"].join(words[f"does_{name}"].format(value) for name, value in said.items())
    struck = [words[f"strikes_{name}"].format(rule[name]) for name in _STRIKES if rule.get(name)]
    cells = {"does": does, "strikes": words["comma"].join(struck) or words["everything"]}
    return {"share": 100, "times": 0, "project": ""} | dict(rule) | cells


def _command(asked: Mapping[str, Any]) -> str:
    """Return the command that makes a rule."""
    options = {"after_s": "after"}
    words = ["hongyan", "rule", "add", str(asked["effect"])]
    for name, value in asked.items():
        if name != "effect":
            words += [f"--{options.get(name, name)}", shlex.quote(str(value))]
    return " ".join(words)


def _clock_way(visit: Visit, by: str) -> Ways:
    return visit.ways(f"hongyan clock push {by}", "POST", "/v1/clock", {"push": by})


def _profile_way(visit: Visit, name: str) -> Ways:
    asked = {"profile": "flaky"}
    return visit.ways(f"hongyan rule profile {name} flaky", "POST", f"/v1/rules/profiles/{name}", asked)
