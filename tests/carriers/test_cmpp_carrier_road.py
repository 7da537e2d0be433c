"""CMPP, SMGP and SGIP carriers on their ordinary road: log-in, submit, answer, receipt, reply, goodbye."""

import asyncio
from typing import Any

import pytest

from carriers.hostile_smsc import message, until
from carriers.scripted_gateway import (
    ALL,
    CMPP2,
    CMPP3,
    NODE,
    SECRET,
    SGIP,
    SMGP,
    Script,
    listening,
    open_links,
    talking,
)
from hongyan.carriers import Piece
from hongyan.model.cause import CauseKind
from hongyan.model.clock import FakeClock
from hongyan.model.message import State
from hongyan.wire import cmpp, smgp

JANUARY_MS = 1_767_323_045_000
"""2026-01-02 11:04:05 in China: a timestamp whose zero in front is lost in the number"""
each = pytest.mark.parametrize("script", ALL, ids=lambda script: script.name)


def fields(script: Script, submit: Any) -> tuple[str, tuple[str, ...], int, bytes]:
    """Return sender, numbers, coding and content of a submit."""
    names = {
        "cmpp20": ("src_id", "dest_terminal_ids", "msg_fmt", "msg_content"),
        "cmpp30": ("src_id", "dest_terminal_ids", "msg_fmt", "msg_content"),
        "smgp": ("src_term_id", "dest_term_ids", "msg_format", "msg_content"),
        "sgip": ("sp_number", "user_numbers", "message_coding", "message_content"),
    }[script.name]
    sender, numbers, coding, content = (getattr(submit, name) for name in names)
    return sender, numbers, coding, content


@each
async def test_submits_and_is_answered(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1, content="【测】码12", extend="88"), message(2, content="hello")])
        await until(lambda: len(ears.answers) == 2)
        first, second = gateway.submits
        number = "8613800138000" if script is SGIP else "13800138000"
        assert fields(script, first) == ("1069088", (number,), 8, "【测】码12".encode("utf-16-be"))
        assert fields(script, second) == ("10690", (number,), 8, "hello".encode("utf-16-be"))
        assert [answer.provider_id for answer in ears.answers] == [gateway.id_of(one) for one in gateway.submits]
        assert [answer.message_id for answer in ears.answers] == [1, 2]
    assert isinstance(gateway.client.others[-1], script.goodbye)


@pytest.mark.parametrize("script", [CMPP2, CMPP3, SMGP], ids=lambda script: script.name)
async def test_a_log_in_proves_who_we_are_with_the_time_in_china(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway, clock=FakeClock(JANUARY_MS)):
        (pdu,) = gateway.log_ins
        assert pdu.timestamp == 102110405
        if script is SMGP:
            assert (pdu.client_id, pdu.login_mode, pdu.client_version) == ("333", 2, 0x30)
            assert pdu.authenticator_client == smgp.authenticator_client("333", SECRET, 102110405)
        else:
            assert (pdu.source_addr, pdu.version) == ("900001", 0x20 if script is CMPP2 else 0x30)
            assert pdu.authenticator_source == cmpp.authenticator_source("900001", SECRET, 102110405)


async def test_sgip_logs_in_in_clear_and_only_when_there_is_something_to_say() -> None:
    async with listening(SGIP) as gateway, talking(gateway) as (carrier, ears):
        assert carrier.room() == 32
        await asyncio.sleep(0.05)
        assert not gateway.clients
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        (bind,) = gateway.log_ins
        assert (bind.login_type, bind.login_name, bind.login_password) == (1, "333", SECRET)
        assert {bind.sequence.node, gateway.submits[0].sequence.node} == {NODE}


