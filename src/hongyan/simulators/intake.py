"""What a listening gateway does with messages: answers, receipts and replies, each at its time.

All that waits for its time waits in one wheel of ticks; there is no task and no timer a message.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from hongyan.carriers.wheel import Wheel
from hongyan.model.clock import Clock
from hongyan.simulators import Given, Mint, No, Reply, Report, Spoken, Submitted, Wish
from hongyan.simulators.accounts import Account
from hongyan.simulators.conduct import Answering, Conduct, Treatment
from hongyan.simulators.counts import Counts
from hongyan.simulators.faults import Fault
from hongyan.simulators.handset import pieces
from hongyan.simulators.link import Link, Writing

REPLY_AFTER_MS = 300
SHOWN_MOST = 200


class Late(NamedTuple):
    """An answer that waits."""

    link: Link
    octets: bytes
    writing: Writing


class Intake:
    """Takes messages from links and gives receipts and replies to accounts."""

    def __init__(
        self,
        spoken: Spoken,
        treatment: Treatment,
        counts: Counts,
        accounts: Mapping[str, Account],
        *,
        mint: Mint,
        clock: Clock,
        window: int,
    ) -> None:
        self._spoken, self._treatment = spoken, treatment
        self._counts, self._accounts = counts, accounts
        self._mint, self._clock, self._window = mint, clock, window
        self._wheel: Wheel[Late, Given] = Wheel(self._turn)
        self.lately: deque[Submitted] = deque(maxlen=SHOWN_MOST)
        """the last messages that came"""

    def stop(self) -> None:
        """Forget what waits."""
        self._wheel.stop()

    def take(self, link: Link, messages: list[Submitted]) -> None:
        """Answer messages that came at once, and put their receipts on the wheel."""
        now = self._clock.now_ms()
        counts, voice, treatment, wheel = self._counts, link.voice, self._treatment, self._wheel
        counts.submitted += len(messages)
        if not (link.account and link.sends):
            status = self._spoken.codes[No.NOT_LOGGED_IN]
            for message in messages:
                counts.refused += 1
                link.say(voice.refuse(message, status))
            return
        if Fault.ANSWERS_REVERSED in treatment.faults:
            messages.reverse()
        plain, marked, mint, account = treatment.is_plain, treatment.marked, self._mint, link.account
        for message in messages:
            number = message.numbers[0] if message.numbers else ""
            if not plain or number[-4:] in marked or len(message.numbers) > 1 or message.intermediate:
                self._treat(link, message, number, now)
                continue
            id_ = mint(1, now)
            counts.accepted += 1
            link.say(voice.accept(message, id_))
            if message.wish is Wish.FINAL:
                at = now + treatment.plain_wait_ms(message, number)
                wheel.at(at, now).receipts.append(
                    Report(
                        account=account,
                        message=message,
                        number=number,
                        id=id_,
                        ending=treatment.delivered,
                        taken_at=now,
                        done_at=at,
                        came_by=link.number,
                    )
                )
        self.lately.extend(messages)
        wheel.set_timer(now)

    def reply(self, account: str, sender: str, to: str, text: str, *, after_ms: int = 0) -> int:
        """Have a handset send a text; return in how many pieces."""
        now = self._clock.now_ms()
        made = pieces(self._spoken, text, reference=self._mint(1, now))
        for coding, octets, has_header in made:
            given = Reply(
                account=account,
                id=self._mint(1, now),
                sender=sender,
                to=to,
                octets=octets,
                coding=coding,
                has_header=has_header,
                done_at=now + after_ms,
            )
            self._wheel.at(now + after_ms, now).receipts.append(given)
        self._wheel.set_timer(now)
        return len(made)

    def give_later(self, given: Given, after_ms: int) -> None:
        """Put something on the wheel that could not be given now."""
        now = self._clock.now_ms()
        self._wheel.at(now + after_ms, now).receipts.append(given)
        self._wheel.set_timer(now)

    def _treat(self, link: Link, message: Submitted, number: str, now: int) -> None:
        """Answer one message that may not be ordinary."""
        conduct = self._treatment.of(message, number, now)
        refuse = conduct.refuse
        if self._window and link.waiting_answers >= self._window:
            refuse = No.THROTTLED
        if refuse is not None:
            self._count_refusal(refuse)
            status = self._spoken.codes[refuse] if isinstance(refuse, No) else refuse
            octets = link.voice.refuse(message, status)
            self._answer(link, octets, Writing.WHOLE, now + conduct.answer_after_ms, now)
            return
        id_ = self._mint(max(1, len(message.numbers)), now)
        self._answer_oddly(link, message, conduct, id_, now)
        if conduct.stray:
            id_ = self._mint(max(1, len(message.numbers)), now)
        for after_ms, ending in conduct.receipts:
            for index, one in enumerate(message.numbers):
                report = Report(
                    account=link.account,
                    message=message,
                    number=one,
                    id=id_ + index if self._spoken.ids_run_on else id_,
                    ending=ending,
                    taken_at=now,
                    done_at=now + after_ms,
                    came_by=link.number,
                    elsewhere=conduct.elsewhere,
                    stray=conduct.stray,
                    narrow=conduct.narrow,
                )
                self._wheel.at(now + after_ms, now).receipts.append(report)
        text = self._treatment.reply(message, number)
        if text:
            last_ms = max((after_ms for after_ms, _ in conduct.receipts), default=0)
            for again in range(2 if self._treatment.replies_twice(number) else 1):
                self.reply(link.account, number, message.sender, text, after_ms=last_ms + REPLY_AFTER_MS * (1 + again))

    def _answer_oddly(self, link: Link, message: Submitted, conduct: Conduct, id_: int, now: int) -> None:
        """Answer a message that is taken, or pretend to."""
        octets, writing = b"", conduct.writing
        match conduct.answering:
            case Answering.PROPERLY:
                octets = link.voice.accept(message, id_)
            case Answering.TWICE:
                octets = link.voice.accept(message, id_) * 2
            case Answering.NONSENSE:
                octets = conduct.nonsense
        if conduct.answering in {Answering.PROPERLY, Answering.TWICE}:
            self._counts.accepted += 1
        else:
            self._counts.silent += 1
        if octets or writing is not Writing.WHOLE:
            self._answer(link, octets, writing, now + conduct.answer_after_ms, now)

    def _count_refusal(self, refuse: No | int) -> None:
        if refuse in {No.THROTTLED, No.QUEUE_FULL}:
            self._counts.throttled += 1
        else:
            self._counts.refused += 1

    def _answer(self, link: Link, octets: bytes, writing: Writing, at: int, now: int) -> None:
        if at <= now:
            link.say(octets, writing)
            return
        link.waiting_answers += 1
        self._wheel.at(at, now).answers.append(Late(link, octets, writing))

    def _turn(self) -> None:
        """Say everything that is due: answers first, an early receipt still before its answer, which is ticks away."""
        now = self._clock.now_ms()
        links: dict[int, Link] = {}
        owners: dict[str, Account] = {}
        accounts = self._accounts
        for due in self._wheel.take(now):
            for late in due.answers:
                late.link.waiting_answers -= 1
                late.link.say(late.octets, late.writing)
                links[late.link.number] = late.link
            for link in links.values():
                link.flush()
            links.clear()
            for given in due.receipts:
                owner = owners.get(given.account) or owners.setdefault(given.account, accounts[given.account])
                owner.keep(given)
            for owner in owners.values():
                owner.give()
        self._wheel.set_timer(now)
