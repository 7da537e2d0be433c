"""`hongyan push`: tell a message's caller once more how it ended."""

from typing import Annotated
from urllib.parse import quote

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client


def push(
    any_id: Annotated[str, typer.Argument(metavar="ID", help="The message's id, ours or a vendor's.")],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Tell the caller once more how a message ended, also when that was taken before."""
    told = answered(Client(url, token=token).ask("POST", f"/v1/messages/{quote(any_id, safe='')}/push"))
    if as_json:
        print_json(told)
    else:
        print_lines(f"{told['message']}: told again at {told['target']}. `hongyan webhook list --message {any_id}`")
