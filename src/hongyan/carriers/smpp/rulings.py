"""What each command status of an SMSC means for a message, in one table."""

from collections.abc import Mapping
from typing import Any

from hongyan.carriers.rulings import Ruling, Rulings
from hongyan.wire.smpp.statuses import status_name, status_sentence

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


def rulings(carrier: str, overrides: Mapping[str, Any], pause_ms: int) -> Rulings:
    """Return one carrier's reading of statuses. Raises Misconfigured."""
    return Rulings(
        carrier,
        RULINGS,
        overrides,
        pause_ms=pause_ms,
        words=lambda status: (status_name(status), status_sentence(status)),
    )
