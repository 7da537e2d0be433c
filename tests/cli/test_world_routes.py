"""What a world file may say of carriers, routes and reply numbers, and what is said to mistakes in it."""

import re
from pathlib import Path

import pytest

from hongyan.declare.checks import check_world
from hongyan.declare.file import parse_world
from hongyan.model.errors import Misconfigured
from hongyan.model.world import CarrierConfig, Hours, Port, Project, RouteConfig

BASE = """
[[projects]]
name = "shop"
reply_callbacks = { yundashi = "https://shop.example/replies" }

[[carriers]]
name = "sim"
cost = "0.03"
costs = { 86 = "0.028", 852 = "0.4" }

[[carriers]]
name = "spare"
"""
ROUTE = "[[routes]]\nname='r'\nchoices=[{carrier='sim'}]\n"


def read(text: str) -> list[object]:
    placed = parse_world(BASE + text, "w.toml", Path())
    check_world(placed)
    return [one.thing for one in placed]


def test_everything_a_route_can_ask_about_is_read() -> None:
    things = read(
        """
[[ports]]
project = "shop"
name = "1069012"
carrier = "sim"

[[routes]]
name = "night"
order = 5
countries = ["CN"]
operators = ["unicom"]
signatures = ["商店"]
senders = ["1069*", "SHOP"]
numbers = ["86130", "852"]
prefer = "cost"
hours = [{ begin = "22:00", end = "06:00", days = ["fri", "sat"], zone = "Europe/Berlin" }]
choices = [{ carrier = "sim", weight = 3 }, { carrier = "spare", weight = 0 }]
"""
    )
    project, carrier, _, port, route = things
    assert isinstance(project, Project)
    assert project.reply_callbacks == {"yundashi": "https://shop.example/replies"}
    assert isinstance(carrier, CarrierConfig)
    assert (carrier.cost, carrier.costs["852"]) == ("0.03", "0.4")
    assert isinstance(port, Port)
    assert port.carrier == "sim"
    assert isinstance(route, RouteConfig)
    assert route.hours == (Hours(begin="22:00", end="06:00", days=("fri", "sat"), zone="Europe/Berlin"),)
    assert (route.prefer, route.senders, route.choices[1].weight) == ("cost", ("1069*", "SHOP"), 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (ROUTE + "prefer='price'", "prefer: 'price' is no preference"),
        (ROUTE + "prefer='costs'", "did you mean 'cost'"),
        (ROUTE + "operators=['unicon']", "there is no operator 'unicon'; Try: did you mean 'unicom'"),
        (ROUTE + "countries=['china']", "'china' is no ISO 3166 code"),
        (ROUTE + "signatures=['【商店】']", "without brackets"),
        (ROUTE + "senders=['10*69']", "the beginning of one and a"),
        (ROUTE + "numbers=['+86']", r"numbers: '\+86' is not digits"),
        (ROUTE + "hours=[{begin='9:00', end='17:00'}]", "hours: begin: '9:00' is not HH:MM"),
        (ROUTE + "hours=[{begin='09:00', end='25:00'}]", "hours: end: '25:00' is no time of day"),
        (ROUTE + "hours=[{begin='09:00', end='17:00', days=['tues']}]", "no day 'tues'; Try: did you mean 'tue'"),
        (
            ROUTE + "hours=[{begin='09:00', end='17:00', zone='Asia/Shangai'}]",
            "no time zone 'Asia/Shangai'; Try: did you mean 'Asia/Shanghai'",
        ),
        (
            ROUTE + "hours=[{start='09:00', begin='09:00', end='17:00'}]",
            r"w\.toml:13: unknown key 'start' in hours\[0\]",
        ),
        (ROUTE + "hours=[{begin='09:00', end='17:00', dais=['mon']}]", "did you mean 'days'"),
        ("[[routes]]\nname='r'\nchoices=[{carrier='sim', weight=-1}]", "choices: weight: is below zero"),
        ("[[routes]]\nname='r'\nchoices=[{carrier='sim'}, {carrier='sim'}]", "names carrier 'sim' twice"),
        ("[[carriers]]\nname='c'\ncost='cheap'", "cost: not an amount of money"),
        ("[[carriers]]\nname='c'\ncosts={'+86'='0.1'}", r"costs: '\+86' is not digits"),
        ("[[carriers]]\nname='c'\ncosts={86='-1'}", r"costs\.86: is below zero"),
        ("[[carriers]]\nname='c'\ncoasts={86='1'}", "unknown key 'coasts' .*did you mean 'costs'"),
        ("[[ports]]\nproject='shop'\nname='sms'", "name: 'sms' is not digits. Try: name = \"10690001\""),
        ("[[ports]]\nproject='shop'\nname='1069'\ncarrier='simm'", "no carrier 'simm'; Try: did you mean 'sim'"),
        ("[[ports]]\nproject='shop'\nname='1069'\ndialect='yundasi'", "did you mean 'yundashi'"),
        ("[[ports]]\nproject='shop'\nname='1069'\napp='a'", "project shop has no app 'a'"),
        ("[[ports]]\nname='1069'", "missing required field `project`"),
        (
            "[[projects]]\nname='p'\nreply_callbacks={yundasi='https://x.example'}",
            "reply_callbacks: there is no dialect",
        ),
        ("[[projects]]\nname='p'\nreply_callbacks={yundashi='x.example'}", "reply_callbacks: 'x.example' is no web"),
        (
            "[[projects]]\nname='p'\nreply_callbacks={comms='https://x.example'}",
            "nothing is posted for comms: .* Try: reply_callbacks.native",
        ),
        ("[[controls]]\nname='sim'\nstanding='suspended'", "unknown table 'controls'"),
    ],
)
def test_refuses_a_mistake_with_its_place_and_what_to_try(text: str, sentence: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(text)
    assert re.search(sentence, str(refused.value)), str(refused.value)
