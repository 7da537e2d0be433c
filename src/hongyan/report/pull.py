"""What vendors' query and pull endpoints ask about messages, answered from the store."""

from collections.abc import Sequence

from hongyan.model.clock import Clock
from hongyan.model.message import Leg, Message
from hongyan.model.reply import Reply
from hongyan.report.told import as_reply
from hongyan.store import MessageQuery, ReplyQuery, Store
from hongyan.store.ops import ReplyRow

_PAGE, _MOST_PAGES = 200, 50


class Pull:
    """Implements `hongyan.report.Reports`. All answers are of one project: another's messages do not exist."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def message(self, project: str, message_id: int) -> Message | None:
        """Return one message."""
        found = await self._store.message(message_id)
        return found if found is not None and found.project == project else None

    async def called(self, project: str, app: str, client_id: str) -> Message | None:
        """Return the message that a caller gave this id of its own."""
        found = await self._store.messages(MessageQuery(project=project, client_id=client_id, limit=_PAGE))
        return next((one for one in found if one.app == app), None)

    async def messages(self, project: str, message_ids: Sequence[int]) -> list[Message]:
        """Return those that exist, in the order asked."""
        found = {one.id: one for one in await self._store.messages_by_id(message_ids) if one.project == project}
        return [found[message_id] for message_id in message_ids if message_id in found]

    async def sent_to(
        self,
        project: str,
        to: str,
        since_ms: int,
        until_ms: int,
        *,
        dialect: str,
        legs: Sequence[Leg] = (),
        submissions: Sequence[int] = (),
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, list[Message]]:
        """Return (how many in all, one page newest first) of what was accepted for a number in [since, until)."""
        query = MessageQuery(
            project=project,
            to=to,
            since_ms=since_ms,
            until_ms=until_ms,
            dialect=dialect,
            legs=tuple(legs),
            submissions=tuple(submissions),
            offset=offset,
            limit=limit,
        )
        return await self._store.count(query), await self._store.messages(query)

    async def take(self, project: str, dialect: str, most: int) -> list[Message]:
        """Return finished messages that were not pulled yet, oldest first, and mark them pulled (commits first)."""
        return await self._store.take_mailbox(project, dialect, most, self._clock.now_ms())

    async def take_replies(self, project: str, dialect: str, most: int) -> list[Reply]:
        """Return replies that were not pulled yet, oldest first, and mark them pulled (commits first)."""
        return await self._told(await self._store.take_replies(project, dialect, most, self._clock.now_ms()))

    async def replies_from(
        self, project: str, sender: str, since_ms: int, until_ms: int, *, dialect: str, most: int
    ) -> list[Reply]:
        """Return the newest replies from a number that came in [since, until) and belong to a dialect or to none."""
        found: list[ReplyRow] = []
        before: int | None = None
        for _ in range(_MOST_PAGES):
            query = ReplyQuery(project=project, sender=sender, since_ms=since_ms, before_id=before, limit=_PAGE)
            page = await self._store.replies(query)
            found += (row for row in page if row.received_at < until_ms and row.dialect in {"", dialect})
            if len(found) >= most or len(page) < _PAGE:
                break
            before = page[-1].id
        return await self._told(found[:most])

    async def _told(self, rows: Sequence[ReplyRow]) -> list[Reply]:
        ids = [row.message_id for row in rows if row.message_id is not None]
        messages = {one.id: one for one in await self._store.messages_by_id(ids)}
        return [as_reply(row, messages) for row in rows]

    async def balance(self, project: str) -> int:
        """Return the balance in micros."""
        return await self._store.balance(project)
