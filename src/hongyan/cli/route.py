"""`hongyan route`: which route a number would take now, and why."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Lang, Token, Url, is_chinese
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client


def route(
    to: Annotated[str, typer.Argument(help="The number.")],
    project: Annotated[str | None, typer.Option("--project", help="Who would pay.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="captcha, notification or marketing.")] = None,
    leg: Annotated[str | None, typer.Option("--leg", help="text, digital or card.")] = None,
    signature: Annotated[str | None, typer.Option("--signature", help="Its signature.")] = None,
    sender: Annotated[str | None, typer.Option("--sender", help="Its sender id.")] = None,
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Tell which route a number would take now, by which carriers, for how much, and why not the others."""
    client = Client(url, token=token)
    found = answered(
        client.routing(to, project=project, category=category, leg=leg, signature=signature, sender=sender)
    )
    if as_json:
        print_json(found)
        return
    names = ", ".join(f"{one['name']} ({one['cost']} a part)" for one in found["carriers"]) or "none"
    print_lines(f"+{found['to']} {found['country']} {found['operator']}".rstrip())
    price = "none declared" if found["price"] is None else f"{found['price']} {found['currency']} a part"
    print_lines(f"route {found['route'] or 'none'}; carriers {names}; price {price}")
    for reason in found["reasons"]:
        print_lines(f"  {reason['zh' if is_chinese(lang) else 'en']}")
