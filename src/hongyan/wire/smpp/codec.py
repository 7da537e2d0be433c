"""SMPP 3.4 octets to PDUs and back. `frames` of `wire/` has already cut the stream.

The table of `layouts` says how every PDU lies on the wire. The two that carry messages, and the answer to a submit, go
through functions written out by hand; whenever one of them cannot go on, the table is asked, which then either knows
better or says precisely what is wrong.
"""

from collections.abc import Callable
from struct import Struct as Layout
from struct import error as LayoutError  # noqa: N812 - struct's own name says nothing here
from typing import Any, TypeVar

from hongyan.wire import Malformed
from hongyan.wire.smpp.layouts import LAYOUTS, LONGEST_SHORT_MESSAGE, TEXT, Fault, Field, Limits
from hongyan.wire.smpp.messages import DeliverSm, DeliverSmResp, ShortMessage, SubmitSm, SubmitSmResp
from hongyan.wire.smpp.pdus import Pdu, Request, Response, Tlv, Unknown
from hongyan.wire.smpp.statuses import RINVCMDID, RINVCMDLEN, RSYSERR

HEADER = 16
LARGEST = 0x10000 + 0x400
"""octets of the longest PDU to take: a message_payload of 64 KiB and everything around it"""
LARGEST_SEQUENCE = 0x7FFFFFFF
RESPONSE = 0x80000000
"""set in the command of every answer"""

_HEADER = Layout(">IIII")
_HEADS = Layout(">IIII").unpack_from
_TLV = Layout(">HH")
_LONGEST_SERVICE_TYPE, _LONGEST_ADDRESS, _LONGEST_TIME = 6, 21, 17
_NO_LIMITS: Limits = {}
_BY_COMMAND = {pdu.command: (pdu, fields) for pdu, fields in LAYOUTS.items()}
_Message = TypeVar("_Message", bound=ShortMessage)

NAMES = {pdu.command: pdu.name for pdu in LAYOUTS}
"""command -> its name in the specification"""


def decode(frame: bytes) -> Pdu:
    """Return the PDU in a whole frame.

    Raises Malformed with the command, the sequence and the status that the peer should be answered. Texts longer than
    the specification allows are taken. A refusal may have any body or none, an answer octets that are no TLVs after
    its own: what cannot be read of them is left out.
    """
    if len(frame) < HEADER:
        raise Malformed(f"a PDU of {len(frame)} octets; its header has {HEADER}")
    length, command, status, sequence = _HEADS(frame)
    if length != len(frame):
        what = f"command_length says {length}, there are {len(frame)} octets"
        raise Malformed(what, at=0, command=command, sequence=sequence, status=RINVCMDLEN)
    quick = _QUICK.get(command)
    if quick is not None:
        try:
            return quick(frame, status, sequence)
        except (ValueError, IndexError, LayoutError):
            pass  # the table says what is wrong
    known = _BY_COMMAND.get(command)
    if known is None:
        return Unknown(command, status, sequence, frame[HEADER:])
    pdu, fields = known
    if issubclass(pdu, Response):
        return pdu(sequence, status, *_answer_values(frame, status, sequence, pdu, fields))
    return pdu(sequence, *_values(frame, sequence, pdu, fields))


def encode(pdu: Pdu, limits: Limits = _NO_LIMITS) -> bytes:
    """Return the octets of a PDU.

    `limits` says how many octets (closing NUL included) a peer takes in fields where that is more or less than the
    specification has, as `{"password": 33}`. Raises Malformed for what does not fit, naming the field.
    """
    if isinstance(pdu, ShortMessage) and not limits:
        quick = _written_quickly(pdu)
        if quick is not None:
            return quick
    status = 0 if isinstance(pdu, Request) else pdu.status
    body = pdu.body if isinstance(pdu, Unknown) else _written(pdu, limits)
    try:
        return _HEADER.pack(HEADER + len(body), pdu.command, status, pdu.sequence) + body
    except LayoutError:
        what = f"{pdu.name}: command, status and sequence are numbers of 32 bits"
        raise Malformed(what, command=pdu.command, sequence=pdu.sequence, status=RSYSERR) from None


