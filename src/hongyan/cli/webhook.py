"""`hongyan webhook …`: the calls that were made to callers' addresses, those that wait, and what is done to them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from hongyan.cli.exits import Exit
from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, console, print_json, print_lines
from hongyan.testing.client import Client

webhook = typer.Typer(no_args_is_help=True, help="Look at callbacks: calls made, calls that wait; make them again.")
CallId = Annotated[str, typer.Argument(metavar="CALL", help="The call's id.")]
Project = Annotated[str | None, typer.Option("--project", help="Only of this project.")]


@webhook.command("list")
def list_(
    failed: Annotated[bool, typer.Option("--failed", help="Only those that were not taken.")] = False,
    project: Project = None,
    dialect: Annotated[str | None, typer.Option("--dialect", help="Only in this vendor's words.")] = None,
    target: Annotated[str | None, typer.Option("--target", help="Only with this in the address.")] = None,
    message: Annotated[str | None, typer.Option("--message", help="Only about this message.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Made at or after this time.")] = None,
    before: Annotated[int | None, typer.Option("--before", help="Older than the call with this id.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="Most calls shown.", min=1, max=1000)] = 20,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List calls, newest first."""
    filters = {"project": project, "dialect": dialect, "target": target, "message": message, "since": since}
    outcome = "failed" if failed else None
    client = Client(url, token=token)
    found = answered(client.ask("GET", "/v1/webhooks", outcome=outcome, before=before, limit=limit, **filters))
    if as_json:
        print_json(found)
    else:
        _print_calls(found["calls"])


@webhook.command()
def show(call: CallId, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Show one call: what was sent, what was answered, and the other tries."""
    found = answered(Client(url, token=token).ask("GET", f"/v1/webhooks/{call}"))
    if as_json:
        print_json(found)
    else:
        _print_call(found)


@webhook.command()
def waiting(
    project: Project = None,
    limit: Annotated[int, typer.Option("--limit", help="Most shown.", min=1, max=1000)] = 20,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List the callbacks that wait to be made, the next one first."""
    found = answered(Client(url, token=token).ask("GET", "/v1/webhooks/waiting", project=project, limit=limit))
    if as_json:
        print_json(found)
        return
    rows = [
        (one["id"], _time(one["due_at"]), str(one["failed"]), one["dialect"], one["about"], one["target"])
        for one in found["waiting"]
    ]
    _print_table(("id", "due", "failed", "dialect", "about", "target"), rows)


@webhook.command()
def replay(
    call: CallId,
    to: Annotated[str, typer.Option("--to", help="Another address than the one it went to.")] = "",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Make a call again, octet for octet; exit code 1 unless it is taken."""
    made = answered(Client(url, token=token).ask("POST", f"/v1/webhooks/{call}/replay", {"to": to}))
    if as_json:
        print_json(made)
    else:
        _print_call(made)
    raise typer.Exit(Exit.OK if made["taken"] else Exit.NO)


@webhook.command()
def retry(
    project: Project = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Given up at or after this time; not given: in the last day.")
    ] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Make everything due now that waits after a failure or was given up."""
    done = answered(Client(url, token=token).ask("POST", "/v1/webhooks/retry", {"project": project, "since": since}))
    if as_json:
        print_json(done)
    else:
        waited, given_up, nowhere = done["waiting"], done["given_up"], done["nowhere"]
        print_lines(f"due now: {waited} that waited, {given_up} that were given up; {nowhere} have no address any more")


@webhook.command()
def drop(
    push: Annotated[str, typer.Argument(metavar="ID", help="The waiting callback's id.")],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Give a waiting callback up."""
    gone = answered(Client(url, token=token).ask("DELETE", f"/v1/webhooks/waiting/{push}"))
    if as_json:
        print_json(gone)
    else:
        print_lines(f"{gone['id']}: dropped; no call is made to {gone['target']}")


def _print_calls(calls: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        (
            one["id"],
            _time(one["at"]),
            one["dialect"],
            one["about"],
            Text("taken" if one["taken"] else "failed", style="green" if one["taken"] else "red"),
            str(one["status"] or "-"),
            f"{one['took_ms']} ms",
            _next(one),
            one["target"],
        )
        for one in calls
    ]
    _print_table(("id", "at", "dialect", "about", "outcome", "status", "took", "next", "target"), rows)


def _print_table(names: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold", no_wrap=name == "id")
    for row in rows:
        table.add_row(*(one if isinstance(one, Text) else Text(one) for one in row))
    console().print(table)


def _print_call(call: Mapping[str, Any]) -> None:
    outcome = "taken" if call["taken"] else "failed"
    print_lines(f"{call['id']}  {_time(call['at'])}  {outcome}, {_next(call)}")
    print_lines(f"  {call['said']}")
    for mark, part in ((">", call["request"]), ("<", call["answer"])):
        if part is None:
            continue
        print_lines(f"{mark} POST {part['url']}" if mark == ">" else f"{mark} {part['status'] or part['why']}")
        for name, value in part["headers"]:
            print_lines(f"{mark} {_shown(name)}: {_shown(value)}")
        for line in (part["body"] if part["body"] is not None else part["base64"]).splitlines():
            print_lines(f"{mark}   {_shown(line)}")
        if part["cut"]:
            print_lines(f"{mark}   … {part['octets']} octets in all")


def _next(call: Mapping[str, Any]) -> str:
    if call["by_hand"]:
        return "by hand"
    if call["next_at"]:
        return f"again {_time(call['next_at'])}"
    return f"given up after {call['try']}" if call["given_up"] else f"try {call['try']}"


def _time(at: str | None) -> str:
    return (at or "").replace("T", " ")[:19]


def _shown(line: str) -> str:
    """Return a line without what could steer a terminal: receivers answer what they like."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in line)
