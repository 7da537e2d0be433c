"""What `/v1` is asked, as declared types: FastAPI checks them and writes the OpenAPI page from them.

Texts must be storable (no NUL, no half surrogate pair) and bounded, numbers fit in 63 bits.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hongyan.model.clock import BEIJING
from hongyan.model.message import Category, Leg, State
from hongyan.model.submission import Item
from hongyan.report.look import MessageQuery
from hongyan.text.characters import is_storable

LARGEST = (1 << 63) - 1
MOST_NUMBERS = 1000
_DIGITS = re.compile(r"[+0-9 ()-]+")
_MILLISECONDS_FROM = 100_000_000_000
"""below this a bare number means seconds"""
_LATEST_MS = 253_402_300_799_000


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("has a NUL or half a surrogate pair")
    return text


Name = Annotated[str, Field(max_length=200), AfterValidator(_storable)]
Text = Annotated[str, Field(max_length=10_000), AfterValidator(_storable)]


def _number(text: str) -> str:
    """Return the digits of a number as they are stored; a bare mainland one gets its 86."""
    digits = re.sub(r"\D", "", text) if _DIGITS.fullmatch(text) else text
    mainland = len(digits) == 11 and digits.startswith("1") and not text.startswith("+")  # noqa: PLR2004 - its length
    return "86" + digits if mainland else digits


def _instant(text: str) -> int:
    """Return milliseconds UTC from ISO 8601, seconds or milliseconds; a time without zone is China's."""
    if text.isascii() and text.isdigit() and len(text) <= 15:  # noqa: PLR2004 - more is no time
        value = int(text) * (1 if int(text) >= _MILLISECONDS_FROM else 1000)
    else:
        try:
            found = datetime.fromisoformat(text)
            value = round((found if found.tzinfo else found.replace(tzinfo=BEIJING)).timestamp() * 1000)
        except (ValueError, OverflowError):
            raise ValueError("is neither ISO 8601 nor seconds or milliseconds") from None
    if not 0 <= value <= _LATEST_MS:
        raise ValueError("is out of range")
    return value


Number = Annotated[str, Field(max_length=40), AfterValidator(_storable), AfterValidator(_number)]
Instant = Annotated[str, Field(max_length=40, examples=["2026-01-02T03:04:05Z"]), AfterValidator(_instant)]


class Filter(BaseModel):
    """Which messages; an absent field means any."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[Number | None, Query(description="the number")] = None
    state: Annotated[State | None, Query(description="where it stands")] = None
    dialect: Annotated[Name | None, Query(description="whose API it came by")] = None
    template: Annotated[Name | None, Query(description="its template's code")] = None
    text: Annotated[Name | None, Query(description="a piece of its text")] = None
    project: Annotated[Name | None, Query(description="who paid")] = None
    since: Annotated[Instant | None, Query(description="accepted at or after")] = None
    before: Annotated[
        int | None, Field(ge=0, le=LARGEST), Query(description="id of the last message of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000), Query(description="most messages returned")] = 50

    def query(self, project: str | None) -> MessageQuery:
        """Return what the store is asked; `project` narrows it to one."""
        return MessageQuery(
            project=project if project is not None else self.project,
            to=self.to,
            states=(self.state,) if self.state else (),
            dialect=self.dialect,
            template=self.template,
            text=self.text,
            since_ms=self.since,  # type: ignore[arg-type] # the validator made milliseconds of it
            before_id=self.before,
            limit=self.limit,
        )


class Wait(BaseModel):
    """Which message to wait for."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[Number | None, Query(description="the number; absent: any")] = None
    template: Annotated[Name | None, Query(description="its template's code")] = None
    text: Annotated[Name | None, Query(description="a piece of its text")] = None
    dialect: Annotated[Name | None, Query(description="whose API it came by")] = None
    project: Annotated[Name | None, Query(description="who paid")] = None
    since: Annotated[
        Instant | None, Query(description="accepted at or after; absent: in the last 60 seconds or from now on")
    ] = None
    timeout: Annotated[float, Field(ge=0, le=60), Query(description="seconds to wait at most")] = 30
    until: Annotated[Literal["accepted", "final"], Query(description="final: not before its state is a final one")] = (
        "accepted"
    )


class Card(BaseModel):
    """A card message."""

    model_config = ConfigDict(extra="forbid")

    template: Name
    values: dict[Name, Text] = {}
    url: Text | None = None


class Send(BaseModel):
    """A message to send to one or more numbers: a finished `text`, or a `template` with `values`."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[
        Text | Annotated[list[Text], Field(min_length=1, max_length=MOST_NUMBERS)], Field(examples=["13800138000"])
    ]
    text: Text | None = None
    template: Name | None = None
    values: dict[Name, Text] | list[Text] = {}
    signature: Name | None = None
    category: Category | None = None
    card: Card | None = None
    project: Name | None = None
    client_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,64}$")] | None = None
    session: Annotated[Text | None, Field(description="returned with the message")] = None
    report_to: Text | None = None
    short_link: Name | None = None
    sender: Name | None = None
    extend: Name | None = None

    def items(self) -> list[Item]:
        """Return one item a number. Each number of several gets its own client id."""
        numbers = [self.to] if isinstance(self.to, str) else self.to
        several = len(numbers) > 1
        return [self._item(number, f"-{place}" if several else "") for place, number in enumerate(numbers)]

    def _item(self, number: str, behind: str) -> Item:
        wording: dict[str, Any] = {
            "content": self.text,
            "template": self.template,
            "values": tuple(self.values) if isinstance(self.values, list) else self.values,
        }
        shared: dict[str, Any] = {
            "to": number,
            "signature": self.signature,
            "category": self.category,
            "session": self.session,
            "report_to": self.report_to,
            "sender": self.sender,
            "extend": self.extend,
            "short_link": self.short_link,
            "client_id": None if self.client_id is None else self.client_id + behind,
        }
        if self.card is None:
            return Item(**shared, **wording)
        fallback = Item(**shared, **wording) if self.text is not None or self.template is not None else None
        return Item(
            **shared,
            leg=Leg.CARD,
            card_template=self.card.template,
            card_values=self.card.values,
            card_url=self.card.url,
            fallback=fallback,
        )
