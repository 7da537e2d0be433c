"""Our SMPP carrier at a server made of the npm package smpp: what we say is understood, what it says we understand."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from carriers.hostile_smsc import CarrierEars, built, message, until
from foreign.foreign_texts import EMOJI, EXTENSION, LONG_CHINESE, PLAIN
from foreign_peers import program

FOLDER = Path(__file__).parent / "npm"


class Told:
    """What the server tells."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lines: list[dict[str, Any]] = []

    def submits(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "text" in line]

    def having(self, key: str) -> list[Any]:
        return [line[key] for line in self.lines if key in line]


@asynccontextmanager
async def server(*script: str) -> AsyncIterator[Told]:
    """The server, in a process of its own that ends with the test."""
    if not (FOLDER / "node_modules" / "smpp").is_dir():
        pytest.fail("npm's smpp is not here. `make peers` installs it.")
    process = await asyncio.create_subprocess_exec(
        program("node"),
        *(script or ("server.js",)),
        cwd=FOLDER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        told = Told(json.loads(await process.stdout.readline())["port"])
    stdout = process.stdout

    async def listen() -> None:
        while line := await stdout.readline():
            told.lines.append(json.loads(line))

    listening = asyncio.create_task(listen())
    try:
        yield told
    finally:
        process.kill()
        await process.wait()
        await listening


@pytest.mark.parametrize("long", ["udh8", "udh16", "sar", "payload"])
async def test_texts_of_every_kind_arrive_and_receipts_in_another_base_come_back(long: str) -> None:
    async with server() as told:
        carrier, ears = built(told.port, long=long, source="10690001"), CarrierEars()
        await carrier.open(ears)
        await until(carrier.room)
        texts = [PLAIN, EXTENSION, EMOJI, LONG_CHINESE]
        carrier.submit([message(n, content=text, to=f"861380013800{n}") for n, text in enumerate(texts, 1)])
        await until(lambda: len(ears.answers) == len(texts))
        parts = [answer.part_ids or (answer.provider_id,) for _, answer in sorted(ears.by_id().items())]
        ids = {part for answer in parts for part in answer}
        await until(lambda: len(ears.receipts) == len(ids) == len(told.having("acknowledged")))
        assert {receipt.provider_id for receipt in ears.receipts} == ids  # decimal there, hexadecimal in the answers
        assert {receipt.state for receipt in ears.receipts} == {"delivered"}
        assert set(told.having("acknowledged")) == {0}
        said = told.submits()
        by_number = {to: [one for one in said if one["to"] == to] for to in {one["to"] for one in said}}
        assert [by_number[f"861380013800{n}"][0]["text"] for n in (1, 2, 3)] == texts[:3]
        pieces = by_number["8613800138004"]
        whole = "".join(piece["payload"] or piece["text"] for piece in pieces)
        if long != "payload":
            assert whole == LONG_CHINESE
            assert len(pieces) == len(parts[3])
        await carrier.close()
        assert not told.having("error")


async def test_its_refusals_are_understood() -> None:
    async with server() as told:
        carrier, ears = built(told.port), CarrierEars()
        await carrier.open(ears)
        await until(carrier.room)
        carrier.submit([message(1, to="8613800130058")])
        await until(lambda: ears.answers)
        assert ears.answers[0].slow_down
        await carrier.close()
        wrong = built(told.port, password="wrong")
        await wrong.open(CarrierEars())
        await until(lambda: "ESME_RBINDFAIL" in wrong.links()[0].last_error)
        await wrong.close()
