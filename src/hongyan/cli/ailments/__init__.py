"""What `hongyan doctor` can find: a file for each thing looked at. Each finding says how it is and what would mend it.

A fix is a command to type or a setting to paste, with this machine's own names in it. Looking changes nothing.
"""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing looked at."""

    what: str
    state: str
    """ok, warn or fail"""
    says: str
    fix: str = ""


def ok(what: str, says: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(what, "ok", says)


def warn(what: str, says: str, fix: str) -> Finding:
    """Return a finding that somebody should look at."""
    return Finding(what, "warn", says, fix)


def fail(what: str, says: str, fix: str) -> Finding:
    """Return a finding that keeps the program, or messages, from going on."""
    return Finding(what, "fail", says, fix)
