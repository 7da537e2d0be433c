"""Keeps what came of long submissions until they are whole: each piece was answered, so it must not be lost.

Callers who hand texts over in parts (SMPP) ask here; what a piece means is theirs. A piece that will never be part of
a message becomes an ending: a receipt that waits for its caller to connect.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from hongyan.model.clock import Clock
from hongyan.model.limits import HOUR_MS
from hongyan.store import Store
from hongyan.store.ops import DropFragments, Fragment, KeepFragment

WAIT_MS = 600_000
"""how long the first piece of a long submission waits for the others"""
ENDINGS_KEPT_MS = 7 * 24 * HOUR_MS
_KIND, _ENDING = "submission", "ending:"
WHOLES_MOST = 500
"""that one question to the store returns"""


class Piece(Struct, frozen=True, kw_only=True, gc=False):
    """One piece of a long submission."""

    id: int
    """what its caller was answered"""
    owner: str
    """the caller's name: the system id"""
    whole: str
    """what is the same for all pieces"""
    number: int
    """from 1"""
    total: int
    at: int
    octets: bytes
    facts: str
    """JSON text, its owner's own"""


class Pieces:
    """All calls raise Refused(UNAVAILABLE) while the store is away."""

    def __init__(self, store: Store, clock: Clock, mint: Callable[[], int]) -> None:
        self._store, self._clock = store, clock
        self.mint = mint

    async def keep(self, pieces: Sequence[Piece]) -> list[list[Piece]]:
        """Keep pieces; for each return all of its whole, in their order, when none is missing now, else []."""
        results = await self._store.write_all([KeepFragment(row=_row(piece, _KIND)) for piece in pieces])
        return [list(map(_piece, found)) for found in results]

    async def drop(self, pieces: Sequence[Piece]) -> None:
        """Forget pieces: they are part of a message now, or were refused."""
        await self._store.write(DropFragments(ids=[piece.id for piece in pieces]))

    async def end(self, pieces: Sequence[Piece], endings: Sequence[tuple[Piece, str]]) -> None:
        """Forget pieces; of some of them (with the facts to tell) their caller is to be told. The order is safe."""
        ops: list[KeepFragment | DropFragments] = []
        for piece, facts in endings:
            row = Fragment(
                id=self.mint(),
                whole=str(piece.id),
                number=1,
                total=1,
                at=self._clock.now_ms(),
                kind=_ENDING + piece.owner,
                owner=piece.owner,
                octets=piece.octets,
                facts=facts,
            )
            ops.append(KeepFragment(row=row))
        await self._store.write_all([*ops, DropFragments(ids=[piece.id for piece in pieces])])

    async def old(self) -> list[list[Piece]]:
        """Return the wholes, as far as they came, whose first piece has waited long enough."""
        wholes: dict[tuple[str, str], list[Piece]] = {}
        for row in await self._store.old_fragments(self._clock.now_ms() - WAIT_MS, WHOLES_MOST, _KIND):
            wholes.setdefault((row.owner, row.whole), []).append(_piece(row))
        return list(wholes.values())

    async def endings(self, owner: str) -> list[Piece]:
        """Return what a caller is to be told, oldest first."""
        found = await self._store.old_fragments(self._clock.now_ms() + 1, WHOLES_MOST, _ENDING + owner)
        return list(map(_piece, found))

    async def forget_endings(self) -> int:
        """Drop what nobody came for in a week; return how many."""
        found = await self._store.old_fragments(self._clock.now_ms() - ENDINGS_KEPT_MS, WHOLES_MOST)
        stale = [row.id for row in found if row.kind.startswith(_ENDING)]
        if stale:
            await self._store.write(DropFragments(ids=stale))
        return len(stale)


def _row(piece: Piece, kind: str) -> Fragment:
    return Fragment(
        id=piece.id,
        whole=piece.whole,
        number=piece.number,
        total=piece.total,
        at=piece.at,
        kind=kind,
        owner=piece.owner,
        octets=piece.octets,
        facts=piece.facts,
    )


def _piece(row: Fragment) -> Piece:
    return Piece(
        id=row.id,
        owner=row.owner,
        whole=row.whole,
        number=row.number,
        total=row.total,
        at=row.at,
        octets=row.octets,
        facts=row.facts,
    )
