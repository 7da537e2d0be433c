"""How each PDU of CMPP lies on the wire, in the widths of 2.0 and of 3.0: tables, read by `codec` and `fast`.

What differs (CMPP 3.0, list of changes): numbers 21 or 32 octets, a type octet behind each number, results one octet
or four, eight reserved octets or a LinkID of twenty.
"""

from typing import Any, NamedTuple

from hongyan.wire.cmpp import pdus
from hongyan.wire.fixed import ABSENT, U8, U32, U64, Run, octets, text

V20, V21, V30 = 0x20, 0x21, 0x30
"""what a CONNECT says; 2.1 lies on the wire as 2.0 does"""
HEADER = 12
LARGEST = 4096
"""the most octets of a PDU, header and all; the longest possible SUBMIT has 3,727 of them"""


class Widths(NamedTuple):
    """One version's layout of the two PDUs whose length varies."""

    number: int
    number_type: bool
    tail: int
    submit: Run
    deliver: Run
    close: Run
    """LinkID"""


def _widths(number: int, tail: int, *, number_type: bool) -> Widths:
    kind = U8 if number_type else ABSENT
    return Widths(
        number=number,
        number_type=number_type,
        tail=tail,
        submit=Run(
            msg_id=U64,
            pk_total=U8,
            pk_number=U8,
            registered_delivery=U8,
            msg_level=U8,
            service_id=text(10),
            fee_user_type=U8,
            fee_terminal_id=text(number),
            fee_terminal_type=kind,
            tp_pid=U8,
            tp_udhi=U8,
            msg_fmt=U8,
            msg_src=text(6),
            fee_type=text(2),
            fee_code=text(6),
            valid_time=text(17),
            at_time=text(17),
            src_id=text(21),
        ),
        deliver=Run(
            msg_id=U64,
            dest_id=text(21),
            service_id=text(10),
            tp_pid=U8,
            tp_udhi=U8,
            msg_fmt=U8,
            src_terminal_id=text(number),
            src_terminal_type=kind,
            registered_delivery=U8,
        ),
        close=Run(link_id=text(tail)),
    )


NARROW = _widths(21, 8, number_type=False)
WIDE = _widths(32, 20, number_type=True)


class Fixed(NamedTuple):
    """A PDU that has one length in 2.0 and one in 3.0. `also` are runs that are read but never written."""

    pdu: type[Any]
    narrow: Run
    wide: Run
    also: tuple[Run, ...] = ()


_EMPTY = Run()
_CONNECT = Run(source_addr=text(6), authenticator_source=octets(16), version=U8, timestamp=U32)
_QUERY = Run(time=text(8), query_type=U8, query_code=text(10), reserve=text(8))
_QUERY_RESP = Run(
    time=text(8),
    query_type=U8,
    query_code=text(10),
    mt_tlmsg=U32,
    mt_tlusr=U32,
    mt_scs=U32,
    mt_wt=U32,
    mt_fl=U32,
    mo_scs=U32,
    mo_wt=U32,
    mo_fl=U32,
)
_CANCEL = Run(msg_id=U64)
_RESERVED = Run(reserved=U8)
_NARROW_RESULT = Run(msg_id=U64, result=U8)
_WIDE_RESULT = Run(msg_id=U64, result=U32)

FIXED: tuple[Fixed, ...] = (
    Fixed(pdus.Connect, _CONNECT, _CONNECT),
    Fixed(
        pdus.ConnectResp,
        Run(status=U8, authenticator_ismg=octets(16), version=U8),
        Run(status=U32, authenticator_ismg=octets(16), version=U8),
    ),
    Fixed(pdus.Terminate, _EMPTY, _EMPTY),
    Fixed(pdus.TerminateResp, _EMPTY, _EMPTY),
    Fixed(pdus.SubmitResp, _NARROW_RESULT, _WIDE_RESULT),
    Fixed(pdus.DeliverResp, _NARROW_RESULT, _WIDE_RESULT),
    Fixed(pdus.Query, _QUERY, _QUERY),
    Fixed(pdus.QueryResp, _QUERY_RESP, _QUERY_RESP),
    Fixed(pdus.Cancel, _CANCEL, _CANCEL),
    Fixed(pdus.CancelResp, Run(success_id=U8), Run(success_id=U32)),
    Fixed(pdus.ActiveTest, _EMPTY, _EMPTY),
    Fixed(pdus.ActiveTestResp, _RESERVED, _RESERVED, also=(_EMPTY,)),
)
