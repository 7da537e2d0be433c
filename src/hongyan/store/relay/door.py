"""The core's side: commits what fronts ask for, and hands what was accepted to the sender at once."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

import structlog

from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import Message, State
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.store import Store
from hongyan.store.ops import Accept
from hongyan.store.relay import frames

_log = structlog.get_logger("hongyan.relay")


class Outlet(Protocol):
    """What the core asks of its sending side."""

    def room(self) -> int:
        """Return how many messages can be handed over at once."""
        ...

    def take(self, messages: Sequence[Message]) -> None:
        """Hand these over: they are on disk as `sending`."""
        ...

    def wake(self) -> None:
        """Look for due messages soon."""
        ...


class Door:
    """Listens on a socket that only this user may open. `told`: what else than the store's calls is answered."""

    def __init__(
        self,
        store: Store,
        outlet: Outlet,
        clock: Clock,
        lease_ms: int,
        tally: Tally,
        told: Mapping[str, Callable[..., Awaitable[Any]]] | None = None,
    ) -> None:
        self.store, self.outlet, self.clock, self.lease_ms, self._tally = store, outlet, clock, lease_ms, tally
        self._told = {"counters": self._counters, **(told or {})}
        self._server: asyncio.Server | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self.gate: asyncio.Event | None = None
        """set while a reset runs: what fronts accept meanwhile waits for it"""

    async def open(self, path: Path) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(lambda: _Guest(self), sock=_held(path))

    async def close(self) -> None:
        """Listen no more; what was asked is answered first."""
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def named(self, name: str) -> Callable[..., Any]:
        """Return what a front calls by this name."""
        return self._told.get(name) or getattr(self.store, name)

    async def _counters(self) -> dict[tuple[str, ...], float]:
        return self._tally.read()

    async def accept(self, ops: Sequence[Accept]) -> list[Any]:
        """Commit these and hand over what there is room for; return results, exceptions in place of some."""
        if self.gate is not None:
            await self.gate.wait()
        now = self.clock.now_ms()
        until = now + self.lease_ms
        due = (one for op in ops for one in op.messages if one.cause is None and (one.due_at or now) <= now)
        for message in islice(due, self.outlet.room()):
            message.state, message.due_at = State.SENDING, until
        results = await self.store.write_each(ops)
        taken = [
            message
            for op, result in zip(ops, results, strict=True)
            if not isinstance(result, BaseException)
            for message, accepted in zip(op.messages, result, strict=True)
            if accepted.reason is None and accepted.earlier is None
        ]
        sending = [message for message in taken if message.state is State.SENDING]
        if sending:
            self.outlet.take(sending)
        if len(sending) < len(taken):
            self.outlet.wake()
        return results


class _Guest(asyncio.Protocol):
    """One front's connection."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._frames = frames.Frames()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        for kind, number, payload in self._frames.cut(data):
            work = self._accepted(number, payload) if kind == frames.ACCEPTS else self._called(number, payload)
            task = asyncio.get_running_loop().create_task(work)
            self._door.tasks.add(task)
            task.add_done_callback(self._door.tasks.discard)

    async def _accepted(self, number: int, payload: bytes) -> None:
        ops = frames.read_accepts(payload)
        try:
            results = await self._door.accept(ops)
        except Refused as refused:
            results = [refused] * len(ops)
        except Exception:  # noqa: BLE001 - the edge of a call: every caller must hear of its end
            _log.exception("what a front accepted could not be taken", requests=len(ops))
            results = [Refused(Reason.UNAVAILABLE, why="accepting failed in the core")] * len(ops)
        self._write(frames.verdicts(number, results))

    async def _called(self, number: int, payload: bytes) -> None:
        name, args, kwargs = frames.load(payload)
        try:
            result = await self._door.named(name)(*args, **kwargs)
        except Refused as refused:
            self._write(frames.frame(frames.RAISED, number, frames.dump(refused)))
        except Exception:  # noqa: BLE001 - the edge of a call: the front is told that it failed, the reason is in our log
            _log.exception("a front's call failed", call=name)
            failed = Refused(Reason.UNAVAILABLE, why=f"{name} failed in the core")
            self._write(frames.frame(frames.RAISED, number, frames.dump(failed)))
        else:
            self._write(frames.frame(frames.RETURNED, number, frames.dump(result)))

    def _write(self, said: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(said)


def _held(path: Path) -> socket.socket:
    """Return a listening socket that nobody but this user could open for even a moment."""
    path.unlink(missing_ok=True)
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        held.bind(str(path))
    finally:
        os.umask(before)
    held.setblocking(False)
    return held
