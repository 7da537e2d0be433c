"""Receipts and replies: kept while the customer is away, told in order, repeated until they are taken."""

from typing import Any

import pytest

from dialects.smpp.smpp_line import HANDSET, Esme, SmppLine, eventually, submit
from hongyan.model.message import Message, State
from hongyan.model.world import Key
from hongyan.store.ops import KeepReply, PushRow, ReplyRow
from hongyan.wire import smpp
from hongyan.wire.smpp import tlvs

LONG = "回复内容很长，" * 20
DAY_S = 86_400


async def sent(line: SmppLine, count: int = 1, **fields: Any) -> list[Message]:
    """Submit over a session that cannot receive."""
    esme = await Esme.bound(line.port, smpp.BindTransmitter)
    answers = await esme.ask_all([submit(f"text {number}".encode(), **fields) for number in range(count)])
    await esme.ask(smpp.Unbind(0))
    await esme.until(lambda: esme.closed)
    await esme.close()
    assert {answer.status for answer in answers} == {0}
    return [one for one in await line.messages() if str(one.id) in {answer.message_id for answer in answers}]


async def reply(line: SmppLine, text: str, message: Message | None = None, to: str = "106900123") -> None:
    """Keep a reply as its carrier's matcher would."""
    row = ReplyRow(
        id=line.mint.mint(),
        carrier="carrier",
        key=text[:20],
        sender=HANDSET,
        to=to,
        text=text,
        received_at=line.clock.now_ms(),
        project="shop",
        dialect="smpp",
        app="cust",
        message_id=message.id if message else None,
    )
    push = PushRow(
        id=line.mint.mint(),
        message_id=None,
        project="shop",
        dialect="smpp",
        app="cust",
        target="",
        due_at=line.clock.now_ms(),
        reply_id=row.id,
        door="cust",
    )
    assert await line.store.write(KeepReply(row=row, pushes=[push]))
    line.wake([push])


async def test_a_receipt_says_everything_in_text_and_parameters(smpp_line: SmppLine) -> None:
    """proves: smpp#receipt.shape"""
    (message,) = await sent(smpp_line, tlvs=((tlvs.USER_MESSAGE_REFERENCE, b"\x12\x34"),))
    await smpp_line.end(message, State.UNDELIVERED, "27")
    esme = await Esme.bound(smpp_line.port)
    (receipt,) = await esme.receipts(1)
    pdu = esme.delivered[0]
    assert (pdu.esm_class, pdu.source_addr_ton, pdu.source_addr, pdu.dest_addr_ton, pdu.destination_addr) == (
        4,
        1,
        HANDSET,
        5,
        "ACME",
    )
    assert (receipt.id, receipt.text_id, receipt.stat, receipt.state, receipt.err, receipt.text) == (
        str(message.id),
        str(message.id),
        "UNDELIV",
        5,
        "027",
        "text 0",
    )
    assert receipt.network == tlvs.NetworkError(3, 27)
    assert tlvs.user_message_reference(pdu.tlvs) == 0x1234
    await esme.close()


@pytest.mark.parametrize(
    ("state", "stat"),
    [
        (State.DELIVERED, "DELIVRD"),
        (State.UNDELIVERED, "UNDELIV"),
        (State.REJECTED, "REJECTD"),
        (State.EXPIRED, "EXPIRED"),
        (State.UNKNOWN, "UNKNOWN"),
    ],
)
async def test_every_end_has_its_word(smpp_line: SmppLine, state: State, stat: str) -> None:
    """proves: smpp#receipt.states"""
    (message,) = await sent(smpp_line)
    await smpp_line.end(message, state)
    esme = await Esme.bound(smpp_line.port)
    assert [one.stat for one in await esme.receipts(1)] == [stat]
    await esme.close()


async def test_only_wanted_ends_are_told(smpp_line: SmppLine) -> None:
    """proves: smpp#receipt.wanted"""
    wanted = {}
    for wish in range(4):
        good, bad = await sent(smpp_line, 2, registered_delivery=wish)
        wanted[wish] = {str(good.id): "DELIVRD", str(bad.id): "UNDELIV"}
        await smpp_line.end(good)
        await smpp_line.end(bad, State.UNDELIVERED, "1")
    esme = await Esme.bound(smpp_line.port)
    told = {one.id for one in await esme.receipts(4)}
    assert [sorted(stat for id_, stat in wanted[wish].items() if id_ in told) for wish in range(4)] == [
        [],
        ["DELIVRD", "UNDELIV"],
        ["UNDELIV"],
        ["DELIVRD"],
    ]
    await esme.close()


async def test_what_happened_while_a_customer_was_away_is_told_in_order(smpp_line: SmppLine) -> None:
    """proves: smpp#receipt.kept"""
    messages = await sent(smpp_line, 30)
    for message in messages:
        smpp_line.clock.push(0.01)
        await smpp_line.end(message)
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", window=4))
    esme = await Esme.bound(smpp_line.port, smpp.BindReceiver)
    assert [one.id for one in await esme.receipts(30)] == [str(message.id) for message in messages]
    await esme.close()


