"""A submit taken apart field by field, each with its octets: for people who look at what goes over the wire.

Reads frames that our own codecs made; never on the road.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from hongyan.wire.cmpp.layouts import NARROW, V30, WIDE
from hongyan.wire.fixed import Field, Run
from hongyan.wire.sgip.codec import SUBMIT as SGIP_SUBMIT
from hongyan.wire.sgip.codec import SUBMIT_OPEN as SGIP_OPEN
from hongyan.wire.smgp.codec import SUBMIT as SMGP_SUBMIT
from hongyan.wire.smpp.layouts import SHORT_MESSAGE, TEXT

_U8, _U16, _U32, _RESERVE = 1, 2, 4, 8
_NUMBER = 21
_TAG_AND_LENGTH = 4
_LONGEST_NUMBER = 8


class Piece(NamedTuple):
    """One field."""

    name: str
    """as the standard writes it"""
    octets: bytes
    value: str
    """read: a number, a text, or what the octets are"""


class _Walk:
    """Goes through a frame, field by field."""

    def __init__(self, frame: bytes, at: int = 0) -> None:
        self.frame, self.at = frame, at

    def octets(self, width: int) -> bytes:
        octets = self.frame[self.at : self.at + width]
        self.at += width
        return octets

    def number(self, name: str, width: int = _U8) -> Piece:
        octets = self.octets(width)
        return Piece(name, octets, str(int.from_bytes(octets, "big")))

    def text(self, name: str, width: int) -> Piece:
        octets = self.octets(width)
        return Piece(name, octets, octets.partition(b"\0")[0].decode("latin-1"))

    def command(self, name: str, said: str) -> Piece:
        octets = self.octets(_U32)
        return Piece(name, octets, f"0x{octets.hex()} {said}")

    def content(self, name: str, width: int) -> Piece:
        octets = self.octets(width)
        return Piece(name, octets, f"{width} octets")

    def run(self, run: Run) -> Iterator[Piece]:
        for name, field in run.fields.items():
            if not field.is_absent:
                yield self._field(name, field)

    def _field(self, name: str, field: Field) -> Piece:
        if field.is_text:
            return self.text(name, field.width)
        return self.number(name, {"B": _U8, "I": _U32, "Q": _LONGEST_NUMBER}[field.code])

    def tlvs(self) -> Iterator[Piece]:
        while len(self.frame) - self.at >= _TAG_AND_LENGTH:
            tag = int.from_bytes(self.frame[self.at : self.at + _U16], "big")
            length = int.from_bytes(self.frame[self.at + _U16 : self.at + _TAG_AND_LENGTH], "big")
            octets = self.octets(_TAG_AND_LENGTH + length)
            value = octets[_TAG_AND_LENGTH:]
            said = value.rstrip(b"\0").decode("latin-1")
            shown = said if said.isascii() and said.isprintable() and said else value.hex() or "–"
            yield Piece(f"tlv 0x{tag:04x}", octets, f"{length} octets" if len(value) > _NUMBER else shown)


def submit_sm(frame: bytes) -> Iterator[Piece]:
    """Yield the fields of SMPP's submit_sm (SMPP 3.4 §4.4.1)."""
    walk = _Walk(frame)
    yield walk.number("command_length", _U32)
    yield walk.command("command_id", "submit_sm")
    yield walk.number("command_status", _U32)
    yield walk.number("sequence_number", _U32)
    for field in SHORT_MESSAGE:
        if field.name == "short_message":
            length = walk.number("sm_length")
            yield length
            yield walk.content("short_message", int(length.value))
        elif field.name == "tlvs":
            yield from walk.tlvs()
        elif field.kind is TEXT:
            yield walk.text(field.name, frame.index(0, walk.at) + 1 - walk.at)
        else:
            yield walk.number(field.name)


def cmpp_submit(frame: bytes, version: int = V30) -> Iterator[Piece]:
    """Yield the fields of CMPP_SUBMIT (CMPP 3.0 §7.4.3.1), in the widths of a version."""
    widths = WIDE if version >= V30 else NARROW
    walk = _Walk(frame)
    yield walk.number("Total_Length", _U32)
    yield walk.command("Command_Id", "CMPP_SUBMIT")
    yield walk.number("Sequence_Id", _U32)
    yield from walk.run(widths.submit)
    count = walk.number("dest_usr_tl")
    yield count
    for _ in range(int(count.value)):
        yield walk.text("dest_terminal_id", widths.number)
    if widths.number_type:
        yield walk.number("dest_terminal_type")
    length = walk.number("msg_length")
    yield length
    yield walk.content("msg_content", int(length.value))
    yield walk.text("link_id" if widths is WIDE else "reserve", widths.tail)


def smgp_submit(frame: bytes) -> Iterator[Piece]:
    """Yield the fields of SMGP's Submit (SMGP 3.0 §7.2.3.1)."""
    walk = _Walk(frame)
    yield walk.number("PacketLength", _U32)
    yield walk.command("RequestID", "Submit")
    yield walk.number("SequenceID", _U32)
    yield from walk.run(SMGP_SUBMIT)
    count = walk.number("dest_term_id_count")
    yield count
    for _ in range(int(count.value)):
        yield walk.text("dest_term_id", _NUMBER)
    length = walk.number("msg_length")
    yield length
    yield walk.content("msg_content", int(length.value))
    yield walk.text("reserve", _RESERVE)
    yield from walk.tlvs()


def sgip_submit(frame: bytes) -> Iterator[Piece]:
    """Yield the fields of SGIP's Submit (SGIP 1.2 §4.2.3.1)."""
    walk = _Walk(frame)
    yield walk.number("Message Length", _U32)
    yield walk.command("Command ID", "Submit")
    for name in ("node", "time", "counter"):
        yield walk.number(f"Sequence Number: {name}", _U32)
    yield from walk.run(SGIP_OPEN)
    count = walk.number("user_count")
    yield count
    for _ in range(int(count.value)):
        yield walk.text("user_number", _NUMBER)
    yield from walk.run(SGIP_SUBMIT)
    length = walk.number("message_length", _U32)
    yield length
    yield walk.content("message_content", int(length.value))
    yield walk.text("reserve", _RESERVE)


SUBMITS: Mapping[str, Callable[[bytes], Iterator[Piece]]] = {
    "smpp": submit_sm,
    "cmpp": cmpp_submit,
    "smgp": smgp_submit,
    "sgip": sgip_submit,
}
"""protocol -> its submit, taken apart"""
CONTENTS = frozenset({"short_message", "msg_content", "message_content"})
"""names of the field that holds the text"""
