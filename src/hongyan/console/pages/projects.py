"""Projects: the list, a new one, everything about one. Keys have their own file; secrets are shown once, where made."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, page, table_pages
from hongyan.console.pages import project_fields
from hongyan.console.pages.project_fields import GROUPS
from hongyan.console.tables import Column, Table
from hongyan.console.words.projects import WORDS
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.sentences import refusal_text
from hongyan.model.world import Mode
from hongyan.operate.keys import DIALECTS
from hongyan.text.numbers import parse

_COLUMNS = (
    Column("name", link="page"),
    Column("mode", "mode"),
    Column("enabled", "flag"),
    Column("balance", "money"),
    Column("currency"),
    Column("keys", "number"),
    Column("messages_today", "number"),
    Column("held", "number", link="held_page"),
)
_STOPS_SHOWN = 50


def _routes(console: Console) -> Sequence[Route]:
    return [
        *table_pages(console, "/projects", load, show_all),
        page(console, "/projects/new", new, Role.ADMIN),
        action(console, "/projects/create", create, Role.ADMIN),
        page(console, "/projects/{project}", show),
        page(console, "/projects/{project}/settings", settings, Role.ADMIN),
        action(console, "/projects/{project}/settings", change, Role.ADMIN),
        action(console, "/projects/{project}/mode", mode, Role.ADMIN),
        action(console, "/projects/{project}/switch", switch, Role.ADMIN),
        action(console, "/projects/{project}/delete", delete, Role.ADMIN),
        action(console, "/projects/{project}/stops/put", put_stop, Role.OPERATOR),
        action(console, "/projects/{project}/stops/drop", drop_stop, Role.OPERATOR),
    ]


SECTION = Section("projects", "/projects", "business", _routes)


async def load(visit: Visit) -> Table:
    """Return all projects, a row each."""
    rows = await visit.office.projects.all(visit.actor)
    held = await visit.office.held.counts(visit.actor)
    for row in rows:
        row["held"] = held.get(row["name"], 0)
        row["page"] = path_of(row["name"])
        row["held_page"] = f"/held?project={quote(row['name'])}" if row["held"] else ""
    return Table("projects", _COLUMNS, rows)


async def show_all(visit: Visit, table: Table) -> Response:
    """Show them."""
    return visit.draw(
        "projects.html",
        WORDS,
        table=table,
        may_change=visit.may(Role.ADMIN),
        way=visit.ways("hongyan project list", "GET", "/v1/projects"),
        at="projects",
    )


async def new(visit: Visit) -> Response:
    """Show the form of a new project."""
    return _new(visit, {"mode": str(Mode.CAPTURE), "currency": "CNY", "paid_in": "0", "keys": "alibaba"})


async def create(visit: Visit) -> Response:
    """Make a project, and show its secrets: the only time."""
    sent = visit.sent
    keys = tuple(one for one in DIALECTS if one in sent.get("keys", "").split())
    like = [sent["like"]] if sent.get("like") else []
    fields = {
        "name": sent.get("name", "").strip(),
        "mode": sent.get("mode", ""),
        "allow_numbers": numbers(sent.get("allow_numbers", "")),
        "currency": sent.get("currency", "").strip(),
        "paid_in": sent.get("paid_in", "").strip() or "0",
    }
    try:
        made = await visit.office.projects.create(visit.actor, fields, keys, like)
    except Refused as refused:
        return _new(visit, dict(sent), refused)
    name = made["project"]["name"]
    body = fields | {"keys": list(keys), "like": like}
    return visit.draw(
        "project_made.html",
        WORDS,
        made=made,
        path=path_of(name),
        api_url=visit.console.api_url,
        way=visit.ways(
            " ".join((f"hongyan project create {name} --mode {fields['mode']}", *(f"--key {one}" for one in keys))),
            "POST",
            "/v1/projects",
            body,
        ),
        at="projects",
    )


async def show(visit: Visit) -> Response:
    """Show everything about a project."""
    return await _show(visit)


async def settings(visit: Visit) -> Response:
    """Show a project's settings, each with what it means."""
    return await _settings(visit)


async def change(visit: Visit) -> Response:
    """Change a group of settings."""
    name, group = visit.request.path_params["project"], visit.sent.get("group", "")
    if group not in GROUPS:
        raise Refused(Reason.BAD_FIELD, field="group")
    try:
        await visit.office.projects.change(visit.actor, name, project_fields.stated(group, visit.sent))
    except Refused as refused:
        return await _settings(visit, refused)
    return visit.back(f"{path_of(name)}/settings", done="changed")


async def mode(visit: Visit) -> Response:
    """Set how far messages go; live only for who types the project's name."""
    name, wanted = visit.request.path_params["project"], visit.sent.get("mode", "")
    before = visit.mode_of(name)
    if wanted == Mode.LIVE and before != Mode.LIVE and visit.sent.get("confirm", "").strip() != name:
        return await _show(
            visit, _refused("confirm", "type the project's name to go live", "请输入项目名称以确认真实发送")
        )
    fields: dict[str, Any] = {"mode": wanted}
    if "allow_numbers" in visit.sent:
        fields["allow_numbers"] = numbers(visit.sent["allow_numbers"])
    try:
        await visit.office.projects.change(visit.actor, name, fields)
    except Refused as refused:
        return await _show(visit, refused)
    return visit.back(path_of(name), done="mode")


