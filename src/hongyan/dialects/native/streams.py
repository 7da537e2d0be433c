"""Streams of `/v1`: server-sent events, as lines that any language reads. What is said is decided elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import Query
from fastapi.responses import StreamingResponse

STILL_HERE = b": still here\n\n"
"""a comment: tells both ends that the other one is there"""
QUIET_S = 10.0
"""how long nothing is said at most"""
KIND = "text/event-stream"
STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {KIND: {}}, "description": "a stream of events"}}
Seconds = Annotated[float, Query(ge=0, le=86_400, description="how long the stream goes on; 0: until you go away")]


def event(kind: str, told: Any, id_: str = "") -> bytes:
    """Return one event."""
    named = f"id: {id_}\n" if id_ else ""
    return b"%bevent: %b\ndata: %b\n\n" % (named.encode(), kind.encode(), msgspec.json.encode(told))


async def streamed(said: AsyncIterator[bytes]) -> StreamingResponse:
    """Return the answer that says these, once there is a first: who gets an answer misses nothing from then on.

    Proxies are asked to hand each event on at once.
    """
    first = await anext(said)
    return StreamingResponse(_behind(first, said), media_type=KIND, headers={"X-Accel-Buffering": "no"})


async def _behind(first: bytes, said: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for one in said:
        yield one


class Lasting:
    """How long a stream lasts: so many seconds, 0 for ever, and no longer than the process."""

    def __init__(self, seconds: float, over: asyncio.Event) -> None:
        self._over = over
        self._until = asyncio.get_running_loop().time() + seconds if seconds else None

    def left_s(self) -> float:
        """Return how long to wait for the next event; 0 when it is over."""
        if self._over.is_set():
            return 0.0
        if self._until is None:
            return QUIET_S
        return max(0.0, min(QUIET_S, self._until - asyncio.get_running_loop().time()))
