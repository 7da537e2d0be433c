"""The three things of a store that public pages use, in memory, true to the contract."""

from hongyan.model.errors import Refused
from hongyan.model.message import Leg, Message
from hongyan.model.reason import Reason
from hongyan.store.ops import Click, Event, LinkRow, Op, Rendered


class SmallStore:
    """Links, messages, and what was written about them."""

    def __init__(self) -> None:
        self.links: dict[str, LinkRow] = {}
        self.kept: dict[int, Message] = {}
        self.events: list[Event] = []
        self.written: list[Op] = []
        self.is_down = False
        self.is_read_only = False

    def put(self, code: str, kind: str, target: str, values: str = "", message_id: int | None = 7) -> None:
        self.links[code] = LinkRow(
            code=code, project="shop", message_id=message_id, kind=kind, target=target, values=values, created_at=1
        )
        self.kept[7] = Message(
            id=7, project="shop", submission=6, dialect="alibaba", to="8613900000001", leg=Leg.CARD, content="x",
            accepted_at=1, expires_at=2,
        )  # fmt: skip

    async def link(self, code: str) -> LinkRow | None:
        if self.is_down:
            raise Refused(Reason.UNAVAILABLE)
        return self.links.get(code)

    async def message(self, message_id: int) -> Message | None:
        return self.kept.get(message_id)

    async def write(self, op: Op) -> object:
        if self.is_read_only:
            raise Refused(Reason.UNAVAILABLE)
        self.written.append(op)
        if isinstance(op, Click):
            self.links[op.code].clicks += 1
            if op.event is not None:
                self.events.append(op.event)
        if isinstance(op, Rendered) and not op.failed:
            self.kept[op.message_id].rendered_at = op.at
        return None

    @property
    def renders(self) -> list[Rendered]:
        return [op for op in self.written if isinstance(op, Rendered)]
