"""How a listening gateway treats a message: what its number, the profile and the faults that are switched on come to.

Pure: it reads no clock and writes nothing. The gateway asks it for whatever is not ordinary.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple
from zlib import crc32

from hongyan.carriers.fate import ENDINGS, Ending, Fates, Once
from hongyan.carriers.magic import MAGIC, Outcome
from hongyan.carriers.profiles import PROFILES
from hongyan.carriers.wheel import TICK_MS
from hongyan.simulators import No, Submitted, Wish
from hongyan.simulators.faults import (
    LATE_ANSWER_MS,
    LINK_FAULTS,
    MAGIC_FAULTS,
    MAGIC_REFUSALS,
    OVERTAKEN_MS,
    REPEATED,
    REPLIES,
    Fault,
)
from hongyan.simulators.link import Writing

PERCENT = 100
_GARBAGE = b"\x00\x00\x00\x30" + b"\xde\xad\xbe\xef" * 11
"""the length of a PDU, then nothing that is one"""
_ABSURD = b"\xff\xff\xff\xf0\x80\x00\x00\x04" + bytes(24)


class Answering(Enum):
    """What stands where the answer belongs."""

    PROPERLY = 1
    TWICE = 2
    NOT = 3
    NONSENSE = 4


class Conduct(NamedTuple):
    """What happens to one message."""

    refuse: No | int | None
    """a status, or why; None: it is taken"""
    answering: Answering
    writing: Writing
    answer_after_ms: int
    receipts: tuple[tuple[int, Ending | None], ...] = ()
    """(milliseconds after it came, what it says; None: on the way)"""
    elsewhere: bool = False
    stray: bool = False
    narrow: bool = False
    nonsense: bytes = b""


class Treatment:
    """The profile, the seed and the faults of one gateway."""

    def __init__(self, profile: str, *, seed: int, receipt_delay_ms: int, magic: bool = True) -> None:
        self._fates = Fates(profile, seed=seed, receipt_delay_ms=receipt_delay_ms, magic=MAGIC if magic else {})
        self.faults: dict[Fault, int] = {}
        """switched on: fault -> percent of the messages"""
        self.replies: dict[str, int] = {}
        """what handsets without a number of their own answer -> percent of the messages"""
        self.refuse_with: int | None = None
        self.magic = magic
        self.delivered = ENDINGS[Outcome.DELIVERED]
        self.marked = frozenset({*MAGIC, *MAGIC_FAULTS, *MAGIC_REFUSALS, *REPLIES}) if magic else frozenset()
        """last four digits that mean something"""
        self._throttled, self._full, self._lost = Once(), Once(), Once()
        self.is_down = PROFILES[profile].down
        self.most_per_s = PROFILES[profile].most_per_s
        chosen = PROFILES[profile]
        self._profile_is_plain = not (chosen.shares or chosen.most_per_s or chosen.answer_ms[1])

    @property
    def is_plain(self) -> bool:
        """Return whether numbers that are not marked are simply taken and delivered."""
        return self._profile_is_plain and not self.replies and not self.faults.keys() - LINK_FAULTS

    def dice(self, message: Submitted, number: str) -> int:
        """Return what all chances of a message are drawn from: the same number and octets, the same luck."""
        return self._fates.dice(crc32(message.octets, crc32(number.encode())))

    def plain_wait_ms(self, message: Submitted, number: str) -> int:
        """Return when the receipt of an ordinary message comes."""
        return self._fates.receipt_wait_ms(Outcome.DELIVERED, self.dice(message, number))

    def reply(self, message: Submitted, number: str) -> str:
        """Return what the handset answers; "": nothing."""
        if self.magic and number[-4:] in self.marked:
            found = REPLIES.get(number[-4:])
            return found[0] if found is not None else ""
        at, share = (self.dice(message, number) >> 30) % PERCENT, 0
        for text, percent in self.replies.items():
            share += percent
            if at < share:
                return text
        return ""

    def replies_twice(self, number: str) -> bool:
        """Return whether the handset says it again."""
        return self.magic and number.endswith(REPEATED)

    def of(self, message: Submitted, number: str, now_ms: int) -> Conduct:
        """Return what happens to a message."""
        dice = self.dice(message, number)
        fault, outcome = self._fault(number, dice), self._fates.outcome(number, dice)
        wait_ms = self._fates.answer_wait_ms(dice)
        refuse = self._refusal(number, fault, outcome, dice, now_ms + wait_ms)
        if refuse is not None:
            return Conduct(refuse, Answering.PROPERLY, Writing.WHOLE, wait_ms)
        answering, writing, nonsense = _ANSWERS.get(fault, (Answering.PROPERLY, Writing.WHOLE, b""))
        if outcome is Outcome.UNSURE and self._lost.first(dice):
            return Conduct(None, Answering.NOT, Writing.WHOLE, wait_ms)
        is_taken = answering is not Answering.NONSENSE and writing in {Writing.WHOLE, Writing.LAST}
        if outcome is Outcome.EARLY:
            wait_ms = max(wait_ms, 2 * TICK_MS)
        wait_ms += _DELAYS.get(fault, 0)
        return Conduct(
            None,
            answering,
            writing,
            wait_ms,
            tuple(self._receipts(message, fault, outcome, dice, wait_ms)) if is_taken else (),
            elsewhere=fault is Fault.RECEIPT_ELSEWHERE,
            stray=fault is Fault.RECEIPT_OF_NOTHING,
            narrow=fault is Fault.RECEIPT_SHORT,
            nonsense=nonsense,
        )

    def _fault(self, number: str, dice: int) -> Fault | None:
        if self.magic:
            marked = MAGIC_FAULTS.get(number[-4:])
            if marked is not None or number[-4:] in self.marked:
                return marked
        at, share = (dice >> 10) % PERCENT, 0
        for fault, percent in self.faults.items():
            if fault not in LINK_FAULTS:
                share += percent
                if at < share:
                    return fault
        return None

    def _refusal(self, number: str, fault: Fault | None, outcome: Outcome, dice: int, at: int) -> No | int | None:
        if self.magic and number[-4:] in MAGIC_REFUSALS:
            return MAGIC_REFUSALS[number[-4:]]
        if outcome is Outcome.REFUSED or fault is Fault.REFUSED:
            return No.BAD_NUMBER if self.refuse_with is None else self.refuse_with
        if fault is Fault.QUEUE_FULL and self._full.first(dice):
            return No.QUEUE_FULL
        is_throttled = outcome is Outcome.THROTTLED or fault is Fault.THROTTLED
        if (is_throttled and self._throttled.first(dice)) or self._fates.over_pace(at):
            return No.THROTTLED
        return None

    def _receipts(
        self, message: Submitted, fault: Fault | None, outcome: Outcome, dice: int, answered_ms: int
    ) -> list[tuple[int, Ending | None]]:
        after_ms = self._fates.receipt_wait_ms(outcome, dice)
        at = 0 if outcome is Outcome.EARLY else answered_ms + after_ms
        found: list[tuple[int, Ending | None]] = []
        if message.wish is not Wish.NONE and (message.intermediate or fault is Fault.RECEIPT_ON_THE_WAY):
            found.append((min(answered_ms, at), None))
        ending = ENDINGS[outcome]
        is_wanted = message.wish is Wish.FINAL or (message.wish is Wish.FAILURE and ending.code != "DELIVRD")
        if is_wanted and outcome is not Outcome.NEVER:
            found.append((at, ending))
            if outcome is Outcome.TWICE:
                found.append((at + after_ms + TICK_MS, ending))
        return found


_ANSWERS: Mapping[Fault | None, tuple[Answering, Writing, bytes]] = {
    Fault.ANSWER_TWICE: (Answering.TWICE, Writing.WHOLE, b""),
    Fault.ANSWER_MISSING: (Answering.NOT, Writing.WHOLE, b""),
    Fault.PDU_CUT: (Answering.PROPERLY, Writing.CUT, b""),
    Fault.GARBAGE: (Answering.NONSENSE, Writing.WHOLE, _GARBAGE),
    Fault.ABSURD_LENGTH: (Answering.NONSENSE, Writing.WHOLE, _ABSURD),
    Fault.RESET: (Answering.NOT, Writing.RESET, b""),
    Fault.GOODBYE: (Answering.PROPERLY, Writing.LAST, b""),
}
_DELAYS: Mapping[Fault | None, int] = {Fault.ANSWER_LATE: LATE_ANSWER_MS, Fault.ANSWER_OVERTAKEN: OVERTAKEN_MS}
