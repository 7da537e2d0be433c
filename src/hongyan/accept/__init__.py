"""2 on the road: say yes or no, and write it down.

`desk.py` holds the list of steps and the one transaction at its end; `steps.py` the steps.
"""

from typing import Protocol

from hongyan.model.errors import Refused
from hongyan.model.submission import Claim, Exchange, Submission, Verdict
from hongyan.model.world import Caller

__all__ = ["Desk"]


class Desk(Protocol):
    """What a dialect asks."""

    def identify(self, exchange: Exchange, claim: Claim) -> Caller:
        """Return who is calling, once their seal, clock, nonce, address and pace have passed.

        Raises Refused: MISSING_SEAL is the dialect's own to find; here UNKNOWN_KEY, DISABLED_KEY,
        PROJECT_CLOSED, CLOCK_SKEW, BAD_SEAL, NONCE_USED, ADDRESS_REFUSED, TOO_FAST.
        """
        ...

    async def accept(self, caller: Caller, submission: Submission) -> list[Verdict]:
        """Return one verdict per item, in order, after what was accepted is on disk.

        Raises Refused for what concerns the whole request (UNKNOWN_APP, NO_BALANCE for all, OVERLOADED), and,
        with `submission.whole`, for the first item refused.
        """
        ...

    def record(self, exchange: Exchange, refused: Refused, position: int | None = None) -> None:
        """Keep a refusal so that `hongyan show REQUEST-ID` can explain it. Never blocks, never raises."""
        ...
