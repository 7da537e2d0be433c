"""The inbox of a running system: the first minute, what follows by itself, searches, and texts that mean harm."""

import csv
import html
import http.client
import io
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from hongyan.console.board import KEEP_ALIVE_S
from hongyan.model.message import Category
from hongyan.model.world import Key, Project, Template
from local_vendor import LocalVendor

HARM = "\"><script>alert(1)</script>'&<img src=x onerror=1>"
FORMULAS = ('=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1")
WORLD = (
    Project(name="rough", paid_in="1000"),
    Key(project="rough", dialect="native", name="rough", secret="r" * 20),
    Template(project="rough", dialect="alibaba", name="=cmd|A0", body="${code}", category=Category.NOTIFICATION),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("inbox"), world=WORLD) as vendor:
        yield vendor


def get(vendor: LocalVendor, path: str, lang: str = "en") -> str:
    request = urllib.request.Request(vendor.console_url + path, headers={"accept-language": lang})
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: bytes = answer.read()
        return found.decode("utf-8-sig")


def search(vendor: LocalVendor, said: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(get(vendor, f"/messages.json?q={quote(said)}"))["messages"]
    return found


def send(vendor: LocalVendor, to: str, text: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = vendor.post_json("/v1/messages", {"to": to, "text": text, **more})
    return found


class Listening:
    """A console that is open."""

    def __init__(self, vendor: LocalVendor, path: str, **headers: str) -> None:
        url = urlsplit(vendor.console_url)
        self._connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=2 * KEEP_ALIVE_S)
        self._connection.request("GET", path, headers={name.replace("_", "-"): it for name, it in headers.items()})
        self.answer = self._connection.getresponse()

    def changed(self) -> str:
        """Wait for the next word; return the digest."""
        while line := self.answer.readline():
            if line.startswith(b"data: "):
                return str(json.loads(line.removeprefix(b"data: "))["digest"])
        raise AssertionError("the answer ended")

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


def shown_call(vendor: LocalVendor, dialect: str, language: str) -> str:
    """Return the call that the page shows to copy."""
    page = get(vendor, f"/?vendor={dialect}&code={quote(language)}")
    found = re.search(r'<div class="code"><pre tabindex="0"><code>(.*?)</code>', page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])


CALLS = (
    ("alibaba", "Python SDK"), ("comms", "Python"), ("nxcloud", "Python"), ("yundashi", "Python SDK"),
    ("alibaba", "curl"), ("nxcloud", "curl"),
)  # fmt: skip


def test_the_first_minute(running: LocalVendor, tmp_path: Path) -> None:
    """From an empty inbox to a message of the official SDK, by nothing but what the page shows."""
    running.call("DELETE", "/v1/messages")
    first = get(running, "/")
    assert "Waiting for your first message" in first
    assert '<noscript><meta http-equiv="refresh"' in first
    for tab in ("Alibaba", "NXCloud", "Yundashi", "curl", "Node.js", "PHP", "Go", "Java"):
        assert tab in first
    assert "pip install alibabacloud-dysmsapi20170525" in first
    assert "正在等待第一条消息" in get(running, "/", "zh")
    calls = {call: shown_call(running, *call) for call in CALLS}
    found = re.search(r'data-live="([^"]+)" data-part="([^"]+)"', first)
    assert found
    listens, part = html.unescape(found[1]), html.unescape(found[2])
    listening = Listening(running, f"{listens}&digest=")
    empty = listening.changed()
    assert empty in first

    for place, ((_, language), text) in enumerate(calls.items()):
        if language.startswith("Python"):
            file = tmp_path / f"call_{place}.py"
            file.write_text(text, "utf-8")
            command = [sys.executable, "-W", "ignore", str(file)]
        else:
            command = ["bash", "-c", text]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr
        if not place:
            digest = listening.changed()
            assert digest != empty
            alone = get(running, part)
            assert "13800138003" in alone
            assert "取件码为1234" in alone
            assert "<html" not in alone
    listening.close()
    sent = {(row["dialect"], row["to"][-4:], row["code"]) for row in search(running, "since:1h")}
    wanted = {"alibaba": "8003", "comms": "8001", "nxcloud": "8002", "yundashi": "8004"}
    assert sent >= {(dialect, end, "1234") for dialect, end in wanted.items()}


def test_ten_consoles_see_the_same(running: LocalVendor) -> None:
    said = quote("to:8613900001111")
    open_ = [Listening(running, f"/live?page=inbox&q={said}") for _ in range(10)]
    before = {one.changed() for one in open_}
    send(running, "13900001111", "first of all")
    after = {one.changed() for one in open_}
    assert len(before) == len(after) == 1
    assert before != after
    for one in open_:
        assert "first of all" in get(running, f"/?q={said}&part=list")
        one.close()


def test_a_message_page_is_told_of_its_own_message_only(running: LocalVendor) -> None:
    one = send(running, "13900004091", "never answered")["messages"][0]["id"]
    running.eventually(lambda: running.get_json(f"/v1/messages/{one}")["state"] == "submitted")
    listening = Listening(running, f"/live?page=message&id={one}")
    digest = listening.changed()
    listening.close()
    again = Listening(running, f"/live?page=message&id={one}&digest={digest}")
    send(running, "13900000000", "another one")
    assert again.answer.readline().startswith(b"retry: ")
    again.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
    ],
)
def test_no_other_site_may_listen(running: LocalVendor, headers: dict[str, str]) -> None:
    for path, status in (("/live?page=inbox", 403), ("/", 403 if len(headers) == 1 else 200)):
        listening = Listening(running, path, **headers)
        assert listening.answer.status == status
        listening.close()


