"""Matches receipts to messages and settles them; what matches nothing is kept, never dropped.

A receipt may come before the answer that would name its message, twice, late, or for nobody. It is acknowledged to
the carrier (`stored`) only after what it says is on disk. The decision what an ending costs and who is told is
settle.py's; this file only finds the message.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from hongyan.carriers import Receipt
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import FINAL, Message
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.report import settle
from hongyan.store import Store
from hongyan.store.ops import Op, Park, Settle, Unclaimed, Unpark
from hongyan.store.ordered import OrderedWriter

EXPECTED_MOST = 200_000
"""messages kept in memory a carrier; the store knows the others"""
PARKED_MOST = 10_000
REMATCH_EVERY_S = 30.0
REMATCH_AFTER_MS = 2_000
TROUBLE_PAUSE_S = 0.5

Stored = Callable[[], None]

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
        on_pushes: Callable[[], None],
    ) -> None:
        self._store = store
        self._writer = writer
        self._world = world
        self._clock = clock
        self._mint = mint
        self._tally = tally
        self._on_pushes = on_pushes
        self._expected: defaultdict[str, dict[str, Message]] = defaultdict(dict)
        self._parked: dict[tuple[str, str], list[Unclaimed]] = {}
        self._seeking: list[tuple[str, Sequence[Receipt], Stored]] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.seeking = 0
        """receipts whose message is being sought in the store"""

    async def start(self) -> None:
        """Remember parked receipts from earlier; begin to seek messages that memory does not know."""
        for row in await self._store.unclaimed(PARKED_MOST):
            self._parked.setdefault((row.carrier, row.provider_id), []).append(row)
        self._tasks = [
            asyncio.create_task(self._seek(), name="matcher"),
            asyncio.create_task(self._rematch_now_and_then(), name="rematch"),
        ]

    async def stop(self) -> None:
        """End. Receipts still being sought were never acknowledged: their carrier says them again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def expect(self, carrier: str, handed: Sequence[tuple[Message, str]]) -> None:
        """Remember messages under the carrier's ids; settle those whose receipt was there first."""
        expected = self._expected[carrier]
        for message, provider_id in handed:
            expected[provider_id] = message
        if self._parked:
            for message, provider_id in handed:
                rows = self._parked.pop((carrier, provider_id), None)
                if rows is not None:
                    self._claim(carrier, message, rows)
        excess = len(expected) - EXPECTED_MOST
        if excess > 0:
            for provider_id in list(expected)[:excess]:
                del expected[provider_id]

    def reported(self, carrier: str, receipts: Sequence[Receipt], stored: Stored) -> None:
        """Settle the messages of these receipts; `stored` is called when all of them are on disk."""
        expected = self._expected[carrier]
        world, mint = self._world(), self._mint
        ops: list[Op] = []
        found: list[tuple[Message, Receipt]] = []
        missing: list[Receipt] = []
        for receipt in receipts:
            message = expected.get(receipt.provider_id)
            if message is None:
                missing.append(receipt)
            else:
                found.append((message, receipt))
                ops.append(settle.settled(message, receipt, world, mint))
        if missing:
            countdown = _Countdown(2 if ops else 1, stored)
            self._seeking.append((carrier, missing, countdown.step))
            self.seeking += len(missing)
            self._wake.set()
            stored = countdown.step
        if ops:
            self._writer.add(ops, self._when_settled(carrier, ops, found, stored))

    async def rematch(self) -> int:
        """Try parked receipts again, those that other processes parked included. Returns how many found a message."""
        rows = await self._store.unclaimed(PARKED_MOST)
        oldest = self._clock.now_ms() - REMATCH_AFTER_MS
        by_carrier: defaultdict[str, defaultdict[str, list[Unclaimed]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            if row.at <= oldest:
                by_carrier[row.carrier][row.provider_id].append(row)
        matched = 0
        for carrier, by_id in by_carrier.items():
            messages = await self._store.by_provider(carrier, list(by_id))
            for provider_id, message in messages.items():
                self._parked.pop((carrier, provider_id), None)
                self._claim(carrier, message, by_id[provider_id])
                matched += 1
        return matched

    def _claim(self, carrier: str, message: Message, rows: Sequence[Unclaimed]) -> None:
        """Settle a message with its parked receipts: the first counts, the others are repeats."""
        receipts = [settle.unparked(row) for row in rows]
        provider_id = rows[0].provider_id
        unpark = Unpark(carrier=carrier, provider_ids=[provider_id])
        if message.state in FINAL:
            self._tally.add("report_repeated", carrier, n=len(receipts))
            self._writer.add([*(settle.repeated(message, receipt) for receipt in receipts), unpark])
            return
        world = self._world()
        ops: list[Op] = [settle.settled(message, receipt, world, self._mint) for receipt in receipts]
        found = [(message, receipt) for receipt in receipts]
        early = settle.noted(message, "receipt-early", receipts[0], "it came before the answer to the hand-over")
        self._writer.add([*ops, unpark, early], self._when_settled(carrier, ops, found, _no_one))

    def _when_settled(
        self, carrier: str, ops: Sequence[Op], found: Sequence[tuple[Message, Receipt]], stored: Stored
    ) -> Callable[[Sequence[Any]], None]:
        """Return what happens once these settlements are on disk: count, wake the pusher, acknowledge."""

        def done(results: Sequence[Any]) -> None:
            repeated: list[tuple[Message, Receipt]] = []
            pushes = False
            expected = self._expected[carrier]
            for op, pair, moves in zip(ops, found, results, strict=False):  # an Unpark may follow the settlements
                assert type(op) is Settle
                expected.pop(pair[1].provider_id, None)  # not before: a repeat may come while this was being written
                if moves:
                    pushes = pushes or op.push is not None
                    self._tally.add("report_settled", op.state)
                else:
                    repeated.append(pair)
            if pushes:
                self._on_pushes()
            if not repeated:
                stored()
                return
            self._tally.add("report_repeated", carrier, n=len(repeated))
            notes = [settle.noted(message, "receipt-twice", receipt) for message, receipt in repeated]
            self._writer.add(notes, lambda _: stored())

        return done

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
        expected, world = self._expected[carrier], self._world()
        settles: list[Op] = []
        found: list[tuple[Message, Receipt]] = []
        others: list[Op] = []
        rows: list[Unclaimed] = []
        for receipt in receipts:
            # the answer may have come while the store was asked
            message = expected.get(receipt.provider_id) or known.get(receipt.provider_id)
            if message is None:
                rows.append(self._park(carrier, receipt))
            elif message.state in FINAL:
                self._tally.add("report_repeated", carrier)
                others.append(settle.repeated(message, receipt))
            else:
                found.append((message, receipt))
                settles.append(settle.settled(message, receipt, world, self._mint))
        if rows:
            others.append(Park(rows=rows))
        countdown = _Countdown(bool(settles) + bool(others), stored)
        if others:
            self._writer.add(others, lambda _: countdown.step())
        if settles:
            self._writer.add(settles, self._when_settled(carrier, settles, found, countdown.step))

    def _park(self, carrier: str, receipt: Receipt) -> Unclaimed:
        row = settle.parked(carrier, receipt, self._clock.now_ms())
        self._tally.add("report_unclaimed", carrier)
        if len(self._parked) < PARKED_MOST:
            rows = self._parked.setdefault((carrier, receipt.provider_id), [])
            if all(known.state != row.state for known in rows):
                rows.append(row)
        return row

    async def _rematch_now_and_then(self) -> None:
        while True:
            try:
                await self.rematch()
            except Refused:
                log.warning("the store cannot be reached; parked receipts are tried again later")
            except Exception:  # worker edge: the rows are still there at the next turn
                log.exception("parked receipts could not be matched")
            await asyncio.sleep(REMATCH_EVERY_S)


class _Countdown:
    """Calls back after so many steps: receipts of one report are stored in several ways."""

    def __init__(self, steps: int, done: Stored) -> None:
        self._left = steps
        self._done = done

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._done()


def _no_one() -> None:
    """Nobody waits: parked receipts were acknowledged when they were parked."""
