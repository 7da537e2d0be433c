"""Against tshark's dissector, an independent reader: it finds in what we write what we put there, and no fault."""

import subprocess
from pathlib import Path

import pytest

from hongyan.text import air, udh
from hongyan.text.air import LATIN1
from hongyan.text.parts import UCS2
from hongyan.wire.smpp import (
    AlertNotification,
    BindReceiver,
    BindReceiverResp,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    BindTransmitterResp,
    CancelSm,
    CancelSmResp,
    DataSm,
    DataSmResp,
    DeliverSm,
    DeliverSmResp,
    Destination,
    EnquireLink,
    EnquireLinkResp,
    Failure,
    GenericNack,
    Outbind,
    Pdu,
    QuerySm,
    QuerySmResp,
    ReplaceSm,
    ReplaceSmResp,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
    decode,
    encode,
)
from hongyan.wire.smpp.layouts import LAYOUTS
from hongyan.wire.smpp.quick import Form, deliver_response, submit_response, written_tlvs
from hongyan.wire.smpp.receipts import receipt_tlvs, text_octets
from hongyan.wire.smpp.times import absolute, relative
from hongyan.wire.smpp.tlvs import NetworkError, Sar, sar_tlvs
from wire.pcap import capture
from wire.smpp_samples import EXAMPLES

_TEXT = text_octets("0a1b2c3d", "DELIVRD", submit_date="2611220930", done_date="2611220931")
_RECEIPT = DeliverSm(
    7, "", 1, 1, "8613800138000", 3, 1, "10690", 4, short_message=_TEXT,
    tlvs=receipt_tlvs("0a1b2c3d", "DELIVRD", NetworkError(3, 27)),
)  # fmt: skip
_LONG = SubmitSm(
    8, "CMT", 5, 0, "ACME", 1, 1, "8613800138000", 0x40, 0x7F, 1, absolute(1_795_311_005_000), relative(300_000),
    1, 1, 8, 2, bytes.fromhex("0500030902014f60597d"),
)  # fmt: skip
_SAR = SubmitSm(
    9, destination_addr="1", short_message=b"part", tlvs=(*sar_tlvs(Sar(0x1234, 3, 2)), (0x0204, b"\x56\x78"))
)
_FORM = Form(
    SubmitSm(0, source_addr="ACME", source_addr_ton=5, dest_addr_ton=1, dest_addr_npi=1, registered_delivery=1)
)

PDUS: list[tuple[bytes | Pdu, dict[str, str]]] = [
    (BindTransceiver(1, "esme1", "secret", "VMA", 0x34, 1, 2, "^86"), {
        "system_id": "esme1", "password": "secret", "system_type": "VMA", "interface_version": "0x34",
        "addr_ton": "0x01", "addr_npi": "0x02", "address_range": "^86",
    }),
    (BindReceiver(2, "esme1"), {"system_id": "esme1"}),
    (BindTransmitter(3, "esme1"), {"system_id": "esme1"}),
    (BindTransceiverResp(1, 0, "SMSC", ((0x0210, b"\x34"),)), {"system_id": "SMSC", "SC_interface_version": "0x34"}),
    (BindReceiverResp(2, 0, "SMSC"), {"system_id": "SMSC"}),
    (BindTransmitterResp(3, 0x0E), {"command_status": "0x0000000e"}),
    (Outbind(4, "smsc", "pass"), {"system_id": "smsc", "password": "pass"}),
    (_RECEIPT, {
        "source_addr": "8613800138000", "source_addr_ton": "0x01", "destination_addr": "10690", "dest_addr_ton": "0x03",
        "esm.submit.msg_type": "0x01", "sm_length": str(len(_TEXT)), "receipted_message_id": "0a1b2c3d",
        "message_state": "2", "network_error.type": "0x03", "network_error.code": "0x001b",
    }),
    (_LONG, {
        "service_type": "CMT", "source_addr": "ACME", "esm.submit.features": "0x01", "protocol_id": "0x7f",
        "priority_flag": "0x01", "regdel.receipt": "0x01", "replace_if_present_flag": "0x01", "data_coding": "0x08",
        "sm_default_msg_id": "2", "sm_length": "10", "validity_period_r": "300.000000000",
    }),
    (_SAR, {
        "sar_msg_ref_num": "4660", "sar_total_segments": "3", "sar_segment_seqnum": "2",
        "user_message_reference": "22136",
    }),
    (_FORM.frame(10, "8613800138000", b"Hello", data_coding=3, tlvs=written_tlvs(((0x0204, b"\0\1"),))), {
        "destination_addr": "8613800138000", "data_coding": "0x03", "sm_length": "5", "user_message_reference": "1",
    }),
    (SubmitSm(11, destination_addr="1", tlvs=((0x0424, b"payload"), (0x1401, b"own"))), {
        "sm_length": "0", "message_payload": "7061796c6f6164", "vendor_op": "6f776e",
    }),
    (SubmitSmResp(8, 0, "0a1b2c3d"), {"message_id": "0a1b2c3d"}),
    (submit_response(10, "77"), {"message_id": "77"}),
    (SubmitSmResp(9, 0x58), {"command_status": "0x00000058"}),
    (DeliverSmResp(7), {}),
    (deliver_response(7, 0x64), {"command_status": "0x00000064"}),
    (DataSm(12, "", 1, 1, "1" * 40, 1, 1, "2" * 40, 0, 1, 8, ((0x0424, b"data"),)), {
        "source_addr": "1" * 40, "destination_addr": "2" * 40, "data_coding": "0x08", "message_payload": "64617461",
    }),
    (DataSmResp(12, 0, "9", ((0x0425, b"\1"),)), {"message_id": "9", "delivery_failure_reason": "1"}),
    (SubmitMulti(13, source_addr="1", dest_addresses=(Destination(1, 1, "861"), "friends"), short_message=b"hi"), {
        "destination_addr": "861", "dl_name": "friends", "sm_length": "2",
    }),
    (SubmitMultiResp(13, 0, "5", (Failure(1, 1, "861", 0x0B),)), {
        "message_id": "5", "destination_addr": "861", "error_status_code": "0x0000000b",
    }),
    (QuerySm(14, "5", 1, 1, "10690"), {"message_id": "5", "source_addr": "10690"}),
    (QuerySmResp(14, 0, "5", absolute(1_795_311_005_000), 2, 9), {"message_state": "2", "error_code": "0x09"}),
    (CancelSm(15, "CMT", "5", 1, 1, "10690", 1, 1, "861"), {"message_id": "5", "destination_addr": "861"}),
    (CancelSmResp(15, 0x11), {"command_status": "0x00000011"}),
    (ReplaceSm(16, "5", 1, 1, "10690", "", relative(5000), 1, 0, b"other"), {"message_id": "5", "sm_length": "5"}),
    (ReplaceSmResp(16), {}),
    (EnquireLink(17), {}),
    (EnquireLinkResp(17), {}),
    (AlertNotification(18, 1, 1, "861", 3, 1, "10690", ((0x0422, b"\0"),)), {
        "source_addr": "861", "esme_addr": "10690", "ms_availability_status": "0",
    }),
    (GenericNack(0x7FFFFFFF, 3), {"command_status": "0x00000003"}),
    (Unbind(19), {}),
    (UnbindResp(19), {}),
]  # fmt: skip


