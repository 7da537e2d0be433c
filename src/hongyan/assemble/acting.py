"""What rehearsals do inside the process that sends: receipts and replies on demand, and the pushed clock."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from hongyan.assemble.resetting import LOOK_S, QUIET_S, Parts, Resetting
from hongyan.carriers import Incoming, Receipt
from hongyan.carriers.simulator import Simulator
from hongyan.carriers.wheel import Wheel
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.clock import MovableClock
from hongyan.model.message import State


class _Later(NamedTuple):
    """A receipt that somebody asked for, to be said later."""

    carrier: str
    receipt: Receipt
    message_id: int


class Acting:
    """Rehearsals, as the process that sends plays them."""

    def __init__(self, parts: Parts, resets: Resetting) -> None:
        self._, self._resets = parts, resets
        self._later: Wheel[None, _Later] = Wheel(self.advance)
        resets.on_forget = self._forget

    def stop(self) -> None:
        """Forget the receipts that were to be said later."""
        self._later.stop()

    # --- triggers

    async def say_receipt(
        self, carrier: str, message_id: int, provider_ids: list[str], said: dict[str, Any], after_ms: int
    ) -> None:
        """Take a receipt as if a carrier had said it; see `operate.core.Core`."""
        there = self._.fleet.carriers().get(carrier)
        if isinstance(there, Simulator):
            there.unsay(provider_ids)
        now = self._.clock.now_ms()
        cause = Cause(CauseKind(said["kind"]), said["code"], said["text"], carrier)
        receipts = [
            Receipt(provider_id=one, state=State(said["state"]), cause=cause, received_at=now + after_ms)
            for one in provider_ids
        ]
        if after_ms > 0:
            self._later.at(now + after_ms, now).receipts.extend(_Later(carrier, one, message_id) for one in receipts)
            self._later.set_timer(now)
            return
        stored = asyncio.get_running_loop().create_future()
        self._.matcher.reported(carrier, receipts, lambda: _set(stored))
        await stored

    async def say_reply(self, carrier: str, sender: str, to: str, text: str, carrier_id: str) -> None:
        """Take a reply as if a handset had sent it; see `operate.core.Core`."""
        stored = asyncio.get_running_loop().create_future()
        incoming = Incoming(
            sender=sender,
            to=to,
            octets=text.encode("utf-16-be"),
            coding="ucs2",
            received_at=self._.clock.now_ms(),
            carrier_id=carrier_id,
        )
        self._.replies.replied(carrier, [incoming], lambda: _set(stored))
        await stored

    # --- the clock

    async def follow(self) -> int:
        """Look at the world now, and at the clock with it; return how far ahead it is.

        When it was pushed, what carriers had to say until then comes first; then everything that waits by time.
        """
        parts, clock = self._, self._.clock
        if not isinstance(clock, MovableClock):
            await parts.current.refresh()
            return 0
        before = clock.ahead_ms
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._resets.one_at_a_time)
            await stack.enter_async_context(parts.sweep.turn)
            await parts.current.refresh()
            if clock.ahead_ms != before:
                await self._caught_up()
        if clock.ahead_ms != before:
            await parts.sweep.round_now()
            parts.pusher.wake()
            parts.matcher.rematch_soon()
            await parts.replies.look_after_pieces()
        return clock.ahead_ms

    def advance(self) -> None:
        """Say the receipts that are due."""
        now = self._.clock.now_ms()
        for due in self._later.take(now):
            for one in due.receipts:
                self._.matcher.reported(one.carrier, [one.receipt], _nobody)
        self._later.set_timer(now)

    async def _caught_up(self) -> None:
        """Have simulated carriers say all that has become due, and what follows from it be written."""
        until = asyncio.get_running_loop().time() + QUIET_S
        self.advance()
        for carrier in self._.fleet.carriers().values():
            if isinstance(carrier, Simulator):
                carrier.advance()
        while self._resets.busy() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 - several parts, none of which says when it is done
            await asyncio.sleep(LOOK_S)

    def _forget(self, gone: Callable[[int], bool]) -> None:
        for due in self._later.everything():
            due.receipts[:] = [one for one in due.receipts if not gone(one.message_id)]


def _set(stored: "asyncio.Future[None]") -> None:
    if not stored.done():
        stored.set_result(None)


def _nobody() -> None:
    """Nobody waits for it."""
