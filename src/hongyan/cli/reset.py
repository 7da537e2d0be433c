"""`hongyan reset`: lead a test system back to a snapshot, or to how it was started."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client


def reset(
    snapshot: Annotated[str, typer.Argument(help="A snapshot; nothing: how the process was started.")] = "",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Go back to a snapshot, or to the start of a test system: no messages, rules, counts or clicks.

    The clock stays where it was pushed to; accounts and the audit log stay.
    """
    told = answered(Client(url, token=token).ask("POST", "/v1/reset", {"snapshot": snapshot or None}))
    if as_json:
        print_json(told)
    else:
        print_lines(f"back to {told['snapshot'] or 'the start'}; {told['deleted']} messages deleted.")
