"""What people set while the program runs: carriers' standing, accounts, rules of rehearsals, a pushed clock.

Never in a world file: it outlives restarts and `apply`.
"""

from enum import StrEnum
from typing import Any, ClassVar

from hongyan.model.actor import Role
from hongyan.model.world.thing import Thing


class Standing(StrEnum):
    """What an operator lets a carrier do."""

    RUNNING = "running"
    SUSPENDED = "suspended"  # takes no messages; its links stay up and receipts and replies come in
    DRAINING = "draining"  # takes no messages; its links close once everything under way is answered
    ISOLATED = "isolated"  # its links are closed: nothing goes in or out


class Control(Thing, frozen=True, kw_only=True):
    """What an operator has set on a carrier by hand. Never in the world file; it outlives restarts and `apply`."""

    kind: ClassVar[str] = "controls"
    project: str = ""
    name: str
    """the carrier"""
    standing: Standing = Standing.RUNNING
    pace: float | None = None
    """messages a second in place of the declared pace; None: as declared"""
    rebind_at: int = 0
    """when links were last asked to log in anew: every process follows once"""
    transcript_until: int = 0
    """PDUs are kept readable until then"""
    set_at: int = 0
    set_by: str = ""
    why: str = ""


class Account(Thing, frozen=True, kw_only=True):
    """Somebody who may log in to the console. Made by hand, never in the world file."""

    kind: ClassVar[str] = "accounts"
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)
    project: str = ""
    name: str
    role: Role = Role.VIEWER
    password: str = ""
    """its Argon2 hash"""
    enabled: bool = True
    created_at: int = 0
    changed_at: int = 0
    """when the password was last set: sessions from before are over"""


class Effect(StrEnum):
    """What a rule does."""

    END = "end"  # a simulated carrier ends the message so: `state`, `code`, `after_s`
    REFUSE = "refuse"  # the request is refused: `reason`, or the vendor's own `code`
    ANSWER = "answer"  # the API answers with the HTTP `status`
    SLOW = "slow"  # the API waits `after_s` before it answers
    CUT = "cut"  # the API closes the connection without an answer


class Rule(Thing, frozen=True, kw_only=True):
    """A failure to rehearse: which messages or calls, and what happens to them. Made by hand, never in a world file."""

    kind: ClassVar[str] = "rules"
    project: str = ""
    """"": every project"""
    name: str
    effect: Effect
    enabled: bool = True
    dialect: str = ""
    action: str = ""
    """the API's endpoint (sendmsg, SendSms, ...); "": any"""
    to: str = ""
    """number: digits with * for anything before or behind (*0042); "": any"""
    template: str = ""
    text: str = ""
    """a piece of the text"""
    share: float = 100
    """percent of what matches"""
    times: int = 0
    """only the first that match, in each process; 0: all"""
    state: str = ""
    """end: undelivered, expired, rejected, delivered or unknown (no receipt ever)"""
    code: str = ""
    """end: the carrier's word (UNDELIV); refuse: the vendor's code (isv.BUSINESS_LIMIT_CONTROL)"""
    reason: str = ""
    """refuse: one of our reasons (number-limit)"""
    facts: dict[str, Any] = {}
    """refuse: what the vendor's words are made of; found with the code"""
    status: int = 0
    """answer: 429, 500, ..."""
    after_s: float = 0
    made_at: int = 0
    made_by: str = ""


class PushedClock(Thing, frozen=True, kw_only=True):
    """How far the clock was pushed for a rehearsal. Made by hand, never in the world file."""

    kind: ClassVar[str] = "clocks"
    project: str = ""
    name: str = "clock"
    ahead_ms: int = 0
    """never less than before: time that has been seen does not come again"""
