import pytest

from hongyan.simulators import Shape
from hongyan.simulators.faults import Fault
from hongyan.simulators.smpp import SMPP
from hongyan.text.air import text_of
from hongyan.wire import smpp
from hongyan.wire.smpp import receipts, statuses, tlvs
from simulators.rehearsal import Client, client, esme, gateway, submit, until

ORDINARY = "8613800138000"


async def answer(link: Client) -> smpp.SubmitSmResp:
    return await link.pdu(smpp.SubmitSmResp)


async def receipt(link: Client) -> receipts.DeliveryReceipt:
    pdu = await link.pdu(smpp.DeliverSm)
    link.send(smpp.encode(smpp.DeliverSmResp(pdu.sequence)))
    found = receipts.read(pdu)
    assert found is not None
    return found


async def test_a_message_is_answered_and_its_receipt_comes_with_the_same_id() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, ORDINARY))
        taken = await answer(link)
        assert (taken.sequence, taken.status) == (2, 0)
        pdu = await link.pdu(smpp.DeliverSm)
        found = receipts.read(pdu)
        assert found is not None
        assert (found.id, found.stat, found.text_id, found.text) == (taken.message_id, "DELIVRD", found.id, "hello")
        assert (pdu.source_addr, pdu.destination_addr, pdu.esm_class) == (ORDINARY, "10690001", 4)


async def test_ids_are_never_given_twice_not_even_by_the_next_start() -> None:
    ids = []
    for _ in range(2):
        async with gateway(SMPP) as gate, esme(gate) as link:
            link.send(*(submit(at, ORDINARY, registered_delivery=0) for at in range(2, 300)))
            ids += [(await answer(link)).message_id for _ in range(2, 300)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("account", "password", "status"),
    [
        ("hongyan", "wrong", statuses.RINVPASWD),
        ("nobody", "secret", statuses.RINVSYSID),
        ("refuse-13", "whatever", statuses.RBINDFAIL),
        ("refuse-5", "whatever", statuses.RALYBND),
    ],
)
async def test_a_bind_is_refused_and_the_link_closed(account: str, password: str, status: int) -> None:
    async with gateway(SMPP) as gate, client(gate, smpp.decode, smpp.HEADER) as link:
        link.send(smpp.encode(smpp.BindTransmitter(1, account, password), {"password": 33}))
        assert (await link.pdu(smpp.BindTransmitterResp)).status == status
        assert await link.octets() == b""
        assert gate.counts.turned_away == 1


async def test_nothing_is_taken_before_the_bind_nor_from_a_receiver() -> None:
    async with gateway(SMPP) as gate:
        async with client(gate, smpp.decode, smpp.HEADER) as link:
            link.send(submit(1, ORDINARY))
            assert (await answer(link)).status == statuses.RINVBNDSTS
        async with esme(gate, smpp.BindReceiver) as link:
            link.send(submit(2, ORDINARY))
            assert (await answer(link)).status == statuses.RINVBNDSTS


async def test_receipts_of_a_transmitter_wait_for_a_receiver_of_the_account() -> None:
    async with gateway(SMPP) as gate, esme(gate, smpp.BindTransmitter) as sending:
        sending.send(submit(2, ORDINARY))
        id_ = (await answer(sending)).message_id
        await until(lambda: gate.counts.waiting == 1)
        async with esme(gate, smpp.BindReceiver) as receiving:
            assert (await receipt(receiving)).id == id_


async def test_a_receipt_that_was_not_acknowledged_comes_again_on_the_next_link() -> None:
    async with gateway(SMPP) as gate:
        async with esme(gate) as link:
            link.send(submit(2, ORDINARY))
            id_ = (await answer(link)).message_id
            await link.pdu(smpp.DeliverSm)
        async with esme(gate) as link:
            assert (await receipt(link)).id == id_


async def test_a_receiver_that_does_not_acknowledge_is_given_only_so_many() -> None:
    async with gateway(SMPP, outstanding=3) as gate, esme(gate) as link:
        link.send(*(submit(at, ORDINARY) for at in range(2, 12)))
        for _ in range(10):
            await answer(link)
        given = [await link.pdu(smpp.DeliverSm) for _ in range(3)]
        await until(lambda: gate.counts.waiting == 7)
        link.send(smpp.encode(smpp.DeliverSmResp(given[0].sequence)))
        await link.pdu(smpp.DeliverSm)
        assert gate.counts.receipts == 4


async def test_a_receipt_that_could_not_be_stored_comes_again() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, ORDINARY))
        await answer(link)
        first = await link.pdu(smpp.DeliverSm)
        link.send(smpp.encode(smpp.DeliverSmResp(first.sequence, statuses.RX_T_APPN)))
        second = await link.pdu(smpp.DeliverSm)
        assert second.short_message == first.short_message


