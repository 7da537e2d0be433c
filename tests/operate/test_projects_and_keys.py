"""Projects and keys through /v1, on one running system: made, used at once, rotated, switched off, deleted."""

from collections.abc import Iterator
from typing import Any

import pytest

from hongyan.operate.journal import AuditQuery
from hongyan.testing.client import Client
from local_vendor import LocalVendor

VENDORS = ("comms", "nxcloud", "alibaba", "yundashi")


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("projects")) as running:
        yield running


def asked(dev: LocalVendor, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    reply = Client(dev.api_url)._own(method, path, body)
    return reply.status, reply.json()


def made(dev: LocalVendor, name: str, **fields: Any) -> Any:
    status, body = asked(dev, "POST", "/v1/projects", {"name": name} | fields)
    assert status == 201, body
    return body


def test_one_call_makes_a_project_that_every_vendors_caller_can_use_at_once(dev: LocalVendor) -> None:
    like = [f"demo-{one}" for one in VENDORS]
    body = made(dev, "whole", mode="live", paid_in="100", keys="all", like=like)
    assert set(body["credentials"]) == {*VENDORS, "native", "smpp"}
    given = {name: (one["key"], one["secret"]) for name, one in body["credentials"].items()}
    client = Client(dev.api_url, credentials=given)
    app = body["credentials"]["nxcloud"]["app"]
    assert client.send_comms("+8613800138001").json()["code"] == "0000"
    assert client.send_nxcloud("8613800138002", "Your code is 1234", app=app).json()["code"] == 0
    assert client.send_alibaba("13800138003").json()["Code"] == "OK"
    assert client.send_yundashi("13800138004", "你的验证码是1234").json()["result"] == 0
    native = Client(dev.api_url, token=body["credentials"]["native"]["token"])
    assert native.send("13800138005", "hello").status == 201
    rows = Client(dev.api_url).messages(project="whole").json()["messages"]
    assert {row["dialect"] for row in rows} == {*VENDORS, "native"}
    listed = {row["name"]: row for row in asked(dev, "GET", "/v1/projects")[1]["projects"]}
    assert listed["whole"] | {"balance": ""} == {
        "name": "whole",
        "mode": "live",
        "enabled": True,
        "balance": "",
        "currency": "CNY",
        "keys": 6,
        "messages_today": 5,
    }


def test_a_project_made_by_hand_captures_unless_told_otherwise(dev: LocalVendor) -> None:
    assert made(dev, "quiet")["project"]["mode"] == "capture"


def test_what_is_wrong_with_a_project_is_said_in_both_languages(dev: LocalVendor) -> None:
    status, body = asked(dev, "POST", "/v1/projects", {"name": "odd", "allow_numbers": ["13*8"]})
    assert (status, body["error"]["facts"]["field"]) == (400, "allow_numbers")
    assert "应为数字" in body["error"]["facts"]["why_zh"]
    status, body = asked(dev, "PATCH", "/v1/projects/demo-comms", {"validity_s": 0})
    assert body["error"]["facts"]["why_zh"] == "必须大于零。"
    assert asked(dev, "POST", "/v1/projects", {"name": "demo-comms"})[0] == 400
    assert asked(dev, "GET", "/v1/projects/nobody")[0] == 404


def test_after_a_rotation_both_secrets_are_good_until_the_grace_is_over(dev: LocalVendor) -> None:
    first = made(dev, "turning", keys=["native"], paid_in="9")["credentials"]["native"]
    path = f"/v1/projects/turning/keys/native/{first['key']}"
    status, second = asked(dev, "POST", f"{path}/rotate", {"grace_h": 1})
    assert status == 200
    assert second["previous_until"] is not None
    assert second["secret"] != first["secret"]
    for token in (first["token"], second["token"]):
        assert Client(dev.api_url, token=token).send("13800138005", "hello").status == 201
    assert asked(dev, "PATCH", path, {"forget_previous": True})[1]["previous_until"] is None
    assert Client(dev.api_url, token=first["token"]).send("13800138005", "hello").status == 401
    assert Client(dev.api_url, token=second["token"]).send("13800138005", "hello").status == 201


def test_a_key_is_narrowed_switched_off_and_deleted(dev: LocalVendor) -> None:
    given = made(dev, "narrow", keys=["native"])["credentials"]["native"]
    path = f"/v1/projects/narrow/keys/native/{given['key']}"
    client = Client(dev.api_url, token=given["token"])
    assert asked(dev, "PATCH", path, {"allow_addresses": ["not an address"]})[0] == 400
    assert asked(dev, "PATCH", path, {"allow_addresses": ["203.0.113.0/24"]})[0] == 200
    assert client.messages().json()["error"]["reason"] == "address-refused"
    assert asked(dev, "PATCH", path, {"allow_addresses": [], "enabled": False})[0] == 200
    assert client.messages().json()["error"]["reason"] == "disabled-key"
    assert asked(dev, "DELETE", path)[0] == 200
    assert client.messages().json()["error"]["reason"] == "unknown-key"


def test_a_projects_own_key_sees_its_project_and_changes_nothing(dev: LocalVendor) -> None:
    given = made(dev, "own", keys=["native"])["credentials"]["native"]
    client = Client(dev.api_url, token=given["token"])
    assert client._own("GET", "/v1/projects/own").json()["keys"][0].get("secret") is None
    assert [row["name"] for row in client._own("GET", "/v1/projects").json()["projects"]] == ["own"]
    for method, path, body in (
        ("PATCH", "/v1/projects/own", {"mode": "live"}),
        ("POST", "/v1/projects/own/keys", {"dialect": "native"}),
        ("GET", "/v1/projects/demo-comms", None),
        ("POST", "/v1/projects", {"name": "mine"}),
    ):
        assert client._own(method, path, body).json()["error"]["reason"] == "not-permitted"


def test_a_project_is_deleted_only_when_nothing_hangs_on_it(dev: LocalVendor) -> None:
    made(dev, "brief", mode="live", keys=["native"], like=["demo-alibaba"])
    status, body = asked(dev, "DELETE", "/v1/projects/brief")
    assert (status, body["error"]["reason"]) == (403, "not-permitted")
    assert "1 keys" in body["error"]["facts"]["why"]
    assert asked(dev, "DELETE", "/v1/projects/brief?with_all=true")[0] == 200
    assert asked(dev, "GET", "/v1/projects/brief")[0] == 404


def test_every_change_is_in_the_audit_log_without_a_secret(dev: LocalVendor) -> None:
    given = made(dev, "noted", keys=["alibaba"])["credentials"]["alibaba"]
    asked(dev, "PATCH", "/v1/projects/noted", {"mode": "live"})
    asked(dev, "POST", f"/v1/projects/noted/keys/alibaba/{given['key']}/rotate")
    rows = dev.run(dev.system.road.reception.office.journal.entries(AuditQuery(project="noted")))
    assert [row["action"] for row in rows] == ["key.rotate", "project.mode", "project.create"]
    assert rows[1]["facts"] == {"before": "capture", "after": "live"}
    assert given["secret"] not in str(rows)
