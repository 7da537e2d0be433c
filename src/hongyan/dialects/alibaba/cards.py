"""SendCardSms and SendBatchCardSms: a card where the phone can show it, else the fallback that was asked for.

Which of the two a number gets is the desk's to find; here the legs are described, and the verdicts told apart.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from hongyan.dialects.alibaba.ask import Ask, biz_id, extend_code, same_length
from hongyan.dialects.alibaba.params import Card, Values, json_cards, json_values, numbered, pair_values, required
from hongyan.dialects.alibaba.text import MOST_NUMBERS, batch_extends, batch_numbers, batch_values
from hongyan.model.errors import Refused
from hongyan.model.message import Leg
from hongyan.model.reason import Reason
from hongyan.model.submission import Item, Verdict
from hongyan.model.world import Review, Template

T = TypeVar("T")

_REVIEWED = {Review.PENDING: 0, Review.APPROVED: 1, Review.REJECTED: 2, Review.CANCELLED: 2}
_FALLBACKS: dict[str, tuple[str, Leg] | None] = {
    "SMS": ("SmsTemplateCode", Leg.TEXT),
    "DIGITALSMS": ("DigitalTemplateCode", Leg.DIGITAL),
    "NONE": None,
}
"""spec: alibaba#card.FallbackType."""


async def send_card_sms(ask: Ask) -> dict[str, Any]:
    """Send one card to numbers that each have their own values.

    spec: alibaba#card.SendCardSms, alibaba#card.CardObjects, alibaba#card.SignName, alibaba#card.SmsTemplateParam,
    alibaba#card.TemplateParam, alibaba#card.SmsUpExtendCode, alibaba#card.dyncParams, alibaba#card.repeat
    """
    check_invited(ask)
    params = ask.params
    objects = numbered(params, "CardObjects")
    if not objects:
        raise Refused(Reason.MISSING_FIELD, field="CardObjects")
    if len(objects) > MOST_NUMBERS:  # spec: alibaba#card.most
        raise Refused(Reason.TOO_MANY_ITEMS, most=MOST_NUMBERS)
    signature = required(params, "SignName")
    leg = _CardLeg(ask)
    text_values = json_values(params.get("TemplateParam", ""), "TemplateParam")
    fallback_values = leg.values_of(
        lambda: json_values(params.get("SmsTemplateParam", ""), "SmsTemplateParam"),
        lambda: pair_values(params.get("DigitalTemplateParam", ""), "DigitalTemplateParam"),
    )
    extend = extend_code(params.get("SmsUpExtendCode"))
    items = [
        leg.item(
            _mobile(one),
            signature,
            extend,
            Card(json_values(one.get("dyncParams", ""), "dyncParams"), one.get("customUrl", "")),
            text_values,
            fallback_values or {},
        )
        for one in objects
    ]
    return _told(leg.template, items, await ask.accept(items))


async def send_batch_card_sms(ask: Ask) -> dict[str, Any]:
    """Send one card to numbers that each have their own signature and values.

    spec: alibaba#batchcard
    """
    check_invited(ask)
    numbers, signatures = batch_numbers(ask)
    wanted = len(numbers)
    leg = _CardLeg(ask)
    written = ask.params.get("CardTemplateParamJson")
    cards = json_cards(written, "CardTemplateParamJson") if written else [Card({}, "")] * wanted
    same_length("CardTemplateParamJson", cards, wanted)
    text_values = batch_values(ask, "TemplateParamJson", wanted)
    fallback_values = leg.values_of(
        lambda: batch_values(ask, "SmsTemplateParamJson", wanted),
        lambda: batch_values(ask, "DigitalTemplateParamJson", wanted),
    )
    extends = batch_extends(ask, wanted)
    items = [
        leg.item(
            number.strip(),
            signatures[at],
            extends[at],
            cards[at],
            text_values[at],
            fallback_values[at] if fallback_values else {},
        )
        for at, number in enumerate(numbers)
    ]
    return _told(leg.template, items, await ask.accept(items))


