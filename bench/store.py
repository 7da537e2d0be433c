"""What the store costs by itself: rows a second and CPU microseconds a row, one operation at a time and in bulk.

python bench/store.py                       the embedded engine, in a temporary folder
python bench/store.py --postgres URL        the cluster's engine; the database is left with rows in it
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import uvloop

from hongyan.model.clock import SystemClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import Project
from hongyan.store import Store
from hongyan.store.ops import Accept, Bucket, Handed, Settle, SubmissionRow
from hongyan.store.postgres import PostgresStore
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault

CLIENTS, BULK, BULK_CLIENTS = 64, 200, 8
CLOCK = SystemClock()
IDS = IdMint(CLOCK)


class Cost(NamedTuple):
    """One measured step."""

    name: str
    rows: int
    seconds: float
    cpu_seconds: float

    def line(self) -> str:
        """Return one row of the table."""
        return f"{self.name:34}{self.rows / self.seconds:12,.0f}{self.cpu_seconds / self.rows * 1e6:10.1f}"


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _measured(name: str, rows: int, what: Awaitable[object]) -> Cost:
    began, cpu = time.perf_counter(), _cpu()
    await what
    return Cost(name, rows, time.perf_counter() - began, _cpu() - cpu)


def _messages(count: int) -> list[Message]:
    now = CLOCK.now_ms()
    made = []
    for place in range(count):
        message_id = IDS.mint()
        made.append(
            Message(
                id=message_id, project="bench", submission=message_id, position=place, dialect="comms",
                to=f"8613{message_id % 10**9:09}", country="CN", operator="mobile", template="T1", signature="一砂",
                content="【一砂】您的验证码为:123456,该验证码5分钟内有效,请勿泄漏!", alphabet="ucs2", price=45_000,
                state=State.SENDING, accepted_at=now, due_at=now + 30_000, expires_at=now + 86_400_000,
            )
        )  # fmt: skip
    return made


def _accept(messages: Sequence[Message], *, limited: bool) -> Accept:
    now = CLOCK.now_ms()
    first = messages[0]
    for one in messages:
        one.submission = first.id
    row = SubmissionRow(
        id=first.id, project="bench", request_id=f"{first.id:x}", dialect="comms", action="sendmsg", key_id="k",
        peer="127.0.0.1", received_at=now, method="POST", path="/comms/sms/sendmsg", request='{"mobile":"*"}' * 10,
        notes='[["seal","ok"],["number","CN mobile"]]',
    )  # fmt: skip
    buckets = [(Bucket(int(one.to), now - 3_600_000, 5, 0),) for one in messages] if limited else ()
    return Accept(
        project="bench", currency="CNY", credit_line=0, submissions=[row], messages=messages, buckets=buckets,
        now_ms=now,
    )  # fmt: skip


async def _each(items: Sequence[object], clients: int, write: Callable[..., Awaitable[object]]) -> None:
    left = iter(items)

    async def client() -> None:
        for item in left:
            await write(item)

    await asyncio.gather(*(client() for _ in range(clients)))


async def run(store: Store, rows: int) -> list[Cost]:
    """Measure every step once."""
    await store.declare([Project(name="bench", paid_in="999999999")], [], CLOCK.now_ms())
    costs = []
    for name, size, clients, limited in (
        ("single", 1, CLIENTS, False),
        ("single, one number limit", 1, CLIENTS, True),
        (f"bulk of {BULK}", BULK, BULK_CLIENTS, False),
    ):
        messages = _messages(rows)
        groups = [messages[begin : begin + size] for begin in range(0, rows, size)]
        accepts = [_accept(group, limited=limited) for group in groups]
        costs.append(await _measured(f"accept, {name}", rows, _each(accepts, clients, store.write)))
        if limited:
            continue
        now = CLOCK.now_ms()
        handed = [
            [Handed(message_id=one.id, at=now, carrier="sim", provider_id=f"{one.id:x}", due_at=now) for one in group]
            for group in groups
        ]
        ended = [
            [Settle(message_id=one.id, project="bench", state=State.DELIVERED, at=now, cause="d|D|s|") for one in group]
            for group in groups
        ]
        costs.append(await _measured(f"handed, {name}", rows, _each(handed, clients, store.write_all)))
        costs.append(await _measured(f"settled, {name}", rows, _each(ended, clients, store.write_all)))
    waiting = _messages(rows)
    for one in waiting:
        one.state = State.ACCEPTED
    await store.write_all([_accept(waiting[begin : begin + BULK], limited=False) for begin in range(0, rows, BULK)])
    later = CLOCK.now_ms() + 60_000
    costs.append(
        await _measured(
            "claim 200 at a time", rows, _each([200] * (rows // 200), 1, lambda n: store.claim(later, 1000, n))
        )
    )
    return costs


async def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--postgres", help="URL of a database")
    asked.add_argument("--rows", type=int, default=20_000)
    asked.add_argument("--repeat", type=int, default=2)
    args = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vault, tally = Vault(b"a benchmark's master key"), Tally()
        store: Store = (
            PostgresStore(args.postgres, vault, CLOCK, tally)
            if args.postgres
            else SqliteStore(Path(folder) / "bench.db", vault, CLOCK, tally)
        )
        await store.open()
        print(f"{'':34}{'rows/s':>12}{'CPU us':>10}")
        for _ in range(args.repeat):
            for cost in await run(store, args.rows):
                print(cost.line())
        print(f"resident: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
        await store.close()


if __name__ == "__main__":
    uvloop.run(main())
