"""What an SMSC brings: receipts in both shapes, replies, and whatever else it may ask (SMPP 3.4 §5.2.12)."""

from collections.abc import Mapping
from typing import Any

from hongyan.carriers import Incoming, Piece, Receipt
from hongyan.carriers.shaping import Shaping
from hongyan.carriers.smpp.ids import Ids
from hongyan.carriers.wording import Brought
from hongyan.model.cause import Cause, CauseKind
from hongyan.model.errors import Misconfigured
from hongyan.model.message import State
from hongyan.text import air, udh
from hongyan.text.parts import GSM7, UCS2
from hongyan.wire import smpp
from hongyan.wire.smpp import quick, receipts, statuses, tlvs
from hongyan.wire.smpp.receipts import DeliveryReceipt

IGNORED = "ignored"
NO_ID = "-"
"""no message has this id"""
_WORDS: dict[str, tuple[State, CauseKind]] = {
    "delivered": (State.DELIVERED, CauseKind.DELIVERED),
    "undelivered": (State.UNDELIVERED, CauseKind.NUMBER),
    "expired": (State.EXPIRED, CauseKind.TIME),
    "rejected": (State.REJECTED, CauseKind.CARRIER),
    "unknown": (State.UNKNOWN, CauseKind.CARRIER),
}
_STATES: dict[int, str] = {
    0: IGNORED,
    1: IGNORED,
    2: "delivered",
    3: "expired",
    4: "undelivered",
    5: "undelivered",
    6: IGNORED,
    7: "unknown",
    8: "rejected",
    9: "undelivered",
}
"""message_state (§5.2.28; SMPP 5.0 has 0 and 9 too) -> what it is for us; SCHEDULED, ENROUTE and ACCEPTED are no end"""
_SENTENCES = {
    "DELIVRD": "delivered",
    "EXPIRED": "its validity was over at the carrier",
    "DELETED": "the carrier deleted it",
    "UNDELIV": "it cannot be delivered",
    "UNKNOWN": "the carrier does not know what became of it",
    "REJECTD": "the network rejected it",
}
_VENDOR_WORDS = {
    "SCHEDULED": 0,
    "BUFFERED": 1,
    "BUFFRED": 1,
    "ENROUTED": 1,
    "SENT": 1,
    "SUBMITTED": 1,
    "DELIVERED": 2,
    "DELIVRED": 2,
    "UNDELIVERED": 5,
    "UNDELIVERABLE": 5,
    "FAILED": 5,
    "ACCEPTED": 6,
    "REJECTED": 8,
    "REJECT": 8,
    "BLOCKED": 8,
}
"""words that some SMSCs write where the specification has seven letters -> message_state"""
_TYPE, _RECEIPT, _INTERMEDIATE, _REPLY = 0x3C, 0x04, 0x20, 0x00
_UDHI = 0x40
_CODINGS = {1: air.ASCII, 3: air.LATIN1, 2: air.LATIN1, 4: air.LATIN1, 8: UCS2}
_NO_ERRORS = frozenset({"", "0", "00", "000", "0000"})
_CACHED_MOST = 2_000


