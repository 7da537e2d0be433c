"""Callbacks come to a program here while somebody listens; its answer decides as a real receiver's would."""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hongyan.cli.forwarding import hand_on
from hongyan.model.world import Key, Project
from hongyan.operate.journal import AuditQuery
from hongyan.testing import Client
from hongyan.testing.streams import Event, Refusal
from local_vendor import LocalVendor
from webhooks.callback_receiver import CallbackReceiver, receiving

TAKEN = b'{"result": 0, "code": 0}'


@pytest.fixture(scope="module")
def receiver() -> Iterator[CallbackReceiver]:
    with receiving() as made:
        yield made


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory, receiver: CallbackReceiver) -> Iterator[LocalVendor]:
    world = (
        Project(name="shop", paid_in="10", callbacks={"native": f"{receiver.url}/declared"}, push_retries_s=(0.05,)),
        Key(project="shop", dialect="native", name="K", secret="a secret"),
    )
    with LocalVendor(tmp_path_factory.mktemp("listening"), world=world, receipt_delay_s=0) as running:
        yield running


@contextmanager
def listening(vendor: LocalVendor, **filters: Any) -> Iterator[Iterator[Event]]:
    with Client(vendor.api_url).stream("/v1/listen", seconds=20, **filters) as events:
        assert next(events).kind == "attached"
        yield events
    vendor.eventually(lambda: not vendor.get_json("/v1/webhooks/waiting")["listeners"])


def next_call(events: Iterator[Event]) -> dict[str, Any]:
    event = next(events)
    assert event.kind == "call"
    call: dict[str, Any] = event.data
    return call


def answer(vendor: LocalVendor, call: dict[str, Any], status: int, body: bytes = b"", **said: Any) -> bool:
    told = {"status": status, "body": base64.b64encode(body).decode()} | said
    waited: bool = Client(vendor.api_url).ask("POST", f"/v1/listen/{call['id']}", told).json()["waited"]
    return waited


def send(vendor: LocalVendor, to: str, **fields: Any) -> str:
    fields = {"project": "shop", "text": "【一砂】hello", "to": to} | fields
    message: str = vendor.post_json("/v1/messages", fields)["messages"][0]["id"]
    return message


