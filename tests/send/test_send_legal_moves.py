"""Whatever callers, carriers and time do, a message moves only as the table of legal moves allows."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hongyan.carriers import Answer
from hongyan.model.clock import FakeClock
from hongyan.model.message import FINAL, LEGAL_MOVES, Category, Message, State
from hongyan.model.tally import Tally
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from send.sending import BUSY, LINK_DOWN, OK, PLAIN_WORLD, Sending, receipt

ENDS = st.sampled_from([State.DELIVERED, State.UNDELIVERED, State.REJECTED, State.EXPIRED, State.UNKNOWN])


def reachable(state: State) -> set[State]:
    """Return where a message may stand after any number of legal moves."""
    seen, ahead = {state}, [state]
    while ahead:
        fresh = LEGAL_MOVES[ahead.pop()] - seen
        seen |= fresh
        ahead += fresh
    return seen


REACHABLE = {state: reachable(state) for state in State}


class LegalMoves(RuleBasedStateMachine):
    """One carrier, any number of messages, everything in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.seen: dict[int, State] = {}
        self.messages: list[Message] = []
        clock, tally = FakeClock(), Tally()
        self.store = SqliteStore(Path(self.folder.name) / "hongyan.db", Vault(b"k" * 32), clock, tally)
        self.sending = Sending(self.store, clock, tally)
        self.runner.run(self.begin())
        self.scripted = self.sending.carriers["scripted"]

    async def begin(self) -> None:
        await self.store.open()
        await self.sending.start(*PLAIN_WORLD)

    @rule(count=st.integers(1, 3), at_once=st.booleans(), category=st.sampled_from(list(Category)))
    def accept(self, count: int, at_once: bool, category: Category) -> None:
        async def play() -> None:
            now = self.sending.clock.now_ms()
            numbers = [f"8613900{len(self.messages) + place:06}" for place in range(count)]
            self.messages += await self.sending.accept(
                *numbers, at_once=at_once, category=category, expires_at=now + 300_000
            )
            await self.sending.settled_down()

        self.runner.run(play())

    @rule(how=st.sampled_from(["taken", "never", "again", "throttled", "unsure"]), place=st.integers(0, 99))
    def answer(self, how: str, place: int) -> None:
        if not self.scripted.jobs:
            return
        job = self.scripted.jobs.pop(place % len(self.scripted.jobs))
        answers = {
            "taken": Answer(message_id=job.id, at=1, provider_id=f"p{job.id}"),
            "never": Answer(message_id=job.id, at=1, cause=OK),
            "again": Answer(message_id=job.id, at=1, cause=LINK_DOWN, again_ms=300),
            "throttled": Answer(message_id=job.id, at=1, cause=BUSY, again_ms=100, slow_down=True),
            "unsure": Answer(message_id=job.id, at=1, cause=LINK_DOWN, unsure=True),
        }

        async def play() -> None:
            self.scripted.say(answers[how])
            await self.sending.settled_down()

        self.runner.run(play())

    @rule(state=ENDS, place=st.integers(0, 99), times=st.integers(1, 2))
    def report(self, state: State, place: int, times: int) -> None:
        if not self.messages:
            return
        message = self.messages[place % len(self.messages)]

        async def play() -> None:
            self.scripted.report(*[receipt(f"p{message.id}", state)] * times)
            await self.sending.settled_down()

        self.runner.run(play())

    @rule(seconds=st.sampled_from([1, 5, 45, 90, 4000]))
    def pass_time(self, seconds: int) -> None:
        async def play() -> None:
            self.sending.clock.push(seconds - 1)
            await self.sending.pass_time(1)
            await self.sending.matcher.rematch()
            await self.sending.settled_down()

        self.runner.run(play())

    @invariant()
    def moves_are_legal_and_money_adds_up(self) -> None:
        async def look() -> list[Message]:
            balance, total = await self.store.balance("p"), await self.store.ledger_sum("p")
            assert balance == total
            return await self.store.messages_by_id([one.id for one in self.messages])

        for row in self.runner.run(look()):
            before = self.seen.get(row.id, State.ACCEPTED)
            assert row.state in REACHABLE[before], f"{before} -> {row.state}"
            self.seen[row.id] = row.state
        assert self.sending.sender.decided.held >= 0

    def teardown(self) -> None:
        async def finish() -> None:
            for _ in range(6):
                self.sending.clock.push(1500)
                await self.sending.pass_time(1)
            states = [await self.sending.state(one) for one in self.messages]
            assert set(states) <= FINAL, states
            assert self.sending.sender.decided.held == 0
            await self.sending.stop()
            await self.store.close()

        self.runner.run(finish())
        self.runner.close()
        self.folder.cleanup()


LegalMoves.TestCase.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLegalMoves = LegalMoves.TestCase
