"""The world: what an operator declares, and what people set by hand. Frozen values.

Read from a TOML file by `hongyan apply`, kept in the store one row each, and read on the road from an in-memory
`World` that is replaced whole when anything changes. `customers.py`, `delivery.py` and `by_hand.py` have the kinds.
"""

from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import Any

from msgspec import Struct

from hongyan.model.world.by_hand import Account, Control, Effect, PushedClock, Rule, Standing
from hongyan.model.world.customers import (
    App,
    Key,
    Link,
    Mode,
    Port,
    Price,
    Project,
    Review,
    Signature,
    Stop,
    Template,
    spelled_out,
)
from hongyan.model.world.delivery import CarrierConfig, Choice, Hours, RouteConfig

__all__ = [
    "BY_HAND",
    "KINDS",
    "Account",
    "App",
    "Caller",
    "CarrierConfig",
    "Choice",
    "Control",
    "Declared",
    "Effect",
    "Hours",
    "Key",
    "Link",
    "Mode",
    "Port",
    "Price",
    "Project",
    "PushedClock",
    "Review",
    "RouteConfig",
    "Rule",
    "Signature",
    "Standing",
    "Stop",
    "Template",
    "World",
    "address_allowed",
    "identity",
    "spelled_out",
]

Declared = (
    Project
    | Key
    | App
    | Signature
    | Template
    | Price
    | Link
    | Stop
    | Port
    | CarrierConfig
    | RouteConfig
    | Control
    | Account
    | Rule
    | PushedClock
)
_ALL: tuple[type[Declared], ...] = (
    Project,
    Key,
    App,
    Signature,
    Template,
    Price,
    Link,
    Stop,
    Port,
    CarrierConfig,
    RouteConfig,
    Control,
    Account,
    Rule,
    PushedClock,
)
KINDS: dict[str, type[Declared]] = {cls.kind: cls for cls in _ALL}
BY_HAND: frozenset[type[Declared]] = frozenset({Control, Account, Rule, PushedClock})
"""set by operators while the program runs; a world file neither names nor drops them"""


def identity(thing: Declared) -> tuple[str, str, str]:
    """Return (kind, project, name): what makes a declared thing the same one at the next `apply`."""
    if isinstance(thing, Project):
        return thing.kind, "", thing.name
    if isinstance(thing, Price):
        return thing.kind, thing.project, thing.identity
    if isinstance(thing, Key):
        return thing.kind, thing.project, f"{thing.dialect}:{thing.name}"
    return thing.kind, thing.project, thing.name


def address_allowed(peer: str, ranges: tuple[str, ...]) -> bool:
    """Return whether an IP address is in one of the CIDR ranges; no ranges allow any."""
    if not ranges:
        return True
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return any(address in ip_network(one, strict=False) for one in ranges)


class World(Struct, frozen=True, kw_only=True, dict=True):
    """One consistent picture of everything declared, with the indexes the road needs. Never changed in place."""

    version: int = 0
    things: tuple[Declared, ...] = ()
    listening: tuple[tuple[str | None, str], ...] = ()
    """who listens for callbacks at this process now (`hongyan listen`), as (project, dialect); None and "": all"""

    def is_listened(self, project: str, dialect: str) -> bool:
        """Return whether somebody listens for a project's callbacks in a dialect."""
        return any(theirs in {None, project} and its in {"", dialect} for theirs, its in self.listening)

    def all(self, cls: type[Any]) -> list[Any]:
        """Return every declared thing of one kind, in the order they were declared."""
        return [thing for thing in self.things if isinstance(thing, cls)]

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """By name."""
        return {one.name: one for one in self.all(Project)}

    @cached_property
    def keys(self) -> Mapping[tuple[str, str], Key]:
        """By (dialect, key id)."""
        return {(one.dialect, one.name): one for one in self.all(Key)}

    @cached_property
    def anonymous(self) -> Mapping[str, Key]:
        """Dialect -> the key of callers who name none."""
        return {one.dialect: one for one in self.all(Key) if one.auth == "none"}

    @cached_property
    def apps(self) -> Mapping[str, App]:
        """By appKey."""
        return {one.name: one for one in self.all(App)}

    @cached_property
    def signatures(self) -> Mapping[str, Mapping[str, Signature]]:
        """Project -> name -> signature."""
        return self._by_project(Signature)

    @cached_property
    def templates(self) -> Mapping[str, Mapping[str, Template]]:
        """Project -> code -> template."""
        return self._by_project(Template)

    @cached_property
    def links(self) -> Mapping[str, Mapping[str, Link]]:
        """Project -> short link -> link."""
        return self._by_project(Link)

    @cached_property
    def carriers(self) -> Mapping[str, CarrierConfig]:
        """By name."""
        return {one.name: one for one in self.all(CarrierConfig)}

    @cached_property
    def controls(self) -> Mapping[str, Control]:
        """By carrier."""
        return {one.name: one for one in self.all(Control)}

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """By name."""
        return {one.name: one for one in self.all(Account)}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Those in force, as they were made; () on most days, so that the road may look at it for nothing."""
        return tuple(one for one in self.all(Rule) if one.enabled)

    @cached_property
    def ahead_ms(self) -> int:
        """How far the clock was pushed."""
        return max((one.ahead_ms for one in self.all(PushedClock)), default=0)

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """Longest first."""
        return tuple(sorted(self.all(Port), key=lambda one: -len(one.name)))

    @cached_property
    def routes(self) -> tuple[RouteConfig, ...]:
        """In the order they are tried."""
        return tuple(sorted(self.all(RouteConfig), key=lambda one: (one.order, one.name)))

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        """As declared."""
        return tuple(self.all(Price))

    @cached_property
    def stops(self) -> Mapping[tuple[str, str], Stop]:
        """By (project or "", number)."""
        return {(one.project, one.name): one for one in self.all(Stop)}

    def _by_project(self, cls: type[Any]) -> Mapping[str, Mapping[str, Any]]:
        out: dict[str, dict[str, Any]] = {}
        for one in self.all(cls):
            out.setdefault(one.project, {})[one.name] = one
        return out


class Caller(Struct, frozen=True, kw_only=True):
    """Who is calling, as the desk found it: their project and key, and the world they were found in."""

    project: Project
    key: Key
    world: World
    nonce: str | None = None
    nonce_until: int = 0

    def template(self, code: str) -> Template | None:
        """Return one of the caller's templates."""
        return self.world.templates.get(self.project.name, {}).get(code)
