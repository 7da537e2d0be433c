"""Where two texts first differ and what probably made them: for callers whose seal is not ours. Pure.

Digests differ everywhere, so they tell little: the case, the length, another encoding. Strings to sign tell all. In
ours `***` stands for the secret; in theirs, anything may stand there.
"""

import json
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

MASK = "***"
_HEX = re.compile(r"[0-9a-fA-F]+")
_BASE64 = re.compile(r"[0-9A-Za-z+/_-]+={0,2}")
_NAMED = re.compile(r"([A-Za-z_][\w.-]{0,60})(?:=|%3D|:)", re.IGNORECASE)
_SHA256_HEX, _MD5_HEX = 64, 32
_LONGEST = 16_384


class Marked(NamedTuple):
    """A text with the place where it first differs from another."""

    before: str
    differs: str
    """"" when the text ends there"""
    after: str


class Line(NamedTuple):
    """Two lines side by side."""

    theirs: Marked
    ours: Marked
    same: bool
    what: str
    """what this piece is: a parameter's or header's name, or a word of `PIECES`"""


class Compared(NamedTuple):
    """Two strings to sign, piece by piece."""

    lines: tuple[Line, ...]
    first: int | None
    """the line that first differs; None: they are the same"""
    reasons: tuple[str, ...]
    """keys of the sentences that probably say why, the likeliest first"""


PIECES = ("method", "path", "query", "headers", "names", "body", "algorithm", "digest", "secret", "text", "parameter")
"""what a piece can be, when it has no name of its own"""
REASONS = (
    "same", "case", "order", "plus", "twice-encoded", "not-encoded", "newline", "json", "hash-case", "body",
    "missing", "surplus", "secret", "length", "encoding", "value",
)  # fmt: skip


def first_difference(theirs: str, ours: str) -> int | None:
    """Return the index of the first character that differs, None when there is none."""
    if theirs == ours:
        return None
    shorter = min(len(theirs), len(ours))
    return next((at for at in range(shorter) if theirs[at] != ours[at]), shorter)


def marked(text: str, at: int | None) -> Marked:
    """Return a text cut at the character that differs."""
    return Marked(text, "", "") if at is None else Marked(text[:at], text[at : at + 1], text[at + 1 :])


def digests(theirs: str, ours: str) -> tuple[Marked, Marked, str]:
    """Return both digests marked, and the reason that their looks alone suggest: a key of REASONS."""
    at = first_difference(theirs, ours)
    return marked(theirs, at), marked(ours, at), _of_digests(theirs, ours)


def _of_digests(theirs: str, ours: str) -> str:
    if theirs == ours:
        return "same"
    if theirs.lower() == ours.lower() and _HEX.fullmatch(ours):
        return "case"
    if unquote(theirs) == ours or unquote_plus(theirs).replace(" ", "+") == ours:
        return "not-encoded" if "%" not in theirs else "twice-encoded"
    if len(theirs) != len(ours):
        return "encoding" if _BASE64.fullmatch(theirs.strip()) or _HEX.fullmatch(theirs.strip()) else "length"
    return "value"


def compared(theirs: str, ours: str) -> Compared:
    """Return two strings to sign side by side."""
    theirs, ours = theirs[:_LONGEST].replace("\r\n", "\n"), ours[:_LONGEST]
    given = _without_secret(theirs, ours)
    if given == ours:
        return Compared(tuple(_alike(one, what) for one, what in _pieces(ours)), None, ("secret",))
    lines = tuple(_aligned(list(_pieces(given)), list(_pieces(ours))))
    first = next((place for place, line in enumerate(lines) if not line.same), None)
    return Compared(lines, first, tuple(dict.fromkeys(_why(given, ours, lines, first))) or ("value",))


def _without_secret(theirs: str, ours: str) -> str:
    """Return theirs with the mask where ours has it."""
    if ours.count(MASK) != 1:
        return theirs
    before, after = ours.split(MASK)
    ends = theirs.endswith(after)
    if theirs.startswith(before) and ends and len(theirs) >= len(before) + len(after):
        return ours
    if after and not before.startswith("appkey="):
        return theirs
    if before == "appkey=":
        secret, ampersand, rest = theirs.removeprefix("appkey=").partition("&")
        return f"appkey={MASK}&{rest}" if theirs.startswith("appkey=") and ampersand and secret else theirs
    lead = before[max(before.rfind("&"), 0) :]  # what the secret is said behind, such as &accessSecret=
    at = theirs.rfind(lead) if lead else -1
    return theirs[: at + len(lead)] + MASK + after if at >= 0 else theirs


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a string to sign, each with what it is."""
    lines = text.split("\n")
    if len(lines) > 1:
        yield from _of_lines(lines)
        return
    body_at = text.find("&body=")
    if body_at >= 0:
        end = text.rfind("&accessSecret=")
        end = len(text) if end < body_at else end
        yield from _of_pairs(text[:body_at])
        yield text[body_at + 1 : end], "body"
        yield from _of_pairs(text[end + 1 :] if end < len(text) else "")
        return
    yield from _of_pairs(text)


def _of_lines(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pieces of Alibaba's canonical request, with what is sealed of it in front."""
    if lines[0].startswith("ACS3"):
        yield lines[0], "algorithm"
        if len(lines) > 1:
            yield lines[1], "digest"
        lines = lines[2:]
    heads = ("method", "path")
    for place, line in enumerate(lines):
        last = len(lines) - 1 - place
        if place < len(heads):
            yield line, heads[place]
        elif place == len(heads):
            yield from ((piece, _name(piece) or "query") for piece in _kept_apart(line))
        elif not last:
            yield line, "body"
        elif last == 1:
            yield line, "names"
        elif line:
            yield line, _name(line) or "headers"


