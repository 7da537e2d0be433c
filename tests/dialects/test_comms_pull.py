import json
from typing import Any

import pytest

from hongyan.model.ids import from_hex32, hex32
from hongyan.model.message import State
from hongyan.model.world import Key, Project
from vendor_line import Reply, VendorLine

PULL, SET = "/comms/sms/pullSmsSendStatus", "/comms/sms/pullSmsSendStatusSet"


async def an_id(line: VendorLine) -> str:
    return str((await line.comms_send()).body["externalId"])


async def pulled(line: VendorLine, external_id: Any) -> Reply:
    return await line.json(PULL, {"externalId": external_id})


@pytest.mark.parametrize(
    ("ended", "status"),
    [
        (None, "100"),
        (State.DELIVERED, "200"),
        (State.UNDELIVERED, "500"),
        (State.REJECTED, "500"),
        (State.EXPIRED, "500"),
        (State.UNKNOWN, "500"),
    ],
)
async def test_a_status_says_where_the_message_stands(line: VendorLine, ended: State | None, status: str) -> None:
    """proves: comms#pull.path, comms#pull.externalId, comms#pull.status"""
    external_id = await an_id(line)
    if ended is not None:
        await line.end(from_hex32(external_id) or 0, ended)
    reply = await pulled(line, external_id)
    request_id = reply.body.pop("requestId")
    assert len(request_id) == 22
    assert reply.body == {"ver": "1.0.0", "code": "0000", "msg": "成功。", "status": status}


async def test_a_status_can_be_pulled_until_a_minute_after_the_end(line: VendorLine) -> None:
    """proves: comms#pull.window"""
    external_id = await an_id(line)
    line.clock.push(3600)
    assert (await pulled(line, external_id)).body["status"] == "100"
    await line.end(from_hex32(external_id) or 0)
    line.clock.push(60)
    assert (await pulled(line, external_id)).body["status"] == "200"
    line.clock.push(0.001)
    gone = await pulled(line, external_id)
    assert (gone.status, gone.body["code"]) == (200, "1005")
    assert (await line.json(SET, {"externalIds": [external_id]})).body["smsSendStatusSet"] == []


async def test_the_window_is_the_projects(line: VendorLine) -> None:
    """proves: comms#pull.window"""
    await line.declare(Project(name="sand", paid_in="100", pull_window_s=3600))
    external_id = await an_id(line)
    await line.end(from_hex32(external_id) or 0)
    line.clock.push(3600)
    assert (await pulled(line, external_id)).body["status"] == "200"


@pytest.mark.parametrize("asked", ["01234567890abcdef", "", "x" * 32, hex32(1), 5, None])
async def test_an_unknown_id_is_the_callers_fault(line: VendorLine, asked: Any) -> None:
    """proves: comms#pull.unknown, comms#pull.externalId"""
    reply = await pulled(line, asked)
    assert (reply.status, reply.body["code"]) == (200, "1005")
    assert "status" not in reply.body


async def test_another_projects_message_does_not_exist(line: VendorLine) -> None:
    """proves: comms#pull.unknown"""
    await line.declare(Project(name="other"), Key(project="other", dialect="comms", name="theirs", auth="appcode"))
    external_id = await an_id(line)
    theirs = {"authorization": "APPCODE theirs"}
    assert (await line.json(PULL, {"externalId": external_id}, headers=theirs)).body["code"] == "1005"
    assert (await line.json(SET, {"externalIds": external_id}, headers=theirs)).body["smsSendStatusSet"] == []


@pytest.mark.parametrize("write", ["[{0},{1}]", '["{0}", "{1}"]', "{0}, {1}", "['{0}','{1}','01234567890abcdef']"])
async def test_several_are_pulled_however_the_list_is_written(line: VendorLine, write: str) -> None:
    """proves: comms#pullset.path, comms#pullset.externalIds, comms#pullset.unknown, comms#pullset.set"""
    first, second = await an_id(line), await an_id(line)
    await line.end(from_hex32(second) or 0)
    reply = await line.json(SET, {"externalIds": write.format(second, first)})
    assert reply.body["code"] == "0000"
    assert reply.body["ver"] == "1.0.0"
    assert reply.body["smsSendStatusSet"] == [
        {"externalId": second, "status": "200"},
        {"externalId": first, "status": "100"},
    ]


async def test_refuses_the_101st_id(line: VendorLine) -> None:
    """proves: comms#pullset.most"""
    known = await an_id(line)
    ids = [known] + [hex32(n) for n in range(1, 101)]
    assert (await line.json(SET, {"externalIds": json.dumps(ids)})).body["code"] == "1005"
    reply = await line.json(SET, {"externalIds": json.dumps(ids[:100])})
    assert reply.body["smsSendStatusSet"] == [{"externalId": known, "status": "100"}]


@pytest.mark.parametrize("empty", ["", "[]", "[ ]", None, []])
async def test_an_empty_list_is_the_callers_fault(line: VendorLine, empty: Any) -> None:
    """proves: comms#pullset.empty"""
    assert (await line.json(SET, {"externalIds": empty})).body["code"] == "1005"
