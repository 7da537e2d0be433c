"""SMGP 3.0 PDUs from octets and to octets.

Tables say how each lies on the wire; Submit and Deliver, whose length varies, are read by hand and end in TLVs.
"""

from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct
from typing import Any

from hongyan.wire import Malformed
from hongyan.wire.fixed import U8, U32, Misfit, Run, octets, read_text, text, within, write_text
from hongyan.wire.smgp import pdus
from hongyan.wire.smgp.pdus import Deliver, Pdu, Submit, Tlv, Unknown

HEADER = 12
LARGEST = 4096
"""the most octets of a PDU, header and all; a Submit for a hundred numbers has some 2,400"""

_HEAD = Layout(">III")
_head, _write_head = _HEAD.unpack_from, _HEAD.pack
_TLV = Layout(">HH")
_tlv, _write_tlv, _TLV_OCTETS = _TLV.unpack_from, _TLV.pack, _TLV.size
_MOST_OF_ONE_OCTET, _MOST_OF_TWO = 0xFF, 0xFFFF
_STRUCTURE, _MSG_LENGTH = 10, 36
"""what to answer: structure error, MsgLength wrong"""
_NUMBER, _RESERVE = 21, 8

SUBMIT = Run(
    msg_type=U8,
    need_report=U8,
    priority=U8,
    service_id=text(10),
    fee_type=text(2),
    fee_code=text(6),
    fixed_fee=text(6),
    msg_format=U8,
    valid_time=text(17),
    at_time=text(17),
    src_term_id=text(_NUMBER),
    charge_term_id=text(_NUMBER),
)
DELIVER = Run(
    msg_id=octets(10),
    is_report=U8,
    msg_format=U8,
    recv_time=text(14),
    src_term_id=text(_NUMBER),
    dest_term_id=text(_NUMBER),
)
_CLOSE = Run(reserve=text(_RESERVE))
_EMPTY = Run()
_RESULT = Run(msg_id=octets(10), status=U32)
_QUESTION = {"query_time": text(8), "query_type": U8, "query_code": text(10)}
_NUMBERS = dict.fromkeys(("mt_tlmsg", "mt_tlusr", "mt_scs", "mt_wt", "mt_fl", "mo_scs", "mo_wt", "mo_fl"), U32)

_RUNS: dict[type[Any], tuple[Run, ...]] = {
    pdus.Login: (
        Run(client_id=text(8), authenticator_client=octets(16), login_mode=U8, timestamp=U32, client_version=U8),
    ),
    pdus.LoginResp: (Run(status=U32, authenticator_server=octets(16), server_version=U8),),
    pdus.SubmitResp: (_RESULT,),
    pdus.DeliverResp: (_RESULT,),
    pdus.ActiveTest: (_EMPTY,),
    pdus.ActiveTestResp: (_EMPTY,),
    pdus.Exit: (_EMPTY,),
    pdus.ExitResp: (_EMPTY,),
    pdus.Query: (Run(**_QUESTION, reserve=text(_RESERVE)), Run(**_QUESTION)),
    pdus.QueryResp: (Run(**_QUESTION, **_NUMBERS, reserve=text(_RESERVE)), Run(**_QUESTION, **_NUMBERS)),
}
"""the first is written; some peers leave the reserved octets of a query away"""

_BY_LENGTH: dict[tuple[int, int], tuple[type[Any], Run]] = {
    (pdu.command, HEADER + run.octets): (pdu, run) for pdu, runs in _RUNS.items() for run in runs
}
_EXPECTED: dict[int, tuple[str, str]] = {
    pdu.command: (pdu.name, " or ".join(str(HEADER + run.octets) for run in runs)) for pdu, runs in _RUNS.items()
}


def decode(frame: bytes) -> Pdu:
    """Read one whole PDU. Raises Malformed."""
    if len(frame) < HEADER:
        raise Malformed(f"a header of {len(frame)} octets; it has {HEADER}", at=len(frame))
    length, command, sequence = _head(frame)
    if length != len(frame):
        raise Malformed(
            f"PacketLength says {length}; {len(frame)} octets came",
            at=0,
            command=command,
            sequence=sequence,
            status=_STRUCTURE,
        )
    shape = _BY_LENGTH.get((command, length))
    if shape is not None:
        pdu, run = shape
        return pdu(sequence, *run.read(frame, HEADER))  # type: ignore[no-any-return] # every class of _RUNS is a Pdu
    if command == Deliver.command:
        return _read_deliver(frame, sequence)
    if command == Submit.command:
        return _read_submit(frame, sequence)
    if command in _EXPECTED:
        name, expected = _EXPECTED[command]
        raise Malformed(
            f"a {name} of {length} octets; it has {expected}",
            at=HEADER,
            command=command,
            sequence=sequence,
            status=_STRUCTURE,
        )
    return Unknown(command, sequence, frame[HEADER:])


