"""One session engine for four carrier protocols, both ends of it: framing, window, timers, log-in, keep-alive, drain.

It knows connections and nothing of messages: carriers, simulators and the door for customers stand on it. `tongues`
has one row a protocol; `link.Link` is one connection, whoever began it; `dial.Dialer` keeps connections up and
`doorway.Doorway` waits for them. This file is the contract between a link and its owner.

How to use it: make a `Speech` (tongue, codec, timers, window); write an `Owner`; give both to a Dialer or a Doorway.
Then, in the owner's calls or at any time: while `link.room()`, `link.ask(key := link.next_key(), frame, context)`;
`link.reply(frame)` once for every request it heard, when what the request brought is stored. All calls are made on
the event loop, in batches of what one read brought; there is no task, future or timer a message.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from msgspec import Struct

from hongyan.session.tongues import ANSWER, Key, Tongue
from hongyan.wire import Malformed

if TYPE_CHECKING:
    from hongyan.session.link import Link

__all__ = ["ANSWER", "Ended", "Key", "LinkState", "Owner", "Refusal", "Speech", "Timers", "Tongue"]


class LinkState(StrEnum):
    """Where a connection stands."""

    DIALLING = "dialling"
    LOGGING_IN = "logging-in"
    OPEN = "open"
    DRAINING = "draining"  # nothing new is asked; answers and acknowledgements are awaited, then goodbye is said
    CLOSED = "closed"


class Timers(Struct, frozen=True, kw_only=True):
    """How long, in seconds, what may take."""

    log_in_s: float = 15
    """from the connection to the answer to the log-in (dialling) or to an admitted log-in (listening)"""
    answer_s: float = 60
    """for the answer to a request; also how long a peer may take nothing of what we write"""
    idle_s: float = 30
    """of silence after which it is asked whether the peer lives; 0: never"""
    alive_s: float = 30
    """for the answer to that"""
    alive_tries: int = 3
    """how often in all it is asked before the link is dropped"""
    quiet_s: float = 0
    """without anything in either direction after which goodbye is said; 0: never"""
    drain_s: float = 10
    """for what is under way when a link is to be closed"""
    goodbye_s: float = 5
    """for the answer to a goodbye"""


class Refusal(NamedTuple):
    """A log-in was refused."""

    code: str
    text: str
    patient: bool = True
    """credentials or contract: trying again soon gets the address blocked"""


class Ended(NamedTuple):
    """Why a link is closed. `code` is one word for tables, `text` a sentence for people."""

    code: str
    """GOODBYE (we said it), FAREWELL (the peer did), LOST, REFUSED, NO-LOG-IN, SILENT, STUCK, GARBAGE, NO-CONNECTION,
    DROPPED or OURS"""
    text: str
    patient: bool = False


class Speech(Struct, frozen=True, kw_only=True):
    """How one end speaks: the protocol's tongue, a codec, and what was agreed with the peer."""

    tongue: Tongue
    decode: Callable[[bytes], Any]
    """a whole frame -> a value; raises Malformed. A link's own `decode` may be replaced, as once a version is known"""
    refusal_of: Callable[[Malformed], bytes | None] = lambda _: None
    """what to answer to a request that cannot be read; None: nothing"""
    line: Callable[[Any], str] | None = None
    """a value as one readable line without secret, text or whole number; None: by the names of its fields"""
    timers: Timers = Timers()
    window: int = 10
    """requests that may be unanswered at a time; a link's own `window` may be changed"""
    pace_per_s: float = 0
    """requests a second on one link, smooth; 0: as fast as the window allows"""
    unreplied_most: int = 5_000
    """requests heard and not yet replied to, above which the peer is not read"""
    log_in: "Callable[[Link, Key], bytes] | None" = None
    """dialling: the log-in"""
    verdict: "Callable[[Link, Any], Refusal | None] | None" = None
    """dialling: what the decoded answer to the log-in says; None: welcome"""
    late: "Callable[[Link, Any, Any], None] | None" = None
    """told of the context and the decoded answer of a request that was given up, if that comes after all"""
    mint: Callable[[], Key] | None = None
    """the next key to try; None: counting. Keys that are still unanswered are skipped"""


class Owner(Protocol):
    """Whom links tell what happens. Calls return at once; within them links may be asked, replied to and drained."""

    def logging_in(self, link: "Link", request: Any) -> None:
        """Decide about a log-in (listening only): `link.admit(reply)` or `link.refuse(reply)`, now or later."""
        ...

    def opened(self, link: "Link") -> None:
        """Know that the log-in succeeded: there is room."""
        ...

    def heard(self, link: "Link", answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
        """Take what one read brought: (context of the ask, decoded answer) and decoded requests, each in their order.

        An answer that could not be read is a Malformed; its outcome is not known. An answer may be the protocol's
        general refusal (generic_nack). Every request wants one `reply`.
        """
        ...

    def unanswered(self, link: "Link", contexts: list[Any]) -> None:
        """Give up these: no answer came in time, what became of them is not known.

        Later answers are counted, and told to `Speech.late`.
        """
        ...

    def has_room(self, link: "Link") -> None:
        """Ask more: there is room, but not for an answer: the socket took its octets, or the pace allows more."""
        ...

    def closed(self, link: "Link", unwritten: list[Any], unsure: list[Any], ended: Ended) -> None:
        """Take back what is left when a link is over, or never came up: not written, so safe to ask again; unsure."""
        ...
