"""What comes in from handsets, inside one batch: replies, pieces of long ones, the stop list. Both engines obey this.

Pure: the engines load what `InboundNeeds` names into an `Inbound`, the operations are played on it, and the engines
write what it then holds. A batch without such operations has none of this.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from hongyan.store.ops import (
    DropFragments,
    DropStop,
    Fragment,
    KeepFragment,
    KeepReply,
    PutStop,
    ReplyRow,
    StopRow,
)
from hongyan.store.text import storable

InboundOp = KeepReply | KeepFragment | DropFragments | PutStop | DropStop

ReplyKey = tuple[str, str]
"""carrier, key"""
Whole = tuple[str, str, str]
"""kind, owner, whole"""
StopKey = tuple[str, str]
"""project, number"""


class StopMark(StopRow, kw_only=True, gc=False):
    """A stop as it is kept: with its place among all changes, and whether it was dropped since."""

    mark: int
    dropped: bool = False


def reply_key(row: ReplyRow) -> ReplyKey:
    """Return what a reply is unique in."""
    return row.carrier, storable(row.key)


def whole_of(row: Fragment) -> Whole:
    """Return what is the same for all pieces of a whole."""
    return row.kind, row.owner, storable(row.whole)


def _storable_whole(whole: Whole) -> Whole:
    kind, owner, name = whole
    return kind, owner, storable(name)


class InboundNeeds:
    """Which facts these operations are played on."""

    def __init__(self) -> None:
        self.replies: set[ReplyKey] = set()
        self.wholes: set[Whole] = set()
        self.stops: set[StopKey] = set()

    def add(self, op: InboundOp) -> None:
        """Note what one operation needs."""
        if isinstance(op, KeepReply):
            self.replies.add(reply_key(op.row))
            if op.whole is not None:
                self.wholes.add(_storable_whole(op.whole))
            if op.stop is not None:
                self.stops.add((op.stop.project, op.stop.number))
        elif isinstance(op, KeepFragment):
            self.wholes.add(whole_of(op.row))
        elif isinstance(op, PutStop):
            self.stops.add((op.row.project, op.row.number))
        elif isinstance(op, DropStop):
            self.stops.add((op.project, op.number))


class Inbound:
    """Facts that were loaded, kept up to date while playing, and what is to be written."""

    def __init__(self) -> None:
        self.known: set[ReplyKey] = set()
        self.pieces: dict[Whole, list[Fragment]] = {}
        self.stops: dict[StopKey, StopMark] = {}
        self.mark = 0
        """of the last change to the stop list"""
        # to write
        self.replies: list[ReplyRow] = []
        self.mailbox: list[tuple[str, str, int, int]] = []
        """(project, dialect, reply id, at)"""
        self.fragments: list[Fragment] = []
        self.fragments_gone: list[int] = []
        self.marks: dict[StopKey, StopMark] = {}

    def keep_reply(self, op: KeepReply) -> bool:
        """Keep a reply unless it is known; its pieces have had their use either way.

        Not one that gave up waiting for pieces of which another has come, or that was completed, in the meantime.
        """
        if op.whole is not None:
            pieces = self.pieces.get(_storable_whole(op.whole), [])
            if {one.id for one in pieces} != set(op.fragments):
                return False
        self.drop_fragments(op.fragments)
        row, key = op.row, reply_key(op.row)
        if key in self.known:
            return False
        self.known.add(key)
        texts = {name: storable(getattr(row, name)) for name in ("key", "sender", "to", "text", "extend")}
        self.replies.append(replace(row, **texts))
        self.mailbox.extend((row.project, dialect, row.id, row.received_at) for dialect in op.mailboxes)
        if op.stop is not None:
            self.put_stop(op.stop)
        return True

    def keep_fragment(self, row: Fragment) -> list[Fragment]:
        """Keep a piece unless it is there; return all of them when none is missing."""
        pieces = self.pieces.setdefault(whole_of(row), [])
        if all(one.number != row.number for one in pieces):
            kept = replace(row, whole=storable(row.whole), facts=storable(row.facts))
            pieces.append(kept)
            pieces.sort(key=_number)
            self.fragments.append(kept)
        return list(pieces) if {one.number for one in pieces}.issuperset(range(1, row.total + 1)) else []

    def drop_fragments(self, ids: Iterable[int]) -> None:
        """Forget pieces."""
        gone = set(ids)
        if not gone:
            return
        self.fragments_gone.extend(gone)
        self.fragments = [one for one in self.fragments if one.id not in gone]
        for whole, pieces in self.pieces.items():
            self.pieces[whole] = [one for one in pieces if one.id not in gone]

    def put_stop(self, row: StopRow) -> bool:
        """Stop a number, unless it is stopped for at least as much."""
        known = self.stops.get((row.project, row.number))
        if known is not None and not known.dropped and (row.marketing_only or not known.marketing_only):
            return False
        self._change(
            StopMark(
                project=row.project,
                number=row.number,
                marketing_only=row.marketing_only,
                at=row.at,
                reply_id=row.reply_id,
                mark=self.mark + 1,
            )
        )
        return True

    def drop_stop(self, op: DropStop) -> bool:
        """Let a number be written to again."""
        known = self.stops.get((op.project, op.number))
        if known is None or known.dropped:
            return False
        self._change(replace(known, at=op.at, mark=self.mark + 1, dropped=True))
        return True

    def _change(self, row: StopMark) -> None:
        self.mark = row.mark
        self.stops[row.project, row.number] = self.marks[row.project, row.number] = row


def told(marks: list[StopMark], after: int) -> tuple[list[StopRow], list[StopKey], int]:
    """Return what a page of changes says: stops put, stops dropped, and the mark to ask after next."""
    put = [
        StopRow(
            project=one.project, number=one.number, marketing_only=one.marketing_only, at=one.at, reply_id=one.reply_id
        )
        for one in marks
        if not one.dropped
    ]
    return put, [(one.project, one.number) for one in marks if one.dropped], marks[-1].mark if marks else after


def _number(row: Fragment) -> int:
    return row.number
