"""The whole system with SMPP customers: restarts, fronts, the simulated carrier, keys as they are declared."""

import asyncio
from pathlib import Path

import pytest

from dialects.smpp.smpp_line import Esme, submit
from hongyan.declare.checks import faults
from hongyan.declare.fields import Known
from hongyan.declare.smpp_keys import check_smpp_key
from hongyan.model.errors import Misconfigured
from hongyan.model.world import Key, Project
from hongyan.wire import smpp
from local_vendor import LocalVendor

SHOP = Project(name="shop", paid_in="100", allow_inside=True)
CUST = Key(project="shop", dialect="smpp", name="cust", secret="s3cret!")


def port_of(vendor: LocalVendor) -> int:
    return vendor.system.smpp_addresses["smpp"][1]


async def submitted(port: int, count: int) -> list[str]:
    """Submit over a session that cannot receive; return the ids."""
    esme = await Esme.bound(port, smpp.BindTransmitter)
    answers = await esme.ask_all([submit(f"text {number}".encode()) for number in range(count)])
    await esme.close()
    assert {answer.status for answer in answers} == {0}
    return [answer.message_id for answer in answers]


async def told(port: int, count: int) -> list[str]:
    """Bind as a receiver and return the ids of so many receipts."""
    esme = await Esme.bound(port, smpp.BindReceiver)
    receipts = await esme.receipts(count)
    await esme.close()
    return [one.id for one in receipts]


def test_receipts_outlive_a_restart(tmp_path: Path) -> None:
    """proves: smpp#receipt.kept"""
    with LocalVendor(tmp_path / "vendor", world=[SHOP, CUST], smpp_port=0) as vendor:
        ids = asyncio.run(submitted(port_of(vendor), 20))
        vendor.eventually(lambda: vendor.get_json(f"/v1/messages/{ids[-1]}")["message"]["final"])
    with LocalVendor(tmp_path / "vendor", world=[SHOP, CUST], smpp_port=0) as vendor:
        assert set(asyncio.run(told(port_of(vendor), 20))) == set(ids)


def test_pieces_outlive_a_restart(tmp_path: Path) -> None:
    """proves: smpp#long.pieces"""

    async def piece(port: int, number: int) -> str:
        esme = await Esme.bound(port, smpp.BindTransmitter)
        answer = await esme.ask(submit(bytes((5, 0, 3, 7, 2, number)) + b"half ", esm_class=0x40))
        await esme.close()
        assert answer.status == 0
        return str(answer.message_id)

    with LocalVendor(tmp_path / "vendor", world=[SHOP, CUST], smpp_port=0) as vendor:
        first = asyncio.run(piece(port_of(vendor), 1))
    with LocalVendor(tmp_path / "vendor", world=[SHOP, CUST], smpp_port=0) as vendor:
        second = asyncio.run(piece(port_of(vendor), 2))
        assert vendor.get_json(f"/v1/messages/{second}")["message"]["text"] == "half half "
        assert set(asyncio.run(told(port_of(vendor), 2))) == {first, second}


def test_the_server_lives_in_the_core_when_there_are_fronts(tmp_path: Path) -> None:
    with LocalVendor(tmp_path / "vendor", world=[SHOP, CUST], smpp_port=0, fronts=1) as vendor:
        ids = asyncio.run(submitted(port_of(vendor), 3))
        assert set(asyncio.run(told(port_of(vendor), 3))) == set(ids)


def test_without_a_port_nobody_binds(vendor: LocalVendor) -> None:
    assert vendor.system.smpp_addresses == {}


def test_a_certificate_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    running = LocalVendor(tmp_path / "vendor", smpp_tls_port=0, smpp_tls_cert=missing)
    with pytest.raises(Misconfigured, match="smpp_tls_cert"), running:
        pass


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ({"window": 0}, "window"),
        ({"max_sessions": 0}, "max_sessions"),
        ({"default_country": "CN"}, "default_country"),
        ({"codings": {"999": "gsm7"}}, "codings"),
        ({"codings": {"0": "gms7"}}, "codings"),
        ({"name": "x" * 65}, "name"),
    ],
)
def test_keys_that_cannot_work_are_refused_when_they_are_declared(key: dict[str, object], field: str) -> None:
    made = Key(**({"project": "shop", "dialect": "smpp", "name": "cust", "secret": "x"} | key))  # type: ignore[arg-type] # one field is wrong
    assert field in {fault[0] for fault in check_smpp_key(made)}
    assert field in {fault[0] for fault in faults(made, Known([SHOP]))}


def test_a_scheduled_message_leaves_when_it_is_due(tmp_path: Path) -> None:
    """proves: smpp#submit.times"""

    async def scheduled(port: int) -> tuple[str, str]:
        esme = await Esme.bound(port)
        answer = await esme.ask(submit(schedule_delivery_time="000000000001000R"))
        under_way = await esme.ask(smpp.QuerySm(0, message_id=answer.message_id))
        assert (answer.status, under_way.message_state) == (0, 1)
        (receipt,) = await esme.receipts(1)
        await esme.close()
        return receipt.id, answer.message_id

    with LocalVendor(tmp_path / "vendor", world=[SHOP, CUST], smpp_port=0) as vendor:
        told_id, answered = asyncio.run(scheduled(port_of(vendor)))
        assert told_id == answered
        message = vendor.get_json(f"/v1/messages/{answered}")["message"]
        assert message["submitted_at"] > message["accepted_at"]
