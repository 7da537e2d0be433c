"""Neighbours and outages: another process that writes, a database that goes away and comes back."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import asyncpg
import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.model.world import Project
from hongyan.store.postgres import PostgresStore
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from store.store_samples import MASTER_KEY, NOW, accepted, message

CHILD = Path(__file__).with_name("writing_child.py")


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "x.db", Vault(MASTER_KEY), FakeClock(), Tally())
    await store.open()
    yield store
    await store.close()


async def test_a_declaration_finds_its_turn_beside_a_busy_process(embedded: SqliteStore, tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, CHILD, tmp_path / "x.db",
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(CHILD.parent.parent)},
    )  # fmt: skip
    assert child.stdout is not None
    await child.stdout.readline()
    for version in (1, 2, 3):
        assert await embedded.declare([Project(name=f"p{version}")], [], NOW) == version
        await child.stdout.readline()
    child.kill()
    await child.communicate()


async def test_the_loop_runs_on_while_another_process_holds_the_file(embedded: SqliteStore, tmp_path: Path) -> None:
    other = apsw.Connection(str(tmp_path / "x.db"))
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(accepted(embedded, message()))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert not waiting.done()
    assert await embedded.balance("shop") == 0
    other.execute("COMMIT")
    other.close()
    assert (await waiting)[0].reason is None


async def test_lost_connections_are_unavailable_for_a_moment_and_then_made_anew(postgres_dsn: str) -> None:
    store = PostgresStore(postgres_dsn, Vault(MASTER_KEY), FakeClock(), Tally())
    await store.open()
    await accepted(store, message())
    admin = await asyncpg.connect(postgres_dsn)
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hongyan'")
    await admin.close()

    async def tried() -> Reason | None:
        try:
            return (await accepted(store, message()))[0].reason
        except Refused as refused:
            return refused.reason

    reasons = [await tried() for _ in range(3)]
    assert reasons[-1] is None
    assert set(reasons) <= {None, Reason.UNAVAILABLE}
    assert await store.balance("shop") == await store.ledger_sum("shop")
    await store.close()


async def test_a_declaration_elsewhere_is_heard_at_once(postgres_dsn: str) -> None:
    heard = asyncio.Event()
    vault, clock, tally = Vault(MASTER_KEY), FakeClock(), Tally()
    listening = PostgresStore(postgres_dsn, vault, clock, tally)
    declaring = PostgresStore(postgres_dsn, vault, clock, tally)
    await listening.open()
    await listening.enlist(-1, heard.set)
    await declaring.open()
    await declaring.declare([Project(name="shop")], [], NOW)
    async with asyncio.timeout(5):
        await heard.wait()
    await declaring.close()
    await listening.close()
