"""`/livez`, `/readyz` and `/metrics` as small ASGI applications for the API listener.

Alive: the process answers. Ready: the store reads, its writer commits, and there is room for more messages.
The writer is asked with an operation that changes nothing, at most once a second however often we are asked.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from hongyan.model.errors import Refused
from hongyan.model.submission import Answer
from hongyan.model.tally import METRICS, Tally
from hongyan.store import Store
from hongyan.store.ops import Note
from hongyan.watch.metrics import registry

Counters = Callable[[], Awaitable[Mapping[tuple[str, ...], float]]]
Asgi = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]

STUCK_AFTER_S = 5.0
_KEPT_S = 1.0
_TEXT = (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"))
_JSON = (("content-type", "application/json"), ("cache-control", "no-store"))
_ALLOWED = ("GET", "HEAD")


class Readiness:
    """Asks the parts whether they work, and keeps the answer for a moment."""

    def __init__(self, store: Store, backlog_cap: int, stuck_after_s: float = STUCK_AFTER_S) -> None:
        self._store, self._backlog_cap, self._stuck_after_s = store, backlog_cap, stuck_after_s
        self._asking: asyncio.Task[dict[str, str]] | None = None
        self._asked_at = float("-inf")

    async def troubles(self) -> dict[str, str]:
        """Return what keeps us from taking messages: part -> sentence; {} when ready."""
        now = asyncio.get_running_loop().time()
        if self._asking is None or (self._asking.done() and now - self._asked_at > _KEPT_S):
            self._asked_at = now
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            async with asyncio.timeout(self._stuck_after_s):
                if not await self._store.alive():
                    found["store"] = "the database does not answer"
                    return found
                await self._store.write(Note(events=()))
                waiting = await self._store.backlog()
        except TimeoutError:
            found["writer"] = f"nothing was committed within {self._stuck_after_s:g} s"
        except Refused as refused:
            found["store"] = f"the store refuses: {refused.reason}"
        else:
            if waiting >= self._backlog_cap:
                found["backlog"] = f"{waiting} messages wait, the cap is {self._backlog_cap}"
        return found


def watch(
    store: Store,
    tally: Tally,
    *,
    backlog_cap: int,
    metrics: bool = True,
    stuck_after_s: float = STUCK_AFTER_S,
    elsewhere: Counters | None = None,
) -> dict[str, Asgi]:
    """Return path -> application. `elsewhere`: what another process of the same program has counted."""
    readiness = Readiness(store, backlog_cap, stuck_after_s)
    found = {"/livez": _app("/livez", _alive), "/readyz": _app("/readyz", _ready(readiness))}
    if metrics:
        found["/metrics"] = _app("/metrics", _exposed(tally, elsewhere))
    return found


async def _alive() -> Answer:
    return Answer(200, b"alive\n", _TEXT)


def _ready(readiness: Readiness) -> Callable[[], Awaitable[Answer]]:
    async def answer() -> Answer:
        troubles = await readiness.troubles()
        body = json.dumps({"ready": not troubles, "troubles": troubles}).encode() + b"\n"
        return Answer(503 if troubles else 200, body, _JSON)

    return answer


def _exposed(tally: Tally, elsewhere: Counters | None) -> Callable[[], Awaitable[Answer]]:
    shown = Tally()
    metrics = registry(shown)

    async def answer() -> Answer:
        shown.values.clear()
        for values in (tally.read(), await elsewhere() if elsewhere else {}):
            for name, value in list(values.items()):
                gauge = name[0] in METRICS and METRICS[name[0]].gauge
                shown.values[name] = max(shown.values[name], value) if gauge else shown.values[name] + value
        return Answer(200, generate_latest(metrics), (("content-type", CONTENT_TYPE_LATEST),))

    return answer


def _app(path: str, answer: Callable[[], Awaitable[Answer]]) -> Asgi:
    async def app(scope: MutableMapping[str, Any], _receive: Any, send: Any) -> None:
        if scope["path"] != path:
            said = Answer(404, b"not here\n", _TEXT)
        elif scope["method"] not in _ALLOWED:
            said = Answer(405, b"GET\n", (*_TEXT, ("allow", ", ".join(_ALLOWED))))
        else:
            said = await answer()
        headers = [(name.encode(), value.encode()) for name, value in said.headers]
        headers.append((b"content-length", b"%d" % len(said.body)))
        await send({"type": "http.response.start", "status": said.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else said.body})

    return app
