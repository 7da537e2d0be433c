"""What belongs to customers: projects, their keys and apps, signatures, templates, prices, links, stops, ports."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar

from hongyan.model.limits import PRESETS, Limit
from hongyan.model.message import Category, Leg
from hongyan.model.world.thing import Thing


class Review(StrEnum):
    """Where a template or signature stands with its reviewer."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Mode(StrEnum):
    """How far messages of a project may go."""

    CAPTURE = "capture"  # nothing leaves: every message is held
    ALLOW_LIST = "allow-list"  # only to these numbers; messages to others are held
    LIVE = "live"  # to everybody


class Project(Thing, frozen=True, kw_only=True):
    """Who pays: a customer, a team, a product. Everything else belongs to one."""

    kind: ClassVar[str] = "projects"
    name: str
    enabled: bool = True
    currency: str = "CNY"
    paid_in: str = "0"
    """all money credited so far, as decimal text; raising it by 100 credits 100"""
    credit_line: str = "0"
    """how far below zero the balance may go"""
    limits: tuple[str | Limit, ...] = ()
    """per-number limits: names of presets (alibaba, nxcloud-hour, tencent) or limits written out"""
    unlimited: tuple[str, ...] = ()
    """E.164 digits of numbers that the limits leave alone, as those on a vendor's whitelist"""
    callbacks: dict[str, str] = {}
    """dialect -> address that receipts are pushed to"""
    reply_callbacks: dict[str, str] = {}
    """dialect -> address that replies are pushed to"""
    quiet_hours: tuple[int, int] | None = None
    """marketing only from the first hour until the second, China time"""
    countries: tuple[str, ...] = ()
    """ISO codes that may be sent to; empty: all"""
    validity_s: int = 86_400
    """how long a message is tried before it expires"""
    retry_unsure: tuple[Category, ...] = (Category.NOTIFICATION, Category.MARKETING)
    """categories whose hand-over is repeated, up to three in all, when it is not known whether it arrived"""
    push_retries_s: tuple[float, ...] | None = None
    """None: the vendor's own rule"""
    pull_window_s: int = 60
    """comms: how long after its end a status can be pulled"""
    refund_failed: bool | None = None
    """give the price back when a message ends undelivered; None: the vendor's own rule"""
    allow_inside: bool = False
    """callbacks may go to loopback and private addresses"""
    cards: bool = True
    """may send card messages; at Alibaba this is by invitation (spec: alibaba#code.ForbiddenAction)"""
    keywords: tuple[str, ...] = ()
    max_length: int = 500
    """characters of a finished text where the vendor's document gives no number"""
    mode: Mode = Mode.LIVE
    """how far its messages may go: capture (all are held), allow-list (only to `allow_numbers`), live"""
    allow_numbers: tuple[str, ...] = ()
    """E.164 digits that messages may go to in mode allow-list; a trailing * stands for anything"""


class Key(Thing, frozen=True, kw_only=True):
    """Credentials of one dialect."""

    kind: ClassVar[str] = "keys"
    secret_fields: ClassVar[tuple[str, ...]] = ("secret", "previous")
    project: str
    dialect: str
    name: str = ""
    """the key id as it stands on the wire"""
    secret: str = ""
    previous: str = ""
    """the secret before this one, still good until `previous_until`"""
    previous_until: int = 0
    """milliseconds UTC"""
    enabled: bool = True
    auth: str = ""
    """comms: none, appcode or signed"""
    rate_per_second: int = 1000
    """requests a second; 0: no limit"""
    allow_addresses: tuple[str, ...] = ()
    """CIDR ranges; empty: any"""
    actions: tuple[str, ...] = ()
    """alibaba: the actions that a sub-user's key may call (SendSms, QuerySendDetails, ...); empty: all"""
    window: int = 100
    """smpp: requests that a session may have unanswered, in either direction"""
    max_sessions: int = 10
    """smpp: sessions bound at a time, to each process"""
    default_country: str = "86"
    """smpp: country code of numbers written without one"""
    codings: dict[str, str] = {}
    """smpp: data_coding -> alphabet (gsm7, ascii, latin1, ucs2) where the customer means another than usual"""
    category: Category | None = None
    """smpp: what its messages are for; None: notification"""


