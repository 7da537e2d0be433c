"""What became of messages: the two queries, and the two questions about card support."""

import json
from typing import Any

import pytest

from alibaba_office import Office
from hongyan.model.cause import CauseKind
from hongyan.model.message import State
from hongyan.store.ops import Rendered

TODAY = "20260102"
SEND = {"PhoneNumbers": "13900000001", "SignName": "阿里云", "TemplateCode": "SMS_3", "OutId": "mine"}
QUERY = {"PhoneNumber": "13900000001", "SendDate": TODAY, "PageSize": "10", "CurrentPage": "1"}


async def details(office: Office, **change: str) -> list[dict[str, Any]]:
    reply = await office.call("QuerySendDetails", {**QUERY, **change})
    assert reply.code == "OK"
    found: list[dict[str, Any]] = reply.body["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
    return found


async def test_a_message_is_found_from_waiting_to_delivered(office: Office) -> None:
    """Show the whole answer.

    proves: alibaba#query.QuerySendDetails, alibaba#query.items, alibaba#query.SendStatus, alibaba#query.BizId,
    alibaba#query.PhoneNumber, alibaba#outcome.codes
    """
    biz_id = (await office.call("SendSms", SEND)).body["BizId"]
    reply = await office.call("QuerySendDetails", {**QUERY, "BizId": biz_id})
    waiting = {
        "PhoneNum": "13900000001",
        "SendDate": "2026-01-02 11:04:05",
        "SendStatus": 1,
        "TemplateCode": "SMS_3",
        "Content": "【阿里云】没有变量。",
        "OutId": "mine",
    }
    assert reply.body == {
        "Code": "OK",
        "Message": "OK",
        "TotalCount": "1",
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": [waiting]},
        "RequestId": reply.body["RequestId"],
    }
    (message,) = await office.messages(biz_id)
    office.clock.push(5)
    moved = {"carrier": "c", "provider_id": "1", "submitted_at": office.clock.now_ms()}
    await _claimed(office)
    await office.settle(message, State.DELIVERED, CauseKind.DELIVERED, **moved)
    ended = {"ReceiveDate": "2026-01-02 11:04:10", "SendStatus": 3, "ErrCode": "DELIVERED"}
    assert await details(office) == [waiting | ended]


async def _claimed(office: Office) -> None:
    await office.store.claim(office.clock.now_ms(), 60_000, 100)


@pytest.mark.parametrize(
    ("state", "kind", "code"),
    [
        (State.UNDELIVERED, CauseKind.NUMBER, "MOBILE_NOT_ON_SERVICE"),
        (State.UNDELIVERED, CauseKind.HANDSET, "MOBLLE_TERMINAL_ERROR"),
        (State.UNDELIVERED, CauseKind.CONTENT, "CONTENT_ERROR"),
        (State.UNDELIVERED, CauseKind.SENDER, "PORT_NOT_REGISTERED"),
        (State.UNDELIVERED, CauseKind.LIMIT, "MOBILE_SEND_LIMIT"),
        (State.UNDELIVERED, CauseKind.CARRIER, "SP_UNKNOWN_ERROR"),
        (State.EXPIRED, CauseKind.TIME, "SP_UNKNOWN_ERROR"),
        (State.REJECTED, CauseKind.OURS, "NO_ROUTE"),
        (State.REJECTED, CauseKind.NUMBER, "INVALID_NUMBER"),
    ],
)
async def test_each_ending_has_the_vendors_code(office: Office, state: State, kind: CauseKind, code: str) -> None:
    """proves: alibaba#outcome.codes."""
    biz_id = (await office.call("SendSms", SEND)).body["BizId"]
    await _claimed(office)
    await office.settle((await office.messages(biz_id))[0], state, kind)
    (found,) = await details(office)
    assert (found["SendStatus"], found["ErrCode"]) == (2, code)


async def test_a_message_nobody_reported_on_keeps_waiting(office: Office) -> None:
    """proves: alibaba#outcome.unknown."""
    biz_id = (await office.call("SendSms", SEND)).body["BizId"]
    await _claimed(office)
    await office.settle((await office.messages(biz_id))[0], State.UNKNOWN, CauseKind.TIME)
    (found,) = await details(office)
    assert (found["SendStatus"], found["ErrCode"]) == (1, "REQUEST_SUCCESS")


async def test_pages_go_newest_first(office: Office) -> None:
    """proves: alibaba#query.pages."""
    for out_id in "abcde":
        await office.call("SendSms", {**SEND, "OutId": out_id})
        office.clock.push(1)
    pages = [await details(office, PageSize="2", CurrentPage=page) for page in "1234"]
    assert [[one["OutId"] for one in page] for page in pages] == [["e", "d"], ["c", "b"], ["a"], []]
    reply = await office.call("QuerySendDetails", {**QUERY, "PageSize": "2"})
    assert reply.body["TotalCount"] == "5"


async def test_only_that_number_day_and_submission_is_told(office: Office) -> None:
    await office.call("SendSms", SEND)
    assert await details(office, PhoneNumber="13900000003") == []
    assert await details(office, SendDate="20260101") == []
    assert await details(office, BizId="1^0") == []
    assert len(await details(office, PhoneNumber="+8613900000001")) == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"PhoneNumber": ""}, 400, "MissingPhoneNumber"),
        ({"SendDate": ""}, 400, "MissingSendDate"),
        ({"PageSize": ""}, 400, "MissingPageSize"),
        ({"CurrentPage": ""}, 400, "MissingCurrentPage"),
        ({"PhoneNumber": "1,2"}, 200, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"SendDate": "2026-01-02"}, 200, "isv.INVALID_PARAMETERS"),
        ({"SendDate": "20260230"}, 200, "isv.INVALID_PARAMETERS"),
        ({"SendDate": "20251202"}, 200, "isv.INVALID_PARAMETERS"),
        ({"SendDate": "20251203"}, 200, "OK"),
        ({"SendDate": "20260103"}, 200, "isv.INVALID_PARAMETERS"),
        ({"PageSize": "0"}, 200, "isv.INVALID_PARAMETERS"),
        ({"PageSize": "51"}, 200, "isv.INVALID_PARAMETERS"),
        ({"PageSize": "ten"}, 200, "isv.INVALID_PARAMETERS"),
        ({"PageSize": "9" * 5000}, 200, "isv.INVALID_PARAMETERS"),
        ({"CurrentPage": "0"}, 200, "isv.INVALID_PARAMETERS"),
        ({"BizId": "x"}, 200, "isv.INVALID_PARAMETERS"),
    ],
)
async def test_each_fault_of_a_query_has_the_vendors_code(
    office: Office, change: dict[str, str], status: int, code: str
) -> None:
    """proves: alibaba#query.SendDate, alibaba#query.pages, alibaba#code.INVALID_PARAMETERS, alibaba#query.BizId."""
    reply = await office.call("QuerySendDetails", {**QUERY, **change})
    assert (reply.status, reply.code) == (status, code)


