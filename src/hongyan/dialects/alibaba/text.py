"""SendSms and SendBatchSms: one template to many numbers, or one text, signature and extension code a number."""

from typing import Any

from hongyan.dialects.alibaba.ask import Ask, biz_id, extend_code, same_length
from hongyan.dialects.alibaba.params import Values, json_objects, json_texts, json_values, required
from hongyan.model.errors import Refused
from hongyan.model.message import Leg
from hongyan.model.reason import Reason
from hongyan.model.submission import Item

MOST_NUMBERS = 1000
MOST_IN_BATCH = 100


async def send_sms(ask: Ask) -> dict[str, Any]:
    """Send one template to a comma-separated list of numbers.

    spec: alibaba#send.SendSms, alibaba#send.SignName, alibaba#send.TemplateCode, alibaba#send.digital
    """
    params = ask.params
    numbers = required(params, "PhoneNumbers")
    signature, code = required(params, "SignName"), required(params, "TemplateCode")
    if numbers.count(",") >= MOST_NUMBERS:
        raise Refused(Reason.TOO_MANY_ITEMS, most=MOST_NUMBERS)
    leg = ask.template(code, Leg.TEXT, Leg.DIGITAL).leg
    values = json_values(params.get("TemplateParam", ""), "TemplateParam")
    extend, session = extend_code(params.get("SmsUpExtendCode")), ask.out_id()
    items = [
        Item(
            to=number.strip(),
            leg=leg,
            template=code,
            values=values,
            signature=signature,
            extend=extend,
            session=session,
        )
        for number in numbers.split(",")
    ]
    return await _sent(ask, items)


async def send_batch_sms(ask: Ask) -> dict[str, Any]:
    """Send one template to numbers that each have their own signature and values.

    spec: alibaba#batch
    """
    params = ask.params
    numbers, signatures = batch_numbers(ask)
    code = required(params, "TemplateCode")
    leg = ask.template(code, Leg.TEXT, Leg.DIGITAL).leg
    values = batch_values(ask, "TemplateParamJson", len(numbers))
    extends, session = batch_extends(ask, len(numbers)), ask.out_id()
    items = [
        Item(
            to=number.strip(),
            leg=leg,
            template=code,
            values=values[at],
            signature=signatures[at],
            extend=extends[at],
            session=session,
        )
        for at, number in enumerate(numbers)
    ]
    return await _sent(ask, items)


async def _sent(ask: Ask, items: list[Item]) -> dict[str, Any]:
    verdicts = await ask.accept(items)
    for verdict in verdicts:
        if verdict.message is not None:
            return {"Message": "OK", "BizId": biz_id(verdict.message.submission)}
    raise Refused(verdicts[0].reason or Reason.INTERNAL, **verdicts[0].facts)


def batch_numbers(ask: Ask) -> tuple[list[str], list[str]]:
    """Return the numbers and their signatures.

    spec: alibaba#batch.PhoneNumberJson, alibaba#batch.SignNameJson
    """
    numbers = json_texts(required(ask.params, "PhoneNumberJson"), "PhoneNumberJson")
    signatures = json_texts(required(ask.params, "SignNameJson"), "SignNameJson")
    if len(numbers) > MOST_IN_BATCH:
        raise Refused(Reason.TOO_MANY_ITEMS, most=MOST_IN_BATCH)
    if not numbers:
        raise Refused(Reason.NO_ITEMS)
    same_length("SignNameJson", signatures, len(numbers))
    return numbers, signatures


def batch_values(ask: Ask, field: str, wanted: int) -> list[Values]:
    """Return one object of values a number; none given means none needed.

    spec: alibaba#batch.TemplateParamJson
    """
    text = ask.params.get(field)
    if not text:
        return [{}] * wanted
    values = json_objects(text, field)
    same_length(field, values, wanted)
    return values


def batch_extends(ask: Ask, wanted: int) -> list[str | None]:
    """Return one extension code a number.

    spec: alibaba#batch.SmsUpExtendCodeJson
    """
    text = ask.params.get("SmsUpExtendCodeJson")
    if not text:
        return [None] * wanted
    codes = [extend_code(one) for one in json_texts(text, "SmsUpExtendCodeJson")]
    same_length("SmsUpExtendCodeJson", codes, wanted)
    return codes
