"""A store behind a socket: the same results, one frame for what is accepted in one turn, and a clear end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from hongyan.model.clock import FakeClock
from hongyan.model.errors import Refused
from hongyan.model.message import Message, State
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.store import Store
from hongyan.store.relay import frames
from hongyan.store.relay.door import Door
from hongyan.store.relay.far import Far
from store.store_samples import accept, fund, message, states

LEASE_MS = 60_000


class Sending:
    def __init__(self) -> None:
        self.places, self.taken, self.woken = 2, list[int](), 0

    def room(self) -> int:
        return self.places

    def take(self, messages: Sequence[Message]) -> None:
        self.taken += [one.id for one in messages]

    def wake(self) -> None:
        self.woken += 1


class Relayed(NamedTuple):
    core: Store
    far: Store
    sending: Sending
    door: Door
    lost: list[None]


@pytest.fixture
async def relayed(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Relayed]:
    await fund(store)
    sending, lost = Sending(), list[None]()
    door = Door(store, sending, clock, LEASE_MS, Tally())
    await door.open(tmp_path / "core")
    far = Far(tmp_path / "core", 1, lambda: lost.append(None))
    await far.open()
    yield Relayed(store, far.store, sending, door, lost)
    await far.close()
    await door.close()


async def test_what_is_accepted_is_handed_over_as_far_as_there_is_room(relayed: Relayed, clock: FakeClock) -> None:
    ones = [message() for _ in range(3)]
    results = await asyncio.gather(*(relayed.far.write(accept(one)) for one in ones))
    assert [row.reason for (row,) in results] == [None] * 3
    assert await states(relayed.core, ones) == [State.SENDING, State.SENDING, State.ACCEPTED]
    assert relayed.sending.taken == [one.id for one in ones[:2]]
    assert relayed.sending.woken == 1
    first = await relayed.core.message(ones[0].id)
    assert first is not None
    assert first.due_at == clock.now_ms() + LEASE_MS


async def test_each_is_told_its_own_end(relayed: Relayed) -> None:
    good, clashing = message(), message()
    await relayed.core.write(accept(message(id=clashing.id, submission=7, client_id="other")))
    results = await asyncio.gather(
        relayed.far.write(accept(good)), relayed.far.write(accept(clashing)), return_exceptions=True
    )
    assert not isinstance(results[0], BaseException)
    assert isinstance(results[1], BaseException)
    assert relayed.sending.taken == [good.id]


async def test_a_core_that_fails_says_so_to_every_caller(
    relayed: Relayed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr(relayed.sending, "room", broken)
    results = await asyncio.gather(*(relayed.far.write(accept(message())) for _ in range(2)), return_exceptions=True)
    assert [one.reason for one in results if isinstance(one, Refused)] == [Reason.UNAVAILABLE] * 2
    assert "could not be taken" in "".join(capsys.readouterr())


async def test_a_refusal_arrives_with_its_facts(relayed: Relayed) -> None:
    await relayed.core.close()
    with pytest.raises(Refused) as one:
        await relayed.far.write(accept(message()))
    with pytest.raises(Refused) as other:
        await relayed.far.message(1)
    assert one.value.reason is other.value.reason is Reason.UNAVAILABLE
    assert other.value.facts["why"] == "the store is closed"


async def test_every_call_of_the_contract_is_made_there(relayed: Relayed) -> None:
    one = message()
    await relayed.far.write(accept(one))
    assert await relayed.far.message(one.id) == await relayed.core.message(one.id)
    assert await relayed.far.balance(one.project) == await relayed.core.balance(one.project)
    assert (await relayed.far.world()).projects.keys() == (await relayed.core.world()).projects.keys()
    assert await relayed.far.last_id() == one.id


async def test_only_its_owner_may_open_the_socket(relayed: Relayed, tmp_path: Path) -> None:
    assert relayed.door is not None
    assert (tmp_path / "core").stat().st_mode & 0o777 == 0o600


async def test_what_is_under_way_when_the_core_goes_is_told_so(tmp_path: Path) -> None:
    lost: list[None] = []
    guests: list[asyncio.StreamWriter] = []

    async def take_it_and_go(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guests.append(writer)
        await reader.readexactly(frames.HEAD.size)
        writer.close()

    server = await asyncio.start_unix_server(take_it_and_go, tmp_path / "core")
    far = Far(tmp_path / "core", 1, lambda: lost.append(None))
    await far.open()
    results = await asyncio.gather(far.write(accept(message())), far.store.balance("x"), return_exceptions=True)
    assert [one.reason for one in results if isinstance(one, Refused)] == [Reason.UNAVAILABLE] * 2
    assert lost == [None]
    await far.close()
    server.close()
    await asyncio.gather(*(one.wait_closed() for one in guests), return_exceptions=True)


@pytest.mark.parametrize("step", [1, 3, 8, 1000])
def test_frames_are_found_however_they_arrive(step: int) -> None:
    sent = [(frames.CALL, number, bytes(range(number))) for number in range(20)]
    stream = b"".join(frames.frame(*one) for one in sent)
    cutter = frames.Frames()
    found = [one for at in range(0, len(stream), step) for one in cutter.cut(stream[at : at + step])]
    assert found == sent
