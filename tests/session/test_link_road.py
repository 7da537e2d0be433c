"""Links on their ordinary road, both ends: window, batches, keys, pace, drain, keep-alive, transcript."""

import asyncio

import pytest

from hongyan.session import Key, LinkState, Timers, Tongue
from hongyan.session.dial import Again
from hongyan.session.drip import Drip
from hongyan.session.tongues import CMPP, SGIP, SMGP, SMPP
from hongyan.session.transcript import Transcript
from hongyan.wire import smpp
from session.two_ends import Keeper, asks, both_ends, dialler, doorway, raw_caller, raw_listener, until


async def test_requests_of_both_ends_are_answered_with_their_contexts() -> None:
    async with both_ends() as (ours, keeper, theirs, peer):
        asks(ours, "a", "b", "c")
        key = theirs.next_key()
        assert isinstance(key, int)
        theirs.ask(key, smpp.encode(smpp.DeliverSm(key)), "d")
        await until(lambda: len(keeper.answers) == 3 and peer.answers)
        assert [context for context, _ in keeper.answers] == ["a", "b", "c"]
        assert [answer.message_id for _, answer in keeper.answers] == ["id2", "id3", "id4"]
        assert peer.answers[0][0] == "d"
        assert (ours.tallies.sent, ours.tallies.answered, ours.tallies.received) == (3, 3, 1)


async def test_what_is_asked_in_one_turn_comes_in_one_read_and_one_call() -> None:
    async with both_ends(speech={"window": 500}) as (ours, keeper, _, peer):
        asks(ours, *range(500))
        await until(lambda: len(keeper.answers) == 500)
        assert len(peer.reads) <= 5
        assert len(keeper.reads) <= 5


async def test_room_is_the_window_less_what_is_unanswered() -> None:
    async with both_ends(speech={"window": 4}) as (ours, keeper, _, peer):
        peer.answers_all = False
        assert ours.room() == 4
        asks(ours, 1, 2, 3)
        assert (ours.room(), ours.unanswered()) == (1, 3)
        asks(ours, 4)
        await until(lambda: len(peer.requests) == 4)
        assert ours.room() == 0
        peer.open[0].reply(smpp.encode(smpp.SubmitSmResp(peer.requests[2].sequence, 0, "x")))
        await until(lambda: keeper.answers)
        assert (keeper.answers[0][0], ours.room()) == (3, 1)


async def test_keys_skip_what_is_unanswered_when_they_wrap() -> None:
    async with both_ends(speech={"window": 10}) as (ours, _, __, peer):
        peer.answers_all = False
        first = asks(ours, "old", "older")
        ours.asks._last = SMPP.last_key - 1
        assert ours.next_key() == SMPP.last_key
        assert ours.next_key() == 1
        assert first == [2, 3]
        assert ours.next_key() == 4


async def test_the_owner_may_mint_keys() -> None:
    minted = iter([3, 7, 7, 9, 10, 11])
    async with both_ends(speech={"mint": lambda: next(minted)}) as (ours, _, __, peer):
        peer.answers_all = False
        assert asks(ours, "a") == [7]
        assert asks(ours, "b") == [9]


async def test_a_pace_lets_through_so_many_and_says_when_more() -> None:
    async with both_ends(speech={"window": 100, "pace_per_s": 100}) as (ours, keeper, _, __):
        await asyncio.sleep(0.15)
        room = ours.room()
        assert 1 <= room <= 10
        asks(ours, *range(room))
        while ours.room():
            asks(ours, "more")
        await until(lambda: keeper.rooms)
        assert ours.room() >= 1


def test_a_drip_is_smooth_and_bounded() -> None:
    drip = Drip(100, 0.0)
    assert drip.permits(0.0) == 1
    drip.took()
    assert drip.permits(0.0) == 0
    assert drip.wait_s() == pytest.approx(0.01)
    assert drip.permits(10.0) == 10
    assert drip.permits(5.0) == 10


