"""Card templates to test with: one well-made example of each type, built from its layout's letters."""

import copy
from typing import Any

from hongyan.model.card import CardType

ACTION = {"target": "https://shop.example/${param1}", "merchantName": "示例商店"}

WORDS: dict[CardType, list[str]] = {
    CardType.SWIPE_1: ["ITTB", "ITB"],
    CardType.SWIPE_2: ["TITBITB"],
    CardType.NOTICE: ["TTTTTTB"],
    CardType.VIDEO: ["VTTB"],
    CardType.IMAGE_TEXT: ["ITTB"],
    CardType.ITINERARY: ["TTTTTTTBB"],
    CardType.MULTI_IMAGE_TEXT: ["ITTITIT"],
    CardType.RED_PACKET: ["ITTTB"],
    CardType.NEWS: ["ITTTITI"],
    CardType.E_COMMERCE: ["ITTTTB"],
    CardType.CAROUSEL_16_9: ["IT", "IT", "IT"],
    CardType.CAROUSEL_1_1: ["IT", "I"],
    CardType.CAROUSEL_48_65: ["ITTB", "ITTB"],
    CardType.VIDEO_IMAGE_TEXT: ["VTTITITB"],
    CardType.LONG_TEXT: ["TTB"],
    CardType.PERSONAL_RED_PACKET: ["ITTTTB"],
    CardType.MULTI_PRODUCT: ["TITTBITTB"],
    CardType.IMAGE_TEXT_VIDEO: ["ITTVTB"],
    CardType.COUPON: ["ITTTB"],
    CardType.MULTI_COUPON: ["TITTBITTB"],
}


def element(letter: str, position: int, *, first_text: bool = False) -> dict[str, Any]:
    """One element of a kind."""
    if letter == "T":
        content = "测试 尊敬的${param1}" if first_text else f"正文第{position}段:余额 ${{param2}} 元"
        return {"type": "TEXT", "content": content, "isTextTitle": first_text, "positionNumber": position}
    if letter == "B":
        return {
            "type": "BUTTON",
            "content": "查看详情",
            "actionType": "OPEN_URL",
            "action": dict(ACTION),
            "positionNumber": position,
        }
    media: dict[str, Any] = {
        "type": "IMAGE",
        "srcType": 2,
        "src": f"https://img.example/{position}.png",
        "positionNumber": position,
    }
    if letter == "V":
        media |= {"type": "VIDEO", "src": "https://img.example/v.mp4", "cover": "https://img.example/cover.png"}
    return media


def page(word: str, *, title: bool) -> dict[str, Any]:
    """One page spelled in letters."""
    cards: list[dict[str, Any]] = []
    for position, letter in enumerate(word, 1):
        cards.append(element(letter, position, first_text=title and letter == "T"))
        title = title and letter != "T"
    return {"tmpCards": cards}


def sample(card_type: int = CardType.IMAGE_TEXT) -> dict[str, Any]:
    """A well-made template of a type, with variables param1 and param2."""
    words = WORDS[CardType(card_type)]
    return copy.deepcopy(
        {
            "cardType": int(card_type),
            "cardSignName": "阿里云",
            "extendInfo": {
                "scene": "图文测试",
                "purpose": "2",
                "params": [
                    {"name": "${param1}", "type": 1, "example": "李四"},
                    {"name": "${param2}", "type": 1, "example": "100"},
                ],
                "userExt": {"companyName": "示例"},
            },
            "templateContent": {"pages": [page(word, title=not n) for n, word in enumerate(words)]},
        }
    )
