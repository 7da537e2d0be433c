"""An SMPP carrier on its ordinary road: bind, submit, answer, receipt, reply, goodbye."""

import asyncio

import pytest

from carriers.hostile_smsc import Caller, CarrierEars, accepted, built, listening, message, talking, until
from hongyan.carriers import Piece
from hongyan.model.cause import CauseKind
from hongyan.model.message import State
from hongyan.wire import smpp
from hongyan.wire.smpp import tlvs


async def test_binds_submits_and_is_answered() -> None:
    async with listening() as smsc, talking(smsc, source="10690") as (carrier, ears):
        assert carrier.room() == 10
        carrier.submit([message(1, content="你好"), message(2, content="hello")])
        await until(lambda: len(ears.answers) == 2)
        bind, (first, second) = smsc.binds[0], smsc.submits
        assert (bind.system_id, bind.password, bind.interface_version) == ("esme", "secret", 0x34)
        assert isinstance(bind, smpp.BindTransceiver)
        assert (first.data_coding, first.short_message) == (8, "你好".encode("utf-16-be"))
        assert (second.data_coding, second.short_message) == (0, b"hello")
        assert (second.source_addr, second.source_addr_ton, second.source_addr_npi) == ("10690", 3, 0)
        assert (second.destination_addr, second.dest_addr_ton, second.dest_addr_npi) == ("8613800138000", 1, 1)
        assert second.registered_delivery == 1
        assert second.validity_period in {"000001000000000R", "000000235959000R", "000000235958000R"}
        assert [answer.provider_id for answer in ears.answers] == [f"id{s.sequence}" for s in smsc.submits]
    assert isinstance(smsc.caller.others[-1], smpp.Unbind)


async def test_a_receipt_is_acknowledged_only_once_it_is_stored() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        ears.keeps = True
        smsc.caller.receipt("0A1B", err="027", stat="UNDELIV")
        await until(lambda: ears.receipts)
        smsc.caller.say(smpp.EnquireLink(77))
        await until(lambda: any(isinstance(pdu, smpp.EnquireLinkResp) for pdu in smsc.caller.others))
        assert smsc.caller.acknowledged() == []
        ears.store()
        await until(lambda: smsc.caller.acknowledged() == [1])
        (receipt,) = ears.receipts
        assert (receipt.state, receipt.provider_id, receipt.number) == (State.UNDELIVERED, "a1b", "8613800138000")
        assert receipt.cause.code == "UNDELIV:027"


async def test_a_receipt_in_tlvs_counts_before_its_text() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        pdu = smsc.caller.delivery(
            "8613800138000", b"", esm_class=4, tlvs=((0x001E, b"abc\0"), (0x0427, b"\2"), (0x1400, b"x"))
        )
        smsc.caller.say(pdu)
        await until(lambda: ears.receipts)
        assert (ears.receipts[0].provider_id, ears.receipts[0].state) == ("abc", State.DELIVERED)


async def test_a_receipt_on_the_way_is_acknowledged_and_tells_nothing() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        smsc.caller.receipt("1", stat="ENROUTE")
        smsc.caller.receipt("1", stat="ACCEPTD")
        await until(lambda: smsc.caller.acknowledged() == [1, 2])
        assert not ears.receipts


async def test_an_intermediate_notification_ends_nothing_but_by_delivery() -> None:
    """SMPP 3.4 §5.2.12: esm_class 0x20 tells of a try that failed; more tries follow."""
    async with listening() as smsc, talking(smsc) as (_, ears):
        for stat in ("UNDELIV", "BUSY", "UNKNOWN", "DELIVRD"):
            text = f"id:1 sub:001 dlvrd:000 submit date:2611220930 done date:2611220930 stat:{stat} err:001 text:"
            smsc.caller.say(smsc.caller.delivery("8613800138000", text.encode(), esm_class=0x20))
        await until(lambda: len(smsc.caller.acknowledged()) == 4)
        assert [receipt.state for receipt in ears.receipts] == [State.DELIVERED]


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("DELIVERED", State.DELIVERED),
        ("FAILED", State.UNDELIVERED),
        ("UNDELIVERABLE", State.UNDELIVERED),
        ("REJECTED", State.REJECTED),
        ("WHATEVER", State.UNKNOWN),
    ],
)
async def test_words_that_the_specification_does_not_have_are_understood(stat: str, state: State) -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        smsc.caller.receipt("1", stat=stat)
        await until(lambda: ears.receipts)
        assert ears.receipts[0].state is state


async def test_a_receipt_of_a_message_that_is_scheduled_is_no_end() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        tlvs = ((0x001E, b"abc\0"), (0x0427, b"\0"))
        smsc.caller.say(smsc.caller.delivery("8613800138000", b"", esm_class=4, tlvs=tlvs))
        await until(lambda: smsc.caller.acknowledged() == [1])
        assert not ears.receipts


