"""What must be looked after without a PDU: long texts that never became whole, and their customers who must be told."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping

import structlog

from hongyan.accept.pieces import WHOLES_MOST, Piece, Pieces
from hongyan.dialects.smpp.sessions import Account
from hongyan.dialects.smpp.taking import Taking
from hongyan.model.errors import Refused
from hongyan.model.world import Caller, World
from hongyan.wire.smpp.statuses import RINVMSGLEN

LOOK_S = 5.0
OLD_EVERY = 3
"""looks between two looks at what is old"""
PAGES_MOST = 20
"""of old wholes that one look ends: a flood of halves must not be faster than its end"""
UNDELIVERED = "UNDELIV"

log = structlog.get_logger(stage="dialects")


class Chores:
    """One loop for a process."""

    def __init__(
        self, pieces: Pieces, taking: Taking, accounts: Mapping[str, Account], world: Callable[[], World]
    ) -> None:
        self._pieces, self._taking, self._accounts, self._world = pieces, taking, accounts, world
        self._soon = asyncio.Event()
        self._owners: set[str] = set()
        self._taken: list[Piece] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="smpp chores")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look_soon(self, owner: str) -> None:
        """Say that there may be something to tell this customer."""
        self._owners.add(owner)
        self._soon.set()

    def forget(self, ending: Piece) -> None:
        """Note that a customer took this."""
        self._taken.append(ending)
        self._soon.set()

    async def drop_taken(self) -> None:
        """Remove what was taken."""
        taken, self._taken = self._taken, []
        if not taken:
            return
        try:
            await self._pieces.drop(taken)
        except Refused:
            self._taken += taken
            raise
        for ending in taken:
            account = self._accounts.get(ending.owner)
            if account is not None:
                account.teller.forget(ending)

    async def tell(self, owners: Collection[str]) -> None:
        """Tell connected customers of pieces that will never be part of a message."""
        for owner in owners:
            account = self._accounts.get(owner)
            if account is not None and account.teller.links:
                account.teller.deliver_endings(await self._pieces.endings(owner))

    async def look_after_old(self) -> None:
        """Give up what is not whole after ten minutes; bring to the desk what is, and was forgotten by a crash.

        spec: smpp#long.incomplete
        """
        for _ in range(PAGES_MOST):
            wholes = await self._pieces.old()
            for whole in wholes:
                await self._end_old(whole)
            if len(wholes) < WHOLES_MOST:
                break
        await self._pieces.forget_endings()

    async def _end_old(self, whole: list[Piece]) -> None:
        caller = caller_of(self._world(), whole[0].owner)
        if caller is None:
            await self._pieces.drop(whole)
        elif len(whole) == whole[0].total:
            await self._taking.complete(caller, whole)
        else:
            await self._taking.fail(whole, UNDELIVERED, RINVMSGLEN)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        looks, look_at = 0, loop.time() + LOOK_S
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(look_at):
                    await self._soon.wait()
            old = False
            if loop.time() >= look_at:  # in time, however often there is something to do at once
                look_at = loop.time() + LOOK_S
                self._owners.update(self._accounts)
                looks += 1
                old = looks % OLD_EVERY == 0
            owners, self._owners = self._owners, set()
            self._soon.clear()
            try:
                await self.drop_taken()
                if old:
                    await self.look_after_old()
                await self.tell(owners)
            except Refused:
                log.warning("the store cannot be reached; pieces of long texts are looked after later")
            except Exception:  # worker edge: the pieces are still there at the next look
                log.exception("pieces of long texts could not be looked after")


def caller_of(world: World, system_id: str) -> Caller | None:
    """Return a customer as the world has it; None when it may not submit any more."""
    key = world.keys.get(("smpp", system_id))
    project = world.projects.get(key.project) if key is not None else None
    if key is None or project is None or not (key.enabled and project.enabled):
        return None
    return Caller(project=project, key=key, world=world)
