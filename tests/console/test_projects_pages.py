"""Pages of projects, keys, held messages, templates and signatures, driven as by a browser without a script."""

import html
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from hongyan.testing.client import Client
from local_vendor import LocalVendor


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("pages")) as running:
        yield running


def page(dev: LocalVendor, path: str, form: dict[str, Any] | None = None) -> tuple[int, str, str]:
    """Return status, text and address of a page, or of what sending a form leads to."""
    base = dev.console_url.rstrip("/")
    body = None
    if form is not None:
        body = urlencode(form | {"csrf": token(dev)}, doseq=True).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(base + path, body), timeout=20) as answer:
            return answer.status, html.unescape(answer.read().decode()), answer.url.removeprefix(base)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, html.unescape(error.read().decode()), path


def token(dev: LocalVendor) -> str:
    text = page(dev, "/projects/new")[1]
    return str(re.findall(r'name="csrf" value="([^"]+)"', text)[0])


def api(dev: LocalVendor, method: str, path: str, body: Any = None) -> Any:
    return Client(dev.api_url).ask(method, path, body).json()


def project(dev: LocalVendor, name: str, **fields: Any) -> Client:
    made = api(dev, "POST", "/v1/projects", {"name": name, "keys": ["native"], "paid_in": "9"} | fields)
    return Client(dev.api_url, token=made["credentials"].get("native", {}).get("token", ""))


def test_a_project_is_made_with_keys_whose_secrets_are_shown_once(dev: LocalVendor) -> None:
    form = {"name": "made", "mode": "capture", "currency": "CNY", "paid_in": "3", "keys": ["alibaba", "nxcloud"]}
    status, text, _ = page(dev, "/projects/create", form)
    assert status == 200
    keys = api(dev, "GET", "/v1/projects/made/keys")["keys"]
    assert all(key["name"] in text and key["secret"] in text for key in keys)
    assert len(keys) == 2
    assert page(dev, "/projects/create", form)[0] == 400
    assert "已有同名项目" in page(dev, "/projects/create?lang=zh", form)[1]
    status, text, _ = page(dev, "/projects/made")
    assert (status, "capture" in text, keys[0]["secret"] in text) == (200, True, False)
    assert '"name":"made"' in page(dev, "/projects.json")[1]
    assert "made,capture,true,3" in page(dev, "/projects.csv")[1]


def test_going_live_needs_the_projects_name(dev: LocalVendor) -> None:
    project(dev, "careful")
    status, text, _ = page(dev, "/projects/careful/mode", {"mode": "live", "allow_numbers": ""})
    assert status == 400
    assert "type the project's name to go live" in text
    form = {"mode": "allow-list", "allow_numbers": "+86 138 0013 8001\n86139*"}
    assert page(dev, "/projects/careful/mode", form)[2].startswith("/projects/careful?done=mode")
    found = api(dev, "GET", "/v1/projects/careful")["project"]
    assert (found["mode"], found["allow_numbers"]) == ("allow-list", ["8613800138001", "86139*"])
    page(dev, "/projects/careful/mode", {"mode": "live", "confirm": "careful"})
    assert api(dev, "GET", "/v1/projects/careful")["project"]["mode"] == "live"


def test_settings_are_read_back_as_they_were_typed(dev: LocalVendor) -> None:
    project(dev, "tuned")
    form = {
        "group": "sending",
        "countries": "CN\nUS",
        "validity_s": "600",
        "retry_unsure": ["captcha", "marketing"],
        "max_length": "300",
        "quiet_hours": "8-22",
        "limits": "alibaba",
        "unlimited": "8613800138000",
        "keywords": "博彩",
    }
    assert page(dev, "/projects/tuned/settings", form)[0] == 200
    found = api(dev, "GET", "/v1/projects/tuned")["project"]
    assert (found["countries"], found["quiet_hours"], found["cards"]) == (["CN", "US"], [8, 22], False)
    assert found["retry_unsure"] == ["captcha", "marketing"]
    assert "8-22" in page(dev, "/projects/tuned/settings")[1]
    assert page(dev, "/projects/tuned/settings", form | {"validity_s": "long"})[0] == 400
    status, text, _ = page(dev, "/projects/tuned/settings?lang=zh", form | {"validity_s": "0"})
    assert (status, "必须大于零" in text) == (400, True)
    telling = {"group": "telling", "callbacks.native": "https://example.com/x", "pull_window_s": "60"}
    page(dev, "/projects/tuned/settings", telling)
    assert api(dev, "GET", "/v1/projects/tuned")["project"]["callbacks"] == {"native": "https://example.com/x"}
    money = {"group": "money", "currency": "CNY", "paid_in": "20", "credit_line": "5", "refund_failed": "yes"}
    page(dev, "/projects/tuned/settings", money)
    assert api(dev, "GET", "/v1/projects/tuned")["balance"] == "20"


def test_a_key_is_made_narrowed_rotated_and_deleted_by_its_page(dev: LocalVendor) -> None:
    project(dev, "keyed", keys=[])
    status, text, _ = page(dev, "/projects/keyed/keys", {"dialect": "alibaba", "name": "", "auth": ""})
    key = api(dev, "GET", "/v1/projects/keyed/keys")["keys"][0]
    assert status == 200
    assert key["secret"] in text
    at = f"/projects/keyed/keys/alibaba/{key['name']}"
    form = {"enabled": "yes", "rate_per_second": "7", "allow_addresses": "127.0.0.0/8", "actions": "SendSms"}
    assert page(dev, at, form)[2].startswith(f"{at}?done=key_changed")
    assert page(dev, at, form | {"allow_addresses": "x"})[0] == 400
    found = api(dev, "GET", "/v1/projects/keyed/keys")["keys"][0]
    assert (found["rate_per_second"], found["actions"]) == (7, ["SendSms"])
    status, text, _ = page(dev, f"{at}/rotate", {"grace_h": "2"})
    assert status == 200
    assert key["secret"] not in text
    assert "good until" in page(dev, at)[1]
    page(dev, f"{at}/forget", {})
    assert "good until" not in page(dev, at)[1]
    page(dev, f"{at}/delete", {})
    assert page(dev, at)[0] == 404


