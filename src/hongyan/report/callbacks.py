"""What others ask of the process that calls callers' addresses: its newest calls, one made again, somebody to listen.

Arguments and results are plain values: they may come from another process. Who may ask is decided before.
"""

from typing import Any

import msgspec
from sqlalchemy import select

from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.push import PushCall
from hongyan.model.reason import Reason
from hongyan.report.call_log import CallLog, Made, body_of, call_row
from hongyan.report.caller import Caller
from hongyan.store import Store
from hongyan.store.tables import call_items, calls

COLUMNS = tuple(column.name for column in calls.c)


class Callbacks:
    """Fits the part of `operate.core.Core` that is about callbacks."""

    def __init__(self, store: Store, caller: Caller, log: CallLog, clock: Clock) -> None:
        self._store, self._caller, self._log, self._clock = store, caller, log, clock
        self._listeners = caller.listeners

    async def newest_calls(self) -> list[dict[str, Any]]:
        """Return the calls that are in memory alone, newest first: rows with `items`, (message, reply) pairs."""
        return self._log.newest()

    async def replay(self, call_id: int, to: str | None) -> dict[str, Any]:
        """Make a logged call again, octet for octet, to where it went or to another address.

        Returns the new call's row. Raises Refused.
        """
        row = await self._call(call_id)
        asked = msgspec.json.decode(row["request"])
        if not asked.get("url") or asked["cut"]:
            why = (
                "it was never sent" if not asked.get("url") else f"only the first {len(body_of(asked))} octets are kept"
            )
            raise Refused(Reason.NOT_PERMITTED, call=str(call_id), why=f"{why}; push its messages again instead")
        headers = tuple((str(name), str(value)) for name, value in asked["headers"])
        call = PushCall(to or asked["url"], body_of(asked), headers)
        of_reply = any(reply is not None for _, reply in row["items"])
        made = await self._caller.again(row["project"], row["dialect"], call, of_reply=of_reply)
        return self._noted(row, made)

    async def listen(self, project: str | None, dialect: str, to: str) -> str:
        """Have the callbacks of a project (None: of all) handed to a listener; return its id. Raises Refused."""
        return self._listeners.attach(project, dialect, to)

    async def next_call(self, listener: str, wait_s: float) -> dict[str, Any] | None:
        """Return the next call for a listener, None when none came in time. Raises Refused when it is gone."""
        return await self._listeners.next(listener, wait_s)

    async def answer_call(self, call: str, project: str | None, said: dict[str, Any]) -> bool:
        """Take what a listener's program answered: status, headers, body (base64), why, taken."""
        return self._listeners.answer(call, project, said)

    async def unlisten(self, listener: str) -> None:
        """Send a listener away."""
        self._listeners.detach(listener)

    async def listeners(self) -> list[dict[str, Any]]:
        """Return who listens at this process."""
        return self._listeners.shown()

    async def _call(self, call_id: int) -> dict[str, Any]:
        found = next((one for one in self._log.newest() if one["id"] == call_id), None)
        if found is not None:
            return found
        rows = await self._store.select(select(*calls.c).where(calls.c.id == call_id))
        if not rows:
            raise Refused(Reason.UNKNOWN_MESSAGE, id=str(call_id))
        told = select(call_items.c.message_id, call_items.c.reply_id).where(call_items.c.call == call_id)
        items = [tuple(one) for one in await self._store.select(told.order_by(call_items.c.place))]
        return dict(zip(COLUMNS, rows[0], strict=True)) | {"items": items}

    def _noted(self, row: dict[str, Any], made: Made) -> dict[str, Any]:
        noted = self._log.note(self._clock.now_ms(), row["project"], row["dialect"], made, row["items"])
        return call_row(noted) | {"items": row["items"]}
