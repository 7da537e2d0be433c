import pytest
from hypothesis import given

from hongyan.wire.smpp import tlvs
from hongyan.wire.smpp.statuses import STATUSES, status_name, status_sentence
from hongyan.wire.smpp.tlvs import NetworkError, Sar
from wire.smpp_samples import TLVS


def test_the_first_of_a_tag_counts() -> None:
    assert tlvs.value(((1, b"a"), (2, b"b"), (1, b"c")), 1) == b"a"
    assert tlvs.value((), 1) is None


@pytest.mark.parametrize(
    ("octets", "number"), [(b"\1", 1), (b"\1\2", 258), (b"\0\0\1\0", 256), (b"", None), (b"abc", None)]
)
def test_a_number_has_one_two_or_four_octets(octets: bytes, number: int | None) -> None:
    assert tlvs.number(((7, octets),), 7) == number


def test_what_a_receipt_needs_is_read() -> None:
    read = ((tlvs.RECEIPTED_MESSAGE_ID, b"77\0"), (tlvs.MESSAGE_STATE, b"\2"), (tlvs.NETWORK_ERROR_CODE, b"\3\0\x1b"))
    assert tlvs.receipted_message_id(read) == "77"
    assert tlvs.message_state(read) == 2
    assert tlvs.network_error(read) == NetworkError(3, 27)
    assert tlvs.network_error_tlv(NetworkError(3, 27)) == read[2]
    assert tlvs.message_payload(((tlvs.MESSAGE_PAYLOAD, b"text"),)) == b"text"
    assert tlvs.user_message_reference(((tlvs.USER_MESSAGE_REFERENCE, b"\1\0"),)) == 256


def test_a_part_comes_back_and_needs_all_three() -> None:
    written = tlvs.sar_tlvs(Sar(0x1234, 3, 2))
    assert written == ((0x020C, b"\x12\x34"), (0x020E, b"\3"), (0x020F, b"\2"))
    assert tlvs.sar(written) == Sar(0x1234, 3, 2)
    assert tlvs.sar(written[:2]) is None
    assert tlvs.sar(tlvs.sar_tlvs(Sar(1, 2, 3))) is None
    assert tlvs.sar(tlvs.sar_tlvs(Sar(1, 2, 0))) is None


def test_parts_that_are_written_wider_are_read_when_there_can_be_so_many() -> None:
    def wide(reference: int, total: int, part: int) -> Sar | None:
        fields = ((tlvs.SAR_MSG_REF_NUM, reference), (tlvs.SAR_TOTAL_SEGMENTS, total), (tlvs.SAR_SEGMENT_SEQNUM, part))
        return tlvs.sar(tuple((tag, value.to_bytes(4, "big")) for tag, value in fields))

    assert wide(0x71234, 255, 3) == Sar(0x1234, 255, 3)
    assert wide(1, 256, 3) is None
    assert wide(1, 0xFFFFFFFF, 0xFFFFFFFF) is None


@given(TLVS)
def test_any_tlvs_are_read_without_complaint(some: tuple[tuple[int, bytes], ...]) -> None:
    for read in (tlvs.sar, tlvs.network_error, tlvs.message_state, tlvs.receipted_message_id, tlvs.message_payload):
        read(some)


def test_tags_have_the_names_of_the_specification() -> None:
    assert tlvs.TAG_NAMES[0x0427] == "message_state"
    assert tlvs.TAG_NAMES[0x1383] == "its_session_info"
    assert len(tlvs.TAG_NAMES) == 44


def test_every_status_has_a_name_and_a_sentence() -> None:
    assert status_name(0x58) == "ESME_RTHROTTLED"
    assert all(number == status.number and status.sentence.endswith(".") for number, status in STATUSES.items())
    assert status_name(0x411) == "0x00000411"
    assert "vendor" in status_sentence(0x411)
    assert "not in SMPP 3.4" in status_sentence(0x10000)