async def test_draining_waits_for_answers_then_says_goodbye() -> None:
    async with both_ends(Timers(drain_s=10, goodbye_s=5)) as (ours, keeper, theirs, peer):
        peer.answers_all = False
        asks(ours, "a")
        await until(lambda: peer.requests)
        ours.drain()
        assert (ours.state, ours.room()) == (LinkState.DRAINING, 0)
        theirs.reply(smpp.encode(smpp.SubmitSmResp(peer.requests[0].sequence, 0, "x")))
        await ours.gone
        assert keeper.answers
        assert [(over[0], over[1], over[2].code) for over in keeper.over] == [([], [], "GOODBYE")]
        await until(lambda: peer.over)
        assert peer.over[0][2].code == "FAREWELL"


async def test_draining_waits_for_our_own_replies() -> None:
    async with both_ends(Timers(drain_s=10, goodbye_s=5)) as (ours, keeper, theirs, peer):
        keeper.answers_all = False
        key = theirs.next_key()
        assert isinstance(key, int)
        theirs.ask(key, smpp.encode(smpp.DeliverSm(key)), "receipt")
        await until(lambda: keeper.requests)
        ours.drain()
        await asyncio.sleep(0.02)
        assert ours.state is LinkState.DRAINING
        ours.reply(smpp.encode(smpp.DeliverSmResp(key)))
        await ours.gone
        assert peer.answers[0][0] == "receipt"


async def test_draining_does_not_wait_for_ever() -> None:
    async with both_ends(Timers(drain_s=0.05, goodbye_s=0.05)) as (ours, keeper, _, peer):
        peer.answers_all = False
        asks(ours, "never answered")
        await until(lambda: peer.requests)
        ours.drain()
        await ours.gone
        assert keeper.over[0][1] == ["never answered"]


async def test_a_listening_end_drains_its_links_when_it_closes() -> None:
    ours, theirs = Keeper(), Keeper()
    async with doorway(theirs) as (door, port), dialler(ours, port):
        await until(lambda: ours.open and theirs.open)
        await door.close()
        assert not door.links
        assert ours.over[0][2].code == "FAREWELL"


async def test_silence_is_asked_about_and_an_answer_suffices() -> None:
    async with both_ends(Timers(idle_s=0.03, alive_s=5)) as (ours, keeper, theirs, _):
        since = theirs.pulse._heard
        await until(lambda: theirs.pulse._heard > since + 0.1)
        assert ours.state is LinkState.OPEN
        assert not keeper.requests


async def test_a_link_that_nothing_goes_over_says_goodbye() -> None:
    async with both_ends(Timers(idle_s=0, quiet_s=0.05, drain_s=1, goodbye_s=1)) as (ours, keeper, _, peer):
        await ours.gone
        assert keeper.over[0][2].code == "GOODBYE"
        await until(lambda: peer.over)


async def test_a_link_on_demand_is_dialled_when_it_is_wanted() -> None:
    ours, theirs = Keeper(), Keeper()
    timers = Timers(idle_s=0, quiet_s=0.05, drain_s=1, goodbye_s=1)
    async with doorway(theirs) as (_, port), dialler(ours, port, timers, on_demand=True) as dialer:
        await asyncio.sleep(0.05)
        assert not theirs.log_ins
        dialer.want()
        await until(lambda: ours.over)
        await asyncio.sleep(0.05)
        assert len(theirs.log_ins) == 1
        dialer.want()
        await until(lambda: len(theirs.log_ins) == 2)


async def test_a_transcript_tells_both_directions_while_it_is_on() -> None:
    ours, theirs, transcript = Keeper(), Keeper(), Transcript()
    async with doorway(theirs) as (_, port), dialler(ours, port, transcript=transcript):
        await until(lambda: ours.open)
        assert not transcript.lines
        transcript.switch(2**60)
        asks(ours.open[0], 1)
        await until(lambda: ours.answers)
        sent, came = transcript.lines
        assert sent.sent
        assert not came.sent
        assert sent.text.startswith("submit_sm sequence=")
        assert "hello" not in sent.text
        assert "8613800138000" not in sent.text
        assert "message_id=id2" in came.text
        transcript.switch(1)
        asks(ours.open[0], 2)
        await until(lambda: len(ours.answers) == 2)
        assert len(transcript.lines) == 2
        assert transcript.until_ms == 0


