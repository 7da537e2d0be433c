"""`hongyan project`, `key`, `template`, `signature` and `held` against a running system."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hongyan.testing.client import Client
from local_vendor import LocalVendor
from operate.dev_process import inside


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("commands")) as running:
        yield running


def run(dev: LocalVendor, *arguments: str, code: int = 0) -> str:
    done = inside(*arguments, HONGYAN_URL=dev.api_url, COLUMNS="300")
    assert done.returncode == code, done.stdout + done.stderr
    return str(done.stdout + done.stderr)


def data(dev: LocalVendor, *arguments: str) -> Any:
    return json.loads(run(dev, *arguments, "--json"))


def test_from_an_empty_project_to_a_released_message(dev: LocalVendor) -> None:
    made = data(dev, "project", "create", "shop", "--key", "native", "--key", "comms", "--paid-in", "5")
    assert made["project"]["mode"] == "capture"
    assert "shop  capture" in run(dev, "project", "list")
    assert "key native" in run(dev, "project", "show", "shop")
    caller = Client(dev.api_url, token=made["credentials"]["native"]["token"])
    first, second = (caller.send("13800138001", text).json()["messages"][0]["id"] for text in ("one", "two"))
    assert first in run(dev, "held", "list", "--project", "shop")
    assert first in run(dev, "held", "release", first)
    assert second in run(dev, "held", "reject", "--project", "shop", "--why", "enough")
    assert "nothing says which" in run(dev, "held", "release", code=2)
    assert "not held" in run(dev, "held", "release", second, code=1)
    dev.eventually(lambda: Client(dev.api_url).show(first).json()["state"] == "delivered")


def test_a_mode_is_set_and_going_live_asks_first(dev: LocalVendor) -> None:
    made = run(dev, "project", "create", "modes", "--key", "native")
    assert "token key-" in made
    said = run(dev, "project", "mode", "modes", "allow-list", "--allow", "8613800138001")
    assert "mode allow-list (8613800138001)" in said
    run(dev, "project", "mode", "modes", "live", code=1)
    assert data(dev, "project", "show", "modes")["project"]["mode"] == "allow-list"
    assert "mode live" in run(dev, "project", "mode", "modes", "live", "--yes")
    assert "1 keys" in run(dev, "project", "delete", "modes", code=1)
    assert "deleted" in run(dev, "project", "delete", "modes", "--with-all")


def test_a_key_is_rotated_disabled_and_deleted(dev: LocalVendor) -> None:
    run(dev, "project", "create", "keys")
    made = data(dev, "key", "create", "keys", "alibaba", "--allow-address", "127.0.0.0/8")
    name = made["name"]
    assert name.startswith("LTAI5t")
    assert "from 127.0.0.0/8" in run(dev, "key", "list", "keys")
    rotated = run(dev, "key", "rotate", "keys", "alibaba", name, "--grace-h", "1")
    assert "the secret before is good until" in rotated
    assert "switched off" in run(dev, "key", "disable", "keys", "alibaba", name)
    assert "switched off" not in run(dev, "key", "enable", "keys", "alibaba", name)
    assert "deleted" in run(dev, "key", "delete", "keys", "alibaba", name)
    assert run(dev, "key", "list", "keys").strip() == ""


def test_templates_and_signatures_go_through_review(dev: LocalVendor, tmp_path: Path) -> None:
    run(dev, "signature", "submit", "demo-alibaba", "新签名")
    assert "新签名  pending" in run(dev, "signature", "list", "--review", "pending")
    assert "新签名  approved" in run(dev, "signature", "approve", "demo-alibaba", "新签名")
    assert "cancelled" in run(dev, "signature", "cancel", "demo-alibaba", "新签名")
    run(dev, "signature", "delete", "demo-alibaba", "新签名")
    code = data(dev, "template", "submit", "demo-alibaba", "alibaba", "--body", "您的${thing}")["name"]
    assert code in run(dev, "template", "list", "--project", "demo-alibaba", "--review", "pending")
    assert "(too vague)" in run(dev, "template", "reject", "demo-alibaba", code, "--why", "too vague")
    assert "approved" in run(dev, "template", "approve", "demo-alibaba", code)
    run(dev, "template", "cancel", "demo-alibaba", code)
    run(dev, "template", "delete", "demo-alibaba", code)
    card = tmp_path / "card.json"
    card.write_text("no json", "utf-8")
    said = run(dev, "template", "submit", "demo-alibaba", "alibaba", "--card", str(card), code=2)
    assert "cannot be read as JSON" in said
    run(dev, "signature", "submit", "demo-alibaba", "拒绝我")
    assert "(no)" in run(dev, "signature", "reject", "demo-alibaba", "拒绝我", "--why", "no")
