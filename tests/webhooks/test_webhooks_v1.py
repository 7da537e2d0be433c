"""Callbacks are logged with what was sent and answered, and made again when somebody asks, by /v1 and by commands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hongyan.cli import build
from hongyan.model.world import Key, Project
from hongyan.operate.journal import AuditQuery
from hongyan.testing import Client
from local_vendor import LocalVendor
from webhooks.callback_receiver import CallbackReceiver, Came, receiving

HOSTILE = b"<script>alert(1)</script>\x00\xff\x1b[31m"


class Shop:
    """A running system whose project `shop` is told at a receiver."""

    def __init__(self, vendor: LocalVendor, receiver: CallbackReceiver) -> None:
        self.vendor, self.receiver = vendor, receiver
        self.client = Client(vendor.api_url)
        self._last = 0

    def send(self, **fields: Any) -> str:
        self._last += 1
        number = f"1380013{self._last:04}"
        given = {"project": "shop", "text": "【一砂】hello"} | fields
        (message,) = self.client.ask("POST", "/v1/messages", {"to": number, **given}).json()["messages"]
        return str(message["id"])

    def calls(self, message: str, n: int = 1) -> list[dict[str, Any]]:
        """Return the calls about a message, newest first, once there are n."""

        def found() -> list[dict[str, Any]]:
            calls: list[dict[str, Any]] = self.ask("GET", "/v1/webhooks", message=message)["calls"]
            return calls if len(calls) >= n else []

        calls: list[dict[str, Any]] = self.vendor.eventually(found)
        assert len(calls) == n
        return calls

    def came(self, message: str) -> list[Came]:
        """Return the calls about a message that came, oldest first."""
        return [one for one in self.receiver.came if message.encode() in one.body]

    def owes_nothing(self) -> bool:
        """Drop what still waits to be told; return whether nothing does."""
        waiting = self.ask("GET", "/v1/webhooks/waiting")["waiting"]
        for one in waiting:
            self.client.ask("DELETE", f"/v1/webhooks/waiting/{one['id']}")
        return not waiting

    def ask(self, method: str, path: str, body: Any = None, **filters: Any) -> Any:
        reply = self.client.ask(method, path, body, **filters)
        assert reply.status < 300, reply.body
        return reply.json()

    def refused(self, method: str, path: str, body: Any = None) -> tuple[str, str]:
        error = self.client.ask(method, path, body).json()["error"]
        return error["reason"], error["facts"].get("why", "")

    def hongyan(self, *words: str) -> tuple[int, str]:
        verb = words[0]
        done = CliRunner().invoke(build((verb, "version")), [*words, "--url", self.vendor.api_url])
        return done.exit_code, done.output


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with receiving() as receiver:
        target = f"{receiver.url}/dr?shop=1&token=tops3cret"
        world = (
            Project(name="shop", paid_in="10", callbacks={"native": target}, push_retries_s=(3600.0,)),
            Project(name="mute", paid_in="10"),
            Key(project="shop", dialect="native", name="K", secret="shop's own secret"),
            Key(project="mute", dialect="native", name="M", secret="mute's own secret"),
        )
        with LocalVendor(tmp_path_factory.mktemp("shop"), world=world, receipt_delay_s=0) as vendor:
            yield Shop(vendor, receiver)


@pytest.fixture(autouse=True)
def kind(shop: Shop) -> None:
    shop.receiver.status, shop.receiver.answer, shop.receiver.headers = 200, b"ok", {}
    shop.vendor.eventually(shop.owes_nothing)  # what an earlier test left would be told in one call with this one's


def test_a_call_is_shown_with_what_was_sent_and_answered_and_without_secrets(shop: Shop) -> None:
    shop.receiver.headers = {"X-Auth-Token": "theirs", "X-Kind": "odd"}
    shop.receiver.answer = HOSTILE
    message = shop.send()
    (summary,) = shop.calls(message)
    assert (summary["taken"], summary["status"], summary["try"], summary["next_at"]) == (True, 200, 1, None)
    assert summary["target"] == f"{shop.receiver.url}/dr?shop=1&token=•••"
    call = shop.ask("GET", f"/v1/webhooks/{summary['id']}")
    assert json.loads(call["request"]["body"])["messages"][0]["id"] == message
    assert call["request"]["body"].encode() == shop.came(message)[0].body
    assert ["content-type", "application/json;charset=UTF-8"] in call["request"]["headers"]
    assert {"X-Auth-Token": "•••", "X-Kind": "odd"}.items() <= dict(call["answer"]["headers"]).items()
    assert call["answer"]["body"] is None
    assert call["answer"]["base64"]
    assert "tops3cret" not in json.dumps(call)
    code, shown = shop.hongyan("webhook", "show", summary["id"])
    assert code == 0
    assert "\x1b" not in shown


def test_a_failed_call_waits_is_retried_now_and_given_up_can_be_told_again(shop: Shop) -> None:
    shop.receiver.status, shop.receiver.answer = 503, b"later"
    message = shop.send()
    (failed,) = shop.calls(message)
    assert (failed["taken"], failed["given_up"], failed["try"]) == (False, False, 1)
    assert failed["next_at"] > failed["at"]
    waiting = shop.ask("GET", "/v1/webhooks/waiting", project="shop")["waiting"]
    (mine,) = [one for one in waiting if one["message"] == message]
    assert (mine["failed"], mine["due_at"]) == (1, failed["next_at"])

    shop.vendor.eventually(lambda: shop.ask("POST", "/v1/webhooks/retry", {"project": "shop"})["waiting"])
    second, _ = shop.calls(message, 2)
    assert (second["try"], second["given_up"], second["next_at"]) == (2, True, None)
    assert [one["id"] for one in shop.ask("GET", "/v1/webhooks", outcome="failed", target="/dr", limit=1)["calls"]] == [
        second["id"]
    ]
    tried = {one["id"] for one in shop.ask("GET", f"/v1/webhooks/{second['id']}")["tries"]}
    assert tried >= {one["id"] for one in shop.calls(message, 2)}  # a call may tell of other tests' messages, too
    assert "given up after 2" in shop.hongyan("webhook", "list", "--failed", "--project", "shop")[1]

    shop.receiver.status = 200
    done = shop.vendor.eventually(
        lambda: (found := shop.ask("POST", "/v1/webhooks/retry", {"project": "shop"}))["given_up"] and found
    )
    assert done == {"waiting": 0, "given_up": 1, "nowhere": 0}
    taken, *_ = shop.calls(message, 3)
    assert (taken["taken"], taken["try"]) == (True, 1)
    assert shop.ask("POST", "/v1/webhooks/retry", {}) == {"waiting": 0, "given_up": 0, "nowhere": 0}


def test_a_waiting_callback_can_be_dropped(shop: Shop) -> None:
    shop.receiver.status = 500
    message = shop.send()
    shop.calls(message)
    waits = shop.vendor.eventually(
        lambda: [one for one in shop.ask("GET", "/v1/webhooks/waiting")["waiting"] if one["message"] == message]
    )
    assert waits[0]["id"] in shop.hongyan("webhook", "waiting", "--project", "shop")[1]
    code, said = shop.hongyan("webhook", "drop", waits[0]["id"])
    assert (code, "dropped" in said) == (0, True)
    assert not [one for one in shop.ask("GET", "/v1/webhooks/waiting")["waiting"] if one["message"] == message]
    assert "dropped by dev" in json.dumps(shop.ask("GET", f"/v1/messages/{message}"))
    assert shop.refused("DELETE", f"/v1/webhooks/waiting/{waits[0]['id']}")[0] == "unknown-message"


def test_a_call_is_made_again_octet_for_octet_there_or_elsewhere(shop: Shop) -> None:
    message = shop.send()
    (call,) = shop.calls(message)
    replayed = shop.ask("POST", f"/v1/webhooks/{call['id']}/replay", {})
    first, again = shop.came(message)
    assert (again.path, again.body, again.headers["content-type"]) == (
        first.path,
        first.body,
        first.headers["content-type"],
    )
    assert (replayed["taken"], replayed["by_hand"], replayed["answer"]["body"]) == (True, True, "ok")
    shop.receiver.status, shop.receiver.answer = 418, b"teapot"
    code, said = shop.hongyan("webhook", "replay", call["id"], "--to", f"{shop.receiver.url}/other")
    assert (code, shop.came(message)[-1].path, "teapot" in said) == (1, "/other", True)
    assert [one["by_hand"] for one in shop.calls(message, 3)] == [True, True, False]
    forbidden = shop.ask("POST", f"/v1/webhooks/{call['id']}/replay", {"to": "http://169.254.169.254/latest"})
    assert "not an address on the outside" in forbidden["answer"]["why"]
    assert shop.refused("POST", f"/v1/webhooks/{call['id']}/replay", {"to": "ftp://x/"})[0] == "bad-field"
    assert shop.refused("POST", "/v1/webhooks/12/replay", {})[0] == "unknown-message"
    story = json.dumps(shop.ask("GET", f"/v1/messages/{message}"))
    assert "by hand" in story


def test_a_caller_is_told_once_more_at_the_address_declared_now(shop: Shop) -> None:
    message = shop.send()
    shop.calls(message)
    code, said = shop.hongyan("push", message)
    assert (code, "token=•••" in said) == (0, True)
    shop.calls(message, 2)
    first, again = shop.came(message)
    assert first.body == again.body
    own = shop.send(report_to=f"{shop.receiver.url}/its-own")
    shop.calls(own)
    assert shop.ask("POST", f"/v1/messages/{own}/push")["target"] == f"{shop.receiver.url}/its-own"
    mute = shop.send(project="mute")
    shop.vendor.eventually(lambda: shop.ask("GET", f"/v1/messages/{mute}")["message"]["final"])
    reason, why = shop.refused("POST", f"/v1/messages/{mute}/push")
    assert (reason, "no address" in why) == ("not-permitted", True)
    assert shop.refused("POST", "/v1/messages/nothing/push")[0] == "unknown-message"


def test_a_key_sees_and_touches_its_own_projects_callbacks_alone(shop: Shop) -> None:
    message = shop.send()
    (call,) = shop.calls(message)
    ours, theirs = (
        Client(shop.vendor.api_url, token=token) for token in ("K.shop's own secret", "M.mute's own secret")
    )
    assert ours.ask("GET", f"/v1/webhooks/{call['id']}").status == 200
    assert theirs.ask("GET", "/v1/webhooks").json()["calls"] == []
    for method, path in (
        ("GET", f"/v1/webhooks/{call['id']}"),
        ("POST", f"/v1/webhooks/{call['id']}/replay"),
        ("POST", f"/v1/messages/{message}/push"),
    ):
        assert theirs.ask(method, path, {} if method == "POST" else None).status == 404
    assert theirs.ask("POST", "/v1/webhooks/retry", {"project": "shop"}).status == 403
    assert len(shop.came(message)) == 1


def test_what_is_done_stands_in_the_audit_log(shop: Shop) -> None:
    (call,) = shop.calls(message := shop.send())
    shop.ask("POST", f"/v1/webhooks/{call['id']}/replay", {})
    shop.ask("POST", f"/v1/messages/{message}/push")
    journal = shop.vendor.system.road.reception.office.journal
    noted = shop.vendor.run(journal.entries(AuditQuery(action="push.")))
    assert {(one["action"], one["target"]) for one in noted} >= {
        ("push.replay", call["id"]),
        ("push.again", message),
    }
    assert {one["actor"] for one in noted} == {"dev"}


def test_failed_calls_alone_are_kept_while_taken_ones_stay_in_memory(tmp_path: Path) -> None:
    with receiving() as receiver:
        world = (Project(name="shop", paid_in="10", callbacks={"native": receiver.url}, push_retries_s=()),)
        with LocalVendor(tmp_path, world=world, receipt_delay_s=0, keep_calls="failed") as vendor:
            shop = Shop(vendor, receiver)
            taken = shop.send()
            shop.calls(taken)
            receiver.status = 500
            failed = shop.send()
            assert shop.calls(failed)[0]["given_up"]
            assert shop.ask("GET", f"/v1/webhooks/{shop.calls(taken)[0]['id']}")["answer"]["body"] == "ok"
            assert shop.ask("POST", f"/v1/webhooks/{shop.calls(taken)[0]['id']}/replay", {})["status"] == 500
        with LocalVendor(tmp_path, world=world, keep_calls="none") as vendor:
            shop = Shop(vendor, receiver)
            assert [one["taken"] for one in shop.ask("GET", "/v1/webhooks")["calls"]] == [False, False]
            unlogged = shop.send()
            vendor.eventually(lambda: "given up" in json.dumps(shop.ask("GET", f"/v1/messages/{unlogged}")))
            assert len(shop.ask("GET", "/v1/webhooks")["calls"]) == 2
