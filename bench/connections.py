"""Ten thousand idle connections beside normal traffic, measured: latency of single requests without and with them.

Each idle connection has asked one question and then says nothing. Loopback only; both processes need as many open
files as connections, so the limit is raised as far as it goes.

    python -m bench.connections --idle 10000
"""

import argparse
import asyncio
import os
import resource
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
from bench.road import Server, load

AT_ONCE = 200
"""connections opened at the same time: fewer than the listener's backlog"""


async def main() -> None:
    """Measure, open the connections, measure again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=10_000)
    asked = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < asked.idle + 100:
        raise SystemExit(f"open files are limited to {hard}: ulimit -Hn {asked.idle + 100}, or --idle {hard - 100}")
    with tempfile.TemporaryDirectory(prefix="hongyan-connections-") as folder:
        server = Server(Path(folder))
        try:
            await asyncio.to_thread(load, server, 20, 1, 1_000)
            await measure("alone", server, asked.messages)
            parts = urlsplit(server.url)
            gate = asyncio.Semaphore(AT_ONCE)
            idle = await asyncio.gather(*(opened(gate, parts.hostname, parts.port) for _ in range(asked.idle)))
            await measure(f"beside {asked.idle} idle connections", server, asked.messages)
            closed = sum(reader.at_eof() for reader, _ in idle)
            print(f"idle connections that were closed meanwhile: {closed}")
            for _, writer in idle:
                writer.close()
        finally:
            server.stop()
        server.audit()


async def opened(
    gate: asyncio.Semaphore, host: str | None, port: int | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection, ask one question, leave it at that."""
    async with gate:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        await reader.readuntil(b"alive\n")
        return reader, writer


async def measure(name: str, server: Server, messages: int) -> None:
    """Print the figures of single requests."""
    figures = await asyncio.to_thread(load, server, 20, 1, messages)
    print(
        f"{name:32} {messages / figures['seconds']:6.0f} a second, p50 {figures['p50_ms']} ms, "
        f"p99 {figures['p99_ms']} ms, resident {server.process.memory_info().rss >> 20} MiB",
        flush=True,
    )


if __name__ == "__main__":
    os.environ["HONGYAN_KEEP_ALIVE_S"] = "600"
    uvloop.run(main())
