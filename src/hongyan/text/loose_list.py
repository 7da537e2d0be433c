"""Lists that callers write as text in many ways: `[1234,2345]`, `["a","b"]`, `['a', 'b']`, `a, b`, nothing at all.

Every way that callers of the comms API are known to use is read. Values stay the text they were: `0123` keeps its zero.
"""

import re
from typing import Any

import msgspec

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason

_ITEM = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)')\s*(?:,|\Z)|\s*([^,]*)(?:,|\Z)""")
_AS_TEXT = msgspec.json.Decoder(list[str])
_MOST = 1000
_LONGEST_NUMBER_BITS = 256


def loose_list(value: Any, *, field: str = "", most: int = _MOST) -> tuple[str, ...]:
    """Return the values of a list however it is written.

    spec: comms#send.templateParamSet, comms#send.values.comma, comms#pullset.externalIds
    A text that is a JSON array of strings is read as one. Otherwise one pair of square brackets is taken off, the
    rest is cut at commas, and blanks and one pair of quotes are taken off each piece; a comma inside quotes stays.
    Raises Refused: BAD_FIELD for a type that cannot be a list of values, TOO_MANY_ITEMS for more than `most`.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return _from_text(value, field, most)
    if isinstance(value, list | tuple):
        if len(value) > most:
            raise Refused(Reason.TOO_MANY_ITEMS, most=most, field=field)
        return tuple(_plain(one, field) for one in value)
    return (_plain(value, field),)


def _from_text(text: str, field: str, most: int) -> tuple[str, ...]:
    text = text.strip()
    inner = text[1:-1].strip() if text.startswith("[") and text.endswith("]") and len(text) > 1 else text
    if not inner:
        return ()
    if inner.count(",") >= most * 2:  # even if every second comma stood in a value
        raise Refused(Reason.TOO_MANY_ITEMS, most=most, field=field)
    values = _strict(text) if inner[0] == '"' and inner is not text else None
    if values is None:
        values = _cut_at_commas(inner)
    if len(values) > most:
        raise Refused(Reason.TOO_MANY_ITEMS, most=most, field=field)
    return tuple(values)


def _strict(text: str) -> list[str] | None:
    try:
        return _AS_TEXT.decode(text)
    except ValueError:  # not JSON, or not only strings, or a lone surrogate: all mean "read it loosely"
        return None


def _cut_at_commas(text: str) -> list[str]:
    values, at, end = [], 0, len(text)
    while True:
        found = _ITEM.match(text, at)
        assert found is not None  # the second way matches anything, nothing included
        double, single, bare = found.groups()
        values.append(double if double is not None else single if single is not None else _unquoted(bare.rstrip()))
        at = found.end()
        if at == end and text[at - 1] != ",":
            return values
        if at == end:
            values.append("")
            return values


def _unquoted(piece: str) -> str:
    quoted = len(piece) > 1 and piece[0] == piece[-1] and piece[0] in "\"'"
    return piece[1:-1] if quoted else piece


def _plain(value: Any, field: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _LONGEST_NUMBER_BITS:
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise Refused(Reason.BAD_FIELD, field=field, why="not a list of texts")
