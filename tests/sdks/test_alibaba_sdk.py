"""alibabacloud-dysmsapi20170525, unmodified, sync and async, with both of its signature schemes."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models  # type: ignore[import-untyped] # the vendor ships no types
from alibabacloud_dysmsapi20170525.client import Client  # type: ignore[import-untyped] # the vendor ships no types
from alibabacloud_tea_openapi.exceptions import ClientException, ThrottlingException  # type: ignore[import-untyped] # the vendor ships no types
from alibabacloud_tea_openapi.utils_models import Config  # type: ignore[import-untyped] # the vendor ships no types

from hongyan.model.world import Key
from local_vendor import LocalVendor

KEY_ID, SECRET = "LTAI5tEXAMPLEonly00001", "ExampleSecretForVectors+/=0001"

Ask = Callable[[str, Any], Awaitable[Any]]


def client_at(endpoint: str, key_id: str = KEY_ID, secret: str = SECRET, scheme: str | None = None) -> Client:
    return Client(
        Config(
            access_key_id=key_id,
            access_key_secret=secret,
            endpoint=endpoint,
            protocol="http",
            signature_algorithm=scheme,
        )
    )


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    slow = Key(project="demo-alibaba", dialect="alibaba", name="slow", secret=SECRET, rate_per_second=1)
    with LocalVendor(tmp_path / "vendor", world=(slow,)) as vendor:
        yield vendor.api_url.removeprefix("http://")


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, endpoint: str) -> Ask:
    client = client_at(endpoint)

    async def sync(action: str, asked: Any) -> Any:
        return (await asyncio.to_thread(getattr(client, action), asked)).body

    async def in_loop(action: str, asked: Any) -> Any:
        return (await getattr(client, f"{action}_async")(asked)).body

    return sync if request.param == "sync" else in_loop


def today() -> str:
    return f"{datetime.now(UTC) + timedelta(hours=8):%Y%m%d}"


async def test_a_text_is_sent_and_found(ask: Ask) -> None:
    """proves: alibaba#send.SendSms, alibaba#query.QuerySendDetails."""
    sent = await ask(
        "send_sms",
        models.SendSmsRequest(
            phone_numbers="13900000001,13900000002",
            sign_name="阿里云",
            template_code="SMS_480680001",
            template_param='{"code":"x y+*~"}',
            out_id="",
        ),
    )
    assert (sent.code, sent.message) == ("OK", "OK")
    asked = models.QuerySendDetailsRequest(
        phone_number="13900000001", send_date=today(), page_size=10, current_page=1, biz_id=sent.biz_id
    )
    found = await ask("query_send_details", asked)
    while found.sms_send_detail_dtos.sms_send_detail_dto[0].send_status == 1:
        await asyncio.sleep(0.02)
        found = await ask("query_send_details", asked)
    assert (found.code, found.total_count) == ("OK", "1")
    (detail,) = found.sms_send_detail_dtos.sms_send_detail_dto
    assert detail.content == "【阿里云】您的取件码为x y+*~，请及时领取。"
    assert (detail.phone_num, detail.send_status, detail.err_code) == ("13900000001", 3, "DELIVERED")


async def test_a_batch_is_sent(ask: Ask) -> None:
    """proves: alibaba#batch."""
    sent = await ask(
        "send_batch_sms",
        models.SendBatchSmsRequest(
            phone_number_json='["13900000001","13900000002"]',
            sign_name_json='["阿里云","阿里云"]',
            template_code="SMS_480680001",
            template_param_json='[{"code":"x y+*~"},{"code":"2"}]',
        ),
    )
    assert sent.code == "OK"


async def test_cards_are_sent_and_found(ask: Ask) -> None:
    """proves: alibaba#card.SendCardSms, alibaba#query.GetCardSmsDetails."""
    sent = await ask(
        "send_card_sms",
        models.SendCardSmsRequest(
            card_objects=[
                models.SendCardSmsRequestCardObjects(
                    mobile=f"139000000{n:02}",
                    custom_url="https://a.test/?x=1&y=2",
                    dync_params='{"param1":"李 四+*~"}',
                )
                for n in range(1, 13)
            ],
            card_template_code="CARD_SMS_70",
            sign_name="阿里云",
            fallback_type="DIGITALSMS",
            digital_template_code="DIGITAL_SMS_31359",
            digital_template_param='{"msg":"xxxd"}',
            out_id="38d76c9b",
        ),
    )
    assert (sent.code, sent.success, sent.data.card_tmp_state) == ("OK", True, 1)
    assert sent.data.media_mobiles == ",".join(f"139000000{n:02}" for n in range(1, 13, 2))
    assert sent.data.not_media_mobiles == ",".join(f"139000000{n:02}" for n in range(2, 13, 2))
    assert sent.data.biz_sms_id == ""
    found = await ask(
        "get_card_sms_details",
        models.GetCardSmsDetailsRequest(
            phone_number="13900000001", send_date=today(), biz_card_id=sent.data.biz_card_id
        ),
    )
    (record,) = found.card_send_detail_dto.records
    assert (record.out_id, record.receive_type) == ("38d76c9b", "CARD_SMS")


