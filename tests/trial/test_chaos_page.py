"""The page of rehearsals does what the API does, in both languages."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest

from hongyan.testing.client import Client
from local_vendor import LocalVendor


def _page(system: LocalVendor, lang: str = "en", path: str = "/chaos") -> str:
    with urllib.request.urlopen(f"{system.console_url}{path}?lang={lang}", timeout=20) as answer:
        text: str = answer.read().decode()
    return text


def _sent(system: LocalVendor, path: str, **fields: str) -> str:
    """Return the page that an action leads to."""
    token = re.search(r'name="csrf" value="([^"]+)"', _page(system))
    assert token is not None
    body = urllib.parse.urlencode({"csrf": token.group(1), **fields}).encode()
    with urllib.request.urlopen(f"{system.console_url}{path}?lang=en", body, timeout=20) as answer:
        text: str = answer.read().decode()
    return text


def test_rehearsals_are_made_and_ended_on_the_page(system: LocalVendor, client: Client) -> None:
    said = _sent(system, "/chaos/rules/add", effect="end", state="undelivered", to="*0042", after_s="", share="50")
    assert "The rule is in force." in said
    assert "<b>end-1</b>" in said
    assert "number *0042" in said
    chinese = _page(system, "zh")
    assert "故障演练" in chinese
    assert "决定短信结果" in chinese
    rows = json.loads(_page(system, path="/chaos.json"))["rules"]
    assert (rows[0]["name"], rows[0]["made_by"]) == ("end-1", "dev")
    assert "end-1" in _page(system, path="/chaos.csv")
    assert system.get_json("/v1/rules")["rules"][0]["share"] == 50
    assert "Taken away." in _sent(system, "/chaos/rules/remove", name="end-1")

    assert "The carrier behaves so" in _sent(system, "/chaos/profile", carrier="simulator", profile="dead")
    assert system.system.current().carriers["simulator"].settings["profile"] == "dead"
    assert "hongyan rule profile simulator flaky" in _page(system)
    assert "Kept." in _sent(system, "/chaos/snapshot", name="calm")
    client.send("13800000001", "【演示】您的验证码是 1234")
    assert "The clock was pushed" in _sent(system, "/chaos/clock", push="1h")
    assert system.get_json("/v1/clock")["ahead_s"] == pytest.approx(3600, abs=1)
    assert "Everything is back." in _sent(system, "/chaos/reset", name="calm")
    assert client.messages().json()["messages"] == []
    assert "Deleted." in _sent(system, "/chaos/snapshot/drop", name="calm")
    assert "Everything is back." in _sent(system, "/chaos/reset")
    assert system.system.current().carriers["simulator"].settings["profile"] == "healthy"
    with pytest.raises(urllib.error.HTTPError) as refused:
        _sent(system, "/chaos/rules/add", effect="end")
    said = refused.value.read().decode()
    assert "a rule ends a message with one of" in said
