"""`hongyan price`: what a part costs, by the first digits of the number."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

price = typer.Typer(help="Look at prices, set one, take one back.", no_args_is_help=True)

Prefix = Annotated[str, typer.Argument(help="First digits of the E.164 number; '' is everywhere.")]
LegName = Annotated[str, typer.Option("--leg", help="text, digital or card.")]
ProjectName = Annotated[str, typer.Option("--project", help="For this project alone.")]


@price.command("list")
def list_(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """List the prices."""
    found = answered(Client(url, token=token).prices())
    if as_json:
        print_json(found)
        return
    for one in found["prices"]:
        where = f"+{one['prefix']}" if one["prefix"] else "everywhere"
        print_lines(f"{one['project'] or '(every project)'}  {where}  {one['leg']}  {one['each']}")


@price.command("set")
def set_(
    prefix: Prefix,
    each: Annotated[str, typer.Argument(help="Decimal text per part.")],
    leg: LegName = "text",
    project: ProjectName = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Set what a part costs, for messages accepted from now on."""
    answered(Client(url, token=token).set_price(prefix, each, leg=leg, project=project))
    print_lines("set.")


@price.command()
def drop(
    prefix: Prefix, leg: LegName = "text", project: ProjectName = "", url: Url = DEFAULT_URL, token: Token = ""
) -> None:
    """Take a price back."""
    answered(Client(url, token=token).drop_price(prefix, leg=leg, project=project))
    print_lines("taken back.")
