"""The body and its rows: every field, every code, and what a hostile body gets."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.nxcloud.nxcloud_office import APP, Office, item
from hongyan.dialects.nxcloud import bulk
from hongyan.dialects.nxcloud.reasons import CODES, ROW_TEXTS, TEXTS
from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange
from hongyan.model.world import Project, Stop

BAD_REQUEST = {"code": 9000, "message": "Request parameter error", "data": None}
PATTERN_13006 = (
    "Incorrect source address (Source address must consist of 1 to 20 alphanumeric characters (letters or digits))"
)


async def test_answers_each_item_in_its_place(office: Office) -> None:
    """proves: nxcloud#answer.code, nxcloud#answer.message, nxcloud#answer.data, nxcloud#row.status, nxcloud#code.0"""
    answer = await office.ask(
        item("8618651883168", sysMessageId="msg001"), item("8613812345279", sysMessageId="msg002")
    )
    assert answer == {
        "code": 0,
        "message": "Success",
        "data": [
            {"phone": "8618651883168", "messageid": "msg001", "status": "Success"},
            {"phone": "8613812345279", "messageid": "msg002", "status": "Success"},
        ],
    }
    assert office.raw.startswith(b'{"code":0,"message":"Success","data":[{"phone":')


async def test_a_bad_item_fails_alone(office: Office) -> None:
    """proves: nxcloud#answer.partial, nxcloud#row.message, nxcloud#row.phone, nxcloud#code.13005"""
    answer = await office.ask(item(sysMessageId="msg001"), item("12ab", sysMessageId="msg002"))
    assert answer["code"] == 0
    assert answer["data"] == [
        {"phone": "8613800138000", "messageid": "msg001", "status": "Success"},
        {"phone": "12ab", "messageid": "msg002", "status": "Failure", "message": "Incorrect phone number format"},
    ]
    assert [one.client_id for one in await office.messages()] == ["msg001"]


@pytest.mark.parametrize(
    "phone", ["18651883168", "8618651883168", "+8618651883168", "008618651883168", "+86 186-5188-3168"]
)
async def test_reads_numbers_as_people_write_them(office: Office, phone: str) -> None:
    """proves: nxcloud#items.phone, nxcloud#row.phone"""
    row = await office.row(phone=phone)
    assert (row["phone"], row["status"]) == ("8618651883168", "Success")


async def test_the_apps_own_country_is_put_before_bare_numbers(office: Office) -> None:
    """proves: nxcloud#items.phone"""
    assert (await office.row("appmalta", phone="79123456"))["phone"] == "35679123456"


@pytest.mark.parametrize("phone", ["", "abc", "1", "86", "999999999999999999", "8613800138000\u0000", "😀", "٣"])
async def test_a_number_that_is_none_is_13005_and_comes_back_as_written(office: Office, phone: str) -> None:
    """proves: nxcloud#items.phone, nxcloud#row.phone, nxcloud#code.13005"""
    row = await office.row(phone=phone)
    assert (row["phone"], row["message"]) == (phone, "Incorrect phone number format")


async def test_a_row_that_fails_for_another_reason_has_its_digits(office: Office) -> None:
    """proves: nxcloud#row.phone"""
    assert (await office.row(phone="+86 18651883168", content=""))["phone"] == "8618651883168"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("字" * 1000, None),
        ("😀" * 1000, None),
        ("字" * 1001, "Exceeded content length limit (1000 characters)"),
        ("", "Empty content or illegal Keywords"),
        (" \n", "Empty content or illegal Keywords"),
        ("来赌博吧", "Empty content or illegal Keywords"),
        ("a\u0000b", "Request parameter error"),
        ("שלום \u202e مرحبا\r\n\t", None),
    ],
)
async def test_holds_the_content_to_its_rules(office: Office, content: str, message: str | None) -> None:
    """proves: nxcloud#items.content, nxcloud#code.13001, nxcloud#code.13009, nxcloud#code.9000"""
    assert (await office.row(content=content)).get("message") == message


async def test_the_limit_counts_what_the_caller_wrote(office: Office) -> None:
    """proves: nxcloud#items.content"""
    content = "#1#" + "x" * 997
    row = await office.row(content=content, shortLink="https://nxlink.example/demo")
    assert row["status"] == "Success"


@pytest.mark.parametrize("sender", ["A", "12345678901234567890", "NXcloud8"])
async def test_keeps_a_good_source_address(office: Office, sender: str) -> None:
    """proves: nxcloud#items.sourceAddress"""
    assert (await office.row(sourceAddress=sender))["status"] == "Success"
    assert (await office.messages())[0].sender == sender


