"""One process's presence in the cluster: a connection that holds its node number and hears of new worlds.

The number is an advisory lock of that connection's session: it is free again when the process is gone, however it
went. A connection that is lost is made anew; meanwhile the world is looked for twice a second anyway.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import asyncpg
import structlog

from hongyan.model.errors import Misconfigured
from hongyan.model.ids import NODES
from hongyan.store.postgres.chores import CHANNEL

LOCK_SPACE = 0x48590002
"""first half of the locks' names; the second is the node number"""
_TRY = "SELECT pg_try_advisory_lock($1, $2)"
_SETTINGS = {
    "application_name": "hongyan presence",
    # a host that vanished gives its number back within half a minute
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_PATIENCE_S = 5.0
"""a process that was just killed may hold its number a moment longer"""
_AGAIN_S = 0.2
_TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

log = structlog.get_logger(stage="store")


class Presence:
    """Holds the number and the ear of one process."""

    def __init__(self, dsn: str, heard: Callable[[], None]) -> None:
        self._dsn = dsn
        self._heard = heard
        self._connection: Any = None
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self, node: int) -> int:
        """Take a number (-1: the first free one) and return it. Raises Misconfigured."""
        wanted = range(NODES) if node < 0 else (node,)
        try:
            await self._connect()
            until = asyncio.get_running_loop().time() + _PATIENCE_S
            while (taken := await self._taken(wanted)) is None:
                if asyncio.get_running_loop().time() > until:
                    raise Misconfigured(
                        "node",
                        f"another process on this database is number {node}."
                        if node >= 0
                        else "all numbers are taken.",
                        "give each process its own HONGYAN_NODE, or none at all.",
                    )
                await asyncio.sleep(_AGAIN_S)
        except _TROUBLE as error:
            raise Misconfigured("database", f"PostgreSQL cannot be reached: {error}.", "look at its log.") from error
        self._task = asyncio.create_task(self._stay(taken), name="presence")
        return taken

    async def end(self) -> None:
        """Give the number back."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection is not None:
            self._connection.remove_termination_listener(self._gone)
            await self._connection.close()

    async def _connect(self) -> None:
        self._lost.clear()
        self._connection = await asyncpg.connect(self._dsn, server_settings=_SETTINGS, timeout=_PATIENCE_S)
        self._connection.add_termination_listener(self._gone)
        await self._connection.add_listener(CHANNEL, self._said)

    async def _taken(self, wanted: Iterable[int]) -> int | None:
        for node in wanted:
            if await self._connection.fetchval(_TRY, LOCK_SPACE, node):
                return node
        return None

    async def _stay(self, node: int) -> None:
        """Come back with the same number whenever the connection is lost."""
        while True:
            await self._lost.wait()
            try:
                await self._connect()
                if await self._taken((node,)) is None:
                    log.error("another process took our node number while the database was away", node=node)
                    await self._connection.close()  # lost again, so tried again
            except _TROUBLE:
                self._lost.set()
            else:
                self._heard()  # what was said meanwhile was missed
            await asyncio.sleep(_AGAIN_S)

    def _gone(self, *_connection: object) -> None:
        self._lost.set()

    def _said(self, *_what: object) -> None:
        self._heard()
