"""What a carrier would say of a state that somebody asked for: the Stat, its class and its words. Pure.

For rules and triggers, where a person names the ending; what real carriers say is read by their own tables.
"""

from hongyan.carriers.china.stats import FAILED, STATS
from hongyan.carriers.fate import Ending
from hongyan.model.cause import CauseKind
from hongyan.model.message import State
from hongyan.wire.stat import explain_stat

LONGEST_CODE = 32
USUAL: dict[State, str] = {
    State.DELIVERED: "DELIVRD",
    State.UNDELIVERED: "UNDELIV",
    State.REJECTED: "REJECTD",
    State.EXPIRED: "EXPIRED",
    State.UNKNOWN: "UNKNOWN",
}
"""the states a receipt may say, with the Stat that says it when no other is asked for"""
_KINDS = {State.DELIVERED: CauseKind.DELIVERED, State.EXPIRED: CauseKind.TIME}


def ending(state: State, code: str = "", text: str = "") -> Ending:
    """Return what the receipt says. `code` and `text`: the carrier's word and sentence, the usual ones when ""."""
    code = code or USUAL[state]
    meaning = STATS.get(code) or STATS.get(code.partition(":")[0], FAILED)
    kind = meaning.kind if meaning.state is state else _KINDS.get(state, CauseKind.CARRIER)
    said = explain_stat(code)
    return Ending(state, kind, code, text or (said.en if said is not None else f"the carrier reported {code}"))


def is_sayable(code: str) -> bool:
    """Return whether a code can be a carrier's word: short, visible ASCII, no bar."""
    return len(code) <= LONGEST_CODE and code.isascii() and code.isprintable() and not set(code) & set("| ")
