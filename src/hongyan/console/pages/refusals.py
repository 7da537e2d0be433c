"""The newest refusals: one line each, leading to its story."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.refusals import WORDS

_MOST = 50
_COLUMNS = (
    Column("at", "time"),
    Column("reason", "code", link="page"),
    Column("dialect"),
    Column("action"),
    Column("said"),
    Column("request_id", "code"),
)


def _routes(console: Console) -> Sequence[Route]:
    return table_pages(console, "/refusals", load, show)


SECTION = Section("refusals", "/refusals", "messages", _routes)


async def load(visit: Visit) -> Table:
    """Return the newest refusals."""
    rows = await visit.office.look.refusals(_MOST)
    for row in rows:
        row["reason"] = row["facts"]["reason"]
        row["said"] = row["text_zh" if visit.lang == "zh" else "text_en"]
        row["page"] = f"/messages/{quote(row['request_id'], safe='')}"
    return Table("refusals", _COLUMNS, rows)


async def show(visit: Visit, table: Table) -> Response:
    """Show them."""
    return visit.draw("refusals.html", WORDS, table=table, at="refusals")
