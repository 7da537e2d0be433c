"""`hongyan signature …`: hand signatures in, look at them, review them."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.cli.template import line_of, path_of, tell
from hongyan.testing.client import Client

Project = Annotated[str, typer.Argument(metavar="PROJECT", help="Whose.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The signature without 【】.")]

signature = typer.Typer(no_args_is_help=True, help="Hand signatures in, look at them, review them.")


@signature.command("list")
def list_(
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    review: Annotated[
        str | None, typer.Option("--review", help="Only those that are pending, approved, rejected or cancelled.")
    ] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List signatures: those that wait for a reviewer first."""
    found = answered(Client(url, token=token).ask("GET", "/v1/signatures", project=project, review=review))
    if as_json:
        print_json(found)
        return
    for one in found["signatures"]:
        print_lines(line_of(one))


@signature.command()
def submit(
    project: Project,
    name: Name,
    captcha_only: Annotated[bool, typer.Option("--captcha-only", help="For verification codes alone.")] = False,
    default: Annotated[bool, typer.Option("--default", help="For texts that name none.")] = False,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Hand a signature in for review."""
    body = {"project": project, "name": name, "captcha_only": captcha_only, "default": default}
    tell(answered(Client(url, token=token).ask("POST", "/v1/signatures", body)), as_json)


@signature.command()
def approve(project: Project, name: Name, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Approve a signature: texts may be signed with it."""
    tell(answered(Client(url, token=token).ask("POST", path_of("signatures", project, name, "approve"), {})), as_json)


@signature.command()
def reject(
    project: Project,
    name: Name,
    why: Annotated[str, typer.Option("--why", help="Shown to who handed it in.")],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Reject a signature, saying why."""
    path = path_of("signatures", project, name, "reject")
    tell(answered(Client(url, token=token).ask("POST", path, {"why": why})), as_json)


@signature.command()
def cancel(project: Project, name: Name, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Withdraw a signature."""
    tell(answered(Client(url, token=token).ask("POST", path_of("signatures", project, name, "cancel"), {})), as_json)


@signature.command()
def delete(project: Project, name: Name, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Delete a signature that no template signs with."""
    answered(Client(url, token=token).ask("DELETE", path_of("signatures", project, name)))
    print_lines(f"{name}: deleted")
