"""The body of a bulk send: JSON bytes to items, verdicts to rows. The busiest code of this dialect.

Pure: bytes and values in, bytes and values out. What is wrong with the body refuses the request; what is wrong
with one item marks that item.
"""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from hongyan.dialects.nxcloud.reasons import ROW_TEXTS, TEXTS
from hongyan.model.errors import Refused
from hongyan.model.message import Category
from hongyan.model.reason import Reason
from hongyan.model.submission import Item, Verdict
from hongyan.model.world import App
from hongyan.report.target import check_url
from hongyan.text import numbers

MOST_ITEMS = 200
MOST_CHARACTERS = 1_000
MOST_FINISHED = 2_000
"""characters of a text once `#1#` has become a link: the vendor's 1,000 counts what the caller wrote"""
MOST_EXT = 4_096
_CLIENT_ID_MOST, _CLIENT_ID_LEAST = 50, 10
_SENDER_MOST = 20
_CLIENT_ID_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")


class Row(Struct):
    """One element of `items`, as the vendor names its fields. `null` is the same as absent."""

    phone: str
    content: str
    sourceAddress: str | None = None  # noqa: N815 - the vendor's name
    sysMessageId: str | None = None  # noqa: N815 - the vendor's name
    shortLink: str | None = None  # noqa: N815 - the vendor's name
    linkVerbose: str | int | None = None  # noqa: N815 - the vendor's name
    drUrl: str | None = None  # noqa: N815 - the vendor's name
    ext: str | None = None


class Body(Struct):
    """The body of a bulk send.

    spec: nxcloud#body.appKey, nxcloud#body.items
    """

    appKey: str  # noqa: N815 - the vendor's name
    items: list[Row]


class Told(Struct, omit_defaults=True):
    """One row of the answer.

    spec: nxcloud#row.phone, nxcloud#row.messageid, nxcloud#row.status
    """

    phone: str
    messageid: str
    status: str
    message: str | None = None


class Reply(Struct):
    """The answer.

    spec: nxcloud#answer.code, nxcloud#answer.message, nxcloud#answer.data
    """

    code: int
    message: str
    data: list[Told] | None


_decode = msgspec.json.Decoder(Body).decode
encode = msgspec.json.Encoder().encode

_NOT_COLLECTED: frozenset[str | int | None] = frozenset({"0", 0})
_VERBOSE: frozenset[str | int] = frozenset({"", "0", "1", 0, 1})

_COUNTED = tuple((f'"{name}"'.encode(), name in Row.__struct_fields__) for name in ("appKey", "items")) + tuple(
    (f'"{name}"'.encode(), True) for name in Row.__struct_fields__
)

_REQUIRED_ONCE = sum(field.required for field in msgspec.structs.fields(Body))
_REQUIRED_EACH = sum(field.required for field in msgspec.structs.fields(Row))


def read(body: bytes) -> Body:
    """Return the body, or raise Refused for anything that is not this shape.

    spec: nxcloud#code.9000, nxcloud#body.readable
    """
    try:
        read_ = _decode(body)
        _refuse_twice_written(body, len(read_.items))
    except msgspec.ValidationError as error:
        raise Refused(Reason.BAD_FIELD, field="body", why=str(error)[:200]) from None
    except (ValueError, RecursionError) as error:
        raise Refused(Reason.BAD_REQUEST, why=str(error)[:200]) from None
    if not read_.items:
        raise Refused(Reason.NO_ITEMS)
    if len(read_.items) > MOST_ITEMS:
        raise Refused(Reason.TOO_MANY_ITEMS, most=MOST_ITEMS, got=len(read_.items))
    return read_


def _refuse_twice_written(body: bytes, items: int) -> None:
    """Raise ValueError for a field that an object has twice: two readers would see two requests.

    Counting names is cheap and never misses a required one; only a surplus is looked into. Where there are no more
    colons than required fields, which are all there, nothing can be there twice.
    """
    if body.count(b":") == _REQUIRED_ONCE + items * _REQUIRED_EACH:
        return
    for name, in_item in _COUNTED:
        if body.count(name) > (items if in_item else 1):
            json.loads(body, object_pairs_hook=_once)
            return


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("an object has the same field twice")
    return made


