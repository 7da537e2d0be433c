"""All lanes: which carrier's queue a message joins, and handing over what a carrier's room, window and pace allow.

A carrier that is down, full or slow never holds up another one's messages: what finds no place goes back to the
store with a time.
"""

import asyncio
from collections.abc import Mapping
from random import Random

import structlog

from hongyan.carriers import Carrier
from hongyan.ledger.settlement import Ending
from hongyan.model.clock import Clock
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig
from hongyan.route.table import Choices, Router
from hongyan.send import verdicts
from hongyan.send.decided import Decided
from hongyan.send.lane import Lane
from hongyan.send.pace import Pace
from hongyan.send.retry import retry_at
from hongyan.store.ordered import OrderedWriter

WRITES_MOST = 20_000
"""operations not on disk yet, above which nothing more is handed over"""
LONGEST_LOOK_MS = 120_000
"""a message that waits for a carrier that is busy, down or closed is looked at this often at least"""

log = structlog.get_logger(stage="send")


class Lanes:
    """The lanes by carrier name."""

    def __init__(
        self,
        *,
        decided: Decided,
        writer: OrderedWriter,
        router: Router,
        clock: Clock,
        random: Random,
        tally: Tally,
    ) -> None:
        self._decided = decided
        self._writer = writer
        self._router = router
        self._clock = clock
        self._random = random
        self._tally = tally
        self.by_name: dict[str, Lane] = {}
        self.pumping = False
        """False before the first carrier and after the end: nothing is handed over"""

    def any_open(self) -> bool:
        """Return whether any carrier may be handed something."""
        now = self._clock.now_ms()
        return any(lane.takes_more(now) for lane in self.by_name.values())

    def offers(self) -> int:
        """Return how many messages the lanes welcome, all together."""
        now = self._clock.now_ms()
        return sum(lane.offers(now) for lane in self.by_name.values())

    def replace(self, carriers: Mapping[str, Carrier], configs: Mapping[str, CarrierConfig]) -> list[Message]:
        """Use these carriers from now on. Returns the messages that waited for others, to be placed anew.

        `configs` are as operators have set them: one that is not enabled is handed nothing.
        """
        now = self._clock.now_ms()
        moved: list[Message] = []
        for name, carrier in carriers.items():
            config = configs.get(name) or CarrierConfig(name=name)
            lane = self.by_name.get(name)
            if lane is not None and lane.carrier is carrier:
                if lane.pace.limit != config.pace:
                    lane.pace = Pace(config.pace, now)
                lane.window, lane.halted = config.window, not config.enabled
                if lane.halted:
                    moved += lane.waiting
                    lane.waiting.clear()
                continue
            self.by_name[name] = fresh = Lane(carrier, config.pace, config.window, now, self._tally)
            fresh.halted = not config.enabled
            if lane is not None:
                moved += lane.waiting
                fresh.under_way, fresh.given_up = lane.under_way, lane.given_up  # answers come under the same name
        for name in self.by_name.keys() - carriers.keys():
            lane = self.by_name[name]
            lane.leaving = True
            moved += lane.waiting
            lane.waiting.clear()
        self.drop_left()
        self.pumping = True
        return moved

    def drop_left(self) -> None:
        """Forget lanes that are no longer declared and have nothing under way."""
        for name in [name for name, lane in self.by_name.items() if lane.leaving and not lane.under_way]:
            del self.by_name[name]

    def place(self, message: Message, choices: Choices, now: int) -> None:
        """Find a lane for a message (already counted as held), or send it back to the store, or end it."""
        if choices.route is None:
            self._decided.end(message, Ending(State.REJECTED, verdicts.NO_ROUTE, now, handed=False))
            return
        if message.expires_at <= now:
            self._decided.end(message, Ending(State.EXPIRED, verdicts.VALIDITY_OVER, now, handed=False))
            return
        tried = self._decided.tried.get(message.id, ())
        lanes = [
            lane
            for name in choices.carriers
            if name not in tried and (lane := self.by_name.get(name)) is not None and not lane.leaving
        ]
        for stuck in (False, True):  # rather one that works, but better there than in the store
            for lane in lanes:
                if lane.stuck is stuck and lane.takes_more(now):
                    lane.waiting.append(message)
                    if not tried and lane.carrier.name != choices.carriers[0]:
                        self._note_detour(message, choices.carriers[0], lane.carrier.name, now)
                    return
        patience = now + min((now - message.accepted_at) // 20, LONGEST_LOOK_MS)  # the older, the fewer looks
        if lanes:
            soonest = min(lanes, key=lambda lane: lane.down_until)
            due_at, cause = soonest.next_turn(now), verdicts.BUSY if now >= soonest.down_until else verdicts.DOWN
        else:
            due_at, cause = retry_at(now, message.attempts, message.expires_at, self._random), verdicts.NOT_OPEN
        self._decided.again(message, max(due_at, patience), cause, now, counted=False)

    def move(self, message: Message, leaving: Lane, tried: set[str], why: str, now: int) -> bool:
        """Put a message into the lane of the route's next carrier that takes it; return whether there was one."""
        for name in self._router.choose(message).carriers:
            lane = self.by_name.get(name)
            if lane is None or lane is leaving or lane.stuck or name in tried or not lane.takes_more(now):
                continue
            self._decided.note(message.id, now, "again", f"{why}; carrier {name} is next")
            lane.waiting.append(message)
            self.pump(lane, now)
            return True
        return False

    def under_way(self, name: str) -> int:
        """Return how many hand-overs to a carrier are not answered yet."""
        lane = self.by_name.get(name)
        return len(lane.under_way) if lane is not None else 0

    def _note_detour(self, message: Message, first: str, taken: str, now: int) -> None:
        """Keep why a message did not go to its route's first choice: the routes alone will not tell later."""
        lane = self.by_name.get(first)
        if lane is None or lane.leaving:
            why = "closed"
        elif lane.halted:
            why = "stopped"
        else:
            why = "down" if now < lane.down_until else "no-link" if lane.stuck else "full"
        self._decided.note(message.id, now, "routed", f"{first}|{why}|{taken}")

    def _offer_away(self, lane: Lane, now: int) -> None:
        """Give what waits for a carrier without links to the routes' next ones that work; what has none stays."""
        waiting = list(lane.waiting)
        lane.waiting.clear()
        fed: dict[str, Lane] = {}
        for message in waiting:
            for name in self._router.choose(message).carriers:
                other = self.by_name.get(name)
                if other is not None and other is not lane and not other.stuck and other.takes_more(now):
                    other.waiting.append(message)
                    fed[name] = other
                    self._note_detour(message, lane.carrier.name, name, now)
                    break
            else:
                lane.waiting.append(message)
        for other in fed.values():
            self.pump(other, now)

    def evacuate(self, lane: Lane, now: int) -> None:
        """Place anew what waits for a carrier that is down."""
        stranded = list(lane.waiting)
        lane.waiting.clear()
        for message in stranded:
            self.place(message, self._router.choose(message), now)
        self.pump_all(now)

    def pump_all(self, now: int) -> None:
        """Hand over from every lane."""
        for lane in self.by_name.values():
            if lane.waiting:
                self.pump(lane, now)

    def pump(self, lane: Lane, now: int) -> None:
        """Hand over what the carrier's room, window and pace allow; set a timer for what must wait for its pace."""
        waiting, under_way = lane.waiting, lane.under_way
        if not waiting or not self.pumping or self._writer.waiting > WRITES_MOST:
            return
        allowed, paced = lane.allowance(now), lane.pace.permits(now)
        batch: list[Message] = []
        parts = 0
        while allowed > len(batch) and paced > parts and waiting:
            message = waiting.popleft()
            if message.expires_at <= now:
                self._decided.end(message, Ending(State.EXPIRED, verdicts.VALIDITY_OVER, now, handed=False))
                continue
            under_way[message.id] = message
            batch.append(message)
            parts += message.parts
        if batch:
            lane.pace.took(parts, now)
            lane.latencies.begin(batch[-1].id, now)
            try:
                lane.carrier.submit(batch)
            except Exception:  # carrier edge: a bug of one carrier must not stop the others; the leases will end
                log.exception("a carrier failed to take messages", carrier=lane.carrier.name, messages=len(batch))
                lane.failed(now, 0)
            self._tally.set("send_under_way", lane.carrier.name, n=len(under_way))
        elif lane.offers_away(now):
            self._offer_away(lane, now)
        if waiting and not lane.wakes:
            self._wake_later(lane, now)

    def _wake_later(self, lane: Lane, now: int) -> None:
        wait_ms = max(lane.down_until - now, lane.pace.wait_ms(now))
        if wait_ms > 0:
            lane.wakes = True
            asyncio.get_running_loop().call_later(wait_ms / 1000, self._woken, lane)

    def _woken(self, lane: Lane) -> None:
        lane.wakes = False
        self.pump(lane, self._clock.now_ms())
        self._decided.flush()
