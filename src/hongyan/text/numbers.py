"""Telephone numbers: from what a caller wrote to E.164 digits, or None.

On the road of every message, so mainland mobile numbers take one pattern and nothing else. All other numbers are
judged as Google's libphonenumber judges them (`number_plans`), which is loaded when the first one comes.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from hongyan.text.number_plans import Plan, judged, plan_of, split_country

MAINLAND = "86"
_LONGEST = 40
_LEAST_HIDDEN = 4
_BARE = re.compile(r"1[3-9][0-9]{9}")
_MAINLAND = re.compile(r"(?:\+|00| )?86(1[3-9][0-9]{9})")
_FILLERS = str.maketrans("", "", " \t-()")

# Four digits are a virtual or satellite network; where three digits of another operator cover them, they come later.
_OPERATORS_BY_PREFIX = {
    "mobile": "134 135 136 137 138 139 144 147 148 150 151 152 157 158 159 165 172 178 182 183 184 187 188 195 197 198"
    " 1703 1705 1706",
    "unicom": "130 131 132 140 145 146 155 156 166 167 171 175 176 185 186 196 1704 1707 1708 1709",
    "telecom": "133 141 149 153 162 173 174 177 180 181 189 190 191 193 199 1349 1700 1701 1702",
    "broadnet": "192",
}
_OPERATORS = {
    four_digits: operator
    for operator, prefixes in _OPERATORS_BY_PREFIX.items()
    for prefix in prefixes.split()
    for four_digits in ([prefix] if len(prefix) == len("1349") else [f"{prefix}{digit}" for digit in range(10)])
}


class Number(NamedTuple):
    """A number that can be sent to."""

    digits: str
    """E.164, without +"""
    country_code: str
    region: str
    """ISO 3166 alpha-2; "" for satellite and other numbers of no country"""
    operator: str
    """mobile, unicom, telecom, broadnet or "": a hint from the prefix, numbers may have been ported"""
    mainland: bool


def parse(text: str, default_country: str = MAINLAND) -> Number | None:
    """Return the number that a caller wrote, or None when it is none that a text can go to.

    Takes `+`, `00`, or nothing in front of the country code (a blank where a form swallowed the `+`), with blanks,
    dashes and parentheses in between; only ASCII digits count. A bare number is read with its own country code if it
    has one; `1[3-9]` and nine digits belong to the mainland where 86 is the default, also after a lone `+` when no
    other country claims it. Under another default a bare number may be written as at home. On the mainland every
    mobile number passes and no other does.

    spec: nxcloud#items.phone, comms#send.mobile, comms#send.mobile.loose, yundashi#tel.mobile,
    alibaba#send.PhoneNumbers
    """
    found = _MAINLAND.fullmatch(text)
    if found is not None:
        return _mainland(found[1])
    if default_country == MAINLAND and _BARE.fullmatch(text):
        return _mainland(text)
    return _other(text, default_country) if len(text) <= _LONGEST else None


def masked(digits: str) -> str:
    """Return a number as logs may hold it: country code, at most three digits, stars, the last two digits.

    8613800138000 becomes 86138******00. At least four digits are hidden; what is no number is hidden whole.
    """
    if not (digits.isascii() and digits.isdigit()):
        return "*" * min(len(digits), 16)
    shown = len(split_country(digits)[0])
    shown += max(0, min(3, len(digits) - shown - 2 - _LEAST_HIDDEN))
    hidden = len(digits) - shown - 2
    return digits[:shown] + "*" * hidden + digits[-2:] if hidden >= _LEAST_HIDDEN else "*" * len(digits)


def _mainland(national: str) -> Number:
    # past the named tuple's own constructor, which takes twice as long; every message has a number
    return tuple.__new__(Number, (MAINLAND + national, MAINLAND, "CN", _OPERATORS.get(national[:4], ""), True))


@lru_cache(maxsize=4096)
def _other(text: str, default_country: str) -> Number | None:
    bare = text.strip().translate(_FILLERS)
    plus = bare.startswith("+")
    digits = bare[1:] if plus else bare
    if not (digits.isascii() and digits.isdigit()):
        return None
    international = plus or digits.startswith("00")
    digits = digits.removeprefix("00") if international else digits
    may_be_mainland = default_country == MAINLAND and _BARE.fullmatch(digits) is not None
    if may_be_mainland and not international:
        return _mainland(digits)
    number = _international(digits)
    if number is not None:
        return number
    if may_be_mainland and plus:
        return _mainland(digits)
    if international or default_country in {"", MAINLAND}:
        return None
    return _at_home(digits, default_country)


def _international(digits: str) -> Number | None:
    country_code, national = split_country(digits)
    if country_code == MAINLAND:
        return _mainland(national) if _BARE.fullmatch(national) else None
    plan = plan_of(country_code)
    if plan is None:
        return None
    region = plan.region_of(national)
    if region is not None:
        return Number(digits, country_code, region, "", False)
    return _judged(f"+{digits}", None)


def _at_home(digits: str, country_code: str) -> Number | None:
    plan = plan_of(country_code)
    return _judged(digits, plan) if plan is not None else None


def _judged(text: str, home: Plan | None) -> Number | None:
    answer = judged(text, home)
    if answer is None or answer[1] == MAINLAND:
        return None
    digits, country_code, region = answer
    return Number(digits, country_code, region, "", False)
