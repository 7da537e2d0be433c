"""What follows once endings are on disk: they are counted, told of, and their receipts acknowledged. The matcher's last
step; it finds no messages and decides nothing about them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from hongyan.carriers import Receipt
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.report import settle
from hongyan.report.settle import Stored
from hongyan.report.told import Teller, promised_of, told_when_ended
from hongyan.store.ops import PushRow, Settle
from hongyan.store.ordered import OrderedWriter


class Endings:
    """`teller`: who tells from memory; without one every push is read from the store."""

    def __init__(
        self,
        writer: OrderedWriter,
        tally: Tally,
        on_pushes: Callable[[Sequence[PushRow]], None],
        teller: Teller | None,
    ) -> None:
        self._writer, self._tally, self._on_pushes, self._teller = writer, tally, on_pushes, teller

    def when_settled(
        self,
        carrier: str,
        ops: Sequence[Settle],
        found: Sequence[tuple[Message, Receipt]],
        expected: dict[str, Message],
        stored: Stored,
    ) -> Callable[[Sequence[Any]], None]:
        """Return what to do with the results of these settlements; ask before they are written."""
        promised = promised_of(self._teller, ops, found)

        def done(results: Sequence[Any]) -> None:
            repeated: list[tuple[Message, Receipt]] = []
            pushes: list[PushRow] = []
            kept: list[tuple[PushRow, Message]] = []
            settled: dict[State, int] = {}
            for op, pair, moves in zip(ops, found, results, strict=False):  # an Unpark may follow the settlements
                expected.pop(pair[1].provider_id, None)  # not before: a repeat may come while this was being written
                if not moves:
                    repeated.append(pair)
                    continue
                settled[op.state] = settled.get(op.state, 0) + 1
                if op.push is None:
                    continue
                if op.push.id in promised:
                    kept.append((op.push, told_when_ended(pair[0], op)))
                else:
                    pushes.append(op.push)
            if repeated:
                self._tally.add("report_repeated", carrier, n=len(repeated))
                notes = [settle.noted(message, "receipt-twice", receipt) for message, receipt in repeated]
                self._writer.add(notes, lambda _: stored())
            else:
                stored()
            for state, n in settled.items():
                self._tally.add("report_settled", state, n=n)
            if promised and self._teller is not None:
                self._teller.keep(kept, len(promised))
            if pushes:
                self._on_pushes(pushes)

        return done
