"""The optional parameters of SMPP 3.4 (§5.3.2): their tags, and small readers and writers of their values.

A PDU keeps them as (tag, octets) in the order in which they came. A reader returns None for one that is missing, or
whose octets are not what the specification says: a broken hint is no hint.
"""

from struct import Struct as Layout
from typing import NamedTuple

from hongyan.wire.smpp.pdus import Tlv

DEST_ADDR_SUBUNIT = 0x0005
DEST_NETWORK_TYPE = 0x0006
DEST_BEARER_TYPE = 0x0007
DEST_TELEMATICS_ID = 0x0008
SOURCE_ADDR_SUBUNIT = 0x000D
SOURCE_NETWORK_TYPE = 0x000E
SOURCE_BEARER_TYPE = 0x000F
SOURCE_TELEMATICS_ID = 0x0010
QOS_TIME_TO_LIVE = 0x0017
PAYLOAD_TYPE = 0x0019
ADDITIONAL_STATUS_INFO_TEXT = 0x001D
RECEIPTED_MESSAGE_ID = 0x001E
MS_MSG_WAIT_FACILITIES = 0x0030
PRIVACY_INDICATOR = 0x0201
SOURCE_SUBADDRESS = 0x0202
DEST_SUBADDRESS = 0x0203
USER_MESSAGE_REFERENCE = 0x0204
USER_RESPONSE_CODE = 0x0205
SOURCE_PORT = 0x020A
DESTINATION_PORT = 0x020B
SAR_MSG_REF_NUM = 0x020C
LANGUAGE_INDICATOR = 0x020D
SAR_TOTAL_SEGMENTS = 0x020E
SAR_SEGMENT_SEQNUM = 0x020F
SC_INTERFACE_VERSION = 0x0210
CALLBACK_NUM_PRES_IND = 0x0302
CALLBACK_NUM_ATAG = 0x0303
NUMBER_OF_MESSAGES = 0x0304
CALLBACK_NUM = 0x0381
DPF_RESULT = 0x0420
SET_DPF = 0x0421
MS_AVAILABILITY_STATUS = 0x0422
NETWORK_ERROR_CODE = 0x0423
MESSAGE_PAYLOAD = 0x0424
DELIVERY_FAILURE_REASON = 0x0425
MORE_MESSAGES_TO_SEND = 0x0426
MESSAGE_STATE = 0x0427
USSD_SERVICE_OP = 0x0501
DISPLAY_TIME = 0x1201
SMS_SIGNAL = 0x1203
MS_VALIDITY = 0x1204
ALERT_ON_MESSAGE_DELIVERY = 0x130C
ITS_REPLY_TYPE = 0x1380
ITS_SESSION_INFO = 0x1383

VENDOR = range(0x1400, 0x4000)
"""tags that vendors give their own meanings"""

TAG_NAMES: dict[int, str] = {
    value: name.lower() for name, value in list(globals().items()) if name.isupper() and isinstance(value, int)
}
"""tag -> its name in the specification"""

MESSAGE_STATES: dict[int, str] = {
    1: "ENROUTE",
    2: "DELIVERED",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIVERABLE",
    6: "ACCEPTED",
    7: "UNKNOWN",
    8: "REJECTED",
}
"""message_state -> its name (§5.2.28)"""

_U16 = Layout(">H")
_ERROR = Layout(">BH")


class Sar(NamedTuple):
    """Which part of which concatenated message this is: `number` counts from 1."""

    reference: int
    total: int
    number: int


class NetworkError(NamedTuple):
    """What the network said: `network` 1 ANSI-136, 2 IS-95, 3 GSM, others are the operator's own (§5.3.2.31)."""

    network: int
    code: int


_MOST_SEGMENTS = 255


def value(tlvs: tuple[Tlv, ...], tag: int) -> bytes | None:
    """Return the octets of the first parameter with a tag."""
    for has, octets in tlvs:
        if has == tag:
            return octets
    return None


def number(tlvs: tuple[Tlv, ...], tag: int) -> int | None:
    """Return the number in a parameter of one, two or four octets."""
    octets = value(tlvs, tag)
    return int.from_bytes(octets, "big") if octets and len(octets) in {1, 2, 4} else None


def text(tlvs: tuple[Tlv, ...], tag: int) -> str | None:
    """Return the text in a parameter, up to its NUL if it has one."""
    octets = value(tlvs, tag)
    return None if octets is None else octets.partition(b"\0")[0].decode("latin-1")


def receipted_message_id(tlvs: tuple[Tlv, ...]) -> str | None:
    """Return the id of the message that a receipt is about."""
    return text(tlvs, RECEIPTED_MESSAGE_ID) or None


def message_state(tlvs: tuple[Tlv, ...]) -> int | None:
    """Return what became of a message, a key of MESSAGE_STATES or a vendor's own."""
    return number(tlvs, MESSAGE_STATE)


def network_error(tlvs: tuple[Tlv, ...]) -> NetworkError | None:
    """Return what the network said."""
    octets = value(tlvs, NETWORK_ERROR_CODE)
    return NetworkError(*_ERROR.unpack(octets)) if octets is not None and len(octets) == _ERROR.size else None


def message_payload(tlvs: tuple[Tlv, ...]) -> bytes | None:
    """Return the octets that stand in the place of short_message."""
    return value(tlvs, MESSAGE_PAYLOAD)


def user_message_reference(tlvs: tuple[Tlv, ...]) -> int | None:
    """Return the number that the ESME gave the message."""
    return number(tlvs, USER_MESSAGE_REFERENCE)


def sar(tlvs: tuple[Tlv, ...]) -> Sar | None:
    """Return which part this is; None unless all three parameters are there, fit, and the number is within the total.

    Peers write them wider than the specification has them; the numbers must be of its size all the same.
    """
    reference = number(tlvs, SAR_MSG_REF_NUM)
    total, part = number(tlvs, SAR_TOTAL_SEGMENTS), number(tlvs, SAR_SEGMENT_SEQNUM)
    if reference is None or total is None or part is None or not 1 <= part <= total <= _MOST_SEGMENTS:
        return None
    return Sar(reference & 0xFFFF, total, part)


def sar_tlvs(part: Sar) -> tuple[Tlv, ...]:
    """Return the three parameters that say which part this is. The reference is cut to 16 bits."""
    return (
        (SAR_MSG_REF_NUM, _U16.pack(part.reference & 0xFFFF)),
        (SAR_TOTAL_SEGMENTS, bytes((part.total,))),
        (SAR_SEGMENT_SEQNUM, bytes((part.number,))),
    )


def network_error_tlv(error: NetworkError) -> Tlv:
    """Return the parameter that says what the network said."""
    return NETWORK_ERROR_CODE, _ERROR.pack(error.network, error.code)


def text_tlv(tag: int, said: str) -> Tlv:
    """Return a parameter that holds a text and its NUL."""
    return tag, said.encode("latin-1", "replace") + b"\0"
