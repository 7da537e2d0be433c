"""A backlog of a million messages, measured: memory while it grows, the restart with it, sends beside it, its end.

Starts `hongyan serve` with a carrier that is dead, fills the store with bulk requests, starts anew, then declares the
carrier healthy with `hongyan apply` and waits until everything is delivered. Prints a line a stage: seconds, and
the server's resident memory, highest and at the end. Held against the promises by `road.Server.audit`.

    python -m bench.backlog --messages 1000000
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.road import HERE, Server, load

SPARE = 1_000
"""messages sent beside the backlog: the default cap has room for them"""


def main() -> None:
    """Run the stages."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rest", type=int, default=20, help="seconds to watch an idle server with its backlog")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hongyan-backlog-") as name:
        folder = Path(name)
        healthy = (HERE / "world.toml").read_text()
        (folder / "world.toml").write_text(healthy.replace('"healthy"', '"dead"'))
        server = Server(folder, folder / "world.toml")
        try:
            with stage("idle", server):
                time.sleep(2)
            with stage("fill", server):
                load(server, 8, 200, asked.messages - SPARE)
            with stage("rest", server):
                time.sleep(asked.rest)
        finally:
            server.stop()
        print(f"database: {sum(one.stat().st_size for one in folder.glob('*.db*')) >> 20} MiB")
        began = time.monotonic()
        server = Server(folder, None)
        print(f"start with the backlog: {time.monotonic() - began:.1f} s")
        try:
            finish(server, folder, healthy, asked.messages, asked.rest)
        finally:
            server.stop()
        server.audit()


def finish(server: Server, folder: Path, healthy: str, messages: int, rest: int) -> None:
    """Watch a server that was started on a backlog, until the backlog is gone."""
    with stage("rest", server):
        time.sleep(rest)
    began = time.monotonic()
    with urllib.request.urlopen(server.url + "/readyz", timeout=10) as answer:
        print(f"/readyz: {answer.status} in {(time.monotonic() - began) * 1000:.0f} ms")
    with stage("sends beside it", server):
        figures = load(server, 10, 1, SPARE)
    print(f"single sends beside it: p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms")
    (folder / "world.toml").write_text(healthy)
    with stage("drain", server):
        command = [sys.executable, "-m", "hongyan", "apply", str(folder / "world.toml"), "--yes"]
        subprocess.run(command, env=server.environment, check=True, stdout=subprocess.DEVNULL)
        while server.delivered() < messages:
            time.sleep(0.5)


@contextmanager
def stage(name: str, server: Server) -> Iterator[None]:
    """Print what the block took: seconds, CPU seconds, resident memory."""
    peak, over = 0, threading.Event()

    def look() -> None:
        nonlocal peak
        while not over.wait(0.1):
            peak = max(peak, server.process.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    began, cpu = time.monotonic(), server.cpu_s()
    try:
        yield
    finally:
        over.set()
        looking.join()
    rss = server.process.memory_info().rss
    took = time.monotonic() - began
    print(
        f"{name:16} {took:7.1f} s  CPU {server.cpu_s() - cpu:7.1f} s  "
        f"resident {rss >> 20:5d} MiB, at most {max(peak, rss) >> 20} MiB",
        flush=True,
    )


if __name__ == "__main__":
    os.environ.setdefault("HONGYAN_LOG_LEVEL", "error")
    main()
