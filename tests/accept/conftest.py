"""A desk on a real store, with a dispatch that only remembers what it was given."""

import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from hongyan.accept.desk import AcceptDesk
from hongyan.links.capability import OddLastDigit
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message
from hongyan.model.submission import Claim, Exchange, Item, Submission, Verdict
from hongyan.model.tally import Tally
from hongyan.model.world import Caller, Declared
from hongyan.store.current import CurrentWorld
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault


class Remembering:
    """A dispatch with so much room."""

    def __init__(self, room: int = 1000) -> None:
        self.left = room
        self.taken: list[Message] = []
        self.woken = 0

    def room(self) -> int:
        return self.left

    def take(self, messages: Sequence[Message]) -> None:
        self.left -= len(messages)
        self.taken.extend(messages)

    def wake(self) -> None:
        self.woken += 1


class Counter:
    """A desk with everything around it."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        self.current = CurrentWorld(store)
        self.dispatch = Remembering()
        self.tally = Tally()

    async def declare(self, *things: Declared) -> None:
        await self.store.declare(things, (), self.clock.now_ms())
        await self.current.refresh()
        self.desk = AcceptDesk(
            self.store,
            self.current,
            self.clock,
            IdMint(self.clock),
            self.tally,
            self.dispatch,
            card_support=OddLastDigit(),
            public_base="http://short.test",
            lease_ms=60_000,
            backlog_cap=1000,
            chance=random.Random(1),
        )

    def exchange(self, dialect: str = "nxcloud", peer: str = "127.0.0.1") -> Exchange:
        return Exchange(
            request_id="R1",
            dialect=dialect,
            method="POST",
            path="/",
            query=b"",
            headers={},
            body=b"",
            peer=peer,
            received_at=self.clock.now_ms(),
        )

    def caller(self, dialect: str = "nxcloud", key: str = "AK") -> Caller:
        return self.desk.identify(self.exchange(dialect), Claim(key))

    async def send(self, *items: Item, dialect: str = "nxcloud", **more: object) -> list[Verdict]:
        exchange = self.exchange(dialect)
        caller = self.desk.identify(exchange, Claim("AK"))
        return await self.desk.accept(caller, Submission(exchange=exchange, items=list(items), **more))  # type: ignore[arg-type] # fields by name


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "hongyan.db", Vault(b"k" * 32), clock, Tally())
    await store.open()
    made = Counter(store, clock)
    yield made
    if hasattr(made, "desk"):
        await made.desk.close()
    await store.close()
