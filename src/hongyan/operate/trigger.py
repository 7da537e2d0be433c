"""Receipts and replies on demand: as if a carrier had said them, through the real matcher and the real reply desk.

Nothing is made up on the way: legal moves, refunds, pushes, stop words and conversations are what they always are.
"""

from collections.abc import Callable
from typing import Any

from hongyan.carriers.endings import USUAL, ending, is_sayable
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import Clock, iso
from hongyan.model.errors import Refused
from hongyan.model.hold import is_held
from hongyan.model.ids import from_decimal, from_hex32
from hongyan.model.message import FINAL, Message, State
from hongyan.model.reason import Reason
from hongyan.model.said import Said
from hongyan.model.world import World
from hongyan.operate.core import Core
from hongyan.operate.journal import Journal
from hongyan.operate.rehearsal import Rehearsal, wrong
from hongyan.report.inbound import reply_summary
from hongyan.report.look import with_code
from hongyan.report.whose import owner_of
from hongyan.store import MessageQuery, ReplyQuery, Store
from hongyan.text.characters import is_storable
from hongyan.text.numbers import parse

LONGEST_TEXT = 1_000
MOST_AFTER_S = 30 * 86_400
_REPLIES_LOOKED_AT = 20


class Trigger:
    """Asked by `/v1`, the command line and the console's phone."""

    def __init__(
        self,
        rehearsal: Rehearsal,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        mint: Callable[[], int],
        core: Core,
        journal: Journal,
    ) -> None:
        self._rehearsal, self._store, self._world, self._clock = rehearsal, store, world, clock
        self._mint, self._core, self._journal = mint, core, journal

    async def receipt(
        self, actor: Actor, message_id: str, state: str, *, code: str = "", text: str = "", after_s: float = 0
    ) -> dict[str, Any]:
        """Have a message's carrier say what became of it; return `message` as it stands then, and `changed`.

        A message that went in parts gets a receipt for each of them. With `after_s` the answer has `due_at` instead
        of what changed. Raises Refused(UNKNOWN_MESSAGE), and BAD_FIELD with the reason for what cannot be said now.
        """
        message = await self._message(actor, message_id)
        said = _said(state, code, text)
        if not 0 <= after_s <= MOST_AFTER_S:
            raise wrong("after_s", f"0 to {MOST_AFTER_S}", f"取值 0 到 {MOST_AFTER_S}")
        if message.provider_id is None or message.carrier is None:
            raise _not_handed(message)
        parts = await self._store.parts(message.id)
        ids = [part.provider_id for part in parts if part.state is None] or [message.provider_id]
        if parts and message.state in FINAL:
            ids = [parts[0].provider_id]
        await self._core.say_receipt(message.carrier, message.id, ids, said, round(after_s * 1000))
        await self._note(actor, "trigger.receipt", str(message.id), message.project, state=state, code=said["code"])
        if after_s > 0:
            due_at = self._clock.now_ms() + round(after_s * 1000)
            return {"message": with_code(message), "changed": False, "due_at": iso(due_at)}
        now = await self._store.message(message.id) or message
        return {"message": with_code(now), "changed": now.state is not message.state, "due_at": None}

    async def reply(
        self, actor: Actor, *, sender: str = "", to: str = "", text: str, message_id: str | None = None
    ) -> dict[str, Any]:
        """Have a handset send a text; return `reply` as it was kept. Either `sender` or the message it answers.

        `to`: the number it is sent to, port and extension; "": the one that the last message came from. Stop words,
        conversations and callbacks are as with any reply. Raises Refused.
        """
        answered = await self._message(actor, message_id) if message_id else None
        handset = answered.to if answered is not None else _number(sender)
        if answered is None:
            self._rehearsal.need(actor, Role.OPERATOR, actor.project)
            answered = await self._last_to(handset, actor.project)
        if not text.strip() or len(text) > LONGEST_TEXT or not is_storable(text):
            raise wrong("text", f"1 to {LONGEST_TEXT} characters", f"1 到 {LONGEST_TEXT} 个字符")
        if to and not (to.isascii() and to.isdigit() and len(to) <= 20):  # noqa: PLR2004 - no port is longer
            raise wrong("to", "a port is digits only, 20 at most", "接入号只能是数字，最多 20 位")
        carrier, port = self._way(answered, to)
        if actor.project is not None:
            await self._need_own(actor.project, answered, carrier, handset, port)
        carrier_id = f"trigger-{self._mint()}"
        await self._core.say_reply(carrier, handset, port, text, carrier_id)
        for row in await self._store.replies(ReplyQuery(sender=handset, carrier=carrier, limit=_REPLIES_LOOKED_AT)):
            if row.key == f"id:{carrier_id}":
                await self._note(actor, "trigger.reply", str(row.id), row.project, stops=row.stops)
                return {"reply": reply_summary(row)}
        raise Refused(Reason.UNAVAILABLE, why="the reply could not be kept")

    async def _need_own(self, project: str, answered: Message | None, carrier: str, handset: str, port: str) -> None:
        """Raise Refused unless a reply of this handset is this project's, which is all that its key may act on."""
        if answered is None or answered.project != project:
            said = Said("this number has no message of your project", "该号码没有本项目的短信")
            raise Refused(Reason.NOT_PERMITTED, why=said.en, why_zh=said.zh)
        owner = await owner_of(self._store, self._world(), carrier, handset, port, self._clock.now_ms())
        if owner.project != project:
            said = Said(
                "by its port, or by who wrote to this number last, the reply would be another project's",
                "按接入号或最近一次下发，该上行属于其他项目",
            )
            raise Refused(Reason.NOT_PERMITTED, why=said.en, why_zh=said.zh)

    def _way(self, answered: Message | None, to: str) -> tuple[str, str]:
        """Return (the carrier that brings a reply, the number it is sent to)."""
        world = self._world()
        if to:
            port = next((one for one in world.ports if to.startswith(one.name)), None)
        else:
            project = answered.project if answered is not None else ""
            port = next((one for one in world.ports if one.project == project), None)
            to = (port.name if port is not None else "") + ((answered.extend if answered is not None else "") or "")
        simulated = [one.name for one in world.carriers.values() if one.protocol == "simulator"]
        carrier = (
            (port.carrier if port is not None else "")
            or ((answered.carrier if answered is not None else "") or "")
            or next(iter([*simulated, *world.carriers]), "")
        )
        if not carrier:
            raise wrong("to", "no carrier is declared that could bring it", "未声明任何可送达上行的通道")
        return carrier, to

    async def _last_to(self, number: str, project: str | None) -> Message | None:
        for one in await self._store.messages(MessageQuery(project=project, to=number, limit=_REPLIES_LOOKED_AT)):
            if one.carrier is not None:
                return one
        return None

    async def _message(self, actor: Actor, message_id: str) -> Message:
        number = from_hex32(message_id) or from_decimal(message_id)
        found = await self._store.message(number) if number is not None else None
        if found is None or actor.project not in {None, found.project}:
            self._rehearsal.need(actor, Role.OPERATOR, actor.project)
            raise Refused(Reason.UNKNOWN_MESSAGE, id=message_id[:100])
        self._rehearsal.need(actor, Role.OPERATOR, found.project)
        return found

    async def _note(self, actor: Actor, action: str, target: str, project: str, **facts: Any) -> None:
        await self._journal.note(actor, action, target, project, **facts)


