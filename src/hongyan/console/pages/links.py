"""Short links: those made for messages with their clicks, and the targets that texts may carry shortened."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.links import WORDS
from hongyan.model.actor import Role
from hongyan.model.ids import from_decimal
from hongyan.operate.shortlinks import LinkQuery

_ROWS = 50
_KINDS = ("card", "url")
_MADE = (
    Column("created_at", "time"),
    Column("project"),
    Column("kind"),
    Column("code", "code"),
    Column("target"),
    Column("clicks", "number"),
    Column("first_click_at", "time"),
    Column("message_id", "code", link="page"),
)
_TARGETS = (Column("project"), Column("name"), Column("target"))


def _routes(console: Console) -> Sequence[Route]:
    return [
        *table_pages(console, "/links", load, show),
        action(console, "/links/put", put),
        action(console, "/links/drop", drop),
    ]


SECTION = Section("links", "/links", "content", _routes)


async def load(visit: Visit) -> Table:
    """Return a page of short links by the address."""
    clicked = {"yes": True, "no": False}.get(visit.asked("clicked"))
    kind = visit.asked("kind")
    query = LinkQuery(
        project=visit.asked("project"),
        kind=kind if kind in _KINDS else "",
        clicked=clicked,
        before_ms=from_decimal(visit.asked("before")),
        limit=_ROWS + 1,
    )
    rows = await visit.office.shortlinks.made(visit.actor, query)
    after = str(rows[_ROWS - 1]["created_ms"]) if len(rows) > _ROWS else None
    for row in rows:
        row["page"] = f"/messages/{row['message_id']}" if row["message_id"] else ""
        row["kind"] = WORDS[f"kind_{row['kind']}"][visit.lang == "zh"]
    return Table("links", _MADE, rows[:_ROWS], after)


async def show(visit: Visit, table: Table) -> Response:
    """Show them, with the targets and the forms that change these."""
    world = visit.office.world()
    first = next(iter(world.projects), "shop")
    body = {"project": first, "name": "https://s.example/sale", "target": "https://shop.example/sale"}
    return visit.draw(
        "links.html",
        WORDS,
        table=table,
        targets=Table("targets", _TARGETS, visit.office.shortlinks.targets(visit.actor)),
        projects=list(world.projects),
        kinds=_KINDS,
        given={name: visit.asked(name) for name in ("project", "kind", "clicked")},
        may_change=visit.may(Role.OPERATOR),
        list_way=visit.ways("hongyan link list", "GET", "/v1/links"),
        put_way=visit.ways(
            f"hongyan link put {first} {body['name']} {body['target']}", "PUT", "/v1/links/targets", body
        ),
        at="links",
    )


async def put(visit: Visit) -> Response:
    """Declare a target."""
    sent = {name: visit.sent.get(name, "").strip() for name in ("project", "name", "target")}
    await visit.office.shortlinks.put_target(visit.actor, **sent)
    return visit.back("/links", done="put")


async def drop(visit: Visit) -> Response:
    """Take a target back."""
    await visit.office.shortlinks.drop_target(visit.actor, visit.sent.get("project", ""), visit.sent.get("name", ""))
    return visit.back("/links", done="drop")
