"""`hongyan messages`: list what was accepted, newest first."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_messages
from hongyan.testing.client import Client


def messages(
    to: Annotated[str | None, typer.Option("--to", help="Only to this number.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Only in this state.")] = None,
    dialect: Annotated[str | None, typer.Option("--dialect", help="Only those that came by this API.")] = None,
    template: Annotated[str | None, typer.Option("--template", help="Only of this template.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Only with this in the text.")] = None,
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Accepted at or after this time: 2026-11-22T10:30 (China's), or with Z."),
    ] = None,
    before: Annotated[int | None, typer.Option("--before", help="Older than the message with this id.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="Most messages shown.", min=1, max=1000)] = 20,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List messages, newest first."""
    filters = {
        "to": to,
        "state": state,
        "dialect": dialect,
        "template": template,
        "text": text,
        "project": project,
        "since": since,
        "before": before,
        "limit": limit,
    }
    found = answered(Client(url, token=token).messages(**filters))
    if as_json:
        print_json(found)
    else:
        print_messages(found["messages"])