@pytest.mark.parametrize("sender", ["", "123456789012345678901", "a b", "a-b", "é", "牛信", "１２"])
async def test_a_bad_source_address_is_13006(office: Office, sender: str) -> None:
    """proves: nxcloud#items.sourceAddress, nxcloud#code.13006"""
    assert (await office.row(sourceAddress=sender))["message"] == PATTERN_13006


@pytest.mark.parametrize("client_id", ["a", "msg001", "0" * 10, "Az-" * 16 + "xy"])
async def test_a_client_id_becomes_the_messageid(office: Office, client_id: str) -> None:
    """proves: nxcloud#items.sysMessageId, nxcloud#row.messageid"""
    assert (await office.row(sysMessageId=client_id))["messageid"] == client_id


@pytest.mark.parametrize("client_id", ["", "x" * 51, "a_b", "a b", "é" * 10, "牛" * 10, "a\u0000bcdefghij"])
async def test_a_bad_client_id_fails_its_row_and_is_not_echoed(office: Office, client_id: str) -> None:
    """proves: nxcloud#items.sysMessageId, nxcloud#row.messageid"""
    row = await office.row(sysMessageId=client_id)
    assert row["message"] == "Request parameter error"
    assert row["messageid"].isdigit()


async def test_a_strict_app_wants_ten_characters(office: Office) -> None:
    """proves: nxcloud#items.sysMessageId"""
    assert (await office.row("appstrict", sysMessageId="x" * 9))["status"] == "Failure"
    assert (await office.row("appstrict", sysMessageId="x" * 10))["status"] == "Success"


async def test_mints_a_messageid_where_none_was_given(office: Office) -> None:
    """proves: nxcloud#items.sysMessageId.minted, nxcloud#row.messageid"""
    answer = await office.ask(item(), item("bad"), item(sysMessageId=None))
    ids = [row["messageid"] for row in answer["data"]]
    assert all(one.isdigit() for one in ids)
    assert len(set(ids)) == 3
    assert [str(one.id) for one in await office.messages()] == [ids[0], ids[2]]


async def test_the_same_client_id_twice_in_a_request_fails_the_later_row(office: Office) -> None:
    """proves: nxcloud#items.sysMessageId.twice"""
    answer = await office.ask(item(sysMessageId="same"), item(sysMessageId="same"))
    assert [row["status"] for row in answer["data"]] == ["Success", "Failure"]
    assert answer["data"][1]["message"] == "Request parameter error"
    assert len(await office.messages()) == 1


async def test_a_repeated_request_is_answered_the_same_and_sends_nothing(office: Office) -> None:
    """proves: nxcloud#items.sysMessageId.twice"""
    first = await office.ask(item(sysMessageId="same"))
    again = await office.ask(item(sysMessageId="same"))
    assert first == again
    assert len(await office.messages()) == 1


@pytest.mark.parametrize("changed", [{"phone": "8613800138001"}, {"content": "another"}])
async def test_a_taken_client_id_fails_for_another_message(office: Office, changed: dict[str, str]) -> None:
    """proves: nxcloud#items.sysMessageId.twice"""
    await office.ask(item(sysMessageId="same"))
    row = await office.row(**{"sysMessageId": "same", **changed})
    assert (row["status"], row["messageid"]) == ("Failure", "same")
    assert len(await office.messages()) == 1


async def test_a_repeated_request_with_a_short_link_is_answered_the_same(office: Office) -> None:
    """proves: nxcloud#items.sysMessageId.twice"""
    wanted = item(sysMessageId="same", content="look: #1#", shortLink="https://nxlink.example/demo")
    assert await office.ask(wanted) == await office.ask(wanted)
    assert len(await office.messages()) == 1


async def test_a_short_link_replaces_its_place(office: Office) -> None:
    """proves: nxcloud#items.shortLink"""
    await office.row(content="look: #1#", shortLink="https://nxlink.example/demo")
    (message,) = await office.messages()
    assert message.content.startswith("look: http://s.test/l/")
    code = message.content.rpartition("/")[2]
    link = await office.store.link(code)
    assert link is not None
    assert link.target == "https://example.com/welcome"


async def test_a_short_link_without_a_place_does_nothing(office: Office) -> None:
    """proves: nxcloud#items.shortLink"""
    await office.row(content="look", shortLink="https://nxlink.example/unknown")
    assert [one.content for one in await office.messages()] == ["look"]


