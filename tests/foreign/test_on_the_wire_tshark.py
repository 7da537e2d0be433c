"""What a whole run of the gateway puts on the wire, read by tshark: every field as it was meant, no malformed frame."""

import asyncio
import subprocess
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from foreign.foreign_texts import EMOJI, EXTENSION, LONG_CHINESE, PLAIN
from foreign.recording_proxy import Recording, recorded
from foreign_peers import program
from hongyan.model.world import CarrierConfig, Choice, Declared, Key, Price, Project, RouteConfig
from hongyan.simulators import Spoken
from hongyan.simulators.cmpp import CMPP
from hongyan.simulators.smpp import SMPP
from hongyan.wire import cmpp, smpp
from local_vendor import LocalVendor
from simulators.rehearsal import gateway, until
from wire.pcap import capture

LONG_GSM = "a" * 152 + "€[x]{y}" * 20
SENT = (
    # text, sender, extension
    (PLAIN, "ACME", None),
    (EXTENSION, "10690", None),
    (EMOJI, None, "88"),
    (LONG_CHINESE, "12345", None),
    (LONG_GSM, "447700900123", None),
)
SMPP_FIELDS = (
    "command_id", "system_id", "source_addr", "source_addr_ton", "source_addr_npi", "destination_addr", "dest_addr_ton",
    "dest_addr_npi", "esm.submit.features", "regdel.receipt", "data_coding", "sm_length", "validity_period_r",
    "message_text", "command_status",
)  # fmt: skip
CMPP_FIELDS = (
    "Command_Id", "submit.Src_Id", "Dest_terminal_Id", "submit.DestUsr_tl", "submit.Registered_Delivery",
    "submit.Pk_total", "submit.Pk_number", "TP_udhi", "Msg_Fmt", "Msg_Length", "submit.Valld_Time", "submit.Msg_src",
    "submit.FeeType", "deliver_resp.Result", "Version",
)  # fmt: skip
UDH = ("gsm_sms.udh.mm.msg_id", "gsm_sms.udh.mm.msg_parts", "gsm_sms.udh.mm.msg_part")
FAULTS = ("_ws.malformed", "_ws.expert.message")


async def run(folder: Path, spoken: Spoken, settings: dict[str, Any]) -> Recording:
    """Send everything to a gateway of ours through a recorder, until all is delivered; then end the program."""
    async with AsyncExitStack() as opened:
        gate = await opened.enter_async_context(gateway(spoken))
        wire = await opened.enter_async_context(recorded(gate.port))
        given = {"host": "127.0.0.1", "port": wire.port, "source": "10690", "idle_s": 0.3}
        world: list[Declared] = [
            Project(name="wire", paid_in="1000", max_length=1000, validity_s=3_600),
            Key(project="wire", dialect="native", name="wire", secret="s3cret"),
            Price(name="", project="wire", each="0.05"),
            CarrierConfig(name="c", protocol=spoken.name, password="secret", settings=given | settings),
            RouteConfig(name="wire", order=1, projects=("wire",), choices=(Choice(carrier="c"),)),
        ]
        vendor = LocalVendor(folder / "v", world=world)
        await asyncio.to_thread(vendor.__enter__)
        try:
            await asyncio.to_thread(deliver_all, vendor)
            await until(lambda: gate.counts.acknowledged == gate.counts.accepted)
        finally:
            await asyncio.to_thread(vendor.__exit__)
        assert gate.counts.malformed == 0
    return wire


def deliver_all(vendor: LocalVendor) -> None:
    for at, (text, sender, extend) in enumerate(SENT):
        body = {"to": f"861380013800{at}", "text": text, "project": "wire", "sender": sender, "extend": extend}
        (message,) = vendor.post_json("/v1/messages", body)["messages"]
        path = f"/v1/messages/{message['id']}"
        story = vendor.eventually(partial(final, vendor, path), within_s=30)
        assert story["state"] == "delivered"


def final(vendor: LocalVendor, path: str) -> Any:
    story = vendor.get_json(path)
    return story if story["message"]["final"] else None


def dissected(folder: Path, protocol: str, port: int, pdus: list[bytes], fields: tuple[str, ...]) -> list[Any]:
    """Return the fields of each PDU by name, numbers as numbers."""
    path = folder / "run.pcap"
    path.write_bytes(capture(pdus, port))
    names = [*(f"{protocol}.{name}" for name in fields), *UDH, *FAULTS]
    wanted = [word for name in names for word in ("-e", name)]
    command = [program("tshark"), "-r", str(path), "-d", f"tcp.port=={port},{protocol}", "-T", "fields", *wanted]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode("utf-8", "surrogatepass")
    rows = [
        {
            name.removeprefix(f"{protocol}."): plain(value)
            for name, value in zip(names, line.split("\t"), strict=True)
            if value
        }
        for line in said.splitlines()
    ]
    assert len(rows) == len(pdus)
    assert not [row for row in rows if row.keys() & set(FAULTS)]
    return rows


