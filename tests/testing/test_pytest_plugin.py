"""The fixture `hongyan`, as a user's tests have it: a project of its own for each test, codes, failures, replies."""

import pytest

from hongyan.testing import NotDelivered
from hongyan.testing.project import TestProject


def test_a_code_sent_through_any_vendor_is_read_back(hongyan: TestProject) -> None:
    client = hongyan.client
    assert client.send_alibaba("13800138000", {"code": "1111"}, template="SMS_480680002").json()["Code"] == "OK"
    assert hongyan.code("13800138000") == "1111"
    assert client.send_comms("+8613800138001", values=("2222",)).json()["code"] == "0000"
    assert hongyan.code("13800138001") == "2222"
    assert client.send_nxcloud("8613800138002", "Your code is 3333").json()["code"] == 0
    assert hongyan.code("13800138002") == "3333"
    assert client.send_yundashi("13800138003", "你的验证码是4444").json()["result"] == 0
    assert hongyan.code("13800138003") == "4444"
    client.send("13800138004", "see https://example.com/x and use 5555 as your code")
    assert hongyan.links("13800138004") == ["https://example.com/x"]
    assert [one["to"][-1] for one in hongyan.messages()] == ["4", "3", "2", "1", "0"]


def test_sees_its_own_messages_alone(hongyan: TestProject, hongyan_server: tuple[str, str]) -> None:
    assert hongyan.messages() == []
    with pytest.raises(NotDelivered, match=r"^no message to 13800138000 within 0.05 s$"):
        hongyan.wait_for("13800138000", timeout_s=0.05)
    assert hongyan.api_url == hongyan_server[0]


def test_says_what_was_refused_when_nothing_came(hongyan: TestProject) -> None:
    hongyan.client.send_alibaba("13800138000", template="SMS_1")
    with pytest.raises(
        NotDelivered, match=r"alibaba SendSms was refused: The template is not known\. \(template: SMS_1"
    ):
        hongyan.code("13800138000", timeout_s=0.05)


def test_failures_are_rules_of_the_test(hongyan: TestProject) -> None:
    hongyan.rule("end", to="*0042", state="undelivered", code="UNDELIV")
    hongyan.rule("refuse", template="SMS_480680001", code="isv.BUSINESS_LIMIT_CONTROL")
    hongyan.client.send("13800130042", "hello")
    ended = hongyan.wait_for("13800130042", until="final")
    assert (ended["state"], ended["cause"]["code"]) == ("undelivered", "UNDELIV")
    assert hongyan.client.send_alibaba("13800138000").json()["Code"] == "isv.BUSINESS_LIMIT_CONTROL"


def test_rules_end_with_their_test(hongyan: TestProject) -> None:
    assert hongyan.client.send_alibaba("13800138000").json()["Code"] == "OK"
    hongyan.client.send("13800130042", "hello")
    assert hongyan.wait_for("13800130042", until="final")["state"] == "delivered"


def test_replies_and_receipts_come_on_demand(hongyan: TestProject) -> None:
    hongyan.rule("end", to="13800138005", state="unknown")
    hongyan.client.send("13800138005", "are you there?")
    message = hongyan.wait_for("13800138005")
    assert message["final"] is False
    hongyan.receipt(message["id"], "undelivered", code="MK:0001")
    assert hongyan.wait_for("13800138005", until="final")["cause"]["code"] == "MK:0001"
    hongyan.reply("13800138005", "yes")
    assert [one["text"] for one in hongyan.client.ask("GET", "/v1/replies").json()["replies"]] == ["yes"]
