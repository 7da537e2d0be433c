"""The command line: one file per verb, imported when it is called: `wait` must not load what `serve` needs.

Exit codes and errors: exits.py.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from hongyan import __version__
from hongyan.cli.exits import code_of, code_of_exit
from hongyan.cli.outline import outline

VERBS = (
    "dev",
    "serve",
    "apply",
    "account",
    "send",
    "messages",
    "show",
    "wait",
    "tail",
    "listen",
    "push",
    "webhook",
    "held",
    "project",
    "key",
    "template",
    "signature",
    "carrier",
    "route",
    "ledger",
    "price",
    "link",
    "statistics",
    "rule",
    "clock",
    "snapshot",
    "reset",
    "trigger",
    "check",
    "doctor",
    "ready",
    "backup",
    "restore",
    "export",
    "erase",
    "simulate",
    "completion",
    "version",
)
"""Every command, in the order of the help page; each is the function, or the group, of that name in the file of that
name."""

_COMPLETING = "_HONGYAN_COMPLETE"
"""set by a shell that asks what could come next, see completion.py"""


def build(verbs: Iterable[str] = VERBS) -> typer.Typer:
    """Return the program with these commands."""
    app = _program()
    for verb in verbs:
        found = getattr(import_module(f"hongyan.cli.{verb}"), verb)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=verb)
        else:
            app.command(verb)(found)
    return app


def _program() -> typer.Typer:
    app = typer.Typer(
        name="hongyan",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def about(
        version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_tell_version)] = False,
    ) -> None:
        """Hongyan 鸿雁: a self-hosted SMS platform. Begin with `hongyan dev`."""

    return app


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"hongyan {__version__}")
        raise typer.Exit


def main() -> None:
    """Run a command; end the process with its exit code."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        if _COMPLETING in os.environ:
            _complete()
        (build((asked,)) if asked in VERBS else outline(_program(), VERBS))()
    except SystemExit as ended:
        sys.exit(code_of_exit(ended))
    except (Exception, KeyboardInterrupt) as error:
        code = code_of(error)
        if code is None:
            raise
        sys.exit(code)


def _complete() -> None:
    """Answer the shell and end the process."""
    from hongyan.cli.completion import asked_about, speak  # noqa: PLC0415 - no other command needs it

    speak()
    verb = asked_about(VERBS)
    (build((verb,)) if verb else outline(_program(), VERBS))(prog_name="hongyan")
