"""What happens is followed as it happens, across a restart of the server, and only by those who may."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hongyan.cli import build
from hongyan.model.world import Key, Project
from hongyan.testing import Client
from hongyan.testing.http import Unreachable
from local_vendor import LocalVendor

TO = "8613800132001"


def send(vendor: LocalVendor, to: str = TO, **fields: Any) -> str:
    asked = {"to": to, "text": "【一砂】hello", "project": "shop"} | fields
    message: str = vendor.post_json("/v1/messages", asked)["messages"][0]["id"]
    return message


def test_tail_goes_on_behind_a_restart_and_tells_everything_once(tmp_path: Path) -> None:
    world = (Project(name="shop", paid_in="10"), Key(project="shop", dialect="native", name="K", secret="a secret"))
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    start: dict[str, Any] = {"world": world, "receipt_delay_s": 0, "api_port": port}
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "hongyan", "tail", "--json", "--limit", "5", "--url", url]
    with LocalVendor(tmp_path, **start) as vendor:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            _follow(child, vendor)
        except BaseException:
            child.kill()
            child.communicate()
            raise
    with LocalVendor(tmp_path, **start) as vendor:
        second = send(vendor)
        said, away = child.communicate(timeout=20)
        only_this_machine(vendor)
        a_key_sees_its_own(vendor)
    assert child.returncode == 0
    rest = [json.loads(line) for line in said.splitlines()]
    assert {(one["event"], one["id"]) for one in rest} == {("accepted", second), ("ended", second)}
    assert "the server is away" in away


def _follow(child: "subprocess.Popen[str]", vendor: LocalVendor) -> None:
    assert child.stdout is not None
    vendor.eventually(vendor.system.road.reception.office.live.is_watched)
    first = send(vendor)
    seen = [json.loads(child.stdout.readline()) for _ in range(2)]
    assert [(one["event"], one["id"]) for one in seen] == [("accepted", first), ("ended", first)]
    Client(vendor.api_url).send_nxcloud("8613800132002", "hello", app="nobody's")
    refused = json.loads(child.stdout.readline())
    assert (refused["event"], refused["reason"]) == ("refused", "unknown-app")


def only_this_machine(vendor: LocalVendor) -> None:
    """A page from elsewhere follows nothing and listens to nothing."""
    for path in ("/v1/events?seconds=1", "/v1/listen?seconds=1"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
            request = urllib.request.Request(vendor.api_url + path, headers=headers)
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(request, timeout=10)


def a_key_sees_its_own(vendor: LocalVendor) -> None:
    client = Client(vendor.api_url, token="K.a secret")
    with client.stream("/v1/events", seconds=10, state=["accepted"], to="2009") as events:
        send(vendor, "8613800132009", project="demo")
        mine = send(vendor, "8613800132009")
        assert next(events).data["id"] == mine


def test_nobody_there_is_said_at_once() -> None:
    ran = CliRunner().invoke(build(("tail", "version")), ["tail", "--url", "http://127.0.0.1:1"])
    assert isinstance(ran.exception, Unreachable)
