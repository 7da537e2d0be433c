"""CMPP 2.0 and 3.0, China Mobile's protocol: octets to frozen values and back.

`decode` and `encode` do everything; `SubmitForm`, `read_submit_resp` and `write_...` do the same sooner for what
happens with every message. Read `pdus` first.
"""

from hongyan.wire.cmpp.codec import decode, encode
from hongyan.wire.cmpp.fast import SubmitForm, read_submit_resp, write_deliver_resp, write_submit_resp
from hongyan.wire.cmpp.layouts import HEADER, LARGEST, V20, V21, V30
from hongyan.wire.cmpp.login import authenticator_ismg, authenticator_source, timestamp_text
from hongyan.wire.cmpp.pdus import (
    ActiveTest,
    ActiveTestResp,
    Cancel,
    CancelResp,
    Connect,
    ConnectResp,
    Deliver,
    DeliverResp,
    Pdu,
    Query,
    QueryResp,
    Submit,
    SubmitResp,
    Terminate,
    TerminateResp,
    Unknown,
)
from hongyan.wire.cmpp.report import Report, decode_report, encode_report, explain_msg_id, make_msg_id
from hongyan.wire.cmpp.words import CONNECT_STATUSES, RESULTS

__all__ = [
    "CONNECT_STATUSES",
    "HEADER",
    "LARGEST",
    "RESULTS",
    "V20",
    "V21",
    "V30",
    "ActiveTest",
    "ActiveTestResp",
    "Cancel",
    "CancelResp",
    "Connect",
    "ConnectResp",
    "Deliver",
    "DeliverResp",
    "Pdu",
    "Query",
    "QueryResp",
    "Report",
    "Submit",
    "SubmitForm",
    "SubmitResp",
    "Terminate",
    "TerminateResp",
    "Unknown",
    "authenticator_ismg",
    "authenticator_source",
    "decode",
    "decode_report",
    "encode",
    "encode_report",
    "explain_msg_id",
    "make_msg_id",
    "read_submit_resp",
    "timestamp_text",
    "write_deliver_resp",
    "write_submit_resp",
]
