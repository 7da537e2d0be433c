"""Where nobody may rehearse, nothing of a rehearsal works; fronts take part in one."""

import random
from pathlib import Path

import pytest

from hongyan import assemble
from hongyan.model.actor import Actor, Role
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.reason import Reason
from hongyan.settings import Settings, load
from hongyan.testing.client import Client
from hongyan.testing.demo import demo_world
from local_vendor import LocalVendor

ADMIN = Actor(name="operator", role=Role.ADMIN, via="api")
KEY = Actor(name="key", role=Role.OPERATOR, via="api", project="demo")
TEXT = "【演示】您的验证码是 1234"


def _settings(folder: Path, *, rehearsal: bool) -> Settings:
    return load({"data_dir": folder, "api_port": 0, "console_port": 0, "rehearsal": rehearsal})


async def test_a_gateway_refuses_rehearsals_unless_its_settings_allow_them(tmp_path: Path) -> None:
    closed, opened = (_settings(tmp_path, rehearsal=on) for on in (False, True))
    world = demo_world(closed)
    async with assemble.running(closed, seed=lambda _: world, chance=random.Random(1)) as system:
        office = system.road.reception.office
        tried = (
            office.rules.add(ADMIN, {"effect": "end", "state": "expired"}),
            office.test_clock.push(ADMIN, "1h"),
            office.snapshots.make(ADMIN, "one"),
            office.snapshots.reset(ADMIN),
            office.snapshots.erase(ADMIN),
            office.trigger.receipt(ADMIN, "1", "delivered"),
            office.trigger.reply(ADMIN, sender="13800000001", text="TD"),
        )
        for one in tried:
            with pytest.raises(Refused) as refused:
                await one
            assert refused.value.reason is Reason.NOT_PERMITTED
            assert "rehearsal = true" in str(refused.value.facts["why"])
    async with assemble.running(opened, chance=random.Random(1)) as system:
        office = system.road.reception.office
        assert (await office.rules.add(KEY, {"effect": "end", "state": "expired"})).project == "demo"
        with pytest.raises(Refused):
            await office.rules.add(KEY, {"effect": "cut", "project": "demo-alibaba"})
        for one in (office.test_clock.push(KEY, "1h"), office.snapshots.reset(KEY), office.snapshots.make(KEY, "a")):
            with pytest.raises(Refused):
                await one
        assert (await office.test_clock.push(ADMIN, "1h"))["ahead_s"] == 3600
    with pytest.raises(Misconfigured, match="pushed 1 h ahead"):
        async with assemble.running(closed, chance=random.Random(1)):
            pass


def test_fronts_take_part(tmp_path: Path) -> None:
    with LocalVendor(tmp_path / "vendor", fronts=1) as system:
        client = Client(system.api_url)
        system.post_json("/v1/rules", {"effect": "end", "state": "unknown", "to": "*01"})
        system.post_json("/v1/rules", {"name": "limit", "effect": "refuse", "code": "isv.AMOUNT_NOT_ENOUGH"})
        system.post_json("/v1/rules", {"name": "gone", "effect": "answer", "status": 503, "dialect": "comms"})
        assert client.send_alibaba("13800000002").json()["Code"] == "isv.AMOUNT_NOT_ENOUGH"
        assert client.send_comms("+8613800000002").json()["code"] == "1999"
        message = client.send("13800000001", TEXT).json()["messages"][0]
        system.eventually(lambda: client.show(message["id"]).json()["state"] == "submitted")
        assert system.post_json("/v1/clock", {"push": "30h"})["ahead_s"] == pytest.approx(30 * 3600, abs=1)
        system.eventually(lambda: client.show(message["id"]).json()["state"] == "unknown")
        said = system.post_json("/v1/replies", {"message": message["id"], "text": "TD"})["reply"]
        assert said["stops"]
        assert system.post_json("/v1/reset", {})["deleted"] == 1
        assert client.send_alibaba("13800000002").json()["Code"] == "OK"
