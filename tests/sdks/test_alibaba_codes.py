"""Each code of the product has a condition that produces it: shown by the official client against a running vendor."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models  # type: ignore[import-untyped] # the vendor ships no types
from alibabacloud_dysmsapi20170525.client import Client  # type: ignore[import-untyped] # the vendor ships no types
from alibabacloud_tea_openapi.exceptions import ClientException  # type: ignore[import-untyped] # the vendor ships no types
from alibabacloud_tea_openapi.utils_models import Config  # type: ignore[import-untyped] # the vendor ships no types

from hongyan.model.clock import FakeClock, beijing
from hongyan.model.message import Category, Leg
from hongyan.model.world import Declared, Key, Price, Project, Review, Signature, Stop, Template, identity
from local_vendor import LocalVendor

SECRET = "s" * 30
MINE = "13900000001"
CARD = {
    "cardType": 15,
    "cardSignName": "阿里云",
    "extendInfo": {"scene": "x", "purpose": "1"},
    "templateContent": {"pages": [{"tmpCards": [{"type": "TEXT", "positionNumber": 1, "content": "x"}]}]},
}


def key(project: str, name: str = "", **more: Any) -> Key:
    return Key(project=project, dialect="alibaba", name=name or project, secret=SECRET, **more)


def template(name: str, body: str = "码${code}", project: str = "codes", **more: Any) -> Template:
    return Template(project=project, dialect="alibaba", name=name, body=body, **more)


WORLD: tuple[Declared, ...] = (
    Project(name="codes", paid_in="1000", keywords=("发票",), limits=("alibaba",), unlimited=("8613900000040",)),
    key("codes"),
    key("codes", "off", enabled=False),
    key("codes", "far", allow_addresses=("192.0.2.0/24",)),
    key("codes", "helper", actions=("QuerySendDetails", "SendSms")),
    Signature(project="codes", name="阿里云", default=True),
    Signature(project="codes", name="待审", review=Review.PENDING),
    Signature(project="codes", name="停用", review=Review.CANCELLED),
    Signature(project="codes", name="验证", captcha_only=True),
    template("SMS_1"),
    template("SMS_2", category=Category.CAPTCHA),
    template("SMS_3", review=Review.PENDING),
    template("SMS_4", "code ${code}", international=True),
    template("SMS_5", "${a}${b}${c}${d}${e}${f}${g}${h}${i}${j}${k}${l}${m}${n}${o}"),
    template("SMS_6", "促销${code}", category=Category.MARKETING),
    template("DIGITAL_SMS_1", "${code}", leg=Leg.DIGITAL),
    template("CARD_SMS_1", "", leg=Leg.CARD, card=CARD),
    Stop(project="codes", name="8613900000020", marketing_only=False),
    Stop(project="codes", name="8613900000021"),
    Project(name="uninvited", paid_in="1000", cards=False),
    key("uninvited"),
    Project(name="home", paid_in="1000", countries=("CN",)),
    key("home"),
    Signature(project="home", name="阿里云"),
    template("SMS_1", project="home"),
    Project(name="poor"),
    key("poor"),
    Signature(project="poor", name="阿里云"),
    template("SMS_1", project="poor"),
    Project(name="closed", enabled=False),
    key("closed"),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("vendor"), world=WORLD) as vendor:
        yield vendor


def client(vendor: LocalVendor, key_id: str = "codes") -> Any:
    endpoint = vendor.api_url.removeprefix("http://")
    return Client(Config(access_key_id=key_id, access_key_secret=SECRET, endpoint=endpoint, protocol="http"))


def send(vendor: LocalVendor, key_id: str = "codes", **change: Any) -> Any:
    asked = {
        "phone_numbers": MINE,
        "sign_name": "阿里云",
        "template_code": "SMS_1",
        "template_param": '{"code":"1234"}',
    }
    return client(vendor, key_id).send_sms(models.SendSmsRequest(**asked | change)).body


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sign_name": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"sign_name": "待审"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"sign_name": "停用"}, "isv.SIGN_STATE_ILLEGAL"),
        ({"sign_name": "验证"}, "isv.SMS_SIGNATURE_SCENE_ILLEGAL"),
        ({"template_code": "SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"template_code": "SMS_3"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"template_code": "SMS_4"}, "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        ({"phone_numbers": "139"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"phone_numbers": ",".join([MINE] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"key_id": "home", "phone_numbers": "6591234567"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"template_param": None}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"template_code": "SMS_2", "template_param": '{"code":"????"}'}, "isv.TEMPLATE_PARAMS_ILLEGAL"),
        ({"template_param": "{code:1}"}, "isv.INVALID_JSON_PARAM"),
        ({"template_param": json.dumps({"code": "长" * 36})}, "isv.PARAM_LENGTH_LIMIT"),
        (
            {"template_code": "SMS_5", "template_param": json.dumps(dict.fromkeys("abcdefghijklmno", "长" * 35))},
            "isv.PARAM_LENGTH_LIMIT",
        ),
        ({"out_id": "o" * 256}, "isv.PARAM_LENGTH_LIMIT"),
        ({"template_param": '{"code":"http://a.test/x"}'}, "isv.PARAM_NOT_SUPPORT_URL"),
        ({"sms_up_extend_code": "x"}, "isv.CODE_ERROR"),
        ({"template_param": '{"code":"代开发票"}'}, "isv.SMS_CONTENT_ILLEGAL"),
        ({"phone_numbers": "13900000020"}, "isv.BLACK_KEY_CONTROL_LIMIT"),
        ({"phone_numbers": "13900000021", "template_code": "SMS_6"}, "isv.CUSTOMER_REFUSED"),
        ({"phone_numbers": "13900000021"}, "OK"),
        ({"key_id": "poor"}, "isv.AMOUNT_NOT_ENOUGH"),
        ({"key_id": "closed"}, "isv.OUT_OF_SERVICE"),
        ({"key_id": "far"}, "isv.DENY_IP_RANGE"),
        ({"key_id": "helper", "phone_numbers": "13900000022"}, "OK"),
    ],
)
def test_each_code_of_a_text_has_its_condition(running: LocalVendor, change: dict[str, Any], code: str) -> None:
    """Show what the product finds.

    proves: alibaba#code.SMS_SIGNATURE_ILLEGAL, alibaba#code.SIGN_STATE_ILLEGAL,
    alibaba#code.SMS_SIGNATURE_SCENE_ILLEGAL, alibaba#code.SMS_TEMPLATE_ILLEGAL,
    alibaba#code.DOMESTIC_NUMBER_NOT_SUPPORTED, alibaba#code.MOBILE_NUMBER_ILLEGAL,
    alibaba#code.MOBILE_COUNT_OVER_LIMIT, alibaba#code.TEMPLATE_MISSING_PARAMETERS,
    alibaba#code.TEMPLATE_PARAMS_ILLEGAL, alibaba#code.INVALID_JSON_PARAM, alibaba#code.PARAM_LENGTH_LIMIT,
    alibaba#code.PARAM_NOT_SUPPORT_URL, alibaba#code.CODE_ERROR, alibaba#code.SMS_CONTENT_ILLEGAL,
    alibaba#code.BLACK_KEY_CONTROL_LIMIT, alibaba#code.CUSTOMER_REFUSED, alibaba#code.AMOUNT_NOT_ENOUGH,
    alibaba#code.OUT_OF_SERVICE, alibaba#code.DENY_IP_RANGE
    """
    answer = send(running, **change)
    assert answer.code == code
    assert answer.message
    assert (answer.biz_id is not None) == (code == "OK")


def card(running: LocalVendor, key_id: str = "codes", **change: Any) -> Any:
    asked = {
        "card_objects": [models.SendCardSmsRequestCardObjects(mobile=MINE)],
        "card_template_code": "CARD_SMS_1",
        "sign_name": "阿里云",
        "fallback_type": "NONE",
    }
    return client(running, key_id).send_card_sms(models.SendCardSmsRequest(**asked | change)).body


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key_id": "uninvited"}, "ForbiddenAction"),
        ({"key_id": "helper"}, "isp.RAM_PERMISSION_DENY"),
        ({"fallback_type": "MMS"}, "InvalidParameter"),
        ({"fallback_type": "SMS"}, "MissingParameter"),
        ({"fallback_type": "DIGITALSMS"}, "MissingParameter"),
        ({"fallback_type": "SMS", "sms_template_code": "SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"card_template_code": "CARD_SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"card_objects": [models.SendCardSmsRequestCardObjects(custom_url="https://a.test")]}, "MissingParameter"),
        ({"card_objects": [models.SendCardSmsRequestCardObjects(mobile="1")]}, "isv.MOBILE_NUMBER_ILLEGAL"),
        (
            {"card_objects": [models.SendCardSmsRequestCardObjects(mobile=MINE, custom_url="ftp://a.test")]},
            "InvalidParameter",
        ),
        (
            {"card_objects": [models.SendCardSmsRequestCardObjects(mobile=MINE, dync_params="x")]},
            "isv.INVALID_JSON_PARAM",
        ),
        (
            {"card_objects": [models.SendCardSmsRequestCardObjects(mobile=MINE)] * 1001},
            "isv.MOBILE_COUNT_OVER_LIMIT",
        ),
    ],
)
def test_each_code_of_a_card_has_its_condition(running: LocalVendor, change: dict[str, Any], code: str) -> None:
    """Show what the product finds in cards, which answer with Success as well.

    proves: alibaba#code.ForbiddenAction, alibaba#code.RAM_PERMISSION_DENY, alibaba#card.code.MissingParameter,
    alibaba#card.code.InvalidParameter, alibaba#card.most
    """
    answer = card(running, **change)
    assert (answer.code, answer.success) == (code, False)


def test_queries_have_codes_of_their_own(running: LocalVendor) -> None:
    """proves: alibaba#code.INVALID_PARAMETERS, alibaba#code.RAM_PERMISSION_DENY, alibaba#query.pages."""
    today = f"{beijing(time.time_ns() // 1_000_000):%Y%m%d}"
    asked = {"phone_number": MINE, "send_date": today, "page_size": 10, "current_page": 1}

    def said(key_id: str = "codes", **change: Any) -> str:
        query = models.QuerySendDetailsRequest(**asked | change)
        return str(client(running, key_id).query_send_details(query).body.code)

    assert said() == said("helper") == "OK"
    for change in ({"send_date": "2026-1-1"}, {"send_date": "20200101"}, {"page_size": 51}, {"biz_id": "x"}):
        assert said(**change) == "isv.INVALID_PARAMETERS"
    batch = models.SendBatchSmsRequest(phone_number_json="[]", sign_name_json="[]", template_code="SMS_1")
    refused = client(running, "helper").send_batch_sms(batch).body
    assert (refused.code, refused.message) == ("isp.RAM_PERMISSION_DENY", "没有访问权限")


