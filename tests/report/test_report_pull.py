import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hongyan.ledger.settlement import settlement
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Leg, Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import Project
from hongyan.report import Reports
from hongyan.report.chores import Retention
from hongyan.report.pull import Pull
from hongyan.store.ops import Accept
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from report.receipt_rows import ended, sent, world

CLOCK = FakeClock()
MINT = IdMint(CLOCK)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), CLOCK, Tally())
    await store.open()
    await store.declare([Project(name=name, paid_in="10") for name in "pq"], (), CLOCK.now_ms())
    yield store
    await store.close()


async def accept(store: SqliteStore, project: str = "p", **more: Any) -> Message:
    message = sent(
        id=MINT.mint(),
        project=project,
        submission=MINT.mint(),
        state=State.SENDING,
        accepted_at=CLOCK.now_ms(),
        due_at=CLOCK.now_ms() + 60_000,
        **more,
    )
    accept_one = Accept(
        project=project, currency="CNY", credit_line=0, submissions=[], messages=[message], now_ms=CLOCK.now_ms()
    )
    assert (await store.write(accept_one))[0].reason is None
    return message


async def test_another_projects_messages_do_not_exist(kept: SqliteStore) -> None:
    pull: Reports = Pull(kept, CLOCK)
    mine, theirs = await accept(kept), await accept(kept, "q")
    assert await pull.message("p", theirs.id) is None
    found = await pull.message("p", mine.id)
    assert found is not None
    assert found.id == mine.id
    assert [one.id for one in await pull.messages("p", [theirs.id, mine.id, 12345, mine.id])] == [mine.id] * 2


async def test_what_was_sent_to_a_number_is_paged_newest_first(kept: SqliteStore) -> None:
    pull = Pull(kept, CLOCK)
    sent_ones = [await accept(kept, leg=leg, dialect="alibaba") for leg in (Leg.TEXT, Leg.CARD, Leg.TEXT)]
    now = CLOCK.now_ms()
    count, page = await pull.sent_to("p", sent_ones[0].to, now - 1, now + 1, dialect="alibaba", limit=1)
    assert (count, [one.id for one in page]) == (3, [sent_ones[2].id])
    count, page = await pull.sent_to("p", sent_ones[0].to, now - 1, now + 1, dialect="alibaba", legs=[Leg.CARD])
    assert (count, [one.id for one in page]) == (1, [sent_ones[1].id])
    only = [sent_ones[0].submission]
    count, page = await pull.sent_to("p", sent_ones[0].to, now - 1, now + 1, dialect="alibaba", submissions=only)
    assert (count, [one.id for one in page]) == (1, [sent_ones[0].id])
    assert (await pull.sent_to("p", sent_ones[0].to, now + 1, now + 2, dialect="alibaba"))[0] == 0


async def test_a_mailbox_gives_each_ending_once(kept: SqliteStore) -> None:
    pull = Pull(kept, CLOCK)
    message = await accept(kept, dialect="yundashi")
    assert await kept.write(settlement(message, ended(State.DELIVERED), world(), MINT.mint))
    assert [one.id for one in await pull.take("p", "yundashi", 10)] == [message.id]
    assert await pull.take("p", "yundashi", 10) == []
    assert await pull.balance("p") == 10_000_000 - message.price


async def test_retention_deletes_old_endings_and_keeps_what_is_under_way(kept: SqliteStore) -> None:
    old, open_one = await accept(kept), await accept(kept)
    assert await kept.write(settlement(old, ended(State.DELIVERED), world(), MINT.mint))
    later = FakeClock(CLOCK.now_ms() + 31 * 86_400_000)
    assert await Retention(kept, later, days=30).purge() > 0
    assert await kept.message(old.id) is None
    assert await kept.message(open_one.id) is not None
    assert await kept.balance("p") == await kept.ledger_sum("p")


async def test_retention_of_nothing_deletes_nothing(kept: SqliteStore) -> None:
    chore = Retention(kept, CLOCK, days=0)
    chore.start()
    await asyncio.sleep(0)
    await chore.stop()
