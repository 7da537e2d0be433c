"""What can be missing in what is declared: prices, routes, approvals; and what must not be there."""

from collections.abc import Iterator

from hongyan.cli.ailments import Finding, fail, warn
from hongyan.declare.checks import refuse_demo
from hongyan.declare.plan import described
from hongyan.ledger.price import PriceList
from hongyan.model.errors import Misconfigured
from hongyan.model.message import Leg
from hongyan.model.world import App, CarrierConfig, Key, Project, Review, Signature, Template, World


def of_world(world: World) -> Iterator[Finding]:
    """Look at what is declared."""
    if not world.projects:
        yield warn("world", "nothing is declared.", "hongyan apply world.toml")
        return
    try:
        refuse_demo(world.things)
    except Misconfigured as error:
        yield warn("credentials", f"{error.what} `serve` will not start.", error.try_this)
    yield from _prices(world)
    yield from _switched_off(world)
    for thing in world.things:
        if isinstance(thing, Template | Signature) and thing.review is not Review.APPROVED:
            yield warn(described(thing), f"is {thing.review}, so it cannot be sent.", 'review = "approved"')
    if not world.routes or not any(carrier.enabled for carrier in world.carriers.values()):
        carrier = next((name for name, one in world.carriers.items() if one.enabled), "NAME")
        yield fail(
            "routes",
            "no route or no carrier: every message will be rejected.",
            f'[[routes]]\nname = "all"\nchoices = [{{ carrier = "{carrier}" }}]',
        )


def _prices(world: World) -> Iterator[Finding]:
    prices = PriceList(world)
    for project in world.projects:
        legs = {Leg.TEXT} | {template.leg for template in world.templates.get(project, {}).values()}
        for leg in sorted(legs):
            if prices.each(project, leg, "8613800138000") is None:
                yield warn(
                    f"projects {project}",
                    f"has no price for {leg} to 86; such sends are refused.",
                    f'[[prices]]\nproject = "{project}"\nname = "86"\nleg = "{leg}"\neach = "0.05"',
                )


def _switched_off(world: World) -> Iterator[Finding]:
    for thing in world.things:
        if isinstance(thing, Project | Key | App | CarrierConfig) and not thing.enabled:
            yield warn(described(thing), "is switched off.", "enabled = true")
