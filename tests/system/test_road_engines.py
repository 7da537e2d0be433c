"""The whole road with nothing left out, on SQLite and on PostgreSQL."""

import json
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from hongyan.model.clock import beijing_text
from hongyan.model.world import Declared, Project
from hongyan.testing import Client
from hongyan.testing.demo import plain_demo_world
from hongyan.text.seals import yundashi_sig
from local_vendor import LocalVendor
from operate.dev_process import inside
from system.receipt_receiver import Receiver, receiving

SHOWS_CARDS, SHOWS_NONE = "13800138001", "13800138002"
LATER_WORLD = """
[[projects]]
name = "later"
paid_in = "1"
[[keys]]
project = "later"
dialect = "nxcloud"
name = "AKlater"
secret = "SKlater"
[[apps]]
project = "later"
name = "applater"
"""


def told_at(url: str) -> list[Declared]:
    """Return the demo's projects with receipts pushed to this address."""
    dialects = ("comms", "nxcloud", "alibaba", "yundashi")
    callbacks = {dialect: f"{url}/{dialect}" for dialect in dialects}
    names = {f"demo-{dialect}" for dialect in dialects}
    return [
        Project(
            name=one.name, paid_in=one.paid_in, allow_inside=True, max_length=one.max_length, limits=one.limits,
            callbacks=callbacks,
        )
        for one in plain_demo_world()
        if isinstance(one, Project) and one.name in names
    ]  # fmt: skip


def pulled(vendor: LocalVendor) -> Any:
    """Return the answer of Yundashi's consuming queue."""
    chance, now = str(random.randint(100_000, 999_999)), int(time.time())
    body = {"sig": yundashi_sig("kdemo0123456789", chance, now, ()), "time": now, "type": 0, "max": 10}
    return vendor.post_json(f"/intf/pullstatus?{urlencode({'sdkappid': '1400000001', 'random': chance})}", body)


def send_everything(client: Client) -> dict[str, Any]:
    """Send through all four vendors' APIs; return their answers."""
    said = {
        "comms": client.send_comms("+8613800138005").json(),
        "nxcloud": client.send_nxcloud("8613800138006", "code 1234", sysMessageId="road-000001").json(),
        "alibaba": client.send_alibaba("13800138007").json(),
        "card": client.send_card([SHOWS_CARDS, SHOWS_NONE]).json(),
        "yundashi": client.send_yundashi("13800138008", "你的验证码是1234").json(),
    }
    assert said["comms"]["code"] == "0000"
    assert [row["status"] for row in said["nxcloud"]["data"]] == ["Success"]
    assert (said["alibaba"]["Code"], said["card"]["Code"]) == ("OK", "OK")
    assert said["yundashi"]["result"] == 0
    return said


def all_told(receiver: Receiver) -> bool:
    """Return whether the receipt of every message came."""
    came = receiver.came
    alibaba = [row for body in came["/alibaba"] for row in json.loads(body)]
    return len(alibaba) == 3 and all(came[f"/{one}"] for one in ("comms", "nxcloud", "yundashi"))


def check_card(vendor: LocalVendor, card: Mapping[str, Any]) -> None:
    """See that one number got the card with its page and the other the text."""
    data = card["Data"]
    assert (data["MediaMobiles"], data["NotMediaMobiles"]) == (SHOWS_CARDS, SHOWS_NONE)
    (link,) = Client(vendor.api_url).wait_for(SHOWS_CARDS, timeout_s=5, since=0)["links"]
    status, page = vendor.call("GET", "/c/" + link.rsplit("/c/", 1)[1])
    assert (status, "李四" in page) == (200, True)


def test_every_vendors_client_is_served_and_told(on_either: dict[str, Any], tmp_path: Path) -> None:
    with receiving() as receiver:
        with LocalVendor(tmp_path, world=told_at(receiver.url), **on_either) as vendor:
            client = Client(vendor.api_url)
            said = send_everything(client)
            vendor.eventually(lambda: all_told(receiver))
            states = {one["to"]: one["state"] for one in client.messages().json()["messages"]}
            assert len(states) == 6
            assert set(states.values()) == {"delivered"}

            check_card(vendor, said["card"])
            (form,) = receiver.came["/nxcloud"]
            assert parse_qs(form)["messageid"] == ["road-000001"]
            told = [row["phone_number"] for body in receiver.came["/alibaba"] for row in json.loads(body)]
            assert sorted(told) == sorted([SHOWS_CARDS, SHOWS_NONE, "13800138007"])

            asked = {"externalId": said["comms"]["externalId"]}
            assert vendor.post_json("/comms/sms/pullSmsSendStatus", asked)["status"] == "200"
            assert [row["mobile"] for row in pulled(vendor)["data"]] == ["13800138008"]
            assert pulled(vendor)["data"] == []
            today = beijing_text(time.time_ns() // 1_000_000)[:10].replace("-", "")
            question = {"PhoneNumber": "13800138007", "SendDate": today, "PageSize": "10", "CurrentPage": "1"}
            details = client.alibaba("QuerySendDetails", question).json()
            assert [one["SendStatus"] for one in details["SmsSendDetailDTOs"]["SmsSendDetailDTO"]] == [3]

            stores = vendor.system.store
            for project in ("demo-comms", "demo-nxcloud", "demo-alibaba", "demo-yundashi"):
                assert vendor.run(stores.balance(project)) == vendor.run(stores.ledger_sum(project)) < 10_000_000_000

        with LocalVendor(tmp_path, **on_either) as again:
            assert len(Client(again.api_url).messages().json()["messages"]) == 6


def test_what_is_applied_holds_without_a_restart(on_either: dict[str, Any], tmp_path: Path) -> None:
    world = tmp_path / "world.toml"
    world.write_text(LATER_WORLD)
    environment = {f"HONGYAN_{name.upper()}": value for name, value in on_either.items()}
    with LocalVendor(tmp_path / "data", **on_either) as vendor:
        client = Client(vendor.api_url, credentials={"nxcloud": ("AKlater", "SKlater")})
        assert client.send_nxcloud("8613800138006", "hello", app="applater").json()["code"] != 0
        done = inside("apply", str(world), "--data", str(tmp_path / "data"), "--yes", **environment)
        assert done.returncode == 0, done.stderr
        vendor.eventually(lambda: "later" in vendor.system.current().projects, within_s=3)
        assert client.send_nxcloud("8613800138006", "hello", app="applater").json()["code"] == 0
        world.write_text(LATER_WORLD.replace("SKlater", "SKchanged"))
        assert inside("apply", str(world), "--data", str(tmp_path / "data"), "--yes", **environment).returncode == 0

        def refused() -> bool:
            return bool(client.send_nxcloud("8613800138006", "hello", app="applater").json()["code"] != 0)

        vendor.eventually(refused, within_s=3)
