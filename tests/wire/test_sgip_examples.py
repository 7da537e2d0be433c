"""SGIP 1.2, octet for octet: what real exchanges look like, and what is read from them."""

import pytest

from hongyan.wire import Malformed, sgip
from wire.hex_lines import octets

FIRST = sgip.Sequence(3025000001, 1122093015, 1)
SECOND = sgip.Sequence(3025000001, 1122093016, 2)
PHONE = "38363133303030313338303030 00*8"

EXAMPLES: dict[str, tuple[str, sgip.Pdu]] = {
    "bind": (
        "0000003d 00000001 b44dd641 42e1c7d7 00000001 01 333333 00*13 30353535 00*12 00*8",
        sgip.Bind(FIRST, 1, "333", "0555"),
    ),
    "bind_resp": ("0000001d 80000001 b44dd641 42e1c7d7 00000001 00 00*8", sgip.BindResp(FIRST)),
    "submit": (
        (
            f"000000b0 00000003 b44dd641 42e1c7d8 00000002 3130363535303031 00*13 30*21 01 {PHONE} 3235303030"
            "54455354 00*6 01 30 00*5 30 00*5 00 02 00 00*16 00*16 01 00 00 08 00 0000000c"
            "30106d4b3011780100310032 00*8"
        ),
        sgip.Submit(
            SECOND,
            sp_number="10655001",
            user_numbers=("8613000138000",),
            corp_id="25000",
            service_type="TEST",
            message_content="【测】码12".encode("utf-16-be"),
        ),
    ),
    "submit_resp": ("0000001d 80000003 b44dd641 42e1c7d8 00000002 00 00*8", sgip.SubmitResp(SECOND)),
    "report": (
        f"00000040 00000005 000fa3e9 42e1c7dc 00000005 b44dd641 42e1c7d8 00000002 00 {PHONE} 00 00 00*8",
        sgip.Report(sgip.Sequence(1025001, 1122093020, 5), SECOND, user_number="8613000138000"),
    ),
    "unbind": ("00000014 00000002 b44dd641 42e1c7d7 00000001", sgip.Unbind(FIRST)),
    "unbind_resp": ("00000014 80000002 b44dd641 42e1c7d7 00000001", sgip.UnbindResp(FIRST)),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_read(example: str) -> None:
    line, pdu = EXAMPLES[example]
    assert sgip.decode(octets(line)) == pdu


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_written(example: str) -> None:
    line, pdu = EXAMPLES[example]
    assert sgip.encode(pdu).hex() == octets(line).hex()


def test_a_sequence_is_three_numbers_twelve_octets_or_24_digits() -> None:
    raw = octets("b44dd641 42e1c7d8 00000002")
    assert SECOND.octets() == raw
    assert SECOND.hex() == raw.hex()
    assert SECOND.number() == int.from_bytes(raw, "big")
    assert sgip.sequence_of(raw) == SECOND
    assert sgip.sequence_of(bytes.fromhex(SECOND.hex())) == SECOND


def test_a_report_names_the_submit_by_its_sequence() -> None:
    report = sgip.decode(octets(EXAMPLES["report"][0]))
    assert isinstance(report, sgip.Report)
    assert report.submit_sequence.hex() == octets(EXAMPLES["submit"][0])[8:20].hex()


def test_commands_nobody_knows_are_kept() -> None:
    pdu = sgip.decode(octets("00000016 00000010 00000001 00000002 00000003 abcd"))
    assert pdu == sgip.Unknown(0x10, sgip.Sequence(1, 2, 3), b"\xab\xcd")
    assert pdu.name == "0x00000010"


def test_what_is_wrong_is_said_with_command_and_sequence() -> None:
    with pytest.raises(Malformed, match="a Submit_Resp of 21 octets; it has 29") as wrong:
        sgip.decode(octets("00000015 80000003 b44dd641 42e1c7d8 00000002 00"))
    assert (wrong.value.command, wrong.value.sequence) == (0x80000003, SECOND.number())
    with pytest.raises(Malformed, match="MessageLength of the Submit says 13; 12 octets") as wrong:
        sgip.decode(octets(EXAMPLES["submit"][0].replace("0000000c", "0000000d")))
    assert (wrong.value.command, wrong.value.status) == (3, 8)
    with pytest.raises(Malformed, match="a header of 19 octets") as wrong:
        sgip.decode(bytes(19))
    assert wrong.value.command is None


def test_a_request_is_answered_from_its_octets() -> None:
    for request, answer in (("bind", "bind_resp"), ("submit", "submit_resp")):
        assert sgip.write_resp(octets(EXAMPLES[request][0])) == octets(EXAMPLES[answer][0])


def test_every_result_has_a_sentence_in_both_languages() -> None:
    assert sgip.RESULTS[11].en == "The node is busy; it may be tried again."
    assert all(said.en and said.zh for said in (*sgip.RESULTS.values(), *sgip.STATES.values()))
