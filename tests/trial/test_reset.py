"""Snapshots and resets: what is newer goes, in the store and in memory, also in the middle of traffic."""

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from hongyan.carriers.simulator import Simulator
from hongyan.model.world import Project
from hongyan.store import tables
from hongyan.testing.client import Client
from local_vendor import LocalVendor

TEXT = "【演示】您的验证码是 1234"
EMPTY = (
    tables.messages,
    tables.submissions,
    tables.parts,
    tables.events,
    tables.refusals,
    tables.replies,
    tables.links,
    tables.pushes,
    tables.mailbox,
    tables.reply_mailbox,
    tables.calls,
    tables.call_items,
    tables.counts,
    tables.unclaimed,
    tables.fragments,
    tables.hourly,
)


def _left(system: LocalVendor) -> dict[str, int]:
    async def counted() -> dict[str, int]:
        store = system.system.store
        found = {one.name: (await store.select(select(func.count()).select_from(one)))[0][0] for one in EMPTY}
        return {name: n for name, n in found.items() if n}

    left: dict[str, int] = system.run(counted())
    return left


def _in_memory(system: LocalVendor) -> int:
    road = system.system.road
    lanes = road.sender.lanes.by_name.values()
    waiting = sum(len(lane.waiting) + len(lane.under_way) for lane in lanes)
    wheels = [
        len(due.answers) + len(due.receipts)
        for carrier in road.fleet.carriers().values()
        if isinstance(carrier, Simulator)
        for due in carrier._wheel.everything()
    ]
    return waiting + road.sender.decided.held + sum(wheels)


def _sums(system: LocalVendor) -> dict[str, tuple[int, int]]:
    async def summed() -> dict[str, tuple[int, int]]:
        store = system.system.store
        return {
            one: (await store.balance(one), await store.ledger_sum(one)) for one in system.system.current().projects
        }

    found: dict[str, tuple[int, int]] = system.run(summed())
    assert all(balance == ledger for balance, ledger in found.values())
    return found


def test_a_snapshot_is_gone_back_to(tmp_path: Path, on_either: dict[str, Any]) -> None:
    with LocalVendor(tmp_path / "vendor", **on_either) as system:
        client = Client(system.api_url)
        start = _sums(system)
        kept = client.send("13800000001", TEXT).json()["messages"][0]["id"]
        system.eventually(lambda: client.show(kept).json()["state"] == "delivered")
        system.post_json("/v1/rules", {"name": "kept", "effect": "end", "state": "expired", "to": "*9999"})
        system.call("PUT", "/v1/stops/13800000002", b"{}", content_type="application/json")
        assert system.post_json("/v1/snapshots", {"name": "calm"})["name"] == "calm"
        before = _sums(system)

        gone = [client.send(f"1380000{n}", TEXT).json()["messages"][0]["id"] for n in (4041, 4091, 4042, 4051)]
        client.send("123", TEXT)
        client.send_nxcloud("8613800000001", "hi")
        system.post_json("/v1/rules", {"name": "newer", "effect": "cut", "dialect": "comms"})
        system.call("DELETE", "/v1/rules/kept")
        system.call("DELETE", "/v1/stops/13800000002")
        system.call("PUT", "/v1/stops/13800000003", b"{}", content_type="application/json")
        system.eventually(lambda: client.show(gone[0]).json()["state"] == "undelivered")

        began = time.monotonic()
        told = system.post_json("/v1/reset", {"snapshot": "calm"})
        assert time.monotonic() - began < 1.0
        assert told == {"snapshot": "calm", "deleted": 5}
        assert [one["id"] for one in client.messages().json()["messages"]] == [kept]
        assert [one["name"] for one in system.get_json("/v1/rules")["rules"]] == ["kept"]
        stops = {one["number"] for one in system.get_json("/v1/stops")["stops"]}
        assert stops == {"8613800000002"}
        assert system.get_json("/v1/refusals")["refusals"] == []
        assert _sums(system) == before
        assert client.show(kept).json()["state"] == "delivered"
        assert _in_memory(system) == 0
        assert client.send("13800000004", TEXT).status == 201

        assert [one["name"] for one in system.get_json("/v1/snapshots")["snapshots"]] == ["calm"]
        error = system.post_json("/v1/reset", {"snapshot": "clam"})["error"]
        assert (error["reason"], error["facts"]["known"]) == ("bad-field", "calm")
        assert system.call("DELETE", "/v1/snapshots/calm")[0] == 200
        assert system.call("DELETE", "/v1/snapshots/calm")[0] == 400

        assert system.post_json("/v1/reset", {})["deleted"] == 2
        assert (_left(system), _sums(system)) == ({}, start)
        assert system.get_json("/v1/rules")["rules"] == []
        assert system.get_json("/v1/stops")["stops"] == []
        actions = {row[0] for row in system.run(system.system.store.select(select(tables.audit.c.action)))}
        assert {"snapshot.make", "reset", "rule.make", "rule.remove", "snapshot.drop"} <= actions