def refusal(command: int, sequence: int, status: int) -> bytes:
    """Return the answer that refuses a request: its own response without a body, or generic_nack.

    generic_nack when the command is not known or has no response (§4.3). Refuse no response: it waits for none.
    """
    known = _BY_COMMAND.get(command)
    if known is None or not issubclass(known[0], Request) or known[0].response is None:
        return _HEADER.pack(HEADER, RESPONSE, status, sequence)
    return _HEADER.pack(HEADER, command | RESPONSE, status, sequence)


def refusal_of(fault: Malformed) -> bytes | None:
    """Return what to answer to octets that could not be read, or None when nothing should be said.

    A command length that cannot be is answered by generic_nack (§4.3.1), as is a PDU whose command is not known.
    """
    if fault.command is None or fault.command & RESPONSE or fault.status is None:
        return None
    if fault.status in {RINVCMDLEN, RINVCMDID}:
        return _HEADER.pack(HEADER, RESPONSE, fault.status, fault.sequence)
    return refusal(fault.command, fault.sequence, fault.status)


def _values(frame: bytes, sequence: int, pdu: type[Request], fields: tuple[Field, ...]) -> list[Any]:
    """Read a request's fields by the table."""
    at, values = HEADER, []
    for field in fields:
        try:
            value, at = field.kind.read(frame, at)
        except Fault as fault:
            what = f"{pdu.name}.{field.name}: {fault.what}"
            raise Malformed(what, at=fault.at, command=pdu.command, sequence=sequence, status=fault.status) from None
        values.append(value)
    return values


def _answer_values(
    frame: bytes, status: int, sequence: int, pdu: type[Response], fields: tuple[Field, ...]
) -> list[Any]:
    """Read an answer's fields by the table, as far as they are there."""
    at, values = HEADER, []
    for field in fields if len(frame) > HEADER else ():
        try:
            value, at = field.kind.read(frame, at)
        except Fault as fault:
            if field is fields[0] and field.kind is TEXT:  # no NUL after an id: some leave it out
                return [frame[at:].decode("latin-1")]
            if status or field.name == "tlvs":
                break
            what = f"{pdu.name}.{field.name}: {fault.what}"
            raise Malformed(what, at=fault.at, command=pdu.command, sequence=sequence) from None
        values.append(value)
    return values


def _written(pdu: Request | Response, limits: Limits) -> bytes:
    """Write the body of a PDU by the table.

    A refusal that says no more than its status has none (§4.4.2); deliver_sm_resp has its NUL always (§4.6.2).
    """
    fields = LAYOUTS[type(pdu)]
    if isinstance(pdu, Response) and pdu.status and type(pdu) is not DeliverSmResp:
        says = any(getattr(pdu, field.name) for field in fields)
        fields = fields if says else ()
    out = []
    for field in fields:
        try:
            out.append(field.kind.write(getattr(pdu, field.name), limits.get(field.name, field.most)))
        except Fault as fault:
            what = f"{pdu.name}.{field.name}: {fault.what}"
            raise Malformed(what, command=pdu.command, sequence=pdu.sequence, status=fault.status) from None
    return b"".join(out)


