"""SGIP 1.2 PDUs from octets and to octets.

Tables say how each lies on the wire; Submit, Deliver and Trace_Resp, whose length varies, are read by hand.
"""

from collections.abc import Callable
from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct
from typing import Any

from hongyan.wire import Malformed
from hongyan.wire.fixed import U8, Misfit, Run, read_text, text, within, write_text
from hongyan.wire.sgip import pdus
from hongyan.wire.sgip.pdus import Deliver, Pdu, Report, Stop, Submit, Trace, TraceResp, Unknown
from hongyan.wire.sgip.sequence import OCTETS, Sequence, sequence_of

HEADER = 20
LARGEST = 4096
"""the most octets of a PDU, header and all; the document has 2 KiB in mind"""

_HEAD = Layout(">IIIII")
_head, _write_head = _HEAD.unpack_from, _HEAD.pack
_U32 = Layout(">I")
_length, _write_length, _LENGTH_OCTETS = _U32.unpack_from, _U32.pack, _U32.size
_MOST_OF_ONE_OCTET = 255
_LENGTH = 8
"""what to answer: wrong length"""
_NUMBER, _RESERVE = 21, 8

SUBMIT_OPEN = Run(sp_number=text(_NUMBER), charge_number=text(_NUMBER))
SUBMIT = Run(
    corp_id=text(5),
    service_type=text(10),
    fee_type=U8,
    fee_value=text(6),
    given_value=text(6),
    agent_flag=U8,
    morelateto_mt_flag=U8,
    priority=U8,
    expire_time=text(16),
    schedule_time=text(16),
    report_flag=U8,
    tp_pid=U8,
    tp_udhi=U8,
    message_coding=U8,
    message_type=U8,
)
DELIVER = Run(user_number=text(_NUMBER), sp_number=text(_NUMBER), tp_pid=U8, tp_udhi=U8, message_coding=U8)
_STOP = Run(result=U8, node_id=text(6), receive_time=text(16), send_time=text(16))
_CLOSE = Run(reserve=text(_RESERVE))
_EMPTY = Run()
_RESULT = Run(result=U8, reserve=text(_RESERVE))
_NAMING: dict[type[Report | Trace], Run] = {
    Report: Run(report_type=U8, user_number=text(_NUMBER), state=U8, error_code=U8, reserve=text(_RESERVE)),
    Trace: Run(user_number=text(_NUMBER), reserve=text(_RESERVE)),
}
"""what follows the sequence of the Submit that they name"""

_RUNS: dict[type[Any], Run] = {
    pdus.Bind: Run(login_type=U8, login_name=text(16), login_password=text(16), reserve=text(_RESERVE)),
    pdus.BindResp: _RESULT,
    pdus.Unbind: _EMPTY,
    pdus.UnbindResp: _EMPTY,
    pdus.SubmitResp: _RESULT,
    pdus.DeliverResp: _RESULT,
    pdus.ReportResp: _RESULT,
    pdus.UserRpt: Run(sp_number=text(_NUMBER), user_number=text(_NUMBER), user_condition=U8, reserve=text(_RESERVE)),
    pdus.UserRptResp: _RESULT,
}
_BY_COMMAND: dict[int, tuple[type[Any], Run, int]] = {
    pdu.command: (pdu, run, HEADER + run.octets) for pdu, run in _RUNS.items()
}


def decode(frame: bytes) -> Pdu:
    """Read one whole PDU. Raises Malformed, whose sequence is the number of 96 bits."""
    if len(frame) < HEADER:
        raise Malformed(f"a header of {len(frame)} octets; it has {HEADER}", at=len(frame))
    length, command, node, time, counter = _head(frame)
    sequence = Sequence(node, time, counter)
    if length != len(frame):
        raise _misled(command, sequence, f"Message Length says {length}; {len(frame)} octets came", 0)
    shape = _BY_COMMAND.get(command)
    if shape is not None:
        pdu, run, expected = shape
        if length != expected:
            raise _misled(command, sequence, f"a {pdu.name} of {length} octets; it has {expected}", HEADER)
        return pdu(sequence, *run.read(frame, HEADER))  # type: ignore[no-any-return] # every class of _RUNS is a Pdu
    reader = _READERS.get(command)
    return reader(frame, sequence) if reader is not None else Unknown(command, sequence, frame[HEADER:])


def _misled(command: int, sequence: Sequence, what: str, at: int) -> Malformed:
    return Malformed(what, at=at, command=command, sequence=sequence.number(), status=_LENGTH)


