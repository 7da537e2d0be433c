"""The banner tells of what leaves for real, and of nothing else."""

from typing import Any

import pytest

from hongyan.console.leaving import leaving
from hongyan.model.world import CarrierConfig, Choice, Control, Declared, Mode, Project, RouteConfig, Standing, World

REAL = CarrierConfig(name="cm", protocol="cmpp")
MADE_UP = CarrierConfig(name="sim")
LIVE = Project(name="shop")


def route(name: str, *carriers: str, **fields: Any) -> RouteConfig:
    return RouteConfig(name=name, choices=tuple(Choice(carrier=one) for one in carriers), **fields)


def told(*things: Declared) -> list[tuple[str, str, tuple[str, ...], int]]:
    found = leaving(World(things=things))
    return [(one.project, one.mode, tuple(one.carriers), one.numbers) for one in found]


def test_a_live_project_that_a_route_leads_out_is_told_with_its_carriers() -> None:
    assert told(LIVE, REAL, MADE_UP, route("all", "sim", "cm")) == [("shop", "live", ("cm",), 0)]


@pytest.mark.parametrize(
    "things",
    [
        (LIVE, MADE_UP, route("all", "sim")),
        (LIVE, REAL),
        (LIVE, CarrierConfig(name="cm", protocol="cmpp", enabled=False), route("all", "cm")),
        (LIVE, REAL, route("others", "cm", projects=("others",))),
        (Project(name="shop", enabled=False), REAL, route("all", "cm")),
        (Project(name="shop", mode=Mode.CAPTURE), REAL, route("all", "cm")),
        (Project(name="shop", mode=Mode.ALLOW_LIST), REAL, route("all", "cm")),
        (LIVE, REAL, MADE_UP, route("first", "sim", order=1), route("second", "cm", order=2)),
        *((LIVE, REAL, route("all", "cm"), Control(name="cm", standing=one)) for one in list(Standing)[1:]),
    ],
)
def test_nothing_is_told_where_nothing_leaves(things: tuple[Declared, ...]) -> None:
    assert told(*things) == []


def test_a_route_with_conditions_does_not_hide_the_next() -> None:
    first = route("first", "sim", order=1, countries=("US",))
    assert told(LIVE, REAL, MADE_UP, first, route("second", "cm", order=2)) == [("shop", "live", ("cm",), 0)]


def test_an_allow_list_is_told_with_how_many_numbers() -> None:
    few = Project(name="few", mode=Mode.ALLOW_LIST, allow_numbers=("8613800138001", "86139*"))
    assert told(few, REAL, route("all", "cm")) == [("few", "allow-list", ("cm",), 2)]
