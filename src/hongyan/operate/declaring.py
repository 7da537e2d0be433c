"""How things are declared by hand: read from the store, checked as `hongyan apply` checks, written, followed.

One change at a time in a process; another process may change something at the same moment, and the later one stands.
Subjects beside this one say what changes; nothing here knows why.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec

from hongyan.declare.checks import check_world
from hongyan.declare.file import Placed
from hongyan.declare.in_chinese import in_chinese
from hongyan.model.clock import Clock
from hongyan.model.errors import Misconfigured, Refused
from hongyan.model.reason import Reason
from hongyan.model.world import Declared, World, identity
from hongyan.store import Store
from hongyan.text.characters import is_storable

Thing = TypeVar("Thing", bound=msgspec.Struct)


class Declaring:
    """`follow`: makes this process look at what was declared; it holds here when it returns."""

    def __init__(
        self, store: Store, follow: Callable[[], Awaitable[bool]], clock: Clock, *, demo_allowed: bool
    ) -> None:
        self._store, self._follow, self._clock, self._demo_allowed = store, follow, clock, demo_allowed
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def now(self) -> AsyncIterator[World]:
        """Hold off other changes, and hand out what is declared at this moment: another process may have changed it."""
        async with self._one_at_a_time:
            yield await self._store.world()

    async def declare(self, world: World, put: Sequence[Declared], drop: Sequence[tuple[str, str, str]] = ()) -> None:
        """Declare things, and take others back, inside `now`. Raises Refused(BAD_FIELD) with what is wrong."""
        gone = frozenset(drop)
        left = [thing for thing in world.things if identity(thing) not in gone]
        try:
            check_world([Placed("", thing) for thing in put], left, demo_allowed=self._demo_allowed)
        except Misconfigured as wrong:
            raise refused(wrong) from None
        await self._store.declare(put, drop, self._clock.now_ms())
        await self._follow()


def made(cls: type[Thing], fields: Mapping[str, Any], before: Thing | None = None) -> Thing:
    """Return a declared thing of plain fields, or `before` with some of them changed. Raises Refused(BAD_FIELD)."""
    row: dict[str, Any] = dict(msgspec.to_builtins(before)) if before is not None else {}
    for name, value in fields.items():
        if not _fits_in_a_row(value):
            raise Refused(Reason.BAD_FIELD, field=name, why="has a NUL or half a surrogate pair")
        row[name] = value
    try:
        return msgspec.convert(row, cls)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `$")
        raise _bad(at.strip("`.") or "fields", what) from None


def refused(wrong: Misconfigured) -> Refused:
    """Return what is wrong with a declared thing as a refusal, in both languages."""
    field, colon, what = wrong.what.partition(": ")
    if not colon or " " in field.partition(":")[0]:
        field, what = "", wrong.what
    return _bad(field, what, wrong.try_this)


def _bad(field: str, what: str, try_this: str = "") -> Refused:
    said = what.rstrip(";. ")
    behind = f". {try_this}" if try_this else ""
    chinese = in_chinese(said)
    facts = {} if chinese is None else {"why_zh": chinese}
    return Refused(Reason.BAD_FIELD, field=field, why=said + behind, **facts)


def _fits_in_a_row(value: Any) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, Mapping):
        return all(_fits_in_a_row(one) for pair in value.items() for one in pair)
    return all(map(_fits_in_a_row, value)) if isinstance(value, list | tuple) else True
