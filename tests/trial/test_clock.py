"""A pushed clock: what waits by time happens at once, and what callers seal is judged by the real time."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.limits import Limit, Span
from hongyan.model.message import Category
from hongyan.model.world import Project
from hongyan.testing.client import Client
from local_vendor import LocalVendor

TEXT = "【演示】您的验证码是 1234"
NINE_IN_CHINA = 1_767_315_600_000
"""2026-01-02 09:00 in China"""


class _Refusing(BaseHTTPRequestHandler):
    """Takes the third call."""

    calls: list[bytes] = []  # noqa: RUF012 - one receiver, shared on purpose

    def do_POST(self) -> None:
        self.calls.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(500 if len(self.calls) < 3 else 200)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[str]:
    """An address that refuses two calls and takes the third."""
    server = HTTPServer(("127.0.0.1", 0), _Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, receiver: str) -> Iterator[LocalVendor]:
    """A demo world whose machine says nine in China, with limits, quiet hours and a receiver."""
    folder: Path = tmp_path_factory.mktemp("clock")
    project = Project(
        name="timed",
        paid_in="100",
        limits=(Limit(span=Span.DAY, permits=1, categories=(Category.CAPTCHA,)),),
        quiet_hours=(8, 21),
        callbacks={"native": receiver},
        push_retries_s=(3600, 3600),
    )
    with LocalVendor(folder / "vendor", clock=FakeClock(NINE_IN_CHINA), world=[project]) as running:
        yield running


def _push(system: LocalVendor, by: Any) -> dict[str, Any]:
    told: dict[str, Any] = system.post_json("/v1/clock", {"push": by})
    return told


def _send(client: Client, to: str, **fields: Any) -> dict[str, Any]:
    answer = client.send(to, TEXT, project="timed", **fields).json()
    told: dict[str, Any] = answer["messages"][0] if "messages" in answer else answer["error"]
    return told


def _state(client: Client, message: dict[str, Any]) -> str:
    state: str = client.show(message["id"]).json()["state"]
    return state


def test_time_goes_on_at_once(system: LocalVendor) -> None:
    client = Client(system.api_url)
    assert system.get_json("/v1/clock") == {
        "now": "2026-01-02T01:00:00.000Z",
        "real": "2026-01-02T01:00:00.000Z",
        "ahead_s": 0.0,
    }
    # a limit of one a day, a message that no receipt ends, one that a rule ends in an hour, one that nobody carries
    first = _send(client, "13800000101", category="captcha")
    assert _send(client, "13800000101", category="captcha")["reason"] == "number-limit"
    never = _send(client, "13800004091")
    assert _send(client, "13800000102", category="marketing")["state"] in {"accepted", "sending"}
    system.post_json("/v1/rules", {"effect": "end", "state": "undelivered", "to": "*0103", "after_s": 3600})
    late = _send(client, "13800000103")
    system.eventually(lambda: _state(client, late) == _state(client, never) == "submitted")
    assert system.call("POST", "/v1/carriers/simulator/suspend")[0] == 200
    waiting = _send(client, "13800000104")

    # half a minute: receipts; the receiver refuses its first call
    assert _push(system, "30s")["ahead_s"] == 30.0
    assert _state(client, first) == "delivered"
    system.eventually(lambda: _Refusing.calls)
    before = len(_Refusing.calls)  # two receipts are due: told in one call, or in two
    # 61 minutes: the rule's receipt, and the repetition of the call
    told = _push(system, "PT1H1M")
    assert told["now"] == "2026-01-02T02:01:30.000Z"
    assert _state(client, late) == "undelivered"
    system.eventually(lambda: len(_Refusing.calls) > before)
    # until night: marketing is refused
    assert _push(system, "2026-01-02T22:00")["now"] == "2026-01-02T14:00:00.000Z"
    assert _send(client, "13800000105", category="marketing")["reason"] == "quiet-hours"
    # 72 hours: validity is over, silence is unknown, the limit's day too
    assert _push(system, "72h")["ahead_s"] == 72 * 3600 + 13 * 3600
    system.eventually(lambda: _state(client, waiting) == "expired")
    system.eventually(lambda: _state(client, never) == "unknown")
    system.call("POST", "/v1/carriers/simulator/resume")
    assert "id" in _send(client, "13800000101", category="captcha")
    assert system.run(system.system.store.ledger_sum("timed")) == system.run(system.system.store.balance("timed"))


def test_seals_are_judged_by_the_real_time(tmp_path: Path) -> None:
    with LocalVendor(tmp_path / "real") as system:
        client = Client(system.api_url)
        assert _push(system, "3d")["ahead_s"] == pytest.approx(3 * 86_400, abs=1)
        assert client.send_alibaba("13800000201").json()["Code"] == "OK"
        assert client.send_nxcloud("8613800000201", "hi").json()["code"] == 0
        assert client.send_yundashi("13800000201", "你的验证码是1234").json()["result"] == 0
        found = client.wait_for("13800000201")
        assert found["accepted_at"] > system.get_json("/v1/clock")["real"]
    with LocalVendor(tmp_path / "real") as again:  # it is kept
        assert again.get_json("/v1/clock")["ahead_s"] == pytest.approx(3 * 86_400, abs=1)


@pytest.mark.parametrize("by", ["yesterday", "-1h", "0", "2020-01-01", "999999d", ""])
def test_the_clock_goes_ahead_only(system: LocalVendor, by: str) -> None:
    error = _push(system, by)["error"]
    assert error["reason"] == "bad-field"
    assert "why_zh" in error["facts"]
    assert json.dumps(error, ensure_ascii=False)
