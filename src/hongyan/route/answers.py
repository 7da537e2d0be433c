"""The answers of one route: its carriers that may be used, in which order for which share, with the reasons. Pure.

Left out are carriers that are not declared, switched off, or that an operator has suspended, drained or isolated.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from hongyan.model.clock import utc
from hongyan.model.money import amount
from hongyan.model.said import Said
from hongyan.model.world import Choice, RouteConfig, Standing, World
from hongyan.route.costs import BY_COST, cost_of

BY_ORDER = "order"
PREFERENCES = ("weight", BY_ORDER, BY_COST)
_STANDING: dict[Standing, Said] = {
    Standing.SUSPENDED: Said("suspended", "已暂停"),
    Standing.DRAINING: Said("draining", "正在排空"),
    Standing.ISOLATED: Said("isolated", "已隔离"),
}


class Choices(NamedTuple):
    """The carriers that may carry a message, best first, and the sentences that say why."""

    route: str | None
    """None: no route fits"""
    carriers: tuple[str, ...]
    reasons: tuple[Said, ...]


class Split(NamedTuple):
    """Answers and their shares: `bounds` are running sums of weights."""

    bounds: tuple[int, ...]
    answers: tuple[Choices, ...]


class _First(NamedTuple):
    """A carrier that is first for some messages."""

    carrier: str
    weight: int
    why: Said


def only(answer: Choices) -> Split:
    """Return the split of which every message gets the same answer."""
    return Split((1,), (answer,))


def unusable(world: World, name: str) -> Said | None:
    """Return why a carrier may not be handed anything by what is declared and set by hand; None when it may."""
    carrier = world.carriers.get(name)
    if carrier is None:
        return Said("not declared", "未声明")
    if not carrier.enabled:
        return Said("switched off", "已停用")
    control = world.controls.get(name)
    if control is None or control.standing is Standing.RUNNING:
        return None
    said = _STANDING[control.standing]
    english, chinese = said.en, said.zh
    if control.set_by:
        english, chinese = f"{english} by {control.set_by}", f"{chinese}，操作人 {control.set_by}"
    if control.set_at:
        at = utc(control.set_at).strftime("%Y-%m-%d %H:%M UTC")
        english, chinese = f"{english} since {at}", f"{chinese}，自 {at}"
    return Said(
        english + (f" ({control.why})" if control.why else ""), chinese + (f"（{control.why}）" if control.why else "")
    )


def carrier_said(name: str, said: Said) -> Said:
    """Return a sentence about a carrier."""
    return Said(f"carrier {name}: {said.en}", f"通道 {name}：{said.zh}")


def of_route(route: RouteConfig, world: World, prefix: str, before: Sequence[Said]) -> Split:
    """Return a fitting route's answers; `prefix`: what is known of the number, `before`: what was said already."""
    reasons = list(before)
    usable: list[Choice] = []
    for choice in route.choices:
        why = unusable(world, choice.carrier)
        if why is None:
            usable.append(choice)
        else:
            reasons.append(carrier_said(choice.carrier, why))
    if not usable:
        reasons.append(Said("no carrier of the route can be used", "该路由没有可用的通道"))
        return only(Choices(route.name, (), tuple(reasons)))
    costs: dict[str, int] = {}
    if route.prefer == BY_COST:
        costs = {choice.carrier: cost_of(world.carriers[choice.carrier], prefix) for choice in usable}
        usable.sort(key=lambda choice: costs[choice.carrier])
        firsts = _cheapest(usable, costs)
    elif route.prefer == BY_ORDER:
        firsts = [_First(usable[0].carrier, 1, Said("first in order", "按顺序第一"))]
    else:
        firsts = _weighted(usable)
    names = [choice.carrier for choice in usable]
    answers = tuple(_led_by(first, names, costs, route.name, reasons) for first in firsts)
    return Split(tuple(accumulate(first.weight for first in firsts)), answers)


def _weighted(usable: Sequence[Choice]) -> list[_First]:
    """Share by weight; only when nobody has any, the first of the list is first for all."""
    sharing = [choice for choice in usable if choice.weight > 0]
    total = sum(choice.weight for choice in sharing)
    if not sharing:
        return [_First(usable[0].carrier, 1, Said("weight 1 of 1", "权重 1/1"))]
    return [
        _First(one.carrier, one.weight, Said(f"weight {one.weight} of {total}", f"权重 {one.weight}/{total}"))
        for one in sharing
    ]


def _cheapest(usable: Sequence[Choice], costs: dict[str, int]) -> list[_First]:
    """Share by weight among those that cost the least."""
    least = costs[usable[0].carrier]
    cheapest = [choice for choice in usable if costs[choice.carrier] == least]
    dearer = sorted({cost for cost in costs.values() if cost > least})
    english = f"cheapest: {amount(least)}" + (f" against {amount(dearer[0])}" if dearer else "")
    chinese = f"成本最低：{amount(least)}" + (f"，次低 {amount(dearer[0])}" if dearer else "")
    shares = _weighted(cheapest)
    if len(shares) == 1:
        return [shares[0]._replace(why=Said(english, chinese))]
    return [one._replace(why=Said(f"{english}, {one.why.en}", f"{chinese}，{one.why.zh}")) for one in shares]


def _led_by(first: _First, names: Sequence[str], costs: dict[str, int], route: str, reasons: Sequence[Said]) -> Choices:
    others = [name for name in names if name != first.carrier]
    said = [*reasons, carrier_said(first.carrier, Said(f"chosen, {first.why.en}", f"选中，{first.why.zh}"))]
    for name in others:
        english, chinese = (f", at {amount(costs[name])}", f"，成本 {amount(costs[name])}") if costs else ("", "")
        said.append(carrier_said(name, Said(f"next if that one fails{english}", f"前者失败时接替{chinese}")))
    return Choices(route, (first.carrier, *others), tuple(said))
