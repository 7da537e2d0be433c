"""What an SP and an SMG can say to each other: every PDU of SGIP 1.2 that an SP can meet, as a frozen value.

Fields stand in the order of the wire and bear the specification's names. Every `sequence` is the whole twelve octets.
"""

from typing import ClassVar

from msgspec import Struct

from hongyan.wire.sgip.sequence import Sequence


class Bind(Struct, frozen=True, gc=False):
    """The log-in: `login_type` is 1 from SP to SMG, 2 from SMG to SP, 11 to test."""

    command: ClassVar[int] = 0x00000001
    name: ClassVar[str] = "Bind"
    sequence: Sequence
    login_type: int
    login_name: str
    login_password: str
    reserve: str = ""


class BindResp(Struct, frozen=True, gc=False):
    """The answer to a log-in."""

    command: ClassVar[int] = 0x80000001
    name: ClassVar[str] = "Bind_Resp"
    sequence: Sequence
    result: int = 0
    reserve: str = ""


class Unbind(Struct, frozen=True, gc=False):
    """The wish to close."""

    command: ClassVar[int] = 0x00000002
    name: ClassVar[str] = "Unbind"
    sequence: Sequence


class UnbindResp(Struct, frozen=True, gc=False):
    """The agreement to close."""

    command: ClassVar[int] = 0x80000002
    name: ClassVar[str] = "Unbind_Resp"
    sequence: Sequence


class Submit(Struct, frozen=True, gc=False):
    """An MT for one or more numbers; its sequence and a number together are what a report names.

    A `charge_number` of 21 zeros lets the SP pay; `report_flag` 1 asks for a report whatever happens.
    """

    command: ClassVar[int] = 0x00000003
    name: ClassVar[str] = "Submit"
    sequence: Sequence
    sp_number: str = ""
    charge_number: str = "0" * 21
    user_numbers: tuple[str, ...] = ()
    corp_id: str = ""
    service_type: str = ""
    fee_type: int = 1
    fee_value: str = "0"
    given_value: str = "0"
    agent_flag: int = 0
    morelateto_mt_flag: int = 2
    priority: int = 0
    expire_time: str = ""
    schedule_time: str = ""
    report_flag: int = 1
    tp_pid: int = 0
    tp_udhi: int = 0
    message_coding: int = 8
    message_type: int = 0
    message_content: bytes = b""
    reserve: str = ""


class SubmitResp(Struct, frozen=True, gc=False):
    """The answer to an MT; it brings no id."""

    command: ClassVar[int] = 0x80000003
    name: ClassVar[str] = "Submit_Resp"
    sequence: Sequence
    result: int = 0
    reserve: str = ""


class Deliver(Struct, frozen=True, gc=False):
    """An MO."""

    command: ClassVar[int] = 0x00000004
    name: ClassVar[str] = "Deliver"
    sequence: Sequence
    user_number: str = ""
    sp_number: str = ""
    tp_pid: int = 0
    tp_udhi: int = 0
    message_coding: int = 0
    message_content: bytes = b""
    reserve: str = ""


class DeliverResp(Struct, frozen=True, gc=False):
    """The answer to an MO."""

    command: ClassVar[int] = 0x80000004
    name: ClassVar[str] = "Deliver_Resp"
    sequence: Sequence
    result: int = 0
    reserve: str = ""


class Report(Struct, frozen=True, gc=False):
    """A status report: `state` is 0 delivered, 1 waiting, 2 failed with `error_code`.

    `submit_sequence` is that of the Submit, when `report_type` is 0.
    """

    command: ClassVar[int] = 0x00000005
    name: ClassVar[str] = "Report"
    sequence: Sequence
    submit_sequence: Sequence
    report_type: int = 0
    user_number: str = ""
    state: int = 0
    error_code: int = 0
    reserve: str = ""


class ReportResp(Struct, frozen=True, gc=False):
    """The answer to a status report."""

    command: ClassVar[int] = 0x80000005
    name: ClassVar[str] = "Report_Resp"
    sequence: Sequence
    result: int = 0
    reserve: str = ""


class UserRpt(Struct, frozen=True, gc=False):
    """News of a user: `user_condition` 0 is gone, 1 in arrears, 2 number changed, 3 back to normal."""

    command: ClassVar[int] = 0x00000011
    name: ClassVar[str] = "UserRpt"
    sequence: Sequence
    sp_number: str = ""
    user_number: str = ""
    user_condition: int = 0
    reserve: str = ""


class UserRptResp(Struct, frozen=True, gc=False):
    """The answer to news of a user."""

    command: ClassVar[int] = 0x80000011
    name: ClassVar[str] = "UserRpt_Resp"
    sequence: Sequence
    result: int = 0
    reserve: str = ""


class Trace(Struct, frozen=True, gc=False):
    """The question where an MT has got to."""

    command: ClassVar[int] = 0x00001000
    name: ClassVar[str] = "Trace"
    sequence: Sequence
    submit_sequence: Sequence
    user_number: str = ""
    reserve: str = ""


class Stop(Struct, frozen=True, gc=False):
    """One node that an MT came through; `result` 0 is received, 1 waiting, 2 failed there."""

    result: int = 0
    node_id: str = ""
    receive_time: str = ""
    send_time: str = ""


class TraceResp(Struct, frozen=True, gc=False):
    """The nodes that an MT came through."""

    command: ClassVar[int] = 0x80001000
    name: ClassVar[str] = "Trace_Resp"
    sequence: Sequence
    stops: tuple[Stop, ...] = ()
    reserve: str = ""


class Unknown(Struct, frozen=True, gc=False):
    """What gateways say among themselves, and what nobody knows."""

    command: int
    sequence: Sequence
    body: bytes = b""

    @property
    def name(self) -> str:
        """The number of the command."""
        return f"0x{self.command:08x}"


Pdu = (
    Bind
    | BindResp
    | Unbind
    | UnbindResp
    | Submit
    | SubmitResp
    | Deliver
    | DeliverResp
    | Report
    | ReportResp
    | UserRpt
    | UserRptResp
    | Trace
    | TraceResp
    | Unknown
)
