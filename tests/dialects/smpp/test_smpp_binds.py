"""Who is let in, as what, and how a session ends."""

import json

import pytest

from dialects.smpp.smpp_line import HANDSET, Esme, SmppLine, submit
from hongyan.dialects.smpp.binding import LONGEST_WAIT_S, Patience
from hongyan.model.world import Key, Project
from hongyan.wire import smpp
from hongyan.wire.smpp import tlvs

KEY = Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", rate_per_second=0)


async def status_of(line: SmppLine, name: str, password: str) -> int:
    esme = await Esme.connect(line.port)
    answer = await esme.ask(smpp.BindTransceiver(0, name, password))
    await esme.until(lambda: esme.closed)
    await esme.close()
    return int(answer.status)


@pytest.mark.parametrize("kind", [smpp.BindTransceiver, smpp.BindReceiver, smpp.BindTransmitter])
async def test_a_customer_binds_in_each_direction(smpp_line: SmppLine, kind: type[smpp.Bind]) -> None:
    """proves: smpp#bind.kinds"""
    esme = await Esme.connect(smpp_line.port)
    answer = await esme.ask(kind(0, "cust", "s3cret!"))
    assert (type(answer), answer.status, answer.system_id) == (kind.response, 0, "hongyan")
    assert tlvs.value(answer.tlvs, tlvs.SC_INTERFACE_VERSION) == b"\x34"
    assert (await esme.ask(smpp.EnquireLink(0))).status == 0
    assert (await esme.ask(smpp.Unbind(0))).status == 0
    await esme.until(lambda: esme.closed)
    await esme.close()


async def test_sessions_of_older_versions_get_no_parameters(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.version"""
    esme = await Esme.connect(smpp_line.port)
    answer = await esme.ask(smpp.BindTransceiver(0, "cust", "s3cret!", interface_version=0x33))
    assert (answer.status, answer.tlvs) == (0, ())
    refused = await esme.ask(submit(destination_addr="12"))
    assert (refused.status, refused.tlvs) == (0x0B, ())
    await esme.close()


async def test_wrong_credentials_say_which(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.credentials"""
    await smpp_line.declare(
        Key(project="shop", dialect="smpp", name="off", secret="x", enabled=False),
        Key(project="shop", dialect="smpp", name="far", secret="x", allow_addresses=("203.0.113.0/24",)),
        Project(name="closed", enabled=False),
        Key(project="closed", dialect="smpp", name="shut", secret="x"),
    )
    found = {
        "password": await status_of(smpp_line, "cust", "wrong"),
        "name": await status_of(smpp_line, "nobody", "s3cret!"),
        "none": await status_of(smpp_line, "", ""),
        "disabled": await status_of(smpp_line, "off", "x"),
        "address": await status_of(smpp_line, "far", "x"),
        "project": await status_of(smpp_line, "shut", "x"),
    }
    assert found == {
        "password": 0x0E,
        "name": 0x0F,
        "none": 0x0F,
        "disabled": 0x0D,
        "address": 0x0D,
        "project": 0x0D,
    }


async def test_a_refused_bind_is_explained_without_its_password(smpp_line: SmppLine) -> None:
    await status_of(smpp_line, "cust", "nearly!!")
    found = await smpp_line.look.refusals(10)
    assert found[0]["action"] == "bind_transceiver"
    story = json.dumps(await smpp_line.look.show(found[0]["request_id"]))
    assert "nearly!!" not in story
    assert "s3cret!" not in story
    assert "system_id=cust" in story


async def test_one_session_too_many_is_told_so(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.sessions"""
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="two", secret="x", max_sessions=2))
    first, second = [await Esme.bound(smpp_line.port, name="two", password="x") for _ in range(2)]
    assert await status_of(smpp_line, "two", "x") == 0x05
    await first.ask(smpp.Unbind(0))
    await first.until(lambda: first.closed)
    third = await Esme.bound(smpp_line.port, name="two", password="x")
    for esme in (first, second, third):
        await esme.close()


async def test_what_comes_in_the_wrong_state_is_answered_so(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.state"""
    early = await Esme.connect(smpp_line.port)
    assert (await early.ask(submit())).status == 0x04
    receiver = await Esme.bound(smpp_line.port, smpp.BindReceiver)
    answers = await receiver.ask_all(
        [submit(), smpp.DataSm(0, destination_addr=HANDSET), smpp.QuerySm(0, message_id="1"), smpp.CancelSm(0)]
    )
    assert [answer.status for answer in answers] == [0x04] * 4
    assert (await receiver.ask(smpp.BindTransceiver(0, "cust", "s3cret!"))).status == 0x05
    for esme in (early, receiver):
        await esme.close()
    assert await smpp_line.messages() == []


async def test_what_nobody_knows_is_answered_by_generic_nack(smpp_line: SmppLine) -> None:
    """proves: smpp#unknown"""
    esme = await Esme.bound(smpp_line.port)
    strange = await esme.ask(smpp.Unknown(0x0000BEEF, 0, 0, b"body"))
    assert (type(strange), strange.status) == (smpp.GenericNack, 0x03)
    assert (await esme.ask(smpp.DeliverSm(0))).status == 0x03
    assert (await esme.ask(smpp.ReplaceSm(0, message_id="1"))).status == 0x13
    esme.write(smpp.encode(smpp.AlertNotification(99)))
    assert (await esme.ask(submit())).status == 0
    await esme.close()


async def test_a_key_that_is_switched_off_ends_its_sessions(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.world"""
    esme = await Esme.bound(smpp_line.port)
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", enabled=False))
    await esme.until(lambda: esme.unbound and esme.closed)
    await esme.close()
    assert await status_of(smpp_line, "cust", "s3cret!") == 0x0D


async def test_another_password_ends_sessions_and_another_pace_does_not(smpp_line: SmppLine) -> None:
    """proves: smpp#bind.world"""
    esme = await Esme.bound(smpp_line.port)
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", rate_per_second=50))
    assert (await esme.ask(submit())).status == 0
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="cust", secret="another"))
    await esme.until(lambda: esme.unbound and esme.closed)
    await esme.close()


async def test_bound_sessions_are_counted(smpp_line: SmppLine) -> None:
    esme = await Esme.bound(smpp_line.port)
    assert smpp_line.tally.read()["smpp_sessions", "cust"] == 1
    await esme.ask(smpp.Unbind(0))
    await esme.until(lambda: esme.closed)
    await esme.close()
    assert ("smpp_sessions", "cust") not in smpp_line.tally.read()


def test_wrong_binds_are_answered_later_and_later_until_they_are_forgiven() -> None:
    """proves: smpp#bind.patience"""
    patience = Patience()
    waits = [patience.failed("198.51.100.7", now_ms) for now_ms in range(10)]
    assert waits[:4] == [0, 0, 0.25, 0.5]
    assert waits[-1] == LONGEST_WAIT_S
    assert patience.failed("198.51.100.8", 10) == 0
    assert patience.failed("198.51.100.7", 400_000) == 0
    patience.failed("198.51.100.7", 400_000)
    patience.failed("198.51.100.7", 400_000)
    patience.welcomed("198.51.100.7")
    assert patience.failed("198.51.100.7", 400_000) == 0


def test_patience_remembers_only_so_many_addresses() -> None:
    patience = Patience()
    for number in range(10_050):
        patience.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0)
    assert len(patience._failures) == 10_000
