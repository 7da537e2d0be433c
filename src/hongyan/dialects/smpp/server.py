"""The server: takes binds, hands PDUs to whom they concern, and keeps every session to what its key allows.

Owner of all links that customers made (`session/`). Calls return at once; submits are taken by one task a session.
spec: smpp#bind.state, smpp#unknown
"""

import asyncio
import random
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from hongyan.accept import Desk
from hongyan.accept.pieces import Piece, Pieces
from hongyan.dialects.smpp import binding
from hongyan.dialects.smpp.asking import Asking, Cancels, replace_refusal
from hongyan.dialects.smpp.chores import Chores, caller_of
from hongyan.dialects.smpp.delivering import Encoding
from hongyan.dialects.smpp.reading import Submit
from hongyan.dialects.smpp.reasons import STATUSES, refused, sentence
from hongyan.dialects.smpp.sessions import Account, Asked, Session
from hongyan.dialects.smpp.showing import shown_bind
from hongyan.dialects.smpp.taking import Peer, Taking
from hongyan.dialects.smpp.telling import Teller
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.ids import HexMint
from hongyan.model.reason import Reason
from hongyan.model.tally import Tally
from hongyan.model.world import Caller, Key, World
from hongyan.report import Reports
from hongyan.report.doors import Doors
from hongyan.session import Ended, Speech, Timers
from hongyan.session.doorway import Doorway
from hongyan.session.link import Link
from hongyan.session.tongues import SMPP
from hongyan.text.parts import GSM7
from hongyan.wire import smpp
from hongyan.wire.smpp.statuses import RALYBND, RINVBNDSTS, RINVCMDID, RSYSERR, RTHROTTLED

MOST_AT_ONCE = 500
"""submits that are taken together"""
_SUBMITS = (smpp.SubmitSm, smpp.DataSm, smpp.SubmitMulti)
_ASKED = (*_SUBMITS, smpp.QuerySm, smpp.CancelSm)
_WITHOUT_ANSWER = (smpp.AlertNotification, smpp.Outbind)
_REQUEST_ID_DIGITS = 24
_TURNED_AWAY = object()
"""the context of a link whose bind was wrong and is answered later"""

log = structlog.get_logger(stage="dialects")


