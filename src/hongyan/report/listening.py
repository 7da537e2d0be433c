"""Who listens for callbacks at a program of their own, by `hongyan listen`, in place of the declared addresses.

A call that was made for somebody who listens waits here until they come for it, and its answer comes back here; in all
else it is a call like any other. Who has not come for calls for a while is gone. Each process has listeners of its own.
"""

import asyncio
import base64
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from hongyan.model.errors import Refused
from hongyan.model.push import LISTENER, PushCall
from hongyan.model.reason import Reason
from hongyan.report.lanes import Held
from hongyan.report.post import MOST_ANSWER, Posted

GONE_S = 15.0
"""who has not asked for calls in this time is gone"""
MOST_LISTENERS, MOST_OF_ONE = 50, 10
"""at one process; those of one project alone"""
_NOWHERE = "http://127.0.0.1/"
"""stands in calls for the address of who only looks"""

Listening = tuple[tuple[str | None, str], ...]
"""(project or None for all, dialect or "" for all) of everybody who listens"""


class Listener:
    """Somebody who listens. `to`: where they hand calls on; "": nowhere, every call is taken."""

    def __init__(self, id_: str, project: str | None, dialect: str, to: str, now: float) -> None:
        self.id, self.project, self.dialect, self.to = id_, project, dialect, to
        self.asked_at = now
        self.calls: deque[dict[str, Any]] = deque()
        self.woken = asyncio.Event()
        self.answers: dict[str, asyncio.Future[tuple[Posted, bool | None]]] = {}
        self.count = 0

    @property
    def target(self) -> str:
        """What the log says in place of an address."""
        return LISTENER + self.to

    @property
    def address(self) -> str:
        """What calls are worded for."""
        return self.to or _NOWHERE

    def hears(self, project: str, dialect: str) -> bool:
        """Return whether it is told of a project's callbacks in this dialect."""
        return self.project in {None, project} and self.dialect in {"", dialect}


class Listeners:
    """All of one process. `on_change` is called with who listens, whenever that changes."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}
        self.on_change: Callable[[Listening], None] = _nobody

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def attach(self, project: str | None, dialect: str, to: str) -> str:
        """Begin to listen; return the listener's id. Raises Refused(OVERLOADED)."""
        self._look()
        alike = sum(one.project == project for one in self._listeners.values()) if project is not None else 0
        if len(self._listeners) >= MOST_LISTENERS or alike >= MOST_OF_ONE:
            raise Refused(Reason.OVERLOADED, most=MOST_OF_ONE if alike >= MOST_OF_ONE else MOST_LISTENERS)
        listener = Listener(secrets.token_hex(12), project, dialect, to, _now())
        self._listeners[listener.id] = listener
        self._changed()
        return listener.id

    def detach(self, id_: str) -> None:
        """Listen no more; what was under way failed."""
        listener = self._listeners.pop(id_, None)
        if listener is None:
            return
        for future in listener.answers.values():
            if not future.done():
                future.set_result((Posted(0, b"", "whoever listened went away"), False))
        listener.woken.set()
        self._changed()

    def close(self) -> None:
        """Send everybody away."""
        for id_ in list(self._listeners):
            self.detach(id_)

    def shown(self) -> list[dict[str, Any]]:
        """Return who listens."""
        self._look()
        return [
            {"project": one.project, "dialect": one.dialect, "to": one.to, "calls": one.count}
            for one in self._listeners.values()
        ]

    def of(self, project: str, dialect: str) -> Listener | None:
        """Return who is told of a project's callbacks: of several the one that came last."""
        self._look()
        fitting = [one for one in self._listeners.values() if one.hears(project, dialect)]
        return fitting[-1] if fitting else None

    async def deliver(
        self, listener: Listener, batch: Sequence[Held], call: PushCall, timeout_s: float
    ) -> tuple[Posted, bool | None]:
        """Have a call made by who listens; return (what came of it, whether it was taken; None: as the answer says)."""
        listener.count += 1
        id_ = f"{listener.id}.{listener.count}"
        future: asyncio.Future[tuple[Posted, bool | None]] = asyncio.get_running_loop().create_future()
        listener.answers[id_] = future
        listener.calls.append(_told(id_, batch, call, timeout_s))
        listener.woken.set()
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            return Posted(0, b"", f"no answer within {timeout_s:g} s"), False
        finally:
            listener.answers.pop(id_, None)

    async def next(self, id_: str, wait_s: float) -> dict[str, Any] | None:
        """Return the next call to make, None when none came in time. Raises Refused(UNKNOWN_MESSAGE): they are gone."""
        listener = self._listeners.get(id_)
        if listener is None:
            raise Refused(Reason.UNKNOWN_MESSAGE, id=id_[:100])
        listener.asked_at = _now() + wait_s
        if not listener.calls:
            listener.woken.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await listener.woken.wait()
            except TimeoutError:
                return None
            finally:
                listener.asked_at = _now()
        while listener.calls:
            told = listener.calls.popleft()
            if told["id"] in listener.answers:  # else it came too late
                return told
        return None

    def answer(self, call: str, project: str | None, said: dict[str, Any]) -> bool:
        """Take the answer to a call: status, headers, body (base64), why, taken. Return whether it was waited for."""
        listener = self._listeners.get(call.partition(".")[0])
        if listener is None or (project is not None and project != listener.project):
            return False
        future = listener.answers.get(call)
        if future is None or future.done():
            return False
        body = base64.b64decode(said["body"])[:MOST_ANSWER]
        posted = Posted(said["status"], body, said["why"], tuple(said["headers"]))
        future.set_result((posted, True if said["taken"] and not listener.to else None))
        return True

    def _look(self) -> None:
        """Let those go that are gone."""
        over = _now() - GONE_S
        for one in [one for one in self._listeners.values() if one.asked_at < over]:
            self.detach(one.id)

    def _changed(self) -> None:
        self.on_change(tuple((one.project, one.dialect) for one in self._listeners.values()))


def _told(id_: str, batch: Sequence[Held], call: PushCall, timeout_s: float) -> dict[str, Any]:
    row = batch[0].row
    return {
        "id": id_,
        "project": row.project,
        "dialect": row.dialect,
        "about": "receipt" if row.reply_id is None else "reply",
        "messages": [str(one.message_id) for one in batch if one.message_id is not None],
        "try": row.tries + 1,
        "url": call.url,
        "headers": [list(one) for one in call.headers],
        "body": base64.b64encode(call.body).decode(),
        "timeout_s": timeout_s,
    }


def _now() -> float:
    return asyncio.get_running_loop().time()


def _nobody(_who: Listening) -> None:
    """Nobody asks."""
