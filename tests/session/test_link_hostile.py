"""Links against peers that break rules: any cut of the stream, garbage, silence, floods; nothing is lost or grows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.session import LinkState, Timers
from hongyan.session.link import Link
from hongyan.session.outlet import HELD_BACK_MOST
from hongyan.wire import Malformed, smpp
from session.two_ends import QUICK, Keeper, RawPeer, asks, dialler, doorway, raw_caller, raw_listener, submit, until

BRIEF = Timers(drain_s=0.2, goodbye_s=0.2)


@asynccontextmanager
async def bound(keeper: Keeper, timers: Timers = BRIEF, **more: Any) -> AsyncIterator[tuple[Link, RawPeer]]:
    """A link of ours that logged in at a raw peer."""
    async with raw_listener() as (port, peers), dialler(keeper, port, timers, **more):
        peer = await peers.get()
        bind = await peer.hears()
        peer.say(smpp.encode(smpp.BindTransceiverResp(bind.sequence)))
        await until(lambda: keeper.open)
        yield keeper.open[0], peer


def answer(key: Any, message_id: str = "x") -> bytes:
    return smpp.encode(smpp.SubmitSmResp(key, 0, message_id))


STREAM = b"".join(
    [smpp.encode(smpp.DeliverSm(n, source_addr="86138", short_message=bytes([n]) * n)) for n in range(1, 12)]
    + [smpp.encode(smpp.EnquireLink(50)), smpp.encode(smpp.DeliverSm(51))]
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=40))
def test_any_cut_of_the_stream_brings_the_same(cuts: list[int]) -> None:
    async def fed() -> list[int]:
        keeper = Keeper()
        async with bound(keeper) as (link, _):
            for begin, end in pairwise([0, *sorted(set(cuts)), len(STREAM)]):
                link.data_received(STREAM[begin:end])
            return [request.sequence for request in keeper.requests]

    assert asyncio.run(fed()) == [*range(1, 12), 51]


async def test_every_single_cut_of_a_pdu_is_whole_again() -> None:
    frame = smpp.encode(smpp.DeliverSm(1, short_message=b"hello"))
    keeper = Keeper()
    async with bound(keeper) as (link, _):
        for cut in range(1, len(frame)):
            link.data_received(frame[:cut])
            link.data_received(frame[cut:])
        assert len(keeper.requests) == len(frame) - 1
        assert not link.rest


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_never_breaks_anything_but_the_link(garbage: bytes) -> None:
    async def fed() -> None:
        keeper = Keeper()
        keeper.answers_all = False
        async with bound(keeper) as (link, _):
            asks(link, "a")
            link.outlet.flush()
            link.data_received(garbage)
            link.drop()
            told = [context for context, _ in keeper.answers] + keeper.over[0][1]
            assert told == ["a"]

    asyncio.run(fed())


@pytest.mark.parametrize("length", [0, 1, 15, 0x10000 + 0x401, 0x7FFFFFFF, 0xFFFFFFFF])
async def test_a_length_that_cannot_be_ends_the_link_after_what_came_before_it(length: int) -> None:
    keeper = Keeper()
    async with bound(keeper) as (link, peer):
        peer.say(smpp.encode(smpp.DeliverSm(1)), length.to_bytes(4, "big"))
        await until(lambda: keeper.over)
        assert len(keeper.requests) == 1
        assert keeper.over[0][2].code == "GARBAGE"
        assert link.ended is not None


async def test_answers_out_of_order_twice_and_to_nothing() -> None:
    keeper = Keeper()
    async with bound(keeper) as (link, peer):
        keys = asks(link, *range(10))
        shuffled = list(keys)
        Random(5).shuffle(shuffled)
        peer.say(*(answer(key) + answer(key) for key in shuffled), answer(4711), smpp.encode(smpp.GenericNack(4712, 3)))
        await until(lambda: len(keeper.answers) == 10 and link.tallies.unexpected == 12)
        assert [keys[context] for context, _ in keeper.answers] == shuffled
        assert link.state is LinkState.OPEN


async def test_a_general_refusal_answers_what_it_names() -> None:
    keeper = Keeper()
    async with bound(keeper) as (link, peer):
        (key,) = asks(link, "a")
        assert isinstance(key, int)
        peer.say(smpp.encode(smpp.GenericNack(key, 3)))
        await until(lambda: keeper.answers)
        assert isinstance(keeper.answers[0][1], smpp.GenericNack)


async def test_no_answer_is_told_once_and_a_late_one_is_only_counted() -> None:
    keeper = Keeper()
    async with bound(keeper, Timers(answer_s=0.05, drain_s=0.2, goodbye_s=0.2)) as (link, peer):
        keys = asks(link, "a", "b")
        await until(lambda: len(keeper.given_up) == 2)
        assert link.room() == link.window
        peer.say(answer(keys[0]))
        await until(lambda: link.tallies.unexpected == 1)
        assert not keeper.answers
        assert link.tallies.unanswered == 2


async def test_what_was_written_is_unsure_and_what_was_not_is_safe() -> None:
    keeper = Keeper()
    async with bound(keeper) as (link, peer):
        asks(link, "written")
        await peer.hears()
        asks(link, "not written")
        link.drop()
        assert keeper.over[0][:2] == (["not written"], ["written"])


async def test_a_peer_that_reads_nothing_is_dropped_and_what_it_was_not_given_is_safe() -> None:
    keeper = Keeper()
    timers = Timers(answer_s=0.3, drain_s=0.1, goodbye_s=0.1)
    async with bound(keeper, timers, speech={"window": 1_000_000}) as (link, _):
        text = b"x" * 250
        asked = 0
        while link.room() and asked < 200_000:
            key = link.next_key()
            link.ask(key, submit(key, text), asked)
            asked += 1
            if asked % 500 == 0:
                await asyncio.sleep(0)
        assert link.room() == 0
        asks(link, "safe")
        await until(lambda: keeper.over)
        unwritten, unsure, ended = keeper.over[0]
        assert ended.code == "STUCK"
        assert unwritten[-1] == "safe"
        assert sorted([*unwritten[:-1], *unsure, *keeper.given_up]) == list(range(asked))


async def test_a_peer_that_floods_and_reads_nothing_does_not_fill_memory() -> None:
    keeper = Keeper()
    async with doorway(keeper) as (door, port), raw_caller(port) as caller:
        caller.say(smpp.encode(smpp.BindTransceiver(1, "esme", "pw")))
        await until(lambda: keeper.open)
        (link,) = door.links
        flood = b"".join(smpp.encode(smpp.EnquireLink(n)) for n in range(1, 4001))
        caller.writer.transport.set_write_buffer_limits(high=1 << 20)
        for _ in range(400):
            caller.say(flood)
            await asyncio.sleep(0)
            if link.intake.is_held:
                break
        assert link.intake.is_held
        assert len(link.outlet._out) < 3 * HELD_BACK_MOST


async def test_requests_that_nobody_replies_to_stop_the_reading_until_somebody_does() -> None:
    keeper = Keeper()
    keeper.answers_all = False
    async with bound(keeper, speech={"unreplied_most": 100}) as (link, peer):
        peer.say(*(smpp.encode(smpp.DeliverSm(n)) for n in range(1, 2001)))
        await until(lambda: link.intake.is_held)
        assert len(keeper.requests) < 2000 or link.unreplied() > 100
        while len(keeper.requests) < 2000 or link.unreplied():
            link.replies([smpp.encode(smpp.DeliverSmResp(n)) for n in range(link.unreplied())])
            await until(lambda: link.unreplied() or len(keeper.requests) >= 2000)
        assert len(keeper.requests) == 2000
        assert not link.intake.is_held


async def test_a_malformed_request_is_answered_and_a_malformed_answer_reaches_its_asker() -> None:
    keeper = Keeper()
    async with bound(keeper) as (link, peer):
        whole = smpp.encode(smpp.DeliverSm(9, short_message=b"hello"))
        peer.say((len(whole) - 3).to_bytes(4, "big") + whole[4:-3])
        refused = await peer.hears()
        assert refused.sequence == 9
        assert refused.status
        (key,) = asks(link, "a")
        assert isinstance(key, int)
        peer.say(b"\0\0\0\x15\x80\0\0\x03\0\0\0\0" + key.to_bytes(4, "big") + b"id\0zz")
        await until(lambda: keeper.answers)
        assert isinstance(keeper.answers[0][1], Malformed)
        assert (link.state, link.tallies.malformed) == (LinkState.OPEN, 2)


async def test_an_owner_s_mistake_ends_its_link_alone(caplog: pytest.LogCaptureFixture) -> None:
    class Careless(Keeper):
        def heard(self, link: Link, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
            raise RuntimeError("careless")

    keeper = Careless()
    async with bound(keeper) as (link, peer):
        asks(link, "a")
        await peer.hears()
        peer.say(smpp.encode(smpp.DeliverSm(1)))
        await until(lambda: keeper.over)
        assert keeper.over[0][1:] == (["a"], link.ended)
        assert link.ended is not None
        assert link.ended.code == "OURS"


# --- log-in


async def test_requests_before_the_log_in_are_refused() -> None:
    keeper = Keeper()
    async with doorway(keeper) as (_, port), raw_caller(port) as caller:
        caller.say(submit(3), smpp.encode(smpp.EnquireLink(4)), answer(5))
        refused, alive = await caller.hears(), await caller.hears()
        assert (refused.sequence, refused.status) == (3, 4)
        assert isinstance(alive, smpp.EnquireLinkResp)
        assert not keeper.requests


async def test_requests_right_behind_the_log_in_are_heard() -> None:
    keeper = Keeper()
    async with doorway(keeper) as (_, port), raw_caller(port) as caller:
        caller.say(smpp.encode(smpp.BindTransmitter(1, "esme", "pw")), submit(2), submit(3))
        said = [await caller.hears() for _ in range(3)]
        assert [type(pdu).__name__ for pdu in said] == ["BindTransmitterResp", "SubmitSmResp", "SubmitSmResp"]


async def test_a_second_log_in_is_refused_and_the_link_goes_on() -> None:
    keeper = Keeper()
    async with doorway(keeper) as (_, port), raw_caller(port) as caller:
        bind = smpp.encode(smpp.BindTransmitter(1, "esme", "pw"))
        caller.say(bind, bind, submit(2))
        said = [await caller.hears() for _ in range(3)]
        assert sorted(pdu.status for pdu in said) == [0, 0, 5]


async def test_a_refused_log_in_is_told_and_closed() -> None:
    keeper = Keeper()
    keeper.status = 0x0E
    async with doorway(keeper) as (door, port), raw_caller(port) as caller:
        caller.say(smpp.encode(smpp.BindTransmitter(1, "esme", "wrong")), submit(2))
        assert (await caller.hears()).status == 0x0E
        assert await caller.is_closed()
        assert not keeper.requests
        await until(lambda: not door.links)


async def test_who_does_not_log_in_is_closed() -> None:
    keeper = Keeper()
    async with doorway(keeper, Timers(log_in_s=0.05)) as (_, port), raw_caller(port) as caller:
        assert await caller.is_closed()
        assert keeper.over[0][2].code == "NO-LOG-IN"


async def test_a_log_in_that_is_not_answered_is_tried_again() -> None:
    keeper = Keeper()
    async with raw_listener() as (port, peers), dialler(keeper, port, Timers(log_in_s=0.05)):
        for _ in range(2):
            peer = await asyncio.wait_for(peers.get(), 10)
            assert isinstance(await peer.hears(), smpp.BindTransceiver)
        assert keeper.over[0][2].code == "NO-LOG-IN"


async def test_a_refusal_for_credentials_is_not_tried_again_soon() -> None:
    ours, theirs = Keeper(), Keeper()
    theirs.status = 0x0E
    async with doorway(theirs) as (_, port), dialler(ours, port) as dialer:
        await until(lambda: ours.over)
        assert ours.over[0][2].patient
        await asyncio.sleep(QUICK.longest_s * 3)
        assert len(theirs.log_ins) == 1
        assert dialer.links[0].tallies.last_error.startswith("REFUSED")
        await until(lambda: len(theirs.log_ins) == 2)


async def test_nobody_there_is_tried_again_with_growing_pauses_and_other_addresses() -> None:
    ours, theirs = Keeper(), Keeper()
    async with raw_listener() as (dead, _):
        pass
    async with doorway(theirs) as (_, port), dialler(ours, dead, hosts=[("127.0.0.1", dead), ("127.0.0.1", port)]):
        await until(lambda: ours.open)
        assert ours.over[0][2].code == "NO-CONNECTION"


async def test_a_silent_peer_is_dropped_after_so_many_questions() -> None:
    keeper = Keeper()
    timers = Timers(idle_s=0.03, alive_s=0.03, alive_tries=3, drain_s=0.1, goodbye_s=0.1)
    async with bound(keeper, timers) as (_, peer):
        for _ in range(3):
            assert isinstance(await peer.hears(), smpp.EnquireLink)
        await until(lambda: keeper.over)
        assert keeper.over[0][2].code == "SILENT"


async def test_the_same_question_back_counts_as_life() -> None:
    """Some gateways answer a keep-alive with a keep-alive of their own."""
    keeper = Keeper()
    timers = Timers(idle_s=0.03, alive_s=0.2, alive_tries=1, drain_s=0.1, goodbye_s=0.1)
    async with bound(keeper, timers) as (link, peer):
        for _ in range(4):
            asked = await peer.hears()
            if isinstance(asked, smpp.EnquireLink):
                peer.say(smpp.encode(smpp.EnquireLink(asked.sequence + 1000)))
        assert link.state is LinkState.OPEN


async def test_a_connection_that_breaks_at_every_moment_leaves_nothing_behind() -> None:
    """Closing half-way through a log-in, a window, a goodbye: pending entries, timers and links all go."""
    ours, theirs = Keeper(), Keeper()
    random = Random(11)
    async with doorway(theirs) as (door, port), dialler(ours, port, links=5):
        told = 0
        for _ in range(60):
            await until(lambda: ours.open)
            link = random.choice(ours.open)
            asks(link, *range(5))
            told += 5
            for _ in range(random.randrange(4)):
                await asyncio.sleep(0)
            if door.links:
                random.choice(sorted(door.links, key=lambda one: one.name)).drop()
        await until(lambda: len(ours.answers) + sum(len(over[0]) + len(over[1]) for over in ours.over) == told)
        await until(lambda: len(ours.open) == 5 and len(door.links) == 5)
        assert not any(link.unanswered() for link in ours.open)
        assert sum(door._by_address.values()) == 5


async def test_keep_alives_that_are_answered_in_another_way_do_not_fill_memory() -> None:
    keeper = Keeper()
    async with bound(keeper) as (link, _):
        for _ in range(5_000):
            link.courtesy.ask(0x15)
        assert len(link.courtesy._asked) <= 100


async def test_an_answer_that_we_ourselves_do_not_read_is_not_given_up() -> None:
    """Our store is down: what the peer brings is not replied to, so it is not read, and an answer stands behind it."""
    keeper = Keeper()
    keeper.answers_all = False
    timers = Timers(answer_s=0.15, alive_s=0.1, drain_s=0.2, goodbye_s=0.2)
    async with bound(keeper, timers, speech={"unreplied_most": 10}) as (link, peer):
        peer.say(*(smpp.encode(smpp.DeliverSm(n)) for n in range(1, 100)))
        await until(lambda: link.intake.is_held)
        (key,) = asks(link, "a")
        peer.say(answer(key))
        await asyncio.sleep(0.4)
        assert not keeper.given_up
        link.dismiss(link.unreplied())
        await until(lambda: keeper.answers)
        assert not keeper.given_up


async def test_a_late_answer_is_told_to_who_wants_it_and_the_requests_kept_for_it_are_bounded() -> None:
    keeper, late = Keeper(), []
    timers = Timers(answer_s=0.05, drain_s=0.2, goodbye_s=0.2)
    speech = {"late": lambda link, context, said: late.append((context, said.message_id)), "window": 5_000}
    async with bound(keeper, timers, speech=speech) as (link, peer):
        keys = asks(link, *range(3_000))
        await until(lambda: len(keeper.given_up) == 3_000)
        assert len(link.asks.given_up) == 1_000
        peer.say(answer(keys[-1], "last"), answer(keys[-1], "again"), answer(keys[0], "forgotten"))
        await until(lambda: link.tallies.unexpected == 3)
        assert late == [(2_999, "last")]
        assert not keeper.answers
