"""What an action is given and gives: the caller's parameters in, the members of the vendor's answer out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hongyan.accept import Desk
from hongyan.links.capability import CardSupport
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import Leg
from hongyan.model.reason import Reason
from hongyan.model.submission import Exchange, Item, Submission, Verdict
from hongyan.model.world import Caller, Template
from hongyan.report import Reports

MOST_CHARACTERS = 500
"""of signature and text together: spec: alibaba#limits.length"""
_MOST_OUT_ID = 255
_MOST_EXTEND = 12


class Ask(NamedTuple):
    """One identified call."""

    exchange: Exchange
    caller: Caller
    params: Mapping[str, str]
    desk: Desk
    reports: Reports
    clock: Clock
    card_support: CardSupport

    def template(self, code: str, *legs: Leg) -> Template:
        """Return one of the caller's templates that has one of these legs.

        spec: alibaba#code.SMS_TEMPLATE_ILLEGAL
        """
        found = self.caller.template(code)
        if found is None or found.leg not in legs or found.dialect != "alibaba":
            raise Refused(Reason.UNKNOWN_TEMPLATE, template=code[:64])
        return found

    def out_id(self) -> str | None:
        """Return the caller's own id, which receipts and queries repeat.

        spec: alibaba#send.OutId
        """
        text = self.params.get("OutId")
        if text and len(text) > _MOST_OUT_ID:
            raise Refused(Reason.VALUE_TOO_LONG, name="OutId", most=_MOST_OUT_ID)
        return text or None

    async def accept(self, items: list[Item]) -> Sequence[Verdict]:
        """Return the verdicts of a submission that is taken whole or not at all.

        spec: alibaba#send.whole
        """
        submission = Submission(
            exchange=self.exchange,
            items=items,
            whole=True,
            must_sign=True,
            max_characters=MOST_CHARACTERS,
        )
        return await self.desk.accept(self.caller, submission)


Action = Callable[[Ask], Awaitable[dict[str, Any]]]
"""answers with the members beside Code and RequestId"""


def extend_code(text: str | None) -> str | None:
    """Return an extension code behind the port: a few digits, or nothing.

    spec: alibaba#send.SmsUpExtendCode
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_EXTEND:
        raise Refused(Reason.BAD_EXTEND, extend=text[:32])
    return text


def same_length(field: str, values: Sequence[Any], wanted: int) -> None:
    """Refuse an array that does not have one element a number.

    spec: alibaba#batch.arrays
    """
    if len(values) != wanted:
        raise Refused(Reason.BAD_FIELD, field=field, why="not one element a number", got=len(values), wanted=wanted)


def biz_id(submission: int) -> str:
    """Return a submission's id as the vendor writes it.

    spec: alibaba#send.BizId
    """
    return f"{submission}^0"


def as_written(to: str) -> str:
    """Return a stored number as the documents write it: mainland ones without country code."""
    return to[2:] if to.startswith("86") and len(to) == _MAINLAND_DIGITS else to


_MAINLAND_DIGITS = 13
