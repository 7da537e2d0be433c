"""`hongyan key …`: make keys of a project, give them new secrets, switch them off, delete them."""

from typing import Annotated, Any

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.cli.project import path_of, words_of
from hongyan.testing.client import Client

Project = Annotated[str, typer.Argument(metavar="PROJECT", help="Whose key.")]
Dialect = Annotated[
    str, typer.Argument(metavar="API", help="alibaba, comms, nxcloud, yundashi, native or smpp: which API it is for.")
]
Name = Annotated[str, typer.Argument(metavar="KEY", help="The key's id; - for the one without.")]

key = typer.Typer(no_args_is_help=True, help="Make keys, give them new secrets, switch them off.")


@key.command("list")
def list_(project: Project, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """List a project's keys."""
    found = answered(Client(url, token=token).ask("GET", path_of(project, "keys")))
    if as_json:
        print_json(found)
        return
    for one in found["keys"]:
        print_lines(_line(one))


@key.command()
def create(
    project: Project,
    dialect: Dialect,
    name: Annotated[
        str | None, typer.Option("--name", help="Its id; not given: one as the vendor writes them.")
    ] = None,
    auth: Annotated[str | None, typer.Option("--auth", help="comms: none, appcode or signed.")] = None,
    allow_address: Annotated[
        list[str] | None, typer.Option("--allow-address", help="CIDR range that may use it; again for more.")
    ] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Make a key; its secret is shown this once."""
    stated = {"dialect": dialect, "name": name, "auth": auth, "allow_addresses": allow_address}
    body = {field: value for field, value in stated.items() if value}
    _tell(answered(Client(url, token=token).ask("POST", path_of(project, "keys"), body)), as_json)


@key.command()
def rotate(
    project: Project,
    dialect: Dialect,
    name: Name,
    grace_h: Annotated[float, typer.Option("--grace-h", help="Hours that the secret before stays good.", min=0)] = 24,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Give a key a new secret, shown this once; the one before stays good for a while."""
    path = path_of(project, "keys", dialect, name, "rotate")
    _tell(answered(Client(url, token=token).ask("POST", path, {"grace_h": grace_h})), as_json)


@key.command()
def disable(
    project: Project, dialect: Dialect, name: Name, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = ""
) -> None:
    """Switch a key off: whoever uses it is refused."""
    _switch(Client(url, token=token), project, dialect, name, as_json, on=False)


@key.command()
def enable(
    project: Project, dialect: Dialect, name: Name, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = ""
) -> None:
    """Switch a key on again."""
    _switch(Client(url, token=token), project, dialect, name, as_json, on=True)


@key.command()
def delete(project: Project, dialect: Dialect, name: Name, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Delete a key."""
    answered(Client(url, token=token).ask("DELETE", path_of(project, "keys", dialect, name)))
    print_lines(f"{dialect} {name}: deleted")


def _switch(client: Client, project: str, dialect: str, name: str, as_json: bool, *, on: bool) -> None:
    _tell(answered(client.ask("PATCH", path_of(project, "keys", dialect, name), {"enabled": on})), as_json)


def _tell(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print_lines("  ".join((_line(found), *(word for word in words_of(found) if not word.startswith("name ")))))


def _line(one: dict[str, Any]) -> str:
    words = [one["dialect"], one["name"] or "-"]
    if one["auth"]:
        words.append(one["auth"])
    if not one["enabled"]:
        words.append("switched off")
    if one["previous_until"]:
        words.append(f"the secret before is good until {one['previous_until']}")
    if one["allow_addresses"]:
        words.append(f"from {', '.join(one['allow_addresses'])}")
    return "  ".join(words)
