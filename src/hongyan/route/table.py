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
from hongyan.model.world import Choice, RouteConfig, World

_SPREAD = 0x9E3779B97F4A7C15
_KINDS_MOST = 10_000


class Choices(NamedTuple):
    """The carriers that may carry a message, best first, and the sentences that say why."""

    route: str | None
    """None: no route fits"""
    carriers: tuple[str, ...]
    reasons: tuple[str, ...]


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
    reasons: list[str] = []
    for route in world.routes:
        mismatch = _mismatch(route, kind)
        if mismatch is not None:
            reasons.append(f"route {route.name}: {mismatch}")
            continue
        reasons.append(f"route {route.name}: matches")
        return _answers(route, world, reasons)
    reasons.append("no route fits")
    return _Split((1,), (Choices(None, (), tuple(reasons)),))


def _mismatch(route: RouteConfig, kind: Kind) -> str | None:
    """Return why a route does not match, or None when it does."""
    if route.project and route.project != kind.project:
        return f"belongs to project {route.project}"
    wanted: tuple[tuple[str, tuple[str, ...], str], ...] = (
        ("projects", route.projects, kind.project),
        ("categories", route.categories, kind.category),
        ("legs", route.legs, kind.leg),
        ("countries", route.countries, kind.country),
        ("operators", route.operators, kind.operator),
    )
    for word, allowed, value in wanted:
        if allowed and value not in allowed:
            return f"{word} {', '.join(allowed)}, not {value or 'unknown'}"
    return None


def _answers(route: RouteConfig, world: World, reasons: list[str]) -> _Split:
    usable: list[Choice] = []
    for choice in route.choices:
        carrier = world.carriers.get(choice.carrier)
        if carrier is None:
            reasons.append(f"carrier {choice.carrier}: not declared")
        elif not carrier.enabled:
            reasons.append(f"carrier {choice.carrier}: switched off")
        else:
            usable.append(choice)
    if not usable:
        reasons.append("no carrier of the route can be used")
        return _Split((1,), (Choices(route.name, (), tuple(reasons)),))
    weighted = [choice for choice in usable if choice.weight > 0] or [
        Choice(carrier=choice.carrier, weight=1) for choice in usable[:1]
    ]
    total = sum(choice.weight for choice in weighted)
    answers = [_led_by(first, usable, total, route.name, reasons) for first in weighted]
    return _Split(tuple(accumulate(choice.weight for choice in weighted)), tuple(answers))


def _led_by(first: Choice, usable: Sequence[Choice], total: int, route: str, reasons: Sequence[str]) -> Choices:
    others = [choice.carrier for choice in usable if choice.carrier != first.carrier]
    said = [*reasons, f"carrier {first.carrier}: chosen, weight {first.weight} of {total}"]
    said += [f"carrier {name}: next if that one fails" for name in others]
    return Choices(route, (first.carrier, *others), tuple(said))
