"""What goes over a carrier's links, readable, for minutes and on demand. It costs nothing while nobody listens.

Lines hold no secret, no text and no whole number: whoever writes them masks them first.
"""

from collections import deque
from typing import NamedTuple

LINES_MOST = 2_000


class Line(NamedTuple):
    """One PDU."""

    at: int
    link: str
    sent: bool
    """True: we sent it; False: it came"""
    text: str


class Transcript:
    """The last lines of a carrier's links, kept while `until_ms` has not passed."""

    def __init__(self, most: int = LINES_MOST) -> None:
        self.until_ms = 0
        """0: off"""
        self.lines: deque[Line] = deque(maxlen=most)

    def switch(self, until_ms: int) -> None:
        """Listen until then; 0 or a time that has passed: stop listening."""
        self.until_ms = until_ms
