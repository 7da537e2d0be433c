import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.text.gsm import BASIC, ESCAPE, EXTENSION, culprits, is_gsm, septets

BASIC_TEXT = BASIC.replace(ESCAPE, "")


def test_the_basic_table_has_128_places_and_no_character_twice() -> None:
    assert len(BASIC) == 128
    assert len(set(BASIC)) == 128


@pytest.mark.parametrize(
    ("char", "septet"),
    [
        ("@", 0),
        ("$", 2),
        ("\n", 10),
        ("\r", 13),
        ("Δ", 16),
        (" ", 32),
        ("¤", 36),
        ("A", 65),
        ("§", 95),
        ("¿", 96),
        ("à", 127),
    ],
)
def test_characters_stand_where_the_standard_puts_them(char: str, septet: int) -> None:
    assert BASIC.index(char) == septet


def test_letters_and_digits_stand_where_ascii_has_them() -> None:
    for char in string.ascii_letters + string.digits:
        assert BASIC.index(char) == ord(char)


def test_every_basic_character_takes_one_septet_and_every_extension_character_two() -> None:
    assert septets(BASIC_TEXT) == 127
    for char in EXTENSION:
        assert septets(char) == 2
        assert septets("é" + char) == 3


@pytest.mark.parametrize("char", ["`", "ç", "你", "\x00", "\x1b", "\t", "😀", "\ud800", "’", "\u00a0", "א"])
def test_other_characters_are_not_in_the_alphabet(char: str) -> None:
    assert septets("a" + char) is None
    assert septets("é" + char) is None
    assert not is_gsm(char)


def test_an_empty_text_takes_nothing() -> None:
    assert septets("") == 0
    assert is_gsm("")


def test_names_the_first_culprits_and_no_more_than_asked_for() -> None:
    assert culprits("Hi ’there’ 你") == [(3, "’"), (9, "’"), (11, "你")]
    assert culprits("你" * 1000, most=2) == [(0, "你"), (1, "你")]
    assert len(culprits("你" * 1000)) == 10
    assert culprits("plain {text} €") == []


@given(st.text())
def test_a_text_is_gsm_exactly_when_it_has_no_culprit(text: str) -> None:
    assert is_gsm(text) == (culprits(text) == [])


@given(st.text(alphabet=BASIC_TEXT + "".join(EXTENSION)))
def test_septets_add_up(text: str) -> None:
    assert septets(text) == sum(2 if char in EXTENSION else 1 for char in text)
