"""The commands of rehearsals, against a running system."""

from typing import Any

from typer.testing import CliRunner

from hongyan.cli import build
from hongyan.testing.client import Client
from local_vendor import LocalVendor

APP = build(("rule", "clock", "snapshot", "reset", "trigger", "wait"))
TEXT = "【演示】您的验证码是 1234"


def _run(system: LocalVendor, *words: Any) -> str:
    done = CliRunner().invoke(APP, [*map(str, words), "--url", system.api_url])
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_a_rehearsal_from_a_terminal(system: LocalVendor, client: Client) -> None:
    said = _run(system, "rule", "add", "end", "--to", "*0042", "--state", "unknown", "--times", 1, "--name", "quiet")
    assert said == "quiet  end (state unknown)  strikes to *0042, 1 times"
    assert _run(system, "rule", "list") == said
    assert _run(system, "snapshot", "make", "begin").startswith("begin  20")
    message = client.send("13800000042", TEXT).json()["messages"][0]
    system.eventually(lambda: client.show(message["id"]).json()["state"] == "submitted")
    assert _run(system, "wait", "--text", "1234", "--code") == "1234"
    told = _run(system, "trigger", "receipt", message["id"], "undelivered", "--code", "MK:0001")
    assert told == f"{message['id']}: undelivered"
    assert "(as before)" in _run(system, "trigger", "receipt", message["id"], "delivered")
    assert "on the stop list now" in _run(system, "trigger", "reply", "--message", message["id"], "--text", "TD")
    assert "(72" in _run(system, "clock", "push", "72h")
    assert "(72" in _run(system, "clock", "show")
    assert _run(system, "reset", "begin") == "back to begin; 1 messages deleted."
    assert _run(system, "snapshot", "list").startswith("begin  ")
    assert _run(system, "snapshot", "remove", "begin") == "deleted."
    assert _run(system, "rule", "remove", "--all") == "1 taken away."
    assert _run(system, "reset") == "back to the start; 0 messages deleted."
    assert "after_s 120" in _run(system, "rule", "add", "end", "--state", "unknown", "--after", "2m")
    assert _run(system, "rule", "remove", "--all") == "1 taken away."
    refused = CliRunner().invoke(APP, ["rule", "add", "end", "--url", system.api_url])
    assert refused.exit_code == 1
