"""A message: one number, one text. Its states, the legal moves between them, and its row in the store."""

from enum import StrEnum

import msgspec
from msgspec import Struct


class State(StrEnum):
    """Where a message stands. The words are the same in the store, the API, the pages and the logs."""

    ACCEPTED = "accepted"  # ours to send, when due
    SENDING = "sending"  # being handed to a carrier; whether it has it is not known yet
    SUBMITTED = "submitted"  # the carrier took it; its receipt is awaited
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # the carrier's final no
    REJECTED = "rejected"  # never left: the carrier or the route refused it
    EXPIRED = "expired"  # its validity ran out before it was handed over, or the carrier said so
    UNKNOWN = "unknown"  # handed over, but no final word came in time


FINAL = frozenset({State.DELIVERED, State.UNDELIVERED, State.REJECTED, State.EXPIRED, State.UNKNOWN})

LEGAL_MOVES: dict[State, frozenset[State]] = {
    State.ACCEPTED: frozenset({State.SENDING, State.SUBMITTED, State.REJECTED, State.EXPIRED}),
    State.SENDING: frozenset(
        {
            State.SUBMITTED,
            State.ACCEPTED,
            State.REJECTED,
            State.EXPIRED,
            State.UNKNOWN,
            State.DELIVERED,
            State.UNDELIVERED,
        }
    ),
    State.SUBMITTED: frozenset({State.DELIVERED, State.UNDELIVERED, State.REJECTED, State.EXPIRED, State.UNKNOWN}),
} | {state: frozenset() for state in FINAL}


def origins(target: State) -> tuple[State, ...]:
    """Return the states from which a move to `target` is legal, in the order of the road."""
    return tuple(state for state in State if target in LEGAL_MOVES[state])


class Leg(StrEnum):
    """What kind of thing travels."""

    TEXT = "text"
    DIGITAL = "digital"
    CARD = "card"


class Category(StrEnum):
    """What a message is for; limits, quiet hours and the retry of unsure hand-overs depend on it."""

    CAPTCHA = "captcha"
    NOTIFICATION = "notification"
    MARKETING = "marketing"


class Message(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One number, one text: the row of table `messages`, field by field. Times are milliseconds UTC.

    Rows are values: only the store writes them; copies in memory may lag behind the store. They hold no containers, so
    the garbage collector need not follow them (`gc=False`; a fifth of the cost of a message under way).
    """

    id: int
    project: str
    submission: int
    """id of the submission it came in with; one submission has one or more messages"""
    position: int = 0
    """place in the submission, from 0"""
    dialect: str
    app: str | None = None
    client_id: str | None = None
    """the caller's own id, unique in the project: a retry with the same number and text is answered the same"""
    to: str
    """E.164 digits, without +"""
    country: str = ""
    """ISO 3166 alpha-2, "" when unknown"""
    operator: str = ""
    """a hint: mobile, unicom, telecom, broadnet or "" """
    leg: Leg = Leg.TEXT
    category: Category = Category.NOTIFICATION
    template: str | None = None
    signature: str | None = None
    """without brackets"""
    content: str
    """the whole text as the handset shows it, signature included"""
    alphabet: str = "gsm7"
    """gsm7 or ucs2"""
    parts: int = 1
    price: int = 0
    """micros, all parts together"""
    currency: str = "CNY"
    sender: str | None = None
    """sender id or port asked for"""
    extend: str | None = None
    """extension code behind the port"""
    session: str | None = None
    """the caller's own text, returned in answers and receipts (ext, OutId)"""
    report_to: str | None = None
    """receipt address given with the message itself; None: the project's or app's"""
    details: str | None = None
    """JSON text of what only some messages have: `link`, the code of the link in the text; `card` and `card_why`,
    the card template that was not sent and why; `lacks`, a variable without which the card cannot be drawn; `pinned`,
    the one carrier that may carry it; `held`, the project's mode that held it; `rule` and `fate`, the rule of a
    rehearsal that struck it and how a simulated carrier ends it: state, milliseconds after it was taken (0: as usual),
    code"""
    state: State = State.ACCEPTED
    accepted_at: int
    due_at: int | None = None
    """when the sweep looks at it next; None once it is final"""
    expires_at: int
    attempts: int = 0
    carrier: str | None = None
    provider_id: str | None = None
    """the carrier's id, normalised"""
    submitted_at: int | None = None
    done_at: int | None = None
    received_at: int | None = None
    """the receipt's own time"""
    cause: str | None = None
    """`Cause.joined` of the last thing said"""
    charge: int | None = None
    """ledger entry that took the price"""
    refund: int | None = None
    """ledger entry that gave it back"""
    rendered_at: int | None = None
    """cards: when the handset or a reader first showed it"""

    def noted(self) -> dict[str, str]:
        """Return the `details`, decoded."""
        return msgspec.json.decode(self.details, type=dict[str, str]) if self.details else {}
