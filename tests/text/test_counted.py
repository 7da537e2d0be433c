"""A text's count is explained: where it is cut, which character costs more, and what would do in its place."""

import pytest

from hongyan.text import gsm
from hongyan.text.counted import counted
from hongyan.text.parts import CHINA, NXCLOUD, STANDARD
from hongyan.text.plainer import instead_of, plainer


def test_the_character_that_forced_ucs2_is_named_with_what_would_do() -> None:
    found = counted("It’s 5 o’clock, your code is 1234…" + "x" * 60, STANDARD)
    assert (found["alphabet"], found["parts"]) == ("ucs2", 2)
    first, second = found["forced_ucs2"]
    assert first == {
        "position": 3, "character": "’", "name": "RIGHT SINGLE QUOTATION MARK", "code_point": "U+2019", "instead": "'",
    }  # fmt: skip
    assert (second["character"], second["instead"]) == ("…", "...")
    assert (found["without"]["alphabet"], found["without"]["parts"], found["without"]["saves"]) == ("gsm7", 1, 1)
    assert found["without"]["text"].startswith("It's 5 o'clock")


def test_parts_say_how_full_they_are() -> None:
    found = counted("a" * 150 + "€€€" + "b" * 20, STANDARD)
    assert found["pieces"] == ["a" * 150 + "€", "€€" + "b" * 20]
    assert (found["piece_units"], found["room"]) == ([152, 24], 153)
    assert counted("x" * 154, NXCLOUD, country_code="60")["parts"] == 2


def test_where_the_rule_counts_alike_nothing_is_saved() -> None:
    found = counted("It’s " + "x" * 40, CHINA)
    assert found["without"]["saves"] == 0
    assert counted("你好", STANDARD)["without"] is None
    assert counted("plain", STANDARD)["without"] is None


@pytest.mark.parametrize(
    ("char", "instead"),
    [
        ("’", "'"),
        ("“", '"'),
        ("—", "-"),
        ("\u00a0", " "),
        ("\u200b", ""),
        ("ｅ", "e"),
        ("ő", "o"),
        ("你", None),
        ("🎈", None),
    ],
)
def test_says_what_to_write_instead(char: str, instead: str | None) -> None:
    assert instead_of(char) == instead


def test_what_is_written_instead_is_gsm() -> None:
    everything = "".join(chr(code) for code in range(0x20, 0x3000) if not 0xD800 <= code <= 0xDFFF)
    for char in everything:
        assert instead_of(char) is None or gsm.is_gsm(char) or gsm.is_gsm(instead_of(char) or "")
    assert plainer("“你”") == '"你"'
