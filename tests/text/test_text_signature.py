import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.text.signature import is_well_formed, place, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("【云大师】你的验证码是1234", ("云大师", "你的验证码是1234")),
        ("你的验证码是1234【云大师】", ("云大师", "你的验证码是1234")),
        ("【甲】正文【乙】", ("甲", "正文【乙】")),
        ("正文", (None, "正文")),
        ("【】正文", (None, "【】正文")),
        ("【【甲】】正文", (None, "【【甲】】正文")),
        ("【没有结尾", (None, "【没有结尾")),
        ("见【公告】后", (None, "见【公告】后")),
        ("【甲】", ("甲", "")),
        ("【", (None, "【")),
        ("", (None, "")),
        ("【" + "长" * 31 + "】x", (None, "【" + "长" * 31 + "】x")),
    ],
)
def test_finds_the_name_in_front_or_at_the_end(text: str, expected: object) -> None:
    assert split(text) == expected


def test_places_a_name_once() -> None:
    assert place("甲方", "正文") == "【甲方】正文"
    assert place("甲方", "【甲方】正文") == "【甲方】正文"
    assert place("甲方", "正文【甲方】") == "正文【甲方】"
    assert place("甲方", "【乙方】正文") == "【甲方】【乙方】正文"


@pytest.mark.parametrize(
    ("name", "well_formed"),
    [
        ("阿里云", True),
        ("云大师讲座", True),
        ("ab", True),
        ("A1中文", True),
        ("一", False),
        ("长" * 12, True),
        ("长" * 13, False),
        ("有 空格", False),
        ("【甲方】", False),
        ("甲+乙", False),
        ("😀😀", False),
        ("甲乙\n", False),
        ("", False),
        ("\ud800\ud800", False),
    ],
)
def test_a_name_is_2_to_12_letters_digits_or_chinese_characters(name: str, well_formed: bool) -> None:
    """proves: alibaba#signature.name"""
    assert is_well_formed(name) is well_formed


@given(st.text(max_size=40))
def test_nothing_is_lost_in_splitting(text: str) -> None:
    name, rest = split(text)
    if name is None:
        assert rest == text
    else:
        assert text in {f"【{name}】{rest}", f"{rest}【{name}】"}


@given(st.from_regex(r"[0-9A-Za-z一-龥]{2,12}", fullmatch=True), st.text(max_size=30))
def test_a_placed_name_is_found_and_placing_again_changes_nothing(name: str, text: str) -> None:
    placed = place(name, text)
    assert split(placed)[0] == name
    assert place(name, placed) == placed
