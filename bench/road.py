"""The whole road, measured: HTTP in, durable, simulator out, receipts stored. Run it with `make bench`.

Starts `hongyan serve` on a fresh database, drives it from another process with single requests and with bulk
requests of 200, waits until every message is delivered, and prints messages a second, latency and the server's CPU
microseconds per message: the median of several interleaved rounds, in one run. The database is held against what
was accepted: nothing missing, everything delivered and charged once.
"""

import argparse
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
SHAPES = (("single", 50, 1), ("bulk of 200", 8, 200))
DEADLINE_S = 900


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--single", type=int, default=20_000, help="messages a round of single requests")
    parser.add_argument("--bulk", type=int, default=60_000, help="messages a round of bulk requests")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name, _, _ in SHAPES}
    with tempfile.TemporaryDirectory(prefix="hongyan-bench-") as folder:
        server = Server(Path(folder))
        try:
            load(server, 50, 1, 1000)  # warm up
            for _ in range(asked.rounds):
                for name, connections, items in SHAPES:
                    rows[name].append(measure(server, connections, items, asked.single if items == 1 else asked.bulk))
            memory_mib = server.process.memory_info().rss / (1 << 20)
        finally:
            server.stop()
        server.audit()
    figures = {name: {key: statistics.median(row[key] for row in of) for key in of[0]} for name, of in rows.items()}
    if asked.json:
        print(json.dumps(figures | {"rss_mib": round(memory_mib)}))
        return
    print(f"{'':12} {'accepted/s':>10} {'end to end/s':>12} {'CPU µs each':>11} {'p50 ms':>7} {'p99 ms':>7}")
    for name, row in figures.items():
        print(
            f"{name:12} {row['accepted_s']:10.0f} {row['delivered_s']:12.0f} {row['cpu_us']:11.1f}"
            f" {row['p50_ms']:7.1f} {row['p99_ms']:7.1f}"
        )
    print(f"resident memory at the end: {memory_mib:.0f} MiB; medians of {asked.rounds} interleaved rounds")


class Server:
    """`hongyan serve` in a process of its own."""

    def __init__(self, folder: Path, world: Path | None = HERE / "world.toml") -> None:
        """Apply the world, if any, and start."""
        self.folder = folder
        self.environment = os.environ | {"HONGYAN_DATA_DIR": str(folder), "HONGYAN_LOG_LEVEL": "error"}
        hongyan = [sys.executable, "-m", "hongyan"]
        if world is not None:
            command = [*hongyan, "apply", str(world), "--yes"]
            subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        ready = folder / "ready.json"
        command = [*hongyan, "serve", "--api-port", "0", "--console-port", "0", "--ready-file", str(ready)]
        self.child = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        began = time.monotonic()
        while not ready.exists():
            if self.child.poll() is not None or time.monotonic() - began > 60:
                raise SystemExit("the server did not start")
            time.sleep(0.02)
        self.url = json.loads(ready.read_text())["api"]
        self.process = psutil.Process(self.child.pid)

    def cpu_s(self) -> float:
        """Return CPU seconds used so far."""
        running = (self.process, *self.process.children())
        return sum(times.user + times.system for times in (one.cpu_times() for one in running))

    def delivered(self) -> int:
        """Return how many messages were delivered since the start."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("hongyan_report_settled_total") and 'state="delivered"' in line:
                    return int(float(line.rsplit(" ", 1)[1]))
        return 0

    def stop(self) -> None:
        """End the process we started."""
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(30)

    def audit(self) -> None:
        """Hold the database against the promises: all final, each charged once, ledger equal to balance."""
        with sqlite3.connect(next(self.folder.glob("*.db"))) as database:
            states = dict(database.execute("SELECT state, count(*) FROM messages GROUP BY state"))
            (priced,) = database.execute("SELECT sum(price) FROM messages").fetchone()
            (balance,) = database.execute("SELECT amount FROM balances").fetchone()
            (entries,) = database.execute("SELECT sum(amount) FROM entries").fetchone()
        assert set(states) == {"delivered"}, states
        assert balance == entries, (balance, entries)
        assert priced == 100_000_000_000_000 - balance, (priced, balance)


def load(server: Server, connections: int, items: int, messages: int) -> dict[str, Any]:
    """Drive the server from another process; return its figures."""
    command = [sys.executable, str(HERE / "load.py"), "--url", server.url]
    command += ["--connections", str(connections), "--items", str(items), "--messages", str(messages)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE_S)
    figures: dict[str, Any] = json.loads(ran.stdout)
    if figures["refused"] or figures["accepted"] != messages:
        raise SystemExit(f"not everything was accepted: {figures}")
    return figures


def measure(server: Server, connections: int, items: int, messages: int) -> dict[str, float]:
    """Return one round's figures."""
    before, cpu = server.delivered(), server.cpu_s()
    began = time.monotonic()
    figures = load(server, connections, items, messages)
    while server.delivered() - before < messages:
        if time.monotonic() - began > DEADLINE_S:
            raise SystemExit("not everything was delivered in time")
        time.sleep(0.05)
    seconds = time.monotonic() - began
    return {
        "accepted_s": messages / figures["seconds"],
        "delivered_s": messages / seconds,
        "cpu_us": (server.cpu_s() - cpu) / messages * 1e6,
        "p50_ms": figures["p50_ms"],
        "p99_ms": figures["p99_ms"],
    }


if __name__ == "__main__":
    main()
