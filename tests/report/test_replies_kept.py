"""Replies on a real store: made whole, kept once, whose they are, and what stop words do."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.carriers import Piece
from hongyan.model.clock import FakeClock
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.model.world import App, Key, Port, Project
from hongyan.report.replies import PIECES_WAIT_MS
from hongyan.report.wholes import at_once, fragment
from hongyan.store.ops import Fragment, KeepFragment, KeepReply, Op, PushRow
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from report.replying import CARRIER, HANDSET, WORLD, Replying, incoming, pieces

TEXT = "您好，我想改一下收货地址😀：北京市海淀区"


@asynccontextmanager
async def replying_in(folder: Path) -> AsyncIterator[Replying]:
    clock = FakeClock()
    store = SqliteStore(folder / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await store.open()
    await store.declare(WORLD, (), clock.ms)
    yield Replying(store, clock)
    await store.close()


@pytest.fixture
async def replying(tmp_path: Path) -> AsyncIterator[Replying]:
    async with replying_in(tmp_path) as made:
        yield made


# --- whole ones and pieces


async def test_a_reply_is_kept_once(replying: Replying) -> None:
    await replying.bring(incoming(carrier_id="1"), incoming("other", carrier_id="2"))
    await replying.bring(incoming(carrier_id="1"))
    await replying.bring(incoming("no id"), incoming("no id"))
    assert [one.text for one in await replying.kept()] == ["hello", "other", "no id"]


async def test_the_same_text_a_minute_later_is_another_reply(replying: Replying) -> None:
    await replying.bring(incoming("1"), incoming("1", received_at=1_767_323_045_000 + 60_000))
    assert len(await replying.kept()) == 2


async def test_pieces_over_several_reports_become_one(replying: Replying) -> None:
    first, second, third = pieces(TEXT, 3)
    await replying.bring(third)
    await replying.bring(third, first)
    assert await replying.kept() == []
    await replying.bring(second)
    (row,) = await replying.kept()
    assert (row.text, row.parts, row.missing) == (TEXT, 3, 0)
    await replying.bring(first, second, third)  # the carrier did not hear us
    assert len(await replying.kept()) == 1


async def test_pieces_of_two_handsets_are_not_mixed(replying: Replying) -> None:
    mine, theirs = pieces("AAAA", 2), pieces("BBBB", 2, sender="8613900139000")
    await replying.bring(mine[0], theirs[1], theirs[0], mine[1])
    assert {one.sender: one.text for one in await replying.kept()} == {HANDSET: "AAAA", "8613900139000": "BBBB"}


async def test_what_never_becomes_whole_is_kept_with_a_gap(replying: Replying) -> None:
    first, _, third, _ = pieces("abcdefgh", 4)
    await replying.bring(first, third)
    assert await replying.replies.look_after_pieces() == 0
    replying.clock.push(PIECES_WAIT_MS / 1000 + 1)
    assert await replying.replies.look_after_pieces() == 1
    (row,) = await replying.kept()
    assert (row.text, row.parts, row.missing) == ("ab…ef…", 4, 2)
    assert await replying.replies.look_after_pieces() == 0


async def test_a_last_piece_that_comes_while_the_others_are_given_up_makes_one_whole_reply(
    replying: Replying, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pieces("abcdefgh", 2)
    await replying.bring(first)
    replying.clock.push(PIECES_WAIT_MS / 1000 + 1)
    old_fragments = replying.store.old_fragments

    async def slow(*args: Any) -> list[Fragment]:
        found = await old_fragments(*args)
        await replying.bring(second)
        return found

    monkeypatch.setattr(replying.store, "old_fragments", slow)
    assert await replying.replies.look_after_pieces() == 0
    assert [(row.text, row.missing) for row in await replying.kept()] == [("abcdefgh", 0)]


async def test_a_piece_that_comes_again_after_all_is_no_reply_of_its_own(replying: Replying) -> None:
    one, two = pieces("abcdefgh", 2)
    await replying.bring(one, two)
    await replying.bring(two)
    replying.clock.push(PIECES_WAIT_MS / 1000 + 1)
    assert await replying.replies.look_after_pieces() == 0
    assert [row.text for row in await replying.kept()] == ["abcdefgh"]
    assert await replying.store.old_fragments(replying.clock.ms, 10) == []


async def test_a_piece_whose_numbers_make_no_sense_is_a_reply_by_itself(replying: Replying) -> None:
    await replying.bring(incoming("x", piece=Piece(1, 2, 3)), incoming("y", piece=Piece(1, 1, 1)))
    assert [one.text for one in await replying.kept()] == ["x", "y"]


async def test_a_crash_between_the_last_piece_and_the_reply_heals(
    replying: Replying, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pieces(TEXT, 2)
    await replying.bring(one)
    write_all = replying.store.write_all

    async def crashing(ops: Sequence[Op]) -> list[Any]:
        if any(isinstance(op, KeepReply) for op in ops):
            raise Refused(Reason.UNAVAILABLE)
        assert all(isinstance(op, KeepFragment) for op in ops)
        return await write_all(ops)

    monkeypatch.setattr(replying.store, "write_all", crashing)
    with pytest.raises(Refused):
        await replying.bring(two)
    assert replying.acknowledged == []
    monkeypatch.undo()
    await replying.bring(two)
    assert [row.text for row in await replying.kept()] == [TEXT]


async def test_a_whole_that_nobody_finished_is_kept_complete_by_the_next_look(replying: Replying) -> None:
    for place, one in enumerate(pieces(TEXT, 2), 1):
        row = fragment(CARRIER, one, Piece(7, 2, place), replying.ids.mint(), replying.clock.ms)
        await replying.store.write(KeepFragment(row=row))
    replying.clock.push(PIECES_WAIT_MS / 1000 + 1)
    assert await replying.replies.look_after_pieces() == 1
    (kept,) = await replying.kept()
    assert (kept.text, kept.missing) == (TEXT, 0)


async def _pieces_in_this_order(order: Sequence[int], restart_at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with replying_in(Path(folder)) as replying:
            all_pieces = pieces(TEXT, 4)
            here, missing = replying, {0, 1, 2, 3}
            for place, number in enumerate(order):
                if place == restart_at:
                    replying.clock.push(1)
                    here = Replying(replying.store, replying.clock)
                if not missing:
                    return
                await here.bring(all_pieces[number])
                missing.discard(number)
                kept = [(one.text, one.missing) for one in await here.kept()]
                assert kept == ([] if missing else [(TEXT, 0)])


@settings(max_examples=25, deadline=None)
@given(st.permutations([0, 1, 2, 3, 1, 3]), st.integers(0, 6))
def test_pieces_make_the_same_text_in_any_order(order: Sequence[int], restart_at: int) -> None:
    asyncio.run(_pieces_in_this_order(order, restart_at))


# --- whose


async def test_the_longest_declared_port_decides(replying: Replying) -> None:
    replying.declare(
        Port(project="p", name="1069"),
        Port(project="q", name="10690055", dialect="alibaba"),
        Port(project="p", name="106900551", carrier="another"),
    )
    await replying.sent("p")
    answered = await replying.sent("q", dialect="alibaba")
    await replying.bring(incoming("a", to="106900551234"), incoming("b", to="10691"))
    one, other = await replying.kept()
    assert (one.project, one.dialect, one.extend, one.message_id) == ("q", "alibaba", "1234", answered.id)
    assert (other.project, other.extend) == ("p", "1")


async def test_a_port_of_one_carrier_goes_before_one_of_all(replying: Replying) -> None:
    replying.declare(
        Port(project="p", name="106900"),
        Port(project="q", name="106900", carrier=CARRIER, dialect="nxcloud", app="app-1"),
    )
    await replying.bring(incoming("a"))
    await replying.bring(incoming("b"), carrier="another")
    assert [(one.project, one.dialect, one.app) for one in await replying.kept()] == [
        ("q", "nxcloud", "app-1"),
        ("p", "", None),
    ]


async def test_the_extension_behind_our_port_finds_the_conversation(replying: Replying) -> None:
    meant = await replying.sent("p", extend="88", app="app-1")
    await replying.sent("q", extend="99")
    await replying.bring(incoming("x", to="10690088"))
    await replying.bring(incoming("y", to="10690077"))
    first, second = await replying.kept()
    assert (first.project, first.message_id, first.extend, first.app) == ("p", meant.id, "88", "app-1")
    assert (second.project, second.extend) == ("q", "77")


async def test_without_an_extension_the_last_message_is_answered(replying: Replying) -> None:
    await replying.sent("p")
    last = await replying.sent("q", extend="5")
    await replying.sent("p", carrier="another")
    await replying.sent("p", to="8613900139000")
    await replying.bring(incoming())
    (row,) = await replying.kept()
    assert (row.project, row.message_id, row.extend) == ("q", last.id, "5")


async def test_after_72_hours_nobody_is_meant(replying: Replying) -> None:
    await replying.sent("p")
    replying.clock.push(72 * 3600 + 60)
    await replying.bring(incoming())
    (row,) = await replying.kept()
    assert (row.project, row.message_id, row.dialect) == ("", None, "")
    assert replying.pushes == []


# --- told


async def test_a_reply_is_told_in_the_conversations_shape(replying: Replying) -> None:
    callbacks = {"alibaba": "https://a.test/up", "nxcloud": "https://n.test/mo", "comms": "https://c.test/"}
    replying.declare(Project(name="p", reply_callbacks=callbacks), App(project="p", name="app-1"))
    await replying.sent("p", dialect="nxcloud", app="app-1")
    await replying.bring(incoming())
    (row,) = await replying.kept()
    (push,) = replying.pushes
    assert (push.dialect, push.target, push.app, push.reply_id) == ("nxcloud", "https://n.test/mo", "app-1", row.id)
    assert [one.id for one in await replying.store.claim_pushes(replying.clock.ms, 1000, 10)] == [push.id]


async def test_a_dialect_without_words_for_replies_tells_nothing_by_itself(replying: Replying) -> None:
    replying.declare(Project(name="p", reply_callbacks={"comms": "https://c.test/"}))
    await replying.sent("p", dialect="comms")
    await replying.bring(incoming())
    assert replying.pushes == []
    replying.declare(Project(name="p", reply_callbacks={"native": "https://own.test/"}))
    await replying.bring(incoming("again"))
    assert [(one.dialect, one.target) for one in replying.pushes] == [("native", "https://own.test/")]


async def test_a_port_without_a_dialect_is_told_everywhere(replying: Replying) -> None:
    replying.declare(
        Project(name="p", reply_callbacks={"alibaba": "https://a.test/", "nxcloud": "https://n.test/"}),
        Key(project="p", dialect="yundashi", name="k1"),
        Key(project="p", dialect="smpp", name="esme1"),
        Port(project="p", name="106900"),
    )
    await replying.bring(incoming())
    told = {(one.dialect, one.target, one.door) for one in replying.pushes}
    assert told == {
        ("alibaba", "https://a.test/", None),
        ("nxcloud", "https://n.test/", None),
        ("smpp", "", "esme1"),
    }
    assert [one.text for one in await replying.store.take_replies("p", "yundashi", 10, 0)] == ["hello"]


async def test_a_connected_customer_is_told_at_its_door(replying: Replying) -> None:
    await replying.sent("p", dialect="smpp", app="esme7")
    await replying.bring(incoming())
    (push,) = replying.pushes
    assert (push.door, push.app, push.target) == ("esme7", "esme7", "")
    assert await replying.store.claim_pushes(replying.clock.ms, 1000, 10) == []
    found: list[PushRow] = await replying.store.claim_pushes(replying.clock.ms, 1000, 10, door="esme7")
    assert [one.id for one in found] == [push.id]


# --- stop words


async def stopped(replying: Replying) -> dict[str, bool]:
    put, dropped, _ = await replying.store.stops(0, 100)
    listed = {one.project: one.marketing_only for one in put if one.number == HANDSET}
    assert not set(listed) & {project for project, _ in dropped}
    return listed


async def test_a_stop_word_stops_marketing_of_that_project(replying: Replying) -> None:
    message = await replying.sent("p")
    await replying.bring(incoming("ＴＤ "))
    (row,) = await replying.kept()
    assert row.stops
    assert await stopped(replying) == {"p": True}
    assert [(one.kind, one.text) for one in await replying.store.events(message.id)] == [("stop", "ＴＤ")]
    assert replying.stop_looks == 1


async def test_a_start_word_lifts_it(replying: Replying) -> None:
    message = await replying.sent("p")
    await replying.bring(incoming("退订", carrier_id="1"))
    await replying.bring(incoming("恢复", carrier_id="2"))
    assert await stopped(replying) == {}
    assert [one.kind for one in await replying.store.events(message.id)] == ["stop", "stop-lifted"]


@pytest.mark.parametrize(
    ("words", "is_stopped"), [(("TD", "START"), False), (("START", "TD"), True), (("TD", "START", "T"), True)]
)
async def test_the_last_word_counts_within_one_report(
    replying: Replying, words: Sequence[str], is_stopped: bool
) -> None:
    await replying.sent("p")
    await replying.bring(*(incoming(word, carrier_id=str(place)) for place, word in enumerate(words)))
    assert bool(await stopped(replying)) is is_stopped


async def test_a_start_word_said_again_by_the_carrier_lifts_no_later_stop(replying: Replying) -> None:
    await replying.sent("p")
    start = incoming("START", carrier_id="1")
    await replying.bring(start)
    await replying.bring(incoming("STOP", carrier_id="2"))
    await replying.bring(start)
    assert await stopped(replying) == {"p": True}


async def test_a_start_word_whose_effect_was_lost_in_a_crash_has_it_when_it_comes_again(replying: Replying) -> None:
    await replying.sent("p")
    await replying.bring(incoming("STOP", carrier_id="1"))
    start = incoming("START", carrier_id="2")
    judged = await replying.replies._judged(CARRIER, at_once(start), replying.world, replying.clock.ms)
    await replying.store.write(judged.op)  # and then the process was gone
    assert await stopped(replying) == {"p": True}
    await replying.bring(start)
    assert await stopped(replying) == {}


async def test_nobodys_stop_word_stops_nothing(replying: Replying) -> None:
    await replying.bring(incoming("STOP"))
    (row,) = await replying.kept()
    assert (row.project, row.stops) == ("", False)
    assert await stopped(replying) == {}


# --- the worker


async def test_what_the_store_could_not_take_is_taken_when_it_is_back(
    replying: Replying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hongyan.report.replies.TROUBLE_PAUSE_S", 0.01)
    write_all, failures = replying.store.write_all, 2

    async def flaky(ops: Sequence[Op]) -> list[Any]:
        nonlocal failures
        if failures:
            failures -= 1
            raise Refused(Reason.UNAVAILABLE)
        return await write_all(ops)

    monkeypatch.setattr(replying.store, "write_all", flaky)
    done = asyncio.Event()
    await replying.replies.start()
    replying.replies.replied(CARRIER, [incoming()], done.set)
    async with asyncio.timeout(10):
        await done.wait()
    await replying.replies.stop()
    assert len(await replying.kept()) == 1
    assert replying.replies.waiting == 0
