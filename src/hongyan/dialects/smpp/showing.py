"""A submit as lines to read on its message's page: what stood in which field, without defaults."""

from msgspec import structs

from hongyan.dialects.smpp.reading import Reading
from hongyan.wire import smpp
from hongyan.wire.smpp.tlvs import MESSAGE_PAYLOAD, TAG_NAMES

_TEXT_SHOWN, _OCTETS_SHOWN, _RECEIVERS_SHOWN = 300, 40, 20
_PLAIN = (
    "esm_class",
    "protocol_id",
    "priority_flag",
    "registered_delivery",
    "replace_if_present_flag",
    "data_coding",
    "sm_default_msg_id",
)
_NAMED = ("service_type", "schedule_delivery_time", "validity_period")


def shown(reading: Reading) -> str:
    """Return one line for a PDU.

    spec: smpp#story
    """
    pdu = reading.pdu
    out = [f"{pdu.name} #{pdu.sequence} {_address(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)} ->"]
    if isinstance(pdu, smpp.SubmitMulti):
        out += (one if isinstance(one, str) else _address(*one) for one in pdu.dest_addresses[:_RECEIVERS_SHOWN])
    else:
        out.append(_address(pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr))
    for name in _PLAIN:
        value = getattr(pdu, name, 0)
        if value:
            out.append(f"{name}=0x{value:02x}")
    for name in _NAMED:
        value = getattr(pdu, name, "")
        if value:
            out.append(f"{name}={value}")
    for tag, octets in pdu.tlvs:
        named = TAG_NAMES.get(tag) or f"0x{tag:04x}"
        value = f"<{len(octets)} octets>" if tag == MESSAGE_PAYLOAD else octets[:_OCTETS_SHOWN].hex()
        out.append(f"{named}={value}")
    if reading.text:
        out.append(f'"{reading.text[:_TEXT_SHOWN]}"')
    else:
        octets = getattr(pdu, "short_message", b"")
        out.append(f"short_message={octets[:_OCTETS_SHOWN].hex()}{'…' if len(octets) > _OCTETS_SHOWN else ''}")
    return " ".join(out)


def shown_bind(pdu: smpp.Bind) -> str:
    """Return a line for a bind; the password stays out of it."""
    said = structs.asdict(pdu)
    hidden = {"sequence", "password", "tlvs"}
    return f"{pdu.name} password=*** " + " ".join(f"{name}={said[name]}" for name in said if name not in hidden)


def _address(ton: int, npi: int, address: str) -> str:
    return f"{ton}.{npi}.{address or '-'}"
