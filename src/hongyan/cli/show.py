"""`hongyan show ID`: the whole story of a message, or why a request was refused."""

from typing import Annotated

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Lang, Token, Url, is_chinese
from hongyan.cli.printing import answered, print_json, print_story
from hongyan.testing.client import Client


def show(
    any_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Our id, a vendor's (externalId, BizId, sid), the caller's own, a request's."
        ),
    ],
    lang: Lang = "en",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Tell the story behind an id: request, checks, price, route, attempts, receipts, pushes; or why it was refused."""
    story = answered(Client(url, token=token).show(any_id))
    if as_json:
        print_json(story)
    else:
        print_story(story, is_chinese(lang))
