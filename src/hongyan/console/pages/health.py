"""Health: what needs somebody's attention, what failed first, each with where to go on."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from hongyan import __version__
from hongyan.console.frame import Console, Section, Visit, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.health import WORDS

_COLUMNS = (Column("state", "state"), Column("what", link="page"), Column("says"))


def _routes(console: Console) -> Sequence[Route]:
    return table_pages(console, "/health", load, show)


SECTION = Section("health", "/health", "system", _routes)


async def load(visit: Visit) -> Table:
    """Return the findings."""
    zh = visit.lang == "zh"
    rows = [
        {
            "state": one.state,
            "what": one.what.zh if zh else one.what.en,
            "says": one.says.zh if zh else one.says.en,
            "page": one.page,
        }
        for one in await visit.office.health.findings()
    ]
    return Table("findings", _COLUMNS, rows)


async def show(visit: Visit, table: Table) -> Response:
    """Show them."""
    worst = table.rows[0]["state"]
    ways = visit.ways("hongyan doctor", "GET", "/readyz")
    return visit.draw("health.html", WORDS, table=table, worst=worst, version=__version__, ways=ways, at="health")
