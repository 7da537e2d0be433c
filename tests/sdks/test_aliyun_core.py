"""aliyun-python-sdk-core with aliyun-python-sdk-dysmsapi, unmodified: RPC 1.0 as older programs speak it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException  # type: ignore[import-untyped] # the vendor ships no types
from aliyunsdkcore.client import AcsClient  # type: ignore[import-untyped] # the vendor ships no types
from aliyunsdkcore.request import CommonRequest  # type: ignore[import-untyped] # the vendor ships no types
from aliyunsdkdysmsapi.request.v20170525.QuerySendDetailsRequest import QuerySendDetailsRequest  # type: ignore[import-untyped] # the vendor ships no types
from aliyunsdkdysmsapi.request.v20170525.SendBatchSmsRequest import SendBatchSmsRequest  # type: ignore[import-untyped] # the vendor ships no types
from aliyunsdkdysmsapi.request.v20170525.SendSmsRequest import SendSmsRequest  # type: ignore[import-untyped] # the vendor ships no types

from local_vendor import LocalVendor

KEY_ID, SECRET = "LTAI5tEXAMPLEonly00001", "ExampleSecretForVectors+/=0001"


@pytest.fixture
def endpoint(vendor: LocalVendor) -> str:
    return vendor.api_url.removeprefix("http://")


def ask(endpoint: str, request: Any, secret: str = SECRET) -> dict[str, Any]:
    request.set_endpoint(endpoint)
    request.set_protocol_type("http")
    client = AcsClient(KEY_ID, secret, "cn-hangzhou")
    answer: dict[str, Any] = json.loads(client.do_action_with_exception(request))
    return answer


def text(method: str = "POST") -> Any:
    request = SendSmsRequest()
    request.set_method(method)
    request.set_PhoneNumbers("13900000001")
    request.set_SignName("阿里云")
    request.set_TemplateCode("SMS_480680001")
    request.set_TemplateParam('{"code":"x y+*~"}')
    request.set_OutId("")
    return request


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_text_is_sent_and_found(endpoint: str, method: str) -> None:
    """proves: alibaba#send.SendSms, alibaba#seal.rpc, alibaba#query.QuerySendDetails."""
    sent = ask(endpoint, text(method))
    assert (sent["Code"], sent["Message"]) == ("OK", "OK")
    query = QuerySendDetailsRequest()
    query.set_PhoneNumber("13900000001")
    query.set_SendDate(f"{datetime.now(UTC) + timedelta(hours=8):%Y%m%d}")
    query.set_PageSize(10)
    query.set_CurrentPage(1)
    query.set_BizId(sent["BizId"])
    found = ask(endpoint, query)
    assert found["TotalCount"] == "1"
    assert found["SmsSendDetailDTOs"]["SmsSendDetailDTO"][0]["Content"].startswith("【阿里云】您的取件码为x y+*~")


def test_a_batch_is_sent(endpoint: str) -> None:
    """proves: alibaba#batch."""
    request = SendBatchSmsRequest()
    request.set_PhoneNumberJson('["13900000001","13900000002"]')
    request.set_SignNameJson('["阿里云","阿里云"]')
    request.set_TemplateCode("SMS_480680001")
    request.set_TemplateParamJson('[{"code":"1"},{"code":"2"}]')
    assert (ask(endpoint, request))["Code"] == "OK"


def test_a_card_is_sent_by_a_common_request(endpoint: str) -> None:
    """proves: alibaba#card.SendCardSms, alibaba#request.sources."""
    request = CommonRequest(domain=endpoint, version="2017-05-25", action_name="SendCardSms", product="Dysmsapi")
    request.set_method("POST")
    for name, value in {
        "CardObjects.1.mobile": "13900000001",
        "CardObjects.1.dyncParams": '{"param1":"李四"}',
        "CardTemplateCode": "CARD_SMS_70",
        "FallbackType": "NONE",
        "SignName": "阿里云",
    }.items():
        request.add_body_params(name, value)
    sent = ask(endpoint, request)
    assert (sent["Code"], sent["Data"]["MediaMobiles"]) == ("OK", "13900000001")


def test_a_wrong_secret_is_recognised_by_the_client(endpoint: str) -> None:
    """Show that both sealed the same text: only then the client words it so.

    proves: alibaba#error.SignatureDoesNotMatch
    """
    for method in ("POST", "GET"):
        with pytest.raises(ServerException) as wrong:
            ask(endpoint, text(method), secret="wrong")
        assert wrong.value.get_error_code() == "InvalidAccessKeySecret"
        assert wrong.value.get_http_status() == 400
        assert wrong.value.get_request_id() == wrong.value.get_request_id().upper()


def test_a_gateway_fault_is_raised_and_a_business_fault_returned(endpoint: str) -> None:
    """proves: alibaba#answer.gateway, alibaba#answer.business."""
    request = text()
    request.set_PhoneNumbers("")
    with pytest.raises(ServerException) as missing:
        ask(endpoint, request)
    assert missing.value.get_error_code() == "MissingPhoneNumbers"
    request = text()
    request.set_TemplateCode("SMS_1")
    refused = ask(endpoint, request)
    assert (refused["Code"], refused["Message"]) == ("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
