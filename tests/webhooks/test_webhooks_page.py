"""The pages of webhooks: calls with their answers, in both languages, with buttons; hostile answers stay text."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from hongyan.model.world import Project
from local_vendor import LocalVendor
from webhooks.callback_receiver import CallbackReceiver, receiving

ATTACK = "=1+1<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class Pages:
    """The console as a browser without scripts sees it."""

    def __init__(self, vendor: LocalVendor, receiver: CallbackReceiver) -> None:
        self.vendor, self.receiver = vendor, receiver

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """Return (status, page, where it leads)."""
        parts = urlsplit(self.vendor.console_url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        sent = {"content-type": "application/x-www-form-urlencoded", "origin": self.vendor.console_url} | headers
        connection.request(method, path, body, sent if method == "POST" else headers)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(), answer.headers.get("location", "")
        connection.close()
        return found

    def get(self, path: str) -> str:
        status, page, _ = self.ask("GET", path)
        assert status == 200, page
        assert page.count("<script") == page.count('<script src="/static/')
        assert "onerror=alert(1)>" not in page
        return page

    def press(self, path: str, action: str, **fields: str) -> str:
        """Send a form that stands on a page; return where it leads."""
        page = self.get(path)
        assert f'action="{action}' in page
        token = re.search(r'name="csrf" value="([^"]*)"', page)
        assert token is not None
        assert self.ask("POST", action, urlencode(fields))[0] == 403, "without our token nothing happens"
        status, said, leads = self.ask("POST", action, urlencode({"csrf": unescape(token[1]), **fields}))
        assert status == 303, said
        return leads

    def call_of(self, to: str) -> dict[str, Any]:
        """Send a message; return the first call that tells of it."""
        fields = {"project": "shop", "text": "【一砂】hello", "to": to}
        message = self.vendor.post_json("/v1/messages", fields)["messages"][0]["id"]

        def found() -> list[dict[str, Any]]:
            calls: list[dict[str, Any]] = self.vendor.get_json(f"/v1/webhooks?message={message}")["calls"]
            return calls

        call: dict[str, Any] = self.vendor.eventually(found)[0]
        return call


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with receiving() as receiver:
        receiver.answer, receiver.headers = ATTACK.encode(), {"X-Odd": ATTACK}
        receiver.status = 500
        world = (
            Project(name="shop", paid_in="10", callbacks={"native": f"{receiver.url}/dr"}, push_retries_s=(3600.0,)),
        )
        with LocalVendor(tmp_path_factory.mktemp("pages"), world=world, receipt_delay_s=0) as vendor:
            yield Pages(vendor, receiver)


def test_calls_are_listed_filtered_and_told_apart(pages: Pages) -> None:
    call = pages.call_of("13800131001")
    page = pages.get(f"/webhooks?message={call['messages'][0]}&lang=en")
    assert f"/webhooks/call/{call['id']}" in page
    assert ">failed</span>" in page
    assert "hongyan webhook list --message" in page
    assert ">失败</span>" in pages.get(f"/webhooks?message={call['messages'][0]}&lang=zh")
    assert call["id"] not in pages.get("/webhooks?outcome=taken")
    assert call["id"] in pages.get("/webhooks?outcome=failed&project=shop&dialect=native&target=/dr&since=1")
    for odd in (
        "/webhooks?before=x&since=x&outcome=x",
        f"/webhooks?{urlencode({'target': ATTACK, 'message': ATTACK})}",
    ):
        pages.get(odd)
    rows = json.loads(pages.ask("GET", f"/webhooks.json?message={call['messages'][0]}")[1])["calls"]
    assert [one["id"] for one in rows] == [call["id"]]
    (_, row) = csv.reader(io.StringIO(pages.ask("GET", f"/webhooks.csv?message={call['messages'][0]}")[1]))
    assert call["id"] in row
    assert pages.ask("GET", "/webhooks/call/1")[0] == 404


def test_a_call_is_shown_made_again_told_again_and_dropped(pages: Pages) -> None:
    call = pages.call_of("13800131002")
    here = f"/webhooks/call/{call['id']}"
    page = pages.get(here)
    assert "=1+1&lt;script&gt;" in page
    assert "&#34;messages&#34;" in page
    leads = pages.press(here, "/webhooks/replay", call=call["id"], to="")
    again = pages.get(leads)
    assert "done=replay_failed" in leads
    assert again.count(call["id"]) >= 1
    assert "/webhooks?done=push" in pages.press(here, "/webhooks/push", message=call["messages"][0])

    waiting = pages.vendor.eventually(
        lambda: [
            one
            for one in pages.vendor.get_json("/v1/webhooks/waiting")["waiting"]
            if one["message"] == call["messages"][0] and one["failed"]
        ]
    )
    assert waiting[0]["id"] in pages.get("/webhooks/waiting?lang=zh")
    assert "done=drop" in pages.press("/webhooks/waiting", "/webhooks/drop", push=waiting[0]["id"])
    assert waiting[0]["id"] not in pages.get("/webhooks/waiting")
    assert "done=retry" in pages.press("/webhooks", "/webhooks/retry", project="shop")
