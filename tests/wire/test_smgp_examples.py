"""SMGP 3.0, octet for octet: what real exchanges look like, and what is read from them."""

import pytest

from hongyan.wire import Malformed, smgp
from wire.hex_lines import octets

PROOF = bytes.fromhex("b396494aba96c45254eab6c132523d16")
ID = bytes.fromhex("01006111220930000123")
PART = bytes.fromhex("050003070201") + "【测】码12".encode("utf-16-be")
LABELS = '" sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:DELIVRD err:000 text:"'
TEXT = f'"id:" 01006111220930000123 {LABELS} 00*20'
REPORT = smgp.Report(ID, "001", "001", "2611220930", "2611220931", "DELIVRD", "000")

EXAMPLES: dict[str, tuple[str, smgp.Pdu]] = {
    "login": (
        "0000002a 00000001 00000001 3333330000000000 b396494aba96c45254eab6c132523d16 02 42e1c7d7 30",
        smgp.Login(1, "333", PROOF, 2, 1122093015, 0x30),
    ),
    "login_resp": (
        "00000021 80000001 00000001 00000000 a7cc5be1158043cfe5f4e4e0816d47ba 30",
        smgp.LoginResp(1, 0, bytes.fromhex("a7cc5be1158043cfe5f4e4e0816d47ba"), 0x30),
    ),
    "submit": (
        (
            "000000b4 00000002 00000002 06 01 01 00*10 3030 300000000000 300000000000 08 00*17 00*17 "
            "3130363930303031 00*13 00*21 01 3133333030313338303030 00*10 12 050003070201"
            "30106d4b3011780100310032 00*8 0002000101 0009000102 000a000101"
        ),
        smgp.Submit(
            2,
            src_term_id="10690001",
            dest_term_ids=("13300138000",),
            msg_content=PART,
            tlvs=((smgp.TP_UDHI, b"\1"), (smgp.PK_TOTAL, b"\2"), (smgp.PK_NUMBER, b"\1")),
        ),
    ),
    "submit_resp": ("0000001a 80000002 00000002 01006111220930000123 00000000", smgp.SubmitResp(2, ID)),
    "deliver of a report": (
        (
            "000000d3 00000003 00000005 01006111220930000123 01 00 3230323631313232303933313030"
            f"3133333030313338303030 00*10 3130363930303031 00*13 7a {TEXT} 00*8"
        ),
        smgp.Deliver(
            5,
            ID,
            is_report=1,
            recv_time="20261122093100",
            src_term_id="13300138000",
            dest_term_id="10690001",
            msg_content=octets(TEXT),
        ),
    ),
    "deliver_resp": ("0000001a 80000003 00000005 01006111220930000123 00000000", smgp.DeliverResp(5, ID)),
    "active_test": ("0000000c 00000004 00000003", smgp.ActiveTest(3)),
    "active_test_resp": ("0000000c 80000004 00000003", smgp.ActiveTestResp(3)),
    "exit": ("0000000c 00000006 00000004", smgp.Exit(4)),
    "exit_resp": ("0000000c 80000006 00000004", smgp.ExitResp(4)),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_read(example: str) -> None:
    line, pdu = EXAMPLES[example]
    assert smgp.decode(octets(line)) == pdu


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_written(example: str) -> None:
    line, pdu = EXAMPLES[example]
    assert smgp.encode(pdu).hex() == octets(line).hex()


def test_the_log_in_is_proved_with_digests_over_the_secret() -> None:
    assert smgp.authenticator_client("333", "0555", 1122093015) == PROOF
    assert smgp.authenticator_server(0, PROOF, "0555").hex() == "a7cc5be1158043cfe5f4e4e0816d47ba"


def test_march_keeps_its_zero_in_the_digest() -> None:
    assert smgp.timestamp_text(0x11F0E540) == "0301000000"


def test_a_report_is_read_and_written() -> None:
    assert smgp.decode_report(octets(TEXT)) == REPORT
    assert smgp.encode_report(REPORT) == octets(TEXT)
    assert smgp.msg_id_text(REPORT.msg_id) == "01006111220930000123"


@pytest.mark.parametrize("raw", [b" sub:002 x", bytes(10), b"id:stat:EX", b"\xff" * 10])
def test_the_id_of_a_report_may_hold_any_octets(raw: bytes) -> None:
    assert smgp.decode_report(b"id:" + raw + octets(LABELS)).msg_id == raw
    assert smgp.decode_report(b"id:" + raw + octets(LABELS)).sub == "001"


@pytest.mark.parametrize(
    "line",
    [
        " Sub:001 Dlvrd:001 Submit_Date:2611220930 Done_Date:2611220931 Stat:DELIVRD Err:000 Text:",
        " stat:DELIVRD err:000 done date:2611220931 submit date:2611220930 dlvrd:001 sub:001",
        "sub:001 dlvrd:001 SubmitDate:2611220930  DoneDate:2611220931 STAT:DELIVRD\0 ERR:000\0",
        " sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:DELIVRD err:000 Txt:\0\0",
    ],
)
def test_labels_come_in_any_case_shape_and_order(line: str) -> None:
    assert smgp.decode_report(b"ID:" + ID + line.encode()) == REPORT


def test_missing_labels_leave_their_fields_empty() -> None:
    assert smgp.decode_report(b"id:" + ID) == smgp.Report(ID)
    assert smgp.decode_report(b"id:" + ID + b" stat:UNDELIV") == smgp.Report(ID, stat="UNDELIV")
    assert smgp.decode_report(b"id:" + ID + b" stat: err:001") == smgp.Report(ID, err="001")


def test_labels_inside_the_text_belong_to_the_text() -> None:
    report = smgp.decode_report(b"id:" + ID + b" err:5 text:stat:FAKE err:1")
    assert report == smgp.Report(ID, err="5", text=b"stat:FAKE err:1")


@pytest.mark.parametrize("content", [b"", b"id:123456789", b"no:0123456789 stat:DELIVRD"])
def test_a_report_without_an_id_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        smgp.decode_report(content)


def test_parameters_nobody_knows_are_kept() -> None:
    pdu = smgp.Deliver(1, tlvs=((0xBEEF, b"\1\2\3"), (smgp.TP_UDHI, b"\1"), (smgp.TP_PID, b"")))
    read = smgp.decode(smgp.encode(pdu))
    assert read == pdu
    assert smgp.octet_of(pdu.tlvs, smgp.TP_UDHI) == 1
    assert smgp.octet_of(pdu.tlvs, smgp.TP_PID, 9) == 9
    assert smgp.octet_of(pdu.tlvs, smgp.PK_TOTAL, 1) == 1


def test_the_parts_of_a_long_message_say_so_in_three_parameters() -> None:
    submit = EXAMPLES["submit"][1]
    assert isinstance(submit, smgp.Submit)
    assert smgp.part_tlvs(2, 1) == submit.tlvs


@pytest.mark.parametrize("tail", ["00", "0002 00", "0002 0002 01"])
def test_a_parameter_that_runs_past_the_end_is_refused(tail: str) -> None:
    body = smgp.encode(smgp.Deliver(6)) + octets(tail)
    with pytest.raises(Malformed, match="TLV") as wrong:
        smgp.decode(len(body).to_bytes(4, "big") + body[4:])
    assert (wrong.value.command, wrong.value.sequence, wrong.value.status) == (3, 6, 10)


def test_a_query_may_come_without_its_reserved_octets() -> None:
    frame = smgp.encode(smgp.Query(1, "20261122"))[:-8]
    assert smgp.decode(len(frame).to_bytes(4, "big") + frame[4:]) == smgp.Query(1, "20261122")


def test_commands_among_gateways_are_kept_and_named() -> None:
    pdu = smgp.decode(octets("0000000e 00000005 00000001 abcd"))
    assert pdu == smgp.Unknown(5, 1, b"\xab\xcd")
    assert pdu.name == "Forward"
    assert smgp.decode(octets("0000000c 0000000a 00000001")).name == "0x0000000a"


def test_what_is_wrong_is_said_with_command_and_sequence() -> None:
    with pytest.raises(Malformed, match="a Submit_Resp of 13 octets; it has 26") as wrong:
        smgp.decode(octets("0000000d 80000002 00000007 00"))
    assert (wrong.value.command, wrong.value.sequence) == (0x80000002, 7)
    with pytest.raises(Malformed, match="MsgLength of the Deliver says 123") as wrong:
        smgp.decode(octets(EXAMPLES["deliver of a report"][0].replace(" 7a ", " 7b ")))
    assert (wrong.value.command, wrong.value.sequence, wrong.value.status) == (3, 5, 36)
    with pytest.raises(Malformed, match="a header of 11 octets") as wrong:
        smgp.decode(bytes(11))
    assert wrong.value.command is None


def test_every_status_has_a_sentence_in_both_languages() -> None:
    assert smgp.STATUSES[75].zh == "超过日发送量上限。"
    assert all(said.en and said.zh for said in (*smgp.STATUSES.values(), *smgp.ERRS.values()))
