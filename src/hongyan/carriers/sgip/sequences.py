"""The sequences that number an SGIP carrier's requests and are the ids of its messages."""

from collections.abc import Callable
from itertools import count

from hongyan.carriers.china.outgoing import timestamp
from hongyan.model.clock import Clock
from hongyan.session import Key
from hongyan.wire import sgip

_COUNTER_BITS, _PROCESSES = 22, 1024


def minting(node: int, clock: Clock, process: int) -> Callable[[], Key]:
    """Return what makes sequences that are unique for months, over restarts and among the processes of one node.

    The third number holds the process in its upper ten bits, then a counter that begins where the clock stands.
    """
    first = clock.now_ms()
    upper = process % _PROCESSES << _COUNTER_BITS
    mask = (1 << _COUNTER_BITS) - 1
    counter = count(first)
    known = [-1, 0]

    def mint() -> Key:
        second = clock.now_ms() // 1000
        if second != known[0]:
            known[:] = second, timestamp(clock)
        return sgip.Sequence(node, known[1], upper | next(counter) & mask).octets()

    return mint