def _kept_apart(query: str) -> list[str]:
    pieces = query.split("&")
    return [piece + ("&" if place < len(pieces) - 1 else "") for place, piece in enumerate(pieces)]


def _of_pairs(text: str) -> Iterator[tuple[str, str]]:
    if not text:
        return
    is_twice = "%26" in text and text.count("&") <= 2  # noqa: PLR2004 - METHOD&path&parameters
    if is_twice:
        method, _, rest = text.partition("&")
        path, _, query = rest.partition("&")
        yield method, "method"
        yield path, "path"
        pieces = query.split("%26")
    else:
        pieces = text.split("&")
    for piece in pieces:
        if piece:
            yield piece, "secret" if piece == MASK else _name(piece) or "text"


def _name(piece: str) -> str:
    found = _NAMED.match(piece)
    return found[1] if found else ""


def _alike(text: str, what: str) -> Line:
    return Line(marked(text, None), marked(text, None), same=True, what=what)


def _aligned(theirs: list[tuple[str, str]], ours: list[tuple[str, str]]) -> Iterator[Line]:
    """Yield the lines: pieces of one name side by side; what the other has not, beside nothing."""
    steps = SequenceMatcher(None, [what for _, what in theirs], [what for _, what in ours], autojunk=False)
    nothing = ("", "")
    for _, from_, to, ours_from, ours_to in steps.get_opcodes():
        for given, wanted in zip_longest(theirs[from_:to], ours[ours_from:ours_to], fillvalue=nothing):
            yield _line(given[0], wanted[0], wanted[1] or given[1])


def _line(theirs: str, ours: str, what: str) -> Line:
    at = first_difference(theirs, ours)
    return Line(marked(theirs, at), marked(ours, at), at is None, what)


def _why(theirs: str, ours: str, lines: tuple[Line, ...], first: int | None) -> Iterator[str]:
    """Yield what probably made the difference, the likeliest first."""
    if first is None or theirs.strip() == ours.strip():
        yield "newline" if theirs.strip() == ours.strip() else "value"
        return
    if sorted(one for one, _ in _pieces(theirs)) == sorted(one for one, _ in _pieces(ours)) or _unsorted(lines):
        yield "order"
        return
    # the digest of the request differs because the request does: the line that made it differ comes later
    telling = next((one for one in lines[first:] if not one.same and one.what != "digest"), lines[first])
    given, wanted = _joined(telling.theirs), _joined(telling.ours)
    yield from _of_a_piece(given, wanted, telling.what)


def _unsorted(lines: tuple[Line, ...]) -> bool:
    given = sorted(_joined(one.theirs).rstrip("&") for one in lines if one.what != "digest")
    return given == sorted(_joined(one.ours).rstrip("&") for one in lines if one.what != "digest")


def _of_a_piece(given: str, wanted: str, what: str) -> Iterator[str]:
    if not given:
        yield "missing"
    elif not wanted:
        yield "surplus"
    elif given.strip() == wanted.strip():
        yield "newline"
    elif given.lower() == wanted.lower():
        yield "hash-case" if what in {"body", "digest"} and _HEX.fullmatch(wanted) else "case"
    elif given.replace("+", "%20") == wanted or given.replace("%2B", "%2520") == wanted:
        yield "plus"
    elif unquote(given) == wanted or (unquote(unquote(given)) == unquote(wanted) and "%25" in given):
        yield "twice-encoded"
    elif given == unquote(wanted) or unquote(given) == unquote(wanted):
        yield "not-encoded"
    elif _json_of(given) is not None and _json_of(given) == _json_of(wanted):
        yield "json"
    elif what == "body" and len(wanted) in {_SHA256_HEX, _MD5_HEX}:
        yield "body"
    else:
        yield "value"


def _json_of(piece: str) -> object:
    text = piece[piece.find("=") + 1 :] if "=" in piece.partition("{")[0] else piece
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found


def _joined(one: Marked) -> str:
    return one.before + one.differs + one.after