async def switch(visit: Visit) -> Response:
    """Close a project, or open it again."""
    name, on = visit.request.path_params["project"], visit.sent.get("on") == "yes"
    await visit.office.projects.change(visit.actor, name, {"enabled": on})
    return visit.back(path_of(name), done="opened" if on else "closed")


async def delete(visit: Visit) -> Response:
    """Delete a project, for who types its name."""
    name = visit.request.path_params["project"]
    if visit.sent.get("confirm", "").strip() != name:
        return await _show(
            visit, _refused("confirm", "type the project's name to delete it", "请输入项目名称以确认删除")
        )
    try:
        await visit.office.projects.delete(visit.actor, name, with_all=visit.sent.get("with_all") == "yes")
    except Refused as refused:
        return await _show(visit, refused)
    return visit.back("/projects", done="deleted")


async def put_stop(visit: Visit) -> Response:
    """Put a number on the stop list."""
    name, number = visit.request.path_params["project"], parse(visit.sent.get("number", ""))
    if number is None:
        return await _show(visit, Refused(Reason.BAD_NUMBER))
    marketing_only = visit.sent.get("covers") != "all"
    await visit.office.stops.put(visit.actor, name, number.digits, marketing_only=marketing_only)
    return visit.back(path_of(name), done="stopped")


async def drop_stop(visit: Visit) -> Response:
    """Take a number off the stop list."""
    name = visit.request.path_params["project"]
    await visit.office.stops.drop(visit.actor, name, visit.sent.get("number", ""))
    return visit.back(path_of(name), done="unstopped")


def path_of(name: str) -> str:
    """Return the path of a project's page."""
    return f"/projects/{quote(name, safe='')}"


def numbers(typed: str) -> list[str]:
    """Return numbers as a project's list wants them: digits, country code first, a trailing * kept."""
    found = []
    for one in typed.replace(",", "\n").replace("，", "\n").split("\n"):
        text = one.strip()
        if text:
            number = None if text.endswith("*") else parse(text)
            found.append(number.digits if number else text.removeprefix("+"))
    return found


def said(visit: Visit, refused: Refused | None) -> str:
    """Return what is wrong, in the visitor's language; "" for nothing."""
    return "" if refused is None else refusal_text(refused.reason, dict(refused.facts))[visit.lang == "zh"]


def _refused(field: str, why: str, why_zh: str) -> Refused:
    return Refused(Reason.BAD_FIELD, field=field, why=why, why_zh=why_zh)


def _new(visit: Visit, given: dict[str, str], refused: Refused | None = None) -> Response:
    others = [one for one in visit.office.world().projects if visit.office.world().templates.get(one)]
    return visit.draw(
        "project_new.html",
        WORDS,
        status=200 if refused is None else 400,
        given=given,
        wrong=said(visit, refused),
        modes=[str(one) for one in Mode],
        dialects=DIALECTS,
        others=others,
        at="projects",
    )


async def _show(visit: Visit, refused: Refused | None = None) -> Response:
    name = visit.request.path_params["project"]
    found = await visit.office.projects.show(visit.actor, name)
    path = f"/v1{path_of(name)}"
    return visit.draw(
        "project.html",
        WORDS,
        status=200 if refused is None else 400,
        found=found,
        one=found["project"],
        wrong=said(visit, refused),
        path=path_of(name),
        held=(await visit.office.held.counts(visit.actor)).get(name, 0),
        modes=[str(one) for one in Mode],
        dialects=DIALECTS,
        stops=(await visit.office.stops.page(name, None, 0, _STOPS_SHOWN))["stops"],
        hanging=await visit.office.projects.hangs_on(name) if visit.may(Role.ADMIN) else {},
        may_change=visit.may(Role.ADMIN),
        may_stop=visit.may(Role.OPERATOR),
        ways={
            "show": visit.ways(f"hongyan project show {name}", "GET", path),
            "mode": visit.ways(f"hongyan project mode {name} capture", "PATCH", path, {"mode": "capture"}),
            "key": visit.ways(f"hongyan key create {name} alibaba", "POST", f"{path}/keys", {"dialect": "alibaba"}),
            "delete": visit.ways(f"hongyan project delete {name}", "DELETE", path),
            "stop": visit.ways("", "PUT", "/v1/stops/8613800138000", {"project": name}),
        },
        at="projects",
    )


async def _settings(visit: Visit, refused: Refused | None = None) -> Response:
    name = visit.request.path_params["project"]
    found = await visit.office.projects.show(visit.actor, name)
    one = found["project"]
    return visit.draw(
        "project_settings.html",
        WORDS,
        status=200 if refused is None else 400,
        one=one,
        groups={
            group: [(field, project_fields.shown(field, one[field.name])) for field in fields]
            for group, fields in GROUPS.items()
        },
        wrong=said(visit, refused),
        path=path_of(name),
        way=visit.ways("", "PATCH", f"/v1{path_of(name)}", {"validity_s": one["validity_s"]}),
        at="projects",
    )
