import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.text.characters import is_storable
from hongyan.text.gsm import BASIC, EXTENSION
from hongyan.text.parts import CHINA, NXCLOUD, STANDARD, Count, Rule, count, rule_for, split

RULES = [STANDARD, NXCLOUD, CHINA]
STORABLE = st.text(alphabet=st.characters(codec="utf-8"), max_size=400)
GSM_TEXT = st.text(alphabet=BASIC.replace("\x1b", "") + "".join(EXTENSION), min_size=100, max_size=700)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Count("gsm7", 0, 1)),
        ("a" * 160, Count("gsm7", 160, 1)),
        ("a" * 161, Count("gsm7", 161, 2)),
        ("a" * 306, Count("gsm7", 306, 2)),
        ("a" * 307, Count("gsm7", 307, 3)),
        ("€" * 80, Count("gsm7", 160, 1)),
        ("€" * 80 + "a", Count("gsm7", 161, 2)),
        ("€" * 153, Count("gsm7", 306, 3)),  # 76 pairs a part: a pair is never cut, a septet stays free
        ("你" * 70, Count("ucs2", 70, 1)),
        ("你" * 71, Count("ucs2", 71, 2)),
        ("你" * 134, Count("ucs2", 134, 2)),
        ("你" * 135, Count("ucs2", 135, 3)),
        ("😀" * 35, Count("ucs2", 70, 1)),
        ("😀" * 67, Count("ucs2", 134, 3)),  # 33 pairs a part
        ("a" * 69 + "`", Count("ucs2", 70, 1)),
    ],
)
def test_the_standard_counts_septets_and_utf16_units(text: str, expected: object) -> None:
    assert count(text) == expected


@pytest.mark.parametrize(
    ("text", "country_code", "parts"),
    [
        ("a" * 160, "86", 1),
        ("a" * 308, "86", 2),
        ("a" * 309, "86", 3),
        ("[" * 80, "1", 1),
        ("[" * 80 + "a", "1", 2),
        ("你" * 70, "86", 1),
        ("你" * 134, "86", 2),
        ("你" * 135, "86", 3),
        ("a" * 153, "60", 1),
        ("a" * 154, "60", 2),
        ("你" * 63, "60", 1),
        ("你" * 64, "60", 2),
    ],
)
def test_nxcloud_counts_154_and_seven_more_for_malaysia(text: str, country_code: str, parts: int) -> None:
    """proves: nxcloud#billing.parts"""
    assert count(text, NXCLOUD, country_code=country_code).parts == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 70, 1),
        ("a" * 71, 2),
        ("[" * 70, 1),
        ("你" * 70, 1),
        ("你" * 134, 2),
        ("a" * 134, 2),
        ("你" * 135, 3),
        ("[" * 135, 3),
    ],
)
def test_the_mainland_counts_characters_whatever_the_alphabet(text: str, parts: int) -> None:
    """proves: alibaba#limits.length, yundashi#answer.fee"""
    assert count(text, CHINA).parts == parts


@pytest.mark.parametrize(
    ("dialect", "country", "rule"),
    [
        ("alibaba", "CN", CHINA),
        ("alibaba", "US", STANDARD),
        ("comms", "CN", CHINA),
        ("comms", "", STANDARD),
        ("yundashi", "CN", CHINA),
        ("yundashi", "SG", CHINA),
        ("nxcloud", "CN", NXCLOUD),
        ("nxcloud", "MY", NXCLOUD),
        ("native", "CN", STANDARD),
    ],
)
def test_each_dialect_bills_by_its_own_rule(dialect: str, country: str, rule: Rule) -> None:
    assert rule_for(dialect, country) is rule


@given(STORABLE | GSM_TEXT)
def test_pieces_joined_are_the_text_and_as_many_as_counted(text: str) -> None:
    pieces = split(text)
    assert "".join(pieces) == text
    assert len(pieces) == count(text).parts


@given(GSM_TEXT)
def test_no_piece_is_larger_than_a_part(text: str) -> None:
    counted = count(text)
    for piece in split(text):
        assert count(piece).units <= (160 if counted.parts == 1 else 153)


@given(st.text(max_size=400), st.sampled_from(RULES), st.sampled_from(["", "86", "60"]))
def test_any_text_is_counted_by_any_rule(text: str, rule: Rule, country_code: str) -> None:
    assert count(text, rule, country_code=country_code).parts >= 1
    assert "".join(split(text, rule)) == text


@given(st.text(max_size=50))
def test_what_is_storable_survives_utf8_and_holds_no_nul(text: str) -> None:
    if is_storable(text):
        assert text.encode().decode() == text
        assert "\0" not in text
    else:
        assert "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)


@pytest.mark.parametrize(
    ("text", "storable"),
    [("", True), ("abc", True), ("a\0b", False), ("你\0", False), ("\ud800", False), ("😀", True), ("\u202eabc", True)],
)
def test_nul_and_lone_surrogates_cannot_be_stored(text: str, storable: bool) -> None:
    assert is_storable(text) is storable
