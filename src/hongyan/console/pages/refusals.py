"""The refusals: what was not taken and why, found by a search in the address; each leads to its story."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.asking import Problem, Typed, listed, moment, read_typed
from hongyan.console.board import Seen, digest_of
from hongyan.console.frame import Console, Section, Visit, page, table_data
from hongyan.console.pages.asked import said
from hongyan.console.pages.asked_terms import DIALECTS
from hongyan.console.pages.listing import PART, Narrowing, addresses, list_alone
from hongyan.console.tables import Column, Table
from hongyan.console.words.refusals import WORDS
from hongyan.model.clock import iso
from hongyan.model.ids import from_decimal, minted_ms
from hongyan.model.reason import Reason
from hongyan.report.search import RefusalQuery
from hongyan.report.timeline import refusal_line

PAGE_ROWS = 50
KEYS = {
    "reason": ("原因",),
    "vendor": ("dialect", "api", "厂商", "接口"),
    "action": ("操作",),
    "project": ("项目",),
    "from": ("peer", "ip", "来源"),
    "since": ("after", "从", "起"),
    "text": ("request", "to", "内容", "号码"),
}
_NAMES = {name: key for key, others in KEYS.items() for name in (key, *others)}
_FIELDS = {"reason": "reason", "dialect": "vendor", "vendor": "vendor", "project": "project", "since": "since"}
_COLUMNS = (
    Column("at", "time"),
    Column("reason", "code", link="page"),
    Column("dialect"),
    Column("action"),
    Column("project"),
    Column("said"),
    Column("peer"),
    Column("request_id", "code"),
)


class Asked(NamedTuple):
    """The page's address, read."""

    typed: Typed
    query: RefusalQuery
    problems: tuple[Problem, ...]
    before_id: int | None
    is_live: bool

    @property
    def said(self) -> str:
        """Return the search as it is typed."""
        return self.typed.said


class Listed(NamedTuple):
    """What stands in the list."""

    asked: Asked
    rows: list[dict[str, Any]]
    before: int | None
    is_cut: bool

    @property
    def searched_to(self) -> str | None:
        """Return how far back it was looked, as ISO time; None: as far as there is anything."""
        return iso(minted_ms(self.before)) if self.is_cut and self.before is not None else None

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return the reasons of these, the most frequent first."""
        return Counter(row["reason"] for row in self.rows).most_common()


def _routes(console: Console) -> Sequence[Route]:
    return [page(console, "/refusals", refusals), *table_data(console, "/refusals", load)]


SECTION = Section("refusals", "/refusals", "messages", _routes)


def read(visit: Visit) -> Asked:
    """Return what an address asks for; a term that cannot mean anything is left out and explained."""
    typed = read_typed(said(visit, _FIELDS), _NAMES)
    before_id, problems, fields = from_decimal(visit.asked("before")), list(typed.problems), dict[str, Any]()
    known = {"reasons": [str(one) for one in Reason], "dialects": DIALECTS}
    for term in typed.terms:
        if term.key in {"", "text"}:
            fields["texts"] = (*fields.get("texts", ()), term.value)
        elif term.key == "since":
            fields["since_ms"] = moment(term.value, visit.office.clock.now_ms())
            if fields["since_ms"] is None:
                problems.append(Problem("no_such_time", term.key, term.value[:60]))
        elif term.key in {"reason", "vendor", "action"}:
            name = {"reason": "reasons", "vendor": "dialects", "action": "actions"}[term.key]
            fields[name] = tuple(listed(term.value))
            if not set(fields[name]) <= set(known.get(name, fields[name])):
                problems.append(typed.problem("no_such_value", term, known[name]))
        else:
            fields["peer" if term.key == "from" else term.key] = term.value
    query = RefusalQuery(**fields, before_id=before_id, limit=PAGE_ROWS + 1)
    return Asked(typed, query, tuple(problems), before_id, visit.asked("live") != "0")


async def found_for(visit: Visit) -> Listed:
    """Return the refusals that an address asks for."""
    asked = read(visit)
    found = await visit.office.look.search_refusals(asked.query)
    shown = found.rows[:PAGE_ROWS]
    rows = []
    for one in shown:
        line = refusal_line(one)
        rows.append(
            line
            | {
                "id": str(one.id),
                "reason": str(one.reason),
                "dialect": one.dialect,
                "action": one.action,
                "project": one.project,
                "peer": one.peer,
                "request_id": one.request_id,
                "said": line["text_zh" if visit.lang == "zh" else "text_en"],
                "page": f"/messages/{quote(one.request_id, safe='')}",
                "about": f"/docs{'/zh' if visit.lang == 'zh' else ''}/reasons#{one.reason}",
            }
        )
    before = shown[-1].id if len(found.rows) > PAGE_ROWS else found.before if found.is_cut else None
    return Listed(asked, rows, before, found.is_cut)


async def load(visit: Visit) -> Table:
    """Return them as a table."""
    found = await found_for(visit)
    return Table("refusals", _COLUMNS, found.rows, None if found.before is None else str(found.before))


async def refusals(visit: Visit) -> Response:
    """Show them, or only the list of them."""
    if visit.asked("part") == PART:
        return await list_alone(visit, "/refusals", seen)
    found = await found_for(visit)
    return visit.draw("refusals.html", WORDS, at="refusals", keys=KEYS, all_dialects=DIALECTS, **_context(visit, found))


async def seen(visit: Visit) -> Seen:
    """Return the list alone, for those who look on."""
    found = await found_for(visit)
    drawn = visit.draw("refusals_list.html", WORDS, at="refusals", **_context(visit, found))
    return Seen(_digest(found), bytes(drawn.body))


def _context(visit: Visit, found: Listed) -> dict[str, Any]:
    now = {"digest": _digest(found), "now_ms": visit.office.clock.now_ms()}
    narrow = Narrowing(visit, "/refusals", found.asked.typed)
    return {"found": found, "asked": found.asked, "narrow": narrow} | now | addresses(visit, "refusals")


def _digest(found: Listed) -> str:
    return digest_of((found.rows, found.before))
