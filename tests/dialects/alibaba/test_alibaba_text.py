"""SendSms and SendBatchSms: what a caller may ask, what is answered, what lands in the store."""

import json
import re

import pytest

from alibaba_office import CAPPED, Office
from hongyan.model.message import Leg

SEND = {"PhoneNumbers": "13900000001", "SignName": "阿里云", "TemplateCode": "SMS_1", "TemplateParam": '{"code":"12"}'}
BATCH = {
    "PhoneNumberJson": '["13900000001","13900000002"]',
    "SignNameJson": '["阿里云","阿里云"]',
    "TemplateCode": "SMS_1",
    "TemplateParamJson": '[{"code":"1"},{"code":"2"}]',
}


async def test_a_text_is_taken_and_answered_as_documented(office: Office) -> None:
    """proves: alibaba#send.SendSms, alibaba#send.BizId, alibaba#answer.business, alibaba#answer.RequestId."""
    reply = await office.call("SendSms", {**SEND, "OutId": "mine", "SmsUpExtendCode": "123"})
    assert reply.status == 200
    assert list(reply.body) == ["Code", "Message", "BizId", "RequestId"]
    assert (reply.body["Code"], reply.body["Message"]) == ("OK", "OK")
    assert re.fullmatch(r"\d+\^0", reply.body["BizId"])
    assert re.fullmatch(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-A[0-9A-F]{3}-[0-9A-F]{12}", reply.body["RequestId"])
    assert reply.headers["x-acs-request-id"] == reply.body["RequestId"]
    assert reply.headers["content-type"] == "application/json;charset=utf-8"
    (message,) = await office.messages(reply.body["BizId"])
    assert message.to == "8613900000001"
    assert message.content == "【阿里云】您的取件码为12，请及时领取。"
    assert (message.template, message.signature, message.leg) == ("SMS_1", "阿里云", Leg.TEXT)
    assert (message.session, message.extend) == ("mine", "123")


async def test_many_numbers_share_one_id(office: Office) -> None:
    """proves: alibaba#send.PhoneNumbers."""
    numbers = "13900000001,+8613900000002,008613900000003, 8613900000004"
    reply = await office.call("SendSms", {**SEND, "PhoneNumbers": numbers})
    found = await office.messages(reply.body["BizId"])
    assert [one.to for one in found] == [f"861390000000{digit}" for digit in "1234"]


async def test_a_thousand_numbers_pass_and_one_more_does_not(office: Office) -> None:
    """proves: alibaba#code.MOBILE_COUNT_OVER_LIMIT."""
    numbers = [f"139{n:08}" for n in range(1001)]
    params = {"SignName": "阿里云", "TemplateCode": "SMS_3"}
    assert (await office.call("SendSms", {**params, "PhoneNumbers": ",".join(numbers[1:])})).code == "OK"
    reply = await office.call("SendSms", {**params, "PhoneNumbers": ",".join(numbers)})
    assert (reply.status, reply.code) == (200, "isv.MOBILE_COUNT_OVER_LIMIT")


@pytest.mark.parametrize("name", ["PhoneNumbers", "SignName", "TemplateCode"])
async def test_a_missing_or_blank_parameter_is_named(office: Office, name: str) -> None:
    """proves: alibaba#error.Missing."""
    for params in ({key: SEND[key] for key in SEND if key != name}, {**SEND, name: ""}):
        reply = await office.call("SendSms", params)
        assert (reply.status, reply.code) == (400, f"Missing{name}")
        assert list(reply.body) == ["Code", "Message", "RequestId", "HostId", "Recommend"]
        assert reply.body["HostId"] == "sms.example.test:8080"


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"SignName": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名"),
        ({"SignName": "待审"}, "isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名"),
        ({"SignName": "验证"}, "isv.SMS_SIGNATURE_SCENE_ILLEGAL", "签名和模板类型不一致"),
        ({"TemplateCode": "SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"),
        ({"TemplateCode": "SMS_4"}, "isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"),
        ({"TemplateCode": "comms1"}, "isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"),
        ({"TemplateCode": "CARD_SMS_70"}, "isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"),
        ({"TemplateCode": "SMS_6"}, "isv.DOMESTIC_NUMBER_NOT_SUPPORTED", None),
        ({"PhoneNumbers": "123"}, "isv.MOBILE_NUMBER_ILLEGAL", None),
        ({"PhoneNumbers": "13900000001,"}, "isv.MOBILE_NUMBER_ILLEGAL", None),
        ({"TemplateParam": ""}, "isv.TEMPLATE_MISSING_PARAMETERS", None),
        ({"TemplateParam": '{"cod":"1"}'}, "isv.TEMPLATE_MISSING_PARAMETERS", None),
        ({"TemplateParam": "{code:1}"}, "isv.INVALID_JSON_PARAM", None),
        ({"TemplateParam": '{"code":null}'}, "isv.INVALID_JSON_PARAM", None),
        ({"TemplateParam": '{"code":["1"]}'}, "isv.INVALID_JSON_PARAM", None),
        ({"TemplateParam": '["1"]'}, "isv.INVALID_JSON_PARAM", None),
        ({"TemplateParam": '{"code":"\\u0000"}'}, "isv.INVALID_JSON_PARAM", None),
        ({"TemplateParam": '{"code":"\\ud800"}'}, "isv.INVALID_JSON_PARAM", None),
        ({"TemplateParam": '{"code":"看 http://a.test/x"}'}, "isv.PARAM_NOT_SUPPORT_URL", None),
        ({"TemplateParam": json.dumps({"code": "长" * 36})}, "isv.PARAM_LENGTH_LIMIT", None),
        ({"TemplateCode": "SMS_2", "TemplateParam": '{"code":"!!!!"}'}, "isv.TEMPLATE_PARAMS_ILLEGAL", None),
        ({"OutId": "o" * 256}, "isv.PARAM_LENGTH_LIMIT", None),
        ({"SmsUpExtendCode": "1a"}, "isv.CODE_ERROR", None),
        ({"SmsUpExtendCode": "1" * 13}, "isv.CODE_ERROR", None),
    ],
)
async def test_each_fault_has_the_vendors_code(
    office: Office, change: dict[str, str], code: str, message: str | None
) -> None:
    """Show the business codes of SendSms.

    proves: alibaba#code.SMS_SIGNATURE_ILLEGAL, alibaba#code.SMS_SIGNATURE_SCENE_ILLEGAL,
    alibaba#code.SMS_TEMPLATE_ILLEGAL, alibaba#code.DOMESTIC_NUMBER_NOT_SUPPORTED, alibaba#code.MOBILE_NUMBER_ILLEGAL,
    alibaba#code.TEMPLATE_MISSING_PARAMETERS, alibaba#code.INVALID_JSON_PARAM, alibaba#code.PARAM_NOT_SUPPORT_URL,
    alibaba#code.PARAM_LENGTH_LIMIT, alibaba#code.TEMPLATE_PARAMS_ILLEGAL, alibaba#send.OutId,
    alibaba#send.SmsUpExtendCode, alibaba#code.CODE_ERROR, alibaba#send.SignName, alibaba#send.TemplateCode
    """
    reply = await office.call("SendSms", {**SEND, **change})
    assert (reply.status, reply.code) == (200, code)
    assert list(reply.body) == ["Code", "Message", "RequestId"]
    assert message is None or reply.body["Message"] == message


