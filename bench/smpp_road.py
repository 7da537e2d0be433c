"""The whole road over SMPP, beside Kannel: HTTP in, SMPP out to a gateway in another process, receipts, callbacks.

    make bench-smpp        Hongyan alone: single and bulk, windows 10, 50 and 200, with and without a front
    make bench-kannel      single requests beside Kannel 1.4 from Debian's package, in turns in one run

Every contestant has the same load tool (load.py), the same listening simulator (`hongyan simulate smpp`) and the same
receiver of callbacks. Hongyan is always durable, stores receipts and calls back; a round ends when every callback came.
Kannel's round without receipts ends when the gateway has taken everything. Medians of interleaved rounds.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bench.processes import HERE, Hongyan, Kannel, Program, Receiver, Sink

DEADLINE_S = 60


class Contestant(NamedTuple):
    """Who is measured, and how it is asked."""

    name: str
    program: Hongyan | Kannel
    gateway: str
    more: str
    finished: Callable[[], int]
    shapes: tuple[tuple[str, int, int], ...]


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--single", type=int, default=20_000, help="messages a round of single requests")
    parser.add_argument("--bulk", type=int, default=60_000, help="messages a round of bulk requests")
    parser.add_argument("--windows", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--fronts", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--kannel", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hongyan-bench-") as folder:
        started: list[Program] = []
        try:
            contestants = _contestants(Path(folder), asked, started)
            rows = _rounds(contestants, asked)
        finally:
            for one in reversed(started):
                one.stop()
    figures = {name: {key: statistics.median(row[key] for row in of) for key in of[0]} for name, of in rows.items()}
    if asked.json:
        print(json.dumps(figures))
        return
    print(f"{'':44} {'accepted/s':>10} {'end to end/s':>12} {'CPU µs each':>11} {'p50 ms':>7} {'p99 ms':>7}")
    for name, row in figures.items():
        print(
            f"{name:44} {row['accepted_s']:10.0f} {row['end_s']:12.0f} {row['cpu_us']:11.1f}"
            f" {row['p50_ms']:7.1f} {row['p99_ms']:7.1f}"
        )
    print(f"medians of {asked.rounds} interleaved rounds")


def _contestants(folder: Path, asked: argparse.Namespace, started: list[Program]) -> list[Contestant]:
    single, bulk = ("single", 50, 1), ("bulk of 200", 8, 200)
    receiver = Receiver(folder)
    started.append(receiver)
    found: list[Contestant] = []
    for window in asked.windows:
        for fronts in asked.fronts:
            name = f"hongyan, window {window}, {fronts} fronts"
            sink = Sink(folder, name)
            started.append(sink)
            program = Hongyan(folder / name.replace(" ", ""), sink, receiver, window, fronts)
            started.append(program)
            found.append(Contestant(name, program, "nxcloud", "", receiver.count, (single, bulk)))
        if asked.kannel:
            for durable in (False, True):
                name = f"kannel, window {window}, {'spool, receipts' if durable else 'nothing kept'}"
                sink = Sink(folder, name)
                started.append(sink)
                kannel = Kannel(folder / name.replace(" ", ""), sink, receiver, window, durable=durable)
                started.append(kannel)
                finished = receiver.count if durable else sink.accepted
                found.append(Contestant(name, kannel, "sendsms", kannel.more, finished, (single,)))
    return found


def _rounds(contestants: list[Contestant], asked: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    rows: dict[str, list[dict[str, float]]] = {}
    for one in contestants:
        _measure(one, 50, 1, 1_000)  # warm up
    for _ in range(asked.rounds):
        for one in contestants:
            for shape, connections, items in one.shapes:
                messages = asked.single if items == 1 else asked.bulk
                rows.setdefault(f"{one.name}, {shape}", []).append(_measure(one, connections, items, messages))
    return dict(sorted(rows.items(), key=lambda row: ("bulk" in row[0], row[0])))


def _measure(one: Contestant, connections: int, items: int, messages: int) -> dict[str, float]:
    """Return one round's figures."""
    before, cpu_s = one.finished(), one.program.cpu_s()
    began = time.monotonic()
    command = [sys.executable, str(HERE / "load.py"), "--url", one.program.url, "--gateway", one.gateway]
    command += ["--connections", str(connections), "--items", str(items), "--messages", str(messages)]
    command += [f"--more={one.more}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE_S)
    figures: dict[str, Any] = json.loads(ran.stdout)
    if figures["refused"] or figures["accepted"] != messages:
        raise SystemExit(f"{one.name}: not everything was accepted: {figures}")
    while one.finished() - before < messages:
        if time.monotonic() - began > DEADLINE_S:
            raise SystemExit(f"{one.name}: {messages - one.finished() + before} messages did not arrive in time")
        time.sleep(0.02)
    seconds = time.monotonic() - began
    return {
        "accepted_s": messages / figures["seconds"],
        "end_s": messages / seconds,
        "cpu_us": (one.program.cpu_s() - cpu_s) / messages * 1e6,
        "p50_ms": figures["p50_ms"],
        "p99_ms": figures["p99_ms"],
    }


if __name__ == "__main__":
    main()
