"""What travels between a dialect and the desk: an exchange, a claim, a submission, a verdict.

A dialect reads its vendor's HTTP into these and writes its vendor's words from them.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from hongyan.model.message import Category, Leg, Message
from hongyan.model.reason import Reason


class Exchange(Struct, kw_only=True):
    """One HTTP request as it arrived, and what we noticed on the way. Lives as long as its answer takes."""

    request_id: str
    """minted before anything is parsed, in the dialect's own shape; it is on every answer"""
    dialect: str
    method: str
    path: str
    query: bytes
    """raw, without ?"""
    headers: Mapping[str, str]
    """names in lower case; repeated ones joined with ", " """
    body: bytes
    """as sent, after de-chunking"""
    peer: str
    """the caller's IP address"""
    received_at: int
    """milliseconds UTC"""
    action: str = ""
    """the endpoint's name, set by the dialect: sendmsg, SendCardSms, ..."""
    project: str = ""
    """known once the caller is"""
    key_id: str = ""
    notes: list[tuple[str, str, str]] = []
    """what the steps had to say, in order: (step, English sentence, Chinese sentence)"""
    slow_s: float = 0
    """how long a rehearsal's rule keeps the answer back"""


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json;charset=UTF-8"),)


NO_ANSWER = Answer(0, b"", ())
"""the connection is closed instead: told apart by identity"""
CUT = "hongyan.cut"
"""the ASGI extension by which an application may close its connection without an answer"""


class Proof(NamedTuple):
    """What checking a seal showed, so that a caller can be told the first difference."""

    valid: bool
    theirs: str
    """the digest they sent"""
    ours: str
    """the digest we made"""
    string_to_sign: str
    """what we sealed, with no secret in it"""


class Claim(NamedTuple):
    """Who the caller says they are. A dialect never sees a secret: `prove` is called with it by the desk."""

    key_id: str
    """"" for a dialect whose projects need no credentials"""
    prove: Callable[[str], Proof] | None = None
    """secret -> Proof; None: nothing is sealed"""
    sealed_at: int | None = None
    """the time in the seal, milliseconds UTC"""
    window_ms: int = 0
    """how far `sealed_at` may be off, either way; exactly this much passes"""
    nonce: str | None = None
    mode: str = ""
    """how the caller identified: a key whose `auth` differs is refused (comms: none, appcode, signed)"""


class Item(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One message asked for, in the caller's words. Exactly one of `template` and `content` leads."""

    to: str
    """the number as written"""
    leg: Leg = Leg.TEXT
    content: str | None = None
    """a finished text (NXCloud, Yundashi `msg`)"""
    template: str | None = None
    """the template's code; its body is rendered with `values`"""
    values: Mapping[str, str] | tuple[str, ...] = ()
    """by name (Alibaba) or by place (comms from 0, Yundashi from 1)"""
    signature: str | None = None
    """asked for by name; None: the template's, the leading 【】, or the project's default"""
    category: Category | None = None
    """None: the template's"""
    sender: str | None = None
    extend: str | None = None
    session: str | None = None
    client_id: str | None = None
    report_to: str | None = None
    short_link: str | None = None
    """a link from the project's list that replaces #1# in the text"""
    collect_clicks: bool = True
    card_template: str | None = None
    """leg card: code of the card template; `template`/`values` then make the carrier text, if given"""
    card_values: Mapping[str, str] = {}
    card_url: str | None = None
    """where the link leads when the phone cannot render the card"""
    fallback: "Item | None" = None
    """leg card: what goes to a number that cannot show cards; None: nothing goes (`Reason.CARD_UNSUPPORTED`)"""
    due_at: int | None = None
    """when to send it, milliseconds UTC; None: at once"""
    expires_at: int | None = None
    """when to give up; None, or later than the project's validity allows: as the project has it"""
    pinned: str | None = None
    """the one carrier that may carry it, whatever the routes say: an operator's test of that carrier"""
    refused: Reason | None = None
    """the dialect itself found this item wrong (a missing field); the desk records and returns it"""
    refused_facts: Mapping[str, Any] = {}


class Submission(Struct, kw_only=True):
    """What one request asks for. The desk answers with one `Verdict` per item, in order."""

    exchange: Exchange
    items: list[Item]
    app: str | None = None
    door: str | None = None
    """connected callers: the name under which they are told (SMPP: the system id); kept as the messages' `app`"""
    whole: bool = False
    """True: all or nothing, the first refused item refuses the submission (Alibaba)"""
    default_country: str = "86"
    must_match: bool = False
    """finished texts must equal an approved template with its places filled (Yundashi)"""
    must_sign: bool = False
    """every text begins with an approved signature (Alibaba, Yundashi)"""
    max_characters: int = 0
    """of the finished text; 0: the project's `max_length`"""


class Meant(NamedTuple):
    """What a vendor's code is said for."""

    reason: Reason
    facts: Mapping[str, Any] = {}


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Yes or no for one item."""

    reason: Reason | None = None
    """None: accepted"""
    facts: Mapping[str, Any] = {}
    message: Message | None = None
    """the accepted message; for a repeated `client_id` the one accepted before"""
    repeated: bool = False

    @property
    def accepted(self) -> bool:
        """Whether we took it."""
        return self.reason is None
