"""`hongyan trigger …`: have a carrier report on a message, or a handset reply, in a test system."""

from typing import Annotated
from urllib.parse import quote

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url, seconds
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

trigger = typer.Typer(no_args_is_help=True, help="Say receipts and replies as if a carrier or a handset had.")


@trigger.command()
def receipt(
    message: Annotated[str, typer.Argument(metavar="ID", help="The message's id.")],
    state: Annotated[str, typer.Argument(help="delivered, undelivered, rejected, expired or unknown.")],
    code: Annotated[str, typer.Option("--code", help="The carrier's word (MK:0001).")] = "",
    text: Annotated[str, typer.Option("--text", help="The carrier's sentence.")] = "",
    after: Annotated[
        float, typer.Option("--after", parser=seconds, metavar="SPAN", help="How long until it is said (30s, 5m).")
    ] = 0,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Have the message's carrier say what became of it."""
    asked = {"state": state, "code": code, "text": text, "after_s": after}
    client = Client(url, token=token)
    told = answered(client.ask("POST", f"/v1/messages/{quote(message, safe='')}/receipt", asked))
    if as_json:
        print_json(told)
    elif told["due_at"]:
        print_lines(f"{told['message']['id']}: it will be said at {told['due_at']}")
    else:
        changed = "" if told["changed"] else " (as before)"
        print_lines(f"{told['message']['id']}: {told['message']['state']}{changed}")


@trigger.command()
def reply(
    text: Annotated[str, typer.Option("--text", help="What it says; TD is a stop word.")],
    sender: Annotated[str, typer.Option("--from", help="The handset's number.")] = "",
    message: Annotated[str, typer.Option("--message", help="The message it answers, in place of --from.")] = "",
    to: Annotated[str, typer.Option("--to", help="Port and extension; not given: where the last one came from.")] = "",
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Have a handset send a text; stop words, conversations and callbacks are as with any reply."""
    asked = {"from": sender, "message": message or None, "to": to, "text": text}
    told = answered(Client(url, token=token).ask("POST", "/v1/replies", asked))
    if as_json:
        print_json(told)
        return
    one = told["reply"]
    whose = f"of {one['project']}" if one["project"] else "nobody's"
    stops = ", on the stop list now" if one["stops"] else ""
    print_lines(f"{one['id']}  {one['from']} to {one['to'] or '-'}, {whose}{stops}")
