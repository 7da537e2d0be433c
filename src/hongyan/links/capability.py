"""Which numbers can show cards: a question with several sources, chosen by a setting.

The desk asks once for every card message, so an answer is a look into memory. spec: cards#support
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hongyan.model.errors import Misconfigured

_FILE = "file:"
_LONGEST_NUMBER = 15


class CardSupport(Protocol):
    """What the desk asks."""

    def shows_cards(self, to: str) -> bool:
        """Return whether the phone behind these E.164 digits renders cards."""
        ...


class OddLastDigit:
    """Odd numbers can, even ones cannot: so that a developer can choose by the number."""

    def shows_cards(self, to: str) -> bool:
        """Return whether the last digit is odd."""
        return to[-1:] in {"1", "3", "5", "7", "9"}


class Everyone:
    """Every number can."""

    def shows_cards(self, to: str) -> bool:  # noqa: ARG002 - the contract's, and every answer is the same
        """Return True."""
        return True


class Nobody:
    """No number can: every card takes its fallback."""

    def shows_cards(self, to: str) -> bool:  # noqa: ARG002 - the contract's, and every answer is the same
        """Return False."""
        return False


class Listed:
    """The numbers in a file can: one a line as E.164, with or without +; what follows a # is a remark.

    Read once, when it is made. Raises Misconfigured for a file or a line that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as trouble:
            raise Misconfigured(
                "card_support", f"cannot read {path}: {trouble}", "a text file with a number a line"
            ) from None
        self._numbers = frozenset(number for place, line in enumerate(lines, 1) if (number := _read(line, path, place)))

    def shows_cards(self, to: str) -> bool:
        """Return whether the number is listed."""
        return to in self._numbers


def _read(line: str, path: Path, place: int) -> str:
    number = line.partition("#")[0].strip().removeprefix("+")
    if number and not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        raise Misconfigured(f"{path}:{place}", "not a number", "8613700000001, digits with the country code")
    return number


SOURCES: dict[str, Callable[[], CardSupport]] = {
    "odd": OddLastDigit,
    "all": Everyone,
    "none": Nobody,
}
"""Name in the settings -> source."""


def source(name: str) -> CardSupport:
    """Return the source that a setting names: a key of SOURCES, or `file:PATH`. Raises Misconfigured."""
    if name.startswith(_FILE):
        return Listed(Path(name.removeprefix(_FILE)))
    made = SOURCES.get(name)
    if made is None:
        raise Misconfigured(
            "card_support", f"{name!r} is no source of card support", ", ".join((*SOURCES, f"{_FILE}PATH"))
        )
    return made()
