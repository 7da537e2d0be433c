"""What a route asks of a message, and the sentence for what does not fit. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from hongyan.model.message import Category, Leg
from hongyan.model.said import Said
from hongyan.model.world import RouteConfig, World

_SHOWN_MOST = 8


class Kind(NamedTuple):
    """What routes tell messages apart by. What no route of the world asks about is left at its default."""

    project: str = ""
    category: Category = Category.NOTIFICATION
    leg: Leg = Leg.TEXT
    country: str = ""
    operator: str = ""
    signature: str | None = None
    sender: str | None = None
    prefix: str = ""
    """the longest of the world's number prefixes that the number begins with"""


_FIELDS: tuple[tuple[str, str, Said], ...] = (
    # field of a kind, field of a route, words
    ("project", "projects", Said("projects", "项目")),
    ("category", "categories", Said("categories", "类别")),
    ("leg", "legs", Said("legs", "形式")),
    ("country", "countries", Said("countries", "国家")),
    ("operator", "operators", Said("operators", "运营商")),
    ("signature", "signatures", Said("signatures", "签名")),
)
_SENDERS = Said("senders", "发送方")


def asked_about(world: World) -> tuple[str, ...]:
    """Return the fields of a message that any route of the world asks about, but for its number."""
    routes = world.routes
    asked = [mine for mine, theirs, _ in _FIELDS if any(getattr(route, theirs) for route in routes)]
    if "project" not in asked and any(route.project for route in routes):
        asked.insert(0, "project")
    return (*asked, "sender") if any(route.senders for route in routes) else tuple(asked)


def mismatch(route: RouteConfig, kind: Kind) -> Said | None:
    """Return why a route does not take messages of a kind, None when it does. Its hours are not looked at."""
    return next(_mismatches(route, kind), None)


def _mismatches(route: RouteConfig, kind: Kind) -> Iterator[Said]:
    if route.project and route.project != kind.project:
        yield Said(f"belongs to project {route.project}", f"属于项目 {route.project}")
    for mine, theirs, word in _FIELDS:
        allowed, value = getattr(route, theirs), getattr(kind, mine)
        if allowed and value not in allowed:
            yield _not(word, allowed, value)
    if route.senders and not any(_fits(wanted, kind.sender) for wanted in route.senders):
        yield _not(_SENDERS, route.senders, kind.sender)
    if route.numbers and not kind.prefix.startswith(route.numbers):
        names = _listed(route.numbers)
        yield Said(f"numbers that begin with {names}, not this one", f"号段限 {names}，该号码不在其中")


def _fits(wanted: str, sender: str | None) -> bool:
    if sender is None:
        return False
    return sender.startswith(wanted[:-1]) if wanted.endswith("*") else sender == wanted


def _not(word: Said, allowed: tuple[str, ...], value: str | None) -> Said:
    names = _listed(allowed)
    return Said(f"{word.en} {names}, not {value or 'unknown'}", f"{word.zh}限 {names}，而非 {value or '未知'}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_SHOWN_MOST]) + (", …" if len(names) > _SHOWN_MOST else "")
