"""The twelve octets that number every PDU of SGIP and are a message's id as well (SGIP 1.2, message header).

Three numbers: the node that asks, when it asked (MMDDHHMMSS in China, read as a number), and a counter.
"""

from struct import Struct as Layout
from typing import NamedTuple

_LAYOUT = Layout(">III")
_read, _write = _LAYOUT.unpack, _LAYOUT.pack
OCTETS = 12


class Sequence(NamedTuple):
    """A sequence number, each part at most 0xFFFFFFFF."""

    node: int
    time: int
    counter: int

    def octets(self) -> bytes:
        """Return the twelve octets: what a response copies, and the shortest key."""
        return _write(*self)

    def hex(self) -> str:
        """Return 24 hexadecimal digits: the id that people and stores see."""
        return _write(*self).hex()

    def number(self) -> int:
        """Return all of it as one number of 96 bits, as `Malformed.sequence` holds it."""
        return self.node << 64 | self.time << 32 | self.counter


def sequence_of(octets: bytes) -> Sequence:
    """Return the sequence in twelve octets."""
    return Sequence._make(_read(octets))
