"""`hongyan carrier …`: look at carriers, stop them and let them go on, test one, read what goes over its links.

Everything is asked of a running server by `/v1/carriers`; what is set holds for all its processes within a second.
"""

import getpass
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from hongyan.cli.carrier_words import print_carriers, print_look, print_pdus, standing_word
from hongyan.cli.exits import Exit
from hongyan.cli.options import DEFAULT_URL, AsJson, Lang, Token, Url, is_chinese
from hongyan.cli.printing import answered, print_json, print_lines, print_story_lines
from hongyan.model.errors import Misconfigured
from hongyan.testing.client import Client

LOOK_AGAIN_S = 0.2

Name = Annotated[str, typer.Argument(metavar="NAME", help="The carrier.")]
Why = Annotated[str, typer.Option("--why", help="Shown beside the carrier and in messages' timelines.")]
By = Annotated[str, typer.Option("--by", help="Who says so; not given: the user of this machine.")]

carrier = typer.Typer(no_args_is_help=True, help="Look at carriers, stop them, let them go on, test one.")


@carrier.command("list")
def list_(as_json: AsJson = False, lang: Lang = "en", url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Show how all carriers are doing, a line each."""
    found = answered(Client(url, token=token).carriers())
    if as_json:
        print_json(found)
    else:
        print_carriers(found["carriers"], found["backlog"], is_chinese(lang))


@carrier.command()
def show(name: Name, as_json: AsJson = False, lang: Lang = "en", url: Url = DEFAULT_URL, token: Token = "") -> None:
    """Show one carrier: links, window, pace, what waits, results, receipts; counted by the process that is asked."""
    found = answered(Client(url, token=token).carrier(name))
    if as_json:
        print_json(found)
    else:
        print_look(found, is_chinese(lang))


@carrier.command()
def suspend(
    name: Name,
    why: Why = "",
    by: By = "",
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Hand it nothing more; its links stay up, receipts and replies come in."""
    _set(Client(url, token=token), name, "suspend", by, as_json, lang, why=why)


@carrier.command()
def resume(
    name: Name,
    why: Why = "",
    by: By = "",
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Let it take messages again, whatever it was stopped by."""
    _set(Client(url, token=token), name, "resume", by, as_json, lang, why=why)


@carrier.command()
def drain(
    name: Name,
    why: Why = "",
    by: By = "",
    wait: Annotated[float, typer.Option("--wait", help="Seconds to wait until it is drained.", min=0)] = 0,
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Hand it nothing more and close its links once everything under way is answered."""
    client = Client(url, token=token)
    _set(client, name, "drain", by, as_json, lang, why=why)
    if wait:
        look = _until(client, name, wait, lambda look: look["drained"])
        if look is None:
            typer.echo(f"hongyan: carrier {name} is not drained after {wait:g} s", err=True)
            raise typer.Exit(Exit.NO)
        if not as_json:
            print_lines(f"{name}: {standing_word(look, is_chinese(lang))}")


@carrier.command()
def isolate(
    name: Name,
    why: Why = "",
    by: By = "",
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Close its links now, gracefully: nothing goes in or out."""
    _set(Client(url, token=token), name, "isolate", by, as_json, lang, why=why)


@carrier.command()
def rebind(
    name: Name,
    why: Why = "",
    by: By = "",
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Close every link gracefully and log in anew, in every process once."""
    _set(Client(url, token=token), name, "rebind", by, as_json, lang, why=why)


@carrier.command()
def pace(
    name: Name,
    per_second: Annotated[
        str, typer.Argument(metavar="PER_SECOND", help="Messages a second; 0: no limit; declared: as declared.")
    ],
    why: Why = "",
    by: By = "",
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Set how many messages a second it gets, in place of what is declared."""
    try:
        rate = None if per_second == "declared" else float(per_second)
    except ValueError:
        raise Misconfigured("PER_SECOND", f"{per_second!r} is no number.", "50, 0 or declared") from None
    _set(Client(url, token=token), name, "pace", by, as_json, lang, why=why, per_second=rate)


@carrier.command("test")
def try_(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="The number.")],
    text: Annotated[str, typer.Option("--text", help="The text.")],
    project: Annotated[str | None, typer.Option("--project", help="Who pays.")] = None,
    sender: Annotated[str | None, typer.Option("--sender", help="Sender id or port to ask for.")] = None,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds to wait for its end.", min=0)] = 60,
    by: By = "",
    as_json: AsJson = False,
    lang: Lang = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Send one message through this carrier alone and tell each step; exit code 1 unless it is delivered."""
    client = Client(url, token=token)
    fields = {"to": to, "text": text, "project": project, "sender": sender, "by": by or _me()}
    sent = answered(client.carrier_do(name, "test", **fields))
    story = _followed(client, sent["message"]["id"], timeout, lang, quiet=as_json)
    if as_json:
        print_json(story)
    elif not story["message"]["final"]:
        typer.echo(f"hongyan: it has not ended after {timeout:g} s; `hongyan show {story['id']}` tells more", err=True)
    raise typer.Exit(Exit.OK if story["state"] == "delivered" else Exit.NO)


@carrier.command()
def transcript(
    name: Name,
    minutes: Annotated[
        float | None, typer.Option("--minutes", help="Begin to keep PDUs, for so long; 0 stops it.", min=0, max=1440)
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until it is over or interrupted.")] = False,
    limit: Annotated[int, typer.Option("--limit", help="Most PDUs shown at once.", min=1, max=2000)] = 200,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Read what went over its links; secrets, texts and whole numbers are masked."""
    client = Client(url, token=token)
    if minutes is not None:
        until = answered(client.carrier_do(name, "transcript", minutes=minutes))["transcript_until"]
        typer.echo(f"hongyan: {'PDUs are kept until ' + until if minutes else 'PDUs are kept no longer'}", err=True)
    kept = answered(client.carrier_lines(name, limit))
    if as_json:
        print_json(kept)
        return
    print_pdus(kept["lines"])
    over = time.monotonic() + LOOK_AGAIN_S * 10
    while follow and (kept["until"] is not None or time.monotonic() < over):
        time.sleep(LOOK_AGAIN_S)
        before, kept = kept, answered(client.carrier_lines(name, limit))
        print_pdus(fresh(before["lines"], kept["lines"]))


def fresh(before: list[Any], now: list[Any]) -> list[Any]:
    """Return the lines that were not among those read before; both are the newest ones at their time."""
    for overlap in range(min(len(before), len(now)), 0, -1):
        if before[-overlap:] == now[:overlap]:
            return now[overlap:]
    return now


def _set(client: Client, name: str, action: str, by: str, as_json: bool, lang: str, **fields: Any) -> None:
    told = answered(client.carrier_do(name, action, by=by or _me(), **fields))
    if as_json:
        print_json(told)
    else:
        print_lines(f"{name}: {standing_word(told, is_chinese(lang))}" + _besides(action, told, is_chinese(lang)))


def _besides(action: str, told: dict[str, Any], chinese: bool) -> str:
    if action == "rebind":
        return "，各进程将重新登录" if chinese else ", its links log in anew"
    if action == "pace":
        rate = "declared" if told["pace"] is None else f"{told['pace']:g}/s"
        return f"，速率 {rate}" if chinese else f", pace {rate}"
    return ""


def _until(client: Client, name: str, wait_s: float, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    over = time.monotonic() + wait_s
    while True:
        look: dict[str, Any] = answered(client.carrier(name))
        if found(look):
            return look
        if time.monotonic() > over:
            return None
        time.sleep(LOOK_AGAIN_S)


def _followed(client: Client, message_id: str, wait_s: float, lang: str, *, quiet: bool) -> Any:
    """Print a message's steps as they happen; return its story at its end or when the time is over."""
    over, told = time.monotonic() + wait_s, []  # type: tuple[float, list[Any]]
    while True:
        story = answered(client.show(message_id))
        news = [line for line in story["lines"] if line not in told]
        if not quiet:
            print_story_lines(news, is_chinese(lang))
        told += news
        if story["message"]["final"] or time.monotonic() > over:
            return story
        time.sleep(LOOK_AGAIN_S)


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
