import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.text.keywords import Keywords

WORDS = Keywords(["赌博", "Casino", "VIP 1", "代开发票", "加V信", "9527"])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("来赌博吧", "赌博"),
        ("come to the CASINO", "Casino"),
        ("ｃａｓｉｎｏ", "Casino"),
        ("𝐂𝐚𝐬𝐢𝐧𝐨", "Casino"),
        ("赌 博", "赌博"),
        ("赌\u200b博", "赌博"),
        ("代 开\u3000发\n票", "代开发票"),
        ("请加v信", "加V信"),
        ("call ⑨⑤②⑦", "9527"),
        ("vip 1", "VIP 1"),
        ("好vip 1", "VIP 1"),
        ("您好，今天", None),
        ("his casi no", None),
        ("好 casi no", None),
        ("", None),
        ("赌,博", None),
    ],
)
def test_finds_a_word_through_its_disguises(text: str, word: str | None) -> None:
    assert WORDS.find(text) == word


def test_an_empty_list_finds_nothing() -> None:
    assert Keywords([]).find("anything") is None
    assert Keywords(["", "  ", "\u200b"]).find("any thing \u200b") is None


def test_the_first_and_longest_word_is_named() -> None:
    assert Keywords(["发票", "代开发票", "开"]).find("代开发票") == "代开发票"


@pytest.mark.parametrize("text", ["\ud800", "\ud800赌博", "a\0b赌博", "\u202e赌博", "😀赌博"])
def test_strange_characters_do_no_harm(text: str) -> None:
    assert WORDS.find(text) == ("赌博" if "赌" in text else None)
    assert Keywords([text]).find("x" + text + "y") == text


@given(st.lists(st.text(max_size=6), max_size=8), st.text(max_size=60))
def test_any_text_can_be_searched_for_any_words(words: list[str], text: str) -> None:
    found = Keywords(words).find(text)
    assert found is None or found in words


@given(st.text(alphabet="赌博发票abcXYZ", min_size=1, max_size=6), st.text(max_size=20), st.text(max_size=20))
def test_a_word_that_is_there_is_found(word: str, before: str, after: str) -> None:
    assert Keywords([word]).find(f"{before} {word} {after}") == word
