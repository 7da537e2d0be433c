"""The dialect behind the real edge, desk and store; only the carrier is missing."""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

import alibaba_seals as seals
from hongyan.accept.desk import AcceptDesk
from hongyan.dialects.alibaba import Alibaba
from hongyan.dialects.edge import Edge
from hongyan.links.capability import OddLastDigit
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import FakeClock, utc
from hongyan.model.ids import IdMint
from hongyan.model.message import Category, Leg, Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import Declared, Key, Price, Project, Review, Signature, Template
from hongyan.report.pull import Pull
from hongyan.store import MessageQuery
from hongyan.store.current import CurrentWorld
from hongyan.store.ops import Settle
from hongyan.store.sqlite import SqliteStore

CARD = {
    "cardType": 3,
    "cardSignName": "阿里云",
    "extendInfo": {
        "scene": "取件通知",
        "purpose": "1",
        "params": [{"name": "${param1}", "type": 1, "example": "李四"}],
    },
    "templateContent": {"pages": [{"tmpCards": [{"type": "TEXT", "positionNumber": 1, "content": "${param1}"}]}]},
}

CAPPED = ("阿里云", "二家", "三家", "四家", "五家")
"""signatures of the project with the vendor's limits"""


def _template(name: str, body: str = "", **more: Any) -> Template:
    return Template(project="shop", dialect="alibaba", name=name, body=body, **more)


def things() -> list[Declared]:
    return [
        Project(name="shop", paid_in="1000"),
        Key(project="shop", dialect="alibaba", name=seals.KEY_ID, secret=seals.SECRET),
        Key(project="shop", dialect="alibaba", name="disabled", secret="s", enabled=False),
        Key(project="shop", dialect="alibaba", name="slow", secret="s", rate_per_second=1),
        Key(project="shop", dialect="alibaba", name="far", secret="s", allow_addresses=("192.0.2.0/24",)),
        Signature(project="shop", name="阿里云"),
        Signature(project="shop", name="待审", review=Review.PENDING),
        Signature(project="shop", name="验证", captcha_only=True),
        _template("SMS_1", "您的取件码为${code}，请及时领取。"),
        _template("SMS_2", "您的验证码为：${code}", category=Category.CAPTCHA),
        _template("SMS_3", "没有变量。"),
        _template("SMS_4", "待审${code}", review=Review.PENDING),
        _template("SMS_5", "${a}${b}${c}${d}${e}${f}${g}${h}${i}${j}${k}${l}${m}${n}${o}"),
        _template("SMS_6", "Your code is ${code}", international=True),
        _template("DIGITAL_SMS_1", "数字${msg}", leg=Leg.DIGITAL),
        _template("CARD_SMS_70", leg=Leg.CARD, card=CARD, signature="阿里云"),
        _template("CARD_SMS_71", leg=Leg.CARD, card=CARD, review=Review.PENDING),
        _template("CARD_SMS_72", leg=Leg.CARD, card=CARD, review=Review.REJECTED),
        Template(project="shop", dialect="comms", name="comms1", body="您的验证码为:{0}"),
        Price(name="", each="0.3"),
        Price(name="86", each="0.05"),
        Price(name="", each="0.1", leg=Leg.CARD),
        Price(name="", each="0.1", leg=Leg.DIGITAL),
        # a project with the vendor's limits, one without cards, one without money, one that is closed
        Project(name="capped", paid_in="1000", limits=("alibaba",)),
        Key(project="capped", dialect="alibaba", name="capped", secret="s"),
        *(Signature(project="capped", name=name) for name in CAPPED),
        *(
            Template(project="capped", dialect="alibaba", name=f"DIGITAL_SMS_{n}", body="x", leg=Leg.DIGITAL)
            for n in range(1, 12)
        ),
        Template(project="capped", dialect="alibaba", name="SMS_2", body="码${code}", category=Category.CAPTCHA),
        Template(project="capped", dialect="alibaba", name="SMS_1", body="取件码${code}"),
        Project(name="uninvited", paid_in="1000", cards=False),
        Key(project="uninvited", dialect="alibaba", name="uninvited", secret="s"),
        Project(name="poor"),
        Key(project="poor", dialect="alibaba", name="poor", secret="s"),
        Signature(project="poor", name="阿里云"),
        Template(project="poor", dialect="alibaba", name="SMS_3", body="没有变量。"),
        Project(name="closed", enabled=False),
        Key(project="closed", dialect="alibaba", name="closed", secret="s"),
    ]


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.body["Code"])


class Nowhere:
    """A dispatch without a carrier: everything waits in the store."""

    def room(self) -> int:
        return 0

    def take(self, messages: Sequence[Message]) -> None:
        raise AssertionError("there was no room")

    def wake(self) -> None:
        """Do nothing: nobody is asleep."""


class Office:
    """Takes signed requests as the listener would hand them over."""

    def __init__(self, store: SqliteStore, clock: FakeClock, current: CurrentWorld) -> None:
        self.store, self.clock = store, clock
        tally = Tally()
        self.desk = AcceptDesk(
            store,
            current,
            clock,
            IdMint(clock),
            tally,
            Nowhere(),
            card_support=OddLastDigit(),
            public_base="http://short.test",
            lease_ms=60_000,
            backlog_cap=100_000,
            chance=random.Random(1),
        )
        self.dialect = Alibaba(self.desk, Pull(store, clock), clock, current, random.Random(2), OddLastDigit())
        self.edge = Edge([self.dialect], self.desk, clock, tally, body_limit=8 << 20, mounts={})
        self.nonces: Iterator[str] = map(str, itertools.count(1))

    async def ask(self, request: seals.Request) -> Reply:
        sent: list[Any] = []
        bodies = iter([{"type": "http.request", "body": request.body}])

        async def receive() -> Any:
            return next(bodies)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": request.method,
            "path": "/",
            "query_string": request.query,
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()],
            "client": ("127.0.0.1", 1),
        }
        await self.edge(scope, receive, send)
        start, body = sent
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Reply(start["status"], headers, msgspec.json.decode(body["body"]))

    async def call(self, action: str, params: Mapping[str, str], **more: Any) -> Reply:
        """Sign with ACS3 and ask."""
        more.setdefault("date", self.now())
        return await self.ask(seals.acs3(action, params, nonce=next(self.nonces), **more))

    async def call_as(self, key_id: str, action: str, params: Mapping[str, str]) -> Reply:
        return await self.call(action, params, key_id=key_id, secret="s")

    async def call_old(self, action: str, params: Mapping[str, str], **more: Any) -> Reply:
        """Sign with RPC 1.0 and ask."""
        more.setdefault("date", self.now())
        return await self.ask(seals.rpc(action, params, nonce=next(self.nonces), **more))

    def now(self) -> str:
        return f"{utc(self.clock.now_ms()):%Y-%m-%dT%H:%M:%SZ}"

    async def messages(self, biz_id: str) -> list[Message]:
        """Return what a submission put into the store."""
        found = await self.store.messages(MessageQuery(submissions=(int(biz_id.removesuffix("^0")),)))
        return sorted(found, key=lambda one: one.position)

    async def settle(self, message: Message, state: State, kind: CauseKind, **more: Any) -> None:
        """Let a message end."""
        cause = Cause(kind, "C", "said so", "carrier").joined()
        op = Settle(
            message_id=message.id, project=message.project, state=state, at=self.clock.now_ms(), cause=cause, **more
        )
        moved = await self.store.write(op)
        assert moved
