"""Searching what was kept, newest first, in bounded steps: a page costs about the same whatever is looked for.

What an index finds is read from it. Everything else is looked for by walking back from the newest row, so many rows
at a time, until a page is full or the time is over; then the answer says how far it came, and the next page goes on
there. Other reads of the store go in between the steps. Reads only.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Table, func, select

from hongyan.model.ids import first_id_at
from hongyan.model.message import Message
from hongyan.store import MessageQuery, Store
from hongyan.store.ops import RefusalRow
from hongyan.store.query import CLOCK_SLACK_MS
from hongyan.store.rows import REFUSAL
from hongyan.store.tables import messages, refusals

STEP_ROWS = 5_000
"""rows that are looked at between two other reads of the store"""
FIRST_ROWS = 500
"""rows of the first step; each is twice as long as the one before: what is frequent is found in the first"""
BUDGET_S = 0.05
"""how long one page may be looked for; the last step may end a little later"""

Conditions: TypeAlias = Sequence[ColumnElement[bool]]


class Found(NamedTuple):
    """A page of what was looked for."""

    rows: list[Any]
    """newest first"""
    before: int | None
    """where the next page goes on; None: there is nothing else"""
    is_cut: bool = False
    """the time was over before the page was full: there may be more behind `before`"""


class _Lane(NamedTuple):
    """Rows in the order of an index: all of a table, or those of one project and number."""

    table: Table
    conditions: Conditions
    """that the index holds; the id's bounds come to them"""
    fetch: Callable[[int, int | None, int], Awaitable[Sequence[Any]]]
    """(lowest id, id to stay below, most rows) -> rows that are looked for, newest first"""
    is_direct: bool = False
    """every row of it is looked for"""


async def search_messages(store: Store, query: MessageQuery, budget_s: float = BUDGET_S) -> Found:
    """Return the newest messages that a query asks for, `query.limit` at most."""
    bounds = _bounds(messages, query.since_ms, query.until_ms, query.after_id)
    if query.submissions or (query.client_id is not None and query.project is not None):
        return await _walk(store, [_messages(store, query, bounds, is_direct=True)], query.limit, query, budget_s)
    if query.to is None:
        plain = MessageQuery(before_id=query.before_id, after_id=query.after_id, limit=query.limit)
        lane = _messages(store, query, bounds, is_direct=query == plain)
        return await _walk(store, [lane], query.limit, query, budget_s)
    projects = [query.project] if query.project is not None else await _projects_with(store, query.to)
    lanes = []
    for project in projects:
        mine = replace(query, project=project)
        plain = MessageQuery(
            project=project, to=query.to, before_id=query.before_id, after_id=query.after_id, limit=query.limit
        )
        kept = (*bounds, messages.c.project == project, messages.c.to == query.to)
        lanes.append(_messages(store, mine, kept, is_direct=mine == plain))
    return await _walk(store, lanes, query.limit, query, budget_s)


class RefusalQuery(NamedTuple):
    """A filter on refusals; None and () mean any."""

    project: str | None = None
    dialects: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    peer: str | None = None
    texts: tuple[str, ...] = ()
    """pieces of the request or of what is known of the refusal, whatever the case of ASCII letters"""
    since_ms: int | None = None
    before_id: int | None = None
    limit: int = 50


async def search_refusals(store: Store, query: RefusalQuery, budget_s: float = BUDGET_S) -> Found:
    """Return the newest refusals that a query asks for, `query.limit` at most."""
    column = refusals.c
    wanted: list[ColumnElement[bool]] = []
    for name, values in (("dialect", query.dialects), ("reason", query.reasons), ("action", query.actions)):
        if values:
            wanted.append(column[name].in_(values))
    wanted += [column[name] == value for name, value in (("project", query.project), ("peer", query.peer)) if value]
    for piece in query.texts:
        wanted.append(column.request.icontains(piece, autoescape=True) | column.facts.icontains(piece, autoescape=True))
    bounds = _bounds(refusals, query.since_ms, None, None)
    if query.since_ms is not None:
        wanted.append(column.at >= query.since_ms)

    async def fetch(low: int, before: int | None, most: int) -> Sequence[RefusalRow]:
        ids = [column.id >= low, *(() if before is None else (column.id < before,))]
        chosen = select(*(column[field] for field in REFUSAL.fields)).where(*ids, *wanted)
        return REFUSAL.values(await store.select(chosen.order_by(column.id.desc()).limit(most)))

    lane = _Lane(refusals, bounds, fetch, is_direct=not wanted)
    return await _walk(store, [lane], query.limit, query, budget_s)


