"""Several processes on one database: limits, nonces, client ids and money stay exact, and nothing deadlocks."""

import asyncio
import random

from msgspec import structs
from sqlalchemy import delete

from hongyan.model.message import State
from hongyan.model.reason import Reason
from hongyan.model.world import Project
from hongyan.operate import keeping
from hongyan.store import Store
from hongyan.store.ops import Accepted, Bucket, Deposit
from hongyan.store.tables import balances, entries
from store.store_samples import IDS, NOW, PRICE, OpenStore, accepted, fund, handed, message, settle


def _reasons(results: list[list[Accepted]]) -> list[Reason | None]:
    return sorted((one.reason for result in results for one in result), key=str)


async def test_a_number_limit_is_exact_across_projects_and_processes(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    bucket = (Bucket(77, NOW - 1000, 5, 0),)
    results = await asyncio.gather(
        *(
            accepted(stores[n % 2], message(project=f"p{n % 3}"), project=f"p{n % 3}", buckets=[bucket])
            for n in range(24)
        )
    )
    assert _reasons(results) == [None] * 5 + [Reason.NUMBER_LIMIT] * 19


async def test_a_nonce_is_spent_once_across_processes(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    results = await asyncio.gather(
        *(accepted(stores[n % 2], message(), nonce="n", nonce_until=NOW + 1000) for n in range(12))
    )
    assert _reasons(results) == [None] + [Reason.NONCE_USED] * 11


async def test_a_client_id_makes_one_message_across_processes(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    messages = [message(client_id="c") for _ in range(12)]
    results = await asyncio.gather(*(accepted(stores[n % 2], one) for n, one in enumerate(messages)))
    assert _reasons(results) == [None] * 12
    assert len(await stores[0].messages_by_id([one.id for one in messages])) == 1
    assert await stores[0].balance("shop") == -PRICE


async def test_a_balance_is_never_overspent_across_processes(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    await fund(stores[0], "0.45")
    results = await asyncio.gather(*(accepted(stores[n % 2], message(), credit_line=0) for n in range(25)))
    assert _reasons(results) == [None] * 10 + [Reason.NO_BALANCE] * 15
    assert await stores[1].balance("shop") == await stores[1].ledger_sum("shop") == 0


async def test_writers_of_the_same_projects_and_numbers_never_deadlock(open_store: OpenStore) -> None:
    stores = [await open_store() for _ in range(3)]
    chance = random.Random(7)

    async def road(turn: int) -> None:
        for _ in range(6):
            project = f"p{chance.randrange(3)}"
            messages = [message(project=project, state=State.SENDING) for _ in range(3)]
            buckets = [[Bucket(chance.randrange(20), NOW - 1000, 10**6, 0)] for _ in messages]
            mine, other = stores[turn % 3], stores[(turn + 1) % 3]
            await accepted(mine, *messages, project=project, buckets=buckets)
            chance.shuffle(messages)
            await asyncio.gather(
                mine.write_all([handed(one) for one in messages]),
                other.write_all([settle(one, State.UNKNOWN, refund=PRICE) for one in messages]),
            )

    async with asyncio.timeout(20):
        await asyncio.gather(*(road(turn) for turn in range(12)))
    for project in ("p0", "p1", "p2"):
        assert await stores[0].balance(project) == await stores[0].ledger_sum(project) == 0


async def test_resets_and_declarations_of_two_processes_never_deadlock(open_store: OpenStore) -> None:
    one, two = await open_store(), await open_store()
    world = [Project(name=name, paid_in="1") for name in ("a", "b", "c")]
    await one.declare(world, (), NOW)
    kept = await keeping.kept(one, 0, NOW)

    async def declares() -> None:
        for n in range(12):
            await two.declare([structs.replace(each, paid_in=str(n)) for each in world], (), NOW)

    async def resets() -> None:
        for _ in range(12):
            statements, _ = await keeping.led_back(one, kept, NOW)
            await one.change(*statements)

    async with asyncio.timeout(60):
        await asyncio.gather(declares(), resets())
    for project in ("a", "b", "c"):
        assert await one.balance(project) == await one.ledger_sum(project)


async def test_a_balance_that_a_reset_took_away_is_made_again(store: Store) -> None:
    await accepted(store, message())
    await store.change(delete(balances), delete(entries))
    assert await accepted(store, message(price=0)) == [Accepted()]
    assert await store.write(Deposit(project="shop", at=NOW, amount=7, text="")) == 7
    assert await store.balance("shop") == await store.ledger_sum("shop") == 7


async def test_lines_of_the_ledger_whose_numbers_were_taken_before_a_snapshot_go_as_well(store: Store) -> None:
    await accepted(store, message())
    await store.declare([Project(name="later", paid_in="7")], (), NOW)
    first = await keeping.kept(store, IDS.mint(), NOW)
    await accepted(store, message(), message())
    statements, _ = await keeping.led_back(store, first, NOW)
    await store.change(*statements)
    assert await store.balance("shop") == await store.ledger_sum("shop") == -PRICE
    assert await store.balance("later") == await store.ledger_sum("later") == 7_000_000