@pytest.mark.parametrize(
    ("ending", "stat"), [("4001", "DELIVRD"), ("4041", "UNDELIV"), ("4081", "EXPIRED"), ("4031", "DELIVRD")]
)
async def test_magic_endings(ending: str, stat: str) -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "861380000" + ending))
        assert (await answer(link)).status == 0
        assert (await receipt(link)).stat == stat


@pytest.mark.parametrize(
    ("ending", "first"),
    [
        ("4316", statuses.RTHROTTLED),
        ("4315", statuses.RINVDSTADR),
        ("4021", statuses.RTHROTTLED),
        ("4301", statuses.RMSGQFUL),
        ("4011", statuses.RINVDSTADR),
        ("4569", 0x45),
    ],
)
async def test_magic_refusals(ending: str, first: int) -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        for sequence in (2, 3):
            link.send(submit(sequence, "861380000" + ending))
        found = [(await answer(link)).status for _ in range(2)]
        assert found == [first, 0 if ending in {"4021", "4301", "4316"} else first]


async def test_a_receipt_may_come_before_the_answer_and_twice() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "8613800004061"))
        early = await receipt(link)
        assert (await answer(link)).message_id == early.id
        link.send(submit(3, "8613800004071"))
        id_ = (await answer(link)).message_id
        assert [(await receipt(link)).id for _ in range(2)] == [id_, id_]


async def test_answers_may_be_lost_doubled_and_overtaken() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        numbers = ("8613800004101", "8613800004304", "8613800004303", ORDINARY)
        link.send(*(submit(at, number, registered_delivery=0) for at, number in enumerate(numbers, 2)))
        assert [(await answer(link)).sequence for _ in range(4)] == [3, 3, 5, 4]
        link.send(submit(9, numbers[0], registered_delivery=0))
        assert (await answer(link)).sequence == 9, "the second hand-over is answered"


async def test_a_message_that_was_never_answered_is_delivered_all_the_same() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "8613800004305"))
        assert (await receipt(link)).stat == "DELIVRD"


async def test_a_receipt_on_the_way_comes_first_when_it_is_asked_for_or_forced() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        for sequence, number, wish in ((2, "8613800004307", 1), (3, ORDINARY, 0x11)):
            link.send(submit(sequence, number, registered_delivery=wish))
            await answer(link)
            pdu = await link.pdu(smpp.DeliverSm)
            assert pdu.esm_class == 0x20
            assert tlvs.message_state(pdu.tlvs) == 1
            assert (await receipt(link)).stat == "DELIVRD"


async def test_a_receipt_of_nothing_has_an_id_that_nobody_was_given() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "8613800004308"))
        assert (await answer(link)).message_id != (await receipt(link)).id


async def test_receipts_may_come_over_another_link() -> None:
    async with gateway(SMPP) as gate, esme(gate) as one, esme(gate) as other:
        one.send(submit(2, "8613800004306"))
        id_ = (await answer(one)).message_id
        assert (await receipt(other)).id == id_


@pytest.mark.parametrize("ending", ["4310", "4312", "4313"])
async def test_links_break(ending: str) -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "861380000" + ending))
        if ending == "4310":
            octets = await link.octets()
            assert 0 < len(octets) < 30
            assert int.from_bytes(octets[:4], "big") > len(octets)
        elif ending == "4312":
            assert int.from_bytes(await link.raw(4), "big") > 1 << 31
        else:
            assert await link.octets() == b"<reset>"


async def test_garbage_comes_in_place_of_an_answer() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "8613800004311"))
        assert (await link.pdu(smpp.Unknown)).command == 0xDEADBEEF


async def test_the_gateway_logs_out_and_waits_for_the_agreement() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "8613800004314", registered_delivery=0))
        await answer(link)
        link.send(smpp.encode(smpp.UnbindResp((await link.pdu(smpp.Unbind)).sequence)))
        assert await link.octets() == b""


async def test_faults_of_a_whole_link() -> None:
    faults = ((Fault.MUTE, 100), (Fault.ANSWERS_REVERSED, 100))
    async with gateway(SMPP, faults=faults) as gate, esme(gate) as link:
        link.send(smpp.encode(smpp.EnquireLink(2)), *(submit(at, ORDINARY, registered_delivery=0) for at in (3, 4, 5)))
        assert [(await answer(link)).sequence for _ in range(3)] == [5, 4, 3]


