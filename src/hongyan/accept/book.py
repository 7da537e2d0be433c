"""What one world means for the desk: everything the steps look up, worked out once per world.

Built when the world changes, read for every message; never changed in place.
"""

from functools import cached_property

from hongyan.ledger.price import PriceList
from hongyan.model.hold import Hold
from hongyan.model.limits import Limit
from hongyan.model.message import Category, Leg
from hongyan.model.money import micros
from hongyan.model.world import Mode, Project, Review, Signature, Stop, Template, World, spelled_out
from hongyan.text.keywords import Keywords
from hongyan.text.matching import Matcher


class ProjectBook:
    """One project's part of the book."""

    def __init__(self, world: World, project: Project) -> None:
        self.project = project
        self.credit_line = micros(project.credit_line)
        self.signatures = world.signatures.get(project.name, {})
        self.templates = world.templates.get(project.name, {})
        self.links = world.links.get(project.name, {})
        self.keywords = Keywords(project.keywords)
        self.limits = spelled_out(project.limits)
        self.unlimited = frozenset(project.unlimited)
        self.validity_ms = project.validity_s * 1000
        self.hold = None if project.mode is Mode.LIVE else Hold(project)
        """which numbers messages may go to; None: all"""
        self._limits_for: dict[tuple[str, Category, Leg, str], tuple[tuple[int, Limit], ...]] = {}
        self._matchers: dict[str, Matcher] = {}

    @cached_property
    def default_signature(self) -> Signature | None:
        """The approved signature marked as default, else the only or first approved one."""
        approved = [one for one in self.signatures.values() if one.review is Review.APPROVED]
        return next((one for one in approved if one.default), approved[0] if approved else None)

    def template_for(self, dialect: str, text: str) -> Template | None:
        """Return the approved template of a dialect that a finished text fills in."""
        matcher = self._matchers.get(dialect)
        if matcher is None:
            approved = [
                (one.name, one.body)
                for one in self.templates.values()
                if one.dialect == dialect and one.leg is Leg.TEXT and one.review is Review.APPROVED
            ]
            matcher = self._matchers[dialect] = Matcher(approved, dialect)
        found = matcher.match(text)
        return self.templates[found[0]] if found else None

    def limits_for(
        self, app_limits: tuple[Limit, ...], app: str, category: Category, leg: Leg, country: str
    ) -> tuple[tuple[int, Limit], ...]:
        """Return the limits that apply, each with its place among all limits of project and app."""
        key = (app, category, leg, country)
        found = self._limits_for.get(key)
        if found is None:
            found = self._limits_for[key] = tuple(
                (place, limit)
                for place, limit in enumerate(self.limits + app_limits)
                if (not limit.categories or category in limit.categories)
                and (not limit.legs or leg in limit.legs)
                and (not limit.countries or country in limit.countries)
            )
        return found


class Book:
    """One world, indexed for the desk."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.prices = PriceList(world)
        self.projects = {name: ProjectBook(world, one) for name, one in world.projects.items()}
        self.app_limits = {name: spelled_out(one.limits) for name, one in world.apps.items()}

    def stop(self, project: str, number: str) -> Stop | None:
        """Return the stop that a number has with a project, or with everybody."""
        stops = self.world.stops
        if not stops:
            return None
        return stops.get((project, number)) or stops.get(("", number))
