"""`hongyan project …`: make projects, look at them, say how far their messages go, delete them."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from hongyan.cli.exits import Exit
from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

Name = Annotated[str, typer.Argument(metavar="NAME", help="The project.")]

project = typer.Typer(no_args_is_help=True, help="Make projects, look at them, say how far their messages go.")


@project.command("list")
def list_(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """List projects, a line each."""
    found = answered(Client(url, token=token).ask("GET", "/v1/projects"))
    if as_json:
        print_json(found)
        return
    for one in found["projects"]:
        state = one["mode"] if one["enabled"] else f"{one['mode']}, switched off"
        money = f"{one['balance']} {one['currency']}"
        print_lines(f"{one['name']}  {state}  {money}  {one['keys']} keys  {one['messages_today']} messages today")


@project.command()
def show(name: Name, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Show everything about a project."""
    found = answered(Client(url, token=token).ask("GET", path_of(name)))
    if as_json:
        print_json(found)
    else:
        _print_project(found)


@project.command()
def create(
    name: Name,
    key: Annotated[list[str] | None, typer.Option("--key", help="A key for this API; again for more; all.")] = None,
    like: Annotated[
        list[str] | None, typer.Option("--like", help="A project whose templates and signatures it gets, too.")
    ] = None,
    mode: Annotated[str, typer.Option("--mode", help="capture, allow-list or live.")] = "capture",
    allow: Annotated[
        list[str] | None, typer.Option("--allow", help="A number for mode allow-list; a trailing * is any.")
    ] = None,
    currency: Annotated[str, typer.Option("--currency", help="ISO 4217.")] = "CNY",
    paid_in: Annotated[str, typer.Option("--paid-in", help="Money to begin with.")] = "0",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Make a project with keys; their secrets are shown this once."""
    keys = key or []
    body = {
        "name": name,
        "mode": mode,
        "allow_numbers": allow or [],
        "currency": currency,
        "paid_in": paid_in,
        "keys": "all" if "all" in keys else keys,
        "like": like or [],
    }
    found = answered(Client(url, token=token).ask("POST", "/v1/projects", body))
    if as_json:
        print_json(found)
        return
    _print_project(found)
    for dialect, one in found["credentials"].items():
        print_lines("  ".join((f"{dialect}:", *words_of(one))))


@project.command("mode")
def mode_(
    name: Name,
    mode: Annotated[str, typer.Argument(metavar="MODE", help="capture, allow-list or live.")],
    allow: Annotated[
        list[str] | None, typer.Option("--allow", help="The numbers of mode allow-list, in place of those before.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before going live.")] = False,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Say how far messages of a project go from now on. What is held stays held."""
    if mode == "live" and not yes:
        typed = typer.prompt(f"messages of {name} will reach real phones; type the project's name to go live")
        if typed != name:
            typer.echo("hongyan: nothing was changed", err=True)
            raise typer.Exit(Exit.NO)
    body: dict[str, Any] = {"mode": mode} | ({"allow_numbers": allow} if allow else {})
    found = answered(Client(url, token=token).ask("PATCH", path_of(name), body))
    if as_json:
        print_json(found)
    else:
        _print_project(found)


@project.command()
def delete(
    name: Name,
    with_all: Annotated[
        bool, typer.Option("--with-all", help="With its keys, apps, templates, signatures, prices and links.")
    ] = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Delete a project that nothing hangs on; its messages and ledger stay readable."""
    answered(Client(url, token=token).ask("DELETE", path_of(name), with_all="true" if with_all else None))
    print_lines(f"{name}: deleted")


def path_of(name: str, *more: str) -> str:
    """Return the path of a project in /v1, or of something below it."""
    return "/v1/projects/" + "/".join(quote(one, safe="") for one in (name, *more))


def words_of(credentials: dict[str, Any]) -> list[str]:
    """Return credentials as words of a line."""
    shown = ("key", "name", "secret", "app", "token")
    return [f"{name} {credentials[name]}" for name in shown if credentials.get(name)]


def _print_project(found: dict[str, Any]) -> None:
    one = found["project"]
    allowed = f" ({', '.join(one['allow_numbers']) or 'no numbers'})" if one["mode"] == "allow-list" else ""
    print_lines(f"{one['name']}: mode {one['mode']}{allowed}, {found['balance']} {one['currency']}")
    for key in found["keys"]:
        off = "" if key["enabled"] else "  switched off"
        print_lines(f"  key {key['dialect']}  {key['name'] or '(no name)'}{off}")
    for app in found["apps"]:
        print_lines(f"  app {app['name']}")
    print_lines(f"  {found['templates']} templates, {found['signatures']} signatures")
