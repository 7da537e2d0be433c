"""The status report inside a DELIVER (CMPP 3.0 §7.4.3.3), and a Msg_Id taken apart for people.

A Msg_Id is opaque: gateways put other things in it than the document says. It is compared, never computed with.
"""

from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct

from msgspec import Struct

from hongyan.wire import Malformed
from hongyan.wire.cmpp.layouts import NARROW, V30, WIDE
from hongyan.wire.cmpp.pdus import Deliver
from hongyan.wire.fixed import Misfit, read_text, write_text

_LEAST, _AROUND_NUMBER = 15, 39
_STAT, _TIME = 7, 10
_read_whole = {
    _AROUND_NUMBER + widths.number: Layout(f">Q7s10s10s{widths.number}sI").unpack_from for widths in (NARROW, WIDE)
}
_write = {widths: Layout(f">Q7s10s10s{widths}sI").pack for widths in (NARROW.number, WIDE.number)}
_msg_id = Layout(">Q").unpack_from
_sequence = Layout(">I").unpack_from


class Report(Struct, frozen=True, gc=False):
    """What became of a SUBMIT. Times are YYMMDDHHMM in China; only `msg_id` and `stat` are sure to be there."""

    msg_id: int
    stat: str
    submit_time: str = ""
    done_time: str = ""
    dest_terminal_id: str = ""
    smsc_sequence: int = 0


def decode_report(content: bytes) -> Report:
    """Read the block, 60 or 71 octets by the document; any block with its first 15 octets will do. Raises Malformed.

    Gateways send the block of 2.0 on links of 3.0: the number is as wide as the block leaves room for.
    """
    whole = _read_whole.get(len(content))
    if whole is not None:
        msg_id, stat, submit_time, done_time, number, smsc_sequence = whole(content)
    elif len(content) < _LEAST:
        raise Malformed(
            f"a status report of {len(content)} octets; the least is {_LEAST}",
            at=len(content),
            command=Deliver.command,
        )
    else:
        (msg_id,) = _msg_id(content)
        stat, submit_time, done_time = content[8:15], content[15:25], content[25:35]
        if len(content) >= _AROUND_NUMBER:
            number, (smsc_sequence,) = content[35:-4], _sequence(content, len(content) - 4)
        else:
            number, smsc_sequence = content[35:], 0
    return Report(
        msg_id,
        read_text(stat).strip(),
        read_text(submit_time),
        read_text(done_time),
        read_text(number),
        smsc_sequence,
    )


def encode_report(report: Report, version: int = V30) -> bytes:
    """Write the block in the width of a version. Raises Malformed for a value that has no room in its field."""
    width = (WIDE if version >= V30 else NARROW).number
    try:
        return _write[width](
            report.msg_id,
            write_text("stat", report.stat, _STAT),
            write_text("submit_time", report.submit_time, _TIME),
            write_text("done_time", report.done_time, _TIME),
            write_text("dest_terminal_id", report.dest_terminal_id, width),
            report.smsc_sequence,
        )
    except (Misfit, StructError) as wrong:
        raise Malformed(f"status report: {wrong}", command=Deliver.command) from None


def make_msg_id(month: int, day: int, hour: int, minute: int, second: int, gateway: int, number: int) -> int:
    """Return the id that the document would have a gateway make (CMPP 3.0 §7.4.3.2)."""
    return month << 60 | day << 55 | hour << 50 | minute << 44 | second << 38 | gateway << 16 | number


def explain_msg_id(msg_id: int) -> str:
    """Return what the document would read from an id, as `11-22 09:30:16 gateway 10101 number 7`."""
    month, day, hour = msg_id >> 60 & 0xF, msg_id >> 55 & 0x1F, msg_id >> 50 & 0x1F
    minute, second = msg_id >> 44 & 0x3F, msg_id >> 38 & 0x3F
    gateway, number = msg_id >> 16 & 0x3FFFFF, msg_id & 0xFFFF
    return f"{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} gateway {gateway} number {number}"
