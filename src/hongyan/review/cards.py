"""Say whether a card template is well made, and where not: beside the road, called by `apply`.

Takes the vendor's `Template` object (CreateCardSmsTemplate). Must not store, send or draw anything.
"""

import re
from collections.abc import Iterator

import msgspec

from hongyan.model.card import PLACE, CardTemplate, Element, ExtendInfo, Kind, Page, read_card
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.review import actions
from hongyan.review.card_types import LAYOUTS, MOST_ELEMENTS, MOST_PAGES, fits, spelled

LONGEST_SCENE = 10
MOST_PARAMS = 20
LONGEST_CONTENT = 2000
TRIAL_WORD = "测试"
_TRIAL = "2"
_RESOURCE, _URL = 1, 2
_NAME = re.compile(r"\$\{[^\W_]+\}")
_AT = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")

Fault = tuple[str, str]
"""(path in the template, what is wrong there)"""


def validate(template: object) -> CardTemplate:
    """Return the template as a value.

    Raises Refused(BAD_CARD) with `where` (a path such as `templateContent.pages[0].tmpCards[2].content`) and `why`,
    for the first thing that is wrong. spec: cards#template
    """
    try:
        card = read_card(template)
        msgspec.json.encode(card)
    except UnicodeEncodeError:
        raise Refused(Reason.BAD_CARD, where="", why="a text is not valid Unicode") from None
    except (RecursionError, TypeError):
        raise Refused(Reason.BAD_CARD, where="extendInfo.userExt", why="cannot be written as JSON") from None
    except ValueError as broken:
        text = str(broken)
        at = _AT.search(text)
        where = at[1] if at else ""
        raise Refused(Reason.BAD_CARD, where=where, why=text[: at.start()] if at else text) from None
    for where, why in faults(card):
        raise Refused(Reason.BAD_CARD, where=where, why=why)
    return card


def variables(card: CardTemplate) -> tuple[str, ...]:
    """Return the bare names of the variables that sending this card needs, in reading order."""
    return card.variables


def faults(card: CardTemplate) -> Iterator[Fault]:
    """Yield everything wrong with a template of the right shape."""
    if not card.card_sign_name.strip():
        yield "cardSignName", "must not be empty"
    yield from _extend_faults(card.extend_info)
    yield from _content_faults(card)
    if card.extend_info.purpose == _TRIAL:
        yield from _trial_faults(card)


def _extend_faults(info: ExtendInfo) -> Iterator[Fault]:
    # spec: cards#extend.scene
    if not info.scene.strip():
        yield "extendInfo.scene", "must not be empty"
    if len(info.scene) > LONGEST_SCENE:
        yield "extendInfo.scene", f"longer than {LONGEST_SCENE} characters"
    # spec: cards#extend.params
    if len(info.params) > MOST_PARAMS:
        yield "extendInfo.params", f"more than {MOST_PARAMS} variables"
    seen: set[str] = set()
    for place, param in enumerate(info.params):
        where = f"extendInfo.params[{place}]"
        if not _NAME.fullmatch(param.name):
            yield f"{where}.name", "must be ${name} of letters and digits, without underscore"
        if param.name in seen:
            yield f"{where}.name", "declared twice"
        seen.add(param.name)
        if param.type != 1:
            yield f"{where}.type", "must be 1"
        if not str(param.example).strip():
            yield f"{where}.example", "must not be empty"


def _content_faults(card: CardTemplate) -> Iterator[Fault]:
    layout = LAYOUTS[card.card_type]
    pages = card.pages
    # spec: cards#pages
    if not pages:
        yield "templateContent.pages", "must not be empty"
    if len(pages) > MOST_PAGES:
        yield "templateContent.pages", f"more than {MOST_PAGES} pages"
    elif len(pages) > layout.pages:
        yield "templateContent.pages", f"card type {card.card_type.value} has at most {layout.pages}"
    declared = frozenset(card.declared)
    for number, page in enumerate(pages):
        where = f"templateContent.pages[{number}].tmpCards"
        yield from _position_faults(page, where)
        for place, element in enumerate(page.tmp_cards):
            for below, why in _element_faults(element, declared):
                yield f"{where}[{place}].{below}", why
        kinds = [one.type for one in page.in_order]
        # spec: cards#layouts
        if len(kinds) <= MOST_ELEMENTS and not fits(layout, kinds):
            read = " ".join(kinds) or "nothing"
            yield where, f"a page of card type {card.card_type.value} is {spelled(layout)}, not {read}"


def _position_faults(page: Page, where: str) -> Iterator[Fault]:
    if len(page.tmp_cards) > MOST_ELEMENTS:
        yield where, f"more than {MOST_ELEMENTS} elements"
    seen: set[int] = set()
    for place, element in enumerate(page.tmp_cards):
        # spec: cards#element.position
        if element.position_number < 1:
            yield f"{where}[{place}].positionNumber", "begins at 1"
        if element.position_number in seen:
            yield f"{where}[{place}].positionNumber", f"position {element.position_number} is taken"
        seen.add(element.position_number)


def _element_faults(element: Element, declared: frozenset[str]) -> Iterator[Fault]:
    if element.type in {Kind.TEXT, Kind.BUTTON}:
        # spec: cards#element.content
        if not element.content.strip():
            yield "content", f"{element.type.value} needs it"
        if len(element.content) > LONGEST_CONTENT:
            yield "content", f"longer than {LONGEST_CONTENT} characters"
    else:
        yield from _media_faults(element)
    # spec: cards#element.action
    if element.type is Kind.BUTTON and not element.action_type:
        yield "actionType", "BUTTON needs it"
    if element.action_type:
        yield from actions.wrong(element.action_type, element.action)
    for below, text in element.texts():
        for name in PLACE.findall(text):
            # spec: cards#element.visible
            if element.hidden:
                yield below, f"${{{name[:40]}}} in an element with visible 0"
            elif name not in declared:
                yield below, f"${{{name[:40]}}} is not declared in extendInfo.params"


def _media_faults(element: Element) -> Iterator[Fault]:
    # spec: cards#element.src
    if element.src_type not in {_RESOURCE, _URL}:
        yield "srcType", "must be 1 (resource id) or 2 (URL)"
    sources = [("src", str(element.src))]
    if element.type is Kind.VIDEO:
        sources.append(("cover", str(element.cover)))
    for name, text in sources:
        if not text.strip():
            yield name, f"{element.type.value} needs it"
        elif element.src_type == _URL and not text.lower().startswith("https://"):
            yield name, "must begin with https://"
        elif len(text) > actions.LONGEST_URL:
            yield name, f"longer than {actions.LONGEST_URL} characters"


def _trial_faults(card: CardTemplate) -> Iterator[Fault]:
    # spec: cards#extend.trial
    wording = [one.content for page in card.pages for one in page.tmp_cards if one.content]
    if wording and not any(TRIAL_WORD in text for text in wording):
        yield "extendInfo.purpose", f"a trial card's wording must contain {TRIAL_WORD}"
