"""Operations: what the writer commits. Plain values in, plain results out, the same on both engines."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from hongyan.model.message import Message, State
from hongyan.model.reason import Reason


class SubmissionRow(Struct, kw_only=True):
    """One request, or one leg of it: row of `submissions`. What the timeline shows above the steps."""

    id: int
    project: str
    request_id: str
    dialect: str
    action: str
    key_id: str
    peer: str
    received_at: int
    method: str
    path: str
    request: str
    """what was sent, readable and bounded, secrets masked"""
    notes: str
    """JSON text: list of [step, English sentence, Chinese sentence]"""


class Event(Struct, kw_only=True, gc=False):
    """Something out of the ordinary in a message's life: row of `events`."""

    message_id: int
    at: int
    kind: str
    """again, routed, unsure, receipt-late, receipt-twice, receipt-early, stop, stop-lifted, push, push-failed,
    rendered, click, refund, released"""
    text: str


class RefusalRow(Struct, kw_only=True):
    """A refused request or item: row of `refusals`."""

    id: int
    at: int
    request_id: str
    position: int | None
    """item of the request; None: the whole request"""
    project: str
    dialect: str
    action: str
    peer: str
    reason: Reason
    facts: str
    """JSON text"""
    request: str
    notes: str


class LinkRow(Struct, kw_only=True):
    """A short link: row of `links`."""

    code: str
    project: str
    message_id: int | None
    kind: str
    """card or url"""
    target: str
    """url: where it leads; card: the template's code"""
    values: str
    """JSON text: card values"""
    created_at: int
    clicks: int = 0
    first_click_at: int | None = None


class PushRow(Struct, kw_only=True, gc=False):
    """Something to tell a caller, a receipt or a reply: row of `pushes`, gone once taken or given up."""

    id: int
    message_id: int | None
    """None: it is about a reply"""
    project: str
    dialect: str
    app: str | None = None
    target: str
    due_at: int
    tries: int = 0
    reply_id: int | None = None
    door: str | None = None
    """name of the caller who must be connected to get it (SMPP customers); None: it is posted to `target`"""


class Unclaimed(Struct, kw_only=True, gc=False):
    """A receipt that matches no message (yet): row of `unclaimed`."""

    carrier: str
    provider_id: str
    at: int
    state: State
    cause: str
    received_at: int
    rendered: bool | None = None
    spellings: str | None = None
    """other ways to write the id, between blanks; good only for a message to `number`"""
    number: str | None = None


class Bucket(NamedTuple):
    """A per-number limit as the store checks it: at most `permits` counted under `key` after `since_ms`."""

    key: int
    """63-bit hash of what is counted together"""
    since_ms: int
    permits: int
    rule: int
    """place in the caller's list of limits, so that it can be named in the refusal"""


class Accept(Struct, kw_only=True):
    """Write an accepted submission: its rows, its messages, their counts, the charge. One transaction.

    Result: `list[Accepted]`, one per message, in order. For each message in turn: a known `client_id` of the
    project and app, then its buckets, then the balance (price against balance + `credit_line`). What is accepted
    counts for the messages after it. With `whole`, if any is refused nothing at all is written.
    A spent nonce refuses everything with NONCE_USED and writes nothing.
    `state` of a message is `accepted` (due now) or `sending` (the caller's process hands it over at once).
    """

    project: str
    currency: str
    credit_line: int
    submissions: Sequence[SubmissionRow]
    messages: Sequence[Message]
    buckets: Sequence[Sequence[Bucket]] = ()
    """per message; empty: no limits at all"""
    links: Sequence[LinkRow] = ()
    whole: bool = False
    nonce: str | None = None
    """already joined with what it must be unique in"""
    nonce_until: int = 0
    nonce_now_ms: int | None = None
    """the time that nonces are spent by; None: `now_ms`, which a rehearsal may have pushed"""
    now_ms: int


