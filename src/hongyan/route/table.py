"""Who may carry a message, in which order, and why not the others.

Routes are tried by `order`; the first that matches decides. All of a world's answers are worked out once for each
kind of message and kept, so that a message costs one dictionary look-up. It never asks a carrier how it is: that is
the sender's business.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from hongyan.model.message import Category, Leg, Message
from hongyan.model.said import Said
from hongyan.model.world import Choice, RouteConfig, World

_SPREAD = 0x9E3779B97F4A7C15
_KINDS_MOST = 10_000


class Choices(NamedTuple):
    """The carriers that may carry a message, best first, and the sentences that say why."""

    route: str | None
    """None: no route fits"""
    carriers: tuple[str, ...]
    reasons: tuple[Said, ...]


class Kind(NamedTuple):
    """What routes tell messages apart by."""

    project: str
    category: Category
    leg: Leg
    country: str
    operator: str


class _Split(NamedTuple):
    bounds: tuple[int, ...]
    answers: tuple[Choices, ...]


class Router:
    """Chooses carriers by the routes of the current world."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world
        self._known: World | None = None
        self._splits: dict[tuple[str, Category, Leg, str, str], _Split] = {}

    def choose(self, message: Message) -> Choices:
        """Return the carriers for this message; the same message gets the same answer while the world stands."""
        world = self._world()
        if world is not self._known or len(self._splits) > _KINDS_MOST:
            self._known, self._splits = world, {}
        key = message.project, message.category, message.leg, message.country, message.operator
        split = self._splits.get(key)
        if split is None:
            split = self._splits[key] = _split(Kind(*key), world)
        if len(split.answers) == 1:
            return split.answers[0]
        # ids of one millisecond differ in their low bits only: spread them before taking a share
        share = (message.id * _SPREAD >> 24) % split.bounds[-1]
        return split.answers[bisect_right(split.bounds, share)]


def _split(kind: Kind, world: World) -> _Split:
    reasons: list[Said] = []
    for route in world.routes:
        mismatch = _mismatch(route, kind)
        if mismatch is not None:
            reasons.append(Said(f"route {route.name}: {mismatch.en}", f"路由 {route.name}：{mismatch.zh}"))
            continue
        reasons.append(Said(f"route {route.name}: matches", f"路由 {route.name}：匹配"))
        return _answers(route, world, reasons)
    reasons.append(Said("no route fits", "没有合适的路由"))
    return _Split((1,), (Choices(None, (), tuple(reasons)),))


def _mismatch(route: RouteConfig, kind: Kind) -> Said | None:
    """Return why a route does not match, or None when it does."""
    if route.project and route.project != kind.project:
        return Said(f"belongs to project {route.project}", f"属于项目 {route.project}")
    wanted: tuple[tuple[Said, tuple[str, ...], str], ...] = (
        (Said("projects", "项目"), route.projects, kind.project),
        (Said("categories", "类别"), route.categories, kind.category),
        (Said("legs", "形式"), route.legs, kind.leg),
        (Said("countries", "国家"), route.countries, kind.country),
        (Said("operators", "运营商"), route.operators, kind.operator),
    )
    for word, allowed, value in wanted:
        if allowed and value not in allowed:
            names = ", ".join(allowed)
            return Said(f"{word.en} {names}, not {value or 'unknown'}", f"{word.zh}限 {names}，而非 {value or '未知'}")
    return None


def _answers(route: RouteConfig, world: World, reasons: list[Said]) -> _Split:
    usable: list[Choice] = []
    for choice in route.choices:
        carrier = world.carriers.get(choice.carrier)
        if carrier is None:
            reasons.append(Said(f"carrier {choice.carrier}: not declared", f"通道 {choice.carrier}：未声明"))
        elif not carrier.enabled:
            reasons.append(Said(f"carrier {choice.carrier}: switched off", f"通道 {choice.carrier}：已停用"))
        else:
            usable.append(choice)
    if not usable:
        reasons.append(Said("no carrier of the route can be used", "该路由没有可用的通道"))
        return _Split((1,), (Choices(route.name, (), tuple(reasons)),))
    weighted = [choice for choice in usable if choice.weight > 0] or [
        Choice(carrier=choice.carrier, weight=1) for choice in usable[:1]
    ]
    total = sum(choice.weight for choice in weighted)
    answers = [_led_by(first, usable, total, route.name, reasons) for first in weighted]
    return _Split(tuple(accumulate(choice.weight for choice in weighted)), tuple(answers))


def _led_by(first: Choice, usable: Sequence[Choice], total: int, route: str, reasons: Sequence[Said]) -> Choices:
    others = [choice.carrier for choice in usable if choice.carrier != first.carrier]
    chosen_zh = f"通道 {first.carrier}：选中，权重 {first.weight}/{total}"
    said = [*reasons, Said(f"carrier {first.carrier}: chosen, weight {first.weight} of {total}", chosen_zh)]
    said += [Said(f"carrier {name}: next if that one fails", f"通道 {name}：前者失败时接替") for name in others]
    return Choices(route, (first.carrier, *others), tuple(said))
