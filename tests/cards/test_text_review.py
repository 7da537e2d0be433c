"""A declared signature or template is held to the reviewer's rules, a sentence for each breach."""

from typing import Any

import pytest

from cards.card_samples import sample
from hongyan.model.message import Category, Leg
from hongyan.model.world import Project, Signature, Template
from hongyan.review.texts import check


def template(body: str = "您的取件码为${code}", **fields: Any) -> Template:
    return Template(**({"project": "p", "name": "T", "dialect": "alibaba", "body": body} | fields))


@pytest.mark.parametrize("name", ["阿里云", "Acme99", "云大师讲座", "示例", "十二个字的短信签名名称呢"])
def test_a_signature_of_2_to_12_letters_digits_or_chinese_passes(name: str) -> None:
    # proves: cards#review.signature
    assert check(Signature(project="p", name=name)) == []


@pytest.mark.parametrize("name", ["", "一", "十三个字的短信签名名称呢呀", "【阿里云】", "A-B", "a b"])
def test_any_other_signature_is_told(name: str) -> None:
    # proves: cards#review.signature
    assert "2 to 12" in check(Signature(project="p", name=name))[0]


@pytest.mark.parametrize(
    "good",
    [
        template(),
        template("没有变量"),
        template("字" * 500),
        template("验证码${code}", category=Category.CAPTCHA),
        template("动态码${code}", category=Category.CAPTCHA, rules={"code": "numberCaptcha"}),
        template("Your code is ${code}", category=Category.CAPTCHA, international=True),
        template("您的验证码为:{0},{1}分钟内有效", dialect="comms", category=Category.CAPTCHA),
        template("你的验证码是{1}", dialect="yundashi"),
        template("字" * 900 + "${msg}", leg=Leg.DIGITAL),
        template("", leg=Leg.CARD, card=sample()),
    ],
)
def test_a_well_made_template_passes(good: Template) -> None:
    # proves: cards#review.template, cards#review.captcha
    assert check(good) == []


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (template(" "), "must not be empty"),
        (template("字" * 501), "at most 500"),
        (template("您的${code 已到"), "${name}"),
        (template("${}"), "${name}"),
        (template(rules={"cod": "numberCaptcha"}), "'cod' is no variable"),
        (template("验证码${a}${b}", category=Category.CAPTCHA), "exactly one variable"),
        (template("验证码", category=Category.CAPTCHA), "exactly one variable"),
        (template("您的码是${code}", category=Category.CAPTCHA), "验证码、注册码"),
        (template("{0}和{2}", dialect="comms"), "{1} is missing"),
        (template("{2}", dialect="yundashi"), "{1} is missing"),
        (template("", leg=Leg.CARD), "card template needs it"),
        (template("", leg=Leg.CARD, card=sample() | {"cardType": 99}), "cardType"),
    ],
)
def test_a_template_that_a_reviewer_would_send_back_is_told(bad: Template, told: str) -> None:
    # proves: cards#review.template, cards#review.captcha
    assert told in " ".join(check(bad))


def test_other_kinds_are_not_reviewed() -> None:
    assert check(Project(name="p")) == []
