"""`hongyan serve` in a process that is made to be killed, and a load that notes every id that was answered.

The process is forked from one that has the imports done: what is killed is a whole `serve` all the same, and twenty
starts cost no more than a few.
"""

import asyncio
import hashlib
import json
import multiprocessing
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from urllib.parse import urlsplit

from hongyan.assemble import open_store
from hongyan.declare.file import parse_world
from hongyan.model.clock import SystemClock
from hongyan.model.message import FINAL, Message, State
from hongyan.model.tally import Tally
from hongyan.settings import load
from hongyan.store import MessageQuery, Store

WORLD = """
[[projects]]
name = "kill"
paid_in = "1000000"
validity_s = 8
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
PAID_IN = 1_000_000_000_000
UNFINISHED = tuple(state for state in State if state not in FINAL)
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["hongyan.cli.serve", "hongyan.store.postgres"])


def serve_until_killed(environment: Mapping[str, str], ready_file: Path) -> None:
    """Be `hongyan serve`; runs in a process of its own."""
    from hongyan.cli.serve import serve  # noqa: PLC0415 - it is there already, in the process this one is forked from

    os.environ.update(environment)
    serve(api_port=0, console_port=0, ready_file=ready_file)


class Gateway:
    """One database and how to serve it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        given = {"data_dir": str(folder / "data"), "log_level": "error", "receipt_grace_s": "1", "lease_ms": "2000"}
        self.environment = {f"HONGYAN_{name.upper()}": value for name, value in (given | settings).items()}
        self.settings = load(given | settings)

    async def _started(self) -> tuple[ForkServerProcess, str]:
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        process = _FORKING.Process(target=serve_until_killed, args=(self.environment, ready))
        process.start()
        until = time.monotonic() + 60
        while not ready.exists():
            assert process.is_alive(), "it did not start"
            assert time.monotonic() < until, "it did not start in time"
            await asyncio.sleep(0.01)
        return process, json.loads(ready.read_text())["api"]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[tuple[ForkServerProcess, str]]:
        """Serve inside the block; whatever happens, the process we started ends with it."""
        process, url = await self._started()
        try:
            yield process, url
        finally:
            process.kill()  # of no effect on one that has ended
            await asyncio.to_thread(process.join, 30)

    async def declare(self, world: str = WORLD) -> None:
        """Declare the world of these tests."""
        placed = parse_world(world, "world", self.folder)
        async with self.store() as store:
            await store.declare([one.thing for one in placed], (), SystemClock().now_ms())

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """Open the database beside, or after, whoever serves it."""
        store = open_store(self.settings, SystemClock(), Tally())
        await store.open()
        yield store
        await store.close()


def request(
    host: str, phones: list[str], *, key: str = "AK", app: str = "app", contents: Sequence[str] = ("kill test",)
) -> bytes:
    """Return a sealed bulk send; the contents go round."""
    items = [{"phone": one, "content": content} for one, content in zip(phones, cycle(contents), strict=False)]
    body = json.dumps({"appKey": app, "items": items})
    stamp = str(time.time_ns() // 1_000_000)
    text = f"accessKey={key}&action=mtsend&bizType=3&ts={stamp}&body={body}&accessSecret=SK"
    head = f"POST /v1/sms/multi/mt HTTP/1.1\r\nhost: {host}\r\naccessKey: {key}\r\nts: {stamp}\r\nbizType: 3\r\n"
    head += f"action: mtsend\r\nsign: {hashlib.md5(text.encode()).hexdigest()}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n{body}".encode()


async def send_until_dead(
    url: str, accepted: list[int], items: int, chance: random.Random, dying: Callable[[], bool] = lambda: False
) -> None:
    """Send one request after the other until the connection breaks, noting every id that was answered."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        while True:
            phones = [f"861{chance.randrange(30, 99)}{chance.randrange(10**4):04d}1234" for _ in range(items)]
            writer.write(request(parts.netloc, phones))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            answer = json.loads(await reader.readexactly(length))
            if answer["code"] != 0 and dying():  # a front lives a moment longer than its core
                return
            for row in answer["data"]:
                assert row["status"] == "Success", row
                accepted.append(int(row["messageid"]))
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def kill_under_load(gateway: Gateway, times: int, chance: random.Random) -> list[int]:
    """Start, load and kill so often; return every id that was answered as accepted."""
    accepted: list[int] = []
    for _ in range(times):
        async with gateway.serving() as (process, url):
            killed = asyncio.Event()
            loads = [
                asyncio.create_task(send_until_dead(url, accepted, items, chance, killed.is_set))
                for items in (1, 1, 1, 20, 100)
            ]
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            killed.set()
            process.kill()
            await asyncio.gather(*loads)
    assert len(accepted) > 20 * times
    return accepted


async def see_all_end(gateway: Gateway) -> None:
    """Serve until every message is in a final state, then end as one should."""
    async with gateway.serving() as (process, _), gateway.store() as store:
        until = time.monotonic() + 90
        while await store.count(MessageQuery(states=UNFINISHED)):
            assert time.monotonic() < until, "messages are still on the road"
            await asyncio.sleep(0.1)
        process.terminate()
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode == 0


async def audit(gateway: Gateway, accepted: list[int], *projects: str) -> dict[int, Message]:
    """Hold the database against what was answered: each id is there, charged once; the ledger equals the balance.

    Returns every message by its id.
    """
    assert len(set(accepted)) == len(accepted)
    async with gateway.store() as store:
        found: dict[int, Message] = {}
        page = await store.messages(MessageQuery(limit=5_000))
        while page:
            found |= {one.id: one for one in page}
            page = await store.messages(MessageQuery(limit=5_000, before_id=page[-1].id))
        books = [(one, await store.balance(one), await store.ledger_sum(one)) for one in projects or ("kill",)]
    assert not set(accepted) - set(found)
    assert all(one.charge is not None and one.state in FINAL for one in found.values())
    for project, balance, ledger in books:
        kept = sum(one.price for one in found.values() if one.project == project and one.refund is None)
        assert balance == ledger == PAID_IN - kept
    return found
