"""First digits of numbers, compiled: which of many prefixes is the longest that a number begins with. Pure."""

from collections.abc import Iterable


class Prefixes:
    """A set of prefixes. Whoever knows the longest that fits knows all of them that fit: they begin it."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        self._known = frozenset(prefix for prefix in prefixes if prefix)
        self._lengths = sorted({len(prefix) for prefix in self._known}, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._known)

    def longest(self, digits: str) -> str:
        """Return the longest prefix that `digits` begin with, "" for none: one look-up a length that occurs."""
        known = self._known
        for length in self._lengths:
            begin = digits[:length]
            if begin in known:
                return begin
        return ""
