"""The world: what an operator declares. Projects, keys, apps, signatures, templates, prices, carriers, routes.

Frozen values, read from a TOML file by `hongyan apply`, kept in the store one row each, and read on the road
from an in-memory `World` that is replaced whole when anything changes.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

from msgspec import Struct

from hongyan.model.actor import Role
from hongyan.model.limits import PRESETS, Limit
from hongyan.model.message import Category, Leg


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


class _Declared(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One declared thing. `kind` names its table in the TOML file; (kind, project, name) is its identity."""

    kind: ClassVar[str]
    secret_fields: ClassVar[tuple[str, ...]] = ()


class Project(_Declared, frozen=True, kw_only=True):
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


class Key(_Declared, frozen=True, kw_only=True):
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


class App(_Declared, frozen=True, kw_only=True):
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


class Signature(_Declared, frozen=True, kw_only=True):
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


class Template(_Declared, frozen=True, kw_only=True):
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


class Price(_Declared, frozen=True, kw_only=True):
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


class Link(_Declared, frozen=True, kw_only=True):
    """A link that texts may carry shortened (NXCloud's short-link list)."""

    kind: ClassVar[str] = "links"
    project: str
    name: str
    """what the caller writes in shortLink"""
    target: str


class Stop(_Declared, frozen=True, kw_only=True):
    """A number that wants nothing (or no marketing) from a project."""

    kind: ClassVar[str] = "stops"
    project: str = ""
    name: str
    """E.164 digits"""
    marketing_only: bool = True


class CarrierConfig(_Declared, frozen=True, kw_only=True):
    """A carrier to open."""

    kind: ClassVar[str] = "carriers"
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)
    project: str = ""
    name: str
    protocol: str = "simulator"
    enabled: bool = True
    pace: float = 0
    """messages a second, each part of a long one counted; 0: as fast as it takes them"""
    window: int = 1000
    """messages handed over and not yet answered"""
    password: str = ""
    cost: str = "0"
    """what one part costs us there, decimal text"""
    costs: dict[str, str] = {}
    """E.164 prefix -> cost in place of `cost`; the longest wins"""
    settings: dict[str, Any] = {}
    """what only this protocol knows"""


class Standing(StrEnum):
    """What an operator lets a carrier do."""

    RUNNING = "running"
    SUSPENDED = "suspended"  # takes no messages; its links stay up and receipts and replies come in
    DRAINING = "draining"  # takes no messages; its links close once everything under way is answered
    ISOLATED = "isolated"  # its links are closed: nothing goes in or out


class Control(_Declared, frozen=True, kw_only=True):
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


class Account(_Declared, frozen=True, kw_only=True):
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


class Rule(_Declared, frozen=True, kw_only=True):
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


class PushedClock(_Declared, frozen=True, kw_only=True):
    """How far the clock was pushed for a rehearsal. Made by hand, never in the world file."""

    kind: ClassVar[str] = "clocks"
    project: str = ""
    name: str = "clock"
    ahead_ms: int = 0
    """never less than before: time that has been seen does not come again"""


class Port(_Declared, frozen=True, kw_only=True):
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


class Choice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One carrier of a route."""

    carrier: str
    weight: int = 1
    """share of the messages it is first for; 0: only when those before it fail"""


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the day, in a time zone."""

    begin: str
    """HH:MM"""
    end: str
    """HH:MM, exclusive; before `begin`: over midnight"""
    days: tuple[str, ...] = ()
    """mon to sun; empty: every day"""
    zone: str = "Asia/Shanghai"


class RouteConfig(_Declared, frozen=True, kw_only=True):
    """Which carriers may carry which messages. Routes are tried by `order`; the first that matches decides."""

    kind: ClassVar[str] = "routes"
    project: str = ""
    name: str
    order: int = 100
    projects: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    legs: tuple[Leg, ...] = ()
    countries: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    """sender ids asked for; a trailing * stands for anything"""
    numbers: tuple[str, ...] = ()
    """first digits of the E.164 number"""
    hours: tuple[Hours, ...] = ()
    """when it applies; empty: always"""
    prefer: str = "weight"
    """weight: shares by weight; order: always the first that works; cost: the cheapest for the number first"""
    choices: tuple[Choice, ...]


Declared = (
    Project
    | Key
    | App
    | Signature
    | Template
    | Price
    | Link
    | Stop
    | Port
    | CarrierConfig
    | RouteConfig
    | Control
    | Account
    | Rule
    | PushedClock
)
_ALL: tuple[type[Declared], ...] = (
    Project,
    Key,
    App,
    Signature,
    Template,
    Price,
    Link,
    Stop,
    Port,
    CarrierConfig,
    RouteConfig,
    Control,
    Account,
    Rule,
    PushedClock,
)
KINDS: dict[str, type[Declared]] = {cls.kind: cls for cls in _ALL}
BY_HAND: frozenset[type[Declared]] = frozenset({Control, Account, Rule, PushedClock})
"""set by operators while the program runs; a world file neither names nor drops them"""


