import re
from typing import Any

import pytest

from hongyan.model.ids import from_hex32
from hongyan.model.message import Message
from hongyan.model.world import Key, Project, Review, Template
from vendor_line import VendorLine

SEND = "/comms/sms/sendmsg"
REQUEST_ID = re.compile(r"20260102110405[a-z]{8}")
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


async def sent(line: VendorLine, body: Any) -> Message:
    message = await line.store.message(from_hex32(body["externalId"]) or 0)
    assert message is not None
    return message


async def test_the_documents_sample_is_sent_and_answered(line: VendorLine) -> None:
    """proves: comms#send.path, comms#answer.code, comms#answer.msg, comms#answer.requestId, comms#code.0000,
    comms#answer.externalId, comms#answer.ver, comms#body.json, comms#template.places, comms#send.values.surplus
    """
    reply = await line.comms_send()
    assert reply.status == 200
    assert reply.headers[b"content-type"] == b"application/json;charset=UTF-8"
    assert set(reply.body) == {"ver", "code", "msg", "externalId", "requestId"}
    assert (reply.body["ver"], reply.body["code"], reply.body["msg"]) == ("1.0.0", "0000", "成功。")
    assert REQUEST_ID.fullmatch(reply.body["requestId"])
    assert re.fullmatch("[0-9a-f]{32}", reply.body["externalId"])
    message = await sent(line, reply.body)
    assert message.to == "8613700000000"
    assert message.content == "【一砂】您的验证码为：1234，该验证码5分钟内有效，请勿泄漏！"
    assert message.project == "sand"
    assert [one.id for one in line.dispatch.taken] == [message.id]


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("[1234,2345]", "1234"),
        ('["1234","2345"]', "1234"),
        ("['0123', '2345']", "0123"),
        ("0123,2345", "0123"),
        ("1.0", "1.0"),
        ("[张三, 0123]", "张三"),
        ('["a,b"]', "a,b"),
        (["0123", "2"], "0123"),
    ],
)
async def test_values_are_read_however_they_are_written(line: VendorLine, written: Any, first: str) -> None:
    """proves: comms#send.templateParamSet"""
    reply = await line.comms_send(templateParamSet=written)
    assert f"验证码为：{first}，" in (await sent(line, reply.body)).content


@pytest.mark.parametrize("values", ["", None, "[]", "[]  "])
async def test_a_template_without_places_needs_no_values(line: VendorLine, values: str | None) -> None:
    """proves: comms#send.templateParamSet"""
    await line.declare(Template(project="sand", dialect="comms", name="plain", body="您好"))
    reply = await line.comms_send(templateID="plain", templateParamSet=values)
    assert (await sent(line, reply.body)).content == "您好"


async def test_too_few_values_are_the_callers_fault(line: VendorLine) -> None:
    """proves: comms#send.values.few, comms#code.1005"""
    reply = await line.comms_send(templateID="two", templateParamSet="[1]")
    assert (reply.status, reply.body["code"], reply.body["msg"]) == (200, "1005", "业务异常：模板参数不足（1）。")


@pytest.mark.parametrize("mobile", ["+8613700000000", " 8613700000000", "8613700000000", "13700000000"])
async def test_a_mainland_number_is_read_in_every_way_callers_write_it(line: VendorLine, mobile: str) -> None:
    """proves: comms#send.mobile, comms#send.mobile.loose"""
    reply = await line.comms_send(mobile=mobile)
    assert (await sent(line, reply.body)).to == "8613700000000"


@pytest.mark.parametrize(
    "fields",
    [
        {"mobile": "+86137"},
        {"mobile": "hello"},
        {"mobile": ""},
        {"mobile": None},
        {"mobile": 13700000000},
        {"templateID": None},
        {"templateID": "none-such"},
        {"templateID": ["01234567890abcdef"]},
        {"templateParamSet": {"0": "1"}},
        {"channel": "2"},
        {"channel": 1},
        {"callbackUrl": "ftp://example.com/"},
        {"callbackUrl": "http://example.com/a b"},
        {"callbackUrl": ["http://example.com/"]},
    ],
)
async def test_a_wrong_field_is_the_callers_fault(line: VendorLine, fields: dict[str, Any]) -> None:
    """proves: comms#send.mobile, comms#send.templateID, comms#body.types, comms#send.channel, comms#send.callbackUrl,
    comms#code.1005, comms#answer.failure
    """
    reply = await line.comms_send(**fields)
    assert reply.status == 200
    assert set(reply.body) == {"ver", "code", "msg", "requestId"}
    assert (reply.body["ver"], reply.body["code"]) == ("1.0.0", "1005")
    assert REQUEST_ID.fullmatch(reply.body["requestId"])
    assert line.dispatch.taken == []


async def test_only_an_approved_template_of_this_api_is_sent(line: VendorLine) -> None:
    """proves: comms#send.templateID"""
    await line.declare(
        Template(project="sand", dialect="comms", name="new", body="您好", review=Review.PENDING),
        Template(project="sand", dialect="alibaba", name="other", body="您好"),
    )
    assert (await line.comms_send(templateID="new")).body["msg"] == "业务异常：模板未审核通过。"
    assert (await line.comms_send(templateID="other")).body["msg"] == "业务异常：模板不存在。"


