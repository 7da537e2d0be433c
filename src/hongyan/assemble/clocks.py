"""Which clock a process runs by: the machine's, or one that rehearsals may push."""

from hongyan.model.clock import Clock, MovableClock
from hongyan.model.errors import Misconfigured
from hongyan.model.world import World
from hongyan.settings import Settings
from hongyan.store.current import CurrentWorld


def clock_for(settings: Settings, current: CurrentWorld, real: Clock, *, demo: bool) -> Clock:
    """Return the clock. Raises Misconfigured for a database whose clock was pushed, where nobody may rehearse."""
    ahead_ms = current().ahead_ms
    if not (demo or settings.rehearsal):
        if ahead_ms:
            raise Misconfigured(
                "rehearsal",
                f"the clock of this database was pushed {ahead_ms / 3_600_000:g} h ahead, and it never goes back.",
                "another database for real traffic, or rehearsal = true",
            )
        return real
    clock = MovableClock(real)
    clock.follow(ahead_ms)

    async def follow(world: World) -> None:
        clock.follow(world.ahead_ms)

    current.on_change(follow)
    return clock
