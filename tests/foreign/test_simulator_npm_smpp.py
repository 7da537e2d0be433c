"""The npm package smpp as a client of our listening gateway."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from foreign.foreign_texts import EMOJI, EXTENSION, LONG_CHINESE, PLAIN, texts
from foreign_peers import program
from hongyan.simulators.gateway import Gateway
from hongyan.simulators.smpp import SMPP
from simulators.rehearsal import PATIENCE_S, gateway

FOLDER = Path(__file__).parent / "npm"
UCS2 = 8


async def played(
    gate: Gateway, messages: list[dict[str, Any]], receipts: int, password: str = "secret"
) -> list[dict[str, Any]]:
    """Run the client to its end; return what it told."""
    if not (FOLDER / "node_modules" / "smpp").is_dir():
        pytest.fail("npm's smpp is not here. `make peers` installs it.")
    client = await asyncio.create_subprocess_exec(
        program("node"), "client.js", cwd=FOLDER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    asked = {
        "port": gate.port,
        "account": "hongyan",
        "password": password,
        "messages": messages,
        "receipts": receipts,
    }
    try:
        async with asyncio.timeout(PATIENCE_S):
            told, _ = await client.communicate(json.dumps(asked).encode())
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
    return [json.loads(line) for line in told.splitlines()]


def halves(text: str) -> list[dict[str, Any]]:
    pieces = [text[at : at + 67] for at in range(0, len(text), 67)]
    return [
        {"to": "8613800138000", "text": piece, "udh": f"0500032a{len(pieces):02x}{at:02x}", "data_coding": UCS2}
        for at, piece in enumerate(pieces, 1)
    ]


async def test_its_texts_are_understood_and_our_answers_and_receipts_too() -> None:
    to: dict[str, Any] = {"to": "8613800138000"}
    messages = [to | {"text": PLAIN}, to | {"text": EXTENSION}, to | {"text": EMOJI, "data_coding": UCS2}]
    messages += [to | {"hex": "00ff10ab", "data_coding": 4}, *halves(LONG_CHINESE)]
    async with gateway(SMPP) as gate:
        told = await played(gate, messages, len(messages))
        assert texts(gate) == [PLAIN, EXTENSION, EMOJI, None, LONG_CHINESE]
        taken = [one for one in told if "taken" in one]
        delivered = [one for one in told if "delivered" in one]
        assert all(one["taken"] == 0 for one in taken)
        assert {one["id"] for one in taken} == {one["id"] for one in delivered}
        assert all(one["state"] == 2 and "stat:DELIVRD" in one["delivered"] for one in delivered)
        assert gate.counts.acknowledged == len(messages)
        assert gate.counts.malformed == 0


async def test_its_wrong_password_is_refused() -> None:
    async with gateway(SMPP) as gate:
        assert (await played(gate, [], 1, "wrong"))[0] == {"bound": 0x0E}


async def test_it_reads_refusals_and_the_handsets_answer() -> None:
    messages = [{"to": f"861380000{ending}", "text": "x"} for ending in ("4011", "4588", "4203")]
    async with gateway(SMPP) as gate:
        told = await played(gate, messages, 2)
        assert sorted(one["taken"] for one in told if "taken" in one) == [0, 0x0B, 0x58]
        assert "退订" in [one["delivered"] for one in told if "delivered" in one]
