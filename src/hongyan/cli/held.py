"""`hongyan held …`: messages that their project's mode holds: list them, let them go, reject them."""

from typing import Annotated, Any

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.model.errors import Misconfigured
from hongyan.testing.client import Client

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Messages; or use the options.")]
Project = Annotated[str | None, typer.Option("--project", help="All of this project.")]
To = Annotated[str | None, typer.Option("--to", help="All to this number, or to numbers that begin so.")]
Text = Annotated[str | None, typer.Option("--text", help="All with this in the text.")]

held = typer.Typer(no_args_is_help=True, help="Look at held messages, let them go, reject them.")


@held.command("list")
def list_(
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Only to this number, or to numbers that begin so.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Only with this in the text.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="Most messages shown.", min=1, max=1000)] = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List held messages, newest first."""
    found = answered(Client(url, token=token).ask("GET", "/v1/held", project=project, to=to, text=text, limit=limit))
    if as_json:
        print_json(found)
        return
    for one in found["held"]:
        times = f"since {one['accepted_at'][:19]}, until {one['expires_at'][:19]}"
        print_lines(f"{one['id']}  {one['project']}  {one['to']}  {times}  {one['text']}")


@held.command()
def release(
    ids: Ids = None,
    project: Project = None,
    to: To = None,
    text: Text = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Let held messages go, with a fresh validity; a thousand at a time."""
    body = _chosen(ids, project, to, text)
    found = answered(Client(url, token=token).ask("POST", "/v1/held/release", body))
    _tell(found, "released", as_json)


@held.command()
def reject(
    ids: Ids = None,
    project: Project = None,
    to: To = None,
    text: Text = None,
    why: Annotated[str, typer.Option("--why", help="Shown in their timelines.")] = "",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """End held messages as rejected: their prices go back, their callers are told; a thousand at a time."""
    body = _chosen(ids, project, to, text) | {"why": why}
    found = answered(Client(url, token=token).ask("POST", "/v1/held/reject", body))
    _tell(found, "rejected", as_json)


def _chosen(ids: list[str] | None, project: str | None, to: str | None, text: str | None) -> dict[str, Any]:
    stated = {"ids": ids or None, "project": project, "to": to, "text": text}
    body = {name: value for name, value in stated.items() if value is not None}
    if not body:
        raise Misconfigured("ID", "nothing says which messages.", "ids, --project, --to or --text")
    return body


def _tell(found: dict[str, list[str]], what: str, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print_lines(f"{what}: {', '.join(found[what])}")
