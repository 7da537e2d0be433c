"""The ledger: what projects have, entry by entry, and what parts cost; adding money, setting prices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.ledger import WORDS
from hongyan.model.actor import Role
from hongyan.model.clock import BEIJING
from hongyan.model.ids import from_decimal
from hongyan.model.message import Leg
from hongyan.operate.ledger import KINDS, LedgerQuery

_ROWS = 50
_ENTRIES = (
    Column("at", "time"),
    Column("project"),
    Column("kind"),
    Column("amount", "money"),
    Column("text"),
    Column("id", "code"),
)
_BALANCES = (
    Column("project"),
    Column("balance", "money"),
    Column("currency"),
    Column("credit_line", "money"),
    Column("paid_in", "money"),
)
_PRICES = (Column("project"), Column("prefix"), Column("leg"), Column("each", "money"))


def _routes(console: Console) -> Sequence[Route]:
    return [
        *table_pages(console, "/ledger", load, show),
        *table_pages(console, "/prices", load_prices, show_prices),
        action(console, "/ledger/deposit", deposit, Role.ADMIN),
        action(console, "/prices/set", set_price, Role.ADMIN),
        action(console, "/prices/drop", drop_price, Role.ADMIN),
    ]


SECTION = Section("ledger", "/ledger", "business", _routes)


async def load(visit: Visit) -> Table:
    """Return a page of entries by the address."""
    kind = visit.asked("kind")
    query = LedgerQuery(
        project=visit.asked("project"),
        kind=kind if kind in KINDS else "",
        since_ms=_day(visit.asked("since")),
        before_id=from_decimal(visit.asked("before")),
        limit=_ROWS + 1,
    )
    rows = await visit.office.ledger.entries(visit.actor, query)
    after = rows[_ROWS - 1]["id"] if len(rows) > _ROWS else None
    for row in rows:
        row["kind"] = WORDS[f"kind_{row['kind']}"][visit.lang == "zh"]
    return Table("entries", _ENTRIES, rows[:_ROWS], after)


async def show(visit: Visit, table: Table) -> Response:
    """Show balances, entries, and the form that adds money."""
    balances = await visit.office.ledger.balances(visit.actor)
    project = visit.asked("project")
    first = project or (balances[0]["project"] if balances else "")
    return visit.draw(
        "ledger.html",
        WORDS,
        table=table,
        balances=Table("balances", _BALANCES, balances),
        projects=[one["project"] for one in balances],
        kinds=KINDS,
        given={name: visit.asked(name) for name in ("project", "kind", "since")},
        may_add=visit.may(Role.ADMIN),
        way=visit.ways(
            f"hongyan ledger deposit {first} 100 --why invoice-7",
            "POST",
            "/v1/ledger",
            {"project": first, "amount": "100", "why": "invoice-7"},
        ),
        list_way=visit.ways("hongyan ledger entries", "GET", "/v1/ledger"),
        tab="ledger",
        at="ledger",
    )


async def deposit(visit: Visit) -> Response:
    """Add money to a project."""
    sent = visit.sent
    project = sent.get("project", "")
    await visit.office.ledger.deposit(visit.actor, project, sent.get("amount", "").strip(), sent.get("why", "").strip())
    return visit.back("/ledger", done="deposit", project=project)


async def load_prices(visit: Visit) -> Table:
    """Return the prices."""
    return Table("prices", _PRICES, visit.office.ledger.prices())


async def show_prices(visit: Visit, table: Table) -> Response:
    """Show them, with forms that set one and take one back."""
    return visit.draw(
        "prices.html",
        WORDS,
        table=table,
        projects=list(visit.office.world().projects),
        all_legs=list(Leg),
        may_set=visit.may(Role.ADMIN),
        set_way=visit.ways("hongyan price set 86 0.045", "PUT", "/v1/prices", {"prefix": "86", "each": "0.045"}),
        drop_way=visit.ways("hongyan price drop 86", "DELETE", "/v1/prices?prefix=86"),
        tab="prices",
        at="ledger",
    )


async def set_price(visit: Visit) -> Response:
    """Set a price."""
    await visit.office.ledger.set_price(visit.actor, *_price(visit.sent), visit.sent.get("each", "").strip())
    return visit.back("/prices", done="price")


async def drop_price(visit: Visit) -> Response:
    """Take a price back."""
    await visit.office.ledger.drop_price(visit.actor, *_price(visit.sent))
    return visit.back("/prices", done="dropped")


def _price(sent: Any) -> tuple[str, str, str]:
    return sent.get("project", ""), sent.get("prefix", "").strip(), sent.get("leg", "text")


def _day(text: str) -> int | None:
    """Return the first millisecond of a day in China, None for what is no day."""
    try:
        return round(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
