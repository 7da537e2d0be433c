"""Against the package smpplib, an independent codec: each reads what the other wrote."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smpplib import consts
from smpplib.pdu import PDU
from smpplib.smpp import make_pdu, parse_pdu

from hongyan.wire.smpp import (
    AlertNotification,
    BindReceiver,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    DataSm,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Pdu,
    QuerySm,
    Request,
    Response,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
    decode,
    encode,
)
from hongyan.wire.smpp.layouts import LAYOUTS
from hongyan.wire.smpp.statuses import STATUSES
from hongyan.wire.smpp.tlvs import TAG_NAMES
from wire.smpp_samples import TLVS, pdus_of

BOTH = [
    BindReceiver,
    BindTransmitter,
    BindTransceiver,
    BindTransceiverResp,
    SubmitSm,
    SubmitSmResp,
    DeliverSm,
    DeliverSmResp,
    DataSm,
    QuerySm,
    EnquireLink,
    EnquireLinkResp,
    Unbind,
    UnbindResp,
    GenericNack,
]


class Line:
    """What its PDUs take their numbers from."""

    sequence = 0

    def next_sequence(self) -> int:
        return self.sequence


def seen_by_smpplib(pdu: Pdu) -> PDU:
    return parse_pdu(encode(pdu), client=Line(), allow_unknown_opt_params=True)


def written_by_smpplib(name: str, sequence: int, **said: Any) -> bytes:
    theirs = make_pdu(name, client=Line(), **said)
    theirs.sequence = sequence
    theirs.sm_length = len(said.get("short_message", b""))
    octets: bytes = theirs.generate()
    return octets


@pytest.mark.parametrize("pdu", BOTH, ids=lambda pdu: pdu.name)
def test_it_reads_what_we_write(pdu: type[Request | Response]) -> None:
    @settings(max_examples=30)
    @given(pdus_of(pdu))
    def reads(one: Any) -> None:
        if any(field.name == "tlvs" for field in LAYOUTS[pdu]):
            one = type(one)(**{name: getattr(one, name) for name in one.__struct_fields__ if name != "tlvs"})
        theirs = seen_by_smpplib(one)
        assert theirs.command == one.name
        assert theirs.sequence == one.sequence
        assert theirs.length == len(encode(one))
        for field in LAYOUTS[pdu] if theirs.length > 16 else ():
            if field.name != "tlvs":
                ours, read = getattr(one, field.name), getattr(theirs, field.name)
                read = b"" if read is None else read  # an empty text at the very end
                assert read == (ours.encode("latin-1") if isinstance(ours, str) else ours), field.name

    reads()


NUMBERS = st.integers(1, 255)
NAMES = st.text("abcdefghij0123456789", max_size=5)


@settings(max_examples=60)
@given(st.sampled_from(["submit_sm", "deliver_sm"]), st.data())
def test_we_read_the_messages_it_writes(name: str, data: st.DataObject) -> None:
    pdu = SubmitSm if name == "submit_sm" else DeliverSm
    said: dict[str, Any] = {}
    for field in LAYOUTS[pdu]:
        if field.name == "short_message":
            said[field.name] = data.draw(st.binary(min_size=1, max_size=100))
        elif field.name != "tlvs":
            said[field.name] = data.draw(NAMES if isinstance(getattr(pdu(1), field.name), str) else NUMBERS)
    assert decode(written_by_smpplib(name, 77, **said, user_message_reference=0x1234)) == pdu(
        77, **said, tlvs=((0x0204, b"\x12\x34"),)
    )


@given(NAMES, NAMES)
def test_we_read_the_log_in_it_writes(system_id: str, password: str) -> None:
    theirs = written_by_smpplib("bind_transceiver", 5, system_id=system_id, password=password, system_type="VMA")
    assert decode(theirs) == BindTransceiver(5, system_id, password, "VMA")


@pytest.mark.parametrize(
    ("name", "pdu"),
    [
        ("enquire_link", EnquireLink(5)),
        ("enquire_link_resp", EnquireLinkResp(5)),
        ("unbind", Unbind(5)),
        ("unbind_resp", UnbindResp(5)),
        ("deliver_sm_resp", DeliverSmResp(5)),
    ],
)
def test_we_read_the_short_ones_it_writes(name: str, pdu: Pdu) -> None:
    assert decode(written_by_smpplib(name, 5)) == pdu


def test_it_reads_the_optional_parameters_we_write() -> None:
    theirs = seen_by_smpplib(
        DeliverSm(
            1,
            short_message=b"a",
            tlvs=((0x001E, b"0a1b\0"), (0x0427, b"\2"), (0x0423, b"\3\0\x1b"), (0x0424, b"text"), (0x1401, b"own")),
        )
    )
    assert theirs.receipted_message_id == b"0a1b"
    assert theirs.message_state == 2
    assert theirs.network_error_code == b"\3\0\x1b"
    assert theirs.message_payload == b"text"


@settings(max_examples=30)
@given(TLVS)
def test_it_skips_the_same_unknown_parameters(some: tuple[tuple[int, bytes], ...]) -> None:
    vendors = tuple((0x1400 + tag % 0x2C00, octets) for tag, octets in some)
    assert seen_by_smpplib(SubmitSm(1, short_message=b"a", tlvs=vendors)).short_message == b"a"


def test_it_knows_the_same_statuses_and_tags() -> None:
    theirs = {value: name for name, value in vars(consts).items() if name.startswith("SMPP_ESME_R")}
    assert {number: f"SMPP_{status.name}" for number, status in STATUSES.items() if number in theirs} == theirs
    named = {code: name for name, code in consts.OPTIONAL_PARAMS.items()}
    assert {tag: name for tag, name in named.items() if TAG_NAMES.get(tag, name) != name} == {}


def test_it_reads_an_alert_as_we_write_it() -> None:
    pdu = AlertNotification(1, 1, 1, "8613800138000", 0, 1, "10690")
    theirs = seen_by_smpplib(pdu)
    assert (theirs.source_addr, theirs.esme_addr) == (b"8613800138000", b"10690")
