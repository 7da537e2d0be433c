"""The sender: takes messages that are ours to send, picks the lane, hands over at its pace, reads the answers.

Memory is a shortcut and bounded; the store is the truth. Each message here is `sending` in the store, leased until
its `due_at`. What cannot go now goes back to the store with a time (`Again`), what never can is settled. The loop
that fetches due work is sweep.py. It never waits for a commit: what it decides is written in order behind it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import structlog

from hongyan.carriers import Answer, Carrier
from hongyan.ledger.settlement import Ending, settlement
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import Clock
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig, World
from hongyan.route.table import Choices, Router
from hongyan.send import verdicts
from hongyan.send.lane import Lane
from hongyan.send.retry import retry_at
from hongyan.send.verdicts import Next
from hongyan.store.ops import Again, Event, Handed, Note, Op, Settle
from hongyan.store.ordered import OrderedWriter

OnHanded = Callable[[str, Sequence[tuple[Message, str]]], None]
"""(carrier, [(message, provider id)]): the matcher's `expect`"""

CAPACITY = 20_000
WRITES_MOST = 20_000
"""operations not on disk yet, above which nothing more is handed over"""
THROTTLE_LEAST_MS = 100
LONGEST_LOOK_MS = 120_000
"""a message that waits for a carrier that is busy, down or closed is looked at this often at least"""

log = structlog.get_logger(stage="send")


