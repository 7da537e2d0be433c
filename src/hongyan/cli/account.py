"""`hongyan account …`: who may log in to the console. Works on the database, like `apply`: also before the first start.

On the machine, for whoever may read the settings and the master key; a running server follows at once.
"""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from rich.table import Table

from hongyan.assemble import open_store
from hongyan.cli.options import AsJson, Config, Data
from hongyan.cli.printing import console, print_json, print_lines
from hongyan.model.actor import Actor, Role
from hongyan.model.clock import SystemClock
from hongyan.model.errors import Misconfigured
from hongyan.model.tally import Tally
from hongyan.model.world import World
from hongyan.operate.journal import Journal
from hongyan.operate.passwords import Passwords
from hongyan.operate.people import People
from hongyan.operate.sessions import Access, Sessions
from hongyan.settings import load

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account.")]
RoleName = Annotated[Role, typer.Argument(metavar="ROLE", help="viewer, operator or admin.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password up and print it once.")]

account = typer.Typer(no_args_is_help=True, help="Say who may log in to the console, and as what.")


class _Desk:
    """What commands ask, on an open store."""

    def __init__(self, people: People, sessions: Sessions) -> None:
        self.people, self.sessions = people, sessions
        self.actor = Actor(name=_me(), role=Role.ADMIN, via="cli")


@account.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="viewer, operator or admin.")] = Role.VIEWER,
    password_stdin: FromStdin = False,
    generate: Generate = False,
    as_json: AsJson = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Make an account. The password is asked for twice, unless it is read or made up."""
    password = _password(read=password_stdin, make_up=generate)
    made = _done(lambda desk: desk.people.add(desk.actor, name, role, password), data, config)
    _tell(made, f"{made['name']} may log in as {made['role']}.", as_json)


@account.command("list")
def list_(as_json: AsJson = False, data: Data = None, config: Config = None) -> None:
    """Show all accounts."""
    found = _done(lambda desk: desk.people.list(desk.actor), data, config)
    if as_json:
        print_json({"accounts": found})
        return
    if not found:
        print_lines("no account yet. Try: hongyan account add NAME --role admin")
        return
    _print_rows(("name", "role", "enabled", "sessions", "seen_at", "created_at"), found)


@account.command()
def password(
    name: Name,
    password_stdin: FromStdin = False,
    generate: Generate = False,
    as_json: AsJson = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Set another password; all sessions of the account end."""
    given = _password(read=password_stdin, make_up=generate)
    made = _done(lambda desk: desk.people.set_password(desk.actor, name, given), data, config)
    _tell(made, f"{made['name']} has another password; its sessions are over.", as_json)


@account.command()
def role(name: Name, to: RoleName, as_json: AsJson = False, data: Data = None, config: Config = None) -> None:
    """Give an account another role; it counts from its next click on."""
    made = _done(lambda desk: desk.people.set_role(desk.actor, name, to), data, config)
    _tell(made, f"{made['name']} is {made['role']} now.", as_json)


@account.command()
def disable(name: Name, as_json: AsJson = False, data: Data = None, config: Config = None) -> None:
    """Let an account log in no longer; its sessions end."""
    made = _done(lambda desk: desk.people.set_enabled(desk.actor, name, enabled=False), data, config)
    _tell(made, f"{made['name']} can log in no longer; its sessions are over.", as_json)


@account.command()
def enable(name: Name, as_json: AsJson = False, data: Data = None, config: Config = None) -> None:
    """Let an account log in again."""
    made = _done(lambda desk: desk.people.set_enabled(desk.actor, name, enabled=True), data, config)
    _tell(made, f"{made['name']} may log in again.", as_json)


@account.command()
def remove(name: Name, as_json: AsJson = False, data: Data = None, config: Config = None) -> None:
    """Remove an account. What it did stays in the audit log; the last enabled admin stays."""
    _done(lambda desk: desk.people.remove(desk.actor, name), data, config)
    _tell({"name": name, "removed": True}, f"{name} is removed.", as_json)


@account.command()
def sessions(name: Name, as_json: AsJson = False, data: Data = None, config: Config = None) -> None:
    """Show where an account is logged in."""

    async def listed(desk: _Desk) -> list[dict[str, Any]]:
        found = await desk.people.show(desk.actor, name)
        return await desk.sessions.listed(desk.actor, found["name"])

    found = _done(listed, data, config)
    if as_json:
        print_json({"sessions": found})
    elif found:
        _print_rows(("id", "peer", "agent", "created_at", "seen_at", "until"), found)
    else:
        print_lines("logged in nowhere.")


@account.command("log-out")
def log_out(name: Name, as_json: AsJson = False, data: Data = None, config: Config = None) -> None:
    """End all sessions of an account."""

    async def ended(desk: _Desk) -> dict[str, Any]:
        found = await desk.people.show(desk.actor, name)
        return {"name": found["name"], "ended": await desk.sessions.end_all(desk.actor, found["name"])}

    told = _done(ended, data, config)
    _tell(told, f"{told['ended']} sessions ended.", as_json)


def _done(work: Callable[[_Desk], Awaitable[Any]], data: Any, config: Any) -> Any:
    """Return what is done on the database that the settings name."""
    settings = load({"data_dir": data}, config=config)

    async def life() -> Any:
        clock, world = SystemClock(), World()
        store = open_store(settings, clock, Tally())
        await store.open()
        try:
            journal, passwords = Journal(store, clock), Passwords()
            access = Access(settings.admin_token, settings.session_idle_s, settings.session_longest_s)
            at_the_door = Sessions(store, lambda: world, clock, journal, passwords, access)
            people = People(store, clock, journal, passwords, at_the_door, lambda: None)
            return await work(_Desk(people, at_the_door))
        finally:
            await store.close()

    return asyncio.run(life())


def _password(*, read: bool, make_up: bool) -> str:
    """Return the password that somebody gives, "" when one is to be made up."""
    if make_up:
        return ""
    if read:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = str(typer.prompt("password", hide_input=True, confirmation_prompt=True))
    else:
        raise Misconfigured("password", "there is no terminal to ask at.", "--password-stdin or --generate")
    if not given:
        raise Misconfigured("password", "is empty.", "--generate makes one up")
    return given


def _tell(made: dict[str, Any], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    print_lines(sentence)
    if "password" in made:
        print_lines(f"password, shown this once: {made['password']}")


def _print_rows(names: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in names:
        table.add_column(name.replace("_at", ""), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in names))
    console().print(table)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"
