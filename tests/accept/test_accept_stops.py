"""The stop list in memory: loaded, kept fresh, and obeyed by the step `consent`."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hongyan.accept import stops as stops_module
from hongyan.accept.stops import StopList
from hongyan.model.clock import FakeClock
from hongyan.model.tally import Tally
from hongyan.store.ops import DropStop, PutStop, StopRow
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault

NUMBER = "8613800138000"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), FakeClock(), Tally())
    await made.open()
    yield made
    await made.close()


def put(number: str = NUMBER, *, project: str = "p", marketing_only: bool = True) -> PutStop:
    return PutStop(row=StopRow(project=project, number=number, marketing_only=marketing_only, at=1))


async def test_it_says_what_a_stop_covers(store: SqliteStore) -> None:
    await store.write_all([put(), put("8613900139000", marketing_only=False), put("alphanumeric")])
    listed = StopList(store)
    await listed.refresh()
    assert listed.marketing_only("p", NUMBER) is True
    assert listed.marketing_only("p", "8613900139000") is False
    assert listed.marketing_only("q", NUMBER) is None
    assert listed.marketing_only("p", "alphanumeric") is None
    await store.write_all([put(marketing_only=False), DropStop(project="p", number="8613900139000", at=2)])
    await listed.refresh()
    assert listed.marketing_only("p", NUMBER) is False
    assert listed.marketing_only("p", "8613900139000") is None


async def test_a_long_list_is_loaded_page_by_page(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops_module, "PAGE", 7)
    numbers = [str(8613800000000 + one) for one in range(50)]
    await store.write_all([put(one) for one in numbers])
    listed = StopList(store)
    await listed.start()
    assert all(listed.marketing_only("p", one) for one in numbers)
    await listed.stop()


async def test_it_follows_changes_at_once_when_told(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops_module, "LOOK_S", 1000)
    listed = StopList(store)
    await listed.start()
    await store.write(put())
    listed.look_soon()
    async with asyncio.timeout(10):
        while listed.marketing_only("p", NUMBER) is None:  # noqa: ASYNC110 - a worker of the list decides when
            await asyncio.sleep(0.002)
    await listed.stop()


async def test_it_follows_what_other_processes_change(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops_module, "LOOK_S", 0.01)
    listed = StopList(store)
    await listed.start()
    await store.write(put())
    async with asyncio.timeout(10):
        while listed.marketing_only("p", NUMBER) is None:  # noqa: ASYNC110 - a worker of the list decides when
            await asyncio.sleep(0.002)
    await listed.stop()


def test_a_hundred_thousand_numbers_take_less_than_ten_megabytes() -> None:
    listed: Any = StopList(None)  # type: ignore[arg-type] # it is not asked here
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for one in range(100_000):
        listed._put(StopRow(project="p", number=str(8613800000000 + one), marketing_only=True, at=1))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 10_000_000
