"""One readable line for any decoded PDU, for transcripts: no secret, no text, no whole phone number.

It goes by the names of fields, which are the standards' own in every codec; a codec may bring its own line instead.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from hongyan.session import Speech
from hongyan.session.transcript import Line, Transcript
from hongyan.text.numbers import masked
from hongyan.wire import Malformed

_SECRET = re.compile(r"password|authenticator|secret", re.IGNORECASE)
_ID = re.compile(
    r"msg_?id|message_?id|sequence|time|date|validity|(?<!term_)(?<!terminal_)(?<!src_)(?<!dest_)id$", re.IGNORECASE
)
"""names of fields that hold ids or times; terminal ids are phone numbers"""
_DIGITS = re.compile(r"\+?([0-9]{7,})")
_LONGEST = 400
_LENGTH_OCTETS = 4


def told(
    transcript: Transcript,
    now: int,
    link: str,
    octets: bytes,
    *,
    sent: bool,
    speech: Speech,
    decode: Callable[[bytes], Any],
) -> None:
    """Write whole PDUs into a transcript, or switch it off when its time is over."""
    if now >= transcript.until_ms:
        transcript.until_ms = 0
        return
    line, at = speech.line or line_of, 0
    while at < len(octets):
        stop = at + int.from_bytes(octets[at : at + _LENGTH_OCTETS], "big")
        try:
            text = line(decode(octets[at:stop]))
        except Malformed as wrong:
            text = line_of(wrong)
        transcript.lines.append(Line(now, link, sent, text))
        at = stop


def line_of(pdu: Any) -> str:
    """Return a PDU on one line: its name and every field that says something."""
    if isinstance(pdu, Malformed):
        return f"cannot be read: {pdu}"
    name = getattr(pdu, "name", None) or type(pdu).__name__
    return " ".join([str(name), *(f"{field}={_shown(field, value)}" for field, value in _fields(pdu))])[:_LONGEST]


def _fields(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        defaults = {one.name: one.default for one in msgspec.structs.fields(type(value))}
        for field in value.__struct_fields__:
            held = getattr(value, field)
            if held != defaults[field]:
                yield field, held
    elif hasattr(value, "_asdict"):
        yield from value._asdict().items()


def _shown(field: str, value: Any) -> str:
    if _SECRET.search(field):
        return "***"
    if isinstance(value, bytes):
        return value.hex() if _ID.search(field) else f"<{len(value)} octets>"
    if isinstance(value, str):
        return value if _ID.search(field) else _DIGITS.sub(lambda found: masked(found[1]), value)
    if isinstance(value, msgspec.Struct) or hasattr(value, "_asdict"):
        return "(" + " ".join(f"{name}={_shown(name, one)}" for name, one in _fields(value)) + ")"
    if isinstance(value, tuple | list):
        return "[" + " ".join(_item(field, one) for one in value) + "]"
    return str(value)


def _item(field: str, value: Any) -> str:
    if isinstance(value, tuple) and not hasattr(value, "_asdict"):  # a TLV: tag and octets
        return ":".join(f"0x{one:04x}" if isinstance(one, int) else _shown(field, one) for one in value)
    return _shown(field, value)
