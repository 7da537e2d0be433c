"""Who may carry a message, in which order, and why not the others.

Routes are tried by `order`; the first that matches decides. A world's answers are worked out once for each kind of
message and kept, so that a message costs one dictionary look-up: it is told apart only by what some route of the
world asks about, by its number only through a table of prefixes, by the time only when a part of the day begins or
ends. It never asks a carrier how it is: that is the sender's business.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from hongyan.model.clock import Clock
from hongyan.model.message import Message
from hongyan.model.said import Said
from hongyan.model.world import Hours, RouteConfig, World
from hongyan.route.answers import Choices, Split, carrier_said, of_route, only, unusable
from hongyan.route.conditions import Kind, asked_about, mismatch
from hongyan.route.costs import prefixes_that_matter
from hongyan.route.hours import DAYS, opened
from hongyan.route.prefixes import Prefixes

__all__ = ["PINNED", "Choices", "Router"]

PINNED = "pinned"
"""in a message's `details`: the one carrier that may carry it, as an operator's test asks"""

_DAYS_ZH = dict(zip(DAYS, ("周一", "周二", "周三", "周四", "周五", "周六", "周日"), strict=True))
_SPREAD = 0x9E3779B97F4A7C15
_KINDS_MOST = 10_000
_PINNED_MARK = f'"{PINNED}"'


class Router:
    """Chooses carriers by the routes of the current world."""

    def __init__(self, world: Callable[[], World], clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._known: World | None = None
        self._until_ms: float = math.inf
        """when a route's hours begin or end next"""
        self._splits: dict[Any, Split] = {}
        self._begin(World())

    def choose(self, message: Message) -> Choices:
        """Return the carriers for this message; the same message gets the same answer while the world stands."""
        world = self._world()
        if world is not self._known or (self._until_ms != math.inf and self._clock.now_ms() >= self._until_ms):
            self._begin(world)
        if message.details is not None and _PINNED_MARK in message.details:
            name = message.noted().get(PINNED)
            if name is not None:
                return _pinned(world, name)
        key = self._read(message) if self._read is not None else None
        if self._prefixes:
            key = key, self._prefixes.longest(message.to)
        split = self._splits.get(key)
        if split is None:
            split = self._work_out(key, world, message)
        if len(split.answers) == 1:
            return split.answers[0]
        # ids of one millisecond differ in their low bits only: spread them before taking a share
        share = (message.id * _SPREAD >> 24) % split.bounds[-1]
        return split.answers[bisect_right(split.bounds, share)]

    def _begin(self, world: World) -> None:
        """Compile what all messages of a world, until its next part of the day, have in common."""
        self._known, self._splits = world, {}
        self._asked = asked_about(world)
        self._read: Callable[[Message], Any] | None = attrgetter(*self._asked) if self._asked else None
        self._prefixes = Prefixes(
            prefix for route in world.routes for prefix in (*route.numbers, *prefixes_that_matter(route, world))
        )
        self._closed: dict[str, Said] = {}
        """routes whose hours it is not, with the sentence that says so"""
        self._until_ms = math.inf
        now_ms = self._clock.now_ms()
        for route in world.routes:
            if route.hours:
                self._look_at_hours(route, now_ms)

    def _look_at_hours(self, route: RouteConfig, now_ms: int) -> None:
        try:
            is_open, until_ms = opened(route.hours, now_ms)
        except ValueError as error:  # declared by a machine that knew the zone: the route is out, the others go on
            self._closed[route.name] = Said(f"its hours cannot be read: {error}", f"时段无法识别：{error}")
            return
        self._until_ms = min(self._until_ms, until_ms)
        if not is_open:
            self._closed[route.name] = _not_now(route)

    def _work_out(self, key: Any, world: World, message: Message) -> Split:
        if len(self._splits) >= _KINDS_MOST:
            self._splits.clear()
        kind = Kind(**{name: getattr(message, name) for name in self._asked}, prefix=self._prefixes.longest(message.to))
        found = self._splits[key] = self._split(kind, world)
        return found

    def _split(self, kind: Kind, world: World) -> Split:
        reasons: list[Said] = []
        for route in world.routes:
            why = mismatch(route, kind) or self._closed.get(route.name)
            if why is not None:
                reasons.append(_route_said(route, why))
                continue
            reasons.append(_route_said(route, Said("matches", "匹配")))
            return of_route(route, world, kind.prefix, reasons)
        reasons.append(Said("no route fits", "没有合适的路由"))
        return only(Choices(None, (), tuple(reasons)))


def _pinned(world: World, name: str) -> Choices:
    """Return the answer for a message that an operator sends to see whether one carrier works."""
    why = unusable(world, name)
    said: Sequence[Said] = [carrier_said(name, Said("chosen: an operator's test of it", "选中：操作员对其进行测试"))]
    if why is not None:
        said = [*said, carrier_said(name, why)]
    return Choices(f"test of {name}", () if why is not None else (name,), tuple(said))


def _route_said(route: RouteConfig, said: Said) -> Said:
    return Said(f"route {route.name}: {said.en}", f"路由 {route.name}：{said.zh}")


def _not_now(route: RouteConfig) -> Said:
    spans = ", ".join(_span(one, "".join(f" {day}" for day in one.days)) for one in route.hours)
    spans_zh = "、".join(_span(one, "".join(f" {_DAYS_ZH.get(day, day)}" for day in one.days)) for one in route.hours)
    return Said(f"only {spans}, not now", f"时段限 {spans_zh}，当前不在其中")


def _span(hours: Hours, days: str) -> str:
    return f"{hours.begin}-{hours.end}{days} {hours.zone}"
