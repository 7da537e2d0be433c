"""A card template is refused with the place and the reason, or accepted as a value."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.card_samples import element, sample
from hongyan.model.card import CardType, Kind
from hongyan.model.errors import Refused
from hongyan.model.reason import Reason
from hongyan.review.card_types import LAYOUTS, fits, spelled
from hongyan.review.cards import validate, variables


def refused(template: object) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        validate(template)
    assert caught.value.reason is Reason.BAD_CARD
    return caught.value.facts["where"], caught.value.facts["why"]


def cards_of(template: dict[str, Any]) -> list[dict[str, Any]]:
    cards: list[dict[str, Any]] = template["templateContent"]["pages"][0]["tmpCards"]
    return cards


@pytest.mark.parametrize("card_type", list(CardType))
def test_accepts_a_well_made_template_of_every_type(card_type: CardType) -> None:
    # proves: cards#types, cards#template, cards#layouts
    card = validate(sample(card_type))
    assert card.card_type is card_type
    assert set(variables(card)) <= {"param1", "param2"}
    assert card.card_sign_name == "阿里云"


def test_every_type_has_a_layout_that_words_describe() -> None:
    # proves: cards#types
    assert set(LAYOUTS) == set(CardType)
    assert len(CardType) == 20
    assert spelled(LAYOUTS[CardType.IMAGE_TEXT]) == "IMAGE TEXT{1,3} BUTTON{0,2}"


@pytest.mark.parametrize("card_type", list(CardType))
def test_refuses_a_page_without_elements_for_every_type(card_type: CardType) -> None:
    # proves: cards#layouts
    template = sample(card_type)
    template["templateContent"]["pages"] = [{"tmpCards": []}]
    where, why = refused(template)
    assert where == "templateContent.pages[0].tmpCards"
    assert "not nothing" in why


@pytest.mark.parametrize("card_type", list(CardType))
def test_no_type_takes_a_button_first(card_type: CardType) -> None:
    # proves: cards#layouts
    assert not fits(LAYOUTS[card_type], [Kind.BUTTON, Kind.TEXT, Kind.IMAGE])


def test_refuses_an_unknown_card_type() -> None:
    # proves: cards#types
    where, _ = refused(sample() | {"cardType": 21})
    assert where == "cardType"


@pytest.mark.parametrize("field", ["cardType", "cardSignName", "extendInfo", "templateContent"])
def test_refuses_a_template_without_a_needed_field(field: str) -> None:
    # proves: cards#template
    template = sample()
    del template[field]
    assert field in refused(template)[1]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"scene": ""}, "extendInfo.scene"),
        ({"scene": "十一个字符的场景名称是"}, "extendInfo.scene"),
        ({"purpose": "3"}, "extendInfo.purpose"),
        ({"params": "[{"}, "extendInfo.params"),
        ({"params": "{}"}, "extendInfo.params"),
        ({"params": "[" * 100_000}, "extendInfo.params"),
    ],
)
def test_refuses_a_wrong_extend_info(changes: dict[str, Any], where: str) -> None:
    # proves: cards#extend.scene, cards#extend.purpose
    template = sample()
    template["extendInfo"].update(changes)
    assert refused(template)[0] == where


def test_accepts_a_scene_of_ten_characters() -> None:
    # proves: cards#extend.scene
    template = sample()
    template["extendInfo"]["scene"] = "十个字符的场景名称呢"
    assert validate(template).extend_info.scene


def test_reads_params_from_a_json_text_as_from_a_list() -> None:
    # proves: cards#extend.params
    template = sample()
    as_list = validate(template)
    template["extendInfo"]["params"] = json.dumps(template["extendInfo"]["params"])
    assert validate(template) == as_list


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("param1", "must be"),
        ("${a_b}", "must be"),
        ("${}", "must be"),
        ("${param1}", "declared twice"),
    ],
)
def test_refuses_a_wrong_variable_name(name: str, why: str) -> None:
    # proves: cards#extend.params
    template = sample()
    template["extendInfo"]["params"].append({"name": name, "type": 1, "example": "x"})
    where, said = refused(template)
    assert where == "extendInfo.params[2].name"
    assert why in said


@pytest.mark.parametrize(("field", "value"), [("type", 2), ("example", "")])
def test_refuses_a_variable_without_its_type_or_example(field: str, value: object) -> None:
    # proves: cards#extend.params
    template = sample()
    template["extendInfo"]["params"][1][field] = value
    assert refused(template)[0] == f"extendInfo.params[1].{field}"


def test_refuses_the_21st_variable() -> None:
    # proves: cards#extend.params
    template = sample()
    params = template["extendInfo"]["params"]
    params.extend({"name": f"${{v{n}}}", "type": 1, "example": "x"} for n in range(18))
    assert validate(template)
    params.append({"name": "${last}", "type": 1, "example": "x"})
    assert refused(template)[0] == "extendInfo.params"


def test_refuses_a_trial_card_whose_wording_does_not_say_so() -> None:
    # proves: cards#extend.trial
    template = json.loads(json.dumps(sample(), ensure_ascii=False).replace("测试 ", ""))
    assert refused(template)[0] == "extendInfo.purpose"
    template["extendInfo"]["purpose"] = "1"
    assert validate(template)


def test_refuses_the_11th_page() -> None:
    # proves: cards#pages
    template = sample(CardType.CAROUSEL_1_1)
    pages = template["templateContent"]["pages"]
    pages.extend([pages[1]] * 8)
    assert len(validate(template).pages) == 10
    pages.append(pages[1])
    assert refused(template)[0] == "templateContent.pages"


def test_refuses_a_card_without_pages_or_with_too_many_for_its_type() -> None:
    # proves: cards#pages
    template = sample()
    template["templateContent"]["pages"] *= 2
    assert refused(template)[0] == "templateContent.pages"
    template["templateContent"]["pages"] = []
    assert refused(template)[0] == "templateContent.pages"


@pytest.mark.parametrize(
    ("place", "changes", "below"),
    [
        (1, {"content": ""}, "content"),
        (3, {"content": "  "}, "content"),
        (1, {"content": "长" * 2001}, "content"),
        (1, {"content": "${nobody}"}, "content"),
        (1, {"positionNumber": 3}, "positionNumber"),
        (1, {"positionNumber": 0}, "positionNumber"),
        (1, {"positionNumber": "one"}, "positionNumber"),
        (1, {"type": "AUDIO"}, "type"),
        (0, {"srcType": 3}, "srcType"),
        (0, {"src": ""}, "src"),
        (0, {"src": "http://img.example/1.png"}, "src"),
        (0, {"src": "javascript:alert(1)"}, "src"),
        (3, {"actionType": ""}, "actionType"),
        (3, {"actionType": "OPEN_DOOR"}, "actionType"),
        (3, {"action": None}, "action"),
        (3, {"action": {"target": "http://shop.example"}}, "action.target"),
        (3, {"action": {"target": "javascript:alert(1)"}}, "action.target"),
        (3, {"action": {"target": ""}}, "action.target"),
        (3, {"action": {"target": "https://shop.example/" + "x" * 980}}, "action.target"),
        (3, {"action": {"target": "https://${gone}/"}}, "action.target"),
        (3, {"actionType": "DIAL_PHONE", "action": {"target": "1" * 21}}, "action.target"),
        (3, {"actionType": "OPEN_SCHEDULE", "action": {"target": "x"}}, "action.title"),
        (3, {"actionType": "OPEN_MAP", "action": {}}, "action.address"),
        (3, {"actionType": "OPEN_POPUP", "action": {}}, "action.body"),
        (0, {"actionType": "OPEN_BROWSER", "action": {}}, "action.target"),
    ],
)
def test_refuses_a_wrong_element_and_says_where(place: int, changes: dict[str, Any], below: str) -> None:
    # proves: cards#element.type, cards#element.position, cards#element.content, cards#element.src
    # proves: cards#element.action, cards#action.open-url, cards#actions
    template = sample()
    cards_of(template)[place].update(changes)
    where, why = refused(template)
    assert re.fullmatch(rf"templateContent\.pages\[0\]\.tmpCards\[[0-3]\]\.{re.escape(below)}", where)
    assert why


def test_a_video_needs_its_cover() -> None:
    # proves: cards#element.src
    template = sample(CardType.VIDEO)
    del cards_of(template)[0]["cover"]
    assert refused(template) == ("templateContent.pages[0].tmpCards[0].cover", "VIDEO needs it")


def test_a_resource_id_may_be_a_number_or_digits() -> None:
    # proves: cards#element.src
    template = sample()
    for src in (28755, "28755"):
        cards_of(template)[0] |= {"srcType": 1, "src": src}
        assert validate(template)


def test_reads_the_types_capital_or_not() -> None:
    # proves: cards#element.type
    template = sample()
    cards_of(template)[3]["type"] = "Button"
    assert validate(template).pages[0].in_order[3].type is Kind.BUTTON


def test_an_element_out_of_sight_takes_no_variables() -> None:
    # proves: cards#element.visible
    template = sample()
    cards_of(template)[2]["visible"] = 0
    assert refused(template)[0].endswith("tmpCards[2].content")
    cards_of(template)[2]["content"] = "没有变量"
    assert validate(template)


def test_reads_elements_by_position_whatever_their_order() -> None:
    # proves: cards#element.position
    template = sample()
    cards_of(template).reverse()
    assert [one.position_number for one in validate(template).pages[0].in_order] == [1, 2, 3, 4]


def test_lists_the_variables_of_texts_and_links_in_reading_order() -> None:
    # proves: cards#extend.params
    assert variables(validate(sample())) == ("param1", "param2")


def test_refuses_the_61st_element_of_a_page() -> None:
    # proves: cards#layouts
    template = sample(CardType.SWIPE_1)
    cards_of(template)[:] = [element("I", n) for n in range(1, 62)]
    assert refused(template)[0] == "templateContent.pages[0].tmpCards"


def test_refuses_text_that_is_not_unicode_and_extensions_that_are_not_json() -> None:
    template = sample()
    cards_of(template)[1]["content"] = "\ud800"
    assert "Unicode" in refused(template)[1]
    template = sample()
    deep: list[Any] = []
    for _ in range(50_000):
        deep = [deep]
    template["extendInfo"]["userExt"] = {"deep": deep}
    assert refused(template)[0] == "extendInfo.userExt"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def paths(value: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found.extend(paths(inner, (*at, key)))
    return found


@given(ANYTHING)
@settings(max_examples=80, deadline=None)
def test_any_json_is_accepted_or_refused(value: object) -> None:
    with suppress(Refused):
        validate(value)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_json_in_any_place_of_a_template_is_accepted_or_refused(data: st.DataObject) -> None:
    template: Any = sample(data.draw(st.sampled_from(CardType)))
    path = data.draw(st.sampled_from(paths(template)[1:]))
    target = template
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = data.draw(ANYTHING)
    with suppress(Refused):
        validate(template)
