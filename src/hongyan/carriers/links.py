"""A carrier that speaks over links: the part of it that every protocol shares. One `Wording` a protocol does the rest.

Messages wait here for a moment only: for the window and pace of a link, for the rest of their parts, or for a pause
that the carrier asked for. What a link's end leaves behind goes on by another link, goes back as safely to be tried
again, or is unsure.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from hongyan.carriers import Answer, Events, LinkLook
from hongyan.carriers.looks import look
from hongyan.carriers.outcomes import Outcomes, Queued, stranded, unsure_of
from hongyan.carriers.pieces import InPieces
from hongyan.carriers.preview import PduLook, Reading, previews
from hongyan.carriers.resting import Resting
from hongyan.carriers.shaping import Unfit
from hongyan.carriers.wording import Brought, Wording
from hongyan.model.cause import Cause
from hongyan.model.clock import Clock
from hongyan.model.message import Message
from hongyan.session import Ended
from hongyan.session.dial import Dialer
from hongyan.session.link import Link
from hongyan.session.transcript import Transcript
from hongyan.wire import Malformed

__all__ = ["Brought", "Wired", "Wording"]


class Wired:
    """A carrier with links. Fits `Carrier`, and is the owner of its links."""

    repeatable = False
    promise_ms: int | None = None

    def __init__(
        self,
        name: str,
        wording: Wording,
        *,
        clock: Clock,
        dialers: Callable[["Wired", Transcript], Sequence[Dialer]],
        sends: Callable[[Link], bool] = lambda _: True,
        pause_ms: int = 1_000,
        reading: Reading,
    ) -> None:
        self.name = name
        self.transcript: Transcript | None = Transcript()
        self._wording, self._outcomes = wording, Outcomes(name, wording)
        self._clock = clock
        self._sends = sends
        self._pause_ms = pause_ms
        self._reading = reading
        self._make_dialers = dialers
        self._dialers: Sequence[Dialer] = ()
        self._events: Events | None = None
        self._open: list[Link] = []
        """links that may be asked"""
        self._queue: deque[Queued] = deque()
        self._resting = Resting(self._rested)
        self._turn = 0
        self._closing = False

    # --- Carrier
    async def open(self, events: Events) -> None:
        """Start to dial."""
        assert self.transcript is not None
        self._events, self._closing = events, False
        self._dialers = self._make_dialers(self, self.transcript)
        for dialer in self._dialers:
            dialer.start()

    def remind(self, messages: Sequence[Message]) -> None:
        """Do nothing: receipts come over the wire."""

    def room(self) -> int:
        """Return what the windows of open links hold, of a slow pace a second's worth: more would wait here for long.

        0 while none is open, so that others take over at once.
        """
        if self._closing:
            return 0
        room = -len(self._queue)
        for link in self._open:
            room += link.soon()
        return max(0, room)

    def submit(self, messages: Sequence[Message]) -> None:
        """Take over these messages."""
        words, queue = self._wording.parts, self._queue
        unfit: list[Answer] = []
        for message in messages:
            try:
                parts = words(message)
            except (Unfit, Malformed) as why:
                unfit.append(self._outcomes.not_for_us(message, why, self._clock.now_ms()))
                continue
            queue.append((message, parts) if len(parts) == 1 else InPieces(message, parts))
        if unfit:
            asyncio.get_running_loop().call_soon(self._say, unfit)
        self._feed()
        if queue and not self._open:
            asyncio.get_running_loop().call_soon(self._strand)

    def links(self) -> Sequence[LinkLook]:
        """Return how the links are doing."""
        return [look(link) for dialer in self._dialers for link in dialer.links]

    def preview(self, message: Message) -> Sequence[PduLook]:
        """Return what would go over the wire for a message. Raises Unfit and Malformed. Counts on: build one for it."""
        return previews(self._wording, self._reading, message)

    def rebind(self) -> None:
        """Close every link gracefully and log in anew."""
        for dialer in self._dialers:
            dialer.rebind()

    async def close(self) -> None:
        """Give back what is not sent, drain the links, end."""
        self._closing = True
        self._strand()
        await asyncio.gather(*(dialer.close() for dialer in self._dialers))
        self._strand()
        self._events = None

    # --- Owner of the links
    def logging_in(self, link: Link, request: Any) -> None:  # noqa: ARG002 - a contract's shape
        """Refuse: nobody logs in to us here."""
        link.refuse(None)

    def opened(self, link: Link) -> None:
        """Use a link that is up."""
        if self._sends(link):
            self._open.append(link)
            link.context = deque()
            self._feed()
        self._tell_room()

    def heard(self, link: Link, answers: list[tuple[Any, Any]], requests: list[Any]) -> None:
        """Tell what was answered and brought, then go on."""
        if answers:
            now, taken = self._clock.now_ms(), self._wording.taken
            told: list[Answer] = []
            for context, answer in answers:
                if context.__class__ is Message:
                    provider_id = taken(answer, context)
                    if provider_id is not None:
                        told.append(Answer(message_id=context.id, at=now, provider_id=provider_id))
                    else:
                        told.append(self._not_taken(link, context, answer, now))
                else:
                    self._part_answered(link, context, answer, told)
            self._feed()
            self._say(told)
            if requests:
                link.outlet.flush()  # the peer works on what is next while we look at what it brought
        if requests:
            self._brought(link, requests)

    def unanswered(self, link: Link, contexts: list[Any]) -> None:  # noqa: ARG002 - a contract's shape
        """Tell that it is not known what became of these."""
        cause = self._outcomes.cause("NO-ANSWER", "the carrier did not answer in time")
        self._say(unsure_of(contexts, cause, self._clock.now_ms()))
        self._feed()
        self._tell_room()

    def late(self, link: Link, context: Any, answer: Any) -> None:  # noqa: ARG002 - a contract's shape
        """Tell what an answer says that comes after its message was given up: it may name what receipts will name."""
        self._say([self._outcomes.late(context, answer, self._clock.now_ms())])

    def has_room(self, link: Link) -> None:  # noqa: ARG002 - a contract's shape
        """Go on."""
        self._feed()
        self._tell_room()

    def closed(self, link: Link, unwritten: list[Any], unsure: list[Any], ended: Ended) -> None:
        """Let others carry on what a link leaves behind."""
        waiting: deque[tuple[InPieces, int]] = link.context if link.context is not None else deque()
        if link in self._open:
            self._open.remove(link)
        link.context = None
        cause = self._outcomes.cause(ended.code, ended.text)
        self._say(unsure_of(unsure, cause, self._clock.now_ms()))
        for context in reversed(unwritten):
            if context.__class__ is Message:
                self._queue.appendleft((context, self._wording.parts(context)))
            else:
                waiting.appendleft(context)
        for job, index in waiting:
            if not job.over:
                job.unasked(index)
                self._queue.append(job)
        self._strand(cause)
        self._feed()

    # --- inside
    def _feed(self) -> None:
        """Ask what waits, link by link in turn, as their windows and paces allow."""
        links = self._open
        if not links or (not self._queue and len(links) == 1 and not links[0].context):
            return
        self._turn += 1
        for step in range(len(links)):
            link = links[(self._turn + step) % len(links)]
            if link.context:
                self._go_on(link, link.context)
            room = link.room()
            share = -(-len(self._queue) // (len(links) - step))
            while room > 0 and self._queue and share > 0:
                self._begin(link, self._queue.popleft())
                room -= 1
                share -= 1

    def _go_on(self, link: Link, waiting: deque[tuple[InPieces, int]]) -> None:
        """Ask the further parts of messages that this link began, before anything else and even while it is drained."""
        room = link.room_to_finish()
        while waiting and (room > 0 or waiting[0][0].over):
            job, index = waiting.popleft()
            if not job.over:
                self._ask(link, (job, index), job.parts[index])
                room -= 1
        link.unfinished = bool(waiting)

    def _begin(self, link: Link, entry: Queued) -> None:
        if not isinstance(entry, InPieces):
            self._ask(link, entry[0], entry[1][0])
        elif not entry.over and (due := entry.begin()):
            link.context.extend((entry, index) for index in due[1:])
            self._ask(link, (entry, due[0]), entry.parts[due[0]])

    def _ask(self, link: Link, context: Any, part: Any) -> None:
        key = link.next_key()
        try:
            frame = self._wording.frame(key, part)
        except Malformed as wrong:
            message = context if context.__class__ is Message else context[0].message
            if message is not context:
                context[0].over = True
            told = self._outcomes.not_for_us(message, wrong, self._clock.now_ms())
            asyncio.get_running_loop().call_soon(self._say, [told])
            return
        link.ask(key, frame, context)

    def _not_taken(self, link: Link, message: Message, answer: Any, now: int) -> Answer:
        said = self._outcomes.not_taken(message, answer, now)
        if said.slow_down:
            link.tallies.throttled += 1
        return said

    def _part_answered(self, link: Link, context: tuple[InPieces, int], answer: Any, told: list[Answer]) -> None:
        job, index = context
        if job.over:
            return
        now = self._clock.now_ms()
        provider_id = self._wording.taken(answer, job.message)
        if provider_id is not None:
            more = job.taken(index, provider_id)
            if job.is_handed():
                told.append(job.handed(now))
            link.context.extend((job, following) for following in more)
            return
        said = self._not_taken(link, job.message, answer, now)
        if job.may_rest(index, said):
            self._resting.add(job, index, max(said.again_ms or 0, self._pause_ms))
        else:
            told.append(job.refused(index, said))

    def _rested(self, jobs: list[InPieces]) -> None:
        self._queue.extendleft(reversed(jobs))
        self._feed()
        self._strand()

    def _brought(self, link: Link, requests: list[Any]) -> None:
        brought = self._wording.brought(requests, self._clock.now_ms())
        if brought.at_once:
            link.replies(brought.at_once)
        for _ in range(brought.dismissed):
            link.dismiss()
        events = self._events
        if events is None:
            return
        if brought.receipts:
            events.reported(self.name, brought.receipts, lambda: link.replies(brought.receipt_replies))
        if brought.incoming:
            events.replied(self.name, brought.incoming, lambda: link.replies(brought.incoming_replies))

    def _strand(self, cause: Cause | None = None) -> None:
        """Give back what waits when there is no link that could carry it."""
        if (self._open and not self._closing) or not (self._queue or (self._closing and self._resting)):
            return
        cause = cause or self._outcomes.cause("NO-LINK", "no link of the carrier is open")
        if self._closing:
            self._queue.extend(self._resting.end())
        told = stranded(self._queue, cause, self._clock.now_ms())
        self._queue.clear()
        self._say(told)

    def _say(self, told: list[Answer]) -> None:
        if told and self._events is not None:
            self._events.answered(self.name, told)

    def _tell_room(self) -> None:
        if self._events is not None and self.room():
            self._events.has_room(self.name)
