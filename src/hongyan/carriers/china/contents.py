"""A text as the contents of one or more submits: which coding, where it is cut, the header in front of each part.

By domestic convention a text has 70 characters in one part and 67 in each of several, whatever it is made of; the
setting `text_coding` can make it otherwise. Pure.
"""

from collections.abc import Sequence
from typing import NamedTuple

from hongyan.carriers.shaping import Unfit
from hongyan.model.cause import CauseKind
from hongyan.text import air, udh
from hongyan.text.parts import UCS2

ASCII_FORMAT, BINARY_FORMAT, UCS2_FORMAT, GBK_FORMAT = 0, 4, 8, 15
"""Msg_Fmt of CMPP, MsgFormat of SMGP, MessageCoding of SGIP"""
CODINGS = ("ucs2", "gbk", "ascii")
_FORMATS = {UCS2: UCS2_FORMAT, air.GBK: GBK_FORMAT}
_ALPHABETS = {ASCII_FORMAT: air.ASCII, 3: air.ASCII, BINARY_FORMAT: air.LATIN1, UCS2_FORMAT: UCS2, GBK_FORMAT: air.GBK}
_ALPHABET_BITS = 0x0C


class Octets(NamedTuple):
    """What becomes of a text."""

    format: int
    pieces: Sequence[bytes]
    """without headers"""


class Cuts:
    """How one carrier codes and cuts."""

    def __init__(self, coding: str, udh_octets: int, *, ascii_as_octets: bool = False) -> None:
        self._coding = coding
        self._udh_octets = udh_octets
        if ascii_as_octets:
            self._ascii_alone, self._ascii_each = air.capacity(air.LATIN1, udh_octets)
        else:
            alone, self._ascii_each = air.capacity(air.ASCII, udh_octets)
            self._ascii_alone = alone - 1
            """fewer than 160 octets, CMPP 3.0 §7.4.3.1 says"""

    def octets(self, text: str, added: str) -> Octets:
        """Return the pieces of a text in front of which the carrier puts `added`. Raises Unfit for one too long."""
        if self._coding == "ascii" and text.isascii() and added.isascii():
            octets = Octets(ASCII_FORMAT, self._cut_ascii(text.encode(), len(added)))
        else:
            alphabet = air.GBK if self._coding == "gbk" and air.fits(text, air.GBK) else UCS2
            content = air.octets(text, alphabet)
            if added:
                front = air.octets(added, alphabet)
                first, *others = air.cut(front + content, alphabet, self._udh_octets)
                octets = Octets(_FORMATS[alphabet], [first[len(front) :], *others])
            else:
                octets = Octets(_FORMATS[alphabet], air.cut(content, alphabet, self._udh_octets))
        if len(octets.pieces) > udh.MOST_PARTS:
            said = f"the text makes {len(octets.pieces)} parts; {udh.MOST_PARTS} are possible"
            raise Unfit(CauseKind.CONTENT, "TOO-LONG", said)
        return octets

    def header(self, reference: int, total: int, number: int) -> bytes:
        """Return what stands in front of a piece."""
        return udh.concatenation(udh.Part(reference, total, number, self._udh_octets == udh.WIDE))

    def _cut_ascii(self, content: bytes, taken: int) -> list[bytes]:
        if len(content) + taken <= self._ascii_alone:
            return [content]
        each, first = self._ascii_each, self._ascii_each - taken
        return [content[:first], *(content[at : at + each] for at in range(first, len(content), each))]


def alphabet_of(msg_format: int, content: bytes) -> str:
    """Return how to read what a handset sent. A format that is not known is read as the SIM's own coding bits say.

    ASCII that is none is taken for what Chinese handsets write in its place.
    """
    alphabet = _ALPHABETS.get(msg_format)
    if alphabet is None:
        return UCS2 if msg_format & _ALPHABET_BITS == UCS2_FORMAT else air.LATIN1
    return air.GBK if alphabet == air.ASCII and not content.isascii() else alphabet