def test_only_our_names_and_pages_are_listened_to(running: LocalVendor) -> None:
    for path, host, status in (
        ("inbox", "evil.example", 421),
        ("nothing", "localhost", 404),
        ("inbox", "localhost", 200),
    ):
        listening = Listening(running, f"/live?page={path}", host=host)
        assert listening.answer.status == status
        listening.close()


def test_searches_stand_in_the_address(running: LocalVendor) -> None:
    send(running, "13955550001", "Your needle is 8642", project="rough")
    send(running, "13955550042", "long " * 60, project="rough")
    assert [row["to"] for row in search(running, "to:5550001 needle")] == ["8613955550001"]
    assert [row["code"] for row in search(running, "13955550001")] == ["8642"]
    assert [row["to"] for row in search(running, "项目：rough parts:>1")] == ["8613955550042"]
    assert len(search(running, "to:13955550001,13955550042 -parts:1 -needle")) == 1
    ((one, submission),) = [(row["id"], row["submission"]) for row in search(running, "to:13955550001")]
    assert [row["id"] for row in search(running, f"id:{one}")] == [one]
    request = running.get_json(f"/v1/messages/{one}")["request_id"]
    assert [row["submission"] for row in search(running, f"request:{request}")] == [submission]
    assert (
        search(running, "request:nothing")
        == search(running, "id:nothing")
        == search(running, "since:1m until:1h")
        == []
    )
    page = get(running, "/?q=" + quote("to:13955550001 needel:1 state:delivrd"))
    assert "“needel:” is nothing that can be searched" in page
    assert "state:delivered" in page
    assert "无法按“needel:”搜索" in get(running, "/?q=needel:1", "zh")
    assert "text:8642" in get(running, "/?q=8642")
    assert 'href="/?q=to%3A13955550001+vendor%3Anative"' in get(running, "/?q=to:13955550001")


def test_refusals_are_pointed_out_and_searched(running: LocalVendor) -> None:
    running.call("POST", "/comms/sms/sendmsg", b'{"mobile":"1","templateID":"no-such-template"}')
    running.call("GET", "/?Action=SendSms&AccessKeyId=nobody")
    running.eventually(lambda: "refused in the last 10 minutes" in get(running, "/?part=list"))
    rows = json.loads(get(running, "/refusals.json?q=vendor:comms"))["refusals"]
    assert rows
    assert {row["dialect"] for row in rows} == {"comms"}
    (reason,) = {row["reason"] for row in rows}
    page = get(running, f"/refusals?q=reason:{reason}+since:1h")
    assert f'href="/docs/reasons#{reason}"' in page
    assert f'href="/docs/zh/reasons#{reason}"' in get(running, f"/refusals?q=reason:{reason}", "zh")
    assert "no value “bad-sel”" in get(running, "/refusals?q=reason:bad-sel")
    assert 'q=reason%3Abad-seal"' in get(running, "/refusals?q=reason:bad-sel")
    assert json.loads(get(running, "/refusals.json?q=text:no-such-template&project=x"))["refusals"] == []
    listening = Listening(running, "/live?page=refusals")
    before = listening.changed()
    running.call("POST", "/comms/sms/sendmsg", b'{"mobile":"2","templateID":"another"}')
    assert listening.changed() != before
    listening.close()


def test_what_senders_wrote_stays_text_and_is_no_formula(running: LocalVendor) -> None:
    send(running, "13966660000", HARM + " https://a.example/?x=%22%3E&y=1 code 1357", project="rough", session=HARM)
    for text in FORMULAS:
        send(running, "13966660000", text, project="rough")
    send(running, "13966660000", "", project="rough", template="=cmd|A0", values={"code": "@x"})
    running.call("POST", "/comms/sms/sendmsg", json.dumps({"mobile": HARM, "templateID": HARM}).encode())
    said = quote("to:13966660000")
    for path in (
        f"/?q={said}",
        f"/?q={said}&part=list",
        "/refusals",
        f"/?q={quote(HARM)}",
        f"/?q={quote(HARM + ':x')}",
    ):
        page = get(running, path)
        scripts = re.findall(r"<script[^>]*>", page)
        assert all(one.startswith('<script src="/static/') for one in scripts), path
        assert "<img src=x" not in page
        assert "onerror=1>" not in page
    assert 'rel="noopener noreferrer nofollow"' in get(running, f"/?q={said}")
    cells = [cell for row in csv.reader(io.StringIO(get(running, f"/messages.csv?q={said}"))) for cell in row]
    assert len([cell for cell in cells if cell.startswith("'")]) >= len(FORMULAS)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))]
