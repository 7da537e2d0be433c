"""Any value of any PDU: hypothesis strategies found by field name, so that a test writes down only widths."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields

U8, U32, U64 = (st.integers(0, 2**bits - 1) for bits in (8, 32, 64))
_NO_NUL = st.characters(min_codepoint=1, max_codepoint=255)


def word(width: int) -> st.SearchStrategy[str]:
    """Texts that a field of this width can hold."""
    return st.text(_NO_NUL, max_size=width)


def raw(width: int) -> st.SearchStrategy[bytes]:
    """Octets that fill a field."""
    return st.binary(min_size=width, max_size=width)


def values_of(pdu: type[Struct], by_name: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Values of a PDU; a field that `by_name` does not know holds an octet."""
    return st.builds(pdu, **{field.name: by_name.get(field.name, U8) for field in fields(pdu)})


def with_length(frame: bytes) -> bytes:
    """Return the same octets with a leading length that is true."""
    return len(frame).to_bytes(4, "big") + frame[4:]
