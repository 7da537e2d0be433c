"""Long texts in parts: kept piece by piece, accepted whole, and told of when they never become whole."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec import structs

from dialects.smpp.smpp_line import HANDSET, Esme, SmppLine, eventually, submit, why
from hongyan.accept.pieces import WAIT_MS, WHOLES_MOST
from hongyan.model.message import State
from hongyan.model.world import Key, Project
from hongyan.text import udh
from hongyan.text.air import segments
from hongyan.text.parts import GSM7, UCS2
from hongyan.wire import smpp
from hongyan.wire.smpp import tlvs
from hongyan.wire.smpp.times import absolute

CHINESE = "鸿雁传书，云中谁寄锦书来？雁字回时，月满西楼。\U0001f600" * 8
GSM = "Prices [in €] {and more} ^ " * 15

Cut = Callable[[str, str, int], list[smpp.SubmitSm]]


def by_header(text: str, alphabet: str, reference: int, *, is_wide: bool = False) -> list[smpp.SubmitSm]:
    parts = segments(text, alphabet, udh.WIDE if is_wide else udh.SHORT)
    return [
        submit(
            udh.concatenation(udh.Part(reference, len(parts), number, is_wide)) + octets,
            esm_class=0x40,
            data_coding=8 if alphabet == UCS2 else 0,
        )
        for number, octets in enumerate(parts, 1)
    ]


def by_wide_header(text: str, alphabet: str, reference: int) -> list[smpp.SubmitSm]:
    return by_header(text, alphabet, reference, is_wide=True)


def by_parameters(text: str, alphabet: str, reference: int) -> list[smpp.SubmitSm]:
    parts = segments(text, alphabet, udh.SHORT)
    return [
        submit(
            octets,
            data_coding=8 if alphabet == UCS2 else 0,
            tlvs=tlvs.sar_tlvs(tlvs.Sar(reference, len(parts), number)),
        )
        for number, octets in enumerate(parts, 1)
    ]


def ids(answers: Sequence[smpp.SubmitSmResp]) -> list[str]:
    assert [answer.status for answer in answers] == [0] * len(answers)
    return [answer.message_id for answer in answers]


@pytest.mark.parametrize("cut", [by_header, by_wide_header, by_parameters])
@pytest.mark.parametrize(("text", "alphabet"), [(CHINESE, UCS2), (GSM, GSM7)])
async def test_pieces_become_one_message_with_a_receipt_each(
    smpp_line: SmppLine, cut: Cut, text: str, alphabet: str
) -> None:
    """proves: smpp#long.pieces smpp#long.receipts"""
    esme = await Esme.bound(smpp_line.port)
    answered = ids(await esme.ask_all(cut(text, alphabet, 0x2A)))
    assert len(set(answered)) == len(answered) > 2
    (message,) = await smpp_line.messages()
    assert message.content == text
    assert str(message.id) == answered[-1]
    await smpp_line.end(message)
    receipts = await esme.receipts(len(answered))
    assert [one.id for one in receipts] == answered
    assert {one.stat for one in receipts} == {"DELIVRD"}
    assert await smpp_line.pieces.old() == []
    await esme.close()


async def test_pieces_come_one_by_one_in_any_order_over_any_session(smpp_line: SmppLine) -> None:
    """proves: smpp#long.pieces"""
    first, second = await Esme.bound(smpp_line.port), await Esme.bound(smpp_line.port)
    pieces = by_header(CHINESE, UCS2, 7)
    answered = [(await (first, second)[at % 2].ask(one)).message_id for at, one in enumerate(reversed(pieces))]
    (message,) = await smpp_line.messages()
    assert (message.content, str(message.id)) == (CHINESE, answered[-1])
    await first.close()
    await second.close()


async def test_a_long_text_is_asked_for_and_taken_back_by_its_first_or_last_id(smpp_line: SmppLine) -> None:
    """proves: smpp#long.receipts"""
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="other", secret="x"))
    esme, other = await Esme.bound(smpp_line.port), await Esme.bound(smpp_line.port, name="other", password="x")
    later = absolute(smpp_line.clock.now_ms() + 3_600_000)
    sent = [structs.replace(one, schedule_delivery_time=later) for one in by_header("二" * 100, UCS2, 9)]
    first, last = ids(await esme.ask_all(sent))
    for id_ in (first, last):
        answer = await esme.ask(smpp.QuerySm(0, message_id=id_))
        assert (answer.status, answer.message_state, answer.message_id) == (0, 1, id_)
        assert (await other.ask(smpp.QuerySm(0, message_id=id_))).status == 0x0C
    assert (await esme.ask(smpp.CancelSm(0, message_id=first))).status == 0
    assert sorted((one.id, one.stat) for one in await esme.receipts(2)) == [(first, "DELETED"), (last, "DELETED")]
    await esme.close()
    await other.close()


