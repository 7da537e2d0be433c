"""SGIP whatever the values and whatever the octets: nothing is lost, nothing but Malformed is raised."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.wire import Malformed, sgip
from wire.pdu_values import U8, U32, raw, values_of, with_length, word

PDUS = (
    sgip.Bind,
    sgip.BindResp,
    sgip.Unbind,
    sgip.UnbindResp,
    sgip.Submit,
    sgip.SubmitResp,
    sgip.Deliver,
    sgip.DeliverResp,
    sgip.Report,
    sgip.ReportResp,
    sgip.UserRpt,
    sgip.UserRptResp,
    sgip.Trace,
    sgip.TraceResp,
)
SEQUENCES = st.builds(sgip.Sequence, U32, U32, U32)
SHAPES: dict[str, st.SearchStrategy[Any]] = {
    "sequence": SEQUENCES,
    "submit_sequence": SEQUENCES,
    "login_name": word(16),
    "login_password": word(16),
    "reserve": word(8),
    "sp_number": word(21),
    "charge_number": word(21),
    "user_number": word(21),
    "user_numbers": st.lists(word(21), max_size=4).map(tuple),
    "corp_id": word(5),
    "service_type": word(10),
    "fee_value": word(6),
    "given_value": word(6),
    "expire_time": word(16),
    "schedule_time": word(16),
    "message_content": st.binary(max_size=400),
    "stops": st.lists(st.builds(sgip.Stop, U8, word(6), word(16), word(16)), max_size=3).map(tuple),
}


@given(st.one_of([values_of(pdu, SHAPES) for pdu in PDUS]))
@settings(max_examples=300)
def test_what_was_written_is_read(pdu: sgip.Pdu) -> None:
    assert sgip.decode(sgip.encode(pdu)) == pdu


@given(st.builds(sgip.Unknown, st.integers(0x12, 0xFFF), SEQUENCES, st.binary(max_size=99)))
def test_what_nobody_knows_comes_back_as_it_was(pdu: sgip.Unknown) -> None:
    assert sgip.decode(sgip.encode(pdu)) == pdu


@pytest.mark.parametrize("pdu", PDUS)
@given(data=st.data())
@settings(max_examples=5)
def test_a_pdu_cut_anywhere_is_refused(pdu: type[sgip.Pdu], data: st.DataObject) -> None:
    frame = sgip.encode(data.draw(values_of(pdu, SHAPES)))
    for end in range(len(frame)):
        with pytest.raises(Malformed):
            sgip.decode(frame[:end])
        if end >= sgip.HEADER:
            with pytest.raises(Malformed) as wrong:
                sgip.decode(with_length(frame[:end]))
            assert (wrong.value.command, wrong.value.sequence) == (pdu.command, int.from_bytes(frame[8:20], "big"))


@given(st.sampled_from([pdu.command for pdu in PDUS]), raw(12), st.binary(max_size=400))
@settings(max_examples=300)
def test_any_octets_are_read_or_refused(command: int, sequence: bytes, body: bytes) -> None:
    try:
        pdu = sgip.decode((20 + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big") + sequence + body)
    except Malformed as wrong:
        said = (wrong.command, wrong.sequence)
        assert said == (command, int.from_bytes(sequence, "big"))
    else:
        assert pdu.sequence.octets() == sequence


@given(st.binary(max_size=300))
def test_pure_noise_is_read_or_refused(noise: bytes) -> None:
    for read in (sgip.decode, sgip.read_submit_resp):
        try:
            read(noise)
        except Malformed:
            continue


@pytest.mark.parametrize(
    "change",
    [
        {"corp_id": "x" * 6},
        {"sp_number": "1" * 22},
        {"sp_number": "1\0002"},
        {"sp_number": "一"},
        {"user_numbers": ("1" * 22,)},
        {"user_numbers": ("1",) * 256},
        {"user_numbers": ("1",) * 200},
        {"message_content": bytes(4000)},
        {"reserve": "x" * 9},
        {"priority": 256},
        {"sequence": sgip.Sequence(1 << 32, 1, 1)},
    ],
)
def test_a_value_without_room_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match=r"^Submit: ") as wrong:
        sgip.encode(sgip.Submit(**{"sequence": sgip.Sequence(1, 2, 3), "user_numbers": ("8613000138000",)} | change))
    assert wrong.value.command == sgip.Submit.command


def test_too_many_stops_are_refused() -> None:
    with pytest.raises(Malformed):
        sgip.encode(sgip.TraceResp(sgip.Sequence(1, 2, 3), (sgip.Stop(),) * 256))
    with pytest.raises(Malformed):
        sgip.encode(sgip.Report(sgip.Sequence(1, 2, 3), sgip.Sequence(1, -2, 3)))


@given(values_of(sgip.Submit, SHAPES), st.data())
def test_a_form_writes_what_the_codec_writes(alike: sgip.Submit, data: st.DataObject) -> None:
    names = ("sequence", "sp_number", "message_content", "message_coding", "tp_udhi")
    change: dict[str, Any] = data.draw(
        st.fixed_dictionaries({name: SHAPES.get(name, U8) for name in names}, optional={"expire_time": word(16)})
    )
    number = data.draw(word(21))
    frame = sgip.SubmitForm(alike).frame(
        change["sequence"].octets(),
        change["sp_number"],
        number,
        change["message_content"],
        change["message_coding"],
        change["tp_udhi"],
        change.get("expire_time"),
    )
    whole: dict[str, Any] = {name: getattr(alike, name) for name in alike.__struct_fields__} | change
    assert frame == sgip.encode(sgip.Submit(**whole | {"user_numbers": (number,)}))


@pytest.mark.parametrize(
    "change",
    [
        {"sp_number": "1" * 22},
        {"number": "1" * 22},
        {"number": "一"},
        {"content": bytes(4000)},
        {"message_coding": 256},
        {"expire_time": "1" * 17},
        {"sequence": bytes(11)},
    ],
)
def test_a_form_refuses_what_has_no_room(change: dict[str, Any]) -> None:
    values: dict[str, Any] = {"sequence": bytes(12), "sp_number": "1065", "number": "8613000138000", "content": b""}
    with pytest.raises(Malformed, match=r"^Submit: "):
        sgip.SubmitForm(sgip.Submit(sgip.Sequence(0, 0, 0))).frame(**values | change)


@given(SEQUENCES, U8)
def test_the_quick_answers_are_the_codecs(sequence: sgip.Sequence, result: int) -> None:
    frame = sgip.encode(sgip.SubmitResp(sequence, result))
    assert sgip.read_submit_resp(frame) == (sequence.octets(), result)
    for request, answer in (
        (sgip.Submit(sequence), sgip.SubmitResp(sequence, result)),
        (sgip.Deliver(sequence), sgip.DeliverResp(sequence, result)),
        (sgip.Report(sequence, sequence), sgip.ReportResp(sequence, result)),
        (sgip.UserRpt(sequence), sgip.UserRptResp(sequence, result)),
    ):
        assert sgip.write_resp(sgip.encode(request), result) == sgip.encode(answer)


def test_a_quick_answer_of_another_length_is_refused_with_its_sequence() -> None:
    sequence = sgip.Sequence(1, 2, 3)
    with pytest.raises(Malformed) as wrong:
        sgip.read_submit_resp(with_length(sgip.encode(sgip.SubmitResp(sequence)) + b"\0"))
    assert wrong.value.sequence == sequence.number()
