"""Words by which a handset asks to be left alone, or to hear from us again."""

import pytest

from hongyan.report.stop_words import START_WORDS, STOP_WORDS, Wish, wish


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_every_stop_word_is_one(word: str) -> None:
    assert wish(word) is Wish.STOP
    assert wish(f" {word.upper()}\r\n") is Wish.STOP


@pytest.mark.parametrize("word", sorted(START_WORDS))
def test_every_start_word_is_one(word: str) -> None:
    assert wish(f"\u3000{word.title()} ") is Wish.START


@pytest.mark.parametrize("text", ["ＴＤ", "ｔ", "００００", "Ｓｔｏｐ", " Ｒ　"])
def test_full_width_is_the_same(text: str) -> None:
    assert wish(text) is Wish.STOP


@pytest.mark.parametrize("text", ["", " ", "TDD", "退订吗", "please stop", "STOP it", "不取消", "000", "t" * 50])
def test_anything_more_is_just_a_text(text: str) -> None:
    assert wish(text) is None
