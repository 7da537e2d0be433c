"""Searches find everything once, newest first, whatever the page and the step; the same on both engines."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from hongyan.model.message import Leg, Message, State
from hongyan.model.reason import Reason
from hongyan.report import search
from hongyan.report.search import Found, RefusalQuery, count_refusals, search_messages, search_refusals
from hongyan.store import Also, MessageQuery, Store
from hongyan.store.ops import Accept, Record, RefusalRow
from hongyan.store.tables import messages
from store.store_samples import IDS, NOW, message, submission

STATES = (State.DELIVERED, State.UNDELIVERED, State.ACCEPTED)


async def fill(store: Store, count: int) -> list[Message]:
    """Accept messages of every kind; return them newest first."""
    made = []
    for place in range(count):
        project = ("shop", "bank", "gone")[place % 3]
        row = submission(project=project, request_id=f"R{place}", key_id=f"k{place % 4}")
        one = message(
            project=project,
            submission=row.id,
            to="8613700000042" if place % 5 == 0 else f"861370000{place:04d}",
            dialect=("comms", "alibaba")[place % 2],
            template=None if place % 2 else f"T{place % 7}",
            content=f"Text {place} Ünïcode 100% 验证码" if place % 6 else "NEEDLE_in it",
            parts=place % 4 + 1,
            leg=Leg.CARD if place % 9 == 0 else Leg.TEXT,
            country="CN",
        )
        made.append(one)
        await store.write(
            Accept(project=project, currency="CNY", credit_line=1 << 40, submissions=[row], messages=[one], now_ms=NOW)
        )
    changed = []
    for place, one in enumerate(made):
        cause = None if place % 8 else "number|RARE|x|no"
        fate = {"state": str(STATES[place % 3]), "carrier": ("a", "b", None)[place % 3], "cause": cause}
        changed.append(messages.update().where(messages.c.id == one.id).values(fate))
    await store.change(*changed)
    return await store.messages_by_id([one.id for one in reversed(made)])


async def pages(ask: Callable[[int | None], Any]) -> list[int]:
    """Return all ids, page by page."""
    ids: list[int] = []
    before = None
    for _ in range(500):
        found: Found = await ask(before)
        ids += [row.id for row in found.rows]
        before = found.before
        if before is None:
            return ids
    raise AssertionError("the search does not end")


CONDITIONS: list[tuple[dict[str, Any], Callable[[Message, int], bool]]] = [
    ({}, lambda _, __: True),
    ({"to": "8613700000042"}, lambda one, _: one.to == "8613700000042"),
    ({"to": "8613700000042", "project": "bank"}, lambda one, _: one.to.endswith("42") and one.project == "bank"),
    ({"project": "gone"}, lambda one, _: one.project == "gone"),
    ({"also": (Also("to", "ends", "007"),)}, lambda one, _: one.to.endswith("007")),
    ({"also": (Also("dialect", "is", "comms"),)}, lambda one, _: one.dialect == "comms"),
    ({"also": (Also("state", "among", ("delivered", "accepted")),)}, lambda one, _: one.state != State.UNDELIVERED),
    ({"also": (Also("state", "among", ("delivered",), True),)}, lambda one, _: one.state != State.DELIVERED),
    ({"also": (Also("template", "is", "T2", True),)}, lambda one, _: one.template != "T2"),
    ({"also": (Also("carrier", "is", "a", True),)}, lambda one, _: one.carrier != "a"),
    ({"also": (Also("content", "holds", "needle_IN"),)}, lambda one, _: "NEEDLE" in one.content),
    ({"also": (Also("content", "holds", "100% 验证码"),)}, lambda one, _: "NEEDLE" not in one.content),
    ({"also": (Also("content", "holds", "ÜnïCODE"),)}, lambda one, _: "NEEDLE" not in one.content),
    ({"also": (Also("content", "holds", "10%"),)}, lambda _, __: False),
    ({"also": (Also("cause", "holds", "rare", True),)}, lambda one, _: one.cause is None),
    (
        {"also": (Also("parts", "least", 3), Also("leg", "among", ("card",)))},
        lambda one, _: one.parts >= 3 and one.leg is Leg.CARD,
    ),
    ({"also": (Also("parts", "most", 1),)}, lambda one, _: one.parts == 1),
    ({"also": (Also("key_id", "is", "k1"),)}, lambda _, place: place % 4 == 1),
    ({"also": (Also("key_id", "is", "k1", True),)}, lambda _, place: place % 4 != 1),
    ({"also": (Also("to", "among", ("8613700000042", "8613700000007")),)}, lambda one, _: one.to[-2:] in {"42", "07"}),
    (
        {"to": "8613700000042", "also": (Also("dialect", "is", "alibaba"),)},
        lambda one, _: one.to.endswith("042") and one.dialect == "alibaba",
    ),
    ({"since_ms": NOW + 1}, lambda _, __: False),
    ({"until_ms": NOW + 1, "also": (Also("parts", "is", 2),)}, lambda one, _: one.parts == 2),
    ({"to": "nobody"}, lambda _, __: False),
]


async def test_a_search_finds_everything_once_whatever_the_step(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    every = await fill(store, 47)
    places = {one.id: len(every) - 1 - place for place, one in enumerate(every)}
    for step, limit, budget_s in ((7, 4, 0.0), (1, 3, 0.0), (5_000, 10, 0.06)):
        monkeypatch.setattr(search, "STEP_ROWS", step)
        for fields, fits in CONDITIONS:
            query = MessageQuery(**fields, limit=limit)

            async def ask(before: int | None, query: MessageQuery = query, budget_s: float = budget_s) -> Found:
                return await search_messages(store, replace(query, before_id=before), budget_s)

            expected = [one.id for one in every if fits(one, places[one.id])]
            assert await pages(ask) == expected, (step, fields)


async def test_a_search_ends_in_time_and_says_how_far_it_came(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    every = await fill(store, 12)
    monkeypatch.setattr(search, "STEP_ROWS", 5)
    query = MessageQuery(also=(Also("content", "holds", "nowhere"),), limit=3)
    found = await search_messages(store, query, 0.0)
    assert found == Found([], every[4].id, is_cut=True)
    assert await search_messages(store, replace(query, before_id=found.before), 10.0) == Found([], None)


async def test_submissions_are_found_by_their_index(store: Store) -> None:
    every = await fill(store, 6)
    query = MessageQuery(submissions=(every[2].submission, every[4].submission))
    assert [one.id for one in (await search_messages(store, query)).rows] == [every[2].id, every[4].id]


async def test_refusals_are_found_the_same_way(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        RefusalRow(
            id=IDS.mint(), at=NOW + place, request_id=f"Q{place}", position=None, project=("shop", "")[place % 2],
            dialect=("comms", "alibaba")[place % 2], action="SendSms", peer=f"10.0.0.{place % 3}",
            reason=(Reason.BAD_SEAL, Reason.BAD_NUMBER, Reason.UNKNOWN_KEY)[place % 3], facts='{"why": "50% Off_"}',
            request=f"POST /{place}", notes="[]",
        )
        for place in range(20)
    ]  # fmt: skip
    await store.write(Record(rows=rows))
    newest = rows[::-1]
    queries: list[tuple[RefusalQuery, Callable[[RefusalRow], bool]]] = [
        (RefusalQuery(), lambda _: True),
        (RefusalQuery(reasons=("bad-seal", "unknown-key")), lambda one: one.reason is not Reason.BAD_NUMBER),
        (RefusalQuery(project="shop", dialects=("comms",)), lambda one: one.project == "shop"),
        (RefusalQuery(peer="10.0.0.1"), lambda one: one.peer == "10.0.0.1"),
        (RefusalQuery(texts=("post /1",)), lambda one: one.request.startswith("POST /1")),
        (RefusalQuery(texts=("50% off_",)), lambda _: True),
        (RefusalQuery(texts=("5%off",)), lambda _: False),
        (RefusalQuery(since_ms=NOW + 10), lambda one: one.at >= NOW + 10),
    ]
    for (query, fits), step in itertools.product(queries, (3, 100)):
        monkeypatch.setattr(search, "STEP_ROWS", step)

        async def ask(before: int | None, query: RefusalQuery = query) -> Found:
            return await search_refusals(store, query._replace(before_id=before, limit=4), 0.0)

        assert await pages(ask) == [one.id for one in newest if fits(one)], query
    assert await count_refusals(store, NOW + 14, None, 1000) == {"unknown-key": 2, "bad-seal": 2, "bad-number": 2}
    assert await count_refusals(store, NOW, "shop", 3) == {"bad-seal": 1, "unknown-key": 1, "bad-number": 1}