def calls(vendor: LocalVendor, message: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = vendor.get_json(f"/v1/webhooks?message={message}")["calls"]
    return found


def test_who_listens_is_called_in_place_of_the_declared_address_and_by_the_same_rules(
    vendor: LocalVendor, receiver: CallbackReceiver
) -> None:
    with listening(vendor, to="http://127.0.0.1:3000/hook?x=1", project="shop") as events:
        message = send(vendor, "13800130001")
        call = next_call(events)
        assert (call["url"], call["about"], call["messages"], call["try"]) == (
            "http://127.0.0.1:3000/hook?x=1",
            "receipt",
            [message],
            1,
        )
        assert json.loads(base64.b64decode(call["body"]))["messages"][0]["id"] == message
        assert answer(vendor, call, 500, b"not yet")
        assert not answer(vendor, call, 200), "nobody waits any more"
        second = next_call(events)
        assert (second["try"], second["body"] != "") == (2, True)
        assert answer(vendor, second, 204, headers=[["X-Of", "mine"]])
        logged = vendor.eventually(lambda: len(found := calls(vendor, message)) == 2 and found)
    assert [(one["taken"], one["status"], one["target"]) for one in logged] == [
        (True, 204, "listen:http://127.0.0.1:3000/hook?x=1"),
        (False, 500, "listen:http://127.0.0.1:3000/hook?x=1"),
    ]
    after = send(vendor, "13800130002")
    vendor.eventually(lambda: any(after.encode() in one.body for one in receiver.came))
    assert not any(message.encode() in one.body for one in receiver.came)
    reply = Client(vendor.api_url).ask("POST", f"/v1/webhooks/{logged[0]['id']}/replay", {})
    assert reply.json()["error"]["facts"]["field"] == "to"


def test_what_has_no_address_is_called_while_somebody_listens_and_then_no_more(vendor: LocalVendor) -> None:
    client = Client(vendor.api_url)
    unheard = client.send_nxcloud("8613800130011", "hello").json()["data"][0]["messageid"]
    vendor.eventually(lambda: vendor.get_json(f"/v1/messages/{unheard}")["message"]["final"])
    with listening(vendor, dialect="nxcloud") as events:  # who hands nothing on says by itself what was taken
        heard = client.send_nxcloud("8613800130012", "hello").json()["data"][0]["messageid"]
        call = next_call(events)
        assert f"messageid={heard}" in base64.b64decode(call["body"]).decode()
        assert answer(vendor, call, 200, taken=True)
        vendor.eventually(lambda: [one["taken"] for one in calls(vendor, heard)] == [True])
        client.ask("POST", f"/v1/messages/{unheard}/push")
        assert next_call(events)["messages"] == [unheard]
    gone = vendor.eventually(lambda: calls(vendor, unheard))
    assert "whoever listened went away" in gone[0]["said"]
    assert gone[0]["given_up"], "NXCloud calls once"


def test_a_key_listens_to_its_own_project_and_others_are_refused(vendor: LocalVendor) -> None:
    client = Client(vendor.api_url, token="K.a secret")
    with client.stream("/v1/listen", seconds=5) as events:
        assert next(events).data["project"] == "shop"
        call_id = send(vendor, "13800130021")
        call = next_call(events)
        assert call["messages"] == [call_id]
        assert client.ask("POST", f"/v1/listen/{call['id']}", {"status": 200}).json() == {"waited": True}
    noted = vendor.run(vendor.system.road.reception.office.journal.entries(AuditQuery(action="push.listen")))
    assert ("K", "shop") in {(one["actor"], one["project"]) for one in noted}
    with pytest.raises(Refusal), Client(vendor.api_url, token="K.wrong").stream("/v1/listen"):
        pass
    vendor.eventually(lambda: not vendor.get_json("/v1/webhooks/waiting")["listeners"])


def test_the_command_hands_callbacks_to_a_program_and_leaves_cleanly(
    vendor: LocalVendor, receiver: CallbackReceiver
) -> None:
    address = f"{receiver.url}/local"
    command = [sys.executable, "-m", "hongyan", "listen", "--forward-to", address, "--json", "--url", vendor.api_url]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert child.stdout is not None
        assert child.stderr is not None
        assert "listening for callbacks of every project" in child.stderr.readline()
        message = send(vendor, "13800130031")
        line = json.loads(child.stdout.readline())
        assert (line["messages"], line["status"], line["answer"]) == ([message], 200, "ok")
        assert [one.path for one in receiver.came if message.encode() in one.body] == ["/local"]
        vendor.eventually(lambda: [one["taken"] for one in calls(vendor, message)] == [True])
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 130
    finally:
        child.kill()
        child.communicate()
    vendor.eventually(lambda: not vendor.get_json("/v1/webhooks/waiting")["listeners"])


def test_a_program_that_is_not_there_or_moved_is_told_as_the_server_would_find_it(receiver: CallbackReceiver) -> None:
    call = {"headers": [["content-type", "text/plain"]], "body": base64.b64encode(b"x").decode(), "timeout_s": 2.0}
    gone = hand_on(call | {"url": "http://127.0.0.1:1/"})
    assert (gone.status, "ConnectionRefusedError" in gone.why) == (0, True)
    receiver.status, receiver.headers = 307, {"Location": "/again"}
    try:
        moved = hand_on(call | {"url": f"{receiver.url}/first"})
    finally:
        receiver.status, receiver.headers = 200, {}
    assert "more than 3 redirects" in moved.why
    assert [one.path for one in receiver.came[-4:]] == ["/first", "/again", "/again", "/again"]
    assert receiver.came[-1].headers["content-type"] == "text/plain"


def test_a_listener_at_a_front_is_called_by_the_core(tmp_path: Path) -> None:
    with LocalVendor(tmp_path, fronts=1, receipt_delay_s=0) as vendor:
        came: list[str] = []

        def follow() -> None:
            with Client(vendor.api_url).stream("/v1/events", seconds=10) as events:
                ready.set()
                came.extend(event.kind for _, event in zip(range(2), events, strict=False))

        ready = threading.Event()
        follower = threading.Thread(target=follow)
        follower.start()
        assert ready.wait(10)
        with listening(vendor, to="http://127.0.0.1:9/") as events:
            message = send(vendor, "13800130041", project="demo")
            call = next_call(events)
            assert call["messages"] == [message]
            assert answer(vendor, call, 200, TAKEN)
            vendor.eventually(lambda: [one["taken"] for one in calls(vendor, message)] == [True])
        follower.join(15)
        assert came == ["accepted", "ended"]
