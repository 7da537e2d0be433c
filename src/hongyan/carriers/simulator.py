"""The simulator: a carrier with no network behind it. The default one, and the one that tests use.

What becomes of a message is decided by its number (magic.py) or by the profile, the seed and the message id, never
by the time of day: the same seed and the same messages end the same. Answers and receipts wait in one wheel of
ticks: there is no task and no timer a message.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from hongyan.carriers import Answer, Events, LinkLook, Receipt
from hongyan.carriers.endings import ending
from hongyan.carriers.fate import ENDINGS, Fates, Once, check_profile, nearest
from hongyan.carriers.magic import Outcome
from hongyan.carriers.wheel import TICK_MS, Wheel
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Leg, Message, State
from hongyan.session.transcript import Transcript

THROTTLE_PAUSE_MS, DOWN_PAUSE_MS, LOST_AFTER_MS = 200, 5_000, 50

DEFAULTS: dict[str, str | int] = {
    "profile": "healthy",
    "seed": 1,
    "receipt_delay_ms": 1000,
    "window": 1000,
    "repeatable": True,
}
"""Every setting a simulated carrier knows. `repeatable = false` plays one that would send a repeated message twice."""


class Simulator:
    """A carrier that plays carrier. Tests call `advance` instead of waiting for the loop's timer."""

    def __init__(self, name: str, *, settings: Mapping[str, Any], clock: Clock) -> None:
        chosen = _checked(name, settings)
        self.name = name
        self.repeatable: bool = chosen["repeatable"]
        self._clock = clock
        self._fates = Fates(chosen["profile"], seed=chosen["seed"], receipt_delay_ms=chosen["receipt_delay_ms"])
        self._window: int = chosen["window"]
        self.promise_ms: int | None = self._fates.longest_wait_ms
        self._endings = {
            outcome: (state, Cause(kind, code, text, name)) for outcome, (state, kind, code, text) in ENDINGS.items()
        }
        self._throttle = Cause(CauseKind.LIMIT, "THROTTLED", "too many messages a second", name)
        self._down = Cause(CauseKind.CARRIER, "LINK-DOWN", "the carrier's link is down", name)
        self._lost = Cause(CauseKind.CARRIER, "NO-ANSWER", "the link was lost before the answer", name)
        self._refused = Cause(CauseKind.NUMBER, "INVDSTADR", "invalid destination number", name)
        self.transcript: Transcript | None = None
        self._events: Events | None = None
        self._wheel: Wheel[Answer, Receipt] = Wheel(self.advance)
        self._opened_at = self._unanswered = 0
        self._throttled = Once()
        self._fated: set[int] = set()
        """messages that a rule of a rehearsal ends, which may take longer than any profile does"""

    async def open(self, events: Events) -> None:
        """Start."""
        self._events, self._opened_at = events, self._clock.now_ms()
        events.has_room(self.name)

    def remind(self, messages: Sequence[Message]) -> None:
        """Work out again the receipts that ended with the process, or the opening, that promised them."""
        now = self._clock.now_ms()
        for message in messages:
            if message.id in self._fated:
                continue  # this opening took it, and says when its rule wants
            if message.provider_id is not None and self._events is not None:
                taken_at = message.submitted_at or now
                self._plan(message, message.provider_id, self._fates.dice(message.id), taken_at, now)
        self._wheel.set_timer(now)

    def room(self) -> int:
        """Return how many jobs it takes now."""
        return 0 if self._events is None else max(0, self._window - self._unanswered)

    def submit(self, messages: Sequence[Message]) -> None:
        """Take over these messages; each is answered from the event loop, never from within this call."""
        now = self._clock.now_ms()
        wheel = self._wheel
        fates, magic = self._fates, self._fates.magic
        ordinary = not (fates.profile.down or fates.profile.most_per_s or fates.shares)
        self._unanswered += len(messages)
        for message in messages:
            dice = fates.dice(message.id)
            answer_at = now + fates.answer_wait_ms(dice)
            provider_id = self.provider_id(message.id)
            if message.details is not None and _fate(message) is not None and not fates.profile.down:
                self._fated.add(message.id)
            elif not ordinary or message.to[-4:] in magic:
                outcome = fates.outcome(message.to, dice)
                odd = self._odd_answer(message, outcome, answer_at)
                if odd is not None:
                    wheel.at(odd.at, now).answers.append(odd)
                    continue
                if outcome is Outcome.EARLY:
                    answer_at = max(answer_at, now + 2 * TICK_MS)
            # taken, as far as anyone is told, after everything that an earlier opening took
            taken_at = max(answer_at, self._opened_at + 1)
            answer = Answer(message_id=message.id, at=taken_at, provider_id=provider_id)
            wheel.at(answer_at, now).answers.append(answer)
            self._plan(message, provider_id, dice, answer_at, now)
        wheel.set_timer(now)

    def links(self) -> Sequence[LinkLook]:
        """Return nothing: there is no wire."""
        return ()

    def rebind(self) -> None:
        """Do nothing: there is nothing to log in to."""

    async def close(self) -> None:
        """Answer what is under way at once, then end; `remind` works out the receipts still to come."""
        events, self._events = self._events, None
        now = self._clock.now_ms()
        answers = [
            msgspec.structs.replace(answer, at=min(answer.at, now))
            for due in self._wheel.stop()
            for answer in due.answers
        ]
        self._unanswered = 0
        if answers and events is not None:
            events.answered(self.name, answers)

    def unsay(self, provider_ids: Collection[str]) -> None:
        """Say none of the receipts that are still to come for these ids."""
        for due in self._wheel.everything():
            due.receipts[:] = [one for one in due.receipts if one.provider_id not in provider_ids]

    def forget(self, gone: Callable[[int], bool]) -> None:
        """Say nothing more of messages, by their ids, that are no more."""
        for due in self._wheel.everything():
            kept = [one for one in due.answers if not gone(one.message_id)]
            self._unanswered -= len(due.answers) - len(kept)
            due.answers[:] = kept
            disguised = self._fates.disguised  # twice, and the key is itself again
            due.receipts[:] = [one for one in due.receipts if not gone(disguised(int(one.provider_id, 16)))]

    def outcome(self, message: Message) -> Outcome:
        """Return what becomes of a message: its number's magic, else what the profile's shares draw."""
        return self._fates.outcome(message.to, self._fates.dice(message.id))

    def provider_id(self, message_id: int) -> str:
        """Return the id this carrier gives a message: the same at every hand-over."""
        return f"{self._fates.disguised(message_id):016x}"

    def advance(self) -> None:
        """Say everything that is due by the clock: tick by tick in order, in as few batches as that allows."""
        events = self._events
        if events is None:
            return
        now = self._clock.now_ms()
        answers: list[Answer] = []
        receipts: list[Receipt] = []
        for due in self._wheel.take(now):
            if receipts and due.answers:  # an early receipt stays ahead of its answer
                self._say(events, answers, receipts)
                answers, receipts = [], []
            answers += due.answers
            receipts += due.receipts
        self._say(events, answers, receipts)
        self._wheel.set_timer(now)

    def _say(self, events: Events, answers: list[Answer], receipts: list[Receipt]) -> None:
        if answers:
            was_full = self.room() == 0
            self._unanswered -= len(answers)
            events.answered(self.name, answers)
            if was_full:
                events.has_room(self.name)
        if receipts:
            events.reported(self.name, receipts, _forget)

    def _odd_answer(self, message: Message, outcome: Outcome, at: int) -> Answer | None:
        """Return the answer to a hand-over that is not simply taken, None for one that is."""
        if self._fates.profile.down:
            return Answer(message_id=message.id, at=at, cause=self._down, again_ms=DOWN_PAUSE_MS)
        if outcome is Outcome.REFUSED:
            return Answer(message_id=message.id, at=at, cause=self._refused)
        if outcome is Outcome.UNSURE and not message.attempts:
            return Answer(message_id=message.id, at=at + LOST_AFTER_MS, cause=self._lost, unsure=True)
        if (outcome is Outcome.THROTTLED and self._throttled.first(message.id)) or self._fates.over_pace(at):
            throttle_ms = THROTTLE_PAUSE_MS
            return Answer(message_id=message.id, at=at, cause=self._throttle, again_ms=throttle_ms, slow_down=True)
        return None

    def _plan(self, message: Message, provider_id: str, dice: int, taken_at: int, now: int) -> None:
        """Put the receipts of a taken message on the wheel."""
        fate = _fate(message) if message.details is not None else None
        if fate is not None:
            self._plan_fate(fate, provider_id, dice, taken_at, now)
            return
        outcome = self._fates.outcome(message.to, dice)
        if outcome is Outcome.NEVER:
            return
        wait_ms = self._fates.receipt_wait_ms(outcome, dice)
        at = now if outcome is Outcome.EARLY else taken_at + wait_ms
        state, cause = self._endings[outcome]
        rendered = None
        if message.leg is Leg.CARD and state is State.DELIVERED:
            rendered = outcome is not Outcome.RENDER_FAILED and "lacks" not in message.noted()
        receipt = Receipt(provider_id=provider_id, state=state, cause=cause, received_at=at, rendered=rendered)
        self._wheel.at(at, now).receipts.append(receipt)
        if outcome is Outcome.TWICE:
            self._wheel.at(max(at, now) + wait_ms + TICK_MS, now).receipts.append(receipt)

    def _plan_fate(self, fate: Sequence[str], provider_id: str, dice: int, taken_at: int, now: int) -> None:
        """Put the receipt that a rule wants on the wheel."""
        state, after_ms, code = State(fate[0]), int(fate[1]), fate[2]
        if state is State.UNKNOWN:
            return
        at = taken_at + (after_ms or self._fates.receipt_wait_ms(Outcome.DELIVERED, dice))
        said = ending(state, code)
        cause = Cause(said.kind, said.code, said.text, self.name)
        rendered = True if state is State.DELIVERED else None
        receipt = Receipt(provider_id=provider_id, state=state, cause=cause, received_at=at, rendered=rendered)
        self._wheel.at(at, now).receipts.append(receipt)


def _fate(message: Message) -> list[str] | None:
    """Return how a rule of a rehearsal ends a message: state, milliseconds after it was taken (0: as usual), code."""
    fate = message.noted().get("fate")
    return None if fate is None else fate.split(" ", 2)


def _forget() -> None:
    """Acknowledge nothing: there is no peer that waits for it."""


def _checked(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with defaults filled in. Raises Misconfigured."""
    where = f"carrier {name}"
    for setting in settings:
        if setting not in DEFAULTS:
            raise Misconfigured(where, f"a simulator has no setting {setting!r}.", nearest(setting, DEFAULTS))
    chosen: dict[str, Any] = DEFAULTS | dict(settings)
    check_profile(where, chosen["profile"])
    for setting, least in (("seed", 0), ("receipt_delay_ms", 0), ("window", 1)):
        value = chosen[setting]
        if type(value) is not int or value < least:
            raise Misconfigured(where, f"{setting} is a whole number from {least}, not {value!r}.")
    if type(chosen["repeatable"]) is not bool:
        raise Misconfigured(where, f"repeatable is true or false, not {chosen['repeatable']!r}.")
    return chosen
