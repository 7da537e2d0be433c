import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.text import air, parts
from hongyan.text.air import (
    ALPHABETS,
    ASCII,
    GBK,
    LATIN1,
    capacity,
    cut,
    fill_bits,
    fits,
    octets,
    packed,
    segments,
    text_of,
    unpacked,
)
from hongyan.text.gsm import BASIC, ESCAPE, EXTENSION, is_gsm
from hongyan.text.parts import GSM7, UCS2, count

GSM = BASIC.replace(ESCAPE, "") + "".join(EXTENSION)
GSM_TEXT = st.text(GSM, max_size=400) | st.text("ab€[", min_size=140, max_size=700)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200) | st.text("你a😀", min_size=60, max_size=300)


@pytest.mark.parametrize(
    ("text", "alphabet", "expected"),
    [
        ("Hello", GSM7, b"Hello"),
        ("@£$_", GSM7, b"\x00\x01\x02\x11"),
        ("ΔΩ@", GSM7, b"\x10\x15\x00"),
        ("[€]", GSM7, b"\x1b\x3c\x1b\x65\x1b\x3e"),
        ("5€ Ω", GSM7, b"5\x1b\x65 \x15"),
        ("é", LATIN1, b"\xe9"),
        ("你好", UCS2, b"\x4f\x60\x59\x7d"),
        ("😀", UCS2, b"\xd8\x3d\xde\x00"),
        ("你好", GBK, b"\xc4\xe3\xba\xc3"),
        ("𠮷", GBK, "𠮷".encode("gb18030")),
        ("abc", ASCII, b"abc"),
    ],
)
def test_a_text_has_these_octets(text: str, alphabet: str, expected: bytes) -> None:
    assert octets(text, alphabet) == expected
    assert text_of(expected, alphabet) == text


@given(GSM_TEXT)
def test_gsm_comes_back(text: str) -> None:
    assert text_of(octets(text, GSM7), GSM7) == text
    assert len(octets(text, GSM7)) == count(text).units


@given(ANY_TEXT, st.sampled_from(ALPHABETS))
def test_what_fits_comes_back_and_nothing_else_is_written(text: str, alphabet: str) -> None:
    if fits(text, alphabet):
        assert text_of(octets(text, alphabet), alphabet) == text
    assert fits(text, GSM7) == is_gsm(text)
    assert fits(text, UCS2)


def test_a_character_that_is_missing_is_named() -> None:
    with pytest.raises(UnicodeEncodeError, match="position 3: it is not in the GSM alphabet") as caught:
        octets("€ab`c", GSM7)
    assert caught.value.object[caught.value.start] == "`"
    with pytest.raises(UnicodeEncodeError):
        octets("a\x1bb", GSM7)
    with pytest.raises(UnicodeEncodeError):
        octets("你", LATIN1)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a\x1b", "a "),  # nothing after the escape
        (b"a\x1bb", "ab"),  # no such extension: the basic character
        (b"\x1b\x1b\x65", " e"),  # an escape into yet another table: a blank
        (b"\x1b\x0d", "\r"),
        (b"a\xe9b", "a\ufffdb"),
        (b"\x1b\xe9", "\ufffd"),
        (b"", ""),
    ],
)
def test_unknown_escapes_and_octets_are_shown_as_the_standard_says(content: bytes, text: str) -> None:
    assert text_of(content, GSM7) == text


@given(st.binary(max_size=60), st.sampled_from(ALPHABETS))
def test_any_octets_are_some_text(content: bytes, alphabet: str) -> None:
    assert isinstance(text_of(content, alphabet), str)


def test_a_half_unit_of_ucs2_is_replaced() -> None:
    assert text_of(b"\x4f\x60\x59", UCS2) == "你\ufffd"


