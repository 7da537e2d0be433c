"""What each command status of an SMSC means for a message: one table, and what an operator puts over it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from hongyan.carriers.pieces import Said
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.errors import Misconfigured
from hongyan.wire.smpp.statuses import status_name, status_sentence


class Ruling(StrEnum):
    """What a status comes down to."""

    THROTTLE = "throttle"  # too fast, or a queue is full: pause, the try does not count
    AGAIN = "again"  # a passing trouble: another carrier, or later
    LINK = "link"  # the session or the account is at fault, not the message
    UNSURE = "unsure"
    NUMBER = "number"
    SENDER = "sender"
    CONTENT = "content"
    NEVER = "never"
    OURS = "ours"  # we said something that cannot be


RULINGS: dict[int, Ruling] = {
    0x01: Ruling.CONTENT,
    0x02: Ruling.OURS,
    0x03: Ruling.OURS,
    0x04: Ruling.LINK,
    0x05: Ruling.LINK,
    0x06: Ruling.OURS,
    0x07: Ruling.OURS,
    0x08: Ruling.AGAIN,
    0x0A: Ruling.SENDER,
    0x0B: Ruling.NUMBER,
    0x0D: Ruling.LINK,
    0x0E: Ruling.LINK,
    0x0F: Ruling.LINK,
    0x14: Ruling.THROTTLE,
    0x15: Ruling.OURS,
    0x33: Ruling.NUMBER,
    0x43: Ruling.CONTENT,
    0x45: Ruling.CONTENT,
    0x48: Ruling.SENDER,
    0x49: Ruling.SENDER,
    0x50: Ruling.NUMBER,
    0x51: Ruling.NUMBER,
    0x53: Ruling.LINK,
    0x58: Ruling.THROTTLE,
    0x61: Ruling.OURS,
    0x62: Ruling.OURS,
    0x64: Ruling.THROTTLE,
    0x65: Ruling.NEVER,
    0x66: Ruling.CONTENT,
    0xC0: Ruling.OURS,
    0xC1: Ruling.OURS,
    0xC2: Ruling.OURS,
    0xC3: Ruling.OURS,
    0xC4: Ruling.OURS,
    0xFE: Ruling.NEVER,
    0xFF: Ruling.NEVER,
}
"""Command status -> what it comes down to (SMPP 3.4 §5.1.3); one that is not here: never."""


class _Fate(NamedTuple):
    kind: CauseKind
    again: bool = False
    slow_down: bool = False
    unsure: bool = False


_FATES: dict[Ruling, _Fate] = {
    Ruling.THROTTLE: _Fate(CauseKind.LIMIT, again=True, slow_down=True),
    Ruling.AGAIN: _Fate(CauseKind.LIMIT, again=True),
    Ruling.LINK: _Fate(CauseKind.CARRIER, again=True),
    Ruling.UNSURE: _Fate(CauseKind.CARRIER, unsure=True),
    Ruling.NUMBER: _Fate(CauseKind.NUMBER),
    Ruling.SENDER: _Fate(CauseKind.SENDER),
    Ruling.CONTENT: _Fate(CauseKind.CONTENT),
    Ruling.NEVER: _Fate(CauseKind.CARRIER),
    Ruling.OURS: _Fate(CauseKind.OURS),
}


class Rulings:
    """One carrier's reading of statuses."""

    def __init__(self, carrier: str, overrides: Mapping[str, Any], pause_ms: int) -> None:
        self._carrier = carrier
        self._pause_ms = pause_ms
        self._table = RULINGS | _read(f"carrier {carrier}", overrides)

    def said(self, status: int) -> Said:
        """Return what a refused submit means."""
        fate = _FATES[self._table.get(status, Ruling.NEVER)]
        cause = Cause(fate.kind, status_name(status), status_sentence(status), self._carrier)
        return Said(cause, self._pause_ms if fate.again else None, fate.slow_down, fate.unsure)


def _read(where: str, overrides: Mapping[str, Any]) -> dict[int, Ruling]:
    out = {}
    for text, word in overrides.items():
        try:
            status = int(text, 0)
        except ValueError:
            raise Misconfigured(where, f"statuses: {text!r} is no number such as 0x45.") from None
        if word not in set(Ruling) - {Ruling.OURS}:
            known = ", ".join(one for one in Ruling if one is not Ruling.OURS)
            raise Misconfigured(where, f"statuses: {word!r} is not one of {known}.")
        out[status] = Ruling(word)
    return out
