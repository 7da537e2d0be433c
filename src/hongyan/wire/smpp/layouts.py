"""How each PDU lies on the wire: one table from command to its fields in order, and how a field of each kind is
read and written.

Used by `codec` alone. A reader gets the frame and where it stands and returns the value and where it then stands;
it raises Fault. A writer returns octets and raises Fault.
"""

from collections.abc import Callable, Mapping
from struct import Struct as Layout
from typing import Any, NamedTuple

from hongyan.wire.smpp import messages, pdus
from hongyan.wire.smpp.messages import Destination, Failure
from hongyan.wire.smpp.pdus import Tlv
from hongyan.wire.smpp.statuses import (
    RINVCMDLEN,
    RINVDESTFLAG,
    RINVMSGLEN,
    RINVNUMDESTS,
    RINVOPTPARSTREAM,
    RINVPARLEN,
    RUNKNOWNERR,
)

_TLV = Layout(">HH")
_U32 = Layout(">I")
_TO_ADDRESS, _TO_LIST = 1, 2
_MOST_OF_ONE_OCTET, _MOST_OF_TWO, _MOST_OF_FOUR = 0xFF, 0xFFFF, 0xFFFFFFFF
LONGEST_SHORT_MESSAGE = 254
"""§4.4.1, for writing; readers take 255, the most that its length octet can say"""

Limits = Mapping[str, int]
"""Field name -> most octets, the closing NUL included, where a peer takes more or less than the specification."""


class Fault(Exception):  # noqa: N818 - becomes Malformed as soon as header and field are known
    """What is wrong with a field."""

    def __init__(self, what: str, at: int, status: int) -> None:
        super().__init__(what)
        self.what, self.at, self.status = what, at, status


class Kind(NamedTuple):
    """How fields of one kind are read and written."""

    read: Callable[[bytes, int], tuple[Any, int]]
    write: Callable[[Any, int], bytes]


class Field(NamedTuple):
    """One field of a PDU: `most` octets when written, by the specification."""

    name: str
    kind: Kind
    most: int


def read_text(frame: bytes, at: int) -> tuple[str, int]:
    """Read a C-Octet String, however long."""
    end = frame.find(0, at)
    if end < 0:
        raise Fault("no NUL ends it", at, RINVCMDLEN)
    return frame[at:end].decode("latin-1"), end + 1


def write_text(value: str, most: int) -> bytes:
    """Write a C-Octet String of at most `most` octets, its NUL included."""
    try:
        octets = value.encode("latin-1")
    except UnicodeEncodeError:
        raise Fault("it holds a character that is not Latin-1", 0, RINVPARLEN) from None
    if len(octets) >= most:
        raise Fault(f"{len(octets)} octets; at most {most - 1} are possible", 0, RINVPARLEN)
    if 0 in octets:
        raise Fault("it holds a NUL", 0, RINVPARLEN)
    return octets + b"\0"


def _read_octet(frame: bytes, at: int) -> tuple[int, int]:
    if at >= len(frame):
        raise Fault("the PDU ends before it", at, RINVCMDLEN)
    return frame[at], at + 1


def _write_octet(value: int, most: int) -> bytes:
    if not 0 <= value <= most:
        raise Fault(f"{value} is not between 0 and {most}", 0, RINVPARLEN)
    return bytes((value,))


def _read_counted(frame: bytes, at: int) -> tuple[bytes, int]:
    length, at = _read_octet(frame, at)
    end = at + length
    if end > len(frame):
        raise Fault(f"{length} octets are announced, {len(frame) - at} are there", at, RINVMSGLEN)
    return frame[at:end], end


def _write_counted(value: bytes, most: int) -> bytes:
    most = min(most, _MOST_OF_ONE_OCTET)
    if len(value) > most:
        raise Fault(f"{len(value)} octets; at most {most} are possible", 0, RINVMSGLEN)
    return bytes((len(value),)) + value


