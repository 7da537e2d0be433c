"""qcloudsms-py, Tencent's client of the API that Yundashi's descends from, against a running demo world.

It is unmodified but for its reply parser, which passes `json.loads` an argument that Python dropped in 3.9.
"""

import json
import time
from typing import Any

import pytest
import qcloudsms_py as qcloudsms  # type: ignore[import-untyped] # the client has no types
import qcloudsms_py.httpclient as client  # type: ignore[import-untyped] # the same

from local_vendor import LocalVendor

APPID, APPKEY = 1400000001, "kdemo0123456789"


@pytest.fixture(autouse=True)
def _reads_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.HTTPResponse, "json", lambda self: json.loads(self.body))


def send(vendor: LocalVendor, *words: Any, key: str = APPKEY, **more: Any) -> Any:
    return qcloudsms.SmsSingleSender(APPID, key).send(*words, url=vendor.api_url + "/intf/sendsms", **more)


def test_the_client_sends_a_text_and_pulls_its_receipt(vendor: LocalVendor) -> None:
    """proves: yundashi#send.path, yundashi#sig, yundashi#ext, yundashi#pullstatus, yundashi#receipt.fields"""
    sent = send(vendor, 0, 86, "13788888888", "【云大师讲座】你的验证码是1234", extend="12", ext="a session")
    assert (sent["result"], sent["errmsg"], sent["ext"], sent["fee"]) == (0, "OK", "a session", 1)

    puller = qcloudsms.SmsStatusPuller(APPID, APPKEY)
    url = vendor.api_url + "/intf/pullstatus"
    pulled = vendor.eventually(lambda: (found := puller.pull_callback(10, url=url))["count"] and found)
    (receipt,) = pulled["data"]
    assert (receipt["sid"], receipt["report_status"], receipt["mobile"]) == (sent["sid"], "SUCCESS", "13788888888")
    assert puller.pull_callback(10, url=url)["count"] == 0
    assert puller.pull_reply(10, url=url) == {"result": 0, "errmsg": "OK", "count": 0, "data": []}


def test_the_client_sends_by_template(vendor: LocalVendor) -> None:
    """proves: yundashi#tpl"""
    url = vendor.api_url + "/intf/sendsms"
    sent = qcloudsms.SmsSingleSender(APPID, APPKEY).send_with_param(86, "13788888888", 1, ["5678"], url=url)
    assert (sent["result"], sent["fee"]) == (0, 1)


@pytest.mark.parametrize("numbers", [["13788888888", "13788888889"], [13788888888, 13788888889]])
def test_the_client_sends_to_several(vendor: LocalVendor, numbers: list[str | int]) -> None:
    """proves: yundashi#multi.path, yundashi#multi.detail, yundashi#sig.many, yundashi#numbers.loose"""
    sender = qcloudsms.SmsMultiSender(APPID, APPKEY)
    url = vendor.api_url + "/intf/sendmultisms2"
    sent = sender.send(0, 86, numbers, "你的验证码是1234", ext="x", url=url)
    assert (sent["result"], sent["ext"]) == (0, "x")
    assert [(one["result"], one["mobile"], one["nationcode"]) for one in sent["detail"]] == [
        (0, "13788888888", "86"),
        (0, "13788888889", "86"),
    ]
    by_template = sender.send_with_param("86", numbers, 1, [1234], sign="云大师", url=url)
    assert [one["result"] for one in by_template["detail"]] == [0, 0]


def test_the_client_asks_for_one_number(vendor: LocalVendor) -> None:
    """proves: yundashi#pullstatus4mobile"""
    sent = send(vendor, 0, 86, "13788888888", "你的验证码是1")
    puller = qcloudsms.SmsMobileStatusPuller(APPID, APPKEY)
    url = vendor.api_url + "/intf/pullstatus4mobile"
    now = int(time.time())

    def reported() -> Any:
        found = puller.pull_callback("86", "13788888888", now - 60, now + 60, 10, url=url)
        return found["count"] and found

    assert [one["sid"] for one in vendor.eventually(reported)["data"]] == [sent["sid"]]


def test_the_client_shows_what_is_wrong(vendor: LocalVendor) -> None:
    """proves: yundashi#http.status, yundashi#code.1001, yundashi#code.1014"""
    assert send(vendor, 0, 86, "13788888888", "你的验证码是1", key="wrong")["result"] == 1001
    assert send(vendor, 0, 86, "13788888888", "祝你生日快乐", ext="kept") == {
        "result": 1014,
        "errmsg": "msg matches no approved template",
        "ext": "kept",
        "sid": "",
        "fee": 0,
    }
