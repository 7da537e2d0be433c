"""QuerySendDetails and GetCardSmsDetails: what was sent to one number on one day, newest first."""

from datetime import datetime, timedelta
from typing import Any

from hongyan.dialects.alibaba.ask import Ask, as_written
from hongyan.dialects.alibaba.cards import check_invited
from hongyan.dialects.alibaba.outcome import DELIVERED, outcome_of
from hongyan.dialects.alibaba.params import required, whole_number
from hongyan.model.clock import BEIJING, beijing, beijing_text
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal
from hongyan.model.message import Leg, Message, State
from hongyan.model.reason import Reason
from hongyan.text.numbers import parse

DAYS_BACK = 30
MOST_A_PAGE = 50
"""spec: alibaba#query.pages"""
_MOST_PAGES = 1_000_000
_DATE_DIGITS = 8
_DAY = timedelta(days=1)
_NOT_RENDERED, _RENDERED, _RENDER_FAILED = 0, 1, 3
_ADDRESSING_FAILED = 4
_RECEIVED_AS = {Leg.CARD: "CARD_SMS", Leg.TEXT: "SMS", Leg.DIGITAL: "DIGITAL_SMS"}


async def query_send_details(ask: Ask) -> dict[str, Any]:
    """Return the text and digital messages to a number.

    spec: alibaba#query.QuerySendDetails
    """
    params = ask.params
    number = _number(required(params, "PhoneNumber"))
    since_ms, until_ms = _day(ask, required(params, "SendDate"))
    size = whole_number(params, "PageSize", 1, MOST_A_PAGE)
    page = whole_number(params, "CurrentPage", 1, _MOST_PAGES)
    asked = params.get("BizId")
    total, messages = await ask.reports.sent_to(
        ask.caller.project.name,
        number,
        since_ms,
        until_ms,
        dialect="alibaba",
        legs=(Leg.TEXT, Leg.DIGITAL),
        submissions=(_submission("BizId", asked),) if asked else (),
        offset=(page - 1) * size,
        limit=size,
    )
    return {
        "Message": "OK",
        "TotalCount": str(total),
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": [_detail(message) for message in messages]},
    }


def _detail(message: Message) -> dict[str, Any]:
    """spec: alibaba#query.items."""
    outcome = outcome_of(message)
    return _without_empty(
        {
            "PhoneNum": as_written(message.to),
            "SendDate": beijing_text(message.accepted_at),
            "ReceiveDate": _received(message),
            "SendStatus": outcome.status,
            "ErrCode": outcome.code,
            "TemplateCode": message.template,
            "Content": message.content,
            "OutId": message.session,
        }
    )


async def get_card_sms_details(ask: Ask) -> dict[str, Any]:
    """Return the cards to a number, or what the named submissions sent to it.

    spec: alibaba#query.GetCardSmsDetails
    """
    check_invited(ask)
    params = ask.params
    number = _number(required(params, "PhoneNumber"))
    since_ms, until_ms = _day(ask, required(params, "SendDate"))
    size = whole_number(params, "PageSize", 1, MOST_A_PAGE, default=10)
    page = whole_number(params, "CurrentPage", 1, _MOST_PAGES, default=1)
    # the last name is the vendor's own: sending calls the same thing BizDigitalId
    asked = [_submission(name, params[name]) for name in ("BizCardId", "BizSmsId", "BizDigitId") if params.get(name)]
    total, messages = await ask.reports.sent_to(
        ask.caller.project.name,
        number,
        since_ms,
        until_ms,
        dialect="alibaba",
        legs=() if asked else (Leg.CARD,),
        submissions=asked,
        offset=(page - 1) * size,
        limit=size,
    )
    return {
        "Message": "OK",
        "Success": True,
        "CardSendDetailDTO": {
            "TotalCount": total,
            "PageSize": size,
            "CurrentPage": page,
            "Records": [_record(message) for message in messages],
        },
    }


def _record(message: Message) -> dict[str, Any]:
    """spec: alibaba#query.Records."""
    outcome = outcome_of(message)
    never_left = message.leg is Leg.CARD and message.state is State.REJECTED
    return _without_empty(
        {
            "PhoneNumber": as_written(message.to),
            "OutId": message.session,
            "TemplateCode": message.template,
            "SendDate": beijing_text(message.accepted_at),
            "ReceiveDate": _received(message),
            "ReceiveType": _RECEIVED_AS[message.leg],
            "RenderDate": beijing_text(message.rendered_at),
            "RenderStatus": _render_status(message),
            "SendStatus": _ADDRESSING_FAILED if never_left else outcome.status,
            "SmsContent": message.content if message.leg is Leg.TEXT else None,
            "ErrCode": "Success" if outcome.status == DELIVERED else outcome.code,
        }
    )


def _render_status(message: Message) -> int:
    """spec: alibaba#query.RenderStatus."""
    if message.rendered_at is not None:
        return _RENDERED
    failed = message.leg is Leg.CARD and message.state is State.DELIVERED and message.refund is not None
    return _RENDER_FAILED if failed else _NOT_RENDERED


def _received(message: Message) -> str:
    return beijing_text(message.received_at or message.done_at)


def _without_empty(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that have a value: the vendor leaves the others out."""
    return {name: value for name, value in members.items() if value not in {None, ""}}


def _number(text: str) -> str:
    """spec: alibaba#query.PhoneNumber."""
    found = parse(text)
    if found is None:
        raise Refused(Reason.BAD_NUMBER)
    return found.digits


def _day(ask: Ask, text: str) -> tuple[int, int]:
    """Return when a day in China begins and ends.

    spec: alibaba#query.SendDate
    """
    if len(text) != _DATE_DIGITS or not (text.isascii() and text.isdigit()):
        raise Refused(Reason.BAD_DATE, date=text[:32])
    try:
        day = datetime(int(text[:4]), int(text[4:6]), int(text[6:]), tzinfo=BEIJING)
    except ValueError:
        raise Refused(Reason.BAD_DATE, date=text) from None
    today = beijing(ask.clock.now_ms()).replace(hour=0, minute=0, second=0, microsecond=0)
    if not today - DAYS_BACK * _DAY <= day <= today:
        raise Refused(Reason.BAD_DATE, date=text, days=DAYS_BACK)
    return round(day.timestamp() * 1000), round((day + _DAY).timestamp() * 1000)


def _submission(field: str, text: str) -> int:
    """spec: alibaba#query.BizId."""
    found = from_decimal(text.removesuffix("^0"))
    if found is None:
        raise Refused(Reason.BAD_FIELD, field=field, why="not an id of ours")
    return found