async def test_a_batch_of_cards_is_sent(ask: Ask) -> None:
    """proves: alibaba#batchcard."""
    sent = await ask(
        "send_batch_card_sms",
        models.SendBatchCardSmsRequest(
            phone_number_json='["13900000001","13900000002"]',
            sign_name_json='["阿里云","阿里云"]',
            card_template_code="CARD_SMS_70",
            card_template_param_json=json.dumps([{"customUrl": "https://a.test/", "dyncParams": '{"param1":"a"}'}] * 2),
            fallback_type="SMS",
            sms_template_code="SMS_480680001",
            sms_template_param_json='[{"code":"1"},{"code":"2"}]',
        ),
    )
    assert (sent.code, sent.data.media_mobiles, sent.data.not_media_mobiles) == ("OK", "13900000001", "13900000002")
    assert sent.data.biz_card_id != sent.data.biz_sms_id


async def test_card_support_is_asked_in_both_ways(ask: Ask) -> None:
    """proves: alibaba#support.QueryMobilesCardSupport, alibaba#support.CheckMobilesCardSupport, alibaba#seal.keys."""
    new = await ask(
        "query_mobiles_card_support",
        models.QueryMobilesCardSupportRequest(
            template_code="CARD_SMS_70", mobiles=[{"mobile": "13900000001"}, {"mobile": "13900000002"}]
        ),
    )
    assert [(one.mobile, one.support) for one in new.data.query_result] == [
        ("13900000001", True),
        ("13900000002", False),
    ]
    old = await ask(
        "check_mobiles_card_support",
        models.CheckMobilesCardSupportRequest(template_code="CARD_SMS_70", mobiles=[{"#6#mobile": "13900000001"}]),
    )
    assert [(one.mobile, one.support) for one in old.data.query_result] == [("13900000001", True)]


async def test_the_older_scheme_of_the_same_client_passes(endpoint: str) -> None:
    """proves: alibaba#seal.rpc."""
    client = client_at(endpoint, scheme="v2")
    asked = models.SendBatchSmsRequest(
        phone_number_json='["13900000001"]',
        sign_name_json='["阿里云"]',
        template_code="SMS_480680001",
        template_param_json='[{"code":"1"}]',
    )
    assert (await asyncio.to_thread(client.send_batch_sms, asked)).body.code == "OK"
    assert (await client.send_batch_sms_async(asked)).body.code == "OK"


async def test_a_business_fault_is_an_ordinary_answer(ask: Ask) -> None:
    """proves: alibaba#answer.business."""
    asked = models.SendSmsRequest(
        phone_numbers="13900000001",
        sign_name="别人",
        template_code="SMS_480680001",
        template_param='{"code":"1"}',
    )
    refused = await ask("send_sms", asked)
    assert (refused.code, refused.message) == ("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
    assert refused.biz_id is None


async def test_a_gateway_fault_is_raised_with_its_code(endpoint: str, ask: Ask) -> None:
    """proves: alibaba#answer.gateway, alibaba#error.SignatureDoesNotMatch, alibaba#error.InvalidAction."""
    asked = models.SendSmsRequest(phone_numbers="1", sign_name="阿里云", template_code="SMS_480680001")
    with pytest.raises(ClientException) as wrong:
        await client_at(endpoint, secret="wrong").send_sms_async(asked)
    assert (wrong.value.code, wrong.value.status_code) == ("SignatureDoesNotMatch", 400)
    assert wrong.value.data["HostId"] == endpoint
    with pytest.raises(ClientException) as unknown:
        await ask("query_sms_sign_list", models.QuerySmsSignListRequest())
    assert (unknown.value.code, unknown.value.status_code) == ("InvalidAction.NotFound", 404)
    assert unknown.value.request_id == unknown.value.request_id.upper()


async def test_too_many_requests_a_second_raise_the_throttling_exception(endpoint: str) -> None:
    """proves: alibaba#error.Throttling."""
    client = client_at(endpoint, key_id="slow")
    asked = models.QuerySendDetailsRequest(phone_number="13900000001", send_date=today(), page_size=10, current_page=1)
    with pytest.raises(ThrottlingException) as slowed:
        await asyncio.gather(*(client.query_send_details_async(asked) for _ in range(5)))
    assert slowed.value.code == "Throttling.User"
    assert slowed.value.retry_after > 0
