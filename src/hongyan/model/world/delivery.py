"""Who carries messages: carriers, and the routes that choose among them."""

from typing import Any, ClassVar

from msgspec import Struct

from hongyan.model.message import Category, Leg
from hongyan.model.world.thing import Thing


class CarrierConfig(Thing, frozen=True, kw_only=True):
    """A carrier to open."""

    kind: ClassVar[str] = "carriers"
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)
    project: str = ""
    name: str
    protocol: str = "simulator"
    enabled: bool = True
    pace: float = 0
    """messages a second, each part of a long one counted; 0: as fast as it takes them"""
    window: int = 1000
    """messages handed over and not yet answered"""
    password: str = ""
    cost: str = "0"
    """what one part costs us there, decimal text"""
    costs: dict[str, str] = {}
    """E.164 prefix -> cost in place of `cost`; the longest wins"""
    settings: dict[str, Any] = {}
    """what only this protocol knows"""


class Choice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One carrier of a route."""

    carrier: str
    weight: int = 1
    """share of the messages it is first for; 0: only when those before it fail"""


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the day, in a time zone."""

    begin: str
    """HH:MM"""
    end: str
    """HH:MM, exclusive; before `begin`: over midnight"""
    days: tuple[str, ...] = ()
    """mon to sun; empty: every day"""
    zone: str = "Asia/Shanghai"


class RouteConfig(Thing, frozen=True, kw_only=True):
    """Which carriers may carry which messages. Routes are tried by `order`; the first that matches decides."""

    kind: ClassVar[str] = "routes"
    project: str = ""
    name: str
    order: int = 100
    projects: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    legs: tuple[Leg, ...] = ()
    countries: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    """sender ids asked for; a trailing * stands for anything"""
    numbers: tuple[str, ...] = ()
    """first digits of the E.164 number"""
    hours: tuple[Hours, ...] = ()
    """when it applies; empty: always"""
    prefer: str = "weight"
    """weight: shares by weight; order: always the first that works; cost: the cheapest for the number first"""
    choices: tuple[Choice, ...]
