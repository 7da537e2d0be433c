"""What the code of a status report means for a message: built-in rows, and those that an operator sets for one carrier.

Only DELIVRD (SGIP: state 0) is ever a success. The same code means different things at different suppliers, so every
row can be replaced; the raw code stays in the Cause. Order: exact row, longest prefix row, the document's, failed.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from hongyan.carriers.fate import nearest
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.errors import Misconfigured
from hongyan.model.message import State
from hongyan.model.said import Said

IGNORED = "ignored"
ENDINGS = {str(state): state for state in (State.DELIVERED, State.UNDELIVERED, State.REJECTED, State.EXPIRED)}
ENDINGS |= {str(State.UNKNOWN): State.UNKNOWN}
WORDS = {word: word for word in (*ENDINGS, IGNORED)}
"""what a row of the setting `stats` may say"""
REMEMBERED_MOST = 1_000
"""codes whose meaning is kept: a peer that makes them up must not fill memory"""
LONGEST = 32
"""characters of a code that are kept"""
PREFIX = "*"
_KINDS = {State.DELIVERED: CauseKind.DELIVERED, State.EXPIRED: CauseKind.TIME}


class Meaning(NamedTuple):
    """What a code says of a message; no state: nothing yet, it is on its way."""

    state: State | None
    kind: CauseKind


class Outcome(NamedTuple):
    """A final state and why."""

    state: State
    cause: Cause


_ON_ITS_WAY = Meaning(None, CauseKind.CARRIER)
FAILED = Meaning(State.UNDELIVERED, CauseKind.CARRIER)

STATS: dict[str, Meaning] = {
    "": Meaning(State.UNKNOWN, CauseKind.CARRIER),
    # CMPP 3.0 §7.4.3.3, SMGP 3.0
    "DELIVRD": Meaning(State.DELIVERED, CauseKind.DELIVERED),
    "EXPIRED": Meaning(State.EXPIRED, CauseKind.TIME),
    "DELETED": FAILED,
    "UNDELIV": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "ACCEPTD": _ON_ITS_WAY,
    "UNKNOWN": Meaning(State.UNKNOWN, CauseKind.CARRIER),
    "REJECTD": Meaning(State.REJECTED, CauseKind.CARRIER),
    # the families before the colon: who made the error
    "MA": FAILED,
    "MB": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "MC": Meaning(State.UNKNOWN, CauseKind.CARRIER),
    "CA": FAILED,
    "CB": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "DA": FAILED,
    "DB": Meaning(State.UNDELIVERED, CauseKind.HANDSET),
    "IA": FAILED,
    "IB": FAILED,
    "IC": Meaning(State.UNKNOWN, CauseKind.CARRIER),
    # not in the document, seen at most gateways: what the home register and the switch say of the handset
    "MI": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "MK": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "MN": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
}


class Stats:
    """The rows of one carrier."""

    def __init__(
        self,
        carrier: str,
        own: Mapping[str, str],
        *,
        known: Mapping[str, Meaning] = STATS,
        words: Callable[[str], Said | None],
    ) -> None:
        self._carrier, self._known, self._words = carrier, known, words
        self._exact = {code: said for code, said in own.items() if not code.endswith(PREFIX)}
        self._prefixes = sorted(
            ((code.removesuffix(PREFIX), said) for code, said in own.items() if code.endswith(PREFIX)),
            key=lambda row: -len(row[0]),
        )
        self._outcomes: dict[str, Outcome | None] = {}

    def outcome(self, code: str) -> Outcome | None:
        """Return what a code ends a message with; None: nothing yet."""
        try:
            return self._outcomes[code]
        except KeyError:
            outcome = self._found(code)
            if len(self._outcomes) < REMEMBERED_MOST:
                self._outcomes[code] = outcome
            return outcome

    def _found(self, code: str) -> Outcome | None:
        meaning = self._known.get(code) or self._known.get(code.partition(":")[0], FAILED)
        own = self._own(code)
        if own is not None:
            state = ENDINGS.get(own)
            meaning = Meaning(state, meaning.kind if state is None else _kind(state, meaning))
        if meaning.state is None:
            return None
        said, shown = self._words(code), _shown(code)
        text = said.en if said is not None else f"the carrier reported {shown or 'nothing'}"
        return Outcome(meaning.state, Cause(meaning.kind, shown, text, self._carrier))

    def _own(self, code: str) -> str | None:
        said = self._exact.get(code)
        if said is None:
            said = next((said for prefix, said in self._prefixes if code.startswith(prefix)), None)
        return said if said is not None else self._exact.get(code.partition(":")[0])


def _shown(code: str) -> str:
    """Return a code as a Cause may hold it, whatever octets a gateway put there."""
    return "".join(char if char.isascii() and char.isprintable() and char != "|" else "?" for char in code)[:LONGEST]


def _kind(state: State, built_in: Meaning) -> CauseKind:
    """Return the kind that goes with a state an operator chose."""
    if built_in.state is state:
        return built_in.kind
    kind = _KINDS.get(state)
    if kind is not None:
        return kind
    return CauseKind.CARRIER if built_in.kind is CauseKind.DELIVERED else built_in.kind


def checked_stats(where: str, own: Mapping[str, str]) -> Mapping[str, str]:
    """Return the rows that an operator set. Raises Misconfigured for a word that is none."""
    for code, said in own.items():
        if said not in WORDS:
            raise Misconfigured(where, f"stats: {code!r} cannot become {said!r}.", nearest(str(said), WORDS))
    return own
