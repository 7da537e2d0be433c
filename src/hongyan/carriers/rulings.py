"""What a number in an answer to a submit means for the message: a table a protocol, and what an operator puts over it.

The words of the setting `statuses` are the same for every protocol.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from hongyan.carriers.pieces import Said
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.errors import Misconfigured

REMEMBERED_MOST = 1_000
"""numbers whose meaning is kept: a peer that makes them up must not fill memory"""


class Ruling(StrEnum):
    """What a status comes down to."""

    THROTTLE = "throttle"  # too fast, or a queue is full: pause, the try does not count
    AGAIN = "again"  # a passing trouble: another carrier, or later
    ELSEWHERE = "elsewhere"  # not a number that this carrier serves: another carrier, or later
    LINK = "link"  # the session, the account or its contract is at fault, not the message
    UNSURE = "unsure"
    NUMBER = "number"
    SENDER = "sender"
    CONTENT = "content"
    NEVER = "never"
    OURS = "ours"  # we said something that cannot be


class _Fate(NamedTuple):
    kind: CauseKind
    again: bool = False
    slow_down: bool = False
    unsure: bool = False


_FATES: dict[Ruling, _Fate] = {
    Ruling.THROTTLE: _Fate(CauseKind.LIMIT, again=True, slow_down=True),
    Ruling.AGAIN: _Fate(CauseKind.LIMIT, again=True),
    Ruling.ELSEWHERE: _Fate(CauseKind.NUMBER, again=True),
    Ruling.LINK: _Fate(CauseKind.CARRIER, again=True),
    Ruling.UNSURE: _Fate(CauseKind.CARRIER, unsure=True),
    Ruling.NUMBER: _Fate(CauseKind.NUMBER),
    Ruling.SENDER: _Fate(CauseKind.SENDER),
    Ruling.CONTENT: _Fate(CauseKind.CONTENT),
    Ruling.NEVER: _Fate(CauseKind.CARRIER),
    Ruling.OURS: _Fate(CauseKind.OURS),
}


class Rulings:
    """One carrier's reading of numbers. One that no table has: never."""

    def __init__(
        self,
        carrier: str,
        table: Mapping[int, Ruling],
        overrides: Mapping[str, Any],
        *,
        pause_ms: int,
        words: Callable[[int], tuple[str, str]],
    ) -> None:
        self._carrier, self._words = carrier, words
        self._pause_ms = pause_ms
        self._table = {**table, **_read(f"carrier {carrier}", overrides)}
        self._known: dict[int, Said] = {}

    def said(self, status: int) -> Said:
        """Return what a refused submit means."""
        known = self._known.get(status)
        if known is None:
            fate = _FATES[self._table.get(status, Ruling.NEVER)]
            cause = Cause(fate.kind, *self._words(status), self._carrier)
            known = Said(cause, self._pause_ms if fate.again else None, fate.slow_down, fate.unsure)
            if len(self._known) < REMEMBERED_MOST:
                self._known[status] = known
        return known

    def unreadable(self, why: object) -> Said:
        """Return what an answer means that cannot be read, or answers something else."""
        cause = Cause(CauseKind.CARRIER, "MALFORMED", f"the answer cannot be read: {why}", self._carrier)
        return Said(cause, unsure=True)


def _read(where: str, overrides: Mapping[str, Any]) -> dict[int, Ruling]:
    out = {}
    for text, word in overrides.items():
        try:
            status = int(text, 0)
        except ValueError:
            raise Misconfigured(where, f"statuses: {text!r} is no number such as 69 or 0x45.") from None
        if word not in set(Ruling) - {Ruling.OURS}:
            known = ", ".join(one for one in Ruling if one is not Ruling.OURS)
            raise Misconfigured(where, f"statuses: {word!r} is not one of {known}.")
        out[status] = Ruling(word)
    return out
