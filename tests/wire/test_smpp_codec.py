import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.wire import Malformed, frames
from hongyan.wire.smpp import (
    HEADER,
    LARGEST,
    NAMES,
    AlertNotification,
    BindTransceiver,
    BindTransceiverResp,
    DataSm,
    DeliverSm,
    DeliverSmResp,
    Destination,
    EnquireLink,
    GenericNack,
    Outbind,
    Pdu,
    QuerySmResp,
    Request,
    Response,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
    Unknown,
    decode,
    encode,
    refusal,
    refusal_of,
)
from hongyan.wire.smpp.layouts import LAYOUTS
from wire.smpp_samples import (
    BIND,
    BOUND,
    ENQUIRE,
    EXAMPLES,
    PDUS,
    RECEIPT,
    RECEIVED,
    SUBMIT,
    SUBMITTED,
    THROTTLED,
    octets,
    pdus_of,
)


def resized(frame: bytes) -> bytes:
    """The frame with a length that fits its octets."""
    return len(frame).to_bytes(4, "big") + frame[4:]


@pytest.mark.parametrize(
    ("frame", "pdu"),
    [
        (BIND, BindTransceiver(1, "esme1", "secret")),
        (BOUND, BindTransceiverResp(1, 0, "SMSC", ((0x0210, b"\x34"),))),
        (
            SUBMIT,
            SubmitSm(
                2,
                source_addr_ton=5,
                source_addr="ACME",
                dest_addr_ton=1,
                dest_addr_npi=1,
                destination_addr="8613800138000",
                esm_class=0x40,
                registered_delivery=1,
                data_coding=8,
                short_message=octets("050003090201 4f60597d"),
            ),
        ),
        (SUBMITTED, SubmitSmResp(2, 0, "0a1b2c3d")),
        (THROTTLED, SubmitSmResp(3, 0x58)),
        (
            RECEIPT,
            DeliverSm(
                7,
                source_addr_ton=1,
                source_addr_npi=1,
                source_addr="8613800138000",
                destination_addr="10690",
                esm_class=4,
                short_message=RECEIPT[51:151],
                tlvs=((0x001E, b"0a1b2c3d\0"), (0x0427, b"\2")),
            ),
        ),
        (RECEIVED, DeliverSmResp(7)),
        (ENQUIRE, EnquireLink(8)),
    ],
)
def test_the_examples_in_octets_are_read_and_written(frame: bytes, pdu: Pdu) -> None:
    assert decode(frame) == pdu
    assert encode(pdu) == frame


@pytest.mark.parametrize("pdu", LAYOUTS, ids=lambda pdu: pdu.name)
def test_every_pdu_comes_back_as_it_was_written(pdu: type[Request | Response]) -> None:
    @settings(max_examples=40)
    @given(pdus_of(pdu))
    def comes_back(one: Pdu) -> None:
        frame = encode(one)
        assert int.from_bytes(frame[:4], "big") == len(frame)
        assert decode(frame) == one

    comes_back()


@settings(max_examples=60)
@given(st.lists(PDUS, min_size=1, max_size=4), st.data())
def test_a_stream_is_cut_at_the_same_places_wherever_it_is_split(pdus: list[Pdu], data: st.DataObject) -> None:
    whole = [encode(pdu) for pdu in pdus]
    stream = b"".join(whole)
    at = data.draw(st.integers(0, len(stream)))
    first, taken = frames(stream[:at], HEADER, LARGEST)
    rest, last = frames(stream[taken:], HEADER, LARGEST)
    assert [*first, *rest] == whole
    assert taken + last == len(stream)


def test_every_split_of_a_receipt_between_two_others_gives_the_same_frames() -> None:
    stream = ENQUIRE + RECEIPT + SUBMITTED
    for at in range(len(stream) + 1):
        first, taken = frames(stream[:at], HEADER, LARGEST)
        assert [*first, *frames(stream[taken:], HEADER, LARGEST)[0]] == [ENQUIRE, RECEIPT, SUBMITTED]


@pytest.mark.parametrize(
    "start", [b"\0\0\0\x0f", (LARGEST + 1).to_bytes(4, "big"), b"GET / HTTP/1.1", b"\xff\xff\xff\xff"]
)
def test_a_length_that_cannot_be_ends_the_stream_after_what_came_before_it(start: bytes) -> None:
    assert frames(ENQUIRE + start, HEADER, LARGEST) == ([ENQUIRE], len(ENQUIRE))
    with pytest.raises(Malformed, match="octets; 16 to") as caught:
        frames(start, HEADER, LARGEST)
    assert caught.value.command is None
    assert refusal_of(caught.value) is None


@settings(max_examples=60)
@given(PDUS)
def test_a_pdu_cut_at_any_octet_is_a_value_or_malformed(pdu: Pdu) -> None:
    frame = encode(pdu)
    for length in range(len(frame)):
        cut = resized(frame[:length])[:length]
        try:
            read = decode(cut)
        except Malformed as fault:
            assert fault.command == (pdu.command if length >= HEADER else None)  # noqa: PT017 - either way is right
            assert fault.sequence == (pdu.sequence if length >= HEADER else 0)  # noqa: PT017
            assert length < HEADER or pdu.command >= 0x80000000 or fault.status  # noqa: PT017
        else:
            assert read.command == pdu.command
            assert encode(read, dict.fromkeys(("message_id", "system_id"), 0x20000))


