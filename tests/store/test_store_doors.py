"""Pushes that wait for a caller who must be connected, and the newest message to a number."""

from typing import Any

import pytest

from hongyan.model.message import State
from hongyan.store import Store
from hongyan.store.ops import PushDone
from store.store_samples import NOW, accept, handed, message, push, settle


async def test_a_door_gets_its_own_pushes_and_nobody_else_does(store: Store) -> None:
    messages = [message(state=State.SENDING) for _ in range(4)]
    doors = [None, "acme", "acme", "other"]
    rows = [push(one.id, door=door, due_at=NOW - n) for n, (one, door) in enumerate(zip(messages, doors, strict=True))]
    await store.write(accept(*messages))
    await store.write_all([settle(one, push=row) for one, row in zip(messages, rows, strict=True)])
    assert [row.id for row in await store.claim_pushes(NOW, 50, 9)] == [rows[0].id]
    assert [row.id for row in await store.claim_pushes(NOW, 50, 1, door="acme")] == [rows[2].id]
    (last,) = await store.claim_pushes(NOW, 50, 9, "acme")
    assert (last.id, last.door, last.due_at) == (rows[1].id, "acme", NOW + 50)
    assert await store.claim_pushes(NOW, 50, 9, "acme") == []
    await store.write(PushDone(ids=[rows[1].id]))
    assert [row.id for row in await store.claim_pushes(NOW + 50, 50, 9, "acme")] == [rows[2].id]
    assert await store.claim_pushes(NOW + 50, 50, 9, door="nobody") == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2),
        ({"projects": ["shop"]}, 1),
        ({"projects": []}, None),
        ({"extend": "01"}, 1),
        ({"extend": ""}, 2),
        ({"extend": "99"}, None),
        ({"carrier": "other"}, 3),
        ({"since_ms": NOW + 2}, None),
        ({"number": "1"}, None),
    ],
)
async def test_the_newest_message_to_a_number_is_found(store: Store, asked: dict[str, Any], found: int | None) -> None:
    messages = [
        message(state=State.SENDING),
        message(state=State.SENDING, extend="01"),
        message(state=State.SENDING, project="theirs"),
        message(state=State.SENDING),
        message(state=State.SENDING),
    ]
    for one in messages:
        await store.write(accept(one, project=one.project))
    carriers = ["sim", "sim", "sim", "other"]
    await store.write_all([handed(one, carrier=name) for one, name in zip(messages, carriers, strict=False)])
    await store.write(settle(messages[1]))
    what: dict[str, Any] = {
        "number": messages[0].to,
        "carrier": "sim",
        "since_ms": NOW,
        "extend": None,
        "projects": ["shop", "theirs"],
    }
    newest = await store.last_to(**(what | asked))
    assert (newest and newest.id) == (None if found is None else messages[found].id)
