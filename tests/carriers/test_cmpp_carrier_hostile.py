"""CMPP, SMGP and SGIP carriers whose gateway refuses, is silent, lies or goes away."""

import asyncio
from typing import Any

import pytest

from carriers.hostile_smsc import message, until
from carriers.scripted_gateway import ALL, CMPP2, CMPP3, SGIP, SMGP, Client, Script, listening, talking
from hongyan.model.cause import CauseKind
from hongyan.wire import cmpp, smgp

each = pytest.mark.parametrize("script", ALL, ids=lambda script: script.name)
ABSURD = {"cmpp20": b"\xff\xff\xff\xff" * 4, "cmpp30": bytes(16), "smgp": b"GET / HTTP/1.1\r\n\r\n", "sgip": bytes(24)}


@each
async def test_a_refused_log_in_is_seen_and_not_tried_again_at_once(script: Script) -> None:
    status = {"cmpp20": 3, "cmpp30": 3, "smgp": 21, "sgip": 1}[script.name]
    async with listening(script) as gateway:
        gateway.on_log_in = lambda client, pdu: client.say(script.welcome(pdu, status))
        async with talking(gateway, waits=False) as (carrier, ears):
            if script is SGIP:
                carrier.submit([message(1)])
            await until(lambda: carrier.links()[0].last_error)
            await asyncio.sleep(0.2)
            assert len(gateway.log_ins) == 1
            assert carrier.room() == 0
            assert carrier.links()[0].last_error.startswith(f"REFUSED: {status} ")
            if script is SGIP:
                (answer,) = ears.answers
                assert (answer.unsure, answer.again_ms) == (False, 0)


@each
async def test_too_many_connections_are_tried_again(script: Script) -> None:
    status = {"cmpp20": 5, "cmpp30": 9, "smgp": 2, "sgip": 3}[script.name]
    async with listening(script) as gateway:
        gateway.on_log_in = lambda client, pdu: client.say(
            script.welcome(pdu, 0 if len(gateway.log_ins) > 1 else status)
        )
        async with talking(gateway, waits=False) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: len(gateway.log_ins) == 2 and carrier.room())
            await until(lambda: ears.answers)
            assert ears.answers[0].cause is not None
            carrier.submit([message(2)])
            await until(lambda: len(ears.answers) == 2)
            assert ears.answers[1].cause is None


