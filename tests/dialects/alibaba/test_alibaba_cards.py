"""SendCardSms and SendBatchCardSms: who gets the card, who the fallback, and what is said about it."""

import json
from typing import Any

import pytest

from alibaba_office import Office
from hongyan.model.message import Leg

# odd last digits show cards here, even ones do not
CARD = {
    "CardObjects.1.mobile": "13900000001",
    "CardObjects.1.dyncParams": '{"param1":"李四"}',
    "CardObjects.1.customUrl": "https://a.test/?x=1&y=2",
    "CardObjects.2.mobile": "13900000002",
    "CardTemplateCode": "CARD_SMS_70",
    "SignName": "阿里云",
    "FallbackType": "SMS",
    "SmsTemplateCode": "SMS_1",
    "SmsTemplateParam": '{"code":"77"}',
    "OutId": "mine",
    "SmsUpExtendCode": "1",
}
NONE = {"FallbackType": "NONE", "SmsTemplateCode": "", "SmsTemplateParam": ""}
BATCH = {
    "PhoneNumberJson": '["13900000001","13900000002"]',
    "SignNameJson": '["阿里云","阿里云"]',
    "CardTemplateCode": "CARD_SMS_70",
    "CardTemplateParamJson": '[{"customurl":"https://a.test/","dyncParams":"{\\"param1\\":\\"李四\\"}"},{}]',
    "FallbackType": "SMS",
    "SmsTemplateCode": "SMS_1",
    "SmsTemplateParamJson": '[{"code":"1"},{"code":"2"}]',
}


async def test_the_card_goes_where_it_is_shown_and_the_text_elsewhere(office: Office) -> None:
    """Show both legs and the whole answer.

    proves: alibaba#card.SendCardSms, alibaba#card.CardObjects, alibaba#card.CardTemplateCode, alibaba#card.SignName,
    alibaba#card.SmsTemplateCode, alibaba#card.SmsTemplateParam, alibaba#card.OutId, alibaba#card.SmsUpExtendCode,
    alibaba#card.Data, alibaba#card.answer, alibaba#card.dyncParams, alibaba#card.template, alibaba#card.check
    """
    reply = await office.call("SendCardSms", CARD)
    assert (reply.status, list(reply.body)) == (200, ["Code", "Success", "Data", "RequestId"])
    assert (reply.body["Code"], reply.body["Success"]) == ("OK", True)
    data = reply.body["Data"]
    assert list(data) == [
        "CardTmpState",
        "MediaMobiles",
        "NotMediaMobiles",
        "BizCardId",
        "BizSmsId",
        "BizDigitalId",
    ]
    assert (data["CardTmpState"], data["MediaMobiles"], data["NotMediaMobiles"]) == (1, "13900000001", "13900000002")
    assert data["BizDigitalId"] == ""
    assert data["BizCardId"] != data["BizSmsId"]
    (card,) = await office.messages(data["BizCardId"])
    (text,) = await office.messages(data["BizSmsId"])
    assert (card.to, card.leg, card.template) == ("8613900000001", Leg.CARD, "CARD_SMS_70")
    assert "http://short.test/c/" in card.content
    assert card.details is not None
    link = await office.store.link(json.loads(card.details)["link"])
    assert link is not None
    assert json.loads(link.values) == {"values": {"param1": "李四"}, "customUrl": "https://a.test/?x=1&y=2"}
    assert (text.leg, text.content) == (Leg.TEXT, "【阿里云】您的取件码为77，请及时领取。")
    for message in (card, text):
        assert (message.session, message.extend) == ("mine", "1")


async def test_the_fallback_may_be_digital(office: Office) -> None:
    """Show the digital fallback with the document's own sample value.

    proves: alibaba#card.FallbackType, alibaba#card.DigitalTemplateCode, alibaba#card.DigitalTemplateParam
    """
    for value in ('{"msg":"xxxd"}', '{"msg","xxxd"}'):
        digital = {"FallbackType": "DIGITALSMS", "DigitalTemplateCode": "DIGITAL_SMS_1", "DigitalTemplateParam": value}
        data = (await office.call("SendCardSms", {**CARD, **digital})).body["Data"]
        (message,) = await office.messages(data["BizDigitalId"])
        assert (message.leg, message.content) == (Leg.DIGITAL, "【阿里云】数字xxxd")
        assert data["BizSmsId"] == ""


async def test_without_a_fallback_some_get_nothing(office: Office) -> None:
    """proves: alibaba#card.FallbackType."""
    data = (await office.call("SendCardSms", {**CARD, **NONE})).body["Data"]
    assert (data["MediaMobiles"], data["NotMediaMobiles"]) == ("13900000001", "13900000002")
    assert (data["BizSmsId"], data["BizDigitalId"]) == ("", "")
    reply = await office.call("SendCardSms", {**CARD, **NONE, "CardObjects.1.mobile": "13900000004"})
    assert reply.body["Data"]["MediaMobiles"] == ""
    assert reply.body["Data"]["NotMediaMobiles"] == "13900000004,13900000002"
    assert (reply.code, reply.body["Data"]["BizCardId"]) == ("OK", "")


