import hashlib
from typing import Any

import pytest

from hongyan.dialects.yundashi.requests import Sealed, claim
from hongyan.model.message import Category, Message
from hongyan.model.submission import Exchange
from hongyan.model.world import Project, Template
from vendor_line import APPKEY, VendorLine

TEL = {"nationcode": "86", "mobile": "13788888888"}
OTHER = {"nationcode": "86", "mobile": "13788888889"}


async def sent(line: VendorLine, sid: str) -> Message:
    message = await line.store.message(int(sid))
    assert message is not None
    return message


@pytest.mark.parametrize(
    ("mobiles", "sig"),
    [
        (["13800138000"], "a6782d0ab7e7c5b1a4650f42b843d329147383c26dd9b5f7d9e55b8bb5f4c5bc"),
        (["13800138000", "13900139000"], "79f17c1c5a5d0bc23c6462d7a5110ecab04aaec74f5fba716388ab7f6d024ac1"),
        ([], "04eeb29e099ac9ddf5a61e038cee4eedd8c589952c7e84912e07a90b9c95256c"),
    ],
)
def test_the_seal_is_the_vendors(mobiles: list[str], sig: str) -> None:
    """proves: yundashi#sig, yundashi#sig.many, yundashi#sig.none"""
    asked = Exchange(
        request_id="R",
        dialect="yundashi",
        method="POST",
        path="/intf/sendsms",
        query=b"sdkappid=1400000001&random=424242",
        headers={},
        body=b"",
        peer="",
        received_at=0,
    )
    prove = claim(asked, Sealed(sig=sig, time=1700000000), mobiles).prove
    assert prove is not None
    proof = prove(APPKEY)
    assert proof.valid
    assert APPKEY not in proof.string_to_sign


async def test_the_documents_sample_is_sent_and_answered(line: VendorLine) -> None:
    """proves: yundashi#send.path, yundashi#send.fields, yundashi#answer.result, yundashi#answer.errmsg, yundashi#ext,
    yundashi#answer.sid, yundashi#answer.fee, yundashi#send.msg, yundashi#http.status, yundashi#template.places
    """
    reply = await line.yundashi_send()
    assert reply.status == 200
    assert list(reply.body) == ["result", "errmsg", "ext", "sid", "fee"]
    sid = reply.body.pop("sid")
    assert reply.body == {"result": 0, "errmsg": "OK", "ext": "session", "fee": 1}
    message = await sent(line, sid)
    assert (message.to, message.content) == ("8613788888888", "【云大师】你的验证码是1234")
    assert (message.template, message.session, message.extend) == ("1", "session", None)


async def test_a_leading_zero_of_random_is_under_the_seal(line: VendorLine) -> None:
    """proves: yundashi#random"""
    assert (await line.yundashi_send(rand="0000007")).body["result"] == 0
    assert (await line.yundashi_send(rand="0000007", query="sdkappid=1400000001&random=7")).body["result"] == 1001


@pytest.mark.parametrize("query", ["sdkappid=1400000001", "random=1", "sdkappid=&random=1", ""])
async def test_the_query_names_key_and_random(line: VendorLine, query: str) -> None:
    """proves: yundashi#sdkappid, yundashi#random"""
    assert (await line.yundashi_send(query=query)).body["result"] == 1004


