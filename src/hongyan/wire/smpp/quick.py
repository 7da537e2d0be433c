"""SMPP for the busiest loops: the few frames of which there are thousands a second, without making PDUs of them.

Each function says the same as `decode` and `encode` would; tests hold them to it.
"""

from struct import Struct as Layout
from struct import error as LayoutError  # noqa: N812 - struct's own name says nothing here

from msgspec.structs import replace

from hongyan.wire import Malformed
from hongyan.wire.smpp.codec import HEADER, decode, encode
from hongyan.wire.smpp.layouts import Fault, Limits, write_tlvs
from hongyan.wire.smpp.messages import ShortMessage, SubmitSmResp
from hongyan.wire.smpp.pdus import Tlv

SUBMIT_SM, SUBMIT_SM_RESP, DELIVER_SM_RESP, ENQUIRE_LINK_RESP = 0x00000004, 0x80000004, 0x80000005, 0x80000015
_HEADER = Layout(">IIII")
_ID_AT = HEADER
_EMPTY_ID = Layout(">IIIIx")
_OF_HEADER = _HEADER.unpack_from
_LONGEST_ID = 65
_NO_LIMITS: Limits = {}


def header(frame: bytes) -> tuple[int, int, int, int]:
    """Return length, command, status and sequence of a frame of at least HEADER octets."""
    return _OF_HEADER(frame)


def submit_response_id(frame: bytes) -> str:
    """Return the message id in a submit_sm_resp that went well; empty when there is none."""
    if frame.find(0, _ID_AT) == len(frame) - 1:
        return frame[_ID_AT:-1].decode("latin-1")
    pdu = decode(frame)
    return pdu.message_id if isinstance(pdu, SubmitSmResp) else ""


def submit_response(sequence: int, message_id: str) -> bytes:
    """Return the frame of a submit_sm_resp that went well. The id is ASCII of at most 64 characters without NUL."""
    octets = message_id.encode("ascii")
    if len(octets) >= _LONGEST_ID or 0 in octets:
        raise Malformed(f"submit_sm_resp.message_id: {len(octets)} octets", command=SUBMIT_SM_RESP, sequence=sequence)
    return _HEADER.pack(HEADER + 1 + len(octets), SUBMIT_SM_RESP, 0, sequence) + octets + b"\0"


def deliver_response(sequence: int, status: int = 0) -> bytes:
    """Return the frame of a deliver_sm_resp: its id is one NUL, whatever the status."""
    return _EMPTY_ID.pack(HEADER + 1, DELIVER_SM_RESP, status, sequence)


def enquire_link_response(sequence: int) -> bytes:
    """Return the frame of an enquire_link_resp."""
    return _HEADER.pack(HEADER, ENQUIRE_LINK_RESP, 0, sequence)


def written_tlvs(tlvs: tuple[Tlv, ...]) -> bytes:
    """Return the octets of optional parameters, for `Form.frame`."""
    try:
        return write_tlvs(tlvs)
    except Fault as fault:
        raise Malformed(f"tlvs: {fault.what}", status=fault.status) from None


class Form:
    """A message filled in but for what differs from one frame to the next. Make one for each sender, keep it."""

    __slots__ = ("_command", "_head", "_like", "_limits", "_long", "_longest_text", "_middle", "_tail", "_times")

    def __init__(self, like: ShortMessage, limits: Limits = _NO_LIMITS) -> None:
        """Take everything from `like` but sequence, destination_addr, esm_class, validity, data_coding, text and TLVs.

        Raises Malformed as `encode` does.
        """
        encode(like, limits)
        self._like, self._limits = like, limits
        sender = like.source_addr.encode("latin-1")
        self._command = like.command
        self._long = limits.get("destination_addr", 21)
        self._longest_text = min(limits.get("short_message", 254), 255)
        self._times = limits.get("validity_period", 17)
        self._head = b"%b\0%c%c%b\0%c%c" % (
            like.service_type.encode("latin-1"),
            like.source_addr_ton,
            like.source_addr_npi,
            sender,
            like.dest_addr_ton,
            like.dest_addr_npi,
        )
        scheduled = like.schedule_delivery_time.encode("latin-1")
        self._middle = b"%c%c%b\0" % (like.protocol_id, like.priority_flag, scheduled)
        self._tail = b"\0%c%c" % (like.registered_delivery, like.replace_if_present_flag)

    def frame(
        self,
        sequence: int,
        destination: str,
        octets: bytes,
        *,
        data_coding: int = 0,
        esm_class: int = 0,
        validity_period: str = "",
        default_message_id: int = 0,
        tlvs: bytes = b"",
    ) -> bytes:
        """Return one frame. `tlvs` are octets, as `written_tlvs` makes them. Raises Malformed as `encode` does."""
        try:
            body = b"%b%b\0%c%b%b%b%c%c%c%b%b" % (
                self._head,
                destination.encode("ascii"),
                esm_class,
                self._middle,
                validity_period.encode("ascii"),
                self._tail,
                data_coding,
                default_message_id,
                len(octets),
                octets,
                tlvs,
            )
            if (
                len(octets) <= self._longest_text
                and len(destination) < self._long
                and len(validity_period) < self._times
                and "\0" not in destination
                and "\0" not in validity_period
            ):
                return _HEADER.pack(HEADER + len(body), self._command, 0, sequence) + body
        except (UnicodeEncodeError, OverflowError, LayoutError):
            pass  # `encode` says which field it is, or knows how to write it
        pdu = replace(
            self._like,
            sequence=sequence,
            destination_addr=destination,
            esm_class=esm_class,
            validity_period=validity_period,
            data_coding=data_coding,
            sm_default_msg_id=default_message_id,
            short_message=octets,
            tlvs=(),
        )
        frame = encode(pdu, self._limits)
        return _HEADER.pack(len(frame) + len(tlvs), *header(frame)[1:]) + frame[HEADER:] + tlvs
