"""Against tshark's dissector, an independent reader that knows CMPP 3.0 alone: it finds what we put on the wire.

For SMGP and SGIP it has no dissector.
"""

import subprocess

import pytest

from hongyan.wire import cmpp
from wire.pcap import capture

REPORT = cmpp.Report(
    cmpp.make_msg_id(11, 22, 9, 30, 16, 10101, 7), "DELIVRD", "2611220930", "2611220931", "138", 0x1234
)
PART = bytes.fromhex("050003090201") + "【测】码12".encode("utf-16-be")
LONG = cmpp.Submit(
    2,
    pk_total=2,
    pk_number=1,
    msg_level=3,
    service_id="TEST",
    fee_user_type=3,
    fee_terminal_id="13900139000",
    fee_terminal_type=1,
    tp_pid=9,
    tp_udhi=1,
    msg_src="900001",
    fee_type="02",
    fee_code="000010",
    valid_time="261122093000032+",
    at_time="261122083000032+",
    src_id="1069000001",
    dest_terminal_ids=("13800138000",),
    dest_terminal_type=1,
    msg_content=PART,
    link_id="link-7",
)
MO = cmpp.Deliver(
    9,
    REPORT.msg_id,
    "106900000188",
    "TEST",
    tp_pid=1,
    tp_udhi=1,
    msg_fmt=8,
    src_terminal_id="13800138000",
    src_terminal_type=1,
    msg_content=PART,
    link_id="link-8",
)
RECEIPT = cmpp.Deliver(
    10, 5, "1069000001", "TEST", src_terminal_id="138", registered_delivery=1, msg_content=cmpp.encode_report(REPORT)
)

SHOWN: list[tuple[cmpp.Pdu, dict[str, str]]] = [
    (
        cmpp.Connect(1, "900001", bytes(range(65, 81)), cmpp.V30, 102030405),
        {"connect.Source_Addr": "900001", "Version": "03.00", "connect.Timestamp": "01/02 03:04:05"},
    ),
    (cmpp.ConnectResp(1, 3), {"connect_resp.Status": "3"}),
    (
        LONG,
        {
            "submit.Pk_total": "2",
            "submit.Pk_number": "1",
            "submit.Registered_Delivery": "1",
            "submit.Msg_level": "3",
            "Servicd_Id": "TEST",
            "submit.Fee_UserType": "3",
            "submit.Fee_terminal_Id": "13900139000",
            "submit.Fee_terminal_type": "1",
            "TP_pId": "9",
            "TP_udhi": "1",
            "Msg_Fmt": "8",
            "submit.Msg_src": "900001",
            "submit.FeeType": "02",
            "submit.FeeCode": "000010",
            "submit.Valld_Time": "261122093000032+",
            "submit.At_time": "261122083000032+",
            "submit.Src_Id": "1069000001",
            "submit.DestUsr_tl": "1",
            "Dest_terminal_Id": "13800138000",
            "submit.Dest_terminal_type": "1",
            "Msg_Length": str(len(PART)),
            "LinkID": "link-7",
        },
    ),
    (
        cmpp.SubmitResp(2, REPORT.msg_id, 8),
        {
            "Msg_Id": hex(REPORT.msg_id),
            "Msg_Id.timestamp": "11/22 09:30:16",
            "Msg_Id.sequence_id": "7",
            "submit_resp.Result": "8",
        },
    ),
    (
        MO,
        {
            "Msg_Id": hex(REPORT.msg_id),
            "deliver.Dest_Id": "106900000188",
            "Servicd_Id": "TEST",
            "TP_pId": "1",
            "TP_udhi": "1",
            "Msg_Fmt": "8",
            "deliver.Src_terminal_Id": "13800138000",
            "deliver.Src_terminal_type": "1",
            "deliver.Registered_Delivery": "0",
            "Msg_Length": str(len(PART)),
            "LinkID": "link-8",
        },
    ),
    (
        RECEIPT,
        {
            "Msg_Id": f"0x5,{REPORT.msg_id:#x}",
            "deliver.Registered_Delivery": "1",
            "deliver.Report.Status": "DELIVRD",
            "deliver.Report.Submit_time": "2611220930",
            "deliver.Report.Done_time": "2611220931",
            "Dest_terminal_Id": "138",
            "Report.SMSC_sequence": str(0x1234),
        },
    ),
    (cmpp.DeliverResp(10, 5, 9), {"Msg_Id": "0x5", "deliver_resp.Result": "9"}),
    (cmpp.ActiveTest(11), {}),
    (cmpp.ActiveTestResp(11), {}),
    (cmpp.Terminate(12), {}),
    (cmpp.TerminateResp(12), {}),
]
FIELDS = sorted({name for _, fields in SHOWN for name in fields} | {"Command_Id", "Sequence_Id", "Total_Length"})


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """What tshark makes of one packet for each PDU; the quick writers' octets follow the codec's."""
    path = tmp_path_factory.mktemp("capture") / "cmpp.pcap"
    form = cmpp.SubmitForm(LONG)
    quick = [
        form.frame(2, LONG.src_id, LONG.dest_terminal_ids[0], PART, 8, 1, 2, 1),
        cmpp.write_submit_resp(2, REPORT.msg_id, 8),
        cmpp.write_deliver_resp(10, 5, 9),
    ]
    path.write_bytes(capture([cmpp.encode(pdu) for pdu, _ in SHOWN] + quick, 7890))
    names = [*(f"cmpp.{name}" for name in FIELDS), "_ws.malformed"]
    asked = [word for name in names for word in ("-e", name)]
    said = subprocess.run(
        ["tshark", "-r", str(path), "-d", "tcp.port==7890,cmpp", "-T", "fields", *asked],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return [
        {name.removeprefix("cmpp."): value for name, value in zip(names, line.split("\t"), strict=True)}
        for line in said.splitlines()
    ]


def plain(value: str) -> list[str | int]:
    """Numbers as numbers: versions of tshark write them with more or fewer digits, truths as words."""
    truths = {"True": "1", "False": "0"}
    return [int(word, 0) if word.startswith("0x") else truths.get(word, word) for word in value.split(",")]


def test_it_finds_every_field_as_it_was_put_there(seen: list[dict[str, str]]) -> None:
    for (pdu, fields), found in zip(SHOWN, seen, strict=False):
        assert found["_ws.malformed"] == ""
        assert int(found["Command_Id"], 0) == pdu.command
        assert int(found["Sequence_Id"]) == pdu.sequence
        assert int(found["Total_Length"]) == len(cmpp.encode(pdu))
        assert {name: plain(found[name]) for name in fields} == {name: plain(fields[name]) for name in fields}, pdu


def test_it_reads_what_the_quick_writers_wrote_as_it_reads_the_codecs(seen: list[dict[str, str]]) -> None:
    by_name = {pdu.name: found for (pdu, _), found in zip(SHOWN, seen, strict=False)}
    assert seen[len(SHOWN) :] == [by_name["SUBMIT"], by_name["SUBMIT_RESP"], by_name["DELIVER_RESP"]]
