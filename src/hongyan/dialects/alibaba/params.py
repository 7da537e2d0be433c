"""Reading what the caller wrote: query and form into one flat table, lists out of numbered keys, texts out of JSON.

Everything here is strict about bytes (UTF-8, no NUL, no parameter given twice with two values) and lenient about
style, as the official clients differ in it. It raises nothing but `Refused`.
"""

from binascii import a2b_qp
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange

MOST_PARAMS = 50_000
"""the largest call of the documents lists 10,000 numbers, each with a few parameters"""
_MOST_ECHO = 64
_MOST_DIGITS = 9
_FORM = "application/x-www-form-urlencoded"
_UNREADABLE = (msgspec.DecodeError, RecursionError)

Values = dict[str, str]
_TEXTS = msgspec.json.Decoder(dict[str, str])
_RAW_TEXTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_TEXT_LIST = msgspec.json.Decoder(list[str])


class Card(NamedTuple):
    """What one number's card is filled with."""

    values: Values
    url: str


class Wire(NamedTuple):
    """The parameters of one request."""

    query: Values
    """from the request line: what ACS3 seals"""
    every: Values
    """query and form together: what the action means, and what RPC 1.0 seals"""


def read(exchange: Exchange) -> Wire:
    """Return the parameters, blank values kept.

    spec: alibaba#request.sources, alibaba#request.unknown
    """
    query: Values = {}
    _fill(query, exchange.query)
    if not exchange.body or not exchange.headers.get("content-type", _FORM).lower().startswith(_FORM):
        return Wire(query, query)
    every = dict(query)
    _fill(every, exchange.body)
    return Wire(query, every)


def _fill(params: Values, raw: bytes) -> None:
    if not raw:
        return
    if raw.count(b"&") >= MOST_PARAMS:  # spec: alibaba#request.limit
        raise Refused(Reason.TOO_LARGE, most=MOST_PARAMS, what="parameters")
    for piece in raw.split(b"&"):
        if not piece:
            continue
        name, _, value = piece.partition(b"=")
        key = name.decode() if name.isalnum() else _text(name, name)
        text = value.decode() if value.isalnum() else _text(value, name)
        if params.setdefault(key, text) != text:
            # spec: alibaba#request.twice
            raise Refused(Reason.BAD_REQUEST, field=key[:_MOST_ECHO], why="given twice with different values")


