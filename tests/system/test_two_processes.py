"""Two processes on one PostgreSQL database behave as one vendor: nothing twice, nothing lost when one dies."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hongyan.carriers import fate
from hongyan.model.message import State
from hongyan.model.world import App, CarrierConfig, Key, Project
from hongyan.send import remind
from hongyan.store import MessageQuery
from hongyan.testing import Client
from hongyan.testing.http import call
from hongyan.text.seals import alibaba_headers, alibaba_query
from local_vendor import LocalVendor

KEY_ID, SECRET = "LTAI5tEXAMPLEonly00001", "ExampleSecretForVectors+/=0001"
SHOP = (
    Project(name="shop", paid_in="1"),  # 22 parts at 0.045
    Key(project="shop", dialect="nxcloud", name="AKshop", secret="SKshop"),
    App(project="shop", name="shop"),
)


@pytest.fixture
def two(on_postgres: dict[str, Any], tmp_path: Path) -> Iterator[list[LocalVendor]]:
    first = LocalVendor(tmp_path / "a", world=SHOP, **on_postgres)
    second = LocalVendor(tmp_path / "b", **on_postgres)
    with first, second:
        yield [first, second]


def in_turns(two: list[LocalVendor], times: int, send: Callable[[Client, int], Any], **more: Any) -> list[Any]:
    """Send at both, eight at a time; return what `send` returned."""
    clients = [Client(one.api_url, **more) for one in two]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda turn: send(clients[turn % 2], turn), range(times)))


def test_each_has_its_own_number_in_its_ids(two: list[LocalVendor]) -> None:
    def sent(client: Client, turn: int) -> int:
        return int(client.send_nxcloud(f"86138001300{turn:02}", "hello").json()["data"][0]["messageid"])

    ids = in_turns(two, 40, sent)
    assert len(set(ids)) == 40
    nodes = {id_ >> 11 & 1023 for id_ in ids}
    assert nodes == {0, 1}


def test_a_numbers_limit_counts_at_both(two: list[LocalVendor]) -> None:
    def status(client: Client, _turn: int) -> str:
        reply = client.send_nxcloud("8613800138021", "code 1234", app="appotp1")
        return str(reply.json()["data"][0]["status"])

    assert in_turns(two, 16, status).count("Success") == 5


def test_a_nonce_is_spent_at_both(two: list[LocalVendor]) -> None:
    params = {
        "PhoneNumbers": "13800138022", "SignName": "阿里云", "TemplateCode": "SMS_480680001",
        "TemplateParam": '{"code":"1234"}',
    }  # fmt: skip
    date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    host = "dysmsapi.aliyuncs.com"
    headers = alibaba_headers(KEY_ID, SECRET, "SendSms", params, host=host, date=date, nonce=secrets.token_hex(16))

    def replayed(client: Client, _turn: int) -> str:
        reply = call("POST", f"{client.url}/?{alibaba_query(params)}", body=b"", headers=headers, timeout_s=20)
        return str(reply.json()["Code"])

    codes = in_turns(two, 8, replayed)
    assert sorted(codes) == ["OK", *["SignatureNonceUsed"] * 7]


def test_a_callers_own_id_is_one_message_at_both(two: list[LocalVendor]) -> None:
    def sent(client: Client, _turn: int) -> str:
        reply = client.send_nxcloud("8613800138023", "hello", sysMessageId="both-0000001")
        return str(reply.json()["data"][0]["status"])

    assert set(in_turns(two, 12, sent)) == {"Success"}
    found = two[0].run(two[0].system.store.messages(MessageQuery(client_id="both-0000001")))
    assert len(found) == 1


def test_money_is_spent_once(two: list[LocalVendor]) -> None:
    def taken(client: Client, turn: int) -> int:
        phones = [f"86138{turn:02}1301{place:02}" for place in range(3)]
        rows = client.send_nxcloud(phones, "hello", app="shop").json().get("data") or []
        return sum(row["status"] == "Success" for row in rows)

    assert sum(in_turns(two, 16, taken, credentials={"nxcloud": ("AKshop", "SKshop")})) == 22
    store = two[0].system.store
    assert two[0].run(store.balance("shop")) == two[0].run(store.ledger_sum("shop")) == 10_000


def test_what_one_accepted_another_sends(on_postgres: dict[str, Any], tmp_path: Path) -> None:
    healthy = CarrierConfig(name="simulator", settings={"profile": "healthy", "receipt_delay_ms": 20})
    with LocalVendor(tmp_path / "b", simulator_profile="dead", **on_postgres) as second:
        with LocalVendor(tmp_path / "a", simulator_profile="dead", **on_postgres) as first:
            assert Client(first.api_url).send_nxcloud("8613800138024", "hello").json()["code"] == 0
        assert second.system.current().carriers["simulator"].settings["profile"] == "dead"
        second.run(second.system.store.declare([healthy], (), 1))
        found = Client(second.api_url).wait_for("8613800138024", since=0, timeout_s=30, until="final")
        assert found["state"] == "delivered"


def test_receipts_that_the_dead_owed_are_said(
    on_postgres: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fate, "LATE_FACTOR", 1)
    monkeypatch.setattr(remind, "KEPT_AFTER_MS", 500)
    monkeypatch.setattr(remind, "ROUND_S", 0.1)
    with LocalVendor(tmp_path / "b", receipt_delay_s=2, **on_postgres) as second:
        with LocalVendor(tmp_path / "a", receipt_delay_s=2, **on_postgres) as first:
            client = Client(first.api_url)
            assert client.send_nxcloud("8613800138025", "hello").json()["code"] == 0
            submitted = MessageQuery(to="8613800138025", states=(State.SUBMITTED,))
            first.eventually(lambda: first.run(first.system.store.messages(submitted)))
        assert second.run(second.system.store.messages(submitted)), "it was said before its process ended"
        found = Client(second.api_url).wait_for("8613800138025", since=0, timeout_s=20, until="final")
        assert found["state"] == "delivered"
        story = second.get_json(f"/v1/messages/{found['id']}")
        assert "receipt-twice" not in {line.get("kind") for line in story["lines"]}
