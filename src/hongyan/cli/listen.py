"""`hongyan listen`: callbacks come to a program here, without any address that the server could reach."""

import base64
import json
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.text import Text

from hongyan.cli.following import followed
from hongyan.cli.forwarding import Handed, hand_on
from hongyan.cli.options import DEFAULT_URL, Token, Url
from hongyan.cli.printing import console
from hongyan.model.errors import Misconfigured
from hongyan.testing.client import Client
from hongyan.testing.http import Unreachable

AT_ONCE = 8
_OK = range(200, 300)


def listen(
    forward_to: Annotated[
        str, typer.Option("--forward-to", help="Where they are posted to; not given: they are only shown, and taken.")
    ] = "",
    project: Annotated[str | None, typer.Option("--project", help="Only of this project.")] = None,
    dialect: Annotated[str | None, typer.Option("--dialect", help="Only in this vendor's words.")] = None,
    bodies: Annotated[bool, typer.Option("--print", help="Print bodies, theirs and the answers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a line each.")] = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Receive callbacks here in place of the declared addresses. Ctrl-C ends it."""
    parts = urlsplit(forward_to)
    if forward_to and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise Misconfigured("--forward-to", f"{forward_to!r} is no web address.", "http://127.0.0.1:3000/callbacks")
    client, said = Client(url, token=token), threading.Lock()
    filters = {"project": project, "dialect": dialect, "to": forward_to or None}
    with ThreadPoolExecutor(AT_ONCE) as hands:
        try:
            for event in followed(client, "/v1/listen", **filters):
                if event.kind == "attached":
                    whose = f"project {project}" if project else "every project"
                    where = f"they go to {forward_to}" if forward_to else "they are only shown"
                    print(f"hongyan: listening for callbacks of {whose}; {where}", file=sys.stderr, flush=True)
                elif event.kind == "call":
                    hands.submit(_handle, client, event.data, bool(forward_to), said, bodies=bodies, as_json=as_json)
        finally:
            hands.shutdown(wait=True, cancel_futures=True)


def _handle(
    client: Client, call: Mapping[str, Any], forwards: bool, said: threading.Lock, *, bodies: bool, as_json: bool
) -> None:
    handed = hand_on(call) if forwards else Handed(200, [], b"", "", 0)
    told = handed.told() | {"taken": not forwards}
    try:
        waited = client.ask("POST", f"/v1/listen/{call['id']}", told).status == 200  # noqa: PLR2004 - HTTP's OK
    except Unreachable:
        waited = False  # the server has gone; it tries again by its rule
    with said:
        if as_json:
            print(json.dumps(_row(call, handed, waited), ensure_ascii=False), flush=True)
        else:
            _print(call, handed, forwards=forwards, bodies=bodies)


def _row(call: Mapping[str, Any], handed: Handed, waited: bool) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        **{name: call[name] for name in ("project", "dialect", "about", "messages", "try", "url", "headers")},
        "body": _text(base64.b64decode(call["body"])),
        "status": handed.status,
        "answer": _text(handed.body),
        "why": handed.why,
        "took_ms": handed.took_ms,
        "answered": waited,
    }


def _print(call: Mapping[str, Any], handed: Handed, *, forwards: bool, bodies: bool) -> None:
    good = handed.status in _OK
    what = ("shown" if not forwards else str(handed.status)) if handed.status else handed.why
    line = Text.assemble(
        (datetime.now(UTC).strftime("%H:%M:%S"), "dim"),
        " ",
        (f"{call['dialect']:<9}", "cyan"),
        f" {call['about']:<7} ",
        (what, "green" if good else "red"),
        f"  {handed.took_ms} ms" + (f"  try {call['try']}" if call["try"] > 1 else ""),
        (f"  {' '.join(call['messages'][:3])}", "dim"),
    )
    out = console()
    out.print(line, soft_wrap=True)
    if bodies:
        address = call["url"]
        out.print(Text(f"  > POST {address}", style="dim"), soft_wrap=True)
        for mark, body in ((">", base64.b64decode(call["body"])), ("<", handed.body)):
            for one in _text(body).splitlines():
                out.print(Text(f"  {mark} {_shown(one)}"), soft_wrap=True)
    sys.stdout.flush()


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _shown(line: str) -> str:
    """Return a line without what could steer a terminal."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in line)
