"""The inbox: messages, newest first, found by a search in the address; they move by themselves. What to paste when
there is none is `first_screen.py`'s.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from msgspec.structs import replace
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hongyan.console.board import Seen, digest_of
from hongyan.console.drawing import FENCE
from hongyan.console.first_screen import first_screen
from hongyan.console.frame import Console, Section, Visit, page, table_data
from hongyan.console.pages.asked import PAGE_ROWS, Asked, read
from hongyan.console.pages.asked_terms import DIALECTS, KEYS
from hongyan.console.pages.listing import PART, Narrowing, addresses, list_alone
from hongyan.console.tables import Column, Table
from hongyan.console.words.inbox import WORDS
from hongyan.model.clock import iso
from hongyan.model.ids import minted_ms
from hongyan.report.look import with_code

REFRESH_S = 5
"""without a script"""
REFUSED_MS = 600_000
"""how long a refusal is pointed out above the list"""
_COLUMNS = (
    Column("accepted_at", "time"),
    Column("id", "code", link="page"),
    Column("state", "state"),
    Column("to"),
    Column("text"),
    Column("code", "code"),
    Column("dialect"),
    Column("template"),
    Column("signature"),
    Column("project"),
    Column("carrier"),
    Column("parts", "number"),
    Column("cause_said"),
    Column("done_at", "time"),
)


def _routes(console: Console) -> Sequence[Route]:
    return [page(console, "/", inbox), *table_data(console, "/messages", load), page(console, "/find", find)]


SECTION = Section("inbox", "/", "messages", _routes)


class Listed(NamedTuple):
    """What stands in the list."""

    asked: Asked
    rows: list[dict[str, Any]]
    before: int | None
    """where older ones begin"""
    is_cut: bool
    """older ones were not looked at yet"""
    refused: dict[str, int]
    """reason -> how many, lately"""

    @property
    def is_empty(self) -> bool:
        """Return whether there are no messages at all."""
        return not self.rows and not self.asked.said and self.asked.before_id is None

    @property
    def searched_to(self) -> str | None:
        """Return how far back it was looked, as ISO time; None: as far as there is anything."""
        return iso(minted_ms(self.before)) if self.is_cut and self.before is not None else None


async def listed(visit: Visit) -> Listed:
    """Return the messages that an address asks for."""
    asked = read(visit)
    look = visit.office.look
    query, is_void = asked.query, asked.is_void
    if asked.request:
        query = replace(query, submissions=await look.of_request(asked.request))
        is_void |= not query.submissions
    refused: dict[str, int] = {}
    if asked.before_id is None:
        refused = await look.refused_since(visit.office.clock.now_ms() - REFUSED_MS, query.project)
    if is_void:
        return Listed(asked, [], None, is_cut=False, refused=refused)
    found = await look.search(query)
    shown = found.rows[:PAGE_ROWS]
    before = shown[-1].id if len(found.rows) > PAGE_ROWS else found.before if found.is_cut else None
    rows = [with_code(message) for message in shown]
    for row in rows:
        row["page"] = f"/messages/{row['id']}"
        row["cause_said"] = f"{row['cause']['code']} {row['cause']['text']}".strip() if row["cause"] else ""
    return Listed(asked, rows, before, found.is_cut, refused)


async def load(visit: Visit) -> Table:
    """Return them as a table."""
    found = await listed(visit)
    return Table("messages", _COLUMNS, found.rows, None if found.before is None else str(found.before))


async def inbox(visit: Visit) -> Response:
    """Show the messages, or only the list of them."""
    if visit.asked("part") == PART:
        return await list_alone(visit, "/", seen)
    found = await listed(visit)
    return visit.draw(
        "inbox.html",
        WORDS,
        refresh_s=REFRESH_S if found.asked.refreshes else 0,
        follows=True,
        keys=KEYS,
        all_dialects=DIALECTS,
        first=first_screen(visit) if found.is_empty else None,
        at="inbox",
        **_context(visit, found),
    )


async def seen(visit: Visit) -> Seen:
    """Return the list alone, for those who look on."""
    found = await listed(visit)
    drawn = visit.draw("inbox_list.html", WORDS, at="inbox", **_context(visit, found))
    return Seen(_digest(found), bytes(drawn.body))


def _context(visit: Visit, found: Listed) -> dict[str, Any]:
    now = {"digest": _digest(found), "now_ms": visit.office.clock.now_ms()}
    narrow = Narrowing(visit, "/", found.asked.typed)
    return {"found": found, "asked": found.asked, "narrow": narrow} | now | addresses(visit, "inbox")


def _digest(found: Listed) -> str:
    return digest_of((found.rows, found.before, found.refused))


async def find(visit: Visit) -> Response:
    """Lead from an id typed in to its page."""
    typed = visit.asked("id")
    if not typed:
        return RedirectResponse(visit.page("/"), status_code=303, headers=FENCE)
    story = await visit.office.look.show(typed)
    return RedirectResponse(visit.page(f"/messages/{quote(story['id'], safe='')}"), status_code=303, headers=FENCE)