def identity(thing: Declared) -> tuple[str, str, str]:
    """Return (kind, project, name): what makes a declared thing the same one at the next `apply`."""
    if isinstance(thing, Project):
        return thing.kind, "", thing.name
    if isinstance(thing, Price):
        return thing.kind, thing.project, thing.identity
    if isinstance(thing, Key):
        return thing.kind, thing.project, f"{thing.dialect}:{thing.name}"
    return thing.kind, thing.project, thing.name


def spelled_out(limits: Iterable[str | Limit]) -> tuple[Limit, ...]:
    """Return the limits with preset names replaced by their limits. KeyError for an unknown preset."""
    out: list[Limit] = []
    for limit in limits:
        out.extend(PRESETS[limit] if isinstance(limit, str) else (limit,))
    return tuple(out)


def address_allowed(peer: str, ranges: tuple[str, ...]) -> bool:
    """Return whether an IP address is in one of the CIDR ranges; no ranges allow any."""
    if not ranges:
        return True
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return any(address in ip_network(one, strict=False) for one in ranges)


class World(Struct, frozen=True, kw_only=True, dict=True):
    """One consistent picture of everything declared, with the indexes the road needs. Never changed in place."""

    version: int = 0
    things: tuple[Declared, ...] = ()
    listening: tuple[tuple[str | None, str], ...] = ()
    """who listens for callbacks at this process now (`hongyan listen`), as (project, dialect); None and "": all"""

    def is_listened(self, project: str, dialect: str) -> bool:
        """Return whether somebody listens for a project's callbacks in a dialect."""
        return any(theirs in {None, project} and its in {"", dialect} for theirs, its in self.listening)

    def all(self, cls: type[Any]) -> list[Any]:
        """Return every declared thing of one kind, in the order they were declared."""
        return [thing for thing in self.things if isinstance(thing, cls)]

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """By name."""
        return {one.name: one for one in self.all(Project)}

    @cached_property
    def keys(self) -> Mapping[tuple[str, str], Key]:
        """By (dialect, key id)."""
        return {(one.dialect, one.name): one for one in self.all(Key)}

    @cached_property
    def anonymous(self) -> Mapping[str, Key]:
        """Dialect -> the key of callers who name none."""
        return {one.dialect: one for one in self.all(Key) if one.auth == "none"}

    @cached_property
    def apps(self) -> Mapping[str, App]:
        """By appKey."""
        return {one.name: one for one in self.all(App)}

    @cached_property
    def signatures(self) -> Mapping[str, Mapping[str, Signature]]:
        """Project -> name -> signature."""
        return self._by_project(Signature)

    @cached_property
    def templates(self) -> Mapping[str, Mapping[str, Template]]:
        """Project -> code -> template."""
        return self._by_project(Template)

    @cached_property
    def links(self) -> Mapping[str, Mapping[str, Link]]:
        """Project -> short link -> link."""
        return self._by_project(Link)

    @cached_property
    def carriers(self) -> Mapping[str, CarrierConfig]:
        """By name."""
        return {one.name: one for one in self.all(CarrierConfig)}

    @cached_property
    def controls(self) -> Mapping[str, Control]:
        """By carrier."""
        return {one.name: one for one in self.all(Control)}

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """By name."""
        return {one.name: one for one in self.all(Account)}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Those in force, as they were made; () on most days, so that the road may look at it for nothing."""
        return tuple(one for one in self.all(Rule) if one.enabled)

    @cached_property
    def ahead_ms(self) -> int:
        """How far the clock was pushed."""
        return max((one.ahead_ms for one in self.all(PushedClock)), default=0)

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """Longest first."""
        return tuple(sorted(self.all(Port), key=lambda one: -len(one.name)))

    @cached_property
    def routes(self) -> tuple[RouteConfig, ...]:
        """In the order they are tried."""
        return tuple(sorted(self.all(RouteConfig), key=lambda one: (one.order, one.name)))

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        """As declared."""
        return tuple(self.all(Price))

    @cached_property
    def stops(self) -> Mapping[tuple[str, str], Stop]:
        """By (project or "", number)."""
        return {(one.project, one.name): one for one in self.all(Stop)}

    def _by_project(self, cls: type[Any]) -> Mapping[str, Mapping[str, Any]]:
        out: dict[str, dict[str, Any]] = {}
        for one in self.all(cls):
            out.setdefault(one.project, {})[one.name] = one
        return out


class Caller(Struct, frozen=True, kw_only=True):
    """Who is calling, as the desk found it: their project and key, and the world they were found in."""

    project: Project
    key: Key
    world: World
    nonce: str | None = None
    nonce_until: int = 0

    def template(self, code: str) -> Template | None:
        """Return one of the caller's templates."""
        return self.world.templates.get(self.project.name, {}).get(code)
