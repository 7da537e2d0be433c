"""Which route a number would take now, and why: the router's own answer to a message that is not sent."""

from collections.abc import Callable
from typing import Any, NamedTuple

from hongyan.ledger.price import PriceList
from hongyan.model.clock import Clock
from hongyan.model.errors import Refused
from hongyan.model.message import Category, Leg, Message
from hongyan.model.money import amount
from hongyan.model.reason import Reason
from hongyan.model.world import RouteConfig, World
from hongyan.route.costs import cost_of
from hongyan.route.table import Router
from hongyan.text import numbers


class Asked(NamedTuple):
    """A message that might be sent."""

    to: str
    project: str = ""
    """"": the first that is declared"""
    category: Category = Category.NOTIFICATION
    leg: Leg = Leg.TEXT
    signature: str = ""
    sender: str = ""


class Routing:
    """Answers by the world as it stands."""

    def __init__(self, world: Callable[[], World], clock: Clock, mint: Callable[[], int]) -> None:
        self._world, self._clock, self._mint = world, clock, mint
        self._router = Router(world, clock)

    def routes(self) -> tuple[RouteConfig, ...]:
        """Return the routes in the order they are tried."""
        return self._world().routes

    def ask(self, asked: Asked) -> dict[str, Any]:
        """Return the route, its carriers in order with their cost, the price, and why the others were passed over.

        Raises Refused for a number or project that cannot be.
        """
        world, number = self._world(), numbers.parse(asked.to)
        if number is None:
            raise Refused(Reason.BAD_NUMBER, to=asked.to[:40])
        name = asked.project or next(iter(world.projects), "")
        project = world.projects.get(name)
        if project is None:
            raise Refused(Reason.PROJECT_CLOSED, project=name[:100])
        now_ms = self._clock.now_ms()
        message = Message(
            id=self._mint(),
            project=name,
            submission=0,
            dialect="native",
            to=number.digits,
            country=number.region,
            operator=number.operator,
            category=asked.category,
            leg=asked.leg,
            signature=asked.signature or None,
            sender=asked.sender or None,
            content="",
            accepted_at=now_ms,
            expires_at=now_ms,
        )
        choices = self._router.choose(message)
        each = PriceList(world).each(name, asked.leg, number.digits)
        return {
            "to": number.digits,
            "country": number.region,
            "operator": number.operator,
            "project": name,
            "route": choices.route,
            "carriers": [
                {"name": one, "cost": amount(cost_of(world.carriers[one], number.digits))} for one in choices.carriers
            ],
            "price": None if each is None else amount(each),
            "currency": project.currency,
            "reasons": [{"en": one.en, "zh": one.zh} for one in choices.reasons],
        }
