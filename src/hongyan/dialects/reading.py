"""Strict reading of bodies and queries, before a dialect looks for its vendor's fields.

On the road: the first thing a handler does with bytes. Whatever is not exactly one readable JSON object or form is
refused here with `BAD_REQUEST`, so that no two readers of one request understand it differently. Knows no vendor.
"""

import json
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange

__all__ = ["form_fields", "json_object", "media_type", "typed"]

T = TypeVar("T")

FORM = "application/x-www-form-urlencoded"
MOST_FORM_FIELDS = 100
_decode = msgspec.json.Decoder().decode


def media_type(exchange: Exchange) -> str:
    """Return the body's media type in lower case, without parameters; "" when none was sent."""
    return exchange.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body is.

    Raises Refused(BAD_REQUEST) for broken, cut or deeply nested JSON, invalid UTF-8, half a surrogate pair, a NUL,
    a number beyond 64 bits, a name given twice, and for anything but an object.
    """
    try:
        found = _decode(body)
        if type(found) is not dict:
            _refuse("the body is not a JSON object")
        if body.count(b":") != _pairs(found):
            _look_for_duplicates(body)
        if b"\\u0000" in body and _has_nul(found):
            _refuse("a text has a NUL")
    except (msgspec.MsgspecError, ValueError) as trouble:
        _refuse(str(trouble))
    except RecursionError:
        _refuse("the body is nested too deeply")
    return found


def form_fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form or query. Raises Refused(BAD_REQUEST)."""
    if not body:
        return {}
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FORM_FIELDS, separator="&"
        )
    except ValueError as trouble:
        _refuse(str(trouble))
    fields = dict(pairs)
    if len(fields) != len(pairs):
        _refuse("a field is given twice")
    if any("\x00" in name or "\x00" in value for name, value in pairs):
        _refuse("a field has a NUL")
    return fields


def typed(found: dict[str, Any], shape: type[T]) -> T:
    """Return a decoded object as a typed value. Raises Refused(BAD_FIELD) naming what has the wrong type."""
    try:
        return msgspec.convert(found, shape)
    except msgspec.ValidationError as trouble:
        why, _, where = str(trouble).partition(" - at ")
        raise Refused(Reason.BAD_FIELD, field=where.strip("`$."), why=why) from None


def _refuse(why: str) -> NoReturn:
    raise Refused(Reason.BAD_REQUEST, why=why[:200]) from None


def _pairs(found: Any) -> int:
    """Return how many name-value pairs there are: as many colons as a body without any in its texts has."""
    if type(found) is dict:
        return len(found) + sum(_pairs(one) for one in found.values() if type(one) in _NESTED)
    return sum(_pairs(one) for one in found if type(one) in _NESTED)


_NESTED = (dict, list)


def _look_for_duplicates(body: bytes) -> None:
    json.loads(body, object_pairs_hook=_each_once)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("a name is given twice")
    return found


def _has_nul(found: Any) -> bool:
    if type(found) is str:
        return "\x00" in found
    if type(found) is dict:
        return any("\x00" in name or _has_nul(one) for name, one in found.items())
    return type(found) is list and any(map(_has_nul, found))