def _read_deliver(frame: bytes, sequence: int) -> Deliver:
    at = HEADER + DELIVER.octets
    close = _close(Deliver, sequence, frame, at)
    values = DELIVER.read(frame, HEADER)
    values += frame[at + 1 : close], *_rest(Deliver, sequence, frame, close)
    return Deliver(sequence, *values)


def _read_submit(frame: bytes, sequence: int) -> Submit:
    first = HEADER + SUBMIT.octets + 1
    last = first + (frame[first - 1] if first <= len(frame) else 0) * _NUMBER
    close = _close(Submit, sequence, frame, last)
    values = SUBMIT.read(frame, HEADER)
    values += (
        tuple([read_text(frame[at : at + _NUMBER]) for at in range(first, last, _NUMBER)]),
        frame[last + 1 : close],
        *_rest(Submit, sequence, frame, close),
    )
    return Submit(sequence, *values)


def _close(pdu: type[Submit | Deliver], sequence: int, frame: bytes, at: int) -> int:
    """Return where the content ends whose length stands at an octet, when the fixed end of the PDU is there too."""
    if at >= len(frame):
        raise Malformed(
            f"the {pdu.name} ends before its MsgLength",
            at=len(frame),
            command=pdu.command,
            sequence=sequence,
            status=_STRUCTURE,
        )
    close = at + 1 + frame[at]
    if close + _RESERVE > len(frame):
        raise Malformed(
            f"MsgLength of the {pdu.name} says {frame[at]}; {len(frame) - at - 1} octets follow, Reserve included",
            at=at,
            command=pdu.command,
            sequence=sequence,
            status=_MSG_LENGTH,
        )
    return close


def _rest(pdu: type[Submit | Deliver], sequence: int, frame: bytes, at: int) -> tuple[str, tuple[Tlv, ...]]:
    """Read Reserve and the TLVs behind it."""
    end, tlvs = len(frame), []
    reserve = read_text(frame[at : at + _RESERVE])
    at += _RESERVE
    while at < end:
        value = at + _TLV_OCTETS
        tag, octets_long = _tlv(frame, at) if value <= end else (0, 0)
        if value + octets_long > end:
            raise Malformed(
                f"a TLV of the {pdu.name} runs past its end",
                at=at,
                command=pdu.command,
                sequence=sequence,
                status=_STRUCTURE,
            )
        tlvs.append((tag, frame[value : value + octets_long]))
        at = value + octets_long
    return reserve, tuple(tlvs)


def encode(pdu: Pdu) -> bytes:
    """Write one PDU. Raises Malformed for a value that has no room in its field."""
    try:
        body = _body(pdu)
        within(LARGEST, HEADER + len(body))
        return _write_head(HEADER + len(body), pdu.command, pdu.sequence) + body
    except (Misfit, StructError) as wrong:
        raise Malformed(f"{pdu.name}: {wrong}", command=pdu.command, sequence=pdu.sequence, status=_STRUCTURE) from None


def _body(pdu: Pdu) -> bytes:
    if isinstance(pdu, Submit):
        numbers = [write_text("dest_term_ids", number, _NUMBER).ljust(_NUMBER, b"\0") for number in pdu.dest_term_ids]
        if len(numbers) > _MOST_OF_ONE_OCTET:
            raise Misfit(f"{len(numbers)} numbers; one octet counts them")
        front = b"".join((SUBMIT.write(pdu), bytes((len(numbers),)), *numbers))
    elif isinstance(pdu, Deliver):
        front = DELIVER.write(pdu)
    elif isinstance(pdu, Unknown):
        return pdu.body
    else:
        return _RUNS[type(pdu)][0].write(pdu)
    if len(pdu.msg_content) > _MOST_OF_ONE_OCTET:
        raise Misfit(f"MsgContent of {len(pdu.msg_content)} octets; one octet counts them")
    return b"".join((front, bytes((len(pdu.msg_content),)), pdu.msg_content, _CLOSE.write(pdu), write_tlvs(pdu.tlvs)))


def write_tlvs(tlvs: tuple[Tlv, ...]) -> bytes:
    """Return optional parameters as octets. Raises Misfit."""
    for tag, value in tlvs:
        if not 0 <= tag <= _MOST_OF_TWO or len(value) > _MOST_OF_TWO:
            raise Misfit(f"TLV {tag} of {len(value)} octets")
    return b"".join([_write_tlv(tag, len(value)) + value for tag, value in tlvs])
