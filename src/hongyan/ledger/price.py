"""What a part costs: the longest matching prefix, a project's own price before the general one."""

from hongyan.model.message import Leg
from hongyan.model.money import micros
from hongyan.model.world import World


class PriceList:
    """The prices of one world, indexed."""

    def __init__(self, world: World) -> None:
        lists: dict[tuple[str, Leg], dict[str, int]] = {}
        for price in world.prices:
            lists.setdefault((price.project, price.leg), {})[price.name] = micros(price.each)
        self._lists = {key: _by_length(prices) for key, prices in lists.items()}
        self._billed = {project for project, _ in lists}

    def each(self, project: str, leg: Leg, digits: str) -> int | None:
        """Return micros for one part to a number, or None when prices are declared but none fits.

        A world without any price for the project sends for nothing: billing is not in use.
        """
        own = self._lists.get((project, leg))
        general = self._lists.get(("", leg))
        for lists in (own, general):
            if lists is not None:
                for length, prices in lists:
                    found = prices.get(digits[:length])
                    if found is not None:
                        return found
        if own is None and general is None and self._billed.isdisjoint(("", project)):
            return 0
        return None


def _by_length(prices: dict[str, int]) -> list[tuple[int, dict[str, int]]]:
    """Return prices by the length of their prefix, the longest first: a number is tried only with lengths there are."""
    lengths = sorted({len(prefix) for prefix in prices}, reverse=True)
    return [(length, {prefix: each for prefix, each in prices.items() if len(prefix) == length}) for length in lengths]