CARD = {
    "CardObjects.1.mobile": "13900000001",
    "CardObjects.2.mobile": "13900000002",
    "CardTemplateCode": "CARD_SMS_70",
    "SignName": "阿里云",
    "FallbackType": "SMS",
    "SmsTemplateCode": "SMS_3",
    "OutId": "mine",
}


async def test_cards_are_found_with_what_the_phone_made_of_them(office: Office) -> None:
    """Show the card's record.

    proves: alibaba#query.GetCardSmsDetails, alibaba#query.Records, alibaba#query.RenderStatus
    """
    data = (await office.call("SendCardSms", CARD)).body["Data"]
    (card,) = await office.messages(data["BizCardId"])
    await _claimed(office)
    await office.settle(card, State.DELIVERED, CauseKind.DELIVERED)
    reply = await office.call("GetCardSmsDetails", {"PhoneNumber": "13900000001", "SendDate": TODAY})
    record = {
        "PhoneNumber": "13900000001",
        "OutId": "mine",
        "TemplateCode": "CARD_SMS_70",
        "SendDate": "2026-01-02 11:04:05",
        "ReceiveDate": "2026-01-02 11:04:05",
        "ReceiveType": "CARD_SMS",
        "RenderStatus": 0,
        "SendStatus": 3,
        "ErrCode": "Success",
    }
    assert reply.body == {
        "Code": "OK",
        "Message": "OK",
        "Success": True,
        "CardSendDetailDTO": {"TotalCount": 1, "PageSize": 10, "CurrentPage": 1, "Records": [record]},
        "RequestId": reply.body["RequestId"],
    }
    office.clock.push(60)
    await office.store.write(Rendered(message_id=card.id, at=office.clock.now_ms()))
    shown = {"RenderStatus": 1, "RenderDate": "2026-01-02 11:05:05"}
    assert await _records(office, BizCardId=data["BizCardId"]) == [record | shown]


