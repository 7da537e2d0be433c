"""`hongyan tail`: print messages as they are accepted and as they end, and refusals, as they happen."""

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.text import Text

from hongyan.cli.following import followed
from hongyan.cli.options import DEFAULT_URL, Lang, Token, Url, is_chinese
from hongyan.cli.printing import STATE_STYLES, console
from hongyan.testing.client import Client
from hongyan.testing.streams import Event

_KEPT = 2_000


def tail(
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Only to this number, or numbers that end so.")] = None,
    dialect: Annotated[str | None, typer.Option("--dialect", help="Only those that come by this API.")] = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="accepted, refused or a final state; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="End after so many lines; 0: never.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line each.")] = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Follow messages as they are accepted and as they end, and refusals. Ctrl-C ends it."""
    told: dict[tuple[str, str], None] = {}
    left = limit
    filters = {"project": project, "to": to, "dialect": dialect, "state": state}
    for event in followed(Client(url, token=token), "/v1/events", **filters):
        if event.kind != "skipped" and is_repeated(told, event):
            continue
        if as_json:
            print(json.dumps({"event": event.kind, **event.data}, ensure_ascii=False), flush=True)
        else:
            console().print(_line(event, is_chinese(lang)), soft_wrap=True)
            sys.stdout.flush()
        left -= 1
        if left == 0:
            return


def is_repeated(told: dict[tuple[str, str], None], event: Event) -> bool:
    """Note an event; return whether it was told of lately: after a cut some come again."""
    key = (event.kind, event.data.get("id") or f"{event.data.get('request_id')} {event.data.get('text_en')}")
    if key in told:
        return True
    told[key] = None
    if len(told) > _KEPT:
        del told[next(iter(told))]
    return False


def _line(event: Event, chinese: bool) -> Text:
    row: Mapping[str, Any] = event.data
    if event.kind == "skipped":
        words = f"跳过 {row['skipped']} 条" if chinese else f"{row['skipped']} skipped"
        return Text(f"{'':12} {words}; hongyan messages", style="yellow")
    if event.kind == "refused":
        text = row["text_zh" if chinese else "text_en"]
        return Text.assemble((row["at"][11:23], "dim"), " ", (f"{row['dialect']:<9}", "cyan"), (f" {text}", "red"))
    at = row["accepted_at"] if event.kind == "accepted" else row["done_at"]
    state = "accepted" if event.kind == "accepted" else row["state"]
    why = row["cause"]["text"] or row["cause"]["code"] if event.kind == "ended" and row["cause"] else ""
    return Text.assemble(
        (at[11:23], "dim"),
        " ",
        (f"{row['dialect']:<9}", "cyan"),
        f" {row['to']:<15} ",
        (f"{state:<12}", STATE_STYLES.get(state, "cyan")),
        f" {row['id']}  ",
        row["text"] if event.kind == "accepted" else why,
    )
