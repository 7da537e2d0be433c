"""Holds declared things against each other: what one thing names must exist, and be written as its kind wants.

A table of checks, one generator a kind; each yields (field, what is wrong, what to try). Must not open the store.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hongyan.declare.fields import (
    DIALECTS,
    WORDLESS,
    Fault,
    Known,
    addresses,
    countries,
    limits,
    money,
    positive,
    ranges,
    waits,
    web,
)
from hongyan.declare.file import Placed
from hongyan.declare.plan import described
from hongyan.declare.routes import check_carrier, check_port, check_route
from hongyan.declare.smpp_keys import check_smpp_key
from hongyan.model.errors import Misconfigured
from hongyan.model.world import (
    App,
    CarrierConfig,
    Declared,
    Key,
    Link,
    Port,
    Price,
    Project,
    RouteConfig,
    Stop,
    Template,
    identity,
)
from hongyan.review import texts
from hongyan.text.nearest import nearest

COMMS_WAYS = ("none", "appcode", "signed")
DEMO_SECRETS = frozenset(
    {"gwkey-demo", "SKdemo-s3cret", "ExampleSecretForVectors+/=0001", "kdemo0123456789", "demopass"}
)
DEMO_KEYS = frozenset({"acdemo", "AKdemo0001", "LTAI5tEXAMPLEonly00001", "1400000001", "smppdemo"})


def check_world(placed: Sequence[Placed], declared: Sequence[Declared] = (), *, demo_allowed: bool = False) -> None:
    """Raise Misconfigured with the first thing that is wrong. `declared`: what is there already."""
    things = [one.thing for one in placed]
    repeated = [key for key, times in Counter(identity(thing) for thing in things).items() if times > 1]
    for where, thing in reversed(placed):
        if identity(thing) in repeated:
            raise Misconfigured(where, f"{described(thing)} is declared twice.", "keep one of them.")
    _refuse_shared(placed, declared)
    known = Known([*declared, *things])
    for where, thing in placed:
        for field, what, try_this in faults(thing, known):
            raise Misconfigured(where, f"{field}: {what}", try_this)
    if not demo_allowed:
        refuse_demo(things, {id(one.thing): one.where for one in placed})


def _refuse_shared(placed: Sequence[Placed], declared: Sequence[Declared]) -> None:
    """Raise Misconfigured when callers could mean either of two things by one name on the wire."""
    in_file = {identity(one.thing) for one in placed}
    owners = {name: thing for thing in declared if identity(thing) not in in_file for name in _on_the_wire(thing)}
    for where, thing in placed:
        for name in _on_the_wire(thing):
            other = owners.setdefault(name, thing)
            if other is not thing:
                what = f"{described(thing)} has the name of {described(other)}; callers could mean either."
                raise Misconfigured(where, what, "give one of them another name.")


def _on_the_wire(thing: Declared) -> Iterator[tuple[str, str]]:
    """Yield what callers name a thing by, which one thing alone may have."""
    if isinstance(thing, App):
        yield "app", thing.name
    elif isinstance(thing, Key):
        yield thing.dialect, thing.name
        if thing.auth == "none":
            yield thing.dialect, ""


def refuse_demo(things: Sequence[Declared], places: Mapping[int, str] | None = None) -> None:
    """Raise Misconfigured when published demo credentials are among these. `hongyan serve` starts with this."""
    for thing in things:
        if isinstance(thing, Key) and (thing.secret in DEMO_SECRETS or thing.name in DEMO_KEYS):
            where = (places or {}).get(id(thing), "keys")
            raise Misconfigured(
                where,
                f"{described(thing)} has demo credentials, which are published.",
                "give it a key and secret of your own; `hongyan dev` is the place for the demo world.",
            )


def faults(thing: Declared, known: Known) -> Iterator[Fault]:
    """Yield what is wrong with one thing."""
    owner = getattr(thing, "project", "")
    if owner and owner not in known.projects:
        yield "project", f"there is no project {owner!r};", nearest(owner, known.projects)
    elif not owner and not isinstance(thing, Project | Price | Stop | CarrierConfig | RouteConfig):
        yield "project", "is missing.", "name the project it belongs to."
    check = _CHECKS.get(type(thing))
    if check is not None:
        yield from check(thing, known)
    for sentence in texts.check(thing):
        field, _, what = sentence.partition(": ")
        yield field, what, f"see docs/world.md#{thing.kind}"


def _project(one: Project, _known: Known) -> Iterator[Fault]:
    if not one.name:
        yield "name", "is empty.", "give the project a name."
    yield from money("paid_in", one.paid_in)
    yield from money("credit_line", one.credit_line)
    yield from limits(one.limits)
    yield from addresses("callbacks", one.callbacks)
    yield from addresses("reply_callbacks", one.reply_callbacks)
    for dialect in WORDLESS.keys() & one.reply_callbacks.keys():
        yield "reply_callbacks", f"nothing is posted for {dialect}: {WORDLESS[dialect]}.", "reply_callbacks.native"
    if one.quiet_hours is not None and not 0 <= one.quiet_hours[0] < one.quiet_hours[1] <= 24:  # noqa: PLR2004 - hours
        yield "quiet_hours", "must be two hours of one day, the first before the second.", "quiet_hours = [8, 22]"
    for number in one.unlimited:
        if not number.isdigit():
            yield "unlimited", f"{number!r} is not digits, country code first.", 'unlimited = ["8613800138000"]'
    for number in one.allow_numbers:
        if not re.fullmatch(r"[0-9]+\*?", number):
            what = f"{number!r} is not digits with at most a * behind."
            yield "allow_numbers", what, 'allow_numbers = ["8613800138000", "86139*"]'
    yield from countries(one.countries)
    yield from waits(one.push_retries_s or ())
    for field in ("validity_s", "pull_window_s", "max_length"):
        yield from positive(field, getattr(one, field))


def _key(one: Key, _known: Known) -> Iterator[Fault]:
    if one.dialect not in DIALECTS:
        yield "dialect", f"there is no dialect {one.dialect!r};", nearest(one.dialect, DIALECTS)
    if one.dialect == "comms" and one.auth not in COMMS_WAYS:
        yield "auth", f"{one.auth!r} is no way to identify;", nearest(one.auth, COMMS_WAYS)
    if one.dialect != "comms" and one.auth:
        yield "auth", "only comms has a choice.", "remove it."
    if not (one.dialect == "comms" and one.auth == "none"):
        if not one.name:
            yield "name", "a key needs its id.", "name is the key id as it stands on the wire."
        if not one.secret:
            yield "secret", "is missing.", 'secret = "env:NAME" keeps it out of the file.'
    if one.dialect == "native" and "." in one.name:
        yield "name", "a native key's name has no dot.", "the token is <name>.<secret>."
    if one.actions and one.dialect != "alibaba":
        yield "actions", "only alibaba has sub-users.", "remove it."
    if one.rate_per_second < 0:
        yield "rate_per_second", "must not be below zero.", "rate_per_second = 0, which is no limit"
    yield from ranges(one.allow_addresses)
    yield from check_smpp_key(one)


def _app(one: App, _known: Known) -> Iterator[Fault]:
    yield from limits(one.limits)
    yield from ranges(one.allow_addresses)
    yield from waits(one.push_retries_s)
    yield from positive("max_numbers", one.max_numbers)
    yield from money("cny_rate", one.cny_rate)
    if one.report_to is not None:
        yield from web("report_to", one.report_to)
    if not one.default_country.isdigit():
        yield "default_country", "must be a calling code.", 'default_country = "86"'


def _template(one: Template, known: Known) -> Iterator[Fault]:
    if one.dialect not in DIALECTS:
        yield "dialect", f"there is no dialect {one.dialect!r};", nearest(one.dialect, DIALECTS)
    if one.signature is not None and (one.project, one.signature) not in known.signatures:
        names = {name for project, name in known.signatures if project == one.project}
        yield "signature", f"project {one.project} has no signature {one.signature!r};", nearest(one.signature, names)


def _price(one: Price, _known: Known) -> Iterator[Fault]:
    yield from money("each", one.each)
    if one.name and not one.name.isdigit():
        yield "name", "is a prefix of digits, country code first.", 'name = "86"'


def _link(one: Link, _known: Known) -> Iterator[Fault]:
    yield from web("target", one.target)


def _stop(one: Stop, _known: Known) -> Iterator[Fault]:
    if not one.name.isdigit():
        yield "name", "is a number as digits, country code first.", 'name = "8613800138000"'


_CHECKS: Mapping[type, Callable[[Any, Known], Iterator[Fault]]] = {
    Project: _project,
    Key: _key,
    App: _app,
    Template: _template,
    Price: _price,
    Link: _link,
    Stop: _stop,
    Port: check_port,
    CarrierConfig: check_carrier,
    RouteConfig: check_route,
}
