"""comms and Yundashi behind the real edge, desk and store, without a socket and without a carrier."""

import hashlib
import json
import random
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from hongyan.accept.desk import AcceptDesk
from hongyan.dialects.comms import Comms
from hongyan.dialects.edge import Edge
from hongyan.dialects.yundashi import Yundashi
from hongyan.links.capability import OddLastDigit
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message, State
from hongyan.model.tally import Tally
from hongyan.model.world import Declared, Key, Price, Project, Signature, Template
from hongyan.report.pull import Pull
from hongyan.store.current import CurrentWorld
from hongyan.store.ops import Settle
from hongyan.store.sqlite import SqliteStore

APPID, APPKEY = "1400000001", "kdemo0123456789"
WORDING = "【一砂】您的验证码为：{0}，该验证码5分钟内有效，请勿泄漏！"

WORLD: tuple[Declared, ...] = (
    Project(name="sand", paid_in="100"),
    Key(project="sand", dialect="comms", auth="none"),
    Key(project="sand", dialect="comms", name="acdemo", secret="gwkey-demo", auth="signed"),
    Template(project="sand", dialect="comms", name="01234567890abcdef", body=WORDING, signature="一砂"),
    Template(project="sand", dialect="comms", name="two", body="{0}和{1}"),
    Project(name="master", paid_in="100"),
    Key(project="master", dialect="yundashi", name=APPID, secret=APPKEY),
    Signature(project="master", name="云大师", default=True),
    Signature(project="master", name="云大师讲座"),
    Template(project="master", dialect="yundashi", name="1", body="你的验证码是{1}"),
    Price(name="86", each="0.045"),
    Price(name="1", each="0.35"),
)


class Reply(NamedTuple):
    status: int
    body: Any
    raw: bytes
    headers: dict[bytes, bytes]


class Taking:
    """A dispatch with room for everything, that remembers what it was given."""

    def __init__(self) -> None:
        self.taken: list[Message] = []

    def room(self) -> int:
        return 1000

    def take(self, messages: Sequence[Message]) -> None:
        self.taken.extend(messages)

    def wake(self) -> None:
        pass


class VendorLine:
    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        self.current = CurrentWorld(store)
        self.dispatch = Taking()
        self.peer = "127.0.0.1"
        self.backlog_cap = 1000

    async def declare(self, *things: Declared) -> None:
        """Declare these beside WORLD; what has the same name replaces it."""
        await self.store.declare((*WORLD, *things), (), self.clock.now_ms())
        await self.current.refresh()
        tally, chance = Tally(), random.Random(7)
        self.desk = AcceptDesk(
            self.store,
            self.current,
            self.clock,
            IdMint(self.clock),
            tally,
            self.dispatch,
            card_support=OddLastDigit(),
            public_base="http://short.test",
            lease_ms=60_000,
            backlog_cap=self.backlog_cap,
            chance=chance,
        )
        reports = Pull(self.store, self.clock)
        self.comms = Comms(self.desk, reports, self.clock, self.current, chance)
        self.yundashi = Yundashi(self.desk, reports, self.clock, self.current, chance)
        self.edge = Edge([self.comms, self.yundashi], self.desk, self.clock, tally, body_limit=1 << 20, mounts={})

    async def call(
        self, path: str, body: bytes, *, query: str = "", method: str = "POST", headers: dict[str, str] | None = None
    ) -> Reply:
        """Make one request through the edge."""
        sent: list[Any] = []
        given = {"content-type": "application/json"} | (headers or {})
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": (self.peer, 5000),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.edge(scope, receive, send)
        raw = sent[1]["body"]
        return Reply(sent[0]["status"], json.loads(raw), raw, dict(sent[0]["headers"]))

    async def json(self, path: str, body: Any, **more: Any) -> Reply:
        """Post a value as JSON; half a surrogate pair is escaped, as careless callers do."""
        try:
            text = json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            text = json.dumps(body).encode()
        return await self.call(path, text, **more)

    async def form(self, path: str, fields: dict[str, str], **more: Any) -> Reply:
        headers = {"content-type": "application/x-www-form-urlencoded"} | more.pop("headers", {})
        return await self.call(path, urlencode(fields).encode(), headers=headers, **more)

    async def comms_send(self, **fields: Any) -> Reply:
        """Send the document's sample, with other fields where given; None leaves a field out."""
        body = {"mobile": "+8613700000000", "templateID": "01234567890abcdef", "templateParamSet": "[1234,2345]"}
        return await self.json("/comms/sms/sendmsg", _without_nones(body | fields))

    async def yundashi_call(self, path: str, body: dict[str, Any], mobiles: Sequence[str] = (), **more: Any) -> Reply:
        """Seal and send a Yundashi request, as its callers do."""
        rand = more.pop("rand", "0424242")
        appid = more.pop("appid", APPID)
        made = {"time": self.clock.now_ms() // 1000} | body
        sealed = f"appkey={APPKEY}&random={rand}&time={made['time']}"
        if mobiles:
            sealed += "&mobile=" + ",".join(mobiles)
        made = {"sig": hashlib.sha256(sealed.encode("utf-8", "replace")).hexdigest()} | made
        query = more.pop("query", f"sdkappid={appid}&random={rand}")
        return await self.json(path, _without_nones(made), query=query, **more)

    async def yundashi_send(self, **fields: Any) -> Reply:
        """Send the document's sample, with other fields where given; None leaves a field out."""
        tel = fields.get("tel", {"nationcode": "86", "mobile": "13788888888"})
        body = {"tel": tel, "type": 0, "msg": "你的验证码是1234", "extend": "", "ext": "session"}
        numbers = tel if isinstance(tel, list) else [tel]
        mobiles = [str(one.get("mobile")) for one in numbers if isinstance(one, dict)]
        path = fields.pop("path", "/intf/sendsms")
        more = {name: fields.pop(name) for name in ("rand", "appid", "query", "headers") if name in fields}
        return await self.yundashi_call(path, body | fields, mobiles, **more)

    async def end(self, message_id: int, state: State = State.DELIVERED, cause: str = "") -> None:
        """End a message as a receipt would."""
        message = await self.store.message(message_id)
        assert message is not None
        now = self.clock.now_ms()
        settle = Settle(
            message_id=message_id,
            project=message.project,
            state=state,
            at=now,
            received_at=now,
            cause=cause or ("delivered|DELIVRD|simulator|delivered" if state is State.DELIVERED else ""),
            mailbox=message.dialect if message.dialect == "yundashi" else None,
        )
        assert await self.store.write(settle)


def _without_nones(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
