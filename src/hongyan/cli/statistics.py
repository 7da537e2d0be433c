"""`hongyan statistics`: how many messages there were, how many arrived and how soon."""

from typing import Annotated

import typer
from rich.table import Table

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, console, print_json, print_lines
from hongyan.testing.client import Client

_COLUMNS = ("messages", "delivered", "failed", "unknown", "moving", "delivery_rate", "p50_s", "p95_s", "charged")


def statistics(
    by: Annotated[
        str, typer.Option("--by", help="carrier, dialect, country, project, leg, category or state.")
    ] = "carrier",
    span: Annotated[str, typer.Option("--span", help="1d, 7d or 30d.")] = "1d",
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Show how many messages there were, how many arrived and how soon."""
    found = answered(Client(url, token=token).statistics(by=by, span=span, project=project))
    if as_json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False)
    for name in (by, *_COLUMNS):
        table.add_column(name.replace("_", " "), justify="left" if name == by else "right")
    for row in (*found["rows"], {"name": "all", **found["whole"]}):
        table.add_row(row["name"], *("–" if row[name] is None else str(row[name]) for name in _COLUMNS))
    console().print(table)
    if found["missing_hours"]:
        print_lines(f"{found['missing_hours']} hour(s) are still being counted; ask again in a moment.")