@pytest.mark.parametrize(
    ("alphabet", "udh_octets", "expected"),
    [
        (GSM7, 0, (160, 160)),
        (GSM7, 6, (160, 153)),
        (GSM7, 7, (160, 152)),
        (ASCII, 6, (160, 153)),
        (LATIN1, 6, (140, 134)),
        (LATIN1, 7, (140, 133)),
        (GBK, 7, (140, 133)),
        (UCS2, 6, (140, 134)),
        (UCS2, 7, (140, 132)),
    ],
)
def test_an_sms_holds_so_many_octets(alphabet: str, udh_octets: int, expected: tuple[int, int]) -> None:
    assert capacity(alphabet, udh_octets) == expected


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 306, [153, 153]),
        ("a" * 307, [153, 153, 1]),
        ("€" * 80, [160]),
        ("€" * 81, [152, 10]),
        ("a" * 152 + "€" + "a" * 10, [152, 12]),
        ("你" * 70, [140]),
        ("你" * 71, [134, 8]),
        ("你" * 134, [134, 134]),
        ("你" * 135, [134, 134, 2]),
        ("汉" * 66 + "😀" + "汉" * 10, [132, 24]),
    ],
)
def test_the_boundaries_of_the_standard(text: str, lengths: list[int]) -> None:
    alphabet = count(text).alphabet
    assert [len(part) for part in segments(text, alphabet, 6)] == lengths
    assert len(segments(text, alphabet, 6)) == count(text).parts


@settings(max_examples=200)
@given(GSM_TEXT | ANY_TEXT)
def test_the_cuts_are_those_that_are_counted_and_shown(text: str) -> None:
    counted = count(text)
    found = segments(text, counted.alphabet, 6)
    assert len(found) == counted.parts
    assert [text_of(part, counted.alphabet) for part in found] == parts.split(text)


@given(GSM_TEXT | ANY_TEXT, st.sampled_from(ALPHABETS), st.sampled_from([6, 7]))
def test_parts_are_whole_texts_that_fit_and_join(text: str, alphabet: str, udh_octets: int) -> None:
    if not fits(text, alphabet):
        return
    found = segments(text, alphabet, udh_octets)
    one, each = capacity(alphabet, udh_octets)
    assert b"".join(found) == octets(text, alphabet)
    assert "".join(text_of(part, alphabet) for part in found) == text
    assert all(0 < len(part) <= each for part in found) or len(found) == 1
    assert len(found) > 1 or len(found[0]) <= one


def test_a_text_without_a_header_is_left_whole() -> None:
    assert segments("a" * 1000, GSM7, 0) == [b"a" * 1000]


def test_octets_that_are_no_text_are_cut_anywhere() -> None:
    assert [len(part) for part in cut(bytes(range(256)) * 2, LATIN1, 6)] == [134, 134, 134, 110]


def test_septets_are_packed_as_in_the_standard() -> None:
    assert packed(b"hellohello") == bytes.fromhex("e8329bfd4697d9ec37")
    assert unpacked(bytes.fromhex("e8329bfd4697d9ec37")) == b"hellohello"
    assert (fill_bits(0), fill_bits(6), fill_bits(7)) == (0, 1, 0)
    assert packed(b"a", 1) == b"\xc2"


@given(st.lists(st.integers(0, 127), max_size=170).map(bytes), st.integers(0, 6))
def test_packed_septets_come_back(septets: bytes, fill: int) -> None:
    content = packed(septets, fill)
    assert len(content) == (len(septets) * 7 + fill + 7) // 8
    assert unpacked(content, fill, len(septets)) == septets
    back = unpacked(content, fill)
    assert back == septets or (back + b"\0" == septets and septets.endswith(b"\0"))


@given(st.binary(max_size=40), st.integers(0, 6), st.none() | st.integers(0, 60))
def test_any_octets_are_unpacked(content: bytes, fill: int, wanted: int | None) -> None:
    assert all(septet < 128 for septet in unpacked(content, fill, wanted))


def test_every_alphabet_is_named_once() -> None:
    assert len(set(ALPHABETS)) == len(ALPHABETS) == len(air._PYTHON_NAMES) + 1
