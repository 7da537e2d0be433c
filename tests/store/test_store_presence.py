"""Which process is which on one database, and ids that go on where earlier ones ended."""

import asyncio

import asyncpg
import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.errors import Misconfigured
from hongyan.model.ids import IdMint
from hongyan.model.tally import Tally
from hongyan.model.world import Project
from hongyan.store import Store
from hongyan.store.postgres import PostgresStore, presence
from hongyan.store.vault import Vault
from store.store_samples import IDS, MASTER_KEY, NOW, OpenStore, accepted, message


def nobody() -> None:
    """Hear nothing."""


async def one_of(dsn: str) -> PostgresStore:
    store = PostgresStore(dsn, Vault(MASTER_KEY), FakeClock(), Tally())
    await store.open()
    return store


async def test_processes_on_one_database_take_different_numbers_and_give_them_back(postgres_dsn: str) -> None:
    first, second, third = [await one_of(postgres_dsn) for _ in range(3)]
    assert [await one.enlist(-1, nobody) for one in (first, second)] == [0, 1]
    await first.close()
    assert await third.enlist(-1, nobody) == 0
    await second.close()
    await third.close()


async def test_a_number_that_is_taken_is_refused_with_a_sentence(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "_PATIENCE_S", 0.3)
    first, second = [await one_of(postgres_dsn) for _ in range(2)]
    assert await first.enlist(7, nobody) == 7
    with pytest.raises(Misconfigured, match="another process on this database is number 7"):
        await second.enlist(7, nobody)
    await second.close()
    await first.close()


async def test_a_lost_connection_takes_the_number_again_and_hears_again(postgres_dsn: str) -> None:
    heard = asyncio.Event()
    store, other = await one_of(postgres_dsn), await one_of(postgres_dsn)
    await store.enlist(3, heard.set)
    admin = await asyncpg.connect(postgres_dsn)
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hongyan presence'"
    assert await admin.fetchval(ended)
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 3 AND granted"
    async with asyncio.timeout(10):
        await heard.wait()
        while not await admin.fetchval(held):  # noqa: ASYNC110 - another server's state
            await asyncio.sleep(0.01)
        heard.clear()
        await other.declare([Project(name="shop")], [], NOW)
        await heard.wait()
    await admin.close()
    await store.close()
    await other.close()


async def test_ids_go_on_after_the_highest_on_disk_though_the_clock_stepped_back(store: Store) -> None:
    one = message()
    await accepted(store, one)
    last = await store.last_id()
    assert last >= one.id
    mint = IdMint(FakeClock(NOW - 3_600_000), 0, after=last)
    assert last < mint.mint() < mint.mint()


async def test_an_empty_store_leaves_ids_to_the_clock(store: Store) -> None:
    assert await store.last_id() == 0
    assert IdMint(FakeClock(NOW), 5, after=0).mint() == IdMint(FakeClock(NOW), 5).mint()


async def test_another_messages_id_is_an_error_and_never_an_acceptance(open_store: OpenStore) -> None:
    store = await open_store()
    id_ = IDS.mint()
    await accepted(store, message(id=id_))
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await accepted(store, message(id=id_, to="8613900139000"))