class SmppServer:
    """Where customers bind. One for a process; it may listen at several ports."""

    def __init__(
        self,
        desk: Desk,
        pieces: Pieces,
        reports: Reports,
        cancels: Cancels,
        doors: Doors,
        clock: Clock,
        world: Callable[[], World],
        tally: Tally,
        chance: random.Random,
        *,
        timers: Timers | None = None,
    ) -> None:
        self._desk, self._pieces, self._doors = desk, pieces, doors
        self._clock, self._world, self._tally = clock, world, tally
        self._mint = HexMint(clock, chance, _REQUEST_ID_DIGITS).mint
        self._patience = binding.Patience()
        self._asking = Asking(reports, cancels)
        self.accounts: dict[str, Account] = {}
        self._taking = Taking(desk, pieces, clock, tally, self._mint, self._told_later)
        self.chores = Chores(pieces, self._taking, self.accounts, world)
        self._speech = Speech(
            tongue=SMPP,
            decode=smpp.decode,
            refusal_of=smpp.refusal_of,
            timers=timers or Timers(idle_s=60, answer_s=60),
            unreplied_most=2_000,
        )
        self._doorways: list[Doorway] = []
        self._work: set[asyncio.Task[None]] = set()
        tally.before_reading.append(self._count)

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Begin to take binds there; return the port."""
        name = "smpp-tls" if tls is not None else "smpp"
        doorway = Doorway(self._speech, self, name=name, clock=self._clock, tls=tls)
        bound_port = await doorway.listen(host, port)
        self._doorways.append(doorway)
        return bound_port

    async def close(self) -> None:
        """Answer what was asked, say goodbye, close."""
        await self.chores.stop()
        await asyncio.gather(*(doorway.close() for doorway in self._doorways))
        if self._work:
            await asyncio.wait(self._work)

    async def world_changed(self, world: World) -> None:
        """Hold every session to the new world: who may not stay is unbound.

        spec: smpp#bind.world
        """
        for account in list(self.accounts.values()):
            for session in list(account.sessions):
                try:
                    self._fit(session, self._again(session, world))
                except Refused as wrong:
                    log.info("a customer is unbound", system_id=account.name, reason=wrong.reason)
                    session.link.drain()

    # --- what links tell
    def logging_in(self, link: Link, request: Any) -> None:
        """Decide about a bind.

        spec: smpp#bind.kinds, smpp#bind.credentials, smpp#bind.sessions
        """
        if link.context is _TURNED_AWAY:  # the answer to its first bind waits: more of them are not looked at
            return
        pdu: smpp.Bind = request
        now_ms = self._clock.now_ms()
        kept = binding.digest(pdu.password)
        exchange = binding.bind_exchange(pdu, shown_bind(pdu), self._mint(), link.address, now_ms)
        try:
            caller = self._desk.identify(exchange, binding.claim(pdu.system_id, kept))
        except Refused as wrong:
            self._desk.record(exchange, wrong)
            self._turn_away(link, pdu, STATUSES[wrong.reason], wrong.reason, now_ms)
            return
        account = self.accounts.get(pdu.system_id)
        if account is not None and len(account.sessions) >= caller.key.max_sessions:
            self._desk.record(exchange, Refused(Reason.NOT_PERMITTED, sessions=caller.key.max_sessions))
            self._turn_away(link, pdu, RALYBND, Reason.NOT_PERMITTED, now_ms)
            return
        self._patience.welcomed(link.address)
        if account is None:
            teller = Teller(pdu.system_id, self._doors, self._clock, self._drop)
            account = self.accounts[pdu.system_id] = Account(pdu.system_id, teller)
        session = link.context = Session(link, account, pdu, kept, caller)
        account.sessions.append(session)
        self._fit(session, caller)
        self._tally.add("api_requests", "smpp", pdu.name, "ok")
        link.admit(binding.bound(pdu))

    def opened(self, link: Link) -> None:
        """Begin to tell a session that may receive."""
        session: Session = link.context
        if session.receives:
            session.account.teller.joined(link)
            self._told_later(session.account.name)

    def heard(self, link: Link, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
        """Take answers to what was told, and everything that is asked."""
        session: Session = link.context
        if answers:
            session.account.teller.answered(answers)
        if requests:
            self._asked(session, requests)

    def unanswered(self, link: Link, contexts: list[Any]) -> None:
        """Tell again later."""
        link.context.account.teller.unanswered(contexts)

    def has_room(self, link: Link) -> None:
        """Tell on."""
        link.context.account.teller.pump()

    def closed(self, link: Link, unwritten: list[Any], unsure: list[Any], ended: Ended) -> None:  # noqa: ARG002 - the engine's signature
        """Forget a session; what it was told and did not take is told again."""
        session = link.context
        if not isinstance(session, Session):
            return
        account = session.account
        session.queue.clear()
        if session in account.sessions:
            account.sessions.remove(session)
        if session.receives:
            account.teller.left(link, unwritten, unsure)
        if not account.sessions:
            self.accounts.pop(account.name, None)

    # --- inside
    def _turn_away(self, link: Link, pdu: smpp.Bind, status: int, reason: Reason, now_ms: int) -> None:
        self._tally.add("api_requests", "smpp", pdu.name, reason)
        reply = smpp.refusal(pdu.command, pdu.sequence, status)
        wait_s = self._patience.failed(link.address, now_ms)
        if wait_s:
            link.context = _TURNED_AWAY
            asyncio.get_running_loop().call_later(wait_s, link.refuse, reply)
        else:
            link.refuse(reply)

    def _fit(self, session: Session, caller: Caller) -> None:
        """Hold a session to what its key says now."""
        session.caller = caller
        session.link.window = caller.key.window
        session.account.teller.encoding = Encoding(caller.key.codings.get("0", GSM7))

    def _again(self, session: Session, world: World) -> Caller:
        """Return who a session is in another world. Raises Refused."""
        exchange = binding.bind_exchange(
            smpp.BindTransceiver(0), "", self._mint(), session.link.address, self._clock.now_ms()
        )
        try:
            return self._desk.identify(exchange, binding.claim(session.account.name, session.kept))
        except Refused as wrong:
            caller = caller_of(world, session.account.name) if wrong.reason is Reason.TOO_FAST else None
            if caller is None:
                raise
            return caller  # nothing but its pace was against it, and it does not ask for anything

    def _asked(self, session: Session, requests: Sequence[Any]) -> None:
        """Queue what may be asked, and answer the rest at once.

        spec: smpp#window, smpp#pace
        """
        link, key = session.link, session.caller.key
        replies: list[bytes] = []
        now_ms = self._clock.now_ms()
        for pdu in requests:
            if isinstance(pdu, _ASKED):
                if not session.sends:
                    replies.append(smpp.refusal(pdu.command, pdu.sequence, RINVBNDSTS))
                elif session.waiting() >= key.window:
                    replies.append(self._throttled(session, pdu, key, f"more than {key.window} unanswered requests"))
                elif not session.account.paced(key.rate_per_second, now_ms, min(_weight(pdu), key.rate_per_second)):
                    replies.append(self._throttled(session, pdu, key, f"more than {key.rate_per_second} a second"))
                else:
                    session.queue.append(pdu)
            elif isinstance(pdu, smpp.ReplaceSm):
                replies.append(replace_refusal(pdu))
            elif isinstance(pdu, _WITHOUT_ANSWER):
                link.dismiss()
            else:
                replies.append(smpp.refusal(pdu.command, pdu.sequence, RINVCMDID))
        if replies:
            link.replies(replies)
        if session.queue and not session.working:
            session.working = True
            task = asyncio.get_running_loop().create_task(self._serve(session), name="smpp session")
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    def _throttled(self, session: Session, pdu: Asked, key: Key, why: str) -> bytes:
        self._tally.add("api_requests", "smpp", pdu.name, Reason.TOO_FAST)
        self._tally.add("api_refused", "smpp", Reason.TOO_FAST)
        return refused(pdu, RTHROTTLED, f"{sentence(Reason.TOO_FAST, {})} ({key.name}: {why})", session.version)

    async def _serve(self, session: Session) -> None:
        """Answer everything that a session asks, batch after batch, until nothing waits."""
        queue = session.queue
        try:
            while queue:
                batch = [queue.popleft() for _ in range(min(len(queue), MOST_AT_ONCE))]
                session.at_work = len(batch)
                try:
                    frames = await self._answers(session, batch)
                except Exception:  # session edge: a batch that failed is answered, the session goes on
                    log.exception("a batch of requests failed", system_id=session.account.name, requests=len(batch))
                    frames = [smpp.refusal(pdu.command, pdu.sequence, RSYSERR) for pdu in batch]
                session.at_work = 0
                session.link.replies(frames)
        finally:
            session.working = False

    async def _answers(self, session: Session, batch: Sequence[Asked]) -> list[bytes]:
        try:
            world = self._world()
            if session.caller.world is not world:
                self._fit(session, self._again(session, world))
        except Refused as wrong:
            session.link.drain()
            why, version = sentence(wrong.reason, wrong.facts), session.version
            return [refused(pdu, STATUSES[wrong.reason], why, version) for pdu in batch]
        caller = session.caller
        submits: list[Submit] = [pdu for pdu in batch if isinstance(pdu, _SUBMITS)]
        frames = (
            await self._taking.answers(Peer(session.link.address, session.version), caller, submits) if submits else []
        )
        for pdu in batch:
            if isinstance(pdu, smpp.QuerySm):
                frames.append(await self._answered(pdu, self._asking.query(caller, pdu)))
            elif isinstance(pdu, smpp.CancelSm):
                frames.append(await self._answered(pdu, self._asking.cancel(caller, pdu)))
        return frames

    async def _answered(self, pdu: smpp.QuerySm | smpp.CancelSm, answer: Any) -> bytes:
        outcome = "ok"
        try:
            frame: bytes = await answer
        except Refused as wrong:
            outcome = wrong.reason
            frame = smpp.refusal(pdu.command, pdu.sequence, STATUSES[wrong.reason])
        self._tally.add("api_requests", "smpp", pdu.name, outcome)
        return frame

    def _told_later(self, owner: str) -> None:
        self.chores.look_soon(owner)

    def _drop(self, piece: Piece) -> None:
        self.chores.forget(piece)

    def _count(self) -> None:
        self._tally.clear("smpp_sessions")
        for account in self.accounts.values():
            self._tally.set("smpp_sessions", account.name, n=len(account.sessions))


def _weight(pdu: Asked) -> int:
    return max(1, len(pdu.dest_addresses)) if isinstance(pdu, smpp.SubmitMulti) else 1
