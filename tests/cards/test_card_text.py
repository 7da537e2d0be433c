"""A card with its values: the text that carries it, and what its page is made of."""

import pytest

from cards.card_samples import sample
from hongyan.links.cards import card_of, card_text, fill, render
from hongyan.model.card import CardType
from hongyan.model.errors import Refused


def test_the_carrier_text_is_the_title_with_its_values() -> None:
    # proves: cards#carrier.default
    assert card_text(sample(), {"param1": "李四"}) == "测试 尊敬的李四"


def test_a_missing_value_leaves_its_place_in_the_carrier_text_empty() -> None:
    # proves: cards#carrier.default
    assert card_text(sample(), {}) == "测试 尊敬的"


def test_a_card_without_words_is_carried_by_its_signature() -> None:
    # proves: cards#carrier.default
    card = sample(CardType.CAROUSEL_1_1)
    for page in card["templateContent"]["pages"]:
        page["tmpCards"] = [one for one in page["tmpCards"] if one["type"] == "IMAGE"]
    assert card_text(card, {}) == "阿里云"


def test_a_template_object_is_read_once_and_a_changed_one_again() -> None:
    card = sample()
    assert card_of(card) is card_of(card)
    assert card_of(sample(CardType.VIDEO)).card_type is CardType.VIDEO


def test_a_value_that_reads_like_a_place_stays_as_it_is() -> None:
    # proves: cards#render.values
    assert fill("${a}${b}", {"a": "${b}", "b": "2"}) == "${b}2"


def test_a_card_without_a_needed_value_is_not_drawn() -> None:
    # proves: cards#render.values
    with pytest.raises(Refused) as caught:
        render(card_of(sample()), {"param1": "x"})
    assert caught.value.facts["name"] == "param2"


def test_what_is_hidden_is_not_shown() -> None:
    # proves: cards#element.visible
    card = sample()
    card["templateContent"]["pages"][0]["tmpCards"][2] |= {"visible": 0, "content": "没有变量"}
    texts = [one.text for one in render(card_of(card), {"param1": "x"}).pages[0].elements]
    assert "没有变量" not in texts