class Accepted(NamedTuple):
    """What became of one message of an `Accept`."""

    reason: Reason | None = None
    """None, NUMBER_LIMIT, NO_BALANCE, CLIENT_ID_TAKEN, NONCE_USED"""
    rule: int = -1
    """NUMBER_LIMIT: the bucket's `rule`"""
    earlier: Message | None = None
    """the message that has this client_id already, with the same number and text (but for its link's code): answer as
    then (reason None)"""


class Handed(Struct, kw_only=True, gc=False):
    """A carrier took it: sending -> submitted. Result: bool, whether anything was written.

    `lease` (here, in Again and in Settle) is the `due_at` under which the hand-over was made: when the store has
    another one, somebody else took the message over since, and nothing is written. None: not checked.

    An answer that comes after its hand-over was given up counts too: a message that waits to be handed over again is
    `submitted` then, and one that ended `unknown` gets the ids, so that its receipt is not nobody's.
    """

    message_id: int
    at: int
    carrier: str
    provider_id: str
    part_ids: tuple[str, ...] = ()
    """handed over in more than one part: the ids of all of them; rows of `parts`"""
    due_at: int
    """when to give up waiting for the receipt"""
    lease: int | None = None


class Again(Struct, kw_only=True, gc=False):
    """Try later: sending -> accepted, with an event unless it goes on waiting for the same reason. Result: bool."""

    message_id: int
    at: int
    due_at: int
    cause: str
    counted: bool = True
    """whether it used up a try"""
    lease: int | None = None


class Withhold(Struct, kw_only=True, gc=False):
    """Hold a message that was about to go: sending -> accepted until it expires, with an event. Result: bool."""

    message_id: int
    at: int
    due_at: int
    cause: str
    details: str
    """the message's, and that it was held"""
    lease: int | None = None


class Release(Struct, kw_only=True, gc=False):
    """Let a held message go: it is due at once, with a new validity and an event. Result: bool.

    False and nothing written when it is not held (any more).
    """

    message_id: int
    at: int
    expires_at: int
    text: str
    """of the event"""


class Settle(Struct, kw_only=True, gc=False):
    """The end: -> a final state, with the refund, the push and the mailbox entry, once. Result: bool.

    Legal only from `origins(state)`; False and nothing written when the message is not in one of them.
    """

    message_id: int
    project: str
    state: State
    at: int
    cause: str
    received_at: int | None = None
    refund: int = 0
    """micros to give back"""
    push: PushRow | None = None
    mailbox: str | None = None
    """dialect whose pull queue gets it"""
    rendered_at: int | None = None
    carrier: str | None = None
    """whose word, or silence, ends it; from `sending` that hand-over counts as an attempt"""
    provider_id: str | None = None
    """set when the receipt came with, or instead of, the answer"""
    submitted_at: int | None = None
    """set with `provider_id`: when the carrier took it"""
    lease: int | None = None


class Part(Struct, kw_only=True, gc=False):
    """One part of a message that was handed over in several: row of `parts`."""

    carrier: str
    provider_id: str
    message_id: int
    number: int
    """from 1"""
    total: int
    state: State | None = None
    """None: its receipt is awaited"""
    cause: str | None = None
    at: int | None = None


class PartReported(Struct, kw_only=True, gc=False):
    """A part's receipt came. Result: `list[Part]`, all parts of the message as they stand now, in their order.

    A part that has a state keeps it; an unknown part changes nothing and answers []. Of several parts under one id
    (some carriers say it for all), the first without a state is meant.
    """

    carrier: str
    provider_id: str
    state: State
    cause: str
    at: int


class ReplyRow(Struct, kw_only=True, gc=False):
    """What a handset sent: row of `replies`."""

    id: int
    carrier: str
    key: str
    """what makes a repetition the same reply: the carrier's id of it, or a digest; unique with the carrier"""
    sender: str
    to: str
    text: str
    received_at: int
    project: str = ""
    """"": nobody's"""
    dialect: str = ""
    app: str | None = None
    message_id: int | None = None
    """the message it answers"""
    extend: str = ""
    """the extension behind our port"""
    parts: int = 1
    missing: int = 0
    """pieces of a long one that never came"""
    stops: bool = False
    """it put its sender on the stop list"""


