"""What a CMPP carrier says and understands: SUBMIT and its answers, reports and replies (CMPP 3.0 §7.4.3)."""

from collections.abc import Mapping
from typing import Any

from hongyan.carriers import Incoming
from hongyan.carriers.china.inbound import incoming, receipt
from hongyan.carriers.china.outgoing import Outgoing, OutPart
from hongyan.carriers.china.stats import Stats
from hongyan.carriers.cmpp.settings import VERSIONS
from hongyan.carriers.links import Brought
from hongyan.carriers.pieces import Said
from hongyan.carriers.rulings import Ruling, Rulings
from hongyan.model.message import Message
from hongyan.session import Key
from hongyan.wire import Malformed, cmpp
from hongyan.wire.stat import explain_stat

RULINGS: dict[int, Ruling] = {
    1: Ruling.OURS,
    2: Ruling.OURS,
    3: Ruling.UNSURE,
    4: Ruling.CONTENT,
    5: Ruling.NEVER,
    6: Ruling.CONTENT,
    7: Ruling.NEVER,
    8: Ruling.THROTTLE,
    9: Ruling.ELSEWHERE,
    10: Ruling.SENDER,
    11: Ruling.SENDER,
    12: Ruling.NEVER,
    13: Ruling.NUMBER,
}
"""Result of a SUBMIT_RESP -> what it comes down to (CMPP 3.0 §7.4.3.2); what repeats a sequence may be this message."""

_STRUCTURE = 1


class CmppWording:
    """Fits `links.Wording`."""

    def __init__(self, name: str, chosen: Mapping[str, Any]) -> None:
        self._version = VERSIONS[chosen["version"]]
        self.parts = Outgoing(chosen).parts
        self._frame = cmpp.SubmitForm(_alike(chosen), self._version).frame
        self._stats = Stats(name, chosen["stats"], words=explain_stat)
        self._rulings = Rulings(
            name, RULINGS, chosen["statuses"], pause_ms=chosen["throttle_pause_ms"], words=_result_words
        )

    def frame(self, key: Key, part: OutPart) -> bytes:
        """Return a SUBMIT."""
        return self._frame(key, *part)  # type: ignore[arg-type] # CMPP counts its keys

    def taken(self, answer: Any, message: Message) -> str | None:  # noqa: ARG002 - one shape for all
        """Return the Msg_Id of a SUBMIT_RESP that went well."""
        return str(answer.msg_id) if answer.__class__ is cmpp.SubmitResp and not answer.result else None

    def refused(self, answer: Any) -> Said:
        """Return what any other answer means."""
        if answer.__class__ is cmpp.SubmitResp:
            return self._rulings.said(answer.result)
        return self._rulings.unreadable(getattr(answer, "name", answer))

    def brought(self, requests: list[Any], now: int) -> Brought:
        """Sort reports and replies; what is neither gets no answer."""
        out = Brought([], [], [], [], [])
        dismissed = 0
        for pdu in requests:
            if pdu.__class__ is not cmpp.Deliver:
                dismissed += 1
                continue
            reply = cmpp.write_deliver_resp(pdu.sequence, pdu.msg_id, 0, self._version)
            if not pdu.registered_delivery:
                out.incoming.append(_incoming(pdu, now))
                out.incoming_replies.append(reply)
                continue
            try:
                report = cmpp.decode_report(pdu.msg_content)
            except Malformed:
                refusal = cmpp.write_deliver_resp(pdu.sequence, pdu.msg_id, _STRUCTURE, self._version)
                out.at_once.append(refusal)
                continue
            outcome = self._stats.outcome(report.stat)
            if outcome is None:
                out.at_once.append(reply)
                continue
            out.receipts.append(
                receipt(str(report.msg_id), outcome, report.dest_terminal_id or pdu.src_terminal_id, now)
            )
            out.receipt_replies.append(reply)
        return out._replace(dismissed=dismissed) if dismissed else out


def _incoming(pdu: cmpp.Deliver, now: int) -> Incoming:
    return incoming(
        sender=pdu.src_terminal_id,
        to=pdu.dest_id,
        content=pdu.msg_content,
        msg_format=pdu.msg_fmt,
        has_header=bool(pdu.tp_udhi),
        carrier_id=str(pdu.msg_id) if pdu.msg_id else "",
        now=now,
    )


def _result_words(result: int) -> tuple[str, str]:
    said = cmpp.RESULTS.get(result)
    return str(result), said.en if said is not None else "a result of the gateway's own"


def _alike(chosen: Mapping[str, Any]) -> cmpp.Submit:
    """Return what all messages of a carrier have in common."""
    return cmpp.Submit(
        0,
        registered_delivery=int(chosen["receipts"]),
        msg_level=chosen["msg_level"],
        service_id=chosen["service_id"],
        fee_user_type=chosen["fee_user_type"],
        fee_terminal_id=chosen["fee_terminal_id"],
        fee_terminal_type=chosen["fee_terminal_type"],
        tp_pid=chosen["tp_pid"],
        msg_src=chosen["msg_src"] or chosen["sp_id"],
        fee_type=chosen["fee_type"],
        fee_code=chosen["fee_code"],
        dest_terminal_type=chosen["dest_terminal_type"],
        link_id=chosen["link_id"],
    )
