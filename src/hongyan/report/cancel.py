"""Takes a message back that has not left yet: it ends as its caller wished, with its price given back.

Guarded by the time at which it was due: whoever claims it to send it moves that time, and then nothing is cancelled.
"""

from collections.abc import Callable, Sequence

from hongyan.ledger.settlement import Ending, settlement
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import Clock
from hongyan.model.message import State
from hongyan.model.world import World
from hongyan.store import Store
from hongyan.store.ops import PushRow

CANCELLED = Cause(CauseKind.OURS, "CANCELLED", "cancelled by its caller before it was handed over", "hongyan")


class Cancelling:
    """One for a process."""

    def __init__(
        self,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        mint: Callable[[], int],
        on_pushes: Callable[[Sequence[PushRow]], None],
    ) -> None:
        self._store, self._world, self._clock, self._mint, self._on_pushes = store, world, clock, mint, on_pushes

    async def cancel(self, project: str, app: str, message_id: int) -> bool:
        """Return whether a message of this caller was taken back: it was still waiting."""
        message = await self._store.message(message_id)
        if message is None or message.state is not State.ACCEPTED:
            return False
        if message.project != project or message.app != app:
            return False
        ending = Ending(state=State.REJECTED, cause=CANCELLED, at=self._clock.now_ms(), handed=False)
        op = settlement(message, ending, self._world(), self._mint)
        op.lease = message.due_at
        done = bool(await self._store.write(op))
        if done and op.push is not None:
            self._on_pushes([op.push])
        return done