@pytest.mark.parametrize(("code", "state"), [("CARD_SMS_71", 0), ("CARD_SMS_72", 2)])
async def test_a_card_that_is_not_approved_falls_back_everywhere(office: Office, code: str, state: int) -> None:
    """proves: alibaba#card.CardTmpState."""
    data = (await office.call("SendCardSms", {**CARD, "CardTemplateCode": code})).body["Data"]
    assert data["CardTmpState"] == state
    assert (data["MediaMobiles"], data["NotMediaMobiles"]) == ("", "13900000001,13900000002")
    assert len(await office.messages(data["BizSmsId"])) == 2


async def test_a_text_template_makes_the_words_before_the_link(office: Office) -> None:
    """proves: alibaba#card.TemplateCode, alibaba#card.TemplateParam."""
    own = {"TemplateCode": "SMS_1", "TemplateParam": '{ "code": "1111" }'}
    data = (await office.call("SendCardSms", {**CARD, **own})).body["Data"]
    (card,) = await office.messages(data["BizCardId"])
    assert card.content.startswith("【阿里云】您的取件码为1111，请及时领取。 http://short.test/c/")


async def test_objects_are_read_by_number_whatever_their_order(office: Office) -> None:
    """proves: alibaba#request.flattened."""
    objects = {f"CardObjects.{n}.mobile": f"139000000{n:02}" for n in (11, 9, 999_999_999 % 100, 1)}
    objects["CardObjects.999999999.mobile"] = "13900000077"
    params = {key: CARD[key] for key in CARD if not key.startswith("CardObjects")}
    data = (await office.call_old("SendCardSms", {**params, **objects}, in_form=True)).body["Data"]
    assert data["MediaMobiles"] == "13900000001,13900000009,13900000011,13900000099,13900000077"


@pytest.mark.parametrize(
    ("change", "status", "code", "message"),
    [
        ({"CardTemplateCode": ""}, 400, "MissingCardTemplateCode", "CardTemplateCode is mandatory for this action."),
        ({"SignName": ""}, 400, "MissingSignName", None),
        ({"FallbackType": ""}, 400, "MissingFallbackType", None),
        ({"FallbackType": "MMS"}, 200, "InvalidParameter", "param fallbackType invalid"),
        ({"SmsTemplateCode": ""}, 200, "MissingParameter", "param smsTemplateCode must be not empty"),
        ({"FallbackType": "DIGITALSMS"}, 200, "MissingParameter", "param digitalTemplateCode must be not empty"),
        ({"CardObjects.3.dyncParams": "{}"}, 200, "MissingParameter", "param mobile must be not empty"),
        ({"CardObjects.1.customUrl": "javascript:alert(1)"}, 200, "InvalidParameter", "param customUrl invalid"),
        ({"CardObjects.1.customUrl": "https://[a"}, 200, "InvalidParameter", None),
        ({"CardObjects.1.dyncParams": "{"}, 200, "isv.INVALID_JSON_PARAM", None),
        ({"CardObjects.1.mobile": "12"}, 200, "isv.MOBILE_NUMBER_ILLEGAL", None),
        ({"CardTemplateCode": "CARD_SMS_9"}, 200, "isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"),
        ({"CardTemplateCode": "SMS_1"}, 200, "isv.SMS_TEMPLATE_ILLEGAL", None),
        ({"SmsTemplateCode": "DIGITAL_SMS_1"}, 200, "isv.SMS_TEMPLATE_ILLEGAL", None),
        ({"TemplateCode": "SMS_9"}, 200, "isv.SMS_TEMPLATE_ILLEGAL", None),
        ({"SignName": "别人"}, 200, "isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名"),
        ({"SmsTemplateParam": ""}, 200, "isv.TEMPLATE_MISSING_PARAMETERS", None),
        ({"SmsTemplateParam": "["}, 200, "isv.INVALID_JSON_PARAM", None),
        ({"TemplateCode": "SMS_1"}, 200, "isv.TEMPLATE_MISSING_PARAMETERS", None),
        ({"CardObjects.x.mobile": "1"}, 400, "InvalidCardObjects", None),
        ({"CardObjects.01.mobile": "1"}, 400, "InvalidCardObjects", None),
        ({"CardObjects.9999999999.mobile": "1"}, 400, "InvalidCardObjects", None),
        ({"CardObjects.1": "1"}, 400, "InvalidCardObjects", None),
    ],
)
async def test_each_fault_has_the_vendors_code(
    office: Office, change: dict[str, str], status: int, code: str, message: str | None
) -> None:
    """Show the codes of SendCardSms.

    proves: alibaba#card.code.MissingParameter, alibaba#card.code.InvalidParameter, alibaba#card.customUrl,
    alibaba#card.FallbackType, alibaba#card.SmsTemplateCode, alibaba#card.SmsTemplateParam, alibaba#card.TemplateCode
    """
    reply = await office.call("SendCardSms", {**CARD, **change})
    assert (reply.status, reply.code) == (status, code)
    assert message is None or reply.body["Message"] == message
    assert reply.body.get("Success") is (False if status == 200 else None)


