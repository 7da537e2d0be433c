"""The front's side: every call of the store's contract, made in the core.

What is under way when the core goes away ends as UNAVAILABLE: whether it was committed is not known here, exactly as
when a connection breaks before an answer; the caller asks again with its own id.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.store import Store
from hongyan.store.ops import Accept, Accepted, Op
from hongyan.store.relay import frames


class Far:
    """A store that lives behind this socket. Methods that are not here are called there by their name.

    `node`: the number that ids minted here carry. `on_lost`: the core is gone.
    """

    def __init__(self, path: Path, node: int, on_lost: Callable[[], None]) -> None:
        self._path, self._node, self._on_lost = path, node, on_lost
        self._wire: _Wire | None = None
        self.store = cast("Store", self)  # its calls are made by name, which no type can say

    async def counters(self) -> dict[tuple[str, ...], float]:
        """Return what the core has counted."""
        counted: dict[tuple[str, ...], float] = await self._connected().call("counters", (), {})
        return counted

    async def open(self) -> None:
        """Connect."""
        loop = asyncio.get_running_loop()
        _, self._wire = await loop.create_unix_connection(lambda: _Wire(self._on_lost), str(self._path))

    async def close(self) -> None:
        """Let what is under way be answered, then part."""
        if self._wire is not None:
            await self._wire.finish()
            self._wire = None

    async def enlist(self, node: int, on_world_changed: Callable[[], None]) -> int:  # noqa: ARG002 - the contract's; a front looks by itself
        """Return the number that the core gave us."""
        return self._node

    async def write(self, op: Op) -> Any:
        """Commit one operation; return its result."""
        wire = self._connected()
        if type(op) is Accept:
            return await wire.accept(op)
        return await wire.call("write", (op,), {})

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name.startswith("_"):
            raise AttributeError(name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._connected().call(name, args, kwargs)

        return call

    def _connected(self) -> "_Wire":
        if self._wire is None or self._wire.is_over():
            raise Refused(Reason.UNAVAILABLE, why="the core is not connected")
        return self._wire


class _Wire(asyncio.Protocol):
    """One connection: numbers what goes out, finds whom an answer is for."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost
        self._frames = frames.Frames()
        self._number = 0
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._batches: dict[int, list[asyncio.Future[Any]]] = {}
        self._waiting: list[tuple[Accept, asyncio.Future[Any]]] = []
        self._idle: asyncio.Future[None] | None = None
        self._parting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._loop = asyncio.get_running_loop()

    def accept(self, op: Accept) -> asyncio.Future[list[Accepted]]:
        """Ask for this with whatever else is asked for in this turn of the loop."""
        future: asyncio.Future[list[Accepted]] = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append((op, future))
        return future

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> asyncio.Future[Any]:
        """Have a method of the store called."""
        future: asyncio.Future[Any] = self._loop.create_future()
        number = self._next()
        self._calls[number] = future
        self._transport.write(frames.frame(frames.CALL, number, frames.dump((name, args, kwargs))))
        return future

    def is_over(self) -> bool:
        """Return whether nothing can be asked any more."""
        return self._transport.is_closing()

    async def finish(self) -> None:
        """Wait for what is under way, then close."""
        self._flush()
        self._parting = True
        if self._calls or self._batches:
            self._idle = self._loop.create_future()
            await self._idle
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        for kind, number, payload in self._frames.cut(data):
            if kind == frames.VERDICTS:
                futures = self._batches.pop(number)
                for future, (result, error) in zip(futures, frames.read_verdicts(payload), strict=True):
                    if future.done():
                        continue
                    if error is None:
                        future.set_result(result)
                    else:
                        future.set_exception(frames.load(error))
            else:
                call = self._calls.pop(number)
                if call.done():
                    continue
                if kind == frames.RETURNED:
                    call.set_result(frames.load(payload))
                else:
                    call.set_exception(frames.load(payload))
        if self._idle is not None and not (self._calls or self._batches) and not self._idle.done():
            self._idle.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        waiting = [future for _, future in self._waiting]
        for future in (*self._calls.values(), *(one for batch in self._batches.values() for one in batch), *waiting):
            if not future.done():
                future.set_exception(Refused(Reason.UNAVAILABLE, why="the core has gone away"))
        self._calls.clear()
        self._batches.clear()
        self._waiting.clear()
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
        if not self._parting:
            self._on_lost()

    def _flush(self) -> None:
        if not self._waiting or self._transport.is_closing():
            return
        waiting, self._waiting = self._waiting, []
        number = self._next()
        self._batches[number] = [future for _, future in waiting]
        self._transport.write(frames.accepts(number, [op for op, _ in waiting]))

    def _next(self) -> int:
        self._number = self._number % 0xFFFFFFFF + 1
        return self._number
