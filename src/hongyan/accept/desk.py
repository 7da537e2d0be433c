"""The desk: runs the steps over every item, then writes what passed in one transaction, then hands it on.

The list of steps is `steps.STEPS`; who is calling comes before (`who.py`), balance and limit counts are decided
inside the transaction. An accepted verdict leaves only after its commit.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from hongyan.accept import rows
from hongyan.accept.book import Book
from hongyan.accept.draft import Desktop, Draft
from hongyan.accept.excerpt import excerpt
from hongyan.accept.faults import Faults
from hongyan.accept.refusals import Refusals
from hongyan.accept.steps import STEPS
from hongyan.accept.stops import StopList
from hongyan.accept.who import Gatekeeper
from hongyan.links.capability import CardSupport
from hongyan.links.codes import mint_code
from hongyan.model.clock import Clock, real
from hongyan.model.errors import Refused
from hongyan.model.ids import IdMint
from hongyan.model.message import Leg, Message, State
from hongyan.model.reason import Reason
from hongyan.model.submission import Claim, Exchange, Submission, Verdict
from hongyan.model.tally import Tally
from hongyan.model.world import App, Caller, World, address_allowed
from hongyan.store import Store
from hongyan.store.ops import Accept, Accepted

_RECORDED_WITHIN_S = 1.0


class Dispatch(Protocol):
    """What the desk asks of the sending side."""

    def room(self) -> int:
        """Return how many messages can be handed over at once."""
        ...

    def take(self, messages: Sequence[Message]) -> None:
        """Hand these over: they are on disk as `sending`."""
        ...

    def wake(self) -> None:
        """Look for due messages soon."""
        ...


class AcceptDesk:
    """The one place that says yes. Implements `hongyan.accept.Desk`."""

    def __init__(
        self,
        store: Store,
        world: Callable[[], World],
        clock: Clock,
        ids: IdMint,
        tally: Tally,
        dispatch: Dispatch,
        *,
        card_support: CardSupport,
        public_base: str,
        lease_ms: int,
        backlog_cap: int,
        chance: random.Random,
        stops: StopList | None = None,
        rehearses: bool = False,
    ) -> None:
        self._store, self._world, self._clock, self._ids, self._tally = store, world, clock, ids, tally
        self._seal_clock = real(clock)
        self._dispatch, self._card_support, self._public_base = dispatch, card_support, public_base
        self._stops = stops or StopList(store)
        self._lease_ms, self._backlog_cap, self._chance = lease_ms, backlog_cap, chance
        self._gate = Gatekeeper()
        self._faults = Faults(chance) if rehearses else None
        self._refusals = Refusals(store, clock, ids, tally)
        self._book = Book(world())
        self.backlog = 0
        """messages waiting, as last counted; over the cap nothing more is accepted"""
        self.gate: asyncio.Event | None = None
        """set while a reset runs: who comes meanwhile waits for it"""

    def identify(self, exchange: Exchange, claim: Claim) -> Caller:
        """Return who is calling; see `hongyan.accept.Desk.identify`."""
        caller = self._gate.identify(exchange, claim, self._world(), self._seal_clock.now_ms())
        if self._faults is not None and caller.world.rules:
            self._faults.of_call(exchange, caller.project.name, caller.world.rules)
        return caller

    def record(self, exchange: Exchange, refused: Refused, position: int | None = None) -> None:
        """Keep a refusal for its timeline."""
        self._refusals.add(exchange, refused, position)

    async def recorded(self) -> None:
        """Wait, for a moment at most, until what `record` kept so far can be read: who asks at once finds it."""
        await self._refusals.settle(_RECORDED_WITHIN_S)

    async def close(self) -> None:
        """Write what is kept in memory."""
        await self._refusals.settle()

    async def accept(self, caller: Caller, submission: Submission) -> list[Verdict]:
        """Return one verdict per item; see `hongyan.accept.Desk.accept`."""
        if self.backlog >= self._backlog_cap:
            raise Refused(Reason.OVERLOADED, most=self._backlog_cap)
        if self.gate is not None:
            await self.gate.wait()
        now_ms = self._clock.now_ms()
        drafts = self._draft(caller, submission, now_ms)
        passed = [draft for draft in drafts if draft.refused is None]
        if submission.whole:
            self._refuse_whole(drafts)
        if passed:
            results = await self._write(caller, submission, passed, now_ms)
            self._decide(submission, passed, results)
        return self._verdicts(submission, drafts)

    def _draft(self, caller: Caller, submission: Submission, now_ms: int) -> list[Draft]:
        book = self._book_of(caller.world)
        app = self._app(caller, submission, now_ms)
        desktop = Desktop(
            book=book,
            of=book.projects[caller.project.name],
            submission=submission,
            app=app,
            app_limits=book.app_limits[app.name] if app else (),
            now_ms=now_ms,
            public_base=self._public_base,
            card_support=self._card_support,
            stops=self._stops,
            mint_code=lambda: mint_code(self._chance),
        )
        drafts = []
        for position, item in enumerate(submission.items):
            draft = Draft(item, desktop, position)
            try:
                for step in STEPS:
                    step(draft)
            except Refused as refused:
                draft.refused = refused
            drafts.append(draft)
        if self._faults is not None and caller.world.rules:
            self._faults.of_items(submission.exchange, caller.project.name, drafts, caller.world.rules)
        return drafts

    def _book_of(self, world: World) -> Book:
        if self._book.world is not world:
            self._book = Book(world)
        return self._book

    def _app(self, caller: Caller, submission: Submission, now_ms: int) -> App | None:
        if submission.app is None:
            return None
        app = caller.world.apps.get(submission.app)
        if app is None or not app.enabled or app.project != caller.project.name:
            raise Refused(Reason.UNKNOWN_APP, app=submission.app[:100])
        if not address_allowed(submission.exchange.peer, app.allow_addresses):
            raise Refused(Reason.ADDRESS_REFUSED, address=submission.exchange.peer)
        if not self._gate.paced("app", app.name, app.rate_per_second, len(submission.items), now_ms):
            raise Refused(Reason.APP_TOO_FAST, per_second=app.rate_per_second)
        return app

    async def _write(self, caller: Caller, submission: Submission, drafts: list[Draft], now_ms: int) -> list[Accepted]:
        project, exchange = caller.project, submission.exchange
        at_once = self._dispatch.room()
        blank = rows.blank_message(project, submission, now_ms)
        legs: dict[Leg, int] = {}
        messages, links = [], []
        for place, draft in enumerate(drafts):
            leg_id = legs.get(draft.leg)
            if leg_id is None:
                leg_id = legs[draft.leg] = self._ids.mint_at(now_ms)
            message = draft.message = rows.message(blank, draft, self._ids.mint_at(now_ms), leg_id)
            if place < at_once and message.due_at == now_ms and message.cause is None:
                message.state, message.due_at = State.SENDING, now_ms + self._lease_ms
            if draft.link is not None:
                # without click collection (NXCloud linkVerbose 0) a click is counted but names no number
                draft.link.message_id = message.id if draft.leg is Leg.CARD or draft.item.collect_clicks else None
                links.append(draft.link)
            messages.append(message)
        notes = msgspec.json.encode(exchange.notes).decode()
        request = excerpt(exchange)
        op = Accept(
            project=project.name,
            currency=project.currency,
            credit_line=drafts[0].desk.of.credit_line,
            submissions=[rows.submission(leg_id, exchange, request, notes) for leg_id in legs.values()],
            messages=messages,
            buckets=[draft.buckets for draft in drafts] if any(draft.buckets for draft in drafts) else (),
            links=links,
            whole=submission.whole,
            nonce=caller.nonce,
            nonce_until=caller.nonce_until,
            nonce_now_ms=None if caller.nonce is None else self._seal_clock.now_ms(),
            now_ms=now_ms,
        )
        results: list[Accepted] = await self._store.write(op)
        return results

    def _decide(self, submission: Submission, drafts: list[Draft], results: list[Accepted]) -> None:
        accepted: list[Message] = []
        for draft, result in zip(drafts, results, strict=True):
            message = draft.message
            assert message is not None
            if result.reason is not None:
                draft.refused = _refusal(draft, result)
            elif result.earlier is not None:
                draft.repeated, draft.message = True, result.earlier
            else:
                accepted.append(message)
        if accepted:
            self._hand_on(accepted)
            self._tally.add("accept_messages", submission.exchange.dialect, n=len(accepted))
        if submission.whole:
            self._refuse_whole(drafts)
        if not accepted:
            self._refuse_request([draft.refused for draft in drafts if draft.refused])

    def _hand_on(self, accepted: Sequence[Message]) -> None:
        """Give the sending side what it takes at once; of the rest it hears. What is held is not due for long."""
        sending = [message for message in accepted if message.state is State.SENDING]
        if sending:
            self._dispatch.take(sending)
        if len(sending) < len(accepted) and any(
            message.state is not State.SENDING and message.cause is None for message in accepted
        ):
            self._dispatch.wake()

    def _refuse_request(self, refusals: list[Refused]) -> None:
        """Raise what is true of all items, when it is said of a whole request. Nothing was taken."""
        reasons = {refused.reason for refused in refusals}
        if len(reasons) == 1 and reasons & _OF_THE_REQUEST:
            raise refusals[0]

    def _refuse_whole(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            if draft.refused is not None and draft.refused.reason is not Reason.CARD_UNSUPPORTED:
                raise draft.refused

    def _verdicts(self, submission: Submission, drafts: list[Draft]) -> list[Verdict]:
        verdicts = []
        for draft in drafts:
            refused = draft.refused
            if refused is None:
                verdicts.append(Verdict(message=draft.message, repeated=draft.repeated))
            else:
                self._refusals.add(submission.exchange, refused, draft.position)
                verdicts.append(Verdict(reason=refused.reason, facts=refused.facts))
        return verdicts


_OF_THE_REQUEST = {Reason.NO_BALANCE, Reason.NONCE_USED}
"""what is said of the whole request when it is true of all its items"""


def _refusal(draft: Draft, result: Accepted) -> Refused:
    assert result.reason is not None
    if result.reason is not Reason.NUMBER_LIMIT:
        return Refused(result.reason)
    limit = (draft.desk.of.limits + draft.desk.app_limits)[result.rule]
    facts = {"span": str(limit.span), "permits": limit.permits, "name": limit.name, "per": list(limit.per)}
    named = limit.name == Reason.REPEATED_CONTENT
    return Refused(Reason.REPEATED_CONTENT if named else Reason.NUMBER_LIMIT, **facts)
