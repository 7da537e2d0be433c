"""SMGP whatever the values and whatever the octets: nothing is lost, nothing but Malformed is raised."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.wire import Malformed, smgp
from wire.pdu_values import U8, U32, raw, values_of, with_length, word

PDUS = (
    smgp.Login,
    smgp.LoginResp,
    smgp.Submit,
    smgp.SubmitResp,
    smgp.Deliver,
    smgp.DeliverResp,
    smgp.ActiveTest,
    smgp.ActiveTestResp,
    smgp.Exit,
    smgp.ExitResp,
    smgp.Query,
    smgp.QueryResp,
)
NUMBERS = ("mt_tlmsg", "mt_tlusr", "mt_scs", "mt_wt", "mt_fl", "mo_scs", "mo_wt", "mo_fl")
TLVS = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=30)), max_size=5).map(tuple)
SHAPES: dict[str, st.SearchStrategy[Any]] = {
    "sequence": U32,
    "client_id": word(8),
    "authenticator_client": raw(16),
    "authenticator_server": raw(16),
    "timestamp": U32,
    "status": U32,
    "msg_id": raw(10),
    "service_id": word(10),
    "fee_type": word(2),
    "fee_code": word(6),
    "fixed_fee": word(6),
    "valid_time": word(17),
    "at_time": word(17),
    "recv_time": word(14),
    "src_term_id": word(21),
    "dest_term_id": word(21),
    "charge_term_id": word(21),
    "dest_term_ids": st.lists(word(21), max_size=4).map(tuple),
    "msg_content": st.binary(max_size=255),
    "reserve": word(8),
    "tlvs": TLVS,
    "query_time": word(8),
    "query_code": word(10),
    **dict.fromkeys(NUMBERS, U32),
}
ANY = st.one_of([values_of(pdu, SHAPES) for pdu in PDUS])
LETTERS = "ABCDEFGHIJ0123456789"
REPORTS = st.builds(
    smgp.Report,
    raw(10),
    st.text(LETTERS, max_size=3),
    st.text(LETTERS, max_size=3),
    st.text(LETTERS, max_size=10),
    st.text(LETTERS, max_size=10),
    st.text(LETTERS, max_size=7),
    st.text(LETTERS, max_size=3),
    st.binary(max_size=20).map(lambda text: text.rstrip(b"\0")),
)


@given(ANY)
@settings(max_examples=300)
def test_what_was_written_is_read(pdu: smgp.Pdu) -> None:
    assert smgp.decode(smgp.encode(pdu)) == pdu


@given(st.builds(smgp.Unknown, st.integers(0x08, 0x7FFFFFFF), U32, st.binary(max_size=99)))
def test_what_nobody_knows_comes_back_as_it_was(pdu: smgp.Unknown) -> None:
    assert smgp.decode(smgp.encode(pdu)) == pdu


@given(REPORTS)
def test_a_report_comes_back_as_it_was(report: smgp.Report) -> None:
    assert smgp.decode_report(smgp.encode_report(report)) == report


@pytest.mark.parametrize("pdu", PDUS)
@given(data=st.data())
@settings(max_examples=5)
def test_a_pdu_cut_anywhere_is_refused_or_lacks_only_parameters(pdu: type[smgp.Pdu], data: st.DataObject) -> None:
    whole = data.draw(values_of(pdu, SHAPES))
    frame = smgp.encode(whole)
    for end in range(len(frame)):
        with pytest.raises(Malformed):
            smgp.decode(frame[:end])
        if end < smgp.HEADER:
            continue
        try:
            other = smgp.decode(with_length(frame[:end]))
        except Malformed as wrong:
            assert wrong.command == pdu.command  # noqa: PT017 - both outcomes are allowed, each with its own claim
        else:
            assert isinstance(other, smgp.Submit | smgp.Deliver | smgp.Query | smgp.QueryResp)
            assert type(other) is pdu
            if isinstance(other, smgp.Submit | smgp.Deliver):
                assert isinstance(whole, type(other))
                assert other.tlvs == whole.tlvs[: len(other.tlvs)]


@given(st.sampled_from([pdu.command for pdu in PDUS]), U32, st.binary(max_size=400))
@settings(max_examples=300)
def test_any_octets_are_read_or_refused(command: int, sequence: int, body: bytes) -> None:
    head = (12 + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big") + sequence.to_bytes(4, "big")
    try:
        pdu = smgp.decode(head + body)
    except Malformed as wrong:
        assert (wrong.command, wrong.sequence) == (command, sequence)  # noqa: PT017 - both outcomes are allowed
    else:
        assert pdu.sequence == sequence


@given(st.binary(max_size=300))
def test_pure_noise_is_read_or_refused(noise: bytes) -> None:
    for read in (smgp.decode, smgp.decode_report, smgp.read_submit_resp):
        try:
            read(noise)
        except Malformed:
            continue


@given(st.binary(min_size=10, max_size=10), st.lists(st.sampled_from(["sub:", "stat:", "Done_Date:", "x", " ", "\0"])))
def test_any_text_behind_an_id_is_a_report_of_that_id(msg_id: bytes, words: list[str]) -> None:
    assert smgp.decode_report(b"id:" + msg_id + "".join(words).encode()).msg_id == msg_id


@pytest.mark.parametrize(
    "change",
    [
        {"service_id": "x" * 11},
        {"src_term_id": "1" * 22},
        {"src_term_id": "1\0002"},
        {"src_term_id": "一"},
        {"dest_term_ids": ("1" * 22,)},
        {"dest_term_ids": ("1",) * 256},
        {"dest_term_ids": ("1",) * 200},
        {"msg_content": bytes(256)},
        {"reserve": "x" * 9},
        {"priority": 256},
        {"tlvs": ((0x10000, b""),)},
        {"tlvs": ((1, bytes(0x10000)),)},
        {"tlvs": ((1, bytes(4000)),)},
        {"sequence": 1 << 32},
    ],
)
def test_a_value_without_room_is_refused(change: dict[str, Any]) -> None:
    values: dict[str, Any] = {"sequence": 7, "dest_term_ids": ("13300138000",)}
    with pytest.raises(Malformed, match=r"^Submit: ") as wrong:
        smgp.encode(smgp.Submit(**values | change))
    assert wrong.value.command == smgp.Submit.command


def test_an_id_has_ten_octets() -> None:
    with pytest.raises(Malformed, match="msg_id of 9 octets"):
        smgp.encode(smgp.SubmitResp(1, bytes(9)))
    for report in (
        smgp.Report(bytes(9)),
        smgp.Report(bytes(10), text=bytes(21)),
        smgp.Report(bytes(10), stat="DELIVERED"),
    ):
        with pytest.raises(Malformed):
            smgp.encode_report(report)


@given(values_of(smgp.Submit, SHAPES), st.data())
def test_a_form_writes_what_the_codec_writes(alike: smgp.Submit, data: st.DataObject) -> None:
    change: dict[str, Any] = data.draw(
        st.fixed_dictionaries(
            {name: SHAPES.get(name, U8) for name in ("sequence", "src_term_id", "msg_content", "msg_format")},
            optional={"valid_time": word(17)},
        )
    )
    number = data.draw(word(21))
    part = data.draw(st.none() | st.tuples(U8, U8))
    frame = smgp.SubmitForm(alike).frame(
        change["sequence"],
        change["src_term_id"],
        number,
        change["msg_content"],
        change["msg_format"],
        valid_time=change.get("valid_time"),
        **({} if part is None else {"tp_udhi": 1, "pk_total": part[0], "pk_number": part[1]}),
    )
    whole: dict[str, Any] = {name: getattr(alike, name) for name in alike.__struct_fields__} | change
    whole |= {"dest_term_ids": (number,), "tlvs": (smgp.part_tlvs(*part) if part else ()) + alike.tlvs}
    assert frame == smgp.encode(smgp.Submit(**whole))


@pytest.mark.parametrize(
    "change",
    [
        {"src_term_id": "1" * 22},
        {"number": "1" * 22},
        {"number": "一"},
        {"content": bytes(256)},
        {"tp_udhi": 1, "pk_total": 256},
        {"msg_format": -1},
        {"valid_time": "1" * 18},
        {"sequence": 1 << 32},
    ],
)
def test_a_form_refuses_what_has_no_room(change: dict[str, Any]) -> None:
    values: dict[str, Any] = {"sequence": 7, "src_term_id": "1069", "number": "13300138000", "content": b""}
    with pytest.raises(Malformed, match=r"^Submit: "):
        smgp.SubmitForm(smgp.Submit(0)).frame(**values | change)


def test_a_form_whose_parameters_leave_no_room_for_a_part_is_refused() -> None:
    alike = smgp.Submit(0, tlvs=((1, bytes(3700)),))
    assert smgp.encode(alike)
    with pytest.raises(Malformed):
        smgp.SubmitForm(alike)


@given(U32, raw(10), U32)
def test_the_quick_answers_are_the_codecs(sequence: int, msg_id: bytes, status: int) -> None:
    frame = smgp.encode(smgp.SubmitResp(sequence, msg_id, status))
    assert smgp.write_submit_resp(sequence, msg_id, status) == frame
    assert smgp.read_submit_resp(frame) == (sequence, msg_id, status)
    deliver = smgp.encode(smgp.DeliverResp(sequence, msg_id, status))
    assert smgp.write_deliver_resp(sequence, msg_id, status) == deliver


def test_a_quick_answer_of_another_length_is_refused_with_its_sequence() -> None:
    with pytest.raises(Malformed) as wrong:
        smgp.read_submit_resp(with_length(smgp.write_submit_resp(77, bytes(10)) + b"\0"))
    assert wrong.value.sequence == 77
