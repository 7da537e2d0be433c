"""Messages as the parts that CMPP, SMGP and SGIP submit: sender, number, content, format, header, place, validity.

The wording of a protocol puts such a part into a frame. Pure but for the clock that the log-in asks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hongyan.carriers.china.contents import Cuts
from hongyan.carriers.shaping import References, Shaping, Unfit
from hongyan.model.cause import CauseKind
from hongyan.model.clock import Clock, beijing
from hongyan.model.message import Message
from hongyan.wire.smpp.times import absolute

SOURCE_DIGITS, CHINA_QUARTERS = 21, 32
"""octets of the sender's field; China's zone in quarters of an hour"""


class OutPart(NamedTuple):
    """One submit, in the order of the forms of `wire/`."""

    source: str
    number: str
    content: bytes
    format: int
    tp_udhi: int
    total: int
    place: int
    """from 1"""
    valid_until: str | None
    """as all three protocols write it; None: as long as the gateway likes"""


class Outgoing:
    """How one carrier's messages are put into parts."""

    def __init__(self, chosen: Mapping[str, Any], *, ascii_as_octets: bool = False) -> None:
        self.shaping = Shaping(chosen)
        self._cuts = Cuts(chosen["text_coding"], chosen["udh"], ascii_as_octets=ascii_as_octets)
        self._references = References()
        self._says_validity: bool = chosen["validity"]

    def parts(self, message: Message) -> Sequence[OutPart]:
        """Return what to submit. Raises Unfit."""
        shaping = self.shaping
        source, number = shaping.source(message), shaping.number(message.to)
        if len(source) > SOURCE_DIGITS or not source.isascii():
            raise Unfit(CauseKind.SENDER, "SENDER-BAD", f"a sender is at most {SOURCE_DIGITS} digits here")
        text, added = shaping.wording(message)
        octets = self._cuts.octets(text, added)
        valid = absolute(message.expires_at, quarters=CHINA_QUARTERS) if self._says_validity else None
        pieces, total = octets.pieces, len(octets.pieces)
        if total == 1:
            return (OutPart(source, number, pieces[0], octets.format, 0, 1, 1, valid),)
        reference, header = self._references.next(source, number, message.id), self._cuts.header
        return [
            OutPart(source, number, header(reference, total, place) + piece, octets.format, 1, total, place, valid)
            for place, piece in enumerate(pieces, 1)
        ]


def timestamp(clock: Clock) -> int:
    """Return MMDDHHMMSS in China as the number that log-ins carry."""
    return int(f"{beijing(clock.now_ms()):%m%d%H%M%S}")