async def test_a_place_without_a_short_link_stays(office: Office) -> None:
    """proves: nxcloud#items.shortLink"""
    await office.row(content="we are #1#")
    await office.row(content="we are #1#", shortLink="")
    assert {one.content for one in await office.messages()} == {"we are #1#"}


async def test_an_unknown_short_link_fails_its_row(office: Office) -> None:
    """proves: nxcloud#items.shortLink"""
    row = await office.row(content="look: #1#", shortLink="https://elsewhere.example/")
    assert row["message"] == "Request parameter error"


@pytest.mark.parametrize(
    ("verbose", "collects"), [(None, True), ("", True), ("1", True), (1, True), ("0", False), (0, False)]
)
async def test_clicks_are_collected_unless_told_not_to(office: Office, verbose: Any, collects: bool) -> None:
    """proves: nxcloud#items.linkVerbose"""
    fields = {"content": "#1#", "shortLink": "https://nxlink.example/demo", "linkVerbose": verbose}
    assert (await office.row(**fields))["status"] == "Success"
    (message,) = await office.messages()
    link = await office.store.link(message.content.rpartition("/")[2])
    assert (link is not None and link.message_id == message.id) is collects


@pytest.mark.parametrize("verbose", ["2", "yes", -1])
async def test_another_value_of_link_verbose_fails_its_row(office: Office, verbose: Any) -> None:
    """proves: nxcloud#items.linkVerbose"""
    assert (await office.row(linkVerbose=verbose))["message"] == "Request parameter error"


async def test_keeps_where_and_with_what_the_receipt_goes(office: Office) -> None:
    """proves: nxcloud#items.drUrl, nxcloud#items.ext"""
    await office.row(drUrl="https://dr.example/a?b=c", ext="订单 & 42")
    await office.row(drUrl="", ext="")
    first, second = await office.messages()
    assert (first.report_to, first.session) == ("https://dr.example/a?b=c", "订单 & 42")
    assert (second.report_to, second.session) == (None, "")


@pytest.mark.parametrize("url", ["dr.example", "ftp://dr.example/", "http://u:p@dr.example/", "http://dr.example:22/"])
async def test_a_receipt_address_that_is_none_fails_its_row(office: Office, url: str) -> None:
    """proves: nxcloud#items.drUrl"""
    assert (await office.row(drUrl=url))["message"] == "Request parameter error"


@pytest.mark.parametrize(("length", "status"), [(4096, "Success"), (4097, "Failure")])
async def test_a_passed_through_text_is_bounded(office: Office, length: int, status: str) -> None:
    """proves: nxcloud#items.ext"""
    assert (await office.row(ext="x" * length))["status"] == status


@pytest.mark.parametrize(("count", "code"), [(0, 9000), (1, 0), (200, 0), (201, 9000)])
async def test_takes_1_to_200_items(office: Office, count: int, code: int) -> None:
    """proves: nxcloud#body.items"""
    answer = await office.ask(*[item() for _ in range(count)])
    assert answer["code"] == code
    assert answer["data"] is None if code else len(answer["data"]) == count


GOOD = item()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"42",
        b'"text"',
        b"{}",
        b'{"appKey":"appdemo1"',
        b'{"appKey":"appdemo1","items":[{"phone":"86138',
        json.dumps({"items": [GOOD]}).encode(),
        json.dumps({"appKey": None, "items": [GOOD]}).encode(),
        json.dumps({"appKey": 7, "items": [GOOD]}).encode(),
        json.dumps({"appKey": "appdemo1"}).encode(),
        json.dumps({"appKey": "appdemo1", "items": None}).encode(),
        json.dumps({"appKey": "appdemo1", "items": GOOD}).encode(),
        json.dumps({"appKey": "appdemo1", "items": ["x"]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [None]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [[GOOD]]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [GOOD, {"phone": "8613800138000"}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [GOOD, {"content": "x"}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "phone": 8613800138000}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "content": 1234}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "content": None}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "sourceAddress": 1}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "sysMessageId": 1}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "shortLink": []}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "linkVerbose": True}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "drUrl": {}}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [{**GOOD, "ext": 1.5}]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [GOOD]}).encode() + b" x",
        json.dumps({"appKey": "appdemo1", "items": [GOOD]}).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps({"appKey": "appdemo1", "items": [GOOD]}).encode(),
        json.dumps({"appKey": "appdemo1", "items": [GOOD]}, ensure_ascii=False).encode("gb18030"),
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"\\ud800"}]}',
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"\\udc00\\ud800"}]}',
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"a\nb"}]}',
        b'{"appKey":"appdemo1","items":' + b"[" * 100_000,
        b'{"appKey":"appdemo1","x":' + b"[" * 100_000 + b"]" * 100_000 + b',"items":[]}',
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"a","x":' + b'{"a":' * 100_000,
        b'{"appKey":"appdemo1","appKey":"appotp1","items":[{"phone":"8613800138000","content":"a"}]}',
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","phone":"8613800138001","content":"a"}]}',
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"a","ext":"b","ext":"c"}]}',
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":"a"}],"items":[]}',
        b'{"appKey":"appdemo1","items":[{"phone":"8613800138000","content":NaN}]}',
    ],
)
async def test_an_unreadable_body_is_9000_as_a_whole(office: Office, body: bytes) -> None:
    """proves: nxcloud#body.readable, nxcloud#body.appKey, nxcloud#body.items, nxcloud#answer.request-error"""
    assert await office.call(body) == BAD_REQUEST
    assert await office.messages() == []