async def test_numbers_among_the_values_become_texts_as_they_stand(office: Office) -> None:
    """proves: alibaba#send.TemplateParam, alibaba#send.values."""
    reply = await office.call("SendSms", {**SEND, "TemplateParam": '{ "code" : 12.50, "more": "x" }'})
    (message,) = await office.messages(reply.body["BizId"])
    assert message.content == "【阿里云】您的取件码为12.50，请及时领取。"


async def test_one_bad_number_refuses_all(office: Office) -> None:
    """proves: alibaba#send.whole."""
    reply = await office.call("SendSms", {**SEND, "PhoneNumbers": "13900000001,12"})
    assert reply.code == "isv.MOBILE_NUMBER_ILLEGAL"
    assert await office.store.balance("shop") == 1_000_000_000


async def test_without_money_nothing_is_sent(office: Office) -> None:
    """proves: alibaba#code.AMOUNT_NOT_ENOUGH."""
    params = {"PhoneNumbers": "13900000001", "SignName": "阿里云", "TemplateCode": "SMS_3"}
    reply = await office.call_as("poor", "SendSms", params)
    assert (reply.status, reply.code) == (200, "isv.AMOUNT_NOT_ENOUGH")


async def test_signature_and_text_are_500_characters_at_most(office: Office) -> None:
    """proves: alibaba#limits.length."""
    full = dict.fromkeys("abcdefghijklmn", "长" * 35)
    params = {**SEND, "TemplateCode": "SMS_5"}
    reply = await office.call("SendSms", {**params, "TemplateParam": json.dumps({**full, "o": "短" * 5})})
    assert reply.code == "OK"
    (message,) = await office.messages(reply.body["BizId"])
    assert len(message.content) == 500
    reply = await office.call("SendSms", {**params, "TemplateParam": json.dumps({**full, "o": "短" * 6})})
    assert reply.code == "isv.PARAM_LENGTH_LIMIT"


