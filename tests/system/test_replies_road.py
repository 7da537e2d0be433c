"""Handsets answer over a real carrier: long texts in parts, replies told and kept, stop words obeyed."""

import json
from pathlib import Path
from typing import Any

from dialects.alibaba.test_alibaba_receipts import Calls, receiver
from hongyan.model.world import CarrierConfig, Choice, Declared, Key, Port, Price, Project, RouteConfig
from local_vendor import LocalVendor
from simulators.test_simulate_command import asked, simulating

__all__ = ["receiver"]

NUMBER = "8613800138000"
LONG = "您好，" + "这是一条很长的短信。" * 30


def world(port: int, url: str) -> tuple[Declared, ...]:
    return (
        Project(name="shop", paid_in="100", reply_callbacks={"alibaba": url}, allow_inside=True),
        Key(project="shop", dialect="native", name="shop", secret="s3cret"),
        Price(name="86", project="shop", each="0.05"),
        Port(project="shop", name="10690", dialect="alibaba"),
        CarrierConfig(
            name="smsc",
            protocol="smpp",
            password="secret",
            settings={"host": "127.0.0.1", "port": port, "system_id": "hongyan", "source": "10690"},
        ),
        RouteConfig(name="shop", order=1, projects=("shop",), choices=(Choice(carrier="smsc"),)),
    )


def sent(vendor: LocalVendor, text: str, category: str = "marketing") -> Any:
    body = {"to": NUMBER, "text": text, "project": "shop", "category": category}
    return vendor.post_json("/v1/messages", body)


def test_a_conversation(tmp_path: Path, receiver: tuple[str, Calls], on_either: dict[str, Any]) -> None:
    url, calls = receiver
    with (
        simulating(tmp_path, "smpp") as ports,
        LocalVendor(tmp_path / "v", world=world(ports["smpp"], url), **on_either) as vendor,
    ):
        (message,) = sent(vendor, LONG)["messages"]
        path = f"/v1/messages/{message['id']}"
        story = vendor.eventually(lambda: (found := vendor.get_json(path))["message"]["final"] and found)
        assert story["state"] == "delivered"
        lines = [line["text_en"] for line in story["lines"]]
        total = sum(line.startswith("part ") and "taken as" in line for line in lines)
        assert total > 1
        assert sum(f"of {total}: delivered" in line for line in lines) == total

        said = asked(ports["http"], "/reply", {"from": NUMBER, "to": "1069088", "text": LONG})
        assert said["pieces"] > 1
        (told,) = calls.get(timeout=20)
        assert (told["phone_number"], told["content"], told["dest_code"]) == ("13800138000", LONG, "88")
        (reply,) = vendor.get_json(f"/v1/replies?message={message['id']}")["replies"]
        assert (reply["id"], reply["parts"], reply["missing"]) == (told["sequence_id"], said["pieces"], 0)

        asked(ports["http"], "/reply", {"from": NUMBER, "to": "10690", "text": "ｔｄ"})
        assert calls.get(timeout=20)[0]["content"] == "ｔｄ"
        refused = vendor.eventually(lambda: sent(vendor, "come and buy").get("error"))
        assert refused["reason"] == "opted-out"
        assert "messages" in sent(vendor, "your code is 1234", "captcha")
        story = vendor.get_json(path)
        assert [one["stops"] for one in story["replies"]] == [True, False]

        asked(ports["http"], "/reply", {"from": NUMBER, "to": "10690", "text": "START"})
        vendor.eventually(lambda: "messages" in sent(vendor, "come and buy"))
        assert json.dumps(vendor.get_json("/v1/unclaimed")) == '{"unclaimed": []}'
