"""How commands print: text for people (colours unless NO_COLOR or no terminal), JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO
from urllib.parse import urljoin

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hongyan.model.reason import Reason
from hongyan.model.sentences import SENTENCES
from hongyan.testing.http import Reply

STATE_STYLES = {
    "delivered": "green",
    "undelivered": "red",
    "rejected": "red",
    "refused": "red",
    "expired": "yellow",
    "unknown": "yellow",
}
_SECONDS = slice(11, 23)
_ROOM = 10_000
_REQUEST_SHOWN = 1000


def console() -> Console:
    """Return a console on standard output; rich itself heeds NO_COLOR. A file or pipe has all the room it needs."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _ROOM)


def print_json(value: Any, out: TextIO | None = None) -> None:
    """Print JSON for programs, to standard output unless another file is given."""
    json.dump(value, out or sys.stdout, ensure_ascii=False, indent=2)
    print(file=out or sys.stdout)


def print_lines(text: str) -> None:
    """Print a text as it is, never wrapped: what people copy must stay whole."""
    console().print(Text(text), soft_wrap=True)


def answered(reply: Reply) -> Any:
    """Return the JSON of an answer from `/v1`, or raise SystemExit(1) after saying its error."""
    try:
        found = reply.json()
    except ValueError:
        found = None
    if isinstance(found, Mapping) and isinstance(found.get("error"), Mapping):
        print(f"hongyan: {refused_sentence(found['error'])}{_see(found['error'], reply.url)}", file=sys.stderr)
        raise SystemExit(1)
    if found is None or reply.status >= 400:  # noqa: PLR2004 - HTTP's line between yes and no
        print(f"hongyan: the server answered {reply.status}: {reply.body[:200]!r}", file=sys.stderr)
        raise SystemExit(1)
    return found


def _see(error: Mapping[str, Any], asked: str) -> str:
    """Return where the server that was asked explains an error."""
    return f" See {urljoin(asked, error['docs'])}" if error.get("docs") else ""


def refused_sentence(error: Mapping[str, Any]) -> str:
    """Return the sentence of an `error` object."""
    given = error.get("facts") or {}
    if "declared" in given:
        return f"there is no carrier {given.get('carrier')!r}; declared: {given['declared'] or 'none'}"
    if error.get("reason") == Reason.UNKNOWN_PATH and given.get("why"):
        asked = next((value for name, value in given.items() if name not in {"why", "why_zh"}), "")
        return f"{given['why']}: {asked}"
    facts = "; ".join(f"{name}: {value}" for name, value in given.items() if value and not name.endswith("_zh"))
    sentence = str(error.get("message_en") or SENTENCES[Reason.INTERNAL].en)
    return sentence + (f" ({facts})" if facts else "")


def print_messages(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print messages as a table, newest first. Nothing is cut: on a narrow terminal all but the ids go over lines."""
    table = Table(box=None, pad_edge=False)
    for name in ("id", "accepted", "via", "to", "state", "parts", "price", "text"):
        table.add_column(name, overflow="fold", no_wrap=name == "id")
    for row in rows:
        table.add_row(
            row["id"],
            row["accepted_at"].replace("T", " ")[:19],
            row["dialect"] + ("" if row["leg"] == "text" else f" {row['leg']}"),
            row["to"],
            Text(row["state"], style=STATE_STYLES.get(row["state"], "cyan")),
            str(row["parts"]),
            f"{row['price']} {row['currency']}",
            Text(row["text"]),
        )
    console().print(table)


def print_story(story: Mapping[str, Any], chinese: bool) -> None:
    """Print a timeline: a line a thing that happened, facts below it."""
    out = console()
    state = story["state_zh"] if chinese else story["state"]
    style = STATE_STYLES.get(story["state"], "cyan")
    out.print(Text.assemble((story["title"], "bold"), "  ", (state, style)), soft_wrap=True)
    ids = f"id {story['id']}" + (f", request {story['request_id']}" if story["request_id"] else "")
    out.print(Text(ids, style="dim"), soft_wrap=True)
    print_story_lines(story["lines"], chinese)
    for other in story.get("others", ()):
        out.print(Text(f"also {other['id']} to {other['to']}: {other['state']}", style="dim"))


def print_story_lines(lines: Sequence[Mapping[str, Any]], chinese: bool) -> None:
    """Print what happened, a line each, with its facts below it."""
    out = console()
    for line in lines:
        when = (line["at"] or "")[_SECONDS]
        text = line["text_zh" if chinese else "text_en"]
        out.print(
            Text.assemble((f"{when:<12}", "dim"), " ", (f"{line['stage']:<8}", "cyan"), " ", text), soft_wrap=True
        )
        for name, value in line["facts"].items():
            _print_fact(out, name, str(value))


def _print_fact(out: Console, name: str, value: str) -> None:
    shown = value if len(value) <= _REQUEST_SHOWN or name == "string_to_sign" else f"{value[:_REQUEST_SHOWN]}…"
    first, *rest = shown.splitlines() or [""]
    out.print(Text(f"{'':22}{name}: {first}", style="dim"), soft_wrap=True)
    for line in rest:
        out.print(Text(f"{'':24}{line}", style="dim"), soft_wrap=True)
