"""Accounts: who may log in, with which role, and where they are logged in. For admins."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, page, table_pages
from hongyan.console.tables import Column, Table
from hongyan.console.words.accounts import WORDS
from hongyan.console.words.common import WORDS as WORDING
from hongyan.model.actor import Role
from hongyan.operate.passwords import LEAST

_COLUMNS = (
    Column("name", link="page"),
    Column("role_word"),
    Column("enabled", "flag"),
    Column("sessions", "number"),
    Column("seen_at", "time"),
    Column("created_at", "time"),
    Column("changed_at", "time"),
)
_SESSIONS = (Column("peer"), Column("agent"), Column("created_at", "time"), Column("seen_at", "time"))


def _routes(console: Console) -> Sequence[Route]:
    one = "/accounts/{name}"
    return [
        *table_pages(console, "/accounts", load, show, Role.ADMIN),
        action(console, "/accounts", add, Role.ADMIN),
        page(console, one, show_one, Role.ADMIN),
        action(console, f"{one}/role", set_role, Role.ADMIN),
        action(console, f"{one}/password", set_password, Role.ADMIN),
        action(console, f"{one}/enable", enable, Role.ADMIN),
        action(console, f"{one}/disable", disable, Role.ADMIN),
        action(console, f"{one}/log-out", log_out, Role.ADMIN),
        action(console, f"{one}/remove", remove, Role.ADMIN),
    ]


SECTION = Section("accounts", "/accounts", "system", _routes, Role.ADMIN)


async def load(visit: Visit) -> Table:
    """Return all accounts."""
    rows = await visit.office.people.list(visit.actor)
    for row in rows:
        row["page"], row["role_word"] = _path(row["name"]), WORDING[f"role_{row['role']}"][visit.lang == "zh"]
    return Table("accounts", _COLUMNS, rows)


async def show(visit: Visit, table: Table) -> Response:
    """Show them, and a form for another one."""
    way = visit.ways(
        "hongyan account add li --role operator", "POST", "/v1/accounts", {"name": "li", "role": "operator"}
    )
    return visit.draw(
        "accounts.html", WORDS, table=table, roles=[str(one) for one in Role], least=LEAST, way=way, at="accounts"
    )


async def add(visit: Visit) -> Response:
    """Make an account. A password that was made up is shown this once."""
    sent = visit.sent
    made = await visit.office.people.add(
        visit.actor, sent.get("name", ""), sent.get("role", ""), sent.get("password", "")
    )
    return await _shown_once(visit, made, "added")


async def show_one(visit: Visit) -> Response:
    """Show one account and what may be done to it."""
    return await _one(visit, await visit.office.people.show(visit.actor, _name(visit)))


async def set_role(visit: Visit) -> Response:
    """Give it another role."""
    found = await visit.office.people.set_role(visit.actor, _name(visit), visit.sent.get("role", ""))
    return visit.back(_path(found["name"]), done="role")


async def set_password(visit: Visit) -> Response:
    """Give it another password. One that was made up is shown this once."""
    made = await visit.office.people.set_password(visit.actor, _name(visit), visit.sent.get("password", ""))
    return await _shown_once(visit, made, "password")


async def enable(visit: Visit) -> Response:
    """Let it log in again."""
    found = await visit.office.people.set_enabled(visit.actor, _name(visit), enabled=True)
    return visit.back(_path(found["name"]), done="enabled")


async def disable(visit: Visit) -> Response:
    """Let it log in no longer."""
    found = await visit.office.people.set_enabled(visit.actor, _name(visit), enabled=False)
    return visit.back(_path(found["name"]), done="disabled")


async def log_out(visit: Visit) -> Response:
    """End its sessions, or one of them."""
    found = await visit.office.people.show(visit.actor, _name(visit))
    if one := visit.sent.get("id", ""):
        await visit.office.sessions.end(visit.actor, found["name"], one)
    else:
        await visit.office.sessions.end_all(visit.actor, found["name"])
    return visit.back(_path(found["name"]), done="ended")


async def remove(visit: Visit) -> Response:
    """Remove it."""
    await visit.office.people.remove(visit.actor, _name(visit))
    return visit.back("/accounts", done="removed")


async def _shown_once(visit: Visit, made: dict[str, Any], done: str) -> Response:
    password = made.pop("password", "")
    if not password:
        return visit.back(_path(made["name"]), done=done)
    return await _one(visit, made, password=password)


async def _one(visit: Visit, account: dict[str, Any], *, password: str = "") -> Response:
    name = account["name"]
    cli, api = f"hongyan account {{}} {name}", f"/v1/accounts/{quote(name, safe='')}"
    verbs = ("disable" if account["enabled"] else "enable", "log-out", "password")
    ways = {verb: visit.ways(cli.format(verb), "POST", f"{api}/{verb}") for verb in verbs} | {
        "role": visit.ways(f"{cli.format('role')} operator", "POST", f"{api}/role", {"role": "operator"}),
        "remove": visit.ways(cli.format("remove"), "DELETE", api),
    }
    ways["password"] = visit.ways(cli.format("password"), "POST", f"{api}/password", {})
    return visit.draw(
        "account.html",
        WORDS,
        account=account,
        password=password,
        table=Table("sessions", _SESSIONS, await visit.office.sessions.listed(visit.actor, name)),
        path=_path(name),
        roles=[str(one) for one in Role],
        least=LEAST,
        ways=ways,
        at="accounts",
    )


def _name(visit: Visit) -> str:
    name: str = visit.request.path_params["name"]
    return name


def _path(name: str) -> str:
    return f"/accounts/{quote(name, safe='')}"
