"""A text as octets on air: alphabets to octets and back, septets packed or not, and the cuts of a long one.

Used by carriers on the way out and by whoever reads replies. The cuts are those that `parts` counts. What number an
alphabet has in a protocol's data coding, and the headers of the parts, are not this module's business.
"""

from codecs import charmap_decode

from hongyan.text.gsm import BASIC, ESCAPE, EXTENSION
from hongyan.text.parts import GSM7, UCS2

ASCII, LATIN1, GBK = "ascii", "latin1", "gbk"
ALPHABETS = (GSM7, ASCII, LATIN1, UCS2, GBK)
"""Every alphabet. GSM7 is one septet an octet, as SMPP carries it unpacked; GBK takes the characters of GB18030."""

OCTETS_OF_ONE, SEPTETS_OF_ONE = 140, 160
"""what one SMS holds"""

_ESCAPE = 0x1B
_UNDEFINED = "\ufffe"
_DECODED = BASIC + _UNDEFINED * 128
_NOT_ONE_SEPTET = 0xFF
_QUICK = bytes(
    BASIC.index(chr(code)) if chr(code) in BASIC and chr(code) != ESCAPE else _NOT_ONE_SEPTET for code in range(256)
)
"""Latin-1 octet -> its septet, or more than any septet"""
_OCTETS = {char: bytes((code,)) for code, char in enumerate(BASIC) if char != ESCAPE}
_OCTETS |= {char: bytes((_ESCAPE, code)) for char, code in EXTENSION.items()}
_EXTENDED = {code: char for char, code in EXTENSION.items()} | {_ESCAPE: " "}
_PYTHON_NAMES = {ASCII: "ascii", LATIN1: "latin-1", GBK: "gb18030", UCS2: "utf-16-be"}
_HIGH_SURROGATES = range(0xD8, 0xDC)
_FIRST_LEAD, _FIRST_OF_SECOND_IN_TWO = 0x81, 0x40
_SEPTET_BITS, _OCTET_BITS = 7, 8
_SEPTETS = frozenset({GSM7, ASCII})


def octets(text: str, alphabet: str) -> bytes:
    """Return the octets of a text. Raises UnicodeEncodeError for a character that the alphabet does not have."""
    if alphabet == GSM7:
        try:
            quick = text.encode("latin-1").translate(_QUICK)
        except UnicodeEncodeError:
            return _gsm_octets(text)
        return quick if quick.isascii() else _gsm_octets(text)
    return text.encode(_PYTHON_NAMES[alphabet], "surrogatepass" if alphabet == UCS2 else "strict")


def fits(text: str, alphabet: str) -> bool:
    """Return whether an alphabet has every character of a text."""
    try:
        octets(text, alphabet)
    except UnicodeEncodeError:
        return False
    return True


def text_of(content: bytes, alphabet: str) -> str:
    """Return the text in octets. What means nothing becomes U+FFFD: a reply is never refused for a broken character.

    GSM7: after an escape a code without a meaning stands for its basic character, a second escape for a blank
    (3GPP TS 23.038 §6.2.1).
    """
    if alphabet != GSM7:
        return content.decode(_PYTHON_NAMES[alphabet], "replace")
    if _ESCAPE not in content:
        return charmap_decode(content, "replace", _DECODED)[0]
    out, at, end = [], 0, len(content)
    while at < end:
        escape = content.find(_ESCAPE, at)
        if escape < 0:
            escape = end
        out.append(charmap_decode(content[at:escape], "replace", _DECODED)[0])
        code = content[escape + 1 : escape + 2]
        if code:
            out.append(_EXTENDED.get(code[0]) or charmap_decode(code, "replace", _DECODED)[0])
        elif escape < end:
            out.append(" ")
        at = escape + 2
    return "".join(out)