def _read_message(pdu: type[_Message], frame: bytes, sequence: int) -> _Message:
    """Read submit_sm or deliver_sm; any error whatever means that the table has to say why."""
    find = frame.index
    end = find(0, HEADER)
    service_type = frame[HEADER:end].decode("latin-1") if end > HEADER else ""
    source_end = find(0, end + 3)
    to_end = find(0, source_end + 3)
    priority_at = to_end + 3
    time_end = find(0, priority_at + 1)
    validity_end = find(0, time_end + 1)
    registered, replace, data_coding, default_id, length = frame[validity_end + 1 : validity_end + 6]
    at = validity_end + 6
    text_end = at + length
    if text_end > len(frame):
        raise IndexError
    return pdu(
        sequence,
        service_type,
        frame[end + 1],
        frame[end + 2],
        frame[end + 3 : source_end].decode("latin-1"),
        frame[source_end + 1],
        frame[source_end + 2],
        frame[source_end + 3 : to_end].decode("latin-1"),
        frame[to_end + 1],
        frame[to_end + 2],
        frame[priority_at],
        frame[priority_at + 1 : time_end].decode("latin-1"),
        frame[time_end + 1 : validity_end].decode("latin-1"),
        registered,
        replace,
        data_coding,
        default_id,
        frame[at:text_end],
        () if text_end == len(frame) else _read_tlvs(frame, text_end),
    )


def _read_tlvs(frame: bytes, at: int) -> tuple[Tlv, ...]:
    out = []
    end = len(frame)
    while at < end:
        tag, length = _TLV.unpack_from(frame, at)
        start = at + 4
        at = start + length
        if at > end:
            raise IndexError
        out.append((tag, frame[start:at]))
    return tuple(out)


def _read_submit_sm(frame: bytes, status: int, sequence: int) -> SubmitSm:  # noqa: ARG001 - one shape for all
    return _read_message(SubmitSm, frame, sequence)


def _read_deliver_sm(frame: bytes, status: int, sequence: int) -> DeliverSm:  # noqa: ARG001 - one shape for all
    return _read_message(DeliverSm, frame, sequence)


def _read_submit_sm_resp(frame: bytes, status: int, sequence: int) -> SubmitSmResp:
    end = frame.index(0, HEADER)
    if end != len(frame) - 1:
        raise IndexError
    return SubmitSmResp(sequence, status, frame[HEADER:end].decode("latin-1"))


_QUICK: dict[int, Callable[[bytes, int, int], Pdu]] = {
    SubmitSm.command: _read_submit_sm,
    DeliverSm.command: _read_deliver_sm,
    SubmitSmResp.command: _read_submit_sm_resp,
}


def _written_quickly(pdu: ShortMessage) -> bytes | None:
    """Return the octets of a message, or None when anything about it is not as usual."""
    service_type, source, to = pdu.service_type, pdu.source_addr, pdu.destination_addr
    scheduled, validity, text = pdu.schedule_delivery_time, pdu.validity_period, pdu.short_message
    texts = f"{service_type}{source}{to}{scheduled}{validity}"
    if (
        "\0" in texts
        or not texts.isascii()
        or len(service_type) >= _LONGEST_SERVICE_TYPE
        or len(source) >= _LONGEST_ADDRESS
        or len(to) >= _LONGEST_ADDRESS
        or len(scheduled) >= _LONGEST_TIME
        or len(validity) >= _LONGEST_TIME
        or len(text) > LONGEST_SHORT_MESSAGE
    ):
        return None
    try:
        body = b"%b\0%c%c%b\0%c%c%b\0%c%c%c%b\0%b\0%c%c%c%c%c%b" % (
            service_type.encode(),
            pdu.source_addr_ton,
            pdu.source_addr_npi,
            source.encode(),
            pdu.dest_addr_ton,
            pdu.dest_addr_npi,
            to.encode(),
            pdu.esm_class,
            pdu.protocol_id,
            pdu.priority_flag,
            scheduled.encode(),
            validity.encode(),
            pdu.registered_delivery,
            pdu.replace_if_present_flag,
            pdu.data_coding,
            pdu.sm_default_msg_id,
            len(text),
            text,
        )
        for tag, octets in pdu.tlvs:
            body += _TLV.pack(tag, len(octets)) + octets
        return _HEADER.pack(HEADER + len(body), pdu.command, 0, pdu.sequence) + body
    except (OverflowError, LayoutError):
        return None
