"""What a single field of a declared thing must look like, and what names are held against."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from urllib.parse import urlsplit

from hongyan.model.limits import PRESETS, Limit
from hongyan.model.money import micros
from hongyan.model.world import App, CarrierConfig, Declared, Project, Signature
from hongyan.text.nearest import nearest

DIALECTS = ("comms", "nxcloud", "alibaba", "yundashi", "native", "smpp")
WORDLESS: dict[str, str] = {
    "comms": "the vendor's document has no replies; native tells of them in our own shape",
    "smpp": "customers who bind get replies over their own links",
}
"""dialects that post no replies, and how they are told instead"""

_LONGEST_WAIT_S = 604_800
_COUNTRY_LETTERS = 2

Fault = tuple[str, str, str]
"""(field, what is wrong, what to try)"""


class Known:
    """Everything that would be declared after this file is applied, by kind: what names are held against."""

    def __init__(self, things: Sequence[Declared]) -> None:
        self.projects = {one.name for one in things if isinstance(one, Project)}
        self.carriers = {one.name for one in things if isinstance(one, CarrierConfig)}
        self.apps = {(one.project, one.name) for one in things if isinstance(one, App)}
        self.signatures = {(one.project, one.name) for one in things if isinstance(one, Signature)}


def money(field: str, text: str) -> Iterator[Fault]:
    """Yield what is wrong with an amount of money."""
    try:
        below_zero = micros(text) < 0
    except ValueError as error:
        yield field, f"{error}.", f'{field} = "0.045"'
    else:
        if below_zero:
            yield field, "is below zero.", f'{field} = "0"'


def limits(limits: Sequence[str | Limit]) -> Iterator[Fault]:
    """Yield what is wrong with per-number limits."""
    for limit in limits:
        if isinstance(limit, str) and limit not in PRESETS:
            yield "limits", f"there is no preset {limit!r};", nearest(limit, PRESETS)


def ranges(ranges: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with address ranges."""
    for one in ranges:
        try:
            ip_network(one, strict=False)
        except ValueError:
            yield "allow_addresses", f"{one!r} is no CIDR range.", 'allow_addresses = ["203.0.113.0/24"]'


def web(field: str, address: str) -> Iterator[Fault]:
    """Yield what is wrong with a web address."""
    try:
        parts = urlsplit(address)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        fine = False
    if not fine:
        yield field, f"{address!r} is no web address.", "it begins with https:// and has a host."


def waits(seconds: Sequence[float]) -> Iterator[Fault]:
    """Yield what is wrong with the waits between tries."""
    if any(not 0 <= one <= _LONGEST_WAIT_S for one in seconds):
        yield "push_retries_s", "has a wait below zero or above a week.", "push_retries_s = [60, 300, 600]"


def positive(field: str, value: float) -> Iterator[Fault]:
    """Yield what is wrong with a number that must be above zero."""
    if value <= 0:
        yield field, "must be more than zero.", f"{field} = 1"


def countries(codes: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with country codes."""
    for country in codes:
        if len(country) != _COUNTRY_LETTERS or not country.isupper():
            yield "countries", f"{country!r} is no ISO 3166 code.", 'countries = ["CN"]'


def digits(field: str, texts: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with numbers, or the first digits of numbers."""
    for text in texts:
        if not (text.isascii() and text.isdigit()):
            yield field, f"{text!r} is not digits, country code first.", f'{field} = ["86138"]'


def addresses(field: str, by_dialect: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong with addresses by dialect."""
    for dialect, address in by_dialect.items():
        if dialect not in DIALECTS:
            yield field, f"there is no dialect {dialect!r};", nearest(dialect, DIALECTS)
        yield from web(field, address)
