from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hongyan.wire import Malformed
from hongyan.wire.smpp import (
    DeliverSm,
    DeliverSmResp,
    EnquireLinkResp,
    Response,
    ShortMessage,
    SubmitSm,
    SubmitSmResp,
    decode,
    encode,
)
from hongyan.wire.smpp.codec import _QUICK
from hongyan.wire.smpp.layouts import LAYOUTS, Fault
from hongyan.wire.smpp.quick import (
    Form,
    deliver_response,
    enquire_link_response,
    header,
    submit_response,
    submit_response_id,
    written_tlvs,
)
from wire.smpp_samples import OCTET, SEQUENCES, TLVS, pdus_of, texts

MESSAGES = pdus_of(SubmitSm) | pdus_of(DeliverSm)
ASCII_IDS = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=64)


@given(
    MESSAGES,
    SEQUENCES,
    texts(21),
    st.binary(max_size=254),
    OCTET,
    OCTET,
    st.sampled_from(["", "000000000500000R", "261122093000032+"]),
    TLVS,
)
def test_a_form_writes_what_the_codec_writes(
    like: ShortMessage,
    sequence: int,
    to: str,
    octets: bytes,
    data_coding: int,
    esm_class: int,
    validity: str,
    tlvs: tuple[tuple[int, bytes], ...],
) -> None:
    filled = replace(
        like,
        sequence=sequence,
        destination_addr=to,
        short_message=octets,
        data_coding=data_coding,
        esm_class=esm_class,
        validity_period=validity,
        sm_default_msg_id=3,
        tlvs=tlvs,
    )
    frame = Form(like).frame(
        sequence,
        to,
        octets,
        data_coding=data_coding,
        esm_class=esm_class,
        validity_period=validity,
        default_message_id=3,
        tlvs=written_tlvs(tlvs),
    )
    assert frame == encode(filled)
    assert decode(frame) == filled


def test_a_form_is_as_strict_as_the_codec() -> None:
    form = Form(SubmitSm(0, source_addr="ACME"))
    with pytest.raises(Malformed, match=r"submit_sm\.destination_addr: 21 octets"):
        form.frame(1, "1" * 21, b"")
    with pytest.raises(Malformed, match=r"submit_sm\.destination_addr: it holds a NUL"):
        form.frame(1, "1\x002", b"")
    with pytest.raises(Malformed, match=r"submit_sm\.short_message: 255 octets"):
        form.frame(1, "1", b"a" * 255)
    with pytest.raises(Malformed, match=r"submit_sm\.data_coding: 256"):
        form.frame(1, "1", b"", data_coding=256)
    with pytest.raises(Malformed, match="sequence"):
        form.frame(1 << 32, "1", b"")
    with pytest.raises(Malformed, match=r"submit_sm\.source_addr: 25 octets"):
        Form(SubmitSm(0, source_addr="1" * 25))
    with pytest.raises(Malformed, match="0x0424 has 65536 octets"):
        written_tlvs(((0x0424, b"a" * 0x10000),))
    wider = Form(SubmitSm(0, source_addr="1" * 25), {"source_addr": 30, "destination_addr": 30})
    assert decode(wider.frame(1, "2" * 25, b"")) == SubmitSm(1, source_addr="1" * 25, destination_addr="2" * 25)


@given(pdus_of(SubmitSmResp))
def test_the_id_of_an_answer_is_the_codecs(pdu: SubmitSmResp) -> None:
    frame = encode(pdu)
    assert submit_response_id(frame) == pdu.message_id
    assert header(frame) == (len(frame), pdu.command, pdu.status, pdu.sequence)


@pytest.mark.parametrize("body", [b"", b"abc", b"abc\0", b"\0", b"abc\0\0\0", b"abc\0\x14\0\0\1\xff", b"a\0b\0"])
def test_the_id_of_an_odd_answer_is_the_codecs(body: bytes) -> None:
    frame = (16 + len(body)).to_bytes(4, "big") + b"\x80\0\0\4" + bytes(8) + body
    pdu = decode(frame)
    assert isinstance(pdu, SubmitSmResp)
    assert submit_response_id(frame) == pdu.message_id


@given(SEQUENCES, ASCII_IDS, st.integers(0, 0xFFFFFFFF))
def test_answers_are_the_codecs(sequence: int, message_id: str, status: int) -> None:
    assert submit_response(sequence, message_id) == encode(SubmitSmResp(sequence, 0, message_id))
    assert deliver_response(sequence, status) == encode(DeliverSmResp(sequence, status))
    assert enquire_link_response(sequence) == encode(EnquireLinkResp(sequence))


@pytest.mark.parametrize("message_id", ["1" * 65, "a\0b"])
def test_an_answer_with_an_impossible_id_is_refused(message_id: str) -> None:
    with pytest.raises(Malformed, match="message_id"):
        submit_response(1, message_id)


@given(MESSAGES | pdus_of(SubmitSmResp), st.data())
def test_what_is_written_out_by_hand_reads_as_the_table_does(
    pdu: ShortMessage | SubmitSmResp, data: st.DataObject
) -> None:
    frame = bytearray(encode(pdu))
    del frame[data.draw(st.integers(16, len(frame))) :]
    for at, octet in data.draw(st.dictionaries(st.integers(16, 60), OCTET, max_size=3)).items():
        if at < len(frame):
            frame[at] = octet
    by_table: list[Any] = [pdu.sequence, pdu.status] if isinstance(pdu, Response) else [pdu.sequence]
    at = 16
    try:
        for field in LAYOUTS[type(pdu)]:
            value, at = field.kind.read(bytes(frame), at)
            by_table.append(value)
    except Fault:
        return
    status = pdu.status if isinstance(pdu, Response) else 0
    try:
        by_hand = _QUICK[pdu.command](bytes(frame), status, pdu.sequence)
    except (ValueError, IndexError):
        assert isinstance(pdu, SubmitSmResp)  # with TLVs: the table's business
    else:
        assert by_hand == type(pdu)(*by_table)