def _read_tlvs(frame: bytes, at: int) -> tuple[tuple[Tlv, ...], int]:
    out: list[Tlv] = []
    end = len(frame)
    while at < end:
        if end - at < _TLV.size:
            raise Fault(f"{end - at} octets are no optional parameter", at, RINVOPTPARSTREAM)
        tag, length = _TLV.unpack_from(frame, at)
        at += _TLV.size
        if end - at < length:
            raise Fault(f"0x{tag:04X} announces {length} octets, {end - at} are there", at, RINVOPTPARSTREAM)
        out.append((tag, frame[at : at + length]))
        at += length
    return tuple(out), at


def write_tlvs(value: tuple[Tlv, ...], most: int = _MOST_OF_TWO) -> bytes:
    """Write optional parameters one after the other, each of at most `most` octets."""
    out: list[bytes] = []
    for tag, octets in value:
        if not 0 <= tag <= _MOST_OF_TWO:
            raise Fault(f"{tag} is no tag", 0, RINVOPTPARSTREAM)
        if len(octets) > most:
            raise Fault(f"0x{tag:04X} has {len(octets)} octets; at most {most} are possible", 0, RINVOPTPARSTREAM)
        out += _TLV.pack(tag, len(octets)), octets
    return b"".join(out)


def _read_destinations(frame: bytes, at: int) -> tuple[tuple[Destination | str, ...], int]:
    wanted, at = _read_octet(frame, at)
    out: list[Destination | str] = []
    for _ in range(wanted):
        flag, at = _read_octet(frame, at)
        if flag == _TO_ADDRESS:
            ton, at = _read_octet(frame, at)
            npi, at = _read_octet(frame, at)
            address, at = read_text(frame, at)
            out.append(Destination(ton, npi, address))
        elif flag == _TO_LIST:
            name, at = read_text(frame, at)
            out.append(name)
        else:
            raise Fault(f"dest_flag {flag} is neither 1 nor 2", at - 1, RINVDESTFLAG)
    return tuple(out), at


def _write_destinations(value: tuple[Destination | str, ...], most: int) -> bytes:
    if len(value) > _MOST_OF_ONE_OCTET - 1:
        raise Fault(f"{len(value)} receivers; at most 254 are possible", 0, RINVNUMDESTS)
    out = [bytes((len(value),))]
    for one in value:
        if isinstance(one, str):
            out += bytes((_TO_LIST,)), write_text(one, most)
        else:
            out += bytes((_TO_ADDRESS,)), _write_octet(one.ton, 255), _write_octet(one.npi, 255)
            out.append(write_text(one.address, most))
    return b"".join(out)


def _read_failures(frame: bytes, at: int) -> tuple[tuple[Failure, ...], int]:
    wanted, at = _read_octet(frame, at)
    out = []
    for _ in range(wanted):
        ton, at = _read_octet(frame, at)
        npi, at = _read_octet(frame, at)
        address, at = read_text(frame, at)
        if len(frame) - at < _U32.size:
            raise Fault("the PDU ends within error_status_code", at, RINVCMDLEN)
        out.append(Failure(ton, npi, address, _U32.unpack_from(frame, at)[0]))
        at += _U32.size
    return tuple(out), at


def _write_failures(value: tuple[Failure, ...], most: int) -> bytes:
    if len(value) > _MOST_OF_ONE_OCTET:
        raise Fault(f"{len(value)} receivers; at most 255 are possible", 0, RINVNUMDESTS)
    out = [bytes((len(value),))]
    for one in value:
        if not 0 <= one.status <= _MOST_OF_FOUR:
            raise Fault(f"{one.status} is no command status", 0, RUNKNOWNERR)
        out += _write_octet(one.ton, 255), _write_octet(one.npi, 255), write_text(one.address, most)
        out.append(_U32.pack(one.status))
    return b"".join(out)


TEXT = Kind(read_text, write_text)
_OCTET = Kind(_read_octet, _write_octet)
_COUNTED = Kind(_read_counted, _write_counted)


def _octets(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, _OCTET, _MOST_OF_ONE_OCTET) for name in names)


def _address(ton_npi: str, name: str, most: int) -> tuple[Field, ...]:
    return (*_octets(f"{ton_npi}_ton", f"{ton_npi}_npi"), Field(name, TEXT, most))


