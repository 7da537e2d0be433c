"""The exchanges that happen for every message, without building values: the same octets as `codec`, sooner.

Sequences are their twelve octets here: what an answer copies, and what a Submit is found by.
"""

from struct import Struct as Layout
from struct import error as StructError  # noqa: N812 - reads as what it is: an error of a Struct

from hongyan.wire import Malformed
from hongyan.wire.fixed import Misfit, write_text
from hongyan.wire.sgip.codec import HEADER, LARGEST, encode
from hongyan.wire.sgip.pdus import Submit, SubmitResp
from hongyan.wire.sgip.sequence import OCTETS

_RESP = Layout(">II12sB8x")
_write_resp, _RESP_OCTETS = _RESP.pack, _RESP.size
_NUMBER, _TIME, _ONE = 21, 16, 1
_SEQUENCE_AT = 8
_PAID, _FLAGS = 31, 18
"""octets from CorpId to Priority; octets of ScheduleTime, ReportFlag and TP_pid"""


def read_submit_resp(frame: bytes) -> tuple[bytes, int]:
    """Return the twelve octets of sequence and the Result of a Submit_Resp. Raises Malformed.

    The command must have been looked at before.
    """
    if len(frame) != _RESP_OCTETS:
        raise Malformed(
            f"a Submit_Resp of {len(frame)} octets; it has {_RESP_OCTETS}",
            at=HEADER,
            command=SubmitResp.command,
            sequence=int.from_bytes(frame[_SEQUENCE_AT:HEADER], "big"),
        )
    return frame[_SEQUENCE_AT:HEADER], frame[HEADER]


def write_resp(frame: bytes, result: int = 0) -> bytes:
    """Answer a request that has come: Bind, Submit, Deliver, Report or UserRpt."""
    return _write_resp(_RESP_OCTETS, int.from_bytes(frame[4:8], "big") | 0x80000000, frame[_SEQUENCE_AT:HEADER], result)


class SubmitForm:
    """A Submit to one number of which all is written but sequence, numbers, text and what goes with the text."""

    def __init__(self, alike: Submit) -> None:
        blank = encode(alike)
        charge_at = HEADER + _NUMBER
        paid_at = charge_at + _NUMBER + _ONE + len(alike.user_numbers) * _NUMBER
        expire_at = paid_at + _PAID
        flags_at = expire_at + _TIME
        type_at = flags_at + _FLAGS + 2
        self._charge = blank[charge_at : charge_at + _NUMBER]
        self._paid = blank[paid_at:expire_at]
        self._expire_time = blank[expire_at:flags_at]
        self._flags = blank[flags_at : flags_at + _FLAGS]
        self._message_type = blank[type_at]
        try:
            self._reserve = write_text("reserve", alike.reserve, 8).ljust(8, b"\0")
        except Misfit as wrong:
            raise Malformed(str(wrong), command=Submit.command) from None
        layout = Layout(f">II{OCTETS}s{_NUMBER}s{_NUMBER}sB{_NUMBER}s{_PAID}s{_TIME}s{_FLAGS}sBBBI")
        self._pack = layout.pack
        self._octets = layout.size + len(self._reserve)
        self._room = LARGEST - self._octets

    def frame(
        self,
        sequence: bytes,
        sp_number: str,
        number: str,
        content: bytes,
        message_coding: int = 8,
        tp_udhi: int = 0,
        expire_time: str | None = None,
    ) -> bytes:
        """Return the whole PDU; `sequence` is its twelve octets. Raises Malformed for what does not fit."""
        octets = len(content)
        try:
            if len(sp_number) > _NUMBER or len(number) > _NUMBER or octets > self._room or len(sequence) != OCTETS:
                raise _too_long(sequence)
            if expire_time is None:
                expire = self._expire_time
            elif len(expire_time) > _TIME:
                raise _too_long(sequence)
            else:
                expire = expire_time.encode("latin-1")
            return (
                self._pack(
                    self._octets + octets,
                    3,
                    sequence,
                    sp_number.encode("latin-1"),
                    self._charge,
                    1,
                    number.encode("latin-1"),
                    self._paid,
                    expire,
                    self._flags,
                    tp_udhi,
                    message_coding,
                    self._message_type,
                    octets,
                )
                + content
                + self._reserve
            )
        except (StructError, UnicodeEncodeError) as wrong:
            raise Malformed(
                f"Submit: {wrong}", command=Submit.command, sequence=int.from_bytes(sequence, "big")
            ) from None


def _too_long(sequence: bytes) -> Malformed:
    return Malformed(
        "Submit: SPNumber, number, ExpireTime or content is too long, or the sequence has not twelve octets",
        command=Submit.command,
        sequence=int.from_bytes(sequence, "big"),
    )
