"""1 on the road: Alibaba Cloud's SMS product (Dysmsapi 2017-05-25), whose official clients work unmodified.

Everything arrives at path `/`: the action is named, not addressed. Two seals, one table of actions. It knows no
secret and sends nothing itself: it asks the desk and the reports, and writes the vendor's words.
"""

import asyncio
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec

from hongyan.accept import Desk
from hongyan.dialects import Handler
from hongyan.dialects.alibaba.ask import Action, Ask
from hongyan.dialects.alibaba.cards import send_batch_card_sms, send_card_sms
from hongyan.dialects.alibaba.params import Values, Wire, read, required
from hongyan.dialects.alibaba.push import SmsReport
from hongyan.dialects.alibaba.queries import get_card_sms_details, query_send_details
from hongyan.dialects.alibaba.reasons import CARD_ACTIONS, words
from hongyan.dialects.alibaba.sign import claimed, is_acs3
from hongyan.dialects.alibaba.support import check_mobiles_card_support, query_mobiles_card_support
from hongyan.dialects.alibaba.text import send_batch_sms, send_sms
from hongyan.dialects.codes import meanings
from hongyan.links.capability import CardSupport
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import HexMint
from hongyan.model.reason import Reason
from hongyan.model.submission import Answer, Claim, Exchange, Meant
from hongyan.model.world import World
from hongyan.report import Reports

__all__ = ["Alibaba"]

VERSION = "2017-05-25"
ACTIONS: Mapping[str, Action] = {
    "SendSms": send_sms,
    "SendBatchSms": send_batch_sms,
    "SendCardSms": send_card_sms,
    "SendBatchCardSms": send_batch_card_sms,
    "QuerySendDetails": query_send_details,
    "GetCardSmsDetails": get_card_sms_details,
    "QueryMobilesCardSupport": query_mobiles_card_support,
    "CheckMobilesCardSupport": check_mobiles_card_support,
}
_RETRY_AFTER_MS = "1000"
_LARGE = 262_144
"""bytes from which a request is read in a thread, one at a time: milliseconds that others need not wait"""
_ENCODER = msgspec.json.Encoder()
_OK = 200
_FIRST_ERROR = 400


class Alibaba:
    """Implements `hongyan.dialects.Dialect`."""

    name = "alibaba"
    prefixes: tuple[str, ...] = ()

    def __init__(
        self,
        desk: Desk,
        reports: Reports,
        clock: Clock,
        world: Callable[[], World],  # noqa: ARG002 - all dialects are made of the same parts; this one has its caller's
        random: Random,
        card_support: CardSupport,
    ) -> None:
        self._desk, self._reports, self._clock = desk, reports, clock
        self._request_ids, self._card_support = HexMint(clock, random, 32), card_support
        self.endpoints: Mapping[str, Handler] = {"/": self._answer}
        self.push = SmsReport()
        self._large = asyncio.Semaphore(1)

    def mint(self) -> str:
        """Return a UUID in capitals.

        spec: alibaba#answer.RequestId
        """
        digits = self._request_ids.mint().upper()
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-A{digits[17:20]}-{digits[20:]}"

    async def _answer(self, exchange: Exchange) -> Answer:
        if exchange.method not in {"POST", "GET"}:
            raise Refused(Reason.UNKNOWN_METHOD, method=exchange.method[:16])
        if len(exchange.query) + len(exchange.body) <= _LARGE:
            action, params, claim = _understood(exchange)
        else:
            async with self._large:
                action, params, claim = await asyncio.to_thread(_understood, exchange)
        caller = self._desk.identify(exchange, claim)
        if caller.key.actions and exchange.action not in caller.key.actions:
            # spec: alibaba#code.RAM_PERMISSION_DENY
            raise Refused(Reason.NOT_PERMITTED, action=exchange.action)
        ask = Ask(exchange, caller, params, self._desk, self._reports, self._clock, self._card_support)
        members = await action(ask)
        return _said(exchange, _OK, {"Code": "OK", **members, "RequestId": exchange.request_id})

    def codes(self) -> Mapping[str, Meant]:
        """Return the vendor's codes of refusals, each with what it is said for."""
        return meanings(lambda reason, facts: words(reason, facts, "").code)

    def refusal(self, exchange: Exchange, reason: Reason, facts: Mapping[str, Any]) -> Answer:
        """Return the vendor's words for a refused request.

        spec: alibaba#answer.gateway, alibaba#answer.business
        """
        status, code, message = words(reason, facts, exchange.action)
        members: dict[str, Any] = {"Code": code, "Message": message, "RequestId": exchange.request_id}
        if status < _FIRST_ERROR:
            if exchange.action in CARD_ACTIONS:
                members["Success"] = False
            return _said(exchange, status, members)
        members["HostId"] = exchange.headers.get("host", "")
        members["Recommend"] = (
            f"https://api.aliyun.com/troubleshoot?q={code}&product=Dysmsapi&requestId={exchange.request_id}"
        )
        # spec: alibaba#error.Throttling: with this header the newer clients raise their ThrottlingException
        wait = (("x-acs-retry-after", _RETRY_AFTER_MS),) if code == "Throttling.User" else ()
        return _said(exchange, status, members, wait)


def _understood(exchange: Exchange) -> tuple[Action, Values, Claim]:
    """Return what is asked, with which parameters, and by whom. Touches nothing but the exchange."""
    wire = read(exchange)
    return _action(exchange, wire), wire.every, claimed(exchange, wire)


def _action(exchange: Exchange, wire: Wire) -> Action:
    """spec: alibaba#request.action, alibaba#error.order."""
    # headers count only where they are sealed
    headers = exchange.headers if is_acs3(exchange) else {}
    name = headers.get("x-acs-action") or required(wire.every, "Action")
    version = headers.get("x-acs-version") or required(wire.every, "Version")
    action = ACTIONS.get(name)
    if action is None:
        raise Refused(Reason.UNKNOWN_ACTION, action=name[:64])
    exchange.action = name
    if version != VERSION:
        raise Refused(Reason.BAD_VERSION, version=version[:32])
    return action


def _said(exchange: Exchange, status: int, members: dict[str, Any], more: tuple[tuple[str, str], ...] = ()) -> Answer:
    headers = (
        ("content-type", "application/json;charset=utf-8"),
        ("x-acs-request-id", exchange.request_id),
        *more,
    )
    return Answer(status, _ENCODER.encode(members), headers)
