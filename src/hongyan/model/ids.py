"""Ids: 64-bit integers ordered by time, and the longer texts some vendors want, derived from them.

Layout: 42 bits of milliseconds since 2024-01-01 UTC, 10 bits of node, 11 bits of sequence: the id of a
message is its primary key, its public id and its rough date at once.
"""

import hashlib
import uuid
from random import Random

from hongyan.model.clock import Clock

EPOCH_MS = 1_704_067_200_000
_SEQUENCE_BITS, _NODE_BITS = 11, 10
SPARE_NODE = (1 << _NODE_BITS) - 1
"""no process is this one: ids that never become a message's"""
NODES = SPARE_NODE
"""how many processes may share a database"""
_SEQUENCE_LAST = (1 << _SEQUENCE_BITS) - 1
_HEX32 = 32


class IdMint:
    """Mints ids that only ever grow, also when the clock steps back or a millisecond runs out of numbers.

    `after` is the highest id of earlier runs: the clock may have stepped back between them.
    """

    def __init__(self, clock: Clock, node: int = 0, after: int = 0) -> None:
        if not 0 <= node <= SPARE_NODE:
            raise ValueError(f"node must be 0..{SPARE_NODE}, not {node}")
        self.node = node
        self._clock = clock
        self._node = node << _SEQUENCE_BITS
        self._ms = after >> (_SEQUENCE_BITS + _NODE_BITS)
        self._sequence = _SEQUENCE_LAST if after else 0

    def mint(self) -> int:
        """Return the next id."""
        return self.mint_at(self._clock.now_ms())

    def mint_at(self, now_ms: int) -> int:
        """Return the next id, for who has just asked the clock."""
        ms = now_ms - EPOCH_MS
        if ms > self._ms:
            self._ms, self._sequence = ms, 0
        elif self._sequence < _SEQUENCE_LAST:
            self._sequence += 1
        else:
            self._ms, self._sequence = self._ms + 1, 0
        return self._ms << (_SEQUENCE_BITS + _NODE_BITS) | self._node | self._sequence


class HexMint:
    """Request ids of hexadecimal digits: the time when they were drawn, then chance, so that nobody guesses one.

    Many are drawn at a time, as a call of the machine for each cost 3 µs, and handed out in order: the store keeps an
    index of them, and ids that only grow touch one page of it where random ones touch a page each.
    """

    _AT_ONCE = 128
    _TIME_DIGITS = 11
    _OF_TIME = f"0{_TIME_DIGITS}x"

    def __init__(self, clock: Clock, random: Random, digits: int) -> None:
        self._clock, self._random, self._digits = clock, random, digits - self._TIME_DIGITS
        self._ready: list[str] = []

    def mint(self) -> str:
        """Return the next id, in lower case."""
        if not self._ready:
            digits = self._digits
            drawn = self._random.randbytes((self._AT_ONCE * digits + 1) // 2).hex()
            begin = format(self._clock.now_ms(), self._OF_TIME)
            last = self._AT_ONCE * digits
            self._ready = sorted((begin + drawn[at : at + digits] for at in range(0, last, digits)), reverse=True)
        return self._ready.pop()


def minted_ms(id_: int) -> int:
    """Return when an id was minted."""
    return (id_ >> (_SEQUENCE_BITS + _NODE_BITS)) + EPOCH_MS


def first_id_at(ms: int) -> int:
    """Return the lowest id that could be minted at that time: a bound for queries by date."""
    return max(0, ms - EPOCH_MS) << (_SEQUENCE_BITS + _NODE_BITS)


def hex32(id_: int) -> str:
    """Return the id as 32 hexadecimal digits: 16 of check, 16 of the id."""
    plain = f"{id_:016x}"
    return hashlib.blake2s(plain.encode(), digest_size=8, person=b"hongyan").hexdigest() + plain


def from_hex32(text: str) -> int | None:
    """Return the id behind `hex32`, or None for any other text."""
    if len(text) != _HEX32 or not text.isascii():
        return None
    try:
        id_ = int(text[16:], 16)
    except ValueError:
        return None
    return id_ if hex32(id_) == text.lower() else None


def from_decimal(text: str) -> int | None:
    """Return the id written as decimal digits, or None for any other text."""
    if not (text.isascii() and text.isdigit()) or len(text) > 19:  # noqa: PLR2004 - digits of 2**63
        return None
    id_ = int(text)
    return id_ if id_ < 1 << 63 else None


def upper_uuid() -> str:
    """Return a random UUID in capitals: what Alibaba calls a RequestId."""
    return str(uuid.uuid4()).upper()
