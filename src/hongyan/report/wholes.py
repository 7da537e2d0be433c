"""Pieces of long replies made whole: which belong together, the text of what came, what makes a repetition the same.

Pure. Octets are joined before they are read, as a character may be cut in two by the end of a piece.
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec
from msgspec import Struct

from hongyan.carriers import Incoming, Piece
from hongyan.model.limits import MINUTE_MS
from hongyan.store.ops import Fragment
from hongyan.text.air import text_of

KIND = "reply"
REPEATED_WITHIN_MS = 10 * MINUTE_MS
"""pieces without ids of the carrier's that say the same within about this time are one reply said twice"""
GAP = "…"
"""stands for pieces that never came"""


class Whole(NamedTuple):
    """A reply, complete or as far as it came."""

    key: str
    """what makes a repetition the same reply"""
    sender: str
    to: str
    text: str
    received_at: int
    parts: int = 1
    missing: int = 0
    fragments: tuple[int, ...] = ()
    """ids of the pieces it was made of"""


class _Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a piece is kept with beside its octets."""

    sender: str
    to: str
    coding: str
    reference: int
    received_at: int
    carrier_id: str = ""


_DECODER = msgspec.json.Decoder(_Facts)


def piece_of(incoming: Incoming) -> Piece | None:
    """Return which piece of a long reply this is; None for a whole one, or one whose numbers make no sense."""
    piece = incoming.piece
    return piece if piece is not None and piece.total > 1 and 1 <= piece.number <= piece.total else None


def at_once(incoming: Incoming) -> Whole:
    """Return a reply that came in one."""
    sender, to = incoming.sender, incoming.to
    if incoming.carrier_id:
        key = f"id:{incoming.carrier_id}"
    else:
        minute = incoming.received_at // MINUTE_MS
        key = f"one:{_digest(sender, to, incoming.coding, str(minute), octets=incoming.octets)}"
    return Whole(key, sender, to, text_of(incoming.octets, incoming.coding), incoming.received_at)


def fragment(carrier: str, incoming: Incoming, piece: Piece, id_: int, now_ms: int) -> Fragment:
    """Return the row that keeps a piece until the others are there."""
    facts = _Facts(
        sender=incoming.sender,
        to=incoming.to,
        coding=incoming.coding,
        reference=piece.reference,
        received_at=incoming.received_at,
        carrier_id=incoming.carrier_id,
    )
    return Fragment(
        id=id_,
        whole=f"{incoming.sender} {incoming.to} {piece.reference} {piece.total}",
        number=piece.number,
        total=piece.total,
        at=now_ms,
        kind=KIND,
        owner=carrier,
        octets=incoming.octets,
        facts=msgspec.json.encode(facts).decode(),
    )


def joined(pieces: Sequence[Fragment]) -> Whole:
    """Return the reply that pieces of one whole make; a gap for each run of those that are not there."""
    pieces = sorted(pieces, key=lambda one: one.number)
    facts = [_DECODER.decode(one.facts) for one in pieces]
    first, total = facts[0], pieces[0].total
    ids = [one.carrier_id for one in facts]
    if all(ids):
        key = f"ids:{_digest(*ids)}"
    else:
        octets = b"".join(b"%d:%d:%s" % (one.number, len(one.octets), one.octets) for one in pieces)
        about = str(min(one.received_at for one in facts) // REPEATED_WITHIN_MS)
        key = f"many:{_digest(first.sender, first.to, str(first.reference), str(total), about, octets=octets)}"
    return Whole(
        key,
        first.sender,
        first.to,
        "".join(_texts(pieces, facts)),
        min(one.received_at for one in facts),
        parts=total,
        missing=total - len(pieces),
        fragments=tuple(one.id for one in pieces),
    )


def _texts(pieces: Sequence[Fragment], facts: Sequence[_Facts]) -> Iterator[str]:
    """Yield the text of each run of pieces that follow one another in one coding, and a gap before it if some lack."""
    expected = 1
    for (coding, _), run in groupby(zip(pieces, facts, strict=True), key=_Run()):
        together = [piece for piece, _ in run]
        if together[0].number != expected:
            yield GAP
        yield text_of(b"".join(piece.octets for piece in together), coding)
        expected = together[-1].number + 1
    if expected <= pieces[0].total:
        yield GAP


class _Run:
    """Numbers the runs of pieces that can be read together: a key for `groupby`."""

    def __init__(self) -> None:
        self._run = self._last = 0
        self._coding = ""

    def __call__(self, piece: tuple[Fragment, _Facts]) -> tuple[str, int]:
        number, coding = piece[0].number, piece[1].coding
        if number != self._last + 1 or coding != self._coding:
            self._run += 1
        self._last, self._coding = number, coding
        return coding, self._run


def _digest(*texts: str, octets: bytes = b"") -> str:
    made = hashlib.blake2s(digest_size=16, person=b"reply")
    for text in texts:
        made.update(b"%d:" % len(text.encode("utf-8", "replace")))
        made.update(text.encode("utf-8", "replace"))
    made.update(octets)
    return made.hexdigest()