def _traffic(system: LocalVendor, until: Event, wrong: list[Any]) -> list[Thread]:
    def run(send: Callable[[int], Any]) -> None:
        place = 0
        while not until.is_set():
            place += 1
            status = send(place).status
            if status not in {200, 201}:
                wrong.append(status)

    client = Client(system.api_url)
    ways: list[Callable[[int], Any]] = [
        lambda n: client.send([f"138{n % 10000:04d}{end}" for end in (4091, 4022, 4061, 4102, 1111)], TEXT),
        lambda n: client.send_nxcloud(f"861380000{n % 10000:04d}", f"hello {n}"),
    ]
    threads = [Thread(target=run, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    return threads


def test_a_reset_in_the_middle_of_traffic_leaves_nothing_behind(
    tmp_path: Path, on_either: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    with LocalVendor(tmp_path / "vendor", simulator_profile="flaky", receipt_delay_s=0.05, **on_either) as system:
        until, wrong = Event(), []  # type: tuple[Event, list[Any]]
        threads = _traffic(system, until, wrong)
        deleted = []
        for _ in range(5):
            Event().wait(0.15)
            deleted.append(system.post_json("/v1/reset", {})["deleted"])
        assert min(deleted) > 0
        until.set()
        for thread in threads:
            thread.join(20)
        assert wrong == []
        assert system.post_json("/v1/reset", {})["deleted"] >= 0
        assert _in_memory(system) == 0
        Event().wait(0.6)  # what memory still held would be said by now
        assert _left(system) == {}
        _sums(system)
    said = capfd.readouterr()
    assert "Traceback" not in said.err + said.out


def test_messages_are_erased_by_number_and_project(tmp_path: Path) -> None:
    with LocalVendor(tmp_path / "vendor") as system:
        client = Client(system.api_url)
        client.send(["13800000011", "13800000012"], TEXT)
        client.send_nxcloud("8613800000011", "hi")
        client.send("123", TEXT)
        assert system.call("DELETE", "/v1/messages?to=13800000012") == (200, '{"deleted":1}')
        assert len(system.get_json("/v1/refusals")["refusals"]) == 1
        assert system.call("DELETE", "/v1/messages?project=demo") == (200, '{"deleted":1}')
        assert [one["dialect"] for one in client.messages().json()["messages"]] == ["nxcloud"]
        assert system.get_json("/v1/refusals")["refusals"] == []
        assert client.erase().json() == {"deleted": 1}
        assert {name: n for name, n in _left(system).items() if name not in {"counts", "hourly"}} == {}


class _Taking(BaseHTTPRequestHandler):
    """Takes every call, after a moment."""

    calls: list[bytes] = []  # noqa: RUF012 - one receiver, shared on purpose

    def do_POST(self) -> None:
        self.calls.append(self.rfile.read(int(self.headers["content-length"])))
        Event().wait(0.1)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


def test_callbacks_under_way_leave_nothing_and_later_ones_are_told_as_ever(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Taking)
    Thread(target=server.serve_forever, daemon=True).start()
    target = f"http://127.0.0.1:{server.server_port}/"
    project = Project(name="told", paid_in="100", callbacks={"native": target}, reply_callbacks={"native": target})
    with LocalVendor(tmp_path / "vendor", world=[project], keep_calls="all") as system:
        client = Client(system.api_url)
        client.send([f"1380000{n:04d}" for n in range(8)], TEXT, project="told")
        system.eventually(lambda: _Taking.calls)
        system.post_json("/v1/reset", {})
        Event().wait(0.3)
        assert _left(system) == {}
        message = client.send("13800000001", TEXT, project="told").json()["messages"][0]["id"]
        system.eventually(lambda: any("pushed" in line["text_en"] for line in client.show(message).json()["lines"]))
        system.eventually(lambda: "pushes" not in _left(system))
        system.eventually(lambda: "calls" in _left(system))
    server.shutdown()
    server.server_close()