async def test_the_limits_of_a_number_are_told_in_the_vendors_words(office: Office) -> None:
    """proves: alibaba#limits, alibaba#code.BUSINESS_LIMIT_CONTROL."""
    captcha = {**SEND, "TemplateCode": "SMS_2", "TemplateParam": '{"code":"1234"}'}

    async def said(seconds: float) -> str:
        office.clock.push(seconds)
        reply = await office.call_as("capped", "SendSms", captcha)
        return str(reply.body["Message"]) if reply.code == "isv.BUSINESS_LIMIT_CONTROL" else reply.code

    assert await said(0) == "OK"
    assert await said(1) == "触发分钟级流控Permits:1"
    assert [await said(60) for _ in range(5)] == ["OK"] * 4 + ["触发小时级流控Permits:5"]
    assert [await said(3600) for _ in range(6)] == ["OK"] * 5 + ["触发天级流控Permits:10"]


async def test_a_number_has_a_limit_across_all_signatures(office: Office) -> None:
    """proves: alibaba#limits, alibaba#code.BUSINESS_LIMIT_CONTROL."""
    captcha = {**SEND, "TemplateCode": "SMS_2", "TemplateParam": '{"code":"1234"}'}

    async def said(signature: str) -> str:
        reply = await office.call_as("capped", "SendSms", {**captcha, "SignName": signature})
        return str(reply.body["Message"])

    for minute in range(8):
        office.clock.push(3600 if minute == 5 else 60)
        assert [await said(name) for name in CAPPED] == ["OK"] * 5
    office.clock.push(60)
    assert await said(CAPPED[0]) == "触发号码天级流控Permits:40"
    office.clock.push(24 * 3600)
    assert await said(CAPPED[0]) == "OK"


async def test_digital_messages_have_limits_of_their_own(office: Office) -> None:
    """proves: alibaba#limits."""

    async def said(number: int) -> str:
        params = {**SEND, "TemplateCode": f"DIGITAL_SMS_{number}", "TemplateParam": "{}"}
        return str((await office.call_as("capped", "SendSms", params)).body["Message"])

    assert [await said(number) for number in (1, 1, 2, 3)] == [
        "OK",
        "触发天级流控Permits:1",
        "OK",
        "触发分钟级流控Permits:2",
    ]
    for number in (3, 4, 5, 6, 7, 8):
        office.clock.push(60)
        assert await said(number) == "OK"
    office.clock.push(60)
    assert await said(9) == "触发小时级流控Permits:8"
    office.clock.push(3600)
    assert [await said(number) for number in (9, 10)] == ["OK", "OK"]
    office.clock.push(60)
    assert await said(11) == "触发天级流控Permits:10"


async def test_notifications_have_a_limit_a_day_for_each_template(office: Office) -> None:
    """proves: alibaba#limits."""

    async def said(**change: str) -> str:
        return str((await office.call_as("capped", "SendSms", {**SEND, **change})).body["Message"])

    assert {await said() for _ in range(50)} == {"OK"}
    assert await said() == "触发天级流控Permits:50"
    assert await said(SignName=CAPPED[1]) == "OK"


