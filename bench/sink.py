"""How many messages a second the listening SMPP gateway takes, receipts and all, and what one costs it.

    python bench/sink.py [--messages 200000] [--window 500] [--links 2] [--seconds-of-receipts 1]

Two processes of their own: the gateway, and this one, which does as little as a client can. CPU is the gateway's.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from struct import Struct as Layout
from typing import cast

import psutil
import uvloop

from hongyan.simulators.smpp import SMPP
from hongyan.wire import frames, smpp
from hongyan.wire.smpp import quick

_HEADS = Layout(">IIII").unpack_from
LONGEST_S = 60
TEXT = b"Your code is 123456. It is valid for five minutes, do not share it."


class Total:
    """What all links have had: receipts of an account come over any of its links."""

    def __init__(self, messages: int) -> None:
        self.messages = messages
        self.answers = self.refused = self.receipts = 0
        self.done = asyncio.get_running_loop().create_future()

    def look(self) -> None:
        """See whether that was all."""
        if self.receipts + self.refused >= self.messages and not self.done.done():
            self.done.set_result(None)


class Pump(asyncio.Protocol):
    """Keeps a window full of submits, answers receipts, counts."""

    def __init__(self, total: Total, first: int, messages: int, window: int, form: quick.Form) -> None:
        self.left = messages
        self._total = total
        self._number, self._window, self._form = first, window, form
        self._rest = b""
        self._sequence = 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bind."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        self.transport.write(smpp.encode(smpp.BindTransceiver(1, SMPP.account, SMPP.password)))

    def data_received(self, data: bytes) -> None:
        """Answer and go on."""
        found, taken = frames(self._rest + data if self._rest else data, smpp.HEADER, smpp.LARGEST)
        self._rest = (self._rest + data)[taken:]
        out: list[bytes] = []
        room = 0
        for frame in found:
            _, command, status, sequence = _HEADS(frame)
            if command == quick.SUBMIT_SM_RESP:
                room += 1
                self._total.refused += status != 0
            elif command == smpp.DeliverSm.command:
                self._total.receipts += 1
                out.append(quick.deliver_response(sequence))
            elif command == smpp.BindTransceiverResp.command:
                room = self._window
        self._total.answers += room if self._sequence > 1 else 0
        for _ in range(min(room, self.left)):
            self._sequence += 1
            self._number += 1
            out.append(self._form.frame(self._sequence, f"86138{self._number % 10_000_000:07}0", TEXT, data_coding=0))
            self.left -= 1
        if out:
            self.transport.write(b"".join(out))
        self._total.look()


def _itself(one: Pump) -> Pump:
    return one


async def pump(port: int, messages: int, window: int, links: int) -> tuple[float, int, int]:
    """Return seconds, answers and receipts."""
    form = quick.Form(smpp.SubmitSm(0, source_addr="10690001", dest_addr_ton=1, dest_addr_npi=1, registered_delivery=1))
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    each = messages // links
    total = Total(each * links)
    pumps = [Pump(total, at * each, each, window, form) for at in range(links)]
    for one in pumps:
        await loop.create_connection(partial(_itself, one), "127.0.0.1", port)
    async with asyncio.timeout(LONGEST_S):
        await total.done
    seconds = time.perf_counter() - begun
    for one in pumps:
        one.transport.close()
    return seconds, total.answers, total.receipts


def main() -> None:
    """Run both, print one line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--window", type=int, default=500)
    parser.add_argument("--links", type=int, default=2)
    parser.add_argument("--receipt-delay-ms", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "hongyan", "simulate", "smpp", "--port", "0", "--no-magic", "--json"]
        command += ["--ready-file", str(ready), "--receipt-delay-ms", str(asked.receipt_delay_ms)]
        gateway = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            while not ready.exists():
                time.sleep(0.05)
            port = json.loads(ready.read_text())["smpp"]
            process = psutil.Process(gateway.pid)
            before, own = process.cpu_times(), os.times()
            seconds, answers, receipts = uvloop.run(pump(port, asked.messages, asked.window, asked.links))
            after, own_after = process.cpu_times(), os.times()
        finally:
            gateway.terminate()
            gateway.wait(10)
    cpu = (after.user - before.user) + (after.system - before.system)
    client = (own_after.user - own.user) + (own_after.system - own.system)
    print(f"{answers:,} messages and {receipts:,} receipts in {seconds:.2f} s: {answers / seconds:,.0f} a second")
    print(
        f"gateway: {cpu / answers * 1e6:.1f} µs of CPU a message (one core: {answers / cpu:,.0f} a second); "
        f"client: {client / answers * 1e6:.1f} µs"
    )


if __name__ == "__main__":
    main()
