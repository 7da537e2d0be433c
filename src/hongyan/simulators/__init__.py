"""Gateways that listen: what a carrier looks like from outside, with the simulator's magic numbers and profiles.

Anyone can test any gateway against them; they share nothing with the road but the wire. They do not stand on
`session/`: a rehearsal has to misbehave, and an engine that is tried only against itself proves nothing.

Below is what a link hears, whatever the protocol, and the contract of a `Voice`: one per protocol, one object a link.
"""

from collections.abc import Callable, Mapping
from enum import Enum, IntEnum
from random import Random
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from hongyan.carriers import Piece
from hongyan.carriers.fate import Ending
from hongyan.wire import Malformed


class Wish(IntEnum):
    """Which receipts a message asks for."""

    NONE = 0
    FINAL = 1
    FAILURE = 2


class Login(NamedTuple):
    """Somebody logs in."""

    account: str
    proves: Callable[[str], bool]
    """whether it knew this password"""
    sends: bool = True
    receives: bool = True
    wrong: int = 0
    """the status that it must be refused with, whatever its password; 0: none"""
    origin: Any = None
    """the PDU: what the answer repeats of it"""


class LoginAnswer(NamedTuple):
    """The other side answered our own log-in."""

    welcome: bool


class Submitted(Struct, frozen=True, gc=False):
    """A message came: one part, for one number or several."""

    numbers: tuple[str, ...]
    sender: str
    octets: bytes
    """as they came, a header in front of the text included"""
    coding: int
    wish: Wish = Wish.FINAL
    intermediate: bool = False
    """it also asks for a receipt on the way"""
    has_header: bool = False
    piece: Piece | None = None
    """what the fields beside the text say"""
    origin: Any = None
    """the PDU: what answers and receipts repeat of it"""


class Acknowledged(NamedTuple):
    """What we delivered was answered."""

    key: int
    again: bool
    """True: it could not be taken now"""


class KeepAlive(NamedTuple):
    """Somebody asks whether we are there."""

    answer: bytes


class Goodbye(NamedTuple):
    """A log-out."""

    answer: bytes


class GoodbyeAnswer(NamedTuple):
    """Ours was agreed to."""


class Other(NamedTuple):
    """Anything else that gets an answer."""

    answer: bytes


Heard = Login | LoginAnswer | Submitted | Acknowledged | KeepAlive | Goodbye | GoodbyeAnswer | Other


class No(Enum):
    """Why we refuse; each protocol has a number for each."""

    THROTTLED = "too fast"
    QUEUE_FULL = "queue full"
    BAD_NUMBER = "bad number"
    DOWN = "system error"
    NOT_LOGGED_IN = "not logged in"
    LOGGED_IN_ALREADY = "logged in already"
    WRONG_ACCOUNT = "unknown account"
    WRONG_PASSWORD = "wrong password"  # noqa: S105 - it is the name of a refusal


class Report(Struct, gc=False, kw_only=True):
    """A receipt to give: of one message for one number."""

    account: str
    message: Submitted
    number: str
    id: int
    """of this number; what it looks like is the protocol's business"""
    ending: Ending | None
    """None: on the way"""
    taken_at: int
    done_at: int
    came_by: int = 0
    """the link that the message came by"""
    elsewhere: bool = False
    """over another link than that, if there is one"""
    stray: bool = False
    """its id was never given to anyone"""
    narrow: bool = False
    """CMPP: the block of 2.0 whatever the link's version"""
    tries: int = 0
    sent_at: int = 0


class Reply(Struct, gc=False, kw_only=True):
    """A message from a handset to give, or a piece of one."""

    account: str
    id: int
    sender: str
    to: str
    octets: bytes
    """with their header, when they are a piece"""
    coding: int
    has_header: bool = False
    done_at: int
    tries: int = 0
    sent_at: int = 0


Given = Report | Reply


class Shape(NamedTuple):
    """How receipts look where a protocol leaves room."""

    ids: str = "same"
    """same, hex, decimal, upper or padded: how receipts write the id that answers write in hexadecimal"""
    answer_ids: str = "hex"
    """hex or decimal"""
    parts: str = "both"
    """both, text or tlvs: where an SMPP receipt says it"""
    bad_authenticator: bool = False
    """ours does not prove that we know the password"""


class Voice(Protocol):
    """How one protocol says things, on one link. It knows no socket, no clock and no other link."""

    least: int
    most: int

    def hear(self, frame: bytes) -> Heard | None:
        """Return what a PDU says; None: nothing to do. Raises Malformed."""
        ...

    def complaint(self, error: Malformed) -> bytes:
        """Return what answers octets that could not be read; b"": nothing."""
        ...

    def welcome(self, login: Login, password: str) -> bytes:
        """Return the answer to a log-in that went well; the link speaks the version that it asked for from then on."""
        ...

    def turn_away(self, login: Login, status: int) -> bytes:
        """Return the answer to a log-in that did not."""
        ...

    def accept(self, message: Submitted, id_: int) -> bytes:
        """Return the answer to a message that was taken."""
        ...

    def refuse(self, message: Submitted, status: int) -> bytes:
        """Return the answer to one that was not."""
        ...

    def give(self, key: int, given: Given) -> bytes:
        """Return a receipt or reply as a request whose answer will have this key."""
        ...

    def log_in(self, key: int, account: str, password: str) -> bytes:
        """Return our own log-in, for the protocol whose gateway calls back."""
        ...

    def say_goodbye(self, key: int) -> bytes:
        """Return our own log-out."""
        ...

    def ask_alive(self, key: int) -> bytes:
        """Return our own keep-alive; b"": the protocol has none."""
        ...


Mint = Callable[[int, int], int]
"""(how many, now in milliseconds) -> the first of as many ids"""


class Spoken(Struct, frozen=True, kw_only=True):
    """A protocol that can be simulated."""

    name: str
    title: str
    port: int
    """where such gateways usually listen"""
    account: str
    password: str
    """what is let in when nothing else is said"""
    codes: Mapping[No, int]
    voice: Callable[[Shape, int], Voice]
    """one for a link, at this time in milliseconds"""
    minting: Callable[[int, Random], Mint]
    """from the time and chance: what makes ids, two starts never the same"""
    alphabets: Mapping[int, str]
    """coding -> alphabet of `text.air`; another coding holds no text"""
    ids_run_on: bool = True
    """a message for several numbers has an id for each"""
    statuses_most: int = 0xFFFFFFFF
    """the highest status that every version of it has room for"""