def check_invited(ask: Ask) -> None:
    """Refuse a project without card messages.

    spec: alibaba#code.ForbiddenAction
    """
    if not ask.caller.project.cards:
        raise Refused(Reason.NOT_PERMITTED, what="cards")


class _CardLeg:
    """What all items of a card submission have in common: the templates of the card, its text and its fallback.

    spec: alibaba#card.CardTemplateCode, alibaba#card.TemplateCode, alibaba#card.OutId
    """

    def __init__(self, ask: Ask) -> None:
        params = ask.params
        self.template = ask.template(required(params, "CardTemplateCode"), Leg.CARD)
        self._text = params.get("TemplateCode") or None
        if self._text is not None:
            ask.template(self._text, Leg.TEXT)
        self._fallback = _fallback(ask)
        self._session = ask.out_id()

    def values_of(self, text: Callable[[], T], digital: Callable[[], T]) -> T | None:
        """Return the values of the fallback that was asked for; those of the others are not looked at."""
        if self._fallback is None:
            return None
        return text() if self._fallback[1] is Leg.TEXT else digital()

    def item(
        self,
        to: str,
        signature: str,
        extend: str | None,
        card: Card,
        text_values: Values,
        fallback_values: Values,
    ) -> Item:
        """Return one number's card with its fallback."""
        fallback = None
        if self._fallback is not None:
            code, leg = self._fallback
            fallback = Item(
                to=to,
                leg=leg,
                template=code,
                values=fallback_values,
                signature=signature,
                extend=extend,
                session=self._session,
            )
        return Item(
            to=to,
            leg=Leg.CARD,
            template=self._text,
            values=text_values,
            signature=signature,
            extend=extend,
            session=self._session,
            card_template=self.template.name,
            card_values=card.values,
            card_url=_web_address(card.url),
            fallback=fallback,
        )


def _fallback(ask: Ask) -> tuple[str, Leg] | None:
    """spec: alibaba#card.FallbackType, alibaba#card.SmsTemplateCode, alibaba#card.DigitalTemplateCode."""
    kind = required(ask.params, "FallbackType")
    if kind not in _FALLBACKS:
        raise Refused(Reason.BAD_FIELD, field="FallbackType", why=kind[:32])
    wanted = _FALLBACKS[kind]
    if wanted is None:
        return None
    field, leg = wanted
    code = required(ask.params, field)
    ask.template(code, leg)
    return code, leg


def _mobile(one: Values) -> str:
    mobile = one.get("mobile", "").strip()
    if not mobile:
        raise Refused(Reason.MISSING_FIELD, field="mobile")
    return mobile


def _web_address(text: str) -> str | None:
    """Return where the card's link leads, which is on the web or nowhere.

    spec: alibaba#card.customUrl
    """
    if not text:
        return None
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and text.isprintable()
    except ValueError:
        sound = False
    if not sound:
        raise Refused(Reason.BAD_FIELD, field="customUrl", why="not a web address")
    return text


def _told(template: Template, items: Sequence[Item], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """spec: alibaba#card.Data, alibaba#card.CardTmpState, alibaba#card.check, alibaba#card.answer."""
    shown: list[str] = []
    others: list[str] = []
    ids: dict[Leg, str] = {}
    for item, verdict in zip(items, verdicts, strict=True):
        message = verdict.message
        (shown if message is not None and message.leg is Leg.CARD else others).append(item.to)
        if message is not None and message.leg not in ids:
            ids[message.leg] = biz_id(message.submission)
    return {
        "Success": True,
        "Data": {
            "CardTmpState": _REVIEWED[template.review],
            "MediaMobiles": ",".join(shown),
            "NotMediaMobiles": ",".join(others),
            "BizCardId": ids.get(Leg.CARD, ""),
            "BizSmsId": ids.get(Leg.TEXT, ""),
            "BizDigitalId": ids.get(Leg.DIGITAL, ""),
        },
    }