def items(rows: Sequence[Row], app: App) -> list[Item]:
    """Return the rows as items; a row with a wrong field is marked with its reason."""
    category = Category.CAPTCHA if app.verification else Category.NOTIFICATION
    least = _CLIENT_ID_LEAST if app.strict_client_id else 1
    return [_item(row, category, least) for row in rows]


def _item(row: Row, category: Category, least: int) -> Item:
    """Return one row as an item.

    spec: nxcloud#items.ext, nxcloud#items.drUrl, nxcloud#items.sysMessageId, nxcloud#items.shortLink,
    nxcloud#items.linkVerbose
    The desk keeps nxcloud#items.sysMessageId.twice.
    """
    if row == Row(row.phone, row.content) and len(row.content) <= MOST_CHARACTERS:  # the usual one, at half the cost
        return Item(to=row.phone, content=row.content, category=category)
    client_id = row.sysMessageId
    if client_id is not None and not _is_client_id(client_id, least):
        client_id = None
    item = Item(
        to=row.phone,
        content=row.content,
        category=category,
        session=row.ext,
        sender=row.sourceAddress,
        client_id=client_id,
        report_to=row.drUrl or None,
        # a short link acts only where the text has its place
        short_link=(row.shortLink or None) if "#1#" in row.content else None,
        collect_clicks=row.linkVerbose not in _NOT_COLLECTED,
    )
    wrong = _wrong_text(row, client_id) or _wrong_extra(row)
    if wrong is not None:
        item.refused, item.refused_facts = wrong
    return item


def _is_client_id(text: str, least: int) -> bool:
    return least <= len(text) <= _CLIENT_ID_MOST and _CLIENT_ID_CHARACTERS.issuperset(text)


def _wrong_text(row: Row, client_id: str | None) -> tuple[Reason, dict[str, Any]] | None:
    """Return the first thing wrong with the fields that have a rule of their own.

    spec: nxcloud#items.content, nxcloud#items.sourceAddress
    """
    if len(row.content) > MOST_CHARACTERS:
        return Reason.CONTENT_TOO_LONG, {"most": MOST_CHARACTERS, "length": len(row.content)}
    sender = row.sourceAddress
    if sender is not None and not (sender.isalnum() and sender.isascii() and len(sender) <= _SENDER_MOST):
        return Reason.BAD_SENDER, {}
    if row.sysMessageId is not None and client_id is None:
        return Reason.BAD_CLIENT_ID, {"most": _CLIENT_ID_MOST, "characters": "0-9 a-z A-Z -"}
    return None


def _wrong_extra(row: Row) -> tuple[Reason, dict[str, Any]] | None:
    """Return the first of the other optional fields that has a value it cannot have."""
    if row.linkVerbose is not None and row.linkVerbose not in _VERBOSE:
        return Reason.BAD_FIELD, {"field": "linkVerbose", "why": "it is neither 0 nor 1"}
    if row.drUrl and not _is_callable(row.drUrl):
        return Reason.BAD_FIELD, {"field": "drUrl", "why": "it is not an address we can call"}
    if row.ext is not None and len(row.ext) > MOST_EXT:
        return Reason.BAD_FIELD, {"field": "ext", "why": f"it is longer than {MOST_EXT} characters"}
    return None


@lru_cache(maxsize=1024)
def _is_callable(url: str) -> bool:
    try:
        check_url(url)
    except Refused:
        return False
    return True


def rows(asked: Sequence[Item], verdicts: Sequence[Verdict], country: str, mint: Callable[[], int]) -> list[Told]:
    """Return one row per item, in the order asked.

    spec: nxcloud#answer.partial, nxcloud#row.message, nxcloud#items.sysMessageId.minted
    """
    told = []
    for item, verdict in zip(asked, verdicts, strict=True):
        message = verdict.message
        if verdict.reason is None and message is not None:
            told.append(Told(message.to, message.client_id or str(message.id), "Success"))
        else:
            told.append(_failure(item, verdict.reason or Reason.INTERNAL, country, mint))
    return told


def _failure(item: Item, reason: Reason, country: str, mint: Callable[[], int]) -> Told:
    number = None if reason is Reason.BAD_NUMBER else numbers.parse(item.to, country)
    phone = item.to if number is None else number.digits
    return Told(phone, item.client_id or str(mint()), "Failure", ROW_TEXTS[reason])


def answer(code: int, data: list[Told] | None) -> bytes:
    """Return the bytes of an answer."""
    return encode(Reply(code, TEXTS[code], data))
