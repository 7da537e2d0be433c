"""A running vendor with something of everything in it, so that no page is empty: for browser tests and screenshots."""

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from hongyan.testing.client import Client
from local_vendor import LocalVendor


class Furnished(NamedTuple):
    """The vendor, and addresses of pages that show something."""

    vendor: LocalVendor
    examples: dict[str, list[str]]
    """path of a route -> addresses"""
    pictured: dict[str, str]
    """what a picture is of -> its address"""


_TOLD = ("8613800138003", "8613800138005", "8613800134041", "8613800134051", "8613800138006")
"""numbers whose messages are looked at: a text, a card, one that failed and was told, a costly one, one that is held"""
_DOCS = ("", "/tutorial/first-message", "/how-to/alibaba", "/reasons", "/states", "/cli", "/search?q=receipt")


@contextmanager
def furnished(folder: Path) -> Iterator[Furnished]:
    """Run one inside the block."""
    with LocalVendor(folder) as vendor:
        client = Client(vendor.api_url)
        _callbacks(client)
        _send(client)
        refusal = _refused(vendor, client)
        _staged(client)
        _rehearsed(client)
        _people(client)
        client.wait_for("13800134041", until="final")
        client.ask("POST", "/v1/replies", {"from": "13800138004", "text": "Thank you! 谢谢"})
        messages = client.messages().json()["messages"]
        first = {one["to"]: f"/messages/{one['id']}" for one in reversed(messages)}
        examples = {
            "/messages/{id}": [*(first[to] for to in _TOLD), f"/messages/{refusal}"],
            "/send": ["/send", "/send?vendor=nxcloud&to=13800138001&text=Your+code+is+1234&code=go"],
            "/templates/new": ["/templates/new", "/templates/new?project=demo-alibaba&from=CARD_SMS_70"],
            "/templates/{project}/{name}": [_template(client), "/templates/demo-alibaba/CARD_SMS_70"],
            "/signatures/{project}/{name}": ["/signatures/demo-alibaba/阿里云"],
            "/send/{name}": [_sent_by_hand(vendor)],
            "/held/sure": ["/held/sure?verb=reject&all=1", "/held/sure"],
            "/projects/{project}": ["/projects/demo-alibaba", "/projects/staging"],
            "/projects/{project}/settings": ["/projects/staging/settings"],
            "/projects/{project}/keys/{dialect}/{key}": [_key(client)],
            "/carriers/{name}": ["/carriers/simulator"],
            "/routes": ["/routes", "/routes?to=13800138000"],
            "/phone": ["/phone", "/phone?number=nonsense"],
            "/phone/{number}": ["/phone/8613800138004", "/phone/8613800138005", "/phone/8613900000000"],
            "/webhooks": ["/webhooks", "/webhooks?outcome=failed"],
            "/webhooks/call/{call}": [f"/webhooks/call/{one['id']}" for one in _calls(vendor, client)],
            "/accounts/{name}": ["/accounts/li.hua"],
            "/": ["/", "/?q=state:failed", "/?q=to:none", "/?q=stat:failed"],
            "/docs{rest:path}": [f"/docs{name}" for name in _DOCS],
        }
        pictured = {
            "message": first["8613800134041"],
            "refusal": f"/messages/{refusal}",
            "phone": "/phone/8613800138004",
        }
        yield Furnished(vendor, examples, pictured)


def _callbacks(client: Client) -> None:
    """Give NXCloud's customer a receiver that is not there: its calls fail and are tried again."""
    client.ask("PATCH", "/v1/projects/demo-nxcloud", {"callbacks": {"nxcloud": "http://127.0.0.1:4/receipts"}})


def _calls(vendor: LocalVendor, client: Client) -> list[dict[str, Any]]:
    """Return a call that failed and one that somebody made again."""
    found = vendor.eventually(lambda: client.ask("GET", "/v1/webhooks").json()["calls"])
    again = client.ask("POST", f"/v1/webhooks/{found[0]['id']}/replay", {}).json()
    return [found[0], again]


def _template(client: Client) -> str:
    """Hand two templates in, of which one is rejected; return its address."""
    body = "您的验证码是${code}，5分钟内有效。"
    for name in ("SMS_waits", "SMS_not_so"):
        asked = {"project": "demo-alibaba", "dialect": "alibaba", "name": name, "body": body}
        client.ask("POST", "/v1/templates", asked)
    path = "/templates/demo-alibaba/SMS_not_so"
    client.ask("POST", f"/v1{path}/reject", {"why": "Say who sends it. 请写明发送方。"})
    return path


def _sent_by_hand(vendor: LocalVendor) -> str:
    """Send a message with the form of the console; return the address of what came back."""
    form = f"{vendor.console_url}/send"
    with urllib.request.urlopen(form, timeout=20) as page:
        token = re.search(r'name="csrf" value="([^"]*)"', page.read().decode())
    assert token, "the form of the console brings a token"
    asked = {"csrf": token[1], "vendor": "nxcloud", "to": "13800138007", "text": "Sent by hand 1234"}
    with urllib.request.urlopen(form, urlencode(asked).encode(), timeout=20) as answer:
        return urlsplit(str(answer.url)).path


def _key(client: Client) -> str:
    """Return the address of a key whose secret was changed."""
    key = client.ask("GET", "/v1/projects/staging/keys").json()["keys"][0]
    path = f"/projects/staging/keys/{key['dialect']}/{key['name']}"
    client.ask("POST", f"/v1{path}/rotate", {"grace_h": 24})
    return path


def _people(client: Client) -> None:
    client.ask("POST", "/v1/accounts", {"name": "li.hua", "role": "operator", "password": "a quiet goose on the lake"})


def _send(client: Client) -> None:
    client.send_comms("+8613800138001")
    client.send_nxcloud(["8613800138002", "8613800134041"], "Your code is 1234")
    client.send_alibaba("13800138003")
    client.send_card(["13800138005", "13800138004"])
    client.send_yundashi("13800138004", "你的验证码是1234")
    client.send("13800134051", "“Late” receipt – " + "长" * 80)
    client.send("447400123456", "Your parcel is at https://example.com/parcels/7 \N{PACKAGE}")


def _refused(vendor: LocalVendor, client: Client) -> str:
    """Have a call with a wrong secret refused; return its request id."""
    stranger = Client(vendor.api_url, credentials={"alibaba": ("LTAI5tEXAMPLEonly00001", "wrong")})
    refusal: str = stranger.send_alibaba("13800138003").json()["RequestId"]
    vendor.eventually(lambda: client.show(refusal).status == 200)
    return refusal


def _staged(client: Client) -> None:
    """Make a project that captures, with a message that is held."""
    client.ask("POST", "/v1/projects", {"name": "staging", "keys": ["alibaba", "native"], "paid_in": "50"})
    client.send("13800138006", "This one waits for somebody to let it go", project="staging")


def _rehearsed(client: Client) -> None:
    client.ask("POST", "/v1/rules", {"effect": "end", "to": "*0042", "state": "undelivered", "code": "UNDELIV"})
