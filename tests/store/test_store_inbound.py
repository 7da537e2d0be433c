"""What handsets send: each reply once, long ones when all pieces are there, the stop list told to everyone."""

import asyncio
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from hongyan.store import ReplyQuery, Store
from hongyan.store.inbound import Inbound
from hongyan.store.ops import DropFragments, DropStop, KeepFragment, KeepReply, Op, PutStop, StopRow
from store.store_samples import NOW, OpenStore, accepted, piece, push, reply, stop


async def test_a_reply_is_kept_once_with_all_that_follows_from_it(store: Store) -> None:
    row = reply(message_id=5, extend="01", app="a", dialect="comms", parts=2, missing=1, stops=True)
    told = push(None, reply_id=row.id)
    op = KeepReply(row=row, pushes=[told], mailboxes=["yundashi"], stop=stop(reply_id=row.id))
    assert await store.write(op) is True
    again = KeepReply(row=reply(key=row.key), pushes=[push(None, reply_id=1)], mailboxes=["yundashi"])
    assert await store.write_all([again, again]) == [False, False]
    assert await store.write(KeepReply(row=reply(key=row.key, carrier="other"))) is True
    assert await store.replies_by_id([1, row.id]) == [row]
    assert await store.take_replies("shop", "yundashi", 9, NOW) == [row]
    assert await store.take_replies("shop", "yundashi", 9, NOW) == []
    (claimed,) = await store.claim_pushes(NOW, 5, 9)
    assert (claimed.id, claimed.message_id, claimed.reply_id) == (told.id, None, row.id)
    assert (await store.stops(0, 9))[0] == [stop(reply_id=row.id)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [2, 1, 0]),
        ({"limit": 2}, [2, 1]),
        ({"project": "shop"}, [1, 0]),
        ({"project": ""}, [2]),
        ({"sender": "861"}, [1]),
        ({"carrier": "c2"}, [2]),
        ({"message_id": 77}, [0]),
        ({"since_ms": NOW + 1}, [1]),
        ({"project": "\0"}, []),
    ],
)
async def test_replies_are_found_newest_first(store: Store, asked: dict[str, Any], found: list[int]) -> None:
    rows = [reply(message_id=77), reply(sender="861", received_at=NOW + 1), reply(project="", carrier="c2")]
    await store.write_all([KeepReply(row=row) for row in rows])
    assert await store.replies(ReplyQuery(**asked)) == [rows[place] for place in found]
    newest = await store.replies(ReplyQuery(before_id=rows[1].id))
    assert newest == rows[:1]


async def test_odd_characters_of_a_reply_are_written_out(store: Store) -> None:
    row = reply(text="a\0b\ud800", key="k\0")
    assert await store.write_all([KeepReply(row=row), KeepReply(row=row)]) == [True, False]
    (kept,) = await store.replies_by_id([row.id])
    assert (kept.text, kept.key) == ("a\\0b\\ud800", "k\\0")


async def test_replies_are_pulled_oldest_first_by_their_owner(store: Store) -> None:
    rows = [reply() for _ in range(3)]
    await store.write_all([KeepReply(row=row, mailboxes=["yundashi", "comms"]) for row in rows])
    assert await store.take_replies("shop", "yundashi", 2, NOW) == rows[:2]
    assert await store.take_replies("shop", "yundashi", 2, NOW) == rows[2:]
    assert await store.take_replies("other", "comms", 9, NOW) == []
    assert await store.take_replies("shop", "comms", 9, NOW) == rows


async def test_a_long_reply_is_whole_when_its_last_piece_comes(store: Store) -> None:
    pieces = [piece(number) for number in (3, 1, 2)]
    repeated = piece(3, octets=b"else")
    assert await store.write_all([KeepFragment(row=pieces[0]), KeepFragment(row=repeated)]) == [[], []]
    assert await store.write(KeepFragment(row=piece(2, owner="another carrier"))) == []
    assert await store.write(KeepFragment(row=pieces[1])) == []
    whole = await store.write(KeepFragment(row=pieces[2]))
    assert whole == [pieces[1], pieces[2], pieces[0]]
    assert await store.write(KeepFragment(row=repeated)) == whole
    assert await store.write(KeepReply(row=reply(key="L"), fragments=[one.id for one in whole])) is True
    assert await store.write(KeepFragment(row=piece(1))) == []
    assert len(await store.old_fragments(NOW + 1, 9)) == 2


