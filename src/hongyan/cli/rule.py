"""`hongyan rule …`: fault rules of a test system: make one, list them, take them away."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url, seconds
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.testing.client import Client

rule = typer.Typer(no_args_is_help=True, help="Rehearse failures: messages that end badly, calls that fail.")

_STRIKES = ("project", "dialect", "action", "to", "template", "text")
_DOES = ("state", "code", "reason", "status", "after_s")


@rule.command()
def add(
    effect: Annotated[
        str,
        typer.Argument(
            help="end (a simulated carrier ends the message), refuse, answer (an HTTP status), slow, or cut."
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="Not given: the effect and a number.")] = "",
    to: Annotated[str, typer.Option("--to", help="Number: digits, * before or behind for anything (*0042).")] = "",
    template: Annotated[str, typer.Option("--template", help="Only this template.")] = "",
    text: Annotated[str, typer.Option("--text", help="Only with this in the text.")] = "",
    dialect: Annotated[str, typer.Option("--dialect", help="Only by this API.")] = "",
    action: Annotated[str, typer.Option("--action", help="Only this endpoint (SendSms).")] = "",
    project: Annotated[str, typer.Option("--project", help="Only of this project.")] = "",
    share: Annotated[float, typer.Option("--share", help="Percent of what matches.")] = 100,
    times: Annotated[int, typer.Option("--times", help="Only the first that match; 0: all.")] = 0,
    state: Annotated[str, typer.Option("--state", help="end: undelivered, expired, rejected, unknown ...")] = "",
    code: Annotated[str, typer.Option("--code", help="end: the carrier's word; refuse: the vendor's code.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="refuse: one of our reasons (number-limit).")] = "",
    status: Annotated[int, typer.Option("--status", help="answer: the HTTP status.")] = 0,
    after: Annotated[
        float,
        typer.Option(
            "--after", parser=seconds, metavar="SPAN", help="end: how long until the receipt; slow: to wait (30s, 5m)."
        ),
    ] = 0,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Make a rule; one of the same name is replaced."""
    given = {
        "effect": effect,
        "name": name,
        "to": to,
        "template": template,
        "text": text,
        "dialect": dialect,
        "action": action,
        "project": project,
        "share": share,
        "times": times,
        "state": state,
        "code": code,
        "reason": reason,
        "status": status,
        "after_s": after,
    }
    asked = {field: value for field, value in given.items() if value}
    made = answered(Client(url, token=token).ask("POST", "/v1/rules", asked | {"share": share}))
    if as_json:
        print_json(made)
    else:
        print_lines(sentence(made))


@rule.command("list")
def list_(as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """List the rules in the order they are tried."""
    found = answered(Client(url, token=token).ask("GET", "/v1/rules"))
    if as_json:
        print_json(found)
        return
    for one in found["rules"]:
        print_lines(sentence(one))


@rule.command()
def remove(
    name: Annotated[str, typer.Argument(help="The rule; nothing: --all is needed.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Take every rule away.")] = False,
    project: Annotated[str, typer.Option("--project", help="Only of this project.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Take a rule away, or all of them."""
    if bool(name) is everything:
        raise typer.BadParameter("give a rule's name, or --all")
    path = "/v1/rules" if everything else f"/v1/rules/{quote(name, safe='')}"
    told = answered(Client(url, token=token).ask("DELETE", path, project=project or None))
    print_lines(f"{told['deleted']} taken away.")


@rule.command()
def profile(
    carrier: Annotated[str, typer.Argument(help="A simulated carrier.")],
    profile: Annotated[str, typer.Argument(help="healthy, slow, flaky, throttling or dead.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Have a simulated carrier behave by another profile."""
    path = f"/v1/rules/profiles/{quote(carrier, safe='')}"
    told = answered(Client(url, token=token).ask("POST", path, {"profile": profile}))
    print_lines(f"{told['carrier']}: {told['profile']}")


def sentence(rule: Mapping[str, Any]) -> str:
    """Return a rule in one line."""
    does = ", ".join(f"{name} {rule[name]}" for name in _DOES if rule.get(name))
    strikes = ", ".join(f"{name} {rule[name]}" for name in _STRIKES if rule.get(name)) or "everything"
    share = f", {rule['share']:g} %" if rule.get("share", 100) != 100 else ""  # noqa: PLR2004 - percent
    times = f", {rule['times']} times" if rule.get("times") else ""
    return f"{rule['name']}  {rule['effect']}{f' ({does})' if does else ''}  strikes {strikes}{share}{times}"
