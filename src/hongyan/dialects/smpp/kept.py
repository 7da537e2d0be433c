"""What a message must remember of its PDU for its receipts: addresses as the customer wrote them, reference, ids.

It travels as the message's `session`, which is the caller's own text in every dialect.
"""

import msgspec
from msgspec import Struct

Address = tuple[int, int, str]
"""TON, NPI, digits or name"""
NOWHERE: Address = (0, 0, "")
OWN_ID = 0
"""stands for the message's own id, which is not known when this is written"""


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, rename={"source": "from"}):
    """One submission's own facts."""

    source: Address = NOWHERE
    to: Address = NOWHERE
    reference: int | None = None
    """user_message_reference"""
    ids: tuple[int, ...] = (OWN_ID,)
    """one receipt each: the ids that were answered for the pieces that asked for one"""


class PieceFacts(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a piece must remember until it is part of a message, or its customer was told that it never will be."""

    kept: Kept
    wish: int = 0
    """registered_delivery's first two bits"""
    alphabet: str
    due_at: int | None = None
    expires_at: int | None = None
    stat: str = ""
    """endings: REJECTD or UNDELIV"""
    id: int = 0
    """endings: the piece's"""
    err: str = ""
    taken_at: int = 0
    ended_at: int = 0


_encode = msgspec.json.Encoder().encode
_kept = msgspec.json.Decoder(Kept).decode
_facts = msgspec.json.Decoder(PieceFacts).decode


def written(value: Kept | PieceFacts) -> str:
    """Return it as text."""
    return _encode(value).decode()


def kept_in(text: str | None) -> Kept:
    """Return what a message remembers."""
    return _kept(text) if text else Kept()


def facts_in(text: str) -> PieceFacts:
    """Return what a piece remembers."""
    return _facts(text)
