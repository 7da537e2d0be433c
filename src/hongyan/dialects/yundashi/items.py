"""From a read request to the items the desk is asked for: one per number, all with the same words."""

from collections.abc import Sequence

from hongyan.dialects.yundashi.requests import Send, Tel, integer
from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.model.submission import Item
from hongyan.model.world import Caller

MOST_NUMBERS = 200
"""spec: yundashi#multi.most"""
MOST_CHARACTERS = 450
"""spec: yundashi#send.msg.length"""
MOST_VALUE = 12
MOST_CODE_DIGITS = 6
_MAINLAND = "86"
_CATEGORIES = {0: None, 1: Category.MARKETING}
"""spec: yundashi#type: what a normal text is for, its template says"""
_URL_MARKS = ("://", "www.")


def items(send: Send, numbers: Sequence[Tel], caller: Caller) -> list[Item]:
    """Return one item per number. Raises Refused for what is wrong with all of them."""
    _check_numbers(numbers)
    if send.extend and not (send.extend.isascii() and send.extend.isdigit()):
        raise Refused(Reason.BAD_EXTEND)
    words = _templated(send, caller) if send.tpl_id not in (None, "") else _finished(send)
    return [
        Item(
            to=_e164(tel),
            content=words.content,
            template=words.template,
            values=words.values,
            signature=words.signature,
            category=words.category,
            extend=send.extend or None,  # spec: yundashi#extend
            session=send.ext or None,
            refused=None if _code(tel) else Reason.BAD_NUMBER,
        )
        for tel in numbers
    ]


def _check_numbers(numbers: Sequence[Tel]) -> None:
    if not numbers:
        raise Refused(Reason.NO_ITEMS)
    if len(numbers) > MOST_NUMBERS:
        raise Refused(Reason.TOO_MANY_ITEMS, most=MOST_NUMBERS)
    # spec: yundashi#code.1034
    if len({_code(tel) == _MAINLAND for tel in numbers}) > 1:
        raise Refused(Reason.MIXED_REGIONS)


def _finished(send: Send) -> Item:
    """Return the words of a finished text. spec: yundashi#send.msg, yundashi#send.msg.signature."""
    kind = integer(send.type, "type")
    if kind not in _CATEGORIES:
        raise Refused(Reason.BAD_FIELD, field="type", why="0 or 1")
    if send.msg is None:
        raise Refused(Reason.MISSING_FIELD, field="msg")
    if not send.msg.strip():
        raise Refused(Reason.EMPTY_CONTENT)
    if len(send.msg) > MOST_CHARACTERS:
        raise Refused(Reason.CONTENT_TOO_LONG, most=MOST_CHARACTERS, length=len(send.msg))
    return Item(to="", content=send.msg, category=_CATEGORIES[kind])


def _templated(send: Send, caller: Caller) -> Item:
    """Return the words of a template and its values. spec: yundashi#tpl."""
    code = str(integer(send.tpl_id, "tpl_id"))
    template = caller.template(code)
    if template is None or template.dialect != "yundashi":
        raise Refused(Reason.UNKNOWN_TEMPLATE, template=code)
    values = tuple(map(str, send.params or ()))
    for place, value in enumerate(values, 1):
        _check_value(str(place), value, is_code=template.category is Category.CAPTCHA)
    return Item(to="", template=code, values=values, signature=send.sign or None)


def _check_value(name: str, value: str, *, is_code: bool) -> None:
    """Hold one value against the vendor's rules.

    spec: yundashi#code.1036, yundashi#code.1038, yundashi#code.1048
    """
    if any(mark in value.lower() for mark in _URL_MARKS):
        raise Refused(Reason.VALUE_HAS_URL, name=name)
    if len(value) > MOST_VALUE:
        raise Refused(Reason.VALUE_TOO_LONG, name=name, most=MOST_VALUE)
    if is_code and value.isascii() and value.isdigit() and len(value) > MOST_CODE_DIGITS:
        raise Refused(Reason.BAD_VALUE, name=name, why="at most six digits")


def _code(tel: Tel) -> str:
    return str(tel.nationcode).strip().removeprefix("+")


def _e164(tel: Tel) -> str:
    """Return the number with its country code. spec: yundashi#tel.nationcode, yundashi#tel.mobile."""
    return f"+{_code(tel)}{str(tel.mobile).strip()}"
