"""What an SGIP carrier says and understands: Submit and its answers, reports, replies and news of users."""

from collections.abc import Mapping
from typing import Any

from hongyan.carriers import Incoming
from hongyan.carriers.china.inbound import incoming, receipt
from hongyan.carriers.china.outgoing import Outgoing, OutPart
from hongyan.carriers.china.stats import FAILED, Meaning, Stats
from hongyan.carriers.links import Brought
from hongyan.carriers.pieces import Said as Answered
from hongyan.carriers.rulings import Ruling, Rulings
from hongyan.model.cause import CauseKind
from hongyan.model.message import Message, State
from hongyan.model.said import Said
from hongyan.session import Key
from hongyan.wire import sgip

RULINGS: dict[int, Ruling] = {
    1: Ruling.LINK,
    2: Ruling.LINK,
    3: Ruling.LINK,
    4: Ruling.LINK,
    5: Ruling.OURS,
    6: Ruling.NUMBER,
    7: Ruling.OURS,
    8: Ruling.CONTENT,
    9: Ruling.UNSURE,
    11: Ruling.THROTTLE,
    21: Ruling.ELSEWHERE,
    22: Ruling.ELSEWHERE,
    23: Ruling.ELSEWHERE,
    25: Ruling.NUMBER,
    29: Ruling.NUMBER,
    32: Ruling.AGAIN,
    33: Ruling.THROTTLE,
    88: Ruling.THROTTLE,
}
"""Result of a Submit_Resp -> what it comes down to; the others: never. 9 may be a repetition of this very one."""

_DELIVERED, _WAITING, _FAILED = 0, 1, 2

STATES: dict[str, Meaning] = {
    "0": Meaning(State.DELIVERED, CauseKind.DELIVERED),
    "1": Meaning(None, CauseKind.CARRIER),
    "2": FAILED,
    "2:6": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "2:24": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "2:25": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "2:26": Meaning(State.UNDELIVERED, CauseKind.HANDSET),
    "2:27": Meaning(State.UNDELIVERED, CauseKind.HANDSET),
    "2:28": Meaning(State.UNDELIVERED, CauseKind.HANDSET),
    "2:29": Meaning(State.UNDELIVERED, CauseKind.NUMBER),
    "2:31": Meaning(State.UNDELIVERED, CauseKind.HANDSET),
}
"""State of a Report, and with 2 its ErrorCode -> what it means"""

_OF_A_SUBMIT = 0


class SgipWording:
    """Fits `links.Wording`."""

    def __init__(self, name: str, chosen: Mapping[str, Any]) -> None:
        self.parts = Outgoing(chosen).parts
        self._frame = sgip.SubmitForm(_alike(chosen)).frame
        self._stats = Stats(name, chosen["stats"], known=STATES, words=_state_words)
        self._rulings = Rulings(
            name, RULINGS, chosen["statuses"], pause_ms=chosen["throttle_pause_ms"], words=result_words
        )

    def frame(self, key: Key, part: OutPart) -> bytes:
        """Return a Submit."""
        return self._frame(key, *part[:5], part.valid_until)  # type: ignore[arg-type] # SGIP's keys are octets

    def taken(self, answer: Any, message: Message) -> str | None:  # noqa: ARG002 - one shape for all
        """Return the sequence of a Submit that was taken: it is what the report will name."""
        return answer.sequence.hex() if answer.__class__ is sgip.SubmitResp and not answer.result else None

    def refused(self, answer: Any) -> Answered:
        """Return what any other answer means."""
        if answer.__class__ is sgip.SubmitResp:
            return self._rulings.said(answer.result)
        return self._rulings.unreadable(getattr(answer, "name", answer))

    def brought(self, requests: list[Any], now: int) -> Brought:
        """Sort reports and replies; news of users are acknowledged, what is unknown gets no answer."""
        out = Brought([], [], [], [], [])
        dismissed = 0
        for pdu in requests:
            if pdu.__class__ is sgip.Report:
                reply = sgip.encode(sgip.ReportResp(pdu.sequence))
                outcome = self._stats.outcome(_code(pdu)) if pdu.report_type == _OF_A_SUBMIT else None
                if outcome is None:
                    out.at_once.append(reply)
                    continue
                out.receipts.append(receipt(pdu.submit_sequence.hex(), outcome, pdu.user_number, now))
                out.receipt_replies.append(reply)
            elif pdu.__class__ is sgip.Deliver:
                out.incoming.append(_incoming(pdu, now))
                out.incoming_replies.append(sgip.encode(sgip.DeliverResp(pdu.sequence)))
            elif pdu.__class__ is sgip.UserRpt:
                out.at_once.append(sgip.encode(sgip.UserRptResp(pdu.sequence)))
            else:
                dismissed += 1
        return out._replace(dismissed=dismissed) if dismissed else out


def _code(report: sgip.Report) -> str:
    return f"{_FAILED}:{report.error_code}" if report.state == _FAILED else str(report.state)


def _incoming(pdu: sgip.Deliver, now: int) -> Incoming:
    return incoming(
        sender=pdu.user_number,
        to=pdu.sp_number,
        content=pdu.message_content,
        msg_format=pdu.message_coding,
        has_header=bool(pdu.tp_udhi),
        carrier_id=pdu.sequence.hex(),
        now=now,
    )


def result_words(result: int) -> tuple[str, str]:
    """Return a result as the code and text of a cause."""
    said = sgip.RESULTS.get(result)
    return str(result), said.en if said is not None else "a result of the gateway's own"


def _state_words(code: str) -> Said | None:
    state, _, error = code.partition(":")
    return (sgip.RESULTS.get(int(error)) if error and error != "0" else None) or sgip.STATES.get(int(state))


def _alike(chosen: Mapping[str, Any]) -> sgip.Submit:
    """Return what all messages of a carrier have in common."""
    return sgip.Submit(
        sgip.Sequence(0, 0, 0),
        charge_number=chosen["charge_number"],
        corp_id=chosen["corp_id"],
        service_type=chosen["service_type"],
        fee_type=chosen["fee_type"],
        fee_value=chosen["fee_value"],
        given_value=chosen["given_value"],
        agent_flag=chosen["agent_flag"],
        morelateto_mt_flag=chosen["morelateto_mt_flag"],
        priority=chosen["priority"],
        report_flag=1 if chosen["receipts"] else 2,
        tp_pid=chosen["tp_pid"],
    )
