"""kill -9 in the middle of it: what the store confirmed is there, and the money is right."""

import asyncio
import os
import sys
from pathlib import Path

from hongyan.model.clock import SystemClock
from hongyan.model.message import State
from hongyan.model.tally import Tally
from hongyan.store import MessageQuery
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from store.store_samples import MASTER_KEY, PRICE

CHILD = Path(__file__).with_name("writing_child.py")


async def _write_and_be_killed(path: Path, lines: int) -> list[tuple[str, int]]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        CHILD,
        path,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(CHILD.parent.parent)},
    )
    assert child.stdout is not None
    said = [await child.stdout.readline() for _ in range(lines)]
    child.kill()
    said += (await child.stdout.read()).split(b"\n")[:-1]
    await child.wait()
    return [(word.decode(), int(number)) for word, number in (line.split() for line in said)]


async def test_nothing_confirmed_is_lost_by_kill_9_and_the_ledger_is_the_balance(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    confirmed: list[tuple[str, int]] = []
    for lines in (150, 400):  # the second child carries on where the first was killed
        confirmed += await _write_and_be_killed(path, lines)
        store = SqliteStore(path, Vault(MASTER_KEY), SystemClock(), Tally())
        await store.open()
        for word, message_id in confirmed:
            found = await store.message(message_id)
            assert found is not None
            assert found.charge is not None
            if word == "ended":
                assert (found.state, found.refund is not None) == (State.UNDELIVERED, True)
        everything = await store.messages(MessageQuery(limit=10**6))
        unpaid = [one for one in everything if one.refund is None]
        assert await store.balance("shop") == await store.ledger_sum("shop") == -PRICE * len(unpaid)
        await store.abandon_leases(SystemClock().now_ms())
        await store.close()