def test_a_key_that_was_switched_off_is_raised(running: LocalVendor) -> None:
    """proves: alibaba#error.InvalidAccessKeyId."""
    for key_id, code in (("off", "InvalidAccessKeyId.Inactive"), ("nobody", "InvalidAccessKeyId.NotFound")):
        with pytest.raises(ClientException) as raised:
            send(running, key_id)
        assert raised.value.code == code


def test_digital_messages_and_whitelisted_numbers_have_their_limits(running: LocalVendor) -> None:
    """proves: alibaba#limits."""
    digital = {"phone_numbers": "13900000030", "template_code": "DIGITAL_SMS_1"}
    assert send(running, **digital).code == "OK"
    refused = send(running, **digital)
    assert (refused.code, refused.message) == ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:1")
    for _ in range(3):
        assert send(running, phone_numbers="13900000040", template_code="DIGITAL_SMS_1").code == "OK"


def test_captchas_have_a_limit_a_minute_and_an_hour(tmp_path: Any) -> None:
    """proves: alibaba#limits, alibaba#code.BUSINESS_LIMIT_CONTROL."""
    now_ms = time.time_ns() // 1_000_000
    into_hour_ms = now_ms % 3_600_000
    # six minutes of one hour, which the client's own clock must stay near
    clock = FakeClock(now_ms - max(0, into_hour_ms - 50 * 60_000))
    captcha = {"phone_numbers": "13900000050", "template_code": "SMS_2"}

    with LocalVendor(tmp_path / "vendor", clock=clock, world=WORLD) as vendor:

        def said() -> str:
            answer = send(vendor, **captcha)
            return str(answer.code if answer.code == "OK" else answer.message)

        assert [said(), said()] == ["OK", "触发分钟级流控Permits:1"]
        for _ in range(4):
            clock.push(60)
            assert said() == "OK"
        clock.push(60)
        assert said() == "触发小时级流控Permits:5"


def test_what_has_no_price_is_not_sent(tmp_path: Any) -> None:
    """proves: alibaba#code.PRODUCT_UN_SUBSCRIPT."""
    with LocalVendor(tmp_path / "vendor", world=WORLD) as vendor:
        price = identity(Price(name="", each="0", leg=Leg.DIGITAL))
        vendor.run(vendor.system.store.declare([], [price], 0))
        vendor.run(vendor.system.current.refresh())
        refused = send(vendor, template_code="DIGITAL_SMS_1")
        assert refused.code == "isv.PRODUCT_UN_SUBSCRIPT"