async def test_a_field_name_may_stand_in_a_text(office: Office) -> None:
    """proves: nxcloud#body.readable"""
    assert (await office.row(content="phone", ext="phone"))["status"] == "Success"


async def test_unknown_fields_and_nulls_are_passed_over(office: Office) -> None:
    """proves: nxcloud#body.readable"""
    nulls: dict[str, Any] = dict.fromkeys(("sourceAddress", "sysMessageId", "shortLink", "linkVerbose", "drUrl", "ext"))
    assert (await office.row(**nulls, more={"deep": [1, 2]}))["status"] == "Success"


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("application/json", 0),
        ("application/json; charset=utf-8", 0),
        ("Application/JSON;charset=GBK", 0),
        (None, 0),
        ("text/plain", 9000),
        ("application/x-www-form-urlencoded", 9000),
        ("application/xml", 9000),
        ("multipart/form-data", 1003),
    ],
)
async def test_the_body_is_declared_as_json(office: Office, content_type: str | None, code: int) -> None:
    """proves: nxcloud#bulk.content-type"""
    assert (await office.ask(item(), content_type=content_type))["code"] == code


async def test_a_body_over_the_limit_is_9000(office: Office) -> None:
    """proves: nxcloud#code.9000"""
    assert await office.call(b" " * (8 << 20) + b"x") == BAD_REQUEST


@pytest.mark.parametrize("app", ["", "nobody", "appoff", "appclosed", "app\u0000"])
async def test_an_app_that_is_not_the_callers_is_13002(office: Office, app: str) -> None:
    """proves: nxcloud#body.appKey, nxcloud#code.13002"""
    answer = await office.ask(item(), app=app)
    assert answer == {"code": 13002, "message": "Unavailable app or incorrect key", "data": None}


async def test_an_address_outside_the_apps_or_keys_list_is_13003(office: Office) -> None:
    """proves: nxcloud#code.13003"""
    expected = {"code": 13003, "message": "IP not in whitelist", "data": None}
    assert await office.ask(item(), app="apphome") == expected
    assert await office.ask(item(), key="AKhome") == expected


async def test_a_closed_project_is_1100(office: Office) -> None:
    """proves: nxcloud#code.1100"""
    answer = await office.ask(item(), app="appclosed", key="AKclosed")
    assert answer == {"code": 1100, "message": "Customer does not exist / Status is unavailable", "data": None}


async def test_no_money_at_all_is_1102(office: Office) -> None:
    """proves: nxcloud#code.1102"""
    answer = await office.ask(item(), item(), app="apppoor", key="AKpoor")
    assert answer == {"code": 1102, "message": "Insufficient balance", "data": None}


async def test_money_for_some_fails_the_rest(office: Office) -> None:
    """proves: nxcloud#code.1102, nxcloud#answer.partial"""
    await office.declare(Project(name="poor", paid_in="0.05"))
    answer = await office.ask(item(), item(), app="apppoor", key="AKpoor")
    assert answer["code"] == 0
    assert [row.get("message") for row in answer["data"]] == [None, "Insufficient balance"]


async def test_the_sixth_message_within_an_hour_is_13007(office: Office) -> None:
    """proves: nxcloud#code.13007"""
    first = await office.ask(*[item() for _ in range(4)], item("8613800138001"), app="appotp1")
    assert {row["status"] for row in first["data"]} == {"Success"}
    second = await office.ask(item(), item(), item("bad"), app="appotp1")
    assert [row.get("message") for row in second["data"]] == [
        None,
        "Rate limit exceeded (5 messages per hour)",
        "Incorrect phone number format",
    ]
    office.clock.push(3600)
    third = await office.ask(item(), app="appotp1")
    assert third["data"][0]["status"] == "Success"