def _said(state: str, code: str, text: str) -> dict[str, Any]:
    if state not in USUAL:
        known = ", ".join(USUAL)
        raise wrong("state", f"a receipt says one of: {known}", f"回执状态只能是：{known}")
    if not is_sayable(code):
        raise wrong(
            "code", "up to 32 visible ASCII characters without | or blanks", "最多 32 个可见 ASCII 字符，不含 | 与空格"
        )
    if "\n" in text or len(text) > LONGEST_TEXT or not is_storable(text):
        raise wrong("text", f"one line of {LONGEST_TEXT} characters at most", f"单行，最多 {LONGEST_TEXT} 个字符")
    found = ending(State(state), code, text)
    return {"state": str(found.state), "kind": str(found.kind), "code": found.code, "text": found.text}


def _not_handed(message: Message) -> Refused:
    if message.state in FINAL:
        en, zh = "it never reached a carrier, so none can report on it", "该短信从未提交给运营商，不会有回执"
    elif is_held(message.cause):
        en, zh = "it is held and has not left", "该短信已被拦截，尚未发出"
    else:
        en, zh = "no carrier has taken it yet: there is nothing to report on", "尚无运营商接收该短信，不会有回执"
    return wrong("message", en, zh, id=str(message.id), state=str(message.state))


def _number(text: str) -> str:
    found = parse(text)
    if found is None:
        raise Refused(Reason.BAD_NUMBER)
    return found.digits
