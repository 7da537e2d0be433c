"""`kill -9` during a load of sends, 20 times over: nothing accepted is lost, nothing is charged twice."""

import asyncio
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

WORLD = """
[[projects]]
name = "kill"
paid_in = "1000000"
validity_s = 20
[[keys]]
project = "kill"
dialect = "nxcloud"
name = "AK"
secret = "SK"
rate_per_second = 0
[[apps]]
project = "kill"
name = "app"
[[prices]]
name = ""
each = "0.045"
[[carriers]]
name = "simulator"
settings = { profile = "flaky", seed = 7, receipt_delay_ms = 30 }
[[routes]]
name = "all"
choices = [{ carrier = "simulator" }]
"""
KILLS = 20
PAID_IN = 1_000_000_000_000


class Gateway:
    """`hongyan serve` in a process that is made to be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"HONGYAN_DATA_DIR": str(folder / "data"), "HONGYAN_LOG_LEVEL": "error"}
        self.environment |= {"HONGYAN_RECEIPT_GRACE_S": "1", "HONGYAN_LEASE_MS": "2000"}
        self.world = folder / "world.toml"
        self.world.write_text(WORLD)

    def hongyan(self, *words: str) -> subprocess.Popen[bytes]:
        """Start the program."""
        command = [sys.executable, "-m", "hongyan", *words]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)

    async def start(self) -> tuple[subprocess.Popen[bytes], str]:
        """Start serving; return the process and the API's address."""
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        serving = self.hongyan("serve", "--api-port", "0", "--console-port", "0", "--ready-file", str(ready))
        until = time.monotonic() + 60
        while not ready.exists():
            assert serving.poll() is None, "it did not start"
            assert time.monotonic() < until, "it did not start in time"
            await asyncio.sleep(0.02)
        return serving, json.loads(ready.read_text())["api"]


def request(host: str, phones: list[str]) -> bytes:
    """Return a sealed bulk send."""
    body = json.dumps({"appKey": "app", "items": [{"phone": one, "content": "kill test"} for one in phones]})
    stamp = str(time.time_ns() // 1_000_000)
    text = f"accessKey=AK&action=mtsend&bizType=3&ts={stamp}&body={body}&accessSecret=SK"
    head = f"POST /v1/sms/multi/mt HTTP/1.1\r\nhost: {host}\r\naccessKey: AK\r\nts: {stamp}\r\nbizType: 3\r\n"
    head += f"action: mtsend\r\nsign: {hashlib.md5(text.encode()).hexdigest()}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n{body}".encode()


async def send_until_dead(url: str, accepted: list[int], items: int, chance: random.Random) -> None:
    """Send one request after the other until the connection breaks, noting every id that was answered."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        while True:
            phones = [f"861{chance.randrange(30, 99)}{chance.randrange(10**4):04d}1234" for _ in range(items)]
            writer.write(request(parts.netloc, phones))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            for row in json.loads(await reader.readexactly(length))["data"]:
                assert row["status"] == "Success", row
                accepted.append(int(row["messageid"]))
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


def settled(database: Path) -> bool:
    """Return whether every message is in a final state."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as reading:
        waiting = "SELECT count(*) FROM messages WHERE state IN ('accepted', 'sending', 'submitted')"
        return bool(reading.execute(waiting).fetchone()[0] == 0)


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[tuple[subprocess.Popen[bytes], str]]:
    """Serve inside the block; whatever happens, the process we started ends with it."""
    process, url = await gateway.start()
    try:
        yield process, url
    finally:
        process.kill()  # of no effect on one that has ended
        process.wait(30)


async def test_nothing_accepted_is_lost_and_nothing_charged_twice(tmp_path: Path) -> None:
    gateway, chance = Gateway(tmp_path), random.Random(20)
    assert gateway.hongyan("apply", str(gateway.world), "--yes").wait(60) == 0
    accepted: list[int] = []
    for _ in range(KILLS):
        async with serving(gateway) as (process, url):
            loads = [asyncio.create_task(send_until_dead(url, accepted, items, chance)) for items in (1, 1, 1, 20, 100)]
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            process.kill()
            await asyncio.gather(*loads)
    assert len(accepted) > 20 * KILLS
    assert len(set(accepted)) == len(accepted)

    database = tmp_path / "data" / "hongyan.db"
    async with serving(gateway) as (process, _):
        until = time.monotonic() + 90
        while not settled(database):
            assert time.monotonic() < until, "messages are still on the road"
            await asyncio.sleep(0.1)
        process.terminate()
        assert process.wait(60) == 0

    with sqlite3.connect(database) as reading:
        rows = dict(reading.execute("SELECT id, price FROM messages"))
        missing = set(accepted) - set(rows)
        assert not missing
        refunded = reading.execute("SELECT coalesce(sum(price), 0) FROM messages WHERE refund IS NOT NULL").fetchone()[
            0
        ]
        (uncharged,) = reading.execute("SELECT count(*) FROM messages WHERE charge IS NULL").fetchone()
        (balance,) = reading.execute("SELECT amount FROM balances").fetchone()
        (entries,) = reading.execute("SELECT sum(amount) FROM entries").fetchone()
    assert uncharged == 0
    assert balance == entries == PAID_IN - sum(rows.values()) + refunded
