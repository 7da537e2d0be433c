"""The sender: takes messages that are ours to send, feeds the carriers, reads their answers.

Memory is a shortcut and bounded; the store is the truth. Each message here is `sending` in the store, leased until
its `due_at`. What cannot go now goes back to the store with a time, what never can is settled. The loop that fetches
due work is sweep.py. It never waits for a commit: what it decides is written in order behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from hongyan.carriers import Answer, Carrier
from hongyan.ledger.settlement import Ending
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import Clock
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig, World
from hongyan.route.table import Router
from hongyan.send import verdicts
from hongyan.send.decided import Decided
from hongyan.send.lane import NEVER_LEASED, Lane
from hongyan.send.lanes import WRITES_MOST, Lanes
from hongyan.send.retry import retry_at
from hongyan.send.verdicts import Next
from hongyan.store.ops import Handed, PushRow
from hongyan.store.ordered import OrderedWriter

OnHanded = Callable[[str, Sequence[tuple[Message, Answer]]], None]
"""(carrier, [(message, the answer with its ids)]): the matcher's `expect`"""

CAPACITY = 20_000
LEASE_MS = 60_000
GRACE_MS = 3_600_000
THROTTLE_LEAST_MS = 100


class Sender:
    """Feeds the carriers. All of it runs on the event loop; every call returns at once."""

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
        on_pushes: Callable[[Sequence[PushRow]], None],
        lease_ms: int = LEASE_MS,
        grace_ms: int = GRACE_MS,
        capacity: int = CAPACITY,
    ) -> None:
        self._writer = writer
        self._router = router
        self._world = world
        self._clock = clock
        self._random = random
        self._tally = tally
        self._on_handed = on_handed
        self.lease_ms = lease_ms
        """how long a hand-over may take before it is unsure"""
        self._grace_ms = grace_ms
        """how long after its validity a message's receipt is waited for"""
        self._capacity = capacity
        self.decided = Decided(writer=writer, world=world, tally=tally, mint=mint, on_pushes=on_pushes)
        self.lanes = Lanes(decided=self.decided, writer=writer, router=router, clock=clock, random=random, tally=tally)
        self.on_room: Callable[[], None] = _nobody
        """called when carriers have answered"""
        self.on_late: Callable[[], None] = _nobody
        """called when a late answer gave a message its id: its receipt may be parked"""
        self.on_back: Callable[[], None] = _nobody
        """called when a carrier may be handed something again"""
        self._gone: Callable[[int], bool] = _none
        """messages that were deleted while a carrier had them"""
        self.wake: Callable[[], None] = _nobody
        """call it when there is due work in the store; the sweep sets it"""

    def room(self) -> int:
        """Return how many messages `take` welcomes now; 0 while no carrier could be handed any."""
        return min(self.space(), self.lanes.offers())

    def space(self) -> int:
        """Return how many messages memory may take, whether a carrier is open or not."""
        if not self.lanes.pumping or self._writer.waiting > WRITES_MOST:
            return 0
        return max(0, self._capacity - self.decided.held)

    def use(self, carriers: Mapping[str, Carrier], configs: Mapping[str, CarrierConfig]) -> None:
        """Send through these carriers from now on; what waited for others is placed anew."""
        moved = self.lanes.replace(carriers, configs)
        self.decided.held -= len(moved)
        self.take(moved)
        self.on_back()

    def take(self, messages: Sequence[Message]) -> None:
        """Hand these over as their carriers allow. They are `sending` in the store, `due_at` is their lease."""
        now = self._clock.now_ms()
        choose, lanes = self._router.choose, self.lanes.by_name
        self.decided.held += len(messages)
        if not self.lanes.pumping:
            self._give_back(messages, now)
            return
        for message in messages:
            choices = choose(message)
            lane = lanes.get(choices.carriers[0]) if choices.carriers else None
            if lane is not None and not lane.stuck and lane.takes_more(now):
                lane.waiting.append(message)
            else:
                self.lanes.place(message, choices, now)
        self.lanes.pump_all(now)
        self.decided.flush()

    def has_room(self, carrier: str) -> None:
        """Hand more to a carrier that can take more again."""
        lane = self.lanes.by_name.get(carrier)
        if lane is not None:
            now = self._clock.now_ms()
            if lane.has_room(now):
                self.on_back()
            self.lanes.pump(lane, now)
            self.decided.flush()

    def answered(self, carrier: str, answers: Sequence[Answer]) -> None:
        """Write down what a carrier said to hand-overs, and hand over more."""
        lane = self.lanes.by_name.get(carrier)
        if lane is None:
            return
        now = self._clock.now_ms()
        handed: list[tuple[Message, Answer]] = []
        timed = lane.latencies.began
        for answer in answers:
            if answer.message_id in timed:
                lane.latencies.answered(answer.message_id, answer.at)
            message = None if answer.late else lane.under_way.pop(answer.message_id, None)
            if message is None:
                self._stray(lane, answer)
            elif answer.cause is None and not answer.unsure:
                self._handed(carrier, message, answer, message.due_at)
                handed.append((message, answer))
            else:
                self._failed(lane, message, answer, now)
        if handed:
            lane.worked()
            self.decided.held -= len(handed)
            self._tally.add("send_handed", carrier, n=len(handed))
            self.decided.flush()  # hand-overs are written before the endings that waited for them
            self._on_handed(carrier, handed)
        self.lanes.pump(lane, now)
        self.decided.flush()
        if lane.leaving:
            self.lanes.drop_left()
        self.on_room()

    def unsure(self, message: Message, cause: Cause, now: int, carrier: str) -> None:
        """Decide about a message that may or may not have been handed over (it counts as held)."""
        lanes = [self.lanes.by_name.get(name) for name in self._router.choose(message).carriers]
        repeatable = bool(lanes) and all(lane is not None and lane.carrier.repeatable for lane in lanes)
        wanted = now < message.expires_at and verdicts.repeats_unsure(message, self._world(), repeatable=repeatable)
        repeats = wanted and (repeatable or message.attempts + 1 < verdicts.UNSURE_TRIES)
        said = "it is handed over again" if repeats else "it is not handed over again"
        if wanted and not repeats:
            said += f" after {message.attempts + 1} tries"
        self.decided.note(message.id, now, "unsure", f"{cause.joined()}; {said}")
        self._tally.add("send_unsure", carrier)
        if repeats:
            at = retry_at(now, message.attempts, message.expires_at, self._random) if message.attempts else now
            self.decided.again(message, at, cause, now, counted=True, carrier=carrier)
        else:
            self.decided.end(message, Ending(State.UNKNOWN, cause, now, handed=True), carrier=carrier or None)

    def forget(self, gone: Callable[[int], bool]) -> None:
        """Let go of messages, by their ids, that are no more; what is still said of them is not written down."""
        self._gone = gone
        for lane in self.lanes.by_name.values():
            kept = [message for message in lane.waiting if not gone(message.id)]
            left = [message_id for message_id in lane.under_way if gone(message_id)]
            self.decided.held -= len(lane.waiting) - len(kept) + len(left)
            lane.waiting.clear()
            lane.waiting.extend(kept)
            for held in (lane.under_way, lane.given_up):
                for message_id in [one for one in held if gone(one)]:
                    del held[message_id]
        for message_id in [one for one in self.decided.tried if gone(one)]:
            del self.decided.tried[message_id]

    def release(self) -> None:
        """Give everything that waits back to the store: the program is about to end. Answers may still come."""
        self.lanes.pumping = False
        for lane in self.lanes.by_name.values():
            waiting = list(lane.waiting)
            lane.waiting.clear()
            self._give_back(waiting, self._clock.now_ms())

    def _give_back(self, messages: Sequence[Message], now: int) -> None:
        for message in messages:
            self.decided.again(message, now, verdicts.GIVEN_BACK, now, counted=False)
        self.decided.flush()

    def _handed(self, carrier: str, message: Message, answer: Answer, lease: int | None) -> None:
        """Decide that a carrier took a message."""
        self.decided.ops.append(
            Handed(
                message_id=message.id,
                at=answer.at,
                carrier=carrier,
                provider_id=answer.provider_id or "",
                part_ids=answer.part_ids,
                due_at=max(message.expires_at, answer.at) + self._grace_ms,
                lease=lease,
            )
        )
        if self.decided.tried:
            self.decided.tried.pop(message.id, None)

    def _failed(self, lane: Lane, message: Message, answer: Answer, now: int) -> None:
        """Decide about a hand-over that did not succeed."""
        name = lane.carrier.name
        cause = answer.cause or verdicts.NO_ANSWER
        verdict = verdicts.after(answer)
        lane.counted(verdict.value, cause.code)
        match verdict:
            case Next.UNSURE:
                lane.give_up(message)
                self.unsure(message, cause, now, name)
            case Next.NEVER:
                lane.worked()
                self.decided.end(message, Ending(State.REJECTED, cause, answer.at, handed=False), carrier=name)
            case Next.THROTTLED:
                lane.worked()
                pause_ms = max(answer.again_ms or 0, THROTTLE_LEAST_MS)
                lane.pace.throttled(now, pause_ms)
                self.decided.again(message, now + pause_ms, cause, now, counted=False, carrier=name)
            case _:
                self._put_off(lane, message, cause, answer.again_ms or 0, now)

    def _put_off(self, lane: Lane, message: Message, cause: Cause, asked_ms: int, now: int) -> None:
        """Try the route's next carrier at once; when none is left, try again later."""
        name = lane.carrier.name
        link_failed = cause.kind is CauseKind.CARRIER
        if link_failed:
            lane.failed(now, asked_ms)
        tried = self.decided.tried.setdefault(message.id, set())
        tried.add(name)
        if self.lanes.move(message, lane, tried, cause.joined(), now):
            self._tally.add("send_again", name, cause.kind)
        else:
            at = retry_at(now, message.attempts, message.expires_at, self._random, asked_ms)
            if link_failed:  # no growing waits: it goes when the carrier is back
                at = max(lane.next_turn(now), now + asked_ms)
            self.decided.again(message, at, cause, now, counted=True, carrier=name)
        if link_failed:
            self.lanes.evacuate(lane, now)

    def _stray(self, lane: Lane, answer: Answer) -> None:
        """Note an answer to a hand-over that was given up; the ids in it are kept unless it was handed over again."""
        carrier = lane.carrier.name
        message = lane.given_up.pop(answer.message_id, None)
        if message is None and self._gone(answer.message_id):
            return
        said = f"it took it as {answer.provider_id}" if answer.cause is None else answer.cause.joined()
        text = f"carrier {carrier} answered when it was no longer waited for: {said}"
        self.decided.note(answer.message_id, answer.at, "unsure", text)
        if message is not None and answer.cause is None and not answer.unsure:
            self._handed(carrier, message, answer, NEVER_LEASED)
            self.on_late()


def _nobody() -> None:
    """Nobody listens yet."""


def _none(_message_id: int) -> bool:
    """Say that nothing was deleted."""
    return False
