"""Lists that follow what happens are drawn once for all who look on, never for nobody, and again when it is due."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.console import board as of_board
from hongyan.console.board import Board, Seen
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.operate.live import Live
from hongyan.store.ops import Record, RefusalRow
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault


class Room:
    """A store in which something happens, and lists of it."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.live = Live(store, clock)
        self.board = Board(self.live)
        self._store, self._clock, self._mint = store, clock, IdMint(clock).mint
        self._versions = itertools.count()

    async def happen(self) -> None:
        """Write something."""
        row = RefusalRow(
            id=self._mint(), at=self._clock.now_ms(), request_id="R", position=None, project="", dialect="comms",
            action="", peer="", reason=Reason.BAD_SEAL, facts="{}", request="", notes="[]",
        )  # fmt: skip
        await self._store.write(Record(rows=[row]))

    async def look(self) -> Seen:
        """Draw a list, another one each time."""
        return Seen(str(next(self._versions)))


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    monkeypatch.setattr(of_board, "MARKS_A_SECOND", 50.0)
    clock = FakeClock()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"0" * 32), clock, Tally())
    await store.open()
    found = Room(store, clock)
    yield found
    await found.live.close()
    await store.close()


async def test_a_list_is_drawn_once_for_all_who_look_on(room: Room) -> None:
    board, started = room.board, asyncio.Barrier(11)

    async def console() -> list[str]:
        async with board.watching():
            count, seen = board.count, []
            for turn in range(2):
                seen.append((await board.seen("/", room.look)).digest)
                if not turn:
                    await started.wait()
                    count = await board.moved(count, "/")
            return seen

    consoles = [asyncio.create_task(console()) for _ in range(10)]
    await started.wait()
    until = asyncio.get_running_loop().time() + 10
    while not all(one.done() for one in consoles) and asyncio.get_running_loop().time() < until:
        await room.happen()  # the first look of the watcher only learns where it is
        await asyncio.sleep(0.05)
    seen = [await one for one in consoles]
    assert {one[0] for one in seen} == {"0"}
    assert board.drawn <= 1 + board.count < 10
    assert not board.is_watched()


async def test_who_looks_on_alone_is_told_of_each_change_and_others_draw_for_themselves(room: Room) -> None:
    board = room.board
    assert [(await board.seen("/", room.look)).digest for _ in range(2)] == ["0", "1"]
    assert board.drawn == 0
    async with board.watching():
        assert {(await board.seen("/", room.look)).digest for _ in range(3)} == {"2"}
        assert (await board.seen("/?q=x", room.look)).digest == "3"
    async with board.watching():
        assert (await board.seen("/", room.look)).digest == "4"


async def test_a_list_that_takes_long_is_drawn_less_often(room: Room) -> None:
    board, loop = room.board, asyncio.get_running_loop()

    async def long() -> Seen:
        await asyncio.sleep(0.02)
        return Seen("x")

    async with board.watching():
        began, count = loop.time(), board.count
        await board.seen("/", long)
        while board.count == count:
            await room.happen()
            await asyncio.sleep(0.02)
        await board.moved(count, "/")
        assert loop.time() - began >= 0.02 * 20


async def test_one_list_that_fails_fails_for_nobody_else_later(room: Room) -> None:
    async def fail() -> Seen:
        raise ValueError("away")

    async with room.board.watching():
        with pytest.raises(ValueError, match="away"):
            await room.board.seen("/", fail)
        assert await room.board.seen("/", room.look) == Seen("0")


async def test_all_is_over_when_the_process_ends(room: Room) -> None:
    async with room.board.watching():
        waiting = asyncio.create_task(room.board.moved(room.board.count, "/"))
        await asyncio.sleep(0)
        await room.live.close()
        await asyncio.wait_for(waiting, 5)
        assert not room.board.has_room()
