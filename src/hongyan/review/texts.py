"""Say what is wrong with a declared signature or template: the rules a vendor's reviewer would hold it to.

Beside the road, called by `apply`. Every rule is a sentence for the operator; nothing here approves or stores.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hongyan.model.errors import Refused
from hongyan.model.message import Category, Leg
from hongyan.model.world import Declared, Signature, Template
from hongyan.review import cards
from hongyan.text import placeholders, signature

LONGEST_BODY = 500
CAPTCHA_WORDS = ("验证码", "注册码", "校验码", "动态码")
_OPENED = re.compile(r"\$\{")


def check(thing: Declared) -> list[str]:
    """Return what is wrong with a declared thing, a sentence each; nothing for kinds that are not reviewed."""
    checks = _CHECKS.get(type(thing))
    return list(checks(thing)) if checks else []


def _signature(one: Signature) -> Iterator[str]:
    # spec: cards#review.signature
    if not signature.is_well_formed(one.name):
        yield f"name: {one.name!r} must be 2 to 12 Chinese characters, letters or digits, without brackets."


def _template(one: Template) -> Iterator[str]:
    if one.dialect not in placeholders.STYLES:
        return
    if one.leg is Leg.CARD:
        yield from _card(one)
        return
    # spec: cards#review.template
    if not one.body.strip():
        yield "body: must not be empty."
    if one.leg is Leg.TEXT and len(one.body) > LONGEST_BODY:
        yield f"body: has {len(one.body)} characters, at most {LONGEST_BODY} are allowed."
    names = placeholders.names(one.body, one.dialect)
    yield from _places(one, names)
    for name in one.rules:
        if name not in names:
            yield f"rules: {name!r} is no variable of the body."
    if one.dialect == "alibaba" and one.category is Category.CAPTCHA and one.leg is Leg.TEXT:
        yield from _captcha(one, names)


def _places(one: Template, names: list[str]) -> Iterator[str]:
    style = placeholders.STYLES[one.dialect]
    if style.first is None:
        opened, read = len(_OPENED.findall(one.body)), len(style.place.findall(one.body))
        if opened != read:
            yield "body: a variable is not written as ${name}."
        return
    missing = set(range(style.first, style.first + len(names))) - {int(name) for name in names}
    if missing:
        yield f"body: the variables must be numbered from {style.first} without a gap; {{{min(missing)}}} is missing."


def _captcha(one: Template, names: list[str]) -> Iterator[str]:
    # spec: cards#review.captcha
    if len(names) != 1:
        yield f"body: a verification code template has exactly one variable, not {len(names)}."
    if not one.international and not any(word in one.body for word in CAPTCHA_WORDS):
        yield f"body: a verification code template must contain one of {'、'.join(CAPTCHA_WORDS)}."


def _card(one: Template) -> Iterator[str]:
    if one.card is None:
        yield "card: a card template needs it."
        return
    try:
        cards.validate(one.card)
    except Refused as refused:
        yield f"card: {refused.facts['where'] or 'the template'}: {refused.facts['why']}."


_CHECKS: Mapping[type, Callable[[Any], Iterator[str]]] = {Signature: _signature, Template: _template}
