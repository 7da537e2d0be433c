"""Keys of a project: made, changed, given a new secret, deleted. A secret is drawn once, where it is made."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from hongyan.console.frame import Console, Section, Visit, action, page
from hongyan.console.pages.projects import path_of, said
from hongyan.console.words.projects import WORDS
from hongyan.model.actor import Role
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.operate.keys import GRACE_H, NAMELESS


def _routes(console: Console) -> Sequence[Route]:
    at = "/projects/{project}/keys/{dialect}/{key}"
    return [
        action(console, "/projects/{project}/keys", create, Role.ADMIN),
        page(console, at, show, Role.ADMIN),
        action(console, at, change, Role.ADMIN),
        action(console, f"{at}/rotate", rotate, Role.ADMIN),
        action(console, f"{at}/forget", forget, Role.ADMIN),
        action(console, f"{at}/delete", delete, Role.ADMIN),
    ]


SECTION = Section("keys", "", "", _routes, Role.ADMIN)


async def create(visit: Visit) -> Response:
    """Make a key, and show its secret: the only time."""
    project, dialect = visit.request.path_params["project"], visit.sent.get("dialect", "")
    fields = {name: visit.sent.get(name, "").strip() or None for name in ("name", "auth")}
    if dialect != "comms":
        fields.pop("auth")
    made = await visit.office.keys.create(visit.actor, project, dialect, **fields)
    return _made(visit, project, made, "key_made")


async def show(visit: Visit) -> Response:
    """Show what a key may do."""
    return _show(visit)


async def change(visit: Visit) -> Response:
    """Change what a key may do."""
    project, dialect, key = _named(visit)
    sent = visit.sent
    try:
        fields: dict[str, Any] = {
            "enabled": sent.get("enabled") == "yes",
            "allow_addresses": _listed(sent.get("allow_addresses", "")),
            "rate_per_second": int(sent.get("rate_per_second", "") or 0),
        }
        if dialect == "alibaba":
            fields["actions"] = _listed(sent.get("actions", ""))
        if dialect == "smpp":
            fields |= {name: int(sent.get(name, "") or 0) for name in ("window", "max_sessions")}
        await visit.office.keys.change(visit.actor, project, dialect, key, fields)
    except ValueError:
        return _show(visit, Refused(Reason.BAD_FIELD, field="rate_per_second", why="is no number", why_zh="不是数字"))
    except Refused as refused:
        return _show(visit, refused)
    return visit.back(_path(project, dialect, key), done="key_changed")


async def rotate(visit: Visit) -> Response:
    """Give a key a new secret, and show it: the only time."""
    project, dialect, key = _named(visit)
    try:
        grace_h = float(visit.sent.get("grace_h", "") or 0)
        made = await visit.office.keys.rotate(visit.actor, project, dialect, key, grace_h)
    except ValueError:
        return _show(visit, Refused(Reason.BAD_FIELD, field="grace_h", why="is no number", why_zh="不是数字"))
    except Refused as refused:
        return _show(visit, refused)
    return _made(visit, project, made, "key_rotated")


async def forget(visit: Visit) -> Response:
    """Make the secret before the last rotation good no longer."""
    project, dialect, key = _named(visit)
    await visit.office.keys.change(visit.actor, project, dialect, key, {"forget_previous": True})
    return visit.back(_path(project, dialect, key), done="forgotten")


async def delete(visit: Visit) -> Response:
    """Delete a key."""
    project, dialect, key = _named(visit)
    await visit.office.keys.delete(visit.actor, project, dialect, key)
    return visit.back(path_of(project), done="key_deleted")


def _made(visit: Visit, project: str, made: dict[str, Any], title: str) -> Response:
    return visit.draw(
        "key_made.html",
        WORDS,
        made=made,
        title=title,
        path=path_of(project),
        key_path=_path(project, made["dialect"], made["name"] or NAMELESS),
        at="projects",
    )


def _show(visit: Visit, refused: Refused | None = None) -> Response:
    project, dialect, key = _named(visit)
    name = "" if key == NAMELESS else key
    every = visit.office.keys.of(visit.actor, project)
    found = next((one for one in every if (one["dialect"], one["name"]) == (dialect, name)), None)
    if found is None:
        raise Refused(Reason.UNKNOWN_PATH, key=key[:100])
    path = f"/v1{_path(project, dialect, key)}"
    words = f"{project} {dialect} {key}"
    return visit.draw(
        "key.html",
        WORDS,
        status=200 if refused is None else 400,
        one=found,
        wrong=said(visit, refused),
        path=path_of(project),
        key_path=_path(project, dialect, key),
        grace_h=GRACE_H,
        ways={
            "change": visit.ways(f"hongyan key disable {words}", "PATCH", path, {"enabled": False}),
            "rotate": visit.ways(f"hongyan key rotate {words}", "POST", f"{path}/rotate", {"grace_h": GRACE_H}),
            "delete": visit.ways(f"hongyan key delete {words}", "DELETE", path),
        },
        at="projects",
    )


def _named(visit: Visit) -> tuple[str, str, str]:
    params = visit.request.path_params
    return params["project"], params["dialect"], params["key"]


def _path(project: str, dialect: str, key: str) -> str:
    return f"{path_of(project)}/keys/{dialect}/{quote(key, safe='')}"


def _listed(typed: str) -> list[str]:
    return [one for one in typed.replace(",", "\n").replace("，", "\n").split() if one]
