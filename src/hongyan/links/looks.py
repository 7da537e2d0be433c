"""How each of the twenty card types looks: the family that draws it, and the shape of its pictures."""

from typing import NamedTuple

from hongyan.model.card import CardType


class Look(NamedTuple):
    """What the page template is told about a type."""

    family: str
    """name of the template: notice, media, swipe, rows or coupon"""
    ratio: str = "r16x9"
    """class of its pictures"""
    tone: str = "calm"
    """class of the card: calm or festive"""


LOOKS: dict[CardType, Look] = {
    CardType.SWIPE_1: Look("swipe", "r1x1"),
    CardType.SWIPE_2: Look("swipe", "r1x1"),
    CardType.NOTICE: Look("notice"),
    CardType.VIDEO: Look("media"),
    CardType.IMAGE_TEXT: Look("media"),
    CardType.ITINERARY: Look("notice"),
    CardType.MULTI_IMAGE_TEXT: Look("rows", "r1x1"),
    CardType.RED_PACKET: Look("coupon", tone="festive"),
    CardType.NEWS: Look("rows", "r1x1"),
    CardType.E_COMMERCE: Look("media", "r1x1"),
    CardType.CAROUSEL_16_9: Look("swipe", "r16x9"),
    CardType.CAROUSEL_1_1: Look("swipe", "r1x1"),
    CardType.CAROUSEL_48_65: Look("swipe", "r48x65"),
    CardType.VIDEO_IMAGE_TEXT: Look("rows", "r16x9"),
    CardType.LONG_TEXT: Look("notice"),
    CardType.PERSONAL_RED_PACKET: Look("coupon", tone="festive"),
    CardType.MULTI_PRODUCT: Look("rows", "r1x1"),
    CardType.IMAGE_TEXT_VIDEO: Look("media"),
    CardType.COUPON: Look("coupon"),
    CardType.MULTI_COUPON: Look("coupon"),
}
"""spec: cards#types."""
