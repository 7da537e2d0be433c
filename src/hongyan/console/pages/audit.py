"""The audit log: who did what to what, when, and from where. Nothing here can be changed by anybody."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.asking import moment
from hongyan.console.frame import Console, Section, Visit, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.audit import WORDS
from hongyan.model.actor import Role
from hongyan.model.ids import from_decimal
from hongyan.operate.journal import AuditQuery, readable

_ROWS = 50
_COLUMNS = (
    Column("at", "time"),
    Column("actor"),
    Column("action", "code"),
    Column("target", link="page"),
    Column("project"),
    Column("said"),
    Column("via"),
    Column("peer", "code"),
)
_FIELDS = ("actor", "action", "project", "target", "since")
_PAGES: Mapping[str, str] = {
    "account": "/accounts/",
    "session": "/accounts/",
    "carrier": "/carriers/",
    "project": "/projects/",
    "trigger": "/messages/",
}
"""where the pages of an action's targets begin"""


def _routes(console: Console) -> Sequence[Route]:
    return table_pages(console, "/audit", load, show, Role.OPERATOR)


SECTION = Section("audit", "/audit", "system", _routes, Role.OPERATOR)


async def load(visit: Visit) -> Table:
    """Return a page of the log, newest first."""
    given = {name: visit.asked(name) for name in _FIELDS}
    now_ms = visit.office.clock.now_ms()
    query = AuditQuery(
        actor=given["actor"],
        action=given["action"],
        project=given["project"],
        target=given["target"],
        since_ms=moment(given["since"], now_ms) if given["since"] else None,
        before_id=from_decimal(visit.asked("before")),
        limit=_ROWS + 1,
    )
    found = await visit.office.journal.read(visit.actor, query)
    rows, more = found[:_ROWS], len(found) > _ROWS
    for row in rows:
        row["said"] = readable(row["facts"])
        row["page"] = _page(row, visit)
    return Table("audit", _COLUMNS, rows, rows[-1]["id"] if more else None)


async def show(visit: Visit, table: Table) -> Response:
    """Show it."""
    given = {name: visit.asked(name) for name in _FIELDS}
    asked = "&".join(f"{name}={quote(value)}" for name, value in given.items() if value)
    return visit.draw(
        "audit.html",
        WORDS,
        table=table,
        given=given,
        odd_since=bool(given["since"]) and moment(given["since"], visit.office.clock.now_ms()) is None,
        subjects=await visit.office.journal.subjects(),
        way=visit.ways("", "GET", f"/v1/audit?{asked}" if asked else "/v1/audit"),
        at="audit",
    )


def _page(row: Mapping[str, Any], visit: Visit) -> str:
    subject, _, verb = row["action"].partition(".")
    begin = _PAGES.get(subject)
    is_gone = verb in {"remove", "delete", "drop"}
    if begin is None or not row["target"] or is_gone or (begin == "/accounts/" and not visit.may(Role.ADMIN)):
        return ""
    return begin + quote(row["target"], safe="")