async def test_a_callback_address_and_a_channel_are_taken(line: VendorLine) -> None:
    """proves: comms#send.callbackUrl, comms#send.channel"""
    reply = await line.comms_send(callbackUrl="https://example.com/receipts?of=1", channel="1")
    assert (await sent(line, reply.body)).report_to == "https://example.com/receipts?of=1"


async def test_a_form_is_read_like_json(line: VendorLine) -> None:
    """proves: comms#body.form"""
    fields = {"mobile": "+8613700000000", "templateID": "01234567890abcdef", "templateParamSet": "[0123]"}
    reply = await line.form(SEND, fields)
    assert "验证码为：0123，" in (await sent(line, reply.body)).content
    raw = b"mobile=+8613700000000&templateID=01234567890abcdef&templateParamSet=1"
    reply = await line.call(SEND, raw, headers={"content-type": FORM + "; charset=UTF-8"})
    assert (await sent(line, reply.body)).to == "8613700000000"


async def test_json_that_is_called_a_form_is_read_as_json(line: VendorLine) -> None:
    """proves: comms#body.form"""
    body = b' {"mobile":"+8613700000000","templateID":"01234567890abcdef","templateParamSet":"1"}'
    assert (await line.call(SEND, body, headers={"content-type": FORM})).body["code"] == "0000"
    assert (await line.call(SEND, body, headers={"content-type": ""})).body["code"] == "0000"


@pytest.mark.parametrize("media", ["text/xml", "multipart/form-data; boundary=x", "text/plain"])
async def test_another_media_type_is_refused(line: VendorLine, media: str) -> None:
    """proves: comms#body.form"""
    reply = await line.call(SEND, b'{"mobile":"+8613700000000"}', headers={"content-type": media})
    assert (reply.status, reply.body["code"]) == (200, "1005")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"mobile":"+8613700000000","mobile":"+8613700000001"}',
        b'{"mobile":"\xff"}',
        b'{"mobile":"\\ud800"}',
        b'{"mobile":"\\u0000"}',
        b'{"mobile":' + b"[" * 100_000,
        b'{"mobile":"x"} {}',
        b"\xef\xbb\xbf{}",
        b'{"mobile":NaN}',
    ],
)
async def test_a_body_that_is_not_one_readable_object_is_refused(line: VendorLine, body: bytes) -> None:
    """proves: comms#body.json, comms#answer.requestId"""
    reply = await line.call(SEND, body)
    assert (reply.status, reply.body["code"]) == (200, "1005")
    assert REQUEST_ID.fullmatch(reply.body["requestId"])


@pytest.mark.parametrize("body", [b"mobile=%ff", b"mobile=1&mobile=2", b"mobile=%00", b"&".join([b"a=1"] * 200)])
async def test_a_form_that_cannot_be_read_is_refused(line: VendorLine, body: bytes) -> None:
    """proves: comms#body.form"""
    reply = await line.call(SEND, body, headers={"content-type": FORM})
    assert (reply.status, reply.body["code"]) == (200, "1005")


async def test_http_has_its_own_words(line: VendorLine) -> None:
    """proves: comms#http.method, comms#http.path, comms#http.status"""
    got = await line.call(SEND, b"", method="GET", query="mobile=1")
    assert (got.status, got.body["code"], got.body["msg"]) == (405, "1005", "业务异常：仅支持POST请求。")
    lost = await line.call("/comms/sms/nothing", b"{}")
    assert (lost.status, lost.body["code"]) == (404, "1005")
    large = await line.call(SEND, b"x" * (2 << 20))
    assert (large.status, large.body["code"]) == (413, "1005")


async def test_the_international_path_sends_too(line: VendorLine) -> None:
    """proves: comms#send.all"""
    body = {"mobile": "+12025550123", "templateID": "two", "templateParamSet": "a,b"}
    reply = await line.json("/comms/sms/sendmsgall", body)
    assert (await sent(line, reply.body)).to == "12025550123"


async def test_a_key_has_its_pace(line: VendorLine) -> None:
    """proves: comms#rate"""
    assert Key(project="sand", dialect="comms").rate_per_second == 1000
    await line.declare(Key(project="sand", dialect="comms", auth="none", rate_per_second=2))
    codes = [(await line.comms_send()).body["code"] for _ in range(3)]
    assert codes == ["0000", "0000", "1005"]


async def test_being_full_is_a_fault_of_the_service(line: VendorLine) -> None:
    """proves: comms#code.1999"""
    line.backlog_cap = 0
    await line.declare()
    reply = await line.comms_send()
    assert (reply.status, reply.body["code"], reply.body["msg"]) == (200, "1999", "系统异常，请联系管理员。")


async def test_a_bug_is_a_fault_of_the_system(line: VendorLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """proves: comms#code.9999"""
    monkeypatch.setattr(line.desk, "accept", None)
    reply = await line.comms_send()
    assert (reply.status, reply.body["code"], reply.body["msg"]) == (200, "9999", "系统异常，请联系管理员。")


async def test_an_empty_balance_is_the_callers_to_fill(line: VendorLine) -> None:
    """proves: comms#code.1005"""
    await line.declare(Project(name="sand", paid_in="0"))
    assert (await line.comms_send()).body["msg"] == "业务异常：余额不足。"
