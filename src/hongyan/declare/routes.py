"""What carriers, routes and reply numbers must look like."""

from collections.abc import Iterator
from zoneinfo import available_timezones

from hongyan.declare.fields import DIALECTS, Fault, Known, countries, digits, money, positive
from hongyan.model.world import CarrierConfig, Hours, Port, RouteConfig
from hongyan.route.answers import PREFERENCES
from hongyan.route.hours import DAYS, minutes_of, zone_of
from hongyan.text.nearest import nearest

PROTOCOLS = ("simulator", "smpp", "cmpp", "smgp", "sgip")
OPERATORS = ("mobile", "unicom", "telecom", "broadnet")


def check_carrier(one: CarrierConfig, _known: Known) -> Iterator[Fault]:
    """Yield what is wrong with a carrier; its settings are its protocol's to judge."""
    if one.protocol not in PROTOCOLS:
        yield "protocol", f"there is no protocol {one.protocol!r};", nearest(one.protocol, PROTOCOLS)
    yield from positive("window", one.window)
    if one.pace < 0:
        yield "pace", "is below zero.", "0 is as fast as the carrier takes them."
    yield from money("cost", one.cost)
    yield from digits("costs", tuple(one.costs))
    for prefix, cost in one.costs.items():
        yield from money(f"costs.{prefix}", cost)


def check_route(one: RouteConfig, known: Known) -> Iterator[Fault]:
    """Yield what is wrong with a route."""
    yield from _choices(one, known)
    for project in one.projects:
        if project not in known.projects:
            yield "projects", f"there is no project {project!r};", nearest(project, known.projects)
    if one.prefer not in PREFERENCES:
        yield "prefer", f"{one.prefer!r} is no preference;", nearest(one.prefer, PREFERENCES)
    yield from _asked_about(one)
    for hours in one.hours:
        yield from _hours(hours)


def _asked_about(one: RouteConfig) -> Iterator[Fault]:
    yield from countries(one.countries)
    for operator in one.operators:
        if operator not in OPERATORS:
            yield "operators", f"there is no operator {operator!r};", nearest(operator, OPERATORS)
    for signature in one.signatures:
        if not signature or signature[0] in "【[" or signature[-1] in "】]":
            yield "signatures", f"{signature!r} must be written without brackets.", 'signatures = ["Acme"]'
    for sender in one.senders:
        if not sender or "*" in sender[:-1]:
            yield "senders", f"{sender!r} must be a sender id, or the beginning of one and a *.", 'senders = ["1069*"]'
    yield from digits("numbers", one.numbers)


def check_port(one: Port, known: Known) -> Iterator[Fault]:
    """Yield what is wrong with a number that replies come to."""
    if not (one.name.isascii() and one.name.isdigit()):
        yield "name", f"{one.name!r} is not digits.", 'name = "10690001"'
    if one.carrier and one.carrier not in known.carriers:
        yield "carrier", f"there is no carrier {one.carrier!r};", nearest(one.carrier, known.carriers)
    if one.dialect and one.dialect not in DIALECTS:
        yield "dialect", f"there is no dialect {one.dialect!r};", nearest(one.dialect, DIALECTS)
    if one.app is not None and (one.project, one.app) not in known.apps:
        names = {name for project, name in known.apps if project == one.project}
        yield "app", f"project {one.project} has no app {one.app!r};", nearest(one.app, names)


def _choices(one: RouteConfig, known: Known) -> Iterator[Fault]:
    if not one.choices:
        yield "choices", "names no carrier.", 'choices = [{ carrier = "simulator" }]'
    named: set[str] = set()
    for choice in one.choices:
        if choice.carrier not in known.carriers:
            yield "choices", f"there is no carrier {choice.carrier!r};", nearest(choice.carrier, known.carriers)
        if choice.carrier in named:
            yield "choices", f"names carrier {choice.carrier!r} twice.", "add up its weights."
        named.add(choice.carrier)
        if choice.weight < 0:
            yield "choices: weight", "is below zero.", "weight = 0 takes over only when those before it fail."


def _hours(hours: Hours) -> Iterator[Fault]:
    for field in ("begin", "end"):
        try:
            minutes_of(getattr(hours, field))
        except ValueError as error:
            yield f"hours: {field}", f"{error}.", f'{field} = "22:00"'
    for day in hours.days:
        if day not in DAYS:
            yield "hours: days", f"there is no day {day!r};", nearest(day, DAYS)
    try:
        zone_of(hours.zone)
    except ValueError as error:
        yield "hours: zone", f"{error};", nearest(hours.zone, available_timezones())
