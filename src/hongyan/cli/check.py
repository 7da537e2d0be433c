"""`hongyan check TEXT`: alphabet, units, parts, price, and which character made it UCS-2. Needs no server."""

from decimal import Decimal
from typing import Annotated, Any

import typer

from hongyan.cli.options import AsJson
from hongyan.cli.printing import print_json, print_lines
from hongyan.model.errors import Misconfigured
from hongyan.model.money import amount, micros
from hongyan.text import parts
from hongyan.text.counted import counted as count_of
from hongyan.text.nearest import nearest

_DIALECTS = ("native", "comms", "nxcloud", "alibaba", "yundashi")


def check(
    text: Annotated[str, typer.Argument(help="The text as the handset shows it, signature included.")],
    dialect: Annotated[str, typer.Option("--dialect", help="Whose way of counting parts.")] = "native",
    country: Annotated[str, typer.Option("--country", help="Where to: ISO 3166 code.")] = "CN",
    each: Annotated[str | None, typer.Option("--each", help="Price of one part; prints the whole price.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a text costs: alphabet, units, parts, and the characters that force UCS-2."""
    if dialect not in _DIALECTS:
        raise Misconfigured("--dialect", f"there is no dialect {dialect!r};", nearest(dialect, _DIALECTS))
    try:
        price = None if each is None else amount(micros(each) * counted(text, dialect, country)["parts"])
    except ValueError as error:
        raise Misconfigured("--each", f"{error}.", "--each 0.045") from None
    found = counted(text, dialect, country) | {"price": price}
    if as_json:
        print_json(found)
        return
    print_lines(f"{found['alphabet']}, {found['units']} units, {found['parts']} part(s) ({found['rule']} rule)")
    if price is not None:
        print_lines(f"price {price} = {found['parts']} x {Decimal(each or 0)}")
    for one in found["forced_ucs2"]:
        instead = "" if one["instead"] is None else f"; {one['instead']!r} would do"
        print_lines(f"UCS-2 because of {one['character']!r} ({one['name']}) at position {one['position']}{instead}")
    if found["parts"] > 1:
        for number, piece in enumerate(found["pieces"], 1):
            print_lines(f"part {number}: {piece}")


def counted(text: str, dialect: str, country: str) -> dict[str, Any]:
    """Return the count as plain values. Positions begin at 1."""
    return count_of(text, parts.rule_for(dialect, country.upper()))
