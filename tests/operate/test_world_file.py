import re
from pathlib import Path

import pytest

from hongyan.declare.checks import check_world, refuse_demo
from hongyan.declare.file import parse_world
from hongyan.declare.plan import MASK, described, fields_of, plan
from hongyan.model.errors import Misconfigured
from hongyan.model.world import CarrierConfig, Declared, Key, Project, World
from hongyan.settings import Settings
from hongyan.testing.demo import demo_world, plain_demo_world, to_seed

BASE = """
[[projects]]
name = "shop"
paid_in = "100"

[[carriers]]
name = "sim"
"""


def apply_text(text: str) -> None:
    check_world(parse_world(BASE + text, "w.toml", Path()))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[project]]\nname='x'", r"w\.toml:8: unknown table 'project'; Try: did you mean 'projects'"),
        ("[projects2]\nname='x'", r"unknown table 'projects2'"),
        ("[[apps]]\nproject='shop'\nnmae='x'", r"w\.toml:8: unknown key 'nmae' in \[\[apps\]\]; .*'name'"),
        ("[[apps]]\nproject='shpo'\nname='x'", r"there is no project 'shpo'; Try: did you mean 'shop'"),
        ("[[apps]]\nproject='shop'\nname='x'\nlimits=['nxcloud-our']", r"no preset 'nxcloud-our'.*nxcloud-hour"),
        (
            "[[apps]]\nproject='shop'\nname='x'\nlimits=[{permits=1,spam='day'}]",
            r"unknown key 'spam' in limits\[0\]\.?.*did you mean 'span'",
        ),
        ("[[apps]]\nproject='shop'\nname='x'\nallow_addresses=['10.0.0.0/99']", "no CIDR range"),
        ("[[apps]]\nproject='shop'\nname='x'\nmax_numbers='5'", r"max_numbers: expected `int`, got `str`"),
        ("[[prices]]\nname='86'\neach='cheap'", "each: not an amount of money"),
        ("[[prices]]\nname='86'\neach='0.0000001'", "at most six decimals"),
        ("[[routes]]\nname='r'\nchoices=[{carrier='sym'}]", "there is no carrier 'sym'; Try: did you mean 'sim'"),
        ("[[routes]]\nname='r'\nchoices=[]", "names no carrier"),
        ("[[keys]]\nproject='shop'\ndialect='nxclod'\nname='a'\nsecret='b'", "there is no dialect 'nxclod'"),
        ("[[keys]]\nproject='shop'\ndialect='nxcloud'\nname='a'", "secret: is missing"),
        ("[[keys]]\nproject='shop'\ndialect='comms'\nauth='non'", "'non' is no way to identify"),
        (
            "[[keys]]\nproject='shop'\ndialect='nxcloud'\nname='a'\nsecret='b'\nactions=['SendSms']",
            "actions: only alibaba has sub-users",
        ),
        ("[[projects]]\nname='p'\nunlimited=['+86']", "unlimited: '.86' is not digits"),
        ("[[keys]]\ndialect='nxcloud'\nname='a'\nsecret='b'", r"missing required field `project`"),
        ("[[signatures]]\nproject='shop'\nname='【x】'", "without brackets"),
        ("[[templates]]\nproject='shop'\ndialect='alibaba'\nname='C'\nleg='card'", "card: a card template needs it"),
        (
            "[[templates]]\nproject='shop'\ndialect='alibaba'\nname='C'\nleg='card'\ncard={cardType=99}",
            "card: cardType: Invalid enum value 99",
        ),
        (
            "[[templates]]\nproject='shop'\ndialect='comms'\nname='C'\nbody='x'\nsignature='nobody'",
            "project shop has no signature 'nobody'",
        ),
        ("[[links]]\nproject='shop'\nname='l'\ntarget='javascript:alert(1)'", "no web address"),
        ("[[stops]]\nname='+86138'", "a number as digits"),
        ("[[carriers]]\nname='c'\nprotocol='smtp'", "there is no protocol 'smtp'"),
        ("[[projects]]\nname='p'\nquiet_hours=[22,8]", "two hours of one day"),
        ("[[projects]]\nname='p'\ncallbacks={nxclod='https://x.example'}", "there is no dialect 'nxclod'"),
        (
            (
                "[[projects]]\nname='p'\n[[keys]]\nproject='p'\ndialect='comms'\nauth='none'\n"
                "[[keys]]\nproject='shop'\ndialect='comms'\nauth='none'"
            ),
            "keys shop/comms: has the name of keys p/comms:; callers could mean either",
        ),
        (
            "[[projects]]\nname='p'\n[[apps]]\nproject='p'\nname='a'\n[[apps]]\nproject='shop'\nname='a'",
            "apps shop/a has the name of apps p/a",
        ),
        ("[[keys]]\nproject='shop'\ndialect='comms'\nname='k'\nsecret='s'", "'' is no way to identify"),
        ("[[projects]]\nname='p'\npush_retries_s=[-1]", "a wait below zero"),
        ("[[projects]]\nname='shop'", r"w\.toml:8: projects shop is declared twice"),
        ("[[projects]]\nname='p'\npaid_in='-1'", "paid_in: is below zero"),
        ("projects = 3", "unknown key .projects. in ..carriers"),
        ("x = [", "is not TOML"),
    ],
)
def test_refuses_a_mistake_with_its_place_and_what_to_try(text: str, sentence: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        apply_text(text)
    assert re.search(sentence, str(refused.value)), str(refused.value)


def test_fetches_secrets_from_the_environment_and_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NX_SECRET", "from-env")
    (tmp_path / "s").write_text("from-file\n")
    rows = "".join(
        f"[[keys]]\nproject='shop'\ndialect='nxcloud'\nname='{name}'\nsecret='{secret}'\n"
        for name, secret in (("a", "env:NX_SECRET"), ("b", "file:s"), ("c", "plain"))
    )
    placed = parse_world(BASE + rows, "w.toml", tmp_path)
    assert [one.thing.secret for one in placed if isinstance(one.thing, Key)] == ["from-env", "from-file", "plain"]
    with pytest.raises(Misconfigured, match="the environment has no NOT_THERE"):
        parse_world(BASE + rows.replace("NX_SECRET", "NOT_THERE"), "w.toml", tmp_path)


def test_a_plan_says_what_is_added_changed_and_absent_and_masks_secrets() -> None:
    old_key = Key(project="shop", dialect="nxcloud", name="a", secret="old-secret")
    before: list[Declared] = [Project(name="shop", paid_in="1"), old_key, Project(name="gone")]
    new_key = Key(project="shop", dialect="nxcloud", name="a", secret="new-secret", enabled=False)
    after: list[Declared] = [Project(name="shop", paid_in="1"), new_key, Project(name="new")]
    found = plan(before, after)
    assert [described(thing) for thing in found.added] == ["projects new"]
    assert [described(thing) for thing in found.absent] == ["projects gone"]
    assert found.changed[0].differences == (("secret", MASK, MASK), ("enabled", "true", "false"))
    assert found.unchanged == 1
    assert "new-secret" not in repr(fields_of(new_key))


def test_applying_the_same_file_again_changes_nothing() -> None:
    found = plan(plain_demo_world(), plain_demo_world())
    assert not found.puts()
    assert not found.drops()
    assert found.unchanged == len(plain_demo_world())


def test_the_demo_world_holds_what_the_card_promises() -> None:
    world = World(things=plain_demo_world())
    assert world.keys["nxcloud", "AKdemo0001"].secret == "SKdemo-s3cret"
    assert world.keys["alibaba", "LTAI5tEXAMPLEonly00001"].secret == "ExampleSecretForVectors+/=0001"
    assert world.keys["yundashi", "1400000001"].secret == "kdemo0123456789"
    assert world.keys["comms", ""].auth == "none"
    assert world.keys["comms", "acdemo"].secret == "gwkey-demo"
    assert world.apps["appotp1"].verification
    assert world.apps["appotp1"].limits == ("nxcloud-hour",)
    assert set(world.templates["demo-alibaba"]) == {
        "SMS_480680001",
        "SMS_480680002",
        "DIGITAL_SMS_31359",
        "CARD_SMS_70",
    }
    assert {one.name for one in world.signatures["demo-yundashi"].values() if one.default} == {"云大师"}


def test_a_second_start_keeps_what_was_changed_by_hand_but_follows_the_simulator_settings() -> None:
    first = demo_world(Settings())
    assert to_seed(first, ()) == list(first)
    by_hand = [Project(name="demo", paid_in="7") if getattr(one, "name", "") == "demo" else one for one in first]
    again = to_seed(demo_world(Settings(receipt_delay_s=5)), by_hand)
    assert [type(one) for one in again] == [CarrierConfig]
    assert again[0].settings["receipt_delay_ms"] == 5000  # type: ignore[union-attr] # the only one is a carrier


def test_refuses_demo_credentials_outside_dev() -> None:
    with pytest.raises(Misconfigured, match="demo credentials"):
        refuse_demo(plain_demo_world())
    with pytest.raises(Misconfigured, match="demo credentials"):
        refuse_demo([Key(project="p", dialect="nxcloud", name="mine", secret="SKdemo-s3cret")])
    refuse_demo([Key(project="p", dialect="nxcloud", name="mine", secret="my own")])
