"""A card template as a value: pages of texts, images, videos and buttons, with places for values.

Only the shape, read from the vendor's JSON names; what a good template is, `review` says; how it looks, `links`.
"""

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from typing import Any, Literal, Self

import msgspec
from msgspec import Struct

PLACE = re.compile(r"\$\{([^{}]*)\}")
"""where a value goes: `${name}`"""


class CardType(IntEnum):
    """The twenty kinds of card. spec: cards#types."""

    SWIPE_1 = 1
    SWIPE_2 = 2
    NOTICE = 3
    VIDEO = 4
    IMAGE_TEXT = 5
    ITINERARY = 6
    MULTI_IMAGE_TEXT = 7
    RED_PACKET = 8
    NEWS = 9
    E_COMMERCE = 10
    CAROUSEL_16_9 = 11
    CAROUSEL_1_1 = 12
    CAROUSEL_48_65 = 13
    VIDEO_IMAGE_TEXT = 14
    LONG_TEXT = 15
    PERSONAL_RED_PACKET = 16
    MULTI_PRODUCT = 17
    IMAGE_TEXT_VIDEO = 18
    COUPON = 19
    MULTI_COUPON = 20


class Kind(StrEnum):
    """What an element is. The document writes both `Button` and `BUTTON`. spec: cards#element.type."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    BUTTON = "BUTTON"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None


class Action(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Where a tap leads; which fields count depends on the element's `action_type`."""

    target: str = ""
    merchant_name: str = ""
    package_name: tuple[str, ...] | str = ()
    floor_url: str = ""
    """where to go when the app is not there"""
    subject: str = ""
    body: str = ""
    title: str = ""
    description: str = ""
    begin_time: str = ""
    end_time: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield (wire name, text) of every field that may hold places for values."""
        for name, wire in zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True):
            value = getattr(self, name)
            if isinstance(value, str):
                yield wire, value


class Element(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One thing on a page: `tmpCards[n]`."""

    type: Kind
    position_number: int
    content: str = ""
    is_text_title: bool = False
    src_type: int = 0
    """1: `src` is the id of an uploaded resource; 2: it is a URL"""
    src: str | int = ""
    cover: str | int = ""
    action_type: str = ""
    action: Action | None = None
    visible: bool | int = 1

    @property
    def hidden(self) -> bool:
        """Whether it stays off the page."""
        return not self.visible

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield (path, text) of everything that may hold places for values."""
        yield "content", self.content
        yield "src", str(self.src)
        yield "cover", str(self.cover)
        for name, text in self.action.texts() if self.action else ():
            yield f"action.{name}", text


class Page(Struct, frozen=True, rename="camel"):
    """One page of a card: carousels have several."""

    tmp_cards: tuple[Element, ...]

    @property
    def in_order(self) -> tuple[Element, ...]:
        """The elements as they are read: left to right, then down. spec: cards#element.position."""
        return tuple(sorted(self.tmp_cards, key=lambda one: one.position_number))


class Param(Struct, frozen=True, kw_only=True):
    """A declared place for a value."""

    name: str
    type: int = 1
    example: str | int | float = ""


class ExtendInfo(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What the template is for."""

    scene: str
    purpose: Literal["1", "2"]
    """1: live; 2: trial. spec: cards#extend.purpose."""
    params: tuple[Param, ...] = ()
    user_ext: dict[str, Any] = {}


class TemplateContent(Struct, frozen=True):
    """The pages."""

    pages: tuple[Page, ...]


class CardTemplate(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A card template: `Template` of CreateCardSmsTemplate."""

    card_type: CardType
    card_sign_name: str
    extend_info: ExtendInfo
    template_content: TemplateContent

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages, in order."""
        return self.template_content.pages

    @property
    def declared(self) -> tuple[str, ...]:
        """Bare names of the declared variables."""
        return tuple(one.name.removeprefix("${").removesuffix("}") for one in self.extend_info.params)

    @property
    def variables(self) -> tuple[str, ...]:
        """Bare names of the variables used anywhere, in reading order, each once."""
        seen: dict[str, None] = {}
        for page in self.pages:
            for element in page.in_order:
                for _, text in element.texts():
                    seen.update(dict.fromkeys(PLACE.findall(text)))
        return tuple(seen)


def read_card(template: object) -> CardTemplate:
    """Return the value behind a template object; `params` may be a list or a JSON text of one.

    Raises ValueError (msgspec's, with the path in it) for any other shape. spec: cards#extend.params
    """
    if isinstance(template, Mapping):
        extend = template.get("extendInfo")
        if isinstance(extend, Mapping) and isinstance(extend.get("params"), str):
            text = extend["params"]
            try:
                params = msgspec.json.decode(text) if text.strip() else []
            except RecursionError:
                raise ValueError("JSON nested too deeply - at `$.extendInfo.params`") from None
            except ValueError as broken:
                raise ValueError(f"{broken} - at `$.extendInfo.params`") from None
            template = {**template, "extendInfo": {**extend, "params": params}}
    return msgspec.convert(template, CardTemplate, strict=False)
