"""What is held about a number is found and erased in every table, on both engines."""

from typing import Any

from sqlalchemy import Boolean, LargeBinary, Table, Text, insert, select

from hongyan.model.message import State
from hongyan.model.world import Stop
from hongyan.operate.forget import erase, planned, unfinished
from hongyan.operate.person import DECLARED, KEPT, NO_TEXTS, held, names_others, person, records
from hongyan.store import Store
from hongyan.store.ops import PutStop, StopRow
from hongyan.store.tables import metadata
from store.store_samples import NOW, accepted, fund, handed, message, reply, settle, submission

NUMBER = "8613800138000"
WHO = person("+86 138-0013-8000")


def row_of(table: Table, text: str, value: int) -> dict[str, Any]:
    """Return a row with one text in every column that takes one."""
    kinds: dict[type, Any] = {Boolean: True, LargeBinary: b"x"}
    return {
        column.name: text if isinstance(column.type, Text) else kinds.get(type(column.type), value)
        for column in table.c
        if column.name != "due_at"
    } | {name: value for name in ("due_at",) if name in table.c and table.name != "messages"}


async def everything(store: Store) -> dict[str, str]:
    return {table.name: repr(await store.select(select(table))) for table in metadata.sorted_tables}


async def test_no_table_names_it_afterwards(store: Store) -> None:
    spelled = [f"to +{NUMBER}, please", f'{{"mobile":"13800138000","at":{NOW}}}']
    others = ["113800138000", "8613800138000123", "13800138001"]
    for value, text in enumerate([*spelled, *others], 1):
        for table in metadata.sorted_tables:
            await store.change(insert(table).values(row_of(table, text, value)))
    own = {"messages": "to", "replies": "sender", "unclaimed": "number", "stops": "number"}
    for name, column in own.items():
        table = metadata.tables[name]
        await store.change(insert(table).values(row_of(table, "own", 9) | {column: NUMBER}))
    before = await everything(store)
    found = await held(store, WHO)
    assert unfinished(found) is None
    assert set(found.rows) | set(found.naming) >= metadata.tables.keys() - NO_TEXTS
    done = await erase(store, WHO, found, NOW, forget_stop=True)
    assert done.stops == 0
    assert done.declared
    after = await everything(store)
    for name in metadata.tables.keys() - DECLARED - NO_TEXTS - KEPT:
        assert not WHO.named_in(after[name]), name
        for other in others:
            assert before[name].count(other) == after[name].count(other), (name, other)
    assert all(before[name] == after[name] for name in DECLARED | NO_TEXTS)
    again = await held(store, WHO)
    assert set(again.naming) <= DECLARED
    assert not any(rows for name, rows in again.rows.items() if name not in KEPT)


async def test_the_ledger_adds_up_and_the_stop_list_protects(store: Store) -> None:
    await fund(store)
    asked = submission(request='{"mobile":"13800138000"}')
    one = message(to=NUMBER, submission=asked.id, client_id="c1", session="s")
    other = message(to="8613800138001", submission=asked.id, position=1)
    await accepted(store, one, other, submissions=[asked])
    under_way = unfinished(await held(store, WHO))
    assert under_way is not None
    assert under_way.messages == 1
    for each in (one, other):
        await store.write(handed(each))
        await store.write(settle(each, State.UNDELIVERED, refund=each.price))
    await store.write(PutStop(row=StopRow(project="shop", number=NUMBER, marketing_only=True, at=NOW)))
    await store.declare([Stop(project="shop", name=NUMBER)], [], NOW)
    balance = await store.balance("shop")

    found = await held(store, WHO)
    plan = planned(found, forget_stop=False)
    assert (plan.blanked["messages"], plan.blanked["submissions"], plan.stops) == (1, 1, 0)
    assert plan.declared == [f"stops shop {NUMBER}"]
    await erase(store, WHO, found, NOW, forget_stop=False)
    blank, kept = [await store.message(each.id) for each in (one, other)]
    assert blank is not None
    assert kept is not None
    assert (blank.to, blank.content, blank.client_id, blank.session, blank.price) == (
        "erased",
        "",
        None,
        None,
        one.price,
    )
    assert (kept.to, kept.content) == (other.to, other.content)
    assert await store.balance("shop") == await store.ledger_sum("shop") == balance
    stops, _, mark = await store.stops(0, 10)
    assert [row.number for row in stops] == [NUMBER]

    done = await erase(store, WHO, await held(store, WHO), NOW, forget_stop=True)
    assert done.stops == 1
    put, dropped, _ = await store.stops(mark, 10)
    assert put == []
    assert NUMBER not in repr(dropped)


async def test_what_is_held_is_told_without_what_requests_say_of_others(store: Store) -> None:
    await fund(store)
    alone, crowd = submission(request='{"mobile":"13800138000"}'), submission(request="13800138000,13900139000")
    for asked in (alone, crowd):
        await accepted(store, message(to=NUMBER, submission=asked.id), submissions=[asked])
    await store.change(
        insert(metadata.tables["replies"]).values(row_of(metadata.tables["replies"], "TD", 5) | {"sender": NUMBER})
    )
    found = records(WHO, await held(store, WHO), NOW)
    assert [one["content"] for one in found["messages"]] == [message().content] * 2
    assert found["messages"][0]["accepted_at"].startswith("20")
    assert [one["text"] for one in found["replies"]] == ["TD"]
    assert [one["request"] for one in found["requests"]] == [alone.request, "left out: it names other people, too"]
    assert names_others(WHO, "13900139000")
    assert not names_others(WHO, f"+{NUMBER} 0086{NUMBER[2:]} {NOW}")
    assert reply().sender != NUMBER
