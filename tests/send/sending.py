"""A sending side on a real store: sender, sweep, matcher and carriers, with a clock that is pushed by hand."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hongyan.carriers import Answer, Carrier, Events, LinkLook, Receipt
from hongyan.carriers.simulator import Simulator
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import CarrierConfig, Choice, Declared, Price, Project, RouteConfig
from hongyan.report.match import Matcher
from hongyan.route.table import Router
from hongyan.send.fleet import Fleet, Wires
from hongyan.send.remind import Reminder
from hongyan.send.sender import Sender
from hongyan.send.sweep import Sweep
from hongyan.send.withholding import Withholding
from hongyan.session.transcript import Transcript
from hongyan.store import Store
from hongyan.store.current import CurrentWorld
from hongyan.store.ops import Accept, PushRow, SubmissionRow
from hongyan.store.ordered import OrderedWriter

PRICE = 50_000
PAID_IN = "1000"
OK = Cause(CauseKind.DELIVERED, "DELIVRD", "delivered", "scripted")
LINK_DOWN = Cause(CauseKind.CARRIER, "LINK-DOWN", "link down", "scripted")
BUSY = Cause(CauseKind.LIMIT, "QUEUE-FULL", "queue full", "scripted")


class Scripted:
    """A carrier that does what the test says, when the test says."""

    repeatable = False
    promise_ms: int | None = None

    def __init__(self, name: str = "scripted") -> None:
        self.name = name
        self.events: Events | None = None
        self.free = 1000
        self.jobs: list[Message] = []
        self.closed = False

    async def open(self, events: Events) -> None:
        self.events = events
        events.has_room(self.name)

    def remind(self, messages: Sequence[Message]) -> None:
        raise AssertionError("it makes no receipts, so there is nothing to remind it of")

    def room(self) -> int:
        return self.free

    def submit(self, messages: Sequence[Message]) -> None:
        assert len(messages) <= self.free
        self.jobs.extend(messages)

    transcript: Transcript | None = None

    def links(self) -> Sequence[LinkLook]:
        return ()

    def rebind(self) -> None:
        raise AssertionError("it has no links")

    async def close(self) -> None:
        self.closed = True

    def take(self, *messages: Message, at: int = 0) -> None:
        self.say(*(Answer(message_id=one.id, at=at or one.accepted_at, provider_id=f"p{one.id}") for one in messages))

    def say(self, *answers: Answer) -> None:
        assert self.events is not None
        self.events.answered(self.name, answers)

    def report(self, *receipts: Receipt, stored: Callable[[], None] = lambda: None) -> None:
        assert self.events is not None
        self.events.reported(self.name, receipts, stored)


def receipt(provider_id: str, state: State = State.DELIVERED, at: int = 1_767_323_046_000, **more: Any) -> Receipt:
    return Receipt(provider_id=provider_id, state=state, cause=more.pop("cause", OK), received_at=at, **more)


class Sending:
    """Everything from `take` to the settled row."""

    def __init__(self, store: Store, clock: FakeClock, tally: Tally, *, alone: bool = True, **settings: Any) -> None:
        self.store, self.clock, self.tally = store, clock, tally
        self.current = CurrentWorld(store)
        self.ids = IdMint(clock)
        self.pushes = 0
        self.carriers: dict[str, Scripted] = {}
        self.writer = OrderedWriter(store)
        self.matcher = Matcher(
            store=store,
            writer=self.writer,
            world=self.current,
            clock=clock,
            mint=self.ids.mint,
            tally=tally,
            on_pushes=self._pushed,
        )
        self.sender = Sender(
            writer=self.writer,
            router=Router(self.current, clock),
            world=self.current,
            clock=clock,
            random=Random(1),
            tally=tally,
            mint=self.ids.mint,
            on_handed=self.matcher.expect,
            on_pushes=self._pushed,
            **settings,
        )
        self.sweep = Sweep(store, self.sender, clock, Withholding(self.current))
        self.reminder = Reminder(store, clock, lambda: self.writer.waiting + self.matcher.seeking, alone=alone)
        self.fleet = Fleet(
            {"simulator": self._simulator, "scripted": self._scripted},
            Wires(
                answered=self.sender.answered,
                reported=self.matcher.reported,
                has_room=self.sender.has_room,
                replied=lambda _carrier, _replies, stored: stored(),
            ),
            self.sender.use,
            self.reminder,
            self.sender.lanes.under_way,
        )

    def _pushed(self, pushes: Sequence[PushRow]) -> None:
        self.pushes += bool(pushes)

    def _simulator(self, config: CarrierConfig) -> Carrier:
        return Simulator(config.name, settings=config.settings, clock=self.clock)

    def _scripted(self, config: CarrierConfig) -> Carrier:
        self.carriers[config.name] = Scripted(config.name)
        return self.carriers[config.name]

    async def start(self, *things: Declared) -> None:
        self.writer.start()
        await self.declare(*things)
        await self.matcher.start()

    async def declare(self, *things: Declared) -> None:
        await self.store.declare(things, (), self.clock.now_ms())
        await self.current.refresh()
        await self.fleet.refresh(self.current())

    async def stop(self) -> None:
        await self.sweep.stop()
        await self.fleet.close()
        await self.matcher.stop()
        await self.writer.stop()

    async def accept(self, *numbers: str, at_once: bool = True, **more: Any) -> list[Message]:
        """Write messages as the desk does; with `at_once` hand them to the sender."""
        now = self.clock.now_ms()
        submission = self.ids.mint()
        state = State.SENDING if at_once else State.ACCEPTED
        fields: dict[str, Any] = {
            "state": state, "due_at": now + self.sender.lease_ms if at_once else now,
            "project": "p", "dialect": "nxcloud", "content": "hello", "price": PRICE, "country": "CN",
            "accepted_at": now, "expires_at": now + 86_400_000,
        } | more  # fmt: skip
        messages = [
            Message(id=self.ids.mint(), submission=submission, position=place, to=to, **fields)
            for place, to in enumerate(numbers)
        ]
        row = SubmissionRow(
            id=submission, project="p", request_id=str(submission), dialect="nxcloud", action="mt", key_id="k",
            peer="127.0.0.1", received_at=now, method="POST", path="/", request="{}", notes="[]",
        )  # fmt: skip
        accepted = await self.store.write(
            Accept(project="p", currency="CNY", credit_line=0, submissions=[row], messages=messages, now_ms=now)
        )
        assert all(one.reason is None for one in accepted)
        if at_once:
            self.sender.take(messages)
        return messages

    async def settled_down(self) -> None:
        """Let everything that is under way on the loop and in the writer come to rest."""
        for _ in range(3):
            await asyncio.sleep(0)
            while self.writer.waiting or self.matcher.seeking:  # noqa: ASYNC110 - several parts, one rest
                await asyncio.sleep(0.001)

    async def pass_time(self, seconds: float, step_s: float = 1.0) -> None:
        """Push the clock step by step, sweeping and turning the simulators' wheels as the loops would."""
        left = seconds
        while left > 0:
            self.clock.push(min(step_s, left))
            left -= step_s
            await self.sweep.round()
            await self.reminder.round()
            for carrier in self.fleet.carriers().values():
                if isinstance(carrier, Simulator):
                    carrier.advance()
            await self.settled_down()

    async def look(self, message: Message) -> Message:
        found = await self.store.message(message.id)
        assert found is not None
        return found

    async def state(self, message: Message) -> State:
        return (await self.look(message)).state

    async def kinds(self, message: Message) -> list[str]:
        return [event.kind for event in await self.store.events(message.id)]


def project(**more: Any) -> Project:
    return Project(name="p", paid_in=PAID_IN, **more)


def carrier(name: str, protocol: str = "scripted", **more: Any) -> CarrierConfig:
    return CarrierConfig(name=name, protocol=protocol, **more)


def route(*carriers: str, name: str = "all", **more: Any) -> RouteConfig:
    return RouteConfig(name=name, choices=tuple(Choice(carrier=one) for one in carriers), **more)


PLAIN_WORLD: tuple[Declared, ...] = (
    project(),
    Price(name="", each="0.05"),
    carrier("scripted"),
    route("scripted"),
)
SIMULATED_WORLD: tuple[Declared, ...] = (
    project(),
    carrier("sim", "simulator", settings={"receipt_delay_ms": 1000}),
    route("sim"),
)
