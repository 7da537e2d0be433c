"""Counts receipts and replies by carrier as they come in, before anyone looks at them."""

from collections import Counter
from collections.abc import Callable, Sequence
from operator import attrgetter

from hongyan.carriers import Incoming, Receipt
from hongyan.model.tally import Tally
from hongyan.send.fleet import Wires

_state = attrgetter("state")


def counted(wires: Wires, tally: Tally) -> Wires:
    """Return wires that count what goes over them."""

    def reported(carrier: str, receipts: Sequence[Receipt], stored: Callable[[], None]) -> None:
        for state, times in Counter(map(_state, receipts)).items():
            tally.add("carrier_receipts", carrier, state, n=times)
        wires.reported(carrier, receipts, stored)

    def replied(carrier: str, replies: Sequence[Incoming], stored: Callable[[], None]) -> None:
        tally.add("carrier_replies", carrier, n=len(replies))
        wires.replied(carrier, replies, stored)

    return wires._replace(reported=reported, replied=replied)
