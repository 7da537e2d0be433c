"""Counters that every folder may add to; `/metrics` reads them. Adding costs one dictionary update."""

from collections import defaultdict
from typing import NamedTuple


class Metric(NamedTuple):
    """A declared metric: its docs and its labels."""

    help: str
    labels: tuple[str, ...] = ()
    gauge: bool = False


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
    "report_settled": Metric("Messages that reached a final state", ("state",)),
    "report_unclaimed": Metric("Receipts that matched no message when they came", ("carrier",)),
    "report_repeated": Metric("Receipts for messages already settled", ("carrier",)),
    "push_calls": Metric("Calls made to callers' addresses", ("dialect", "outcome")),
    "store_commits": Metric("Group commits"),
    "store_operations": Metric("Operations committed"),
    "connections_refused": Metric("Connections closed for being over a limit", ("limit",)),
}


class Tally:
    """All counters of one running program."""

    def __init__(self) -> None:
        self.values: defaultdict[tuple[str, ...], int] = defaultdict(int)

    def add(self, name: str, *labels: str, n: int = 1) -> None:
        """Add to a counter declared in METRICS, labels in the declared order."""
        self.values[(name, *labels)] += n

    def set(self, name: str, *labels: str, n: int) -> None:
        """Set a gauge declared in METRICS."""
        self.values[(name, *labels)] = n