def segments(text: str, alphabet: str, udh_octets: int) -> list[bytes]:
    """Return the octets of each part of a text, without the header for which room is left.

    `udh_octets` is 6 (8-bit reference, or sar_* parameters, of which the SMSC makes one) or 7 (16-bit reference); 0
    leaves a text whole whatever its length (message_payload). A text that fits in one SMS is one part without a header.
    """
    return cut(octets(text, alphabet), alphabet, udh_octets)


def cut(content: bytes, alphabet: str, udh_octets: int) -> list[bytes]:
    """Return the parts of octets that an alphabet's `octets` made; LATIN1 for octets that are no text."""
    one, each = capacity(alphabet, udh_octets)
    end = len(content)
    if end <= one or not udh_octets:
        return [content]
    step_back = _STEPS_BACK.get(alphabet)
    out, start = [], 0
    while start < end:
        stop = start + each
        if step_back is not None and stop < end:
            stop = step_back(content, start, stop)
        out.append(content[start:stop])
        start = stop
    return out


def capacity(alphabet: str, udh_octets: int) -> tuple[int, int]:
    """Return how many of our octets one SMS holds alone, and beside a header. ASCII travels as septets, like GSM7."""
    if alphabet in _SEPTETS:
        return SEPTETS_OF_ONE, (OCTETS_OF_ONE - udh_octets) * _OCTET_BITS // _SEPTET_BITS
    room = OCTETS_OF_ONE - udh_octets
    return OCTETS_OF_ONE, room - room % 2 if alphabet == UCS2 else room


def fill_bits(udh_octets: int) -> int:
    """Return how many bits stand between a header and the first of the packed septets after it."""
    return -udh_octets * _OCTET_BITS % _SEPTET_BITS


def packed(septets: bytes, fill: int = 0) -> bytes:
    """Return septets packed to octets, after so many fill bits (3GPP TS 23.038 §6.1.2.1)."""
    bits = 0
    for septet in reversed(septets):
        bits = bits << _SEPTET_BITS | septet
    return (bits << fill).to_bytes(-(-(len(septets) * _SEPTET_BITS + fill) // _OCTET_BITS), "little")


def unpacked(content: bytes, fill: int = 0, count: int | None = None) -> bytes:
    """Return the septets in packed octets, `count` of them; without a count as many as there are.

    Seven bits too many hold an `@` or nothing: without a count they are taken for nothing.
    """
    bits = int.from_bytes(content, "little") >> fill
    there = max(0, len(content) * _OCTET_BITS - fill) // _SEPTET_BITS
    spare = len(content) * _OCTET_BITS - fill - there * _SEPTET_BITS
    wanted = there if count is None else min(count, there)
    out = bytes([bits >> _SEPTET_BITS * at & 0x7F for at in range(wanted)])
    return out[:-1] if count is None and out and not out[-1] and not spare else out


def _gsm_octets(text: str) -> bytes:
    try:
        return b"".join(map(_OCTETS.__getitem__, text))
    except KeyError as missing:
        at = text.index(missing.args[0])
        raise UnicodeEncodeError(GSM7, text, at, at + 1, "it is not in the GSM alphabet") from None


def _before_escape(content: bytes, start: int, stop: int) -> int:  # noqa: ARG001 - one shape for all
    return stop - 1 if content[stop - 1] == _ESCAPE else stop


def _before_surrogate(content: bytes, start: int, stop: int) -> int:  # noqa: ARG001 - one shape for all
    return stop - 2 if content[stop - 2] in _HIGH_SURROGATES else stop


def _before_lead(content: bytes, start: int, stop: int) -> int:
    """Walk from the last sure boundary: only from there is a lead octet known from a trailing one."""
    at = before = start
    while at < stop:
        before = at
        if content[at] < _FIRST_LEAD:
            at += 1
        else:
            at += 2 if content[at + 1] >= _FIRST_OF_SECOND_IN_TWO else 4
    return stop if at == stop else before


_STEPS_BACK = {GSM7: _before_escape, UCS2: _before_surrogate, GBK: _before_lead}
