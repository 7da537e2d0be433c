"""QueryMobilesCardSupport and the older CheckMobilesCardSupport: which numbers can show cards."""

from collections.abc import Iterable
from typing import Any

from hongyan.dialects.alibaba.ask import Ask
from hongyan.dialects.alibaba.cards import check_invited
from hongyan.dialects.alibaba.params import json_objects, numbered, required
from hongyan.model.errors import Refused
from hongyan.model.message import Leg
from hongyan.model.reason import Reason
from hongyan.text.numbers import parse

MOST_NUMBERS = 10_000


async def query_mobiles_card_support(ask: Ask) -> dict[str, Any]:
    """Answer for numbers in one JSON text, with capital names.

    spec: alibaba#support.QueryMobilesCardSupport
    """
    check_invited(ask)
    ask.template(required(ask.params, "TemplateCode"), Leg.CARD)
    written = required(ask.params, "Mobiles")
    if (ask.params.get("EncryptType") or "NORMAL") != "NORMAL":
        # spec: alibaba#support.EncryptType
        raise Refused(Reason.BAD_FIELD, field="EncryptType", why="numbers must be plain: a digest cannot be looked up")
    mobiles = _within([one.get("mobile", "") for one in json_objects(written, "Mobiles")])
    result = [{"Mobile": mobile, "Support": shown} for mobile, shown in _support(ask, mobiles)]
    return {"Success": True, "Data": {"QueryResult": result}}


async def check_mobiles_card_support(ask: Ask) -> dict[str, Any]:
    """Answer for numbers in numbered parameters, with small names.

    spec: alibaba#support.CheckMobilesCardSupport
    """
    check_invited(ask)
    ask.template(required(ask.params, "TemplateCode"), Leg.CARD)
    mobiles = _within([one.get("mobile", "") for one in numbered(ask.params, "Mobiles")])
    result = [{"mobile": mobile, "support": shown} for mobile, shown in _support(ask, mobiles)]
    return {"Success": True, "Data": {"queryResult": result}}


def _within(mobiles: list[str]) -> list[str]:
    if not mobiles:
        raise Refused(Reason.MISSING_FIELD, field="Mobiles")
    if len(mobiles) > MOST_NUMBERS:  # spec: alibaba#support.most
        raise Refused(Reason.TOO_MANY_ITEMS, most=MOST_NUMBERS)
    return mobiles


def _support(ask: Ask, mobiles: Iterable[str]) -> Iterable[tuple[str, bool]]:
    """Yield each number with its answer; what is no number shows nothing.

    spec: alibaba#support.answer
    """
    for mobile in mobiles:
        number = parse(mobile)
        yield mobile, number is not None and ask.card_support.shows_cards(number.digits)