@each
async def test_a_receipt_is_acknowledged_only_once_it_is_stored(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        ears.keeps = True
        carrier.submit([message(1), message(2)])
        await until(lambda: len(ears.answers) == 2)
        first, second = gateway.submits
        gateway.client.report(first, 1)
        gateway.client.report(second, 2, script.failed)
        await until(lambda: len(ears.receipts) == 2)
        assert gateway.client.acknowledged() == []
        ears.store()
        await until(lambda: gateway.client.acknowledged() == [0, 0])
        assert [receipt.provider_id for receipt in ears.receipts] == [answer.provider_id for answer in ears.answers]
        assert [receipt.state for receipt in ears.receipts] == [State.DELIVERED, State.UNDELIVERED]
        assert ears.receipts[1].cause.code == script.failed.replace("/", ":")
        assert ears.receipts[1].cause.kind in {CauseKind.NUMBER, CauseKind.CARRIER}
        assert {receipt.number for receipt in ears.receipts} == {"8613800138000"}


@each
async def test_a_receipt_on_the_way_is_acknowledged_and_tells_nothing(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        gateway.client.report(gateway.submits[0], 1, script.pending)
        await until(lambda: gateway.client.acknowledged() == [0])
        assert not ears.receipts


@each
async def test_a_receipt_may_come_before_its_answer_and_over_another_link(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: client.report(submit, gateway.number(submit))
        async with talking(gateway, links=2) as (carrier, ears):
            carrier.submit([message(1), message(2)])
            await until(lambda: len(ears.receipts) == 2 and len(gateway.log_ins) == 2)
            assert not ears.answers
            one, other = sorted(gateway.clients, key=lambda client: -len(client.submits))
            for client in (one, other):
                for submit in client.submits:
                    gateway.take(client, submit)
            await until(lambda: len(ears.answers) == 2)
            other.report(one.submits[0], gateway.number(one.submits[0]))
            await until(lambda: len(ears.receipts) == 3)
            ids = {answer.provider_id for answer in ears.answers}
            assert {receipt.provider_id for receipt in ears.receipts} == ids


@each
async def test_a_reply_keeps_its_octets_and_its_piece(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        client = gateway.client
        client.reply("13800138000", "1069088", b"TD", 0)
        client.reply("+8613800138000", "1069088", "退订".encode("gb18030"), 15)
        client.reply("8613800138000", "1069088", b"\5\0\3\x2a\2\1" + "退订".encode("utf-16-be"), 8, header=True)
        client.reply("008613800138000", "1069088", b"\6\x08\4\1\x2c\3\2" + b"\xff\0", 4, header=True)
        await until(lambda: len(ears.replies) == 4)
        assert {reply.sender for reply in ears.replies} == {"8613800138000"}
        assert {reply.to for reply in ears.replies} == {"1069088"}
        assert [reply.coding for reply in ears.replies] == ["ascii", "gbk", "ucs2", "latin1"]
        assert [reply.octets for reply in ears.replies] == [
            b"TD",
            "退订".encode("gb18030"),
            "退订".encode("utf-16-be"),
            b"\xff\0",
        ]
        assert [reply.piece for reply in ears.replies] == [None, None, Piece(42, 2, 1), Piece(300, 3, 2)]
        assert len({reply.carrier_id for reply in ears.replies}) == 4
        await until(lambda: client.acknowledged() == [0, 0, 0, 0])


@each
async def test_the_window_is_kept_and_room_tells_it(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: None
        async with talking(gateway, window=3) as (carrier, ears):
            assert carrier.room() == 3
            carrier.submit([message(n) for n in (1, 2, 3)])
            await until(lambda: len(gateway.submits) == 3)
            assert carrier.room() == 0
            carrier.submit([message(4)])
            gateway.take(gateway.client, gateway.submits[1])
            await until(lambda: len(gateway.submits) == 4)
            assert [answer.message_id for answer in ears.answers] == [2]
            look = carrier.links()[0]
            assert (look.state, look.window, look.unanswered, look.sent, look.answered) == ("open", 3, 3, 4, 1)


@pytest.mark.parametrize(("script", "window"), [(CMPP2, 16), (CMPP3, 16), (SMGP, 16), (SGIP, 32)])
async def test_each_protocol_has_its_window(script: Script, window: int) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: None
        async with talking(gateway) as (carrier, _):
            assert carrier.room() == window
            carrier.submit([message(n) for n in range(window)])
            await until(lambda: len(gateway.submits) == window)
            assert carrier.room() == 0


@each
async def test_rebinding_closes_gracefully_and_logs_in_anew(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        carrier.rebind()
        await until(lambda: open_links(carrier) == 0 or len(gateway.log_ins) == 2)
        await until(lambda: any(isinstance(pdu, script.goodbye) for pdu in gateway.clients[0].others))
        await until(carrier.room)
        carrier.submit([message(2)])
        await until(lambda: len(ears.answers) == 2)
        assert len(gateway.log_ins) == 2


@each
async def test_a_goodbye_of_the_gateway_is_answered_and_the_next_message_goes_by_a_new_link(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        client = gateway.client
        bare = gateway.submits[0].sequence
        client.say(script.goodbye(bare))
        await until(
            lambda: type(client.others[-1]).__name__ == f"{script.goodbye.__name__}Resp" if client.others else 0
        )
        await until(carrier.room)
        carrier.submit([message(2)])
        await until(lambda: len(ears.answers) == 2)
        assert len(gateway.clients) == 2
        assert all(answer.cause is None for answer in ears.answers)


@each
async def test_the_transcript_hides_secrets_texts_and_numbers(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway, waits=False) as (carrier, ears):
        assert carrier.transcript is not None
        carrier.transcript.switch(2**60)
        await until(carrier.room)
        carrier.submit([message(1, content="top secret")])
        await until(lambda: ears.answers)
        gateway.client.report(gateway.submits[0], 1)
        await until(gateway.client.acknowledged)
        told = "\n".join(line.text for line in carrier.transcript.lines)
        assert {line.sent for line in carrier.transcript.lines} == {True, False}
        assert "submit" in told.lower()
        for hidden in (SECRET, "top secret", "13800138000", "top secret".encode("utf-16-be").hex()):
            assert hidden not in told