async def count_refusals(store: Store, since_ms: int, project: str | None, most: int) -> dict[str, int]:
    """Return reason -> how many of the newest refusals since then, of at most so many; the most frequent first."""
    column = refusals.c
    mine = () if project is None else (column.project == project,)
    newest = select(column.reason).where(*_bounds(refusals, since_ms, None, None), column.at >= since_ms, *mine)
    found = Counter(row[0] for row in await store.select(newest.order_by(column.id.desc()).limit(most)))
    return dict(found.most_common())


async def _walk(
    store: Store, lanes: Sequence[_Lane], limit: int, query: MessageQuery | RefusalQuery, budget_s: float
) -> Found:
    """Go back in all lanes together, a step at a time."""
    loop = asyncio.get_running_loop()
    until, before, found = loop.time() + budget_s, query.before_id, list[Any]()
    step = FIRST_ROWS
    while True:
        low = 0
        for lane in lanes:
            if not lane.is_direct:
                low = max(low, await _edge(store, lane, before, min(step, STEP_ROWS)))
        rows = [row for lane in lanes for row in await lane.fetch(low, before, limit - len(found))]
        found += sorted(rows, key=_id, reverse=True)[: limit - len(found)]
        if len(found) >= limit:
            return Found(found, found[-1].id)
        if not low:
            return Found(found, None)
        before, step = low, step * 2
        if loop.time() >= until:
            return Found(found, before, is_cut=True)


def _id(row: Any) -> int:
    found: int = row.id
    return found


async def _edge(store: Store, lane: _Lane, before: int | None, rows: int) -> int:
    """Return the id of the last of so many rows; 0 when the lane ends before."""
    key = lane.table.c.id
    ids = () if before is None else (key < before,)
    last = select(key).where(*lane.conditions, *ids).order_by(key.desc()).offset(rows - 1).limit(1)
    found = await store.select(last)
    return int(found[0][0]) if found else 0


def _messages(store: Store, query: MessageQuery, conditions: Conditions, *, is_direct: bool) -> _Lane:
    async def fetch(low: int, before: int | None, most: int) -> Sequence[Message]:
        after = max(low - 1, query.after_id or 0)
        return await store.messages(replace(query, after_id=after or None, before_id=before, limit=most))

    return _Lane(messages, conditions, fetch, is_direct)


def _bounds(table: Table, since_ms: int | None, until_ms: int | None, after_id: int | None) -> Conditions:
    """Return what a query's times say of ids."""
    bounds = []
    if since_ms is not None:
        bounds.append(table.c.id >= first_id_at(since_ms - CLOCK_SLACK_MS))
    if until_ms is not None:
        bounds.append(table.c.id < first_id_at(until_ms + CLOCK_SLACK_MS))
    if after_id is not None:
        bounds.append(table.c.id > after_id)
    return bounds


async def _projects_with(store: Store, number: str) -> list[str]:
    """Return the projects that have written to a number, also those that are no longer declared.

    Hops from one project of the index to the next, so that it costs a look each, however many messages there are.
    """
    column = messages.c
    hop = select(func.min(column.project).label("project")).cte("hop", recursive=True)
    following = select(func.min(column.project)).where(column.project > hop.c.project).scalar_subquery()
    hop = hop.union_all(select(following).where(hop.c.project.is_not(None)))
    has = select(column.id).where(column.project == hop.c.project, column.to == number).exists()
    return [row[0] for row in await store.select(select(hop.c.project).where(hop.c.project.is_not(None), has))]