async def test_a_fault_may_strike_some_of_the_messages_the_same_ones_each_time() -> None:
    found = []
    for _ in range(2):
        async with gateway(SMPP, faults=((Fault.QUEUE_FULL, 30),), magic=False) as gate, esme(gate) as link:
            link.send(*(submit(at, f"86138000{at:05}", registered_delivery=0) for at in range(2, 202)))
            found.append([(await answer(link)).status != 0 for _ in range(200)])
    assert found[0] == found[1]
    assert 30 <= sum(found[0]) <= 90


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        (Shape(ids="decimal"), lambda id_: str(int(id_, 16))),
        (Shape(ids="upper"), str.upper),
        (Shape(ids="padded"), lambda id_: id_.rjust(20, "0")),
        (Shape(ids="hex", answer_ids="decimal"), lambda id_: f"{int(id_):x}"),
    ],
)
async def test_receipts_may_write_the_id_otherwise(shape: Shape, rule: object) -> None:
    assert callable(rule)
    async with gateway(SMPP, shape=shape) as gate, esme(gate) as link:
        link.send(submit(2, ORDINARY))
        id_ = (await answer(link)).message_id
        assert (await receipt(link)).id == rule(id_)


@pytest.mark.parametrize("parts", ["text", "tlvs"])
async def test_receipts_may_say_it_in_one_place_only(parts: str) -> None:
    async with gateway(SMPP, shape=Shape(parts=parts)) as gate, esme(gate) as link:
        link.send(submit(2, ORDINARY))
        id_ = (await answer(link)).message_id
        pdu = await link.pdu(smpp.DeliverSm)
        assert (bool(pdu.tlvs), bool(pdu.short_message)) == (parts == "tlvs", parts == "text")
        found = receipts.read(pdu)
        assert found is not None
        assert found.id == id_


@pytest.mark.parametrize(("wish", "ending", "comes"), [(0, "4001", False), (2, "4001", False), (2, "4041", True)])
async def test_receipts_come_as_they_are_wished_for(wish: int, ending: str, comes: bool) -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "861380000" + ending, registered_delivery=wish), submit(3, ORDINARY))
        first = [await answer(link), await answer(link)][0 if comes else 1]
        assert (await receipt(link)).id == first.message_id or comes


async def test_a_window_that_is_full_is_throttled() -> None:
    async with gateway(SMPP, window=2, profile="slow") as gate, esme(gate) as link:
        link.send(*(submit(at, ORDINARY, registered_delivery=0) for at in range(2, 6)))
        found = [await answer(link) for _ in range(4)]
        assert sorted(one.status for one in found) == [0, 0, statuses.RTHROTTLED, statuses.RTHROTTLED]


async def test_several_receivers_each_have_their_receipt() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        numbers = ("8613800138001", "8613800138002")
        destinations = tuple(smpp.Destination(1, 1, number) for number in numbers)
        pdu = smpp.SubmitMulti(2, source_addr="1069", dest_addresses=destinations, registered_delivery=1)
        link.send(smpp.encode(pdu))
        id_ = (await link.pdu(smpp.SubmitMultiResp)).message_id
        found = [await link.pdu(smpp.DeliverSm) for _ in range(2)]
        assert sorted(one.source_addr for one in found) == list(numbers)
        assert all(tlvs.receipted_message_id(one.tlvs) == id_ for one in found)


async def test_the_handset_answers_a_long_text_in_pieces() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(submit(2, "8613800004207"))
        await answer(link)
        await receipt(link)
        text = ""
        for number in (1, 2):
            pdu = await link.pdu(smpp.DeliverSm)
            link.send(smpp.encode(smpp.DeliverSmResp(pdu.sequence)))
            assert (pdu.esm_class, pdu.data_coding, pdu.short_message[4:6]) == (0x40, 8, bytes((2, number)))
            text += text_of(pdu.short_message[6:], "ucs2")
        assert text == "收到。" * 40


async def test_some_of_all_handsets_answer() -> None:
    async with gateway(SMPP, replies=(("好", 30),)) as gate, esme(gate) as link:
        link.send(*(submit(at, f"86138000{at:05}", registered_delivery=0) for at in range(2, 102)))
        for _ in range(100):
            await answer(link)
        found = [await link.pdu(smpp.DeliverSm) for _ in range(10)]
        assert {text_of(one.short_message, "ucs2") for one in found} == {"好"}
        assert gate.counts.replies < 60


async def test_what_cannot_be_read_is_answered_and_what_cannot_be_followed_closes_the_link() -> None:
    async with gateway(SMPP) as gate, esme(gate) as link:
        link.send(bytes.fromhex("00000010 00000099 00000000 00000007"))
        assert (await link.pdu(smpp.GenericNack)).status == statuses.RINVCMDID
        broken = bytearray(submit(8, ORDINARY))
        broken[-6] = 99
        link.send(bytes(broken))
        assert (await answer(link)).status == statuses.RINVMSGLEN
        link.send(b"GET / HTTP/1.1\r\n\r\n")
        await link.octets()
        assert gate.counts.malformed == 2


async def test_a_carrier_that_is_dead_closes_at_once() -> None:
    async with gateway(SMPP, profile="dead") as gate, client(gate, smpp.decode, smpp.HEADER) as link:
        assert await link.octets() in {b"", b"<reset>"}
