"""What a part costs us at a carrier: by the longest of its prefixes that a number begins with, else its usual cost."""

from collections.abc import Iterator

from hongyan.model.money import micros
from hongyan.model.world import CarrierConfig, RouteConfig, World

BY_COST = "cost"


def cost_of(carrier: CarrierConfig, digits: str) -> int:
    """Return micros for one part to a number of which at least the first digits that matter are given."""
    longest = max((prefix for prefix in carrier.costs if digits.startswith(prefix)), key=len, default=None)
    return micros(carrier.cost if longest is None else carrier.costs[longest])


def prefixes_that_matter(route: RouteConfig, world: World) -> Iterator[str]:
    """Yield the first digits by which the costs of a route's carriers differ."""
    if route.prefer == BY_COST:
        for choice in route.choices:
            carrier = world.carriers.get(choice.carrier)
            if carrier is not None:
                yield from carrier.costs
