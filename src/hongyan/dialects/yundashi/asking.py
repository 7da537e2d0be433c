"""Questions: receipts and replies from their queues, or of one number, how many texts the balance is good for."""

from hongyan.accept import Desk
from hongyan.dialects.yundashi.receipts import receipt, reply
from hongyan.dialects.yundashi.requests import Pull, Sealed, claim, integer, read
from hongyan.dialects.yundashi.words import OK_TEXT, answer
from hongyan.ledger.price import PriceList
from hongyan.model.errors import Refused
from hongyan.model.message import FINAL, Leg, Message
from hongyan.model.money import micros
from hongyan.model.reason import Reason
from hongyan.model.reply import Reply
from hongyan.model.submission import Answer, Exchange
from hongyan.model.world import Caller, World
from hongyan.report import Reports
from hongyan.text.numbers import parse

MOST = 100
"""spec: yundashi#pullstatus.max"""
RECEIPTS, REPLIES = 0, 1
UNMETERED = 2_147_483_647
"""the quota where texts cost nothing"""
_A_MAINLAND_NUMBER = "8613800138000"
_PAGE = 200
_MOST_PAGES = 50


class Asking:
    """The endpoints that ask."""

    def __init__(self, desk: Desk, reports: Reports) -> None:
        self._desk, self._reports = desk, reports
        self._prices: tuple[World, PriceList] | None = None

    async def pull(self, exchange: Exchange) -> Answer:
        """Hand out receipts, or replies, once each. spec: yundashi#pullstatus."""
        exchange.action = "pullstatus"
        pull = read(exchange, Pull)
        caller = self._desk.identify(exchange, claim(exchange, pull))
        kind, most = _kind(pull), _most(pull)
        if kind == REPLIES:  # spec: yundashi#pullstatus.replies
            return _replies(exchange, await self._reports.take_replies(caller.project.name, exchange.dialect, most))
        return _told(exchange, await self._reports.take(caller.project.name, exchange.dialect, most))

    async def pull_for_number(self, exchange: Exchange) -> Answer:
        """Show the receipts, or the replies, of one number in a period; they stay in the queue.

        spec: yundashi#pullstatus4mobile, yundashi#pullstatus4mobile.replies
        """
        exchange.action = "pullstatus4mobile"
        pull = read(exchange, Pull)
        caller = self._desk.identify(exchange, claim(exchange, pull))
        kind, most = _kind(pull), _most(pull)
        begin, end = integer(pull.begin_time, "begin_time"), integer(pull.end_time, "end_time")
        if not 0 <= begin <= end < 1 << 40:
            raise Refused(Reason.BAD_DATE, field="begin_time")
        for name in ("nationcode", "mobile"):
            if getattr(pull, name) in (None, ""):
                raise Refused(Reason.MISSING_FIELD, field=name)
        number = parse(f"+{str(pull.nationcode).removeprefix('+')}{pull.mobile}")
        if number is None:
            raise Refused(Reason.BAD_NUMBER)
        if kind == REPLIES:
            period_ms = begin * 1000, (end + 1) * 1000
            said = await self._reports.replies_from(
                caller.project.name, number.digits, *period_ms, dialect=exchange.dialect, most=most
            )
            return _replies(exchange, said)
        return _told(exchange, await self._ended(caller, exchange.dialect, number.digits, (begin, end), most))

    async def quota(self, exchange: Exchange) -> Answer:
        """Tell how many mainland texts of one part the balance is good for. spec: yundashi#quota."""
        exchange.action = "smsquota"
        caller = self._desk.identify(exchange, claim(exchange, read(exchange, Sealed)))
        project = caller.project
        each = self._price_list(caller.world).each(project.name, Leg.TEXT, _A_MAINLAND_NUMBER)
        if each:
            left = await self._reports.balance(project.name) + micros(project.credit_line)
            quota = max(0, left // each)
        else:
            quota = UNMETERED if each == 0 else 0
        return answer(exchange, 0, OK_TEXT, quota=quota, quotaMarketing=quota)

    async def _ended(
        self, caller: Caller, dialect: str, to: str, period_s: tuple[int, int], most: int
    ) -> list[Message]:
        ended: list[Message] = []
        for page in range(_MOST_PAGES):
            total, messages = await self._reports.sent_to(
                caller.project.name,
                to,
                period_s[0] * 1000,
                (period_s[1] + 1) * 1000,
                dialect=dialect,
                offset=page * _PAGE,
                limit=_PAGE,
            )
            ended += (one for one in messages if one.state in FINAL)
            if len(ended) >= most or not messages or total <= (page + 1) * _PAGE:
                break
        return ended[:most]

    def _price_list(self, world: World) -> PriceList:
        if self._prices is None or self._prices[0] is not world:
            self._prices = world, PriceList(world)
        return self._prices[1]


def _kind(pull: Pull) -> int:
    kind = integer(pull.type, "type")
    if kind not in (RECEIPTS, REPLIES):
        raise Refused(Reason.BAD_FIELD, field="type", why="0 or 1")
    return kind


def _most(pull: Pull) -> int:
    most = integer(pull.max, "max")
    if not 1 <= most <= MOST:
        raise Refused(Reason.BAD_FIELD, field="max", why="1 to 100")
    return most


def _told(exchange: Exchange, messages: list[Message]) -> Answer:
    return answer(exchange, 0, OK_TEXT, count=len(messages), data=[receipt(one) for one in messages])


def _replies(exchange: Exchange, said: list[Reply]) -> Answer:
    return answer(exchange, 0, OK_TEXT, count=len(said), data=[reply(one) for one in said])
