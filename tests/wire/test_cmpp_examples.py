"""CMPP, octet for octet: what real exchanges look like in both versions, and what is read from them."""

import pytest

from hongyan.wire import Malformed, cmpp
from hongyan.wire.cmpp import V20, V21, V30
from hongyan.wire.stat import explain_stat
from wire.hex_lines import octets

SECRET, TIME = "888888", 1122093015
TEXT = "【测】码12".encode("utf-16-be")
ID = 0xBB25E40027750007
PHONE = '"13800138000" 00*10'
WIDE_PHONE = '"13800138000" 00*21'
BLOCK = f"bb25e40027750007 {octets(chr(34) + 'DELIVRD26112209302611220930' + chr(34)).hex()}"
SOURCE = bytes.fromhex("3c676a6daaf12f91cb03977b1aff00a1")

SUBMIT = cmpp.Submit(
    sequence=2,
    service_id="TEST",
    msg_src="900001",
    src_id="1069000001",
    dest_terminal_ids=("13800138000",),
    msg_content=TEXT,
)

EXAMPLES: dict[str, tuple[int, str, cmpp.Pdu]] = {
    "connect 2.0": (
        V20,
        "00000027 00000001 00000001 393030303031 3c676a6daaf12f91cb03977b1aff00a1 20 42e1c7d7",
        cmpp.Connect(1, "900001", SOURCE, V20, TIME),
    ),
    "connect_resp 2.0": (
        V20,
        "0000001e 80000001 00000001 00 d1cdd13f415af001ecec9781ab76c49f 20",
        cmpp.ConnectResp(1, 0, bytes.fromhex("d1cdd13f415af001ecec9781ab76c49f"), V20),
    ),
    "connect_resp 3.0": (
        V30,
        "00000021 80000001 00000001 00000000 94f7e59d3039bf90ce416273363a4cc4 30",
        cmpp.ConnectResp(1, 0, bytes.fromhex("94f7e59d3039bf90ce416273363a4cc4"), V30),
    ),
    "submit 2.0": (
        V20,
        (
            "000000ab 00000004 00000002 0000000000000000 01 01 01 00 54455354000000000000 02 00*21 00 00 08 "
            f"393030303031 3031 300000000000 00*17 00*17 31303639303030303031 00*11 01 {PHONE} 0c"
            "30106d4b3011780100310032 0000000000000000"
        ),
        SUBMIT,
    ),
    "submit 3.0": (
        V30,
        (
            "000000cf 00000004 00000002 0000000000000000 01 01 01 00 54455354000000000000 02 00*32 00 00 00 08 "
            f"393030303031 3031 300000000000 00*17 00*17 31303639303030303031 00*11 01 {WIDE_PHONE} 00 0c"
            "30106d4b3011780100310032 00*20"
        ),
        SUBMIT,
    ),
    "submit_resp 2.0": (V20, "00000015 80000004 00000002 bb25e40027750007 00", cmpp.SubmitResp(2, ID)),
    "submit_resp 3.0": (V30, "00000018 80000004 00000002 bb25e40027750007 00000000", cmpp.SubmitResp(2, ID)),
    "deliver of a report 2.0": (
        V20,
        (
            "00000091 00000005 00000009 bb25e50027750008 31303639303030303031 00*11 54455354000000000000 00 00 00"
            f"{PHONE} 01 3c {BLOCK} {PHONE} 01020304 0000000000000000"
        ),
        cmpp.Deliver(
            9,
            0xBB25E50027750008,
            "1069000001",
            "TEST",
            src_terminal_id="13800138000",
            registered_delivery=1,
            msg_content=octets(f"{BLOCK} {PHONE} 01020304"),
        ),
    ),
    "deliver of a report 3.0": (
        V30,
        (
            "000000b4 00000005 00000009 bb25e50027750008 31303639303030303031 00*11 54455354000000000000 00 00 00"
            f"{WIDE_PHONE} 00 01 47 {BLOCK} {WIDE_PHONE} 01020304 00*20"
        ),
        cmpp.Deliver(
            9,
            0xBB25E50027750008,
            "1069000001",
            "TEST",
            src_terminal_id="13800138000",
            registered_delivery=1,
            msg_content=octets(f"{BLOCK} {WIDE_PHONE} 01020304"),
        ),
    ),
    "deliver of an MO 2.0": (
        V20,
        (
            "00000059 00000005 0000000a bb25e50027750008 313036393030303030313838 00*9 00*10 00 00 08"
            f"{PHONE} 00 04 00540044 0000000000000000"
        ),
        cmpp.Deliver(
            10,
            0xBB25E50027750008,
            "106900000188",
            msg_fmt=8,
            src_terminal_id="13800138000",
            msg_content="TD".encode("utf-16-be"),
        ),
    ),
    "deliver_resp 2.0": (
        V20,
        "00000015 80000005 00000009 bb25e50027750008 00",
        cmpp.DeliverResp(9, 0xBB25E50027750008),
    ),
    "active_test": (V30, "0000000c 00000008 00000003", cmpp.ActiveTest(3)),
    "active_test_resp": (V30, "0000000d 80000008 00000003 00", cmpp.ActiveTestResp(3)),
    "terminate": (V30, "0000000c 00000002 00000004", cmpp.Terminate(4)),
    "terminate_resp": (V30, "0000000c 80000002 00000004", cmpp.TerminateResp(4)),
}
ANSWERS = [name for name, (_, _, pdu) in EXAMPLES.items() if pdu.command & 0x80000000]


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_read(example: str) -> None:
    version, line, pdu = EXAMPLES[example]
    assert cmpp.decode(octets(line), version) == pdu


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_written(example: str) -> None:
    version, line, pdu = EXAMPLES[example]
    assert cmpp.encode(pdu, version).hex() == octets(line).hex()


