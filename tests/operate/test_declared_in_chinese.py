"""Every sentence that the checks of declared things say has its Chinese."""

from typing import Any

import pytest

from hongyan.declare.checks import faults
from hongyan.declare.fields import Known
from hongyan.declare.in_chinese import in_chinese
from hongyan.model.message import Category, Leg
from hongyan.model.world import App, Key, Link, Price, Project, Signature, Stop, Template

SHOP = Project(name="shop")
KNOWN = Known([SHOP])
WRONG: dict[str, Any] = {
    "project": Project(
        name="",
        paid_in="1.2345678",
        credit_line="-1",
        limits=("nothing",),
        callbacks={"nobody": "ftp://x"},
        reply_callbacks={"comms": "http://x"},
        quiet_hours=(22, 8),
        unlimited=("x",),
        allow_numbers=("1*2",),
        countries=("china",),
        push_retries_s=(-1.0,),
        validity_s=0,
    ),
    "money": Project(name="x", paid_in="much"),
    "orphan": Key(project="none", dialect="none", name="", auth="signed", actions=("a",), rate_per_second=-1),
    "nobody's": Key(project="", dialect="comms", auth="other", allow_addresses=("x",)),
    "native": Key(project="shop", dialect="native", name="a.b", secret="s"),
    "smpp": Key(
        project="shop", dialect="smpp", name="é" * 70, secret="s", window=0, default_country="x", codings={"x": "y"}
    ),
    "app": App(project="shop", name="a", max_numbers=0, report_to="x", default_country="x"),
    "signature": Signature(project="shop", name="【x】"),
    "template": Template(
        project="shop", dialect="comms", name="t", body="{1} {3}", signature="none", rules={"x": "name"}
    ),
    "empty": Template(project="shop", dialect="none", name="t", body=""),
    "blank": Template(project="shop", dialect="native", name="t", body=" "),
    "long": Template(project="shop", dialect="native", name="t", body="x" * 501),
    "captcha": Template(project="shop", dialect="alibaba", name="t", body="${a ${b} ${c}", category=Category.CAPTCHA),
    "card": Template(project="shop", dialect="alibaba", name="t", leg=Leg.CARD),
    "price": Price(name="x", each="-1"),
    "link": Link(project="shop", name="x", target="x"),
    "stop": Stop(project="shop", name="x"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_chinese_too(name: str) -> None:
    found = list(faults(WRONG[name], KNOWN))
    assert found
    assert [what for _, what, _ in found if in_chinese(what) is None] == []


def test_other_sentences_are_left_to_others() -> None:
    assert in_chinese("a sentence that no check says") is None