def _read_submit(frame: bytes, sequence: Sequence) -> Submit:
    first = HEADER + SUBMIT_OPEN.octets + 1
    last = first + (frame[first - 1] if first <= len(frame) else 0) * _NUMBER
    at = last + SUBMIT.octets
    content = _content(Submit, sequence, frame, at)
    values = SUBMIT_OPEN.read(frame, HEADER)
    values.append(tuple([read_text(frame[n : n + _NUMBER]) for n in range(first, last, _NUMBER)]))
    values += SUBMIT.read(frame, last)
    values += content, read_text(frame[-_RESERVE:])
    return Submit(sequence, *values)


def _read_deliver(frame: bytes, sequence: Sequence) -> Deliver:
    content = _content(Deliver, sequence, frame, HEADER + DELIVER.octets)
    values = DELIVER.read(frame, HEADER)
    values += content, read_text(frame[-_RESERVE:])
    return Deliver(sequence, *values)


def _content(pdu: type[Submit | Deliver], sequence: Sequence, frame: bytes, at: int) -> bytes:
    """Return the content whose length stands at an octet, when nothing but Reserve follows it."""
    start, end = at + _LENGTH_OCTETS, len(frame) - _RESERVE
    if start > end:
        raise _misled(pdu.command, sequence, f"the {pdu.name} ends before its content", len(frame))
    (octets,) = _length(frame, at)
    if start + octets != end:
        what = f"MessageLength of the {pdu.name} says {octets}; {end - start} octets of content came"
        raise _misled(pdu.command, sequence, what, at)
    return frame[start:end]


def _reader_of_naming(pdu: type[Report | Trace], run: Run) -> Callable[[bytes, Sequence], Pdu]:
    """Return the reader of a PDU that begins with the sequence of a Submit."""
    at = HEADER + OCTETS
    expected = at + run.octets

    def read(frame: bytes, sequence: Sequence) -> Report | Trace:
        if len(frame) != expected:
            what = f"a {pdu.name} of {len(frame)} octets; it has {expected}"
            raise _misled(pdu.command, sequence, what, HEADER)
        return pdu(sequence, sequence_of(frame[HEADER:at]), *run.read(frame, at))

    return read


def _read_trace_resp(frame: bytes, sequence: Sequence) -> TraceResp:
    first = HEADER + 1
    last = first + (frame[HEADER] if first <= len(frame) else 0) * _STOP.octets
    if len(frame) != last + _RESERVE:
        what = f"a Trace_Resp of {len(frame)} octets; its count makes {last + _RESERVE}"
        raise _misled(TraceResp.command, sequence, what, HEADER)
    stops = tuple([Stop(*_STOP.read(frame, at)) for at in range(first, last, _STOP.octets)])
    return TraceResp(sequence, stops, read_text(frame[last:]))


_READERS: dict[int, Callable[[bytes, Sequence], Pdu]] = {
    Submit.command: _read_submit,
    Deliver.command: _read_deliver,
    Report.command: _reader_of_naming(Report, _NAMING[Report]),
    Trace.command: _reader_of_naming(Trace, _NAMING[Trace]),
    TraceResp.command: _read_trace_resp,
}


def encode(pdu: Pdu) -> bytes:
    """Write one PDU. Raises Malformed for a value that has no room in its field."""
    try:
        body = _body(pdu)
        within(LARGEST, HEADER + len(body))
        return _write_head(HEADER + len(body), pdu.command, *pdu.sequence) + body
    except (Misfit, StructError) as wrong:
        raise Malformed(f"{pdu.name}: {wrong}", command=pdu.command, sequence=pdu.sequence.number()) from None


def _body(pdu: Pdu) -> bytes:
    match pdu:
        case Submit():
            numbers = [write_text("user_numbers", number, _NUMBER).ljust(_NUMBER, b"\0") for number in pdu.user_numbers]
            front = (SUBMIT_OPEN.write(pdu), _count(len(numbers), "numbers"), *numbers, SUBMIT.write(pdu))
            return b"".join((*front, _write_length(len(pdu.message_content)), pdu.message_content, _CLOSE.write(pdu)))
        case Deliver():
            content = _write_length(len(pdu.message_content)) + pdu.message_content
            return DELIVER.write(pdu) + content + _CLOSE.write(pdu)
        case Report() | Trace():
            return pdu.submit_sequence.octets() + _NAMING[type(pdu)].write(pdu)
        case TraceResp():
            stops = [_STOP.write(stop) for stop in pdu.stops]
            return b"".join((_count(len(stops), "stops"), *stops, _CLOSE.write(pdu)))
        case Unknown():
            return pdu.body
    return _RUNS[type(pdu)].write(pdu)


def _count(how_many: int, of_what: str) -> bytes:
    if how_many > _MOST_OF_ONE_OCTET:
        raise Misfit(f"{how_many} {of_what}; one octet counts them")
    return bytes((how_many,))
