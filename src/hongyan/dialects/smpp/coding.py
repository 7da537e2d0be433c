"""Which alphabet a data_coding means (SMPP 3.4 §5.2.19, 3GPP TS 23.038 §4), and the text in octets.

Message classes (flash) are read past: the text is carried as an ordinary one. Binary content is refused.
"""

from collections.abc import Mapping

from hongyan.dialects.smpp.wrong import Wrong
from hongyan.model.reason import Reason
from hongyan.text.air import ASCII, LATIN1, text_of
from hongyan.text.parts import GSM7, UCS2
from hongyan.wire.smpp.statuses import RINVMSGLEN, RSUBMITFAIL

IA5 = 1
_ALPHABETS: dict[int, str] = {0: GSM7, 3: LATIN1, 8: UCS2}
_ALPHABETS |= dict.fromkeys((*range(0x10, 0x14), *range(0xF0, 0xF4)), GSM7)
_ALPHABETS |= dict.fromkeys(range(0x18, 0x1C), UCS2)
_BINARY = frozenset({2, 4, *range(0x14, 0x18), *range(0xF4, 0xF8)})
_ONLY_GSM_TEXTS_HAVE = bytes(code for code in range(0x20) if code not in b"\n\r")
_SEVEN_BITS = frozenset({GSM7, ASCII})


def alphabet_of(data_coding: int, octets: bytes, own: Mapping[str, str]) -> str:
    """Return the alphabet. `own`: what this customer means by some codings. Raises Wrong for what is no text.

    1 is IA5, which is ASCII; some clients (npm's smpp) write the GSM alphabet under it, which shows where a text has
    codes that are control characters in ASCII. spec: smpp#text.codings, smpp#text.own, smpp#text.binary
    """
    if own:
        named = own.get(str(data_coding))
        if named is not None:
            return named
    found = _ALPHABETS.get(data_coding)
    if found is not None:
        return found
    if data_coding == IA5:
        return ASCII if octets.translate(None, _ONLY_GSM_TEXTS_HAVE) == octets else GSM7
    why = "binary messages are not carried" if data_coding in _BINARY else "it is not a data coding for texts"
    raise Wrong(RSUBMITFAIL, Reason.BAD_FIELD, field="data_coding", value=data_coding, why=why)


def text_in(octets: bytes, alphabet: str) -> str:
    """Return the text. Raises Wrong for octets that the alphabet does not have.

    spec: smpp#text.broken
    """
    if alphabet in _SEVEN_BITS and not octets.isascii():
        raise Wrong(RSUBMITFAIL, Reason.BAD_FIELD, field="short_message", why=f"octets above 127 are not {alphabet}")
    if alphabet != UCS2:
        return text_of(octets, alphabet)
    if len(octets) % 2:
        raise Wrong(RINVMSGLEN, Reason.BAD_FIELD, field="short_message", why="UCS-2 with half a character")
    try:
        return octets.decode("utf-16-be")
    except UnicodeDecodeError:
        why = "half a surrogate pair"
        raise Wrong(RSUBMITFAIL, Reason.BAD_FIELD, field="short_message", why=why) from None