async def test_a_receipt_that_names_no_message_is_kept_and_fits_none() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        smsc.caller.say(smsc.caller.delivery("8613800138000", b"stat:DELIVRD", esm_class=4))
        await until(lambda: ears.receipts)
        assert (ears.receipts[0].provider_id, ears.receipts[0].spellings) == ("-", ())


async def test_an_absolute_validity_has_an_end_that_can_be_written() -> None:
    async with listening() as smsc, talking(smsc, validity="absolute") as (carrier, ears):
        carrier.submit([message(1, expires_at=2**50)])
        await until(lambda: ears.answers)
        assert smsc.submits[0].validity_period.endswith("00+")


async def test_an_unmarked_receipt_is_one() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        text = b"id:77 sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:DELIVRD err:000 text:"
        smsc.caller.say(smsc.caller.delivery("8613800138000", text))
        await until(lambda: ears.receipts)
        assert ears.receipts[0].provider_id == "77"


async def test_a_reply_keeps_its_octets_and_its_piece() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        caller = smsc.caller
        caller.say(caller.delivery("+8613800138000", b"TD"))
        piece = b"\5\0\3\x2a\2\1" + "退订".encode("utf-16-be")
        caller.say(caller.delivery("8613800138000", piece, esm_class=0x40, data_coding=8))
        caller.say(caller.delivery("8613800138000", b"b", tlvs=tlvs.sar_tlvs(tlvs.Sar(300, 3, 2))))
        await until(lambda: len(ears.replies) == 3)
        first, second, third = ears.replies
        assert (first.sender, first.to, first.octets, first.coding) == ("8613800138000", "10690", b"TD", "gsm7")
        assert (second.coding, second.octets) == ("ucs2", "退订".encode("utf-16-be"))
        assert (second.piece, third.piece) == (Piece(42, 2, 1), Piece(300, 3, 2))
        await until(lambda: caller.acknowledged() == [1, 2, 3])


async def test_what_is_no_message_is_answered_as_the_protocol_says() -> None:
    async with listening() as smsc, talking(smsc) as (_, ears):
        caller = smsc.caller
        caller.say(smpp.QuerySm(5, "x"), smpp.AlertNotification(6), smpp.Unknown(0x99, 0, 7))
        caller.say(smpp.DataSm(8, source_addr="8613800138000", tlvs=((0x0424, b"hi"),)))
        await until(lambda: ears.replies)
        await until(lambda: len(caller.others) >= 3)
        said = {pdu.sequence: pdu for pdu in caller.others}
        assert isinstance(said[5], smpp.QuerySmResp)
        assert said[5].status == 3
        assert isinstance(said[7], smpp.GenericNack)
        assert isinstance(said[8], smpp.DataSmResp)
        assert 6 not in said
        assert ears.replies[0].octets == b"hi"


async def test_senders_and_receivers_may_be_links_of_their_own() -> None:
    async with listening() as smsc, talking(smsc, bind="both", links=2, receiver_links=2) as (carrier, ears):
        kinds = sorted(type(bind).__name__ for bind in smsc.binds)
        assert kinds == ["BindReceiver", "BindReceiver", "BindTransmitter", "BindTransmitter"]
        assert carrier.room() == 20
        carrier.submit([message(n) for n in range(1, 11)])
        await until(lambda: len(ears.answers) == 10)
        senders = [caller for caller in smsc.callers if isinstance(caller.binds[0], smpp.BindTransmitter)]
        assert sorted(len(caller.submits) for caller in senders) == [5, 5]
        receiver = next(caller for caller in smsc.callers if isinstance(caller.binds[0], smpp.BindReceiver))
        receiver.receipt(ears.answers[0].provider_id or "")
        await until(lambda: ears.receipts)


async def test_the_window_is_kept_and_room_tells_it() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: None
        async with talking(smsc, window=3) as (carrier, ears):
            assert carrier.room() == 3
            carrier.submit([message(n) for n in (1, 2, 3)])
            await until(lambda: len(smsc.submits) == 3)
            assert carrier.room() == 0
            smsc.caller.taken(smsc.submits[1])
            await until(lambda: ears.answers)
            assert ears.answers[0].message_id == 2
            assert carrier.room() == 1
            look = carrier.links()[0]
            assert (look.state, look.window, look.unanswered, look.sent, look.answered) == ("open", 3, 2, 3, 1)
            assert look.answer_p50_ms is not None