class Inbound:
    """One SMSC's way of telling."""

    def __init__(self, carrier: str, chosen: Mapping[str, Any], shaping: Shaping, ids: Ids) -> None:
        self._carrier = carrier
        self._shaping, self._ids = shaping, ids
        self._unmarked: bool = chosen["unmarked_receipts"]
        self._alphabet: str = chosen["default_alphabet"]
        self._packed: bool = chosen["packed"] and chosen["default_alphabet"] == GSM7
        self._words = _words(f"carrier {carrier}", chosen["receipt_words"])
        self._causes: dict[tuple[str, str], Cause] = {}

    def brought(self, requests: list[Any], now: int) -> Brought:
        """Sort what came."""
        out = Brought([], [], [], [], [])
        dismissed = 0
        for request in requests:
            if request.__class__ is smpp.DeliverSm or request.__class__ is smpp.DataSm:
                self._message(request, now, out)
            elif isinstance(request, smpp.Outbind | smpp.AlertNotification):
                dismissed += 1
            else:
                out.at_once.append(smpp.refusal(request.command, request.sequence, statuses.RINVCMDID))
        return out._replace(dismissed=dismissed) if dismissed else out

    def _message(self, pdu: smpp.DeliverSm | smpp.DataSm, now: int, out: Brought) -> None:
        reply = _reply(pdu)
        receipt = receipts.read(pdu, unmarked=self._unmarked)
        if receipt is not None:
            told = self._receipt(pdu, receipt, now)
            if told is None:
                out.at_once.append(reply)
            else:
                out.receipts.append(told)
                out.receipt_replies.append(reply)
        elif pdu.esm_class & _TYPE != _REPLY:  # acknowledgements of handsets: nobody waits for them
            out.at_once.append(reply)
        else:
            out.incoming.append(self._incoming(pdu, now))
            out.incoming_replies.append(reply)

    def _receipt(self, pdu: smpp.DeliverSm | smpp.DataSm, said: DeliveryReceipt, now: int) -> Receipt | None:
        """Return a receipt, None for one that is no end. One that names no message is kept for people to see."""
        state = _VENDOR_WORDS.get(said.stat) if said.state is None else said.state
        word = self._words.get(said.stat) or ("unknown" if state is None else _STATES.get(state, "unknown"))
        under_way = pdu.esm_class & _TYPE == _INTERMEDIATE and word != "delivered"  # it is tried again: no end
        if word == IGNORED or under_way:
            return None
        ending, kind = _WORDS[word]
        number = self._shaping.digits(pdu.source_addr)
        named = self._ids.receipted(said.id, number, said.text_id) if said.id else (NO_ID, ())
        return Receipt(
            provider_id=named[0],
            state=ending,
            cause=self._cause(kind, said),
            received_at=now,
            spellings=named[1],
            number=number if number.isdigit() else "",
        )

    def _cause(self, kind: CauseKind, said: DeliveryReceipt) -> Cause:
        stat, err = said.stat or f"STATE-{said.state}", said.err
        known = self._causes.get((stat, err))
        if known is None:
            text = _SENTENCES.get(stat, f"the carrier said {stat}")
            code = stat
            if err not in _NO_ERRORS:
                code, text = f"{stat}:{err}", f"{text}; error {err}"
            if len(self._causes) >= _CACHED_MOST:
                self._causes.clear()
            known = self._causes[stat, err] = Cause(kind, code[:64], text, self._carrier)
        return known

    def _incoming(self, pdu: smpp.DeliverSm | smpp.DataSm, now: int) -> Incoming:
        octets = pdu.short_message if isinstance(pdu, smpp.DeliverSm) else b""
        octets = octets or tlvs.message_payload(pdu.tlvs) or b""
        piece, header = None, 0
        if pdu.esm_class & _UDHI and (found := udh.read(octets)) is not None:
            header = found.octets
            if found.part is not None:
                piece = Piece(found.part.reference, found.part.total, found.part.number)
        elif (part := tlvs.sar(pdu.tlvs)) is not None and part.total > 1:
            piece = Piece(part.reference, part.total, part.number)
        coding = self._coding(pdu.data_coding)
        text = octets[header:]
        if self._packed and coding == GSM7:
            text = air.unpacked(text, air.fill_bits(header))
        return Incoming(
            sender=self._shaping.digits(pdu.source_addr),
            to=pdu.destination_addr.removeprefix("+"),
            octets=text,
            coding=coding,
            received_at=now,
            piece=piece,
        )

    def _coding(self, data_coding: int) -> str:
        """Return the alphabet of a data_coding: SMPP's own numbers (§5.2.19), and GSM's groups with classes."""
        if data_coding in _CODINGS:
            return _CODINGS[data_coding]
        group = data_coding & _GSM_GROUP
        if group == _GENERAL_WITH_CLASS:
            return _GSM_ALPHABETS.get(data_coding & _GSM_ALPHABET, GSM7)
        if group == _DATA_GROUP:
            return air.LATIN1 if data_coding & _DATA_8BIT else GSM7
        return self._alphabet


_GSM_GROUP, _GENERAL_WITH_CLASS, _DATA_GROUP = 0xF0, 0x10, 0xF0
_GSM_ALPHABET, _DATA_8BIT = 0x0C, 0x04
_GSM_ALPHABETS = {0x04: air.LATIN1, 0x08: UCS2}


def _reply(pdu: smpp.DeliverSm | smpp.DataSm) -> bytes:
    if isinstance(pdu, smpp.DeliverSm):
        return quick.deliver_response(pdu.sequence)
    return smpp.encode(smpp.DataSmResp(pdu.sequence))


def _words(where: str, overrides: Mapping[str, Any]) -> dict[str, str]:
    for word, meaning in overrides.items():
        if meaning not in _WORDS and meaning != IGNORED:
            raise Misconfigured(where, f"receipt_words: {word} cannot mean {meaning!r}.", ", ".join([*_WORDS, IGNORED]))
    return {word.upper(): meaning for word, meaning in overrides.items()}
