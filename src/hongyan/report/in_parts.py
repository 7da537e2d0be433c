"""Receipts of messages that went in parts: each is written down, and the last one ends the message.

The rows of the parts are the truth. A crash between a part's receipt and the end it completes heals by itself: the
receipt was not acknowledged and comes again, or the sweep looks at the parts before it gives the message up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from hongyan.carriers import Receipt
from hongyan.ledger.parts import summed
from hongyan.ledger.settlement import settlement
from hongyan.model.message import Message
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.report import settle
from hongyan.report.settle import Countdown, Stored
from hongyan.store.ops import Op, Part, PushRow, Settle
from hongyan.store.ordered import OrderedWriter

EXPECTED_MOST = 200_000
"""ids of parts kept in memory a carrier; the store knows the others"""

Pair = tuple[Message, Receipt]


class InParts:
    """Messages in memory by the ids of their parts, and what happens to a part's receipt."""

    def __init__(
        self,
        *,
        writer: OrderedWriter,
        world: Callable[[], World],
        mint: Callable[[], int],
        tally: Tally,
        on_pushes: Callable[[Sequence[PushRow]], None],
        on_strange: Callable[[str, Sequence[Receipt], Stored], None],
    ) -> None:
        self._writer, self._world, self._mint, self._tally = writer, world, mint, tally
        self._on_pushes, self._on_strange = on_pushes, on_strange
        self._messages: defaultdict[str, dict[str, Message]] = defaultdict(dict)

    def expect(self, carrier: str, message: Message, part_ids: Sequence[str]) -> None:
        """Remember a message under the ids of its parts."""
        messages = self._messages[carrier]
        for provider_id in part_ids:
            messages[provider_id] = message
        excess = len(messages) - EXPECTED_MOST
        if excess > 0:
            for provider_id in list(messages)[:excess]:
                del messages[provider_id]

    def message(self, carrier: str, provider_id: str, now_ms: int = 0) -> Message | None:
        """Return the message that has a part of that id, if memory knows it and it is good for longer than that."""
        messages = self._messages.get(carrier)
        message = messages.get(provider_id) if messages else None
        return message if message is not None and message.expires_at > now_ms else None

    def by_carrier(self) -> Iterable[dict[str, Message]]:
        """Return what is in memory: messages by the ids of their parts, carrier by carrier."""
        return self._messages.values()

    def report(self, carrier: str, found: Sequence[Pair], stored: Stored, then: Sequence[Op] = ()) -> None:
        """Write what was said of parts, and end the messages of which all parts are known now.

        `then` is written after that, and only if the parts are known to the store.
        """
        ops = [settle.part_reported(carrier, receipt) for _, receipt in found]

        def written(results: Sequence[Any]) -> None:
            if any(result is None for result in results):
                return  # the store could not take it: not acknowledged, so the carrier says it again
            known = [(pair, parts) for pair, parts in zip(found, results, strict=True) if parts]
            strange = [pair[1] for pair, parts in zip(found, results, strict=True) if not parts]
            countdown = Countdown(bool(known) + bool(strange), stored)
            if strange:
                for receipt in strange:
                    self._messages[carrier].pop(receipt.provider_id, None)
                self._on_strange(carrier, strange, countdown.step)
            if known:
                self._end(carrier, known, countdown.step, then)

        self._writer.add(ops, written)

    def _end(self, carrier: str, known: Sequence[tuple[Pair, list[Part]]], stored: Stored, then: Sequence[Op]) -> None:
        """End the messages that are complete; note what was said of a part before."""
        world = self._world()
        ends: dict[int, _End] = {}
        twice: list[Op] = []
        for (message, receipt), parts in known:
            ending = summed(parts) if message.id not in ends else None
            if ending is not None:
                ends[message.id] = _End(message, receipt, parts, settlement(message, ending, world, self._mint))
            elif message.id in ends or _was_known(parts, receipt):
                twice.append(self._repeated(carrier, message, receipt, parts))
        complete = list(ends.values())
        ops: list[Op] = [end.op for end in complete]
        ops += [*twice, *then]
        if ops:
            self._writer.add(ops, lambda results: self._ended(carrier, complete, results, stored))
        else:
            stored()

    def _ended(self, carrier: str, complete: Sequence["_End"], results: Sequence[Any], stored: Stored) -> None:
        """Count what ended, wake the pusher, acknowledge."""
        pushes: list[PushRow] = []
        late: list[Op] = []
        for end, moved in zip(complete, results, strict=False):  # what follows the endings has no say
            for part in end.parts:
                self._messages[carrier].pop(part.provider_id, None)
            if moved:
                self._tally.add("report_settled", end.op.state)
                if end.op.push is not None:
                    pushes.append(end.op.push)
            else:
                late.append(self._repeated(carrier, end.message, end.receipt, end.parts))
        if pushes:
            self._on_pushes(pushes)
        if late:
            self._writer.add(late, lambda _: stored())
        else:
            stored()

    def _repeated(self, carrier: str, message: Message, receipt: Receipt, parts: Sequence[Part]) -> Op:
        self._tally.add("report_repeated", carrier)
        part = next((one for one in parts if one.provider_id == receipt.provider_id), None)
        which = f"part {part.number} of {part.total}" if part is not None else ""
        return settle.noted(message, "receipt-twice", receipt, which)


class _End(NamedTuple):
    """A message of which all parts are known, and the operation that ends it."""

    message: Message
    receipt: Receipt
    parts: list[Part]
    op: Settle


def _was_known(parts: Sequence[Part], receipt: Receipt) -> bool:
    """Return whether something else was said of the part before."""
    return all(
        (part.state, part.at) != (receipt.state, receipt.received_at)
        for part in parts
        if part.provider_id == receipt.provider_id
    )