@pytest.mark.parametrize(
    ("seconds", "result"), [(0, 0), (-600, 0), (600, 0), (-601, 1021), (601, 1021), (-86400, 1021)]
)
async def test_ten_minutes_off_is_just_in_time(line: VendorLine, seconds: int, result: int) -> None:
    """proves: yundashi#time.window, yundashi#code.1021"""
    reply = await line.yundashi_send(time=line.clock.now_ms() // 1000 + seconds)
    assert reply.body["result"] == result


async def test_whole_seconds_are_compared(line: VendorLine) -> None:
    """proves: yundashi#time.window"""
    line.clock.push(0.999)
    assert (await line.yundashi_send(time=line.clock.now_ms() // 1000 - 600)).body["result"] == 0


async def test_numbers_may_be_written_as_texts_and_texts_as_numbers(line: VendorLine) -> None:
    """proves: yundashi#numbers.loose"""
    reply = await line.yundashi_send(type="0", time=str(line.clock.now_ms() // 1000))
    assert reply.body["result"] == 0
    reply = await line.yundashi_send(tel={"nationcode": 86, "mobile": 13788888888})
    assert reply.body["result"] == 0
    for wrong in ("", "soon", "1.5", "9" * 30, 1.5, True):
        assert (await line.yundashi_send(time=wrong)).body["result"] == 1004, wrong


@pytest.mark.parametrize("name", ["tel", "msg", "type", "time"])
async def test_what_is_required_is_missed(line: VendorLine, name: str) -> None:
    """proves: yundashi#send.fields, yundashi#code.1004"""
    reply = await line.yundashi_send(**{name: None})
    assert (reply.body["result"], reply.body["ext"]) == (1004, "session")
    assert reply.body["errmsg"].endswith(name)


@pytest.mark.parametrize("empty", ["", None])
async def test_ext_and_extend_may_be_empty_or_absent(line: VendorLine, empty: str | None) -> None:
    """proves: yundashi#send.fields, yundashi#ext"""
    reply = await line.yundashi_send(ext=empty, extend=empty)
    assert (reply.body["result"], reply.body["ext"]) == (0, "")


async def test_null_is_absent(line: VendorLine) -> None:
    """proves: yundashi#send.fields"""
    now = line.clock.now_ms() // 1000
    sig = hashlib.sha256(f"appkey={APPKEY}&random=1&time={now}&mobile=13788888888".encode()).hexdigest()
    body = (
        f'{{"tel":{{"nationcode":"86","mobile":"13788888888"}},"type":0,"msg":"你的验证码是1","sig":"{sig}",'
        f'"time":{now},"ext":null,"extend":null}}'
    )
    reply = await line.call("/intf/sendsms", body.encode(), query="sdkappid=1400000001&random=1")
    assert (reply.body["result"], reply.body["ext"]) == (0, "")


async def test_an_extension_code_goes_with_the_message(line: VendorLine) -> None:
    """proves: yundashi#extend"""
    reply = await line.yundashi_send(extend="0123")
    assert (await sent(line, reply.body["sid"])).extend == "0123"
    assert (await line.yundashi_send(extend="12a")).body["result"] == 1004


@pytest.mark.parametrize(
    "media", ["application/json; charset=utf-8", "application/x-www-form-urlencoded", "", "text/plain"]
)
async def test_json_is_read_whatever_it_is_called(line: VendorLine, media: str) -> None:
    """proves: yundashi#body"""
    assert (await line.yundashi_send(headers={"content-type": media})).body["result"] == 0


@pytest.mark.parametrize("media", ["text/xml", "multipart/form-data; boundary=x"])
async def test_what_is_called_something_else_is_refused(line: VendorLine, media: str) -> None:
    """proves: yundashi#body"""
    assert (await line.yundashi_send(headers={"content-type": media})).body["result"] == 1004


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"ext":"a","ext":"a"}',
        b'{"ext":"\xff"}',
        b'{"ext":"\\ud800"}',
        b'{"ext":"\\u0000"}',
        b'{"tel":' + b"[" * 100_000,
        b'{"tel":"13788888888"}',
        b'{"tel":{"mobile":"13788888888"}}',
        b'{"tel":{"nationcode":"86","mobile":1.5}}',
        b'{"tel":[["86","13788888888"]]}',
        b'{"sig":1}',
        b'{"params":"1"}',
    ],
)
async def test_a_body_that_cannot_be_read_is_1004(line: VendorLine, body: bytes) -> None:
    """proves: yundashi#body, yundashi#code.1004, yundashi#http.status"""
    reply = await line.call("/intf/sendsms", body, query="sdkappid=1400000001&random=1")
    assert (reply.status, reply.body["result"]) == (200, 1004)
    assert reply.body["errmsg"]


async def test_get_is_answered_in_the_vendors_words(line: VendorLine) -> None:
    """proves: yundashi#body, yundashi#http.status"""
    reply = await line.call("/intf/sendsms", b"", method="GET", query="sdkappid=1400000001&random=1")
    assert (reply.status, reply.body["result"]) == (200, 1004)


async def test_a_leading_signature_is_chosen(line: VendorLine) -> None:
    """proves: yundashi#send.msg.signature"""
    reply = await line.yundashi_send(msg="【云大师讲座】你的验证码是xxxx")
    message = await sent(line, reply.body["sid"])
    assert (message.signature, message.content) == ("云大师讲座", "【云大师讲座】你的验证码是xxxx")


async def test_the_451st_character_is_too_many(line: VendorLine) -> None:
    """proves: yundashi#send.msg.length, yundashi#code.1017"""
    words = "你的验证码是"
    assert (await line.yundashi_send(msg=words + "9" * (450 - len(words)))).body["result"] == 0
    assert (await line.yundashi_send(msg=words + "9" * (451 - len(words)))).body["result"] == 1017


async def test_the_fee_is_the_parts_charged(line: VendorLine) -> None:
    """proves: yundashi#answer.fee"""
    words = "【云大师】你的验证码是"
    for letters, fee in ((70 - len(words), 1), (71 - len(words), 2), (134 - len(words), 2), (135 - len(words), 3)):
        assert (await line.yundashi_send(msg="你的验证码是" + "9" * letters)).body["fee"] == fee


async def test_marketing_is_marketing(line: VendorLine) -> None:
    """proves: yundashi#type"""
    marketing, normal = await line.yundashi_send(type=1), await line.yundashi_send()
    assert (await sent(line, marketing.body["sid"])).category is Category.MARKETING
    assert (await sent(line, normal.body["sid"])).category is Category.NOTIFICATION
    for wrong in (2, -1, "x", "01x"):
        assert (await line.yundashi_send(type=wrong)).body["result"] == 1004


async def test_a_template_is_sent_by_its_id(line: VendorLine) -> None:
    """proves: yundashi#tpl"""
    form = {"type": None, "msg": None, "tpl_id": 1, "params": ["5678"], "sign": "云大师讲座"}
    reply = await line.yundashi_send(**form)
    assert (await sent(line, reply.body["sid"])).content == "【云大师讲座】你的验证码是5678"
    reply = await line.yundashi_send(**(form | {"sign": "", "params": [42, "surplus"]}))
    assert (await sent(line, reply.body["sid"])).content == "【云大师】你的验证码是42"


@pytest.mark.parametrize("path", ["/intf/sendsms", "/intf/sendmultisms2", "/intf/sendmultisms"])
async def test_an_array_is_answered_number_by_number(line: VendorLine, path: str) -> None:
    """proves: yundashi#tel, yundashi#multi.path, yundashi#multi.tel, yundashi#multi.detail, yundashi#sig.many"""
    tel = [TEL, {"nationcode": "86", "mobile": "12"}, OTHER]
    reply = await line.yundashi_send(path=path, tel=tel)
    detail = reply.body.pop("detail")
    assert reply.body == {"result": 0, "errmsg": "OK", "ext": "session"}
    assert [(one["result"], one["mobile"], one["nationcode"], one["fee"]) for one in detail] == [
        (0, "13788888888", "86", 1),
        (1016, "12", "86", 0),
        (0, "13788888889", "86", 1),
    ]
    assert (detail[1]["sid"], bool(detail[1]["errmsg"])) == ("", True)
    assert [one.to for one in line.dispatch.taken] == ["8613788888888", "8613788888889"]


async def test_the_path_for_several_wants_an_array(line: VendorLine) -> None:
    """proves: yundashi#multi.tel"""
    reply = await line.yundashi_send(path="/intf/sendmultisms2")
    assert reply.body == {"result": 1004, "errmsg": reply.body["errmsg"], "ext": "session", "detail": []}


async def test_refuses_the_201st_number(line: VendorLine) -> None:
    """proves: yundashi#multi.most, yundashi#code.1046"""
    tel = [{"nationcode": "86", "mobile": f"137{place:08d}"} for place in range(201)]
    assert (await line.yundashi_send(path="/intf/sendmultisms2", tel=tel)).body["result"] == 1046
    reply = await line.yundashi_send(path="/intf/sendmultisms2", tel=tel[:200])
    assert [one["result"] for one in reply.body["detail"]] == [0] * 200


async def test_an_empty_array_is_nothing_to_send(line: VendorLine) -> None:
    """proves: yundashi#code.1004"""
    assert (await line.yundashi_send(path="/intf/sendmultisms2", tel=[])).body["result"] == 1004


@pytest.mark.parametrize(
    ("tel", "to"),
    [
        ({"nationcode": "86", "mobile": "13788888888"}, "8613788888888"),
        ({"nationcode": "+86", "mobile": "13788888888"}, "8613788888888"),
        ({"nationcode": "1", "mobile": "2025550123"}, "12025550123"),
    ],
)
async def test_the_number_is_country_code_and_mobile(line: VendorLine, tel: dict[str, Any], to: str) -> None:
    """proves: yundashi#tel, yundashi#tel.nationcode, yundashi#tel.mobile"""
    assert (await sent(line, (await line.yundashi_send(tel=tel)).body["sid"])).to == to


@pytest.mark.parametrize(
    "tel",
    [
        {"nationcode": "86", "mobile": "1378888"},
        {"nationcode": "86", "mobile": "8613788888888"},
        {"nationcode": "", "mobile": "13788888888"},
        {"nationcode": "cn", "mobile": "13788888888"},
    ],
)
async def test_what_is_no_number_is_1016(line: VendorLine, tel: dict[str, str]) -> None:
    """proves: yundashi#tel.mobile, yundashi#tel.nationcode, yundashi#code.1016"""
    assert (await line.yundashi_send(tel=tel)).body["result"] == 1016


async def test_another_vendors_template_is_none_of_ours(line: VendorLine) -> None:
    """proves: yundashi#tpl"""
    await line.declare(
        Project(name="master", paid_in="100"), Template(project="master", dialect="comms", name="9", body="你好")
    )
    assert (await line.yundashi_send(type=None, msg=None, tpl_id=9)).body["result"] == 1014
