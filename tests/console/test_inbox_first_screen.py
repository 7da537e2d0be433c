"""The calls of the first screen hold what is declared now, and no secret outside a developer's machine."""

import pytest

from hongyan.assemble.snippets import VENDORS, snippets
from hongyan.console import Snippet
from hongyan.console.first_screen import RUN, filled
from hongyan.model.world import Declared, Key, Project, Review, Signature, Template, World
from hongyan.testing.demo import plain_demo_world

API = "http://sms.example:1234"
CALL = Snippet(
    "Alibaba", ('send("AKdemo", "secret-demo",', ' "DemoSign", "SMS_1")'), "alibaba", "Python",
    (("key", "AKdemo"), ("secret", "secret-demo"), ("signature", "DemoSign"), ("template", "SMS_1")),
)  # fmt: skip


def world(*things: Declared) -> World:
    return World(things=(Project(name="shop"), *things))


def key(name: str = "AKshop", **more: object) -> Key:
    return Key(project="shop", dialect="alibaba", name=name, secret="s3cret/+=", **more)  # type: ignore[arg-type] # a test's shorthand


def template(name: str, review: Review = Review.APPROVED) -> Template:
    return Template(project="shop", dialect="alibaba", name=name, body="${code}", review=review)


def test_calls_hold_what_is_declared_now() -> None:
    declared = world(
        key(), Signature(project="shop", name="云达"), template("SMS_8", Review.PENDING), template("SMS_9")
    )
    assert filled(CALL, declared, shows_secrets=True) == 'send("AKshop", "s3cret/+=",\n "云达", "SMS_9")'
    assert filled(CALL, declared, shows_secrets=False) == 'send("AKshop", "$SECRET",\n "云达", "SMS_9")'


def test_what_is_not_declared_has_a_placeholder() -> None:
    assert filled(CALL, world(key(enabled=False)), shows_secrets=True) == (
        'send("$KEY", "$SECRET",\n "$SIGNATURE", "$TEMPLATE")'
    )


@pytest.mark.parametrize("name", ['"); evil("', "$(reboot)", "`id`", "a b", "'", "a\nb"])
def test_a_name_that_would_end_a_text_is_not_put_into_one(name: str) -> None:
    assert 'send("$KEY",' in filled(CALL, world(key(name)), shows_secrets=True)


def test_the_demo_world_has_calls_in_every_language_for_each_vendor() -> None:
    demo = World(things=plain_demo_world())
    found = snippets(API)
    assert list(dict.fromkeys(one.vendor for one in found)) == list(VENDORS)
    for one in found:
        text = filled(one, demo, shows_secrets=True)
        assert "sms.example:1234" in text
        assert one.language == "curl" or one.language in RUN, "how to run it is said"
        assert "127.0.0.1" not in text
        assert "$KEY" not in text
        assert text == "\n".join(one.lines), "what the pages show is what the demo world has"
        if "secret" in dict(one.stand_ins):
            hidden = filled(one, demo, shows_secrets=False)
            assert dict(one.stand_ins)["secret"] not in hidden
            assert "$SECRET" in hidden
    for vendor in VENDORS:
        assert len([one for one in found if one.vendor == vendor]) == 6
