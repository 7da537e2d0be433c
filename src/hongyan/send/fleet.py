"""The fleet: opens and closes carriers as the world declares them and operators set them by hand.

Which classes exist is handed in by the assembly. A carrier that takes long to close keeps nobody waiting: each name has
its own chain of closings and openings, one after the other.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import structlog

from hongyan.carriers import Answer, Carrier, Incoming, Receipt
from hongyan.carriers.links import Wired
from hongyan.carriers.preview import PduLook
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Message
from hongyan.model.world import CarrierConfig, Standing, World
from hongyan.send.by_hand import as_set, control_of, stays_open
from hongyan.send.remind import Reminder

Factory = Callable[[CarrierConfig], Carrier]
"""Builds a carrier of one protocol; raises Misconfigured."""

SETTLE_S = 0.5
"""what opens or closes within this time is waited for; the rest goes on by itself"""
DRAIN_LOOK_S = 0.1

log = structlog.get_logger(stage="send")


class Wires(NamedTuple):
    """Where carriers' events go: methods of the sender, the matcher and the replies. Fits `carriers.Events`."""

    answered: Callable[[str, Sequence[Answer]], None]
    reported: Callable[[str, Sequence[Receipt], Callable[[], None]], None]
    has_room: Callable[[str], None]
    replied: Callable[[str, Sequence[Incoming], Callable[[], None]], None]


Use = Callable[[Mapping[str, Carrier], Mapping[str, CarrierConfig]], None]
"""the sender's `use`"""


class Fleet:
    """All open carriers. `check` stops a bad start; `refresh` runs at the start and when the world has changed.

    `under_way`: how many hand-overs to a carrier are not answered yet.
    """

    def __init__(
        self,
        factories: Mapping[str, Factory],
        wires: Wires,
        use: Use,
        reminder: Reminder,
        under_way: Callable[[str], int],
    ) -> None:
        self._factories = factories
        self._reminder = reminder
        self._wires = wires
        self._use = use
        self._under_way = under_way
        self._world = World()
        self._open: dict[str, tuple[CarrierConfig, Carrier]] = {}
        self._rebound: dict[str, int] = {}
        """carrier -> the `rebind_at` that was followed"""
        self._turning: dict[str, asyncio.Task[None]] = {}
        """the last of each name's closings and openings"""
        self._draining: asyncio.Task[None] | None = None

    def carriers(self) -> Mapping[str, Carrier]:
        """Return the open carriers by name."""
        return {name: carrier for name, (_, carrier) in self._open.items()}

    def drained(self, name: str) -> bool:
        """Return whether a carrier was told to drain and is done: nothing is under way and its links are closed."""
        control = control_of(self._world, name)
        return control.standing is Standing.DRAINING and name not in self._open

    def check(self, world: World) -> None:
        """Build every declared carrier without opening it. Raises Misconfigured for the first that cannot be."""
        for config in world.carriers.values():
            self._built(config)

    def preview(self, name: str, message: Message) -> Sequence[PduLook] | None:
        """Return what a carrier would put on the wire for a message; None when it has no wire, or is not declared.

        Raises Unfit and Malformed, as wording it for the road does.
        """
        config = self._world.carriers.get(name)
        built = self._built(config) if config is not None else None
        return built.preview(message) if isinstance(built, Wired) else None

    async def refresh(self, world: World) -> None:
        """Open what is new, changed or running again, close what is gone or stopped; the others never notice."""
        self._world = world
        turning = self._follow(world)
        if turning:
            await asyncio.wait(turning, timeout=SETTLE_S)
        for name, carrier in self.carriers().items():
            self._set_by_hand(name, carrier)
        if self._draining is None and any(self._drains(name) for name in self._open):
            self._draining = asyncio.get_running_loop().create_task(self._drain(), name="drain")

    async def close(self) -> None:
        """Close all carriers; their last answers still arrive."""
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.gather(self._draining, return_exceptions=True)
        for name, (_, carrier) in self._open.items():
            self._turn(name, carrier, None)
        self._open.clear()
        await asyncio.gather(*self._turning.values())

    def _follow(self, world: World) -> list[asyncio.Task[None]]:
        """Begin to open and close what the world wants now; return what is on its way."""
        wanted = {
            name: config
            for name, config in world.carriers.items()
            if config.enabled and stays_open(control_of(world, name), is_open=name in self._open)
        }
        gone = [name for name, (config, _) in self._open.items() if not _same(wanted.get(name), config)]
        closing = {name: self._open.pop(name)[1] for name in gone}
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
            self._rebound[name] = control_of(world, name).rebind_at
        self._use(self.carriers(), {name: as_set(config, control_of(world, name)) for name, config in wanted.items()})
        return [self._turn(name, closing.get(name), fresh.get(name)) for name in {**closing, **fresh}]

    def _turn(self, name: str, closing: Carrier | None, fresh: Carrier | None) -> asyncio.Task[None]:
        """Close the old carrier of a name, then open its new one, after whatever is still being done to that name."""
        before = self._turning.get(name)

        async def turned() -> None:
            if before is not None:
                await before
            if closing is not None:
                await self._close(closing)
            if fresh is not None:
                await self._opened(fresh)

        task = self._turning[name] = asyncio.get_running_loop().create_task(turned(), name=f"carrier {name}")
        task.add_done_callback(lambda done: self._turning.pop(name) if self._turning.get(name) is done else None)
        return task

    def _set_by_hand(self, name: str, carrier: Carrier) -> None:
        control = control_of(self._world, name)
        if control.rebind_at > self._rebound.get(name, 0):
            self._rebound[name] = control.rebind_at
            log.info("a carrier logs in anew, as an operator asked", carrier=name, by=control.set_by)
            carrier.rebind()
        if carrier.transcript is not None and carrier.transcript.until_ms != control.transcript_until:
            carrier.transcript.switch(control.transcript_until)

    def _drains(self, name: str) -> bool:
        return control_of(self._world, name).standing is Standing.DRAINING

    async def _drain(self) -> None:
        """Close what drains once nothing is under way with it."""
        while draining := [name for name in self._open if self._drains(name)]:
            done = [name for name in draining if not self._under_way(name)]
            for name in done:
                self._turn(name, self._open.pop(name)[1], None)
                log.info("a carrier is drained", carrier=name)
            if done:
                self._follow(self._world)
            await asyncio.sleep(DRAIN_LOOK_S)
        self._draining = None

    async def _opened(self, carrier: Carrier) -> None:
        try:
            await carrier.open(self._wires)
        except Exception:  # carrier edge: a carrier that cannot open must not keep the others from it
            log.exception("a carrier failed to open", carrier=carrier.name)
            return
        self._reminder.opened(carrier)

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
