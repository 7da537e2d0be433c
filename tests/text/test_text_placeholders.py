import contextlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.text.matching import Match, Matcher
from hongyan.text.placeholders import STYLES, names, render

COMMS = "【一砂】您的验证码为：{0}，该验证码5分钟内有效，请勿泄漏！"


@pytest.mark.parametrize(
    ("style", "body", "found"),
    [
        ("comms", COMMS, ["0"]),
        ("comms", "{1}{0}{1} {x} {} {00} { 0 }", ["1", "0"]),
        ("yundashi", "{0}{1}{10}", ["1", "10"]),
        ("alibaba", "您的${code}，{0} ${a_1}${code} $x ${}", ["code", "a_1"]),
        ("comms", "", []),
    ],
)
def test_finds_places_as_the_dialect_writes_them(style: str, body: str, found: list[str]) -> None:
    assert names(body, style) == found


def test_fills_places_from_zero_from_one_and_by_name() -> None:
    """proves: comms#template.places, comms#send.values.surplus, yundashi#template.places, alibaba#template.places"""
    assert render(COMMS, "comms", ("1234", "surplus")) == COMMS.replace("{0}", "1234")
    assert render("你的验证码是{1}", "yundashi", ["1234"]) == "你的验证码是1234"
    assert render("${a}-${b}-${a}", "alibaba", {"a": "x", "b": "${a}", "c": "surplus"}) == "x-${a}-x"
    assert render("{2}{1}", "yundashi", ["{2}", "{1}"]) == "{1}{2}"
    assert render("no place", "comms", ()) == "no place"


@pytest.mark.parametrize(
    ("style", "body", "values", "name"),
    [
        ("comms", "{0}{1}", ("a",), "1"),
        ("yundashi", "{2}", ["a"], "2"),
        ("alibaba", "${a}${b}", {"a": "x"}, "b"),
        ("alibaba", "${a}", ("x",), "a"),
        ("comms", "{999}", (), "999"),
    ],
)
def test_names_the_place_that_has_no_value(
    style: str, body: str, values: Mapping[str, str] | Sequence[str], name: str
) -> None:
    """proves: comms#send.values.few"""
    with pytest.raises(Refused) as refused:
        render(body, style, values)
    assert refused.value.reason is Reason.MISSING_VALUE
    assert refused.value.facts == {"name": name}


@given(st.text(max_size=60), st.sampled_from(sorted(STYLES)), st.lists(st.text(max_size=8), max_size=3))
def test_any_body_is_rendered_or_refused(body: str, style: str, values: list[str]) -> None:
    by_name = dict.fromkeys(names(body, style), "v")
    render(body, style, by_name)
    with contextlib.suppress(Refused):
        render(body, style, values)


@given(st.lists(st.text(alphabet="ab{}1$", max_size=4), min_size=2, max_size=6), st.data())
def test_values_stand_between_the_literals_untouched(literals: list[str], data: st.DataObject) -> None:
    values = data.draw(
        st.lists(st.text(alphabet="ab{}12$", max_size=5), min_size=len(literals) - 1, max_size=len(literals) - 1)
    )
    literals = [literal.replace("{", "(").replace("}", ")") for literal in literals]
    body = literals[0] + "".join(f"{{{number}}}{literal}" for number, literal in enumerate(literals[1:], 1))
    wanted = literals[0] + "".join(value + literal for value, literal in zip(values, literals[1:], strict=True))
    assert render(body, "yundashi", values) == wanted


def test_a_finished_text_is_traced_back_to_its_template() -> None:
    """proves: yundashi#send.msg"""
    matcher = Matcher(
        [("1", "你的验证码是{1}"), ("2", "你的验证码是{1}，{2}分钟内有效"), ("3", "hello"), ("4", "{1}您好")]
    )
    assert matcher.match("你的验证码是1234") == Match("1", ("1234",))
    assert matcher.match("你的验证码是1234，5分钟内有效") == Match("2", ("1234", "5"))
    assert matcher.match("hello") == Match("3", ())
    assert matcher.match("王女士您好") == Match("4", ("王女士",))
    assert matcher.match("你的验证码是") is None
    assert matcher.match("您好") is None
    assert matcher.match("hello ") is None
    assert matcher.match("") is None
    assert Matcher([]).match("x") is None


def test_the_template_with_most_letters_of_its_own_wins() -> None:
    bodies = [("any", "{1}"), ("short", "ab{1}"), ("long", "ab{1}yz"), ("fixed", "abcyz")]
    for order in (bodies, bodies[::-1]):
        matcher = Matcher(order)
        assert matcher.match("abcyz") == Match("fixed", ())
        assert matcher.match("abdyz") == Match("long", ("d",))
        assert matcher.match("abd") == Match("short", ("d",))
        assert matcher.match("zzz") == Match("any", ("zzz",))


def test_values_come_back_by_number_and_unused_numbers_are_empty() -> None:
    assert Matcher([("t", "{3}-{1}")]).match("a-b") == Match("t", ("b", "", "a"))
    assert Matcher([("t", "{1}+{1}")]).match("a+b") == Match("t", ("a",))
    assert Matcher([("t", "{1}{0}")], "comms").match("xyz") == Match("t", ("yz", "x"))


def test_named_values_come_back_in_the_order_in_which_the_names_first_stand() -> None:
    assert Matcher([("t", "${b}-${a}-${b}")], "alibaba").match("1-2-3") == Match("t", ("1", "2"))


def test_a_hostile_text_costs_no_more_than_a_friendly_one() -> None:
    places = "".join(f"{{{number}}}a" for number in range(1, 400))
    matcher = Matcher([(str(number), "a" + places + "b" * number) for number in range(1, 20)])
    assert matcher.match("a" * 2000) is None
    assert matcher.match("a" * 1900 + "b" * 19) is not None
    assert matcher.match("a" * 1_000_000) is None


@given(st.lists(st.text(alphabet="ab，", max_size=3), min_size=2, max_size=6), st.data())
def test_every_filled_template_is_found_again(literals: list[str], data: st.DataObject) -> None:
    values = data.draw(
        st.lists(
            st.text(alphabet="ab，{}1", min_size=1, max_size=5), min_size=len(literals) - 1, max_size=len(literals) - 1
        )
    )
    body = literals[0] + "".join(f"{{{number}}}{literal}" for number, literal in enumerate(literals[1:], 1))
    text = render(body, "yundashi", values)
    found = Matcher([("t", body)]).match(text)
    assert found is not None
    assert render(body, "yundashi", found.values) == text
    assert all(found.values)
