"""What Yundashi's callers send, as typed values, and the seal over it.

Reads one request; asks nobody. Numbers written as texts, and the reverse, are read where callers write them so.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct

from hongyan.dialects.reading import form_fields, json_object, media_type, typed
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.model.submission import Claim, Exchange, Proof

WINDOW_S = 600
"""spec: yundashi#time.window"""
_REST_OF_THE_SECOND_MS = 999
_LONGEST_INTEGER = 18
_READABLE = frozenset({"", "application/json", "text/json", "application/x-www-form-urlencoded", "text/plain"})
"""spec: yundashi#body: JSON, whatever the HTTP library at hand calls it"""

Text = str | int
"""SDKs send country codes and numbers either way."""


Shape = TypeVar("Shape", bound="Sealed")


class Tel(Struct, kw_only=True, frozen=True):
    """A number as sent."""

    nationcode: Text
    mobile: Text


class Sealed(Struct, kw_only=True):
    """What every request has."""

    sig: str | None = None
    time: Text | None = None


class Send(Sealed, kw_only=True):
    """A text for one number or up to 200. spec: yundashi#send.fields."""

    tel: Tel | list[Tel] | None = None
    type: Text | None = None
    msg: str | None = None
    tpl_id: Text | None = None
    params: list[Text] | None = None
    sign: str | None = None
    ext: str | None = None
    extend: str | None = None

    def numbers(self) -> list[Tel]:
        """Return the numbers, one or many. Raises Refused(MISSING_FIELD)."""
        if self.tel is None:
            raise Refused(Reason.MISSING_FIELD, field="tel")
        return self.tel if isinstance(self.tel, list) else [self.tel]


class Pull(Sealed, kw_only=True):
    """What is asked of the queue, or of one number's past."""

    type: Text | None = None
    max: Text | None = None
    begin_time: Text | None = None
    end_time: Text | None = None
    nationcode: Text | None = None
    mobile: Text | None = None


def read(exchange: Exchange, shape: type[Shape]) -> Shape:
    """Return the body as `shape`. Raises Refused(BAD_REQUEST, BAD_FIELD)."""
    if exchange.method != "POST":
        raise Refused(Reason.UNKNOWN_METHOD, method=exchange.method[:20])
    if media_type(exchange) not in _READABLE:
        raise Refused(Reason.BAD_REQUEST, field="Content-Type", why="JSON is wanted")
    return typed(json_object(exchange.body), shape)


def claim(exchange: Exchange, sealed: Sealed, mobiles: Sequence[Text] = ()) -> Claim:
    """Return who calls and how they proved it. spec: yundashi#sig, yundashi#sdkappid, yundashi#random.

    spec: yundashi#sig.many, yundashi#sig.none
    The texts under the seal are those that were sent: `random` keeps its leading zeros.
    """
    query = form_fields(exchange.query)
    for name in ("sdkappid", "random"):
        if not query.get(name):
            raise Refused(Reason.MISSING_FIELD, field=name)
    if not sealed.sig:
        raise Refused(Reason.MISSING_SEAL, field="sig")
    seconds = integer(sealed.time, "time")
    theirs = sealed.sig
    plain = f"&random={query['random']}&time={sealed.time}"
    if mobiles:
        plain += "&mobile=" + ",".join(map(str, mobiles))

    def prove(secret: str) -> Proof:
        ours = hashlib.sha256(f"appkey={secret}{plain}".encode()).hexdigest()
        return Proof(hmac.compare_digest(ours.encode(), theirs.encode()), theirs, ours, "appkey=***" + plain)

    return Claim(
        key_id=query["sdkappid"],
        prove=prove,
        sealed_at=seconds * 1000,
        window_ms=WINDOW_S * 1000 + _REST_OF_THE_SECOND_MS,  # the vendor compares whole seconds
    )


def integer(value: Text | None, field: str) -> int:
    """Return an integer, also one written as text. Raises Refused(MISSING_FIELD, BAD_FIELD).

    spec: yundashi#numbers.loose
    """
    if value is None or value == "":
        raise Refused(Reason.MISSING_FIELD, field=field)
    if isinstance(value, int):
        return value
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _LONGEST_INTEGER:
        raise Refused(Reason.BAD_FIELD, field=field, why="an integer is wanted")
    return int(value)
