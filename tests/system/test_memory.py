"""Memory is bounded: what waits, waits on disk. At full size: `python -m bench.backlog` and docs/performance.md."""

import asyncio
import json
import random
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from hongyan.store import MessageQuery
from operate.dev_process import program
from system.killable import UNFINISHED, WORLD, Gateway, request

IDLE_MOST, BACKLOG_MOST = 150 << 20, 60 << 20
BULK, CONNECTIONS, WAITING = 200, 4, 40_000


def resident(pid: int | None) -> int:
    """Return a process's resident bytes."""
    return int(psutil.Process(pid).memory_info().rss)


async def sent(url: str, times: int, chance: random.Random) -> None:
    """Send so many full requests on one connection."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for _ in range(times):
        writer.write(request(parts.netloc, [f"8613{chance.randrange(10**5):05d}1234" for _ in range(BULK)]))
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        assert body.count(b'"Success"') == BULK + 1, body[:300]
    writer.close()


def ready(url: str) -> bool:
    """Return what /readyz says."""
    with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
        return bool(json.load(answer)["ready"])


def test_an_idle_dev_is_small(tmp_path: Path) -> None:
    with program(tmp_path, "dev") as dev:
        assert ready(dev.api)
        assert resident(dev.process.pid) < IDLE_MOST


async def test_a_backlog_lies_on_disk_and_a_start_with_it_is_quick(tmp_path: Path) -> None:
    gateway, chance = Gateway(tmp_path), random.Random(1)
    await gateway.declare(WORLD.replace('"flaky"', '"dead"').replace("validity_s = 8", "validity_s = 86400"))
    async with gateway.serving() as (process, url):
        before = resident(process.pid)
        await asyncio.gather(*(sent(url, WAITING // BULK // CONNECTIONS, chance) for _ in range(CONNECTIONS)))
        full = resident(process.pid)
        assert full - before < BACKLOG_MOST
        process.terminate()
        await asyncio.to_thread(process.join, 30)
    async with asyncio.timeout(20), gateway.serving() as (process, url):
        assert await asyncio.to_thread(ready, url)
        await sent(url, 1, chance)
        assert resident(process.pid) < full
    async with gateway.store() as store:
        assert await store.count(MessageQuery(states=UNFINISHED)) == WAITING + BULK