@settings(max_examples=300)
@given(st.sampled_from([*NAMES, 0x0A, 0xFFFFFFFF]), st.sampled_from([0, 8, 0x400]), st.binary(max_size=80))
def test_whatever_octets_follow_a_header_are_a_value_or_malformed(command: int, status: int, body: bytes) -> None:
    head = b"".join(number.to_bytes(4, "big") for number in (HEADER + len(body), command, status, 77))
    try:
        pdu = decode(head + body)
    except Malformed as fault:
        assert (fault.command, fault.sequence) == (command, 77)  # noqa: PT017 - either way is right
        assert status == 0 or command < 0x80000000
    else:
        assert (pdu.command, pdu.sequence) == (command, 77)


@settings(max_examples=200)
@given(st.sampled_from(EXAMPLES), st.data())
def test_an_example_with_any_octets_changed_is_a_value_or_malformed(frame: bytes, data: st.DataObject) -> None:
    changed = bytearray(frame)
    for at, octet in data.draw(
        st.dictionaries(st.integers(0, len(frame) - 1), st.integers(0, 255), max_size=6)
    ).items():
        changed[at] = octet
    with contextlib.suppress(Malformed):
        decode(bytes(changed))


@given(st.binary(max_size=60))
def test_noise_is_a_value_or_malformed(noise: bytes) -> None:
    try:
        decode(noise)
    except Malformed as fault:
        assert fault.command is None or len(noise) >= HEADER  # noqa: PT017 - either way is right


@pytest.mark.parametrize(
    ("frame", "status", "says"),
    [
        (ENQUIRE[:4] + SUBMIT[4:], 0x02, "command_length says 16"),
        (resized(SUBMIT[:20]), 0x02, "source_addr: no NUL"),
        (resized(SUBMIT[:45]), 0x02, "submit_sm.registered_delivery: the PDU ends before it"),
        (resized(SUBMIT[:-1]), 0x01, "10 octets are announced, 9 are there"),
        (resized(RECEIPT[:-1]), 0xC0, "0x0427 announces 1 octets, 0 are there"),
        (resized(RECEIPT[:-3]), 0xC0, "2 octets are no optional parameter"),
        (resized(BIND[:-2]), 0x02, "bind_transceiver.addr_npi: the PDU ends before it"),
    ],
)
def test_a_broken_request_says_where_and_what_to_answer(frame: bytes, status: int, says: str) -> None:
    with pytest.raises(Malformed, match=says) as caught:
        decode(frame)
    assert caught.value.status == status
    assert caught.value.command == int.from_bytes(frame[4:8], "big")
    assert caught.value.sequence == int.from_bytes(frame[12:16], "big")


def test_a_receiver_of_many_that_is_neither_address_nor_list_has_its_own_status() -> None:
    frame = encode(SubmitMulti(1, dest_addresses=(Destination(1, 1, "1"), "list")))
    at = frame.index(b"\x02list")
    with pytest.raises(Malformed, match="dest_flag 3") as caught:
        decode(frame[:at] + b"\3" + frame[at + 1 :])
    assert caught.value.status == 0x40


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Malformed("", command=4, sequence=9, status=0x01), octets("00000010 80000004 00000001 00000009")),
        (Malformed("", command=4, sequence=9, status=0xC0), octets("00000010 80000004 000000c0 00000009")),
        (Malformed("", command=4, sequence=9, status=0x02), octets("00000010 80000000 00000002 00000009")),
        (Malformed("", command=0x102, sequence=9, status=0xC0), octets("00000010 80000000 000000c0 00000009")),
        (Malformed("", command=0x80000021, sequence=9), None),
        (Malformed("", command=0x80000021, sequence=9, status=0x02), None),
        (Malformed("a stream that cannot be followed"), None),
    ],
)
def test_a_broken_request_is_answered_and_a_broken_answer_is_not(fault: Malformed, answer: bytes | None) -> None:
    assert refusal_of(fault) == answer


def test_a_refusal_is_the_requests_own_answer_or_generic_nack() -> None:
    assert decode(refusal(4, 9, 0x58)) == SubmitSmResp(9, 0x58)
    assert decode(refusal(0x0A, 9, 0x03)) == GenericNack(9, 0x03)
    assert decode(refusal(0x0B, 9, 0x03)) == GenericNack(9, 0x03)


