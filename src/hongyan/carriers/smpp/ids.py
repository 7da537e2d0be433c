"""Ids of messages, as an SMSC writes them in its answers and as it writes them in its receipts.

Many write the same id in another base, in capitals or with zeros in front. What is set is believed; otherwise it is
learnt from receipts whose id and number both fit a message that was just taken. Nothing is ever guessed: an id that
only might fit is told as another spelling, which counts only for a message to the same number.
"""

import re
from collections.abc import Callable

RECENT_MOST = 20_000
ENOUGH = 20
"""receipts that all say the same settle how the carrier writes"""

_HEX = re.compile(r"[0-9a-f]+").fullmatch
_DIGITS = re.compile(r"[0-9]+").fullmatch
_LONGEST = 40
"""digits of an id that may be a number; longer ones are texts"""


def plain(written: str) -> str:
    """Return an id without what writers differ in: case and leading zeros. No id stays none."""
    return written.strip().lower().lstrip("0") or written[:1]


def _from_decimal(written: str) -> str | None:
    return f"{int(written):x}" if _DIGITS(written) and len(written) <= _LONGEST else None


def _from_hex(written: str) -> str | None:
    return str(int(written, 16)) if _HEX(written) and len(written) <= _LONGEST else None


_CONVERSIONS: dict[str, Callable[[str], str | None]] = {"hex": _from_decimal, "decimal": _from_hex}
"""what an answer's ids are -> how a receipt's id becomes one"""


class Ids:
    """One carrier's ids. `mode` is the setting `receipt_ids`."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._recent: dict[str, str] = {}
        self._votes: dict[str, int] = {}
        self.answered = self._remembered if mode == "learn" else self._as_is if mode == "as-is" else self._plain
        """(id in an answer, number) -> the id to keep"""

    @property
    def mode(self) -> str:
        """Return what is set or was learnt."""
        return self._mode

    def receipted(self, written: str, number: str, other: str = "") -> tuple[str, tuple[str, ...]]:
        """Return the id to look for, and other spellings. `other`: the same id elsewhere in the receipt."""
        if other == written:
            other = ""
        if self._mode == "as-is":
            return written, _others(written, other)
        bare = plain(written)
        if self._mode == "plain":
            return bare, _others(bare, plain(other)) if other else ()
        convert = _CONVERSIONS.get(self._mode)
        if convert is not None:
            return convert(bare) or bare, _others(convert(bare) or bare, bare, plain(other) if other else "")
        spelled = [one for one in (bare, _from_decimal(bare), _from_hex(bare)) if one]
        if other:
            spelled.append(plain(other))
        first = self._learnt(bare, spelled, number)
        return first, _others(first, *spelled)

    def _plain(self, written: str, number: str) -> str:  # noqa: ARG002 - one shape for all
        return plain(written)

    def _as_is(self, written: str, number: str) -> str:  # noqa: ARG002 - one shape for all
        return written

    def _remembered(self, written: str, number: str) -> str:
        bare = plain(written)
        recent = self._recent
        recent[bare] = number
        if len(recent) > RECENT_MOST:
            del recent[next(iter(recent))]
        return bare

    def _learnt(self, bare: str, spelled: list[str], number: str) -> str:
        """Return the spelling that a message taken lately to this number has, and remember which one it was."""
        recent = self._recent
        fitting = {one for one in spelled if number and recent.get(one) == number}
        if len(fitting) == 1:
            (fits,) = fitting
            mode = "plain" if fits == bare else "hex" if fits == _from_decimal(bare) else "decimal"
            if bare not in {_from_decimal(bare), _from_hex(bare)}:  # a single digit proves nothing
                self._vote(mode)
            return fits
        if recent.get(bare, number) != number:  # another one's id: it cannot be this one's
            return next((one for one in spelled[1:] if one not in recent), bare)
        return bare

    def _vote(self, mode: str) -> None:
        self._votes[mode] = self._votes.get(mode, 0) + 1
        if len(self._votes) == 1 and self._votes[mode] >= ENOUGH:
            self._mode = mode
            self.answered = self._plain
            self._recent.clear()


def _others(first: str, *spelled: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in spelled if one and one != first))
