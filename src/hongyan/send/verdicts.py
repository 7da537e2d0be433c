"""What to do with a hand-over that did not succeed: the three endings of an attempt as a pure decision.

Handed over, again at T, never; and unsure, which is one of the last two by a rule. It changes nothing itself.
"""

from enum import Enum

from hongyan.carriers import Answer
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.message import Category, Message
from hongyan.model.world import Project, World

UNSURE_TRIES = 3
"""hand-overs after which an unsure one is not repeated: a message at which a carrier always breaks off must not reach
a handset over and over"""


class Next(Enum):
    """What becomes of a message after a hand-over."""

    HANDED = "handed"
    NEVER = "never"
    UNSURE = "unsure"
    THROTTLED = "throttled"
    AGAIN = "again"


def after(answer: Answer) -> Next:
    """Return what an answer means."""
    if answer.unsure:
        return Next.UNSURE
    if answer.cause is None:
        return Next.HANDED
    if answer.slow_down:
        return Next.THROTTLED
    return Next.NEVER if answer.again_ms is None else Next.AGAIN


def repeats_unsure(message: Message, world: World, *, repeatable: bool) -> bool:
    """Return whether a message that may have been handed over is handed over again.

    Harmless where the carrier knows our id; otherwise as the project decided for this category: a notification
    twice is better than none, a verification code twice is a riddle.
    """
    if repeatable:
        return True
    project = world.projects.get(message.project)
    wanted: tuple[Category, ...] = (project or Project(name=message.project)).retry_unsure
    return message.category in wanted


def ours(code: str, text: str) -> Cause:
    """Return a cause that we ourselves state."""
    return Cause(CauseKind.OURS, code, text, "hongyan")


NOT_OPEN = ours("NOT-OPEN", "no carrier of the route is open")
BUSY = ours("BUSY", "the carrier has more waiting than memory should hold; the message waits its turn in the store")
DOWN = Cause(CauseKind.CARRIER, "DOWN", "no carrier of the route works at the moment", "hongyan")
GIVEN_BACK = ours("GIVEN-BACK", "waited in memory for long without a place; back to the store")
VALIDITY_OVER = Cause(CauseKind.TIME, "VALIDITY", "the validity ran out before it could be handed over", "hongyan")
HELD_TOO_LONG = Cause(CauseKind.TIME, "VALIDITY", "the validity ran out while it was held", "hongyan")
NO_ANSWER = Cause(CauseKind.CARRIER, "NO-ANSWER", "it is not known whether the carrier has it", "hongyan")
WAKES: tuple[str, ...] = (NOT_OPEN.joined(), DOWN.joined())
"""what is put back for one of these goes when a carrier is there again, not when its own time has come"""
NO_ROUTE = ours("NO_ROUTE", "no route fits this message")
