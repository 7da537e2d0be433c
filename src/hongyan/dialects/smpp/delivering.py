"""deliver_sm frames: a receipt for each id that asked for one, a reply in as many parts as it takes (SMPP 3.4 §4.6).

Pure. Frames bear sequence 0; whoever sends them puts the number in. Receipts have text and parameters, ids in decimal,
times in UTC, addresses as the customer wrote them. spec: smpp#receipt.shape, smpp#reply
"""

from collections.abc import Sequence

from msgspec import Struct

from hongyan.accept.pieces import Piece
from hongyan.dialects.smpp.kept import OWN_ID, Kept, PieceFacts, facts_in, kept_in
from hongyan.model.cause import Cause, parse_cause
from hongyan.model.message import Message, State
from hongyan.model.reply import Reply
from hongyan.text import udh
from hongyan.text.air import ASCII, LATIN1, fits, segments
from hongyan.text.parts import GSM7, UCS2
from hongyan.wire import smpp
from hongyan.wire.smpp import receipts
from hongyan.wire.smpp.times import receipt_date
from hongyan.wire.smpp.tlvs import USER_MESSAGE_REFERENCE, NetworkError

STATS: dict[State, str] = {
    State.ACCEPTED: "ENROUTE",
    State.SENDING: "ENROUTE",
    State.SUBMITTED: "ENROUTE",
    State.DELIVERED: "DELIVRD",
    State.UNDELIVERED: "UNDELIV",
    State.REJECTED: "REJECTD",
    State.EXPIRED: "EXPIRED",
    State.UNKNOWN: "UNKNOWN",
}
"""what a state is called in a receipt; spec: smpp#receipt.states"""
CANCELLED, _DELETED = "CANCELLED", "DELETED"
_NO_ERROR = "000"
_LONGEST_ERROR = 3
_MOST_IN_TWO_OCTETS = 0xFFFF
_GSM_NETWORK = 3
_HAS_HEADER = 0x40
_INTERNATIONAL, _E164 = 1, 1
_CODINGS = {GSM7: 0, ASCII: 1, LATIN1: 3, UCS2: 8}


class Encoding(Struct, frozen=True):
    """How a customer wants texts: what data coding 0 is to them."""

    plain: str = GSM7


def frames_of(about: Message | Reply, encoding: Encoding) -> list[bytes]:
    """Return the frames that tell of a message's end or of a reply."""
    return _receipts(about) if isinstance(about, Message) else _reply(about, encoding)


def stat_of(message: Message) -> str:
    """Return the word for what became of a message; what its customer took back is deleted."""
    if message.state is State.REJECTED and message.cause and parse_cause(message.cause).code == CANCELLED:
        return _DELETED
    return STATS[message.state]


def error_of(cause: Cause | None, stat: str) -> str:
    """Return the three characters of `err`: the carrier's own number when it has one, else 000 or 001."""
    if stat == "DELIVRD":
        return _NO_ERROR
    code = cause.code.rpartition(":")[2] if cause is not None else ""
    if code.isascii() and code.isdigit():
        return code.lstrip("0").rjust(_LONGEST_ERROR, "0")
    return "001"


def ending_frames(piece: Piece, encoding: Encoding) -> list[bytes]:  # noqa: ARG001 - one shape for both
    """Return the receipt of a piece that never became part of a message."""
    facts: PieceFacts = facts_in(piece.facts)
    return [_receipt(str(facts.id), facts.stat, facts.err, facts.kept, "", facts.taken_at, facts.ended_at)]


def _receipts(message: Message) -> list[bytes]:
    kept = kept_in(message.session)
    stat = stat_of(message)
    err = error_of(parse_cause(message.cause) if message.cause else None, stat)
    text = message.content if message.content.isascii() else ""
    done_at = message.received_at or message.done_at or message.accepted_at
    return [
        _receipt(str(message.id if id_ == OWN_ID else id_), stat, err, kept, text, message.accepted_at, done_at)
        for id_ in kept.ids
    ]


def _receipt(id_: str, stat: str, err: str, kept: Kept, text: str, taken_at: int, done_at: int) -> bytes:
    network = None
    if err.isdigit() and err != _NO_ERROR and int(err) <= _MOST_IN_TWO_OCTETS:
        network = NetworkError(_GSM_NETWORK, int(err))
    tlvs = receipts.receipt_tlvs(id_, stat, network)
    if kept.reference is not None:
        tlvs = (*tlvs, (USER_MESSAGE_REFERENCE, (kept.reference & 0xFFFF).to_bytes(2, "big")))
    octets = receipts.text_octets(
        id_,
        stat,
        submit_date=receipt_date(taken_at),
        done_date=receipt_date(done_at),
        err=err,
        text=text.replace("\n", " ").replace("\r", " "),
    )
    return _frame(kept.to, kept.source, receipts.RECEIPT_CLASS, 0, octets, tlvs)


def _reply(reply: Reply, encoding: Encoding) -> list[bytes]:
    alphabet = encoding.plain if fits(reply.text, encoding.plain) else UCS2
    coding = 0 if alphabet == encoding.plain else _CODINGS[alphabet]
    parts = segments(reply.text, alphabet, udh.SHORT)
    source = (_INTERNATIONAL, _E164, reply.sender)
    kept = kept_in(reply.message.session) if reply.message is not None else Kept()
    to = (kept.source[0], kept.source[1], reply.to) if kept.source[2] == reply.to else (0, 0, reply.to)
    if len(parts) == 1:
        return [_frame(source, to, 0, coding, parts[0], ())]
    return [
        _frame(source, to, _HAS_HEADER, coding, _header(reply.id, len(parts), number) + octets, ())
        for number, octets in enumerate(parts, 1)
    ]


def _header(id_: int, total: int, number: int) -> bytes:
    return udh.concatenation(udh.Part(id_ & 0xFF, total, number))


def _frame(
    source: tuple[int, int, str],
    to: tuple[int, int, str],
    esm_class: int,
    coding: int,
    octets: bytes,
    tlvs: Sequence[smpp.Tlv],
) -> bytes:
    return smpp.encode(
        smpp.DeliverSm(
            0,
            source_addr_ton=source[0],
            source_addr_npi=source[1],
            source_addr=source[2],
            dest_addr_ton=to[0],
            dest_addr_npi=to[1],
            destination_addr=to[2],
            esm_class=esm_class,
            data_coding=coding,
            short_message=octets,
            tlvs=tuple(tlvs),
        )
    )