async def test_the_pieces_of_a_reply_that_was_there_already_go_all_the_same(store: Store) -> None:
    row = reply()
    await store.write(KeepReply(row=row))
    whole = (await store.write_all([KeepFragment(row=piece(number)) for number in (1, 2, 3)]))[-1]
    assert await store.write(KeepReply(row=reply(key=row.key), fragments=[one.id for one in whole])) is False
    assert await store.old_fragments(NOW + 1, 9) == []


async def test_wholes_that_began_long_ago_are_handed_out_with_all_their_pieces(store: Store) -> None:
    late, young = piece(2, at=NOW + 50), piece(1, whole="young", at=NOW + 50)
    oldest = piece(3, whole="oldest", at=NOW - 9)
    await store.write_all([KeepFragment(row=row) for row in (piece(1), late, young, oldest)])
    found = await store.old_fragments(NOW + 1, 9)
    assert [(one.whole, one.number) for one in found] == [("oldest", 3), (late.whole, 1), (late.whole, 2)]
    assert await store.old_fragments(NOW + 1, 1) == [oldest]
    await store.write(DropFragments(ids=[one.id for one in found]))
    assert await store.old_fragments(NOW + 99, 9) == [young]
    assert await store.old_fragments(NOW + 99, 9, young.kind) == [young]
    assert await store.old_fragments(NOW + 99, 9, "another") == []


