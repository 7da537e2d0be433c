"""The log of calls is written, read, told again from and purged alike on both engines."""

from typing import Any, cast

import pytest

from hongyan.dialects.nxcloud.receipts import Receipts
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import State
from hongyan.model.push import PushCall
from hongyan.model.world import Project
from hongyan.operate.calls import CallQuery, Calls
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.operate.webhooks import Webhooks
from hongyan.report.call_log import CallLog, Keep, Made
from hongyan.report.callbacks import Callbacks
from hongyan.report.caller import Caller
from hongyan.report.look import Look
from hongyan.report.post import Posted
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from store.store_samples import accepted, message, push, settle

DAY_MS = 86_400_000
DEV = Actor(name="dev", role=Role.ADMIN, via="api")


class Office:
    """The log, and what operators do with it, on one store."""

    def __init__(self, store: Store, current: CurrentWorld, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        mint = IdMint(clock).mint
        self.log = CallLog(store, mint, Keep.ALL)
        caller = Caller({"nxcloud": Receipts()}, current, allow_inside=False)
        self.callbacks = Callbacks(store, caller, self.log, clock)
        look = Look(store, current, clock)
        self.callbacks.wake = self._wake  # type: ignore[attr-defined] # the core's, which has nothing to do here
        core = cast("Core", self.callbacks)
        self.webhooks = Webhooks(store, current, clock, mint, core, look, Journal(store, clock))
        self.calls = Calls(store, core)

    async def _wake(self) -> None:
        return

    def note(self, status: int, body: bytes, *told: int, answer: bytes = b"no", **fields: Any) -> None:
        call = PushCall("http://shop.example/dr?token=x", body, (("content-type", "text/plain"),))
        posted = Posted(status, answer, "", (("x-\udcff", "odd"),))
        made = Made(call.url, call, posted, 3, status == 200, "said")
        items = [(one, None) for one in told]
        self.log.note(self.clock.now_ms(), "shop", "nxcloud", made, items, tries=fields.pop("tries", 1), **fields)


@pytest.fixture
async def office(store: Store, clock: FakeClock) -> Office:
    callbacks = {"nxcloud": "http://shop.example/dr"}
    await store.declare([Project(name="shop", callbacks=callbacks)], [], clock.now_ms())
    current = CurrentWorld(store)
    await current.refresh()
    return Office(store, current, clock)


async def test_calls_are_written_once_and_found_in_memory_and_on_disk(office: Office) -> None:
    office.note(500, b"\x00\xff", 7, answer=b"\x00<b>\xff" * 3000, next_at=5)
    office.note(200, b"plain \xe4\xb8\xad", *range(250))
    (first, second) = before = await office.calls.rows(CallQuery())
    await office.log.write()
    await office.log.write()
    assert office.log.newest() == []
    rows = await office.calls.rows(CallQuery(project="shop", dialect="nxcloud", target="shop.example"))
    assert [{**row, "taken": bool(row["taken"])} for row in rows] == before
    assert (len(first["items"]), second["next_at"]) == (250, 5)
    whole = await office.webhooks.call(str(second["id"]))
    assert (whole["request"]["base64"], whole["answer"]["cut"]) == ("AP8=", True)
    assert whole["answer"]["octets"] == 4097
    found = await office.calls.rows(CallQuery(message=7, taken=False, since_ms=office.clock.ms, before_id=first["id"]))
    assert [row["id"] for row in found] == [second["id"]]
    assert await office.calls.rows(CallQuery(target="%")) == []


async def test_what_was_given_up_is_told_again_once(office: Office, store: Store) -> None:
    ended, told, waits = (message(dialect="nxcloud", due_at=None, state=State.ACCEPTED) for _ in range(3))
    await accepted(store, ended, told, waits)
    for one in (ended, told, waits):
        await store.write(settle(one, State.REJECTED, push=push(one.id, dialect="nxcloud") if one is waits else None))
    office.note(500, b"x", ended.id, waits.id)
    office.note(0, b"x", told.id, next_at=9)
    await office.log.write()
    assert await office.webhooks.retry(DEV, "shop", 0) == {"waiting": 0, "given_up": 1, "nowhere": 0}
    assert await office.webhooks.retry(DEV, "shop", 0) == {"waiting": 0, "given_up": 0, "nowhere": 0}
    rows = await office.webhooks.waiting("shop")
    assert {(row["message"], row["target"]) for row in rows} == {
        (str(ended.id), "http://shop.example/dr"),
        (str(waits.id), "http://127.0.0.1/"),
    }


async def test_calls_go_with_the_messages_of_their_time(office: Office, store: Store) -> None:
    office.note(500, b"old", 1)
    office.clock.ms += DAY_MS
    office.note(500, b"new", 2)
    await office.log.write()
    while await store.purge(office.clock.ms - 1000, office.clock.ms, 100):
        pass
    (row,) = await office.calls.rows(CallQuery())
    assert row["items"] == [(2, None)]
