"""`hongyan template …`: hand templates in, look at them, review them."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from hongyan.cli.options import DEFAULT_URL, AsJson, Token, Url
from hongyan.cli.printing import answered, print_json, print_lines
from hongyan.model.errors import Misconfigured
from hongyan.testing.client import Client

Project = Annotated[str, typer.Argument(metavar="PROJECT", help="Whose.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The template's code.")]

template = typer.Typer(no_args_is_help=True, help="Hand templates in, look at them, review them.")


@template.command("list")
def list_(
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    review: Annotated[
        str | None, typer.Option("--review", help="Only those that are pending, approved, rejected or cancelled.")
    ] = None,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """List templates: those that wait for a reviewer first."""
    found = answered(Client(url, token=token).ask("GET", "/v1/templates", project=project, review=review))
    if as_json:
        print_json(found)
        return
    for one in found["templates"]:
        print_lines(line_of(one))


@template.command()
def submit(
    project: Project,
    dialect: Annotated[str, typer.Argument(metavar="API", help="Whose placeholders it uses: alibaba, comms, …")],
    body: Annotated[str, typer.Option("--body", help="The wording, with its places.")] = "",
    name: Annotated[str | None, typer.Option("--code", help="Not given: one as the vendor writes them.")] = None,
    category: Annotated[str, typer.Option("--category", help="captcha, notification or marketing.")] = "notification",
    leg: Annotated[str | None, typer.Option("--leg", help="text, digital or card.")] = None,
    card: Annotated[Path | None, typer.Option("--card", help="File with the vendor's template object (JSON).")] = None,
    signature: Annotated[str | None, typer.Option("--signature", help="The signature it is sent with.")] = None,
    international: Annotated[bool, typer.Option("--international", help="For numbers outside the mainland.")] = False,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Hand a template in for review; what is wrong with it is told at once."""
    stated = {
        "project": project,
        "dialect": dialect,
        "name": name,
        "leg": leg or ("card" if card else None),
        "category": category,
        "body": body,
        "card": _card(card) if card else None,
        "signature": signature,
        "international": international or None,
    }
    given = {field: value for field, value in stated.items() if value is not None}
    tell(answered(Client(url, token=token).ask("POST", "/v1/templates", given)), as_json)


@template.command()
def approve(project: Project, name: Code, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Approve a template: it may be sent with."""
    tell(answered(Client(url, token=token).ask("POST", path_of("templates", project, name, "approve"), {})), as_json)


@template.command()
def reject(
    project: Project,
    name: Code,
    why: Annotated[str, typer.Option("--why", help="Shown to who handed it in.")],
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Reject a template, saying why."""
    path = path_of("templates", project, name, "reject")
    tell(answered(Client(url, token=token).ask("POST", path, {"why": why})), as_json)


@template.command()
def cancel(project: Project, name: Code, as_json: AsJson = False, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Withdraw a template: it may be sent with no longer."""
    tell(answered(Client(url, token=token).ask("POST", path_of("templates", project, name, "cancel"), {})), as_json)


@template.command()
def delete(project: Project, name: Code, url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Delete a template that no message under way needs."""
    answered(Client(url, token=token).ask("DELETE", path_of("templates", project, name)))
    print_lines(f"{name}: deleted")


def path_of(kind: str, *names: str) -> str:
    """Return the path of a template or signature in /v1."""
    return f"/v1/{kind}/" + "/".join(quote(one, safe="") for one in names)


def tell(found: dict[str, Any], as_json: bool) -> None:
    """Print what was answered about one template or signature."""
    if as_json:
        print_json(found)
    else:
        print_lines(line_of(found))


def line_of(one: dict[str, Any]) -> str:
    """Return a template or signature as a line."""
    words = [one["project"], one["name"], one["review"]]
    if "dialect" in one:
        words += [one["dialect"], one["category"], one["leg"]]
    if one["why"]:
        words.append(f"({one['why']})")
    if one.get("body"):
        words.append(one["body"])
    return "  ".join(words)


def _card(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(str(file), f"cannot be read as JSON ({error}).") from None
