"""Matches receipts to messages and settles them; what matches nothing is kept, never dropped.

A receipt may come before the answer that would name its message, twice, late, for one part of a message, or for nobody.
It is acknowledged to the carrier (`stored`) only after what it says is on disk. The decision what an ending costs and
who is told is settle.py's, what becomes of parts is in_parts.py's; this file only finds the message.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import structlog

from hongyan.carriers import Answer, Receipt
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import FINAL, Message
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.report import settle
from hongyan.report.endings import Endings
from hongyan.report.in_parts import InParts
from hongyan.report.late import leave_to_store
from hongyan.report.parked import MOST as PARKED_MOST
from hongyan.report.parked import Parked, by_spelling_of, spellings_of, spelt
from hongyan.report.settle import Countdown, Stored, nobody
from hongyan.report.told import Teller, told_when_handed
from hongyan.store import Found, Store
from hongyan.store.ops import Op, Park, PushRow, Settle, Unclaimed, Unpark
from hongyan.store.ordered import OrderedWriter

EXPECTED_MOST = 200_000
"""messages kept in memory a carrier; the store knows the others"""
REMATCH_EVERY_S = 30.0
REMATCH_AFTER_MS = 2_000
PARKED_IN_MEMORY_MS = 600_000
TROUBLE_PAUSE_S = 0.5

log = structlog.get_logger(stage="report")


class Matcher:
    """Finds the message of each receipt. All of it runs on the event loop; `expect` and `reported` return at once."""

    def __init__(
        self,
        *,
        store: Store,
        writer: OrderedWriter,
        world: Callable[[], World],
        clock: Clock,
        mint: Callable[[], int],
        tally: Tally,
        on_pushes: Callable[[Sequence[PushRow]], None],
        teller: Teller | None = None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._world = world
        self._clock = clock
        self._mint = mint
        self._tally = tally
        self._endings = Endings(writer, tally, on_pushes, teller)
        self._expected: defaultdict[str, dict[str, Message]] = defaultdict(dict)
        self._in_parts = InParts(
            writer=writer, world=world, mint=mint, tally=tally, on_pushes=on_pushes, on_strange=self._park_all
        )
        self._parked = Parked()
        self._seeking: list[tuple[str, Sequence[Receipt], Stored]] = []
        self._wake = asyncio.Event()
        self._soon = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.seeking = 0
        """receipts whose message is being sought in the store"""

    async def start(self) -> None:
        """Remember parked receipts from earlier; begin to seek messages that memory does not know."""
        for row in await self._store.unclaimed(PARKED_MOST):
            self._parked.add(row)
        self._tasks = [
            asyncio.create_task(self._seek(), name="matcher"),
            asyncio.create_task(self._rematch_now_and_then(), name="rematch"),
        ]

    async def stop(self) -> None:
        """End. Receipts still being sought were never acknowledged: their carrier says them again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def expect(self, carrier: str, handed: Sequence[tuple[Message, Answer]]) -> None:
        """Remember messages under the carrier's ids; settle those whose receipt was there first."""
        expected = self._expected[carrier]
        for message, answer in handed:
            if answer.part_ids:
                self._in_parts.expect(carrier, message, answer.part_ids)
            else:
                told_when_handed(message, carrier, answer)
                expected[answer.provider_id or ""] = message
        if self._parked:
            for message, answer in handed:
                for number, provider_id in enumerate(answer.part_ids, 1):
                    self._claim_parked(carrier, Found(message, number), provider_id)
                if not answer.part_ids:
                    self._claim_parked(carrier, Found(message), answer.provider_id or "")
        excess = len(expected) - EXPECTED_MOST
        if excess > 0:
            for provider_id in list(expected)[:excess]:
                del expected[provider_id]

    def reported(self, carrier: str, receipts: Sequence[Receipt], stored: Stored) -> None:
        """Settle the messages of these receipts; `stored` is called when all of them are on disk."""
        expected = self._expected[carrier]
        world, mint = self._world(), self._mint
        ops: list[Settle] = []
        found: list[tuple[Message, Receipt]] = []
        of_parts: list[tuple[Message, Receipt]] = []
        missing: list[Receipt] = []
        now_ms = self._clock.now_ms()
        for receipt in receipts:
            message = expected.get(receipt.provider_id)
            if message is not None and message.expires_at > now_ms:
                found.append((message, receipt))
                ops.append(settle.settled(message, receipt, world, mint))
            elif (message := self._in_parts.message(carrier, receipt.provider_id, now_ms)) is not None:
                of_parts.append((message, receipt))
            else:
                missing.append(receipt)
        steps = bool(ops) + bool(of_parts) + bool(missing)
        if steps > 1:
            stored = Countdown(steps, stored).step
        if missing:
            self._seeking.append((carrier, missing, stored))
            self.seeking += len(missing)
            self._wake.set()
        if of_parts:
            self._in_parts.report(carrier, of_parts, stored)
        if ops:
            self._writer.add(ops, self._endings.when_settled(carrier, ops, found, expected, stored))

    async def rematch(self) -> int:
        """Try parked receipts again, those that other processes parked included. Returns how many found a message."""
        now_ms = self._clock.now_ms()
        self._parked.forget_before(now_ms - PARKED_IN_MEMORY_MS)
        for messages in (*self._expected.values(), *self._in_parts.by_carrier()):
            leave_to_store(messages, now_ms)
        by_carrier: defaultdict[str, defaultdict[str, list[Unclaimed]]] = defaultdict(lambda: defaultdict(list))
        for row in await self._store.unclaimed(PARKED_MOST):
            if row.at <= now_ms - REMATCH_AFTER_MS:
                by_carrier[row.carrier][row.provider_id].append(row)
        matched = 0
        for carrier, by_id in by_carrier.items():
            known = await self._store.by_provider(carrier, list(by_id))
            strange = [row for rows in by_id.values() for row in rows if row.provider_id not in known and row.number]
            others = [spelling for row in strange for spelling in spellings_of(row)]
            by_spelling = await self._store.by_provider(carrier, others) if others else {}
            for provider_id, rows in by_id.items():
                found, known_as = known.get(provider_id), provider_id
                if found is None:
                    found, known_as = by_spelling_of(rows[0].number, spellings_of(rows[0]), by_spelling)
                if found is not None:
                    self._parked.drop(carrier, provider_id)
                    self._claim(carrier, found, known_as, rows)
                    matched += 1
        return matched

    def _claim_parked(self, carrier: str, found: Found, provider_id: str) -> None:
        rows = self._parked.take(carrier, provider_id, found.message.to)
        if rows:
            self._claim(carrier, found, provider_id, rows)

    def _claim(self, carrier: str, found: Found, provider_id: str, rows: Sequence[Unclaimed]) -> None:
        """Settle a message with its parked receipts: the first counts, the others are repeats."""
        message = found.message
        receipts = [spelt(settle.unparked(row), provider_id) for row in rows]
        pairs = [(message, receipt) for receipt in receipts]
        unpark = Unpark(carrier=carrier, provider_ids=[rows[0].provider_id])
        early = settle.noted(message, "receipt-early", receipts[0], "it came before the answer to the hand-over")
        if message.state in FINAL:
            self._tally.add("report_repeated", carrier, n=len(receipts))
            notes = [settle.repeated(message, receipt) for receipt in receipts]
            said = [settle.part_reported(carrier, receipt) for receipt in receipts] if found.part else []
            self._writer.add([*said, *notes, unpark])
        elif found.part:
            self._in_parts.report(carrier, pairs, nobody, then=[unpark, early])
        else:
            world = self._world()
            ops = [settle.settled(message, receipt, world, self._mint) for receipt in receipts]
            done = self._endings.when_settled(carrier, ops, pairs, self._expected[carrier], nobody)
            self._writer.add([*ops, unpark, early], done)

    def forget(self, gone: Callable[[int], bool]) -> None:
        """Expect no receipts of messages, by their ids, that are no more."""
        self._parked.clear()
        for messages in (*self._expected.values(), *self._in_parts.by_carrier()):
            for known_as in [one for one, message in messages.items() if gone(message.id)]:
                del messages[known_as]

    # --- receipts whose message is not in memory
    async def _seek(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._seeking:
                carrier, receipts, stored = self._seeking.pop(0)
                try:
                    await self._sought(carrier, receipts, stored)
                    self.seeking -= len(receipts)
                except Refused:  # the database cannot be reached: nothing is lost, the carrier waits
                    self._seeking.insert(0, (carrier, receipts, stored))
                    await asyncio.sleep(TROUBLE_PAUSE_S)
                except Exception:  # worker edge: not acknowledged, so the carrier says them again
                    log.exception("receipts could not be matched", carrier=carrier, receipts=len(receipts))
                    self.seeking -= len(receipts)

    async def _sought(self, carrier: str, receipts: Sequence[Receipt], stored: Stored) -> None:
        known = await self._store.by_provider(carrier, [receipt.provider_id for receipt in receipts])
        others = [
            spelling
            for receipt in receipts
            if receipt.number and receipt.provider_id not in known
            for spelling in receipt.spellings
        ]
        by_spelling = await self._store.by_provider(carrier, others) if others else {}
        world = self._world()
        settles: list[Settle] = []
        of_whole: list[tuple[Message, Receipt]] = []
        of_parts: list[tuple[Message, Receipt]] = []
        others_ops: list[Op] = []
        rows: list[Unclaimed] = []
        for said in receipts:
            found, known_as = self._recognised(carrier, said, known, by_spelling)
            receipt = spelt(said, known_as)
            if found is None:
                rows.append(self._park(carrier, said))
            elif found.message.state in FINAL:
                self._tally.add("report_repeated", carrier)
                if found.part:
                    others_ops.append(settle.part_reported(carrier, receipt))
                others_ops.append(settle.repeated(found.message, receipt))
            elif found.part:
                of_parts.append((found.message, receipt))
            else:
                of_whole.append((found.message, receipt))
                settles.append(settle.settled(found.message, receipt, world, self._mint))
        if rows:
            others_ops.append(Park(rows=rows))
        step = Countdown(bool(settles) + bool(of_parts) + bool(others_ops), stored).step
        if others_ops:
            self._writer.add(others_ops, lambda _: step())
        if of_parts:
            self._in_parts.report(carrier, of_parts, step)
        if settles:
            expected = self._expected[carrier]
            self._writer.add(settles, self._endings.when_settled(carrier, settles, of_whole, expected, step))

    def _recognised(
        self, carrier: str, receipt: Receipt, known: Mapping[str, Found], by_spelling: Mapping[str, Found]
    ) -> tuple[Found | None, str]:
        """Return (what a receipt is about, its id there). Memory too: the answer may have come meanwhile."""
        found = known.get(receipt.provider_id) or self._remembered(carrier, receipt.provider_id)
        if found is None and receipt.number:
            remembered = {one: there for one in receipt.spellings if (there := self._remembered(carrier, one))}
            return by_spelling_of(receipt.number, receipt.spellings, {**remembered, **by_spelling}, receipt.provider_id)
        return found, receipt.provider_id

    def _remembered(self, carrier: str, provider_id: str) -> Found | None:
        message = self._expected[carrier].get(provider_id)
        if message is not None:
            return Found(message)
        message = self._in_parts.message(carrier, provider_id)
        return None if message is None else Found(message, 1)

    def rematch_soon(self) -> None:
        """Look at parked receipts before their time: an answer came late, and named what some may be of."""
        self._soon.set()

    def _park(self, carrier: str, receipt: Receipt) -> Unclaimed:
        row = settle.parked(carrier, receipt, self._clock.now_ms())
        self._tally.add("report_unclaimed", carrier)
        self._parked.add(row)
        return row

    def _park_all(self, carrier: str, receipts: Sequence[Receipt], stored: Stored) -> None:
        self._writer.add([Park(rows=[self._park(carrier, one) for one in receipts])], lambda _: stored())

    async def _rematch_now_and_then(self) -> None:
        while True:
            try:
                await self.rematch()
            except Refused:
                log.warning("the store cannot be reached; parked receipts are tried again later")
            except Exception:  # worker edge: the rows are still there at the next turn
                log.exception("parked receipts could not be matched")
            try:
                await asyncio.wait_for(self._soon.wait(), REMATCH_EVERY_S)
            except TimeoutError:
                continue
            await asyncio.sleep(REMATCH_AFTER_MS / 1000)  # parked ones must have come to be that old
            self._soon.clear()
