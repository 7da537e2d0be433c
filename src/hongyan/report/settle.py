"""What a receipt means for its message, as operations. Pure; the matcher finds the message and writes them."""

from collections.abc import Callable

from hongyan.carriers import Receipt
from hongyan.ledger.settlement import Ending, settlement
from hongyan.model.cause import parse_cause
from hongyan.model.message import Message, State
from hongyan.model.world import World
from hongyan.store.ops import Event, Note, PartReported, Settle, Unclaimed

Stored = Callable[[], None]
"""tells the carrier that what it said is on disk"""


class Countdown:
    """Calls back after so many steps: receipts of one report are stored in several ways."""

    def __init__(self, steps: int, done: Stored) -> None:
        self._left = steps
        self._done = done

    def step(self) -> None:
        """Note that one of them is on disk."""
        self._left -= 1
        if self._left == 0:
            self._done()


def nobody() -> None:
    """Nobody waits: parked receipts were acknowledged when they were parked."""


def settled(message: Message, receipt: Receipt, world: World, mint: Callable[[], int]) -> Settle:
    """Return the operation that ends a message as its carrier said."""
    ending = Ending(
        state=receipt.state,
        cause=receipt.cause,
        at=receipt.received_at,
        handed=True,
        received_at=receipt.received_at,
        rendered=receipt.rendered,
    )
    return settlement(message, ending, world, mint)


def part_reported(carrier: str, receipt: Receipt) -> PartReported:
    """Return the operation that writes down what a carrier said of one part."""
    return PartReported(
        carrier=carrier,
        provider_id=receipt.provider_id,
        state=receipt.state,
        cause=receipt.cause.joined(),
        at=receipt.received_at,
    )


def repeated(message: Message, receipt: Receipt) -> Note:
    """Return the event for a receipt whose message has ended already: late when we had given up, else a repeat."""
    if message.state is State.UNKNOWN:
        return noted(message, "receipt-late", receipt, "the message had been closed as unknown, which stands")
    agrees = "as before" if receipt.state is message.state else f"the message ended {message.state}, which stands"
    return noted(message, "receipt-twice", receipt, agrees)


def noted(message: Message, kind: str, receipt: Receipt, remark: str = "") -> Note:
    """Return an event that tells of a receipt."""
    text = f"{receipt.state}: {receipt.cause.joined()}" + (f"; {remark}" if remark else "")
    return Note(events=[Event(message_id=message.id, at=receipt.received_at, kind=kind, text=text)])


def parked(carrier: str, receipt: Receipt, now_ms: int) -> Unclaimed:
    """Return the row that keeps a receipt which matches nothing yet."""
    return Unclaimed(
        carrier=carrier,
        provider_id=receipt.provider_id,
        at=now_ms,
        state=receipt.state,
        cause=receipt.cause.joined(),
        received_at=receipt.received_at,
        rendered=receipt.rendered,
        spellings=" ".join(receipt.spellings) or None,
        number=receipt.number or None,
    )


def unparked(row: Unclaimed) -> Receipt:
    """Return the receipt that a row keeps."""
    return Receipt(
        provider_id=row.provider_id,
        state=row.state,
        cause=parse_cause(row.cause),
        received_at=row.received_at,
        rendered=row.rendered,
        spellings=tuple(row.spellings.split()) if row.spellings else (),
        number=row.number or "",
    )
