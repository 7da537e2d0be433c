"""CMPP PDUs from octets and to octets, both versions (CMPP 3.0 §7, and 2.0 by its list of changes).

`version` is what the link agreed on. Answers are told apart by their length whatever was agreed on, since gateways
mix them; a SUBMIT or DELIVER that fits only the other version's widths is read in those.
"""

from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct
from typing import Any

from hongyan.wire import Malformed
from hongyan.wire.cmpp.layouts import FIXED, HEADER, LARGEST, NARROW, V30, WIDE, Widths
from hongyan.wire.cmpp.pdus import Deliver, Pdu, Submit, Unknown
from hongyan.wire.fixed import Misfit, Run, read_text, within, write_text

_HEAD = Layout(">III")
_head, _write_head = _HEAD.unpack_from, _HEAD.pack
_MOST_OF_ONE_OCTET = 255
_STRUCTURE, _LENGTH = 1, 4
"""what to answer: message structure wrong, message length wrong"""

_BY_LENGTH: dict[tuple[int, int], tuple[type[Any], Run]] = {
    (fixed.pdu.command, HEADER + run.octets): (fixed.pdu, run)
    for fixed in FIXED
    for run in (*fixed.also, fixed.narrow, fixed.wide)
}
_LENGTHS: dict[int, str] = {
    fixed.pdu.command: " or ".join(
        str(octets) for octets in sorted({HEADER + run.octets for run in (*fixed.also, fixed.narrow, fixed.wide)})
    )
    for fixed in FIXED
}
_RUNS: dict[type[Any], tuple[Run, Run]] = {fixed.pdu: (fixed.narrow, fixed.wide) for fixed in FIXED}
_NAMES: dict[int, str] = {fixed.pdu.command: fixed.pdu.name for fixed in FIXED}


def decode(frame: bytes, version: int = V30) -> Pdu:
    """Read one whole PDU. Raises Malformed."""
    if len(frame) < HEADER:
        raise Malformed(f"a header of {len(frame)} octets; it has {HEADER}", at=len(frame))
    length, command, sequence = _head(frame)
    if length != len(frame):
        raise Malformed(
            f"Total_Length says {length}; {len(frame)} octets came",
            at=0,
            command=command,
            sequence=sequence,
            status=_LENGTH,
        )
    shape = _BY_LENGTH.get((command, length))
    if shape is not None:
        pdu, run = shape
        return pdu(sequence, *run.read(frame, HEADER))  # type: ignore[no-any-return] # every class of FIXED is a Pdu
    if command == Deliver.command:
        return _read_deliver(frame, sequence, version)
    if command == Submit.command:
        return _read_submit(frame, sequence, version)
    if command in _LENGTHS:
        raise Malformed(
            f"a {_NAMES[command]} of {length} octets; it has {_LENGTHS[command]}",
            at=HEADER,
            command=command,
            sequence=sequence,
            status=_LENGTH,
        )
    return Unknown(command, sequence, frame[HEADER:])


def _read_deliver(frame: bytes, sequence: int, version: int) -> Deliver:
    for widths in (WIDE, NARROW) if version >= V30 else (NARROW, WIDE):
        at = HEADER + widths.deliver.octets
        end = len(frame) - widths.tail
        if at < end and at + 1 + frame[at] == end:
            values = widths.deliver.read(frame, HEADER)
            values += frame[at + 1 : end], read_text(frame[end:])
            return Deliver(sequence, *values)
    at = HEADER + (WIDE if version >= V30 else NARROW).deliver.octets
    raise _misled(Deliver, sequence, frame, at)


def _read_submit(frame: bytes, sequence: int, version: int) -> Submit:
    for widths in (WIDE, NARROW) if version >= V30 else (NARROW, WIDE):
        first = HEADER + widths.submit.octets + 1
        end = len(frame) - widths.tail
        if first > end:
            continue
        last = first + frame[first - 1] * widths.number
        at = last + widths.number_type
        if at < end and at + 1 + frame[at] == end:
            values = widths.submit.read(frame, HEADER)
            values += (
                tuple([read_text(frame[n : n + widths.number]) for n in range(first, last, widths.number)]),
                frame[last] if widths.number_type else 0,
                frame[at + 1 : end],
                read_text(frame[end:]),
            )
            return Submit(sequence, *values)
    widths = WIDE if version >= V30 else NARROW
    first = HEADER + widths.submit.octets + 1
    count = frame[first - 1] if first <= len(frame) else 0
    raise _misled(Submit, sequence, frame, first + count * widths.number + widths.number_type)


def _misled(pdu: type[Submit | Deliver], sequence: int, frame: bytes, at: int) -> Malformed:
    """Say why a PDU of varying length does not fit; `at` is where Msg_Length should stand."""
    if at < len(frame):
        what = f"Msg_Length of the {pdu.name} says {frame[at]}, which does not agree with its {len(frame)} octets"
    else:
        what, at = f"the {pdu.name} ends before its Msg_Length", len(frame)
    return Malformed(what, at=at, command=pdu.command, sequence=sequence, status=_LENGTH)


def encode(pdu: Pdu, version: int = V30) -> bytes:
    """Write one PDU in the widths of a version. Raises Malformed for a value that has no room in its field."""
    try:
        body = _body(pdu, version)
        within(LARGEST, HEADER + len(body))
        return _write_head(HEADER + len(body), pdu.command, pdu.sequence) + body
    except (Misfit, StructError) as wrong:
        raise Malformed(f"{pdu.name}: {wrong}", command=pdu.command, sequence=pdu.sequence, status=_STRUCTURE) from None


def _body(pdu: Pdu, version: int) -> bytes:
    widths = WIDE if version >= V30 else NARROW
    if isinstance(pdu, Submit):
        return _submit_body(pdu, widths)
    if isinstance(pdu, Deliver):
        return widths.deliver.write(pdu) + _content(pdu.msg_content) + widths.close.write(pdu)
    if isinstance(pdu, Unknown):
        return pdu.body
    return _RUNS[type(pdu)][version >= V30].write(pdu)


def _submit_body(pdu: Submit, widths: Widths) -> bytes:
    numbers = [
        write_text("dest_terminal_ids", number, widths.number).ljust(widths.number, b"\0")
        for number in pdu.dest_terminal_ids
    ]
    if len(numbers) > _MOST_OF_ONE_OCTET:
        raise Misfit(f"{len(numbers)} numbers; one octet counts them")
    if not 0 <= pdu.dest_terminal_type <= _MOST_OF_ONE_OCTET:
        raise Misfit(f"dest_terminal_type {pdu.dest_terminal_type} does not fit one octet")
    return b"".join(
        (
            widths.submit.write(pdu),
            bytes((len(numbers),)),
            *numbers,
            bytes((pdu.dest_terminal_type,)) if widths.number_type else b"",
            _content(pdu.msg_content),
            widths.close.write(pdu),
        )
    )


def _content(content: bytes) -> bytes:
    if len(content) > _MOST_OF_ONE_OCTET:
        raise Misfit(f"Msg_Content of {len(content)} octets; one octet counts them")
    return bytes((len(content),)) + content