async def test_two_processes_that_get_pieces_of_one_whole_find_it_whole_once(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    for turn in range(8):
        pieces = [piece(number, whole=f"w{turn}") for number in (1, 2, 3)]
        answers = await asyncio.gather(
            *(stores[place % 2].write(KeepFragment(row=row)) for place, row in enumerate(pieces))
        )
        assert pieces in answers


async def test_a_reply_that_comes_over_two_links_is_kept_once(open_store: OpenStore) -> None:
    stores = [await open_store(), await open_store()]
    results = await asyncio.gather(*(stores[n % 2].write(KeepReply(row=reply(key="same"))) for n in range(12)))
    assert sorted(results) == [False] * 11 + [True]


@pytest.mark.parametrize(
    ("before", "now", "changes"),
    [(None, False, True), (None, True, True), (True, False, True), (True, True, False), (False, True, False)],
)
async def test_a_stop_is_never_weakened(store: Store, before: bool | None, now: bool, changes: bool) -> None:
    if before is not None:
        await store.write(PutStop(row=stop(marketing_only=before)))
    assert await store.write(PutStop(row=stop(marketing_only=now, at=NOW + 1))) is changes
    (kept,), _, _ = await store.stops(0, 9)
    assert kept.marketing_only is (now if changes else before)


async def test_what_changes_on_the_stop_list_is_told_once_put_and_dropped(store: Store) -> None:
    rows = [stop(number=str(number)) for number in range(4)]
    await store.write_all([PutStop(row=row) for row in rows])
    first, dropped, mark = await store.stops(0, 3)
    assert (first, dropped) == (rows[:3], [])
    assert await store.stops(mark, 3) == (rows[3:], [], mark + 1)
    drop = DropStop(project="shop", number="1", at=NOW)
    assert await store.write_all([drop, drop, PutStop(row=stop(number="9"))]) == [True, False, True]
    assert await store.stops(mark + 1, 9) == ([stop(number="9")], [("shop", "1")], mark + 3)
    assert await store.stops(mark + 3, 9) == ([], [], mark + 3)
    assert await store.write(PutStop(row=stop(number="1"))) is True
    assert await store.stops(mark + 3, 9) == ([stop(number="1")], [], mark + 4)


async def test_no_change_is_missed_by_one_who_reads_while_several_processes_write(open_store: OpenStore) -> None:
    stores = [await open_store() for _ in range(3)]
    heard: set[str] = set()
    mark = 0

    async def write(turn: int) -> None:
        for place in range(10):
            await stores[turn % 2].write(PutStop(row=stop(number=f"{turn}.{place}")))

    writers = [asyncio.create_task(write(turn)) for turn in range(4)]
    async with asyncio.timeout(20):
        while True:
            ended = all(task.done() for task in writers)
            put, _, mark = await stores[2].stops(mark, 3)
            heard.update(row.number for row in put)
            if ended and not put:
                break
    await asyncio.gather(*writers)
    assert len(heard) == 40


async def test_new_ids_go_on_after_those_of_replies_and_pieces(store: Store) -> None:
    row = reply()
    await store.write(KeepReply(row=row))
    assert await store.last_id() == row.id
    part = piece(1)
    await store.write(KeepFragment(row=part))
    assert await store.last_id() == part.id


async def test_a_batch_may_hold_everything_at_once(store: Store) -> None:
    rows = [piece(number) for number in (1, 2, 3)]
    ops: list[Op] = [
        *(KeepFragment(row=row) for row in rows),
        KeepReply(row=reply(), fragments=[row.id for row in rows]),
    ]
    results = await store.write_all([*ops, PutStop(row=stop()), DropStop(project="shop", number="none", at=NOW)])
    assert results == [[], [], rows, True, True, False]
    assert await store.old_fragments(NOW + 1, 9) == []
    await accepted(store)


@settings(max_examples=100)
@given(st.integers(1, 6).flatmap(lambda total: st.tuples(st.just(total), st.lists(st.integers(1, total), max_size=20))))
def test_pieces_in_any_order_are_whole_exactly_when_none_is_missing(asked: tuple[int, list[int]]) -> None:
    total, numbers = asked
    inbound = Inbound()
    for place, number in enumerate(numbers, 1):
        whole = inbound.keep_fragment(piece(number, total=total))
        complete = set(numbers[:place]) == set(range(1, total + 1))
        assert [one.number for one in whole] == (list(range(1, total + 1)) if complete else [])
    assert len(inbound.fragments) == len(set(numbers))


_CHANGE = st.tuples(st.sampled_from("ab"), st.sampled_from(["put", "marketing", "drop"]))


@settings(max_examples=100)
@given(st.lists(_CHANGE, max_size=20))
def test_following_the_changes_leads_to_the_stop_list_as_it_is(changes: list[tuple[str, str]]) -> None:
    inbound, model = Inbound(), dict[str, bool]()
    for number, what in changes:
        known = model.get(number)
        if what == "drop":
            changed = model.pop(number, None) is not None
            assert inbound.drop_stop(DropStop(project="shop", number=number, at=NOW)) is changed
        else:
            row: StopRow = stop(number=number, marketing_only=what == "marketing")
            changed = known is None or (known and not row.marketing_only)
            assert inbound.put_stop(row) is changed
            if changed:
                model[number] = row.marketing_only
    stopped = {one.number: one.marketing_only for one in inbound.marks.values() if not one.dropped}
    assert stopped == model
    assert len({one.mark for one in inbound.marks.values()}) == len(inbound.marks)


async def test_a_reply_with_pieces_missing_is_kept_only_while_no_other_piece_has_come(store: Store) -> None:
    one, two = piece(1), piece(2)
    await store.write_all([KeepFragment(row=one), KeepFragment(row=two)])
    whole = (one.kind, one.owner, one.whole)
    too_soon = KeepReply(row=reply(parts=3, missing=2), fragments=[one.id], whole=whole)
    assert not await store.write(too_soon)
    assert [found.id for found in await store.old_fragments(NOW + 1, 9)] == [one.id, two.id]
    given_up = KeepReply(row=reply(parts=3, missing=1), fragments=[one.id, two.id], whole=whole)
    assert await store.write_all([given_up, too_soon]) == [True, False]
    assert await store.old_fragments(NOW + 1, 9) == []
