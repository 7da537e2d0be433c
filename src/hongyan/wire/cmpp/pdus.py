"""What an SP and an ISMG can say to each other: every PDU of CMPP 2.0 and 3.0 as a frozen value.

One value serves both versions: what 2.0 does not have (the three ..._terminal_type) is 0 there, and its eight reserved
octets are `link_id`. Fields stand in the order of the wire and bear the specification's names.
"""

from typing import ClassVar

from msgspec import Struct


class Connect(Struct, frozen=True, gc=False):
    """The log-in (CMPP 3.0 §7.4.1.1)."""

    command: ClassVar[int] = 0x00000001
    name: ClassVar[str] = "CONNECT"
    sequence: int
    source_addr: str
    authenticator_source: bytes
    version: int
    timestamp: int


class ConnectResp(Struct, frozen=True, gc=False):
    """The answer to a log-in; `version` is the highest that the gateway speaks."""

    command: ClassVar[int] = 0x80000001
    name: ClassVar[str] = "CONNECT_RESP"
    sequence: int
    status: int = 0
    authenticator_ismg: bytes = bytes(16)
    version: int = 0x30


class Terminate(Struct, frozen=True, gc=False):
    """The wish to close (§7.4.2)."""

    command: ClassVar[int] = 0x00000002
    name: ClassVar[str] = "TERMINATE"
    sequence: int


class TerminateResp(Struct, frozen=True, gc=False):
    """The agreement to close."""

    command: ClassVar[int] = 0x80000002
    name: ClassVar[str] = "TERMINATE_RESP"
    sequence: int


class Submit(Struct, frozen=True, gc=False):
    """An MT for one or more numbers (§7.4.3.1)."""

    command: ClassVar[int] = 0x00000004
    name: ClassVar[str] = "SUBMIT"
    sequence: int
    msg_id: int = 0
    pk_total: int = 1
    pk_number: int = 1
    registered_delivery: int = 1
    msg_level: int = 0
    service_id: str = ""
    fee_user_type: int = 2
    fee_terminal_id: str = ""
    fee_terminal_type: int = 0
    tp_pid: int = 0
    tp_udhi: int = 0
    msg_fmt: int = 8
    msg_src: str = ""
    fee_type: str = "01"
    fee_code: str = "0"
    valid_time: str = ""
    at_time: str = ""
    src_id: str = ""
    dest_terminal_ids: tuple[str, ...] = ()
    dest_terminal_type: int = 0
    msg_content: bytes = b""
    link_id: str = ""


class SubmitResp(Struct, frozen=True, gc=False):
    """The answer to an MT; with several numbers the ids run on from `msg_id`."""

    command: ClassVar[int] = 0x80000004
    name: ClassVar[str] = "SUBMIT_RESP"
    sequence: int
    msg_id: int = 0
    result: int = 0


class Deliver(Struct, frozen=True, gc=False):
    """An MO, or with `registered_delivery` 1 a status report whose block is `msg_content` (§7.4.3.3)."""

    command: ClassVar[int] = 0x00000005
    name: ClassVar[str] = "DELIVER"
    sequence: int
    msg_id: int = 0
    dest_id: str = ""
    service_id: str = ""
    tp_pid: int = 0
    tp_udhi: int = 0
    msg_fmt: int = 0
    src_terminal_id: str = ""
    src_terminal_type: int = 0
    registered_delivery: int = 0
    msg_content: bytes = b""
    link_id: str = ""


class DeliverResp(Struct, frozen=True, gc=False):
    """The answer to an MO or a report."""

    command: ClassVar[int] = 0x80000005
    name: ClassVar[str] = "DELIVER_RESP"
    sequence: int
    msg_id: int = 0
    result: int = 0


class Query(Struct, frozen=True, gc=False):
    """The question for a day's numbers (§7.4.4): `time` is YYYYMMDD, `query_type` 0 for all, 1 for one Service_Id."""

    command: ClassVar[int] = 0x00000006
    name: ClassVar[str] = "QUERY"
    sequence: int
    time: str
    query_type: int = 0
    query_code: str = ""
    reserve: str = ""


class QueryResp(Struct, frozen=True, gc=False):
    """A day's numbers: messages and receivers submitted, then delivered, waiting and failed, for MT and for MO."""

    command: ClassVar[int] = 0x80000006
    name: ClassVar[str] = "QUERY_RESP"
    sequence: int
    time: str
    query_type: int = 0
    query_code: str = ""
    mt_tlmsg: int = 0
    mt_tlusr: int = 0
    mt_scs: int = 0
    mt_wt: int = 0
    mt_fl: int = 0
    mo_scs: int = 0
    mo_wt: int = 0
    mo_fl: int = 0


class Cancel(Struct, frozen=True, gc=False):
    """The wish that a message be not delivered (§7.4.5)."""

    command: ClassVar[int] = 0x00000007
    name: ClassVar[str] = "CANCEL"
    sequence: int
    msg_id: int


class CancelResp(Struct, frozen=True, gc=False):
    """Whether it was cancelled: `success_id` 0 is yes."""

    command: ClassVar[int] = 0x80000007
    name: ClassVar[str] = "CANCEL_RESP"
    sequence: int
    success_id: int = 0


class ActiveTest(Struct, frozen=True, gc=False):
    """The question whether the other side still lives (§7.4.6)."""

    command: ClassVar[int] = 0x00000008
    name: ClassVar[str] = "ACTIVE_TEST"
    sequence: int


class ActiveTestResp(Struct, frozen=True, gc=False):
    """That it does. One octet by the document; some send none."""

    command: ClassVar[int] = 0x80000008
    name: ClassVar[str] = "ACTIVE_TEST_RESP"
    sequence: int
    reserved: int = 0


class Unknown(Struct, frozen=True, gc=False):
    """What gateways say among themselves (FWD, the routing commands), and what nobody knows."""

    command: int
    sequence: int
    body: bytes = b""

    @property
    def name(self) -> str:
        """How the specification calls the command, or its number."""
        return _OTHERS.get(self.command) or f"0x{self.command:08x}"


Pdu = (
    Connect
    | ConnectResp
    | Terminate
    | TerminateResp
    | Submit
    | SubmitResp
    | Deliver
    | DeliverResp
    | Query
    | QueryResp
    | Cancel
    | CancelResp
    | ActiveTest
    | ActiveTestResp
    | Unknown
)

_AMONG_GATEWAYS = {
    0x09: "FWD",
    0x10: "MT_ROUTE",
    0x11: "MO_ROUTE",
    0x12: "GET_MT_ROUTE",
    0x13: "MT_ROUTE_UPDATE",
    0x14: "MO_ROUTE_UPDATE",
    0x15: "PUSH_MT_ROUTE_UPDATE",
    0x16: "PUSH_MO_ROUTE_UPDATE",
    0x17: "GET_MO_ROUTE",
}
_OTHERS = _AMONG_GATEWAYS | {command | 0x80000000: f"{name}_RESP" for command, name in _AMONG_GATEWAYS.items()}
