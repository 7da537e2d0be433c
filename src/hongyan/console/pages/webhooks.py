"""Webhooks: the calls that were made to callers' addresses, each with what was sent and answered, and those that wait.

What a receiver answered is hostile: it is drawn as text and never as anything else.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.drawing import clock_time
from hongyan.console.frame import Console, Section, Visit, action, page, table_pages
from hongyan.console.pages.asked_terms import DIALECTS
from hongyan.console.tables import Column, Table
from hongyan.console.words.webhooks import WORDS
from hongyan.ledger.settlement import DOORS
from hongyan.model.actor import Role
from hongyan.model.ids import from_decimal, from_hex32
from hongyan.operate.calls import CallQuery

_ROWS = 50
_DAY_MS = 86_400_000
_DIALECTS = tuple(one for one in DIALECTS if one not in DOORS)
_OUTCOMES = ("taken", "failed")
_SINCE_H = (1, 6, 24, 24 * 7, 24 * 30)
_CALLS = (
    Column("at", "time", link="page"),
    Column("outcome", "state"),
    Column("dialect"),
    Column("project"),
    Column("about"),
    Column("status", "number"),
    Column("took_ms", "number"),
    Column("next"),
    Column("target"),
    Column("id", "code", link="page"),
)
_TRIES = tuple(column for column in _CALLS if column.name in {"at", "outcome", "status", "took_ms", "next", "target"})
_WAITING = (
    Column("due_at", "time"),
    Column("failed", "number"),
    Column("dialect"),
    Column("project"),
    Column("about"),
    Column("message", "code", link="page"),
    Column("target"),
    Column("id", "code"),
)


def _routes(console: Console) -> Sequence[Route]:
    return [
        *table_pages(console, "/webhooks", load, show),
        *table_pages(console, "/webhooks/waiting", load_waiting, show_waiting),
        page(console, "/webhooks/call/{call}", show_call),
        action(console, "/webhooks/replay", replay),
        action(console, "/webhooks/push", push),
        action(console, "/webhooks/retry", retry),
        action(console, "/webhooks/drop", drop),
    ]


SECTION = Section("webhooks", "/webhooks", "delivery", _routes)


async def load(visit: Visit) -> Table:
    """Return a page of calls by the address."""
    outcome, message = visit.asked("outcome"), visit.asked("message")
    hours = from_decimal(visit.asked("since"))
    query = CallQuery(
        project=visit.actor.project or visit.asked("project") or None,
        dialect=visit.asked("dialect"),
        target=visit.asked("target"),
        taken=outcome == "taken" if outcome in _OUTCOMES else None,
        message=(from_hex32(message) or from_decimal(message) or 0) if message else None,
        since_ms=None if not hours else visit.office.clock.now_ms() - min(hours, 24 * 3650) * 3_600_000,
        before_id=from_decimal(visit.asked("before")),
        limit=_ROWS + 1,
    )
    rows = await visit.office.webhooks.calls(query)
    after = rows[_ROWS - 1]["id"] if len(rows) > _ROWS else None
    return Table("calls", _CALLS, [_shown(visit, row) for row in rows[:_ROWS]], after)


async def show(visit: Visit, table: Table) -> Response:
    """Show them, with the filters and the button that tries again what failed."""
    world = visit.office.world()
    names = ("project", "dialect", "target", "outcome", "message", "since")
    given = {name: visit.asked(name) for name in names}
    stated = "".join(f" --{name} {given[name]}" for name in ("project", "dialect", "target", "message") if given[name])
    failed = " --failed" if given["outcome"] == "failed" else ""
    asked = "&".join(f"{name}={quote(value)}" for name, value in given.items() if value and name != "since")
    return visit.draw(
        "webhooks.html",
        WORDS,
        tab="calls",
        table=table,
        projects=list(world.projects),
        dialects=_DIALECTS,
        outcomes=_OUTCOMES,
        hours=_SINCE_H,
        given=given,
        listeners=await visit.office.webhooks.listeners(visit.actor.project),
        may_change=visit.may(Role.OPERATOR),
        list_way=visit.ways(
            f"hongyan webhook list{failed}{stated}", "GET", f"/v1/webhooks?{asked}" if asked else "/v1/webhooks"
        ),
        retry_way=visit.ways("hongyan webhook retry", "POST", "/v1/webhooks/retry", {}),
        at="webhooks",
    )


async def load_waiting(visit: Visit) -> Table:
    """Return the callbacks that wait, the next one first."""
    project = visit.actor.project or visit.asked("project") or None
    rows = await visit.office.webhooks.waiting(project, _ROWS)
    place = visit.lang == "zh"
    for row in rows:
        row["page"] = f"/messages/{row['message']}" if row["message"] else ""
        row["about"] = WORDS[f"about_{row['about']}"][place]
    return Table("waiting", _WAITING, rows)


async def show_waiting(visit: Visit, table: Table) -> Response:
    """Show them, each with a button that drops it."""
    first = table.rows[0]["id"] if table.rows else "ID"
    return visit.draw(
        "webhooks_waiting.html",
        WORDS,
        tab="waiting",
        table=table,
        may_change=visit.may(Role.OPERATOR),
        list_way=visit.ways("hongyan webhook waiting", "GET", "/v1/webhooks/waiting"),
        drop_way=visit.ways(f"hongyan webhook drop {first}", "DELETE", f"/v1/webhooks/waiting/{first}"),
        retry_way=visit.ways("hongyan webhook retry", "POST", "/v1/webhooks/retry", {}),
        at="webhooks",
    )


async def show_call(visit: Visit) -> Response:
    """Show one call: request and answer side by side, all tries, and what can be done."""
    call = await visit.office.webhooks.call(visit.request.path_params["call"], visit.actor.project)
    tries = Table("tries", _TRIES, [_shown(visit, row) for row in call["tries"]])
    message = call["messages"][0] if call["messages"] else ""
    return visit.draw(
        "webhook.html",
        WORDS,
        call=_shown(visit, call),
        tries=tries,
        message=message,
        may_change=visit.may(Role.OPERATOR),
        replay_way=visit.ways(f"hongyan webhook replay {call['id']}", "POST", f"/v1/webhooks/{call['id']}/replay", {}),
        push_way=visit.ways(f"hongyan push {message}", "POST", f"/v1/messages/{message}/push") if message else None,
        show_way=visit.ways(f"hongyan webhook show {call['id']}", "GET", f"/v1/webhooks/{call['id']}"),
        at="webhooks",
    )


async def replay(visit: Visit) -> Response:
    """Make a call again and lead to the new one."""
    made = await visit.office.webhooks.replay(visit.actor, visit.sent.get("call", ""), visit.sent.get("to", "").strip())
    done = "replay_taken" if made["taken"] else "replay_failed"
    return visit.back(f"/webhooks/call/{made['id']}", done=done)


async def push(visit: Visit) -> Response:
    """Tell a message's caller once more."""
    message = visit.sent.get("message", "")
    told = await visit.office.webhooks.push(visit.actor, message)
    return visit.back("/webhooks", done="push", message=told["message"])