async def test_each_of_a_batch_has_its_own_signature_values_and_code(office: Office) -> None:
    """Show a whole batch.

    proves: alibaba#batch, alibaba#batch.PhoneNumberJson, alibaba#batch.SignNameJson, alibaba#batch.TemplateParamJson,
    alibaba#batch.SmsUpExtendCodeJson
    """
    query = {"TemplateCode": "SMS_1", "OutId": "o"}
    form = {key: BATCH[key] for key in BATCH if key != "TemplateCode"} | {"SmsUpExtendCodeJson": '["1",2]'}
    reply = await office.call("SendBatchSms", query, form=form)
    assert reply.code == "OK"
    first, second = await office.messages(reply.body["BizId"])
    assert (first.to, second.to) == ("8613900000001", "8613900000002")
    assert first.content == "【阿里云】您的取件码为1，请及时领取。"
    assert second.content == "【阿里云】您的取件码为2，请及时领取。"
    assert (first.extend, second.extend, first.session) == ("1", "2", "o")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SignNameJson": '["阿里云"]'}, "isv.INVALID_PARAMETERS"),
        ({"TemplateParamJson": '[{"code":"1"}]'}, "isv.INVALID_PARAMETERS"),
        ({"SmsUpExtendCodeJson": '["1"]'}, "isv.INVALID_PARAMETERS"),
        ({"TemplateParamJson": "[1,2]"}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParamJson": ""}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"PhoneNumberJson": "13900000001"}, "isv.INVALID_JSON_PARAM"),
        ({"PhoneNumberJson": "[]"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumberJson": json.dumps(["13900000001"] * 101)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"PhoneNumberJson": ""}, "MissingPhoneNumberJson"),
        ({"SignNameJson": ""}, "MissingSignNameJson"),
        ({"TemplateCode": ""}, "MissingTemplateCode"),
    ],
)
async def test_each_fault_of_a_batch_has_the_vendors_code(office: Office, change: dict[str, str], code: str) -> None:
    """proves: alibaba#batch.arrays, alibaba#code.INVALID_PARAMETERS, alibaba#error.Missing."""
    reply = await office.call("SendBatchSms", {**BATCH, **change})
    assert reply.code == code
    if "isv" in code and "INVALID_PARAMETERS" in code:
        assert next(iter(change)) in reply.body["Message"]


async def test_the_values_of_a_batch_may_be_texts_of_objects(office: Office) -> None:
    values = json.dumps(['{"code":"1"}', '{"code":2}'])
    assert (await office.call("SendBatchSms", {**BATCH, "TemplateParamJson": values})).code == "OK"


async def test_a_digital_template_is_sent_as_a_digital_message(office: Office) -> None:
    """proves: alibaba#send.digital."""
    params = {**SEND, "TemplateCode": "DIGITAL_SMS_1", "TemplateParam": '{"msg":"x"}'}
    reply = await office.call("SendSms", params)
    (message,) = await office.messages(reply.body["BizId"])
    assert (message.leg, message.content) == (Leg.DIGITAL, "【阿里云】数字x")


async def test_numbers_abroad_are_taken_with_their_country_code(office: Office) -> None:
    params = {**SEND, "PhoneNumbers": "6591234567", "TemplateCode": "SMS_6"}
    reply = await office.call("SendSms", params)
    (message,) = await office.messages(reply.body["BizId"])
    assert (message.to, message.country) == ("6591234567", "SG")


async def test_unknown_parameters_are_ignored(office: Office) -> None:
    """proves: alibaba#request.unknown."""
    more = {"OwnerId": "1", "ResourceOwnerAccount": "x", "RegionId": "cn-hangzhou", "Surprise.1.x": "y"}
    assert (await office.call("SendSms", {**SEND, **more})).code == "OK"


async def test_unknown_actions_versions_and_methods(office: Office) -> None:
    """Show what is not there.

    proves: alibaba#request.action, alibaba#error.InvalidAction, alibaba#error.InvalidVersion, alibaba#request.method
    """
    reply = await office.call("SendFax", {})
    assert (reply.status, reply.code) == (404, "InvalidAction.NotFound")
    reply = await office.call("SendSms", {}, version="2016-09-27")
    assert (reply.status, reply.code) == (400, "InvalidVersion")
    assert reply.body["Message"] == "Specified parameter Version is not valid."
    reply = await office.call("SendSms", {}, method="DELETE")
    assert (reply.status, reply.code) == (405, "UnsupportedHTTPMethod")
    assert (await office.call_old("", {})).code == "MissingAction"
    assert (await office.call_old("SendSms", {}, version="")).code == "MissingVersion"
