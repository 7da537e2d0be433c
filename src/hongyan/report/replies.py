"""Takes what handsets send: pieces made whole, whose it is found out, kept once, told, and its stop words obeyed.

A carrier is told `stored` only when everything that follows from its reply is on disk, so a crash at any point has the
reply come again, and a second one changes nothing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog

from hongyan.carriers import Incoming
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.push import PushShape
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.report.settle import Stored
from hongyan.report.stop_words import Wish, wish
from hongyan.report.wholes import GAP, KIND, Whole, at_once, fragment, joined, piece_of
from hongyan.report.whose import Owner, owner_of, told_where
from hongyan.store import ReplyQuery, Store
from hongyan.store.ops import (
    DropFragments,
    DropStop,
    Event,
    Fragment,
    KeepFragment,
    KeepReply,
    Note,
    Op,
    PushRow,
    ReplyRow,
    StopRow,
)

PIECES_WAIT_MS = 600_000
"""how long the first piece of a long reply waits for the others"""
REPEATED_MS = 3_600_000
"""a lone piece of a reply that was completed this recently is a repetition"""
LOOK_S = 15.0
OLD_MOST = 500
TAKEN_AT_ONCE = 500
TROUBLE_PAUSE_S = 0.5

log = structlog.get_logger(stage="report")


class Replies:
    """One worker beside the matcher; `replied` returns at once."""

    def __init__(
        self,
        *,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        mint: Callable[[], int],
        tally: Tally,
        shapes: Mapping[str, PushShape],
        on_pushes: Callable[[Sequence[PushRow]], None],
    ) -> None:
        self._store, self._world, self._clock, self._mint, self._tally = store, world, clock, mint, tally
        self._shapes, self._on_pushes = shapes, on_pushes
        self.on_stops: Callable[[], None] = _nobody
        """called when a reply has changed the stop list"""
        self._waiting: list[tuple[str, Sequence[Incoming], Stored]] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.waiting = 0
        """replies not on disk yet"""

    async def start(self) -> None:
        """Begin to keep replies, and to look after long ones that are not completed."""
        self._tasks = [
            asyncio.create_task(self._run(), name="replies"),
            asyncio.create_task(self._look_now_and_then(), name="pieces"),
        ]

    async def stop(self) -> None:
        """End. What is not on disk was never acknowledged: its carrier says it again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def replied(self, carrier: str, replies: Sequence[Incoming], stored: Stored) -> None:
        """Keep these replies; `stored` is called when all that follows from them is on disk."""
        if not replies:
            stored()
            return
        self._waiting.append((carrier, replies, stored))
        self.waiting += len(replies)
        self._wake.set()

    async def look_after_pieces(self) -> int:
        """Keep what came of long replies whose other pieces did not come in time; return how many."""
        now_ms = self._clock.now_ms()
        wholes: dict[tuple[str, str], list[Fragment]] = {}
        for piece in await self._store.old_fragments(now_ms - PIECES_WAIT_MS, OLD_MOST, KIND):
            wholes.setdefault((piece.owner, piece.whole), []).append(piece)
        kept = 0
        for (carrier, name), pieces in wholes.items():
            whole = joined(pieces)
            if whole.missing and await self._is_repeated(carrier, whole, now_ms):
                await self._store.write(DropFragments(ids=whole.fragments))
            else:
                kept += await self._keep([(carrier, whole)], (KIND, carrier, name) if whole.missing else None)
        return kept

    # --- one batch after the other

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                taken = self._waiting[:TAKEN_AT_ONCE]
                try:
                    await self._take(taken)
                except Refused:  # the database cannot be reached: nothing is lost, the carriers wait
                    await asyncio.sleep(TROUBLE_PAUSE_S)
                    continue
                except Exception:  # worker edge: each alone, so that a bad one does not hold up the others
                    log.exception("replies could not be kept together", replies=sum(len(one[1]) for one in taken))
                    await self._take_alone(taken)
                del self._waiting[: len(taken)]
                self.waiting -= sum(len(replies) for _, replies, _ in taken)

    async def _take_alone(self, taken: Sequence[tuple[str, Sequence[Incoming], Stored]]) -> None:
        for one in taken:
            try:
                await self._take([one])
            except Exception:  # worker edge: not acknowledged, so the carrier says it again
                log.exception("replies could not be kept", carrier=one[0], replies=len(one[1]))

    async def _take(self, taken: Sequence[tuple[str, Sequence[Incoming], Stored]]) -> None:
        now_ms = self._clock.now_ms()
        wholes: list[tuple[str, Whole]] = []
        pieces: list[Op] = []
        for carrier, replies, _ in taken:
            for incoming in replies:
                piece = piece_of(incoming)
                if piece is None:
                    wholes.append((carrier, at_once(incoming)))
                else:
                    pieces.append(KeepFragment(row=fragment(carrier, incoming, piece, self._mint(), now_ms)))
        if pieces:
            results = await self._store.write_all(pieces)
            complete = {(found[0].owner, found[0].whole): found for found in results if found}
            wholes += ((found[0].owner, joined(found)) for found in complete.values())
        if wholes:
            await self._keep(wholes)
        for _, _, stored in taken:
            stored()

    async def _keep(self, wholes: Sequence[tuple[str, Whole]], waited: tuple[str, str, str] | None = None) -> int:
        """Write replies down with what follows from them; return how many are new.

        `waited`: the pieces that these were made of, where others are missing.
        """
        world, now_ms = self._world(), self._clock.now_ms()
        judged = [await self._judged(carrier, whole, world, now_ms, waited) for carrier, whole in wholes]
        results = await self._store.write_all([one.op for one in judged])
        follows: list[Op] = []
        pushes: list[PushRow] = []
        stops = False
        stopped_last = {}
        for place, (one, is_new) in enumerate(zip(judged, results, strict=True)):
            if is_new and one.op.stop is not None:
                stopped_last[one.op.row.project, one.op.row.sender] = place
        for place, (one, is_new) in enumerate(zip(judged, results, strict=True)):
            row = one.op.row
            if is_new:
                self._tally.add("report_replies", row.carrier)
                pushes += one.op.pushes
                stops = stops or one.op.stop is not None
            starts = one.wish is Wish.START and stopped_last.get((row.project, row.sender), -1) < place
            if starts and row.project and (is_new or await self._is_last_wish(row)):
                follows.append(DropStop(project=row.project, number=row.sender, at=now_ms))
            if is_new and one.wish is not None and one.message_id is not None:
                kind = "stop" if one.wish is Wish.STOP else "stop-lifted"
                event = Event(message_id=one.message_id, at=row.received_at, kind=kind, text=row.text.strip())
                follows.append(Note(events=[event]))
        if follows:
            await self._store.write_all(follows)
        if stops or any(type(op) is DropStop for op in follows):
            self.on_stops()
        if pushes:
            self._on_pushes(pushes)
        return sum(results)

    async def _judged(
        self, carrier: str, whole: Whole, world: World, now_ms: int, waited: tuple[str, str, str] | None = None
    ) -> "_Judged":
        owner = await owner_of(self._store, world, carrier, whole.sender, whole.to, now_ms)
        asked = wish(whole.text) if not whole.missing else None
        stops = asked is Wish.STOP and bool(owner.project)
        row = _row(self._mint(), carrier, whole, owner, stops=stops)
        worded = {name for name, shape in self._shapes.items() if shape.replies is not None}
        pushes, mailboxes = told_where(row, owner, world, worded, self._mint, now_ms)
        stop = StopRow(project=row.project, number=row.sender, marketing_only=True, at=now_ms, reply_id=row.id)
        op = KeepReply(
            row=row,
            pushes=pushes,
            mailboxes=mailboxes,
            stop=stop if stops else None,
            fragments=whole.fragments,
            whole=waited,
        )
        return _Judged(op, asked, row.message_id)

    async def _is_last_wish(self, row: ReplyRow) -> bool:
        """Return whether a reply that comes again is still the last that its sender asked about being written to."""
        query = ReplyQuery(project=row.project, sender=row.sender)
        for known in await self._store.replies(query):
            if known.carrier == row.carrier and known.key == row.key:
                return True
            if known.stops:
                return False
        return False

    async def _is_repeated(self, carrier: str, whole: Whole, now_ms: int) -> bool:
        """Return whether pieces without the others are only the repetition of some of a reply that we have."""
        query = ReplyQuery(sender=whole.sender, carrier=carrier, since_ms=now_ms - REPEATED_MS)
        known = [one for one in await self._store.replies(query) if one.to == whole.to and one.parts == whole.parts]
        texts = [text for text in whole.text.split(GAP) if text]
        return bool(texts) and any(all(text in one.text for text in texts) for one in known if not one.missing)

    async def _look_now_and_then(self) -> None:
        while True:
            try:
                await self.look_after_pieces()
            except Refused:
                log.warning("the store cannot be reached; pieces of replies are looked after later")
            except Exception:  # worker edge: the pieces are still there at the next turn
                log.exception("pieces of replies could not be looked after")
            await asyncio.sleep(LOOK_S)


def _nobody() -> None:
    """Nobody looks at the stop list."""


class _Judged(NamedTuple):
    """A reply with what follows from it, before it is written."""

    op: KeepReply
    wish: Wish | None
    message_id: int | None


def _row(id_: int, carrier: str, whole: Whole, owner: Owner, *, stops: bool) -> ReplyRow:
    message = owner.message
    return ReplyRow(
        id=id_,
        carrier=carrier,
        key=whole.key,
        sender=whole.sender,
        to=whole.to,
        text=whole.text,
        received_at=whole.received_at,
        project=owner.project,
        dialect=owner.dialect or (message.dialect if message is not None else ""),
        app=owner.app,
        message_id=None if message is None else message.id,
        extend=owner.extend,
        parts=whole.parts,
        missing=whole.missing,
        stops=stops,
    )
