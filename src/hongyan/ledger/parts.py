"""The end of a message that went in parts, from what is known of each. Pure; the matcher and the sweep ask here."""

from collections.abc import Sequence

from hongyan.ledger.settlement import Ending
from hongyan.model.cause import Cause, CauseKind, parse_cause
from hongyan.model.message import State
from hongyan.store.ops import Part

NO_RECEIPT = Cause(CauseKind.TIME, "NO-RECEIPT", "no receipt came in time", "hongyan")
_BETTER_FIRST = (State.DELIVERED, State.UNKNOWN, State.EXPIRED, State.REJECTED, State.UNDELIVERED)
_BADNESS = {state: place for place, state in enumerate(_BETTER_FIRST)}


def summed(parts: Sequence[Part], given_up_at: int | None = None) -> Ending | None:
    """Return how the message ended: delivered when every part was, else as its worst part did, which is named.

    None while receipts are awaited; with `given_up_at` a part without one counts as unknown. None for no parts at all.
    """
    said_all = all(part.state is not None for part in parts)
    if not parts or not (said_all or given_up_at is not None):
        return None
    worst = max(parts, key=lambda part: _BADNESS[_state(part)])  # the first of those that are equally bad
    said_at = [part.at for part in parts if part.at is not None]
    last = max(said_at, default=None)
    cause = parse_cause(worst.cause) if worst.cause else NO_RECEIPT
    if _state(worst) is not State.DELIVERED:
        cause = cause._replace(text=f"part {worst.number} of {worst.total}: {cause.text or worst.state}")
    at = last if said_all else given_up_at
    assert at is not None
    return Ending(_state(worst), cause, at, handed=True, received_at=last)


def _state(part: Part) -> State:
    return State.UNKNOWN if part.state is None else part.state