class StopRow(Struct, kw_only=True, gc=False):
    """A number that asked to be left alone: row of `stops`."""

    project: str
    number: str
    marketing_only: bool
    at: int
    reply_id: int | None = None


class KeepReply(Struct, kw_only=True):
    """Keep a reply with what follows from it. Result: bool, False when it was there already.

    Then nothing is written, but its fragments are removed all the same. One with pieces missing is kept only while
    no other piece of it has come; otherwise its fragments stay, too.
    """

    row: ReplyRow
    pushes: Sequence[PushRow] = ()
    mailboxes: Sequence[str] = ()
    """dialects whose pull queue gets it"""
    stop: StopRow | None = None
    fragments: Sequence[int] = ()
    """ids of fragments it was made of: they are removed"""
    whole: tuple[str, str, str] | None = None
    """with pieces missing: (kind, owner, whole) of its fragments"""


class Fragment(Struct, kw_only=True, gc=False):
    """A piece of a long message that came in, from a handset or from a customer's SMPP link: row of `fragments`."""

    id: int
    whole: str
    """what is the same for all pieces: who, to whom, reference, total"""
    number: int
    total: int
    at: int
    kind: str
    """reply or submission"""
    owner: str
    """the carrier, or the customer's system id"""
    octets: bytes
    facts: str
    """JSON text of what else its owner needs"""


class KeepFragment(Struct, kw_only=True):
    """Keep a piece. Result: `list[Fragment]`, all pieces when none is missing now, else []; a repetition adds none."""

    row: Fragment


class DropFragments(Struct, kw_only=True):
    """Remove pieces. Result: None."""

    ids: Sequence[int]


class PutStop(Struct, kw_only=True):
    """Put a number on a project's stop list. Result: bool, whether that changed anything.

    It does when the number was not there, or there only for marketing and now for everything.
    """

    row: StopRow


class DropStop(Struct, kw_only=True):
    """Take a number off a project's stop list. Result: bool."""

    project: str
    number: str
    at: int


class Note(Struct, kw_only=True):
    """Add events. Result: None."""

    events: Sequence[Event]


class Record(Struct, kw_only=True):
    """Add refusals. Result: None."""

    rows: Sequence[RefusalRow]


class Park(Struct, kw_only=True):
    """Keep receipts that match nothing; a second one with the same (carrier, id, state) changes nothing.

    Result: None.
    """

    rows: Sequence[Unclaimed]


class Unpark(Struct, kw_only=True):
    """Remove parked receipts that found their message. Result: None."""

    carrier: str
    provider_ids: Sequence[str]


class PushDone(Struct, kw_only=True):
    """Pushes were taken or given up: remove them, with events. Result: None."""

    ids: Sequence[int]
    events: Sequence[Event] = ()


class PushAgain(Struct, kw_only=True):
    """Pushes are tried again later: tries + 1. Result: None."""

    ids: Sequence[int]
    due_at: int
    events: Sequence[Event] = ()
    counted: bool = True
    """False: no call was made (their receiver is busy, or we are stopping), so `tries` stays"""


class Rendered(Struct, kw_only=True):
    """A card was shown: sets `rendered_at` once; with `failed`, refunds the price once instead. Result: bool."""

    message_id: int
    at: int
    failed: bool = False


class Click(Struct, kw_only=True):
    """A link was opened: clicks + 1 and, with a message, an event. Result: None."""

    code: str
    at: int
    event: Event | None = None


class MakeLink(Struct, kw_only=True):
    """Add a short link. Result: None."""

    row: LinkRow


class Deposit(Struct, kw_only=True):
    """Add money by hand (may be negative). Result: the new balance in micros."""

    project: str
    at: int
    amount: int
    text: str


Op = (
    Accept
    | Handed
    | Again
    | Withhold
    | Release
    | Settle
    | PartReported
    | KeepReply
    | KeepFragment
    | DropFragments
    | PutStop
    | DropStop
    | Note
    | Record
    | Park
    | Unpark
    | PushDone
    | PushAgain
    | Rendered
    | Click
    | MakeLink
    | Deposit
)
