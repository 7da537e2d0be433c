"""The whole road over each protocol: HTTP in, a gateway in another process, receipts and replies back."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from dialects.alibaba.test_alibaba_receipts import Calls, receiver
from hongyan.model.world import CarrierConfig, Choice, Declared, Key, Port, Price, Project, RouteConfig
from local_vendor import LocalVendor
from simulators.test_simulate_command import asked, simulating

__all__ = ["receiver"]

LONG = "【鸿雁】您好，" + "您的包裹已到，请凭取件码领取👌。" * 10
PROTOCOLS: dict[str, dict[str, Any]] = {
    "smpp headers": {"system_id": "hongyan"},
    "smpp sar": {"system_id": "hongyan", "long": "sar", "bind": "both", "links": 2},
    "cmpp 2.0": {"sp_id": "900001", "version": "2.0"},
    "cmpp 3.0": {"sp_id": "900001", "version": "3.0"},
    "smgp": {"client_id": "hongyan"},
    "sgip": {"login_name": "hongyan", "node": 3_025_000_001, "listen_host": "127.0.0.1"},
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def world(protocol: str, settings: dict[str, Any], url: str) -> tuple[Declared, ...]:
    return (
        Project(name="shop", paid_in="100", reply_callbacks={"alibaba": url}, allow_inside=True),
        Key(project="shop", dialect="native", name="shop", secret="s3cret"),
        Price(name="86", project="shop", each="0.05"),
        Port(project="shop", name="10690", dialect="alibaba"),
        CarrierConfig(name="gateway", protocol=protocol, password="secret", settings=settings),
        RouteConfig(name="shop", order=1, projects=("shop",), choices=(Choice(carrier="gateway"),)),
    )


def sent(vendor: LocalVendor, number: str, text: str) -> str:
    body = {"to": number, "text": text, "project": "shop", "category": "notification"}
    (message,) = vendor.post_json("/v1/messages", body)["messages"]
    return f"/v1/messages/{message['id']}"


def ended(vendor: LocalVendor, path: str) -> Any:
    return vendor.eventually(lambda: (found := vendor.get_json(path))["message"]["final"] and found, within_s=30)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_messages_go_out_in_parts_and_receipts_and_replies_come_back(
    tmp_path: Path,
    receiver: tuple[str, Calls],
    name: str,
) -> None:
    url, calls = receiver
    protocol = name.partition(" ")[0]
    settings = {"host": "127.0.0.1", "source": "10690", "answer_s": 1.0, **PROTOCOLS[name]}
    options = [protocol]
    if protocol == "sgip":
        settings["listen_port"] = free_port()
        options += ["--report-to", f"127.0.0.1:{settings['listen_port']}"]
    with simulating(tmp_path, *options) as ports:
        settings["port"] = ports[protocol]
        with LocalVendor(tmp_path / "v", world=world(protocol, settings, url)) as vendor:
            story = ended(vendor, sent(vendor, "8613800138000", LONG))
            assert story["state"] == "delivered"
            lines = [line["text_en"] for line in story["lines"]]
            total = sum(line.startswith("part ") and "taken as" in line for line in lines)
            assert total > 1
            assert sum(f"of {total}: delivered" in line for line in lines) == total
            assert asked(ports["http"], "/")[protocol]["accepted"] == total

            # throttled once; receipt first; twice; by another link; on the way; answer lost; not delivered; refused
            ends = {"4021": "delivered", "4061": "delivered", "4071": "delivered", "4306": "delivered"}
            ends |= {
                "4101": "delivered",
                "4307": "delivered",
                "4041": "undelivered",
                "4081": "expired",
                "4011": "rejected",
            }
            if protocol == "sgip":  # which has no word for it
                ends["4081"] = "undelivered"
            paths = {digits: sent(vendor, f"861380013{digits}", "您的验证码是 1234") for digits in ends}
            assert {digits: ended(vendor, path)["state"] for digits, path in paths.items()} == ends

            said = asked(ports["http"], "/reply", {"from": "8613800138000", "to": "1069088", "text": LONG})
            assert said["pieces"] > 1
            (told,) = calls.get(timeout=20)
            assert (told["phone_number"], told["content"], told["dest_code"]) == ("13800138000", LONG, "88")
            assert json.dumps(vendor.get_json("/v1/unclaimed")) == '{"unclaimed": []}'


def test_an_sgip_link_that_closed_for_lack_of_traffic_is_dialled_for_the_next_message(
    tmp_path: Path,
    receiver: tuple[str, Calls],
) -> None:
    settings = {"host": "127.0.0.1", "source": "10690", "quiet_s": 0.2, "listen_port": free_port(), **PROTOCOLS["sgip"]}
    with simulating(tmp_path, "sgip", "--report-to", f"127.0.0.1:{settings['listen_port']}") as ports:
        settings["port"] = ports["sgip"]
        with LocalVendor(tmp_path / "v", world=world("sgip", settings, receiver[0])) as vendor:
            for number in range(3):
                assert ended(vendor, sent(vendor, f"861380013800{number}", "短"))["state"] == "delivered"
                vendor.eventually(lambda: _states(vendor)["gateway"] != "open")


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_carrier_that_cannot_be_reached_leaves_its_messages_to_the_next(tmp_path: Path, name: str) -> None:
    protocol = name.partition(" ")[0]
    settings = {"host": "127.0.0.1", "port": free_port(), "again_first_s": 30.0, **PROTOCOLS[name]}
    if protocol == "sgip":
        settings["listen_host"] = ""
    declared = (
        *world(protocol, settings, "http://127.0.0.1:9/"),
        CarrierConfig(name="other", settings={"receipt_delay_ms": 20}),
        RouteConfig(
            name="first",
            order=0,
            projects=("shop",),
            prefer="order",
            choices=(Choice(carrier="gateway"), Choice(carrier="other")),
        ),
    )
    with LocalVendor(tmp_path / "v", world=declared) as vendor:
        paths = [sent(vendor, f"86138001390{number:02}", "短") for number in range(5)]
        stories = [ended(vendor, path) for path in paths]
        assert {story["state"] for story in stories} == {"delivered"}
        assert {story["message"]["carrier"] for story in stories} == {"other"}


def _states(vendor: LocalVendor) -> dict[str, str]:
    """Return the state of each link of the carrier."""
    return {link["name"]: link["state"] for link in vendor.get_json("/v1/carriers/gateway")["links"]}
