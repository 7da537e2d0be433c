"""Options that several commands share, each declared once."""

import re
from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (TOML).", envvar="HONGYAN_CONFIG", show_envvar=True)
]
Data = Annotated[Path | None, typer.Option("--data", help="Directory of the embedded database.")]
ApiPort = Annotated[int | None, typer.Option("--api-port", help="Port of the API; 0 picks one.")]
ConsolePort = Annotated[int | None, typer.Option("--console-port", help="Port of the console; 0 picks one.")]
ReadyFile = Annotated[
    Path | None, typer.Option("--ready-file", help="Write both addresses here as JSON once everything listens.")
]
Url = Annotated[str, typer.Option("--url", help="Address of the API.", envvar="HONGYAN_URL", show_envvar=True)]
Token = Annotated[str, typer.Option("--token", help="Bearer token for /v1.", envvar="HONGYAN_TOKEN", show_envvar=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[str, typer.Option("--lang", help="en or zh.", envvar="HONGYAN_LANG", show_envvar=True)]

_SPAN = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]*)?)(?P<unit>s|m|h|d)?")
_UNITS_S = {None: 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(text: str | float) -> float:
    """Return the seconds of 30, 30s, 5m, 2h or 1d; an option's default comes as a number."""
    found = _SPAN.fullmatch(str(text).strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no span of time. Try: 30s, 5m, 2h")
    return float(found["number"]) * _UNITS_S[found["unit"]]


DEFAULT_URL = "http://127.0.0.1:8050"


def is_chinese(lang: str) -> bool:
    """Return whether a language was asked for that is Chinese."""
    return lang.lower().startswith("zh")
