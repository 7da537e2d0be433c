"""Runs of fixed-width fields, of which CMPP, SMGP and SGIP are made: one line declares a run, this reads and writes it.

Below the three codecs, known to nobody else. Texts are Latin-1, so that no octet of an address or id is lost, and end
at their first NUL, whatever follows it.
"""

from operator import attrgetter
from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct
from typing import Any, NamedTuple


class Misfit(Exception):  # noqa: N818 - becomes Malformed as soon as command and sequence are known
    """A value that has no room in its field."""


class Field(NamedTuple):
    """How one field lies on the wire."""

    code: str
    width: int = 0
    is_text: bool = False
    is_absent: bool = False


U8, U32, U64 = Field("B"), Field("I"), Field("Q")
ABSENT = Field("0s", is_absent=True)
"""a number that this version of the protocol does not write; it is read as 0"""


def text(width: int) -> Field:
    """Declare a text that is padded with NULs."""
    return Field(f"{width}s", width, is_text=True)


def octets(width: int) -> Field:
    """Declare octets that fill their field."""
    return Field(f"{width}s", width)


def read_text(raw: bytes) -> str:
    """Return the text before the first NUL."""
    return raw.partition(b"\0")[0].decode("latin-1")


def write_text(name: str, value: str, width: int) -> bytes:
    """Return the octets of a text, without padding. Raises Misfit when it could not be read back as it is."""
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        raise Misfit(f"{name} has characters beyond Latin-1") from None
    if len(raw) > width:
        raise Misfit(f"{name} of {len(raw)} octets; there is room for {width}")
    if 0 in raw:
        raise Misfit(f"{name} holds a NUL")
    return raw


def within(most: int, octets_made: int) -> None:
    """Raise Misfit for a PDU that is longer than any peer would take."""
    if octets_made > most:
        raise Misfit(f"{octets_made} octets; {most} are possible")


class Run:
    """Fields one after the other, named as the attributes of the value they belong to."""

    def __init__(self, **fields: Field) -> None:
        self.fields = fields
        layout = Layout(">" + "".join(field.code for field in fields.values()))
        self.octets = layout.size
        self._unpack, self._pack = layout.unpack_from, layout.pack
        self._names = tuple(fields)
        self._values = attrgetter(*fields) if fields else None
        places = list(enumerate(fields.items()))
        self._texts = [(place, name, field.width) for place, (name, field) in places if field.is_text]
        self._text_places = [place for place, _, _ in self._texts]
        self._octets = [
            (place, name, field.width) for place, (name, field) in places if field.width and not field.is_text
        ]
        self._absent = [place for place, (_, field) in places if field.is_absent]

    def read(self, frame: bytes, at: int) -> list[Any]:
        """Return the values of the fields that begin at an octet; the frame must be long enough."""
        values: list[Any] = list(self._unpack(frame, at))
        for place in self._text_places:
            raw = values[place]
            values[place] = raw.partition(b"\0")[0].decode("latin-1") if raw[0] else ""
        for place in self._absent:
            values[place] = 0
        return values

    def write(self, of: object) -> bytes:
        """Return the octets of a value's attributes. Raises Misfit."""
        if self._values is None:
            return b""
        found = self._values(of)
        values: list[Any] = list(found) if len(self._names) > 1 else [found]
        for place, name, width in self._texts:
            if values[place]:
                values[place] = write_text(name, values[place], width)
            else:
                values[place] = b""
        for place, name, width in self._octets:
            if len(values[place]) != width:
                raise Misfit(f"{name} of {len(values[place])} octets; it has {width}")
        for place in self._absent:
            values[place] = b""
        try:
            return self._pack(*values)
        except StructError as wrong:
            raise Misfit(f"one of {', '.join(self._names)}: {wrong}") from None