async def test_a_flood_of_halves_is_ended_faster_than_it_comes(smpp_line: SmppLine) -> None:
    """proves: smpp#long.incomplete"""
    esme = await Esme.bound(smpp_line.port)
    half = by_header("二" * 100, UCS2, 9)[0]
    halves = [structs.replace(half, source_addr=f"S{n}", registered_delivery=0) for n in range(WHOLES_MOST + 20)]
    for at in range(0, len(halves), 50):
        assert {one.status for one in await esme.ask_all(halves[at : at + 50])} == {0}
    smpp_line.clock.push(WAIT_MS / 1000 + 1)
    await smpp_line.server.chores.look_after_old()
    assert await smpp_line.pieces.old() == []
    await esme.close()


async def test_two_long_texts_do_not_mix(smpp_line: SmppLine) -> None:
    """proves: smpp#long.pieces"""
    esme = await Esme.bound(smpp_line.port)
    one, two = by_header("一" * 100, UCS2, 7), by_header("二" * 100, UCS2, 8)
    third = by_header("三" * 100, UCS2, 7)
    other = [smpp.SubmitSm(0, **_fields(pdu, destination_addr="8613800138009")) for pdu in third]
    await esme.ask_all([one[0], two[0], other[0], two[1], other[1], one[1]])
    found = {(message.to, message.content) for message in await smpp_line.messages()}
    assert found == {(HANDSET, "一" * 100), (HANDSET, "二" * 100), ("8613800138009", "三" * 100)}
    await esme.close()


def _fields(pdu: smpp.SubmitSm, **other: Any) -> dict[str, Any]:
    return {name: getattr(pdu, name) for name in pdu.__struct_fields__ if name != "sequence"} | other


async def test_only_the_pieces_that_asked_get_receipts(smpp_line: SmppLine) -> None:
    """proves: smpp#long.receipts"""
    esme = await Esme.bound(smpp_line.port)
    pieces = by_header("二" * 100, UCS2, 9)
    quiet = smpp.SubmitSm(0, **_fields(pieces[0], registered_delivery=0))
    answered = ids(await esme.ask_all([quiet, pieces[1]]))
    (message,) = await smpp_line.messages()
    await smpp_line.end(message, State.UNDELIVERED, "UNDELIV")
    (receipt,) = await esme.receipts(1)
    assert (receipt.id, receipt.stat) == (answered[1], "UNDELIV")
    await esme.close()


async def test_a_refused_whole_is_told_by_the_last_answer_and_by_receipts(smpp_line: SmppLine) -> None:
    """proves: smpp#long.refused"""
    await smpp_line.declare(Project(name="shop", keywords=("禁词",), max_length=1000))
    esme = await Esme.bound(smpp_line.port)
    pieces = by_header("二" * 100 + "禁词" + "二" * 100, UCS2, 9)
    answers = [await esme.ask(one) for one in pieces]
    assert [answer.status for answer in answers] == [0, 0, 0, 0x66]
    assert "blocked word" in why(answers[-1])
    receipts = await esme.receipts(3)
    assert [(one.id, one.stat, one.err) for one in receipts] == [
        (answer.message_id, "REJECTD", "102") for answer in answers[:3]
    ]
    assert await smpp_line.messages() == []
    await esme.close()


async def test_receipts_of_refused_pieces_wait_for_their_customer(smpp_line: SmppLine) -> None:
    """proves: smpp#long.refused"""
    sender = await Esme.bound(smpp_line.port, smpp.BindTransmitter)
    pieces = [smpp.SubmitSm(0, **_fields(one, destination_addr="8612")) for one in by_header("二" * 100, UCS2, 9)]
    answers = [await sender.ask(one) for one in pieces]
    assert [answer.status for answer in answers] == [0, 0x0B]
    receiver = await Esme.bound(smpp_line.port, smpp.BindReceiver)
    (receipt,) = await receiver.receipts(1)
    assert (receipt.id, receipt.stat) == (answers[0].message_id, "REJECTD")
    await receiver.close()
    again = await Esme.bound(smpp_line.port, smpp.BindReceiver)
    await eventually(lambda: nothing_is_left(smpp_line))
    assert again.delivered == []
    await sender.close()
    await again.close()


