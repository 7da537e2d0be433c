"""CMPP whatever the values and whatever the octets: nothing is lost, nothing but Malformed is raised."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.wire import Malformed, cmpp
from hongyan.wire.cmpp import V20, V30
from wire.pdu_values import U8, U32, U64, raw, values_of, with_length, word

PDUS = (
    cmpp.Connect,
    cmpp.ConnectResp,
    cmpp.Terminate,
    cmpp.TerminateResp,
    cmpp.Submit,
    cmpp.SubmitResp,
    cmpp.Deliver,
    cmpp.DeliverResp,
    cmpp.Query,
    cmpp.QueryResp,
    cmpp.Cancel,
    cmpp.CancelResp,
    cmpp.ActiveTest,
    cmpp.ActiveTestResp,
)
COMMANDS = [pdu.command for pdu in PDUS]
NUMBERS = ("mt_tlmsg", "mt_tlusr", "mt_scs", "mt_wt", "mt_fl", "mo_scs", "mo_wt", "mo_fl")


def shapes(version: int) -> dict[str, st.SearchStrategy[Any]]:
    number, tail = (32, 20) if version == V30 else (21, 8)
    kind: st.SearchStrategy[int] = U8 if version == V30 else st.just(0)
    result = U32 if version == V30 else U8
    return {
        "sequence": U32,
        "source_addr": word(6),
        "authenticator_source": raw(16),
        "authenticator_ismg": raw(16),
        "timestamp": U32,
        "status": result,
        "result": result,
        "success_id": result,
        "msg_id": U64,
        "service_id": word(10),
        "fee_terminal_id": word(number),
        "fee_terminal_type": kind,
        "msg_src": word(6),
        "fee_type": word(2),
        "fee_code": word(6),
        "valid_time": word(17),
        "at_time": word(17),
        "src_id": word(21),
        "dest_terminal_ids": st.lists(word(number), max_size=4).map(tuple),
        "dest_terminal_type": kind,
        "msg_content": st.binary(max_size=255),
        "link_id": word(tail),
        "dest_id": word(21),
        "src_terminal_id": word(number),
        "src_terminal_type": kind,
        "time": word(8),
        "query_code": word(10),
        "reserve": word(8),
        **dict.fromkeys(NUMBERS, U32),
    }


SHAPES = {version: shapes(version) for version in (V20, V30)}
VERSIONS = st.sampled_from((V20, V30))
ANY = VERSIONS.flatmap(
    lambda version: st.tuples(st.just(version), st.one_of([values_of(pdu, SHAPES[version]) for pdu in PDUS]))
)
REPORTS = values_of(
    cmpp.Report,
    {
        "msg_id": U64,
        "stat": st.text("ABCDEFGHIJ:0123456789", max_size=7),
        "submit_time": word(10),
        "done_time": word(10),
        "dest_terminal_id": word(21),
        "smsc_sequence": U32,
    },
)


@given(ANY)
@settings(max_examples=400)
def test_what_was_written_is_read(case: tuple[int, cmpp.Pdu]) -> None:
    version, pdu = case
    assert cmpp.decode(cmpp.encode(pdu, version), version) == pdu


@given(st.builds(cmpp.Unknown, st.integers(0x18, 0x7FFFFFFF), U32, st.binary(max_size=99)))
def test_what_nobody_knows_comes_back_as_it_was(pdu: cmpp.Unknown) -> None:
    assert cmpp.decode(cmpp.encode(pdu)) == pdu


@given(REPORTS, VERSIONS)
def test_a_report_comes_back_as_it_was(report: cmpp.Report, version: int) -> None:
    assert cmpp.decode_report(cmpp.encode_report(report, version)) == report


@pytest.mark.parametrize("version", [V20, V30])
@pytest.mark.parametrize("pdu", PDUS)
@given(data=st.data())
@settings(max_examples=4)
def test_a_pdu_cut_anywhere_is_refused_or_another_whole_pdu(
    pdu: type[cmpp.Pdu], version: int, data: st.DataObject
) -> None:
    frame = cmpp.encode(data.draw(values_of(pdu, SHAPES[version])), version)
    for end in range(len(frame)):
        with pytest.raises(Malformed):
            cmpp.decode(frame[:end], version)
        if end < cmpp.HEADER:
            continue
        cut = with_length(frame[:end])
        try:
            other = cmpp.decode(cut, version)
        except Malformed as wrong:
            assert wrong.command == pdu.command  # noqa: PT017 - both outcomes are allowed, each with its own claim
        else:
            # an answer of the other version, or what a count or length inside happens to allow
            assert other.command == pdu.command


@given(st.sampled_from(COMMANDS), U32, st.binary(max_size=400), VERSIONS)
@settings(max_examples=400)
def test_any_octets_are_read_or_refused(command: int, sequence: int, body: bytes, version: int) -> None:
    head = (12 + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big") + sequence.to_bytes(4, "big")
    try:
        pdu = cmpp.decode(head + body, version)
    except Malformed as wrong:
        assert (wrong.command, wrong.sequence) == (command, sequence)  # noqa: PT017 - both outcomes are allowed
    else:
        assert pdu.sequence == sequence


@given(st.binary(max_size=300))
def test_pure_noise_is_read_or_refused(noise: bytes) -> None:
    for read in (cmpp.decode, cmpp.decode_report, cmpp.read_submit_resp):
        try:
            read(noise)
        except Malformed:
            continue


@pytest.mark.parametrize("version", [V20, V30])
@pytest.mark.parametrize(
    "change",
    [
        {"service_id": "x" * 11},
        {"msg_src": "x" * 7},
        {"src_id": "1" * 22},
        {"src_id": "1\0002"},
        {"src_id": "一"},
        {"dest_terminal_ids": ("1" * 33,)},
        {"dest_terminal_ids": ("1",) * 256},
        {"dest_terminal_ids": ("1",) * 200},
        {"dest_terminal_type": 256},
        {"msg_content": bytes(256)},
        {"link_id": "x" * 21},
        {"pk_total": 256},
        {"msg_id": 1 << 64},
        {"msg_id": -1},
        {"sequence": 1 << 32},
    ],
)
def test_a_value_without_room_is_refused(version: int, change: dict[str, object]) -> None:
    values = {"sequence": 7, "dest_terminal_ids": ("13800138000",), **change}
    with pytest.raises(Malformed, match=r"^SUBMIT: ") as wrong:
        cmpp.encode(cmpp.Submit(**values), version)  # type: ignore[arg-type] # fields of every kind, by name
    assert wrong.value.command == cmpp.Submit.command


def test_a_report_without_room_is_refused() -> None:
    for report in (cmpp.Report(1, "DELIVERED"), cmpp.Report(1, "DELIVRD", smsc_sequence=-1)):
        with pytest.raises(Malformed):
            cmpp.encode_report(report)


@given(
    VERSIONS.flatmap(lambda version: st.tuples(st.just(version), values_of(cmpp.Submit, SHAPES[version]))), st.data()
)
def test_a_form_writes_what_the_codec_writes(case: tuple[int, cmpp.Submit], data: st.DataObject) -> None:
    version, alike = case
    change: dict[str, Any] = data.draw(
        st.fixed_dictionaries(
            {
                name: SHAPES[version].get(name, U8)
                for name in ("sequence", "src_id", "msg_content", "msg_fmt", "tp_udhi", "pk_total", "pk_number")
            },
            optional={"valid_time": word(17)},
        )
    )
    number = data.draw(word(32 if version == V30 else 21))
    frame = cmpp.SubmitForm(alike, version).frame(
        change["sequence"],
        change["src_id"],
        number,
        change["msg_content"],
        change["msg_fmt"],
        change["tp_udhi"],
        change["pk_total"],
        change["pk_number"],
        change.get("valid_time"),
    )
    whole = {name: getattr(alike, name) for name in alike.__struct_fields__} | change
    assert frame == cmpp.encode(cmpp.Submit(**whole | {"dest_terminal_ids": (number,)}), version)


def test_a_form_refuses_what_has_no_room() -> None:
    form = cmpp.SubmitForm(cmpp.Submit(0))
    for wrong in (
        {"src_id": "1" * 22},
        {"number": "1" * 33},
        {"number": "一"},
        {"content": bytes(256)},
        {"pk_total": 256},
        {"valid_time": "1" * 18},
        {"sequence": 1 << 32},
    ):
        values = {"sequence": 7, "src_id": "1069", "number": "13800138000", "content": b"", **wrong}
        with pytest.raises(Malformed):
            form.frame(**values)  # type: ignore[arg-type] # values of every kind, by name


@given(U32, U64, U8, VERSIONS)
def test_the_quick_answers_are_the_codecs(sequence: int, msg_id: int, result: int, version: int) -> None:
    frame = cmpp.encode(cmpp.SubmitResp(sequence, msg_id, result), version)
    assert cmpp.write_submit_resp(sequence, msg_id, result, version) == frame
    assert cmpp.read_submit_resp(frame) == (sequence, msg_id, result)
    deliver = cmpp.encode(cmpp.DeliverResp(sequence, msg_id, result), version)
    assert cmpp.write_deliver_resp(sequence, msg_id, result, version) == deliver


def test_a_quick_answer_of_another_length_is_refused_with_its_sequence() -> None:
    frame = with_length(cmpp.write_submit_resp(77, 1) + b"\0")
    with pytest.raises(Malformed) as wrong:
        cmpp.read_submit_resp(frame)
    assert wrong.value.sequence == 77
