"""1 on the road: a vendor's HTTP in, its words out. This file is the contract; read it first.

A dialect turns an `Exchange` into a `Submission` (or a question about messages), asks the desk (or the
reports), and writes the vendor's exact answer. It knows no other dialect, no store, no carrier, no secret.

What a handler does, in this order: read what the seal needs, `desk.identify(exchange, claim)`, read the rest,
`await desk.accept(caller, submission)`, write the answer. It raises `Refused` for anything it will not take;
the edge (`edge.py`) records that and asks the dialect for the vendor's words.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from hongyan.model.push import PushShape
from hongyan.model.reason import Reason
from hongyan.model.submission import Answer, Claim, Exchange, Item, Meant, Proof, Submission, Verdict

__all__ = ["Answer", "Claim", "Dialect", "Exchange", "Handler", "Item", "Meant", "Proof", "Submission", "Verdict"]

Handler = Callable[[Exchange], Awaitable[Answer]]


class Dialect(Protocol):
    """One vendor's HTTP API."""

    name: str
    endpoints: Mapping[str, Handler]
    """exact path -> handler; the handler itself refuses a wrong HTTP method"""
    prefixes: tuple[str, ...]
    """paths below these are ours to refuse when unknown"""

    @property
    def push(self) -> PushShape:
        """The vendor's words for receipts."""
        ...

    def mint(self) -> str:
        """Return a new request id in the vendor's shape."""
        ...

    def codes(self) -> Mapping[str, Meant]:
        """Return the vendor's codes of refusals, each with what it is said for."""
        ...

    def refusal(self, exchange: Exchange, reason: Reason, facts: Mapping[str, Any]) -> Answer:
        """Return the vendor's words for a refused request. Total over `Reason`; must never raise."""
        ...
