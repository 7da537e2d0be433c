"""`hongyan wait`: wait for a message to a number, and print it, its code or its links."""

from typing import Annotated

import typer

from hongyan.cli.exits import Exit
from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client


def wait(
    to: Annotated[str | None, typer.Option("--to", help="The number; not given: a template or a text is.")] = None,
    code: Annotated[bool, typer.Option("--code", help="Print the one-time code alone.")] = False,
    link: Annotated[bool, typer.Option("--link", help="Print the first link alone.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="Accepted at or after; absent: in the last minute or from now on.")
    ] = None,
    template: Annotated[str | None, typer.Option("--template", help="Only of this template.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Only with this in the text.")] = None,
    dialect: Annotated[str | None, typer.Option("--dialect", help="Only those that came by this API.")] = None,
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds to wait at most.", min=0)] = 30,
    until: Annotated[str, typer.Option("--until", help="accepted, or final: not before its end.")] = "accepted",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Wait for a message; exit code 1 when none came in time."""
    others = {"template": template, "text": text, "dialect": dialect, "project": project}
    client = Client(url, token=token)
    reply, found = client.wait(to, since=since, timeout_s=timeout, until=until, **others)
    answered(reply)
    if found is None:
        whose = f"to {to}" if to else "like that"
        typer.echo(f"hongyan: no message {whose} within {timeout:g} s", err=True)
        for sentence in client.refused_lately(1):
            typer.echo(f"hongyan: the newest refusal: {sentence}", err=True)
        raise typer.Exit(Exit.NO)
    if as_json:
        print_json(found)
        return
    if not code and not link:
        print_lines(found["text"])
    if code:
        print_lines(_wanted("code", found["code"], found["text"]))
    if link:
        print_lines(_wanted("link", next(iter(found["links"]), None), found["text"]))


def _wanted(name: str, value: str | None, text: str) -> str:
    if value is None:
        typer.echo(f"hongyan: the message has no {name}: {text}", err=True)
        raise typer.Exit(Exit.NO)
    return value