def test_the_stop_list_of_a_project_is_kept_on_its_page(dev: LocalVendor) -> None:
    project(dev, "quiet")
    page(dev, "/projects/quiet/stops/put", {"number": "13800138009", "covers": "all"})
    assert "+8613800138009" in page(dev, "/projects/quiet")[1]
    page(dev, "/projects/quiet/stops/drop", {"number": "8613800138009"})
    assert "+8613800138009" not in page(dev, "/projects/quiet")[1]


def test_a_project_is_deleted_by_who_types_its_name(dev: LocalVendor) -> None:
    project(dev, "gone")
    assert page(dev, "/projects/gone/delete", {"confirm": "no"})[0] == 400
    assert page(dev, "/projects/gone/delete", {"confirm": "gone"})[0] == 400
    page(dev, "/projects/gone/delete", {"confirm": "gone", "with_all": "yes"})
    assert page(dev, "/projects/gone")[0] == 404


def test_held_messages_are_shown_once_more_before_they_are_released_or_rejected(dev: LocalVendor) -> None:
    caller = project(dev, "staged")
    ids = [caller.send("13800138001", f"held <b>{n}</b>").json()["messages"][0]["id"] for n in range(3)]
    assert "已扣留" in page(dev, "/?q=project:staged&lang=zh")[1]
    assert f"/held/sure?verb=release&id={ids[0]}" in page(dev, f"/messages/{ids[0]}")[1]
    status, text, _ = page(dev, "/held?project=staged")
    assert status == 200
    assert text.count('type="checkbox"') == 3
    assert "staged" in page(dev, "/held.csv?project=staged")[1]
    assert {one["id"] for one in json.loads(page(dev, "/held.json?project=staged")[1])["held"]} == set(ids)
    assert "Release 1 messages?" in page(dev, f"/held/sure?verb=release&id={ids[0]}")[1]
    assert "确认拒绝 3 条消息" in page(dev, "/held/sure?verb=reject&all=1&project=staged&lang=zh")[1]
    assert page(dev, "/held/release", {"id": ids[0]})[2].startswith("/held?done=released")
    dev.eventually(lambda: Client(dev.api_url).show(ids[0]).json()["state"] == "delivered")
    page(dev, "/held/reject", {"id": " ".join(ids[1:]), "why": "enough"})
    assert Client(dev.api_url).show(ids[1]).json()["message"]["refunded"] is True
    assert page(dev, "/held/release", {"id": ids[1]})[0] == 404
    assert page(dev, "/held?project=staged&text=nothing")[0] == 200


def test_a_template_is_previewed_handed_in_and_approved_from_the_queue(dev: LocalVendor) -> None:
    form = {
        "project": "demo-alibaba",
        "dialect": "alibaba",
        "category": "notification",
        "leg": "text",
        "body": "包裹${number}到了<script>",
        "rules": "number tracking_number",
        "do": "preview",
    }
    status, text, _ = page(dev, "/templates/submit", form)
    assert status == 200
    assert "【阿里云】包裹20260808到了" in text
    status, text, _ = page(dev, "/templates/submit?lang=zh", form | {"body": "包裹${number"})
    assert (status, "变量应写作 ${name}" in text) == (400, True)
    _, text, at = page(dev, "/templates/submit", form | {"do": "submit"})
    assert "done=submitted" in at
    name = at.rpartition("/")[2].partition("?")[0]
    assert name in page(dev, "/templates")[1]
    assert page(dev, f"/templates/demo-alibaba/{name}/reject", {"why": ""})[0] == 400
    at = page(dev, f"/templates/demo-alibaba/{name}/reject", {"why": "odd"})[2]
    assert "done=rejected" in at
    assert "odd" in page(dev, f"/templates/demo-alibaba/{name}")[1]
    assert "tracking_number" in page(dev, f"/templates/new?project=demo-alibaba&from={name}")[1]
    assert page(dev, f"/templates/demo-alibaba/{name}/approve", {"from": "queue"})[2].startswith("/templates?done=")
    assert api(dev, "GET", f"/v1/templates/demo-alibaba/{name}")["review"] == "approved"
    assert page(dev, f"/templates/demo-alibaba/{name}/delete", {})[2].startswith("/templates?done=deleted")
    assert page(dev, f"/templates/demo-alibaba/{name}/nothing", {})[0] == 404


def test_a_card_is_drawn_and_a_signature_reviewed(dev: LocalVendor) -> None:
    status, text, _ = page(dev, "/templates/demo-alibaba/CARD_SMS_70")
    assert status == 200
    assert "李四，您有一个包裹到了" in text
    status, _, at = page(dev, "/signatures/submit", {"project": "demo-alibaba", "name": "雁南飞"})
    assert "done=submitted" in at
    path = f"/signatures/demo-alibaba/{quote('雁南飞')}"
    assert "雁南飞" in page(dev, "/signatures?review=pending")[1]
    page(dev, f"{path}/approve", {})
    assert "approved" in page(dev, path)[1]
    assert "雁南飞" in page(dev, "/signatures.csv")[1]