async def test_a_log_in_may_be_decided_later() -> None:
    keeper = Keeper()
    keeper.decides = False
    async with doorway(keeper) as (door, port), raw_caller(port) as caller:
        caller.say(smpp.encode(smpp.BindTransmitter(1, "esme", "pw")))
        await until(lambda: keeper.log_ins)
        (link,) = door.links
        assert link.ended is None
        link.admit(smpp.encode(smpp.BindTransmitterResp(1)))
        assert (await caller.hears()).status == 0
        assert link.state is LinkState.OPEN


async def test_too_many_connections_are_turned_away() -> None:
    keeper = Keeper()
    async with doorway(keeper, address_most=1) as (door, port), raw_caller(port), raw_caller(port) as second:
        assert await second.is_closed()
        await until(lambda: door.turned_away == 1)
        assert len(door.links) == 1


async def test_rebinding_wakes_a_dialer_that_waits() -> None:
    again = Again(first_s=60, longest_s=60)
    async with raw_listener() as (port, peers), dialler(Keeper(), port, again=again) as dialer:
        peer = await peers.get()
        peer.writer.close()
        await until(lambda: dialer.links[0].state is LinkState.CLOSED)
        await asyncio.sleep(0.02)
        dialer.rebind()
        await asyncio.wait_for(peers.get(), 10)


@pytest.mark.parametrize(
    ("tongue", "key", "goodbye"),
    [
        (SMPP, 5, "00000010 00000006 00000000 00000005"),
        (CMPP, 4, "0000000c 00000002 00000004"),
        (SMGP, 4, "0000000c 00000006 00000004"),
        (SGIP, bytes(12), "00000014 00000002 000000000000000000000000"),
    ],
)
def test_each_protocol_says_goodbye_in_its_own_octets(tongue: Tongue, key: Key, goodbye: str) -> None:
    assert tongue.bare(tongue.goodbye, key).hex() == goodbye.replace(" ", "")
    length, command, read = tongue.head.unpack_from(tongue.bare(tongue.goodbye, key))
    assert (length, command, read) == (tongue.least, tongue.goodbye, key)


def test_the_answer_to_cmpp_s_keep_alive_has_one_octet() -> None:
    """CMPP 3.0 §8.4.7.4."""
    assert CMPP.bare(0x80000008, 3, body=CMPP.alive_body).hex() == "0000000d800000080000000300"


async def test_a_pace_goes_on_without_an_answer_that_would_bring_the_next_request() -> None:
    ours, theirs = Keeper(), Keeper()
    theirs.answers_all = False
    async with doorway(theirs) as (_, port), dialler(ours, port, speech={"pace_per_s": 50}) as dialer:
        await until(lambda: ours.open)
        (link,) = dialer.links
        asks(link, *range(max(1, link.room())))
        rooms = ours.rooms
        await until(lambda: ours.rooms > rooms)
        assert link.room()


async def test_draining_waits_for_the_rest_of_what_was_begun() -> None:
    ours, theirs = Keeper(), Keeper()
    async with doorway(theirs) as (_, port), dialler(ours, port, Timers(drain_s=10, goodbye_s=0.2)) as dialer:
        await until(lambda: ours.open)
        (link,) = dialer.links
        link.unfinished = True
        link.drain()
        assert (link.room(), link.room_to_finish()) == (0, link.window)
        asks(link, "the rest")
        link.unfinished = False
        await until(lambda: ours.over)
        assert [context for context, _ in ours.answers] == ["the rest"]
        assert ours.over[0][2].code == "GOODBYE"
