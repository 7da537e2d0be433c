"""`hongyan link`: short links with their clicks, and what texts may carry shortened."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

link = typer.Typer(help="Look at short links and their clicks; declare what texts may carry.", no_args_is_help=True)

ProjectName = Annotated[str, typer.Argument(help="The project.")]
LinkName = Annotated[str, typer.Argument(help="What callers write in shortLink.")]


@link.command("list")
def list_(
    project: Annotated[str | None, typer.Option("--project", help="Whose links.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most links shown.")] = 50,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List short links, newest first, with how often each was opened."""
    found = answered(Client(url, token=token).links(project=project, limit=limit))
    if as_json:
        print_json(found)
        return
    for one in found["links"]:
        print_lines(f"{one['created_at']}  {one['address']}  {one['clicks']} click(s)  {one['kind']} {one['target']}")


@link.command()
def targets(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """List what texts may carry shortened."""
    found = answered(Client(url, token=token).link_targets())
    if as_json:
        print_json(found)
        return
    for one in found["targets"]:
        print_lines(f"{one['project']}  {one['name']} -> {one['target']}")


@link.command()
def put(
    project: ProjectName,
    name: LinkName,
    target: Annotated[str, typer.Argument(help="Where it leads.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Let a project's texts carry a link shortened."""
    answered(Client(url, token=token).put_link_target(project, name, target))
    print_lines("declared.")


@link.command()
def drop(project: ProjectName, name: LinkName, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Take a target back; short links made of it stay good."""
    answered(Client(url, token=token).drop_link_target(project, name))
    print_lines("taken back.")
