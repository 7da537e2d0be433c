"""The header in front of a part's octets (UDH, 3GPP TS 23.040 §9.2.3.24): which part of which message it is.

Written for concatenation with an 8-bit or a 16-bit reference, read whatever else stands in it. CMPP, SGIP, SMGP and
SMPP carry the same one.
"""

from typing import NamedTuple

CONCATENATED, CONCATENATED_WIDE = 0x00, 0x08
"""identifiers of the information elements with an 8-bit and a 16-bit reference"""
SHORT, WIDE = 6, 7
"""octets of the whole header with one such element"""
MOST_PARTS = 255
_LENGTHS = {CONCATENATED: 3, CONCATENATED_WIDE: 4}
_IDENTIFIER_AND_LENGTH = 2


class Part(NamedTuple):
    """Which part, counted from 1, of which message between one sender and one receiver."""

    reference: int
    total: int
    number: int
    is_wide: bool = False
    """the reference has 16 bits: not the same message as one with the same 8-bit reference"""


class Header(NamedTuple):
    """What stands in front of the text: its octets in all, the part if it is one, and every element as it came."""

    octets: int
    part: Part | None
    elements: tuple[tuple[int, bytes], ...]


def concatenation(part: Part) -> bytes:
    """Return the header of a part. The reference is cut to the bits that there are."""
    if not 1 <= part.number <= part.total <= MOST_PARTS:
        raise ValueError(f"part {part.number} of {part.total}; 1 to {MOST_PARTS} are possible")
    if part.is_wide:
        return bytes((6, 8, 4, part.reference >> 8 & 0xFF, part.reference & 0xFF, part.total, part.number))
    return bytes((5, 0, 3, part.reference & 0xFF, part.total, part.number))


def read(content: bytes) -> Header | None:
    """Return the header at the beginning of a message that says it has one; None when it has not, or is cut short.

    An element that runs past the header ends the reading of it. A concatenation that cannot be (part 0, part 4 of 3)
    is ignored, as §9.2.3.24.1 says.
    """
    if not content or content[0] >= len(content):
        return None
    end = 1 + content[0]
    at, elements, part = 1, [], None
    while end - at >= _IDENTIFIER_AND_LENGTH:
        identifier, length = content[at], content[at + 1]
        at += _IDENTIFIER_AND_LENGTH
        if at + length > end:
            break
        value = content[at : at + length]
        at += length
        elements.append((identifier, value))
        if _LENGTHS.get(identifier) == length:
            *reference, total, number = value
            if 1 <= number <= total:
                part = Part(int.from_bytes(bytes(reference), "big"), total, number, identifier == CONCATENATED_WIDE)
    return Header(end, part, tuple(elements))
