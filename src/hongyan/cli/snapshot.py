"""`hongyan snapshot …`: keep a test system as it is now, to go back to with `hongyan reset`."""

from typing import Annotated
from urllib.parse import quote

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

snapshot = typer.Typer(no_args_is_help=True, help="Keep a test system as it is, to go back to by `hongyan reset`.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, dots and dashes.")]


@snapshot.command()
def make(name: Name, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Keep everything as it is now; one of the same name is replaced."""
    made = answered(Client(url, token=token).ask("POST", "/v1/snapshots", {"name": name}))
    print_lines(f"{made['name']}  {made['at']}")


@snapshot.command("list")
def list_(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """List the snapshots, the newest first."""
    found = answered(Client(url, token=token).ask("GET", "/v1/snapshots"))
    if as_json:
        print_json(found)
        return
    for one in found["snapshots"]:
        print_lines(f"{one['name']}  {one['at']}")


@snapshot.command()
def remove(name: Name, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Delete a snapshot."""
    answered(Client(url, token=token).ask("DELETE", f"/v1/snapshots/{quote(name, safe='')}"))
    print_lines("deleted.")