FIELDS = sorted({name for _, found in PDUS for name in found})
ALWAYS = ["smpp.command_length", "smpp.command_id", "smpp.sequence_number", "_ws.malformed", "_ws.expert.message"]


def dissected(frames: list[bytes], folder: Path, *more: str) -> list[dict[str, str]]:
    """Return the fields that tshark finds in each frame. It writes characters beyond the basic plane as surrogates."""
    file = folder / "smpp.pcap"
    file.write_bytes(capture(frames, 2775))
    names = [*ALWAYS, *(f"smpp.{name}" for name in FIELDS), *more]
    wanted = [word for name in names for word in ("-e", name)]
    command = ["tshark", "-r", str(file), "-d", "tcp.port==2775,smpp", "-T", "fields", *wanted]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode("utf-8", "surrogatepass")
    return [
        {name.removeprefix("smpp."): value for name, value in zip(names, line.split("\t"), strict=True)}
        for line in said.splitlines()
    ]


def plain(value: str) -> str | int:
    """Numbers as numbers: versions of tshark write them with more or fewer digits."""
    value = value.replace(":", "")  # octets
    try:
        return int(value, 0)
    except ValueError:
        return value


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    frames = [one if isinstance(one, bytes) else encode(one) for one, _ in PDUS]
    return dissected(frames + EXAMPLES, tmp_path_factory.mktemp("capture"))


def test_every_kind_of_pdu_is_shown_to_it() -> None:
    shown = {type(decode(one)) if isinstance(one, bytes) else type(one) for one, _ in PDUS}
    assert shown == set(LAYOUTS)


def test_it_finds_no_fault_in_anything(seen: list[dict[str, str]]) -> None:
    assert len(seen) == len(PDUS) + len(EXAMPLES)
    assert [(one["_ws.malformed"], one["_ws.expert.message"]) for one in seen] == [("", "")] * len(seen)


def test_it_finds_every_field_as_it_was_put_there(seen: list[dict[str, str]]) -> None:
    for (one, fields), found in zip(PDUS, seen, strict=False):
        pdu = decode(one) if isinstance(one, bytes) else one
        assert int(found["command_id"], 0) == pdu.command
        assert int(found["sequence_number"]) == pdu.sequence
        assert {name: plain(found[name]) for name in fields} == {name: plain(fields[name]) for name in fields}, pdu


@pytest.mark.parametrize("is_wide", [False, True])
@pytest.mark.parametrize(
    ("text", "alphabet", "data_coding"), [("你好😀 " * 60, UCS2, 8), ("Déjà vu. " * 40, LATIN1, 3)]
)
def test_it_reads_the_parts_of_a_long_text(
    text: str, alphabet: str, data_coding: int, *, is_wide: bool, tmp_path: Path
) -> None:
    segments = air.segments(text, alphabet, udh.WIDE if is_wide else udh.SHORT)
    parts = [
        udh.Part(0x1234 if is_wide else 9, len(segments), number, is_wide) for number in range(1, len(segments) + 1)
    ]
    form = Form(SubmitSm(0))
    frames = [
        form.frame(1, "861", udh.concatenation(part) + octets, esm_class=0x40, data_coding=data_coding)
        for part, octets in zip(parts, segments, strict=True)
    ]
    element = "gsm_sms.udh.mm.msg_"
    fields = [f"{element}id", f"{element}parts", f"{element}part"]
    found = dissected(frames, tmp_path, "smpp.message_text", *fields)
    read = "".join(one["message_text"] for one in found).encode("utf-16", "surrogatepass").decode("utf-16")
    assert read == text
    assert [tuple(int(one[field]) for field in fields) for one in found] == [part[:3] for part in parts]