async def test_a_pace_is_kept_smoothly() -> None:
    async with listening() as smsc, talking(smsc, link_pace=50, window=100) as (carrier, ears):
        began = asyncio.get_running_loop().time()
        carrier.submit([message(n) for n in range(1, 26)])
        await until(lambda: len(ears.answers) == 25)
        assert asyncio.get_running_loop().time() - began > 0.3


async def test_rebinding_closes_gracefully_and_logs_in_anew() -> None:
    async with listening() as smsc, talking(smsc) as (carrier, ears):
        carrier.rebind()
        await until(lambda: len(smsc.binds) == 2 and carrier.room())
        assert any(isinstance(pdu, smpp.Unbind) for pdu in smsc.callers[0].others)
        assert ears.rooms >= 2


async def test_a_refused_bind_is_seen_and_not_tried_again_at_once() -> None:
    async with listening() as smsc:
        smsc.on_bind = lambda caller, bind: caller.say(accepted(bind, 0x0E))
        async with talking(smsc, waits=False) as (carrier, _):
            await until(lambda: carrier.links()[0].last_error)
            await asyncio.sleep(0.2)
            assert len(smsc.binds) == 1
            assert carrier.room() == 0
            assert carrier.links()[0].state == "closed"
            assert "ESME_RINVPASWD" in carrier.links()[0].last_error


async def test_a_bind_refused_for_a_passing_reason_is_tried_again_soon() -> None:
    async with listening() as smsc:

        def refuse_once(caller: Caller, bind: smpp.Bind) -> None:
            caller.say(accepted(bind, 0x08 if len(smsc.binds) == 1 else 0))

        smsc.on_bind = refuse_once
        async with talking(smsc) as (carrier, _):
            assert len(smsc.binds) == 2
            assert carrier.room()


async def test_another_address_is_dialled_when_the_first_is_dead() -> None:
    async with listening() as dead, listening() as smsc:
        port = dead.port
        dead.on_bind = lambda caller, bind: caller.reset()
        carrier = built(port, hosts=[f"127.0.0.1:{smsc.port}"])
        ears = CarrierEars()
        await carrier.open(ears)
        await until(carrier.room)
        assert len(smsc.binds) == 1
        await carrier.close()


@pytest.mark.parametrize("status", [0x58, 0x14, 0x64])
async def test_a_throttle_pauses_and_is_no_try(status: int) -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: caller.refused(submit, status)
        async with talking(smsc, throttle_pause_ms=250) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert (answer.slow_down, answer.again_ms, answer.unsure) == (True, 250, False)
            assert answer.cause is not None
            assert answer.cause.kind is CauseKind.LIMIT
            assert carrier.links()[0].throttled == 1


@pytest.mark.parametrize(
    ("status", "kind", "again"),
    [
        (0x0B, CauseKind.NUMBER, False),
        (0x0A, CauseKind.SENDER, False),
        (0x45, CauseKind.CONTENT, False),
        (0x08, CauseKind.LIMIT, True),
        (0x0E, CauseKind.CARRIER, True),
        (0x0421, CauseKind.CARRIER, False),
        (0xC4, CauseKind.OURS, False),
    ],
)
async def test_each_status_has_its_ending(status: int, kind: CauseKind, again: bool) -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: caller.refused(submit, status)
        async with talking(smsc) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            (answer,) = ears.answers
            assert answer.cause is not None
            assert answer.cause.kind is kind
            assert (answer.again_ms is not None) is again
            assert not answer.slow_down


async def test_an_operator_says_what_a_status_means() -> None:
    async with listening() as smsc:
        smsc.on_submit = lambda caller, submit: caller.refused(submit, 0x45)
        async with talking(smsc, statuses={"0x45": "throttle"}) as (carrier, ears):
            carrier.submit([message(1)])
            await until(lambda: ears.answers)
            assert ears.answers[0].slow_down


async def test_the_transcript_is_off_until_asked_and_hides_secrets_texts_and_numbers() -> None:
    async with listening() as smsc, talking(smsc) as (carrier, ears):
        assert carrier.transcript is not None
        carrier.submit([message(1)])
        await until(lambda: ears.answers)
        assert not carrier.transcript.lines
        carrier.transcript.switch(2**60)
        carrier.rebind()
        await until(lambda: len(smsc.binds) == 2 and carrier.room())
        carrier.submit([message(2, content="top secret text")])
        await until(lambda: len(ears.answers) == 2)
        told = "\n".join(line.text for line in carrier.transcript.lines)
        assert "bind_transceiver" in told
        assert "submit_sm" in told
        assert "submit_sm_resp" in told
        for hidden in ("password=secret", "top secret", "8613800138000", b"top secret".hex()):
            assert hidden not in told
        assert {line.sent for line in carrier.transcript.lines} == {True, False}