async def nothing_is_left(line: SmppLine) -> bool:
    return await line.pieces.endings("cust") == []


async def test_a_last_piece_that_was_put_off_completes_the_text_later(smpp_line: SmppLine) -> None:
    """proves: smpp#long.again"""
    esme = await Esme.bound(smpp_line.port)
    first, last = by_header("二" * 100, UCS2, 9)
    assert (await esme.ask(first)).status == 0
    smpp_line.desk.backlog = 1000
    assert (await esme.ask(last)).status == 0x14
    smpp_line.desk.backlog = 0
    assert (await esme.ask(last)).status == 0
    (message,) = await smpp_line.messages()
    assert message.content == "二" * 100
    assert esme.delivered == []
    await esme.close()


async def test_a_repeated_piece_changes_nothing(smpp_line: SmppLine) -> None:
    """proves: smpp#long.again"""
    esme = await Esme.bound(smpp_line.port)
    first, last = by_header("二" * 100, UCS2, 9)
    ids(await esme.ask_all([first, first, last, last]))
    assert [message.content for message in await smpp_line.messages()] == ["二" * 100]
    await esme.close()


async def test_what_never_becomes_whole_is_told_after_ten_minutes(smpp_line: SmppLine) -> None:
    """proves: smpp#long.incomplete"""
    esme = await Esme.bound(smpp_line.port)
    answered = ids(await esme.ask_all(by_header(CHINESE, UCS2, 9)[:-1]))
    smpp_line.clock.push(WAIT_MS / 1000 - 1)
    await smpp_line.server.chores.look_after_old()
    assert esme.delivered == []
    smpp_line.clock.push(2)
    await smpp_line.server.chores.look_after_old()
    receipts = await esme.receipts(len(answered))
    assert sorted((one.id, one.stat) for one in receipts) == sorted((one, "UNDELIV") for one in answered)
    assert await smpp_line.messages() == []
    await esme.close()


async def test_a_crash_between_the_pieces_and_the_desk_loses_and_doubles_nothing(
    smpp_line: SmppLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """proves: smpp#long.crash"""
    esme = await Esme.bound(smpp_line.port)
    with monkeypatch.context() as crash:
        crash.setattr(smpp_line.desk, "accept", _dies)
        crash.setattr(smpp_line.pieces, "drop", _forgets)
        await esme.ask_all(by_header("二" * 100, UCS2, 9))
    smpp_line.clock.push(WAIT_MS / 1000 + 1)
    with monkeypatch.context() as crash:
        crash.setattr(smpp_line.pieces, "drop", _forgets)
        await smpp_line.server.chores.look_after_old()
        assert [message.content for message in await smpp_line.messages()] == ["二" * 100]
    await smpp_line.server.chores.look_after_old()
    assert len(await smpp_line.messages()) == 1
    assert await smpp_line.pieces.old() == []
    await esme.close()


async def _dies(*_: object) -> list[object]:
    raise RuntimeError("the process ends here")


async def _forgets(*_: object) -> None:
    return None


async def test_endings_that_nobody_comes_for_are_dropped_after_a_week(smpp_line: SmppLine) -> None:
    """proves: smpp#long.incomplete"""
    esme = await Esme.bound(smpp_line.port, smpp.BindTransmitter)
    await esme.ask(by_header("二" * 100, UCS2, 9)[0])
    smpp_line.clock.push(WAIT_MS / 1000 + 1)
    await smpp_line.server.chores.look_after_old()
    assert len(await smpp_line.pieces.endings("cust")) == 1
    smpp_line.clock.push(8 * 24 * 3600)
    await smpp_line.server.chores.look_after_old()
    assert await smpp_line.pieces.endings("cust") == []
    await esme.close()


@pytest.mark.parametrize(
    ("octets", "status"),
    [(b"\x05\x00\x03\x01", 0x43), (b"\x06\x05\x04\x0b\x84\x0b\x84text", 0x45), (b"\x03\x24\x01\x01text", 0x45)],
)
async def test_headers_that_cannot_be_carried_are_refused(smpp_line: SmppLine, octets: bytes, status: int) -> None:
    """proves: smpp#long.headers"""
    esme = await Esme.bound(smpp_line.port)
    assert (await esme.ask(submit(octets, esm_class=0x40))).status == status
    await esme.close()