_LONGEST_ADDRESS, _LONGEST_DATA_ADDRESS = 21, 65
_SERVICE_TYPE = Field("service_type", TEXT, 6)
_MESSAGE_ID = Field("message_id", TEXT, 65)
_SYSTEM_ID, _PASSWORD = Field("system_id", TEXT, 16), Field("password", TEXT, 9)
_SOURCE = _address("source_addr", "source_addr", _LONGEST_ADDRESS)
_DESTINATION = _address("dest_addr", "destination_addr", _LONGEST_ADDRESS)
_TIMES = (Field("schedule_delivery_time", TEXT, 17), Field("validity_period", TEXT, 17))
_TEXT_OF_MESSAGE = Field("short_message", _COUNTED, LONGEST_SHORT_MESSAGE)
_TLVS = Field("tlvs", Kind(_read_tlvs, write_tlvs), _MOST_OF_TWO)
_HOW = (
    *_octets("esm_class", "protocol_id", "priority_flag"),
    *_TIMES,
    *_octets("registered_delivery", "replace_if_present_flag", "data_coding", "sm_default_msg_id"),
    _TEXT_OF_MESSAGE,
    _TLVS,
)
_BIND = (
    _SYSTEM_ID,
    _PASSWORD,
    Field("system_type", TEXT, 13),
    *_octets("interface_version", "addr_ton", "addr_npi"),
    Field("address_range", TEXT, 41),
    _TLVS,
)
_BIND_RESP = (_SYSTEM_ID, _TLVS)
_ID_RESP = (_MESSAGE_ID, _TLVS)
SHORT_MESSAGE = (_SERVICE_TYPE, *_SOURCE, *_DESTINATION, *_HOW)

LAYOUTS: dict[type[pdus.Request | pdus.Response], tuple[Field, ...]] = {
    pdus.GenericNack: (),
    pdus.BindReceiver: _BIND,
    pdus.BindReceiverResp: _BIND_RESP,
    pdus.BindTransmitter: _BIND,
    pdus.BindTransmitterResp: _BIND_RESP,
    pdus.BindTransceiver: _BIND,
    pdus.BindTransceiverResp: _BIND_RESP,
    pdus.Outbind: (_SYSTEM_ID, _PASSWORD),
    pdus.Unbind: (),
    pdus.UnbindResp: (),
    pdus.EnquireLink: (),
    pdus.EnquireLinkResp: (),
    messages.SubmitSm: SHORT_MESSAGE,
    messages.SubmitSmResp: _ID_RESP,
    messages.DeliverSm: SHORT_MESSAGE,
    messages.DeliverSmResp: _ID_RESP,
    messages.DataSm: (
        _SERVICE_TYPE,
        *_address("source_addr", "source_addr", _LONGEST_DATA_ADDRESS),
        *_address("dest_addr", "destination_addr", _LONGEST_DATA_ADDRESS),
        *_octets("esm_class", "registered_delivery", "data_coding"),
        _TLVS,
    ),
    messages.DataSmResp: _ID_RESP,
    messages.SubmitMulti: (
        _SERVICE_TYPE,
        *_SOURCE,
        Field("dest_addresses", Kind(_read_destinations, _write_destinations), _LONGEST_ADDRESS),
        *_HOW,
    ),
    messages.SubmitMultiResp: (
        _MESSAGE_ID,
        Field("unsuccess_smes", Kind(_read_failures, _write_failures), _LONGEST_ADDRESS),
        _TLVS,
    ),
    messages.QuerySm: (_MESSAGE_ID, *_SOURCE),
    messages.QuerySmResp: (_MESSAGE_ID, Field("final_date", TEXT, 17), *_octets("message_state", "error_code")),
    messages.CancelSm: (_SERVICE_TYPE, _MESSAGE_ID, *_SOURCE, *_DESTINATION),
    messages.CancelSmResp: (),
    messages.ReplaceSm: (
        _MESSAGE_ID,
        *_SOURCE,
        *_TIMES,
        *_octets("registered_delivery", "sm_default_msg_id"),
        _TEXT_OF_MESSAGE,
    ),
    messages.ReplaceSmResp: (),
    messages.AlertNotification: (
        *_address("source_addr", "source_addr", _LONGEST_DATA_ADDRESS),
        *_address("esme_addr", "esme_addr", _LONGEST_DATA_ADDRESS),
        _TLVS,
    ),
}
