"""What people type into the search box: any text is some search; a term that means nothing is explained."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hongyan.console.asking import moment, read_typed
from hongyan.console.grammar import joined, terms, written
from hongyan.console.pages.asked_terms import KEYS, NAMES, Reading
from hongyan.model.clock import FakeClock
from hongyan.store import Also

NOW = FakeClock().now_ms()
"""2026-01-02 11:04:05 in China"""
PIECES = [*KEYS, *(':：-"“” \u3000,\0\ud800'), "状态", "号码", "13800138000", "10m", "failed", ">2"]


def understood(typed: str) -> Reading:
    reading = Reading(read_typed(typed, NAMES), NOW)
    for term in reading.typed.terms:
        reading.take(term)
    reading.finished()
    return reading


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5))).map("".join))
@example('to:"')
@example("since:99999999999w")
@example("id:0")
@example("to:" + "9" * 300)
@example("parts:>>")
def test_any_text_is_some_search(typed: str) -> None:
    reading = understood(typed)
    for problem in reading.problems:
        assert problem.word in {"no_such_key", "no_value", "no_such_value", "no_such_time"}
    again = terms(joined(terms(typed)))
    assert [one[:4] for one in again] == [one[:4] for one in terms(typed)]


@given(st.sampled_from(list(KEYS)), st.text(alphabet=st.characters(exclude_characters='"'), max_size=20), st.booleans())
def test_a_term_that_we_write_is_read_as_it_was_meant(key: str, value: str, unless: bool) -> None:
    (found,) = terms(written(key, value, unless=unless))
    assert found[:3] == (key, value, unless)


@pytest.mark.parametrize(
    ("typed", "also"),
    [
        ("13800138000", ()),
        ("0042", (Also("to", "ends", "0042"),)),
        ("-to:0042", (Also("to", "ends", "0042", True),)),
        ("state:failed", (Also("state", "among", ("undelivered", "rejected", "expired")),)),
        ("状态：已送达,过期", ()),
        ("状态：已送达", (Also("state", "among", ("delivered",)),)),
        ("-state:delivered", (Also("state", "among", ("delivered",), True),)),
        ("vendor:阿里云,NXCLOUD", (Also("dialect", "among", ("alibaba", "nxcloud")),)),
        ("your code", (Also("content", "holds", "your"), Also("content", "holds", "code"))),
        ('"your code" -text:x', (Also("content", "holds", "your code"), Also("content", "holds", "x", True))),
        ('"1234"', (Also("content", "holds", "1234"),)),
        ("https://a.example/x", (Also("content", "holds", "https://a.example/x"),)),
        ("parts:>1", (Also("parts", "least", 2),)),
        ("parts:3+", (Also("parts", "least", 3),)),
        ("parts:<=2", (Also("parts", "most", 2),)),
        ("parts:2", (Also("parts", "is", 2),)),
        ("key:AK,1", (Also("key_id", "is", "AK,1"),)),
        ("cause: UNDELIV", (Also("cause", "holds", "UNDELIV"),)),
        ("template:A,B", (Also("template", "among", ("A", "B")),)),
        ("kind:card", (Also("leg", "among", ("card",)),)),
        ("country:cn", (Also("country", "among", ("CN",)),)),
    ],
)
def test_terms_mean_conditions(typed: str, also: tuple[Also, ...]) -> None:
    assert tuple(understood(typed).also) == also


def test_what_has_an_index_is_asked_by_it() -> None:
    reading = understood("to:+86-138-0013-8000 project:shop since:10m until:2026-01-02 request:R1 state:delivered")
    assert reading.fields["to"] == "8613800138000"
    assert reading.fields["project"] == "shop"
    assert reading.fields["since_ms"] == NOW - 600_000
    assert reading.request == "R1"
    assert [one.column for one in reading.also] == ["state"]
    assert understood("id:5").fields == {"after_id": 4, "before_id": 6}
    assert understood("id:x").is_void
    assert understood("4711").perhaps_text == "4711"


@pytest.mark.parametrize(
    ("typed", "word", "better"),
    [
        ("a stat:delivered b", "no_such_key", "a state:delivered b"),
        ("state:deliverd", "no_such_value", "state:delivered"),
        ("-vendor:alibab", "no_such_value", "-vendor:alibaba"),
        ("leg:x", "no_such_value", ""),
        ("category:sale", "no_such_value", ""),
        ("parts:many", "no_such_value", ""),
        ("qqqqqq:1", "no_such_key", ""),
        ("since:soon", "no_such_time", ""),
        ("state:", "no_value", ""),
    ],
)
def test_a_term_that_means_nothing_is_explained(typed: str, word: str, better: str) -> None:
    (problem,) = understood(typed).problems
    assert (problem.word, problem.better) == (word, better)


def test_a_click_narrows_the_search_and_replaces_what_it_narrowed_before() -> None:
    typed = read_typed('your code state:failed text:"a b"', NAMES)
    assert typed.narrowed("state", "delivered") == 'your code text:"a b" state:delivered'
    assert typed.narrowed("template", "a b:c") == 'your code state:failed text:"a b" template:"a b:c"'


@pytest.mark.parametrize(
    ("text", "before_s"),
    [
        ("90s", 90), ("10m", 600), ("2h", 7200), ("3d", 259_200), ("1w", 604_800), ("10分钟", 600), ("3天前", 259_200),
        ("today", 39_845), ("昨天", 39_845 + 86_400), ("11:00", 245), ("11:04:05", 0), ("2026-01-02", 39_845),
        ("2026-01-02T11:04:05", 0), ("2026-01-02T03:04:05Z", 0), ("2026-01-02 11:04", 5),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, before_s: int) -> None:
    assert moment(text, NOW) == NOW - before_s * 1000


def test_a_day_that_something_ends_at_is_whole() -> None:
    begin = moment("2026-01-02", NOW)
    assert begin is not None
    assert moment("2026-01-02", NOW, ends=True) == begin + 86_400_000
    assert moment("today", NOW, ends=True) == begin + 86_400_000
    for text in ("", "soon", "25:00", "0001-01-01", "9999-12-31T23:59:59-23:00", "99999999999999d"):
        assert moment(text, NOW) is None, text
