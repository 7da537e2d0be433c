import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.text.udh import SHORT, WIDE, Header, Part, concatenation, read

PARTS = st.integers(1, 255).flatmap(
    lambda total: st.builds(Part, st.integers(0, 0xFF), st.just(total), st.integers(1, total))
) | st.integers(1, 255).flatmap(
    lambda total: st.builds(Part, st.integers(0, 0xFFFF), st.just(total), st.integers(1, total), st.just(value=True))
)


def test_headers_have_these_octets() -> None:
    assert concatenation(Part(9, 2, 1)) == bytes.fromhex("050003090201")
    assert concatenation(Part(0x1234, 3, 2, is_wide=True)) == bytes.fromhex("06080412340302")
    assert concatenation(Part(0x1234, 3, 2)) == bytes.fromhex("050003340302")


@given(PARTS, st.binary(max_size=10))
def test_a_part_comes_back(part: Part, text: bytes) -> None:
    header = concatenation(part)
    found = read(header + text)
    assert found is not None
    assert found.part == part
    assert found.octets == len(header) == (WIDE if part.is_wide else SHORT)


@pytest.mark.parametrize("part", [Part(1, 0, 0), Part(1, 2, 3), Part(1, 2, 0), Part(1, 256, 1)])
def test_a_part_that_cannot_be_is_not_written(part: Part) -> None:
    with pytest.raises(ValueError, match="1 to 255 are possible"):
        concatenation(part)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0b 0504 0b84 0000 00 03 09 02 01 41", Header(12, Part(9, 2, 1), ((5, b"\x0b\x84\0\0"), (0, b"\x09\2\1")))),
        ("08 00 03 09 02 01 24 01 05 41", Header(9, Part(9, 2, 1), ((0, b"\x09\2\1"), (0x24, b"\5")))),
        ("05 00 03 09 02 00 41", Header(6, None, ((0, b"\x09\2\0"),))),  # part 0
        ("05 00 03 09 02 03 41", Header(6, None, ((0, b"\x09\2\3"),))),  # part 3 of 2
        ("04 00 02 09 02 41", Header(5, None, ((0, b"\x09\2"),))),  # an element of the wrong length
        ("05 00 09 09 02 01 41", Header(6, None, ())),  # an element past the header
        ("00 41", Header(1, None, ())),
        ("00", Header(1, None, ())),
        ("05 00 03 09 02 01", Header(6, Part(9, 2, 1), ((0, b"\x09\2\1"),))),  # no text
        ("05 00 03 09 02", None),  # cut short
        ("ff 41", None),
        ("", None),
    ],
)
def test_other_elements_and_broken_headers_are_tolerated(content: str, expected: Header | None) -> None:
    assert read(bytes.fromhex(content)) == expected


@given(st.binary(max_size=60))
def test_any_octets_have_a_header_or_none(content: bytes) -> None:
    found = read(content)
    assert found is None or 1 <= found.octets <= len(content)
