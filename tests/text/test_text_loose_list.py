import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.text.loose_list import loose_list


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[1234,2345]", ("1234", "2345")),
        ('["1234","2345"]', ("1234", "2345")),
        ("['1234', '2345']", ("1234", "2345")),
        ("1234,2345", ("1234", "2345")),
        ("1234, 2345", ("1234", "2345")),
        ("1234", ("1234",)),
        ("[a, b]", ("a", "b")),
        ("[张三,0123]", ("张三", "0123")),
        ("[1.0, 1e5]", ("1.0", "1e5")),
        ("", ()),
        ("  ", ()),
        ("[]", ()),
        ("[ ]", ()),
        (None, ()),
        ([], ()),
        (["a", "b"], ("a", "b")),
        (("a",), ("a",)),
        ([1234, "0123", 1.5], ("1234", "0123", "1.5")),
        (1234, ("1234",)),
        ('["a,b","c"]', ("a,b", "c")),
        ("['a, b', 'c']", ("a, b", "c")),
        ("'it's'", ("it's",)),
        ('["a\\"b"]', ('a"b',)),
        ('["a", 1]', ("a", "1")),
        ("a,,b", ("a", "", "b")),
        ("a,", ("a", "")),
        (",", ("", "")),
        ("[[a]]", ("[a]",)),
        ("[", ("[",)),
        ("'", ("'",)),
        ("''", ("",)),
        ('["\ud800"]', ("\ud800",)),
        ('["\\ud800"]', ("\\ud800",)),
        ("[1234", ("[1234",)),
    ],
)
def test_reads_a_list_however_it_is_written(value: object, expected: object) -> None:
    """proves: comms#send.templateParamSet, comms#send.values.comma, comms#pullset.externalIds"""
    assert loose_list(value) == expected


@pytest.mark.parametrize(
    "value", [{}, {"a": 1}, True, [None], [["a"]], [{"a": 1}], [True], pytest.param(10**5000, id="huge"), b"x"]
)
def test_refuses_what_cannot_be_a_list_of_texts(value: object) -> None:
    with pytest.raises(Refused) as refused:
        loose_list(value, field="templateParamSet")
    assert refused.value.reason is Reason.BAD_FIELD
    assert refused.value.facts["field"] == "templateParamSet"


@pytest.mark.parametrize(
    "value",
    [["a"] * 101, ",".join("a" * 101), "[" + "," * 8_000_000 + "]", json.dumps(["a"] * 101)],
    ids=("list", "text", "commas", "json"),
)
def test_refuses_the_101st_value(value: object) -> None:
    with pytest.raises(Refused) as refused:
        loose_list(value, most=100)
    assert refused.value.reason is Reason.TOO_MANY_ITEMS


def test_100_values_are_read() -> None:
    assert len(loose_list(",".join("a" * 100), most=100)) == 100


@pytest.mark.parametrize("unit", ["'a,", '"a,"', "'", '"', "['", " ", "' ,", "[", "\\", "'a,\"b,"])
def test_long_hostile_lists_are_read_or_refused(unit: str) -> None:
    assert loose_list(unit * (50_000 // len(unit)), most=100_000) is not None


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=8), max_size=8))
def test_a_json_array_of_strings_comes_back_exactly(values: list[str]) -> None:
    assert loose_list(json.dumps(values, ensure_ascii=False)) == tuple(values)
    assert loose_list(json.dumps(values)) == tuple(values)
    assert loose_list(values) == tuple(values)


@given(
    st.lists(st.text(alphabet="ab01张 .-", min_size=1, max_size=8).map(str.strip).filter(bool), min_size=1, max_size=8)
)
def test_plain_values_come_back_from_every_way_of_writing(values: list[str]) -> None:
    assert loose_list(",".join(values)) == tuple(values)
    assert loose_list("[" + ", ".join(values) + "]") == tuple(values)
    assert loose_list(repr(values)) == tuple(values)


@given(st.text(alphabet="ab,'\"[] \\", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_list(text: str) -> None:
    assert all(isinstance(value, str) for value in loose_list(text))
