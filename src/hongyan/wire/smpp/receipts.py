"""The delivery receipt inside deliver_sm or data_sm (SMPP 3.4 appendix B): read in every shape seen, written in one.

The specification leaves its text to vendors, so the reader takes labels in any order and case, and does without any of
them. What a state means for a message is not said here.
"""

import re

from msgspec import Struct

from hongyan.wire.smpp.messages import DataSm, DeliverSm
from hongyan.wire.smpp.pdus import Tlv
from hongyan.wire.smpp.tlvs import (
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    RECEIPTED_MESSAGE_ID,
    NetworkError,
    network_error,
    network_error_tlv,
    text_tlv,
)

STATES: dict[str, int] = {
    "ENROUTE": 1,
    "DELIVRD": 2,
    "EXPIRED": 3,
    "DELETED": 4,
    "UNDELIV": 5,
    "ACCEPTD": 6,
    "UNKNOWN": 7,
    "REJECTD": 8,
}
"""stat -> message_state: the word of the text and the number of the TLV for the same thing"""

STATS = {state: stat for stat, state in STATES.items()}
"""message_state -> stat"""

RECEIPT_CLASS = 0x04
"""esm_class of a receipt"""
_RECEIPT_OR_INTERMEDIATE = 0x24
_UCS2 = 8
_LONGEST_TEXT = 20

_USUAL = re.compile(
    r"id:(\S+) sub:(\S*) dlvrd:(\S*) submit date:([0-9]{10,12}) done date:([0-9]{10,12})"
    r" stat:([A-Za-z]+) err:([0-9A-Za-z]*)(?: [tT]ext:(.*))?",
    re.DOTALL,
).fullmatch
_LABEL = re.compile(r"(?:(?<=\s)|\A)(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text)\s?:", re.IGNORECASE)


class DeliveryReceipt(Struct, frozen=True, gc=False):
    """What a receipt says. A text that is missing is empty."""

    id: str
    """of the message it is about: the TLV's when there is one, else the text's; empty when it names none"""
    stat: str = ""
    """the text's word, in capitals; the TLV's when the text has none"""
    state: int | None = None
    """message_state, 1 to 8, of the TLV, else of `stat`; None when neither says one we know"""
    err: str = ""
    """digits or letters, the vendor's own"""
    submit_date: str = ""
    """as written, usually YYMMDDhhmm or with seconds, in the SMSC's own time"""
    done_date: str = ""
    text: str = ""
    """the beginning of the message, or all that was sent when no label was found"""
    sub: str = ""
    dlvrd: str = ""
    text_id: str = ""
    """the id in the text: some SMSCs write it there in another base than in the TLV"""
    network: NetworkError | None = None


def read(pdu: DeliverSm | DataSm, *, unmarked: bool = True) -> DeliveryReceipt | None:
    """Return the receipt in a PDU, or None when it is a message of a person.

    It is one when esm_class or the TLV receipted_message_id says so. `unmarked`: also when the text alone looks like
    one. A handset can send such a text, so switch it off where the SMSC marks its receipts.
    """
    octets = pdu.short_message if isinstance(pdu, DeliverSm) else b""
    tlv_id, state, network, tlvs = "", None, None, pdu.tlvs
    for tag, value in tlvs:
        if tag == RECEIPTED_MESSAGE_ID:
            tlv_id = value.partition(b"\0")[0].decode("latin-1")
        elif tag == MESSAGE_STATE:
            state = value[0] if len(value) == 1 else None
        elif tag == NETWORK_ERROR_CODE:
            network = network_error(tlvs)
        elif tag == MESSAGE_PAYLOAD and not octets:
            octets = value
    if not (pdu.esm_class & _RECEIPT_OR_INTERMEDIATE or tlv_id):
        if not unmarked or b":" not in octets:
            return None
        found = _read_text(_characters(octets, pdu.data_coding))
        return found if found.id and found.state and found.done_date else None
    found = _read_text(_characters(octets, pdu.data_coding))
    if not tlvs:
        return found
    return DeliveryReceipt(
        tlv_id or found.id,
        found.stat or STATS.get(state or 0, ""),
        found.state if state is None else state,
        found.err or (f"{network.code:03d}" if network else ""),
        found.submit_date,
        found.done_date,
        found.text,
        found.sub,
        found.dlvrd,
        found.id,
        network,
    )


def read_text(octets: bytes) -> DeliveryReceipt:
    """Return what the text of a receipt says; one without any label has only `text`."""
    return _read_text(_characters(octets, 0))


def text_octets(
    message_id: str,
    stat: str,
    *,
    submit_date: str,
    done_date: str,
    err: str = "000",
    text: str = "",
    sub: str = "001",
    dlvrd: str | None = None,
) -> bytes:
    """Return the text of a receipt. Dates are YYMMDDhhmm; of `text` the first 20 characters are taken."""
    if dlvrd is None:
        dlvrd = "001" if stat == "DELIVRD" else "000"
    return (
        f"id:{message_id} sub:{sub} dlvrd:{dlvrd} submit date:{submit_date} done date:{done_date}"
        f" stat:{stat} err:{err} text:{text[:_LONGEST_TEXT]}"
    ).encode("latin-1", "replace")


def receipt_tlvs(message_id: str, stat: str, network: NetworkError | None = None) -> tuple[Tlv, ...]:
    """Return the TLVs of a receipt: the id, the state, and what the network said if anything."""
    tlvs = (text_tlv(RECEIPTED_MESSAGE_ID, message_id), (MESSAGE_STATE, bytes((STATES.get(stat, STATES["UNKNOWN"]),))))
    return tlvs if network is None else (*tlvs, network_error_tlv(network))


def _characters(octets: bytes, data_coding: int) -> str:
    """Return the characters of a receipt; one written in UCS-2 begins with a zero, whatever its data_coding says."""
    if octets[:1] == b"\0" or (data_coding == _UCS2 and octets[1:2] != b"d"):
        return octets.decode("utf-16-be", "replace")
    return octets.decode("latin-1")


def _read_text(text: str) -> DeliveryReceipt:
    usual = _USUAL(text)
    if usual is None:
        return _read_labels(text)
    message_id, sub, dlvrd, submit_date, done_date, stat, err, begins = usual.groups("")
    stat = stat.upper()
    return DeliveryReceipt(
        message_id, stat, STATES.get(stat), err, submit_date, done_date, begins, sub, dlvrd, message_id
    )


def _read_labels(text: str) -> DeliveryReceipt:
    """Read label by label. A value ends at the next blank, `text` at the end of all if `stat` stood before it."""
    said: dict[str, str] = {}
    labels = list(_LABEL.finditer(text))
    for index, label in enumerate(labels):
        name = label[1].lower().replace(" ", "").replace("_", "")
        end = labels[index + 1].start() if index + 1 < len(labels) else len(text)
        if name != "text":
            said.setdefault(name, text[label.end() : end].strip().partition(" ")[0])
        elif "stat" in said:
            said.setdefault(name, text[label.end() :])
            break
        else:
            said.setdefault(name, text[label.end() : end].strip())
    stat = said.get("stat", "").upper()
    return DeliveryReceipt(
        said.get("id", ""),
        stat,
        STATES.get(stat),
        said.get("err", ""),
        said.get("submitdate", ""),
        said.get("donedate", ""),
        said.get("text", "") if labels else text,
        said.get("sub", ""),
        said.get("dlvrd", ""),
        said.get("id", ""),
    )
