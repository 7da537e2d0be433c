"""Safe staging as its users see it, on a running system: what is held, what is let out, what becomes of it."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from hongyan.model.world import Declared, Key, Mode, Price, Project
from hongyan.testing.client import Client
from local_vendor import LocalVendor

SECRET = "s3cret-of-staging"
WORLD: tuple[Declared, ...] = (
    Project(name="closed", paid_in="10", mode=Mode.CAPTURE),
    Project(name="few", paid_in="10", mode=Mode.ALLOW_LIST, allow_numbers=("8613800138001", "86139*")),
    Project(name="open", paid_in="10"),
    *(Key(project=name, dialect="native", name=name, secret=SECRET) for name in ("closed", "few", "open")),
    *(Price(project=name, name="", each="0.05") for name in ("closed", "few", "open")),
)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVendor]:
    with LocalVendor(tmp_path_factory.mktemp("staging"), world=WORLD) as running:
        yield running


def caller(dev: LocalVendor, project: str) -> Client:
    return Client(dev.api_url, token=f"{project}.{SECRET}")


def sent(dev: LocalVendor, project: str, to: str, text: str = "hello") -> str:
    reply = caller(dev, project).send(to, text)
    assert reply.status == 201, reply.body
    return str(reply.json()["messages"][0]["id"])


def row(dev: LocalVendor, id_: str) -> Any:
    return Client(dev.api_url).show(id_).json()["message"]


def state(dev: LocalVendor, id_: str) -> str:
    return str(row(dev, id_)["state"])


def asked(dev: LocalVendor, method: str, path: str, body: Any = None) -> Any:
    return Client(dev.api_url)._own(method, path, body).json()


def held_ids(dev: LocalVendor, **filters: str) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return [one["id"] for one in asked(dev, "GET", f"/v1/held?{query}")["held"]]


def until(dev: LocalVendor, id_: str, wanted: str) -> None:
    dev.eventually(lambda: state(dev, id_) == wanted)


def books_agree(dev: LocalVendor, project: str) -> bool:
    return bool(dev.run(_sums(dev, project)))


async def _sums(dev: LocalVendor, project: str) -> bool:
    store = dev.system.store
    return await store.balance(project) == await store.ledger_sum(project)


def balance(dev: LocalVendor, project: str) -> str:
    return str(asked(dev, "GET", f"/v1/balance/{project}")["balance"])


def test_capture_lets_nothing_out_and_the_caller_sees_a_success(dev: LocalVendor) -> None:
    id_ = sent(dev, "closed", "13800138001")
    witness = sent(dev, "open", "13800138001")
    until(dev, witness, "delivered")
    found = row(dev, id_)
    assert (found["state"], found["cause"]["code"], found["attempts"]) == ("accepted", "HELD", 0)
    assert id_ in held_ids(dev, project="closed")
    story = asked(dev, "GET", f"/v1/messages/{id_}")["lines"]
    assert any("held: mode capture" in line["text_en"] and "已扣留" in line["text_zh"] for line in story)


def test_an_allow_list_lets_out_its_numbers_and_beginnings_alone(dev: LocalVendor) -> None:
    listed, beginning, other = (sent(dev, "few", to) for to in ("13800138001", "13912340001", "13800138002"))
    until(dev, listed, "delivered")
    until(dev, beginning, "delivered")
    assert held_ids(dev, project="few") == [other]
    assert row(dev, other)["cause"]["text"].startswith("mode allow-list")


def test_what_is_released_goes_at_once_with_a_fresh_validity(dev: LocalVendor) -> None:
    id_ = sent(dev, "closed", "13800138001")
    before = dev.run(dev.system.store.message(int(id_)))
    assert asked(dev, "POST", f"/v1/held/{id_}/release") == {"released": [id_]}
    until(dev, id_, "delivered")
    after = dev.run(dev.system.store.message(int(id_)))
    assert after.expires_at > before.expires_at
    story = asked(dev, "GET", f"/v1/messages/{id_}")["lines"]
    assert any(line["text_en"] == "released by hand: dev" for line in story)
    again = asked(dev, "POST", f"/v1/held/{id_}/release")
    assert again["error"]["reason"] == "unknown-message"
    assert "不" in again["error"]["facts"]["why_zh"] or "未" in again["error"]["facts"]["why_zh"]


def test_what_is_rejected_ends_with_its_price_back_and_its_caller_told(
    dev: LocalVendor, calls: Callable[[], list[Any]], callback: str
) -> None:
    asked(dev, "PATCH", "/v1/projects/closed", {"callbacks": {"native": callback}, "allow_inside": True})
    before = balance(dev, "closed")
    id_ = sent(dev, "closed", "13800138001")
    assert balance(dev, "closed") != before
    assert asked(dev, "POST", f"/v1/held/{id_}/reject", {"why": "not meant"}) == {"rejected": [id_]}
    assert row(dev, id_)["refunded"] is True
    assert balance(dev, "closed") == before
    assert books_agree(dev, "closed")
    dev.eventually(lambda: any(id_ in json.dumps(one) and "rejected" in json.dumps(one) for one in calls()))
    lines = asked(dev, "GET", f"/v1/messages/{id_}")["lines"]
    assert any("rejected by hand, by dev: not meant" in line["text_en"] for line in lines)
    assert any("由 dev 人工拒绝" in line["text_zh"] for line in lines)


def test_several_are_decided_about_by_a_filter(dev: LocalVendor) -> None:
    ids = [sent(dev, "closed", "13700000001", f"batch {n}") for n in range(3)]
    other = sent(dev, "closed", "13700000001", "apart")
    assert asked(dev, "POST", "/v1/held/release", {})["error"]["reason"] == "missing-field"
    done = asked(dev, "POST", "/v1/held/reject", {"project": "closed", "text": "batch"})
    assert sorted(done["rejected"]) == sorted(ids)
    assert held_ids(dev, to="8613700000001") == [other]


def test_held_messages_are_no_backlog(dev: LocalVendor) -> None:
    ids = [sent(dev, "closed", "13600000001") for _ in range(3)]
    dev.eventually(lambda: dev.run(dev.system.store.backlog()) == 0)
    assert set(ids) <= set(held_ids(dev, to="8613600000001"))
    assert asked(dev, "GET", "/v1/carriers")["backlog"] == 0


def test_going_live_releases_nothing_by_itself_and_holds_nothing_new(dev: LocalVendor) -> None:
    body = asked(dev, "POST", "/v1/projects", {"name": "turns", "keys": ["native"], "paid_in": "5"})
    client = Client(dev.api_url, token=body["credentials"]["native"]["token"])
    old = client.send("13800138001", "old").json()["messages"][0]["id"]
    asked(dev, "PATCH", "/v1/projects/turns", {"mode": "live"})
    new = client.send("13800138001", "new").json()["messages"][0]["id"]
    until(dev, new, "delivered")
    assert state(dev, old) == "accepted"
    assert held_ids(dev, project="turns") == [old]


def test_a_projects_own_key_sees_what_is_held_and_decides_about_nothing(dev: LocalVendor) -> None:
    id_ = sent(dev, "closed", "13800138001")
    own = caller(dev, "closed")
    assert id_ in [one["id"] for one in own._own("GET", "/v1/held").json()["held"]]
    assert caller(dev, "open")._own("GET", "/v1/held").json()["held"] == []
    assert own._own("POST", f"/v1/held/{id_}/release").json()["error"]["reason"] == "not-permitted"


def test_a_test_of_a_carrier_respects_the_mode(dev: LocalVendor) -> None:
    body = {"to": "13800138001", "text": "hello", "project": "closed"}
    id_ = asked(dev, "POST", "/v1/carriers/simulator/test", body)["message"]["id"]
    assert id_ in held_ids(dev, project="closed")


@pytest.mark.parametrize("dialect", ["alibaba", "comms", "nxcloud", "yundashi"])
def test_every_vendors_caller_is_held_alike(dev: LocalVendor, dialect: str) -> None:
    project = f"staged-{dialect}"
    body = asked(
        dev,
        "POST",
        "/v1/projects",
        {"name": project, "paid_in": "5", "keys": [dialect], "like": [f"demo-{dialect}"]},
    )
    given = body["credentials"][dialect]
    client = Client(dev.api_url, credentials={dialect: (given["key"], given["secret"])})
    if dialect == "alibaba":
        client.send_alibaba("13800138003")
        client.send_card("13800138003")
    elif dialect == "comms":
        client.send_comms("+8613800138001")
    elif dialect == "nxcloud":
        client.send_nxcloud("8613800138002", "hello", app=given["app"])
    else:
        client.send_yundashi("13800138004", "你的验证码是1234")
    held = asked(dev, "GET", f"/v1/held?project={project}")["held"]
    assert len(held) == (2 if dialect == "alibaba" else 1)
    ids = [one["id"] for one in held]
    asked(dev, "POST", "/v1/held/release", {"ids": ids})
    for id_ in ids:
        until(dev, id_, "delivered")


@pytest.fixture(scope="module")
def heard() -> list[Any]:
    return []


@pytest.fixture(scope="module")
def callback(heard: list[Any]) -> Iterator[str]:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/receipts"
    server.shutdown()
    server.server_close()


@pytest.fixture
def calls(heard: list[Any]) -> Callable[[], list[Any]]:
    return lambda: list(heard)