@pytest.mark.parametrize("example", ANSWERS)
def test_an_answer_is_told_by_its_length_whatever_version_was_agreed_on(example: str) -> None:
    version, line, pdu = EXAMPLES[example]
    assert cmpp.decode(octets(line), V20 if version == V30 else V30) == pdu


@pytest.mark.parametrize("example", ["submit 2.0", "submit 3.0", "deliver of a report 2.0", "deliver of a report 3.0"])
def test_a_request_that_fits_only_the_other_version_is_read_in_its_widths(example: str) -> None:
    version, line, pdu = EXAMPLES[example]
    assert cmpp.decode(octets(line), V20 if version == V30 else V30) == pdu


def test_2_1_lies_on_the_wire_as_2_0_does() -> None:
    assert cmpp.encode(SUBMIT, V21) == cmpp.encode(SUBMIT, V20)


def test_an_active_test_may_be_answered_without_any_octet() -> None:
    assert cmpp.decode(octets("0000000c 80000008 00000003")) == cmpp.ActiveTestResp(3)


def test_the_log_in_is_proved_with_digests_over_the_secret() -> None:
    assert cmpp.authenticator_source("900001", SECRET, TIME) == SOURCE
    assert cmpp.authenticator_source("900001", SECRET, 1021080510).hex() == "90d00c1d517abd0b4f65f6bcf8535d16"
    assert cmpp.authenticator_ismg(0, SOURCE, SECRET, V20).hex() == "d1cdd13f415af001ecec9781ab76c49f"
    assert cmpp.authenticator_ismg(0, SOURCE, SECRET, V30).hex() == "94f7e59d3039bf90ce416273363a4cc4"


def test_january_keeps_its_zero_in_the_digest() -> None:
    assert cmpp.timestamp_text(102030405) == "0102030405"


@pytest.mark.parametrize("phone", [PHONE, WIDE_PHONE, '"13800138000"', ""])
def test_the_number_of_a_report_is_as_wide_as_the_block_leaves_room_for(phone: str) -> None:
    report = cmpp.decode_report(octets(f"{BLOCK} {phone} 01020304"))
    number = "13800138000" if phone else ""
    assert report == cmpp.Report(ID, "DELIVRD", "2611220930", "2611220930", number, 0x01020304)


def test_a_report_of_its_first_fifteen_octets_is_still_a_report() -> None:
    assert cmpp.decode_report(octets(BLOCK)[:15]) == cmpp.Report(ID, "DELIVRD")
    assert cmpp.decode_report(octets(BLOCK)[:25]) == cmpp.Report(ID, "DELIVRD", "2611220930")
    with pytest.raises(Malformed, match="14 octets"):
        cmpp.decode_report(octets(BLOCK)[:14])


def test_a_short_stat_loses_its_padding() -> None:
    assert cmpp.decode_report(octets('bb25e40027750007 "DB:1  " 00')).stat == "DB:1"


def test_a_msg_id_is_explained_in_words() -> None:
    assert cmpp.explain_msg_id(ID) == "11-22 09:30:16 gateway 10101 number 7"
    assert cmpp.make_msg_id(11, 22, 9, 30, 16, 10101, 7) == ID


def test_a_text_ends_at_its_first_nul_whatever_follows() -> None:
    frame = bytearray(octets(EXAMPLES["deliver of an MO 2.0"][1]))
    frame[20 + 12 : 20 + 21] = b"\0garbage!"
    deliver = cmpp.decode(bytes(frame), V20)
    assert isinstance(deliver, cmpp.Deliver)
    assert deliver.dest_id == "106900000188"


def test_commands_among_gateways_are_kept_and_named() -> None:
    pdu = cmpp.decode(octets("0000000e 80000009 00000001 abcd"))
    assert pdu == cmpp.Unknown(0x80000009, 1, b"\xab\xcd")
    assert pdu.name == "FWD_RESP"
    assert cmpp.decode(octets("0000000c 00000003 00000001")).name == "0x00000003"


def test_what_is_wrong_is_said_with_command_and_sequence() -> None:
    with pytest.raises(Malformed, match="a SUBMIT_RESP of 22 octets; it has 21 or 24") as wrong:
        cmpp.decode(octets("00000016 80000004 00000007 bb25e40027750007 0000"))
    assert (wrong.value.command, wrong.value.sequence) == (0x80000004, 7)
    with pytest.raises(Malformed, match="Msg_Length of the DELIVER says 5") as wrong:
        cmpp.decode(octets(EXAMPLES["deliver of an MO 2.0"][1].replace("00 04 00540044", "00 05 00540044")), V20)
    assert (wrong.value.command, wrong.value.sequence, wrong.value.status) == (5, 10, 4)
    with pytest.raises(Malformed, match="a header of 11 octets") as wrong:
        cmpp.decode(bytes(11))
    assert wrong.value.command is None


def test_results_have_their_sentences() -> None:
    assert cmpp.RESULTS[8].en.startswith("The gateway's flow control")
    assert all(said.en and said.zh for said in (*cmpp.RESULTS.values(), *cmpp.CONNECT_STATUSES.values()))


def test_a_stat_is_explained_by_itself_or_by_its_family() -> None:
    delivered, family = explain_stat("DELIVRD"), explain_stat("MB:0041")
    assert delivered is not None
    assert delivered.en == "The message reached the phone."
    assert family is not None
    assert family.zh == "短信中心返回错误应答。"
    assert explain_stat("MBBLACK") is None
