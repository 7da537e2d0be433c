"""What every protocol does to a message before it is put into octets: number, sender and extension, signature, opt-out.

One `Shaping` a carrier, made from its settings. Pure: it knows no protocol and no time.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from hongyan.carriers.declared import setting
from hongyan.model.cause import CauseKind
from hongyan.model.message import Category, Message
from hongyan.text import signature

SHAPING_SETTINGS = (
    setting(
        "source",
        "",
        "Sender of messages that name none: a port (access number), a number or a name.",
        "未指定发送方的消息所用的发送方：接入号、号码或名称。",
    ),
    setting(
        "source_from",
        "message",
        "Whose sender counts: message (source only where a message names none) or carrier (always source).",
        "以谁的发送方为准：message（消息未指定时才用 source）或 carrier（始终用 source）。",
        words=("message", "carrier"),
    ),
    setting("extension", True, "Put the extension code behind a sender of digits.", "在数字发送方之后附加扩展码。"),
    setting(
        "source_digits",
        20,
        "Digits that sender and extension may have together.",
        "发送方与扩展码合计的最多位数。",
        least=1,
        most=21,
    ),
    setting(
        "number_format",
        "plain",
        "How numbers are written: plain (8613800138000), plus (+86…) or local (without home_country).",
        "号码格式：plain（8613800138000）、plus（+86…）或 local（去掉 home_country）。",
        words=("plain", "plus", "local"),
    ),
    setting("home_country", "86", "Country code that local numbers lack.", "本地号码省略的国家码。"),
    setting(
        "signature",
        "keep",
        "keep: 【…】 stays in the text; strip: the carrier adds it itself, room is left for it in the first part.",
        "keep：保留正文中的【签名】；strip：由运营商自动加签名，首段为其留出空间。",
        words=("keep", "strip"),
    ),
    setting(
        "opt_out",
        "",
        "What marketing texts end with, as 拒收请回复R; added unless a text says such a thing already; not charged.",
        "营销短信的退订后缀，如“拒收请回复R”；正文已含类似内容时不再添加，且不计费。",
    ),
)

_OPT_OUTS = ("拒收请回", "回复R", "退订回", "回T退订", "回复T", "回TD", "退订请回", "回N退订", "STOP")
"""how texts say that they can be stopped"""
PAIRS_MOST = 50_000
_SPREAD = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio: spreads the bits of an id that differ, which are not its last ones"""


class Unfit(Exception):  # noqa: N818 - what the message is for this carrier
    """A message that this carrier can never carry."""

    def __init__(self, kind: CauseKind, code: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.code, self.text = kind, code, text


class Wording(NamedTuple):
    """A text as it goes out, and how many characters in front of it the carrier adds."""

    text: str
    added: str = ""


class Shaping:
    """How one carrier wants messages."""

    def __init__(self, chosen: Mapping[str, Any]) -> None:
        self._source: str = chosen["source"]
        self._from_message = chosen["source_from"] == "message"
        self._extension: bool = chosen["extension"]
        self._digits: int = chosen["source_digits"]
        self._format: str = chosen["number_format"]
        self._home: str = chosen["home_country"]
        self._strips = chosen["signature"] == "strip"
        self._opt_out: str = chosen["opt_out"]

    def source(self, message: Message) -> str:
        """Return the sender, extension included. Raises Unfit when it is too long."""
        source = message.sender if self._from_message and message.sender else self._source
        if message.extend and self._extension and source.isdigit():
            source += message.extend
        if source.isdigit() and len(source) > self._digits:
            said = f"sender and extension have {len(source)} digits; {self._digits} are possible here"
            raise Unfit(CauseKind.SENDER, "SENDER-LONG", said)
        return source

    def number(self, digits: str) -> str:
        """Return a number (E.164 digits) as this carrier wants it."""
        if self._format == "plain":
            return digits
        if self._format == "plus":
            return "+" + digits
        return digits.removeprefix(self._home)

    def digits(self, number: str) -> str:
        """Return the E.164 digits of a number as this carrier writes it, as well as can be."""
        if number.startswith("+"):
            return number[1:]
        number = number.removeprefix("00")
        if self._format == "local" and number.isdigit() and not number.startswith(self._home):
            return self._home + number.removeprefix("0")
        return number

    def wording(self, message: Message) -> Wording:
        """Return the text to send."""
        text, added = message.content, ""
        if self._opt_out and message.category == Category.MARKETING and not _can_be_stopped(text, self._opt_out):
            text = _with_suffix(text, self._opt_out)
        if self._strips:
            name, rest = signature.split(text)
            if name is not None:
                text, added = rest, f"{signature.OPEN}{name}{signature.CLOSE}"
        return Wording(text, added)


class References:
    """Numbers that tell the long messages of one sender to one receiver apart while their parts are under way.

    They go round for each pair, beginning anywhere: two processes, or one before and after a restart, must not go in
    step. Pairs not seen for long are forgotten.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str], int] = OrderedDict()

    def next(self, source: str, number: str, begin: int) -> int:
        """Return the next reference of 16 bits; whoever has eight takes the lower ones. `begin`: the message's id."""
        pair = source, number
        last = self._last.pop(pair, None)
        reference = (begin * _SPREAD >> 40 if last is None else last + 1) & 0xFFFF
        self._last[pair] = reference
        if len(self._last) > PAIRS_MOST:
            self._last.popitem(last=False)
        return reference


def _can_be_stopped(text: str, suffix: str) -> bool:
    return suffix in text or any(words in text for words in _OPT_OUTS)


def _with_suffix(text: str, suffix: str) -> str:
    """Put the suffix at the end, before a signature that stands there."""
    name, rest = signature.split(text)
    if name is None or not rest or not text.startswith(rest):
        return text + suffix
    return f"{rest}{suffix}{text[len(rest) :]}"
