"""No value breaks out of a page: every text is escaped, every address is rebuilt, in every type of card."""

import json
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.card_samples import sample
from hongyan.links.addresses import web
from hongyan.links.cards import render
from hongyan.links.drawing import draw_card
from hongyan.links.pages import read_sent
from hongyan.model.card import CardType, read_card
from hongyan.model.errors import Refused

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</title></style><svg onload=alert(1)>",
    "{{ 7*7 }}${param1}{% raw %}",
    "\u202e\u0000\ud800\u2028",
    "https://evil.example/\"onload='x'",
    "&lt;script&gt;",
]
SCHEMES = ("https://", "http://", "tel:", "sms:", "mailto:", "geo:")


class Reader(HTMLParser):
    """Collects tags and attributes as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def drawn(template: dict[str, Any], values: dict[str, str], custom_url: str | None = None) -> str:
    sent = read_sent(json.dumps({"values": values, "customUrl": custom_url}))
    page = draw_card(render(read_card(template), sent.values, sent.custom_url), "zh")
    return bytes(page.body).decode()


def judge(html: str, plain: str) -> None:
    seen, wanted = read(html), read(plain)
    assert [tag for tag in seen.tags if tag not in {"a", "span"}] == [
        tag for tag in wanted.tags if tag not in {"a", "span"}
    ]
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
    for name, value in seen.attributes:
        if name in {"href", "src", "poster"}:
            assert value is not None
            assert value.startswith(SCHEMES)


def everywhere() -> list[dict[str, Any]]:
    """One template of each type in which each text and link holds a value."""
    templates = []
    for card_type in CardType:
        template = sample(card_type)
        for page in template["templateContent"]["pages"]:
            for place, card in enumerate(page["tmpCards"]):
                kinds = ("OPEN_URL", "DIAL_PHONE", "OPEN_EMAIL", "OPEN_SMS", "OPEN_APP", "OPEN_MAP")
                if card["type"] in {"TEXT", "BUTTON"}:
                    card["content"] = "测试${param1}"
                if card["type"] == "BUTTON":
                    card["actionType"] = kinds[place % len(kinds)]
                    card["action"] = {
                        "target": "https://a.example/${param1}",
                        "address": "${param1}",
                        "body": "${param1}",
                    }
                if card["type"] in {"IMAGE", "VIDEO"}:
                    card["src"] = "https://img.example/${param1}"
        templates.append(template)
    return templates


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_in_a_value_stays_text_in_every_type_of_card(attack: str) -> None:
    # proves: cards#render.page
    for template in everywhere():
        plain = drawn(template, {"param1": "x"})
        html = drawn(template, {"param1": attack})
        judge_loosely(html, plain)


def judge_loosely(html: str, plain: str) -> None:
    """As `judge`, but a picture or a link whose address is refused may be missing."""
    seen, wanted = read(html), read(plain)
    assert set(seen.tags) <= set(wanted.tags) | {"div", "span"}
    assert len(seen.tags) <= len(wanted.tags) + 40
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
    for name, value in seen.attributes:
        if name in {"href", "src", "poster"}:
            assert (value or "").startswith(SCHEMES)


@given(
    value=st.text(st.characters(), max_size=60) | st.sampled_from(ATTACKS), url=st.text(st.characters(), max_size=40)
)
@settings(max_examples=150, deadline=None)
def test_no_value_breaks_out_of_a_page(value: str, url: str) -> None:
    # proves: cards#render.page
    template = sample(CardType.NOTICE)
    with suppress(Refused):
        judge(drawn(template, {"param1": value, "param2": value}, url), drawn(template, {"param1": "x", "param2": "x"}))


@pytest.mark.parametrize("field", ["cardSignName", "merchant"])
def test_an_attack_in_the_template_itself_stays_text(field: str) -> None:
    template = sample()
    template["cardSignName"] = ATTACKS[0]
    template["templateContent"]["pages"][0]["tmpCards"][3]["action"]["merchantName"] = ATTACKS[1]
    assert "<script" not in drawn(template, {"param1": "x", "param2": "y"})


@given(st.text(st.characters(), max_size=80) | st.from_regex(r"https?://[^/]{0,12}[/?#@:\\].{0,12}"))
@settings(max_examples=300, deadline=None)
def test_an_address_is_rebuilt_or_refused(text: str) -> None:
    found = web(text, ("https", "http"))
    if found is not None:
        assert found.startswith(("https://", "http://"))
        assert found.isascii()
        assert not set(found) & set("\"'<> \\\r\n")
        assert web(found, ("https", "http")) == found