def _text(raw: bytes, name: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = _unescaped(raw)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Refused(Reason.BAD_REQUEST, field=_shown(name), why="not UTF-8") from None
    if "\0" in text:
        raise Refused(Reason.BAD_REQUEST, field=_shown(name), why="holds a NUL character")
    return text


def _unescaped(raw: bytes) -> bytes:
    """Return the bytes behind `%XX`; a lone % stands for itself.

    Quoted-printable is the same with another sign, and is decoded in C: a request line of megabytes must not hold the
    loop. A lone sign and line ends mean something else to it: left to the slower way, the former found by its length.
    """
    if b"\n" in raw or b"\r" in raw:
        return unquote_to_bytes(raw)
    plain = a2b_qp(raw.replace(b"=", b"=3D").replace(b"%", b"="))
    return plain if len(plain) + 2 * raw.count(b"%") == len(raw) else unquote_to_bytes(raw)


def _shown(name: bytes) -> str:
    """Return as much of a parameter's name as an error can show."""
    return name[:_MOST_ECHO].decode("ascii", "replace")


def required(params: Mapping[str, str], name: str) -> str:
    """Return a parameter's text.

    spec: alibaba#error.Missing
    """
    value = params.get(name)
    if not value:
        raise Refused(Reason.MISSING_FIELD, field=name)
    return value


def whole_number(params: Mapping[str, str], name: str, least: int, most: int, default: int | None = None) -> int:
    """Return an integer parameter within bounds; a missing one needs a default."""
    text = params.get(name, "").strip()
    if not text:
        if default is None:
            raise Refused(Reason.MISSING_FIELD, field=name)
        return default
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1
    if not least <= value <= most:
        raise Refused(Reason.BAD_FIELD, field=name, why=f"not an integer from {least} to {most}")
    return value


def numbered(params: Mapping[str, str], name: str) -> list[Values]:
    """Return the objects written as `name.1.key=value`, by rising index.

    spec: alibaba#request.flattened

    The documents' length-prefixed keys (`#6#mobile`) read as the plain ones.
    """
    found: dict[int, Values] = {}
    start = f"{name}."
    skip = len(start)
    for key, value in params.items():
        if not key.startswith(start):
            continue
        index, _, field = key[skip:].partition(".")
        if not (index.isascii() and index.isdigit()) or len(index) > _MOST_DIGITS or index[0] == "0" or not field:
            raise Refused(Reason.BAD_REQUEST, field=name, why="an index is not a number from 1")
        if field[0] == "#":
            field = _without_length(field)
        one = found.setdefault(int(index), {})
        if one.setdefault(field, value) != value:
            raise Refused(Reason.BAD_REQUEST, field=name, why="given twice with different values")
    return [found[index] for index in sorted(found)]


def _without_length(field: str) -> str:
    _, length, plain = field.split("#", 2) if field.count("#") > 1 else ("", "", field)
    return plain if length == str(len(plain)) else field


def json_values(text: str, field: str) -> Values:
    """Return a JSON object of texts; numbers become texts as they stand.

    spec: alibaba#send.TemplateParam
    """
    if not text.strip():
        return {}
    try:
        values = _TEXTS.decode(text)
    except msgspec.ValidationError:
        values = _loose_values(text, field)
    except _UNREADABLE:
        raise _not_json(field) from None
    return _clean(values, field)


def _loose_values(text: str, field: str) -> Values:
    try:
        return {name: _as_text(bytes(raw), field) for name, raw in _RAW_TEXTS.decode(text).items()}
    except _UNREADABLE:
        raise _not_json(field) from None


def pair_values(text: str, field: str) -> Values:
    """Return `json_values`, or the pairs of the document's own example `{"msg","xxxd"}`.

    spec: alibaba#card.DigitalTemplateParam
    """
    try:
        return json_values(text, field)
    except Refused:
        bare = text.strip()
        if bare[:1] != "{" or bare[-1:] != "}":
            raise
        try:
            flat = _TEXT_LIST.decode(f"[{bare[1:-1]}]")
        except _UNREADABLE:
            flat = []
        if not flat or len(flat) % 2:
            raise
        return _clean(dict(zip(flat[::2], flat[1::2], strict=True)), field)


def json_texts(text: str, field: str) -> list[str]:
    """Return a JSON array of texts; numbers become texts."""
    return [_free_of_nul(_as_text(raw, field), field) for raw in _raw_list(text, field)]


def json_objects(text: str, field: str) -> list[Values]:
    """Return a JSON array of objects of texts. An element that is such an object as a text is read, too."""
    return [json_values(_inner(raw, field), field) for raw in _raw_list(text, field)]


def json_cards(text: str, field: str) -> list[Card]:
    """Return a JSON array of card objects, whose `dyncParams` is an object or the text of one.

    The document's example leaves the quotes within that text bare; this is read as if it were an object.

    spec: alibaba#batchcard.CardTemplateParamJson
    """
    try:
        raws = _raw_list(text, field)
    except Refused:
        raws = _raw_list(text.replace('"{', "{").replace('}"', "}"), field)
    return [_card(raw, field) for raw in raws]


def _card(raw: bytes, field: str) -> Card:
    try:
        members = {name.lower(): bytes(value) for name, value in _RAW_TEXTS.decode(raw).items()}
    except _UNREADABLE:
        raise _not_json(field) from None
    url = _free_of_nul(_as_text(members.get("customurl", b'""'), field), field)
    return Card(json_values(_inner(members.get("dyncparams", b"{}"), field), "dyncParams"), url)


def _inner(raw: bytes, field: str) -> str:
    """Return the JSON text of an object that may have been written as a text itself."""
    return _as_text(raw, field) if raw[:1] == b'"' else raw.decode()


def _as_text(raw: bytes, field: str) -> str:
    if raw[:1] == b'"':
        try:
            return _TEXT.decode(raw)
        except _UNREADABLE:
            raise _not_json(field) from None
    if raw[:1] in b"-0123456789":
        return raw.decode("ascii")
    raise _not_json(field)


def _raw_list(text: str, field: str) -> list[bytes]:
    try:
        return [bytes(raw) for raw in _RAW_LIST.decode(text)]
    except _UNREADABLE:
        raise _not_json(field) from None


def _clean(values: Values, field: str) -> Values:
    for name, value in values.items():
        if "\0" in value or "\0" in name:
            raise _not_json(field)
    return values


def _free_of_nul(text: str, field: str) -> str:
    if "\0" in text:
        raise _not_json(field)
    return text


def _not_json(field: str) -> Refused:
    return Refused(Reason.BAD_FIELD, field=field, why="not the JSON that is wanted")
