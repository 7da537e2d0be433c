"""What is submitted, read as it was meant, accepted or refused with a status and a sentence."""

import json
from typing import Any

import pytest

from dialects.smpp.smpp_line import HANDSET, Esme, SmppLine, submit, why
from hongyan.model.message import Category, State
from hongyan.model.world import Key, Project
from hongyan.wire import smpp
from hongyan.wire.smpp import tlvs
from hongyan.wire.smpp.times import absolute, relative

GRIN = "\U0001f600"
HOUR_MS = 3_600_000


async def accepted(line: SmppLine, **fields: Any) -> Any:
    """Return the message that one submit became."""
    esme = await Esme.bound(line.port)
    answer = await esme.ask(submit(**fields))
    await esme.close()
    assert answer.status == 0, (hex(answer.status), why(answer))
    found = await line.store.message(int(answer.message_id))
    assert found is not None
    return found


async def refused(line: SmppLine, **fields: Any) -> tuple[int, str]:
    esme = await Esme.bound(line.port)
    answer = await esme.ask(submit(**fields))
    await esme.close()
    assert answer.message_id == ""
    return answer.status, why(answer)


async def test_an_accepted_submit_is_answered_with_our_id_after_it_is_on_disk(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.answer"""
    message = await accepted(smpp_line)
    assert (message.dialect, message.app, message.to, message.content) == ("smpp", "cust", HANDSET, "hello")
    assert (message.sender, message.state, message.project) == ("ACME", State.SENDING, "shop")
    assert [one.id for one in smpp_line.dispatch.taken] == [message.id]


@pytest.mark.parametrize(
    ("coding", "octets", "text"),
    [
        (0, b"\x00 \x1b\x65 {".replace(b"{", b"\x1b\x28"), "@ € {"),
        (0xF0, b"flash", "flash"),
        (0x10, b"flash", "flash"),
        (1, b"plain [ascii]", "plain [ascii]"),
        (1, b"price 5\x1b\x65 \x02", "price 5€ $"),
        (3, "café".encode("latin-1"), "café"),
        (8, f"你好{GRIN}".encode("utf-16-be"), f"你好{GRIN}"),
        (0x18, "你好".encode("utf-16-be"), "你好"),
    ],
)
async def test_texts_are_read_by_their_data_coding(smpp_line: SmppLine, coding: int, octets: bytes, text: str) -> None:
    """proves: smpp#text.codings"""
    assert (await accepted(smpp_line, text=octets, data_coding=coding)).content == text


@pytest.mark.parametrize("coding", [2, 4, 0xF4, 0x14, 5, 0xC0])
async def test_binary_and_unknown_codings_are_refused_with_a_sentence(smpp_line: SmppLine, coding: int) -> None:
    """proves: smpp#text.binary"""
    status, said = await refused(smpp_line, text=b"\x01\x02", data_coding=coding)
    assert status == 0x45
    assert "data_coding" in said
    assert await smpp_line.messages() == []


@pytest.mark.parametrize(
    ("coding", "octets", "status"),
    [(0, b"\xe9t\xe9", 0x45), (8, b"\x4f", 0x01), (8, b"\xd8\x3d", 0x45), (0, b"", 0x01)],
)
async def test_octets_that_are_no_text_are_not_guessed_at(
    smpp_line: SmppLine, coding: int, octets: bytes, status: int
) -> None:
    """proves: smpp#text.broken"""
    assert (await refused(smpp_line, text=octets, data_coding=coding))[0] == status


async def test_a_customer_may_mean_another_alphabet(smpp_line: SmppLine) -> None:
    """proves: smpp#text.own"""
    await smpp_line.declare(
        Key(
            project="shop",
            dialect="smpp",
            name="cust",
            secret="s3cret!",
            codings={"0": "latin1"},
            category=Category.CAPTCHA,
        )
    )
    message = await accepted(smpp_line, text="¡día!".encode("latin-1"))
    assert (message.content, message.category) == ("¡día!", Category.CAPTCHA)


@pytest.mark.parametrize(
    ("ton", "written", "read"),
    [
        (1, "8613800138000", "8613800138000"),
        (1, "+8613800138000", "8613800138000"),
        (1, "008613800138000", "8613800138000"),
        (2, "13800138000", "8613800138000"),
        (2, "8613800138000", "8613800138000"),
        (0, "13800138000", "8613800138000"),
        (0, "+6591234567", "6591234567"),
        (1, "447911123456", "447911123456"),
    ],
)
async def test_receivers_are_read_by_their_type_of_number(
    smpp_line: SmppLine, ton: int, written: str, read: str
) -> None:
    """proves: smpp#number.receiver"""
    assert (await accepted(smpp_line, dest_addr_ton=ton, destination_addr=written)).to == read


async def test_national_numbers_are_of_the_customers_country(smpp_line: SmppLine) -> None:
    """proves: smpp#number.receiver"""
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", default_country="44"))
    assert (await accepted(smpp_line, dest_addr_ton=2, destination_addr="07911123456")).to == "447911123456"


@pytest.mark.parametrize(
    ("ton", "to", "status"), [(1, "12", 0x0B), (0, "", 0x0B), (5, "ACME", 0x50), (1, "1" * 25, 0x0B)]
)
async def test_what_is_no_receiver_is_refused(smpp_line: SmppLine, ton: int, to: str, status: int) -> None:
    """proves: smpp#number.receiver"""
    esme = await Esme.bound(smpp_line.port)
    frame = smpp.encode(submit(dest_addr_ton=ton, destination_addr=to), {"destination_addr": 65})
    esme.write(frame[:12] + (77).to_bytes(4, "big") + frame[16:])
    await esme.until(lambda: esme.strays)
    assert esme.strays[0].status == status
    await esme.close()


@pytest.mark.parametrize(
    ("ton", "source", "sender", "extend"),
    [
        (5, "ACME", "ACME", None),
        (0, "Shop 24", "Shop 24", None),
        (0, "", None, None),
        (3, "106900123", "1069", "00123"),
        (3, "1069", "1069", None),
        (1, "+6591234567", "6591234567", None),
    ],
)
async def test_senders_are_names_or_ports_with_extensions(
    smpp_line: SmppLine, ton: int, source: str, sender: str | None, extend: str | None
) -> None:
    """proves: smpp#number.sender"""
    message = await accepted(smpp_line, source_addr_ton=ton, source_addr=source)
    assert (message.sender, message.extend) == (sender, extend)


async def test_a_name_that_no_phone_can_show_is_refused(smpp_line: SmppLine) -> None:
    """proves: smpp#number.sender"""
    assert (await refused(smpp_line, source_addr="Much too long"))[0] == 0x0A
    assert (await refused(smpp_line, source_addr="AC\x07ME"))[0] == 0x0A


async def test_validity_and_schedule_are_kept(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.times"""
    now = smpp_line.clock.now_ms()
    message = await accepted(smpp_line, validity_period=relative(HOUR_MS))
    assert (message.expires_at, message.due_at) == (now + HOUR_MS, now + 60_000)
    later = await accepted(smpp_line, schedule_delivery_time=absolute(now + 2 * HOUR_MS))
    assert (later.state, later.due_at // 1000) == (State.ACCEPTED, (now + 2 * HOUR_MS) // 1000)
    assert later.expires_at > now + 24 * HOUR_MS
    past = await accepted(smpp_line, schedule_delivery_time=absolute(now - HOUR_MS))
    assert past.state is State.SENDING


async def test_times_that_cannot_be_are_refused(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.times"""
    now = smpp_line.clock.now_ms()
    assert (await refused(smpp_line, schedule_delivery_time="tomorrow"))[0] == 0x61
    assert (await refused(smpp_line, schedule_delivery_time=absolute(now + 24 * 8 * HOUR_MS)))[0] == 0x61
    assert (await refused(smpp_line, validity_period="for ever"))[0] == 0x62
    assert (await refused(smpp_line, validity_period=absolute(now - HOUR_MS)))[0] == 0x62


async def test_wishes_that_are_never_granted_are_refused(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.never"""
    assert (await refused(smpp_line, replace_if_present_flag=1))[0] == 0x54
    assert (await refused(smpp_line, sm_default_msg_id=3))[0] == 0x63


async def test_the_desks_own_refusals_have_a_status_and_a_sentence(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.refused"""
    await smpp_line.declare(Project(name="shop", keywords=("forbidden",), max_length=20))
    status, said = await refused(smpp_line, text=b"this is forbidden")
    assert (status, said.startswith("The text holds a blocked word.")) == (0x66, True)
    assert (await refused(smpp_line, text=b"x" * 21))[0] == 0x01


async def test_an_empty_purse_is_no_reason_to_try_again(smpp_line: SmppLine) -> None:
    await smpp_line.declare(Project(name="poor"), Key(project="poor", dialect="smpp", name="poor", secret="x"))
    esme = await Esme.bound(smpp_line.port, name="poor", password="x")
    answers = await esme.ask_all([submit(), submit()])
    assert [answer.status for answer in answers] == [0x65, 0x65]
    await esme.close()


async def test_a_full_backlog_is_a_full_queue(smpp_line: SmppLine) -> None:
    smpp_line.desk.backlog = 1000
    assert (await refused(smpp_line))[0] == 0x14


async def test_data_sm_and_payloads_carry_texts_too(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.kinds"""
    esme = await Esme.bound(smpp_line.port)
    long = "长" * 200
    payload = ((tlvs.MESSAGE_PAYLOAD, long.encode("utf-16-be")),)
    first = await esme.ask(
        smpp.DataSm(0, destination_addr=HANDSET, dest_addr_ton=1, data_coding=8, registered_delivery=1, tlvs=payload)
    )
    second = await esme.ask(submit(b"", data_coding=8, tlvs=payload))
    assert (type(first), first.status, second.status) == (smpp.DataSmResp, 0, 0)
    assert [one.content for one in await smpp_line.messages()] == [long, long]
    assert [one.parts for one in await smpp_line.messages()] == [3, 3]
    await esme.close()


async def test_submit_multi_tells_who_was_refused(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.multi"""
    esme = await Esme.bound(smpp_line.port)
    multi = smpp.SubmitMulti(
        0,
        source_addr_ton=5,
        source_addr="ACME",
        dest_addresses=(smpp.Destination(1, 1, HANDSET), smpp.Destination(1, 1, "12"), "a list"),
        registered_delivery=1,
        short_message=b"to all",
    )
    answer = await esme.ask(multi)
    assert (answer.status, [(one.address, one.status) for one in answer.unsuccess_smes]) == (
        0,
        [("12", 0x0B), ("a list", 0x34)],
    )
    (message,) = await smpp_line.messages()
    await smpp_line.end(message)
    (receipt,) = await esme.receipts(1)
    assert (receipt.id, esme.delivered[0].source_addr) == (answer.message_id, HANDSET)
    nobody = smpp.SubmitMulti(0, dest_addresses=(smpp.Destination(1, 1, "12"),), short_message=b"x")
    assert (await esme.ask(nobody)).status == 0x0B
    await esme.close()


async def test_customers_ask_what_became_of_their_messages(smpp_line: SmppLine) -> None:
    """proves: smpp#query"""
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="other", secret="x"))
    esme, other = await Esme.bound(smpp_line.port), await Esme.bound(smpp_line.port, name="other", password="x")
    answer = await esme.ask(submit())
    query = smpp.QuerySm(0, message_id=answer.message_id)
    under_way = await esme.ask(query)
    assert (under_way.status, under_way.message_state, under_way.final_date) == (0, 1, "")
    (message,) = await smpp_line.messages()
    await smpp_line.end(message)
    ended = await esme.ask(query)
    assert (ended.message_state, ended.final_date) == (2, absolute(smpp_line.clock.now_ms()))
    assert (await other.ask(query)).status == 0x0C
    assert (await esme.ask(smpp.QuerySm(0, message_id="abc"))).status == 0x0C
    await esme.close()
    await other.close()


async def test_what_waits_for_its_time_can_be_taken_back(smpp_line: SmppLine) -> None:
    """proves: smpp#cancel"""
    esme = await Esme.bound(smpp_line.port)
    later = absolute(smpp_line.clock.now_ms() + HOUR_MS)
    waiting, gone = await esme.ask_all([submit(schedule_delivery_time=later), submit()])
    before = await smpp_line.store.balance("shop")
    assert (await esme.ask(smpp.CancelSm(0, message_id=waiting.message_id))).status == 0
    assert await smpp_line.store.balance("shop") > before
    (receipt,) = await esme.receipts(1)
    assert (receipt.id, receipt.stat, receipt.state) == (waiting.message_id, "DELETED", 4)
    again, under_way, unknown, all_ = await esme.ask_all(
        [
            smpp.CancelSm(0, message_id=waiting.message_id),
            smpp.CancelSm(0, message_id=gone.message_id),
            smpp.CancelSm(0, message_id="77"),
            smpp.CancelSm(0, destination_addr=HANDSET),
        ]
    )
    assert [one.status for one in (again, under_way, unknown, all_)] == [0x11, 0x11, 0x0C, 0x11]
    assert (await esme.ask(smpp.QuerySm(0, message_id=waiting.message_id))).message_state == 4
    await esme.close()


async def test_more_than_the_agreed_pace_is_throttled(smpp_line: SmppLine) -> None:
    """proves: smpp#pace"""
    await smpp_line.declare(
        Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", rate_per_second=5, window=100)
    )
    esme, second = await Esme.bound(smpp_line.port), await Esme.bound(smpp_line.port)
    answers = await esme.ask_all([submit() for _ in range(8)])
    assert [answer.status for answer in answers].count(0x58) == 3
    assert "more than 5 a second" in why(next(answer for answer in answers if answer.status))
    assert (await second.ask(submit())).status == 0x58
    smpp_line.clock.push(1)
    assert (await second.ask(submit())).status == 0
    await esme.close()
    await second.close()


async def test_one_submit_to_many_costs_its_receivers_of_the_pace(smpp_line: SmppLine) -> None:
    """proves: smpp#pace"""
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", rate_per_second=3))
    esme = await Esme.bound(smpp_line.port)
    many = tuple(smpp.Destination(1, 1, f"861380013800{digit}") for digit in range(5))
    answers = await esme.ask_all([smpp.SubmitMulti(0, dest_addresses=many, short_message=b"x"), submit()])
    assert [answer.status for answer in answers] == [0, 0x58]
    assert len(await smpp_line.messages()) == 5
    await esme.close()


async def test_more_unanswered_requests_than_the_window_are_throttled(smpp_line: SmppLine) -> None:
    """proves: smpp#window"""
    await smpp_line.declare(
        Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", rate_per_second=0, window=10)
    )
    esme = await Esme.bound(smpp_line.port)
    answers = await esme.ask_all([submit() for _ in range(25)])
    assert [answer.status for answer in answers] == [0] * 10 + [0x58] * 15
    assert "more than 10 unanswered" in why(answers[-1])
    assert len(await smpp_line.messages()) == 10
    assert [answer.status for answer in await esme.ask_all([submit() for _ in range(10)])] == [0] * 10
    await esme.close()


async def test_what_one_read_brought_is_accepted_together_and_in_order(smpp_line: SmppLine) -> None:
    """proves: smpp#submit.answer"""
    esme = await Esme.bound(smpp_line.port)
    answers = await esme.ask_all([submit(f"text {number}".encode()) for number in range(60)])
    found = {str(one.id): one.content for one in await smpp_line.messages()}
    assert [found[answer.message_id] for answer in answers] == [f"text {number}" for number in range(60)]
    assert len({one.submission for one in await smpp_line.messages()}) < 10
    await esme.close()


async def test_the_message_page_shows_the_pdu(smpp_line: SmppLine) -> None:
    """proves: smpp#story"""
    message = await accepted(
        smpp_line, text="验证码1234".encode("utf-16-be"), data_coding=8, tlvs=((tlvs.USER_MESSAGE_REFERENCE, b"\0\7"),)
    )
    story = json.dumps(await smpp_line.look.show(str(message.id)), ensure_ascii=False)
    for said in (
        "submit_sm #",
        f"5.0.ACME -> 1.1.{HANDSET}",
        "data_coding=0x08",
        "user_message_reference=0007",
        "验证码1234",
        "bound as cust",
    ):
        assert said in story
    assert "s3cret!" not in story


async def test_refusals_are_found_by_operators(smpp_line: SmppLine) -> None:
    """proves: smpp#story"""
    await refused(smpp_line, destination_addr="12")
    found = await smpp_line.look.refusals(5)
    assert (found[0]["dialect"], found[0]["action"]) == ("smpp", "submit_sm")
