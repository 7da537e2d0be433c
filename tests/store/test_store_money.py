"""Money under any order of events: ledger and balance agree, each message is charged once, refunded at most once."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hongyan.model.clock import FakeClock
from hongyan.model.message import FINAL, LEGAL_MOVES, Message, State
from hongyan.model.tally import Tally
from hongyan.store.ops import Accept, Again, Deposit, Op, Rendered
from hongyan.store.sqlite import SqliteStore
from hongyan.store.vault import Vault
from store.store_samples import MASTER_KEY, NOW, accept, handed, message, settle

PLACE = st.integers(0, 30)


class Money(RuleBasedStateMachine):
    """A store, and what it should hold: a model of a few lines."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.store = SqliteStore(Path(self.folder.name) / "x.db", Vault(MASTER_KEY), FakeClock(), Tally())
        self.run(self.store.open())
        self.balance = 0
        self.known: list[Message] = []
        self.states: dict[int, State] = {}
        self.refunded: set[int] = set()
        self.named: set[int] = set()
        """messages that have their carrier's id"""
        self.batch: list[tuple[Op, Any]] = []

    def run(self, what: Any) -> Any:
        return self.loop.run_until_complete(what)

    def add(self, op: Op, expected: Any) -> None:
        self.batch.append((op, expected))

    @rule(prices=st.lists(st.integers(0, 50), min_size=1, max_size=4), credit=st.integers(0, 60), whole=st.booleans())
    def accepts(self, prices: list[int], credit: int, whole: bool) -> None:
        messages = [message(price=price, state=State.SENDING) for price in prices]
        left, taken = self.balance + credit, []
        for one in messages:
            if one.price == 0 or one.price <= left:
                left -= one.price
                taken.append(one)
        reasons = [one in taken or "no-balance" for one in messages]
        if whole and len(taken) < len(messages):
            taken, reasons = [], ["no-balance"] * len(messages)
        self.balance -= sum(one.price for one in taken)
        self.known += taken
        self.states |= {one.id: State.SENDING for one in taken}
        self.add(accept(*messages, credit_line=credit, whole=whole), reasons)

    @rule(amount=st.integers(-100, 200))
    def deposits(self, amount: int) -> None:
        self.balance += amount
        self.add(Deposit(project="shop", at=NOW, amount=amount, text="x"), self.balance)

    def _one(self, place: int) -> Message:
        return self.known[place % len(self.known)] if self.known else message()

    def _moves(self, one: Message, target: State) -> bool:
        moved = one.id in self.states and target in LEGAL_MOVES[self.states[one.id]]
        if moved:
            self.states[one.id] = target
        return moved

    @rule(place=PLACE)
    def hands_over(self, place: int) -> None:
        one = self._one(place)
        late = self.states.get(one.id) is State.UNKNOWN and one.id not in self.named  # its id is news all the same
        news = self._moves(one, State.SUBMITTED) or late
        if news:
            self.named.add(one.id)
        self.add(handed(one), news)

    @rule(place=PLACE)
    def puts_off(self, place: int) -> None:
        one = self._one(place)
        self.add(Again(message_id=one.id, at=NOW, due_at=NOW, cause="x|x|x|x"), self._moves(one, State.ACCEPTED))

    def _refund(self, one: Message) -> bool:
        if not one.price or one.id not in self.states or one.id in self.refunded:
            return False
        self.refunded.add(one.id)
        self.balance += one.price
        return True

    @rule(place=PLACE, state=st.sampled_from(sorted(FINAL)), refunds=st.booleans())
    def settles(self, place: int, state: State, refunds: bool) -> None:
        one = self._one(place)
        moved = self._moves(one, state)
        if moved and refunds:
            self._refund(one)
        self.add(settle(one, state, refund=one.price if refunds else 0), moved)

    @rule(place=PLACE)
    def fails_to_render(self, place: int) -> None:
        one = self._one(place)
        self.add(Rendered(message_id=one.id, at=NOW, failed=True), self._refund(one))

    @rule(together=st.booleans())
    def commits(self, together: bool) -> None:
        batch, self.batch = self.batch, []
        if together:
            results = self.run(self.store.write_all([op for op, _ in batch]))
        else:
            results = [self.run(self.store.write(op)) for op, _ in batch]
        for (op, expected), result in zip(batch, results, strict=True):
            said = [one.reason is None or one.reason for one in result] if isinstance(op, Accept) else result
            assert said == expected, op

    @rule()
    def repeats_an_accept(self) -> None:
        self.commits(together=True)
        if self.known:
            self.add(accept(*self.known[-3:], credit_line=10**9), [True] * len(self.known[-3:]))
            self.commits(together=True)

    @invariant()
    def money_is_right(self) -> None:
        if self.batch:
            return
        assert self.run(self.store.balance("shop")) == self.run(self.store.ledger_sum("shop")) == self.balance
        for one in self.run(self.store.messages_by_id([one.id for one in self.known])):
            assert one.state is self.states[one.id]
            assert (one.charge is not None) == (one.price > 0)
            assert (one.refund is not None) == (one.id in self.refunded)

    def teardown(self) -> None:
        self.commits(together=True)
        self.money_is_right()
        self.run(self.store.close())
        self.loop.close()
        self.folder.cleanup()


TestMoney = Money.TestCase
TestMoney.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
