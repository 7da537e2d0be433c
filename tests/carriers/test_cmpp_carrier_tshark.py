"""What a CMPP 3.0 carrier writes in a whole conversation, read by tshark: no other reader of it is at hand."""

import asyncio
import subprocess
from pathlib import Path

from carriers.hostile_smsc import message, until
from carriers.scripted_gateway import CMPP3, listening, talking
from hongyan.wire import cmpp
from wire.pcap import capture

_FIELDS = (
    "Command_Id",
    "submit.Src_Id",
    "Dest_terminal_Id",
    "submit.Pk_total",
    "submit.Pk_number",
    "TP_udhi",
    "Msg_Fmt",
)


def dissected(path: Path) -> list[list[str]]:
    """Return the fields of each packet; the last one says what is malformed."""
    names = [*(f"cmpp.{name}" for name in _FIELDS), "_ws.malformed"]
    asked = [word for name in names for word in ("-e", name)]
    said = subprocess.run(
        ["tshark", "-r", str(path), "-d", "tcp.port==7890,cmpp", "-T", "fields", *asked],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    return [line.split("\t") for line in said.splitlines()]


async def test_tshark_follows_the_whole_conversation(tmp_path: Path) -> None:
    async with listening(CMPP3) as gateway, talking(gateway, idle_s=0.05) as (carrier, ears):
        carrier.submit([message(1, content="【测】码12", extend="88"), message(2, content="长" * 100)])
        await until(lambda: len(ears.answers) == 2)
        gateway.client.report(gateway.submits[0], 1)
        gateway.client.reply("13800138000", "10690", b"TD", 0)
        await until(lambda: len(gateway.client.acknowledged()) == 2)
        await until(lambda: any(isinstance(pdu, cmpp.ActiveTest) for pdu in gateway.client.others))
    path = tmp_path / "cmpp.pcap"
    path.write_bytes(capture(gateway.heard, 7890))
    rows = await asyncio.to_thread(dissected, path)
    assert len(rows) == len(gateway.heard)
    assert not any(row[-1] for row in rows)
    commands = [int(row[0], 0) for row in rows]
    assert commands[0] == cmpp.Connect.command
    assert commands[-1] == cmpp.Terminate.command
    assert {cmpp.DeliverResp.command, cmpp.ActiveTest.command} < set(commands)
    truths = {"True": "1", "False": "0"}
    submits = [[truths.get(cell, cell) for cell in row[1:-1]] for row in rows if int(row[0], 0) == cmpp.Submit.command]
    numbers = [[cell if at < 2 else str(int(cell, 0)) for at, cell in enumerate(row)] for row in submits]
    assert numbers == [
        ["1069088", "13800138000", "1", "1", "0", "8"],
        ["10690", "13800138000", "2", "1", "1", "8"],
        ["10690", "13800138000", "2", "2", "1", "8"],
    ]
