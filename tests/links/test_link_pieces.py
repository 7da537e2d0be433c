"""Codes, short links, sources of card support, languages."""

import random
from pathlib import Path

import pytest

from hongyan.links.capability import source
from hongyan.links.codes import is_code, mint_code
from hongyan.links.language import language
from hongyan.links.shorten import card_address, shorten
from hongyan.model.errors import Misconfigured


def test_a_code_is_eight_letters_and_digits_from_the_chance_handed_in() -> None:
    # proves: cards#links.code
    codes = {mint_code(random.Random(seed)) for seed in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 and is_code(code) for code in codes)
    assert mint_code(random.Random(1)) == mint_code(random.Random(1))
    assert is_code(mint_code(random.SystemRandom()))


def test_a_short_link_takes_every_place_in_the_text() -> None:
    # proves: cards#links.shorten
    assert shorten("go #1# or #1#", "https://x.example", "http://h/", "Ab") == "go http://h/l/Ab or http://h/l/Ab"


def test_without_a_code_the_link_itself_stands_in_the_text() -> None:
    # proves: cards#links.shorten
    assert shorten("go #1#", "https://x.example", "http://h", "") == "go https://x.example"
    assert card_address("http://h/", "Ab") == "http://h/c/Ab"


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("odd", [True, False]),
        ("all", [True, True]),
        ("none", [False, False]),
    ],
)
def test_a_source_says_which_numbers_show_cards(name: str, answers: list[bool]) -> None:
    # proves: cards#support
    support = source(name)
    assert [support.shows_cards(to) for to in ("8613900000001", "8613900000002")] == answers


def test_a_file_lists_the_numbers_that_show_cards(tmp_path: Path) -> None:
    # proves: cards#support
    listed = tmp_path / "cards.txt"
    listed.write_text("# ours\n+8613900000002 # Mei\n\n8613900000004\n", "utf-8")
    support = source(f"file:{listed}")
    asked = ("8613900000001", "8613900000002", "8613900000004", "")
    assert [support.shows_cards(to) for to in asked] == [False, True, True, False]


@pytest.mark.parametrize("text", ["not a number\n", "1234567890123456\n", "\udcff"])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path, text: str) -> None:
    listed = tmp_path / "cards.txt"
    listed.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Misconfigured):
        source(f"file:{listed}")


@pytest.mark.parametrize("name", ["even", "file:/no/such/file", ""])
def test_an_unknown_source_stops_the_start(name: str) -> None:
    with pytest.raises(Misconfigured):
        source(name)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "zh"),
        ("en-GB,en;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, en;q=0.4, zh;q=0.5", "zh"),
        ("de-DE", "zh"),
        ("en;q=x, zh;q=0.1", "zh"),
        ("x" * 10_000, "zh"),
    ],
)
def test_our_words_follow_the_browsers_language(accept: str, expected: str) -> None:
    assert language(accept) == expected
