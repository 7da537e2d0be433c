"""The fleet: opens and closes carriers as the world declares them. Which classes exist is handed in by the assembly."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import structlog

from hongyan.carriers import Answer, Carrier, Receipt
from hongyan.model.errors import Misconfigured
from hongyan.model.world import CarrierConfig, World
from hongyan.send.remind import Reminder

Factory = Callable[[CarrierConfig], Carrier]
"""Builds a carrier of one protocol; raises Misconfigured."""

log = structlog.get_logger(stage="send")


class Wires(NamedTuple):
    """Where carriers' events go: the sender's and the matcher's methods. Fits `carriers.Events`."""

    answered: Callable[[str, Sequence[Answer]], None]
    reported: Callable[[str, Sequence[Receipt], Callable[[], None]], None]
    has_room: Callable[[str], None]


Use = Callable[[Mapping[str, Carrier], Mapping[str, CarrierConfig]], None]
"""the sender's `use`"""


class Fleet:
    """All open carriers. `check` stops a bad start; `refresh` runs at the start and when the world has changed."""

    def __init__(self, factories: Mapping[str, Factory], wires: Wires, use: Use, reminder: Reminder) -> None:
        self._factories = factories
        self._reminder = reminder
        self._wires = wires
        self._use = use
        self._open: dict[str, tuple[CarrierConfig, Carrier]] = {}

    def carriers(self) -> Mapping[str, Carrier]:
        """Return the open carriers by name."""
        return {name: carrier for name, (_, carrier) in self._open.items()}

    def check(self, world: World) -> None:
        """Build every declared carrier without opening it. Raises Misconfigured for the first that cannot be."""
        for config in world.carriers.values():
            self._built(config)

    async def refresh(self, world: World) -> None:
        """Open what is new or changed, close what is gone; carriers that did not change never notice."""
        wanted = {name: config for name, config in world.carriers.items() if config.enabled}
        gone = [name for name, (config, _) in self._open.items() if not _same(wanted.get(name), config)]
        closing = [self._open.pop(name)[1] for name in gone]
        fresh: dict[str, Carrier] = {}
        for name, config in wanted.items():
            if name in self._open:
                self._open[name] = config, self._open[name][1]
                continue
            try:
                fresh[name] = self._built(config)
            except Misconfigured as wrong:
                log.error("a carrier cannot be built; the others go on", carrier=name, error=str(wrong))  # noqa: TRY400 - the sentence says all
                continue
            self._open[name] = config, fresh[name]
        self._use(self.carriers(), wanted)
        for carrier in closing:
            await self._close(carrier)
        for carrier in fresh.values():
            await carrier.open(self._wires)
            self._reminder.opened(carrier)

    async def close(self) -> None:
        """Close all carriers; their last answers still arrive."""
        closing = [carrier for _, carrier in self._open.values()]
        self._open.clear()
        for carrier in closing:
            await self._close(carrier)

    async def _close(self, carrier: Carrier) -> None:
        self._reminder.closed(carrier)
        try:
            await carrier.close()
        except Exception:  # carrier edge: a carrier that cannot close must not keep the program from ending
            log.exception("a carrier failed to close", carrier=carrier.name)

    def _built(self, config: CarrierConfig) -> Carrier:
        factory = self._factories.get(config.protocol)
        if factory is None:
            nearest = get_close_matches(config.protocol, self._factories, n=1, cutoff=0.4) or sorted(self._factories)
            raise Misconfigured(f"carrier {config.name}", f"no protocol {config.protocol!r}.", ", ".join(nearest))
        return factory(config)


def _same(new: CarrierConfig | None, old: CarrierConfig) -> bool:
    """Return whether a carrier may stay open: pace and window are the sender's, all else is the carrier's own."""
    return new is not None and (new.protocol, new.password, new.settings) == (old.protocol, old.password, old.settings)
