"""`hongyan ready`: asks the server that the settings name whether it is ready; what health checks of containers run."""

from typing import Annotated

import typer

from hongyan.cli.exits import Exit
from hongyan.cli.options import ApiPort, Config
from hongyan.settings import load
from hongyan.testing.http import call

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - an address to compare with, nothing binds it


def ready(
    api_port: ApiPort = None,
    config: Config = None,
    timeout_s: Annotated[float, typer.Option("--timeout", help="Seconds to wait for its answer.", min=0.1)] = 4,
) -> None:
    """Ask the server on this machine whether it takes messages: 0 yes, 1 not now, 3 nobody is there."""
    settings = load({"api_port": api_port}, config=config)
    host = _ANYWHERE.get(settings.api_host, settings.api_host)
    shown = f"[{host}]" if ":" in host else host
    reply = call("GET", f"http://{shown}:{settings.api_port}/readyz", timeout_s=timeout_s)
    print(reply.body.decode("utf-8", "replace").strip())
    if reply.status != 200:  # noqa: PLR2004 - HTTP's plain yes
        raise typer.Exit(Exit.NO)
