"""`hongyan clock …`: the clock of a test system: look at it, push it ahead."""

from typing import Annotated, Any

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

clock = typer.Typer(no_args_is_help=True, help="Rehearse time: expiry, limits, retries, quiet hours.")


@clock.command()
def show(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Show the time there, and how far it was pushed."""
    _tell(answered(Client(url, token=token).ask("GET", "/v1/clock")), as_json)


@clock.command()
def push(
    by: Annotated[str, typer.Argument(help="72h, 1d12h, 90 (seconds), PT72H, or a time to come.")],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Push it ahead; it never goes back. What waits by time has happened when this returns."""
    _tell(answered(Client(url, token=token).ask("POST", "/v1/clock", {"push": by})), as_json)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        ahead = f"  ({_said(told['ahead_s'])} ahead of {told['real']})" if told["ahead_s"] else ""
        print_lines(told["now"] + ahead)


def _said(span_s: float) -> str:
    """Return a span as people say it: 90 s is 1 min 30 s; days stay hours."""
    minutes, seconds = divmod(span_s, 60)
    hours, minutes = divmod(int(minutes), 60)
    return " ".join(f"{number:g} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if number)
