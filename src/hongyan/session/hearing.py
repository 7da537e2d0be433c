"""What one read of a link brings: the stream cut into PDUs, answers matched to requests, everything told in one call.

A stream that cannot be followed is dropped; an owner's mistake ends its link and not the program. What PDUs mean is
not known here.
"""

from typing import TYPE_CHECKING, Any

import structlog

from hongyan.session import ANSWER, Ended, LinkState
from hongyan.wire import Malformed

if TYPE_CHECKING:
    from hongyan.session.link import Link

HEAD_SHOWN = 8
"""octets of a broken stream that a log shows: what was taken for length and command, so neither text nor secret"""
_LENGTH_OCTETS = 4

log = structlog.get_logger(stage="session")


def hear(link: "Link", data: bytes) -> None:  # noqa: C901, PLR0912, PLR0915 - the hot loop
    """Take what came, in any cut: answers and requests go to the owner in one call."""
    if link.rest:
        data = link.rest + data
    tongue, courtesy, asks = link.tongue, link.courtesy, link.asks
    head, pending, decode = tongue.head.unpack_from, asks.pending, link.decode
    least, most, inner = tongue.least, tongue.most, courtesy.commands
    logging_in = link.state is LinkState.LOGGING_IN
    answers: list[tuple[Any, Any]] = []
    requests: list[Any] = []
    asked_at = 0.0
    at, end = 0, len(data)
    while end - at >= least:
        length, command, key = head(data, at)
        stop = at + length
        if stop > end or not least <= length <= most:
            break
        frame = data[at:stop]
        at = stop
        if logging_in:
            courtesy.before_open(command, key, frame)
            if link.ended is not None:
                return
            logging_in, decode = link.state is LinkState.LOGGING_IN, link.decode
        elif command >= ANSWER:
            entry = pending.pop(key, None)
            if entry is None:
                if key in asks.given_up:
                    _late(link, asks.given_up.pop(key), frame)
                else:
                    courtesy.answered(key)
                continue
            asked_at = asked_at or entry[1]
            try:
                answers.append((entry[0], decode(frame)))
            except Malformed as wrong:
                link.tallies.malformed += 1
                answers.append((entry[0], wrong))
        elif command in inner:
            courtesy.asked(command, key)
        else:
            try:
                requests.append(decode(frame))
            except Malformed as wrong:
                _unreadable(link, wrong)
    link.rest = data[at:] if at < end else b""
    now = link.now()
    if at:  # half a PDU is no sign of life
        link.pulse.heard(now)
        if link.is_told():
            link.tell(data[:at], sent=False)
    if answers or requests:
        tallies = link.tallies
        if answers:
            tallies.answered += len(answers)
            tallies.waits_s.append(now - asked_at)
        if requests:
            tallies.received += len(requests)
            link.intake.heard(len(requests))
        try:
            link.owner.heard(link, answers, requests)
        except Exception:  # session edge: one owner's mistake ends its link, not the program
            log.exception("a link's owner failed", link=link.name)
            link.end(Ended("OURS", "our own mistake"), abort=True)
    _after(link)


def _late(link: "Link", context: Any, frame: bytes) -> None:
    """Tell of the answer to a request that was given up: nobody waits for it, but it may name what was taken."""
    link.tallies.unexpected += 1
    if link.speech.late is None:
        return
    try:
        link.speech.late(link, context, link.decode(frame))
    except Malformed:
        link.tallies.malformed += 1


def _unreadable(link: "Link", wrong: Malformed) -> None:
    link.tallies.malformed += 1
    link.tallies.last_error = f"MALFORMED: {wrong}"
    said = link.speech.refusal_of(wrong)
    if said is not None:
        link.say(said)


def _after(link: "Link") -> None:
    """Do what must wait until the owner has what this read brought."""
    link.courtesy.after_read()
    if link.outlet.is_overfull():
        link.intake.hold()
    if link.state is LinkState.DRAINING:
        link.pulse.beat()
    if len(link.rest) >= _LENGTH_OCTETS:
        length = int.from_bytes(link.rest[:_LENGTH_OCTETS], "big")
        if not link.tongue.least <= length <= link.tongue.most:
            shown = link.rest[:HEAD_SHOWN].hex()
            log.warning("a stream cannot be followed; it is dropped", link=link.name, peer=link.peer, head=shown)
            link.tallies.malformed += 1
            link.end(Ended("GARBAGE", f"a PDU of {length} octets cannot be"), abort=True)
