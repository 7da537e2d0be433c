"""`hongyan ledger`: what projects have, entry by entry, and adding money by hand."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

ledger = typer.Typer(help="Look at balances and ledger entries, add money.", no_args_is_help=True)


@ledger.command()
def balances(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Show what every project has."""
    found = answered(Client(url, token=token).balances())
    if as_json:
        print_json(found)
        return
    for one in found["balances"]:
        print_lines(f"{one['project']}  {one['balance']} {one['currency']}  (credit line {one['credit_line']})")


@ledger.command()
def entries(
    project: Annotated[str | None, typer.Option("--project", help="Whose entries.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="charge, refund, paid-in or deposit.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Written at or after.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most entries shown.")] = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List entries, newest first."""
    found = answered(Client(url, token=token).ledger(project=project, kind=kind, since=since, limit=limit))
    if as_json:
        print_json(found)
        return
    for one in found["entries"]:
        print_lines(f"{one['at']}  {one['project']}  {one['kind']:<8} {one['amount']:>12}  {one['text']}".rstrip())


@ledger.command()
def deposit(
    project: Annotated[str, typer.Argument(help="The project.")],
    amount: Annotated[str, typer.Argument(help="Decimal text; put -- before one with a minus.")],
    why: Annotated[str, typer.Option("--why", help="Shown in the ledger.")] = "",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Add money to a project, or take some with a minus."""
    found = answered(Client(url, token=token).deposit(project, amount, why))
    if as_json:
        print_json(found)
    else:
        print_lines(f"{found['project']} has {found['balance']} {found['currency']}")
