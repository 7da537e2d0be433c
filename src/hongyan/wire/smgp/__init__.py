"""SMGP 3.0, China Telecom's protocol: octets to frozen values and back.

`decode` and `encode` do everything; `SubmitForm`, `read_submit_resp` and `write_...` do the same sooner for what
happens with every message. Read `pdus` first.
"""

from hongyan.wire.smgp.codec import HEADER, LARGEST, decode, encode
from hongyan.wire.smgp.fast import SubmitForm, read_submit_resp, write_deliver_resp, write_submit_resp
from hongyan.wire.smgp.login import authenticator_client, authenticator_server, timestamp_text
from hongyan.wire.smgp.pdus import (
    LINK_ID,
    MSG_SRC,
    PK_NUMBER,
    PK_TOTAL,
    TAGS,
    TP_PID,
    TP_UDHI,
    ActiveTest,
    ActiveTestResp,
    Deliver,
    DeliverResp,
    Exit,
    ExitResp,
    Login,
    LoginResp,
    Pdu,
    Query,
    QueryResp,
    Submit,
    SubmitResp,
    Tlv,
    Unknown,
    octet_of,
    part_tlvs,
)
from hongyan.wire.smgp.report import Report, decode_report, encode_report, msg_id_text
from hongyan.wire.smgp.words import ERRS, STATUSES

__all__ = [
    "ERRS",
    "HEADER",
    "LARGEST",
    "LINK_ID",
    "MSG_SRC",
    "PK_NUMBER",
    "PK_TOTAL",
    "STATUSES",
    "TAGS",
    "TP_PID",
    "TP_UDHI",
    "ActiveTest",
    "ActiveTestResp",
    "Deliver",
    "DeliverResp",
    "Exit",
    "ExitResp",
    "Login",
    "LoginResp",
    "Pdu",
    "Query",
    "QueryResp",
    "Report",
    "Submit",
    "SubmitForm",
    "SubmitResp",
    "Tlv",
    "Unknown",
    "authenticator_client",
    "authenticator_server",
    "decode",
    "decode_report",
    "encode",
    "encode_report",
    "msg_id_text",
    "octet_of",
    "part_tlvs",
    "read_submit_resp",
    "timestamp_text",
    "write_deliver_resp",
    "write_submit_resp",
]
