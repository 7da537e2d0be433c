"""A handset says TD: each vendor's caller hears of it in its own shape, marketing is refused, codes are still sent."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from hongyan.model.message import Category
from hongyan.model.world import (
    App,
    CarrierConfig,
    Choice,
    Declared,
    Key,
    Port,
    Price,
    Project,
    RouteConfig,
    Signature,
    Template,
)
from hongyan.testing import Client
from hongyan.text.seals import yundashi_sig
from local_vendor import LocalVendor
from simulators.test_simulate_command import asked, simulating
from system.receipt_receiver import Receiver, receiving

CREDENTIALS = {"yundashi": ("1500000001", "yun-key"), "alibaba": ("ALIkey", "ali-secret"), "nxcloud": ("NXkey", "nx")}
LONG = "请问我的包裹在哪里？👌" * 20


def project(name: str, dialect: str, url: str) -> list[Declared]:
    key, secret = CREDENTIALS[dialect]
    return [
        Project(name=name, paid_in="100", reply_callbacks={dialect: url}, allow_inside=True),
        Key(project=name, dialect=dialect, name=key, secret=secret),
        Signature(project=name, name="雁店", default=True),
    ]


def world(smsc: int, url: str) -> list[Declared]:
    settings = {"host": "127.0.0.1", "port": smsc, "system_id": "hongyan", "source": "1069"}
    return [
        *project("yun", "yundashi", f"{url}/yundashi"),
        Template(project="yun", dialect="yundashi", name="1", body="您的验证码是{1}", category=Category.CAPTCHA),
        Template(project="yun", dialect="yundashi", name="2", body="全场{1}折", category=Category.MARKETING),
        Port(project="yun", name="10691", dialect="yundashi"),
        *project("ali", "alibaba", f"{url}/alibaba"),
        Template(project="ali", dialect="alibaba", name="SMS_1", body="验证码${code}", category=Category.CAPTCHA),
        Template(project="ali", dialect="alibaba", name="SMS_2", body="全场${code}折", category=Category.MARKETING),
        Port(project="ali", name="10692", dialect="alibaba"),
        *project("nx", "nxcloud", f"{url}/nxcloud"),
        App(project="nx", name="nxapp"),
        Port(project="nx", name="10693", dialect="nxcloud", app="nxapp"),
        Price(name="", each="0.045"),
        CarrierConfig(name="smsc", protocol="smpp", password="secret", settings=settings),
        RouteConfig(name="all", order=1, choices=(Choice(carrier="smsc"),)),
    ]


class Handset:
    """A number that is written to and answers."""

    def __init__(self, vendor: LocalVendor, number: str, port: str, control: int) -> None:
        self.number, self._vendor, self._port, self._control = number, vendor, port, control

    def says(self, text: str) -> int:
        """Answer to what it has got; return in how many pieces it went."""
        self._vendor.eventually(
            lambda: self._vendor.get_json(f"/v1/messages?to={self.number}&state=delivered")["messages"]
        )
        pieces: int = asked(self._control, "/reply", {"from": self.number, "to": self._port, "text": text})["pieces"]
        return pieces


def came(vendor: LocalVendor, receiver: Receiver, path: str, count: int) -> list[str]:
    """Return what was posted there, once so many came."""
    vendor.eventually(lambda: len(receiver.came[path]) >= count, within_s=30)
    assert len(receiver.came[path]) == count
    return receiver.came[path]


def test_of_every_vendor(tmp_path: Path) -> None:
    """proves: yundashi#reply.push, yundashi#pullstatus.replies, yundashi#code.1015, alibaba#push.SmsUp,
    alibaba#code.CUSTOMER_REFUSED, nxcloud#mo.form, nxcloud#mo.fields
    """
    with (
        receiving() as receiver,
        simulating(tmp_path, "smpp") as ports,
        LocalVendor(tmp_path / "v", world=world(ports["smpp"], receiver.url)) as vendor,
    ):
        client = Client(vendor.api_url, credentials=CREDENTIALS)
        yundashi(vendor, client, receiver, Handset(vendor, "8613800138001", "1069101", ports["http"]))
        alibaba(vendor, client, receiver, Handset(vendor, "8613800138002", "1069202", ports["http"]))
        nxcloud(vendor, client, receiver, Handset(vendor, "8613800138003", "1069303", ports["http"]))
        assert vendor.get_json("/v1/unclaimed") == {"unclaimed": []}


def yundashi(vendor: LocalVendor, client: Client, receiver: Receiver, handset: Handset) -> None:
    def buys() -> Any:
        return client.send_yundashi(handset.number[2:], "全场五折", marketing=True).json()

    def has_code() -> Any:
        return client.send_yundashi(handset.number[2:], "您的验证码是1234").json()

    assert buys()["result"] == 0
    assert handset.says(LONG) > 1
    handset.says("TD")
    told = [json.loads(body) for body in came(vendor, receiver, "/yundashi", 2)]
    facts = {"extend": "01", "mobile": handset.number[2:], "nationcode": "86", "sign": "雁店"}
    assert sorted((one | {"time": 0} for one in told), key=lambda one: len(one["text"])) == [
        facts | {"text": "TD", "time": 0},
        facts | {"text": LONG, "time": 0},
    ]
    vendor.eventually(lambda: buys()["result"] == 1015)
    assert has_code()["result"] == 0
    key, secret = CREDENTIALS["yundashi"]
    now = int(time.time())
    body = {"sig": yundashi_sig(secret, "7", now, ()), "time": now, "type": 1, "max": 10}
    pulled = vendor.post_json(f"/intf/pullstatus?sdkappid={key}&random=7", body)
    assert (pulled["result"], pulled["count"]) == (0, 2)
    assert {one["text"] for one in pulled["data"]} == {"TD", LONG}
    assert vendor.post_json(f"/intf/pullstatus?sdkappid={key}&random=7", body)["count"] == 0


def alibaba(vendor: LocalVendor, client: Client, receiver: Receiver, handset: Handset) -> None:
    def sent(template: str) -> Any:
        return client.send_alibaba(handset.number[2:], {"code": "1234"}, template=template, signature="雁店").json()

    assert sent("SMS_2")["Code"] == "OK"
    handset.says("退订")
    (told,) = json.loads(came(vendor, receiver, "/alibaba", 1)[0])
    assert (told["phone_number"], told["content"], told["dest_code"]) == (handset.number[2:], "退订", "02")
    assert told["sign_name"] == "雁店"
    vendor.eventually(lambda: sent("SMS_2")["Code"] == "isv.CUSTOMER_REFUSED")
    assert sent("SMS_1")["Code"] == "OK"


def nxcloud(vendor: LocalVendor, client: Client, receiver: Receiver, handset: Handset) -> None:
    def status() -> str:
        return str(client.send_nxcloud(handset.number, "hello", app="nxapp").json()["data"][0]["status"])

    assert status() == "Success"
    handset.says("STOP")
    form = {name: values[0] for name, values in parse_qs(came(vendor, receiver, "/nxcloud", 1)[0]).items()}
    assert (form["fromPhone"], form["toPhone"], form["content"]) == (handset.number, "1069303", "STOP")
    assert (form["type"], form["size"]) == ("0", "1")
    vendor.eventually(lambda: refused_marketing(vendor, handset))
    assert status() == "Success"  # what is no marketing still goes


def refused_marketing(vendor: LocalVendor, handset: Handset) -> bool:
    body = {"to": handset.number, "text": "sale", "project": "nx", "category": "marketing"}
    error = vendor.post_json("/v1/messages", body).get("error", {})
    return bool(error.get("reason") == "opted-out")