@pytest.mark.parametrize("script", [CMPP2, CMPP3, SMGP], ids=lambda script: script.name)
async def test_a_gateway_that_proves_nothing_is_used_and_noticed(
    script: Script, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def welcome(client: Client, pdu: Any) -> None:
        if script is SMGP:
            client.say(smgp.LoginResp(pdu.sequence, 0, b"x" * 16))
        else:
            client.say(cmpp.ConnectResp(pdu.sequence, 0, b"x" * 16, pdu.version))

    async with listening(script) as gateway:
        gateway.on_log_in = welcome
        async with talking(gateway) as (carrier, _):
            assert carrier.room() == 16
    assert "does not prove" in caplog.text + capsys.readouterr().out


async def test_a_2_0_gateway_may_write_its_status_wide() -> None:
    async with listening(CMPP2) as gateway:
        gateway.on_log_in = lambda client, pdu: client.octets(cmpp.encode(cmpp.ConnectResp(pdu.sequence), cmpp.V30))
        gateway.on_submit = lambda client, submit: client.octets(
            cmpp.encode(cmpp.SubmitResp(submit.sequence, 7, 0), cmpp.V30)
        )
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert ears.answers[0].provider_id == "7"


async def test_the_report_block_of_2_0_is_read_on_a_link_of_3_0() -> None:
    async with listening(CMPP3) as gateway, talking(gateway) as (_, ears):
        block = cmpp.encode_report(cmpp.Report(2**63 + 1, "DELIVRD", "", "", "8613800138000"), cmpp.V20)
        pdu = cmpp.Deliver(1, 9, "10690", src_terminal_id="13800138000", registered_delivery=1, msg_content=block)
        gateway.client.say(pdu)
        gateway.client.say(cmpp.Deliver(2, 10, "10690", registered_delivery=1, msg_content=block[:15]))
        await until(lambda: len(ears.receipts) == 2)
        assert [receipt.provider_id for receipt in ears.receipts] == [str(2**63 + 1)] * 2
        assert [receipt.number for receipt in ears.receipts] == ["8613800138000", ""]


@pytest.mark.parametrize(
    ("script", "broken", "result"),
    [
        (CMPP2, cmpp.Deliver(1, 9, registered_delivery=1, msg_content=b"id:12"), 1),
        (CMPP3, cmpp.Deliver(1, 9, registered_delivery=1, msg_content=b""), 1),
        (SMGP, smgp.Deliver(1, bytes(10), 1, msg_content=b"sub:001 stat:DELIVRD"), 10),
    ],
)
async def test_a_report_that_cannot_be_read_is_refused(script: Script, broken: Any, result: int) -> None:
    async with listening(script) as gateway, talking(gateway) as (_, ears):
        gateway.client.say(broken)
        await until(lambda: gateway.client.acknowledged() == [result])
        assert not ears.receipts


@each
async def test_a_request_whose_lengths_do_not_agree_is_refused_and_the_link_lives(script: Script) -> None:
    async with listening(script) as gateway, talking(gateway) as (carrier, ears):
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        octets = script.encode(script.reply(1, "13800138000", "10690", b"TD", 0, header=False))
        at = octets.index(b"\2TD")
        gateway.client.octets(octets[:at] + b"\x7f" + octets[at + 1 :])
        await until(lambda: gateway.client.acknowledged() == [{"smgp": 36, "sgip": 8}.get(script.name, 4)])
        gateway.client.report(gateway.submits[0], 1)
        await until(lambda: ears.receipts)
        assert not ears.replies
        assert len(gateway.clients) == 1


@each
async def test_messages_are_shared_among_links_and_what_one_loses_is_known(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: None
        async with talking(gateway, links=3, window=4) as (carrier, ears):
            carrier.submit([message(0)])
            await until(lambda: len(gateway.log_ins) == 3 and carrier.room() == 11)
            carrier.submit([message(n) for n in range(1, 12)])
            await until(lambda: len(gateway.submits) == 12)
            assert [len(client.submits) for client in gateway.clients] == [4, 4, 4]
            gateway.clients[0].reset()
            await until(lambda: len(ears.answers) == 4)
            assert all(answer.unsure for answer in ears.answers)
            for client in gateway.clients[1:]:
                for submit in client.submits:
                    gateway.take(client, submit)
            await until(lambda: len(ears.answers) == 12)
            assert {answer.message_id for answer in ears.answers} == set(range(12))
            assert sum(answer.cause is None for answer in ears.answers) == 8


@each
async def test_an_answer_that_never_comes_is_unsure(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: None
        async with talking(gateway, answer_s=0.1) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert answer.unsure
            assert answer.cause is not None
            assert answer.cause.code == "NO-ANSWER"
            await until(carrier.room)


@each
async def test_a_link_lost_with_messages_under_way_leaves_them_unsure(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: client.reset() if len(gateway.submits) == 3 else None
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(n) for n in (1, 2, 3)])
            await until(lambda: len(ears.answers) == 3)
            assert all(answer.unsure for answer in ears.answers)
            gateway.on_submit = gateway.take
            await until(carrier.room)
            carrier.submit([message(4)])
            await until(lambda: len(ears.answers) == 4)
            assert ears.answers[3].cause is None


@each
async def test_what_was_not_written_when_a_link_was_lost_is_safe_to_try_again(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: None
        async with talking(gateway, window=2, links=1, again_first_s=60.0, again_longest_s=60.0) as (carrier, ears):
            carrier.submit([message(1), message(2)])
            await until(lambda: len(gateway.submits) == 2)
            carrier.submit([message(3)])
            gateway.client.reset()
            await until(lambda: len(ears.answers) == 3)
            by_id = ears.by_id()
            assert by_id[1].unsure
            assert by_id[2].unsure
            assert (by_id[3].unsure, by_id[3].again_ms) == (False, 0)
            assert carrier.room() == 0


@each
async def test_nobody_at_the_address_gives_messages_back_at_once(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_log_in = lambda client, pdu: client.reset()
        async with talking(gateway, waits=False, again_first_s=60.0, again_longest_s=60.0) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert (answer.unsure, answer.again_ms) == (False, 0)
            assert answer.cause is not None
            assert answer.cause.kind is CauseKind.CARRIER
            await until(lambda: carrier.room() == 0)


@each
async def test_garbage_ends_the_link_and_a_new_one_goes_on(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: client.octets(ABSURD[script.name])
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert ears.answers[0].unsure
            gateway.on_submit = gateway.take
            await until(carrier.room)
            carrier.submit([message(2)])
            await until(lambda: len(ears.answers) == 2)
            assert ears.answers[1].cause is None


@each
async def test_answers_may_come_in_any_order_twice_late_and_octet_by_octet(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_submit = lambda client, submit: None
        async with talking(gateway) as (carrier, ears):
            carrier.submit([message(n) for n in (1, 2, 3)])
            await until(lambda: len(gateway.submits) == 3)
            octets = b"".join(
                script.encode(script.taken(submit, gateway.number(submit))) for submit in reversed(gateway.submits)
            )
            for one in octets + octets:
                gateway.client.octets(bytes((one,)))
                await gateway.client.writer.drain()
                await asyncio.sleep(0)
            await until(lambda: len(ears.answers) == 3)
            assert {answer.message_id: answer.provider_id for answer in ears.answers} == {
                n: gateway.id_of(submit) for n, submit in enumerate(gateway.submits, 1)
            }


@pytest.mark.parametrize("script", [CMPP2, CMPP3, SMGP], ids=lambda script: script.name)
async def test_a_silent_gateway_is_asked_and_then_left(script: Script) -> None:
    async with listening(script) as gateway:
        gateway.on_other = lambda client, pdu: None
        async with talking(gateway, idle_s=0.05, alive_s=0.1, alive_tries=2) as (_, __):
            await until(lambda: len(gateway.clients) >= 2)
            tests = [pdu for pdu in gateway.clients[0].others if "ActiveTest" in type(pdu).__name__]
            assert len(tests) == 2


@pytest.mark.parametrize("script", [CMPP3, SMGP], ids=lambda script: script.name)
async def test_our_life_is_proven_when_asked(script: Script) -> None:
    question = cmpp.ActiveTest(77) if script is CMPP3 else smgp.ActiveTest(77)
    async with listening(script) as gateway, talking(gateway):
        gateway.client.say(question)
        await until(lambda: [type(pdu).__name__ for pdu in gateway.client.others] == ["ActiveTestResp"])
        assert gateway.client.others[0].sequence == 77
