"""What a carrier would put on the wire for a message with the settings that hold now: words, octets, fields.

Made by the very code that words messages for the road, on a carrier that is built for it and never opened. Keys are
counted from 1, whatever a link would have counted.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hongyan.carriers.wording import Wording
from hongyan.model.message import Message
from hongyan.session import Key
from hongyan.text import air, udh
from hongyan.text.parts import GSM7
from hongyan.wire.anatomy import CONTENTS, Piece


class PduLook(NamedTuple):
    """One PDU."""

    octets: bytes
    fields: tuple[Piece, ...]
    header: bytes
    """octets in front of the text that tell the parts of a long one (UDH)"""
    alphabet: str
    text: str
    """what the octets after it read as"""


class Reading(NamedTuple):
    """How a protocol's submits are read back."""

    pieces: Callable[[bytes], Iterator[Piece]]
    alphabet: Callable[[int, bytes], str]
    """(coding, content) -> alphabet"""
    coding: str
    """name of the field that says the coding"""
    udhi: tuple[str, int]
    """the field that says whether there is a header, and the bit"""
    key: Callable[[int], Key] = int
    """counting from 1 -> a key of the protocol"""
    is_packed: bool = False
    """septets lie packed in the octets"""


def previews(wording: Wording, reading: Reading, message: Message) -> list[PduLook]:
    """Return the PDUs of a message, in their order. Raises Unfit and Malformed, as wording it for the road does."""
    return [
        _look(reading, wording.frame(reading.key(place), part)) for place, part in enumerate(wording.parts(message), 1)
    ]


def _look(reading: Reading, frame: bytes) -> PduLook:
    fields = tuple(reading.pieces(frame))
    content = next((one.octets for one in fields if one.name in CONTENTS), b"")
    if not content:
        content = next((one.octets[4:] for one in fields if one.name == "tlv 0x0424"), b"")
    name, bit = reading.udhi
    said: dict[str, Any] = {one.name: int(one.value) for one in fields if one.name in {name, reading.coding}}
    header = b""
    if said.get(name, 0) & bit:
        header = content[: read.octets] if (read := udh.read(content)) is not None else b""
    octets = content[len(header) :]
    alphabet = reading.alphabet(said.get(reading.coding, 0), octets)
    if reading.is_packed and alphabet == GSM7:
        octets = air.unpacked(octets, air.fill_bits(len(header)))
    return PduLook(frame, fields, header, alphabet, air.text_of(octets, alphabet))