async def test_the_window_holds_for_what_we_ask_too(smpp_line: SmppLine) -> None:
    """proves: smpp#window"""
    await smpp_line.declare(Key(project="shop", dialect="smpp", name="cust", secret="s3cret!", window=3))
    for message in await sent(smpp_line, 3) + await sent(smpp_line, 3):
        await smpp_line.end(message)
    esme = await Esme.bound(smpp_line.port)
    esme.answers_deliveries = False
    await esme.until(lambda: len(esme.delivered) >= 3)
    assert (await esme.ask(smpp.EnquireLink(0))).status == 0
    assert len(esme.delivered) == 3
    esme.answers_deliveries = True
    for pdu in esme.delivered[:3]:
        esme.write(smpp.encode(smpp.DeliverSmResp(pdu.sequence)))
    await esme.receipts(6)
    await esme.close()


async def test_a_refused_receipt_comes_again_later(smpp_line: SmppLine) -> None:
    """proves: smpp#receipt.again"""
    (message,) = await sent(smpp_line)
    esme = await Esme.bound(smpp_line.port)
    statuses = [0x64, 0x08, 0xFF]
    esme.statuses = [*statuses]
    await smpp_line.end(message)

    def time_passes() -> bool:
        smpp_line.clock.push(10)
        smpp_line.doors.look("cust")
        return len(esme.delivered) > len(statuses)

    await eventually(time_passes)
    assert [one.id for one in await esme.receipts(4)] == [str(message.id)] * 4
    events = [event.text for event in await smpp_line.store.events(message.id)]
    assert any("0xFF" in text and "again in 30 s" in text for text in events), events
    await esme.close()


async def test_what_a_lost_link_had_not_taken_is_told_over_another(smpp_line: SmppLine) -> None:
    """proves: smpp#receipt.again"""
    messages = await sent(smpp_line, 5)
    first = await Esme.bound(smpp_line.port)
    first.answers_deliveries = False
    for message in messages:
        await smpp_line.end(message)
    await first.until(lambda: len(first.delivered) == 5)
    second = await Esme.bound(smpp_line.port)
    await first.close()
    assert {one.id for one in await second.receipts(5)} == {str(message.id) for message in messages}
    await second.close()


async def test_a_taken_receipt_is_not_told_again(smpp_line: SmppLine) -> None:
    """proves: smpp#receipt.kept"""
    (message,) = await sent(smpp_line)
    await smpp_line.end(message)
    esme = await Esme.bound(smpp_line.port)
    await esme.receipts(1)
    await esme.ask(smpp.Unbind(0))
    await esme.close()
    (later,) = await sent(smpp_line)
    again = await Esme.bound(smpp_line.port)
    await smpp_line.end(later)
    assert [one.id for one in await again.receipts(1)] == [str(later.id)]
    await again.close()


async def test_what_nobody_came_for_in_a_week_is_dropped_and_says_so(smpp_line: SmppLine) -> None:
    """proves: smpp#receipt.week"""
    (message,) = await sent(smpp_line)
    await smpp_line.end(message)
    smpp_line.clock.push(8 * DAY_S)
    esme = await Esme.bound(smpp_line.port)

    async def is_said() -> bool:
        return any("seven days" in event.text for event in await smpp_line.store.events(message.id))

    await eventually(is_said)
    assert esme.delivered == []
    await esme.close()


async def test_replies_come_as_they_were_written(smpp_line: SmppLine) -> None:
    """proves: smpp#reply"""
    (message,) = await sent(smpp_line, source_addr_ton=3, source_addr="106900123")
    esme = await Esme.bound(smpp_line.port)
    await reply(smpp_line, "Yes please [€]", message)
    await esme.until(lambda: len(esme.delivered) == 1)
    await reply(smpp_line, "好的")
    await esme.until(lambda: len(esme.delivered) == 2)
    plain, chinese = esme.delivered
    assert (plain.source_addr, plain.destination_addr, plain.dest_addr_ton) == (HANDSET, "106900123", 3)
    assert (plain.esm_class, plain.data_coding, plain.short_message) == (0, 0, b"Yes please \x1b<\x1be\x1b>")
    assert (chinese.data_coding, chinese.short_message.decode("utf-16-be")) == (8, "好的")
    await esme.close()


async def test_a_long_reply_comes_in_parts_and_is_told_once_all_are_taken(smpp_line: SmppLine) -> None:
    """proves: smpp#reply"""
    esme = await Esme.bound(smpp_line.port)
    await reply(smpp_line, LONG)
    await esme.until(lambda: len(esme.delivered) == 3)
    assert {pdu.esm_class for pdu in esme.delivered} == {0x40}
    assert [pdu.short_message[3:6] for pdu in esme.delivered] == [
        bytes((esme.delivered[0].short_message[3], 3, number)) for number in (1, 2, 3)
    ]
    assert b"".join(pdu.short_message[6:] for pdu in esme.delivered).decode("utf-16-be") == LONG
    await esme.close()