async def test_the_same_request_sealed_anew_is_sent_anew(office: Office) -> None:
    """proves: alibaba#card.repeat."""
    ids = [(await office.call("SendCardSms", CARD)).body["Data"]["BizCardId"] for _ in range(2)]
    assert len(set(ids)) == 2


async def test_without_objects_there_is_nobody_to_send_to(office: Office) -> None:
    params = {key: CARD[key] for key in CARD if not key.startswith("CardObjects")}
    assert (await office.call("SendCardSms", params)).code == "MissingCardObjects"


async def test_a_thousand_objects_pass_and_one_more_does_not(office: Office) -> None:
    """proves: alibaba#card.most."""
    params = {key: CARD[key] for key in CARD if not key.startswith("CardObjects")}
    objects = {f"CardObjects.{n}.mobile": f"139{n:08}" for n in range(1, 1001)}
    reply = await office.call("SendCardSms", {**params, **objects})
    assert len(reply.body["Data"]["MediaMobiles"].split(",")) == 500
    objects["CardObjects.1001.mobile"] = "13900001001"
    assert (await office.call("SendCardSms", {**params, **objects})).code == "isv.MOBILE_COUNT_OVER_LIMIT"


@pytest.mark.parametrize(
    "action",
    ["SendCardSms", "SendBatchCardSms", "GetCardSmsDetails", "QueryMobilesCardSupport", "CheckMobilesCardSupport"],
)
async def test_a_project_without_cards_is_denied(office: Office, action: str) -> None:
    """proves: alibaba#code.ForbiddenAction."""
    reply = await office.call_as("uninvited", action, CARD)
    assert reply.status == 200
    assert {key: reply.body[key] for key in ("Code", "Message", "Success")} == {
        "Code": "ForbiddenAction",
        "Message": "Access to the account is denied. Please contact the administrator.",
        "Success": False,
    }


async def test_each_of_a_batch_has_its_own_card_and_fallback(office: Office) -> None:
    """proves: alibaba#batchcard, alibaba#batchcard.CardTemplateParamJson."""
    data = (await office.call("SendBatchCardSms", BATCH)).body["Data"]
    (card,) = await office.messages(data["BizCardId"])
    (text,) = await office.messages(data["BizSmsId"])
    assert text.content == "【阿里云】您的取件码为2，请及时领取。"
    assert card.details is not None
    link = await office.store.link(json.loads(card.details)["link"])
    assert link is not None
    assert json.loads(link.values) == {"values": {"param1": "李四"}, "customUrl": "https://a.test/"}


@pytest.mark.parametrize(
    "cards",
    [
        '[{"customUrl":"https://a.test/","dyncParams":{"param1":"x"}},{"dyncParams":""}]',
        '[{"customurl":"https://a.test/","dyncParams":"{"param1":"x"}"},{"dyncParams":"{}"}]',
        "",
    ],
)
async def test_the_cards_of_a_batch_are_read_as_the_document_writes_them(office: Office, cards: str) -> None:
    """proves: alibaba#batchcard.CardTemplateParamJson."""
    more = {"CardTemplateParamJson": cards, "SmsUpExtendCodeJson": '["6","6"]'}
    assert (await office.call("SendBatchCardSms", {**BATCH, **more})).code == "OK"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"CardTemplateParamJson": "[]"}, "isv.INVALID_PARAMETERS"),
        ({"CardTemplateParamJson": '[{"dyncParams":[]},{}]'}, "isv.INVALID_JSON_PARAM"),
        ({"CardTemplateParamJson": '[{"customUrl":1},{}]'}, "InvalidParameter"),
        ({"CardTemplateParamJson": "[1,2]"}, "isv.INVALID_JSON_PARAM"),
        ({"CardTemplateParamJson": "{"}, "isv.INVALID_JSON_PARAM"),
        ({"SmsTemplateParamJson": '[{"code":"1"}]'}, "isv.INVALID_PARAMETERS"),
        ({"PhoneNumberJson": json.dumps(["13900000001"] * 101)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"FallbackType": ""}, "MissingFallbackType"),
    ],
)
async def test_each_fault_of_a_batch_has_the_vendors_code(office: Office, change: dict[str, Any], code: str) -> None:
    assert (await office.call("SendBatchCardSms", {**BATCH, **change})).code == code
