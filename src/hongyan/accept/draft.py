"""A message in the making: what the steps read and fill in, one after the other."""

from collections.abc import Callable

from msgspec import Struct

from hongyan.accept.book import Book, ProjectBook
from hongyan.accept.stops import StopList
from hongyan.links.capability import CardSupport
from hongyan.model.errors import Refused
from hongyan.model.limits import Limit
from hongyan.model.message import Category, Leg, Message
from hongyan.model.submission import Item, Submission
from hongyan.model.world import App, Rule, Template
from hongyan.store.ops import Bucket, LinkRow
from hongyan.text.numbers import Number

NOBODY = Number("", "", "", "", mainland=False)


class Desktop(Struct, kw_only=True):
    """What is the same for every item of a submission."""

    book: Book
    of: ProjectBook
    submission: Submission
    app: App | None
    app_limits: tuple[Limit, ...]
    now_ms: int
    public_base: str
    card_support: CardSupport
    stops: StopList
    mint_code: Callable[[], str]
    seen: set[str] = set()
    """client ids of earlier items"""


class Draft(Struct):
    """One item on its way through the steps. A Struct, as every message has one: a dataclass costs five times that."""

    item: Item
    desk: Desktop
    position: int
    to: Number = NOBODY
    """found by the step `number`"""
    leg: Leg = Leg.TEXT
    template: Template | None = None
    category: Category = Category.NOTIFICATION
    signature: str | None = None
    content: str = ""
    alphabet: str = "gsm7"
    parts: int = 1
    price: int = 0
    buckets: tuple[Bucket, ...] = ()
    link: LinkRow | None = None
    passed_over: tuple[str, str] | None = None
    """the card template that the fallback goes instead of, and why: `not-approved` or `not-shown`"""
    lacks: str | None = None
    """a variable of the card that has no value, so that no phone can show it"""
    rule: Rule | None = None
    """the rule of a rehearsal that struck it"""
    refused: Refused | None = None
    message: Message | None = None
    repeated: bool = False
