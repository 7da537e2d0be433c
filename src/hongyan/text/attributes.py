"""What the value of an Alibaba template variable may be, by the template's category and the variable's attribute.

One table from attribute to rule. The vendor reviews with people and words its rules for them, so only what a program
can tell for sure is refused; an attribute we do not know has the general rules only.
"""

import re
from typing import NamedTuple

from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.text.characters import CJK
from hongyan.text.codes import has_link


class Attribute(NamedTuple):
    """What fits: a pattern for the whole value, its length, and one sentence for the caller."""

    fits: re.Pattern[str]
    longest: int
    why: str


LONGEST_VALUE = 35
_ANY = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f【】]+")
_TIME = re.compile(
    r"(?=.*[0-9天晚午晨周期])"
    r"(?:[0-9]|[-/.:：~ T,，()（）]|[年月日号时点分秒整半至到]|凌晨|早晨|早上|上午|中午|下午|傍晚|晚上|[今明后昨]天"
    r"|(?:周|星期)[一二三四五六日天]|[AaPp][Mm])+"
)
_MONEY = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
    r"|[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟元圆角分整正点]+"
)
_PHONE = re.compile(r"1[0-9]{10}|(?=(?:-?[0-9]){3,13}\Z)[0-9][0-9-]*[0-9]")

ATTRIBUTES: dict[str, Attribute] = {
    "numberCaptcha": Attribute(re.compile(r"[0-9]{4,6}"), 6, "4 to 6 digits"),
    "characterWithNumber2": Attribute(re.compile(r"[0-9A-Za-z]{4,6}"), 6, "4 to 6 letters or digits"),
    "verifyTime": Attribute(re.compile(r"[1-9][0-9]?"), 2, "a number from 1 to 99"),
    "phone_number2": Attribute(_PHONE, 15, "a mobile, fixed-line or service number"),
    "time": Attribute(_TIME, LONGEST_VALUE, "a date, a time of day or both"),
    "money": Attribute(_MONEY, LONGEST_VALUE, "a sum in digits without its unit, or in Chinese numerals"),
    "other_number2": Attribute(re.compile(r"[0-9A-Za-z_#*.-]+"), LONGEST_VALUE, "letters and digits"),
    "tracking_number": Attribute(re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*"), LONGEST_VALUE, "letters and digits"),
    "pick_up_code": Attribute(re.compile(r"[0-9A-Za-z_-]+"), LONGEST_VALUE, "letters, digits and dashes"),
    "link_param": Attribute(re.compile(r"[0-9A-Za-z]{1,8}"), 8, "1 to 8 letters or digits"),
    "email_address": Attribute(re.compile(r"[^\s@【】]+@[^\s@【】]+"), LONGEST_VALUE, "an e-mail address"),
    "license_plate_number": Attribute(re.compile(rf"[{CJK}][0-9A-Za-z·{CJK}]+"), 10, "a number plate"),
    "name": Attribute(_ANY, LONGEST_VALUE, "a name"),
}
"""Attribute -> what fits. spec: alibaba#template.attributes"""

_OTHERS = Attribute(_ANY, LONGEST_VALUE, "text without control characters and brackets 【】")
_CAPTCHA = ATTRIBUTES["characterWithNumber2"]


def check_value(name: str, value: str, *, category: Category, attribute: str = "") -> None:
    """Raise Refused unless a value may stand in a variable.

    spec: alibaba#send.values
    A verification code without a declared attribute is 4 to 6 letters or digits; anything else is 1 to 35 characters.
    VALUE_TOO_LONG (facts: name, most), VALUE_HAS_URL (name), BAD_VALUE (name, why).
    """
    rule = ATTRIBUTES.get(attribute) or (_CAPTCHA if category is Category.CAPTCHA else _OTHERS)
    if len(value) > rule.longest:
        raise Refused(Reason.VALUE_TOO_LONG, name=name, most=rule.longest)
    if attribute != "email_address" and has_link(value):
        raise Refused(Reason.VALUE_HAS_URL, name=name)
    if not value:
        raise Refused(Reason.BAD_VALUE, name=name, why="it is empty")
    if rule.fits.fullmatch(value) is None:
        raise Refused(Reason.BAD_VALUE, name=name, why=f"it must be {rule.why}")