def plain(value: str) -> str | int:
    """Numbers and truths as numbers: versions of tshark write them in several ways."""
    if value in {"True", "False"}:
        return int(value == "True")
    if value.isdigit() and (len(value) > 4 or value.lstrip("0") != value != "0"):
        return value
    try:
        return int(value, 0)
    except ValueError:
        return value


@pytest.mark.parametrize("long", ["udh8", "udh16"])
async def test_over_smpp(tmp_path: Path, long: str) -> None:
    wire = await run(tmp_path, SMPP, {"system_id": "hongyan", "long": long})
    rows = await asyncio.to_thread(dissected, tmp_path, "smpp", 2775, wire.pdus(smpp.HEADER, smpp.LARGEST), SMPP_FIELDS)
    commands = [row["command_id"] for row in rows]
    assert (commands[0], rows[0]["system_id"]) == (smpp.BindTransceiver.command, "hongyan")
    assert commands[-1] == smpp.Unbind.command
    assert {row["command_status"] for row in rows if row["command_id"] == smpp.DeliverSmResp.command} == {0}
    submits = [row for row in rows if row["command_id"] == smpp.SubmitSm.command]
    senders = [("ACME", 5, 0), ("10690", 3, 0), ("1069088", 1, 1), ("12345", 3, 0), ("447700900123", 1, 1)]
    for at, ((text, _, _), (source, ton, npi)) in enumerate(zip(SENT, senders, strict=True)):
        mine = [row for row in submits if row["destination_addr"] == f"861380013800{at}"]
        for number, row in enumerate(mine, 1):
            assert str(row["source_addr"]) == source
            assert (row["source_addr_ton"], row["source_addr_npi"]) == (ton, npi)
            assert (row["dest_addr_ton"], row["dest_addr_npi"], row["regdel.receipt"]) == (1, 1, 1)
            assert row["data_coding"] == (0 if at in {0, 1, 4} else 8)
            assert row["sm_length"] <= 140 if row["data_coding"] == 8 else row["sm_length"] <= 160
            assert float(row["validity_period_r"]) == pytest.approx(3_600, abs=60)
            assert row["esm.submit.features"] == (1 if len(mine) > 1 else 0)
            if len(mine) > 1:
                assert (row[UDH[1]], row[UDH[2]]) == (len(mine), number)
        assert len({row.get(UDH[0]) for row in mine}) == 1
        assert (len(mine) > 1) is (at > 2)
        if mine[0]["data_coding"] == 8:
            read = "".join(str(row["message_text"]) for row in mine)
            assert read.encode("utf-16", "surrogatepass").decode("utf-16") == text


async def test_over_cmpp_3(tmp_path: Path) -> None:
    wire = await run(tmp_path, CMPP, {"sp_id": "900001", "version": "3.0", "validity": True})
    rows = await asyncio.to_thread(dissected, tmp_path, "cmpp", 7890, wire.pdus(cmpp.HEADER, cmpp.LARGEST), CMPP_FIELDS)
    commands = [row["Command_Id"] for row in rows]
    assert (commands[0], float(rows[0]["Version"])) == (cmpp.Connect.command, 3.0)
    assert commands[-1] == cmpp.Terminate.command
    assert {row["deliver_resp.Result"] for row in rows if row["Command_Id"] == cmpp.DeliverResp.command} == {0}
    submits = [row for row in rows if row["Command_Id"] == cmpp.Submit.command]
    for at, (text, sender, extend) in enumerate(SENT):
        mine = [row for row in submits if row["Dest_terminal_Id"] == f"1380013800{at}"]
        for number, row in enumerate(mine, 1):
            assert row["submit.Src_Id"] == (sender or "10690") + (extend or "")
            assert (row["submit.DestUsr_tl"], row["submit.Registered_Delivery"]) == (1, 1)
            assert (row["submit.Pk_total"], row["submit.Pk_number"]) == (len(mine), number)
            assert row["TP_udhi"] == (1 if len(mine) > 1 else 0)
            assert row["Msg_Fmt"] == 8
            assert row["Msg_Length"] <= 140
            assert row["submit.Msg_src"] == "900001"
            assert row["submit.FeeType"] == "01"
            assert str(row["submit.Valld_Time"]).endswith("32+")
        assert (len(mine) > 1) is (len(text) > 70), mine
