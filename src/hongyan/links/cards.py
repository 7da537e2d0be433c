"""A card with its values put in: the short text that carries its link, and what its page shows.

Pure. Must not build HTML: it yields plain texts and checked addresses, and the templates escape every one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hongyan.links import addresses
from hongyan.links.looks import LOOKS, Look
from hongyan.links.taps import Tap, tap
from hongyan.model.card import PLACE, CardTemplate, Element, Kind, read_card
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason

_URL = 2
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LABELLED = re.compile(r"([^：:\s]{1,8})(?:：|: )(.+)", re.DOTALL)
_MOST_READ = 1024
_read: dict[int, tuple[Mapping[str, Any], CardTemplate, tuple[str, ...]]] = {}


class Shown(NamedTuple):
    """One element as the page shows it."""

    kind: str
    """text, image, video or button"""
    text: str = ""
    is_title: bool = False
    label: str = ""
    """what stands before the colon of a short line such as 取件码：8-2-3046; the text is what follows"""
    src: str | None = None
    cover: str | None = None
    tap: Tap | None = None


class ShownPage(NamedTuple):
    """One page: its elements in reading order."""

    elements: tuple[Shown, ...]

    @property
    def groups(self) -> list[list[Shown]]:
        """The elements cut before every picture: rows of a list."""
        groups: list[list[Shown]] = [[]]
        for one in self.elements:
            if one.kind in {"image", "video"} and groups[-1]:
                groups.append([])
            groups[-1].append(one)
        return groups

    @property
    def slides(self) -> list[list[Shown]]:
        """The groups as slides of a carousel: what stands before the first picture is on its slide."""
        first, *others = self.groups
        if others and all(one.kind not in {"image", "video"} for one in first):
            return [first + others[0], *others[1:]]
        return [first, *others]


class ShownCard(NamedTuple):
    """A card as its page shows it."""

    look: Look
    sign: str
    pages: tuple[ShownPage, ...]
    custom_url: str | None
    """where a reader goes whose phone does not draw the card"""
    origins: tuple[str, ...]
    """where its pictures and videos come from"""

    @property
    def title(self) -> str:
        """The first title, else the first text, else the signature."""
        texts = [one for page in self.pages for one in page.elements if one.kind == "text"]
        chosen = next((one for one in texts if one.is_title), texts[0] if texts else None)
        return chosen.text if chosen else self.sign


def card_text(card: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """Return the text that carries a card's link when the caller gave none: its title.

    A value that is missing leaves its place empty: whether the card can be drawn is found when it is opened.
    spec: cards#carrier.default
    """
    template = card_of(card)
    texts = [one for page in template.pages for one in page.in_order if one.type is Kind.TEXT and not one.hidden]
    title = next((one for one in texts if one.is_text_title), texts[0] if texts else None)
    if title is not None:
        text = PLACE.sub(lambda place: values.get(place[1], ""), title.content)
        if text := " ".join(text.split()):
            return text
    return template.card_sign_name


def card_of(card: Mapping[str, Any]) -> CardTemplate:
    """Return the value behind a declared template's object, read once. Raises ValueError."""
    return _known(card)[0]


def lacking(card: Mapping[str, Any], values: Mapping[str, str]) -> str | None:
    """Return the first variable of a declared template that has no value: without it nobody can draw the card."""
    return next((name for name in _known(card)[1] if name not in values), None)


def _known(card: Mapping[str, Any]) -> tuple[CardTemplate, tuple[str, ...]]:
    known = _read.get(id(card))
    if known is None or known[0] is not card:
        template = read_card(card)
        if len(_read) >= _MOST_READ:
            _read.clear()
        known = _read[id(card)] = card, template, template.variables
    return known[1:]


def render(card: CardTemplate, values: Mapping[str, str], custom_url: str | None = None) -> ShownCard:
    """Return what the page shows. Raises Refused(MISSING_VALUE) with the `name` of the first value not given."""
    look = LOOKS[card.card_type]
    pages = tuple(
        ShownPage(tuple(_shown(one, values, look) for one in page.in_order if not one.hidden)) for page in card.pages
    )
    found = {
        addresses.origin(address)
        for page in pages
        for one in page.elements
        for address in (one.src, one.cover)
        if address
    }
    return ShownCard(
        look=look,
        sign=clean(card.card_sign_name),
        pages=pages,
        custom_url=addresses.web(custom_url or "", ("https", "http")),
        origins=tuple(sorted(found)),
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its values put in, once: a value that reads like a place stays as it is.

    spec: cards#render.values
    """
    return "".join(_pieces(text, values))


def clean(text: str) -> str:
    """Return a text in which what no page can show stands as the replacement character."""
    return _UNSEEN.sub("\ufffd", text)


def _pieces(text: str, values: Mapping[str, str]) -> Iterator[str]:
    end = 0
    for place in PLACE.finditer(text):
        yield text[end : place.start()]
        value = values.get(place[1])
        if value is None:
            raise Refused(Reason.MISSING_VALUE, name=place[1])
        yield value
        end = place.end()
    yield text[end:]


def _shown(element: Element, values: Mapping[str, str], look: Look) -> Shown:
    def said(text: str) -> str:
        return clean(fill(text, values))

    text = said(element.content)
    tapped = tap(element.action_type, element.action, said) if element.action_type and element.action else None
    if element.type in {Kind.IMAGE, Kind.VIDEO}:
        from_web = element.src_type == _URL
        return Shown(
            kind=element.type.value.lower(),
            # spec: cards#render.media
            src=addresses.web(said(str(element.src))) if from_web else None,
            cover=addresses.web(said(str(element.cover))) if from_web else None,
            tap=tapped,
        )
    if element.type is Kind.BUTTON:
        return Shown("button", text, tap=tapped)
    labelled = _LABELLED.fullmatch(text) if look.family == "notice" and not element.is_text_title else None
    if labelled:
        return Shown("text", labelled[2], label=labelled[1], tap=tapped)
    return Shown("text", text, is_title=element.is_text_title, tap=tapped)
