"""Receipts and replies on demand go the way that real ones go."""

from typing import Any

from hongyan.testing.client import Client
from local_vendor import LocalVendor

NEVER = "13800004091"
"""a magic number: taken, and no receipt ever"""


def _handed(system: LocalVendor, client: Client, to: str = NEVER, **fields: Any) -> dict[str, Any]:
    sent = client.send(to, "【演示】您的验证码是 1234", **fields).json()["messages"][0]
    found: dict[str, Any] = system.eventually(
        lambda: (now := client.show(sent["id"]).json()["message"])["provider_id"] and now
    )
    return found


def test_a_receipt_on_demand_ends_a_message_once(system: LocalVendor, client: Client) -> None:
    message = _handed(system, client)
    path = f"/v1/messages/{message['id']}/receipt"
    said = system.post_json(path, {"state": "undelivered", "code": "MK:0001"})
    assert (said["changed"], said["message"]["state"], said["message"]["cause"]["code"]) == (
        True,
        "undelivered",
        "MK:0001",
    )
    assert said["message"]["cause"]["kind"] == "number"
    again = system.post_json(path, {"state": "delivered"})
    assert (again["changed"], again["message"]["state"]) == (False, "undelivered")
    kinds = [line["facts"].get("kind") for line in client.show(message["id"]).json()["lines"]]
    assert "receipt-twice" in kinds


def test_a_receipt_may_be_asked_for_later(system: LocalVendor, client: Client) -> None:
    message = _handed(system, client)
    said = system.post_json(f"/v1/messages/{message['id']}/receipt", {"state": "delivered", "after_s": 0.1})
    assert said["due_at"] is not None
    system.eventually(lambda: client.show(message["id"]).json()["state"] == "delivered")


def test_what_cannot_be_said_is_answered_with_why_in_both_languages(system: LocalVendor, client: Client) -> None:
    refused = client.send("13800004011", "【演示】您的验证码是 1234").json()["messages"][0]["id"]
    system.eventually(lambda: client.show(refused).json()["state"] == "rejected")
    error = system.post_json(f"/v1/messages/{refused}/receipt", {"state": "delivered"})["error"]
    assert "never reached a carrier" in error["facts"]["why"]
    assert "从未提交" in error["facts"]["why_zh"]
    handed = _handed(system, client)
    error = system.post_json(f"/v1/messages/{handed['id']}/receipt", {"state": "lost"})["error"]
    assert "one of: delivered, undelivered" in error["facts"]["why"]
    assert system.post_json("/v1/messages/1/receipt", {"state": "delivered"})["error"]["reason"] == "unknown-message"


def test_a_reply_on_demand_obeys_stop_words_and_finds_its_conversation(system: LocalVendor, client: Client) -> None:
    message = _handed(system, client, "13800001234", category="marketing")
    said = system.post_json("/v1/replies", {"from": "13800001234", "text": "您好"})["reply"]
    assert (said["message"], said["text"], said["stops"]) == (message["id"], "您好", False)
    again = system.post_json("/v1/replies", {"message": message["id"], "text": "您好"})["reply"]
    assert again["id"] != said["id"]
    stopped = system.post_json("/v1/replies", {"message": message["id"], "text": "TD"})["reply"]
    assert stopped["stops"]
    system.eventually(
        lambda: (
            client.send("13800001234", "【演示】优惠", category="marketing").json().get("error", {}).get("reason")
            == "opted-out"
        )
    )
    nobody = system.post_json("/v1/replies", {"from": "13911112222", "text": "?"})["reply"]
    assert (nobody["message"], nobody["project"]) == (None, None)
    assert system.post_json("/v1/replies", {"from": "123", "text": "?"})["error"]["reason"] == "bad-number"


def test_a_projects_key_has_no_reply_kept_for_another_project(system: LocalVendor, client: Client) -> None:
    def made(name: str) -> Client:
        body = {"name": name, "mode": "live", "keys": ["native"], "paid_in": "5"}
        given = system.post_json("/v1/projects", body)["credentials"]["native"]
        return Client(system.api_url, token=given["token"])

    ours, theirs = made("ours"), made("theirs")
    for one in (ours, theirs):  # theirs wrote last: a handset's answer is theirs
        id_ = one.send("13800005678", "hello").json()["messages"][0]["id"]
        system.eventually(lambda one=one, id_=id_: one.show(id_).json()["message"]["provider_id"])  # type: ignore[misc] # bound now
    reply = ours.ask("POST", "/v1/replies", {"from": "13800005678", "text": "TD"})
    assert (reply.status, reply.json()["error"]["reason"]) == (403, "not-permitted")
    assert "another project" in reply.json()["error"]["facts"]["why"]
    assert theirs.ask("GET", "/v1/replies").json()["replies"] == []
    assert theirs.ask("GET", "/v1/stops").json()["stops"] == []
    kept = theirs.ask("POST", "/v1/replies", {"from": "13800005678", "text": "hello"}).json()["reply"]
    assert kept["project"] == "theirs"