class Sender:
    """Feeds the carriers. All of it runs on the event loop; `take` and `answered` return at once."""

    def __init__(
        self,
        *,
        writer: OrderedWriter,
        router: Router,
        world: Callable[[], World],
        clock: Clock,
        random: Random,
        tally: Tally,
        mint: Callable[[], int],
        on_handed: OnHanded,
        on_pushes: Callable[[], None],
        lease_ms: int = 60_000,
        grace_ms: int = 3_600_000,
        capacity: int = CAPACITY,
    ) -> None:
        self._writer = writer
        self._router = router
        self._world = world
        self._clock = clock
        self._random = random
        self._tally = tally
        self._mint = mint
        self._on_handed = on_handed
        self._on_pushes = on_pushes
        self.lease_ms = lease_ms
        self._grace_ms = grace_ms
        """how long after its validity a receipt is waited for"""
        self._capacity = capacity
        self._held = 0
        self._tried: dict[int, set[str]] = {}
        """messages that a carrier of their route has put off, and which ones"""
        self._out: list[Op] = []
        self.lanes: dict[str, Lane] = {}
        self.taking = False
        self.soonest_due: int | None = None
        """the earliest `due_at` written since the sweep last looked"""
        self.on_room: Callable[[], None] = _nobody

    # --- what the desk and the sweep ask
    def room(self) -> int:
        """Return how many messages `take` welcomes now."""
        if not self.taking or self._writer.waiting > WRITES_MOST or not self.has_open_lane():
            return 0
        return max(0, self._capacity - self._held)

    def has_open_lane(self) -> bool:
        """Return whether any carrier may be handed something."""
        now = self._clock.now_ms()
        return any(lane.takes_more(now) for lane in self.lanes.values())

    def take(self, messages: Sequence[Message]) -> None:
        """Hand these over as their carriers allow. They are `sending` in the store, `due_at` is their lease."""
        now = self._clock.now_ms()
        choose, lanes = self._router.choose, self.lanes
        self._held += len(messages)
        for message in messages:
            choices = choose(message)
            lane = lanes.get(choices.carriers[0]) if choices.carriers else None
            if lane is not None and lane.takes_more(now):
                lane.waiting.append(message)
            else:
                self._place(message, choices, now)
        self._pump_all(now)
        self._flush()

    def use(self, carriers: Mapping[str, Carrier], configs: Mapping[str, CarrierConfig]) -> None:
        """Send through these carriers from now on; what waited for others is placed anew."""
        now = self._clock.now_ms()
        moved: list[Message] = []
        for name, carrier in carriers.items():
            config = configs.get(name) or CarrierConfig(name=name)
            lane = self.lanes.get(name)
            if lane is not None and lane.carrier is carrier and not lane.leaving:
                if lane.pace.limit != config.pace:
                    lane.pace = type(lane.pace)(config.pace, now)
                lane.window = config.window
                continue
            fresh = Lane(carrier, config.pace, config.window, now)
            if lane is not None:
                moved += lane.waiting
                fresh.under_way = lane.under_way
            self.lanes[name] = fresh
        for name in [name for name in self.lanes if name not in carriers]:
            lane = self.lanes[name]
            lane.leaving = True
            moved += lane.waiting
            lane.waiting.clear()
            if not lane.under_way:
                del self.lanes[name]
        self._held -= len(moved)
        self.taking = True
        self.take(moved)

    # --- what carriers say
    def has_room(self, carrier: str) -> None:
        """Hand more to a carrier that can take more again."""
        lane = self.lanes.get(carrier)
        if lane is not None:
            self._pump(lane, self._clock.now_ms())
            self._flush()

    def answered(self, carrier: str, answers: Sequence[Answer]) -> None:
        """Write down what a carrier said to hand-overs, and hand over more."""
        lane = self.lanes.get(carrier)
        if lane is None:
            return
        now = self._clock.now_ms()
        under_way, grace_ms, out = lane.under_way, self._grace_ms, self._out
        handed: list[tuple[Message, str]] = []
        gone = 0
        for answer in answers:
            message = under_way.pop(answer.message_id, None)
            if message is None:
                self._stray(carrier, answer)
                continue
            if answer.cause is None and not answer.unsure:
                provider_id = answer.provider_id or ""
                out.append(
                    Handed(
                        message_id=message.id,
                        at=answer.at,
                        carrier=carrier,
                        provider_id=provider_id,
                        due_at=max(message.expires_at, answer.at) + grace_ms,
                    )
                )
                handed.append((message, provider_id))
                gone += 1
            else:
                self._failed(lane, message, answer, now)
        if handed:
            if lane.failures:
                lane.worked()
            self._held -= gone
            if self._tried:
                for message, _ in handed:
                    self._tried.pop(message.id, None)
            self._tally.add("send_handed", carrier, n=gone)
            self._flush()  # the hand-overs are written before any receipt that waited for them
            self._on_handed(carrier, handed)
        self._pump(lane, now)
        self._flush()
        if lane.leaving and not under_way:
            del self.lanes[carrier]
        if self._held * 2 < self._capacity:
            self.on_room()

    # --- picking a lane
    def _place(self, message: Message, choices: Choices, now: int) -> None:
        """Find a lane for a message (already counted as held), or send it back to the store, or end it."""
        if choices.route is None or not choices.carriers:
            self._end(message, Ending(State.REJECTED, verdicts.NO_ROUTE, now, handed=False))
            return
        tried = self._tried.get(message.id, ())
        open_lanes = [
            lane for name in choices.carriers if name not in tried and (lane := self.lanes.get(name)) is not None
        ]
        for lane in open_lanes:
            if lane.takes_more(now):
                lane.waiting.append(message)
                return
        patience = now + min((now - message.accepted_at) // 20, LONGEST_LOOK_MS)  # the older, the fewer looks
        known = [lane for lane in open_lanes if not lane.leaving]
        if known:
            best = min(known, key=lambda lane: lane.down_until)
            self._again(message, max(best.next_turn(now), patience), verdicts.BUSY, now, counted=False)
        else:
            due_at = max(retry_at(now, message.attempts, message.expires_at, self._random), patience)
            self._again(message, due_at, verdicts.NOT_OPEN, now, counted=bool(tried))

    def _pump_all(self, now: int) -> None:
        for lane in self.lanes.values():
            if lane.waiting:
                self._pump(lane, now)

    def _pump(self, lane: Lane, now: int) -> None:
        """Hand over what the carrier's room, window and pace allow."""
        waiting = lane.waiting
        if not waiting or self._writer.waiting > WRITES_MOST:
            return
        allowed = lane.allowance(now)
        batch: list[Message] = []
        under_way = lane.under_way
        while allowed > len(batch) and waiting:
            message = waiting.popleft()
            if message.expires_at <= now:
                self._end(message, Ending(State.EXPIRED, verdicts.VALIDITY_OVER, now, handed=False))
                continue
            under_way[message.id] = message
            batch.append(message)
        if batch:
            lane.pace.took(len(batch), now)
            try:
                lane.carrier.submit(batch)
            except Exception:  # carrier edge: a bug of one carrier must not stop the others; its lease will end
                log.exception("a carrier failed to take messages", carrier=lane.carrier.name, messages=len(batch))
                lane.failed(now, 0)
        self._tally.set("send_under_way", lane.carrier.name, n=len(under_way))
        if waiting and not lane.wakes:
            self._wake_later(lane, now)

    def _wake_later(self, lane: Lane, now: int) -> None:
        """Set one timer for a lane that waits for its pace or for the end of an outage."""
        wait_ms = max(lane.down_until - now, lane.pace.wait_ms(now))
        if wait_ms > 0:
            lane.wakes = True
            asyncio.get_running_loop().call_later(wait_ms / 1000, self._woken, lane)

    def _woken(self, lane: Lane) -> None:
        lane.wakes = False
        if self.taking:
            self._pump(lane, self._clock.now_ms())
            self._flush()

    # --- hand-overs that failed
    def _failed(self, lane: Lane, message: Message, answer: Answer, now: int) -> None:
        name = lane.carrier.name
        cause = answer.cause or verdicts.NO_ANSWER
        match verdicts.after(answer):
            case Next.UNSURE:
                self.unsure(message, cause, now, name)
            case Next.NEVER:
                lane.worked()
                self._end(message, Ending(State.REJECTED, cause, answer.at, handed=False))
            case Next.THROTTLED:
                pause_ms = max(answer.again_ms or 0, THROTTLE_LEAST_MS)
                lane.worked()
                lane.pace.throttled(now, pause_ms)
                self._again(message, now + pause_ms, cause, now, counted=False, carrier=name)
            case _:
                self._elsewhere(lane, message, cause, answer.again_ms or 0, now)

    def _elsewhere(self, lane: Lane, message: Message, cause: Cause, asked_ms: int, now: int) -> None:
        """Try the route's next carrier at once; when none is left, try again later."""
        name = lane.carrier.name
        if cause.kind is CauseKind.CARRIER:
            lane.failed(now, asked_ms)
        tried = self._tried.setdefault(message.id, set())
        tried.add(name)
        for other in self._router.choose(message).carriers:
            next_lane = self.lanes.get(other)
            if other not in tried and next_lane is not None and next_lane.takes_more(now):
                text = f"{cause.joined()}; carrier {other} is next"
                self._out.append(Note(events=[Event(message_id=message.id, at=now, kind="again", text=text)]))
                self._tally.add("send_again", name, cause.kind)
                next_lane.waiting.append(message)
                self._pump(next_lane, now)
                break
        else:
            if cause.kind is CauseKind.CARRIER:  # no growing waits: it goes when the carrier is back
                at = max(lane.next_turn(now), now + asked_ms)
            else:
                at = retry_at(now, message.attempts, message.expires_at, self._random, asked_ms)
            self._again(message, at, cause, now, counted=True, carrier=name)
        if now < lane.down_until:
            self._evacuate(lane, now)

    def _evacuate(self, lane: Lane, now: int) -> None:
        """Place anew what waits for a carrier that is down."""
        stranded, lane.waiting = list(lane.waiting), type(lane.waiting)()
        for message in stranded:
            self._place(message, self._router.choose(message), now)
        self._pump_all(now)

    def unsure(self, message: Message, cause: Cause, now: int, carrier: str, *, held: bool = True) -> None:
        """Decide about a message that may or may not have been handed over.

        `held` False: it comes from the store, and is not counted among those in memory.
        """
        self._held += not held
        world = self._world()
        choices = self._router.choose(message).carriers
        lanes = [lane for name in choices if (lane := self.lanes.get(name)) is not None]
        repeatable = bool(lanes) and all(lane.carrier.repeatable for lane in lanes)
        repeats = now < message.expires_at and verdicts.repeats_unsure(message, world, repeatable=repeatable)
        said = "it is handed over again" if repeats else "it is not handed over again"
        text = f"{cause.joined()}; {said}"
        self._out.append(Note(events=[Event(message_id=message.id, at=now, kind="unsure", text=text)]))
        self._tally.add("send_unsure", carrier)
        if repeats:
            self._again(message, now, cause, now, counted=True, carrier=carrier)
        else:
            self._end(message, Ending(State.UNKNOWN, cause, now, handed=True))

    def _stray(self, carrier: str, answer: Answer) -> None:
        """Note an answer to a hand-over that was given up: its receipt, if any, will be listed as unclaimed."""
        said = f"took it as {answer.provider_id}" if answer.cause is None else answer.cause.joined()
        text = f"carrier {carrier} answered when it was no longer waited for: {said}"
        self._out.append(Note(events=[Event(message_id=answer.message_id, at=answer.at, kind="unsure", text=text)]))

    # --- leaving memory
    def _again(
        self, message: Message, due_at: int, cause: Cause, now: int, *, counted: bool, carrier: str = ""
    ) -> None:
        self._held -= 1
        self._tried.pop(message.id, None)
        due_at = min(due_at, max(message.expires_at, now))
        if self.soonest_due is None or due_at < self.soonest_due:
            self.soonest_due = due_at
        self._tally.add("send_again", carrier, cause.kind)
        self._out.append(Again(message_id=message.id, at=now, due_at=due_at, cause=cause.joined(), counted=counted))

    def _end(self, message: Message, ending: Ending) -> None:
        self._held -= 1
        self._tried.pop(message.id, None)
        self._out.append(settlement(message, ending, self._world(), self._mint))

    def _flush(self) -> None:
        """Give what was decided to the writer, in order."""
        if self._out:
            out, self._out = self._out, []
            settled = [(place, op) for place, op in enumerate(out) if type(op) is Settle]
            self._writer.add(out, self._reporter(settled) if settled else None)

    def _reporter(self, settled: Sequence[tuple[int, Settle]]) -> Callable[[Sequence[Any]], None]:
        def done(results: Sequence[Any]) -> None:
            moved = [op for place, op in settled if results[place]]
            for op in moved:
                self._tally.add("report_settled", op.state)
            if any(op.push is not None for op in moved):
                self._on_pushes()

        return done

    # --- what the sweep asks for
    def settle_now(self, message: Message, ending: Ending) -> None:
        """End a message that the sweep found in the store."""
        self._held += 1
        self._end(message, ending)

    def flush(self) -> None:
        """Give what was decided to the writer now."""
        self._flush()

    def tidy(self, now: int) -> None:
        """Look at what has been in memory for long.

        A hand-over without an answer when its lease ends is unsure; a message that found no place in half its lease
        goes to the route's next carrier that takes it, or back to the store.
        """
        for lane in list(self.lanes.values()):
            late = [message for message in lane.under_way.values() if (message.due_at or now) <= now]
            for message in late:
                del lane.under_way[message.id]
                self.unsure(message, verdicts.NO_ANSWER, now, lane.carrier.name)
            halfway = now + self.lease_ms // 2
            while lane.waiting and (lane.waiting[0].due_at or now) <= halfway:
                self._move_on(lane, lane.waiting.popleft(), now)
            self._pump(lane, now)
        self._flush()

    def _move_on(self, lane: Lane, message: Message, now: int) -> None:
        if message.expires_at <= now:
            self._end(message, Ending(State.EXPIRED, verdicts.VALIDITY_OVER, now, handed=False))
            return
        for name in self._router.choose(message).carriers:
            other = self.lanes.get(name)
            if other is not None and other is not lane and other.takes_more(now) and not other.waiting:
                text = f"carrier {lane.carrier.name} had no room for long; carrier {name} is next"
                self._out.append(Note(events=[Event(message_id=message.id, at=now, kind="again", text=text)]))
                other.waiting.append(message)
                self._pump(other, now)
                return
        self._again(message, lane.next_turn(now), verdicts.GIVEN_BACK, now, counted=False, carrier=lane.carrier.name)

    def holds(self) -> set[int]:
        """Return the ids of all messages in memory."""
        ids: set[int] = set()
        for lane in self.lanes.values():
            ids.update(lane.under_way)
            ids.update(message.id for message in lane.waiting)
        return ids

    def release(self) -> None:
        """Give everything that waits back to the store: the program is about to end."""
        self.taking = False
        now = self._clock.now_ms()
        for lane in self.lanes.values():
            while lane.waiting:
                message = lane.waiting.popleft()
                self._again(message, now, verdicts.GIVEN_BACK, now, counted=False, carrier=lane.carrier.name)
        self._flush()


def _nobody() -> None:
    """Nobody waits for room."""