@pytest.mark.parametrize(
    ("frame", "pdu"),
    [
        ("80000004 00000008 00000003 30313200", SubmitSmResp(3, 8, "012")),  # an id beside a refusal
        ("80000004 00000008 00000003 ffff", SubmitSmResp(3, 8, "\xff\xff")),
        ("80000004 00000000 00000003", SubmitSmResp(3, 0, "")),
        ("80000004 00000000 00000003 303132", SubmitSmResp(3, 0, "012")),  # no NUL after the id
        ("80000004 00000000 00000003 30313200 0000", SubmitSmResp(3, 0, "012")),  # padding
        ("80000004 00000000 00000003 30313200 14000001ff", SubmitSmResp(3, 0, "012", ((0x1400, b"\xff"),))),
        ("80000009 0000000e 00000003", BindTransceiverResp(3, 0x0E)),
        ("80000021 00000008 00000003 00", SubmitMultiResp(3, 8)),
        ("80000003 00000067 00000003", QuerySmResp(3, 0x67)),
        ("80000005 00000000 00000003", DeliverSmResp(3)),
        ("00000015 00000000 00000003 00ff", EnquireLink(3)),
    ],
)
def test_what_carriers_do_beyond_the_specification_is_read(frame: str, pdu: Pdu) -> None:
    body = octets(frame)
    assert decode((len(body) + 4).to_bytes(4, "big") + body) == pdu


def test_names_and_passwords_longer_than_the_specification_has_are_read_and_written_when_the_caller_says_so() -> None:
    pdu = BindTransceiver(1, "a-system-id-of-more-than-sixteen", "a-password-of-more-than-nine")
    frame = encode(pdu, {"system_id": 40, "password": 40})
    assert decode(frame) == pdu
    with pytest.raises(Malformed, match="system_id: 32 octets; at most 15"):
        encode(pdu)
    with pytest.raises(Malformed, match="password: 28 octets; at most 27") as caught:
        encode(pdu, {"system_id": 40, "password": 28})
    assert caught.value.status == 0xC2
    with pytest.raises(Malformed, match="short_message: 256 octets; at most 255"):
        encode(SubmitSm(1, short_message=b"a" * 256), {"short_message": 300})


@pytest.mark.parametrize(
    ("pdu", "says"),
    [
        (SubmitSm(1, destination_addr="1" * 21), "submit_sm.destination_addr: 21 octets; at most 20"),
        (SubmitSm(1, destination_addr="1\0002"), "submit_sm.destination_addr: it holds a NUL"),
        (SubmitSm(1, source_addr="鸿雁"), "submit_sm.source_addr: .* not Latin-1"),
        (SubmitSm(1, data_coding=256), "submit_sm.data_coding: 256 is not between 0 and 255"),
        (SubmitSm(1, esm_class=-1), "submit_sm.esm_class: -1"),
        (SubmitSm(1, short_message=b"a" * 255), "submit_sm.short_message: 255 octets; at most 254"),
        (SubmitSm(1, validity_period="0" * 17), "submit_sm.validity_period: 17 octets"),
        (SubmitSm(1, service_type="CELLUL"), "submit_sm.service_type: 6 octets"),
        (SubmitSm(1, tlvs=((0x10000, b""),)), "submit_sm.tlvs: 65536 is no tag"),
        (SubmitSm(1, tlvs=((0x0424, b"a" * 0x10000),)), "0x0424 has 65536 octets"),
        (SubmitSm(1 << 32), "submit_sm: command, status and sequence"),
        (EnquireLink(-1), "enquire_link: command, status and sequence"),
        (SubmitSmResp(1, 0, "1" * 65), "submit_sm_resp.message_id: 65 octets"),
        (Outbind(1, "a" * 16), "outbind.system_id"),
        (DataSm(1, destination_addr="1" * 65), "data_sm.destination_addr: 65 octets; at most 64"),
        (AlertNotification(1, esme_addr="1" * 65), "alert_notification.esme_addr"),
        (SubmitMulti(1, dest_addresses=("a",) * 255), "255 receivers"),
    ],
)
def test_what_does_not_fit_names_its_field(pdu: Pdu, says: str) -> None:
    with pytest.raises(Malformed, match=says) as caught:
        encode(pdu)
    assert caught.value.command == pdu.command


def test_a_payload_of_64_kib_fits_in_the_largest_pdu() -> None:
    pdu = SubmitSm(1, source_addr="1" * 20, tlvs=((0x0424, b"a" * 0xFFFF), (0x0204, b"\0\1")))
    frame = encode(pdu)
    assert len(frame) <= LARGEST
    assert decode(frame) == pdu


def test_addresses_keep_every_octet() -> None:
    every = "".join(map(chr, range(236, 256)))
    assert decode(encode(SubmitSm(1, source_addr=every))) == SubmitSm(1, source_addr=every)


def test_an_unknown_command_is_kept_as_it_came() -> None:
    frame = octets("00000013 00000112 00000001 00000002 010203")
    assert decode(frame) == Unknown(0x112, 1, 2, b"\1\2\3")
    assert encode(decode(frame)) == frame


def test_every_request_knows_its_answer() -> None:
    for pdu in LAYOUTS:
        if issubclass(pdu, Request) and pdu.name not in {"outbind", "alert_notification"}:
            assert pdu.response is not None
            assert pdu.response.command == pdu.command | 0x80000000
            assert pdu.response.name == f"{pdu.name}_resp"
    assert len(NAMES) == 27
