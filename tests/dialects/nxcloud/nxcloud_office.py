"""NXCloud's dialect behind the real edge, with the real desk and a real store; and a caller who signs."""

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, cast

from hongyan.accept.desk import AcceptDesk
from hongyan.dialects.edge import Edge, Scope
from hongyan.dialects.nxcloud import Nxcloud
from hongyan.links.capability import OddLastDigit
from hongyan.model.clock import FakeClock
from hongyan.model.ids import IdMint
from hongyan.model.message import Message
from hongyan.model.tally import Tally
from hongyan.model.world import App, Declared, Key, Link, Price, Project
from hongyan.report import Reports
from hongyan.store import MessageQuery
from hongyan.store.current import CurrentWorld
from hongyan.store.sqlite import SqliteStore

KEY, SECRET = "AKdemo0001", "SKdemo-s3cret"
BULK = "/v1/sms/multi/mt"
PROJECT = Project(name="p", paid_in="1000", keywords=("赌博",))
APP = App(project="p", name="appdemo1")
WORLD: tuple[Declared, ...] = (
    PROJECT,
    Project(name="closed", enabled=False),
    Project(name="poor"),
    Key(project="p", dialect="nxcloud", name=KEY, secret=SECRET),
    Key(project="p", dialect="nxcloud", name="AKoff", secret=SECRET, enabled=False),
    Key(project="p", dialect="nxcloud", name="AKslow", secret=SECRET, rate_per_second=1),
    Key(project="p", dialect="nxcloud", name="AKhome", secret=SECRET, allow_addresses=("10.0.0.0/8",)),
    Key(project="closed", dialect="nxcloud", name="AKclosed", secret=SECRET),
    Key(project="poor", dialect="nxcloud", name="AKpoor", secret=SECRET),
    APP,
    App(project="p", name="appotp1", verification=True, limits=("nxcloud-hour",)),
    App(project="p", name="appoff", enabled=False),
    App(project="p", name="apphome", allow_addresses=("10.0.0.0/8",)),
    App(project="p", name="appslow", rate_per_second=2),
    App(project="p", name="appstrict", strict_client_id=True),
    App(project="p", name="appmalta", default_country="356"),
    App(project="closed", name="appclosed"),
    App(project="poor", name="apppoor"),
    Link(project="p", name="https://nxlink.example/demo", target="https://example.com/welcome"),
    Price(name="", each="0.05"),
)


def signed(
    body: bytes, ts: int, /, *, key: str = KEY, secret: str = SECRET, method: str = "", **changed: str | None
) -> dict[str, str]:
    """Return the headers of a caller who has read the vendor's page; `changed` replaces or (None) removes some."""
    text = f"accessKey={key}&action=mtsend&bizType=3&ts={ts}".encode()
    text += (b"&body=" + body if body else b"") + b"&accessSecret=" + secret.encode()
    headers: dict[str, str | None] = {
        "content-type": "application/json",
        "accesskey": key,
        "action": "mtsend",
        "biztype": "3",
        "ts": str(ts),
        "sign": hashlib.new(method or "md5", text).hexdigest(),
        "algorithm": method or None,
    }
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in headers.items() if value is not None}


class Quiet:
    """A dispatch that leaves everything waiting."""

    def room(self) -> int:
        return 0

    def take(self, messages: Sequence[Message]) -> None:
        raise AssertionError(messages)

    def wake(self) -> None:
        return


class Office:
    """The dialect with everything around it."""

    def __init__(self, store: SqliteStore, clock: FakeClock, current: CurrentWorld) -> None:
        self.store, self.clock, self.current = store, clock, current
        ids = IdMint(clock)
        self.desk = AcceptDesk(
            store,
            current,
            clock,
            ids,
            Tally(),
            Quiet(),
            card_support=OddLastDigit(),
            public_base="http://s.test",
            lease_ms=60_000,
            backlog_cap=100_000,
            chance=random.Random(1),
        )
        self.dialect = Nxcloud(self.desk, cast("Reports", None), clock, current, random.Random(1))
        self.edge = Edge([self.dialect], self.desk, clock, Tally(), body_limit=8 << 20, mounts={})

    async def declare(self, *things: Declared) -> None:
        await self.store.declare(things, (), self.clock.now_ms())
        await self.current.refresh()

    async def call(
        self,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        path: str = BULK,
        method: str = "POST",
        **changed: Any,
    ) -> Any:
        """Make one call and return the answer's JSON; without `headers` it is rightly signed."""
        made = signed(body, self.clock.ms, **changed) if headers is None else headers
        self.status, self.headers, self.raw = 0, dict[str, str](), b""
        scope: Scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in made.items()],
            "client": ("127.0.0.1", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            if "status" in message:
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self.raw += message["body"]

        await self.edge(scope, receive, send)
        return json.loads(self.raw)

    async def ask(self, *items: Any, app: str = "appdemo1", **changed: Any) -> Any:
        """Send items through an app."""
        return await self.call(json.dumps({"appKey": app, "items": items}).encode(), **changed)

    async def row(self, app: str = "appdemo1", **fields: Any) -> Any:
        """Send one item and return its row."""
        answer = await self.ask(item(**fields), app=app)
        assert answer["code"] == 0, answer
        (row,) = answer["data"]
        return row

    async def messages(self) -> list[Message]:
        """Return what was accepted, oldest first."""
        return (await self.store.messages(MessageQuery(limit=500)))[::-1]


def item(phone: str = "8613800138000", content: str = "您的验证码为 1234", **fields: Any) -> dict[str, Any]:
    """Return an item."""
    return {"phone": phone, "content": content, **fields}
