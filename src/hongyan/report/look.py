"""Looking inside: finds messages and refusals by any id a person may hold, and tells their story.

Asked by `/v1`, the command line and the console. Reads only.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import select

from hongyan.model.clock import Clock, FakeClock
from hongyan.model.errors import Refused
from hongyan.model.ids import from_decimal, from_hex32
from hongyan.model.message import Message
from hongyan.model.money import amount
from hongyan.model.reason import Reason
from hongyan.model.said import Said
from hongyan.model.world import World
from hongyan.report import explained, inbound, timeline
from hongyan.report.search import Found, RefusalQuery, count_refusals, search_messages, search_refusals
from hongyan.route.table import Router
from hongyan.store import MessageQuery, ReplyQuery, Store, tables
from hongyan.store.ops import RefusalRow
from hongyan.store.rows import LINK
from hongyan.text.characters import is_storable
from hongyan.text.codes import extract_code, links

__all__ = ["Look", "MessageQuery", "ReplyQuery", "with_code"]

MOST_FOUND = 1000
"""messages of one request or one business id that are told of"""
_LINKS = select(*(tables.links.c[name] for name in LINK.fields)).order_by(tables.links.c.code)
MOST_REPLIES = 200
"""replies to one message that are told of, the newest"""


class Look:
    """Questions about what happened. `project` narrows an answer to one project; None: all.

    `recorded` waits for refusals that are answered but not on disk yet, so that whoever asks at once finds them.
    """

    def __init__(
        self,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        recorded: Callable[[], Awaitable[None]] | None = None,
        public_base: str = "",
    ) -> None:
        self._store, self._world, self._clock, self._recorded = store, world, clock, recorded
        self._public_base = public_base
        self._router = Router(world, clock)

    def now_ms(self) -> int:
        """Return the time."""
        return self._clock.now_ms()

    async def messages(self, query: MessageQuery) -> list[dict[str, Any]]:
        """Return a page of messages, newest first."""
        return [timeline.summary(message) for message in await self._store.messages(query)]

    async def search(self, query: MessageQuery) -> Found:
        """Return a page of messages, newest first, and how far it was looked for."""
        return await search_messages(self._store, query)

    async def search_refusals(self, query: RefusalQuery) -> Found:
        """Return a page of refusals, newest first, and how far it was looked for."""
        if self._recorded is not None:
            await self._recorded()
        return await search_refusals(self._store, query)

    async def refused_since(self, since_ms: int, project: str | None = None) -> dict[str, int]:
        """Return reason -> how many were refused since then, the most frequent first; of a thousand at most."""
        return await count_refusals(self._store, since_ms, project, MOST_FOUND)

    async def of_request(self, request_id: str) -> tuple[int, ...]:
        """Return the ids of the submissions that one request led to."""
        return tuple(row.id for row in await self._store.submissions_of_request(request_id))

    def choices(self, message: Message) -> tuple[str, ...]:
        """Return the carriers that may carry a message by today's routes, best first."""
        return self._router.choose(message).carriers

    async def count(self, query: MessageQuery) -> int:
        """Return how many messages a filter matches."""
        return await self._store.count(query)

    async def newest(self, query: MessageQuery) -> dict[str, Any] | None:
        """Return the newest message that matches, with the code and the links a reader would see in it."""
        found = await self._store.messages(replace(query, limit=1))
        return with_code(found[0]) if found else None

    async def show(self, asked: str, project: str | None = None) -> dict[str, Any]:
        """Return the timeline behind an id of any kind: ours, a vendor's, the caller's own, or a request's.

        An id of several messages gives the first one's timeline with the others listed in `others`. Raises
        Refused(UNKNOWN_MESSAGE).
        """
        if self._recorded is not None:
            await self._recorded()
        found = await self._found(asked.strip(), project)
        if found:
            story = await self._story(found[0])
            story["others"] = [timeline.summary(message) for message in found[1:]]
            refused = await self._refused(story["request_id"], project) if story["request_id"] else []
            story["lines"] += [timeline.refusal_line(row) for row in refused]
            explained.timed(story["lines"])
            return story
        refused = await self._refused(asked.strip(), project)
        if not refused:
            raise Refused(Reason.UNKNOWN_MESSAGE, id=asked[:100])
        story = timeline.of_refusals(refused) | {"others": []} | explained.refused(refused)
        explained.timed(story["lines"])
        return story

    async def refusals(self, limit: int, project: str | None = None) -> list[dict[str, Any]]:
        """Return the newest refusals, one line each."""
        if self._recorded is not None:
            await self._recorded()
        rows = await self._store.refusals(limit)
        return [
            timeline.refusal_line(row) | {"request_id": row.request_id, "dialect": row.dialect, "action": row.action}
            for row in rows
            if project is None or row.project == project
        ]

    async def unclaimed(self, limit: int) -> list[dict[str, Any]]:
        """Return receipts that matched no message, with the ids that were tried."""
        now_ms = self._clock.now_ms()
        return [inbound.unclaimed_summary(one, now_ms) for one in await self._store.unclaimed(limit)]

    async def replies(self, query: ReplyQuery) -> list[dict[str, Any]]:
        """Return a page of replies, newest first."""
        return [inbound.reply_summary(row) for row in await self._store.replies(query)]

    async def balance(self, project: str) -> dict[str, str]:
        """Return a project's balance. Raises Refused(PROJECT_CLOSED) for an unknown one."""
        known = self._world().projects.get(project)
        if known is None:
            raise Refused(Reason.PROJECT_CLOSED, project=project[:100])
        balance = await self._store.balance(project)
        return {"project": project, "balance": amount(balance), "currency": known.currency}

    async def _found(self, asked: str, project: str | None) -> list[Message]:
        """Try each kind of id in turn: ours in both spellings, a business id, a request's, the caller's own."""
        whole = asked.removesuffix("^0")
        if not asked or not is_storable(asked):
            return []
        number = from_hex32(whole) or from_decimal(whole)
        if number is not None:
            message = await self._store.message(number)
            if message is not None and project in {None, message.project}:
                return [message]
            found = await self._of(MessageQuery(project=project, submissions=(number,), limit=MOST_FOUND))
            if found:
                return found
        found = []
        submissions = tuple(row.id for row in await self._store.submissions_of_request(asked))
        if submissions:
            found = await self._of(MessageQuery(project=project, submissions=submissions, limit=MOST_FOUND))
            if found:
                return found
        for one in (project,) if project is not None else self._world().projects:
            found += await self._of(MessageQuery(project=one, client_id=asked))
        return found

    async def _of(self, query: MessageQuery) -> list[Message]:
        return sorted(await self._store.messages(query), key=lambda message: message.id)

    async def _refused(self, request_id: str, project: str | None) -> list[RefusalRow]:
        rows = await self._store.refusals_of_request(request_id)
        return [row for row in rows if project is None or row.project == project]

    async def _story(self, message: Message) -> dict[str, Any]:
        submission = await self._store.submission(message.submission)
        events = await self._store.events(message.id)
        parts = await self._store.parts(message.id)
        replies = await self._store.replies(ReplyQuery(message_id=message.id, limit=MOST_REPLIES))
        carrier = self._world().carriers.get(message.carrier or "")
        unplayed = [] if carrier is None or carrier.protocol == "simulator" else timeline.rule_unplayed(message)
        came_in = [*unplayed, *inbound.part_lines(parts, message.submitted_at), *inbound.reply_lines(replies)]
        considered = await self._considered(message)
        story = timeline.of_message(message, submission, events, considered, came_in, on_air=len(parts))
        made = await self._store.select(_LINKS.where(tables.links.c.message_id == message.id))
        return story | {
            "replies": [inbound.reply_summary(row) for row in replies],
            "request": explained.request_of(submission),
            "seal": explained.seal_of(explained.notes_of(submission), ()),
            "wording": explained.wording(message),
            "charging": explained.charging(message, self._world()),
            "routing": [{"text_en": said.en, "text_zh": said.zh} for said in considered],
            "parts": explained.on_air(parts),
            "links": explained.links(LINK.values(made), self._public_base),
        }

    async def _considered(self, message: Message) -> Sequence[Said]:
        """Return why its carriers were chosen: by the routes that held when it was handed over, else by today's.

        Nothing is stored with a message for this: a change of the world keeps what it replaces (`store.history`), and
        the same routes, message and time give the same reasons. What depended on how carriers did at the moment is an
        event of its own, `routed`.
        """
        handed_at = message.submitted_at or message.done_at
        if handed_at is None:
            return self._router.choose(message).reasons
        then = FakeClock(handed_at)
        found = [
            Router(lambda world=world: world, then).choose(message)  # type: ignore[misc] # bound now
            for world in await self._store.routing_at(handed_at)
        ]
        fits = (one for one in found if message.carrier is None or message.carrier in one.carriers)
        return next(fits, found[0] if found else self._router.choose(message)).reasons


def with_code(message: Message) -> dict[str, Any]:
    """Return a message with the one-time code and the links in its text."""
    return timeline.summary(message) | {"code": extract_code(message.content), "links": links(message.content)}