async def test_without_the_limit_a_number_gets_more(office: Office) -> None:
    """proves: nxcloud#code.13007"""
    answer = await office.ask(*[item() for _ in range(9)])
    assert {row["status"] for row in answer["data"]} == {"Success"}


async def test_an_apps_pace_is_13008(office: Office) -> None:
    """proves: nxcloud#code.13008"""
    assert (await office.ask(item(), item(), app="appslow"))["code"] == 0
    answer = await office.ask(item(), app="appslow")
    assert answer == {"code": 13008, "message": "TPS limit exceeded", "data": None}
    office.clock.push(1)
    assert (await office.ask(item(), app="appslow"))["code"] == 0


async def test_a_keys_pace_is_13008(office: Office) -> None:
    """proves: nxcloud#code.13008"""
    codes = [(await office.ask(item(), key="AKslow"))["code"] for _ in range(3)]
    assert codes[0] == 0
    assert codes[-1] == 13008


@pytest.mark.parametrize(("count", "code"), [(5, 0), (6, 13010)])
async def test_a_verification_app_takes_five_numbers(office: Office, count: int, code: int) -> None:
    """proves: nxcloud#code.13010"""
    answer = await office.ask(*[item(f"861380013800{n}") for n in range(count)], app="appotp1")
    assert answer["code"] == code
    if code:
        assert answer == {"code": 13010, "message": "Exceeding maximum numbers for verification channel", "data": None}


async def test_a_verification_apps_messages_are_captchas(office: Office) -> None:
    await office.row("appotp1")
    await office.row()
    assert [one.category for one in await office.messages()] == [Category.CAPTCHA, Category.NOTIFICATION]


async def test_what_the_vendor_has_no_code_for_is_a_plain_failure(office: Office) -> None:
    """proves: nxcloud#code.failure"""
    await office.declare(Stop(project="p", name="8613800138000", marketing_only=False))
    assert (await office.row())["message"] == "Failure"


async def test_a_full_house_is_a_plain_failure(office: Office) -> None:
    """proves: nxcloud#code.failure"""
    office.desk.backlog = 100_000
    assert await office.ask(item()) == {"code": -1, "message": "Failure", "data": None}


async def test_a_fault_of_ours_is_a_plain_failure(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """proves: nxcloud#code.failure"""

    async def broken(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(office.desk, "accept", broken)
    assert await office.ask(item()) == {"code": -1, "message": "Failure", "data": None}
    assert office.status == 200


def test_every_reason_has_a_code_and_every_code_its_text() -> None:
    """proves: nxcloud#row.message"""
    assert set(CODES) == set(Reason)
    assert set(CODES.values()) | {0} == set(TEXTS)
    assert set(ROW_TEXTS) == set(Reason)


async def test_a_refusal_is_worded_for_every_reason(office: Office) -> None:
    """proves: nxcloud#answer.request-error"""
    exchange = Exchange(
        request_id="r",
        dialect="nxcloud",
        method="POST",
        path="/",
        query=b"",
        headers={},
        body=b"",
        peer="",
        received_at=0,
    )
    for reason in Reason:
        answer = office.dialect.refusal(exchange, reason, {})
        told = json.loads(answer.body)
        assert (answer.status, list(told), told["data"]) == (200, ["code", "message", "data"], None)


_texts = st.text(max_size=30)
_values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _texts | st.lists(_texts, max_size=2)
_items = st.fixed_dictionaries(
    {"phone": st.sampled_from(["13800138000", "+441632960961"]) | _texts, "content": _texts},
    optional=dict.fromkeys(bulk.Row.__struct_fields__[2:], _values),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_items, min_size=1, max_size=5), st.data())
def test_any_items_are_read_or_refused(items: list[dict[str, Any]], data: st.DataObject) -> None:
    body = json.dumps({"appKey": "appdemo1", "items": items}, ensure_ascii=data.draw(st.booleans())).encode(
        "utf-8", "surrogatepass"
    )
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(body)))
        body = body[:at] + data.draw(st.binary(max_size=3)) + body[at + data.draw(st.integers(0, 3)) :]
    try:
        read = bulk.read(body)
    except Refused:
        return
    assert len(bulk.items(read.items, APP)) == len(read.items)
