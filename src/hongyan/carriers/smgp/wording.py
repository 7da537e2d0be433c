"""What an SMGP carrier says and understands: Submit and its answers, reports and replies in Deliver."""

from collections.abc import Mapping
from typing import Any

from hongyan.carriers import Incoming
from hongyan.carriers.china.inbound import incoming, receipt
from hongyan.carriers.china.outgoing import Outgoing, OutPart
from hongyan.carriers.china.stats import STATS, Meaning, Stats
from hongyan.carriers.links import Brought
from hongyan.carriers.pieces import Said as Answered
from hongyan.carriers.rulings import Ruling, Rulings
from hongyan.model.cause import CauseKind
from hongyan.model.message import Message, State
from hongyan.model.said import Said
from hongyan.session import Key
from hongyan.wire import Malformed, smgp
from hongyan.wire.smgp.pdus import M_SERVICE_ID
from hongyan.wire.stat import explain_stat

RULINGS: dict[int, Ruling] = {
    1: Ruling.THROTTLE,
    2: Ruling.LINK,
    10: Ruling.OURS,
    11: Ruling.OURS,
    12: Ruling.UNSURE,
    20: Ruling.LINK,
    21: Ruling.LINK,
    22: Ruling.LINK,
    34: Ruling.CONTENT,
    35: Ruling.OURS,
    36: Ruling.CONTENT,
    39: Ruling.ELSEWHERE,
    44: Ruling.OURS,
    45: Ruling.OURS,
    46: Ruling.SENDER,
    47: Ruling.NUMBER,
    49: Ruling.SENDER,
    58: Ruling.ELSEWHERE,
    74: Ruling.AGAIN,
    75: Ruling.LINK,
    76: Ruling.LINK,
}
"""Status of a Submit_Resp -> what it comes down to; the others: never. What repeats a sequence may be this message."""

ERR_MEANINGS = {
    "EXPIRED:007": Meaning(State.EXPIRED, CauseKind.HANDSET),
    "UNDELIV:005": Meaning(State.UNDELIVERED, CauseKind.HANDSET),
    "UNDELIV:006": Meaning(State.UNDELIVERED, CauseKind.CARRIER),
}
"""Stat and Err of a report, where Err says more than the Stat does"""

_NO_ERRS = frozenset({"", "0", "00", "000"})

_STRUCTURE = 10


class SmgpWording:
    """Fits `links.Wording`."""

    def __init__(self, name: str, chosen: Mapping[str, Any]) -> None:
        self.parts = Outgoing(chosen, ascii_as_octets=True).parts
        self._frame = smgp.SubmitForm(_alike(chosen)).frame
        self._stats = Stats(name, chosen["stats"], known={**STATS, **ERR_MEANINGS}, words=_stat_words)
        self._rulings = Rulings(
            name, RULINGS, chosen["statuses"], pause_ms=chosen["throttle_pause_ms"], words=status_words
        )

    def frame(self, key: Key, part: OutPart) -> bytes:
        """Return a Submit."""
        return self._frame(key, *part)  # type: ignore[arg-type] # SMGP counts its keys

    def taken(self, answer: Any, message: Message) -> str | None:  # noqa: ARG002 - one shape for all
        """Return the MsgID of a Submit_Resp that went well."""
        return answer.msg_id.hex() if answer.__class__ is smgp.SubmitResp and not answer.status else None

    def refused(self, answer: Any) -> Answered:
        """Return what any other answer means."""
        if answer.__class__ is smgp.SubmitResp:
            return self._rulings.said(answer.status)
        return self._rulings.unreadable(getattr(answer, "name", answer))

    def brought(self, requests: list[Any], now: int) -> Brought:
        """Sort reports and replies; what is neither gets no answer."""
        out = Brought([], [], [], [], [])
        dismissed = 0
        for pdu in requests:
            if pdu.__class__ is not smgp.Deliver:
                dismissed += 1
                continue
            reply = smgp.write_deliver_resp(pdu.sequence, pdu.msg_id)
            if not pdu.is_report:
                out.incoming.append(_incoming(pdu, now))
                out.incoming_replies.append(reply)
                continue
            try:
                report = smgp.decode_report(pdu.msg_content)
            except Malformed:
                out.at_once.append(smgp.write_deliver_resp(pdu.sequence, pdu.msg_id, _STRUCTURE))
                continue
            outcome = self._stats.outcome(report.stat if report.err in _NO_ERRS else f"{report.stat}:{report.err}")
            if outcome is None:
                out.at_once.append(reply)
                continue
            out.receipts.append(receipt(report.msg_id.hex(), outcome, pdu.src_term_id, now))
            out.receipt_replies.append(reply)
        return out._replace(dismissed=dismissed) if dismissed else out


def _incoming(pdu: smgp.Deliver, now: int) -> Incoming:
    return incoming(
        sender=pdu.src_term_id,
        to=pdu.dest_term_id,
        content=pdu.msg_content,
        msg_format=pdu.msg_format,
        has_header=bool(smgp.octet_of(pdu.tlvs, smgp.TP_UDHI)),
        carrier_id=pdu.msg_id.hex() if any(pdu.msg_id) else "",
        now=now,
    )


def status_words(status: int) -> tuple[str, str]:
    """Return a status as the code and text of a cause."""
    said = smgp.STATUSES.get(status)
    return str(status), said.en if said is not None else "a status of the gateway's own"


def _stat_words(code: str) -> Said | None:
    stat, _, err = code.partition(":")
    return smgp.ERRS.get(err) or explain_stat(stat)


def _alike(chosen: Mapping[str, Any]) -> smgp.Submit:
    """Return what all messages of a carrier have in common."""
    texts = ((smgp.LINK_ID, "link_id", 20), (smgp.MSG_SRC, "msg_src", 8), (M_SERVICE_ID, "m_service_id", 21))
    for _, name, width in texts:
        if len(chosen[name]) > width or not chosen[name].isascii():
            raise Malformed(f"{name} of more than {width} octets")
    return smgp.Submit(
        0,
        need_report=int(chosen["receipts"]),
        priority=chosen["priority"],
        service_id=chosen["service_id"],
        fee_type=chosen["fee_type"],
        fee_code=chosen["fee_code"],
        fixed_fee=chosen["fixed_fee"],
        charge_term_id=chosen["charge_term_id"],
        tlvs=tuple((tag, chosen[name].encode().ljust(width, b"\0")) for tag, name, width in texts if chosen[name]),
    )
