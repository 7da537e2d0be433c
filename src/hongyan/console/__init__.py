"""The console: pages for people who look for a message. Server-drawn, no script; reads through `report.look` alone.

`app.py` answers, `asked.py` reads a page's address, `doors.py` lets in, `drawing.py` draws, `words.py` holds our words.
"""

from typing import NamedTuple


class Snippet(NamedTuple):
    """A ready-made call that an empty inbox shows: how to send the first message through one vendor's API."""

    name: str
    """the vendor, or whatever the call is for"""
    lines: tuple[str, ...]
    """lines to copy"""
