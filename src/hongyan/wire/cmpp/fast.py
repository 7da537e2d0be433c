"""The four exchanges that happen for every message, without building values: the same octets as `codec`, sooner.

A form is made once for what a carrier's messages have in common. Nothing here guesses: whatever is out of the ordinary
(several numbers, an answer of an odd length) is left to `codec`.
"""

from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct

from hongyan.wire import Malformed
from hongyan.wire.cmpp.codec import encode
from hongyan.wire.cmpp.layouts import HEADER, NARROW, V30, WIDE
from hongyan.wire.cmpp.pdus import DeliverResp, Submit, SubmitResp

_NARROW_RESP, _WIDE_RESP = Layout(">IIIQB"), Layout(">IIIQI")
_read_narrow, _read_wide = _NARROW_RESP.unpack_from, _WIDE_RESP.unpack_from
_write_narrow, _write_wide = _NARROW_RESP.pack, _WIDE_RESP.pack
_NARROW_OCTETS, _WIDE_OCTETS = _NARROW_RESP.size, _WIDE_RESP.size
_SRC_ID, _VALID_TIME = 21, 17
_NO_ID = 8


def read_submit_resp(frame: bytes) -> tuple[int, int, int]:
    """Return sequence, Msg_Id and Result of a SUBMIT_RESP of either width. Raises Malformed.

    The command must have been looked at before.
    """
    octets = len(frame)
    if octets == _WIDE_OCTETS:
        _, _, sequence, msg_id, result = _read_wide(frame)
    elif octets == _NARROW_OCTETS:
        _, _, sequence, msg_id, result = _read_narrow(frame)
    else:
        sequence = int.from_bytes(frame[8:12], "big")
        raise Malformed(
            f"a SUBMIT_RESP of {octets} octets; it has {_NARROW_OCTETS} or {_WIDE_OCTETS}",
            at=HEADER,
            command=SubmitResp.command,
            sequence=sequence,
        )
    return sequence, msg_id, result


def write_submit_resp(sequence: int, msg_id: int, result: int = 0, version: int = V30) -> bytes:
    """Write a SUBMIT_RESP."""
    if version >= V30:
        return _write_wide(_WIDE_OCTETS, SubmitResp.command, sequence, msg_id, result)
    return _write_narrow(_NARROW_OCTETS, SubmitResp.command, sequence, msg_id, result)


def write_deliver_resp(sequence: int, msg_id: int, result: int = 0, version: int = V30) -> bytes:
    """Write a DELIVER_RESP."""
    if version >= V30:
        return _write_wide(_WIDE_OCTETS, DeliverResp.command, sequence, msg_id, result)
    return _write_narrow(_NARROW_OCTETS, DeliverResp.command, sequence, msg_id, result)


class SubmitForm:
    """A SUBMIT to one number of which all is written but sequence, numbers, text and what goes with the text."""

    def __init__(self, alike: Submit, version: int = V30) -> None:
        widths = WIDE if version >= V30 else NARROW
        blank = encode(alike, version)
        at = HEADER + _NO_ID
        parts_at = at + 2
        udhi_at = parts_at + 2 + 10 + 1 + widths.number + widths.number_type + 1
        source_at = udhi_at + 2
        valid_at = source_at + 6 + 2 + 6
        self._number = widths.number
        self._id = blank[HEADER:at]
        self._account = blank[parts_at:udhi_at]
        self._source = blank[source_at:valid_at]
        self._valid_time = blank[valid_at : valid_at + _VALID_TIME]
        self._at_time = blank[valid_at + _VALID_TIME : valid_at + 2 * _VALID_TIME]
        number_type = bytes((alike.dest_terminal_type,)) if widths.number_type else b""
        self._tail = widths.close.write(alike)
        layout = Layout(
            f">III{_NO_ID}sBB{len(self._account)}sBB{len(self._source)}s{_VALID_TIME}s{_VALID_TIME}s{_SRC_ID}sB"
            f"{widths.number}s{len(number_type)}sB"
        )
        self._number_type = number_type
        self._pack = layout.pack
        self._octets = layout.size + len(self._tail)

    def frame(
        self,
        sequence: int,
        src_id: str,
        number: str,
        content: bytes,
        msg_fmt: int = 8,
        tp_udhi: int = 0,
        pk_total: int = 1,
        pk_number: int = 1,
        valid_time: str | None = None,
    ) -> bytes:
        """Return the whole PDU. Raises Malformed for what does not fit."""
        octets = len(content)
        try:
            if len(src_id) > _SRC_ID or len(number) > self._number:
                raise _too_long(sequence)
            if valid_time is None:
                valid = self._valid_time
            elif len(valid_time) > _VALID_TIME:
                raise _too_long(sequence)
            else:
                valid = valid_time.encode("latin-1")
            return (
                self._pack(
                    self._octets + octets,
                    4,
                    sequence,
                    self._id,
                    pk_total,
                    pk_number,
                    self._account,
                    tp_udhi,
                    msg_fmt,
                    self._source,
                    valid,
                    self._at_time,
                    src_id.encode("latin-1"),
                    1,
                    number.encode("latin-1"),
                    self._number_type,
                    octets,
                )
                + content
                + self._tail
            )
        except (StructError, UnicodeEncodeError) as wrong:
            raise Malformed(f"SUBMIT: {wrong}", command=Submit.command, sequence=sequence) from None


def _too_long(sequence: int) -> Malformed:
    return Malformed(
        "SUBMIT: Src_Id, number or ValId_Time is longer than its field", command=Submit.command, sequence=sequence
    )
