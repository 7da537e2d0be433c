"""Templates and signatures through /v1, on one running system: handed in, refused while pending, reviewed, used."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from hongyan.testing.client import Client
from local_vendor import LocalVendor

CARD = {
    "cardType": 3,
    "cardSignName": "阿里云",
    "extendInfo": {
        "scene": "取件通知",
        "purpose": "1",
        "params": [{"name": "${who}", "type": 1, "example": "李四"}],
    },
    "templateContent": {
        "pages": [
            {
                "tmpCards": [
                    {"type": "TEXT", "positionNumber": 1, "isTextTitle": True, "content": "${who}，您有一个包裹"},
                    {"type": "TEXT", "positionNumber": 2, "content": "南门驿站"},
                ]
            }
        ]
    },
}


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("templates")) as running:
        yield running


def asked(dev: LocalVendor, method: str, path: str, body: Any = None) -> Any:
    return Client(dev.api_url).ask(method, quote(path, safe="/?=&"), body).json()


def submit(dev: LocalVendor, **fields: Any) -> Any:
    body = {"project": "demo-alibaba", "dialect": "alibaba", "category": "notification"} | fields
    return asked(dev, "POST", "/v1/templates", body)


def path_of(template: Any) -> str:
    return f"/v1/templates/demo-alibaba/{template['name']}"


def test_a_template_is_refused_until_it_is_approved_and_then_used(dev: LocalVendor) -> None:
    made = submit(dev, body="您的快递${number}已到。")
    assert made["name"].startswith("SMS_")
    assert (made["review"], made["submitted_by"], made["places"]) == ("pending", "dev", ["number"])
    client = Client(dev.api_url)
    pending = client.send_alibaba("13800138003", {"number": "8"}, template=made["name"]).json()
    assert pending["Code"] != "OK"
    assert asked(dev, "POST", f"{path_of(made)}/approve")["review"] == "approved"
    assert client.send_alibaba("13800138003", {"number": "8"}, template=made["name"]).json()["Code"] == "OK"


def test_a_rejection_says_why_to_who_handed_it_in_and_may_be_handed_in_anew(dev: LocalVendor) -> None:
    made = submit(dev, body="您的${thing}。")
    assert asked(dev, "POST", f"{path_of(made)}/reject", {})["error"]["reason"] == "missing-field"
    asked(dev, "POST", f"{path_of(made)}/reject", {"why": "what is it about?"})
    found = asked(dev, "GET", path_of(made))
    assert (found["review"], found["why"]) == ("rejected", "what is it about?")
    again = submit(dev, name=made["name"], body="您的包裹${thing}。")
    assert (again["review"], again["why"]) == ("pending", "")


def test_an_approved_wording_stays_until_it_is_withdrawn(dev: LocalVendor) -> None:
    made = submit(dev, body="您的订单${number}。")
    asked(dev, "POST", f"{path_of(made)}/approve")
    refused = submit(dev, name=made["name"], body="别的内容")
    assert refused["error"]["reason"] == "not-permitted"
    assert "撤回" in refused["error"]["facts"]["why_zh"]
    assert asked(dev, "POST", f"{path_of(made)}/cancel")["review"] == "cancelled"
    assert submit(dev, name=made["name"], body="别的内容")["review"] == "pending"
    assert asked(dev, "DELETE", path_of(made)) == {"deleted": made["name"]}
    assert asked(dev, "GET", path_of(made))["error"]["reason"] == "unknown-template"


def test_what_is_wrong_is_told_at_once_in_both_languages(dev: LocalVendor) -> None:
    refused = submit(dev, body="您的${code")
    assert refused["error"]["facts"]["field"] == "body"
    assert refused["error"]["facts"]["why_zh"] == "变量应写作 ${name}。"
    body = {"project": "demo-alibaba", "dialect": "alibaba", "category": "captcha", "body": "你好"}
    wrong = asked(dev, "POST", "/v1/templates/preview", body)
    assert [one["field"] for one in wrong["wrong"]] == ["body", "body"]
    assert wrong["preview"] is None


def test_a_preview_is_rendered_counted_and_priced(dev: LocalVendor) -> None:
    body = {"project": "demo-alibaba", "dialect": "alibaba", "body": "取件码${code}，请领取。"}
    seen = asked(dev, "POST", "/v1/templates/preview", body | {"values": {"code": "88"}})["preview"]
    assert seen["text"] == "【阿里云】取件码88，请领取。"
    assert (seen["parts"], seen["alphabet"], seen["card"]) == (1, "ucs2", None)
    assert seen["price"]


def test_a_card_template_is_checked_drawn_and_reviewed(dev: LocalVendor) -> None:
    body = {"project": "demo-alibaba", "dialect": "alibaba", "leg": "card", "card": CARD, "signature": "阿里云"}
    seen = asked(dev, "POST", "/v1/templates/preview", body)["preview"]
    assert seen["card"]["pages"][0][0]["text"] == "李四，您有一个包裹"
    made = submit(dev, leg="card", card=CARD, signature="阿里云")
    assert made["name"].startswith("CARD_SMS_")
    assert made["places"] == ["who"]
    broken = submit(dev, leg="card", card=CARD | {"cardType": 99})
    assert broken["error"]["facts"]["field"] == "card"
    nothing = asked(dev, "POST", "/v1/templates/preview", body | {"card": {"extendInfo": 3}})
    assert nothing["preview"] is None


def test_the_queue_has_pending_ones_first_the_oldest_of_them_first(dev: LocalVendor) -> None:
    first, second = submit(dev, body="第一${a}"), submit(dev, body="第二${a}")
    queue = asked(dev, "GET", "/v1/templates?project=demo-alibaba")["templates"]
    names = [one["name"] for one in queue]
    assert names.index(first["name"]) < names.index(second["name"]) < names.index("SMS_480680001")
    pending = asked(dev, "GET", "/v1/templates?review=pending")["templates"]
    assert {one["review"] for one in pending} == {"pending"}


def test_a_projects_key_hands_in_and_withdraws_and_reviews_nothing(dev: LocalVendor) -> None:
    body = {"name": "writer", "keys": ["native"]}
    token = asked(dev, "POST", "/v1/projects", body)["credentials"]["native"]["token"]
    own = Client(dev.api_url, token=token)
    made = own.ask("POST", "/v1/templates", {"dialect": "native", "name": "hi", "body": "hello ${name}"}).json()
    assert (made["project"], made["review"]) == ("writer", "pending")
    assert own.ask("POST", "/v1/templates/writer/hi/approve").json()["error"]["reason"] == "not-permitted"
    assert own.ask("GET", "/v1/templates/demo-alibaba/SMS_480680001").json()["error"]["reason"] == "not-permitted"
    assert [one["name"] for one in own.ask("GET", "/v1/templates").json()["templates"]] == ["hi"]
    assert own.ask("POST", "/v1/templates/writer/hi/cancel").json()["review"] == "cancelled"


def test_signatures_are_reviewed_alike_and_kept_while_templates_sign_with_them(dev: LocalVendor) -> None:
    made = asked(dev, "POST", "/v1/signatures", {"project": "demo-alibaba", "name": "新签名"})
    assert made["review"] == "pending"
    client = Client(dev.api_url)
    assert client.send_alibaba("13800138003", signature="新签名").json()["Code"] != "OK"
    assert asked(dev, "POST", "/v1/signatures/demo-alibaba/新签名/approve")["review"] == "approved"
    assert client.send_alibaba("13800138003", signature="新签名").json()["Code"] == "OK"
    submit(dev, body="你好${a}", signature="新签名", name="SIGNED")
    assert asked(dev, "DELETE", "/v1/signatures/demo-alibaba/新签名")["error"]["reason"] == "not-permitted"
    asked(dev, "DELETE", "/v1/templates/demo-alibaba/SIGNED")
    assert asked(dev, "DELETE", "/v1/signatures/demo-alibaba/新签名") == {"deleted": "新签名"}
    wrong = asked(dev, "POST", "/v1/signatures", {"project": "demo-alibaba", "name": "【坏】"})
    assert "汉字" in wrong["error"]["facts"]["why_zh"]
