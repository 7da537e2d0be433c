"""The log of calls to callers' addresses: what was sent, what was answered, what follows.

A call is noted as it was made, and becomes text only when it is written or asked for; writing is a task of its own,
many calls to a commit, so no push ever waits for its log. What is not written stays among the newest, in memory.
The log is no truth: while the store is away for long, the oldest notes are let go.
"""

import asyncio
import base64
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import insert

from hongyan.model.push import PushCall
from hongyan.report.lanes import Held
from hongyan.report.outcomes import STORE_AWAY_S, tell
from hongyan.report.post import Posted
from hongyan.store import Store
from hongyan.store.tables import call_items, calls

MOST_SENT, MOST_ANSWERED = 65_536, 4_096
"""bytes kept of what a call sent (whole ones can be made again) and of what was answered"""
NEWEST = 100
"""calls kept in memory alone"""
_MOST_WAITING = 1_000
_AT_ONCE = 100
_GATHER_S = 0.2


class Keep(StrEnum):
    """Which calls are written to the store."""

    FAILED = "failed"
    ALL = "all"
    NONE = "none"


class Made(NamedTuple):
    """A call that was made."""

    target: str
    call: PushCall | None
    """None: it could not even be worded"""
    posted: Posted
    took_ms: int
    taken: bool
    said: str
    """in one sentence"""


Items = Sequence[tuple[int | None, int | None]]
"""(message, reply) of each thing that a call told of"""


class Noted(NamedTuple):
    """A call with what it told of."""

    id: int
    at: int
    project: str
    dialect: str
    made: Made
    tries: int
    """which try it was; 0: made again by hand"""
    next_at: int | None
    """when it is tried again; None: never"""
    items: Items


Remembered = tuple[int, int, Sequence[Held], Made]
"""a taken call in memory: its id, when, what it told of"""


class CallLog:
    """One for a process. `mint` gives calls their ids."""

    def __init__(self, store: Store, mint: Callable[[], int], keep: Keep) -> None:
        self._store, self._mint, self._keep = store, mint, keep
        self._newest: deque[Remembered] = deque(maxlen=NEWEST)
        self.remembers = keep is Keep.FAILED
        """whether taken calls are kept in memory alone"""
        self._waiting: deque[Noted] = deque(maxlen=_MOST_WAITING)
        self._noted = asyncio.Event()

    def note(
        self,
        at: int,
        project: str,
        dialect: str,
        made: Made,
        items: Items,
        *,
        tries: int = 0,
        next_at: int | None = None,
    ) -> Noted:
        """Note a call that is to be written, if any are: its `tries`th try, 0 for one that was asked for by hand."""
        if len(made.posted.body) > MOST_ANSWERED:
            made = made._replace(posted=made.posted._replace(body=made.posted.body[: MOST_ANSWERED + 1]))
        noted = Noted(self._mint(), at, project, dialect, made, tries, next_at, items)
        if self._keep is not Keep.NONE:
            self._waiting.append(noted)
            self._noted.set()
        return noted

    def remember(self, at: int, batch: Sequence[Held], made: Made) -> None:
        """Keep a taken call among the newest. Nothing is made of it here: this is paid for by every push."""
        self._newest.append((self._mint(), at, batch, made))

    def newest(self) -> list[dict[str, Any]]:
        """Return what is in memory alone or not on disk yet, as the rows it would be, newest first."""
        noted = sorted([*map(_noted, self._newest), *self._waiting], key=lambda one: one.id, reverse=True)
        return [call_row(one) | {"items": list(one.items)} for one in noted]

    def forget(self, gone: Callable[[Noted], bool]) -> None:
        """Let go of calls that told of what is no more."""
        self._newest = deque((one for one in self._newest if not gone(_noted(one))), NEWEST)
        self._waiting = deque((one for one in self._waiting if not gone(one)), _MOST_WAITING)

    async def run(self) -> None:
        """Write what is noted, for ever."""
        while True:
            await self._noted.wait()
            await asyncio.sleep(_GATHER_S)
            self._noted.clear()
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001 - the worker edge: nobody else would start this loop again
                tell("calls could not be written to their log", error)
                self._noted.set()
                await asyncio.sleep(STORE_AWAY_S)

    async def write(self) -> None:
        """Write what waits. Raises Refused."""
        while self._waiting:
            some = [self._waiting[place] for place in range(min(_AT_ONCE, len(self._waiting)))]
            await self._write(some)
            done = {one.id for one in some}
            while self._waiting and self._waiting[0].id in done:
                self._waiting.popleft()

    async def _write(self, some: Sequence[Noted]) -> None:
        items = [one for noted in some for one in _item_rows(noted)]
        statements = [insert(calls).values([call_row(one) for one in some])]
        statements += [insert(call_items).values(items[at : at + _AT_ONCE]) for at in range(0, len(items), _AT_ONCE)]
        await self._store.change(*statements)


def call_row(noted: Noted) -> dict[str, Any]:
    """Return a call as a row of `calls`."""
    made = noted.made
    return {
        "id": noted.id,
        "at": noted.at,
        "project": noted.project,
        "dialect": noted.dialect,
        "target": made.target,
        "status": made.posted.status,
        "taken": made.taken,
        "took_ms": made.took_ms,
        "tries": noted.tries,
        "next_at": noted.next_at,
        "said": made.said,
        "request": _text(_request(made.call)),
        "answer": _text(_answer(made.posted)),
    }


def _noted(remembered: Remembered) -> Noted:
    id_, at, batch, made = remembered
    row = batch[0].row
    return Noted(id_, at, row.project, row.dialect, made, row.tries + 1, None, items_of(batch))


def items_of(batch: Sequence[Held]) -> Items:
    """Return what a call told of."""
    return [(held.message_id, held.row.reply_id) for held in batch]


def _item_rows(noted: Noted) -> Iterable[dict[str, Any]]:
    for place, (message_id, reply_id) in enumerate(noted.items):
        yield {"call": noted.id, "place": place, "message_id": message_id, "reply_id": reply_id}


def _request(call: PushCall | None) -> dict[str, Any]:
    if call is None:
        return {}
    return {"url": call.url, "headers": [list(one) for one in call.headers], **_body(call.body, MOST_SENT)}


def _answer(posted: Posted) -> dict[str, Any]:
    headers = [[_plain(name[:100]), _plain(value[:400])] for name, value in list(posted.headers)[:40]]
    return {"headers": headers, "why": _plain(posted.why), **_body(posted.body, MOST_ANSWERED)}


def _body(body: bytes, most: int) -> dict[str, Any]:
    """Return the beginning of a body as text; as base64 when it is none. `cut`: there was more."""
    kept = body[:most]
    cut = {"bytes": len(body), "cut": len(body) > most}
    try:
        return {"body": kept.decode(), **cut}
    except UnicodeDecodeError as error:
        if cut["cut"] and error.start > most - 4:  # only the last character was cut in two
            return {"body": kept[: error.start].decode(), **cut}
        return {"base64": base64.b64encode(kept).decode(), **cut}


def body_of(kept: dict[str, Any]) -> bytes:
    """Return the octets of a kept body."""
    return base64.b64decode(kept["base64"]) if "base64" in kept else str(kept.get("body", "")).encode()


def _plain(text: str) -> str:
    """Return a text without what UTF-8 cannot say: receivers' headers may hold any octets."""
    return text.encode("utf-8", "replace").decode()


def _text(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