class App(Thing, frozen=True, kw_only=True):
    """An NXCloud application: a channel of a project with its own limits and receipt address."""

    kind: ClassVar[str] = "apps"
    project: str
    name: str
    """appKey"""
    enabled: bool = True
    verification: bool = False
    """a verification-code channel: at most `max_numbers` a request"""
    max_numbers: int = 5
    limits: tuple[str | Limit, ...] = ()
    rate_per_second: int = 0
    """messages a second; 0: no limit"""
    report_to: str | None = None
    report_in_query: bool = False
    """accounts from before May 2023: fields in the query, empty body"""
    push_retries_s: tuple[float, ...] = ()
    allow_addresses: tuple[str, ...] = ()
    default_country: str = "86"
    strict_client_id: bool = False
    """sysMessageId of at least ten characters, as the document says"""
    cny_rate: str = "1"
    """CNY for one unit of the project's currency, as receipts tell it"""


class Signature(Thing, frozen=True, kw_only=True):
    """The name in 【】 that begins a text."""

    kind: ClassVar[str] = "signatures"
    project: str
    name: str
    review: Review = Review.APPROVED
    captcha_only: bool = False
    default: bool = False
    why: str = ""
    """what the reviewer said, shown to who submitted it"""
    submitted_at: int = 0
    """when it was handed in for review, milliseconds UTC; 0: declared in a file"""
    submitted_by: str = ""


class Template(Thing, frozen=True, kw_only=True):
    """An approved wording with places for values."""

    kind: ClassVar[str] = "templates"
    project: str
    name: str
    """its code on the wire"""
    dialect: str
    """whose placeholders it uses: comms {0}, yundashi {1}, alibaba ${name}"""
    leg: Leg = Leg.TEXT
    category: Category = Category.NOTIFICATION
    body: str = ""
    """text and digital: the wording"""
    card: dict[str, Any] | None = None
    """card: the validated template object (spec: alibaba#card.template)"""
    signature: str | None = None
    review: Review = Review.APPROVED
    rules: dict[str, str] = {}
    """variable -> attribute (numberCaptcha, characterWithNumber2, phone_number2, ...)"""
    international: bool = False
    why: str = ""
    """what the reviewer said, shown to who submitted it"""
    submitted_at: int = 0
    """when it was handed in for review, milliseconds UTC; 0: declared in a file"""
    submitted_by: str = ""


class Price(Thing, frozen=True, kw_only=True):
    """What one part costs. The longest matching prefix wins; a project's own price before the general."""

    kind: ClassVar[str] = "prices"
    project: str = ""
    """"": every project"""
    name: str
    """E.164 prefix, "" for everywhere"""
    leg: Leg = Leg.TEXT
    each: str
    """decimal text per part, in the project's currency"""

    @property
    def identity(self) -> str:
        """Prices are told apart by prefix and leg."""
        return f"{self.leg}:{self.name}"


class Link(Thing, frozen=True, kw_only=True):
    """A link that texts may carry shortened (NXCloud's short-link list)."""

    kind: ClassVar[str] = "links"
    project: str
    name: str
    """what the caller writes in shortLink"""
    target: str


class Stop(Thing, frozen=True, kw_only=True):
    """A number that wants nothing (or no marketing) from a project."""

    kind: ClassVar[str] = "stops"
    project: str = ""
    name: str
    """E.164 digits"""
    marketing_only: bool = True


class Port(Thing, frozen=True, kw_only=True):
    """A number that replies come to, and whose they are. The longest that begins a reply's number wins."""

    kind: ClassVar[str] = "ports"
    project: str
    name: str
    """the digits, or the first of them"""
    carrier: str = ""
    """"": whichever carrier brings it"""
    dialect: str = ""
    """in whose shape its replies are told; "": every dialect that the project has a reply address or mailbox for"""
    app: str | None = None


def spelled_out(limits: Iterable[str | Limit]) -> tuple[Limit, ...]:
    """Return the limits with preset names replaced by their limits. KeyError for an unknown preset."""
    out: list[Limit] = []
    for limit in limits:
        out.extend(PRESETS[limit] if isinstance(limit, str) else (limit,))
    return tuple(out)