async def retry(visit: Visit) -> Response:
    """Try again all that failed in the last day."""
    project = visit.sent.get("project") or None
    since_ms = visit.office.clock.now_ms() - _DAY_MS
    done = await visit.office.webhooks.retry(visit.actor, project, since_ms)
    some = done["waiting"] + done["given_up"]
    return visit.back("/webhooks", done="retry" if some else "retry_none", project=project or "")


async def drop(visit: Visit) -> Response:
    """Give a waiting callback up."""
    await visit.office.webhooks.drop(visit.actor, visit.sent.get("push", ""))
    return visit.back("/webhooks/waiting", done="drop")


def _shown(visit: Visit, row: dict[str, Any]) -> dict[str, Any]:
    """Return a call with what the table says of it in words."""
    place = visit.lang == "zh"
    outcome = "taken" if row["taken"] else "failed"
    return row | {
        "outcome": outcome,
        "status": row["status"] or None,
        "about": WORDS[f"about_{row['about']}"][place],
        "next": _next(row, place=place),
        "page": f"/webhooks/call/{row['id']}",
    }


def _next(row: dict[str, Any], *, place: bool) -> str:
    if row["by_hand"]:
        return WORDS["by_hand"][place]
    if row["next_at"]:
        return f"{WORDS['again'][place]} {clock_time(row['next_at'])}"
    said = WORDS["given_up" if row["given_up"] else "which_try"][place]
    return said.format(n=row["try"])
