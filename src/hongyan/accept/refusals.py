"""Keeps refusals so that they can be explained, without ever making a caller wait for it."""

import asyncio
from typing import Any

import msgspec

from hongyan.accept.excerpt import excerpt
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import IdMint
from hongyan.model.submission import Exchange
from hongyan.model.tally import Tally
from hongyan.store import Store
from hongyan.store.ops import Record, RefusalRow

MOST_WAITING = 2_000
"""refusals kept while the store is busy; more are counted and let go, so that a flood cannot fill memory"""
_FACT_SHOWN = 4_000


class Refusals:
    """Collects refusals and writes them in batches."""

    def __init__(self, store: Store, clock: Clock, ids: IdMint, tally: Tally) -> None:
        self._store, self._clock, self._ids, self._tally = store, clock, ids, tally
        self._waiting: list[RefusalRow] = []
        self._flush: asyncio.Task[None] | None = None

    def add(self, exchange: Exchange, refused: Refused, position: int | None) -> None:
        """Keep one refusal; return at once."""
        self._tally.add("api_refused", exchange.dialect, refused.reason)
        if len(self._waiting) >= MOST_WAITING:
            self._tally.add("api_refused_unrecorded")
            return
        self._waiting.append(self._row(exchange, refused, position))
        if self._flush is None or self._flush.done():
            self._flush = asyncio.get_running_loop().create_task(self._write())

    async def settle(self, within_s: float | None = None) -> None:
        """Wait until what was kept is written, or for so long."""
        if self._flush is not None:
            await asyncio.wait({self._flush}, timeout=within_s)

    async def _write(self) -> None:
        while self._waiting:
            rows, self._waiting = self._waiting, []
            try:
                await self._store.write(Record(rows=rows))
            except Refused:  # the store is away: explanations are not worth keeping a caller for
                self._tally.add("api_refused_unrecorded", n=len(rows))

    def _row(self, exchange: Exchange, refused: Refused, position: int | None) -> RefusalRow:
        facts = {name: _short(value) for name, value in refused.facts.items()}
        return RefusalRow(
            id=self._ids.mint(),
            at=self._clock.now_ms(),
            request_id=exchange.request_id,
            position=position,
            project=exchange.project,
            dialect=exchange.dialect,
            action=exchange.action,
            peer=exchange.peer,
            reason=refused.reason,
            facts=msgspec.json.encode(facts).decode(),
            request=excerpt(exchange) if position is None else "",
            notes=msgspec.json.encode(exchange.notes).decode(),
        )


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_FACT_SHOWN].encode("utf-8", "replace").decode()
    return value if isinstance(value, int | float | bool | None) else str(value)[:_FACT_SHOWN]
