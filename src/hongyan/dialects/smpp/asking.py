"""query_sm and cancel_sm (SMPP 3.4 §4.8, §4.9); replace_sm is refused: what was accepted is never changed."""

from typing import Protocol

from hongyan.dialects.smpp.delivering import stat_of
from hongyan.model.ids import from_decimal
from hongyan.model.message import FINAL, Message
from hongyan.model.world import Caller
from hongyan.report import Reports
from hongyan.wire import smpp
from hongyan.wire.smpp.receipts import STATES
from hongyan.wire.smpp.statuses import RCANCELFAIL, RINVMSGID, RREPLACEFAIL
from hongyan.wire.smpp.times import absolute

_STATES = STATES | {"DELETED": 4}


class Cancels(Protocol):
    """What takes waiting messages back."""

    async def cancel(self, project: str, app: str, message_id: int) -> bool:
        """Return whether it was taken back."""
        ...


class Asking:
    """Answers questions about one customer's messages: another's do not exist."""

    def __init__(self, reports: Reports, cancels: Cancels) -> None:
        self._reports, self._cancels = reports, cancels

    async def query(self, caller: Caller, pdu: smpp.QuerySm) -> bytes:
        """Return what has become of a message.

        spec: smpp#query
        """
        message = await self._message(caller, pdu.message_id)
        if message is None:
            return smpp.refusal(pdu.command, pdu.sequence, RINVMSGID)
        ended = absolute(message.done_at) if message.state in FINAL and message.done_at else ""
        state = _STATES[stat_of(message)]
        return smpp.encode(smpp.QuerySmResp(pdu.sequence, 0, pdu.message_id, ended, state, 0))

    async def cancel(self, caller: Caller, pdu: smpp.CancelSm) -> bytes:
        """Take one message back that waits for its time; what is on its way is not stopped.

        spec: smpp#cancel
        """
        if not pdu.message_id:  # all from a sender to a receiver: not offered
            return smpp.refusal(pdu.command, pdu.sequence, RCANCELFAIL)
        message = await self._message(caller, pdu.message_id)
        if message is None:
            return smpp.refusal(pdu.command, pdu.sequence, RINVMSGID)
        done = await self._cancels.cancel(caller.project.name, caller.key.name, message.id)
        return smpp.encode(smpp.CancelSmResp(pdu.sequence, 0 if done else RCANCELFAIL))

    async def _message(self, caller: Caller, text: str) -> Message | None:
        """Return the message of an id that was answered: its own, or that of a long text's first piece."""
        number, project, app = from_decimal(text), caller.project.name, caller.key.name
        if number is None:
            return None
        found = await self._reports.message(project, number)
        if found is None:
            return await self._reports.called(project, app, str(number))
        return found if found.app == app else None


def replace_refusal(pdu: smpp.ReplaceSm) -> bytes:
    """Return the answer to replace_sm."""
    return smpp.refusal(pdu.command, pdu.sequence, RREPLACEFAIL)
