"""What an SP and an SMGW can say to each other: every PDU of SMGP 3.0 that an SP can meet, as a frozen value.

Fields stand in the order of the wire and bear the specification's names. A MsgID is ten octets that only look like
digits when printed in hexadecimal: it stays octets here. TLVs are kept as they came, known or not.
"""

from typing import ClassVar

from msgspec import Struct

Tlv = tuple[int, bytes]
"""an optional parameter: its tag and its value"""

TP_PID, TP_UDHI, LINK_ID = 0x0001, 0x0002, 0x0003
PK_TOTAL, PK_NUMBER = 0x0009, 0x000A
SUBMIT_MSG_TYPE, SP_DEAL_RESULT = 0x000B, 0x000C
MSG_SRC, M_SERVICE_ID = 0x0010, 0x0012
"""tags (SMGP 3.0, optional parameters); `TAGS` names them all"""

TAGS: dict[int, str] = {
    TP_PID: "TP_pid",
    TP_UDHI: "TP_udhi",
    LINK_ID: "LinkID",
    0x0004: "ChargeUserType",
    0x0005: "ChargeTermType",
    0x0006: "ChargeTermPseudo",
    0x0007: "DestTermType",
    0x0008: "DestTermPseudo",
    PK_TOTAL: "PkTotal",
    PK_NUMBER: "PkNumber",
    SUBMIT_MSG_TYPE: "SubmitMsgType",
    SP_DEAL_RESULT: "SPDealResult",
    0x000D: "SrcTermType",
    0x000E: "SrcTermPseudo",
    0x000F: "NodesCount",
    MSG_SRC: "MsgSrc",
    0x0011: "SrcType",
    M_SERVICE_ID: "MServiceID",
}


class Login(Struct, frozen=True, gc=False):
    """The log-in: `login_mode` is 0 to send, 1 to receive, 2 for both."""

    command: ClassVar[int] = 0x00000001
    name: ClassVar[str] = "Login"
    sequence: int
    client_id: str
    authenticator_client: bytes
    login_mode: int
    timestamp: int
    client_version: int = 0x30


class LoginResp(Struct, frozen=True, gc=False):
    """The answer to a log-in; `server_version` is the highest that the gateway speaks."""

    command: ClassVar[int] = 0x80000001
    name: ClassVar[str] = "Login_Resp"
    sequence: int
    status: int = 0
    authenticator_server: bytes = bytes(16)
    server_version: int = 0x30


class Submit(Struct, frozen=True, gc=False):
    """An MT (`msg_type` 6) for one or more numbers."""

    command: ClassVar[int] = 0x00000002
    name: ClassVar[str] = "Submit"
    sequence: int
    msg_type: int = 6
    need_report: int = 1
    priority: int = 1
    service_id: str = ""
    fee_type: str = "00"
    fee_code: str = "0"
    fixed_fee: str = "0"
    msg_format: int = 8
    valid_time: str = ""
    at_time: str = ""
    src_term_id: str = ""
    charge_term_id: str = ""
    dest_term_ids: tuple[str, ...] = ()
    msg_content: bytes = b""
    reserve: str = ""
    tlvs: tuple[Tlv, ...] = ()


class SubmitResp(Struct, frozen=True, gc=False):
    """The answer to an MT."""

    command: ClassVar[int] = 0x80000002
    name: ClassVar[str] = "Submit_Resp"
    sequence: int
    msg_id: bytes = bytes(10)
    status: int = 0


class Deliver(Struct, frozen=True, gc=False):
    """An MO, or with `is_report` 1 a status report whose text is `msg_content`."""

    command: ClassVar[int] = 0x00000003
    name: ClassVar[str] = "Deliver"
    sequence: int
    msg_id: bytes = bytes(10)
    is_report: int = 0
    msg_format: int = 0
    recv_time: str = ""
    src_term_id: str = ""
    dest_term_id: str = ""
    msg_content: bytes = b""
    reserve: str = ""
    tlvs: tuple[Tlv, ...] = ()


class DeliverResp(Struct, frozen=True, gc=False):
    """The answer to an MO or a report."""

    command: ClassVar[int] = 0x80000003
    name: ClassVar[str] = "Deliver_Resp"
    sequence: int
    msg_id: bytes = bytes(10)
    status: int = 0


class ActiveTest(Struct, frozen=True, gc=False):
    """The question whether the other side still lives."""

    command: ClassVar[int] = 0x00000004
    name: ClassVar[str] = "Active_Test"
    sequence: int


class ActiveTestResp(Struct, frozen=True, gc=False):
    """That it does."""

    command: ClassVar[int] = 0x80000004
    name: ClassVar[str] = "Active_Test_Resp"
    sequence: int


class Exit(Struct, frozen=True, gc=False):
    """The wish to close."""

    command: ClassVar[int] = 0x00000006
    name: ClassVar[str] = "Exit"
    sequence: int


class ExitResp(Struct, frozen=True, gc=False):
    """The agreement to close."""

    command: ClassVar[int] = 0x80000006
    name: ClassVar[str] = "Exit_Resp"
    sequence: int


class Query(Struct, frozen=True, gc=False):
    """The question for a day's numbers: `query_time` is YYYYMMDD, `query_type` 0 for all, 1 for one ServiceID."""

    command: ClassVar[int] = 0x00000007
    name: ClassVar[str] = "Query"
    sequence: int
    query_time: str
    query_type: int = 0
    query_code: str = ""
    reserve: str = ""


class QueryResp(Struct, frozen=True, gc=False):
    """A day's numbers: messages and receivers submitted, then delivered, waiting and failed, for MT and for MO."""

    command: ClassVar[int] = 0x80000007
    name: ClassVar[str] = "Query_Resp"
    sequence: int
    query_time: str
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
    reserve: str = ""


class Unknown(Struct, frozen=True, gc=False):
    """What gateways say among themselves (Forward, routes, payment), and what nobody knows."""

    command: int
    sequence: int
    body: bytes = b""

    @property
    def name(self) -> str:
        """How the specification calls the command, or its number."""
        return _OTHERS.get(self.command) or f"0x{self.command:08x}"


Pdu = (
    Login
    | LoginResp
    | Submit
    | SubmitResp
    | Deliver
    | DeliverResp
    | ActiveTest
    | ActiveTestResp
    | Exit
    | ExitResp
    | Query
    | QueryResp
    | Unknown
)

_OTHERS = {0x00000005: "Forward", 0x80000005: "Forward_Resp"}


def octet_of(tlvs: tuple[Tlv, ...], tag: int, otherwise: int = 0) -> int:
    """Return the number that a parameter of one octet holds."""
    for found, value in tlvs:
        if found == tag and value:
            return value[0]
    return otherwise


def part_tlvs(pk_total: int, pk_number: int) -> tuple[Tlv, ...]:
    """Return what goes with a part of a long message, whose content begins with a UDH."""
    return ((TP_UDHI, b"\1"), (PK_TOTAL, bytes((pk_total,))), (PK_NUMBER, bytes((pk_number,))))
