"""The exchanges that happen for every message, without building values: the same octets as `codec`, sooner.

A form is made once for what a carrier's messages have in common. Whatever is out of the ordinary is left to `codec`.
"""

from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct

from msgspec.structs import replace

from hongyan.wire import Malformed
from hongyan.wire.smgp.codec import HEADER, encode, write_tlvs
from hongyan.wire.smgp.pdus import DeliverResp, Submit, SubmitResp, part_tlvs

_RESP = Layout(">III10sI")
_read_resp, _write_resp, _RESP_OCTETS = _RESP.unpack_from, _RESP.pack, _RESP.size
_NUMBER, _TIME = 21, 17
_ACCOUNT, _RESERVE = 27, 8
"""octets before MsgFormat: what the message costs whom; octets behind the content"""
_PART = Layout(">HHBHHBHHB").pack


def read_submit_resp(frame: bytes) -> tuple[int, bytes, int]:
    """Return sequence, MsgID and Status of a Submit_Resp. Raises Malformed.

    The command must have been looked at before.
    """
    if len(frame) != _RESP_OCTETS:
        raise Malformed(
            f"a Submit_Resp of {len(frame)} octets; it has {_RESP_OCTETS}",
            at=HEADER,
            command=SubmitResp.command,
            sequence=int.from_bytes(frame[8:12], "big"),
        )
    _, _, sequence, msg_id, status = _read_resp(frame)
    return sequence, msg_id, status


def write_submit_resp(sequence: int, msg_id: bytes, status: int = 0) -> bytes:
    """Write a Submit_Resp; the id has ten octets."""
    return _write_resp(_RESP_OCTETS, SubmitResp.command, sequence, msg_id, status)


def write_deliver_resp(sequence: int, msg_id: bytes, status: int = 0) -> bytes:
    """Write a Deliver_Resp; the id has ten octets."""
    return _write_resp(_RESP_OCTETS, DeliverResp.command, sequence, msg_id, status)


class SubmitForm:
    """A Submit to one number of which all is written but sequence, numbers, text and what goes with the text.

    TLVs of the form follow those that a part of a long message brings.
    """

    def __init__(self, alike: Submit) -> None:
        blank = encode(
            replace(alike, dest_term_ids=("",), msg_content=bytes(255), tlvs=(*part_tlvs(1, 1), *alike.tlvs))
        )  # the longest part: when it fits, all do
        format_at = HEADER + _ACCOUNT
        valid_at = format_at + 1
        source_at = valid_at + 2 * _TIME
        charge_at = source_at + _NUMBER
        self._account = blank[HEADER:format_at]
        self._valid_time = blank[valid_at : valid_at + _TIME]
        self._at_time = blank[valid_at + _TIME : source_at]
        self._charge = blank[charge_at : charge_at + _NUMBER]
        self._tlvs = write_tlvs(alike.tlvs)
        self._reserve = alike.reserve.encode("latin-1").ljust(_RESERVE, b"\0")
        layout = Layout(f">III{_ACCOUNT}sB{_TIME}s{_TIME}s{_NUMBER}s{_NUMBER}sB{_NUMBER}sB")
        self._pack = layout.pack
        self._octets = layout.size + _RESERVE

    def frame(
        self,
        sequence: int,
        src_term_id: str,
        number: str,
        content: bytes,
        msg_format: int = 8,
        tp_udhi: int = 0,
        pk_total: int = 1,
        pk_number: int = 1,
        valid_time: str | None = None,
    ) -> bytes:
        """Return the whole PDU; with a UDH the three TLVs of `part_tlvs` go along. Raises Malformed."""
        octets = len(content)
        try:
            tlvs = self._tlvs
            if tp_udhi:
                tlvs = _PART(2, 1, tp_udhi, 9, 1, pk_total, 10, 1, pk_number) + tlvs
            if len(src_term_id) > _NUMBER or len(number) > _NUMBER:
                raise _too_long(sequence)
            if valid_time is None:
                valid = self._valid_time
            elif len(valid_time) > _TIME:
                raise _too_long(sequence)
            else:
                valid = valid_time.encode("latin-1")
            return (
                self._pack(
                    self._octets + octets + len(tlvs),
                    2,
                    sequence,
                    self._account,
                    msg_format,
                    valid,
                    self._at_time,
                    src_term_id.encode("latin-1"),
                    self._charge,
                    1,
                    number.encode("latin-1"),
                    octets,
                )
                + content
                + self._reserve
                + tlvs
            )
        except (StructError, UnicodeEncodeError) as wrong:
            raise Malformed(f"Submit: {wrong}", command=Submit.command, sequence=sequence) from None


def _too_long(sequence: int) -> Malformed:
    return Malformed(
        "Submit: SrcTermID, number or ValidTime is longer than its field", command=Submit.command, sequence=sequence
    )
