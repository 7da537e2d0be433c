"""PDUs made at random from the table of layouts, and the examples of the specification written out in octets."""

from typing import Any

from hypothesis import strategies as st

from hongyan.wire.smpp import Destination, Failure, Pdu, Response, Unknown
from hongyan.wire.smpp.layouts import LAYOUTS, LONGEST_SHORT_MESSAGE, TEXT, Field

OCTET = st.integers(0, 255)
SEQUENCES = st.integers(0, 0xFFFFFFFF)
STATUSES = st.just(0) | st.integers(0, 0xFFFFFFFF)
_LATIN1 = st.characters(min_codepoint=1, max_codepoint=255)


def texts(most: int) -> st.SearchStrategy[str]:
    return st.text(_LATIN1, max_size=min(most - 1, 24)) | st.text("0123456789", min_size=most - 1, max_size=most - 1)


TLVS = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=30)), max_size=4).map(tuple)
_SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "tlvs": TLVS,
    "short_message": st.binary(max_size=40) | st.binary(min_size=LONGEST_SHORT_MESSAGE, max_size=LONGEST_SHORT_MESSAGE),
    "dest_addresses": st.lists(st.builds(Destination, OCTET, OCTET, texts(21)) | texts(21), max_size=4).map(tuple),
    "unsuccess_smes": st.lists(st.builds(Failure, OCTET, OCTET, texts(21), SEQUENCES), max_size=4).map(tuple),
}


def _values(field: Field) -> st.SearchStrategy[Any]:
    if field.name in _SPECIAL:
        return _SPECIAL[field.name]
    return texts(field.most) if field.kind is TEXT else OCTET


def pdus_of(pdu: Any) -> st.SearchStrategy[Any]:
    fields = {field.name: _values(field) for field in LAYOUTS[pdu]}
    if issubclass(pdu, Response):
        fields["status"] = STATUSES
    return st.builds(pdu, sequence=SEQUENCES, **fields)


UNKNOWN = st.builds(
    Unknown,
    st.sampled_from([0, 0x0A, 0x10, 0x110, 0x80000110, 0xFFFFFFFF]),
    STATUSES,
    SEQUENCES,
    st.binary(max_size=30),
)
PDUS: st.SearchStrategy[Pdu] = st.one_of(*map(pdus_of, LAYOUTS), UNKNOWN)


def octets(*said: str) -> bytes:
    """Return octets written in hexadecimal, and texts written between quotes."""
    return b"".join(one[1:-1].encode() if one[0] == "'" else bytes.fromhex(one) for one in said)


BIND = octets("00000022 00000009 00000000 00000001 65736d653100 73656372657400 00 34 00 00 00")
BOUND = octets("0000001a 80000009 00000000 00000001 534d534300 0210 0001 34")
SUBMIT = octets(
    "0000003c 00000004 00000000 00000002 00 05 00 41434d4500 01 01 3836313338303031333830303000",
    "40 00 00 00 00 01 00 08 00 0a 050003090201 4f60597d",
)
SUBMITTED = octets("00000019 80000004 00000000 00000002 3061316232633364 00")
THROTTLED = octets("00000010 80000004 00000058 00000003")
RECEIPT = octets(
    "000000a9 00000005 00000000 00000007 00 01 01 3836313338303031333830303000 00 00 313036393000",
    "04 00 00 00 00 00 00 00 00 64",
    "'id:0a1b2c3d sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:DELIVRD err:000 text:'",
    "001e0009 306131623263336400 0427 0001 02",
)
RECEIVED = octets("00000011 80000005 00000000 00000007 00")
ENQUIRE = octets("00000010 00000015 00000000 00000008")
EXAMPLES = [BIND, BOUND, SUBMIT, SUBMITTED, THROTTLED, RECEIPT, RECEIVED, ENQUIRE]
