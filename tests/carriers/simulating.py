"""A simulator with ears: what it says is kept in order, and the clock is pushed by hand."""

from collections.abc import Callable, Sequence
from typing import Any

from hongyan.carriers import Answer, Incoming, Receipt
from hongyan.carriers.simulator import Simulator
from hongyan.model.clock import FakeClock
from hongyan.model.message import Message


class Ears:
    """Keeps what a carrier says."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.receipts: list[Receipt] = []
        self.order: list[str] = []
        self.room = 0

    def answered(self, carrier: str, answers: Sequence[Answer]) -> None:
        self.answers.extend(answers)
        self.order.extend("answer" for _ in answers)

    def replied(self, carrier: str, replies: Sequence[Incoming], stored: Callable[[], None]) -> None:
        raise AssertionError("a simulated handset in this process sends nothing")

    def reported(self, carrier: str, receipts: Sequence[Receipt], stored: Callable[[], None]) -> None:
        self.receipts.extend(receipts)
        self.order.extend("receipt" for _ in receipts)
        stored()

    def has_room(self, carrier: str) -> None:
        self.room += 1


async def opened(outstanding: Sequence[Message] = (), **settings: Any) -> tuple[Simulator, Ears, FakeClock]:
    clock = FakeClock()
    simulator, ears = Simulator("sim", settings=settings, clock=clock), Ears()
    await simulator.open(ears)
    simulator.remind(outstanding)
    return simulator, ears, clock


def message(to: str = "8613800138000", id_: int = 1, **more: Any) -> Message:
    return Message(
        id=id_, project="p", submission=1, dialect="comms", to=to, content="x", accepted_at=0, expires_at=2**50, **more
    )


def play(simulator: Simulator, clock: FakeClock, seconds: float) -> None:
    for _ in range(round(seconds * 50)):
        clock.push(0.02)
        simulator.advance()
