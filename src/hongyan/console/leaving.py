"""What leaves this machine for real: which projects' messages, through which carriers. For the banner on every page.

A carrier counts that is not simulated, switched on, and stopped by nobody; a route counts that the project's messages
can reach. Pure.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hongyan.model.world import CarrierConfig, Mode, Project, RouteConfig, Standing, World

SIMULATED = "simulator"
"""the protocol of carriers that nothing leaves by"""
_CONDITIONS = ("categories", "legs", "countries", "operators", "signatures", "senders", "numbers", "hours")


class Leaving(NamedTuple):
    """A project whose messages reach real phones."""

    project: str
    mode: str
    carriers: Sequence[str]
    numbers: int
    """mode allow-list: how many numbers, or beginnings of numbers, it may write to"""


def leaving(world: World) -> Sequence[Leaving]:
    """Return the projects whose messages leave; the last answer is kept, as worlds seldom change."""
    known = _known.get("world")
    if known is None or known[0] is not world:
        known = _known["world"] = world, tuple(_found(world))
    return known[1]


_known: dict[str, tuple[World, Sequence[Leaving]]] = {}


def _found(world: World) -> Iterator[Leaving]:
    real = {one.name for one in world.carriers.values() if _is_real(world, one)}
    if not real:
        return
    for project in world.projects.values():
        if not project.enabled or project.mode is Mode.CAPTURE:
            continue
        numbers = len(project.allow_numbers) if project.mode is Mode.ALLOW_LIST else 0
        if project.mode is Mode.ALLOW_LIST and not numbers:
            continue
        names = {choice.carrier for route in _reached(world, project) for choice in route.choices} & real
        if names:
            yield Leaving(project.name, str(project.mode), sorted(names), numbers)


def _is_real(world: World, carrier: CarrierConfig) -> bool:
    control = world.controls.get(carrier.name)
    runs = control is None or control.standing is Standing.RUNNING
    return carrier.enabled and carrier.protocol != SIMULATED and runs


def _reached(world: World, project: Project) -> Iterator[RouteConfig]:
    """Yield the routes that decide about some message of the project: one without conditions is the last."""
    for route in world.routes:
        if route.projects and project.name not in route.projects:
            continue
        yield route
        if not any(getattr(route, condition) for condition in _CONDITIONS):
            return
