"""What a part costs: the longest matching prefix, a project's own price before the general one."""

from collections.abc import Mapping

from hongyan.model.message import Leg
from hongyan.model.money import micros
from hongyan.model.world import World


class PriceList:
    """The prices of one world, indexed."""

    def __init__(self, world: World) -> None:
        self._lists: dict[tuple[str, Leg], dict[str, int]] = {}
        for price in world.prices:
            self._lists.setdefault((price.project, price.leg), {})[price.name] = micros(price.each)
        self._longest = max((len(price.name) for price in world.prices), default=0)

    def each(self, project: str, leg: Leg, digits: str) -> int | None:
        """Return micros for one part to a number, or None when prices are declared but none fits.

        A world without any price for the project sends for nothing: billing is not in use.
        """
        own = self._lists.get((project, leg), _NONE)
        general = self._lists.get(("", leg), _NONE)
        if not own and not general:
            return None if any(of in ("", project) for of, _ in self._lists) else 0
        for prices in (own, general):
            for length in range(self._longest, -1, -1):
                found = prices.get(digits[:length])
                if found is not None:
                    return found
        return None


_NONE: Mapping[str, int] = {}
