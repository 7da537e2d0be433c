"""From submits to answers: everything that one session sent by now goes to the desk together, and is answered together.

Pieces are written down first; a whole that is complete goes to the desk with the rest. An answer leaves after the
commit that it tells of. One task a session at work, none a message.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import structlog

from hongyan.accept import Desk
from hongyan.accept.pieces import Piece, Pieces
from hongyan.dialects.smpp.reading import Reader, Reading, Submit, read
from hongyan.dialects.smpp.reasons import PASSING, STATUSES, refused, sentence
from hongyan.dialects.smpp.showing import shown
from hongyan.dialects.smpp.wholes import endings, whole_item
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange, Submission, Verdict
from hongyan.model.tally import Tally
from hongyan.model.world import Caller
from hongyan.wire import smpp
from hongyan.wire.smpp import quick
from hongyan.wire.smpp.statuses import RINVNUMDESTS

MOST_TOGETHER = 25
"""PDUs of one submission: as many as its excerpt can show"""
_SHOWN_OCTETS = 4_000
REJECTED = "REJECTD"

log = structlog.get_logger(stage="dialects")


class Peer(NamedTuple):
    """Whose PDUs they are."""

    address: str
    version: int
    """interface_version of its bind"""


class Taking:
    """One for a process."""

    def __init__(
        self,
        desk: Desk,
        pieces: Pieces,
        clock: Clock,
        tally: Tally,
        mint: Callable[[], str],
        on_endings: Callable[[str], None],
    ) -> None:
        self._desk, self._pieces, self._clock, self._tally = desk, pieces, clock, tally
        self._mint, self._on_endings = mint, on_endings

    async def answers(self, peer: Peer, caller: Caller, pdus: Sequence[Submit]) -> list[bytes]:
        """Return the frames that answer these, in their order.

        spec: smpp#submit.answer
        """
        by = self.reader(caller)
        readings = [read(pdu, by) for pdu in pdus]
        early: dict[int, bytes] = {}
        wholes: dict[int, list[Piece]] = {}
        if any(reading.piece is not None for reading in readings):
            await self._keep(peer, by, readings, early, wholes)
        asked = [reading for reading in readings if reading.items]
        groups = [asked[at : at + MOST_TOGETHER] for at in range(0, len(asked), MOST_TOGETHER)]
        if len(groups) == 1:
            found = [await self._accept(peer, caller, groups[0])]
        else:
            found = await asyncio.gather(*(self._accept(peer, caller, group) for group in groups))
        verdicts = {
            id(reading): one
            for group, all_ in zip(groups, found, strict=True)
            for reading, one in zip(group, all_, strict=True)
        }
        if wholes:
            await self._end_wholes(readings, wholes, verdicts)
        return [
            early.get(id(reading)) or self._answer(peer, reading, verdicts.get(id(reading), ())) for reading in readings
        ]

    def reader(self, caller: Caller) -> Reader:
        """Return what PDUs of a caller are read by."""
        return Reader(key=caller.key, ports=caller.world.ports, now_ms=self._clock.now_ms(), mint=self._pieces.mint)

    async def complete(self, caller: Caller, pieces: Sequence[Piece]) -> None:
        """Bring a whole to the desk that nobody waits for any more: a crash came between.

        spec: smpp#long.crash
        """
        item, _ = whole_item(pieces, None, self.reader(caller))
        exchange = self._exchange("", caller, "submit_sm", f"{len(pieces)} pieces that were kept before a restart")
        try:
            verdict = (await self._desk.accept(caller, _submission(exchange, caller, [item])))[0]
        except Refused as wrong:
            verdict = Verdict(reason=wrong.reason, facts=wrong.facts)
        if verdict.reason is None:
            await self._pieces.drop(pieces)
        elif STATUSES[verdict.reason] not in PASSING:
            await self.fail(pieces, REJECTED, STATUSES[verdict.reason])

    async def fail(self, pieces: Sequence[Piece], stat: str, status: int) -> None:
        """Give pieces up, one at least; whose customer wants to know is told by receipts."""
        await self._pieces.end(pieces, endings(pieces, stat, f"{status:03d}", self._clock.now_ms()))
        self._on_endings(pieces[0].owner)

    async def _keep(
        self,
        peer: Peer,
        by: Reader,
        readings: Sequence[Reading],
        early: dict[int, bytes],
        wholes: dict[int, list[Piece]],
    ) -> None:
        """Write pieces down. Those that complete nothing are answered; those that do become items."""
        parts = [(reading, reading.piece) for reading in readings if reading.piece is not None]
        try:
            kept = await self._pieces.keep([piece for _, piece in parts])
        except Refused as wrong:
            for reading, _ in parts:
                early[id(reading)] = self._refusal(peer, reading, wrong.reason, wrong.facts)
            return
        done: set[str] = set()
        for (reading, piece), all_ in zip(parts, kept, strict=True):
            if not all_ or piece.whole in done:
                early[id(reading)] = _accepted(reading.pdu, piece.id)
                self._tally.add("api_requests", "smpp", reading.pdu.name, "ok")
                continue
            done.add(piece.whole)
            item, status = whole_item(all_, piece, by)
            reading.add(item, status)
            wholes[id(reading)] = all_

    async def _end_wholes(
        self, readings: Sequence[Reading], wholes: dict[int, list[Piece]], verdicts: dict[int, Sequence[Verdict]]
    ) -> None:
        """Forget the pieces of what was taken. Of what was not: the last is refused, the others may have to be told.

        spec: smpp#long.refused, smpp#long.again
        """
        gone: list[Piece] = []
        rejected: list[tuple[list[Piece], int]] = []
        for reading in readings:
            all_ = wholes.get(id(reading))
            if all_ is None:
                continue
            assert reading.piece is not None
            verdict, number = verdicts[id(reading)][0], reading.piece.number
            if verdict.reason is None:
                gone += all_
                continue
            gone += [piece for piece in all_ if piece.number == number]
            status = reading.statuses[0] or STATUSES[verdict.reason]
            if status not in PASSING:
                rejected.append(([piece for piece in all_ if piece.number != number], status))
        try:
            if gone:
                await self._pieces.drop(gone)
            for pieces, status in rejected:
                await self.fail(pieces, REJECTED, status)
        except Refused:  # what was accepted is accepted: the answers must leave
            log.warning("pieces could not be dropped; they are looked at again later", pieces=len(gone))

    async def _accept(self, peer: Peer, caller: Caller, group: Sequence[Reading]) -> list[Sequence[Verdict]]:
        """Return the desk's verdicts on the items of each PDU."""
        items = [item for reading in group for item in reading.items]
        exchange = self._exchange(peer.address, caller, group[0].pdu.name, _lines(group))
        try:
            verdicts = await self._desk.accept(caller, _submission(exchange, caller, items))
        except Refused as wrong:
            self._desk.record(exchange, wrong)
            verdicts = [Verdict(reason=wrong.reason, facts=wrong.facts)] * len(items)
        except Exception:  # request edge: one batch's trouble is answered, the session goes on
            log.exception("submits failed", request_id=exchange.request_id, submits=len(items))
            verdicts = [Verdict(reason=Reason.INTERNAL)] * len(items)
        out: list[Sequence[Verdict]] = []
        at = 0
        for reading in group:
            out.append(verdicts[at : at + len(reading.items)])
            at += len(reading.items)
        return out

    def _exchange(self, peer: str, caller: Caller, action: str, body: str) -> Exchange:
        return Exchange(
            request_id=self._mint(),
            dialect="smpp",
            method="SMPP",
            path=action,
            query=b"",
            headers={},
            body=body.encode("utf-8", "replace"),
            peer=peer,
            received_at=self._clock.now_ms(),
            action=action,
            project=caller.project.name,
            key_id=caller.key.name,
            notes=[("who", f"bound as {caller.key.name}", f"以 {caller.key.name} 登录")],
        )

    def _answer(self, peer: Peer, reading: Reading, verdicts: Sequence[Verdict]) -> bytes:
        pdu = reading.pdu
        if isinstance(pdu, smpp.SubmitMulti):
            return self._answer_multi(peer, reading, verdicts)
        verdict = verdicts[0]
        if verdict.reason is None:
            assert verdict.message is not None
            self._tally.add("api_requests", "smpp", pdu.name, "ok")
            return _accepted(pdu, verdict.message.id)
        return self._refusal(peer, reading, verdict.reason, verdict.facts)

    def _answer_multi(self, peer: Peer, reading: Reading, verdicts: Sequence[Verdict]) -> bytes:
        """Answer for all receivers: one id, and those that were refused (§4.5.2). None taken is a refusal.

        spec: smpp#submit.multi
        """
        pdu = reading.pdu
        assert isinstance(pdu, smpp.SubmitMulti)
        if not verdicts:
            self._tally.add("api_requests", "smpp", pdu.name, Reason.NO_ITEMS)
            return smpp.refusal(pdu.command, pdu.sequence, RINVNUMDESTS)
        if len(verdicts) != len(pdu.dest_addresses) or all(one.reason is not None for one in verdicts):
            reason = verdicts[0].reason or Reason.INTERNAL
            return self._refusal(peer, reading, reason, verdicts[0].facts)
        failures = []
        for to, verdict, status in zip(pdu.dest_addresses, verdicts, reading.statuses, strict=True):
            if verdict.reason is not None:
                ton, npi, address = (0, 0, to) if isinstance(to, str) else to
                failures.append(smpp.Failure(ton, npi, address, status or STATUSES[verdict.reason]))
        self._tally.add("api_requests", "smpp", pdu.name, "ok")
        return smpp.encode(smpp.SubmitMultiResp(pdu.sequence, 0, str(reading.id), tuple(failures)))

    def _refusal(self, peer: Peer, reading: Reading, reason: Reason, facts: Any) -> bytes:
        self._tally.add("api_requests", "smpp", reading.pdu.name, reason)
        status = (reading.statuses[0] if reading.statuses else 0) or STATUSES[reason]
        return refused(reading.pdu, status, sentence(reason, facts), peer.version)


def _accepted(pdu: Submit, id_: int) -> bytes:
    if type(pdu) is smpp.SubmitSm:
        return quick.submit_response(pdu.sequence, str(id_))
    return smpp.encode(smpp.DataSmResp(pdu.sequence, 0, str(id_)))


def _submission(exchange: Exchange, caller: Caller, items: list[Any]) -> Submission:
    return Submission(exchange=exchange, items=items, door=caller.key.name, default_country=caller.key.default_country)


def _lines(group: Sequence[Reading]) -> str:
    """Return what was sent, as far as there is room."""
    out, octets = [], 0
    for reading in group:
        line = shown(reading)
        octets += len(line) + 1
        out.append(line)
        if octets > _SHOWN_OCTETS:
            break
    return "\n".join(out)
