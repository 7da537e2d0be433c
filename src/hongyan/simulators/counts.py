"""What a listening gateway has done, counted: the summary on the terminal, in JSON and on the control port."""

from typing import Any

import msgspec
from msgspec import Struct


class Counts(Struct, kw_only=True):
    """Since the start."""

    links: int = 0
    """logged in now"""
    turned_away: int = 0
    """log-ins that failed"""
    submitted: int = 0
    accepted: int = 0
    refused: int = 0
    throttled: int = 0
    silent: int = 0
    """submits that were not answered, or not properly"""
    receipts: int = 0
    """given"""
    replies: int = 0
    """given, in pieces"""
    acknowledged: int = 0
    waiting: int = 0
    """receipts and replies that nobody has taken yet"""
    dropped: int = 0
    """receipts and replies that nobody took in time, or that were too many"""
    malformed: int = 0

    def shown(self) -> dict[str, Any]:
        """Return all of it by name."""
        return msgspec.structs.asdict(self)


def line(counts: Counts, before: Counts, seconds: float) -> str:
    """Return one line for people: what there is now, and how fast since `before`."""
    per_s = (counts.submitted - before.submitted) / seconds if seconds else 0.0
    words = [
        f"{per_s:,.0f}/s",
        f"{counts.links} bound",
        f"{counts.accepted:,} accepted",
        f"{counts.receipts:,} receipts",
    ]
    others = {"refused": counts.refused, "throttled": counts.throttled, "unanswered": counts.silent}
    others |= {"replies": counts.replies, "waiting": counts.waiting, "dropped": counts.dropped}
    words += [f"{number:,} {name}" for name, number in others.items() if number]
    return " · ".join(words)
