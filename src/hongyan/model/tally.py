"""Counters that every folder may add to; `/metrics` reads them. Adding costs one dictionary update."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple


class Metric(NamedTuple):
    """A declared metric: its docs and its labels."""

    help: str
    labels: tuple[str, ...] = ()
    gauge: bool = False
    histogram: bool = False
    """seconds, counted by BUCKETS_S"""


BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
SUM = "sum"
"""where a histogram's sum of seconds stands among its buckets"""

METRICS: dict[str, Metric] = {
    "api_requests": Metric("Requests answered", ("dialect", "action", "outcome")),
    "api_refused": Metric("Requests and items refused", ("dialect", "reason")),
    "api_refused_unrecorded": Metric(
        "Refusals that were answered but not kept, because too many waited or the store was away"
    ),
    "accept_messages": Metric("Messages accepted", ("dialect",)),
    "accept_backlog": Metric("Messages waiting to be handed over", gauge=True),
    "send_handed": Metric("Messages a carrier took", ("carrier",)),
    "send_again": Metric("Hand-overs put off", ("carrier", "cause")),
    "send_unsure": Metric("Hand-overs whose answer was lost", ("carrier",)),
    "send_under_way": Metric("Messages handed over and not yet answered", ("carrier",), gauge=True),
    "send_results": Metric(
        "Hand-overs that a carrier did not take: again, throttled, never or unsure, with the code it gave",
        ("carrier", "result", "code"),
    ),
    "send_answer_seconds": Metric(
        "From a hand-over to its answer; of each batch one is timed", ("carrier",), histogram=True
    ),
    "send_waiting": Metric("Messages in memory that wait for a carrier", ("carrier",), gauge=True),
    "send_oldest_waiting_seconds": Metric(
        "Age of the message that waits longest in memory for a carrier, since it was accepted", ("carrier",), gauge=True
    ),
    "send_window": Metric("Messages that may be under way with a carrier at a time", ("carrier",), gauge=True),
    "send_pace": Metric("Messages a second that a carrier is fed at most; 0: no limit", ("carrier",), gauge=True),
    "send_running": Metric(
        "Whether an operator lets a carrier take messages: 1, or 0 while it is stopped", ("carrier",), gauge=True
    ),
    "carrier_links": Metric("A carrier's connections by state", ("carrier", "state"), gauge=True),
    "carrier_links_unanswered": Metric(
        "Requests on a carrier's connections that are not answered yet", ("carrier",), gauge=True
    ),
    "carrier_receipts": Metric("Receipts that came from a carrier", ("carrier", "state")),
    "carrier_replies": Metric("Replies, or pieces of them, that came from a carrier", ("carrier",)),
    "smpp_sessions": Metric("Sessions that a customer has bound to the SMPP server", ("key",), gauge=True),
    "report_settled": Metric("Messages that reached a final state", ("state",)),
    "report_unclaimed": Metric("Receipts that matched no message when they came", ("carrier",)),
    "report_replies": Metric("Replies kept, each once", ("carrier",)),
    "report_repeated": Metric("Receipts for messages already settled", ("carrier",)),
    "push_calls": Metric("Calls made to callers' addresses", ("dialect", "outcome")),
    "store_commits": Metric("Group commits"),
    "store_operations": Metric("Operations committed"),
    "connections_refused": Metric("Connections closed for being over a limit", ("limit",)),
}


class Tally:
    """All counters of one running program."""

    def __init__(self) -> None:
        self.values: defaultdict[tuple[str, ...], float] = defaultdict(int)
        self.before_reading: list[Callable[[], None]] = []
        """called by whoever reads: sets the gauges that nobody keeps"""

    def read(self) -> dict[tuple[str, ...], float]:
        """Return everything counted, with fresh gauges."""
        for call in self.before_reading:
            call()
        return dict(self.values)

    def add(self, name: str, *labels: str, n: int = 1) -> None:
        """Add to a counter declared in METRICS, labels in the declared order."""
        self.values[(name, *labels)] += n

    def set(self, name: str, *labels: str, n: float) -> None:
        """Set a gauge declared in METRICS."""
        self.values[(name, *labels)] = n

    def clear(self, name: str) -> None:
        """Forget all values of a gauge: what it told of may be gone."""
        for key in [key for key in self.values if key[0] == name]:
            del self.values[key]

    def observe(self, name: str, *labels: str, seconds: float) -> None:
        """Count a time in a histogram declared in METRICS."""
        place = bisect_left(BUCKETS_S, seconds)
        bucket = str(BUCKETS_S[place]) if place < len(BUCKETS_S) else "+Inf"
        self.values[(name, *labels, bucket)] += 1
        self.values[(name, *labels, SUM)] += seconds
