"""Yundashi: finished or templated texts to one number or two hundred, receipts pulled from a queue, quotas.

On the road: 1, dialects. Every answer has HTTP status 200; `result` says how it went. Facts and sources:
docs/specs/yundashi.md.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from hongyan.accept import Desk
from hongyan.dialects import Answer, Exchange, Handler, Meant, Submission
from hongyan.dialects.codes import meanings
from hongyan.dialects.reading import json_object
from hongyan.dialects.yundashi.asking import Asking
from hongyan.dialects.yundashi.items import items
from hongyan.dialects.yundashi.receipts import YundashiPush
from hongyan.dialects.yundashi.requests import Send, Tel, claim, read
from hongyan.dialects.yundashi.words import OK_TEXT, answer, result_of
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import HexMint
from hongyan.model.reason import Reason
from hongyan.model.submission import Verdict
from hongyan.model.world import World
from hongyan.report import Reports

__all__ = ["Yundashi"]

_SINGLE = "/intf/sendsms"
_MULTI = ("/intf/sendmultisms2", "/intf/sendmultisms")
_MOST_CHARACTERS = 450
_LONGEST_SIGNATURE = 14


class Yundashi:
    """The Yundashi API."""

    name = "yundashi"
    prefixes: tuple[str, ...] = ("/intf/", "/api/sms/smsquota/")

    def __init__(self, desk: Desk, reports: Reports, clock: Clock, world: Callable[[], World], random: Random) -> None:
        self._desk, self._world, self._request_ids = desk, world, HexMint(clock, random, 24)
        asking = Asking(desk, reports)
        # spec: yundashi#send.path, yundashi#multi.path, yundashi#pullstatus.path, yundashi#quota.path
        self.endpoints: Mapping[str, Handler] = {
            _SINGLE: self._send,
            **dict.fromkeys(_MULTI, self._send),
            "/intf/pullstatus": asking.pull,
            "/intf/pullstatus4mobile": asking.pull_for_number,
            "/api/sms/smsquota": asking.quota,
        }
        self.push = YundashiPush()

    def mint(self) -> str:
        """Return a new request id. The vendor's answers have no place for it; our own records do."""
        return f"yd{self._request_ids.mint()}"

    def codes(self) -> Mapping[str, Meant]:
        """Return the vendor's codes of refusals, each with what it is said for."""
        return meanings(lambda reason, facts: str(result_of(reason, facts, None)[0]))

    def refusal(self, exchange: Exchange, reason: Reason, facts: Mapping[str, Any]) -> Answer:
        """Return the failure in the shape of the path's successes, `ext` echoed where one was sent."""
        result, errmsg = result_of(reason, facts, self._world().projects.get(exchange.project))
        if exchange.path == _SINGLE:
            return answer(exchange, result, errmsg, ext=_ext_sent(exchange), sid="", fee=0)
        if exchange.path in _MULTI:
            return answer(exchange, result, errmsg, ext=_ext_sent(exchange), detail=[])
        if exchange.path.startswith("/intf/pullstatus"):
            return answer(exchange, result, errmsg, count=0, data=[])
        return answer(exchange, result, errmsg)

    async def _send(self, exchange: Exchange) -> Answer:
        """Send one text to each number. An array of numbers is answered number by number.

        spec: yundashi#tel, yundashi#multi.tel, yundashi#multi.detail
        """
        exchange.action = exchange.path.rpartition("/")[2]
        send = read(exchange, Send)
        numbers = send.numbers()
        one = isinstance(send.tel, Tel)
        if one and exchange.path != _SINGLE:
            raise Refused(Reason.BAD_FIELD, field="tel", why="an array is wanted")
        caller = self._desk.identify(exchange, claim(exchange, send, [tel.mobile for tel in numbers]))
        submission = Submission(
            exchange=exchange,
            items=items(send, numbers, caller),
            whole=one,
            must_match=True,
            must_sign=True,
            max_characters=_MOST_CHARACTERS + _LONGEST_SIGNATURE,
        )
        verdicts = await self._desk.accept(caller, submission)
        ext = send.ext or ""
        if one:
            result, errmsg, sid, fee = self._told(exchange, verdicts[0])
            return answer(exchange, result, errmsg, ext=ext, sid=sid, fee=fee)
        detail = []
        for verdict, tel in zip(verdicts, numbers, strict=True):
            result, errmsg, sid, fee = self._told(exchange, verdict)
            who = {"mobile": str(tel.mobile), "nationcode": str(tel.nationcode)}
            detail.append({"result": result, "errmsg": errmsg, **who, "sid": sid, "fee": fee})
        return answer(exchange, 0, OK_TEXT, ext=ext, detail=detail)

    def _told(self, exchange: Exchange, verdict: Verdict) -> tuple[int, str, str, int]:
        """Return (result, errmsg, sid, fee) of one number. spec: yundashi#answer.sid, yundashi#answer.fee."""
        message = verdict.message
        if message is not None and verdict.reason is None:
            return 0, OK_TEXT, str(message.id), message.parts
        project = self._world().projects.get(exchange.project)
        return *result_of(verdict.reason or Reason.INTERNAL, verdict.facts, project), "", 0


def _ext_sent(exchange: Exchange) -> str:
    """Return the `ext` of a refused request, as far as it can be read. spec: yundashi#ext."""
    try:
        ext = json_object(exchange.body).get("ext")
    except Refused:
        return ""
    return ext if isinstance(ext, str) else ""
