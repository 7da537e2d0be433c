"""A template as a handset would show it: rendered with example values, counted and priced as the desk would.

Reads only; nothing is sent or kept.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hongyan.ledger.price import PriceList
from hongyan.links.cards import card_of, card_text, render
from hongyan.model.message import Category, Leg
from hongyan.model.money import amount
from hongyan.model.world import Signature, Template, World
from hongyan.operate.wordings import places
from hongyan.review.cards import validate
from hongyan.text import numbers, parts, placeholders, signature

SAMPLE_NUMBER = "8613800138000"
_EXAMPLES = (
    ("code", "1234"),
    ("captcha", "1234"),
    ("name", "李四"),
    ("time", "20:00"),
    ("date", "8月8日"),
    ("money", "99.00"),
    ("amount", "99.00"),
    ("phone", "13800138000"),
    ("number", "20260808"),
)
"""a part of a place's name -> what is put there when nobody says"""


def examples(one: Template) -> dict[str, str]:
    """Return a value for each of a template's places, as its reviewer would put in."""
    declared = {}
    if one.card is not None:
        for param in one.card.get("extendInfo", {}).get("params", ()):
            declared[str(param.get("name", "")).strip("${}")] = str(param.get("example", ""))
    found = {}
    for name in places(one):
        fits = next((value for part, value in _EXAMPLES if part in name.lower()), "")
        usual = "1234" if one.category is Category.CAPTCHA else "示例"
        found[name] = declared.get(name) or fits or usual
    return found


def preview(
    world: Callable[[], World], one: Template, values: Mapping[str, str], to: str = SAMPLE_NUMBER
) -> dict[str, Any]:
    """Return the text with its signature, its parts and price, and the card as it is shown. Raises Refused."""
    known = world()
    if one.card is not None:
        validate(one.card)
    filled = examples(one) | {name: value for name, value in values.items() if value}
    number = numbers.parse(to) or numbers.parse(SAMPLE_NUMBER)
    assert number is not None  # the sample is a number
    card = None
    if one.card is not None:
        card = render(card_of(one.card), filled)
        text = card_text(one.card, filled)
    else:
        text = placeholders.render(one.body, one.dialect, filled) if one.dialect in placeholders.STYLES else one.body
    name = one.signature or _default_signature(known, one)
    if name:
        text = signature.place(name, text)
    alphabet, units, counted = parts.count(
        text, parts.rule_for(one.dialect, number.region), country_code=number.country_code
    )
    each = PriceList(known).each(one.project, one.leg, number.digits)
    project = known.projects.get(one.project)
    return {
        "text": text,
        "signature": name,
        "values": filled,
        "alphabet": alphabet,
        "units": units,
        "parts": counted if one.leg is Leg.TEXT else 1,
        "price": None if each is None else amount(each * (counted if one.leg is Leg.TEXT else 1)),
        "currency": project.currency if project else "",
        "card": card,
    }


def card_plain(shown: Any) -> dict[str, Any]:
    """Return a card as plain values, for `/v1`."""
    return {
        "title": shown.title,
        "signature": shown.sign,
        "pages": [
            [{"kind": one.kind, "text": one.text, "label": one.label, "title": one.is_title} for one in page.elements]
            for page in shown.pages
        ],
    }


def _default_signature(world: World, one: Template) -> str | None:
    """Return the signature that the desk would put: none where texts go without."""
    if one.dialect not in {"alibaba", "yundashi"} or signature.split(one.body)[0] is not None:
        return None
    known: list[Signature] = list(world.signatures.get(one.project, {}).values())
    approved = [each for each in known if each.review == "approved"]
    return next((each.name for each in approved if each.default), approved[0].name if approved else None)
