"""One call to a caller's address, from its words to what came of it: posted, or handed to who listens in its place.

Knows the vendors' shapes and what projects declare; nothing of rows, lanes or the store.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from hongyan.model.push import LISTENER, PushCall, PushShape, ReplyShape
from hongyan.model.world import App, World
from hongyan.report.call_log import Made
from hongyan.report.calls import sentence, worded
from hongyan.report.lanes import Held
from hongyan.report.listening import Listener, Listeners
from hongyan.report.post import Posted, Poster
from hongyan.store.ops import PushRow

_log = structlog.get_logger("hongyan.report.push")


class Caller:
    """Makes calls. `allow_inside`: all projects' calls may go to this machine and its network."""

    def __init__(self, shapes: Mapping[str, PushShape], world: Callable[[], World], *, allow_inside: bool) -> None:
        self._shapes, self._world, self._allow_inside = shapes, world, allow_inside
        self._poster = Poster()
        self.listeners = Listeners()

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    def most(self, row: PushRow) -> int:
        """Return how many things a call like this one may tell of."""
        shape = self.replies(row) if row.reply_id is not None else self._shapes.get(row.dialect)
        return 1 if shape is None else shape.most

    def replies(self, row: PushRow) -> ReplyShape | None:
        """Return a dialect's words for replies."""
        shape = self._shapes.get(row.dialect)
        return None if shape is None else shape.replies

    def retries_s(self, row: PushRow) -> Sequence[float]:
        """Return the waits before each repetition: the app's, else the project's, else the vendor's own."""
        app, project = self._app(row), self._world().projects.get(row.project)
        if app is not None and app.push_retries_s:
            return app.push_retries_s
        if project is not None and project.push_retries_s is not None:
            return project.push_retries_s
        shape = self._shapes.get(row.dialect)
        return () if shape is None else shape.retries_s

    async def call(self, batch: Sequence[Held]) -> Made:
        """Tell of these, in one call. Never raises."""
        row = batch[0].row
        listener = self.listeners.of(row.project, row.dialect) if self.listeners else None
        target = row.target if listener is None else listener.target
        where = row.target if listener is None else f"listener {listener.to}".rstrip()
        began = _now()
        call: PushCall | None = None
        try:
            shape = self._shapes[row.dialect]
            address = row.target if listener is None else listener.address
            call, is_taken = worded(shape, batch, address, self._app(row))
            posted, taken = await self._made(listener, batch, call, shape.timeout_s)
            if taken is None:
                taken = not posted.why and is_taken(posted.status, posted.body)
        except Exception as error:  # noqa: BLE001 - the webhook edge: one bad call must not stop a lane
            _log.error("push failed by a fault of ours", dialect=row.dialect, error=repr(error))
            taken, posted = False, Posted(0, b"", f"a fault of ours: {type(error).__name__}")
        took_ms = round((_now() - began) * 1000)
        return Made(target, call, posted, took_ms, taken, sentence(where, posted, took_ms))

    async def again(self, project: str, dialect: str, call: PushCall, *, of_reply: bool) -> Made:
        """Make a call once more as it was, to where it says."""
        shape = self._shapes[dialect]
        words = shape.replies if of_reply else shape
        began = _now()
        posted = await self._poster.post(call, shape.timeout_s, inside=self._may_go_inside(project))
        took_ms = round((_now() - began) * 1000)
        taken = not posted.why and words is not None and words.taken(posted.status, posted.body)
        return Made(call.url, call, posted, took_ms, taken, sentence(call.url, posted, took_ms))

    async def _made(
        self, listener: Listener | None, batch: Sequence[Held], call: PushCall, timeout_s: float
    ) -> tuple[Posted, bool | None]:
        row = batch[0].row
        if listener is not None:
            return await self.listeners.deliver(listener, batch, call, timeout_s)
        if row.target == LISTENER:
            return Posted(0, b"", "not called: nobody listens any more, and no address is declared"), False
        return await self._poster.post(call, timeout_s, inside=self._may_go_inside(row.project)), None

    def _may_go_inside(self, project: str) -> bool:
        found = self._world().projects.get(project)
        return self._allow_inside or (found is not None and found.allow_inside)

    def _app(self, row: PushRow) -> App | None:
        return self._world().apps.get(row.app) if row.app else None


def _now() -> float:
    return asyncio.get_running_loop().time()
