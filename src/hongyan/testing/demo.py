"""The demo world of `hongyan dev`: read from demo_world.toml, tuned by settings. Its card is `demo_card`."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec

from hongyan.declare.checks import check_world
from hongyan.declare.file import parse_world
from hongyan.model.world import CarrierConfig, Declared, identity
from hongyan.settings import Settings

CARRIER = "simulator"
SMPP_PORT = 2775
"""where `dev` takes binds, or at a free port when it is taken"""
DEV_DEFAULTS = {"card_support": "odd", "keep_calls": "all", "log_format": "text", "log_level": "warning"}
"""settings that `dev` begins with; file, environment and flags replace them"""


@cache
def plain_demo_world() -> tuple[Declared, ...]:
    """Return the demo world as its file has it."""
    name = "demo_world.toml"
    placed = parse_world(resources.files("hongyan.testing").joinpath(name).read_text("utf-8"), name, Path())
    check_world(placed, demo_allowed=True)
    return tuple(one.thing for one in placed)


def demo_world(settings: Settings) -> tuple[Declared, ...]:
    """Return the demo world with its simulated carrier as the settings want it."""
    return tuple(
        msgspec.structs.replace(thing, settings=_simulator(settings)) if isinstance(thing, CarrierConfig) else thing
        for thing in plain_demo_world()
    )


def to_seed(demo: Sequence[Declared], declared: Iterable[Declared]) -> list[Declared]:
    """Return what `dev` declares at a start: what is missing, and the simulated carrier when it differs.

    What was changed by hand since the first start is kept.
    """
    known = {identity(thing): thing for thing in declared}
    return [
        thing
        for thing in demo
        if identity(thing) not in known or (isinstance(thing, CarrierConfig) and known[identity(thing)] != thing)
    ]


def _simulator(settings: Settings) -> dict[str, object]:
    return {
        "profile": settings.simulator_profile,
        "seed": settings.simulator_seed,
        "receipt_delay_ms": round(settings.receipt_delay_s * 1000),
    }
