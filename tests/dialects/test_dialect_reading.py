import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.dialects.reading import form_fields, json_object
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
def test_any_object_is_read_as_it_is(value: dict[str, Any], escaped: bool) -> None:
    assert json_object(json.dumps(value, ensure_ascii=escaped).encode()) == value


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='{}[]:,"\\u0d8f1 ', max_size=40).map(str.encode))
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    for read in (json_object, form_fields):
        with suppress(Refused):
            assert isinstance(read(body), dict)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":[{"b":"x:y","b":2}]}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"a":[["\\u0000"]]}',
        b'{"a":"\\udc00"}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 500,
        b'{"a":' * 400 + b"1" + b"}" * 400 + b"}",
    ],
)
def test_what_two_readers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        json_object(body)
    assert caught.value.reason is Reason.BAD_REQUEST


def test_colons_in_texts_and_the_text_of_an_escape_are_no_fault() -> None:
    assert json_object(rb'{"a":"x:y:z","b":"\\u0000"}') == {"a": "x:y:z", "b": r"\u0000"}
