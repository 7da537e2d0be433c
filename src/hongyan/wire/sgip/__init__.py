"""SGIP 1.2, China Unicom's protocol: octets to frozen values and back.

`decode` and `encode` do everything; `SubmitForm`, `read_submit_resp` and `write_resp` do the same sooner for what
happens with every message. Read `pdus` first, and `sequence`, which is the message id here.
"""

from hongyan.wire.sgip.codec import HEADER, LARGEST, decode, encode
from hongyan.wire.sgip.fast import SubmitForm, read_submit_resp, write_resp
from hongyan.wire.sgip.pdus import (
    Bind,
    BindResp,
    Deliver,
    DeliverResp,
    Pdu,
    Report,
    ReportResp,
    Stop,
    Submit,
    SubmitResp,
    Trace,
    TraceResp,
    Unbind,
    UnbindResp,
    Unknown,
    UserRpt,
    UserRptResp,
)
from hongyan.wire.sgip.sequence import Sequence, sequence_of
from hongyan.wire.sgip.words import RESULTS, STATES

__all__ = [
    "HEADER",
    "LARGEST",
    "RESULTS",
    "STATES",
    "Bind",
    "BindResp",
    "Deliver",
    "DeliverResp",
    "Pdu",
    "Report",
    "ReportResp",
    "Sequence",
    "Stop",
    "Submit",
    "SubmitForm",
    "SubmitResp",
    "Trace",
    "TraceResp",
    "Unbind",
    "UnbindResp",
    "Unknown",
    "UserRpt",
    "UserRptResp",
    "decode",
    "encode",
    "read_submit_resp",
    "sequence_of",
    "write_resp",
]