async def _records(office: Office, number: str = "13900000001", **more: str) -> list[dict[str, Any]]:
    params = {"PhoneNumber": number, "SendDate": TODAY, "PageSize": "50", "CurrentPage": "1", **more}
    reply = await office.call("GetCardSmsDetails", params)
    assert reply.code == "OK"
    found: list[dict[str, Any]] = reply.body["CardSendDetailDTO"]["Records"]
    return found


async def test_a_card_that_the_phone_could_not_show_says_so(office: Office) -> None:
    """proves: alibaba#query.RenderStatus, alibaba#card.billing."""
    data = (await office.call("SendCardSms", CARD)).body["Data"]
    before = await office.store.balance("shop")
    (card,) = await office.messages(data["BizCardId"])
    await _claimed(office)
    await office.settle(card, State.DELIVERED, CauseKind.DELIVERED)
    await office.store.write(Rendered(message_id=card.id, at=office.clock.now_ms(), failed=True))
    (found,) = await _records(office)
    assert (found["RenderStatus"], "RenderDate" in found) == (3, False)
    assert await office.store.balance("shop") == before + card.price


async def test_fallbacks_are_found_by_the_ids_of_their_submissions(office: Office) -> None:
    data = (await office.call("SendCardSms", CARD)).body["Data"]
    assert await _records(office, "13900000002") == []
    (found,) = await _records(office, "13900000002", BizSmsId=data["BizSmsId"], BizCardId=data["BizCardId"])
    assert (found["ReceiveType"], found["SmsContent"], found["SendStatus"]) == ("SMS", "【阿里云】没有变量。", 1)
    assert await _records(office, "13900000002", BizDigitId="1^0") == []


async def test_a_card_that_never_left_has_a_status_of_its_own(office: Office) -> None:
    data = (await office.call("SendCardSms", CARD)).body["Data"]
    await _claimed(office)
    await office.settle((await office.messages(data["BizCardId"]))[0], State.REJECTED, CauseKind.OURS)
    (found,) = await _records(office)
    assert (found["SendStatus"], found["ErrCode"]) == (4, "NO_ROUTE")


async def test_card_support_is_told_in_two_spellings(office: Office) -> None:
    """Show both actions.

    proves: alibaba#support.QueryMobilesCardSupport, alibaba#support.CheckMobilesCardSupport, alibaba#support.answer
    """
    numbers = ["13900000001", "13900000002", "nobody"]
    mobiles = json.dumps([{"mobile": one} for one in numbers])
    reply = await office.call("QueryMobilesCardSupport", {"TemplateCode": "CARD_SMS_70", "Mobiles": mobiles})
    assert list(reply.body) == ["Code", "Success", "Data", "RequestId"]
    assert reply.body["Data"] == {
        "QueryResult": [
            {"Mobile": "13900000001", "Support": True},
            {"Mobile": "13900000002", "Support": False},
            {"Mobile": "nobody", "Support": False},
        ]
    }
    keys = ("Mobiles.1.#6#mobile", "Mobiles.2.mobile", "Mobiles.10.#6#mobile")
    params = {"TemplateCode": "CARD_SMS_70"} | dict(zip(keys, numbers, strict=True))
    reply = await office.call("CheckMobilesCardSupport", params)
    assert reply.body["Data"] == {
        "queryResult": [
            {"mobile": "13900000001", "support": True},
            {"mobile": "13900000002", "support": False},
            {"mobile": "nobody", "support": False},
        ]
    }


async def test_card_support_is_asked_for_known_cards_and_plain_numbers(office: Office) -> None:
    """proves: alibaba#support.EncryptType, alibaba#support.most."""
    params = {"TemplateCode": "CARD_SMS_70", "Mobiles": '[{"mobile":"13900000001"}]'}

    async def said(action: str = "QueryMobilesCardSupport", **change: str) -> str:
        return (await office.call(action, {**params, **change})).code

    assert await said(EncryptType="NORMAL") == "OK"
    assert await said(EncryptType="SHA1") == "InvalidParameter"
    assert await said(TemplateCode="SMS_1") == "isv.SMS_TEMPLATE_ILLEGAL"
    assert await said(TemplateCode="") == "MissingTemplateCode"
    assert await said(Mobiles="") == "MissingMobiles"
    assert await said(Mobiles="[]") == "MissingMobiles"
    assert await said(Mobiles="[1]") == "isv.INVALID_JSON_PARAM"
    assert await said(Mobiles=json.dumps([{"mobile": "1"}] * 10_001)) == "isv.MOBILE_COUNT_OVER_LIMIT"
    assert await said("CheckMobilesCardSupport") == "MissingMobiles"
