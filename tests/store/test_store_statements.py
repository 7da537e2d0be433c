"""Statements of SQLAlchemy Core mean the same on both engines."""

import pytest
from sqlalchemy import delete, func, insert, select, update

from hongyan.store import Store
from hongyan.store.tables import audit, calls, sessions


def session(token: str, account: str) -> dict[str, object]:
    texts = {"token": token, "account": account, "csrf": "c", "peer": "127.0.0.1", "agent": "a\0b\ud800"}
    return {**texts, **dict.fromkeys(("created_at", "seen_at", "until"), 5)}


async def test_what_is_put_is_read_changed_and_dropped(store: Store) -> None:
    assert await store.change(insert(sessions).values([session("a", "ann"), session("b", "bob")])) == [2]
    mine = select(sessions.c.token, sessions.c.until).where(sessions.c.account.in_(["ann", "bob"]))
    assert await store.select(mine.order_by(sessions.c.token)) == [("a", 5), ("b", 5)]
    assert await store.select(select(sessions.c.agent).limit(1)) == [("a\\0b\\ud800",)]
    assert await store.change(
        update(sessions).where(sessions.c.token == "a").values(until=sessions.c.until + 7),
        delete(sessions).where(sessions.c.account == "bob"),
        delete(sessions).where(sessions.c.account == "nobody"),
    ) == [1, 1, 0]
    assert await store.select(select(sessions.c.until, func.count()).group_by(sessions.c.until)) == [(12, 1)]


async def test_numbers_its_rows_and_keeps_facts(store: Store) -> None:
    texts = ("actor", "role", "via", "peer", "action", "project", "target", "facts")
    row = {**dict.fromkeys(texts, "x"), "at": 1}
    assert await store.change(insert(audit).values(row), insert(audit).values(row)) == [1, 1]
    first, second = await store.select(select(audit.c.id).order_by(audit.c.id))
    assert second[0] == first[0] + 1
    call = dict.fromkeys(("project", "dialect", "target", "said", "request", "answer"), "x")
    numbers = dict.fromkeys(("id", "at", "status", "took_ms", "tries"), 2**60)
    await store.change(insert(calls).values({**call, **numbers, "taken": True}))
    assert [bool(row[0]) for row in await store.select(select(calls.c.taken).where(calls.c.taken))] == [True]


async def test_all_statements_of_a_change_are_kept_or_none(store: Store) -> None:
    await store.change(insert(sessions).values(session("a", "ann")))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.change(delete(sessions), insert(sessions).values([session("c", "cid"), session("c", "cid")]))
    assert await store.select(select(sessions.c.token)) == [("a",)]
