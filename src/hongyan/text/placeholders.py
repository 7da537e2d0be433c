"""Templates: their places and how these are filled. Three ways to write a place, told apart by the dialect's name.

A value is put in as it is and never looked at again, so a value that reads `{1}` stays those three characters.
`matching` goes the other way, from a finished text to its template.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason


class Style(NamedTuple):
    """How one dialect writes places. `first` is the number of the first place, None where places have names."""

    place: re.Pattern[str]
    first: int | None


_NAMED = Style(re.compile(r"\$\{([^\s${}]{1,64})\}"), None)
STYLES: dict[str, Style] = {
    "comms": Style(re.compile(r"\{(0|[1-9][0-9]{0,2})\}"), 0),  # spec: comms#template.places
    "yundashi": Style(re.compile(r"\{([1-9][0-9]{0,2})\}"), 1),  # spec: yundashi#template.places
    "alibaba": _NAMED,  # spec: alibaba#template.places
    "native": _NAMED,
    "nxcloud": _NAMED,
}
"""Dialect -> style."""


class Wording(NamedTuple):
    """A body taken apart: literals[0] names[0] literals[1] names[1] ... literals[-1]."""

    literals: tuple[str, ...]
    names: tuple[str, ...]


@lru_cache(maxsize=4096)
def wording(body: str, style: str) -> Wording:
    """Return a body taken apart; `style` is a key of STYLES."""
    pieces = STYLES[style].place.split(body)
    return Wording(tuple(pieces[::2]), tuple(pieces[1::2]))


def names(body: str, style: str) -> list[str]:
    """Return the places of a body, each once, in the order in which they first stand."""
    return list(dict.fromkeys(wording(body, style).names))


def render(body: str, style: str, values: Mapping[str, str] | Sequence[str]) -> str:
    """Return the body with its places filled. Surplus values are ignored.

    A sequence fills numbered places: its first value belongs to the first number of the style. Raises Refused:
    MISSING_VALUE with the name of the place. spec: comms#send.values.surplus, comms#send.values.few
    """
    literals, wanted = wording(body, style)
    if not wanted:
        return body
    pieces = [literals[0]]
    first = STYLES[style].first
    for name, literal in zip(wanted, literals[1:], strict=True):
        if isinstance(values, Mapping):
            value = values.get(name)
        else:
            index = -1 if first is None else int(name) - first
            value = values[index] if 0 <= index < len(values) else None
        if value is None:
            raise Refused(Reason.MISSING_VALUE, name=name)
        pieces += value, literal
    return "".join(pieces)
