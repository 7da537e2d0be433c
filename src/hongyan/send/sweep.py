"""The sweep: fetches due work from the store while memory has room, and looks after what is overdue.

It finds everything that memory does not know: messages the desk could not hand over at once, retries whose time has
come, leases and receipts that never ended. `round` is one turn of it; tests call it instead of waiting.
"""

import asyncio

import structlog

from hongyan.ledger.parts import NO_RECEIPT, summed
from hongyan.ledger.settlement import Ending
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.hold import is_held
from hongyan.model.message import Message, State
from hongyan.send import verdicts
from hongyan.send.sender import Sender
from hongyan.send.withholding import Withholding
from hongyan.store import Store

CLAIM_MOST = 1_000
OVERDUE_MOST = 1_000
LOOK_S = 1.0
"""the store is asked for due work this often at least"""
OVERDUE_EVERY_MS, CLOSED_LOOK_MS = 1_000, 5_000
WAKE_MOST, WAKE_EVERY_MS = 2_000, 5_000
"""messages looked at in one commit when a carrier is back; how often that is done at most"""
TROUBLE_PAUSE_S = 1.0

log = structlog.get_logger(stage="send")


class Sweep:
    """One loop beside the sender."""

    def __init__(self, store: Store, sender: Sender, clock: Clock, withholding: Withholding) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._withholding = withholding
        self._wake = asyncio.Event()
        self.turn = asyncio.Lock()
        """held during a round; whoever holds it keeps the sweep from looking"""
        self._task: asyncio.Task[None] | None = None
        self._more = False
        """the last claim brought as much as was asked for: there is a backlog"""
        self._overdue_at = self._closed_look_at = self._wakes_at = 0
        self._is_back = False
        """a carrier may be handed something again: what was put back until then is due"""
        sender.on_room, sender.on_back = self._on_room, self._on_back
        sender.wake = self.wake

    def start(self) -> None:
        """Begin to sweep."""
        self._task = asyncio.create_task(self._run(), name="sweep")

    async def stop(self) -> None:
        """End the loop and give what waits in memory back to the store (the writer commits it)."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._sender.release()

    def wake(self) -> None:
        """Look at once: there is due work in the store."""
        self._wake.set()

    async def round_now(self) -> None:
        """Do a round by a clock that has jumped: nothing is too soon to be looked at again."""
        async with self.turn:
            self._overdue_at = self._closed_look_at = self._wakes_at = 0
            await self.round()

    async def round(self) -> None:
        """Tidy memory, claim due messages as far as there is room, decide about overdue ones."""
        now = self._clock.now_ms()
        if self._withholding.look():
            self._withhold_waiting(now)
        self._tidy(now)
        while now >= self._overdue_at:
            overdue = await self._store.overdue(now, OVERDUE_MOST)
            await self._judge(overdue, now)
            if len(overdue) < OVERDUE_MOST:
                self._overdue_at = now + OVERDUE_EVERY_MS
            elif not self._sender.space():
                break
        if self._is_back and now >= self._wakes_at:
            await self._bring_forward(now)
        self._sender.decided.soonest_due = None
        self._more = False
        while (most := self._claimable(now)) > 0:
            claimed = await self._store.claim(now, self._sender.lease_ms, most)
            if claimed:
                self._take(claimed, now)
            self._more = len(claimed) == most
            if not self._more:
                break

    def _take(self, claimed: list[Message], now: int) -> None:
        """Hand over what was claimed, but for what is held: that is due only because its time is over.

        What may not leave any more, because of its project's mode, is held from now on.
        """
        free: list[Message] = []
        decided = self._sender.decided
        for message in claimed:
            if is_held(message.cause):
                self._end_held(message, now)
            elif (hold := self._withholding.of(message)) is not None:
                decided.held += 1
                decided.withhold(message, hold, now)
            else:
                free.append(message)
        decided.flush()
        self._sender.take(free)

    def _end_held(self, message: Message, now: int) -> None:
        """End a held message, which is not in memory, as expired: it has not left."""
        self._sender.decided.held += 1
        self._sender.decided.end(message, Ending(State.EXPIRED, verdicts.HELD_TOO_LONG, now, handed=False))

    def _withhold_waiting(self, now: int) -> None:
        """Take out of memory what waits for its turn with a carrier and may not leave any more."""
        decided = self._sender.decided
        for lane in self._sender.lanes.by_name.values():
            waiting = list(lane.waiting)
            lane.waiting.clear()
            for message in waiting:
                hold = self._withholding.of(message)
                if hold is None:
                    lane.waiting.append(message)
                else:
                    decided.withhold(message, hold, now)
        decided.flush()

    async def _bring_forward(self, now: int) -> None:
        """Make due what waits in the store for a carrier to be there again."""
        self._is_back, self._wakes_at = False, now + WAKE_EVERY_MS
        mark: tuple[int, int] | None = (now, 0)
        while mark is not None:
            mark = await self._store.bring_forward(now, verdicts.WAKES, mark, WAKE_MOST)

    def _claimable(self, now: int) -> int:
        """Return how many messages to claim now.

        While no carrier is open some are claimed all the same, now and then: what has no route or has expired
        must come to its end.
        """
        room = self._sender.room()
        if not room and now >= self._closed_look_at and not self._sender.lanes.any_open():
            self._closed_look_at = now + CLOSED_LOOK_MS
            room = self._sender.space()
        return min(CLAIM_MOST, room)

    def _tidy(self, now: int) -> None:
        """Look at what has been in memory for long.

        A hand-over without an answer when its lease ends is unsure; a message that found no place in half its lease
        goes to the route's next carrier that takes it, or back to the store.
        """
        sender = self._sender
        halfway = now + sender.lease_ms // 2
        for name, lane in list(sender.lanes.by_name.items()):
            late = [message for message in lane.under_way.values() if (message.due_at or now) <= now]
            for message in late:
                lane.give_up(message)
                sender.unsure(message, verdicts.NO_ANSWER, now, name)
            why = f"carrier {name} had no room for long"
            while lane.waiting and (lane.waiting[0].due_at or now) <= halfway:
                message = lane.waiting.popleft()
                if message.expires_at <= now:
                    sender.decided.end(message, Ending(State.EXPIRED, verdicts.VALIDITY_OVER, now, handed=False))
                elif not sender.lanes.move(message, lane, {name}, why, now):
                    turn = lane.next_turn(now)
                    sender.decided.again(message, turn, verdicts.GIVEN_BACK, now, counted=False, carrier=name)
            sender.lanes.pump(lane, now)
        sender.lanes.drop_left()
        sender.decided.flush()

    async def _judge(self, overdue: list[Message], now: int) -> None:
        """Decide about leases and waits for receipts that ended."""
        if not overdue:
            return
        unreported = [message for message in overdue if message.state is State.SUBMITTED]
        endings = {message.id: summed(await self._store.parts(message.id), now) for message in unreported}
        held = self._held()
        for message in overdue:
            in_memory = held.get(message.id)
            if in_memory is not None:
                in_memory.due_at = message.due_at  # it is ours for as long as the store says now
                continue
            if message.state is State.SENDING and is_held(message.cause):
                self._end_held(message, now)  # claimed to be ended, which a crash prevented
                continue
            self._sender.decided.held += 1
            if message.state is State.SENDING:
                self._sender.unsure(message, verdicts.NO_ANSWER, now, message.carrier or "")
            else:
                ending = endings[message.id] or Ending(State.UNKNOWN, NO_RECEIPT, now, handed=True)
                self._sender.decided.end(message, ending)
        self._sender.decided.flush()

    def _held(self) -> dict[int, Message]:
        """Return all messages in memory by their ids."""
        held: dict[int, Message] = {}
        for lane in self._sender.lanes.by_name.values():
            held |= lane.under_way
            held |= {message.id: message for message in lane.waiting}
        return held

    async def _run(self) -> None:
        while True:
            try:
                async with self.turn:
                    await self.round()
            except Refused:  # the database cannot be reached; what was accepted waits there
                await asyncio.sleep(TROUBLE_PAUSE_S)
            except Exception:  # worker edge: the next round sees the same work again
                log.exception("a sweep failed")
                await asyncio.sleep(TROUBLE_PAUSE_S)
            await self._rest()

    async def _rest(self) -> None:
        wait_s = LOOK_S
        soonest = self._sender.decided.soonest_due
        if soonest is not None:
            wait_s = min(wait_s, max(0.01, (soonest - self._clock.now_ms()) / 1000))
        try:
            await asyncio.wait_for(self._wake.wait(), wait_s)
        except TimeoutError:
            return
        self._wake.clear()

    def _on_back(self) -> None:
        self._is_back = True
        self._wake.set()

    def _on_room(self) -> None:
        if self._more and self._sender.room() >= CLAIM_MOST:
            self._wake.set()
