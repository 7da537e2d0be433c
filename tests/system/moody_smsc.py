"""An SMSC of many moods: each submit, bind and receipt is treated as a seeded chance wants, all faults mixed.

It keeps what a network would have: which parts it took for which number, whatever it answered. What it owes to a
link that is gone it says to the next one.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random

from carriers.hostile_smsc import Caller, HostileSmsc, accepted
from hongyan.model.clock import SystemClock
from hongyan.text import udh
from hongyan.wire import smpp

ANSWER_S = 0.4
"""what the carrier is set to wait for an answer"""
_CODES = {"throttled": 0x58, "queue full": 0x14, "system error": 0x08, "bad number": 0x0B, "submit fails": 0x45}


class MoodySmsc(HostileSmsc):
    """Fits `HostileSmsc`. `calm` ends all moods."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.on_bind, self.on_submit, self.on_other = self._bound, self._submitted, self._other
        self.calm = False
        self.taken: Counter[tuple[str, int]] = Counter()
        """(number, part) -> how often a network would have delivered it"""
        self.acknowledged: dict[str, int] = {}
        """id, as answers write it, of a receipt that was acknowledged -> when, in milliseconds UTC"""
        self.moods: Counter[str] = Counter()
        self._chance = Random(seed)
        self._last_id = 0xA0
        self._bound_ones: list[Caller] = []
        self._owed: dict[tuple[Caller, int], tuple[int, str, str]] = {}

    # --- binds
    def _bound(self, caller: Caller, bind: smpp.Bind) -> None:
        mood = "well" if self.calm else self._drawn({"well": 80, "refused": 10, "silent": 4, "garbage": 3, "gone": 3})
        self.moods[f"bind {mood}"] += 1
        match mood:
            case "refused":
                caller.say(accepted(bind, 0x08))
                caller.close()
            case "silent":
                pass
            case "garbage":
                caller.octets(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            case "gone":
                caller.reset()
            case _:
                caller.say(accepted(bind))
                self._bound_ones.append(caller)
                self._say_again(caller)

    def _say_again(self, caller: Caller) -> None:
        """Say receipts again whose links are gone."""
        gone = [key for key in self._owed if key[0].writer.is_closing()]
        for key in gone:
            self._tell(caller, *self._owed.pop(key))

    # --- submits
    def _submitted(self, caller: Caller, submit: smpp.SubmitSm) -> None:
        mood = "well" if self.calm else self._drawn(_MOODS)
        self.moods[mood] += 1
        if mood in _CODES:
            caller.refused(submit, _CODES[mood])
            return
        number = submit.destination_addr
        self.taken[number, _part(submit)] += 1
        self._last_id += 1
        id_, stat = self._last_id, "UNDELIV" if self._chance.random() < 0.05 else "DELIVRD"

        def answer() -> None:
            if not caller.writer.is_closing():
                caller.taken(submit, f"{id_:x}")

        def receipt() -> None:
            self._tell(caller, id_, number, stat)

        self._answered(caller, mood, answer, receipt)

    def _answered(self, caller: Caller, mood: str, answer: Callable[[], None], receipt: Callable[[], None]) -> None:
        answer_s, receipt_s = 0.0, self._chance.uniform(0, 0.1)
        match mood:
            case "overtaken":
                answer_s = self._chance.uniform(0.01, 0.1)
            case "late":
                answer_s = ANSWER_S * 1.7
            case "early":
                answer_s, receipt_s = 0.05, 0.0
            case "twice":
                self._later(0.02, answer)
                self._later(receipt_s + 0.05, receipt)
            case "of nothing":
                self._tell(caller, 10**12 + self._last_id, "8613000000000", "DELIVRD")
        if mood not in {"silent", *_NONSENSE}:
            self._later(answer_s, answer)
        if mood != "no receipt":
            self._later(receipt_s, receipt)
        if mood in _NONSENSE:
            self._misbehave(caller, mood)

    def _misbehave(self, caller: Caller, mood: str) -> None:
        match mood:
            case "reset":
                caller.reset()
            case "half":
                caller.octets(smpp.encode(smpp.SubmitSmResp(1, 0, "cut"))[:-3])
                caller.close()
            case "absurd":
                caller.octets(b"\xff\xff\xff\xf0" + bytes(28))
            case "goodbye":
                caller.say(smpp.Unbind(1_000_000))
            case _:
                caller.octets(b"\0\0\0\x03garbage")

    # --- receipts
    def _tell(self, caller: Caller, id_: int, number: str, stat: str) -> None:
        """Say a receipt, its id in decimal, over this link or another one that is up."""
        if caller.writer.is_closing():
            caller = next((one for one in self._bound_ones if not one.writer.is_closing()), caller)
        sequence = next(caller.numbers)
        self._owed[caller, sequence] = id_, number, stat
        if caller.writer.is_closing():
            return  # at the next bind
        text = f"id:{id_} sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:{stat} err:000 text:"
        caller.say(
            smpp.DeliverSm(
                sequence, source_addr=number, destination_addr="10690", esm_class=4, short_message=text.encode()
            )
        )

    def _other(self, caller: Caller, pdu: smpp.Pdu) -> None:
        if isinstance(pdu, smpp.DeliverSmResp):
            assert pdu.status == 0, pdu
            told = self._owed.pop((caller, pdu.sequence), None)
            if told is not None:
                self.acknowledged.setdefault(f"{told[0]:x}", SystemClock().now_ms())
        elif isinstance(pdu, smpp.EnquireLink | smpp.Unbind):
            assert pdu.response is not None
            caller.say(pdu.response(pdu.sequence))
        elif isinstance(pdu, smpp.UnbindResp):
            caller.close()

    def owes(self) -> int:
        """Return how many receipts were not acknowledged."""
        return len(self._owed)

    def _drawn(self, shares: dict[str, int]) -> str:
        return self._chance.choices(list(shares), list(shares.values()))[0]

    def _later(self, after_s: float, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(after_s, act)


_NONSENSE = {"reset": 2, "half": 1, "absurd": 1, "goodbye": 1, "garbage": 1}
_MOODS = {
    "well": 130,
    "overtaken": 10,
    "early": 10,
    "twice": 5,
    "late": 3,
    "silent": 3,
    "no receipt": 2,
    "of nothing": 3,
    **dict.fromkeys(_CODES, 4),
    **_NONSENSE,
}


def _part(submit: smpp.SubmitSm) -> int:
    found = udh.read(submit.short_message) if submit.esm_class & 0x40 else None
    return found.part.number if found is not None and found.part is not None else 1
